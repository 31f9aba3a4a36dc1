//! Proving the audit chain: recompute every link, compare with the signed heads and the kept versions.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use kernel::{Error, Instant, Result};
use serde::{Deserialize, Serialize};

use crate::chain::{GENESIS, hex, link, sha256_hex};
use crate::{Request, Store, Tx, params};

/// Events checked in one read.
const VERIFY_BATCH: u32 = 2_000;
/// Findings reported before the rest is only counted.
const FINDINGS_MAX: usize = 100;

/// A signed statement that the chain had this head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// Number of the newest event.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When it was signed.
    pub at: Instant,
    /// Ed25519 public key, hex.
    pub public_key: String,
    /// Ed25519 signature over `seq:hash:at`, hex.
    pub signature: String,
}

/// Something wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Finding {
    /// This entry's content no longer gives its hash: it was edited, or the one before was.
    Edited {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// Entries between these numbers are gone.
    Removed {
        /// First missing number.
        from: i64,
        /// Last missing number.
        to: i64,
    },
    /// The chain ends before a head that was signed: its tail was cut off.
    Truncated {
        /// Number of the newest event there is.
        last: i64,
        /// Number of the newest signed head.
        signed: i64,
    },
    /// The chain at a signed head has another hash than was signed: entries were exchanged.
    HeadDiffers {
        /// The head's number.
        seq: i64,
    },
    /// A signed head does not bear a valid signature.
    BadSignature {
        /// The head's number.
        seq: i64,
    },
    /// A stored version is missing or differs from what its entry says was stored.
    VersionDiffers {
        /// Number of its entry.
        seq: i64,
        /// The entity.
        entity_id: String,
        /// The version.
        version: i64,
    },
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verification {
    /// Entries checked.
    pub entries: i64,
    /// Signed heads compared.
    pub heads: i64,
    /// The newest hash.
    pub head_hash: String,
    /// What is wrong; empty means that the chain is whole.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Is the chain whole?
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

const NEWEST: &str = "SELECT seq, hash FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
const LAST_HEAD: &str =
    "SELECT seq, hash, at, public_key, signature FROM audit_head ORDER BY seq DESC LIMIT 1";
const HEADS: &str = "SELECT seq, hash, at, public_key, signature FROM audit_head ORDER BY seq";
const KEEP_HEAD: &str = "INSERT INTO audit_head (seq, hash, at, public_key, signature)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq) DO NOTHING";
const VERSION_BODY: &str = "SELECT body FROM history WHERE entity_id = $1 AND version = $2";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    seq: i64,
    hash: String,
}

impl Store {
    /// Signs the newest link unless it is signed already, keeps the head in the database and appends
    /// it to the witness file, which other members may copy.
    ///
    /// # Errors
    /// Whatever the database or the disk reports.
    pub async fn sign_head(&self) -> Result<Option<AuditHead>> {
        let request = Request::system("audit");
        let newest: Option<Link> = self.read(&request, |tx| tx.query_opt(NEWEST, &[])).await?;
        let last: Option<AuditHead> = self
            .read(&request, |tx| tx.query_opt(LAST_HEAD, &[]))
            .await?;
        let Some(newest) = newest.filter(|link| last.is_none_or(|head| head.seq < link.seq)) else {
            return Ok(None);
        };
        let key = self.signing_key()?;
        let at = self.clock().now();
        let signature = key.sign(statement(newest.seq, &newest.hash, at).as_bytes());
        let head = AuditHead {
            seq: newest.seq,
            hash: newest.hash,
            at,
            public_key: hex(key.verifying_key().as_bytes()),
            signature: hex(&signature.to_bytes()),
        };
        self.append_witness(&head)?;
        let kept = head.clone();
        self.write(&request, move |tx| {
            let values = params![
                kept.seq,
                kept.hash.as_str(),
                kept.at,
                kept.public_key.as_str(),
                kept.signature.as_str()
            ];
            tx.execute(KEEP_HEAD, &values).map(|_| ())
        })
        .await?;
        Ok(Some(head))
    }

    /// Checks the whole chain against its hashes, the stored versions, the signed heads in the
    /// database and those in the witness file.
    ///
    /// # Errors
    /// Whatever the database reports; damage to the chain is an answer, not an error.
    pub async fn verify_audit(&self) -> Result<Verification> {
        let request = Request::system("audit");
        let mut heads: Vec<AuditHead> = self.read(&request, |tx| tx.query(HEADS, &[])).await?;
        heads.extend(self.read_witness()?);
        heads.sort_by_key(|head| head.seq);
        let trusted = self.verifying_key()?;
        let mut walk = Walk::new(heads, trusted);
        loop {
            let before = walk;
            let (after, done) = self
                .read(&request, move |tx| {
                    let mut walk = before.clone();
                    let done = walk.step(tx)?;
                    Ok((walk, done))
                })
                .await?;
            walk = after;
            if done {
                return Ok(walk.finish());
            }
        }
    }

    fn key_path(&self) -> PathBuf {
        self.data_dir().join("keys").join("audit.ed25519")
    }

    fn witness_path(&self) -> PathBuf {
        self.data_dir().join("witness").join("audit-heads.jsonl")
    }

    /// The key of this installation, made on first use and readable by its owner only.
    fn signing_key(&self) -> Result<SigningKey> {
        let path = self.key_path();
        if !path.exists() {
            let bytes: [u8; 32] = {
                let mut bytes = [0_u8; 32];
                getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
                bytes
            };
            crate::blob::write_synced(&path, &bytes, "audit-key")?;
            restrict(&path)?;
        }
        let bytes = fs::read(&path).map_err(Error::internal)?;
        let bytes: [u8; 32] = bytes
            .try_into()
            .map_err(|_| Error::internal("the audit key is not 32 bytes long"))?;
        Ok(SigningKey::from_bytes(&bytes))
    }

    fn verifying_key(&self) -> Result<Option<VerifyingKey>> {
        if !self.key_path().exists() {
            return Ok(None);
        }
        self.signing_key().map(|key| Some(key.verifying_key()))
    }

    fn append_witness(&self, head: &AuditHead) -> Result<()> {
        let path = self.witness_path();
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(path.parent().unwrap_or_else(|| Path::new(".")))?;
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            let line = serde_json::to_string(head).map_err(std::io::Error::other)?;
            writeln!(file, "{line}")?;
            file.sync_all()
        };
        write().map_err(Error::internal)
    }

    fn read_witness(&self) -> Result<Vec<AuditHead>> {
        let path = self.witness_path();
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(path).map_err(Error::internal)?;
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| serde_json::from_str(line).map_err(Error::internal))
            .collect()
    }
}

#[cfg(unix)]
fn restrict(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(Error::internal)
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> Result<()> {
    Ok(())
}

fn statement(seq: i64, hash: &str, at: Instant) -> String {
    format!("{seq}:{hash}:{}", at.micros())
}

/// A verification under way, one batch of events a step.
#[derive(Clone)]
struct Walk {
    seq: i64,
    hash: String,
    heads: Vec<AuditHead>,
    next_head: usize,
    trusted: Option<VerifyingKey>,
    entries: i64,
    findings: Vec<Finding>,
}

impl Walk {
    fn new(heads: Vec<AuditHead>, trusted: Option<VerifyingKey>) -> Self {
        let hash = GENESIS.to_owned();
        Self {
            seq: 0,
            hash,
            heads,
            next_head: 0,
            trusted,
            entries: 0,
            findings: Vec::new(),
        }
    }

    /// Checks the next batch; answers whether the end was reached.
    fn step(&mut self, tx: &mut Tx<'_>) -> Result<bool> {
        let events = tx.events_after(self.seq, VERIFY_BATCH)?;
        let done = events.is_empty();
        for event in events {
            let seq = event.seq.unwrap_or(0);
            if seq != self.seq + 1 {
                self.find(Finding::Removed {
                    from: self.seq + 1,
                    to: seq - 1,
                });
            } else if event.hash.as_deref() != Some(link(&self.hash, &event).as_str()) {
                self.find(Finding::Edited {
                    seq,
                    id: event.id.to_string(),
                });
            }
            self.check_version(tx, &event, seq)?;
            // Going on from the stored hash keeps one damaged entry from condemning all after it.
            self.hash = event.hash.unwrap_or_default();
            self.seq = seq;
            self.entries += 1;
            self.compare_heads(seq);
        }
        Ok(done)
    }

    fn check_version(&mut self, tx: &mut Tx<'_>, event: &crate::Event, seq: i64) -> Result<()> {
        #[derive(Deserialize)]
        struct Kept {
            body: String,
        }
        let Some(expected) = &event.body_sha256 else {
            return Ok(());
        };
        let kept: Option<Kept> =
            tx.query_opt(VERSION_BODY, &params![event.entity_id, event.version])?;
        if kept.map(|kept| sha256_hex(kept.body.as_bytes())).as_ref() != Some(expected) {
            let entity_id = event.entity_id.to_string();
            self.find(Finding::VersionDiffers {
                seq,
                entity_id,
                version: event.version,
            });
        }
        Ok(())
    }

    fn compare_heads(&mut self, seq: i64) {
        while let Some(head) = self
            .heads
            .get(self.next_head)
            .filter(|head| head.seq <= seq)
        {
            let (signed_seq, differs) = (head.seq, head.seq == seq && head.hash != self.hash);
            let forged = !self.is_signed(head);
            if differs {
                self.find(Finding::HeadDiffers { seq: signed_seq });
            }
            if forged {
                self.find(Finding::BadSignature { seq: signed_seq });
            }
            self.next_head += 1;
        }
    }

    fn is_signed(&self, head: &AuditHead) -> bool {
        let signature = unhex(&head.signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        match (&self.trusted, signature) {
            (Some(key), Some(signature)) => key
                .verify(
                    statement(head.seq, &head.hash, head.at).as_bytes(),
                    &signature,
                )
                .is_ok(),
            _ => false,
        }
    }

    fn finish(mut self) -> Verification {
        if let Some(signed) = self
            .heads
            .last()
            .map(|head| head.seq)
            .filter(|&signed| signed > self.seq)
        {
            self.find(Finding::Truncated {
                last: self.seq,
                signed,
            });
        }
        Verification {
            entries: self.entries,
            heads: i64::try_from(self.heads.len()).unwrap_or(i64::MAX),
            head_hash: self.hash,
            findings: self.findings,
        }
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() % 2 != 0 || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}
