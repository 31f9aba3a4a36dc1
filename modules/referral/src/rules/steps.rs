//! Every step there is: from which state, by which side and roles, to which state.

use super::Facts;
use crate::words::{Action, Kind, Phase, Role, Side, State};

/// One allowed step: who may take it and where it leads.
pub(super) struct Step {
    /// Where it leads.
    pub(super) to: State,
    /// From which sides.
    pub(super) sides: &'static [Side],
    /// In which roles.
    pub(super) roles: &'static [Role],
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
const TREATING: &[Role] = &[
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::Technician,
    Role::DutyChief,
];
/// Judge that a patient can go home to the community.
const DISCHARGING: &[Role] = &[
    Role::GeneralPractitioner,
    Role::AttendingDoctor,
    Role::DutyChief,
];
/// Take a patient back.
const TAKING_BACK: &[Role] = &[
    Role::VillageDoctor,
    Role::GeneralPractitioner,
    Role::ReferralOffice,
    Role::DutyChief,
];
/// Visit a patient.
const VISITING: &[Role] = &[
    Role::VillageDoctor,
    Role::GeneralPractitioner,
    Role::WardNurse,
];
/// Answer a question.
const ANSWERING: &[Role] = &[
    Role::AttendingDoctor,
    Role::GeneralPractitioner,
    Role::DutyChief,
    Role::Pharmacist,
];
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

/// The step an action takes from a state, whoever takes it.
pub(super) fn step(state: State, action: Action, facts: &Facts) -> Option<Step> {
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
    Some(Step {
        to,
        sides,
        roles: ASKING,
    })
}

fn deciding_step(state: State, action: Action) -> Option<Step> {
    use State as S;
    let roles = if state == S::Escalated {
        DECIDING_LATE
    } else {
        DECIDING
    };
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
            let to = if facts.kind == Kind::Down {
                S::Rejected
            } else {
                facts.before_down
            };
            (to, COMMUNITY, TAKING_BACK)
        }
        (Action::RecordFollowUp, S::CommunityAccepted) => {
            let to = if facts.follow_ups_left == 0 {
                S::FollowedUp
            } else {
                S::CommunityAccepted
            };
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
    Some(Step {
        to: state,
        sides,
        roles: TALKING,
    })
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
    Some(Step {
        to,
        sides: CLOCK,
        roles: &[],
    })
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
pub(super) fn fits(kind: Kind, action: Action) -> bool {
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
