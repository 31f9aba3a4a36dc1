//! Residents enter the register of the organization that serves them, some hundreds a transaction,
//! with their chronic conditions and allergies.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Id, Result};
use record::{AllergyKind, IdentifierInput, IdentifierKind, NewAllergy, NewPatient, NewProblem};
use store::Tx;

use crate::population::{self, Resident};
use crate::shape::Place;
use crate::world::{Registered, World};

/// Residents of one transaction.
const BATCH: usize = 500;
/// Who keeps the register of an organization.
const KEEPERS: &[&str] = &["village-doctor", "general-practitioner", "referral-office"];
/// A line of progress after so many.
const TELL_EVERY: usize = 10_000;

/// Registers `count` residents.
pub(crate) async fn register(
    world: &mut World,
    count: u32,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<()> {
    let places = world.shape.places.clone();
    let as_of = world.today();
    let mut everybody = population::residents(world.options.seed, count, as_of, &places);
    let total = everybody.len();
    let mut random = world.random.fork("register");
    let served_by = |resident: &Resident| places[resident.place].served_by.as_str();
    // Each organization registers its own.
    everybody.sort_by(|one, other| served_by(one).cmp(served_by(other)));
    let served_alike = everybody.chunk_by(|one, next| served_by(one) == served_by(next));
    for batch in served_alike.flat_map(|residents| residents.chunks(BATCH)) {
        let mut rows = Vec::with_capacity(batch.len());
        for resident in batch {
            let place = &places[resident.place];
            let (org_id, centre_id) = (
                world.organization(&place.served_by)?,
                world.organization(&place.centre)?,
            );
            rows.push((resident.clone(), place.clone(), org_id, centre_id));
        }
        let keeper = world.cast.at(served_by(&batch[0]), KEEPERS, &mut random)?;
        let enter_all = move |tx: &mut Tx<'_>| {
            rows.iter()
                .map(|row| enter(tx, row))
                .collect::<Result<Vec<Id>>>()
        };
        let ids = world
            .as_person(&keeper, "record.register", enter_all)
            .await?;
        for (resident, id) in batch.iter().zip(ids) {
            let served_by = served_by(resident).to_owned();
            world
                .served
                .entry(served_by)
                .or_default()
                .push(world.residents.len());
            world.residents.push(Registered {
                id,
                resident: resident.clone(),
            });
        }
        let told =
            world.residents.len() / TELL_EVERY > (world.residents.len() - batch.len()) / TELL_EVERY;
        if told && world.residents.len() < total {
            progress(&format!("{} residents registered", world.residents.len()));
        }
    }
    world.around = areas(world, &places);
    progress(&format!(
        "{total} residents registered with their chronic conditions"
    ));
    Ok(())
}

/// Who lives in the area of each centre; the hospitals are there for everybody.
fn areas(world: &World, places: &[Place]) -> BTreeMap<String, Arc<Vec<usize>>> {
    let mut areas: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, registered) in world.residents.iter().enumerate() {
        let centre = places[registered.resident.place].centre.clone();
        areas.entry(centre).or_default().push(at);
    }
    let mut areas: BTreeMap<String, Arc<Vec<usize>>> = areas
        .into_iter()
        .map(|(key, people)| (key, Arc::new(people)))
        .collect();
    let everybody = Arc::new((0..world.residents.len()).collect::<Vec<_>>());
    for hospital in ["lead", "branch"] {
        areas.insert(hospital.to_owned(), Arc::clone(&everybody));
    }
    areas
}

fn enter(tx: &mut Tx<'_>, row: &(Resident, Place, Id, Id)) -> Result<Id> {
    let (resident, place, org_id, centre_id) = row;
    let new = NewPatient {
        name: Some(resident.name.clone()),
        sex: Some(resident.sex),
        birth_date: Some(resident.birth_date),
        identifiers: vec![
            IdentifierInput::new(IdentifierKind::ResidentId, resident.resident_id.clone()),
            IdentifierInput::new(IdentifierKind::HealthCard, resident.health_card.clone()),
        ],
        phone: resident.phone.clone(),
        address: Some(resident.address.clone()),
        village: Some(place.name.clone()),
        catchment_org_id: Some(*centre_id),
        org_id: Some(*org_id),
        ..NewPatient::default()
    };
    // Households share telephones, so likeness of names and numbers is no reason to stop.
    let mut patient = record::register_unmatched(tx, &new)?;
    for condition in &resident.conditions {
        let concept = terminology::concept(tx, terminology::ICD10, condition.icd10)?;
        let problem = NewProblem {
            code: Some(concept.code),
            title: concept.zh,
            chronic: true,
            since: Some(condition.since),
        };
        patient = record::add_problem(tx, patient, &problem)?;
    }
    for substance in &resident.allergies {
        let kind = match *substance {
            "海鲜" => AllergyKind::Food,
            "花粉" => AllergyKind::Other,
            _ => AllergyKind::Drug,
        };
        let allergy = NewAllergy {
            kind,
            substance: (*substance).to_owned(),
            reaction: None,
            severity: None,
        };
        patient = record::add_allergy(tx, patient, &allergy)?;
    }
    Ok(patient.id)
}
