//! What happens without a person: limits that run out, follow-ups that are missed, holds that end.

use kernel::{Error, Id, Instant, Result};
use store::{Event, Follower, Job, JobKind, Rule, Tx};

use crate::commands::{Close, Command, Exit, act_as_system, miss};
use crate::model::Referral;
use crate::outcome::{Outcome, OutcomeResult};
use crate::rules::clock::Clocks;
use crate::store as sql;
use crate::words::{Action, State};

/// The limit of a case; one job a case.
pub(crate) const CLOCK_JOB: &str = "referral.clock";
/// The days of grace of a follow-up.
pub(crate) const FOLLOW_UP_JOB: &str = "referral.follow-up-missed";

/// The module's jobs.
pub(crate) const JOBS: &[JobKind] = &[
    JobKind {
        kind: CLOCK_JOB,
        every: None,
        run: run_clock,
    },
    JobKind {
        kind: FOLLOW_UP_JOB,
        every: None,
        run: run_follow_up,
    },
];

/// The module's followers.
pub(crate) const FOLLOWERS: &[Follower] = &[Follower {
    name: "referral.holds",
    topics: &["hold.expired", "hold.withdrawn"],
    run: hold_ended,
}];

fn key_id(job: &Job) -> Result<Id> {
    job.key
        .parse()
        .map_err(|error: Error| Error::internal(error))
}

fn run_clock(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let Some(referral) = tx.load_opt::<Referral>(key_id(job)?)? else {
        return Ok(());
    };
    // A job that was overtaken by a person, or scheduled for an earlier limit, does nothing.
    let Some(due_at) = referral.due_at else {
        return Ok(());
    };
    if due_at > tx.now() || !is_for(job, due_at) || referral.reminded_at.is_some() {
        return Ok(());
    }
    let clocks: Rule<Clocks> = tx.rule("referral.clocks")?;
    let (state, kind, priority) = (referral.state, referral.kind, referral.content.priority);
    let Some(action) = clocks
        .body
        .of(state, kind, priority)
        .map(|clock| clock.action)
    else {
        return Ok(());
    };
    match command_of(action) {
        Some(command) => act_as_system(tx, referral.id, &command).map(|_| ()),
        None => Ok(()),
    }
}

fn is_for(job: &Job, due_at: Instant) -> bool {
    job.body.get("due_at") == Some(&serde_json::json!(due_at))
}

/// The rule's check lets only these through.
fn command_of(action: Action) -> Option<Command> {
    match action {
        Action::Escalate => Some(Command::Escalate),
        Action::Expire => Some(Command::Expire),
        Action::Remind => Some(Command::Remind),
        Action::MarkNoShow => Some(Command::MarkNoShow),
        // Nobody said how the patient is: other, and not asked for satisfaction.
        Action::Close => Some(Command::Close(Close {
            outcome: Outcome {
                result: OutcomeResult::Other,
                text: None,
                satisfaction: None,
            },
        })),
        _ => None,
    }
}

fn run_follow_up(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    miss(tx, key_id(job)?)
}

/// A hold that ended by itself, or that the owner of the place took back, puts the case back to
/// where a person decides.
fn hold_ended(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let Some(referral) = sql::of_hold(tx, event.entity_id)? else {
        return Ok(());
    };
    if referral.state != State::Accepted {
        return Ok(());
    }
    let reason = Exit {
        reason_code: event.event.replace('.', "-"),
        reason_text: None,
    };
    act_as_system(tx, referral.id, &Command::ReturnToReview(reason)).map(|_| ())
}
