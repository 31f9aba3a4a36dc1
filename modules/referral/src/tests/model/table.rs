//! The page that the program is held against: the table of rules written a second time, in strings,
//! and who tries what.

use std::sync::Arc;

use kernel::{Actor, ActorKind, Id, Scope};
use store::Request;

/// Somebody who tries things.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) org_id: Id,
    pub(super) role: &'static str,
    pub(super) request: Request,
}

pub(super) fn person(org_id: Id, role: &'static str, at: u8) -> Person {
    let actor = Actor {
        id: Id::from_parts(1, [at; 10]),
        kind: ActorKind::Person,
        name: format!("{role}{at}"),
        practitioner_id: None,
        role: role.to_owned(),
        org_id,
        department_id: None,
        grants: std::collections::BTreeMap::new(),
        app: None,
    };
    let request = Request {
        actor: Arc::new(actor),
        scope: Some(Scope::Org),
        ..Request::system("model")
    };
    Person {
        org_id,
        role,
        request,
    }
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) id: Id,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) from: Id,
    pub(super) to: Id,
    pub(super) community: Option<Id>,
    pub(super) patient: usize,
    pub(super) problem: &'static str,
    pub(super) bed: Option<usize>,
    pub(super) admitted: bool,
    pub(super) reported: bool,
    pub(super) follow_ups: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bed {
    Free,
    Held,
    Used,
}

pub(super) const LIVE: [&str; 12] = [
    "submitted",
    "in-review",
    "escalated",
    "accepted",
    "arrived",
    "admitted",
    "seen",
    "results-returned",
    "down-proposed",
    "community-accepted",
    "followed-up",
    "asked",
];

pub(super) fn is_live(state: &str) -> bool {
    LIVE.contains(&state) || state == "answered"
}

/// What an action leads to, by the plain table.
pub(super) fn predict(case: &Case, action: &str, who: &Person) -> Option<&'static str> {
    let sender = who.org_id == case.from;
    let receiver = who.org_id == case.to;
    let community = Some(who.org_id) == case.community;
    let role = |allowed: &str| allowed.split(' ').any(|one| one == who.role);
    let at = |states: &str| states.split(' ').any(|one| one == case.state);
    let advice = case.kind == "advice";
    let asks =
        role("village-doctor general-practitioner attending-doctor referral-office duty-chief");
    let decides = if case.state == "escalated" {
        role("referral-office general-practitioner duty-chief")
    } else {
        role("referral-office general-practitioner attending-doctor duty-chief")
    };
    let doctor = role("general-practitioner attending-doctor duty-chief");
    let takes = role("village-doctor general-practitioner referral-office duty-chief");
    let waiting = at("submitted in-review escalated");
    let before_down = if case.reported {
        "results-returned"
    } else if case.admitted {
        "admitted"
    } else {
        "seen"
    };
    match action {
        "submit" if at("draft") && sender && asks => {
            Some(if advice { "asked" } else { "submitted" })
        }
        "withdraw" if (at("draft") || waiting || at("accepted asked")) && sender && asks => {
            Some("withdrawn")
        }
        "withdraw" if at("arrived") && (sender || receiver) && asks => Some("withdrawn"),
        "review" if waiting && receiver && decides && !advice => Some("in-review"),
        "accept" if waiting && receiver && decides && !advice => Some("accepted"),
        "reject" if (waiting || at("asked")) && receiver && decides => Some("rejected"),
        "reassign" if (waiting || at("accepted")) && receiver && decides => Some("submitted"),
        "return-to-review" if at("accepted") && receiver && decides => Some("in-review"),
        "arrive"
            if (at("accepted") || (waiting && case.kind == "emergency"))
                && receiver
                && role(
                    "referral-office general-practitioner attending-doctor ward-nurse duty-chief",
                ) =>
        {
            Some("arrived")
        }
        "no-show"
            if at("accepted")
                && receiver
                && role(
                    "referral-office general-practitioner attending-doctor ward-nurse duty-chief",
                ) =>
        {
            Some("no-show")
        }
        "admit"
            if at("arrived seen")
                && receiver
                && role("general-practitioner attending-doctor ward-nurse duty-chief") =>
        {
            Some("admitted")
        }
        "see" if at("arrived") && receiver && doctor => Some("seen"),
        "return-results" if at("admitted seen") && receiver && doctor => Some("results-returned"),
        "propose-down" if at("admitted seen results-returned") && receiver && doctor => {
            Some("down-proposed")
        }
        "recall-down" if at("down-proposed") && receiver && doctor => Some(before_down),
        "accept-down" if at("down-proposed") && community && takes => Some("community-accepted"),
        "decline-down" if at("down-proposed") && community && takes => Some(before_down),
        "follow-up"
            if at("community-accepted")
                && community
                && role("village-doctor general-practitioner ward-nurse") =>
        {
            Some(if case.follow_ups > 1 {
                "community-accepted"
            } else {
                "followed-up"
            })
        }
        "answer" if at("asked") && receiver && doctor => Some("answered"),
        "close" if at("results-returned answered") && sender && asks => Some("closed"),
        "close" if at("followed-up") && (sender || community) && asks => Some("closed"),
        "record-death"
            if is_live(case.state)
                && (sender || receiver || community)
                && role(
                    "village-doctor general-practitioner attending-doctor ward-nurse duty-chief",
                ) =>
        {
            Some("deceased")
        }
        "close-elsewhere"
            if (waiting || at("accepted arrived")) && (sender || receiver) && asks =>
        {
            Some("closed-elsewhere")
        }
        _ => None,
    }
}

pub(super) const ACTIONS: &[&str] = &[
    "submit",
    "submit",
    "withdraw",
    "review",
    "accept",
    "accept",
    "accept",
    "reject",
    "reassign",
    "return-to-review",
    "arrive",
    "arrive",
    "admit",
    "admit",
    "see",
    "return-results",
    "return-results",
    "propose-down",
    "propose-down",
    "recall-down",
    "accept-down",
    "accept-down",
    "decline-down",
    "follow-up",
    "follow-up",
    "follow-up",
    "answer",
    "close",
    "no-show",
    "record-death",
    "close-elsewhere",
    "escalate",
    "expire",
];
