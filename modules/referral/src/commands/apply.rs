//! One path for every action: load, decide, change, take or give back places, save, tell.

use kernel::{Error, Id, Instant, Kind as ErrorKind, Result};
use serde_json::{Value, json};
use store::{Change, Rule, Tx, Versioned};

use super::bodies::Command;
use super::{answer, down, effects, treat};
use crate::model::Referral;
use crate::rules::clock::Clocks;
use crate::rules::{Facts, Refusal, Transition, decide};
use crate::store as sql;
use crate::visible;
use crate::words::{Action, Kind, Phase, Role, Side, State};

/// Does an action on a case the actor stands on a side of.
///
/// `seen` is the version the caller saw; commands of this server pass `None`.
///
/// # Errors
/// `NotFound`, `store.stale-version`, a refusal of the rules, a place taken by somebody else.
pub fn act(
    tx: &mut Tx<'_>,
    id: Id,
    seen: Option<i64>,
    command: &Command,
) -> Result<Versioned<Referral>> {
    let referral = visible::load(tx, id)?;
    if let Some(seen) = seen {
        tx.check_version(&referral, seen)?;
    }
    run(tx, referral, command, false)
}

/// Does an action as this server: a clock, or a reaction to another case of the same patient.
///
/// # Errors
/// As [`act`].
pub fn act_as_system(tx: &mut Tx<'_>, id: Id, command: &Command) -> Result<Versioned<Referral>> {
    let referral: Versioned<Referral> = tx.load(id)?;
    run(tx, referral, command, true)
}

fn run(
    tx: &mut Tx<'_>,
    mut referral: Versioned<Referral>,
    command: &Command,
    as_system: bool,
) -> Result<Versioned<Referral>> {
    let clocks: Rule<Clocks> = tx.rule("referral.clocks")?;
    let facts = facts_for(tx, &referral, command, &clocks.body)?;
    let action = command.action();
    let transition = if as_system {
        decide(referral.state, action, Side::System, Role::System, &facts)?
    } else {
        decide_for(tx, &referral, action, &facts)?
    };
    let before = Before::of(&referral);
    let detail = change(tx, &mut referral.data, command)?;
    effects::place(
        tx,
        &mut referral.data,
        command,
        transition.hold,
        &clocks.body,
    )?;
    enter(
        tx,
        &mut referral.data,
        before.state,
        action,
        transition,
        &clocks,
    );
    let saved = save(tx, &referral, action, detail)?;
    effects::clock(tx, &saved, action)?;
    effects::care(tx, &saved, action, &before)?;
    effects::follow_ups(tx, &saved, action)?;
    effects::tell(tx, &saved, action)?;
    if action == Action::Admit {
        close_others(tx, &saved)?;
        return effects::flag_readmission(tx, saved);
    }
    Ok(saved)
}

/// Where a case stood before an action.
pub(super) struct Before {
    /// Its state.
    pub(super) state: State,
    /// Who was asked.
    pub(super) to_org_id: Id,
    /// Who was to take the patient back.
    pub(super) community_org_id: Option<Id>,
}

impl Before {
    fn of(referral: &Referral) -> Self {
        Self {
            state: referral.state,
            to_org_id: referral.to.org_id,
            community_org_id: referral.community.as_ref().map(|party| party.org_id),
        }
    }
}

/// What each action changes besides the state; answers the detail of its event.
fn change(tx: &mut Tx<'_>, referral: &mut Referral, command: &Command) -> Result<Value> {
    match command {
        Command::Submit(body) => answer::submit(tx, referral, body),
        Command::Withdraw(body) => {
            answer::leave(tx, referral, body, Some(terminology::REFERRAL_WITHDRAWAL))
        }
        Command::Review(body) => answer::review(tx, referral, body),
        Command::Accept(body) => answer::accept(tx, referral, body),
        Command::Reject(body) => answer::reject(tx, referral, body),
        Command::Reassign(body) => answer::reassign(tx, referral, body),
        Command::ReturnToReview(body) | Command::RecallDown(body) => {
            let detail = answer::leave(tx, referral, body, None)?;
            if matches!(command, Command::ReturnToReview(_)) {
                referral.expected_at = None;
            }
            if matches!(command, Command::RecallDown(_)) {
                down::drop_plan(referral);
            }
            Ok(detail)
        }
        Command::Arrive(body) => treat::arrive(tx, referral, body),
        Command::Admit(body) => treat::admit(tx, referral, body),
        Command::See(body) => treat::see(tx, referral, body),
        Command::ReturnResults(body) => treat::return_results(tx, referral, body),
        Command::ProposeDown(body) => down::propose(tx, referral, body),
        Command::AcceptDown => Ok(down::accept(tx, referral)),
        Command::DeclineDown(body) => down::decline(tx, referral, body),
        Command::Answer(body) => answer::reply(tx, referral, body),
        Command::BecomeReferral => answer::become_referral(tx, referral),
        Command::Close(body) => treat::close(referral, body),
        Command::RecordDeath(body) => treat::record_death(tx, referral, body),
        Command::CloseElsewhere(body) => treat::close_elsewhere(tx, referral, body),
        Command::Escalate => {
            referral.escalated_at = Some(tx.now());
            Ok(json!({}))
        }
        Command::Remind => {
            referral.reminded_at = Some(tx.now());
            Ok(json!({ "due_at": referral.due_at }))
        }
        Command::MarkNoShow | Command::Expire => Ok(json!({ "due_at": referral.due_at })),
    }
}

/// Puts the case into its new state and starts that state's limit.
fn enter(
    tx: &Tx<'_>,
    referral: &mut Referral,
    from: State,
    action: Action,
    transition: Transition,
    clocks: &Rule<Clocks>,
) {
    referral.state = transition.to;
    if transition.to.phase() == Phase::Ended {
        referral.due_at = None;
        referral.ended_at = Some(tx.now());
        return;
    }
    // A reminder, or a change of department under review, does not start the time anew.
    if transition.to == from && action != Action::Reassign {
        return;
    }
    referral.reminded_at = None;
    referral.clock_rule_version = clocks.version;
    referral.due_at = due(referral, &clocks.body, tx.now());
}

fn due(referral: &Referral, clocks: &Clocks, now: Instant) -> Option<Instant> {
    // A patient is late from the time agreed on, not from the time of the agreement.
    let from = match referral.state {
        State::Accepted => referral.expected_at.unwrap_or(now).max(now),
        _ => now,
    };
    clocks.due(
        referral.state,
        referral.kind,
        referral.content.priority,
        from,
    )
}

fn save(
    tx: &mut Tx<'_>,
    referral: &Versioned<Referral>,
    action: Action,
    mut detail: Value,
) -> Result<Versioned<Referral>> {
    detail["state"] = json!(referral.state);
    detail["kind"] = json!(referral.kind);
    detail["due_at"] = json!(referral.due_at);
    let saved = tx.update(referral, Change::new(action.event()).detail(detail));
    match saved {
        // The only constraint an update can run into is the one on live requests.
        Err(error) if error.kind() == ErrorKind::Conflict && action == Action::Submit => {
            Err(live_exists().because(error))
        }
        saved => saved,
    }
}

/// The refusal for a second live request.
pub(crate) fn live_exists() -> Error {
    let detail = "there is a live request for this patient and problem; open that one, or wait until it ends";
    Error::conflict("referral.live-exists", detail)
}

/// Closes what else waits for a bed for this patient, in the same transaction.
fn close_others(tx: &mut Tx<'_>, admitted: &Referral) -> Result<()> {
    for other in sql::live_of_patient(tx, admitted.patient_id)? {
        if other.id == admitted.id || !waits_for_bed(&other) {
            continue;
        }
        let body = super::bodies::CloseElsewhere {
            text: admitted.to.org_name.clone(),
            referral_id: Some(admitted.id),
        };
        run(tx, other, &Command::CloseElsewhere(body), true)?;
    }
    Ok(())
}

/// Cases that an admission anywhere makes pointless.
pub(super) fn waits_for_bed(referral: &Referral) -> bool {
    let waits = matches!(
        referral.state,
        State::Submitted | State::InReview | State::Escalated | State::Accepted
    );
    let moves = matches!(referral.kind, Kind::Up | Kind::Transfer | Kind::Emergency);
    let bed = crate::words::Service::Outpatient != referral.content.service;
    waits && moves && bed
}

/// Decides for the actor in hand, from whichever of their sides allows it.
pub(super) fn decide_for(
    tx: &mut Tx<'_>,
    referral: &Referral,
    action: Action,
    facts: &Facts,
) -> Result<Transition> {
    let sides = visible::sides(tx, referral)?;
    let Some(role) = Role::of(&tx.actor().role) else {
        return Err(Refusal::OtherRole.into());
    };
    let answers = sides
        .iter()
        .map(|side| decide(referral.state, action, *side, role, facts));
    best(answers).map_err(Into::into)
}

/// The first that allows it, or the refusal that came closest.
fn best(answers: impl Iterator<Item = Result<Transition, Refusal>>) -> Result<Transition, Refusal> {
    let mut closest = Refusal::OtherSide;
    for answer in answers {
        match answer {
            Ok(transition) => return Ok(transition),
            Err(Refusal::OtherSide) => {}
            Err(refusal) => closest = refusal,
        }
    }
    Err(closest)
}

/// Refuses a writer whose role or side does not write.
pub(super) fn authorized(tx: &mut Tx<'_>, referral: &Referral, action: Action) -> Result<()> {
    let facts = facts_of(referral);
    decide_for(tx, referral, action, &facts).map(|_| ())
}

/// Facts of a case before anything is given: what a list of open actions needs.
pub(crate) fn facts_of(referral: &Referral) -> Facts {
    let before_down = match (&referral.discharge, &referral.encounter) {
        (Some(_), _) => State::ResultsReturned,
        (None, Some(encounter)) if encounter.admitted_at.is_some() => State::Admitted,
        (None, Some(_)) => State::Seen,
        (None, None) => State::ResultsReturned,
    };
    Facts {
        before_down,
        ..Facts::favourable(referral.kind)
    }
}

fn facts_for(
    tx: &mut Tx<'_>,
    referral: &Referral,
    command: &Command,
    clocks: &Clocks,
) -> Result<Facts> {
    let mut facts = facts_of(referral);
    match command {
        Command::Accept(body) => {
            let org = network::org(tx, referral.to.org_id)?;
            let kind = crate::suggest::kind_word(org.kind);
            facts.place_needed = clocks.place_needed.contains(&referral.kind)
                && clocks.place_needed_at.iter().any(|needed| needed == kind);
            facts.place_named = body.place.is_some();
        }
        Command::Withdraw(body) => {
            // A draft that nobody has seen needs no reason.
            facts.reason_given =
                referral.phase() == Phase::Draft || !body.reason_code.trim().is_empty();
        }
        Command::Reject(body) => facts.reason_given = !body.reason_code.trim().is_empty(),
        Command::Reassign(body) => facts.reason_given = !body.reason_code.trim().is_empty(),
        Command::DeclineDown(body) => facts.reason_given = !body.reason_code.trim().is_empty(),
        Command::ProposeDown(body) => facts.stable = down::is_stable(tx, &body.plan)?,
        Command::Submit(_) if referral.kind == Kind::Down => {
            facts.stable = match &referral.down_plan {
                Some(down_plan) => down::is_stable(tx, &down_plan.plan)?,
                None => false,
            };
        }
        _ => {}
    }
    Ok(facts)
}
