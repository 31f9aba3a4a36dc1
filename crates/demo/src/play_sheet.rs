//! Sheets: what is written for a wish, by whom, and what comes next.

use std::sync::Arc;

use kernel::{Id, Instant, Result};
use referral::{
    Command, Consent, ConsentBy, ConsentForm, Content, Diagnosis, ExamRequest, Kind, NewReferral,
    Priority, Service, Submit, VitalSigns,
};
use store::Tx;

use crate::cast::Person;
use crate::play::Play;
use crate::play_case::{Case, Fate, Sheet, Stage};
use crate::scenarios::Scenario;
use crate::scenarios_urgent::EXAMS;
use crate::texts;

/// A sheet to write.
pub(crate) struct Opening {
    pub kind: Kind,
    pub sheet: Sheet,
    pub patient: usize,
    pub from: String,
    pub to: String,
    /// The department asked; of a referral down the one that asks.
    pub department: String,
    pub fate: Fate,
    pub stop: Option<Stage>,
}

impl Play {
    /// Writes and sends a sheet, and puts what comes next on the agenda.
    pub(crate) async fn open(&mut self, opening: Opening) -> Result<()> {
        let sender = self.sender(&opening)?;
        let new = self.sheet(&opening, &sender)?;
        let submit = Submit {
            override_reason: Some((*self.world.random.pick(texts::OVERRIDES)).to_owned()),
        };
        let down = opening.kind == Kind::Down;
        let send = move |tx: &mut Tx<'_>| {
            if down {
                // Whoever refers down has treated the patient.
                let hospital = tx.actor().org_id;
                record::note_treatment(tx, new.patient_id, hospital)?;
            }
            let draft = referral::create_draft(tx, &new)?;
            let sent = referral::act(tx, draft.id, None, &Command::Submit(submit.clone()))?;
            Ok(sent.id)
        };
        let sent = self.world.as_person(&sender, "referral.write", send).await;
        let Some(id) = self.forgive(sent)? else {
            return Ok(());
        };
        self.world.busy.insert(opening.patient);
        self.begin(id, opening, sender);
        Ok(())
    }

    /// Follows a case that was sent.
    pub(crate) fn begin(&mut self, id: Id, opening: Opening, sender: Arc<Person>) {
        let case = self.cases.len();
        let community = (opening.kind == Kind::Down).then(|| opening.to.clone());
        self.cases.push(Case {
            id,
            kind: opening.kind,
            patient: opening.patient,
            sheet: opening.sheet,
            from: opening.from,
            to: opening.to,
            department: opening.department,
            sender,
            fate: opening.fate,
            stage: Stage::Over,
            stop: opening.stop,
            bed: None,
            community,
            dead: false,
            arrived_at: None,
            tries: 0,
        });
        let urgent = match opening.sheet {
            Sheet::Usual(scenario) => scenario.priority != Priority::Routine,
            Sheet::Exam(_) => false,
        };
        let reviewed = self.world.random.chance(550);
        match (opening.kind, opening.fate) {
            (Kind::Down, _) => self.next(case, Stage::AcceptDown, 60, 1_100),
            (Kind::Advice, Fate::Ignored) | (_, Fate::Ignored) => {
                self.next(case, Stage::Over, 600, 1_500);
            }
            (Kind::Advice, _) => self.next(case, Stage::Answer, 30, 1_300),
            (Kind::Emergency, Fate::Late) => self.next(case, Stage::Answer, 14, 40),
            (Kind::Emergency, _) => self.next(case, Stage::Answer, 2, 8),
            (_, Fate::Late) if urgent => self.next(case, Stage::Answer, 75, 260),
            (_, Fate::Late) => self.next(case, Stage::Answer, 150, 420),
            _ if reviewed && urgent => self.next(case, Stage::Review, 4, 40),
            _ if reviewed => self.next(case, Stage::Review, 6, 80),
            _ if urgent => self.next(case, Stage::Answer, 6, 55),
            _ => self.next(case, Stage::Answer, 10, 110),
        }
        self.maybe_message(case, true);
    }

    fn sender(&mut self, opening: &Opening) -> Result<Arc<Person>> {
        let random = &mut self.world.random;
        match opening.kind {
            Kind::Down => {
                let department_id = self.world.departments.get(&opening.department).copied();
                let department_id = department_id.unwrap_or(Id::NIL);
                self.world
                    .cast
                    .inside(department_id, &opening.from, &["attending-doctor"], random)
            }
            Kind::Transfer => {
                let room = match opening.sheet {
                    Sheet::Usual(one) if opening.from == "branch" => one.branch,
                    Sheet::Usual(one) => one.lead,
                    Sheet::Exam(_) => "",
                };
                let key = format!("{}/{room}", opening.from);
                let department_id = self.world.departments.get(&key).copied().unwrap_or(Id::NIL);
                self.world
                    .cast
                    .inside(department_id, &opening.from, &["attending-doctor"], random)
            }
            _ => {
                let roles = ["village-doctor", "general-practitioner", "attending-doctor"];
                self.world.cast.at(&opening.from, &roles, random)
            }
        }
    }

    fn sheet(&mut self, opening: &Opening, sender: &Arc<Person>) -> Result<NewReferral> {
        let down = opening.kind == Kind::Down;
        let content = self.content(opening);
        let to_department_id = match down {
            true => None,
            false => Some(self.world.department(&opening.department)?),
        };
        Ok(NewReferral {
            kind: opening.kind,
            patient_id: self.world.residents[opening.patient].id,
            from_org_id: None,
            from_department_id: None,
            from_phone: Some(sender.phone.clone()).filter(|phone| !phone.is_empty()),
            to_org_id: self.world.organization(&opening.to)?,
            to_department_id,
            to_practitioner_id: None,
            down_plan: down
                .then(|| crate::play_community::plan(opening.sheet, &mut self.world.random)),
            content,
        })
    }

    fn content(&mut self, opening: &Opening) -> Content {
        let now = self.world.now();
        let resident = &self.world.residents[opening.patient].resident;
        let (code, display) = opening.sheet.diagnosis();
        let allergies: Vec<String> = resident
            .allergies
            .iter()
            .map(|one| (*one).to_owned())
            .collect();
        let child = resident.birth_date.age_on(now.date()) < 14;
        let base = Content {
            diagnoses: vec![Diagnosis {
                code: code.to_owned(),
                display: display.to_owned(),
            }],
            no_known_allergies: allergies.is_empty(),
            allergies,
            consent: Some(Consent {
                given_by: match opening.kind {
                    Kind::Emergency => ConsentBy::Family,
                    _ if child => ConsentBy::Guardian,
                    _ => ConsentBy::Patient,
                },
                name: None,
                form: if opening.kind == Kind::Emergency {
                    ConsentForm::Spoken
                } else {
                    ConsentForm::Written
                },
                at: now,
                attachment_id: None,
            }),
            ..Content::default()
        };
        match opening.sheet {
            Sheet::Exam(at) => exam_content(at, base),
            Sheet::Usual(scenario) => self.illness(opening.kind, scenario, base, now),
        }
    }

    fn illness(&mut self, kind: Kind, scenario: &Scenario, base: Content, now: Instant) -> Content {
        let mut sway = |value: i64| value + i64::from(self.world.random.below(5)) - 2;
        let [pulse, systolic, diastolic, respiration, temperature, oxygen] = scenario.vitals;
        let vital_signs = VitalSigns {
            measured_at: Some(now),
            pulse_bpm: Some(sway(pulse)),
            systolic_mmhg: Some(sway(systolic)),
            diastolic_mmhg: Some(sway(diastolic)),
            respiration_per_minute: Some(respiration),
            temperature_tenths_celsius: Some(sway(temperature)),
            oxygen_saturation_percent: Some(oxygen),
            ..VitalSigns::default()
        };
        let (reason, service) = match kind {
            Kind::Down => ("rehabilitation", Service::Community),
            Kind::Transfer => ("specialty-other", Service::Inpatient),
            Kind::Advice => (scenario.reason, Service::Advice),
            _ => (scenario.reason, scenario.service),
        };
        let down = kind == Kind::Down;
        let question =
            (kind == Kind::Advice).then(|| (*self.world.random.pick(texts::QUESTIONS)).to_owned());
        Content {
            reason_code: reason.to_owned(),
            condition: if down {
                scenario.findings
            } else {
                scenario.condition
            }
            .to_owned(),
            treatment: if down {
                scenario.done
            } else {
                scenario.treatment
            }
            .to_owned(),
            vital_signs: if down {
                VitalSigns::default()
            } else {
                vital_signs
            },
            danger_signs: [scenario.danger_sign]
                .into_iter()
                .filter(|sign| !sign.is_empty() && kind == Kind::Emergency)
                .map(str::to_owned)
                .collect(),
            service,
            priority: match kind {
                Kind::Advice | Kind::Down => Priority::Routine,
                _ => scenario.priority,
            },
            question,
            ..base
        }
    }
}

fn exam_content(at: usize, base: Content) -> Content {
    let (code, name, _, _, why) = EXAMS[at];
    Content {
        reason_code: "equipment-lacking".to_owned(),
        condition: why.to_owned(),
        service: Service::Exam,
        exam: Some(ExamRequest {
            item_code: code.to_owned(),
            item_display: name.to_owned(),
            part: None,
            equipment: None,
            preparation: None,
        }),
        ..base
    }
}
