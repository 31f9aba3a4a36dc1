//! The little clinical summary of a record: allergies and the problem list.

use kernel::{Error, Id, Result};
use store::{Change, Tx, Versioned};

use crate::input::{NewAllergy, NewProblem};
use crate::model::{Allergy, Patient, Problem};
use crate::{rules, sensitive};

/// Entries of the allergy and problem lists one record holds.
const ENTRIES_MAX: usize = 200;

/// Enters an allergy.
///
/// # Errors
/// `record.text-missing`, `record.text-too-long`, `record.too-many`.
pub fn add_allergy(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    new: &NewAllergy,
) -> Result<Versioned<Patient>> {
    let substance = rules::required_text("substance", &new.substance, 100)?;
    rules::check_length("reaction", new.reaction.as_deref(), 200)?;
    rules::check_count("allergies", patient.allergies.len() + 1, ENTRIES_MAX)?;
    patient.no_known_allergies = false;
    patient.allergies.push(Allergy {
        id: tx.new_id(),
        kind: new.kind,
        substance,
        reaction: rules::clean(new.reaction.as_deref()),
        severity: new.severity,
        recorded_at: tx.now(),
        org_id: tx.actor().org_id,
        ended_at: None,
    });
    tx.update(&patient, Change::new("record.allergy-added"))
}

/// Says that an allergy does not hold (any more).
///
/// # Errors
/// `NotFound` with code `allergy`.
pub fn end_allergy(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    allergy_id: Id,
) -> Result<Versioned<Patient>> {
    let now = tx.now();
    let found = patient
        .allergies
        .iter_mut()
        .find(|one| one.id == allergy_id && one.ended_at.is_none());
    found.ok_or_else(|| Error::not_found("allergy"))?.ended_at = Some(now);
    tx.update(&patient, Change::new("record.allergy-ended"))
}

/// Enters a problem.
///
/// # Errors
/// `record.text-missing`, `record.text-too-long`, `record.too-many`, `record.date-future`.
pub fn add_problem(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    new: &NewProblem,
) -> Result<Versioned<Patient>> {
    let title = rules::required_text("title", &new.title, 100)?;
    rules::check_length("code", new.code.as_deref(), 20)?;
    rules::check_count("problems", patient.problems.len() + 1, ENTRIES_MAX)?;
    if new.since.is_some_and(|since| since > tx.now().date()) {
        let detail = "a problem does not begin in the future";
        return Err(Error::invalid("record.date-future", "since", detail));
    }
    let code = rules::clean(new.code.as_deref());
    let same = |one: &&Problem| one.ended_at.is_none() && one.code == code && one.title == title;
    for problem in patient.problems.iter().filter(same) {
        if sensitive::may_know(tx, patient.id, problem)? {
            let detail = "this problem is on the list already";
            return Err(Error::conflict("record.problem-listed", detail).at("title"));
        }
    }
    patient.problems.push(Problem {
        id: tx.new_id(),
        code,
        title,
        chronic: new.chronic,
        since: new.since,
        recorded_at: tx.now(),
        org_id: tx.actor().org_id,
        ended_at: None,
    });
    tx.update(&patient, Change::new("record.problem-added"))
}

/// Says that a problem is over.
///
/// # Errors
/// `NotFound` with code `problem`.
pub fn end_problem(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    problem_id: Id,
) -> Result<Versioned<Patient>> {
    let now = tx.now();
    let found = patient
        .problems
        .iter_mut()
        .find(|one| one.id == problem_id && one.ended_at.is_none());
    found.ok_or_else(|| Error::not_found("problem"))?.ended_at = Some(now);
    tx.update(&patient, Change::new("record.problem-ended"))
}
