//! The module's statements on single cases, beside their row types. Lists and figures have their
//! own files.

use kernel::{Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned, params};

use crate::down::FollowUp;
use crate::model::Referral;

const LIVE_OF_PROBLEM: &str = "SELECT version, body FROM referral
    WHERE patient_id = $1 AND problem_key = $2 AND phase = 'live'";
const LIVE_OF_PATIENT: &str = "SELECT version, body FROM referral
    WHERE patient_id = $1 AND phase = 'live' ORDER BY created_at, id LIMIT $2";
const DISCHARGED_SINCE: &str = "SELECT version, body FROM referral
    WHERE patient_id = $1 AND discharged_at >= $2 ORDER BY discharged_at DESC, id DESC LIMIT $3";
const OF_HOLD: &str = "SELECT version, body FROM referral WHERE hold_id = $1";
const FOLLOW_UPS_OF: &str = "SELECT version, body FROM referral_follow_up
    WHERE referral_id = $1 ORDER BY due_on, id";
const MESSAGES: &str = "SELECT id, at, account_id, author_name, role, org_id, text
    FROM referral_message WHERE referral_id = $1 ORDER BY at, id LIMIT $2";
const ATTACHMENTS: &str = "SELECT id, at, account_id, author_name, org_id, file_name, media_type,
    size_bytes, sha256 FROM referral_attachment WHERE referral_id = $1 ORDER BY at, id LIMIT $2";

/// Adds a message.
pub(crate) const ADD_MESSAGE: &str =
    "INSERT INTO referral_message (id, referral_id, at, account_id,
    author_name, role, org_id, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// Adds a file.
pub(crate) const ADD_ATTACHMENT: &str = "INSERT INTO referral_attachment (id, referral_id, at,
    account_id, author_name, org_id, file_name, media_type, size_bytes, sha256)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// Counts the files of a case.
pub(crate) const COUNT_ATTACHMENTS: &str =
    "SELECT COUNT(*) AS count FROM referral_attachment WHERE referral_id = $1";

/// Most live cases of one patient looked at.
const LIVE_MAX: i64 = 50;
/// Most messages of one case shown.
const MESSAGES_MAX: i64 = 1_000;
/// Most files of one case shown.
const ATTACHMENTS_MAX: i64 = 100;

/// A message on a case.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Instant,
    /// The account that wrote it.
    pub account_id: Id,
    /// The writer's name.
    pub author_name: String,
    /// In which role.
    pub role: String,
    /// For which organization.
    pub org_id: Id,
    /// What it says.
    pub text: String,
}

/// A file of a case.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its id.
    pub id: Id,
    /// When added.
    pub at: Instant,
    /// By which account.
    pub account_id: Id,
    /// By whom.
    pub author_name: String,
    /// For which organization.
    pub org_id: Id,
    /// Its name.
    pub file_name: String,
    /// Its type, told from the content.
    pub media_type: String,
    /// Its size.
    pub size_bytes: i64,
    /// SHA-256 of the content.
    pub sha256: String,
}

/// The live request for a patient and problem.
pub(crate) fn live_of_problem(
    tx: &mut Tx<'_>,
    patient_id: Id,
    problem_key: &str,
) -> Result<Option<Versioned<Referral>>> {
    Ok(tx
        .find(LIVE_OF_PROBLEM, &params![patient_id, problem_key])?
        .pop())
}

/// All live cases of a patient.
pub(crate) fn live_of_patient(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Versioned<Referral>>> {
    tx.find(LIVE_OF_PATIENT, &params![patient_id, LIVE_MAX])
}

/// Cases of a patient who left hospital since then, the latest first.
pub(crate) fn discharged_since(
    tx: &mut Tx<'_>,
    patient_id: Id,
    since: Instant,
) -> Result<Vec<Versioned<Referral>>> {
    tx.find(DISCHARGED_SINCE, &params![patient_id, since, LIVE_MAX])
}

/// The case that holds a place.
pub(crate) fn of_hold(tx: &mut Tx<'_>, hold_id: Id) -> Result<Option<Versioned<Referral>>> {
    Ok(tx.find(OF_HOLD, &params![hold_id])?.pop())
}

/// The follow-ups of a case, the first due first.
pub(crate) fn follow_ups_of(tx: &mut Tx<'_>, referral_id: Id) -> Result<Vec<Versioned<FollowUp>>> {
    tx.find(FOLLOW_UPS_OF, &params![referral_id])
}

/// The talk on a case, oldest first.
pub(crate) fn messages(tx: &mut Tx<'_>, referral_id: Id) -> Result<Vec<Message>> {
    tx.query(MESSAGES, &params![referral_id, MESSAGES_MAX])
}

/// The files of a case, oldest first.
pub(crate) fn attachments(tx: &mut Tx<'_>, referral_id: Id) -> Result<Vec<Attachment>> {
    tx.query(ATTACHMENTS, &params![referral_id, ATTACHMENTS_MAX])
}
