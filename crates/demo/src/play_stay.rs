//! The patient at the receiving side: arrival, bed or consulting room, results.

use kernel::{Result, Span};
use referral::{
    Admit, Arrive, Command, Diagnosis, DischargeSummary, Kind, ReturnResults, See, Service, State,
};
use resources::Place;

use crate::play::{Play, Task};
use crate::play_case::{Fate, Sheet, Stage};
use crate::play_open::Wish;
use crate::scenarios_urgent::EXAMS;

/// Who sees that a patient has come.
const RECEIVING: &[&str] = &[
    "ward-nurse",
    "technician",
    "attending-doctor",
    "general-practitioner",
    "referral-office",
];
/// Of a thousand patients who lay in a hospital, so many are referred down at the end.
const DOWN_PER_MILLE: u32 = 720;

impl Play {
    /// The patient comes.
    pub(crate) async fn arrive(&mut self, case: usize, state: State) -> Result<()> {
        let emergency = self.cases[case].kind == Kind::Emergency;
        if state != State::Accepted && !(emergency && state == State::Submitted) {
            // The hold was lost, and somebody has to decide again.
            self.next(case, Stage::Answer, 10, 60);
            return Ok(());
        }
        let held = self.referral(self.cases[case].id).await?.hold;
        let who = self.of_department(case, RECEIVING)?;
        let arrived = self
            .act(case, &who, Command::Arrive(Arrive::default()))
            .await?;
        if arrived.is_none() {
            self.next(case, Stage::Over, 100, 300);
            return Ok(());
        }
        if let Some(held) = held
            && let Place::Bed { bed_id } = held.place
        {
            self.cases[case].bed = Some((held.hold_id, bed_id));
        }
        self.cases[case].arrived_at = Some(self.world.now());
        self.next(case, Stage::Treat, 8, 50);
        Ok(())
    }

    /// Into a bed, or into the consulting room.
    pub(crate) async fn treat(&mut self, case: usize, state: State) -> Result<()> {
        if state != State::Arrived {
            self.next(case, Stage::Over, 100, 300);
            return Ok(());
        }
        let kind = self.cases[case].kind;
        let lies = kind != Kind::Exam
            && (self.cases[case].bed.is_some()
                || self.cases[case].sheet.service() == Service::Inpatient);
        let doctor = self.doctor(case)?;
        let number = format!("{}{:05}", if lies { "Z" } else { "M" }, 20_000 + case);
        if lies {
            let nurse =
                self.of_department(case, &["ward-nurse", "bed-manager", "general-practitioner"])?;
            let text = self.cases[case]
                .bed
                .is_none()
                .then(|| "留观区 加床".to_owned());
            let command = Command::Admit(Admit {
                number: Some(number),
                place: None,
                place_text: text,
                doctor_name: Some(doctor.actor.name.clone()),
            });
            self.act(case, &nurse, command).await?;
            self.measure(case, &doctor, true).await?;
            if self.cases[case].fate == Fate::Returns {
                self.next(case, Stage::Return, 1_000, 1_200);
                return Ok(());
            }
            let days = self.world.random.between(2, 9);
            self.next(case, Stage::Return, days * 1_440, days * 1_440 + 400);
        } else {
            let doctor_name = Some(doctor.actor.name.clone());
            self.act(
                case,
                &doctor,
                Command::See(See {
                    number: Some(number),
                    doctor_name,
                }),
            )
            .await?;
            self.measure(case, &doctor, false).await?;
            self.next(case, Stage::Return, 25, 1_200);
        }
        Ok(())
    }

    /// Results or the discharge summary go back; the bed is freed.
    pub(crate) async fn return_results(&mut self, case: usize, state: State) -> Result<()> {
        if !matches!(state, State::Admitted | State::Seen) {
            self.next(case, Stage::Over, 100, 300);
            return Ok(());
        }
        // Doctors write by day.
        let now = self.world.now();
        if !(7..21).contains(&now.local_hour()) {
            let morning = now
                .date()
                .plus_days(i64::from(now.local_hour() >= 21))
                .at(9, 20);
            self.at(morning, Task::Step(case));
            return Ok(());
        }
        let lay = state == State::Admitted;
        let doctor = self.doctor(case)?;
        if lay {
            self.measure(case, &doctor, true).await?;
        }
        self.visit(case, &doctor, lay).await?;
        let summary = self.summary(case, lay);
        let sent = self
            .act(
                case,
                &doctor,
                Command::ReturnResults(ReturnResults { summary }),
            )
            .await?;
        if sent.is_none() {
            self.again(case, Span::hours(3));
            return Ok(());
        }
        self.leave_bed(case).await?;
        self.maybe_message(case, true);
        if lay && self.cases[case].fate == Fate::Returns {
            self.after(120, 360, Task::Wish(Wish::Worsens { case }));
            self.next(case, Stage::Close, 2_000, 9_000);
            return Ok(());
        }
        let can_go_down = matches!(
            self.cases[case].kind,
            Kind::Up | Kind::Emergency | Kind::Transfer
        );
        if lay && can_go_down {
            let patient = self.cases[case].patient;
            self.discharged.push(patient);
            if self.world.random.chance(DOWN_PER_MILLE) {
                self.next(case, Stage::ProposeDown, 5, 90);
                return Ok(());
            }
        }
        self.next(case, Stage::Close, 400, 9_000);
        Ok(())
    }

    fn summary(&self, case: usize, lay: bool) -> DischargeSummary {
        let (code, display) = self.cases[case].sheet.diagnosis();
        let diagnoses = vec![Diagnosis {
            code: code.to_owned(),
            display: display.to_owned(),
        }];
        match self.cases[case].sheet {
            Sheet::Exam(at) => DischargeSummary {
                diagnoses: Vec::new(),
                findings: format!("{}：检查完成，影像与报告已上传；请结合临床。", EXAMS[at].1),
                treatment: String::new(),
                condition: String::new(),
                advice: "请接诊医师结合病情处理，必要时复查。".to_owned(),
                discharged_on: None,
                attachment_ids: Vec::new(),
            },
            Sheet::Usual(scenario) => DischargeSummary {
                diagnoses,
                findings: scenario.findings.to_owned(),
                treatment: scenario.done.to_owned(),
                condition: if lay {
                    "好转，生命体征平稳。"
                } else {
                    "病情平稳。"
                }
                .to_owned(),
                advice: scenario.advice.to_owned(),
                discharged_on: lay.then(|| self.world.today()),
                attachment_ids: Vec::new(),
            },
        }
    }
}
