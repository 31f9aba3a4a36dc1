//! Back in the community: the proposal, its answer, follow-ups, the end of the case.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Id, Instant, Result, Span};
use referral::{
    Close, Command, DeclineDown, Diagnosis, FollowUp, FollowUpRecord, FollowUpWay, Outcome,
    OutcomeResult, PlanContent, PlannedDrug, ProposeDown, State,
};
use store::Tx;

use crate::cast::Person;
use crate::play::{Play, Task};
use crate::play_case::{Sheet, Stage};
use crate::random::Random;
use crate::texts;

/// Lines of the stability checklist.
const STABLE: &[&str] = &[
    "vitals-stable",
    "diagnosis-clear",
    "oral-medication",
    "wound-managed",
    "family-informed",
    "warning-signs-taught",
    "swallow-checked",
    "pressure-controlled",
    "glucose-controlled",
];
/// Who takes a patient back.
const TAKING_BACK: &[&str] = &["village-doctor", "general-practitioner"];
/// Of a thousand follow-ups, so many are forgotten.
const MISSED_PER_MILLE: u32 = 55;
/// Events of one patient that are looked through for the follow-ups just planned.
const EVENTS_MAX: u32 = 20;

/// The plan for a patient who goes down.
pub(crate) fn plan(sheet: Sheet, random: &mut Random) -> PlanContent {
    let (code, display) = sheet.diagnosis();
    let drugs = match sheet {
        Sheet::Usual(scenario) => scenario.drugs,
        Sheet::Exam(_) => &[],
    };
    PlanContent {
        diagnoses: vec![Diagnosis {
            code: code.to_owned(),
            display: display.to_owned(),
        }],
        stability: STABLE
            .iter()
            .map(|line| ((*line).to_owned(), true))
            .collect(),
        drugs: drugs
            .iter()
            .map(|(code, display, dose)| PlannedDrug {
                code: (*code).to_owned(),
                display: (*display).to_owned(),
                dose: (*dose).to_owned(),
                days: Some(30),
            })
            .collect(),
        rehabilitation_goal: (*random.pick(texts::GOALS)).to_owned(),
        precautions: "胸痛、气促、意识改变或发热请立即联系转出科室。".to_owned(),
        starts_on: None,
        follow_up_days: None,
        follow_up_reason: None,
    }
}

impl Play {
    /// The hospital proposes that the community take the patient.
    pub(crate) async fn propose_down(&mut self, case: usize, state: State) -> Result<()> {
        if state != State::ResultsReturned {
            self.next(case, Stage::Over, 100, 300);
            return Ok(());
        }
        let place = self.world.residents[self.cases[case].patient]
            .resident
            .place;
        let place = self.world.shape.places[place].clone();
        let nearest = self.world.random.chance(550);
        let community = if nearest {
            place.served_by
        } else {
            place.centre
        };
        if community == self.cases[case].to {
            self.next(case, Stage::Close, 400, 5_000);
            return Ok(());
        }
        let plan = plan(self.cases[case].sheet, &mut self.world.random);
        let org_id = Some(self.world.organization(&community)?);
        let doctor = self.of_department(case, &["attending-doctor", "general-practitioner"])?;
        let command = Command::ProposeDown(ProposeDown { org_id, plan });
        let proposed = self.act(case, &doctor, command).await?;
        if proposed.is_some() {
            self.cases[case].community = Some(community);
            self.next(case, Stage::AcceptDown, 60, 1_300);
        } else {
            self.next(case, Stage::Close, 400, 5_000);
        }
        Ok(())
    }

    fn village(&mut self, case: usize) -> Result<Arc<Person>> {
        let key = self.cases[case]
            .community
            .clone()
            .unwrap_or_else(|| self.cases[case].from.clone());
        self.world
            .cast
            .at(&key, TAKING_BACK, &mut self.world.random)
    }

    /// The community answers; taking the patient makes the follow-ups.
    pub(crate) async fn accept_down(&mut self, case: usize, state: State) -> Result<()> {
        if state != State::DownProposed {
            self.next(case, Stage::Over, 100, 300);
            return Ok(());
        }
        let who = self.village(case)?;
        if self.world.random.chance(60) {
            let command = Command::DeclineDown(DeclineDown {
                reason_code: "drug-missing".to_owned(),
                reason_text: Some("本站暂无所需药品，建议先到卫生院取药随访。".to_owned()),
            });
            self.act(case, &who, command).await?;
            self.next(case, Stage::Close, 400, 5_000);
            return Ok(());
        }
        let id = self.cases[case].id;
        let accept = move |tx: &mut Tx<'_>| take_back(tx, id);
        let taken = self
            .world
            .as_person(&who, "referral.follow-up", accept)
            .await;
        let Some(follow_ups) = self.forgive(taken)? else {
            self.next(case, Stage::Over, 300, 900);
            return Ok(());
        };
        let mut last = self.world.now();
        for (id, due_at) in follow_ups {
            last = due_at;
            if self.world.random.chance(MISSED_PER_MILLE) {
                continue;
            }
            let late = i64::from(self.world.random.below(1_700));
            self.at(due_at + Span::minutes(late), Task::FollowUp { case, id });
        }
        // After the last one, or after its days of grace.
        self.cases[case].stage = Stage::Close;
        self.cases[case].tries = 0;
        let days = i64::from(self.world.random.between(4, 6));
        self.at(last + Span::days(days), Task::Step(case));
        Ok(())
    }

    /// A follow-up is recorded by day; one that is due on the last day waits for the audience.
    pub(crate) async fn follow_up(&mut self, case: usize, id: Id) -> Result<()> {
        let now = self.world.now();
        if !(8..19).contains(&now.local_hour()) {
            let evening = now.local_hour() >= 19;
            let minute = u8::try_from(self.world.random.below(60)).unwrap_or(0);
            let morning = now.date().plus_days(i64::from(evening)).at(9, minute);
            self.at(morning, Task::FollowUp { case, id });
            return Ok(());
        }
        let who = self.village(case)?;
        let record = self.record(case);
        let write =
            move |tx: &mut Tx<'_>| referral::record_follow_up(tx, id, None, &record).map(|_| ());
        let written = self
            .world
            .as_person(&who, "referral.follow-up", write)
            .await;
        if self.forgive(written)?.is_some() {
            self.played.follow_ups += 1;
            self.vital_signs(case, &who).await?;
        }
        Ok(())
    }

    fn record(&mut self, case: usize) -> FollowUpRecord {
        let code = self.cases[case].sheet.diagnosis().0;
        let random = &mut self.world.random;
        let general = *random.pick(texts::FOLLOW_UPS);
        let troubled = random.chance(120);
        let mut form = BTreeMap::from([
            ("general".to_owned(), general.to_owned()),
            (
                "symptoms".to_owned(),
                if troubled { "yes" } else { "no" }.to_owned(),
            ),
            (
                "guidance".to_owned(),
                "继续原方案，按时服药，低盐饮食。".to_owned(),
            ),
        ]);
        let mut number = |name: &str, low: u32, high: u32| {
            form.insert(name.to_owned(), random.between(low, high).to_string());
        };
        if code.starts_with('I') {
            number("systolic", 118, 152);
            number("diastolic", 70, 92);
        }
        if code.starts_with("E11") {
            number("glucose", 5, 10);
        }
        let way = match random.below(10) {
            0..=3 => FollowUpWay::HomeVisit,
            4..=6 => FollowUpWay::Phone,
            7..=8 => FollowUpWay::Clinic,
            _ => FollowUpWay::Video,
        };
        FollowUpRecord {
            way,
            done_on: self.world.today(),
            form,
            takes_drugs: Some(self.world.random.chance(930)),
            readmitted: Some(self.world.random.chance(25)),
            progress: general.to_owned(),
        }
    }

    /// The side that has the patient ends the case.
    pub(crate) async fn close(&mut self, case: usize, state: State) -> Result<()> {
        let now = self.world.now();
        if !(8..19).contains(&now.local_hour()) {
            let evening = now.local_hour() >= 19;
            self.at(
                now.date().plus_days(i64::from(evening)).at(10, 15),
                Task::Step(case),
            );
            return Ok(());
        }
        let who = match state {
            State::ResultsReturned | State::Answered => Arc::clone(&self.cases[case].sender),
            State::FollowedUp => self.village(case)?,
            State::DownProposed | State::CommunityAccepted => {
                self.again(case, Span::days(1));
                return Ok(());
            }
            _ => {
                self.next(case, Stage::Over, 300, 900);
                return Ok(());
            }
        };
        let result = match self.world.random.below(100) {
            0..=17 => OutcomeResult::Cured,
            18..=88 => OutcomeResult::Improved,
            89..=96 => OutcomeResult::Unchanged,
            _ => OutcomeResult::Other,
        };
        // Not everybody is asked, and not everybody answers.
        let satisfaction = self.world.random.chance(720).then(|| {
            *self
                .world
                .random
                .weighted(&[(5_u8, 55), (4, 33), (3, 9), (2, 2), (1, 1)])
        });
        let outcome = Outcome {
            result,
            text: None,
            satisfaction,
        };
        self.act(case, &who, Command::Close(Close { outcome }))
            .await?;
        self.end(case).await
    }
}

/// Takes the patient, and answers when each follow-up is due, in the order of the days.
fn take_back(tx: &mut Tx<'_>, id: Id) -> Result<Vec<(Id, Instant)>> {
    let referral = referral::act(tx, id, None, &Command::AcceptDown)?;
    let latest = (Instant::from_micros(i64::MAX), Id::MAX);
    let events = tx.events_of_patient(referral.patient_id, latest, EVENTS_MAX)?;
    let mut due = Vec::new();
    for event in events
        .iter()
        .filter(|event| event.event == "follow-up.planned")
    {
        let planned = tx.load::<FollowUp>(event.entity_id)?;
        if planned.referral_id == id {
            due.push((planned.id, planned.due_on.at(9, 0)));
        }
    }
    due.sort_by_key(|(_, at)| *at);
    Ok(due)
}
