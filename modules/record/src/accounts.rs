//! The accounts through which patients, or their guardians, ask.

use kernel::{Error, Id, Instant, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Change, Subject, Tx, Versioned, params};

use crate::model::{Patient, PatientBrief};

const OF_PATIENT: &str = "SELECT account_id, since FROM patient_account WHERE patient_id = $1
    ORDER BY since, account_id";
const LINK: &str = "INSERT INTO patient_account (account_id, patient_id, since) VALUES ($1, $2, $3)
    ON CONFLICT (account_id, patient_id) DO NOTHING";
const UNLINK: &str = "DELETE FROM patient_account WHERE account_id = $1 AND patient_id = $2";
const IS_LINKED: &str =
    "SELECT COUNT(*) AS count FROM patient_account WHERE account_id = $1 AND patient_id = $2";

const PATIENTS: &str = "SELECT p.version, p.body FROM patient_account AS a
    JOIN patient AS p ON p.id = a.patient_id WHERE a.account_id = $1 ORDER BY a.patient_id LIMIT 20";

/// An account tied to a patient.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    pub(crate) account_id: Id,
    pub(crate) since: Instant,
}

/// The accounts tied to a patient, the longest tied first.
pub(crate) fn of_patient(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Link>> {
    tx.query(OF_PATIENT, &params![patient_id])
}

/// The patients whom the actor's account asks for: oneself, and those one is guardian of.
pub(crate) fn patients(tx: &mut Tx<'_>) -> Result<Vec<PatientBrief>> {
    let (account_id, today) = (tx.actor().id, tx.now().date());
    let found: Vec<Versioned<Patient>> = tx.find(PATIENTS, &params![account_id])?;
    Ok(found
        .iter()
        .map(|patient| PatientBrief::of(patient, today))
        .collect())
}

/// Ties an account to a patient; answers whether it was not before.
pub(crate) fn link(
    tx: &mut Tx<'_>,
    account_id: Id,
    patient_id: Id,
    since: Instant,
) -> Result<bool> {
    Ok(tx.execute(LINK, &params![account_id, patient_id, since])? == 1)
}

/// Unties an account from a patient; answers whether it was tied.
pub(crate) fn unlink(tx: &mut Tx<'_>, account_id: Id, patient_id: Id) -> Result<bool> {
    Ok(tx.execute(UNLINK, &params![account_id, patient_id])? == 1)
}

pub(crate) fn is_linked(tx: &mut Tx<'_>, account_id: Id, patient_id: Id) -> Result<bool> {
    Ok(tx.count(IS_LINKED, &params![account_id, patient_id])? > 0)
}

/// Ties an account to the patient whose own it is, or whose guardian's.
///
/// # Errors
/// `account` when there is none; `record.account-linked` when it is tied already.
pub fn link_account(tx: &mut Tx<'_>, patient: &Patient, account_id: Id) -> Result<()> {
    tx.load::<http::signin::Account>(account_id)
        .map_err(|error| error.at("account_id"))?;
    let now = tx.now();
    if !link(tx, account_id, patient.id, now)? {
        let detail = "this account is tied to this patient already";
        return Err(Error::conflict("record.account-linked", detail));
    }
    let change = Change::new("record.account-linked").detail(json!({ "account_id": account_id }));
    tx.record(change, Subject::of(patient))
}
