//! The patient index: one person is one patient, whatever members hold about them.
//!
//! Each member's registration is kept as a source record beside the one patient; the patient's own
//! fields are chosen from them by rule. What may be one person is linked, shown to somebody, or left
//! apart by the matching engine; merges keep what they moved, so that they can be undone.

mod asked;
pub(crate) mod demographics;
pub(crate) mod matching;
pub(crate) mod merge;
pub(crate) mod moves;
pub(crate) mod newborn;
pub(crate) mod quality;
pub(crate) mod review;
pub(crate) mod source;
pub(crate) mod survivorship;

use kernel::{Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};

use crate::model::Patient;
pub use asked::{Candidate, ask};
pub use demographics::{Demographics, SourceIdentifier};
pub use merge::{PatientMerge, merge, unmerge};
pub use source::{NewSource, SourceRecord};

/// What became of a source record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SourceOutcome)]
pub enum Outcome {
    /// It is of a patient who was known.
    Linked,
    /// A new patient, who may be somebody known: a person decides.
    Review,
    /// A new patient.
    New,
}

/// A source record that was taken in.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SourceReceived)]
pub struct Received {
    /// Whose it is.
    pub patient_id: Id,
    /// The source record.
    pub source_id: Id,
    /// What became of it.
    pub outcome: Outcome,
    /// Pairs that somebody looks at because of it.
    pub review_ids: Vec<Id>,
}

/// Takes in a member's registration of a person: from an import, a message or another system. A
/// number that is known is brought up to date; else it is linked to the one patient that it surely
/// is, or becomes a new patient.
///
/// # Errors
/// What [`source::NewSource::cleaned`] says of the input, `network.organization-closed`.
pub fn receive(tx: &mut Tx<'_>, new: &NewSource) -> Result<Received> {
    let new = new.cleaned()?;
    network::require_open(tx, new.org_id).map_err(|error| error.at("org_id"))?;
    if let Some(known) = source::by_number(tx, new.org_id, &new.system, &new.local_number)? {
        return update(tx, known, &new);
    }
    let engine = matching::Engine::load(tx)?;
    let found = engine.candidates_of(tx, &new.demographics, &[])?;
    let sure: Vec<&matching::Found> = found.iter().filter(|one| one.is_link()).collect();
    let (patient, outcome) = match sure.first() {
        Some(best) => (one_patient(tx, best.patient_id)?, Outcome::Linked),
        None if found.is_empty() => (source::new_patient(tx, &new)?, Outcome::New),
        None => (source::new_patient(tx, &new)?, Outcome::Review),
    };
    let record = source::keep(tx, &patient, &new)?;
    if gives_basis(tx, &patient, &new, outcome) {
        crate::basis::join_org(tx, &patient, new.org_id, "registered")?;
    }
    let patient = take_over(tx, patient, &record)?;
    let review_ids = review::consider(tx, &engine, &patient, &[])?;
    Ok(Received {
        patient_id: patient.id,
        source_id: record.id,
        outcome,
        review_ids,
    })
}

/// The patient that a member's number stands for today, if it is known. Nothing is checked or noted.
///
/// # Errors
/// Whatever the database reports.
pub fn patient_of_number(
    tx: &mut Tx<'_>,
    org_id: Id,
    system: &str,
    local_number: &str,
) -> Result<Option<Id>> {
    let Some(known) = source::by_number(tx, org_id, system, local_number)? else {
        return Ok(None);
    };
    Ok(Some(one_patient(tx, known.patient_id)?.id))
}

fn update(tx: &mut Tx<'_>, known: Versioned<SourceRecord>, new: &NewSource) -> Result<Received> {
    let patient = one_patient(tx, known.patient_id)?;
    let (source_id, changed) = (known.id, known.demographics != new.demographics);
    let mut review_ids = Vec::new();
    if changed {
        let record = source::change(tx, known, &new.demographics)?;
        let patient = take_over(tx, patient.clone(), &record)?;
        let engine = matching::Engine::load(tx)?;
        review_ids = review::consider(tx, &engine, &patient, &[])?;
    }
    Ok(Received {
        patient_id: patient.id,
        source_id,
        outcome: Outcome::Linked,
        review_ids,
    })
}

/// Does a source record make the patient its member's own? As at a registration by hand, describing
/// somebody well is not enough: a number that the patient has is, and so is a system's delivery.
fn gives_basis(tx: &Tx<'_>, patient: &Patient, new: &NewSource, outcome: Outcome) -> bool {
    let shares_number = || {
        new.demographics.identifiers.iter().any(|number| {
            let issuer = number.org_id.or(Some(new.org_id));
            let lookup = crate::rules::lookup_sha256(number.kind, issuer, &number.value);
            let mut live = patient.live_identifiers();
            live.any(|one| one.lookup_sha256() == lookup)
        })
    };
    let by_system = tx.actor().kind == kernel::ActorKind::System;
    outcome != Outcome::Linked || by_system || shares_number()
}

/// What a source record brings to its patient: numbers, and the fields by rule.
fn take_over(
    tx: &mut Tx<'_>,
    patient: Versioned<Patient>,
    record: &SourceRecord,
) -> Result<Versioned<Patient>> {
    let patient = source::adopt_identifiers(tx, patient, record)?;
    let patient = survivorship::apply(tx, patient)?;
    matching::set_keys(tx, &patient)?;
    Ok(patient)
}

/// The patient an id stands for today: merged ones lead to the one that survived.
///
/// # Errors
/// `NotFound` with code `patient`.
pub fn one_patient(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Patient>> {
    let mut patient: Versioned<Patient> = tx.load(id)?;
    for _ in 0..CHAIN_MAX {
        let Some(next) = patient.replaced_by else {
            return Ok(patient);
        };
        patient = tx.load(next)?;
    }
    Err(Error::internal(std::io::Error::other(
        "patients replace each other in a circle",
    )))
}

/// Merges that may lie one behind the other.
const CHAIN_MAX: usize = 50;

/// Notes what somebody changed by hand: their member's word, and the keys. Before a patient has
/// source records the patient's own document is the only word there is.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn note_changed(tx: &mut Tx<'_>, patient: &Versioned<Patient>) -> Result<()> {
    if !source::of_patient(tx, patient.id)?.is_empty() {
        let org_id = tx.actor().org_id;
        source::note_own(tx, patient, org_id)?;
    }
    matching::set_keys(tx, patient)
}

/// Notes what somebody registered by hand in the index: its keys, and pairs that may be one person.
/// Those the clerk has ruled out are remembered as different.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn note_registered(
    tx: &mut Tx<'_>,
    patient: &Versioned<Patient>,
    not_same_as: &[Id],
) -> Result<()> {
    matching::set_keys(tx, patient)?;
    let engine = matching::Engine::load(tx)?;
    review::consider(tx, &engine, patient, not_same_as)?;
    Ok(())
}
