//! The statements of templates, sessions and slots.

use ::store::{Tx, Versioned, params};
use kernel::{Cursor, Date, Id, Instant, Money, Result};
use serde::Deserialize;

use super::{Session, SlotState, Template};
use crate::model::{Channel, Search};

/// Templates of one member on one screen.
const TEMPLATES_MAX: i64 = 2_000;
/// Offers one department may add to a search.
pub(crate) const OPEN_SLOTS_MAX: i64 = 50;

macro_rules! slot_columns {
    () => {
        "s.id, s.session_id, s.number, s.org_id, s.department_id, s.specialty, s.start_at, s.end_at,
         s.channel, s.quota_org_id, s.release_at, s.price_fen, s.state, s.hold_id"
    };
}

const TEMPLATE_BY_CODE: &str =
    "SELECT version, body FROM schedule_template WHERE org_id = $1 AND code = $2";
const TEMPLATES: &str = "SELECT version, body FROM schedule_template WHERE org_id = $1
    ORDER BY code, id LIMIT $2";
const SESSIONS: &str = "SELECT version, body FROM clinic_session
    WHERE org_id = $1 AND date >= $2 AND date <= $3 AND ($4 = '' OR department_id = $4)
      AND (start_at, id) > ($5, $6)
    ORDER BY start_at, id LIMIT $7";
const SLOT: &str = concat!(
    "SELECT ",
    slot_columns!(),
    " FROM slot AS s WHERE s.id = $1"
);
const SLOTS_OF_SESSION: &str = concat!(
    "SELECT ",
    slot_columns!(),
    " FROM slot AS s WHERE s.session_id = $1 ORDER BY s.number, s.id"
);
const OFFERINGS: &str = "SELECT specialty, department_id FROM offering
    WHERE kind = $1 AND org_id = $2
      AND ($3 = '' OR specialty = $3 OR (specialty >= $3 || '.' AND specialty < $3 || '/'))
      AND ($4 = '' OR department_id = $4)
    ORDER BY specialty, department_id";
const OPEN_SLOTS: &str =
    "SELECT s.id, s.session_id, s.number, s.org_id, s.department_id, s.specialty,
    s.start_at, s.end_at, s.channel, s.quota_org_id, s.release_at, s.price_fen, s.state, s.hold_id
    FROM slot AS s
    WHERE s.department_id = $1 AND s.specialty = $2 AND s.state = 'open'
      AND s.start_at >= $3 AND s.start_at < $4
      AND (s.channel = 'routine' OR s.release_at <= $5 OR $6 = 'green'
        OR (s.channel = 'referral' AND $6 = 'referral'
          AND (s.quota_org_id IS NULL OR s.quota_org_id = $7)))
    ORDER BY s.start_at, s.id LIMIT $8";
const TAKE: &str = "UPDATE slot SET state = 'held', hold_id = $2 WHERE id = $1 AND state = 'open'";
const GIVE_BACK: &str = "UPDATE slot SET state = 'open', hold_id = NULL
    WHERE id = $1 AND hold_id = $2 AND state = 'held'";
const USE_UP: &str =
    "UPDATE slot SET state = 'used' WHERE id = $1 AND hold_id = $2 AND state = 'held'";
const STOP_OPEN: &str =
    "UPDATE slot SET state = 'stopped' WHERE session_id = $1 AND state = 'open'";
const RESUME: &str = "UPDATE slot SET state = 'open' WHERE session_id = $1 AND state = 'stopped'";
const LEFT: &str = "SELECT COUNT(*) AS count FROM slot
    WHERE department_id = $1 AND specialty = $2 AND state = 'open' AND start_at >= $3 AND start_at < $4";

/// A slot as it is stored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotRow {
    pub id: Id,
    pub session_id: Id,
    pub number: i64,
    pub org_id: Id,
    pub department_id: Id,
    pub specialty: String,
    pub start_at: Instant,
    pub end_at: Instant,
    pub channel: Channel,
    pub quota_org_id: Option<Id>,
    pub release_at: Instant,
    pub price_fen: Money,
    pub state: SlotState,
    pub hold_id: Option<Id>,
}

pub(crate) fn template_by_code(
    tx: &mut Tx<'_>,
    org_id: Id,
    code: &str,
) -> Result<Option<Versioned<Template>>> {
    Ok(tx.find(TEMPLATE_BY_CODE, &params![org_id, code])?.pop())
}

pub(crate) fn templates(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Template>>> {
    tx.find(TEMPLATES, &params![org_id, TEMPLATES_MAX])
}

/// Sessions of a member between two days, soonest first.
pub(crate) fn sessions(
    tx: &mut Tx<'_>,
    org_id: Id,
    (from, to): (Date, Date),
    department_id: Option<Id>,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<Versioned<Session>>> {
    let department_id = department_id.map_or_else(String::new, |id| id.to_string());
    let (start_at, id) = after.map_or((i64::MIN, Id::NIL), |cursor| (cursor.key, cursor.id));
    tx.find(
        SESSIONS,
        &params![org_id, from, to, department_id, start_at, id, limit],
    )
}

/// A slot.
///
/// # Errors
/// `NotFound` with code `slot`.
pub(crate) fn slot(tx: &mut Tx<'_>, id: Id) -> Result<SlotRow> {
    tx.query_opt(SLOT, &params![id])?
        .ok_or_else(|| kernel::Error::not_found("slot"))
}

pub(crate) fn slots_of(tx: &mut Tx<'_>, session_id: Id) -> Result<Vec<SlotRow>> {
    tx.query(SLOTS_OF_SESSION, &params![session_id])
}

/// A department that offers a specialty.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offering {
    pub specialty: String,
    pub department_id: Id,
}

/// Where a search has to look at one member. A specialty covers what lies below it in the national
/// list: `03` covers `03.04`.
pub(crate) fn offerings(
    tx: &mut Tx<'_>,
    kind: crate::model::PlaceKind,
    org_id: Id,
    specialty: Option<&str>,
    department_id: Option<Id>,
) -> Result<Vec<Offering>> {
    let department_id = department_id.map_or_else(String::new, |id| id.to_string());
    tx.query(
        OFFERINGS,
        &params![kind.word(), org_id, specialty.unwrap_or(""), department_id],
    )
}

/// Free slots that the one who searches may take, soonest first. The condition on channels says in
/// SQL what `rules::may_take` says in Rust.
pub(crate) fn open_slots(
    tx: &mut Tx<'_>,
    offering: &Offering,
    search: &Search,
    limit: i64,
) -> Result<Vec<SlotRow>> {
    let now = tx.now();
    let values = params![
        offering.department_id,
        offering.specialty.as_str(),
        search.from,
        search.to,
        now,
        search.channel.word(),
        search.for_org_id,
        limit,
    ];
    tx.query(OPEN_SLOTS, &values)
}

/// Marks an open slot as held; answers whether it was one.
pub(crate) fn take(tx: &mut Tx<'_>, slot_id: Id, hold_id: Id) -> Result<bool> {
    Ok(tx.execute(TAKE, &params![slot_id, hold_id])? == 1)
}

/// Opens the slot of this hold again.
pub(crate) fn give_back(tx: &mut Tx<'_>, slot_id: Id, hold_id: Id) -> Result<bool> {
    Ok(tx.execute(GIVE_BACK, &params![slot_id, hold_id])? == 1)
}

/// The patient came.
pub(crate) fn use_up(tx: &mut Tx<'_>, slot_id: Id, hold_id: Id) -> Result<bool> {
    Ok(tx.execute(USE_UP, &params![slot_id, hold_id])? == 1)
}

/// Stops the open slots of a session.
pub(crate) fn stop_open(tx: &mut Tx<'_>, session_id: Id) -> Result<u64> {
    tx.execute(STOP_OPEN, &params![session_id])
}

/// Opens the stopped slots of a session again.
pub(crate) fn resume(tx: &mut Tx<'_>, session_id: Id) -> Result<u64> {
    tx.execute(RESUME, &params![session_id])
}

/// Free slots of one offering between two moments.
pub(crate) fn slots_left(
    tx: &mut Tx<'_>,
    offering: &Offering,
    from: Instant,
    to: Instant,
) -> Result<i64> {
    tx.count(
        LEFT,
        &params![
            offering.department_id,
            offering.specialty.as_str(),
            from,
            to
        ],
    )
}
