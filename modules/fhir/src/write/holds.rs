//! Nothing of a patient's record is deleted while a legal hold stands on it.

use kernel::Result;
use store::Tx;

use super::resolve::at_entry;
use super::{Action, Step};
use crate::rows;

/// Refuses deletions of what a hold stands on. What the actor may not see is left to the write, which
/// says that it is not there.
///
/// # Errors
/// `record.legal-hold`, with the entry.
pub(super) fn require_none(tx: &mut Tx<'_>, steps: &[Step]) -> Result<()> {
    for step in steps {
        if !matches!(step.action, Action::Delete) {
            continue;
        }
        let seen = rows::seen_with(tx, step.kind, &step.id, kernel::AppRight::Delete)?;
        let patient = seen.and_then(|header| header.patient_id);
        if let Some(patient) = patient {
            record::require_no_hold(tx, patient.parse()?)
                .map_err(|error| at_entry(error, step.entry))?;
        }
    }
    Ok(())
}
