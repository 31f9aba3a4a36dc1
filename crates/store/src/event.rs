//! Events: one row is both the audit entry of a command and its message to followers.

use kernel::{Id, Instant, Result};
use serde::{Deserialize, Serialize};

use crate::{Tx, params};

/// One entry of the chain.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its id.
    pub id: Id,
    /// Its place in the chain; absent for a moment after a commit on PostgreSQL.
    pub seq: Option<i64>,
    /// When.
    pub at: Instant,
    /// What happened: `referral.accepted`.
    pub event: String,
    /// Kind of the thing it happened to.
    pub kind: String,
    /// Its id.
    pub entity_id: Id,
    /// Its version after the change; 0 where nothing is versioned.
    pub version: i64,
    /// The member it belongs to.
    pub org_id: Option<Id>,
    /// The member on the other side.
    pub peer_org_id: Option<Id>,
    /// The patient it is about.
    pub patient_id: Option<Id>,
    /// Who did it.
    pub actor_id: Id,
    /// The name shown.
    pub actor_name: String,
    /// In which role.
    pub role: String,
    /// For which member.
    pub actor_org_id: Id,
    /// The request it came with.
    pub request_id: String,
    /// From which network address.
    pub address: String,
    /// On which basis a patient's data was touched, as JSON.
    pub basis: Option<String>,
    /// What changed, as JSON text.
    pub detail: String,
    /// SHA-256 of the stored body, in hex.
    pub body_sha256: Option<String>,
    /// SHA-256 over this entry and the one before it, in hex.
    pub hash: Option<String>,
}

impl Event {
    /// `detail` as JSON; an empty object if it is not.
    pub fn detail_json(&self) -> serde_json::Value {
        serde_json::from_str(&self.detail).unwrap_or_else(|_| serde_json::json!({}))
    }
}

/// The columns of [`Event`], for statements that read it.
macro_rules! event_columns {
    () => {
        "id, seq, at, event, kind, entity_id, version, org_id, peer_org_id, patient_id, actor_id,
         actor_name, role, actor_org_id, request_id, address, basis, detail, body_sha256, hash"
    };
}
pub(crate) use event_columns;

const AFTER: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE seq > $1 ORDER BY seq LIMIT $2"
);
const OF_ENTITY: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE entity_id = $1 ORDER BY at, id LIMIT $2"
);
const OF_PATIENT: &str = concat!(
    "SELECT ",
    event_columns!(),
    " FROM event WHERE patient_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4"
);
const LAST_SEQ: &str = "SELECT seq FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";

/// The most events one entity's timeline shows.
const TIMELINE_MAX: i64 = 1_000;

impl Tx<'_> {
    /// Events after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn events_after(&mut self, seq: i64, limit: u32) -> Result<Vec<Event>> {
        self.query(AFTER, &params![seq, limit])
    }

    /// The events of one entity, oldest first: its timeline.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn events_of(&mut self, entity_id: Id) -> Result<Vec<Event>> {
        self.query(OF_ENTITY, &params![entity_id, TIMELINE_MAX])
    }

    /// The events about one patient, newest first, before `(at, id)`.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn events_of_patient(
        &mut self,
        patient_id: Id,
        before: (Instant, Id),
        limit: u32,
    ) -> Result<Vec<Event>> {
        self.query(OF_PATIENT, &params![patient_id, before.0, before.1, limit])
    }

    /// The number of the newest numbered event; 0 before the first.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn last_seq(&mut self) -> Result<i64> {
        #[derive(Deserialize)]
        struct Last {
            seq: i64,
        }
        Ok(self
            .query_opt::<Last>(LAST_SEQ, &[])?
            .map_or(0, |last| last.seq))
    }
}
