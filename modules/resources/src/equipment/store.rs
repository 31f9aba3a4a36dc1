//! The statements of equipment, maintenance and cells.

use std::collections::BTreeSet;

use ::store::{Tx, Versioned, params};
use kernel::{Id, Instant, Result};
use serde::Deserialize;

use super::calendar::CELL_MICROS;
use super::{Equipment, Maintenance};

/// Devices of one member on one screen.
const EQUIPMENT_MAX: i64 = 500;
/// Maintenance windows on one screen.
const MAINTENANCE_MAX: i64 = 200;

const BY_CODE: &str = "SELECT version, body FROM equipment WHERE org_id = $1 AND code = $2";
const OF_ORG: &str = "SELECT version, body FROM equipment
    WHERE org_id = $1 AND ($2 = '' OR kind = $2) ORDER BY kind, code, id LIMIT $3";
const OF_KIND: &str = "SELECT version, body FROM equipment
    WHERE kind = $1 AND org_id = $2 AND state = 'in-service' ORDER BY id LIMIT $3";
// A statement that inserts from a select needs `WHERE TRUE`, or SQLite takes ON for a join.
const TAKE_CELLS: &str = "WITH RECURSIVE cell(start_at) AS (
      SELECT CAST($4 AS BIGINT)
      UNION ALL
      SELECT start_at + CAST($6 AS BIGINT) FROM cell WHERE start_at + CAST($6 AS BIGINT) < CAST($5 AS BIGINT))
    INSERT INTO equipment_cell (equipment_id, start_at, taken_by, reason)
    SELECT $1, start_at, $2, $3 FROM cell WHERE TRUE
    ON CONFLICT (equipment_id, start_at) DO NOTHING";
const FREE_CELLS: &str = "DELETE FROM equipment_cell WHERE taken_by = $1";
const FREE_CELLS_FROM: &str = "DELETE FROM equipment_cell WHERE taken_by = $1 AND start_at >= $2";
const TAKEN: &str = "SELECT start_at, taken_by, reason FROM equipment_cell
    WHERE equipment_id = $1 AND start_at >= $2 AND start_at < $3 ORDER BY start_at";
const HOLDS_BETWEEN: &str = "SELECT DISTINCT taken_by FROM equipment_cell
    WHERE equipment_id = $1 AND start_at >= $2 AND start_at < $3 AND reason = 'hold' ORDER BY taken_by";
const MAINTENANCE: &str = "SELECT version, body FROM maintenance
    WHERE equipment_id = $1 AND start_at < $2 AND end_at > $3 AND state = 'planned'
    ORDER BY start_at, id LIMIT $4";

pub(crate) fn by_code(
    tx: &mut Tx<'_>,
    org_id: Id,
    code: &str,
) -> Result<Option<Versioned<Equipment>>> {
    Ok(tx.find(BY_CODE, &params![org_id, code])?.pop())
}

pub(crate) fn of_org(
    tx: &mut Tx<'_>,
    org_id: Id,
    kind: Option<&str>,
) -> Result<Vec<Versioned<Equipment>>> {
    tx.find(OF_ORG, &params![org_id, kind.unwrap_or(""), EQUIPMENT_MAX])
}

pub(crate) fn of_kind(
    tx: &mut Tx<'_>,
    org_id: Id,
    kind: &str,
) -> Result<Vec<Versioned<Equipment>>> {
    tx.find(OF_KIND, &params![kind, org_id, EQUIPMENT_MAX])
}

/// Takes the cells from `start` to `end`; answers whether all were free. What it took of them stays
/// taken either way: the caller frees it or fails.
pub(crate) fn take_cells(
    tx: &mut Tx<'_>,
    equipment_id: Id,
    taken_by: Id,
    reason: &'static str,
    start: Instant,
    end: Instant,
) -> Result<bool> {
    let wanted = u64::try_from((end.micros() - start.micros()) / CELL_MICROS).unwrap_or(0);
    let values = params![equipment_id, taken_by, reason, start, end, CELL_MICROS];
    Ok(tx.execute(TAKE_CELLS, &values)? == wanted)
}

/// Frees all cells of a hold or maintenance.
pub(crate) fn free_cells(tx: &mut Tx<'_>, taken_by: Id) -> Result<u64> {
    tx.execute(FREE_CELLS, &params![taken_by])
}

/// Frees the cells of a maintenance from a moment on.
pub(crate) fn free_cells_from(tx: &mut Tx<'_>, taken_by: Id, from: Instant) -> Result<u64> {
    tx.execute(FREE_CELLS_FROM, &params![taken_by, from])
}

/// A piece of time that is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cell {
    pub start_at: Instant,
    pub taken_by: Id,
    pub reason: String,
}

/// What is taken between two moments, earliest first.
pub(crate) fn cells(
    tx: &mut Tx<'_>,
    equipment_id: Id,
    from: Instant,
    to: Instant,
) -> Result<Vec<Cell>> {
    tx.query(TAKEN, &params![equipment_id, from, to])
}

/// The starts of the taken cells, for the search of gaps.
pub(crate) fn taken(
    tx: &mut Tx<'_>,
    equipment_id: Id,
    from: Instant,
    to: Instant,
) -> Result<BTreeSet<i64>> {
    Ok(cells(tx, equipment_id, from, to)?
        .into_iter()
        .map(|cell| cell.start_at.micros())
        .collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TakenBy {
    taken_by: Id,
}

/// The holds that touch this time.
pub(crate) fn holds_between(
    tx: &mut Tx<'_>,
    equipment_id: Id,
    from: Instant,
    to: Instant,
) -> Result<Vec<Id>> {
    let rows: Vec<TakenBy> = tx.query(HOLDS_BETWEEN, &params![equipment_id, from, to])?;
    Ok(rows.into_iter().map(|row| row.taken_by).collect())
}

/// Maintenance that touches this time.
pub(crate) fn maintenance(
    tx: &mut Tx<'_>,
    equipment_id: Id,
    from: Instant,
    to: Instant,
) -> Result<Vec<Versioned<Maintenance>>> {
    tx.find(
        MAINTENANCE,
        &params![equipment_id, to, from, MAINTENANCE_MAX],
    )
}
