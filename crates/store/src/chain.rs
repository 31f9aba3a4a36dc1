//! The audit chain: each event's hash covers the event and the hash before it.

use kernel::{Error, Id, Result};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::engine::Connection;
use crate::event::event_columns;
use crate::{Event, Value, params};

/// Events given numbers in one go.
const NUMBERING_BATCH: u32 = 1_000;
/// The hash "before" the first event.
pub(crate) const GENESIS: &str = "lianti";

/// The newest link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChainHead {
    pub(crate) seq: i64,
    pub(crate) hash: String,
}

const HEAD: &str = "SELECT seq, hash FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
const EVENT_TABLE: &str = "SELECT COUNT(*) AS count FROM migration WHERE module = 'store'";

impl ChainHead {
    /// Reads the head; `None` before the store's own tables exist.
    pub(crate) fn load(connection: &mut Connection<'_>) -> Result<Option<Self>> {
        #[derive(Deserialize)]
        struct Head {
            seq: i64,
            hash: String,
        }
        let migrated = crate::migrate::has_migration_table(connection)?
            && connection
                .query(EVENT_TABLE, &[])?
                .first()
                .and_then(|row| row.get("count").cloned())
                != Some(Value::Int(0));
        if !migrated {
            return Ok(None);
        }
        let head = connection.query(HEAD, &[])?.pop();
        Ok(Some(match head {
            Some(row) => {
                let Head { seq, hash } = row.decode()?;
                Self { seq, hash }
            }
            None => Self {
                seq: 0,
                hash: GENESIS.to_owned(),
            },
        }))
    }

    /// Appends an event: sets its number and hash.
    pub(crate) fn append(&mut self, event: &mut Event) {
        self.seq += 1;
        event.seq = Some(self.seq);
        self.hash = link(&self.hash, event);
        event.hash = Some(self.hash.clone());
    }
}

/// The hash of an event after `previous`. Every field goes in with its length, so that no two
/// different events give the same bytes.
pub(crate) fn link(previous: &str, event: &Event) -> String {
    let mut hasher = Sha256::new();
    let mut field = |text: Option<&str>| {
        // No text is as long as this: absent and empty are told apart.
        hasher.update(
            text.map_or(u64::MAX, |text| text.len() as u64)
                .to_be_bytes(),
        );
        hasher.update(text.unwrap_or("").as_bytes());
    };
    let id_text = |id: Option<Id>| id.map(|id| id.to_string());
    field(Some(previous));
    field(event.seq.map(|seq| seq.to_string()).as_deref());
    field(Some(&event.id.to_string()));
    field(Some(&event.at.micros().to_string()));
    field(Some(&event.event));
    field(Some(&event.kind));
    field(Some(&event.entity_id.to_string()));
    field(Some(&event.version.to_string()));
    for id in [event.org_id, event.peer_org_id, event.patient_id] {
        field(id_text(id).as_deref());
    }
    field(Some(&event.actor_id.to_string()));
    for text in [&event.actor_name, &event.role] {
        field(Some(text));
    }
    field(Some(&event.actor_org_id.to_string()));
    for text in [&event.request_id, &event.address] {
        field(Some(text));
    }
    field(event.basis.as_deref());
    field(Some(&event.detail));
    field(event.body_sha256.as_deref());
    hex(&hasher.finalize())
}

/// SHA-256 of `bytes` in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string does not fail");
            text
        })
}

const UNNUMBERED: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE seq IS NULL ORDER BY at, id LIMIT $1"
);
const NUMBER: &str = "UPDATE event SET seq = $2, hash = $3 WHERE id = $1 AND seq IS NULL";

/// Numbers a batch of committed events after `head`; answers how many. Used where events are not
/// numbered inside their own transaction.
pub(crate) fn number_events(connection: &mut Connection<'_>, mut head: ChainHead) -> Result<usize> {
    let rows = connection.query(UNNUMBERED, &params![NUMBERING_BATCH])?;
    let count = rows.len();
    for row in rows {
        let mut event: Event = row.decode()?;
        head.append(&mut event);
        let changed =
            connection.execute(NUMBER, &params![event.id, event.seq, head.hash.as_str()])?;
        if changed != 1 {
            return Err(Error::internal("an event was numbered twice"));
        }
    }
    Ok(count)
}
