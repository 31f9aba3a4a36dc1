//! What may be done with a case: one total function over (state, action, side, role, facts).
//!
//! Sources: two-way referral as the national exchange messages draw it (预约申请, 预约应答, 到诊应答,
//! 上传完整病历), and the consortium's own agreement for who may do what.

pub mod catalogue;
pub mod clock;
pub mod plan;
pub mod table;
pub mod vitals;

use kernel::{Error, Kind as ErrorKind};

use crate::words::{Action, Kind, Phase, Role, Side, State};

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
    #[error("this can't be done while the case stands where it does; load it again and see what is open")]
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
        return Err(if clock_only { Refusal::ClockOnly } else { Refusal::OtherSide });
    }
    if (side == Side::System) != (role == Role::System)
        || (side != Side::System && !step.roles.contains(&role))
    {
        return Err(Refusal::OtherRole);
    }
    guard(action, facts)?;
    Ok(Transition { to: step.to, hold: hold_effect(state, action, step.to) })
}

/// One allowed step: who may take it and where it leads.
struct Step {
    to: State,
    sides: &'static [Side],
    roles: &'static [Role],
}

const SENDER: &[Side] = &[Side::Sender];
const RECEIVER: &[Side] = &[Side::Receiver];
const COMMUNITY: &[Side] = &[Side::Community];
const CLOCK: &[Side] = &[Side::System];
const RECEIVER_OR_CLOCK: &[Side] = &[Side::Receiver, Side::System];
const SENDER_OR_CLOCK: &[Side] = &[Side::Sender, Side::System];
const COMMUNITY_OR_CLOCK: &[Side] = &[Side::Community, Side::System];
const BOTH: &[Side] = &[Side::Sender, Side::Receiver];
const BOTH_OR_CLOCK: &[Side] = &[Side::Sender, Side::Receiver, Side::System];
const HOME_OR_CLOCK: &[Side] = &[Side::Sender, Side::Community, Side::System];
const PEOPLE: &[Side] = &[Side::Sender, Side::Receiver, Side::Community];

/// Write and send.
const ASKING: &[Role] = &[
    Role::VillageDoctor,
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::ReferralOffice,
    Role::DutyChief,
];
/// Decide on a request.
const DECIDING: &[Role] = &[
    Role::ReferralOffice,
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::BedManager,
    Role::DutyChief,
    Role::Dispatcher,
];
/// Decide on a request that nobody answered in time.
const DECIDING_LATE: &[Role] = &[
    Role::DutyChief,
    Role::Director,
    Role::ReferralOffice,
    Role::GeneralPractitioner,
    Role::Dispatcher,
];
/// See that the patient has come, or has not.
const RECEIVING: &[Role] = &[
    Role::ReferralOffice,
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::WardNurse,
    Role::BedManager,
    Role::Technician,
    Role::DutyChief,
    Role::Dispatcher,
];
/// Put a patient to bed.
const ADMITTING: &[Role] = &[
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::WardNurse,
    Role::BedManager,
    Role::DutyChief,
];
/// Treat, report, discharge.
const TREATING: &[Role] =
    &[Role::GeneralPractitioner, Role::AttendingDoctor, Role::Technician, Role::DutyChief];
/// Judge that a patient can go home to the community.
const DISCHARGING: &[Role] = &[Role::GeneralPractitioner, Role::AttendingDoctor, Role::DutyChief];
/// Take a patient back.
const TAKING_BACK: &[Role] =
    &[Role::VillageDoctor, Role::GeneralPractitioner, Role::ReferralOffice, Role::DutyChief];
/// Visit a patient.
const VISITING: &[Role] = &[Role::VillageDoctor, Role::GeneralPractitioner, Role::WardNurse];
/// Answer a question.
const ANSWERING: &[Role] =
    &[Role::AttendingDoctor, Role::GeneralPractitioner, Role::DutyChief, Role::Pharmacist];
/// Close a case, or note that it is over.
const CLOSING: &[Role] = &[
    Role::VillageDoctor,
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::ReferralOffice,
    Role::DutyChief,
];
/// Note a death.
const WITNESSING: &[Role] = &[
    Role::VillageDoctor,
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::WardNurse,
    Role::DutyChief,
];
/// Take part in the talk.
const TALKING: &[Role] = &[
    Role::VillageDoctor,
    Role::GeneralPractitioner,
    Role::ReferralOffice,
    Role::AttendingDoctor,
    Role::WardNurse,
    Role::BedManager,
    Role::DutyChief,
    Role::Dispatcher,
    Role::Technician,
    Role::Pharmacist,
    Role::Director,
];

fn step(state: State, action: Action, facts: &Facts) -> Option<Step> {
    if !occurs(facts.kind, state) || !fits(facts.kind, action) {
        return None;
    }
    match action {
        Action::Edit | Action::Submit | Action::Withdraw => sending_step(state, action, facts.kind),
        Action::Review
        | Action::Accept
        | Action::Reject
        | Action::Reassign
        | Action::ReturnToReview => deciding_step(state, action),
        Action::Arrive
        | Action::Admit
        | Action::See
        | Action::MarkNoShow
        | Action::ReturnResults => treating_step(state, action, facts.kind),
        Action::ProposeDown
        | Action::RecallDown
        | Action::AcceptDown
        | Action::DeclineDown
        | Action::RecordFollowUp => down_step(state, action, facts),
        Action::Answer
        | Action::BecomeReferral
        | Action::Close
        | Action::RecordDeath
        | Action::CloseElsewhere => ending_step(state, action),
        Action::Message | Action::Attach => talking_step(state, action),
        Action::Escalate | Action::Expire | Action::Remind => clock_step(state, action),
    }
}

fn sending_step(state: State, action: Action, kind: Kind) -> Option<Step> {
    use State as S;
    let (to, sides) = match (action, state) {
        (Action::Edit, S::Draft) => (S::Draft, SENDER),
        (Action::Submit, S::Draft) => {
            let to = match kind {
                Kind::Advice => S::Asked,
                Kind::Down => S::DownProposed,
                Kind::Up | Kind::Transfer | Kind::Exam | Kind::Emergency => S::Submitted,
            };
            (to, SENDER)
        }
        // A patient who came and went away again: whoever knows first says so.
        (Action::Withdraw, S::Arrived) => (S::Withdrawn, BOTH),
        (
            Action::Withdraw,
            S::Draft | S::Submitted | S::InReview | S::Escalated | S::Accepted | S::Asked,
        ) => (S::Withdrawn, SENDER),
        (Action::Withdraw, S::DownProposed) if kind == Kind::Down => (S::Withdrawn, SENDER),
        _ => return None,
    };
    Some(Step { to, sides, roles: ASKING })
}

fn deciding_step(state: State, action: Action) -> Option<Step> {
    use State as S;
    let roles = if state == S::Escalated { DECIDING_LATE } else { DECIDING };
    let (to, sides) = match (action, state) {
        (Action::Review, S::Submitted | S::InReview | S::Escalated) => (S::InReview, RECEIVER),
        (Action::Accept, S::Submitted | S::InReview | S::Escalated) => (S::Accepted, RECEIVER),
        (Action::Reject, S::Submitted | S::InReview | S::Escalated | S::Asked) => {
            (S::Rejected, RECEIVER)
        }
        (Action::Reassign, S::Submitted | S::InReview | S::Escalated | S::Accepted) => {
            (S::Submitted, RECEIVER)
        }
        // A hold that is lost puts the request back to where a person decides.
        (Action::ReturnToReview, S::Accepted) => (S::InReview, RECEIVER_OR_CLOCK),
        _ => return None,
    };
    Some(Step { to, sides, roles })
}

fn treating_step(state: State, action: Action, kind: Kind) -> Option<Step> {
    use State as S;
    let (to, sides, roles) = match (action, state) {
        (Action::Arrive, S::Accepted) => (S::Arrived, RECEIVER, RECEIVING),
        // An emergency does not wait for an answer.
        (Action::Arrive, S::Submitted | S::InReview | S::Escalated) if kind == Kind::Emergency => {
            (S::Arrived, RECEIVER, RECEIVING)
        }
        (Action::MarkNoShow, S::Accepted) => (S::NoShow, RECEIVER_OR_CLOCK, RECEIVING),
        (Action::Admit, S::Arrived | S::Seen) => (S::Admitted, RECEIVER, ADMITTING),
        (Action::See, S::Arrived) => (S::Seen, RECEIVER, TREATING),
        (Action::ReturnResults, S::Admitted | S::Seen) => (S::ResultsReturned, RECEIVER, TREATING),
        _ => return None,
    };
    Some(Step { to, sides, roles })
}

fn down_step(state: State, action: Action, facts: &Facts) -> Option<Step> {
    use State as S;
    let (to, sides, roles) = match (action, state) {
        (Action::ProposeDown, S::Admitted | S::Seen | S::ResultsReturned) => {
            (S::DownProposed, RECEIVER, DISCHARGING)
        }
        (Action::RecallDown, S::DownProposed) => (facts.before_down, RECEIVER, DISCHARGING),
        (Action::AcceptDown, S::DownProposed) => (S::CommunityAccepted, COMMUNITY, TAKING_BACK),
        (Action::DeclineDown, S::DownProposed) => {
            let to = if facts.kind == Kind::Down { S::Rejected } else { facts.before_down };
            (to, COMMUNITY, TAKING_BACK)
        }
        (Action::RecordFollowUp, S::CommunityAccepted) => {
            let to = if facts.follow_ups_left == 0 { S::FollowedUp } else { S::CommunityAccepted };
            (to, COMMUNITY_OR_CLOCK, VISITING)
        }
        _ => return None,
    };
    Some(Step { to, sides, roles })
}

fn ending_step(state: State, action: Action) -> Option<Step> {
    use State as S;
    let (to, sides, roles) = match (action, state) {
        (Action::Answer, S::Asked) => (S::Answered, RECEIVER, ANSWERING),
        (Action::BecomeReferral, S::Answered) => (S::BecameReferral, SENDER, ASKING),
        (Action::Close, S::ResultsReturned | S::Answered) => (S::Closed, SENDER_OR_CLOCK, CLOSING),
        (Action::Close, S::FollowedUp) => (S::Closed, HOME_OR_CLOCK, CLOSING),
        (Action::RecordDeath, live) if live.phase() == Phase::Live => {
            (S::Deceased, PEOPLE, WITNESSING)
        }
        (
            Action::CloseElsewhere,
            S::Submitted | S::InReview | S::Escalated | S::Accepted | S::Arrived,
        ) => (S::ClosedElsewhere, BOTH_OR_CLOCK, CLOSING),
        _ => return None,
    };
    Some(Step { to, sides, roles })
}

fn talking_step(state: State, action: Action) -> Option<Step> {
    let sides = match (action, state.phase()) {
        (Action::Attach, Phase::Draft) => SENDER,
        (Action::Message, Phase::Live | Phase::Ended) | (Action::Attach, Phase::Live) => PEOPLE,
        _ => return None,
    };
    Some(Step { to: state, sides, roles: TALKING })
}

fn clock_step(state: State, action: Action) -> Option<Step> {
    use State as S;
    let to = match (action, state) {
        (Action::Escalate, S::Submitted | S::InReview) => S::Escalated,
        (Action::Expire, S::Submitted | S::InReview | S::Escalated | S::Asked) => S::Expired,
        (
            Action::Remind,
            S::Arrived
            | S::Admitted
            | S::Seen
            | S::ResultsReturned
            | S::DownProposed
            | S::CommunityAccepted
            | S::FollowedUp
            | S::Asked
            | S::Answered,
        ) => state,
        _ => return None,
    };
    Some(Step { to, sides: CLOCK, roles: &[] })
}

/// Can a case of this kind stand in this state at all?
pub fn occurs(kind: Kind, state: State) -> bool {
    use State as S;
    match state {
        S::Draft | S::Closed | S::Rejected | S::Withdrawn | S::Deceased => true,
        S::Expired => kind != Kind::Down,
        S::Asked | S::Answered | S::BecameReferral => kind == Kind::Advice,
        S::DownProposed | S::CommunityAccepted | S::FollowedUp => {
            !matches!(kind, Kind::Advice | Kind::Exam)
        }
        S::Admitted => matches!(kind, Kind::Up | Kind::Transfer | Kind::Emergency),
        _ => !matches!(kind, Kind::Advice | Kind::Down),
    }
}

/// Is this action part of a case of this kind?
fn fits(kind: Kind, action: Action) -> bool {
    match action {
        Action::Answer | Action::BecomeReferral => kind == Kind::Advice,
        Action::Admit | Action::ProposeDown | Action::RecallDown => {
            matches!(kind, Kind::Up | Kind::Transfer | Kind::Emergency)
        }
        Action::AcceptDown | Action::DeclineDown | Action::RecordFollowUp => {
            !matches!(kind, Kind::Advice | Kind::Exam)
        }
        Action::Reject | Action::Expire => kind != Kind::Down,
        Action::Review
        | Action::Accept
        | Action::Reassign
        | Action::ReturnToReview
        | Action::Arrive
        | Action::See
        | Action::MarkNoShow
        | Action::ReturnResults
        | Action::CloseElsewhere
        | Action::Escalate => !matches!(kind, Kind::Advice | Kind::Down),
        _ => true,
    }
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
