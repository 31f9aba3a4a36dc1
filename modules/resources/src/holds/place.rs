//! Beds, slots and equipment time behind one view: what is there, may it be had, take it, give it
//! back.

use ::store::Tx;
use kernel::{Error, Id, Instant, Money, Result, Span};

use crate::beds::{self, Bed, BedCommand, SexRule, Ward, WardState};
use crate::equipment::{self, Equipment, EquipmentState, calendar};
use crate::model::{Hold, Place};
use crate::rules::{self, EquipmentRules, HoldRules, Reserve, require_range};
use crate::slots::{self, Session, SlotState};

/// A place as the decision sees it.
pub(crate) struct Spot {
    /// The place, on the grid.
    pub place: Place,
    pub org_id: Id,
    pub department_id: Option<Id>,
    /// Specialty, or kind of equipment: what an alternative has in common.
    pub key: String,
    pub name: String,
    pub start_at: Option<Instant>,
    pub end_at: Option<Instant>,
    pub reserve: Reserve,
    pub price: Money,
    pub sex_rule: SexRule,
    /// Who has it now.
    pub holder: Option<Id>,
}

/// Looks at a place. Refuses what nobody could have: the past, what is closed or stopped.
///
/// # Errors
/// `NotFound`, `resources.past`, `resources.bed-…`, `resources.session-stopped`,
/// `resources.equipment-…`.
pub(crate) fn look(tx: &mut Tx<'_>, place: Place, rules: &HoldRules) -> Result<Spot> {
    match place {
        Place::Bed { bed_id } => look_at_bed(tx, bed_id),
        Place::Slot { slot_id } => look_at_slot(tx, slot_id),
        Place::Equipment {
            equipment_id,
            start,
            minutes,
        } => look_at_equipment(tx, equipment_id, start, minutes, rules),
    }
}

fn look_at_bed(tx: &mut Tx<'_>, bed_id: Id) -> Result<Spot> {
    let bed = tx.load::<Bed>(bed_id)?;
    let ward = tx.load::<Ward>(bed.ward_id)?;
    beds::next_state(bed.state, BedCommand::Occupy)?;
    if ward.state == WardState::Closed {
        return Err(Error::conflict(
            "resources.ward-closed",
            "this ward is closed; choose another bed",
        ));
    }
    Ok(Spot {
        place: Place::Bed { bed_id },
        org_id: bed.org_id,
        department_id: Some(bed.department_id),
        key: bed.specialty.clone(),
        name: format!("{} {}", ward.name, bed.code),
        start_at: None,
        end_at: None,
        reserve: Reserve {
            channel: bed.channel,
            quota_org_id: bed.quota_org_id,
            release_at: None,
        },
        price: bed.price,
        sex_rule: bed.sex_rule,
        holder: beds::store::hold_id(tx, bed_id)?,
    })
}

fn look_at_slot(tx: &mut Tx<'_>, slot_id: Id) -> Result<Spot> {
    let slot = slots::store::slot(tx, slot_id)?;
    if slot.start_at <= tx.now() {
        return Err(past("slot"));
    }
    if slot.state == SlotState::Stopped {
        let detail = "this session is stopped; choose another slot";
        return Err(Error::conflict("resources.session-stopped", detail));
    }
    let session = tx.load::<Session>(slot.session_id)?;
    Ok(Spot {
        place: Place::Slot { slot_id },
        org_id: slot.org_id,
        department_id: Some(slot.department_id),
        key: slot.specialty,
        name: session.name.clone(),
        start_at: Some(slot.start_at),
        end_at: Some(slot.end_at),
        reserve: Reserve {
            channel: slot.channel,
            quota_org_id: slot.quota_org_id,
            release_at: Some(slot.release_at),
        },
        price: slot.price_fen,
        sex_rule: SexRule::Any,
        holder: slot.hold_id,
    })
}

fn look_at_equipment(
    tx: &mut Tx<'_>,
    equipment_id: Id,
    start: Instant,
    minutes: i64,
    rules: &HoldRules,
) -> Result<Spot> {
    let equipment = tx.load::<Equipment>(equipment_id)?;
    let limits = tx.rule::<EquipmentRules>(rules::EQUIPMENT)?.body;
    if equipment.state == EquipmentState::OutOfService {
        let detail = "this device is out of service; choose another";
        return Err(Error::rule("resources.out-of-service", detail));
    }
    if calendar::floor(start) != start {
        let detail = "times on a device lie on the five-minute grid, such as 08:05";
        return Err(Error::invalid("resources.grid", "start", detail));
    }
    if start < tx.now() {
        return Err(past("start"));
    }
    if start > tx.now() + Span::days(rules.confirmed_days_max) {
        let detail = format!(
            "devices are booked at most {} days ahead",
            rules.confirmed_days_max
        );
        return Err(Error::rule("resources.too-far", detail)
            .at("start")
            .with(serde_json::json!({ "days_max": rules.confirmed_days_max })));
    }
    require_range("minutes", minutes, 1, limits.booking_minutes_max)?;
    let minutes = calendar::whole_cells(minutes);
    let channel = calendar::require_open(&equipment.hours, start, minutes)?;
    let end = start + Span::minutes(minutes);
    let holder = equipment::store::cells(tx, equipment_id, start, end)?
        .into_iter()
        .next();
    if holder
        .as_ref()
        .is_some_and(|cell| cell.reason == "maintenance")
    {
        let detail = "the device is in maintenance during part of this time";
        return Err(Error::rule("resources.maintenance", detail).at("start"));
    }
    Ok(Spot {
        place: Place::Equipment {
            equipment_id,
            start,
            minutes,
        },
        org_id: equipment.org_id,
        department_id: equipment.department_id,
        key: equipment.kind.clone(),
        name: equipment.name.clone(),
        start_at: Some(start),
        end_at: Some(end),
        reserve: Reserve {
            channel,
            quota_org_id: None,
            release_at: Some(start - Span::minutes(limits.green_release_minutes)),
        },
        price: price_of(&equipment, minutes),
        sex_rule: SexRule::Any,
        holder: holder.map(|cell| cell.taken_by),
    })
}

/// A hold names minutes, not an examination; the price is that of an examination of that length.
fn price_of(equipment: &Equipment, minutes: i64) -> Money {
    let fitting = equipment
        .exams
        .iter()
        .filter(|exam| calendar::whole_cells(exam.minutes) == minutes);
    fitting.map(|exam| exam.price).max().unwrap_or_default()
}

fn past(field: &'static str) -> Error {
    let detail = "this time is past; choose a later one";
    Error::rule("resources.past", detail).at(field)
}

/// Takes a place; answers whether it was free. On `false` nothing stays taken.
pub(crate) fn take(tx: &mut Tx<'_>, place: Place, hold_id: Id) -> Result<bool> {
    match place {
        Place::Bed { bed_id } => beds::store::take(tx, bed_id, hold_id),
        Place::Slot { slot_id } => slots::store::take(tx, slot_id, hold_id),
        Place::Equipment {
            equipment_id,
            start,
            minutes,
        } => {
            let end = start + Span::minutes(minutes);
            let all = equipment::store::take_cells(tx, equipment_id, hold_id, "hold", start, end)?;
            if !all {
                equipment::store::free_cells(tx, hold_id)?;
            }
            Ok(all)
        }
    }
}

/// Gives the place of a hold back.
pub(crate) fn give_back(tx: &mut Tx<'_>, hold: &Hold) -> Result<()> {
    match hold.place {
        Place::Bed { bed_id } => beds::store::give_back(tx, bed_id, hold.id),
        Place::Slot { slot_id } => slots::store::give_back(tx, slot_id, hold.id).map(|_| ()),
        Place::Equipment { .. } => equipment::store::free_cells(tx, hold.id).map(|_| ()),
    }
}

/// The patient came: the bed is occupied, the slot used, the device's time stays taken.
pub(crate) fn use_up(tx: &mut Tx<'_>, hold: &Hold) -> Result<()> {
    match hold.place {
        Place::Bed { bed_id } => {
            beds::store::give_back(tx, bed_id, hold.id)?;
            let bed = tx.load::<Bed>(bed_id)?;
            let stay = beds::Stay {
                hold_id: Some(hold.id),
                patient_id: hold.patient_id,
                patient_sex: hold.patient_sex,
                leave_on: None,
            };
            beds::occupy(tx, bed, stay).map(|_| ())
        }
        Place::Slot { slot_id } => {
            if slots::store::use_up(tx, slot_id, hold.id)? {
                return Ok(());
            }
            Err(Error::internal(format!(
                "hold {} does not have its slot",
                hold.id
            )))
        }
        Place::Equipment { .. } => Ok(()),
    }
}

/// Offers the place of an ended hold to the waitlist.
pub(crate) fn offer_on(tx: &mut Tx<'_>, hold: &Hold) -> Result<()> {
    match hold.place {
        Place::Bed { bed_id } => {
            let bed = tx.load::<Bed>(bed_id)?;
            crate::waitlist::fill_bed(tx, &bed)
        }
        Place::Slot { slot_id } => crate::waitlist::fill_slot(tx, slot_id),
        Place::Equipment {
            equipment_id,
            start,
            minutes,
        } => {
            let equipment = tx.load::<Equipment>(equipment_id)?;
            crate::waitlist::fill_equipment(tx, &equipment, start, start + Span::minutes(minutes))
        }
    }
}
