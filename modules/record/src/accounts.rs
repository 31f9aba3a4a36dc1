//! The accounts through which patients, or their guardians, ask.

use kernel::{Id, Instant, Result};
use serde::Deserialize;
use store::{Tx, params};

const OF_PATIENT: &str = "SELECT account_id, since FROM patient_account WHERE patient_id = $1
    ORDER BY since, account_id";
const LINK: &str = "INSERT INTO patient_account (account_id, patient_id, since) VALUES ($1, $2, $3)
    ON CONFLICT (account_id, patient_id) DO NOTHING";
const UNLINK: &str = "DELETE FROM patient_account WHERE account_id = $1 AND patient_id = $2";
const IS_LINKED: &str =
    "SELECT COUNT(*) AS count FROM patient_account WHERE account_id = $1 AND patient_id = $2";

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
