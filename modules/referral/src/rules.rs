//! What may be done with a case: one total function over (state, action, side, role, facts).
//!
//! Sources: two-way referral as the national exchange messages draw it (预约申请, 预约应答, 到诊应答,
//! 上传完整病历), and the consortium's own agreement for who may do what.

pub mod catalogue;
pub mod clock;
pub mod plan;
mod steps;
pub mod table;
pub mod vitals;

use kernel::{Error, Kind as ErrorKind};

use crate::words::{Action, Kind, Phase, Role, Side, State};

pub use steps::occurs;
use steps::{fits, step};

/// What a decision needs to know besides who does what where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What sort of case.
    pub kind: Kind,
    /// The kind needs a place held before it is accepted.
    pub place_needed: bool,
    /// A place was named.
    pub place_named: bool,
    /// A reason was given.
    pub reason_given: bool,
    /// Follow-ups that are still open once this action is done.
    pub follow_ups_left: u32,
    /// The stability checklist holds.
    pub stable: bool,
    /// Where the case stood before a referral down was proposed.
    pub before_down: State,
}

impl Facts {
    /// Facts with which nothing but state, side, role and kind can refuse.
    pub fn favourable(kind: Kind) -> Self {
        Self {
            kind,
            place_needed: false,
            place_named: true,
            reason_given: true,
            follow_ups_left: 0,
            stable: true,
            before_down: State::ResultsReturned,
        }
    }
}

/// What an allowed action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Where the case stands afterwards.
    pub to: State,
    /// What becomes of the place held.
    pub hold: HoldEffect,
}

/// What becomes of the place held for the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldEffect {
    /// Nothing changes.
    Keep,
    /// A place is taken.
    Take,
    /// The patient is there: an appointment is used up, a bed stays held a little longer.
    Arrive,
    /// The place is used up.
    Use,
    /// It is given back.
    Release,
}

/// Why an action is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The case is over.
    #[error("the case is closed; write a new referral where there is a new need")]
    Ended,
    /// Not in this state.
    #[error(
        "this can't be done while the case stands where it does; load it again and see what is open"
    )]
    NotNow,
    /// Not with this kind of case.
    #[error("this is not part of a case of this kind")]
    NotForThisKind,
    /// Another side does this.
    #[error("the other side of the case does this")]
    OtherSide,
    /// Another role does this.
    #[error("your role does not do this; ask a colleague in one of the roles named in the rules")]
    OtherRole,
    /// Only the clock or a reaction does this.
    #[error("only the clock does this")]
    ClockOnly,
    /// A place must be named.
    #[error("name the bed, appointment or machine time to hold")]
    PlaceNeeded,
    /// A reason must be given.
    #[error("give a reason from the catalogue")]
    ReasonNeeded,
    /// The checklist does not hold.
    #[error("the stability checklist is not met; the patient is not ready to be referred down")]
    NotStable,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: &'static [Self] = &[
        Self::Ended,
        Self::NotNow,
        Self::NotForThisKind,
        Self::OtherSide,
        Self::OtherRole,
        Self::ClockOnly,
        Self::PlaceNeeded,
        Self::ReasonNeeded,
        Self::NotStable,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ended => "referral.ended",
            Self::NotNow => "referral.not-now",
            Self::NotForThisKind => "referral.not-for-this-kind",
            Self::OtherSide => "referral.other-side",
            Self::OtherRole => "referral.other-role",
            Self::ClockOnly => "referral.clock-only",
            Self::PlaceNeeded => "referral.place-needed",
            Self::ReasonNeeded => "referral.reason-needed",
            Self::NotStable => "referral.not-stable",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::OtherSide | Refusal::OtherRole | Refusal::ClockOnly => ErrorKind::Forbidden,
            Refusal::PlaceNeeded | Refusal::ReasonNeeded => ErrorKind::Invalid,
            _ => ErrorKind::Rule,
        };
        let error = Self::new(kind, refusal.code(), refusal.to_string());
        match refusal {
            Refusal::PlaceNeeded => error.at("place"),
            Refusal::ReasonNeeded => error.at("reason_code"),
            Refusal::NotStable => error.at("plan.stability"),
            _ => error,
        }
    }
}

/// Decides. Total: every cell of (state × action × side × role) answers with a transition or a
/// reason.
///
/// # Errors
/// The first of: over, wrong kind, wrong state, wrong side, wrong role, a fact that is missing.
pub fn decide(
    state: State,
    action: Action,
    side: Side,
    role: Role,
    facts: &Facts,
) -> Result<Transition, Refusal> {
    let Some(step) = step(state, action, facts) else {
        return Err(why_not(state, action, facts.kind));
    };
    if !step.sides.contains(&side) {
        let clock_only = step.sides == [Side::System];
        return Err(if clock_only {
            Refusal::ClockOnly
        } else {
            Refusal::OtherSide
        });
    }
    if (side == Side::System) != (role == Role::System)
        || (side != Side::System && !step.roles.contains(&role))
    {
        return Err(Refusal::OtherRole);
    }
    guard(action, facts)?;
    Ok(Transition {
        to: step.to,
        hold: hold_effect(state, action, step.to),
    })
}

fn why_not(state: State, action: Action, kind: Kind) -> Refusal {
    if !fits(kind, action) {
        Refusal::NotForThisKind
    } else if state.phase() == Phase::Ended {
        Refusal::Ended
    } else {
        Refusal::NotNow
    }
}

fn guard(action: Action, facts: &Facts) -> Result<(), Refusal> {
    match action {
        Action::Accept if facts.place_needed && !facts.place_named => Err(Refusal::PlaceNeeded),
        Action::Reject | Action::Reassign | Action::Withdraw | Action::DeclineDown
            if !facts.reason_given =>
        {
            Err(Refusal::ReasonNeeded)
        }
        Action::ProposeDown | Action::Submit if !facts.stable => Err(Refusal::NotStable),
        _ => Ok(()),
    }
}

/// A place is held only while the case is accepted or the patient has just arrived; every other
/// state has given it back or used it up.
fn hold_effect(from: State, action: Action, to: State) -> HoldEffect {
    let held_before = matches!(from, State::Accepted | State::Arrived);
    match (action, to) {
        (Action::Accept, _) => HoldEffect::Take,
        (Action::Arrive, _) => HoldEffect::Arrive,
        (Action::Admit, _) => HoldEffect::Use,
        _ if held_before && !matches!(to, State::Accepted | State::Arrived) => HoldEffect::Release,
        _ => HoldEffect::Keep,
    }
}

#[cfg(test)]
mod tests;
