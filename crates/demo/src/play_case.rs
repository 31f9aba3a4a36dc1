//! A case in motion: what it is about, how it will go, and what comes next.

use std::sync::Arc;

use kernel::{Id, Instant, Result, Span};
use referral::{Kind, Phase, Service, State};

use crate::cast::Person;
use crate::play::{Play, Task};
use crate::scenarios::Scenario;
use crate::scenarios_urgent::EXAMS;

/// What the sheet is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sheet {
    /// An illness.
    Usual(&'static Scenario),
    /// An examination of [`EXAMS`].
    Exam(usize),
}

impl Sheet {
    /// The diagnosis.
    pub(crate) fn diagnosis(self) -> (&'static str, &'static str) {
        match self {
            Self::Usual(scenario) => scenario.diagnosis,
            Self::Exam(at) => EXAMS[at].3,
        }
    }

    /// What is asked for.
    pub(crate) fn service(self) -> Service {
        match self {
            Self::Usual(scenario) => scenario.service,
            Self::Exam(_) => Service::Exam,
        }
    }
}

/// How a case will go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// As it should.
    Completes,
    /// The side asked says no.
    Refused,
    /// Answered by the duty chief after its time.
    Late,
    /// Passed on to the other hospital.
    Reassigned,
    /// Taken back by the asking side.
    Withdrawn,
    /// The patient does not come.
    NoShow,
    /// Nobody ever answers.
    Ignored,
    /// Accepted, but the patient gets worse at home and is admitted elsewhere first.
    Elsewhere,
    /// Leaves the ward after a day and is back within hours, with something else.
    Returns,
    /// The patient dies.
    Dies,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Somebody takes it up.
    Review,
    /// Somebody answers.
    Answer,
    /// The patient comes.
    Arrive,
    /// Into a bed, or into the consulting room.
    Treat,
    /// Results go back.
    Return,
    /// The hospital proposes to refer down.
    ProposeDown,
    /// The community answers.
    AcceptDown,
    /// The case is closed.
    Close,
    /// Nothing; the clocks decide.
    Over,
}

/// A case in motion.
pub(crate) struct Case {
    pub id: Id,
    pub kind: Kind,
    pub patient: usize,
    pub sheet: Sheet,
    /// Key of the asking organization.
    pub from: String,
    /// Key of the organization asked.
    pub to: String,
    /// Key of the department asked.
    pub department: String,
    pub sender: Arc<Person>,
    pub fate: Fate,
    pub stage: Stage,
    /// The case is left before this stage, for whoever opens the demonstration.
    pub stop: Option<Stage>,
    /// The hold by which the patient came to a bed, and that bed.
    pub bed: Option<(Id, Id)>,
    /// Key of the organization that takes the patient back.
    pub community: Option<String>,
    /// The patient has died.
    pub dead: bool,
    /// When the patient came.
    pub arrived_at: Option<Instant>,
    /// Tries at a step that waits for something.
    pub tries: u8,
}

impl Play {
    /// Sets what comes next, so many minutes from now.
    pub(crate) fn next(&mut self, case: usize, stage: Stage, least: u32, most: u32) {
        self.cases[case].stage = stage;
        self.after(least, most, Task::Step(case));
    }

    /// Takes the next step of a case.
    pub(crate) async fn step(&mut self, case: usize) -> Result<()> {
        let (stage, stop) = (self.cases[case].stage, self.cases[case].stop);
        if stop == Some(stage) {
            return Ok(());
        }
        let state = self.referral(self.cases[case].id).await?.state;
        if state.phase() == Phase::Ended {
            return self.end(case).await;
        }
        match stage {
            Stage::Review => self.review(case, state).await,
            Stage::Answer if self.cases[case].fate == Fate::Withdrawn => self.withdraw(case).await,
            Stage::Answer => self.answer(case, state).await,
            Stage::Arrive => self.arrive(case, state).await,
            Stage::Treat => self.treat(case, state).await,
            Stage::Return if self.cases[case].fate == Fate::Dies && state == State::Admitted => {
                self.die(case).await
            }
            Stage::Return => self.return_results(case, state).await,
            Stage::ProposeDown => self.propose_down(case, state).await,
            Stage::AcceptDown => self.accept_down(case, state).await,
            Stage::Close => self.close(case, state).await,
            Stage::Over => {
                // The clocks have not got there yet.
                self.after(600, 1_500, Task::Step(case));
                Ok(())
            }
        }
    }

    /// The case is over: a bed that is still the patient's is freed, the patient may fall ill again.
    pub(crate) async fn end(&mut self, case: usize) -> Result<()> {
        self.leave_bed(case).await?;
        self.cases[case].stage = Stage::Over;
        self.cases[case].stop = Some(Stage::Over);
        let patient = self.cases[case].patient;
        let running = |other: &Case| other.patient == patient && other.stop != Some(Stage::Over);
        if !self.cases[case].dead && !self.cases.iter().any(running) {
            self.world.busy.remove(&patient);
        }
        Ok(())
    }

    /// The patient leaves the bed; it is cleaned within some hours.
    pub(crate) async fn leave_bed(&mut self, case: usize) -> Result<()> {
        let Some((hold_id, bed_id)) = self.cases[case].bed.take() else {
            return Ok(());
        };
        let holds = |ward: &crate::world::WardBeds| ward.beds.iter().any(|bed| bed.id == bed_id);
        let Some(ward) = self.world.wards.iter().position(holds) else {
            return Ok(());
        };
        let nurse = self.nurse(ward)?;
        let free = move |tx: &mut store::Tx<'_>| resources::free_bed(tx, hold_id);
        self.world.as_person(&nurse, "resources.beds", free).await?;
        self.after(40, 160, Task::Clean { bed_id, ward });
        Ok(())
    }

    /// Says something in a case.
    pub(crate) async fn message(&mut self, case: usize, by_sender: bool) -> Result<()> {
        let (id, texts, writer) = if by_sender {
            (
                self.cases[case].id,
                crate::texts::FROM_SENDER,
                Arc::clone(&self.cases[case].sender),
            )
        } else {
            let (to, roles) = (self.cases[case].to.clone(), crate::play_answer::DECIDING);
            let writer = self.world.cast.at(&to, roles, &mut self.world.random)?;
            (self.cases[case].id, crate::texts::FROM_RECEIVER, writer)
        };
        let text = *self.world.random.pick(texts);
        let post = move |tx: &mut store::Tx<'_>| referral::post_message(tx, id, text);
        let posted = self
            .world
            .as_person(&writer, "referral.take-part", post)
            .await;
        self.forgive(posted).map(|_| ())
    }

    /// Somebody may write something in the next hour.
    pub(crate) fn maybe_message(&mut self, case: usize, by_sender: bool) {
        if self.world.random.chance(300) {
            self.after(2, 60, Task::Message { case, by_sender });
        }
    }

    /// The asking side takes it back.
    async fn withdraw(&mut self, case: usize) -> Result<()> {
        let sender = Arc::clone(&self.cases[case].sender);
        let reason_code = (*self.world.random.pick(crate::texts::WITHDRAWALS)).to_owned();
        let command = referral::Command::Withdraw(referral::Exit {
            reason_code,
            reason_text: None,
        });
        self.act(case, &sender, command).await?;
        self.end(case).await
    }

    /// The patient dies on the ward, and the doctor records it.
    async fn die(&mut self, case: usize) -> Result<()> {
        let doctor = self.doctor(case)?;
        let died_on = self.world.today();
        let text = Some("经积极抢救无效。".to_owned());
        let command = referral::Command::RecordDeath(referral::RecordDeath { died_on, text });
        self.cases[case].dead = self.act(case, &doctor, command).await?.is_some();
        self.end(case).await
    }

    /// Does an action; answers the case as it is afterwards, nothing where life stood in the way.
    pub(crate) async fn act(
        &mut self,
        case: usize,
        person: &Arc<Person>,
        command: referral::Command,
    ) -> Result<Option<referral::Referral>> {
        let id = self.cases[case].id;
        let permission = command.action().permission();
        let act = move |tx: &mut store::Tx<'_>| {
            referral::act(tx, id, None, &command).map(|done| done.data)
        };
        let done = self.world.as_person(person, permission, act).await;
        self.forgive(done)
    }

    /// The doctor of the department asked.
    pub(crate) fn doctor(&mut self, case: usize) -> Result<Arc<Person>> {
        let roles: &[&str] = match self.cases[case].kind {
            Kind::Exam => &["technician", "attending-doctor", "general-practitioner"],
            _ => &["attending-doctor", "general-practitioner"],
        };
        self.of_department(case, roles)
    }

    /// Somebody of these roles in the department asked, else at its organization.
    pub(crate) fn of_department(&mut self, case: usize, roles: &[&str]) -> Result<Arc<Person>> {
        let department_id = self.world.department(&self.cases[case].department)?;
        let to = self.cases[case].to.clone();
        self.world
            .cast
            .inside(department_id, &to, roles, &mut self.world.random)
    }

    /// Looks again later, unless it has looked often.
    pub(crate) fn again(&mut self, case: usize, pause: Span) {
        self.cases[case].tries += 1;
        if self.cases[case].tries < 12 {
            self.at(self.world.now() + pause, Task::Step(case));
        }
    }
}
