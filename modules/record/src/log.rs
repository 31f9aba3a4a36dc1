//! What happened to a patient's record, in two lists: who looked, and what was done.

use kernel::{Basis, Cursor, Error, Id, Instant, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::{basis, break_glass};

/// One look at a record, or an attempt.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccessEntry {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Instant,
    /// What: `record.read`, `record.unmasked`, `record.read-refused` …
    pub event: String,
    /// Who.
    pub actor_id: Id,
    /// Their name.
    pub actor_name: String,
    /// In which role.
    pub role: String,
    /// For which organization.
    pub org_id: Id,
    /// On which basis.
    pub basis: Option<Basis>,
    /// What was shown, and the like.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Something done for a patient.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PatientTimelineEntry)]
pub struct TimelineEntry {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Instant,
    /// What: `referral.accepted`.
    pub event: String,
    /// Kind of the thing it happened to.
    pub kind: String,
    /// Its id.
    pub entity_id: Id,
    /// The member it belongs to.
    pub org_id: Option<Id>,
    /// The member on the other side.
    pub peer_org_id: Option<Id>,
    /// Who did it.
    pub actor_name: String,
    /// In which role.
    pub role: String,
    /// For which organization.
    pub actor_org_id: Id,
    /// What changed.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventRow {
    id: Id,
    at: Instant,
    event: String,
    kind: String,
    entity_id: Id,
    org_id: Option<Id>,
    peer_org_id: Option<Id>,
    actor_id: Id,
    actor_name: String,
    role: String,
    actor_org_id: Id,
    basis: Option<String>,
    detail: String,
}

const LOOKS: &str =
    "SELECT id, at, event, kind, entity_id, org_id, peer_org_id, actor_id, actor_name,
    role, actor_org_id, basis, detail FROM event
    WHERE patient_id = $1 AND (at, id) < ($2, $3)
    AND event IN ('record.read', 'record.unmasked', 'record.found', 'record.read-refused',
      'record.duplicate-shown', 'record.break-glass', 'record.break-glass-reviewed')
    ORDER BY at DESC, id DESC LIMIT $4";
const DEEDS: &str =
    "SELECT id, at, event, kind, entity_id, org_id, peer_org_id, actor_id, actor_name,
    role, actor_org_id, basis, detail FROM event
    WHERE patient_id = $1 AND (at, id) < ($2, $3)
    AND event NOT IN ('record.read', 'record.unmasked', 'record.found', 'record.read-refused',
      'record.duplicate-shown', 'record.break-glass', 'record.break-glass-reviewed')
    AND kind <> 'match-review' AND ($5 = 1 OR kind NOT IN ('fhir-resource', 'consent')
      OR org_id = $6)
    ORDER BY at DESC, id DESC LIMIT $4";

/// Who looked at the record, newest first: for the patient's own account, for the privacy officers of
/// organizations whose patient this is, and for those of organizations that were told of an emergency
/// access to it: who reviews one has to see what else was looked at. That look is noted too.
///
/// # Errors
/// `NotFound` with code `patient`; `record.log-not-yours`.
pub fn accesses(
    tx: &mut Tx<'_>,
    patient_id: Id,
    after: Option<Cursor>,
    size: u32,
) -> Result<Page<AccessEntry>> {
    require_reader(tx, patient_id)?;
    let (at, last) = place(after);
    let rows: Vec<EventRow> = tx.query(LOOKS, &params![patient_id, at, last, size + 1])?;
    let rows = rows.into_iter().map(|row| AccessEntry {
        id: row.id,
        at: row.at,
        event: row.event,
        actor_id: row.actor_id,
        actor_name: row.actor_name,
        role: row.role,
        org_id: row.actor_org_id,
        basis: row
            .basis
            .and_then(|basis| serde_json::from_str(&basis).ok()),
        detail: parsed(&row.detail),
    });
    let cursor = |row: &AccessEntry| Cursor {
        key: row.at.micros(),
        id: row.id,
    };
    Ok(Page::from_rows(rows.collect(), size, cursor))
}

fn require_reader(tx: &mut Tx<'_>, patient_id: Id) -> Result<()> {
    let patient = basis::patient(tx, patient_id)?;
    let org_id = tx.actor().org_id;
    let allowed = if tx.actor().role == "resident" {
        basis::is_self(tx, patient_id)?
    } else {
        basis::is_own(tx, patient_id, org_id)?
    };
    if allowed {
        return Ok(());
    }
    // A resident's organization may have been told, the resident was not.
    if tx.actor().role != "resident"
        && let Some(id) = break_glass::alerted_of(tx, patient_id)?
    {
        let basis = Basis::BreakGlass { id };
        return tx.note_access(patient_id, Some(patient.org_id), &basis, "access-log");
    }
    let detail = "the access log is for the patient, and for the privacy officers of organizations \
                  whose patient this is or that were told of an emergency access";
    Err(Error::forbidden("record.log-not-yours", detail))
}

/// What was done for the patient over all capabilities, newest first; the caller has checked a
/// basis. That a resource came in, or a consent was given, is shown of one's own organization: of another's it would tell
/// that there is one, though it may be sensitive. Whom a patient was taken for is somebody else.
///
/// # Errors
/// Whatever the database reports.
pub fn timeline(
    tx: &mut Tx<'_>,
    patient_id: Id,
    after: Option<Cursor>,
    size: u32,
) -> Result<Page<TimelineEntry>> {
    let (at, last) = place(after);
    let all = crate::sight::sight(tx, patient_id)?.is_full();
    let org_id = tx.actor().org_id;
    let values = params![patient_id, at, last, size + 1, all, org_id];
    let rows: Vec<EventRow> = tx.query(DEEDS, &values)?;
    let rows = rows.into_iter().map(|row| TimelineEntry {
        id: row.id,
        at: row.at,
        event: row.event,
        kind: row.kind,
        entity_id: row.entity_id,
        org_id: row.org_id,
        peer_org_id: row.peer_org_id,
        actor_name: row.actor_name,
        role: row.role,
        actor_org_id: row.actor_org_id,
        detail: parsed(&row.detail),
    });
    let cursor = |row: &TimelineEntry| Cursor {
        key: row.at.micros(),
        id: row.id,
    };
    Ok(Page::from_rows(rows.collect(), size, cursor))
}

fn place(after: Option<Cursor>) -> (i64, Id) {
    after.map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id))
}

fn parsed(detail: &str) -> serde_json::Value {
    serde_json::from_str(detail).unwrap_or_else(|_| serde_json::json!({}))
}
