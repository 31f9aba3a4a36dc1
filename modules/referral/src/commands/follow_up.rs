//! Follow-ups: recorded by the community, or missed when their days of grace are over.

use kernel::{Error, Id, Result};
use serde_json::json;
use store::{Change, Rule, Subject, Tx, Versioned};

use super::apply::{decide_for, facts_of};
use super::effects;
use crate::down::{FollowUp, FollowUpRecord, FollowUpState};
use crate::jobs::FOLLOW_UP_JOB;
use crate::model::Referral;
use crate::outcome::{Readmission, ReadmissionOther};
use crate::rules::clock::Clocks;
use crate::rules::plan::FollowUpRule;
use crate::rules::{Transition, decide};
use crate::store as sql;
use crate::visible;
use crate::words::{Action, Role, Side};

/// Records a follow-up.
///
/// # Errors
/// `NotFound`; `store.stale-version`; `referral.follow-up-ended`; `referral.form`; a refusal of the
/// rules.
pub fn record_follow_up(
    tx: &mut Tx<'_>,
    id: Id,
    seen: Option<i64>,
    record: &FollowUpRecord,
) -> Result<Versioned<FollowUp>> {
    let mut follow_up: Versioned<FollowUp> = tx.load(id)?;
    let referral = visible::load(tx, follow_up.referral_id)?;
    if let Some(seen) = seen {
        tx.check_version(&follow_up, seen)?;
    }
    require_waiting(&follow_up)?;
    let mut facts = facts_of(&referral);
    facts.follow_ups_left = left_after(tx, &follow_up)?;
    let transition = decide_for(tx, &referral, Action::RecordFollowUp, &facts)?;
    let rule: Rule<FollowUpRule> = tx.rule("referral.follow-up")?;
    let diagnoses = referral
        .down_plan
        .as_ref()
        .map_or(&[][..], |plan| &plan.plan.diagnoses);
    let codes: Vec<String> = diagnoses
        .iter()
        .map(|diagnosis| diagnosis.code.clone())
        .collect();
    rule.body.check_record(&codes, record, tx.now().date())?;
    follow_up.data.record = Some(record.clone());
    follow_up.data.by_name = Some(tx.actor().name.clone());
    tx.cancel_job(FOLLOW_UP_JOB, &id.to_string())?;
    let saved = end(tx, follow_up, FollowUpState::Done, "follow-up.recorded")?;
    go_on(tx, referral, &saved, transition)?;
    Ok(saved)
}

/// Notes that a follow-up was missed; the job behind its days of grace calls this.
///
/// # Errors
/// Whatever the database reports.
pub fn miss(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let Some(follow_up) = tx.load_opt::<FollowUp>(id)? else {
        return Ok(());
    };
    if follow_up.state != FollowUpState::Waiting {
        return Ok(());
    }
    let referral: Versioned<Referral> = tx.load(follow_up.referral_id)?;
    let mut facts = facts_of(&referral);
    facts.follow_ups_left = left_after(tx, &follow_up)?;
    let decided = decide(
        referral.state,
        Action::RecordFollowUp,
        Side::System,
        Role::System,
        &facts,
    );
    let Ok(transition) = decided else {
        return Ok(());
    };
    let saved = end(tx, follow_up, FollowUpState::Missed, "follow-up.missed")?;
    go_on(tx, referral, &saved, transition)
}

fn require_waiting(follow_up: &FollowUp) -> Result<()> {
    if follow_up.state == FollowUpState::Waiting {
        return Ok(());
    }
    let detail = "this follow-up is done, missed or called off";
    Err(Error::rule("referral.follow-up-ended", detail))
}

/// Follow-ups of the case still open without this one.
fn left_after(tx: &mut Tx<'_>, follow_up: &FollowUp) -> Result<u32> {
    let all = sql::follow_ups_of(tx, follow_up.referral_id)?;
    let open = all
        .iter()
        .filter(|other| other.id != follow_up.id && other.state == FollowUpState::Waiting);
    Ok(u32::try_from(open.count()).unwrap_or(u32::MAX))
}

fn end(
    tx: &mut Tx<'_>,
    mut follow_up: Versioned<FollowUp>,
    state: FollowUpState,
    event: &'static str,
) -> Result<Versioned<FollowUp>> {
    follow_up.data.state = state;
    follow_up.data.ended_at = Some(tx.now());
    let detail = json!({ "day": follow_up.day, "due_on": follow_up.due_on });
    tx.update(&follow_up, Change::new(event).detail(detail))
}

/// The case notes the follow-up in its timeline, and moves on after the last one.
fn go_on(
    tx: &mut Tx<'_>,
    mut referral: Versioned<Referral>,
    follow_up: &FollowUp,
    transition: Transition,
) -> Result<()> {
    let readmitted = follow_up
        .record
        .as_ref()
        .and_then(|record| record.readmitted)
        == Some(true);
    let newly = readmitted && referral.readmission.is_none();
    let missed = follow_up.state == FollowUpState::Missed;
    let event = if missed {
        "referral.follow-up-missed"
    } else {
        Action::RecordFollowUp.event()
    };
    let detail =
        json!({ "day": follow_up.day, "follow_up_id": follow_up.id, "readmitted": readmitted });
    let change = Change::new(event).detail(detail);
    if newly {
        let now = tx.now();
        let left = referral.left_hospital_at().unwrap_or(now);
        referral.data.readmission = Some(Readmission {
            referral_id: None,
            days: left.date().days_until(now.date()),
            noticed_at: now,
            other_is: ReadmissionOther::Later,
        });
    }
    if transition.to == referral.state && !newly {
        return tx.record(change, Subject::of(&referral.data));
    }
    if transition.to != referral.state {
        let clocks: Rule<Clocks> = tx.rule("referral.clocks")?;
        referral.data.state = transition.to;
        referral.data.reminded_at = None;
        referral.data.clock_rule_version = clocks.version;
        let (kind, priority, now) = (referral.kind, referral.content.priority, tx.now());
        referral.data.due_at = clocks.body.due(transition.to, kind, priority, now);
    }
    let saved = tx.update(&referral, change)?;
    effects::clock(tx, &saved, Action::RecordFollowUp)?;
    effects::tell(tx, &saved, Action::RecordFollowUp)?;
    if newly {
        effects::tell_readmission(tx, &saved)?;
    }
    Ok(())
}
