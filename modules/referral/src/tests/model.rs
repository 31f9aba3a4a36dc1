//! Random people try random things; a model of a page says what should have happened.
//!
//! The model knows nothing of the rules' code: it is a table written a second time, in strings. On
//! both engines the same states come out, no bed is held twice, none is kept after an exit, and
//! nobody reads a case they have no side in.

use std::sync::Arc;

use kernel::{Actor, ActorKind, Id, Scope, Span};
use serde_json::json;
use store::Request;
use testkit::{TestApp, on_each_engine};

use super::fixture::{World, modules, patient, plan, sheet, world};
use crate::{Command, act, act_as_system, create_draft, record_follow_up};

/// Steps a run; more by `LIANTI_MODEL_STEPS` would need the environment, which tests do not read.
const STEPS: usize = 2_500;
const PATIENTS: usize = 6;
const BEDS: usize = 60;

/// A small generator: the same steps in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Somebody who tries things.
#[derive(Clone)]
struct Person {
    org_id: Id,
    role: &'static str,
    request: Request,
}

fn person(org_id: Id, role: &'static str, at: u8) -> Person {
    let actor = Actor {
        id: Id::from_parts(1, [at; 10]),
        kind: ActorKind::Person,
        name: format!("{role}{at}"),
        practitioner_id: None,
        role: role.to_owned(),
        org_id,
        department_id: None,
        grants: std::collections::BTreeMap::new(),
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
struct Case {
    id: Id,
    kind: &'static str,
    state: &'static str,
    from: Id,
    to: Id,
    community: Option<Id>,
    patient: usize,
    problem: &'static str,
    bed: Option<usize>,
    admitted: bool,
    reported: bool,
    follow_ups: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bed {
    Free,
    Held,
    Used,
}

const LIVE: [&str; 12] = [
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

fn is_live(state: &str) -> bool {
    LIVE.contains(&state) || state == "answered"
}

/// What an action leads to, by the plain table.
fn predict(case: &Case, action: &str, who: &Person) -> Option<&'static str> {
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

const ACTIONS: &[&str] = &[
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

struct Model {
    world: World,
    people: Vec<Person>,
    patients: Vec<Id>,
    beds: Vec<(Id, Bed)>,
    cases: Vec<Case>,
    random: Random,
    accepted: usize,
    refused: usize,
}

#[test]
fn random_people_and_a_plain_model_agree() {
    on_each_engine(modules, |app| async move {
        let mut model = Model::new(&app).await;
        for step in 0..STEPS {
            app.clock().advance(Span::seconds(1));
            if model.open_cases() < 12 || model.random.below(40) == 0 {
                model.write_draft(&app).await;
            } else {
                model.try_something(&app, step).await;
            }
            if step % 100 == 99 {
                model.check_beds(&app, step).await;
            }
        }
        model.check_beds(&app, STEPS).await;
        assert!(
            model.accepted > STEPS / 10,
            "too little happened: {}",
            model.accepted
        );
        assert!(
            model.refused > STEPS / 10,
            "too little was refused: {}",
            model.refused
        );
        app.store()
            .verify_audit()
            .await
            .map(|found| assert!(found.is_whole()))
            .unwrap();
    });
}

impl Model {
    async fn new(app: &TestApp) -> Self {
        let world = world(app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let mut patients = Vec::new();
        for _ in 0..PATIENTS {
            patients.push(patient(&doctor).await);
        }
        let (lead, department_id) = (world.lead, world.cardiology);
        let system = Request::system("model");
        let beds = app.store().write(&system, move |tx| {
            let from = |value| serde_json::from_value(value);
            let ward = json!({ "org_id": lead, "department_id": department_id, "code": "WM", "name": "模型病区" });
            let ward = resources::import_ward(tx, &from(ward).unwrap())?;
            let mut beds = Vec::new();
            for at in 0..BEDS {
                let bed = json!({ "ward_id": ward.id, "code": format!("M{at}"), "sex_rule": "any",
                    "isolation": false, "channel": "referral", "price": 0 });
                beds.push(resources::import_bed(tx, &serde_json::from_value(bed).unwrap())?.id);
            }
            Ok(beds)
        });
        let beds = beds.await.unwrap();
        let people = vec![
            person(world.village, "village-doctor", 1),
            person(world.other_village, "village-doctor", 2),
            person(world.town, "general-practitioner", 3),
            person(world.lead, "referral-office", 4),
            person(world.lead, "attending-doctor", 5),
            person(world.lead, "ward-nurse", 6),
            person(world.lead, "duty-chief", 7),
            person(world.member, "referral-office", 8),
            person(world.stranger, "duty-chief", 9),
            person(world.lead, "health-bureau", 10),
        ];
        Self {
            beds: beds.into_iter().map(|id| (id, Bed::Free)).collect(),
            world,
            people,
            patients,
            cases: Vec::new(),
            random: Random(0x9e37_79b9_7f4a_7c15),
            accepted: 0,
            refused: 0,
        }
    }

    async fn write_draft(&mut self, app: &TestApp) {
        let at = self.random.below(PATIENTS);
        let kind = *self.random.pick(&["up", "up", "up", "emergency", "advice"]);
        let code = *self.random.pick(&["I50", "I20", "J18"]);
        let mut sheet = sheet(kind, self.patients[at], self.world.lead, code);
        sheet["content"]["question"] = json!("如何处理？");
        sheet["content"]["service"] = json!("inpatient");
        let new = serde_json::from_value(sheet).unwrap();
        let request = self.people[0].request.clone();
        let draft = app
            .store()
            .write(&request, move |tx| create_draft(tx, &new))
            .await
            .unwrap();
        self.cases.push(Case {
            id: draft.id,
            kind,
            state: "draft",
            from: self.world.village,
            to: self.world.lead,
            community: None,
            patient: at,
            problem: draft.problem_key.clone().leak(),
            bed: None,
            admitted: false,
            reported: false,
            follow_ups: 0,
        });
    }

    /// Live cases are tried more often than ended ones, since more can happen to them.
    fn some_case(&mut self) -> usize {
        let mut at = self.random.below(self.cases.len());
        for _ in 0..6 {
            if is_live(self.cases[at].state) || self.cases[at].state == "draft" {
                break;
            }
            at = self.random.below(self.cases.len());
        }
        at
    }

    fn open_cases(&self) -> usize {
        self.cases
            .iter()
            .filter(|case| is_live(case.state) || case.state == "draft")
            .count()
    }

    /// A random try; two in three are thrown again until the model thinks that they go through.
    fn some_try(&mut self) -> (usize, Person, &'static str, usize) {
        let insist = self.random.below(3) > 0;
        for _ in 0..200 {
            let at = self.some_case();
            let who = self.random.pick(&self.people).clone();
            let action = *self.random.pick(ACTIONS);
            let bed = self.random.below(BEDS);
            if !insist || self.expected(&self.cases[at], action, &who, bed).is_some() {
                return (at, who, action, bed);
            }
        }
        (0, self.people[0].clone(), "submit", 0)
    }

    async fn try_something(&mut self, app: &TestApp, step: usize) {
        let (at, who, action, bed) = self.some_try();
        let case = self.cases[at].clone();
        let expected = self.expected(&case, action, &who, bed);
        let done = self.perform(app, &case, action, &who, bed).await;
        let place = format!(
            "step {step}: {} in {} {action} by {} ",
            case.kind, case.state, who.role
        );
        match (&expected, &done) {
            (Some(state), Ok(found)) => {
                assert_eq!(found, state, "{place}");
                self.accepted += 1;
                self.follow(at, action, state, bed);
            }
            (None, Err(_)) => self.refused += 1,
            _ => panic!("{place}: the model says {expected:?}, the program {done:?}"),
        }
    }

    /// The table, and what it does not know: one live request a problem, one patient a bed.
    fn expected(
        &self,
        case: &Case,
        action: &str,
        who: &Person,
        bed: usize,
    ) -> Option<&'static str> {
        match action {
            "escalate" => {
                let waits = ["submitted", "in-review"].contains(&case.state);
                return waits.then_some("escalated");
            }
            "expire" => {
                let waits = ["submitted", "in-review", "escalated", "asked"].contains(&case.state);
                return waits.then_some("expired");
            }
            _ => {}
        }
        let outside = who.role == "health-bureau";
        let next = predict(case, action, who).filter(|_| !outside)?;
        let taken = self.cases.iter().any(|other| {
            other.id != case.id
                && is_live(other.state)
                && (other.patient, other.problem) == (case.patient, case.problem)
        });
        match action {
            "submit" if taken => None,
            "accept" if case.to != self.world.lead || self.beds[bed].1 != Bed::Free => None,
            // Passing on to where it already is makes no sense.
            "reassign" if case.to == self.other_hospital(case) => None,
            _ => Some(next),
        }
    }

    fn other_hospital(&self, case: &Case) -> Id {
        if case.to == self.world.lead {
            self.world.member
        } else {
            self.world.lead
        }
    }

    async fn perform(
        &self,
        app: &TestApp,
        case: &Case,
        action: &'static str,
        who: &Person,
        bed: usize,
    ) -> kernel::Result<String> {
        let id = case.id;
        if action == "follow-up" {
            return self.visit(app, id, who).await;
        }
        let reason = json!({ "reason_code": "no-bed", "reason_text": "模型" });
        let body = match action {
            "accept" => json!({ "place": { "kind": "bed", "bed_id": self.beds[bed].0 } }),
            "withdraw" => json!({ "reason_code": "improved" }),
            "reject" | "decline-down" | "return-to-review" | "recall-down" => reason,
            "reassign" => json!({ "org_id": self.other_hospital(case), "reason_code": "no-bed" }),
            "return-results" => json!({ "summary": { "findings": "见报告" } }),
            "propose-down" => json!({ "org_id": self.world.town, "plan": plan() }),
            "answer" => json!({ "text": "观察", "suggests": "stay" }),
            "close" => json!({ "outcome": { "result": "improved" } }),
            "record-death" => json!({ "died_on": app.clock().now().date() }),
            "close-elsewhere" => json!({ "text": "外院" }),
            "submit" => json!({ "override_reason": "模型" }),
            _ => json!({}),
        };
        let unit = ["accept-down", "escalate", "expire", "no-show"].contains(&action);
        let word = if action == "no-show" {
            "mark-no-show"
        } else {
            action
        };
        let command = if unit {
            json!({ "action": word })
        } else {
            json!({ "action": word, "body": body })
        };
        let command: Command = serde_json::from_value(command).unwrap();
        let by_clock = ["escalate", "expire"].contains(&action);
        let request = if by_clock {
            Request::system("model")
        } else {
            who.request.clone()
        };
        let done = app.store().write(&request, move |tx| {
            if by_clock {
                act_as_system(tx, id, &command)
            } else {
                act(tx, id, None, &command)
            }
        });
        Ok(done.await?.state.word().to_owned())
    }

    async fn visit(&self, app: &TestApp, id: Id, who: &Person) -> kernel::Result<String> {
        let record = json!({ "way": "phone", "done_on": app.clock().now().date(),
            "form": { "general": "好", "symptoms": "no" } });
        let record: crate::FollowUpRecord = serde_json::from_value(record).unwrap();
        let done = app.store().write(&who.request, move |tx| {
            let all = crate::store::follow_ups_of(tx, id)?;
            let waiting = all
                .iter()
                .find(|one| one.state == crate::FollowUpState::Waiting);
            let Some(waiting) = waiting else {
                return Err(kernel::Error::not_found("follow-up"));
            };
            record_follow_up(tx, waiting.id, None, &record)?;
            Ok(tx.load::<crate::Referral>(id)?.state.word().to_owned())
        });
        done.await
    }

    /// The model takes the step too.
    fn follow(&mut self, at: usize, action: &str, state: &'static str, bed: usize) {
        let other = self.other_hospital(&self.cases[at]);
        let admitted_patient = self.cases[at].patient;
        let town = self.world.town;
        let case = &mut self.cases[at];
        case.state = state;
        match action {
            "accept" => {
                case.bed = Some(bed);
                self.beds[bed].1 = Bed::Held;
            }
            "reassign" => case.to = other,
            "admit" => case.admitted = true,
            "return-results" => case.reported = true,
            "propose-down" => case.community = Some(town),
            "recall-down" | "decline-down" => case.community = None,
            "accept-down" => case.follow_ups = 3,
            "follow-up" => case.follow_ups -= 1,
            _ => {}
        }
        if action == "admit"
            && let Some(used) = case.bed.take()
        {
            self.beds[used].1 = Bed::Used;
        }
        if !["accepted", "arrived"].contains(&state)
            && let Some(freed) = case.bed.take()
        {
            self.beds[freed].1 = Bed::Free;
        }
        if action == "admit" {
            self.close_others(at, admitted_patient);
        }
    }

    /// An admission closes what else waits for a bed for this patient.
    fn close_others(&mut self, at: usize, patient: usize) {
        for index in 0..self.cases.len() {
            let other = &mut self.cases[index];
            let waits = ["submitted", "in-review", "escalated", "accepted"].contains(&other.state);
            if index != at && other.patient == patient && waits && other.kind != "advice" {
                other.state = "closed-elsewhere";
                if let Some(freed) = other.bed.take() {
                    self.beds[freed].1 = Bed::Free;
                }
            }
        }
    }

    /// The store holds exactly the beds the model holds; ended cases keep nothing open; strangers
    /// see nothing.
    async fn check_beds(&self, app: &TestApp, step: usize) {
        let mut held = Vec::new();
        for case in &self.cases {
            let id = case.id;
            let stranger = &self.people[8].request;
            let hidden = app
                .store()
                .read(stranger, move |tx| crate::is_visible(tx, id))
                .await
                .unwrap();
            assert!(!hidden, "step {step}: a stranger sees a case");
            let (state, holds) = app
                .store()
                .read(&Request::system("model"), move |tx| {
                    let state = tx.load::<crate::Referral>(id)?.state;
                    Ok((state, resources::holds_for(tx, "referral", id)?))
                })
                .await
                .unwrap();
            assert_eq!(state.word(), case.state, "step {step}");
            let live: Vec<Id> = holds
                .iter()
                .filter(|hold| hold.state.is_live())
                .map(|hold| hold.place.id())
                .collect();
            let expected: Vec<Id> = case.bed.iter().map(|bed| self.beds[*bed].0).collect();
            assert_eq!(live, expected, "step {step}: {case:?}");
            held.extend(live);
        }
        let count = held.len();
        held.sort();
        held.dedup();
        assert_eq!(held.len(), count, "step {step}: a bed is held twice");
    }
}
