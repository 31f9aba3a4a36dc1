//! The side asked: takes a request up, finds a place and accepts, refuses, passes on, or answers a
//! question.

use std::sync::Arc;

use kernel::identity::Sex;
use kernel::{Id, Instant, Result, Span};
use referral::{
    Accept, AdviceSuggests, AnswerQuestion, Command, Exit, Kind, Reassign, Referral, Review,
    Service, State, Submit,
};
use resources::{Channel, Offer, Place, PlaceKind, Search};
use store::Tx;

use crate::cast::Person;
use crate::play::{Play, Task};
use crate::play_case::{Fate, Sheet, Stage};
use crate::play_open::Wish;
use crate::play_sheet::Opening;
use crate::scenarios_urgent::EXAMS;
use crate::texts;

/// Who decides on requests: the referral office, in a centre the general practitioner.
pub(crate) const DECIDING: &[&str] = &["referral-office", "general-practitioner", "duty-chief"];
const DECIDING_LATE: &[&str] = &["duty-chief", "general-practitioner", "director"];
/// Who looks at a request again when the hold is lost.
const OPEN: &[State] = &[State::Submitted, State::InReview, State::Escalated];

/// What to look for.
#[derive(Clone)]
struct Wanted {
    referral_id: Id,
    place: Option<PlaceKind>,
    org_id: Id,
    department_id: Id,
    /// Where else an emergency may lie.
    emergency_id: Option<Id>,
    for_org_id: Id,
    sex: Sex,
    exam: Option<&'static str>,
    channel: Channel,
    /// Which of the offers that suit is taken.
    choice: usize,
    /// When the patient is expected, for a bed or where nothing is held.
    expected_at: Instant,
    note: Option<String>,
}

impl Play {
    /// Somebody takes it up.
    pub(crate) async fn review(&mut self, case: usize, state: State) -> Result<()> {
        if state == State::Submitted {
            let office = self.office(case, DECIDING)?;
            let department_id = Some(self.world.department(&self.cases[case].department)?);
            self.act(case, &office, Command::Review(Review { department_id }))
                .await?;
        }
        self.next(case, Stage::Answer, 5, 50);
        Ok(())
    }

    fn office(&mut self, case: usize, roles: &[&str]) -> Result<Arc<Person>> {
        let to = self.cases[case].to.clone();
        self.world.cast.at(&to, roles, &mut self.world.random)
    }

    /// Somebody answers.
    pub(crate) async fn answer(&mut self, case: usize, state: State) -> Result<()> {
        if state == State::Asked {
            return self.reply(case).await;
        }
        if !OPEN.contains(&state) {
            self.next(case, Stage::Over, 300, 900);
            return Ok(());
        }
        let roles = if state == State::Escalated {
            DECIDING_LATE
        } else {
            DECIDING
        };
        let who = self.office(case, roles)?;
        match self.cases[case].fate {
            Fate::Refused => {
                let (code, text) = *self.world.random.pick(texts::REFUSALS);
                self.refuse(case, &who, code, text).await
            }
            Fate::Reassigned if self.cases[case].tries == 0 => self.pass_on(case, &who).await,
            _ => self.accept(case, &who).await,
        }
    }

    async fn refuse(
        &mut self,
        case: usize,
        who: &Arc<Person>,
        code: &str,
        text: &str,
    ) -> Result<()> {
        let reason = Exit {
            reason_code: code.to_owned(),
            reason_text: Some(text.to_owned()).filter(|text| !text.is_empty()),
        };
        self.act(case, who, Command::Reject(reason)).await?;
        self.maybe_message(case, false);
        self.end(case).await
    }

    /// To the other hospital, where it has the specialty; otherwise the case stays.
    async fn pass_on(&mut self, case: usize, who: &Arc<Person>) -> Result<()> {
        self.cases[case].tries = 1;
        let other = match (self.cases[case].to.as_str(), self.cases[case].sheet) {
            ("branch", Sheet::Usual(scenario)) => Some(("lead", scenario.lead)),
            ("lead", Sheet::Usual(scenario)) if !scenario.branch.is_empty() => {
                Some(("branch", scenario.branch))
            }
            _ => None,
        };
        let Some((to, room)) = other else {
            return self.accept(case, who).await;
        };
        if self.cases[case].from == to {
            return self.accept(case, who).await;
        }
        let department = format!("{to}/{room}");
        let command = Command::Reassign(Reassign {
            org_id: self.world.organization(to)?,
            department_id: Some(self.world.department(&department)?),
            reason_code: "no-bed".to_owned(),
            reason_text: None,
        });
        if self.act(case, who, command).await?.is_some() {
            self.cases[case].to = to.to_owned();
            self.cases[case].department = department;
        }
        self.next(case, Stage::Answer, 8, 50);
        Ok(())
    }

    /// Accepts with a place; without one the request is refused for want of it.
    async fn accept(&mut self, case: usize, who: &Arc<Person>) -> Result<()> {
        let wanted = self.wanted(case)?;
        let lacks = match wanted.place {
            Some(PlaceKind::Bed) => "no-bed",
            Some(PlaceKind::Equipment) => "equipment-down",
            _ => "no-slot",
        };
        let hospital = matches!(self.cases[case].to.as_str(), "lead" | "branch");
        let must = hospital && self.cases[case].kind != Kind::Emergency;
        let accept = move |tx: &mut Tx<'_>| accept_with(tx, &wanted, must);
        let accepted = self.world.as_person(who, "referral.decide", accept).await;
        let Some(accepted) = self.forgive(accepted)? else {
            self.again(case, Span::minutes(9));
            return Ok(());
        };
        let Some(referral) = accepted else {
            return self.refuse(case, who, lacks, "").await;
        };
        self.expect(case, &referral);
        self.maybe_message(case, false);
        Ok(())
    }

    /// Comes about when expected, or not at all.
    fn expect(&mut self, case: usize, referral: &Referral) {
        self.cases[case].tries = 0;
        let expected_at = referral.expected_at.unwrap_or(self.world.now());
        let (early, late) = match referral.hold.as_ref().map(|held| held.place.kind()) {
            Some(PlaceKind::Bed) | None => (30, 80),
            Some(_) => (20, 30),
        };
        let sway = i64::from(self.world.random.below(early + late)) - i64::from(early);
        let at = (expected_at + Span::minutes(sway)).max(self.world.now() + Span::minutes(5));
        match self.cases[case].fate {
            Fate::NoShow => {
                self.cases[case].stage = Stage::Over;
                self.at(expected_at + Span::hours(4), Task::Step(case));
            }
            Fate::Elsewhere => {
                self.cases[case].stage = Stage::Over;
                self.after(5, 25, Task::Wish(Wish::Worsens { case }));
                self.at(expected_at + Span::hours(4), Task::Step(case));
            }
            _ => {
                self.cases[case].stage = Stage::Arrive;
                self.at(at, Task::Step(case));
            }
        }
    }

    fn wanted(&mut self, case: usize) -> Result<Wanted> {
        let one = &self.cases[case];
        let (kind, sheet, to, from) = (one.kind, one.sheet, one.to.clone(), one.from.clone());
        let resident = &self.world.residents[one.patient].resident;
        let (sex, department) = (resident.sex, one.department.clone());
        let referral_id = one.id;
        let place = match sheet.service() {
            Service::Inpatient | Service::Emergency => Some(PlaceKind::Bed),
            _ if kind == Kind::Transfer => Some(PlaceKind::Bed),
            Service::Outpatient => Some(PlaceKind::Slot),
            Service::Exam => Some(PlaceKind::Equipment),
            Service::Advice | Service::Community => None,
        };
        let emergency = kind == Kind::Emergency;
        let minutes = match emergency {
            true => self.world.random.between(20, 70),
            false => self.world.random.between(90, 1_100),
        };
        let at = self.world.now() + Span::minutes(i64::from(minutes));
        // Nobody is asked to come in the middle of the night.
        let expected_at = match at.local_hour() {
            0..=6 if !emergency => at.date().at(8, 30),
            21..=23 if !emergency => at.date().plus_days(1).at(9, 0),
            _ => at,
        };
        let emergency_id = self
            .world
            .departments
            .get(&format!("{to}/emergency"))
            .copied();
        let note = self
            .world
            .random
            .chance(400)
            .then(|| (*self.world.random.pick(texts::FROM_RECEIVER)).to_owned());
        Ok(Wanted {
            referral_id,
            place,
            org_id: self.world.organization(&to)?,
            department_id: self.world.department(&department)?,
            emergency_id: emergency_id.filter(|_| emergency),
            for_org_id: self.world.organization(&from)?,
            sex,
            exam: match sheet {
                Sheet::Exam(at) => Some(EXAMS[at].0),
                Sheet::Usual(_) => None,
            },
            channel: if emergency {
                Channel::Green
            } else {
                Channel::Referral
            },
            choice: self.world.random.index(12),
            expected_at,
            note,
        })
    }

    /// A specialist answers a question; some answers become referrals.
    async fn reply(&mut self, case: usize) -> Result<()> {
        if self.cases[case].stage == Stage::Answer {
            let doctor = self.of_department(case, &["attending-doctor", "general-practitioner"])?;
            let suggests = match self.world.random.below(100) {
                0..=62 => AdviceSuggests::Stay,
                63..=95 => AdviceSuggests::Refer,
                _ => AdviceSuggests::ReferNow,
            };
            let text = (*self.world.random.pick(texts::ANSWERS)).to_owned();
            let command = Command::Answer(AnswerQuestion { text, suggests });
            let answered = self.act(case, &doctor, command).await?;
            if answered.is_some()
                && suggests != AdviceSuggests::Stay
                && self.world.random.chance(800)
            {
                return self.become_referral(case).await;
            }
        }
        self.next(case, Stage::Close, 300, 5_000);
        Ok(())
    }

    async fn become_referral(&mut self, case: usize) -> Result<()> {
        let sender = Arc::clone(&self.cases[case].sender);
        let became = self.act(case, &sender, Command::BecomeReferral).await?;
        let Some(id) = became
            .and_then(|done| done.advice)
            .and_then(|advice| advice.became_id)
        else {
            self.next(case, Stage::Close, 300, 5_000);
            return Ok(());
        };
        let reason = (*self.world.random.pick(texts::OVERRIDES)).to_owned();
        let submit = Command::Submit(Submit {
            override_reason: Some(reason),
        });
        let send = move |tx: &mut Tx<'_>| referral::act(tx, id, None, &submit).map(|_| ());
        let sent = self.world.as_person(&sender, "referral.write", send).await;
        self.cases[case].stage = Stage::Over;
        if self.forgive(sent)?.is_some() {
            let one = &self.cases[case];
            let sheet = one.sheet;
            let opening = Opening {
                kind: Kind::Up,
                sheet,
                patient: one.patient,
                from: one.from.clone(),
                to: one.to.clone(),
                department: one.department.clone(),
                fate: Fate::Completes,
                stop: None,
            };
            self.begin(id, opening, sender);
        }
        Ok(())
    }
}

/// Finds a place and accepts with it; `None` when there is none and one is needed.
fn accept_with(tx: &mut Tx<'_>, wanted: &Wanted, must: bool) -> Result<Option<Referral>> {
    let mut offers = offers(tx, wanted, wanted.department_id)?;
    if let (true, Some(emergency_id)) = (offers.is_empty(), wanted.emergency_id) {
        offers = self::offers(tx, wanted, emergency_id)?;
    }
    let place: Option<Place> = offers
        .get(wanted.choice % offers.len().max(1))
        .map(|offer| offer.place);
    if place.is_none() && must {
        return Ok(None);
    }
    let command = Command::Accept(Accept {
        place,
        expected_at: Some(wanted.expected_at),
        department_id: Some(wanted.department_id),
        practitioner_id: None,
        note: wanted.note.clone(),
    });
    referral::act(tx, wanted.referral_id, None, &command).map(|done| Some(done.data))
}

fn offers(tx: &mut Tx<'_>, wanted: &Wanted, department_id: Id) -> Result<Vec<Offer>> {
    let Some(kind) = wanted.place else {
        return Ok(Vec::new());
    };
    let now = tx.now();
    let (from, to) = match kind {
        PlaceKind::Bed => (now, now + Span::hours(1)),
        PlaceKind::Slot => (now + Span::hours(2), now + Span::days(5)),
        PlaceKind::Equipment => (now + Span::hours(2), now + Span::days(4)),
    };
    let mut search = Search::new(kind, wanted.for_org_id, from, to);
    search.org_id = Some(wanted.org_id);
    search.channel = wanted.channel;
    search.limit = 30;
    if let Some(exam) = wanted.exam {
        let concept = terminology::concept(tx, terminology::EXAM, exam)?;
        search.equipment_kind = Some(concept.text("modality").to_owned());
        search.exam = Some(exam.to_owned());
    } else {
        search.department_id = Some(department_id);
        search.sex = Some(wanted.sex);
    }
    resources::find(tx, &search)
}
