//! Patients who come without a referral: they fill the wards to about three quarters, and some of
//! them are referred down or to another hospital when they are better.

use kernel::{Id, Result, Span};
use resources::{Channel, HoldRequest, Place};
use store::Tx;

use crate::play::{Play, Task};
use crate::play_open::Wish;
use crate::scenarios::{Scenario, USUAL};
use crate::world::{BedPlace, suits};

/// Somebody in a bed who came without a referral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stay {
    pub patient: usize,
    pub bed_id: Id,
    pub hold_id: Id,
    /// The day of leaving, counted from the beginning of the play.
    pub leaves: i64,
}

/// Of a thousand beds, so many are to be occupied; referrals come on top.
const OCCUPIED_PER_MILLE: usize = 700;
/// Of a thousand people who leave a hospital ward, so many are referred down.
const DOWN_PER_MILLE: u32 = 55;
/// Of a thousand, so many go on to another hospital.
const TRANSFER_PER_MILLE: u32 = 28;

/// Who is put into which bed.
#[derive(Clone, Copy)]
struct Placing {
    patient: usize,
    patient_id: Id,
    sex: kernel::identity::Sex,
    bed: BedPlace,
}

impl Play {
    /// The wards as they stand on the first day.
    pub(crate) async fn fill_wards(&mut self) -> Result<()> {
        for ward in 0..self.world.wards.len() {
            self.admit(ward, true).await?;
            self.next_round(ward);
        }
        Ok(())
    }

    fn next_round(&mut self, ward: usize) {
        let tomorrow = self.world.today().plus_days(1);
        let minute = u8::try_from(ward % 60).unwrap_or(0);
        self.at(tomorrow.at(9, minute), Task::Ward(ward));
    }

    fn day_number(&self) -> i64 {
        self.world
            .options
            .start()
            .date()
            .days_until(self.world.today())
    }

    /// Those whose day has come leave, then others come.
    pub(crate) async fn round(&mut self, ward: usize) -> Result<()> {
        let today = self.day_number();
        let stays = std::mem::take(&mut self.stays[ward]);
        let (leaving, staying): (Vec<Stay>, Vec<Stay>) =
            stays.into_iter().partition(|stay| stay.leaves <= today);
        self.stays[ward] = staying;
        if !leaving.is_empty() {
            let nurse = self.nurse(ward)?;
            let holds: Vec<Id> = leaving.iter().map(|stay| stay.hold_id).collect();
            let free = move |tx: &mut Tx<'_>| {
                holds
                    .iter()
                    .try_for_each(|hold_id| resources::free_bed(tx, *hold_id))
            };
            self.world.as_person(&nurse, "resources.beds", free).await?;
        }
        for stay in leaving {
            self.world.busy.remove(&stay.patient);
            self.after(
                40,
                200,
                Task::Clean {
                    bed_id: stay.bed_id,
                    ward,
                },
            );
            self.go_on(ward, stay.patient);
        }
        self.admit(ward, false).await?;
        self.next_round(ward);
        Ok(())
    }

    /// Some who leave are referred on.
    fn go_on(&mut self, ward: usize, patient: usize) {
        let department = self.world.wards[ward].department.clone();
        let hospital = department.starts_with("lead/") || department.starts_with("branch/");
        if !hospital {
            return;
        }
        let Some(scenario) = scenario_of(&department) else {
            return;
        };
        let draw = self.world.random.below(1_000);
        if draw < DOWN_PER_MILLE {
            self.at(
                self.world.now(),
                Task::Wish(Wish::Down {
                    patient,
                    department,
                    scenario,
                }),
            );
        } else if draw < DOWN_PER_MILLE + TRANSFER_PER_MILLE {
            self.at(
                self.world.now(),
                Task::Wish(Wish::Transfer {
                    patient,
                    department,
                    scenario,
                }),
            );
        }
    }

    /// Brings patients until the ward is about as full as usual.
    async fn admit(&mut self, ward: usize, first_day: bool) -> Result<()> {
        let beds = self.world.wards[ward].beds.len();
        let sway = self.world.random.index(beds / 6 + 2);
        let wanted = (beds * OCCUPIED_PER_MILLE).div_ceil(1_000) + sway - beds / 12;
        let missing = wanted.saturating_sub(self.stays[ward].len());
        let mut placings = Vec::new();
        for bed in self.free_beds(ward).into_iter().take(missing) {
            placings.extend(self.placing(ward, bed));
        }
        if placings.is_empty() {
            return Ok(());
        }
        let org_id = self
            .world
            .organization(&self.world.wards[ward].organization.clone())?;
        let nurse = self.nurse(ward)?;
        let again = placings.clone();
        let put = move |tx: &mut Tx<'_>| put_to_bed(tx, &again, org_id);
        let holds = self.world.as_person(&nurse, "resources.beds", put).await?;
        for (placing, hold_id) in placings.into_iter().zip(holds) {
            let Some(hold_id) = hold_id else {
                self.world.busy.remove(&placing.patient);
                continue;
            };
            let least = if first_day { 1 } else { 4 };
            let leaves = self.day_number() + i64::from(self.world.random.between(least, 11));
            let stay = Stay {
                patient: placing.patient,
                bed_id: placing.bed.id,
                hold_id,
                leaves,
            };
            self.stays[ward].push(stay);
            self.played.stays += 1;
        }
        Ok(())
    }

    /// Ordinary beds without an ordinary patient; a referral may be in one, and then it is skipped.
    fn free_beds(&mut self, ward: usize) -> Vec<BedPlace> {
        let stays = &self.stays[ward];
        let mut free: Vec<BedPlace> = self.world.wards[ward]
            .beds
            .iter()
            .copied()
            .filter(|bed| bed.channel == Channel::Routine)
            .filter(|bed| stays.iter().all(|stay| stay.bed_id != bed.id))
            .collect();
        self.world.random.shuffle(&mut free);
        free
    }

    fn placing(&mut self, ward: usize, bed: BedPlace) -> Option<Placing> {
        let department = self.world.wards[ward].department.clone();
        let ages = match department.rsplit('/').next().unwrap_or_default() {
            "paediatrics" => (0, 14),
            "obstetrics" => (20, 42),
            _ => (38, 95),
        };
        let among = self.neighbours(&self.world.wards[ward].organization.clone());
        let patient = self.world.somebody(&among, |one, today| {
            let age = one.birth_date.age_on(today);
            (ages.0..=ages.1).contains(&age) && suits(bed.sex_rule, one.sex)
        })?;
        self.world.busy.insert(patient);
        let registered = &self.world.residents[patient];
        Some(Placing {
            patient,
            patient_id: registered.id,
            sex: registered.resident.sex,
            bed,
        })
    }

    /// A bed is clean again.
    pub(crate) async fn clean(&mut self, bed_id: Id, ward: usize) -> Result<()> {
        let nurse = self.nurse(ward)?;
        let clean = move |tx: &mut Tx<'_>| resources::clean_bed(tx, bed_id);
        self.world.as_person(&nurse, "resources.beds", clean).await
    }

    /// A nurse of the ward.
    pub(crate) fn nurse(&mut self, ward: usize) -> Result<std::sync::Arc<crate::cast::Person>> {
        let place = &self.world.wards[ward];
        let department_id = self.world.department(&place.department)?;
        let roles = ["ward-nurse", "bed-manager"];
        let organization = place.organization.clone();
        self.world
            .cast
            .inside(department_id, &organization, &roles, &mut self.world.random)
    }
}

/// A usual case of a hospital department.
pub(crate) fn scenario_of(department: &str) -> Option<&'static Scenario> {
    let (organization, key) = department.split_once('/')?;
    USUAL.iter().find(|one| match organization {
        "branch" => one.branch == key,
        _ => one.lead == key,
    })
}

fn put_to_bed(tx: &mut Tx<'_>, placings: &[Placing], org_id: Id) -> Result<Vec<Option<Id>>> {
    let mut holds = Vec::with_capacity(placings.len());
    for placing in placings {
        let request = HoldRequest {
            place: Place::Bed {
                bed_id: placing.bed.id,
            },
            owner_kind: "stay",
            owner_id: tx.new_id(),
            patient_id: Some(placing.patient_id),
            patient_sex: Some(placing.sex),
            for_org_id: org_id,
            channel: Channel::Routine,
            until: tx.now() + Span::minutes(60),
        };
        match resources::hold(tx, &request) {
            Ok(hold) => {
                record::note_treatment(tx, placing.patient_id, org_id)?;
                resources::consume(tx, hold.id)?;
                holds.push(Some(hold.id));
            }
            // A referral is in the bed, or it is being cleaned.
            Err(error) if matches!(error.kind(), kernel::Kind::Conflict | kernel::Kind::Rule) => {
                holds.push(None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(holds)
}
