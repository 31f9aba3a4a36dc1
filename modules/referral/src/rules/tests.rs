//! The rules as a whole: every cell answers, every state has an exit, nothing keeps a place.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::clock::Clocks;
use super::table::{markdown, table};
use super::*;

fn clocks() -> Clocks {
    serde_json::from_str(include_str!("../data/clocks.json")).unwrap()
}

/// Everything that can be done in a state with these facts.
fn open(kind: Kind, state: State) -> Vec<(Action, Side, Role, Transition)> {
    let facts = Facts::favourable(kind);
    let mut open = Vec::new();
    for action in Action::ALL {
        for side in Side::ALL {
            for role in Role::ALL {
                if let Ok(transition) = decide(state, *action, *side, *role, &facts) {
                    open.push((*action, *side, *role, transition));
                }
            }
        }
    }
    open
}

/// States a case of this kind can come to, from a draft on.
fn reachable(kind: Kind) -> BTreeSet<State> {
    let mut seen = BTreeSet::from([State::Draft]);
    let mut next = vec![State::Draft];
    while let Some(state) = next.pop() {
        for follow_ups_left in [0, 1] {
            let facts = Facts {
                follow_ups_left,
                ..Facts::favourable(kind)
            };
            for action in Action::ALL {
                for side in Side::ALL {
                    for role in Role::ALL {
                        if let Ok(transition) = decide(state, *action, *side, *role, &facts)
                            && seen.insert(transition.to)
                        {
                            next.push(transition.to);
                        }
                    }
                }
            }
        }
    }
    seen
}

#[test]
fn every_cell_answers_with_a_step_or_a_reason() {
    let mut allowed = 0;
    let mut refused = BTreeSet::new();
    for cell in table() {
        match cell.answer {
            Ok(transition) => {
                allowed += 1;
                assert!(
                    occurs(cell.kind, transition.to),
                    "{cell:?} leads to an illegal state"
                );
            }
            Err(refusal) => {
                assert!(refusal.code().starts_with("referral."));
                refused.insert(refusal.code());
            }
        }
    }
    assert!(allowed > 500, "{allowed} cells are open");
    // With favourable facts no fact can be what refuses.
    let by_fact = [
        Refusal::PlaceNeeded,
        Refusal::ReasonNeeded,
        Refusal::NotStable,
    ];
    assert_eq!(refused.len(), Refusal::ALL.len() - by_fact.len());
}

#[test]
fn every_state_that_occurs_is_reached_and_no_other() {
    for kind in Kind::ALL {
        let reached = reachable(*kind);
        for state in State::ALL {
            assert_eq!(
                reached.contains(state),
                occurs(*kind, *state),
                "{kind:?} {state:?}"
            );
        }
    }
}

#[test]
fn every_live_state_has_an_exit_by_a_person() {
    for kind in Kind::ALL {
        for state in reachable(*kind)
            .into_iter()
            .filter(|state| state.phase() != Phase::Ended)
        {
            let exit = open(*kind, state)
                .into_iter()
                .any(|(_, side, _, transition)| side != Side::System && transition.to != state);
            assert!(exit, "{kind:?} {state:?} has no exit");
        }
    }
}

#[test]
fn nothing_happens_to_an_ended_case_but_talk() {
    for kind in Kind::ALL {
        for state in reachable(*kind)
            .into_iter()
            .filter(|state| state.phase() == Phase::Ended)
        {
            for (action, ..) in open(*kind, state) {
                assert_eq!(action, Action::Message, "{kind:?} {state:?}");
            }
        }
    }
}

#[test]
fn places_are_held_only_while_accepted_or_just_arrived() {
    for cell in table() {
        let Ok(transition) = cell.answer else {
            continue;
        };
        let may_hold = |state: State| matches!(state, State::Accepted | State::Arrived);
        let left = may_hold(cell.state) && !may_hold(transition.to);
        let gives_up = matches!(transition.hold, HoldEffect::Release | HoldEffect::Use);
        assert!(!left || gives_up, "{cell:?} keeps a place");
        assert!(
            transition.hold != HoldEffect::Take || transition.to == State::Accepted,
            "{cell:?}"
        );
    }
}

#[test]
fn those_who_only_govern_or_run_the_system_decide_nothing() {
    let outside = [
        Role::HealthBureau,
        Role::Resident,
        Role::SystemAdmin,
        Role::SecurityAdmin,
        Role::AuditAdmin,
        Role::PrivacyOfficer,
    ];
    for cell in table().filter(|cell| outside.contains(&cell.role)) {
        assert!(cell.answer.is_err(), "{cell:?}");
    }
}

#[test]
fn only_the_server_stands_on_the_system_side() {
    for cell in table().filter(|cell| cell.answer.is_ok()) {
        assert_eq!(
            cell.side == Side::System,
            cell.role == Role::System,
            "{cell:?}"
        );
    }
}

/// One line a fact a doctor would check.
#[test]
fn the_steps_a_doctor_would_check() {
    let check = |kind, state, action, side, role, expected: Result<State, Refusal>| {
        let answer = decide(state, action, side, role, &Facts::favourable(kind));
        assert_eq!(
            answer.map(|transition| transition.to),
            expected,
            "{state:?} {action:?} {role:?}"
        );
    };
    use Action as A;
    use Refusal as R;
    use Role as P;
    use State as S;
    let (up, receiver, sender) = (Kind::Up, Side::Receiver, Side::Sender);
    check(
        up,
        S::Draft,
        A::Submit,
        sender,
        P::VillageDoctor,
        Ok(S::Submitted),
    );
    check(
        up,
        S::Draft,
        A::Submit,
        sender,
        P::WardNurse,
        Err(R::OtherRole),
    );
    check(
        up,
        S::Submitted,
        A::Accept,
        receiver,
        P::ReferralOffice,
        Ok(S::Accepted),
    );
    check(
        up,
        S::Submitted,
        A::Accept,
        sender,
        P::ReferralOffice,
        Err(R::OtherSide),
    );
    check(
        up,
        S::Escalated,
        A::Accept,
        receiver,
        P::AttendingDoctor,
        Err(R::OtherRole),
    );
    check(
        up,
        S::Escalated,
        A::Accept,
        receiver,
        P::DutyChief,
        Ok(S::Accepted),
    );
    check(
        up,
        S::Submitted,
        A::Arrive,
        receiver,
        P::WardNurse,
        Err(R::NotNow),
    );
    check(
        Kind::Emergency,
        S::Submitted,
        A::Arrive,
        receiver,
        P::WardNurse,
        Ok(S::Arrived),
    );
    check(
        up,
        S::Accepted,
        A::Reassign,
        receiver,
        P::ReferralOffice,
        Ok(S::Submitted),
    );
    check(
        up,
        S::Arrived,
        A::Admit,
        receiver,
        P::WardNurse,
        Ok(S::Admitted),
    );
    check(
        Kind::Exam,
        S::Seen,
        A::Admit,
        receiver,
        P::WardNurse,
        Err(R::NotForThisKind),
    );
    check(
        up,
        S::Admitted,
        A::ReturnResults,
        receiver,
        P::AttendingDoctor,
        Ok(S::ResultsReturned),
    );
    check(
        up,
        S::Admitted,
        A::Withdraw,
        sender,
        P::VillageDoctor,
        Err(R::NotNow),
    );
    check(
        up,
        S::Closed,
        A::Accept,
        receiver,
        P::ReferralOffice,
        Err(R::Ended),
    );
    check(
        up,
        S::Submitted,
        A::Expire,
        receiver,
        P::DutyChief,
        Err(R::ClockOnly),
    );
    check(
        up,
        S::Submitted,
        A::Escalate,
        Side::System,
        P::System,
        Ok(S::Escalated),
    );
    check(
        Kind::Advice,
        S::Draft,
        A::Submit,
        sender,
        P::VillageDoctor,
        Ok(S::Asked),
    );
    check(
        Kind::Advice,
        S::Asked,
        A::Answer,
        receiver,
        P::AttendingDoctor,
        Ok(S::Answered),
    );
    check(
        Kind::Advice,
        S::Answered,
        A::BecomeReferral,
        sender,
        P::VillageDoctor,
        Ok(S::BecameReferral),
    );
    check(
        Kind::Down,
        S::Draft,
        A::Submit,
        sender,
        P::AttendingDoctor,
        Ok(S::DownProposed),
    );
    check(
        Kind::Down,
        S::DownProposed,
        A::DeclineDown,
        Side::Community,
        P::GeneralPractitioner,
        Ok(S::Rejected),
    );
    check(
        up,
        S::DownProposed,
        A::DeclineDown,
        Side::Community,
        P::GeneralPractitioner,
        Ok(S::ResultsReturned),
    );
}

#[test]
fn facts_that_are_missing_refuse() {
    let facts = Facts::favourable(Kind::Up);
    let check = |state, action, side, role, facts: Facts, expected| {
        assert_eq!(
            decide(state, action, side, role, &facts).unwrap_err(),
            expected
        );
    };
    let unplaced = Facts {
        place_needed: true,
        place_named: false,
        ..facts
    };
    let silent = Facts {
        reason_given: false,
        ..facts
    };
    let unstable = Facts {
        stable: false,
        ..facts
    };
    let (receiver, office) = (Side::Receiver, Role::ReferralOffice);
    check(
        State::Submitted,
        Action::Accept,
        receiver,
        office,
        unplaced,
        Refusal::PlaceNeeded,
    );
    check(
        State::Submitted,
        Action::Reject,
        receiver,
        office,
        silent,
        Refusal::ReasonNeeded,
    );
    check(
        State::Admitted,
        Action::ProposeDown,
        receiver,
        Role::AttendingDoctor,
        unstable,
        Refusal::NotStable,
    );
}

#[test]
fn the_clocks_that_come_with_the_program_can_all_run() {
    clocks().check().unwrap();
    // Every state in which somebody is waited for has a limit.
    for kind in Kind::ALL {
        for state in reachable(*kind) {
            let waits = state.phase() == Phase::Live && state != State::CommunityAccepted;
            let limit = clocks()
                .of(state, *kind, crate::words::Priority::Routine)
                .is_some();
            assert!(!waits || limit, "{kind:?} {state:?} may wait for ever");
        }
    }
}

#[test]
fn a_clock_that_can_not_be_is_refused() {
    let mut wrong = clocks();
    wrong.clocks[0].action = Action::Accept;
    assert_eq!(wrong.check().unwrap_err().code(), "referral.clock-rule");
    let mut wrong = clocks();
    wrong.clocks[0].minutes = 0;
    assert_eq!(wrong.check().unwrap_err().fields(), ["clocks.0.minutes"]);
}

#[test]
fn the_page_names_every_state_action_and_role() {
    let page = markdown();
    for state in State::ALL {
        assert!(page.contains(&format!("`{}`", state.word())), "{state:?}");
    }
    for action in Action::ALL {
        assert!(page.contains(&format!("`{}`", action.word())), "{action:?}");
    }
    for refusal in Refusal::ALL {
        assert!(page.contains(refusal.code()));
    }
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(words: &'static [T]) -> impl Strategy<Value = T> {
    (0..words.len()).prop_map(|at| words[at])
}

proptest! {
    /// Whatever people try in whatever order, a case stands in a state of its kind, and holds a
    /// place only where a place may be held.
    #[test]
    fn no_sequence_reaches_an_illegal_state_or_keeps_a_place(
        kind in any_of(Kind::ALL),
        tries in prop::collection::vec(
            (any_of(Action::ALL), any_of(Side::ALL), any_of(Role::ALL), 0_u32..3, any::<bool>()), 0..400),
    ) {
        let mut state = State::Draft;
        let mut held = false;
        for (action, side, role, follow_ups_left, named) in tries {
            let facts = Facts { follow_ups_left, place_named: named, ..Facts::favourable(kind) };
            let Ok(transition) = decide(state, action, side, role, &facts) else { continue };
            held = match transition.hold {
                HoldEffect::Take => named,
                HoldEffect::Keep | HoldEffect::Arrive => held,
                HoldEffect::Use | HoldEffect::Release => false,
            };
            state = transition.to;
            prop_assert!(occurs(kind, state));
            prop_assert!(!held || matches!(state, State::Accepted | State::Arrived));
        }
    }
}
