//! Who might this be? The index as another system asks it: `Patient/$match`.

use kernel::{Error, Id, Kind, Result};
use serde_json::json;
use store::{Change, Subject, Tx, Versioned};

use super::{Demographics, matching};
use crate::model::{Patient, PatientBrief};

/// Candidates one answer holds.
const CANDIDATES_MAX: usize = 20;

/// Somebody who may be the one asked for.
pub struct Candidate {
    /// Who, masked; the name too where the asker has no basis.
    pub patient: PatientBrief,
    /// The asker has a basis to open the record.
    pub readable: bool,
    /// Surely one person, by the thresholds in force.
    pub certain: bool,
    /// How likely it is one person.
    pub probability: f64,
}

impl Candidate {
    /// Whose record it is.
    pub fn id(&self) -> Id {
        self.patient.id
    }
}

/// Patients who may be the person described, the likeliest first. It is an exact search over the
/// consortium: it needs `record.search`, counts towards the hourly limit, and every patient it finds
/// is audited.
///
/// # Errors
/// `access.forbidden`, `record.query-empty`, `record.search-limit`.
pub fn ask(tx: &mut Tx<'_>, told: &Demographics) -> Result<Vec<Candidate>> {
    if tx.actor().scope("record.search").is_none() {
        let detail = "your role does not have this permission";
        return Err(Error::forbidden("access.forbidden", detail));
    }
    let named = told.name.is_some() && told.birth_date.is_some();
    if !named && told.identifiers.is_empty() && told.phone.is_none() {
        let detail = "give a number, a telephone, or name and birth date";
        return Err(Error::new(Kind::Invalid, "record.query-empty", detail));
    }
    crate::matching::require_quota(tx)?;
    let engine = matching::Engine::load(tx)?;
    let mut found = engine.candidates_of(tx, told, &[])?;
    found.truncate(CANDIDATES_MAX);
    let org_id = Some(tx.actor().org_id);
    let detail = json!({ "by": "match", "count": found.len() });
    let subject = Subject {
        org_id,
        ..Subject::new("search", tx.new_id())
    };
    tx.record(Change::new("record.matched").detail(detail), subject)?;
    let today = tx.now().date();
    let mut candidates = Vec::with_capacity(found.len());
    for one in found {
        let patient: Versioned<Patient> = tx.load(one.patient_id)?;
        let subject = Subject {
            peer_org_id: org_id,
            ..Subject::of(&patient.data)
        };
        tx.record(
            Change::new("record.found").detail(json!({ "by": "match" })),
            subject,
        )?;
        let readable = crate::basis::basis(tx, patient.id)?.is_some();
        let brief = PatientBrief::of(&patient, today);
        candidates.push(Candidate {
            certain: one.is_link(),
            probability: one.decision.probability,
            patient: if readable { brief } else { brief.hidden() },
            readable,
        });
    }
    Ok(candidates)
}
