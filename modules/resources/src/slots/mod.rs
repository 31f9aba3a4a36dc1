//! Appointment slots: templates say what repeats, sessions are made of them, slots are what a
//! patient gets.

pub(crate) mod api;
pub(crate) mod boards;
pub(crate) mod change;
pub(crate) mod generate;
pub(crate) mod plan;
pub(crate) mod store;

use ::store::{Change, Entity, Tx, Value, Versioned, params};
use kernel::{Date, Error, Id, Instant, Money, Result};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::model::Channel;
use crate::rules::{self, ScheduleRules, require_range};
use crate::{neighbours, text};

/// Places of a session that are kept for one door, and perhaps for one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesQuota)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// `referral` or `green`.
    pub channel: Channel,
    /// For this member only.
    pub org_id: Option<Id>,
    /// How many places.
    #[schema(minimum = 1)]
    pub places: i64,
    /// Open to everybody this many hours before the session; the rule's value unless given.
    pub release_hours: Option<i64>,
}

/// Whether a template makes sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateState {
    /// It does.
    Active,
    /// Not any more.
    Ended,
}

/// What repeats every week.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Template {
    /// Its id.
    pub id: Id,
    /// The member.
    pub org_id: Id,
    /// The department.
    pub department_id: Id,
    /// The specialty.
    pub specialty: String,
    /// Unique within the member.
    pub code: String,
    /// What patients read: 心血管内科专家门诊.
    pub name: String,
    /// Who sees the patients.
    pub practitioner_id: Option<Id>,
    /// Their name, shown with each slot.
    pub practitioner: Option<String>,
    /// Where.
    pub room: Option<String>,
    /// ISO weekdays, 1 for Monday.
    pub weekdays: Vec<u8>,
    /// Minutes after midnight.
    pub start_minutes: i64,
    /// Minutes after midnight.
    pub end_minutes: i64,
    /// How long one patient takes.
    pub slot_minutes: i64,
    /// Kept for doors and members.
    pub quotas: Vec<Quota>,
    /// The registration fee.
    pub price: Money,
    /// First day.
    pub valid_from: Date,
    /// Last day, if there is one.
    pub valid_to: Option<Date>,
    /// Whether it makes sessions.
    pub state: TemplateState,
}

impl Entity for Template {
    const KIND: &'static str = "schedule-template";
    const TABLE: &'static str = "schedule_template";
    const COLUMNS: &'static [&'static str] =
        &["org_id", "department_id", "specialty", "code", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = if self.state == TemplateState::Active {
            "active"
        } else {
            "ended"
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

/// Whether a session takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// It does.
    Open,
    /// 停诊
    Stopped,
}

/// One half-day of one doctor or clinic.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: Id,
    /// What made it.
    pub template_id: Id,
    /// The member.
    pub org_id: Id,
    /// The department.
    pub department_id: Id,
    /// The specialty.
    pub specialty: String,
    /// What patients read.
    pub name: String,
    /// The day.
    pub date: Date,
    /// When it begins.
    pub start_at: Instant,
    /// When it ends.
    pub end_at: Instant,
    /// Who sees the patients.
    pub practitioner_id: Option<Id>,
    /// Their name.
    pub practitioner: Option<String>,
    /// Who was to, before a substitution.
    pub substituted: Option<String>,
    /// Where.
    pub room: Option<String>,
    /// Kept for doors and members, as when it was made.
    pub quotas: Vec<Quota>,
    /// The registration fee.
    pub price: Money,
    /// Whether it takes place.
    pub state: SessionState,
    /// Why it was stopped or substituted.
    pub reason: Option<String>,
    /// Version of `resources.schedule` that set its release times.
    pub rule_version: i64,
}

impl Entity for Session {
    const KIND: &'static str = "clinic-session";
    const TABLE: &'static str = "clinic_session";
    const COLUMNS: &'static [&'static str] = &[
        "template_id",
        "org_id",
        "department_id",
        "specialty",
        "date",
        "start_at",
        "end_at",
        "practitioner_id",
        "state",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = if self.state == SessionState::Open {
            "open"
        } else {
            "stopped"
        };
        params![
            self.template_id,
            self.org_id,
            self.department_id,
            self.specialty.as_str(),
            self.date,
            self.start_at,
            self.end_at,
            self.practitioner_id,
            state,
        ]
        .to_vec()
    }
}

/// Where a slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SlotState {
    /// Free.
    Open,
    /// Somebody holds it.
    Held,
    /// The patient came.
    Used,
    /// Its session was stopped.
    Stopped,
}

/// What a template is made of; the same from a form or a roster file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = ResourcesTemplateInput)]
#[serde(deny_unknown_fields)]
pub struct TemplateInput {
    /// The member.
    pub org_id: Id,
    /// The department.
    pub department_id: Id,
    /// The specialty, if not the department's own.
    pub specialty: Option<String>,
    /// Unique within the member.
    #[schema(max_length = 32)]
    pub code: String,
    /// What patients read.
    #[schema(max_length = 100)]
    pub name: String,
    /// Who sees the patients.
    pub practitioner_id: Option<Id>,
    /// Where.
    #[schema(max_length = 100)]
    pub room: Option<String>,
    /// ISO weekdays, 1 for Monday.
    pub weekdays: Vec<u8>,
    /// `08:00`.
    pub start: String,
    /// `12:00`.
    pub end: String,
    /// How long one patient takes.
    #[schema(minimum = 5, maximum = 240)]
    pub slot_minutes: i64,
    /// Kept for doors and members; the rest is everybody's.
    #[serde(default)]
    pub quotas: Vec<Quota>,
    /// The registration fee, in 分.
    #[serde(default)]
    pub price: Money,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    pub valid_to: Option<Date>,
}

/// Makes a template, or changes the one with this code. Sessions already made stay as they are.
///
/// # Errors
/// What is wrong with the input, field by field.
pub(crate) fn put_template(
    tx: &mut Tx<'_>,
    input: &TemplateInput,
    edit: Edit,
) -> Result<(Versioned<Template>, bool)> {
    neighbours::require_open(tx, input.org_id)?;
    let schedule = tx.rule::<ScheduleRules>(rules::SCHEDULE)?.body;
    let specialty = neighbours::specialty_of(
        tx,
        input.org_id,
        input.department_id,
        input.specialty.as_deref(),
    )?;
    let mut template = check_template(tx.new_id(), input, specialty, &schedule)?;
    template.practitioner = match input.practitioner_id {
        Some(id) => Some(working_practitioner(tx, id, input.org_id)?),
        None => None,
    };
    for quota in &template.quotas {
        if let Some(org_id) = quota.org_id {
            neighbours::require_quota(tx, input.org_id, org_id, quota.channel)?;
        }
    }
    if let Some(mut stored) = store::template_by_code(tx, input.org_id, &template.code)? {
        edit.check(tx, &stored)?;
        template.id = stored.id;
        stored.data = template;
        let changed = tx.update(&stored, Change::new("schedule-template.changed"))?;
        generate::request(tx, changed.id)?;
        return Ok((changed, false));
    }
    let made = tx.insert(&template, Change::new("schedule-template.made"))?;
    generate::request(tx, made.id)?;
    Ok((made, true))
}

/// The name of a doctor who works at this member today.
pub(crate) fn working_practitioner(tx: &mut Tx<'_>, id: Id, org_id: Id) -> Result<String> {
    let practitioner =
        network::practitioner(tx, id).map_err(|error| error.at("practitioner_id"))?;
    if practitioner.works_at(org_id, tx.now().date()) {
        return Ok(practitioner.name);
    }
    Err(Error::invalid(
        "resources.practitioner",
        "practitioner_id",
        "this person has no work site here today; add the site first or choose somebody else",
    ))
}

/// The checks that need no database.
fn check_template(
    id: Id,
    input: &TemplateInput,
    specialty: String,
    schedule: &ScheduleRules,
) -> Result<Template> {
    let start_minutes = text::day_minutes("start", &input.start)?;
    let end_minutes = text::day_minutes("end", &input.end)?;
    require_range("slot_minutes", input.slot_minutes, 5, 240)?;
    if end_minutes < start_minutes + input.slot_minutes {
        let detail = "the session ends before its first slot does; give a later end";
        return Err(Error::invalid("resources.session-empty", "end", detail));
    }
    let slots = (end_minutes - start_minutes) / input.slot_minutes;
    require_range("slots", slots, 1, schedule.session_slots_max)
        .map_err(|error| error.at("slot_minutes"))?;
    let mut weekdays = input.weekdays.clone();
    weekdays.sort_unstable();
    weekdays.dedup();
    if weekdays.is_empty() || weekdays.iter().any(|day| !(1..=7).contains(day)) {
        let detail = "weekdays are numbers from 1 for Monday to 7 for Sunday, at least one";
        return Err(Error::invalid("resources.weekdays", "weekdays", detail));
    }
    if input.valid_to.is_some_and(|last| last < input.valid_from) {
        let detail = "the last day lies before the first";
        return Err(Error::invalid("resources.validity", "valid_to", detail));
    }
    check_quotas(&input.quotas, slots)?;
    text::price(input.price)?;
    Ok(Template {
        id,
        org_id: input.org_id,
        department_id: input.department_id,
        specialty,
        code: text::code("code", &input.code)?,
        name: text::name("name", &input.name)?,
        practitioner_id: input.practitioner_id,
        practitioner: None,
        room: input
            .room
            .as_deref()
            .map(|room| text::name("room", room))
            .transpose()?,
        weekdays,
        start_minutes,
        end_minutes,
        slot_minutes: input.slot_minutes,
        quotas: input.quotas.clone(),
        price: input.price,
        valid_from: input.valid_from,
        valid_to: input.valid_to,
        state: TemplateState::Active,
    })
}

fn check_quotas(quotas: &[Quota], slots: i64) -> Result<()> {
    let mut kept = 0_i64;
    for quota in quotas {
        if quota.channel == Channel::Routine {
            let detail = "what no quota keeps is everybody's; a quota is for referral or green";
            return Err(Error::invalid("resources.quota-channel", "quotas", detail));
        }
        require_range("places", quota.places, 1, slots)?;
        if let Some(hours) = quota.release_hours {
            require_range("release_hours", hours, 0, 24 * 31)?;
        }
        kept += quota.places;
    }
    if kept > slots {
        let detail = format!("the quotas keep {kept} places and a session has {slots}");
        return Err(
            Error::invalid("resources.quota-too-large", "quotas", detail)
                .with(serde_json::json!({ "kept": kept, "slots": slots })),
        );
    }
    Ok(())
}

/// Ends a template from today on; sessions already made stay.
///
/// # Errors
/// `resources.template-ended`.
pub(crate) fn end_template(
    tx: &mut Tx<'_>,
    mut template: Versioned<Template>,
) -> Result<Versioned<Template>> {
    if template.state == TemplateState::Ended {
        let detail = "this template has ended already; make a new one";
        return Err(Error::conflict("resources.template-ended", detail));
    }
    template.state = TemplateState::Ended;
    tx.update(&template, Change::new("schedule-template.ended"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> TemplateInput {
        serde_json::from_value(serde_json::json!({
            "org_id": Id::NIL, "department_id": Id::NIL, "code": "C1", "name": "门诊",
            "weekdays": [1, 3], "start": "08:00", "end": "12:00", "slot_minutes": 15,
            "quotas": [{ "channel": "referral", "org_id": null, "places": 4, "release_hours": 24 }],
            "valid_from": "2026-11-01"
        }))
        .unwrap()
    }

    #[test]
    fn a_template_names_the_field_at_fault() {
        let rules: ScheduleRules = serde_json::from_str(rules::SEEDS[1].body).unwrap();
        let check = |change: fn(&mut TemplateInput)| {
            let mut input = input();
            change(&mut input);
            match check_template(Id::NIL, &input, "03".to_owned(), &rules) {
                Ok(template) => format!(
                    "{} slots",
                    (template.end_minutes - template.start_minutes) / 15
                ),
                Err(error) => format!("{} {}", error.code(), error.fields().join(" ")),
            }
        };
        assert_eq!(check(|_| {}), "16 slots");
        assert_eq!(
            check(|input| input.end = "08:10".to_owned()),
            "resources.session-empty end"
        );
        assert_eq!(
            check(|input| input.weekdays = vec![8]),
            "resources.weekdays weekdays"
        );
        assert_eq!(
            check(|input| input.weekdays.clear()),
            "resources.weekdays weekdays"
        );
        assert_eq!(
            check(|input| input.slot_minutes = 0),
            "resources.out-of-range slot_minutes"
        );
        assert_eq!(
            check(|input| input.quotas[0].places = 17),
            "resources.out-of-range places"
        );
        assert_eq!(
            check(|input| input.quotas = vec![input.quotas[0].clone(); 5]),
            "resources.quota-too-large quotas"
        );
        assert_eq!(
            check(|input| input.quotas[0].channel = Channel::Routine),
            "resources.quota-channel quotas"
        );
        assert_eq!(
            check(|input| input.name = " ".to_owned()),
            "resources.empty name"
        );
        assert_eq!(
            check(|input| input.price = Money::fen(-1)),
            "resources.out-of-range price"
        );
        assert_eq!(
            check(|input| input.valid_to = "2026-10-01".parse().ok()),
            "resources.validity valid_to"
        );
    }
}
