//! Beds, appointment slots and equipment that the consortium shares: one search over all members,
//! holds that can't be double and never last for ever, a waitlist, and the boards.
//!
//! The public face is this file; other modules see nothing else. Holds leave events that their
//! owners follow: `hold.expired` when time ended one, `hold.withdrawn` when the member that owns the
//! place took it back (a stopped session, maintenance, a closed bed), `waiting.offered` when a place
//! was found for a request in the waitlist. Each detail has `owner_kind` and `owner_id`.

mod beds;
mod edit;
mod equipment;
mod holds;
mod ledger;
mod messages;
mod model;
mod moves;
mod neighbours;
mod routes;
mod rules;
mod search;
mod slots;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod waitlist;

use kernel::{Date, Id, Instant, Result};
use store::{Migration, Tx};

use edit::Edit;

pub use beds::{Bed, BedInput, BedState, SexRule, Ward, WardInput, WardState};
pub use equipment::{
    CELL_MINUTES, Equipment, EquipmentInput, EquipmentState, Exam, Maintenance, MaintenanceState,
    OpeningHours,
};
pub use ledger::ledger_check;
pub use model::{
    Channel, Hold, HoldRequest, HoldState, Offer, Place, PlaceKind, SEARCH_MAX, Search, Sort,
    WaitRequest,
};
pub use slots::generate::Generated;
pub use slots::{Quota, Session, SessionState, SlotState, Template, TemplateInput, TemplateState};
pub use summary::{KindSummary, Summary, equipment_by_kind, summary};
pub use waitlist::{WaitState, Waiting};

/// What this capability hands to the server.
pub fn module() -> http::Module {
    let mut module = http::Module::new("resources", routes::all());
    module.permissions = routes::PERMISSIONS;
    module.grants = routes::GRANTS;
    module.migrations = MIGRATIONS;
    module.jobs = JOBS;
    module.rule_seeds = rules::SEEDS;
    module.messages = messages::ALL;
    module.work = Some(waitlist::api::work);
    module.moves = Some(moves::patient_references);
    module
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "resources",
        number: 1,
        name: "wards, beds, sessions, slots, equipment, holds, waitlist",
        sql: include_str!("../sql/0001_resources.sql"),
    },
    Migration {
        module: "resources",
        number: 2,
        name: "holds and waiting by patient",
        sql: include_str!("../sql/0002_patient.sql"),
    },
];

const JOBS: &[store::JobKind] = &[
    slots::generate::GENERATE,
    slots::generate::GENERATE_ONE,
    holds::sweep::EXPIRE,
    holds::sweep::EXPIRE_MORE,
];

/// Holds a place. A refusal leaves nothing behind, so another place may be tried in the same
/// transaction.
///
/// # Errors
/// `resources.taken` with data `{taken_by_org, taken_at, alternatives}`; `resources.reserved`,
/// `resources.sex-rule`, `resources.past` and the like when a rule says no.
pub fn hold(tx: &mut Tx<'_>, request: &HoldRequest) -> Result<Hold> {
    holds::hold(tx, &request.into()).map(|hold| hold.data)
}

/// The patient is expected: keeps the place until `until`, at most until the appointment and some
/// grace. May be repeated with another moment.
///
/// # Errors
/// `resources.hold-expired` and the like when the hold has ended.
pub fn confirm(tx: &mut Tx<'_>, hold_id: Id, until: Instant) -> Result<Hold> {
    let hold = tx.load::<Hold>(hold_id)?;
    holds::confirm(tx, hold, until).map(|hold| hold.data)
}

/// The patient came: the bed is occupied, the slot or the time on the device used. May be repeated.
///
/// # Errors
/// `resources.hold-expired` and the like when the hold has ended.
pub fn consume(tx: &mut Tx<'_>, hold_id: Id) -> Result<Hold> {
    let hold = tx.load::<Hold>(hold_id)?;
    holds::consume(tx, hold).map(|hold| hold.data)
}

/// Gives the place back; the first in the waitlist gets it. A hold that has ended stays as it is.
///
/// # Errors
/// `resources.hold-consumed` when the patient has come.
pub fn release(tx: &mut Tx<'_>, hold_id: Id, reason: &str) -> Result<Hold> {
    let hold = tx.load::<Hold>(hold_id)?;
    holds::release(tx, hold, reason).map(|hold| hold.data)
}

/// A hold, if there is one with this id.
///
/// # Errors
/// Whatever the database reports.
pub fn hold_of(tx: &mut Tx<'_>, hold_id: Id) -> Result<Option<Hold>> {
    Ok(tx.load_opt::<Hold>(hold_id)?.map(|hold| hold.data))
}

/// The holds of one owner, oldest first.
///
/// # Errors
/// Whatever the database reports.
pub fn holds_for(tx: &mut Tx<'_>, owner_kind: &str, owner_id: Id) -> Result<Vec<Hold>> {
    let holds = holds::store::for_owner(tx, owner_kind, owner_id)?;
    Ok(holds.into_iter().map(|hold| hold.data).collect())
}

/// How long such a place is usually held, from now: what to ask for where nobody said.
///
/// # Errors
/// `rule.missing`.
pub fn usual_until(tx: &mut Tx<'_>, kind: PlaceKind) -> Result<Instant> {
    let rules = tx.rule::<rules::HoldRules>(rules::HOLDS)?.body;
    Ok(tx.now() + rules.usual(kind))
}

/// Looks for places at the members that pool theirs with `search.for_org_id`.
///
/// # Errors
/// `resources.search-…` when the question makes no sense.
pub fn find(tx: &mut Tx<'_>, search: &Search) -> Result<Vec<Offer>> {
    search::find(tx, search)
}

/// Puts a request in the waitlist. When a place becomes free for it, a hold with its owner is made
/// and `waiting.offered` says so; confirming that hold takes the place.
///
/// # Errors
/// What is wrong with the request, field by field.
pub fn wait(tx: &mut Tx<'_>, request: &WaitRequest) -> Result<Waiting> {
    waitlist::wait(tx, request).map(|waiting| waiting.data)
}

/// Takes all requests of an owner out of the waitlist; those that have ended stay as they are.
///
/// # Errors
/// Whatever the database reports.
pub fn stop_waiting(tx: &mut Tx<'_>, owner_kind: &str, owner_id: Id) -> Result<()> {
    for waiting in waitlist::store::for_owner(tx, owner_kind, owner_id)? {
        if matches!(waiting.state, WaitState::Waiting | WaitState::Offered) {
            waitlist::leave(tx, waiting)?;
        }
    }
    Ok(())
}

/// What an import did with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The thing's id.
    pub id: Id,
    /// It was not there before.
    pub is_new: bool,
}

/// Makes a ward of a roster line, or changes the one with this code.
///
/// # Errors
/// What is wrong with the line, by field.
pub fn import_ward(tx: &mut Tx<'_>, input: &WardInput) -> Result<Imported> {
    beds::put_ward(tx, input, Edit::Import).map(|(ward, is_new)| Imported {
        id: ward.id,
        is_new,
    })
}

/// Makes a bed of a roster line, or changes the one with this number in its ward.
///
/// # Errors
/// What is wrong with the line, by field.
pub fn import_bed(tx: &mut Tx<'_>, input: &BedInput) -> Result<Imported> {
    beds::put_bed(tx, input, Edit::Import).map(|(bed, is_new)| Imported { id: bed.id, is_new })
}

/// Makes a device of a roster line, or changes the one with this code.
///
/// # Errors
/// What is wrong with the line, by field.
pub fn import_equipment(tx: &mut Tx<'_>, input: &EquipmentInput) -> Result<Imported> {
    equipment::put_equipment(tx, input, Edit::Import).map(|(device, is_new)| Imported {
        id: device.id,
        is_new,
    })
}

/// Makes a schedule template of a roster line, or changes the one with this code; its sessions are
/// made by a job soon after.
///
/// # Errors
/// What is wrong with the line, by field.
pub fn import_template(tx: &mut Tx<'_>, input: &TemplateInput) -> Result<Imported> {
    slots::put_template(tx, input, Edit::Import).map(|(template, is_new)| Imported {
        id: template.id,
        is_new,
    })
}

/// The ward with this code, if the member has one: what a roster's bed line names.
///
/// # Errors
/// Whatever the database reports.
pub fn ward_by_code(tx: &mut Tx<'_>, org_id: Id, code: &str) -> Result<Option<Ward>> {
    Ok(beds::store::ward_by_code(tx, org_id, code)?.map(|ward| ward.data))
}

/// Makes the sessions of a template up to and with `target` at once; what exists is left alone.
///
/// # Errors
/// `NotFound`.
pub fn generate(tx: &mut Tx<'_>, template_id: Id, target: Date) -> Result<Generated> {
    slots::generate::generate(tx, template_id, target)
}

/// The patient leaves the bed to which this hold brought them; the bed waits for cleaning. Nothing
/// happens when the ward has freed it already.
///
/// # Errors
/// Whatever the database reports.
pub fn free_bed(tx: &mut Tx<'_>, hold_id: Id) -> Result<()> {
    let Some(hold) = tx.load_opt::<Hold>(hold_id)? else {
        return Ok(());
    };
    let Place::Bed { bed_id } = hold.place else {
        return Ok(());
    };
    let bed = tx.load::<Bed>(bed_id)?;
    if bed.state == BedState::Occupied && bed.stay_hold_id == Some(hold_id) {
        beds::free(tx, bed)?;
    }
    Ok(())
}

/// Cleaned: the bed of this hold can be held again. Nothing happens when it is not being cleaned.
///
/// # Errors
/// Whatever the database reports.
pub fn clean_bed(tx: &mut Tx<'_>, bed_id: Id) -> Result<()> {
    let bed = tx.load::<Bed>(bed_id)?;
    if bed.state == BedState::Cleaning {
        beds::open(tx, bed, beds::BedCommand::Clean)?;
    }
    Ok(())
}
