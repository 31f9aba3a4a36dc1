//! ADT^A40: two numbers of a member are one person.

use hl7v2::Location;
use kernel::Result;
use record::index;
use store::Tx;

use super::{Applied, Work, located, patient, refuse};

pub(super) fn merge(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<()> {
    let (stays, goes) = (
        work.required("patient-number")?,
        work.required("prior-number")?,
    );
    let at = work.mapping.place_of("prior-number");
    if stays == goes {
        let detail = "a patient cannot be merged into itself: PID and MRG name the same number";
        return Err(refuse("hl7.merge-itself", &at, detail));
    }
    let org_id = work.sender.org_id;
    let loser = index::patient_of_number(tx, org_id, &work.mapping.system, &goes)?;
    let winner = patient::known(tx, work, applied)?;
    match loser {
        None => applied.note("hl7.merge-nothing-known", None),
        Some(loser) if loser == winner => applied.note("hl7.merge-already", None),
        Some(loser) => {
            let reason = format!("HL7 v2 ADT^A40 {}", work.header.control_id);
            index::merge(tx, winner, loser, &reason, None, work.movers).map_err(|error| {
                located(error, &Location::field("MRG", 1, at.field.unwrap_or(1)))
            })?;
            applied.did("patient-merged", format!("Patient/{winner}"));
        }
    }
    Ok(())
}
