//! Walking the audit chain: every link recomputed, every stored version and signed head compared.

use std::sync::Arc;

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use kernel::{Error, Kind, Result};
use serde::Deserialize;

use crate::audit::{statement, unhex};
use crate::chain::{GENESIS, link, sha256_hex};
use crate::tx::event_values;
use crate::{AuditHead, Event, Finding, Request, Row, Store, Tx, Value, Verification, params};

/// Entries checked in one read.
const BATCH: u32 = 1_000;
/// Findings reported; the chain is damaged all the same if there are more.
const FINDINGS_MAX: usize = 100;
/// Columns of an event before those of its stored version.
const EVENT_COLUMNS: usize = 20;

const LINKS: &str = "SELECT e.id AS id, e.seq AS seq, e.at AS at, e.event AS event, e.kind AS kind,
     e.entity_id AS entity_id, e.version AS version, e.org_id AS org_id,
     e.peer_org_id AS peer_org_id, e.patient_id AS patient_id, e.actor_id AS actor_id,
     e.actor_name AS actor_name, e.role AS role, e.actor_org_id AS actor_org_id,
     e.request_id AS request_id, e.address AS address, e.basis AS basis, e.detail AS detail,
     e.body_sha256 AS body_sha256, e.hash AS hash,
     h.kind AS kept_kind, h.at AS kept_at, h.event_id AS kept_event_id, h.body AS kept_body
     FROM event AS e LEFT JOIN history AS h ON h.entity_id = e.entity_id AND h.version = e.version
     WHERE e.seq > $1 ORDER BY e.seq LIMIT $2";
const STRAYS_BELOW: &str = "SELECT id FROM event WHERE seq < 1 ORDER BY id LIMIT 100";
const STRAYS_UNNUMBERED: &str = "SELECT id FROM event WHERE seq IS NULL ORDER BY id LIMIT 100";
/// Versions in key order, each with the entry that made it, where there is one.
const VERSIONS: &str = "SELECT h.entity_id AS entity_id, h.version AS version, e.id AS event_id
    FROM history AS h
    LEFT JOIN event AS e ON e.id = h.event_id AND e.entity_id = h.entity_id AND e.version = h.version
    WHERE (h.entity_id, h.version) > ($1, $2) ORDER BY h.entity_id, h.version LIMIT $3";

impl Store {
    /// Checks the whole chain against its hashes, the stored versions, the signed heads in the
    /// database and those in the witness file. It reads in batches and holds up nobody.
    ///
    /// # Errors
    /// Whatever the database reports; damage to the chain is an answer, not an error.
    pub async fn verify_audit(&self) -> Result<Verification> {
        let request = Request::system("audit");
        let signed = self.signed_heads().await?;
        let mut findings = Findings::default();
        for seq in missing_heads(&signed.kept, &signed.witnessed) {
            findings.add(Finding::HeadMissing { seq });
        }
        for _ in 0..signed.unreadable {
            findings.add(Finding::BadSignature { seq: 0 });
        }
        let mut heads = signed.kept;
        heads.extend(signed.witnessed);
        heads.sort_by_key(|head| head.seq);
        let check = Arc::new(HeadCheck {
            heads,
            trusted: self.verifying_keys()?,
        });
        let mut walk = Walk::new(findings);
        while !walk.done {
            let (before, check) = (walk.clone(), Arc::clone(&check));
            walk = self
                .read(&request, move |tx| before.clone().step(tx, &check))
                .await?;
        }
        let numbered_at_once = self.engine_name() == "sqlite";
        let strays = move |tx: &mut Tx<'_>| {
            let mut strays = ids(tx.query_rows(STRAYS_BELOW, &[])?);
            // On PostgreSQL an entry waits a moment for its number.
            if numbered_at_once {
                strays.extend(ids(tx.query_rows(STRAYS_UNNUMBERED, &[])?));
            }
            Ok(strays)
        };
        for id in self.read(&request, strays).await? {
            walk.findings.add(Finding::Stray { id });
        }
        self.check_versions(&mut walk.findings).await?;
        Ok(walk.finish(&check))
    }

    /// Each stored version must have its entry; the walk checked the other direction.
    async fn check_versions(&self, findings: &mut Findings) -> Result<()> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Version {
            entity_id: String,
            version: i64,
            event_id: Option<String>,
        }
        let request = Request::system("audit");
        let mut after = (String::new(), 0_i64);
        loop {
            let (entity_id, version) = after.clone();
            let versions: Vec<Version> = self
                .read(&request, move |tx| {
                    tx.query(VERSIONS, &params![entity_id.as_str(), version, BATCH])
                })
                .await?;
            let Some(last) = versions.last() else {
                return Ok(());
            };
            after = (last.entity_id.clone(), last.version);
            for one in versions.into_iter().filter(|one| one.event_id.is_none()) {
                let (entity_id, version) = (one.entity_id, one.version);
                findings.add(Finding::VersionWithoutEntry { entity_id, version });
            }
        }
    }
}

fn ids(rows: Vec<Row>) -> Vec<String> {
    rows.into_iter()
        .filter_map(|row| row.values.into_iter().next())
        .map(|id| text_of(&id))
        .collect()
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// A head is kept in the database before the witness gets it, so none may be with the witness only.
fn missing_heads(kept: &[AuditHead], witnessed: &[AuditHead]) -> Vec<i64> {
    let kept: std::collections::HashSet<i64> = kept.iter().map(|head| head.seq).collect();
    witnessed
        .iter()
        .map(|head| head.seq)
        .filter(|seq| !kept.contains(seq))
        .collect()
}

#[derive(Clone, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, finding: Finding) {
        if self.0.len() < FINDINGS_MAX {
            self.0.push(finding);
        }
    }
}

/// The signed heads in order, and the keys they may be signed with.
struct HeadCheck {
    heads: Vec<AuditHead>,
    trusted: Vec<VerifyingKey>,
}

impl HeadCheck {
    fn is_signed(&self, head: &AuditHead) -> bool {
        let signature = unhex(&head.signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        let named = unhex(&head.public_key).unwrap_or_default();
        let key = self
            .trusted
            .iter()
            .find(|key| key.as_bytes().as_slice() == named);
        let text = statement(head.seq, &head.hash, head.at);
        match (key, signature) {
            (Some(key), Some(signature)) => key.verify(text.as_bytes(), &signature).is_ok(),
            _ => false,
        }
    }
}

/// A verification under way, one batch of entries a step.
#[derive(Clone)]
struct Walk {
    seq: i64,
    hash: String,
    next_head: usize,
    entries: i64,
    findings: Findings,
    done: bool,
}

impl Walk {
    fn new(findings: Findings) -> Self {
        let hash = GENESIS.to_owned();
        Self {
            seq: 0,
            hash,
            next_head: 0,
            entries: 0,
            findings,
            done: false,
        }
    }

    /// Checks the next batch.
    fn step(mut self, tx: &mut Tx<'_>, check: &HeadCheck) -> Result<Self> {
        let rows = self.next_rows(tx)?;
        self.done = rows.is_empty();
        for row in rows {
            self.check_row(&row);
            self.compare_heads(check);
        }
        Ok(self)
    }

    /// The next rows. A cell that no longer holds what its column may hold makes the whole read
    /// fail; then rows are read one by one until the culprit is found and passed over.
    fn next_rows(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Row>> {
        match tx.query_rows(LINKS, &params![self.seq, BATCH]) {
            Err(error) if error.kind() == Kind::Internal => {}
            other => return other,
        }
        loop {
            match tx.query_rows(LINKS, &params![self.seq, 1_i64]) {
                Err(error) if error.kind() == Kind::Internal => {
                    self.seq += 1;
                    self.hash.clear();
                    self.findings.add(Finding::Edited {
                        seq: self.seq,
                        id: String::new(),
                    });
                    if self.findings.0.len() == FINDINGS_MAX {
                        return Ok(Vec::new());
                    }
                }
                other => return other,
            }
        }
    }

    fn check_row(&mut self, row: &Row) {
        let seq = match row.get("seq") {
            Some(Value::Int(seq)) => *seq,
            // Text stands behind every number: this is the last row there is.
            _ => {
                self.done = true;
                self.seq + 1
            }
        };
        let id = row.get("id").map(text_of).unwrap_or_default();
        if seq > self.seq + 1 {
            self.findings.add(Finding::Removed {
                from: self.seq + 1,
                to: seq - 1,
            });
        }
        let stored_hash = row.get("hash").map(text_of).unwrap_or_default();
        match read_event(row) {
            Ok(event) => {
                let follows = seq == self.seq + 1 && !self.hash.is_empty();
                if follows && stored_hash != link(&self.hash, &event) {
                    self.findings.add(Finding::Edited { seq, id });
                }
                if !version_matches(row, &event) {
                    let entity_id = event.entity_id.to_string();
                    let version = event.version;
                    self.findings.add(Finding::VersionDiffers {
                        seq,
                        entity_id,
                        version,
                    });
                }
            }
            Err(_) => self.findings.add(Finding::Edited { seq, id }),
        }
        // Going on from the stored hash keeps one damaged entry from condemning all after it.
        self.hash = stored_hash;
        self.seq = seq;
        self.entries += 1;
    }

    fn compare_heads(&mut self, check: &HeadCheck) {
        while let Some(head) = check
            .heads
            .get(self.next_head)
            .filter(|head| head.seq <= self.seq)
        {
            let seq = head.seq;
            if seq == self.seq && head.hash != self.hash {
                self.findings.add(Finding::HeadDiffers { seq });
            }
            if !check.is_signed(head) {
                self.findings.add(Finding::BadSignature { seq });
            }
            self.next_head += 1;
        }
    }

    fn finish(mut self, check: &HeadCheck) -> Verification {
        if let Some(signed) = check
            .heads
            .last()
            .map(|head| head.seq)
            .filter(|&seq| seq > self.seq)
        {
            self.findings.add(Finding::Truncated {
                last: self.seq,
                signed,
            });
        }
        Verification {
            entries: self.entries,
            heads: i64::try_from(check.heads.len()).unwrap_or(i64::MAX),
            head_hash: self.hash,
            findings: self.findings.0,
        }
    }
}

/// The event of a row, which must be written exactly as this program writes it: a hash is taken of
/// the meaning, so another spelling of the same id would go unseen otherwise.
fn read_event(row: &Row) -> Result<Event> {
    let mut own = row.clone();
    own.columns = row.columns.iter().take(EVENT_COLUMNS).cloned().collect();
    own.values.truncate(EVENT_COLUMNS);
    let values = own.values.clone();
    let event: Event = own.decode()?;
    if event_values(event.clone()).as_slice() == values.as_slice() {
        return Ok(event);
    }
    Err(Error::internal(
        "an entry is spelt otherwise than it was written",
    ))
}

fn version_matches(row: &Row, event: &Event) -> bool {
    let Some(expected) = &event.body_sha256 else {
        return true;
    };
    let kept = |column: &str| row.get(column).cloned().unwrap_or(Value::Null);
    let Value::Text(body) = kept("kept_body") else {
        return false;
    };
    sha256_hex(body.as_bytes()) == *expected
        && kept("kept_kind") == Value::from(event.kind.as_str())
        && kept("kept_at") == Value::from(event.at)
        && kept("kept_event_id") == Value::from(event.id)
}
