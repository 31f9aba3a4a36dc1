//! The statements of the waitlist.

use ::store::{Tx, Versioned, params};
use kernel::{Id, Result};

use super::{WaitState, Waiting};
use crate::model::PlaceKind;

/// Requests one owner may have on one screen.
const OWNED_MAX: i64 = 100;

const LINE: &str = "SELECT version, body FROM waitlist
    WHERE kind = $1 AND org_id = $2 AND query_key = $3 AND state = 'waiting' AND until_at > $4
    ORDER BY rank, since, id LIMIT $5";
const FOR_OWNER: &str = "SELECT version, body FROM waitlist WHERE owner_kind = $1 AND owner_id = $2
    ORDER BY id LIMIT $3";
const OFFERED: &str = "SELECT version, body FROM waitlist WHERE hold_id = $1 AND state = 'offered'";
const DUE: &str = "SELECT version, body FROM waitlist WHERE state = 'waiting' AND until_at <= $1
    ORDER BY until_at, id LIMIT $2";
const AHEAD: &str = "SELECT COUNT(*) AS count FROM waitlist
    WHERE kind = $1 AND org_id = $2 AND query_key = $3 AND state = 'waiting'
      AND (rank, since, id) < ($4, $5, $6)";
const LIST_FOR: &str = "SELECT version, body FROM waitlist
    WHERE for_org_id = $1 AND id < $2 AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4";
const LIST_AT: &str = "SELECT version, body FROM waitlist
    WHERE org_id = $1 AND id < $2 AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4";

/// The front of a line.
pub(crate) fn line(
    tx: &mut Tx<'_>,
    kind: PlaceKind,
    org_id: Id,
    key: &str,
    limit: i64,
) -> Result<Vec<Versioned<Waiting>>> {
    let now = tx.now();
    tx.find(LINE, &params![kind.word(), org_id, key, now, limit])
}

pub(crate) fn for_owner(
    tx: &mut Tx<'_>,
    owner_kind: &str,
    owner_id: Id,
) -> Result<Vec<Versioned<Waiting>>> {
    tx.find(FOR_OWNER, &params![owner_kind, owner_id, OWNED_MAX])
}

/// The request for which a hold was made, while it waits for the answer.
pub(crate) fn offered(tx: &mut Tx<'_>, hold_id: Id) -> Result<Option<Versioned<Waiting>>> {
    Ok(tx.find(OFFERED, &params![hold_id])?.pop())
}

/// Requests whose time is over.
pub(crate) fn due(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Versioned<Waiting>>> {
    let now = tx.now();
    tx.find(DUE, &params![now, limit])
}

/// How many stand in front of this one.
pub(crate) fn ahead(tx: &mut Tx<'_>, waiting: &Waiting) -> Result<i64> {
    let request = &waiting.request;
    let values = params![
        request.kind.word(),
        request.org_id,
        request.key.as_str(),
        Waiting::rank(request.channel),
        waiting.since,
        waiting.id,
    ];
    tx.count(AHEAD, &values)
}

/// Requests of a member, or for places at a member: newest first, before `before`.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    org_id: Id,
    is_requesting: bool,
    state: Option<WaitState>,
    before: Id,
    limit: u32,
) -> Result<Vec<Versioned<Waiting>>> {
    let sql = if is_requesting { LIST_FOR } else { LIST_AT };
    tx.find(
        sql,
        &params![org_id, before, state.map_or("", WaitState::word), limit],
    )
}
