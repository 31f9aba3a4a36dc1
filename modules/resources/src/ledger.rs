//! The ledger of holds: what must be true of every hold and its place, after a crash, a restore or
//! an attack. Each statement selects what must not exist.

use ::store::{Tx, params};
use kernel::{Id, Result, Span};
use serde::Deserialize;

use crate::equipment::calendar::CELL_MICROS;

/// The sweep comes by each minute; a hold this much older was forgotten.
const SWEEP_GRACE: Span = Span::minutes(10);
/// Lines reported of one sort.
const FINDINGS_MAX: i64 = 20;

const OVERDUE: &str = "SELECT id FROM hold
    WHERE state IN ('held', 'confirmed') AND expires_at < $1 ORDER BY expires_at, id LIMIT $2";
const BED_WITHOUT_MARK: &str = "SELECT h.id FROM hold AS h LEFT JOIN bed AS b ON b.id = h.place_id
    WHERE h.place_kind = 'bed' AND h.state IN ('held', 'confirmed')
      AND b.hold_id IS DISTINCT FROM h.id ORDER BY h.id LIMIT $1";
const MARK_WITHOUT_HOLD: &str = "SELECT b.id FROM bed AS b LEFT JOIN hold AS h ON h.id = b.hold_id
    WHERE b.hold_id IS NOT NULL AND (h.id IS NULL OR h.place_id <> b.id
      OR h.state NOT IN ('held', 'confirmed')) ORDER BY b.id LIMIT $1";
const SLOT_WITHOUT_MARK: &str =
    "SELECT h.id FROM hold AS h LEFT JOIN slot AS s ON s.id = h.place_id
    WHERE h.place_kind = 'slot' AND h.state IN ('held', 'confirmed', 'consumed')
      AND (s.hold_id IS DISTINCT FROM h.id OR (h.state = 'consumed' AND s.state <> 'used')
        OR (h.state <> 'consumed' AND s.state <> 'held')) ORDER BY h.id LIMIT $1";
const SLOT_WITHOUT_HOLD: &str = "SELECT s.id FROM slot AS s LEFT JOIN hold AS h ON h.id = s.hold_id
    WHERE s.hold_id IS NOT NULL AND (h.id IS NULL OR h.place_id <> s.id
      OR h.state NOT IN ('held', 'confirmed', 'consumed')) ORDER BY s.id LIMIT $1";
const CELLS_MISSING: &str = "SELECT h.id FROM hold AS h
    LEFT JOIN equipment_cell AS c ON c.taken_by = h.id AND c.equipment_id = h.place_id
      AND c.start_at >= h.start_at AND c.start_at < h.end_at
    WHERE h.place_kind = 'equipment' AND h.state IN ('held', 'confirmed', 'consumed')
    GROUP BY h.id, h.start_at, h.end_at
    HAVING COUNT(c.start_at) * CAST($1 AS BIGINT) <> h.end_at - h.start_at
    ORDER BY h.id LIMIT $2";
const CELLS_WITHOUT_HOLD: &str = "SELECT DISTINCT c.taken_by AS id FROM equipment_cell AS c
    LEFT JOIN hold AS h ON h.id = c.taken_by
    WHERE c.reason = 'hold' AND (h.id IS NULL OR h.state NOT IN ('held', 'confirmed', 'consumed'))
    ORDER BY c.taken_by LIMIT $1";
const CELLS_WITHOUT_MAINTENANCE: &str = "SELECT DISTINCT c.taken_by AS id FROM equipment_cell AS c
    LEFT JOIN maintenance AS m ON m.id = c.taken_by
    WHERE c.reason = 'maintenance' AND m.id IS NULL ORDER BY c.taken_by LIMIT $1";
const LIVE_WITHOUT_CELL: &str =
    "SELECT h.id FROM hold AS h LEFT JOIN hold_cell AS c ON c.hold_id = h.id
    WHERE h.state IN ('held', 'confirmed') AND c.hold_id IS NULL ORDER BY h.id LIMIT $1";
const CELL_WITHOUT_LIVE: &str =
    "SELECT c.hold_id AS id FROM hold_cell AS c LEFT JOIN hold AS h ON h.id = c.hold_id
    WHERE h.id IS NULL OR h.state NOT IN ('held', 'confirmed') ORDER BY c.hold_id LIMIT $1";
const OFFER_WITHOUT_HOLD: &str =
    "SELECT w.id FROM waitlist AS w LEFT JOIN hold AS h ON h.id = w.hold_id
    WHERE w.state = 'offered' AND (h.id IS NULL OR h.state <> 'held') ORDER BY w.id LIMIT $1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    id: Id,
}

/// What is wrong with the ledger of holds, one sentence each; empty means that it is whole.
///
/// # Errors
/// Whatever the database reports.
pub fn ledger_check(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let limit = params![FINDINGS_MAX];
    let overdue = params![tx.now() - SWEEP_GRACE, FINDINGS_MAX];
    let cells = params![CELL_MICROS, FINDINGS_MAX];
    let mut findings = Vec::new();
    let mut look = |sentence: &str, sql: &'static str, values: &[::store::Value]| -> Result<()> {
        let found: Vec<Found> = tx.query(sql, values)?;
        findings.extend(
            found
                .into_iter()
                .map(|row| format!("{sentence}: {}", row.id)),
        );
        Ok(())
    };
    look("a hold lives past its expiry", OVERDUE, &overdue)?;
    look(
        "a live hold does not have its bed",
        BED_WITHOUT_MARK,
        &limit,
    )?;
    look(
        "a bed is marked as held without a live hold",
        MARK_WITHOUT_HOLD,
        &limit,
    )?;
    look("a hold does not have its slot", SLOT_WITHOUT_MARK, &limit)?;
    look(
        "a slot is marked as held or used without its hold",
        SLOT_WITHOUT_HOLD,
        &limit,
    )?;
    look(
        "a hold does not have all its time on the device",
        CELLS_MISSING,
        &cells,
    )?;
    look(
        "time on a device is taken by a hold that has ended",
        CELLS_WITHOUT_HOLD,
        &limit,
    )?;
    look(
        "time on a device is taken by no maintenance",
        CELLS_WITHOUT_MAINTENANCE,
        &limit,
    )?;
    look(
        "a live hold is not counted for its member",
        LIVE_WITHOUT_CELL,
        &limit,
    )?;
    look(
        "an ended hold is still counted for its member",
        CELL_WITHOUT_LIVE,
        &limit,
    )?;
    look(
        "the waitlist offers a place that nobody holds",
        OFFER_WITHOUT_HOLD,
        &limit,
    )?;
    Ok(findings)
}
