//! Wards and beds: what they are, and what the people on the ward do with them.

pub(crate) mod api;
mod boards;
pub(crate) mod store;

use ::store::{Change, Entity, Tx, Value, Versioned, params};
use kernel::identity::Sex;
use kernel::{Date, Error, Id, Instant, Money, Result};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::model::{Channel, PlaceKind};
use crate::{holds, neighbours, waitlist};

/// Who may lie in a bed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SexRule {
    /// Anybody.
    #[default]
    Any,
    /// Men.
    Male,
    /// Women.
    Female,
}

impl SexRule {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// Where a bed stands. Whether it is held is a matter of its live hold, not of its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BedState {
    /// Ready for a patient.
    Open,
    /// A patient is in it.
    Occupied,
    /// Being cleaned.
    Cleaning,
    /// Out of use.
    Closed,
}

impl BedState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Occupied => "occupied",
            Self::Cleaning => "cleaning",
            Self::Closed => "closed",
        }
    }
}

/// What a ward may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WardState {
    /// In use.
    Open,
    /// Out of use, with all its beds.
    Closed,
}

/// A ward.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ward {
    /// Its id.
    pub id: Id,
    /// The member.
    pub org_id: Id,
    /// The department it belongs to.
    pub department_id: Id,
    /// The specialty it serves.
    pub specialty: String,
    /// Unique within the member.
    pub code: String,
    /// Its name.
    pub name: String,
    /// In use or not.
    pub state: WardState,
}

impl Entity for Ward {
    const KIND: &'static str = "ward";
    const TABLE: &'static str = "ward";
    const COLUMNS: &'static [&'static str] =
        &["org_id", "department_id", "specialty", "code", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = if self.state == WardState::Open {
            "open"
        } else {
            "closed"
        };
        params![
            self.org_id,
            self.department_id,
            self.specialty.as_str(),
            self.code.as_str(),
            state
        ]
        .to_vec()
    }
}

/// A bed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bed {
    /// Its id.
    pub id: Id,
    /// The member.
    pub org_id: Id,
    /// Its ward.
    pub ward_id: Id,
    /// The ward's department.
    pub department_id: Id,
    /// The ward's specialty.
    pub specialty: String,
    /// Its number, unique within the ward.
    pub code: String,
    /// `general`, `intensive`, `neonatal` … as the member says.
    pub kind: String,
    /// Who may lie in it.
    pub sex_rule: SexRule,
    /// Fit for isolation.
    pub isolation: bool,
    /// For whom it is kept.
    pub channel: Channel,
    /// For one member only.
    pub quota_org_id: Option<Id>,
    /// A day in it.
    pub price: Money,
    /// Where it stands.
    pub state: BedState,
    /// The hold by which the patient came, while the bed is occupied.
    pub stay_hold_id: Option<Id>,
    /// The patient in it, where known.
    pub patient_id: Option<Id>,
    /// The patient's sex, for the map.
    pub patient_sex: Option<Sex>,
    /// When it last changed state.
    pub since: Instant,
    /// When the patient is expected to leave.
    pub leave_on: Option<Date>,
    /// Why it is closed.
    pub note: Option<String>,
}

impl Entity for Bed {
    const KIND: &'static str = "bed";
    const TABLE: &'static str = "bed";
    const COLUMNS: &'static [&'static str] = &[
        "org_id",
        "ward_id",
        "specialty",
        "code",
        "sex_rule",
        "isolation",
        "channel",
        "quota_org_id",
        "price_fen",
        "state",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn patient_id(&self) -> Option<Id> {
        self.patient_id
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.org_id,
            self.ward_id,
            self.specialty.as_str(),
            self.code.as_str(),
            self.sex_rule.word(),
            self.isolation,
            self.channel.word(),
            self.quota_org_id,
            self.price,
            self.state.word(),
        ]
        .to_vec()
    }
}

/// What the ward does with a bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BedCommand {
    Occupy,
    Free,
    Clean,
    Close,
    Reopen,
}

/// The life of a bed: a total function over state and command.
pub(crate) fn next_state(state: BedState, command: BedCommand) -> Result<BedState> {
    use BedCommand::{Clean, Close, Free, Occupy, Reopen};
    use BedState::{Cleaning, Closed, Occupied, Open};
    match (state, command) {
        (Open, Occupy) => Ok(Occupied),
        (Occupied, Free) => Ok(Cleaning),
        (Cleaning, Clean) | (Closed, Reopen) => Ok(Open),
        (Open | Cleaning, Close) => Ok(Closed),
        (Occupied, Occupy | Close) => Err(not_now(
            "resources.bed-occupied",
            "a patient is in this bed",
            state,
        )),
        (Cleaning, Occupy | Free) => Err(not_now(
            "resources.bed-cleaning",
            "this bed is being cleaned",
            state,
        )),
        (Closed, Occupy | Free | Clean | Close) => Err(not_now(
            "resources.bed-closed",
            "this bed is closed; reopen it first",
            state,
        )),
        (Open, Free | Clean | Reopen) | (Occupied, Clean | Reopen) | (Cleaning, Reopen) => {
            Err(not_now(
                "resources.bed-state",
                "this does not apply to the bed's state",
                state,
            ))
        }
    }
}

fn not_now(code: &'static str, detail: &'static str, state: BedState) -> Error {
    Error::conflict(code, detail).with(serde_json::json!({ "state": state }))
}

/// What a ward is made of; the same from a form or a roster file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesWardInput)]
#[serde(deny_unknown_fields)]
pub struct WardInput {
    /// The member.
    pub org_id: Id,
    /// The department it belongs to.
    pub department_id: Id,
    /// The specialty, if not the department's own.
    pub specialty: Option<String>,
    /// Unique within the member.
    #[schema(max_length = 32)]
    pub code: String,
    /// Its name.
    #[schema(max_length = 100)]
    pub name: String,
}

/// What a bed is made of; the same from a form or a roster file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesBedInput)]
#[serde(deny_unknown_fields)]
pub struct BedInput {
    /// Its ward.
    pub ward_id: Id,
    /// Its number, unique within the ward.
    #[schema(max_length = 32)]
    pub code: String,
    /// `general`, `intensive`, `neonatal` …
    #[schema(max_length = 32)]
    pub kind: Option<String>,
    /// Who may lie in it.
    #[serde(default)]
    pub sex_rule: SexRule,
    /// Fit for isolation.
    #[serde(default)]
    pub isolation: bool,
    /// For whom it is kept; everybody unless given.
    pub channel: Option<Channel>,
    /// For one member only.
    pub quota_org_id: Option<Id>,
    /// A day in it, in 分.
    #[serde(default)]
    pub price: Money,
}

/// Makes a ward, or changes the one with this code.
///
/// # Errors
/// Unknown or closed organization, unknown department, empty names.
pub(crate) fn put_ward(
    tx: &mut Tx<'_>,
    input: &WardInput,
    edit: Edit,
) -> Result<(Versioned<Ward>, bool)> {
    neighbours::require_open(tx, input.org_id)?;
    let specialty = neighbours::specialty_of(
        tx,
        input.org_id,
        input.department_id,
        input.specialty.as_deref(),
    )?;
    let code = crate::text::code("code", &input.code)?;
    let name = crate::text::name("name", &input.name)?;
    store::note_offering(
        tx,
        PlaceKind::Bed,
        input.org_id,
        &specialty,
        input.department_id,
    )?;
    if let Some(mut ward) = store::ward_by_code(tx, input.org_id, &code)? {
        edit.check(tx, &ward)?;
        if ward.specialty != specialty || ward.department_id != input.department_id {
            let detail =
                "a ward keeps its department and specialty; make a new ward and move the beds";
            return Err(Error::rule("resources.ward-fixed", detail).at("department_id"));
        }
        ward.name = name;
        return Ok((tx.update(&ward, Change::new("ward.changed"))?, false));
    }
    let ward = Ward {
        id: tx.new_id(),
        org_id: input.org_id,
        department_id: input.department_id,
        specialty,
        code,
        name,
        state: WardState::Open,
    };
    Ok((tx.insert(&ward, Change::new("ward.made"))?, true))
}

/// Makes a bed, or changes the one with this number in the ward.
///
/// # Errors
/// Unknown or closed ward or organization, a quota without a referral channel, empty numbers.
pub(crate) fn put_bed(
    tx: &mut Tx<'_>,
    input: &BedInput,
    edit: Edit,
) -> Result<(Versioned<Bed>, bool)> {
    let ward = tx
        .load::<Ward>(input.ward_id)
        .map_err(|error| error.at("ward_id"))?;
    neighbours::require_open(tx, ward.org_id)?;
    let code = crate::text::code("code", &input.code)?;
    let kind = crate::text::code("kind", input.kind.as_deref().unwrap_or("general"))?;
    let channel = input.channel.unwrap_or(Channel::Routine);
    if let Some(quota_org_id) = input.quota_org_id {
        neighbours::require_quota(tx, ward.org_id, quota_org_id, channel)?;
    }
    crate::text::price(input.price)?;
    if let Some(mut bed) = store::bed_by_code(tx, ward.id, &code)? {
        edit.check(tx, &bed)?;
        bed.kind = kind;
        bed.sex_rule = input.sex_rule;
        bed.isolation = input.isolation;
        bed.channel = channel;
        bed.quota_org_id = input.quota_org_id;
        bed.price = input.price;
        return Ok((tx.update(&bed, Change::new("bed.changed"))?, false));
    }
    let bed = Bed {
        id: tx.new_id(),
        org_id: ward.org_id,
        ward_id: ward.id,
        department_id: ward.department_id,
        specialty: ward.specialty.clone(),
        code,
        kind,
        sex_rule: input.sex_rule,
        isolation: input.isolation,
        channel,
        quota_org_id: input.quota_org_id,
        price: input.price,
        state: BedState::Open,
        stay_hold_id: None,
        patient_id: None,
        patient_sex: None,
        since: tx.now(),
        leave_on: None,
        note: None,
    };
    let bed = tx.insert(&bed, Change::new("bed.made"))?;
    waitlist::fill_bed(tx, &bed)?;
    Ok((bed, true))
}

/// Who comes into a bed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stay {
    pub hold_id: Option<Id>,
    pub patient_id: Option<Id>,
    pub patient_sex: Option<Sex>,
    pub leave_on: Option<Date>,
}

/// A patient comes into an open bed.
///
/// # Errors
/// `resources.bed-…` when the bed is not open.
pub(crate) fn occupy(
    tx: &mut Tx<'_>,
    mut bed: Versioned<Bed>,
    stay: Stay,
) -> Result<Versioned<Bed>> {
    bed.state = next_state(bed.state, BedCommand::Occupy)?;
    bed.since = tx.now();
    bed.stay_hold_id = stay.hold_id;
    bed.patient_id = stay.patient_id;
    bed.patient_sex = stay.patient_sex;
    bed.leave_on = stay.leave_on;
    bed.note = None;
    let detail =
        serde_json::json!({ "ward_id": bed.ward_id, "bed": bed.code, "hold_id": stay.hold_id });
    tx.update(&bed, Change::new("bed.occupied").detail(detail))
}

/// The patient leaves; the bed waits for cleaning.
///
/// # Errors
/// `resources.bed-state` when nobody is in it.
pub(crate) fn free(tx: &mut Tx<'_>, mut bed: Versioned<Bed>) -> Result<Versioned<Bed>> {
    bed.state = next_state(bed.state, BedCommand::Free)?;
    let detail = serde_json::json!({
        "ward_id": bed.ward_id, "bed": bed.code, "hold_id": bed.stay_hold_id, "occupied_since": bed.since,
    });
    bed.since = tx.now();
    bed.stay_hold_id = None;
    bed.patient_sex = None;
    bed.leave_on = None;
    bed.patient_id = None;
    tx.update(&bed, Change::new("bed.freed").detail(detail))
}

/// Cleaned, or back in use: the bed is open, and the first in the waitlist gets it.
///
/// # Errors
/// `resources.bed-…` when the command does not fit the state.
pub(crate) fn open(
    tx: &mut Tx<'_>,
    mut bed: Versioned<Bed>,
    command: BedCommand,
) -> Result<Versioned<Bed>> {
    bed.state = next_state(bed.state, command)?;
    bed.since = tx.now();
    bed.note = None;
    let event = if command == BedCommand::Clean {
        "bed.cleaned"
    } else {
        "bed.reopened"
    };
    let bed = tx.update(&bed, Change::new(event))?;
    waitlist::fill_bed(tx, &bed)?;
    Ok(bed)
}

/// Why the hold of a closed bed ended.
const CLOSED: &str = "bed-closed";

/// Takes a bed out of use; whoever held it is told.
///
/// # Errors
/// `resources.bed-occupied` while a patient is in it.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    mut bed: Versioned<Bed>,
    note: &str,
) -> Result<Versioned<Bed>> {
    let note = crate::text::note("note", note)?;
    bed.state = next_state(bed.state, BedCommand::Close)?;
    let withdrawn = holds::take_back_bed(tx, bed.id, CLOSED)?;
    bed.since = tx.now();
    bed.note = Some(note);
    let bed = tx.update(&bed, Change::new("bed.closed"))?;
    if let Some(hold) = withdrawn {
        holds::tell_withdrawn(tx, &hold, CLOSED)?;
    }
    Ok(bed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use BedCommand::{Clean, Close, Free, Occupy, Reopen};
    use BedState::{Cleaning, Closed, Occupied, Open};

    #[test]
    fn every_state_answers_every_command_and_can_be_left() {
        let word = |state, command| match next_state(state, command) {
            Ok(next) => next.word(),
            Err(error) => error.code(),
        };
        let table = [
            (
                Open,
                [
                    "occupied",
                    "resources.bed-state",
                    "resources.bed-state",
                    "closed",
                    "resources.bed-state",
                ],
            ),
            (
                Occupied,
                [
                    "resources.bed-occupied",
                    "cleaning",
                    "resources.bed-state",
                    "resources.bed-occupied",
                    "resources.bed-state",
                ],
            ),
            (
                Cleaning,
                [
                    "resources.bed-cleaning",
                    "resources.bed-cleaning",
                    "open",
                    "closed",
                    "resources.bed-state",
                ],
            ),
            (
                Closed,
                [
                    "resources.bed-closed",
                    "resources.bed-closed",
                    "resources.bed-closed",
                    "resources.bed-closed",
                    "open",
                ],
            ),
        ];
        for (state, expected) in table {
            let answers = [Occupy, Free, Clean, Close, Reopen].map(|command| word(state, command));
            assert_eq!(answers, expected, "{state:?}");
        }
    }
}
