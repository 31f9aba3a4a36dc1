//! Making sessions and slots of templates, some days ahead; each template and day once.

use ::store::{Change, Job, JobKind, Tx, params};
use kernel::{Date, Id, Result, Span};
use serde::Deserialize;

use super::{Session, SessionState, Template, TemplateState, plan};
use crate::model::PlaceKind;
use crate::rules::{self, ScheduleRules};

/// Looks each hour for templates that lack days.
pub(crate) const GENERATE: JobKind = JobKind {
    kind: "resources.generate",
    every: Some(Span::hours(1)),
    run: schedule_due,
};
/// Makes the sessions of one template, so that no transaction grows with the number of templates.
pub(crate) const GENERATE_ONE: JobKind = JobKind {
    kind: "resources.generate-template",
    every: None,
    run: generate_one,
};

/// Templates put in line by one look.
const TEMPLATES_MAX: i64 = 1_000;

const DUE: &str = "SELECT id FROM schedule_template WHERE state = 'active' AND generated_to < $1
    ORDER BY generated_to, id LIMIT $2";
const GENERATED_TO: &str = "SELECT generated_to FROM schedule_template WHERE id = $1";
const SET_GENERATED_TO: &str = "UPDATE schedule_template SET generated_to = $2 WHERE id = $1";
const HAS_SESSION: &str =
    "SELECT COUNT(*) AS count FROM clinic_session WHERE template_id = $1 AND date = $2";
const ADD_SLOT: &str = "INSERT INTO slot (id, session_id, number, org_id, department_id, specialty,
    start_at, end_at, channel, quota_org_id, release_at, price_fen, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open')";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DueRow {
    id: Id,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeneratedTo {
    generated_to: Date,
}

fn schedule_due(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    let rules = tx.rule::<ScheduleRules>(rules::SCHEDULE)?.body;
    let target = tx.now().date().plus_days(rules.days_ahead);
    let due: Vec<DueRow> = tx.query(DUE, &params![target, TEMPLATES_MAX])?;
    let now = tx.now();
    for row in due {
        tx.schedule(
            GENERATE_ONE.kind,
            &row.id.to_string(),
            now,
            &serde_json::json!({}),
        )?;
    }
    Ok(())
}

fn generate_one(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let template_id: Id = job.key.parse()?;
    let rules = tx.rule::<ScheduleRules>(rules::SCHEDULE)?;
    let target = tx.now().date().plus_days(rules.body.days_ahead);
    generate(tx, template_id, target).map(|_| ())
}

/// Asks for the sessions of a new or changed template: days that have theirs are left alone.
pub(crate) fn request(tx: &mut Tx<'_>, template_id: Id) -> Result<()> {
    let never: Date = "0001-01-01".parse()?;
    tx.execute(SET_GENERATED_TO, &params![template_id, never])?;
    let now = tx.now();
    tx.schedule(
        GENERATE_ONE.kind,
        &template_id.to_string(),
        now,
        &serde_json::json!({}),
    )
}

/// What generation made.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, Deserialize, utoipa::ToSchema,
)]
#[schema(as = ResourcesGenerated)]
pub struct Generated {
    /// Sessions made.
    pub sessions: i64,
    /// Slots made.
    pub slots: i64,
}

/// Makes the sessions of a template from today, or where it stopped, up to and with `target`.
/// Days that have their session are left alone.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn generate(tx: &mut Tx<'_>, template_id: Id, target: Date) -> Result<Generated> {
    let rules = tx.rule::<ScheduleRules>(rules::SCHEDULE)?;
    let template = tx.load::<Template>(template_id)?;
    let mut made = Generated::default();
    if template.state == TemplateState::Ended || !crate::neighbours::is_open(tx, template.org_id)? {
        return Ok(made);
    }
    let done: GeneratedTo = tx.query_one(GENERATED_TO, &params![template_id])?;
    let today = tx.now().date();
    let mut date = today.max(done.generated_to.plus_days(1));
    let last = target.min(today.plus_days(rules.body.days_ahead.max(1) * 4));
    while date <= last {
        if plan::falls_on(&template, date, &rules.body)
            && tx.count(HAS_SESSION, &params![template_id, date])? == 0
        {
            made.slots += add_session(tx, &template, date, &rules.body, rules.version)?;
            made.sessions += 1;
        }
        date = date.plus_days(1);
    }
    if last > done.generated_to {
        tx.execute(SET_GENERATED_TO, &params![template_id, last])?;
    }
    Ok(made)
}

fn add_session(
    tx: &mut Tx<'_>,
    template: &Template,
    date: Date,
    rules: &ScheduleRules,
    rule_version: i64,
) -> Result<i64> {
    let now = tx.now();
    let slots: Vec<plan::PlannedSlot> = plan::slots(template, date, rules)
        .into_iter()
        .filter(|slot| slot.start_at > now)
        .collect();
    let session = Session {
        id: tx.new_id(),
        template_id: template.id,
        org_id: template.org_id,
        department_id: template.department_id,
        specialty: template.specialty.clone(),
        name: template.name.clone(),
        date,
        start_at: plan::at_minutes(date, template.start_minutes),
        end_at: plan::at_minutes(date, template.end_minutes),
        practitioner_id: template.practitioner_id,
        practitioner: template.practitioner.clone(),
        substituted: None,
        room: template.room.clone(),
        quotas: template.quotas.clone(),
        price: template.price,
        state: SessionState::Open,
        reason: None,
        rule_version,
    };
    let detail = serde_json::json!({ "date": date, "slots": slots.len() });
    tx.insert(&session, Change::new("clinic-session.made").detail(detail))?;
    crate::beds::store::note_offering(
        tx,
        PlaceKind::Slot,
        template.org_id,
        &template.specialty,
        template.department_id,
    )?;
    for slot in &slots {
        let values = params![
            tx.new_id(),
            session.id,
            slot.number,
            session.org_id,
            session.department_id,
            session.specialty.as_str(),
            slot.start_at,
            slot.end_at,
            slot.reserve.channel.word(),
            slot.reserve.quota_org_id,
            slot.reserve.release_at,
            slot.price,
        ];
        tx.execute(ADD_SLOT, &values)?;
    }
    Ok(i64::try_from(slots.len()).unwrap_or(0))
}
