//! Who needs what: the wishes of a day, and the sheets that are written for them.

use std::sync::Arc;

use kernel::Result;
use referral::{Kind, Service};

use crate::play::{Play, Task};
use crate::play_case::{Case, Fate, Sheet, Stage};
use crate::play_sheet::Opening;
use crate::population::Resident;
use crate::scenarios::{Scenario, USUAL};
use crate::scenarios_urgent::{EMERGENCIES, EXAMS};

/// Somebody is in need.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    /// Anything that begins at home.
    Home {
        /// Up, emergency, exam or advice.
        kind: Kind,
        /// From this organization; drawn when absent.
        from: Option<&'static str>,
        /// How it goes; drawn when absent.
        fate: Option<Fate>,
        /// Left before this stage.
        stop: Option<Stage>,
    },
    /// Somebody who leaves a ward goes down to the community.
    Down {
        patient: usize,
        department: String,
        scenario: &'static Scenario,
    },
    /// A hospital sends somebody of this village or centre home, and nobody has answered yet.
    DownWaiting {
        /// Key of the organization.
        to: &'static str,
    },
    /// The patient of a case needs the green channel, for something else.
    Worsens {
        /// The case.
        case: usize,
    },
    /// Somebody who leaves a ward goes on to the other hospital.
    Transfer {
        patient: usize,
        department: String,
        scenario: &'static Scenario,
    },
}

/// Wishes of a working day and of a day of rest.
const A_WORKDAY: (u32, u32) = (13, 18);
const A_REST_DAY: (u32, u32) = (7, 11);
/// Kinds that begin at home, by weight.
const KINDS: &[(Kind, u32)] = &[
    (Kind::Up, 64),
    (Kind::Emergency, 9),
    (Kind::Exam, 15),
    (Kind::Advice, 12),
];
/// Hours at which people come, by weight.
const HOURS: &[(u8, u32)] = &[
    (7, 3),
    (8, 12),
    (9, 16),
    (10, 14),
    (11, 8),
    (12, 3),
    (13, 4),
    (14, 11),
    (15, 10),
    (16, 8),
    (17, 5),
    (18, 3),
    (19, 2),
    (20, 2),
    (21, 1),
];
/// Hours of emergencies: any.
const ANY_HOURS: (u32, u32) = (6, 23);
/// Fates of what goes to another house, by weight.
const FATES: &[(Fate, u32)] = &[
    (Fate::Completes, 765),
    (Fate::Refused, 70),
    (Fate::Late, 60),
    (Fate::Reassigned, 25),
    (Fate::Withdrawn, 35),
    (Fate::NoShow, 32),
    (Fate::Ignored, 5),
    (Fate::Elsewhere, 12),
    (Fate::Dies, 14),
];
const EMERGENCY_FATES: &[(Fate, u32)] = &[
    (Fate::Completes, 870),
    (Fate::Late, 50),
    (Fate::Dies, 70),
    (Fate::Withdrawn, 10),
    (Fate::Returns, 25),
];
const ADVICE_FATES: &[(Fate, u32)] = &[(Fate::Completes, 930), (Fate::Ignored, 70)];
/// Places whose people open the demonstration; they get more than their share.
const FAVOURED: &[&str] = &["village-1-1", "village-2-3", "town-1", "community-1"];

impl Play {
    /// Draws what happens today, and comes back tomorrow.
    pub(crate) fn day(&mut self) -> Result<()> {
        let today = self.world.today();
        let range = if today.weekday() <= 5 {
            A_WORKDAY
        } else {
            A_REST_DAY
        };
        for _ in 0..self.world.random.between(range.0, range.1) {
            let kind = *self.world.random.weighted(KINDS);
            let hour = if kind == Kind::Emergency {
                u8::try_from(self.world.random.between(ANY_HOURS.0, ANY_HOURS.1)).unwrap_or(12)
            } else {
                *self.world.random.weighted(HOURS)
            };
            let minute = u8::try_from(self.world.random.below(60)).unwrap_or(0);
            let wish = Wish::Home {
                kind,
                from: None,
                fate: None,
                stop: None,
            };
            self.at(today.at(hour, minute), Task::Wish(wish));
        }
        self.at(today.plus_days(1).at(5, 0), Task::Day);
        Ok(())
    }

    /// Residents of an organization's wider area.
    pub(crate) fn neighbours(&self, organization: &str) -> Arc<Vec<usize>> {
        self.world
            .around
            .get(organization)
            .cloned()
            .unwrap_or_default()
    }

    /// Writes and sends the sheet for a wish.
    pub(crate) async fn fulfil(&mut self, wish: Wish) -> Result<()> {
        match wish {
            Wish::Home {
                kind,
                from,
                fate,
                stop,
            } => {
                let lies = fate == Some(Fate::Elsewhere);
                let Some((sheet, patient)) = self.who(kind, from, lies) else {
                    return Ok(());
                };
                let table = match kind {
                    Kind::Emergency => EMERGENCY_FATES,
                    Kind::Advice => ADVICE_FATES,
                    _ => FATES,
                };
                let drawn = *self.world.random.weighted(table);
                let fate = possible(fate.unwrap_or(drawn), kind, sheet);
                let place = self.world.residents[patient].resident.place;
                let from = self.world.shape.places[place].served_by.clone();
                let (to, department) = self.whom(kind, sheet, &from);
                self.open(Opening {
                    kind,
                    sheet,
                    patient,
                    from,
                    to,
                    department,
                    fate,
                    stop,
                })
                .await
            }
            Wish::Down {
                patient,
                department,
                scenario,
            } => {
                let place = self.world.residents[patient].resident.place;
                let place = self.world.shape.places[place].clone();
                let village = self.world.random.chance(350);
                let to = if village {
                    place.served_by
                } else {
                    place.centre
                };
                let from = department.split('/').next().unwrap_or_default().to_owned();
                let sheet = Sheet::Usual(scenario);
                let (kind, fate) = (Kind::Down, Fate::Completes);
                self.open(Opening {
                    kind,
                    sheet,
                    patient,
                    from,
                    to,
                    department,
                    fate,
                    stop: None,
                })
                .await
            }
            Wish::DownWaiting { to } => self.down_waiting(to).await,
            Wish::Worsens { case } => self.worsen(case).await,
            Wish::Transfer {
                patient,
                department,
                scenario,
            } => {
                let from = department.split('/').next().unwrap_or_default().to_owned();
                let (to, asked) = match from.as_str() {
                    "branch" => ("lead", format!("lead/{}", scenario.lead)),
                    _ if scenario.branch.is_empty() => return Ok(()),
                    _ => ("branch", format!("branch/{}", scenario.branch)),
                };
                let (sheet, to) = (Sheet::Usual(scenario), to.to_owned());
                let (kind, stop) = (Kind::Transfer, None);
                let fate = possible(*self.world.random.weighted(FATES), kind, sheet);
                self.open(Opening {
                    kind,
                    sheet,
                    patient,
                    from,
                    to,
                    department: asked,
                    fate,
                    stop,
                })
                .await
            }
        }
    }

    async fn down_waiting(&mut self, to: &str) -> Result<()> {
        let among = self.world.served.get(to).cloned().unwrap_or_default();
        let inpatients = USUAL.iter().filter(|one| needs_bed(one));
        for scenario in inpatients.collect::<Vec<_>>() {
            let found = self
                .world
                .somebody(&among, |one, today| suits(scenario, one, today));
            let Some(patient) = found else { continue };
            if !self.world.random.chance(400) {
                continue;
            }
            let opening = Opening {
                kind: Kind::Down,
                sheet: Sheet::Usual(scenario),
                patient,
                from: "lead".to_owned(),
                to: to.to_owned(),
                department: format!("lead/{}", scenario.lead),
                fate: Fate::Completes,
                stop: Some(Stage::AcceptDown),
            };
            return self.open(opening).await;
        }
        Ok(())
    }

    /// An emergency of somebody who has a case already: to the other hospital where it can treat it.
    async fn worsen(&mut self, case: usize) -> Result<()> {
        let one = &self.cases[case];
        let (patient, from) = (one.patient, one.from.clone());
        let problem = one.sheet.diagnosis().0.get(..3);
        let asked_lead = one.to == "lead";
        let today = self.world.today();
        let resident = &self.world.residents[patient].resident;
        let fits = |scenario: &&Scenario| {
            scenario.diagnosis.0.get(..3) != problem && suits(scenario, resident, today)
        };
        let elsewhere = |scenario: &&Scenario| !asked_lead || !scenario.branch.is_empty();
        let able = || EMERGENCIES.iter().filter(fits);
        let Some(scenario) = able().find(elsewhere).or_else(|| able().next()) else {
            return Ok(());
        };
        let (to, room) = match scenario.branch {
            room if asked_lead && !room.is_empty() => ("branch", room),
            _ => ("lead", scenario.lead),
        };
        let opening = Opening {
            kind: Kind::Emergency,
            sheet: Sheet::Usual(scenario),
            patient,
            from,
            to: to.to_owned(),
            department: format!("{to}/{room}"),
            fate: Fate::Completes,
            stop: None,
        };
        self.open(opening).await
    }

    /// What for, and who; only what needs a bed where it is told that somebody `lies`.
    fn who(&mut self, kind: Kind, from: Option<&str>, lies: bool) -> Option<(Sheet, usize)> {
        const TRIES: usize = 40;
        let favoured = (*self.world.random.pick(FAVOURED)).to_owned();
        let near = self.world.random.chance(220);
        let among: Arc<Vec<usize>> = match from {
            Some(from) => Arc::new(self.world.served.get(from)?.clone()),
            None if near => Arc::new(self.world.served.get(&favoured)?.clone()),
            None => self.neighbours("lead"),
        };
        if kind == Kind::Up
            && from.is_none()
            && self.world.random.chance(35)
            && let Some(found) = self.returning()
        {
            return Some(found);
        }
        for _ in 0..TRIES {
            let sheet = match kind {
                Kind::Exam => Sheet::Exam(self.world.random.index(EXAMS.len())),
                Kind::Emergency => Sheet::Usual(self.scenario(EMERGENCIES)),
                _ => Sheet::Usual(self.scenario(USUAL)),
            };
            let fits = |one: &Resident, today| match sheet {
                Sheet::Exam(_) => one.birth_date.age_on(today) >= 25,
                Sheet::Usual(scenario) => {
                    (!lies || needs_bed(scenario)) && suits(scenario, one, today)
                }
            };
            if let Some(patient) = self.world.somebody(&among, fits) {
                let place = self.world.residents[patient].resident.place;
                let served_by = &self.world.shape.places[place].served_by;
                // Village clinics send nobody for an examination alone: the township books it.
                if kind != Kind::Exam || !served_by.starts_with("village") {
                    return Some((sheet, patient));
                }
            }
        }
        None
    }

    /// Somebody who left a hospital lately and comes back with something else.
    fn returning(&mut self) -> Option<(Sheet, usize)> {
        let patient = self.discharged.pop()?;
        let live = |case: &&Case| case.patient == patient && case.stage != Stage::Over;
        let known: Vec<&str> = self
            .cases
            .iter()
            .filter(live)
            .map(|case| case.sheet.diagnosis().0)
            .collect();
        let today = self.world.today();
        let resident = &self.world.residents[patient].resident;
        let other = USUAL.iter().find(|one| {
            needs_bed(one)
                && suits(one, resident, today)
                && known
                    .iter()
                    .all(|code| code.get(..3) != one.diagnosis.0.get(..3))
        })?;
        Some((Sheet::Usual(other), patient))
    }

    fn scenario(&mut self, table: &'static [Scenario]) -> &'static Scenario {
        let total: u32 = table.iter().map(|one| one.weight).sum();
        let mut left = self.world.random.below(total);
        for one in table {
            if left < one.weight {
                return one;
            }
            left -= one.weight;
        }
        &table[0]
    }

    /// Whom to ask: organization and department.
    fn whom(&mut self, kind: Kind, sheet: Sheet, from: &str) -> (String, String) {
        let scenario = match sheet {
            Sheet::Exam(at) => return self.machine(EXAMS[at].0),
            Sheet::Usual(scenario) => scenario,
        };
        let village = from.starts_with("village");
        let town = from.split('-').nth(1).map(|town| format!("town-{town}"));
        if village
            && kind == Kind::Up
            && scenario.township
            && self.world.random.chance(450)
            && let Some(town) = town
        {
            let room = match scenario.service {
                Service::Inpatient => "inpatient",
                _ => "general-practice",
            };
            let department = format!("{town}/{room}");
            return (town, department);
        }
        let branch_per_mille = if kind == Kind::Emergency { 120 } else { 300 };
        if !scenario.branch.is_empty() && self.world.random.chance(branch_per_mille) {
            return ("branch".to_owned(), format!("branch/{}", scenario.branch));
        }
        ("lead".to_owned(), format!("lead/{}", scenario.lead))
    }

    /// A device of the hospitals that does this examination.
    fn machine(&mut self, exam: &str) -> (String, String) {
        let devices = &self.world.shape.devices;
        let able: Vec<(String, String)> = devices
            .iter()
            .filter(|one| one.exams.contains(&exam))
            .filter(|one| matches!(one.organization.as_str(), "lead" | "branch"))
            .map(|one| (one.organization.clone(), one.department.clone()))
            .collect();
        let at = self.world.random.index(able.len().max(1));
        able.into_iter()
            .nth(at)
            .unwrap_or_else(|| ("lead".into(), "lead/imaging".into()))
    }
}

/// The fate, where the case can have it.
fn possible(fate: Fate, kind: Kind, sheet: Sheet) -> Fate {
    let can = match (fate, sheet) {
        (Fate::Elsewhere, Sheet::Usual(scenario)) => kind == Kind::Up && needs_bed(scenario),
        (Fate::Elsewhere, Sheet::Exam(_)) => false,
        _ => true,
    };
    if can { fate } else { Fate::Completes }
}

fn needs_bed(scenario: &Scenario) -> bool {
    scenario.service == Service::Inpatient
}

fn suits(scenario: &Scenario, one: &Resident, today: kernel::Date) -> bool {
    let age = one.birth_date.age_on(today);
    (scenario.ages_years.0..=scenario.ages_years.1).contains(&age)
        && scenario.sex.is_none_or(|sex| sex == one.sex)
        && scenario
            .known
            .is_none_or(|known| one.conditions.iter().any(|has| has.kind == known))
}
