//! Every statement about senders, mappings and messages.

use kernel::{Cursor, Error, Id, Instant, Page, Result, Scope};
use serde::Deserialize;
use store::{Tx, Versioned, hex, params};

use crate::model::{Held, MappingVersion, MessageState, Sender};

const SENDER_BY_NAME: &str =
    "SELECT version, body FROM hl7_sender WHERE application = $1 AND facility = $2";
const SENDERS: &str = "SELECT version, body FROM hl7_sender
    WHERE ($3 = 1 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    AND id > $4 ORDER BY id LIMIT $5";
const MAPPING: &str = "SELECT version, body FROM hl7_mapping WHERE sender_id = $1 AND number = $2";
const MAPPINGS: &str = "SELECT version, body FROM hl7_mapping WHERE sender_id = $1 AND number < $2
    ORDER BY number DESC LIMIT $3";
const MAPPING_LAST: &str = "SELECT MAX(number) AS count FROM hl7_mapping WHERE sender_id = $1";
const OF_NUMBER: &str = "SELECT version, body FROM hl7_message
    WHERE sender_id = $1 AND control_id = $2 ORDER BY received_at DESC, id DESC LIMIT 50";
const REPLAYING: &str = "SELECT version, body FROM hl7_message WHERE state = 'replaying'
    ORDER BY received_at, id LIMIT 500";
const MESSAGES: &str = "SELECT version, body FROM hl7_message
    WHERE ($3 = 1 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    AND (CAST($4 AS TEXT) IS NULL OR sender_id = CAST($4 AS TEXT))
    AND (CAST($5 AS TEXT) IS NULL OR state = CAST($5 AS TEXT))
    AND (CAST($6 AS TEXT) IS NULL OR kind = CAST($6 AS TEXT))
    AND (CAST($7 AS TEXT) IS NULL OR control_id = CAST($7 AS TEXT))
    AND (CAST($8 AS TEXT) IS NULL OR patient_id = CAST($8 AS TEXT))
    AND received_at >= $9 AND received_at < $10
    AND (received_at, id) < ($11, $12)
    ORDER BY received_at DESC, id DESC LIMIT $13";
const ADD_TEXT: &str =
    "INSERT INTO hl7_text (message_id, number, form, text) VALUES ($1, $2, $3, $4)";
const TEXTS: &str = "SELECT number, form, text FROM hl7_text WHERE message_id = $1 ORDER BY number";
const ADD_DUPLICATE: &str =
    "INSERT INTO hl7_duplicate (id, sender_id, message_id, at) VALUES ($1, $2, $3, $4)";
const DUPLICATES: &str = "SELECT COUNT(*) AS count FROM hl7_duplicate WHERE message_id = $1";
const STATISTICS: &str = "SELECT sender_id, state, COUNT(*) AS messages,
    COUNT(*) FILTER (WHERE late = 1) AS late, MAX(received_at) AS last_at FROM hl7_message
    WHERE sender_id IS NOT NULL AND received_at >= $4 AND received_at < $5
    AND ($3 = 1 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    GROUP BY sender_id, state ORDER BY sender_id, state";
const DUPLICATE_COUNTS: &str = "SELECT sender_id, COUNT(*) AS messages FROM hl7_duplicate
    WHERE at >= $1 AND at < $2 GROUP BY sender_id ORDER BY sender_id";

/// Senders shown at once; a page beyond what a consortium has.
pub(crate) const MAPPINGS_MAX: u32 = 200;

/// The sender of an application and facility.
pub(crate) fn sender_by_name(
    tx: &mut Tx<'_>,
    application: &str,
    facility: &str,
) -> Result<Option<Versioned<Sender>>> {
    Ok(tx
        .find(SENDER_BY_NAME, &params![application, facility])?
        .pop())
}

/// A sender within the reach of the permission in force.
pub(crate) fn sender(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Sender>> {
    let sender: Versioned<Sender> = tx.load(id)?;
    if reaches(tx, sender.org_id)? {
        return Ok(sender);
    }
    Err(Error::not_found("hl7-sender"))
}

/// Does the permission in force reach this organization?
pub(crate) fn reaches(tx: &mut Tx<'_>, org_id: Id) -> Result<bool> {
    Ok(everywhere(tx) || http::access::covers(tx, org_id)?)
}

/// Those who see the whole installation, under a permission that reaches the region.
pub(crate) fn everywhere(tx: &Tx<'_>) -> bool {
    tx.scope() == Some(Scope::Region) && network::commands::reaches_everything(tx)
}

/// Senders within reach, the oldest first.
pub(crate) fn senders(tx: &mut Tx<'_>, after: Option<Id>, size: u32) -> Result<Page<Sender>> {
    let scope = tx.scope().unwrap_or(Scope::Own).table_word();
    let after = after.unwrap_or(Id::NIL);
    let values = params![tx.actor().org_id, scope, everywhere(tx), after, size + 1];
    let found: Vec<Versioned<Sender>> = tx.find(SENDERS, &values)?;
    let rows = found.into_iter().map(|one| one.data).collect();
    let cursor = |row: &Sender| Cursor { key: 0, id: row.id };
    Ok(Page::from_rows(rows, size, cursor))
}

/// A version of a sender's mapping.
pub(crate) fn mapping(tx: &mut Tx<'_>, sender_id: Id, number: u32) -> Result<MappingVersion> {
    let found: Option<Versioned<MappingVersion>> =
        tx.find(MAPPING, &params![sender_id, number])?.pop();
    found
        .map(|one| one.data)
        .ok_or_else(|| Error::not_found("hl7-mapping"))
}

/// Versions of a sender's mapping, the newest first.
pub(crate) fn mappings(tx: &mut Tx<'_>, sender_id: Id) -> Result<Vec<MappingVersion>> {
    let values = params![sender_id, i64::MAX, MAPPINGS_MAX];
    let found: Vec<Versioned<MappingVersion>> = tx.find(MAPPINGS, &values)?;
    Ok(found.into_iter().map(|one| one.data).collect())
}

/// The number of a sender's newest mapping.
pub(crate) fn last_mapping(tx: &mut Tx<'_>, sender_id: Id) -> Result<i64> {
    tx.count(MAPPING_LAST, &params![sender_id])
}

/// Messages of a sender with this number, the newest first.
pub(crate) fn of_number(
    tx: &mut Tx<'_>,
    sender_id: Id,
    control_id: &str,
) -> Result<Vec<Versioned<Held>>> {
    tx.find(OF_NUMBER, &params![sender_id, control_id])
}

/// Messages whose replay was begun.
pub(crate) fn replaying(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Held>>> {
    tx.find(REPLAYING, &[])
}

/// Which messages to list.
#[derive(Clone, Default)]
pub(crate) struct Filter {
    pub sender_id: Option<Id>,
    pub state: Option<MessageState>,
    pub kind: Option<String>,
    pub control_id: Option<String>,
    pub patient_id: Option<Id>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub after: Option<Cursor>,
}

/// Messages within reach, the newest first.
pub(crate) fn messages(tx: &mut Tx<'_>, filter: &Filter, size: u32) -> Result<Page<Held>> {
    let scope = tx.scope().unwrap_or(Scope::Own).table_word();
    let (at, last) = filter
        .after
        .map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let values = params![
        tx.actor().org_id,
        scope,
        everywhere(tx),
        filter.sender_id,
        filter.state.map(MessageState::word),
        filter.kind.as_deref(),
        filter.control_id.as_deref(),
        filter.patient_id,
        filter.from.map_or(i64::MIN, Instant::micros),
        filter.to.map_or(i64::MAX, Instant::micros),
        at,
        last,
        size + 1,
    ];
    let found: Vec<Versioned<Held>> = tx.find(MESSAGES, &values)?;
    let rows = found.into_iter().map(|one| one.data).collect();
    let cursor = |row: &Held| Cursor {
        key: row.received_at.micros(),
        id: row.id,
    };
    Ok(Page::from_rows(rows, size, cursor))
}

/// A text of a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextRow {
    pub number: u32,
    pub form: String,
    pub text: String,
}

/// The texts of a message: what came, then what people made of it.
pub(crate) fn texts(tx: &mut Tx<'_>, message_id: Id) -> Result<Vec<TextRow>> {
    tx.query(TEXTS, &params![message_id])
}

/// Keeps a text of a message.
pub(crate) fn keep_text(tx: &mut Tx<'_>, message_id: Id, number: u32, text: &str) -> Result<()> {
    tx.execute(ADD_TEXT, &params![message_id, number, "text", text])
        .map(|_| ())
}

/// Keeps bytes of a message that are no text.
pub(crate) fn keep_bytes(tx: &mut Tx<'_>, message_id: Id, bytes: &[u8]) -> Result<()> {
    tx.execute(ADD_TEXT, &params![message_id, 0, "hex", hex(bytes)])
        .map(|_| ())
}

/// Counts a repetition of a message.
pub(crate) fn keep_duplicate(tx: &mut Tx<'_>, sender_id: Id, message_id: Id) -> Result<()> {
    let values = params![tx.new_id(), sender_id, message_id, tx.now()];
    tx.execute(ADD_DUPLICATE, &values).map(|_| ())
}

/// How often a message came again.
pub(crate) fn duplicates(tx: &mut Tx<'_>, message_id: Id) -> Result<i64> {
    tx.count(DUPLICATES, &params![message_id])
}

/// Messages of a sender in one state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Count {
    pub sender_id: Id,
    pub state: MessageState,
    pub messages: i64,
    pub late: i64,
    pub last_at: Instant,
}

/// Repetitions of a sender.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DuplicateCount {
    pub sender_id: Id,
    pub messages: i64,
}

/// Messages by sender and state, and repetitions by sender.
pub(crate) fn statistics(
    tx: &mut Tx<'_>,
    from: Instant,
    to: Instant,
) -> Result<(Vec<Count>, Vec<DuplicateCount>)> {
    let scope = tx.scope().unwrap_or(Scope::Own).table_word();
    let values = params![tx.actor().org_id, scope, everywhere(tx), from, to];
    let counts = tx.query(STATISTICS, &values)?;
    Ok((counts, tx.query(DUPLICATE_COUNTS, &params![from, to])?))
}
