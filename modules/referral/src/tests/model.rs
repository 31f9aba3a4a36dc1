//! Random people try random things; a model of a page says what should have happened.
//!
//! The model knows nothing of the rules' code: it is a table written a second time, in strings. On
//! both engines the same states come out, no bed is held twice, none is kept after an exit, and
//! nobody reads a case they have no side in.

mod program;
mod table;

use std::collections::BTreeSet;

use kernel::{Id, Span};
use serde_json::json;
use store::Request;
use testkit::TestApp;

use super::fixture::{World, modules, patient, sheet, world};
use crate::create_draft;
use table::{ACTIONS, Bed, Case, Person, is_live, person, predict};

/// Steps a run; twenty times as many with `LIANTI_RELIABILITY=full`.
const STEPS: usize = 2_500;
const PATIENTS: usize = 6;
const BEDS: usize = 60;

#[test]
fn random_people_and_a_plain_model_agree_on_sqlite() {
    testkit::on_sqlite(modules, play);
}

#[test]
fn random_people_and_a_plain_model_agree_on_postgres() {
    testkit::on_postgres(modules, play);
}

async fn play(app: TestApp) {
    let steps = if testkit::is_full() {
        STEPS * 20
    } else {
        STEPS
    };
    let mut model = Model::new(&app).await;
    for step in 0..steps {
        app.clock().advance(Span::seconds(1));
        if model.open_cases() < 12 || model.random.below(40) == 0 {
            model.write_draft(&app).await;
        } else {
            model.try_something(&app, step).await;
        }
        if step % 100 == 99 {
            model.check(&app, step, false).await;
        }
    }
    model.check(&app, steps, true).await;
    let (accepted, refused) = (model.accepted, model.refused);
    assert!(accepted > steps / 10, "too little happened: {accepted}");
    assert!(refused > steps / 10, "too little was refused: {refused}");
    let found = app.store().verify_audit().await.unwrap();
    assert!(found.is_whole());
}

struct Model {
    world: World,
    people: Vec<Person>,
    patients: Vec<Id>,
    beds: Vec<(Id, Bed)>,
    cases: Vec<Case>,
    random: Random,
    accepted: usize,
    refused: usize,
    /// Cases that had ended when they were last compared.
    settled: BTreeSet<Id>,
}

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
            settled: BTreeSet::new(),
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
}
