//! What follows from a transition, in the same transaction: places, limits, care relations,
//! follow-ups, notices, readmission flags.

use http::notice::{self, Audience};
use kernel::{Error, Id, Result, Span};
use resources::{Channel, HoldRequest, Place};
use serde_json::json;
use store::{Change, Rule, Tx, Versioned};

use super::apply::Before;
use super::bodies::Command;
use crate::down::{FollowUp, FollowUpState};
use crate::jobs::{CLOCK_JOB, FOLLOW_UP_JOB};
use crate::model::{HeldPlace, Referral};
use crate::outcome::{Readmission, ReadmissionOther};
use crate::rules::HoldEffect;
use crate::rules::clock::Clocks;
use crate::rules::plan::FollowUpRule;
use crate::store as sql;
use crate::words::{Action, Kind, Phase, State};

/// Asked for at first; confirmed to the time of the appointment right after.
const FIRST_HOLD: Span = Span::minutes(60);

/// Takes, keeps, uses up or gives back the place.
pub(super) fn place(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    command: &Command,
    effect: HoldEffect,
    clocks: &Clocks,
) -> Result<()> {
    match effect {
        HoldEffect::Keep => Ok(()),
        HoldEffect::Take => take(tx, referral, command, clocks),
        HoldEffect::Arrive => arrive(tx, referral, clocks),
        HoldEffect::Use => use_up(tx, referral, command, clocks),
        HoldEffect::Release => release(tx, referral, command.action().word()),
    }
}

fn take(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    command: &Command,
    clocks: &Clocks,
) -> Result<()> {
    let Command::Accept(body) = command else {
        return Ok(());
    };
    let wait = Span::minutes(clocks.bed_wait_minutes);
    let Some(place) = body.place else {
        referral.expected_at = Some(body.expected_at.unwrap_or(tx.now() + wait));
        return Ok(());
    };
    let hold = hold(tx, referral, place, clocks)?;
    let expected_at = hold
        .start_at
        .or(body.expected_at)
        .unwrap_or(tx.now() + wait);
    // The no-show limit ends the case before the hold runs out by itself.
    let late = clocks
        .due(
            State::Accepted,
            referral.kind,
            referral.content.priority,
            expected_at,
        )
        .unwrap_or(expected_at + wait);
    let until = late + Span::minutes(clocks.hold_margin_minutes);
    resources::confirm(tx, hold.id, until)?;
    let code = u32::from_be_bytes(tx.random_bytes()) % 1_000_000;
    referral.expected_at = Some(expected_at);
    referral.hold = Some(HeldPlace {
        hold_id: hold.id,
        place,
        place_name: hold.place_name,
        until,
        pick_up_code: format!("{code:06}"),
    });
    Ok(())
}

fn hold(
    tx: &mut Tx<'_>,
    referral: &Referral,
    place: Place,
    clocks: &Clocks,
) -> Result<resources::Hold> {
    let green = clocks.green_channel.contains(&referral.kind);
    let request = HoldRequest {
        place,
        owner_kind: "referral",
        owner_id: referral.id,
        patient_id: Some(referral.patient_id),
        patient_sex: Some(referral.patient.sex),
        for_org_id: referral.from.org_id,
        channel: if green {
            Channel::Green
        } else {
            Channel::Referral
        },
        until: tx.now() + FIRST_HOLD,
    };
    let hold = resources::hold(tx, &request)?;
    if hold.org_id != referral.to.org_id {
        let detail =
            "this place belongs to another organization; reassign the referral to it first";
        return Err(Error::invalid("referral.place-elsewhere", "place", detail));
    }
    Ok(hold)
}

/// An appointment or machine time is used by coming; a bed waits for the admission.
fn arrive(tx: &mut Tx<'_>, referral: &mut Referral, clocks: &Clocks) -> Result<()> {
    let Some(held) = &mut referral.hold else {
        return Ok(());
    };
    if let Place::Bed { .. } = held.place {
        held.until = tx.now() + Span::minutes(clocks.arrived_bed_minutes);
        return resources::confirm(tx, held.hold_id, held.until).map(|_| ());
    }
    let hold_id = held.hold_id;
    referral.hold = None;
    resources::consume(tx, hold_id).map(|_| ())
}

fn use_up(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    command: &Command,
    clocks: &Clocks,
) -> Result<()> {
    let other = match command {
        Command::Admit(body) => body.place,
        _ => None,
    };
    match other {
        Some(place)
            if referral
                .hold
                .as_ref()
                .is_none_or(|held| held.place != place) =>
        {
            release(tx, referral, "other-bed")?;
            let hold = hold(tx, referral, place, clocks)?;
            resources::consume(tx, hold.id)?;
            if let Some(encounter) = &mut referral.encounter {
                encounter.place_text = Some(hold.place_name);
            }
            Ok(())
        }
        _ => match referral.hold.take() {
            Some(held) => resources::consume(tx, held.hold_id).map(|_| ()),
            None => Ok(()),
        },
    }
}

/// Gives the place back; one that has already ended is no error.
fn release(tx: &mut Tx<'_>, referral: &mut Referral, reason: &'static str) -> Result<()> {
    let Some(held) = referral.hold.take() else {
        return Ok(());
    };
    let live = resources::hold_of(tx, held.hold_id)?.is_some_and(|hold| hold.state.is_live());
    if live {
        resources::release(tx, held.hold_id, reason)?;
    }
    Ok(())
}

/// Starts, moves or stops the job behind the limit.
pub(super) fn clock(tx: &mut Tx<'_>, referral: &Referral, action: Action) -> Result<()> {
    if action == Action::Remind {
        return Ok(());
    }
    let key = referral.id.to_string();
    match referral.due_at {
        Some(due_at) if referral.phase() == Phase::Live => {
            tx.schedule(CLOCK_JOB, &key, due_at, &json!({ "due_at": due_at }))
        }
        _ => tx.cancel_job(CLOCK_JOB, &key),
    }
}

/// Opens and closes the care relations that let the sides read the patient's record.
pub(super) fn care(
    tx: &mut Tx<'_>,
    referral: &Referral,
    action: Action,
    before: &Before,
) -> Result<()> {
    let (patient_id, id) = (referral.patient_id, referral.id);
    match action {
        Action::Submit => record::open_care(tx, patient_id, referral.to.org_id, "referral", id),
        Action::Reassign => {
            if before.to_org_id != referral.to.org_id {
                record::close_care_of(tx, id, before.to_org_id)?;
            }
            record::open_care(tx, patient_id, referral.to.org_id, "referral", id)
        }
        Action::ProposeDown => match &referral.community {
            Some(community) => record::open_care(tx, patient_id, community.org_id, "referral", id),
            None => Ok(()),
        },
        Action::RecallDown | Action::DeclineDown if referral.phase() == Phase::Live => {
            match before.community_org_id {
                Some(community_id) => record::close_care_of(tx, id, community_id),
                None => Ok(()),
            }
        }
        _ if referral.phase() == Phase::Ended && before.state.phase() == Phase::Live => {
            record::close_care(tx, id)
        }
        _ => Ok(()),
    }
}

/// Accepting a referral down makes its follow-ups; ending the case calls off those still open.
pub(super) fn follow_ups(tx: &mut Tx<'_>, referral: &Referral, action: Action) -> Result<()> {
    if action == Action::AcceptDown {
        return plan_follow_ups(tx, referral);
    }
    if referral.phase() != Phase::Ended || referral.down_plan.is_none() {
        return Ok(());
    }
    let now = tx.now();
    for mut follow_up in sql::follow_ups_of(tx, referral.id)? {
        if follow_up.state == FollowUpState::Waiting {
            follow_up.data.state = FollowUpState::Cancelled;
            follow_up.data.ended_at = Some(now);
            tx.cancel_job(FOLLOW_UP_JOB, &follow_up.id.to_string())?;
            tx.update(&follow_up, Change::new("follow-up.cancelled"))?;
        }
    }
    Ok(())
}

fn plan_follow_ups(tx: &mut Tx<'_>, referral: &Referral) -> Result<()> {
    let (Some(plan), Some(community)) = (&referral.down_plan, &referral.community) else {
        return Ok(());
    };
    let rule: Rule<FollowUpRule> = tx.rule("referral.follow-up")?;
    let today = tx.now().date();
    let start = plan.plan.starts_on.map_or(today, |on| on.max(today));
    for day in &plan.follow_up_days {
        let follow_up = FollowUp {
            id: tx.new_id(),
            referral_id: referral.id,
            referral_number: referral.number.clone(),
            patient_id: referral.patient_id,
            patient_name: referral.patient.name.clone(),
            org_id: community.org_id,
            hospital_org_id: plan.proposed_by_org_id,
            day: *day,
            due_on: start.plus_days(*day),
            state: FollowUpState::Waiting,
            record: None,
            ended_at: None,
            by_name: None,
        };
        let missed_at = follow_up.due_on.plus_days(rule.body.grace_days + 1).start();
        let detail = json!({ "day": day, "due_on": follow_up.due_on });
        tx.insert(&follow_up, Change::new("follow-up.planned").detail(detail))?;
        tx.schedule(
            FOLLOW_UP_JOB,
            &follow_up.id.to_string(),
            missed_at,
            &json!({}),
        )?;
    }
    Ok(())
}

/// Tells whose move it is now; notices carry no names or texts of patients.
pub(super) fn tell(tx: &mut Tx<'_>, referral: &Referral, action: Action) -> Result<()> {
    let data = json!({
        "number": referral.number,
        "kind": referral.kind,
        "from": referral.from.org_name,
        "to": referral.to.org_name,
    });
    let link = format!("/referral/{}", referral.id);
    for audience in audiences(referral, action, tx.actor().org_id) {
        notice::send(tx, &audience, action.event(), &data, &link)?;
    }
    Ok(())
}

fn audiences(referral: &Referral, action: Action, by_org_id: Id) -> Vec<Audience> {
    let role = |org_id: Id, role: &'static str| Audience::Role { org_id, role };
    let writer = || Audience::Account(referral.made_by);
    let to = referral.to.org_id;
    let community = referral
        .community
        .as_ref()
        .map_or(referral.from.org_id, |party| party.org_id);
    match action {
        Action::Submit if referral.kind == Kind::Down => {
            vec![role(to, "general-practitioner"), role(to, "village-doctor")]
        }
        Action::Submit if referral.kind == Kind::Emergency => {
            vec![role(to, "referral-office"), role(to, "duty-chief")]
        }
        Action::Submit | Action::Withdraw => vec![role(to, "referral-office")],
        Action::Reassign => vec![role(to, "referral-office"), writer()],
        Action::Escalate => vec![
            role(to, "duty-chief"),
            role(to, "referral-office"),
            writer(),
        ],
        Action::Expire | Action::Remind | Action::CloseElsewhere | Action::ReturnToReview => {
            vec![role(to, "referral-office"), writer()]
        }
        Action::ProposeDown => {
            vec![
                role(community, "general-practitioner"),
                role(community, "village-doctor"),
            ]
        }
        Action::AcceptDown | Action::DeclineDown | Action::RecordFollowUp => {
            let hospital = referral
                .down_plan
                .as_ref()
                .map_or(to, |plan| plan.proposed_by_org_id);
            vec![role(hospital, "attending-doctor")]
        }
        Action::Message if by_org_id == referral.from.org_id => vec![role(to, "referral-office")],
        Action::Accept
        | Action::Reject
        | Action::Arrive
        | Action::Admit
        | Action::MarkNoShow
        | Action::ReturnResults
        | Action::Answer
        | Action::RecordDeath
        | Action::Message => vec![writer()],
        _ => Vec::new(),
    }
}

/// A return to hospital soon after a discharge is shown to both sides of both stays.
pub(super) fn flag_readmission(
    tx: &mut Tx<'_>,
    mut admitted: Versioned<Referral>,
) -> Result<Versioned<Referral>> {
    let rule: Rule<FollowUpRule> = tx.rule("referral.follow-up")?;
    let now = tx.now();
    let since = now - Span::days(rule.body.readmission_days);
    let earlier = sql::discharged_since(tx, admitted.patient_id, since)?;
    let earlier = earlier.into_iter().find(|other| other.id != admitted.id);
    let Some(mut earlier) = earlier else {
        return Ok(admitted);
    };
    let left = earlier.left_hospital_at().unwrap_or(now);
    let days = left.date().days_until(now.date());
    let flag = |referral_id: Id, other_is| {
        Some(Readmission {
            referral_id: Some(referral_id),
            days,
            noticed_at: now,
            other_is,
        })
    };
    earlier.data.readmission = flag(admitted.id, ReadmissionOther::Later);
    admitted.data.readmission = flag(earlier.id, ReadmissionOther::Earlier);
    let change = |other: Id| {
        Change::new("referral.readmission-flagged")
            .detail(json!({ "other_id": other, "days": days }))
    };
    let earlier = tx.update(&earlier, change(admitted.id))?;
    let admitted = tx.update(&admitted, change(earlier.id))?;
    tell_readmission(tx, &earlier)?;
    tell_readmission(tx, &admitted)?;
    Ok(admitted)
}

/// Both sides learn of a return to hospital.
pub(super) fn tell_readmission(tx: &mut Tx<'_>, referral: &Referral) -> Result<()> {
    let days = referral
        .readmission
        .as_ref()
        .map(|readmission| readmission.days);
    let data = json!({ "number": referral.number, "days": days });
    let link = format!("/referral/{}", referral.id);
    let hospital = referral
        .down_plan
        .as_ref()
        .map_or(referral.to.org_id, |plan| plan.proposed_by_org_id);
    let community = referral
        .community
        .as_ref()
        .map_or(referral.from.org_id, |party| party.org_id);
    let audiences = [
        Audience::Role {
            org_id: hospital,
            role: "referral-office",
        },
        Audience::Role {
            org_id: hospital,
            role: "attending-doctor",
        },
        Audience::Role {
            org_id: community,
            role: "general-practitioner",
        },
        Audience::Role {
            org_id: community,
            role: "village-doctor",
        },
    ];
    for audience in audiences {
        notice::send(tx, &audience, "referral.readmission-flagged", &data, &link)?;
    }
    Ok(())
}
