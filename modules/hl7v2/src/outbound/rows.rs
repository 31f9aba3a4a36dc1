//! Every statement about receivers and what is sent to them.

use kernel::{Cursor, Error, Id, Instant, Page, Result, Scope};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned, params};
use utoipa::ToSchema;

use super::model::{Outbound, OutboundState, Receiver, ReceiverState};
use crate::rows::{everywhere, reaches};

const RECEIVERS: &str = "SELECT version, body FROM hl7_receiver
    WHERE ($3 = 1 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    AND id > $4 ORDER BY id LIMIT $5";
const COUNT: &str = "SELECT COUNT(*) AS count FROM hl7_receiver";
const CLEAR_ROUTES: &str = "DELETE FROM hl7_route WHERE receiver_id = $1";
const ADD_ROUTE: &str =
    "INSERT INTO hl7_route (receiver_id, kind, org_id, own) VALUES ($1, $2, $3, $4)";
const ROUTES: &str =
    "SELECT receiver_id, org_id, own FROM hl7_route WHERE kind = $1 ORDER BY receiver_id";
const ADD_OUTLET: &str = "INSERT INTO hl7_outlet (receiver_id, failures, retry_at, leased_until)
    VALUES ($1, 0, 0, 0)";
const AT_ONCE: &str = "UPDATE hl7_outlet SET failures = 0, retry_at = 0 WHERE receiver_id = $1";
const LAST_PLACE: &str =
    "SELECT COALESCE(MAX(place), 0) AS count FROM hl7_outbound WHERE receiver_id = $1";
const TOLD: &str = "SELECT COUNT(*) AS count FROM hl7_outbound WHERE receiver_id = $1
    AND subject_id = $2 AND kind = $3 AND state IN ('waiting', 'accepted', 'dead')";
const NEXT: &str = "SELECT version, body FROM hl7_outbound
    WHERE receiver_id = $1 AND state = 'waiting' ORDER BY place LIMIT 1";
const SET_TEXT: &str = "INSERT INTO hl7_outbound_text (outbound_id, charset, text, at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (outbound_id) DO UPDATE SET charset = excluded.charset, text = excluded.text,
    at = excluded.at";
const DROP_TEXT: &str = "DELETE FROM hl7_outbound_text WHERE outbound_id = $1";
const TEXT: &str = "SELECT charset, text, at FROM hl7_outbound_text WHERE outbound_id = $1";
const ADD_ATTEMPT: &str =
    "INSERT INTO hl7_attempt (outbound_id, number, at, ended_at, outcome, detail, answer)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ATTEMPTS: &str = "SELECT number, at, ended_at, outcome, detail, answer FROM hl7_attempt
    WHERE outbound_id = $1 ORDER BY number DESC LIMIT 200";
const LIST: &str = "SELECT version, body FROM hl7_outbound
    WHERE ($3 = 1 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    AND (CAST($4 AS TEXT) IS NULL OR receiver_id = CAST($4 AS TEXT))
    AND (CAST($5 AS TEXT) IS NULL OR state = CAST($5 AS TEXT))
    AND (CAST($6 AS TEXT) IS NULL OR kind = CAST($6 AS TEXT))
    AND (CAST($7 AS TEXT) IS NULL OR control_id = CAST($7 AS TEXT))
    AND (CAST($8 AS TEXT) IS NULL OR patient_id = CAST($8 AS TEXT))
    AND queued_at >= $9 AND queued_at < $10
    AND (queued_at, id) < ($11, $12)
    ORDER BY queued_at DESC, id DESC LIMIT $13";
const COUNTS: &str = "SELECT receiver_id, state, COUNT(*) AS messages, MIN(queued_at) AS oldest_at
    FROM hl7_outbound
    WHERE ($3 = 1 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    AND (state = 'waiting' OR (queued_at >= $4 AND queued_at < $5))
    GROUP BY receiver_id, state ORDER BY receiver_id, state";
const OUTLET: &str = "SELECT failures, retry_at, accepted_at, failed_at, error FROM hl7_outlet
    WHERE receiver_id = $1";

/// Receivers one installation has at most: each gets a turn of its own.
pub(crate) const RECEIVERS_MAX: i64 = 200;

/// A receiver within the reach of the permission in force.
pub(crate) fn receiver(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Receiver>> {
    let receiver: Versioned<Receiver> = tx.load(id)?;
    if reaches(tx, receiver.org_id)? {
        return Ok(receiver);
    }
    Err(Error::not_found("hl7-receiver"))
}

/// Receivers within reach, the oldest first.
pub(crate) fn receivers(tx: &mut Tx<'_>, after: Option<Id>, size: u32) -> Result<Page<Receiver>> {
    let scope = tx.scope().unwrap_or(Scope::Own).table_word();
    let after = after.unwrap_or(Id::NIL);
    let values = params![tx.actor().org_id, scope, everywhere(tx), after, size + 1];
    let found: Vec<Versioned<Receiver>> = tx.find(RECEIVERS, &values)?;
    let rows = found.into_iter().map(|one| one.data).collect();
    let cursor = |row: &Receiver| Cursor { key: 0, id: row.id };
    Ok(Page::from_rows(rows, size, cursor))
}

/// How many receivers there are.
pub(crate) fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.count(COUNT, &[])
}

/// Keeps what a receiver wants where events are asked of it.
pub(crate) fn route(tx: &mut Tx<'_>, receiver: &Receiver) -> Result<()> {
    tx.execute(CLEAR_ROUTES, &params![receiver.id])?;
    if receiver.state == ReceiverState::Stopped {
        return Ok(());
    }
    for kind in &receiver.kinds {
        let values = params![receiver.id, kind.as_str(), receiver.org_id, receiver.own];
        tx.execute(ADD_ROUTE, &values)?;
    }
    Ok(())
}

/// A receiver that wants a kind of message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub receiver_id: Id,
    pub org_id: Id,
    pub own: bool,
}

/// Receivers that want a kind of message and are not stopped.
pub(crate) fn routes(tx: &mut Tx<'_>, kind: &str) -> Result<Vec<Route>> {
    tx.query(ROUTES, &params![kind])
}

/// Makes the row that says how sending goes.
pub(crate) fn add_outlet(tx: &mut Tx<'_>, receiver_id: Id) -> Result<()> {
    tx.execute(ADD_OUTLET, &params![receiver_id]).map(|_| ())
}

/// Ends the pause behind a failure: somebody changed something.
pub(crate) fn at_once(tx: &mut Tx<'_>, receiver_id: Id) -> Result<()> {
    tx.execute(AT_ONCE, &params![receiver_id]).map(|_| ())
}

/// The place behind the last message of a receiver.
pub(crate) fn next_place(tx: &mut Tx<'_>, receiver_id: Id) -> Result<i64> {
    Ok(tx.count(LAST_PLACE, &params![receiver_id])? + 1)
}

/// Was a receiver told this of a thing, or will be?
pub(crate) fn told(tx: &mut Tx<'_>, receiver_id: Id, subject: &str, kind: &str) -> Result<bool> {
    Ok(tx.count(TOLD, &params![receiver_id, subject, kind])? > 0)
}

/// The message whose turn it is.
pub(crate) fn next(tx: &mut Tx<'_>, receiver_id: Id) -> Result<Option<Versioned<Outbound>>> {
    Ok(tx.find(NEXT, &params![receiver_id])?.pop())
}

/// Keeps the text of a message.
pub(crate) fn set_text(tx: &mut Tx<'_>, id: Id, charset: &str, text: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(SET_TEXT, &params![id, charset, text, now])
        .map(|_| ())
}

/// Forgets a text, so that it is made anew.
pub(crate) fn drop_text(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    tx.execute(DROP_TEXT, &params![id]).map(|_| ())
}

/// The text of a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextRow {
    pub charset: String,
    pub text: String,
    pub at: Instant,
}

/// The text of a message, if it was made.
pub(crate) fn text(tx: &mut Tx<'_>, id: Id) -> Result<Option<TextRow>> {
    tx.query_opt(TEXT, &params![id])
}

/// One try to send a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7Attempt)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// When it began.
    pub at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// `accepted`, `refused`, or why it failed: `hl7.unreachable`.
    pub outcome: String,
    /// More of it, in English or in the receiver's words.
    pub detail: Option<String>,
    /// What was answered, acknowledgements only.
    pub answer: Option<String>,
}

/// Keeps a try.
pub(crate) fn add_attempt(tx: &mut Tx<'_>, id: Id, attempt: &Attempt) -> Result<()> {
    let values = params![
        id,
        attempt.number,
        attempt.at,
        attempt.ended_at,
        attempt.outcome.as_str(),
        attempt.detail.as_deref(),
        attempt.answer.as_deref(),
    ];
    tx.execute(ADD_ATTEMPT, &values).map(|_| ())
}

/// The tries of a message, the newest first.
pub(crate) fn attempts(tx: &mut Tx<'_>, id: Id) -> Result<Vec<Attempt>> {
    tx.query(ATTEMPTS, &params![id])
}

/// Which messages to list.
#[derive(Clone, Default)]
pub(crate) struct Filter {
    pub receiver_id: Option<Id>,
    pub state: Option<OutboundState>,
    pub kind: Option<String>,
    pub control_id: Option<String>,
    pub patient_id: Option<Id>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub after: Option<Cursor>,
}

/// Messages within reach, the newest first.
pub(crate) fn list(tx: &mut Tx<'_>, filter: &Filter, size: u32) -> Result<Page<Outbound>> {
    let scope = tx.scope().unwrap_or(Scope::Own).table_word();
    let (at, last) = filter
        .after
        .map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let values = params![
        tx.actor().org_id,
        scope,
        everywhere(tx),
        filter.receiver_id,
        filter.state.map(OutboundState::word),
        filter.kind.as_deref(),
        filter.control_id.as_deref(),
        filter.patient_id,
        filter.from.map_or(i64::MIN, Instant::micros),
        filter.to.map_or(i64::MAX, Instant::micros),
        at,
        last,
        size + 1,
    ];
    let found: Vec<Versioned<Outbound>> = tx.find(LIST, &values)?;
    let rows = found.into_iter().map(|one| one.data).collect();
    let cursor = |row: &Outbound| Cursor {
        key: row.queued_at.micros(),
        id: row.id,
    };
    Ok(Page::from_rows(rows, size, cursor))
}

/// Messages of a receiver in one state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Count {
    pub receiver_id: Id,
    pub state: OutboundState,
    pub messages: i64,
    pub oldest_at: Instant,
}

/// Messages queued in a time by receiver and state; of those that wait, all.
pub(crate) fn counts(tx: &mut Tx<'_>, from: Instant, to: Instant) -> Result<Vec<Count>> {
    let scope = tx.scope().unwrap_or(Scope::Own).table_word();
    let values = params![tx.actor().org_id, scope, everywhere(tx), from, to];
    tx.query(COUNTS, &values)
}

/// How sending to a receiver goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outlet {
    pub failures: i64,
    pub retry_at: Instant,
    pub accepted_at: Option<Instant>,
    pub failed_at: Option<Instant>,
    pub error: Option<String>,
}

/// How sending to a receiver goes.
pub(crate) fn outlet(tx: &mut Tx<'_>, receiver_id: Id) -> Result<Outlet> {
    tx.query_one(OUTLET, &params![receiver_id])
}
