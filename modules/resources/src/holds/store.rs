//! The statements of holds.

use ::store::{Tx, Versioned, params};
use kernel::{Error, Id, Instant, Result};
use serde::Deserialize;

use crate::model::{Hold, PlaceKind};

/// Holds one owner may have on one screen.
const OWNED_MAX: i64 = 100;
/// Cells tried before the list of free ones is read.
const PROBES: i64 = 8;

const FOR_OWNER: &str = "SELECT version, body FROM hold WHERE owner_kind = $1 AND owner_id = $2
    ORDER BY id LIMIT $3";
const LIVE_ON_BED: &str = "SELECT version, body FROM hold
    WHERE place_kind = 'bed' AND place_id = $1 AND state IN ('held', 'confirmed')";
const LIVE_ON_SLOT: &str = "SELECT version, body FROM hold
    WHERE place_kind = 'slot' AND place_id = $1 AND state IN ('held', 'confirmed', 'consumed')";
const DUE: &str = "SELECT id FROM hold WHERE state IN ('held', 'confirmed') AND expires_at <= $1
    ORDER BY expires_at, id LIMIT $2";
const CLAIM_CELL: &str = "INSERT INTO hold_cell (for_org_id, number, hold_id) VALUES ($1, $2, $3)
    ON CONFLICT (for_org_id, number) DO NOTHING";
const CELLS: &str = "SELECT number FROM hold_cell WHERE for_org_id = $1 ORDER BY number LIMIT $2";
const FREE_CELL: &str = "DELETE FROM hold_cell WHERE hold_id = $1";
const LIST_FOR: &str = "SELECT version, body FROM hold
    WHERE for_org_id = $1 AND id < $2 AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4";
const LIST_AT: &str = "SELECT version, body FROM hold
    WHERE org_id = $1 AND id < $2 AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4";

/// The holds of one owner, oldest first.
pub(crate) fn for_owner(
    tx: &mut Tx<'_>,
    owner_kind: &str,
    owner_id: Id,
) -> Result<Vec<Versioned<Hold>>> {
    tx.find(FOR_OWNER, &params![owner_kind, owner_id, OWNED_MAX])
}

/// The hold that keeps a bed or slot.
pub(crate) fn live_at(
    tx: &mut Tx<'_>,
    kind: PlaceKind,
    place_id: Id,
) -> Result<Option<Versioned<Hold>>> {
    let mut found = match kind {
        PlaceKind::Bed => tx.find(LIVE_ON_BED, &params![place_id])?,
        PlaceKind::Slot => tx.find(LIVE_ON_SLOT, &params![place_id])?,
        // Time on a device has many holds; its cells say which.
        PlaceKind::Equipment => Vec::new(),
    };
    Ok(found.pop())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DueRow {
    id: Id,
}

/// Live holds whose time is over, longest first.
pub(crate) fn due(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<Id>> {
    let rows: Vec<DueRow> = tx.query(DUE, &params![now, limit])?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellRow {
    number: i64,
}

/// Takes one of the requesting member's numbered cells.
///
/// # Errors
/// `resources.too-many-holds` when all are taken.
pub(crate) fn claim_cell(
    tx: &mut Tx<'_>,
    for_org_id: Id,
    hold_id: Id,
    open_max: i64,
) -> Result<()> {
    // The tail of an id is random, so two commands of one member rarely want the same cell.
    let seed = i64::from_str_radix(&hold_id.short(), 16).unwrap_or(0);
    for probe in 0..PROBES.min(open_max) {
        let number = (seed + probe) % open_max;
        if tx.execute(CLAIM_CELL, &params![for_org_id, number, hold_id])? == 1 {
            return Ok(());
        }
    }
    let taken: Vec<CellRow> = tx.query(CELLS, &params![for_org_id, open_max])?;
    let free = (0..open_max).find(|number| {
        taken
            .binary_search_by_key(number, |row| row.number)
            .is_err()
    });
    if let Some(number) = free
        && tx.execute(CLAIM_CELL, &params![for_org_id, number, hold_id])? == 1
    {
        return Ok(());
    }
    let detail = format!("your organization holds {open_max} places already; release some first");
    Err(Error::rule("resources.too-many-holds", detail)
        .with(serde_json::json!({ "open_max": open_max })))
}

/// Gives the numbered cell back.
pub(crate) fn free_cell(tx: &mut Tx<'_>, hold_id: Id) -> Result<()> {
    tx.execute(FREE_CELL, &params![hold_id]).map(|_| ())
}

/// Holds on whose account, or at whose places: newest first, before `before`.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    org_id: Id,
    is_requesting: bool,
    state: Option<crate::model::HoldState>,
    before: Id,
    limit: u32,
) -> Result<Vec<Versioned<Hold>>> {
    let sql = if is_requesting { LIST_FOR } else { LIST_AT };
    tx.find(
        sql,
        &params![
            org_id,
            before,
            state.map_or("", |state| state.word()),
            limit
        ],
    )
}
