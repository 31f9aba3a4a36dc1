//! Held places and places in line go where their patient goes, when two patients become one.

use http::{Moved, PatientMove};
use kernel::Result;
use serde_json::json;
use store::{Change, Tx, Versioned, params};

use crate::model::Hold;
use crate::waitlist::Waiting;

const HOLDS: &str = "SELECT version, body FROM hold WHERE patient_id = $1 ORDER BY id";
const IN_LINE: &str = "SELECT version, body FROM waitlist WHERE patient_id = $1 ORDER BY id";

/// Moves the holds and the places in line of a patient.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn patient_references(tx: &mut Tx<'_>, moving: &PatientMove<'_>) -> Result<Vec<Moved>> {
    let mut moved = Vec::new();
    let holds: Vec<Versioned<Hold>> = tx.find(HOLDS, &params![moving.from])?;
    for mut hold in holds {
        if moving.takes("hold", hold.id) {
            hold.patient_id = Some(moving.to);
            let detail = json!({ "from": moving.from, "to": moving.to });
            let hold = tx.update(&hold, Change::new("hold.patient-moved").detail(detail))?;
            moved.push(Moved::new("hold", hold.id));
        }
    }
    let in_line: Vec<Versioned<Waiting>> = tx.find(IN_LINE, &params![moving.from])?;
    for mut waiting in in_line {
        if moving.takes("waiting", waiting.id) {
            waiting.request.patient_id = Some(moving.to);
            let detail = json!({ "from": moving.from, "to": moving.to });
            let change = Change::new("waiting.patient-moved").detail(detail);
            let waiting = tx.update(&waiting, change)?;
            moved.push(Moved::new("waiting", waiting.id));
        }
    }
    Ok(moved)
}
