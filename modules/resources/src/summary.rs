//! What the dispatch wall shows of each member: beds, slots left today, devices busy and idle.

use std::collections::BTreeMap;

use ::store::{Tx, params};
use kernel::{Id, Result};
use serde::{Deserialize, Serialize};

use crate::beds::{self, BedState};
use crate::equipment::{self, EquipmentState, calendar};
use crate::model::PlaceKind;
use crate::slots;

/// Pooled places of one member, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesSummary)]
pub struct Summary {
    /// The member.
    pub org_id: Option<Id>,
    /// Beds in use: all but the closed ones.
    pub beds_total: i64,
    /// Open and not held.
    pub beds_open: i64,
    /// With a patient.
    pub beds_occupied: i64,
    /// Open and held.
    pub beds_held: i64,
    /// Being cleaned.
    pub beds_cleaning: i64,
    /// Free slots from now to midnight.
    pub slots_left_today: i64,
    /// Devices.
    pub equipment_total: i64,
    /// In use at this moment.
    pub equipment_busy: i64,
    /// Open and not in use at this moment.
    pub equipment_idle: i64,
    /// Out of service or in maintenance.
    pub equipment_down: i64,
}

/// Devices of one kind, now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesKindSummary)]
pub struct KindSummary {
    /// `CT`, `MR` …
    pub kind: String,
    /// Devices.
    pub total: i64,
    /// In use at this moment.
    pub busy: i64,
    /// Open and not in use.
    pub idle: i64,
    /// Out of service or in maintenance.
    pub down: i64,
}

const CELL_AT: &str = "SELECT reason FROM equipment_cell WHERE equipment_id = $1 AND start_at = $2";

/// What a device does at this moment.
enum Moment {
    Busy,
    Idle,
    Down,
    Closed,
}

/// The pooled places of these members, one line each.
///
/// # Errors
/// Whatever the database reports.
pub fn summary(tx: &mut Tx<'_>, org_ids: &[Id]) -> Result<Vec<Summary>> {
    org_ids
        .iter()
        .map(|org_id| summary_of(tx, *org_id))
        .collect()
}

/// The devices of these members by kind.
///
/// # Errors
/// Whatever the database reports.
pub fn equipment_by_kind(tx: &mut Tx<'_>, org_ids: &[Id]) -> Result<Vec<KindSummary>> {
    let mut kinds: BTreeMap<String, KindSummary> = BTreeMap::new();
    for org_id in org_ids {
        for device in equipment::store::of_org(tx, *org_id, None)? {
            let moment = moment(tx, &device)?;
            let line = kinds
                .entry(device.kind.clone())
                .or_insert_with(|| KindSummary {
                    kind: device.kind.clone(),
                    ..KindSummary::default()
                });
            line.total += 1;
            match moment {
                Moment::Busy => line.busy += 1,
                Moment::Idle => line.idle += 1,
                Moment::Down => line.down += 1,
                Moment::Closed => {}
            }
        }
    }
    Ok(kinds.into_values().collect())
}

fn summary_of(tx: &mut Tx<'_>, org_id: Id) -> Result<Summary> {
    let mut line = Summary {
        org_id: Some(org_id),
        ..Summary::default()
    };
    for count in beds::store::counts(tx, org_id)? {
        match count.state {
            BedState::Open => {
                line.beds_open += count.beds - count.held;
                line.beds_held += count.held;
            }
            BedState::Occupied => line.beds_occupied += count.beds,
            BedState::Cleaning => line.beds_cleaning += count.beds,
            BedState::Closed => {}
        }
    }
    line.beds_total = line.beds_open + line.beds_held + line.beds_occupied + line.beds_cleaning;
    let now = tx.now();
    let midnight = now.date().plus_days(1).start();
    for offering in slots::store::offerings(tx, PlaceKind::Slot, org_id, None, None)? {
        line.slots_left_today += slots::store::slots_left(tx, &offering, now, midnight)?;
    }
    for device in equipment::store::of_org(tx, org_id, None)? {
        line.equipment_total += 1;
        match moment(tx, &device)? {
            Moment::Busy => line.equipment_busy += 1,
            Moment::Idle => line.equipment_idle += 1,
            Moment::Down => line.equipment_down += 1,
            Moment::Closed => {}
        }
    }
    Ok(line)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellNow {
    reason: String,
}

fn moment(tx: &mut Tx<'_>, device: &equipment::Equipment) -> Result<Moment> {
    if device.state == EquipmentState::OutOfService {
        return Ok(Moment::Down);
    }
    let now = tx.now();
    let cell: Option<CellNow> = tx.query_opt(CELL_AT, &params![device.id, calendar::floor(now)])?;
    Ok(match cell {
        Some(cell) if cell.reason == "maintenance" => Moment::Down,
        Some(_) => Moment::Busy,
        None if calendar::channel_at(&device.hours, now).is_some() => Moment::Idle,
        None => Moment::Closed,
    })
}
