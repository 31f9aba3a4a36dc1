//! Equipment lanes by hour, and the report of idle time.

use ::store::{Tx, Versioned};
use kernel::{Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::Cell;
use super::{CELL_MINUTES, Equipment, EquipmentState, Exam, OpeningHours, calendar, store};
use crate::model::{Channel, Hold, HoldState};
use crate::neighbours;

/// A device with its version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesEquipment)]
pub(crate) struct EquipmentView {
    pub(super) id: Id,
    pub(super) version: i64,
    pub(super) org_id: Id,
    pub(super) department_id: Option<Id>,
    pub(super) kind: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) model: Option<String>,
    pub(super) hours: Vec<OpeningHours>,
    pub(super) exams: Vec<Exam>,
    pub(super) state: EquipmentState,
    pub(super) note: Option<String>,
    /// What this viewer may do now.
    pub(super) actions: Vec<String>,
}

pub(crate) fn equipment_view(tx: &Tx<'_>, equipment: &Versioned<Equipment>) -> EquipmentView {
    let is_own = tx.actor().org_id == equipment.org_id;
    let may_act = is_own && tx.actor().scope("resources.equipment").is_some();
    let words: &[&str] = match (may_act, equipment.state) {
        (false, _) => &[],
        (true, EquipmentState::InService) => &["maintenance", "out-of-service"],
        (true, EquipmentState::OutOfService) => &["in-service"],
    };
    EquipmentView {
        id: equipment.id,
        version: equipment.version,
        org_id: equipment.org_id,
        department_id: equipment.department_id,
        kind: equipment.kind.clone(),
        code: equipment.code.clone(),
        name: equipment.name.clone(),
        model: equipment.model.clone(),
        hours: equipment.hours.clone(),
        exams: equipment.exams.clone(),
        state: equipment.state,
        note: equipment.note.clone(),
        actions: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

/// What a piece of a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ResourcesLaneKind)]
pub(crate) enum LaneKind {
    /// Open and free.
    Open,
    /// Held or in use.
    Hold,
    /// Not to be booked.
    Maintenance,
}

/// A piece of a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesLanePiece)]
pub(crate) struct LanePiece {
    kind: LaneKind,
    start_at: Instant,
    end_at: Instant,
    /// For whom an open piece is kept.
    channel: Option<Channel>,
    /// The hold or maintenance.
    id: Option<Id>,
    hold_state: Option<HoldState>,
    /// Short name of the member that holds it.
    held_for: Option<String>,
    held_until: Option<Instant>,
}

/// One device and its day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesLane)]
pub(crate) struct Lane {
    equipment: EquipmentView,
    pieces: Vec<LanePiece>,
}

/// What a device does between two moments.
pub(crate) fn lane(
    tx: &mut Tx<'_>,
    equipment: &Versioned<Equipment>,
    from: Instant,
    to: Instant,
) -> Result<Lane> {
    let cells = store::cells(tx, equipment.id, from, to)?;
    let mut pieces = Vec::new();
    for run in runs(&cells) {
        let hold = if run.reason == "hold" {
            tx.load_opt::<Hold>(run.taken_by)?
        } else {
            None
        };
        let held_for = match &hold {
            Some(hold) => Some(neighbours::short_name(tx, hold.for_org_id)?),
            None => None,
        };
        pieces.push(LanePiece {
            kind: if run.reason == "hold" {
                LaneKind::Hold
            } else {
                LaneKind::Maintenance
            },
            start_at: run.start,
            end_at: run.end,
            channel: None,
            id: Some(run.taken_by),
            hold_state: hold.as_ref().map(|hold| hold.state),
            held_for,
            held_until: hold
                .filter(|hold| hold.state.is_live())
                .map(|hold| hold.expires_at),
        });
    }
    pieces.extend(open_pieces(&equipment.hours, &cells, from, to));
    pieces.sort_by_key(|piece| (piece.start_at, piece.end_at));
    Ok(Lane {
        equipment: equipment_view(tx, equipment),
        pieces,
    })
}

/// Cells of one taker that follow each other.
struct Run {
    taken_by: Id,
    reason: String,
    start: Instant,
    end: Instant,
}

fn runs(cells: &[Cell]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for cell in cells {
        let end = cell.start_at + Span::minutes(CELL_MINUTES);
        match runs.last_mut() {
            Some(run) if run.taken_by == cell.taken_by && run.end == cell.start_at => run.end = end,
            _ => runs.push(Run {
                taken_by: cell.taken_by,
                reason: cell.reason.clone(),
                start: cell.start_at,
                end,
            }),
        }
    }
    runs
}

fn open_pieces(
    hours: &[OpeningHours],
    cells: &[Cell],
    from: Instant,
    to: Instant,
) -> Vec<LanePiece> {
    let mut pieces: Vec<LanePiece> = Vec::new();
    let mut at = calendar::floor(from);
    while at < to {
        let end = at + Span::minutes(CELL_MINUTES);
        let is_taken = cells
            .binary_search_by_key(&at, |cell| cell.start_at)
            .is_ok();
        if let (false, Some(channel)) = (is_taken, calendar::channel_at(hours, at)) {
            match pieces.last_mut() {
                Some(piece) if piece.end_at == at && piece.channel == Some(channel) => {
                    piece.end_at = end;
                }
                _ => pieces.push(LanePiece {
                    kind: LaneKind::Open,
                    start_at: at,
                    end_at: end,
                    channel: Some(channel),
                    id: None,
                    hold_state: None,
                    held_for: None,
                    held_until: None,
                }),
            }
        }
        at = end;
    }
    pieces
}

/// How much of its open time a device stood idle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesIdleLine)]
pub(crate) struct IdleLine {
    pub(crate) equipment_id: Id,
    pub(crate) org_id: Id,
    pub(crate) org_name: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Minutes within opening hours: the denominator.
    pub(crate) open_minutes: i64,
    /// Minutes of them held or used.
    pub(crate) used_minutes: i64,
    /// Minutes of them in maintenance.
    pub(crate) maintenance_minutes: i64,
    /// Minutes of them that nobody used: the numerator.
    pub(crate) idle_minutes: i64,
}

/// The idle report of these members.
pub(crate) fn idle(
    tx: &mut Tx<'_>,
    org_ids: &[Id],
    kind: Option<&str>,
    (from, to): (Instant, Instant),
) -> Result<Vec<IdleLine>> {
    let mut lines = Vec::new();
    for org_id in org_ids {
        let devices = store::of_org(tx, *org_id, kind)?;
        if devices.is_empty() {
            continue;
        }
        let org_name = neighbours::short_name(tx, *org_id)?;
        for device in devices {
            let cells = store::cells(tx, device.id, from, to)?;
            let within = |reason: &'static str| {
                let open = cells.iter().filter(|cell| {
                    cell.reason == reason
                        && calendar::channel_at(&device.hours, cell.start_at).is_some()
                });
                i64::try_from(open.count())
                    .map(|count| count * CELL_MINUTES)
                    .map_err(Error::internal)
            };
            let open_minutes = calendar::open_minutes(&device.hours, from, to);
            let (used_minutes, maintenance_minutes) = (within("hold")?, within("maintenance")?);
            lines.push(IdleLine {
                equipment_id: device.id,
                org_id: *org_id,
                org_name: org_name.clone(),
                kind: device.kind.clone(),
                name: device.name.clone(),
                open_minutes,
                used_minutes,
                maintenance_minutes,
                idle_minutes: open_minutes - used_minutes - maintenance_minutes,
            });
        }
    }
    Ok(lines)
}
