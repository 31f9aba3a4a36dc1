//! Cases and follow-ups go where their patient goes, when two patients become one.

use http::{Moved, PatientMove};
use kernel::{Error, Result};
use serde_json::json;
use store::{Change, Tx, Versioned, params};

use crate::down::FollowUp;
use crate::model::Referral;

const CASES: &str = "SELECT version, body FROM referral WHERE patient_id = $1 ORDER BY id";
// Their cases have moved by then, and cases are found by patient.
const FOLLOW_UPS: &str = "SELECT f.version, f.body FROM referral AS r
    JOIN referral_follow_up AS f ON f.referral_id = r.id
    WHERE r.patient_id = $2 AND f.patient_id = $1 ORDER BY f.id";
const SAME_LIVE: &str = "SELECT a.id FROM referral AS a
    JOIN referral AS b ON b.problem_key = a.problem_key AND b.phase = 'live'
    WHERE a.patient_id = $1 AND a.phase = 'live' AND b.patient_id = $2 ORDER BY a.id";

/// Moves the cases and follow-ups of a patient.
///
/// # Errors
/// `referral.merge-live-case` where both patients have a live case of the same problem: one of the
/// two is ended first.
pub(crate) fn patient_references(tx: &mut Tx<'_>, moving: &PatientMove<'_>) -> Result<Vec<Moved>> {
    if moving.only.is_none() {
        refuse_two_live(tx, moving)?;
    }
    let mut moved = Vec::new();
    let cases: Vec<Versioned<Referral>> = tx.find(CASES, &params![moving.from])?;
    for mut case in cases {
        if moving.takes("referral", case.id) {
            case.patient_id = moving.to;
            let case = tx.update(&case, change("referral.patient-moved", moving))?;
            moved.push(Moved::new("referral", case.id));
        }
    }
    let follow_ups: Vec<Versioned<FollowUp>> =
        tx.find(FOLLOW_UPS, &params![moving.from, moving.to])?;
    for mut follow_up in follow_ups {
        if moving.takes("follow-up", follow_up.id) {
            follow_up.patient_id = moving.to;
            let follow_up = tx.update(&follow_up, change("referral.follow-up-moved", moving))?;
            moved.push(Moved::new("follow-up", follow_up.id));
        }
    }
    Ok(moved)
}

fn change(event: &'static str, moving: &PatientMove<'_>) -> Change {
    Change::new(event).detail(json!({ "from": moving.from, "to": moving.to }))
}

fn refuse_two_live(tx: &mut Tx<'_>, moving: &PatientMove<'_>) -> Result<()> {
    let found = tx.query_rows(SAME_LIVE, &params![moving.from, moving.to])?;
    if found.is_empty() {
        return Ok(());
    }
    let detail = "both patients have a live referral for the same problem; end or withdraw one of \
                  them, then merge";
    let count = found.len();
    Err(Error::conflict("referral.merge-live-case", detail).with(json!({ "count": count })))
}
