//! Equipment: opening hours, examinations with their durations, maintenance, and the time taken.

pub(crate) mod api;
pub(crate) mod boards;
pub(crate) mod calendar;
pub(crate) mod store;

use ::store::{Change, Entity, Tx, Value, Versioned, params};
use kernel::{Error, Id, Instant, Money, Result, Span};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::model::Channel;
use crate::rules::{self, EquipmentRules, require_range};
use crate::{holds, neighbours, text};

/// Equipment time is cut into pieces of this length.
pub const CELL_MINUTES: i64 = 5;
/// Opening hours of one device.
const HOURS_MAX: usize = 42;
/// Examinations of one device.
const EXAMS_MAX: usize = 300;

/// Hours on which a device is open every week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesOpeningHours)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// ISO weekdays, 1 for Monday.
    pub weekdays: Vec<u8>,
    /// `08:00`.
    pub start: String,
    /// `12:00`; `24:00` is midnight.
    pub end: String,
    /// For whom these hours are kept: everybody, or the green channel until shortly before.
    pub channel: Channel,
}

/// An examination a device can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesExam)]
#[serde(deny_unknown_fields)]
pub struct Exam {
    /// Code of the examination catalogue.
    #[schema(max_length = 32)]
    pub code: String,
    /// Its name.
    #[schema(max_length = 100)]
    pub name: String,
    /// How long it takes.
    #[schema(minimum = 5, maximum = 480)]
    pub minutes: i64,
    /// What it costs, in 分.
    #[serde(default)]
    pub price: Money,
    /// What the patient has to do before.
    #[schema(max_length = 500)]
    pub preparation: Option<String>,
}

/// Whether a device can be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EquipmentState {
    /// It can.
    InService,
    /// Broken or retired.
    OutOfService,
}

/// A device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Equipment {
    /// Its id.
    pub id: Id,
    /// The member.
    pub org_id: Id,
    /// The department, where it stands in one.
    pub department_id: Option<Id>,
    /// `CT`, `MR`, `US` …
    pub kind: String,
    /// Unique within the member.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Maker's type.
    pub model: Option<String>,
    /// When it is open.
    pub hours: Vec<OpeningHours>,
    /// What it can do.
    pub exams: Vec<Exam>,
    /// Whether it can be booked.
    pub state: EquipmentState,
    /// Why it is out of service.
    pub note: Option<String>,
}

impl Entity for Equipment {
    const KIND: &'static str = "equipment";
    const TABLE: &'static str = "equipment";
    const COLUMNS: &'static [&'static str] = &["org_id", "department_id", "kind", "code", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = if self.state == EquipmentState::InService {
            "in-service"
        } else {
            "out-of-service"
        };
        params![
            self.org_id,
            self.department_id,
            self.kind.as_str(),
            self.code.as_str(),
            state
        ]
        .to_vec()
    }
}

/// Whether a maintenance window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MaintenanceState {
    /// It does; the time is taken.
    Planned,
    /// Called off; the time is free again.
    Cancelled,
}

/// Time in which a device is not to be booked.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesMaintenance)]
pub struct Maintenance {
    /// Its id.
    pub id: Id,
    /// The device.
    pub equipment_id: Id,
    /// The member.
    pub org_id: Id,
    /// From.
    pub start_at: Instant,
    /// To.
    pub end_at: Instant,
    /// Why.
    pub reason: String,
    /// Whether it stands.
    pub state: MaintenanceState,
}

impl Entity for Maintenance {
    const KIND: &'static str = "maintenance";
    const TABLE: &'static str = "maintenance";
    const COLUMNS: &'static [&'static str] =
        &["equipment_id", "org_id", "start_at", "end_at", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = if self.state == MaintenanceState::Planned {
            "planned"
        } else {
            "cancelled"
        };
        params![
            self.equipment_id,
            self.org_id,
            self.start_at,
            self.end_at,
            state
        ]
        .to_vec()
    }
}

/// What a device is made of; the same from a form or a roster file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesEquipmentInput)]
#[serde(deny_unknown_fields)]
pub struct EquipmentInput {
    /// The member.
    pub org_id: Id,
    /// The department, where it stands in one.
    pub department_id: Option<Id>,
    /// `CT`, `MR`, `US` …
    #[schema(max_length = 32)]
    pub kind: String,
    /// Unique within the member.
    #[schema(max_length = 32)]
    pub code: String,
    /// Its name.
    #[schema(max_length = 100)]
    pub name: String,
    /// Maker's type.
    #[schema(max_length = 100)]
    pub model: Option<String>,
    /// When it is open.
    pub hours: Vec<OpeningHours>,
    /// What it can do.
    #[serde(default)]
    pub exams: Vec<Exam>,
}

/// Makes a device, or changes the one with this code. Bookings already made stay.
///
/// # Errors
/// What is wrong with the input, field by field.
pub(crate) fn put_equipment(
    tx: &mut Tx<'_>,
    input: &EquipmentInput,
    edit: Edit,
) -> Result<(Versioned<Equipment>, bool)> {
    neighbours::require_open(tx, input.org_id)?;
    if let Some(department_id) = input.department_id {
        neighbours::require_department(tx, input.org_id, department_id)?;
    }
    let mut equipment = check_equipment(tx.new_id(), input)?;
    if let Some(mut stored) = store::by_code(tx, input.org_id, &equipment.code)? {
        edit.check(tx, &stored)?;
        equipment.id = stored.id;
        equipment.state = stored.state;
        equipment.note = stored.note.clone();
        stored.data = equipment;
        return Ok((tx.update(&stored, Change::new("equipment.changed"))?, false));
    }
    Ok((tx.insert(&equipment, Change::new("equipment.made"))?, true))
}

fn check_equipment(id: Id, input: &EquipmentInput) -> Result<Equipment> {
    if input.hours.is_empty() || input.hours.len() > HOURS_MAX {
        let detail = format!("give between 1 and {HOURS_MAX} opening hours");
        return Err(Error::invalid("resources.hours", "hours", detail));
    }
    for hours in &input.hours {
        check_hours(hours)?;
    }
    if input.exams.len() > EXAMS_MAX {
        return Err(Error::invalid(
            "resources.exams",
            "exams",
            format!("at most {EXAMS_MAX} examinations"),
        ));
    }
    let mut exams = Vec::with_capacity(input.exams.len());
    for exam in &input.exams {
        let checked = check_exam(exam)?;
        if exams.iter().any(|other: &Exam| other.code == checked.code) {
            let detail = format!("examination {} is listed twice", checked.code);
            return Err(Error::invalid("resources.exams", "exams", detail));
        }
        exams.push(checked);
    }
    Ok(Equipment {
        id,
        org_id: input.org_id,
        department_id: input.department_id,
        kind: text::code("kind", &input.kind)?.to_uppercase(),
        code: text::code("code", &input.code)?,
        name: text::name("name", &input.name)?,
        model: input
            .model
            .as_deref()
            .map(|model| text::name("model", model))
            .transpose()?,
        hours: input.hours.clone(),
        exams,
        state: EquipmentState::InService,
        note: None,
    })
}

fn check_hours(hours: &OpeningHours) -> Result<()> {
    let start = text::day_minutes("hours", &hours.start)?;
    let end = text::day_minutes("hours", &hours.end)?;
    let on_grid = start % CELL_MINUTES == 0 && end % CELL_MINUTES == 0;
    let known_days =
        !hours.weekdays.is_empty() && hours.weekdays.iter().all(|day| (1..=7).contains(day));
    if end > start && on_grid && known_days {
        return Ok(());
    }
    Err(Error::invalid(
        "resources.hours",
        "hours",
        "opening hours name weekdays 1 to 7, end after they start, and lie on the five-minute grid",
    ))
}

fn check_exam(exam: &Exam) -> Result<Exam> {
    require_range("minutes", exam.minutes, 1, 480)?;
    text::price(exam.price)?;
    let preparation = exam
        .preparation
        .as_deref()
        .filter(|text| !text.trim().is_empty());
    Ok(Exam {
        code: text::code("exams.code", &exam.code)?,
        name: text::name("exams.name", &exam.name)?,
        minutes: exam.minutes,
        price: exam.price,
        preparation: preparation
            .map(|text| text::note("exams.preparation", text))
            .transpose()?,
    })
}

/// Plans maintenance: who holds that time is told, and the time is taken.
///
/// # Errors
/// `resources.past`, `resources.out-of-range`, `resources.maintenance-overlap`.
pub(crate) fn plan_maintenance(
    tx: &mut Tx<'_>,
    equipment: &Equipment,
    start: Instant,
    end: Instant,
    reason: &str,
) -> Result<Versioned<Maintenance>> {
    let reason = text::note("reason", reason)?;
    let rules = tx.rule::<EquipmentRules>(rules::EQUIPMENT)?.body;
    let (start_at, end_at) = (calendar::floor(start), calendar::ceiling(end));
    if end_at <= tx.now() || end_at <= start_at {
        let detail = "maintenance ends after it begins, and in the future";
        return Err(Error::invalid("resources.past", "end_at", detail));
    }
    let days = (end_at - start_at).whole_minutes() / (24 * 60);
    require_range("days", days, 0, rules.maintenance_days_max)
        .map_err(|error| error.at("end_at"))?;
    let mut withdrawn = Vec::new();
    for hold_id in store::holds_between(tx, equipment.id, start_at, end_at)? {
        withdrawn.extend(holds::take_back(tx, hold_id, "maintenance")?);
    }
    let maintenance = Maintenance {
        id: tx.new_id(),
        equipment_id: equipment.id,
        org_id: equipment.org_id,
        start_at,
        end_at,
        reason,
        state: MaintenanceState::Planned,
    };
    if !store::take_cells(
        tx,
        equipment.id,
        maintenance.id,
        "maintenance",
        start_at,
        end_at,
    )? {
        let detail = "part of this time is taken by other maintenance or by an exam that has begun";
        return Err(Error::conflict("resources.maintenance-overlap", detail).at("start_at"));
    }
    let detail =
        serde_json::json!({ "equipment_id": equipment.id, "start_at": start_at, "end_at": end_at });
    let planned = tx.insert(
        &maintenance,
        Change::new("maintenance.planned").detail(detail),
    )?;
    for hold in &withdrawn {
        holds::tell_withdrawn(tx, hold, "maintenance")?;
    }
    Ok(planned)
}

/// Calls maintenance off: what is left of its time can be booked again.
///
/// # Errors
/// `resources.maintenance-cancelled`.
pub(crate) fn cancel_maintenance(
    tx: &mut Tx<'_>,
    mut maintenance: Versioned<Maintenance>,
) -> Result<Versioned<Maintenance>> {
    if maintenance.state == MaintenanceState::Cancelled {
        let detail = "this maintenance is called off already";
        return Err(Error::conflict("resources.maintenance-cancelled", detail));
    }
    let now = tx.now();
    store::free_cells_from(tx, maintenance.id, now)?;
    maintenance.state = MaintenanceState::Cancelled;
    let maintenance = tx.update(&maintenance, Change::new("maintenance.cancelled"))?;
    let equipment = tx.load::<Equipment>(maintenance.equipment_id)?;
    crate::waitlist::fill_equipment(
        tx,
        &equipment,
        maintenance.start_at.max(now),
        maintenance.end_at,
    )?;
    Ok(maintenance)
}

/// Takes a device out of service, or puts it back; who holds future time on it is told.
///
/// # Errors
/// `resources.equipment-state` when it is so already.
pub(crate) fn set_state(
    tx: &mut Tx<'_>,
    mut equipment: Versioned<Equipment>,
    state: EquipmentState,
    note: &str,
) -> Result<Versioned<Equipment>> {
    if equipment.state == state {
        return Err(Error::conflict(
            "resources.equipment-state",
            "the device is in this state already",
        ));
    }
    equipment.state = state;
    if state == EquipmentState::OutOfService {
        equipment.note = Some(text::note("note", note)?);
        let now = tx.now();
        let mut withdrawn = Vec::new();
        for hold_id in store::holds_between(tx, equipment.id, now, now + Span::days(366))? {
            withdrawn.extend(holds::take_back(tx, hold_id, "out-of-service")?);
        }
        let equipment = tx.update(&equipment, Change::new("equipment.out-of-service"))?;
        for hold in &withdrawn {
            holds::tell_withdrawn(tx, hold, "out-of-service")?;
        }
        return Ok(equipment);
    }
    equipment.note = None;
    tx.update(&equipment, Change::new("equipment.in-service"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_names_the_field_at_fault() {
        let good = serde_json::json!({
            "org_id": Id::NIL, "kind": "ct", "code": "CT1", "name": "CT",
            "hours": [{ "weekdays": [1], "start": "08:00", "end": "12:00", "channel": "routine" }],
            "exams": [{ "code": "CT-HEAD", "name": "颅脑CT平扫", "minutes": 10 }]
        });
        let check = |change: fn(&mut EquipmentInput)| {
            let mut input: EquipmentInput = serde_json::from_value(good.clone()).unwrap();
            change(&mut input);
            check_equipment(Id::NIL, &input)
                .map_or_else(|error| error.code().to_owned(), |made| made.kind)
        };
        assert_eq!(check(|_| {}), "CT");
        assert_eq!(check(|input| input.hours.clear()), "resources.hours");
        assert_eq!(
            check(|input| input.hours[0].end = "08:02".to_owned()),
            "resources.hours"
        );
        assert_eq!(
            check(|input| input.hours[0].end = "07:00".to_owned()),
            "resources.hours"
        );
        assert_eq!(
            check(|input| input.hours[0].weekdays = vec![0]),
            "resources.hours"
        );
        assert_eq!(
            check(|input| input.exams = vec![input.exams[0].clone(); 2]),
            "resources.exams"
        );
        assert_eq!(
            check(|input| input.exams[0].minutes = 0),
            "resources.out-of-range"
        );
    }
}
