//! May this actor read this patient? Own patient, live care, consent or break-glass; nothing else.

use kernel::{Actor, Basis, Error, Id, Result, Scope, text};
use serde::Deserialize;
use serde_json::json;
use store::{Change, Subject, Tx, Versioned, params};

use crate::model::{Patient, PatientBrief};
use crate::{accounts, break_glass, index, patients, sight};

const IS_OWN: &str =
    "SELECT COUNT(*) AS count FROM patient_org WHERE org_id = $1 AND patient_id = $2";
const LIVE_CARE: &str = "SELECT document, document_id FROM care
    WHERE patient_id = $1 AND org_id = $2 AND closed_at IS NULL ORDER BY opened_at, document_id LIMIT 1";
const OPEN_CARE: &str =
    "INSERT INTO care (patient_id, document_id, org_id, document, name_key, initials,
    opened_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)
    ON CONFLICT (patient_id, document_id, org_id) DO UPDATE SET closed_at = NULL
    WHERE care.closed_at IS NOT NULL";
const CARE_OF_DOCUMENT: &str = "SELECT DISTINCT patient_id FROM care
    WHERE document_id = $1 AND closed_at IS NULL ORDER BY patient_id";
const CLOSE_CARE: &str =
    "UPDATE care SET closed_at = $2 WHERE document_id = $1 AND closed_at IS NULL";
const CLOSE_CARE_OF_ORG: &str = "UPDATE care SET closed_at = $3
    WHERE document_id = $1 AND org_id = $2 AND closed_at IS NULL";
const ORGS: &str = "SELECT org_id FROM patient_org WHERE patient_id = $1 ORDER BY org_id";

/// A patient, unchecked and unnoted: for work inside the server that shows nobody anything. An id
/// that was merged into another leads to the one that stands for it.
///
/// # Errors
/// `NotFound` with code `patient`.
pub fn patient(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Patient>> {
    index::one_patient(tx, id)
}

/// The masked brief of a patient, unchecked: for documents whose reader has a basis by them.
///
/// # Errors
/// `NotFound` with code `patient`.
pub fn brief(tx: &mut Tx<'_>, id: Id) -> Result<PatientBrief> {
    let patient = index::one_patient(tx, id)?;
    Ok(PatientBrief::of(&patient, tx.now().date()))
}

/// The patient and the basis on which this actor reads it; notes the access.
///
/// # Errors
/// `NotFound` with code `patient`; `record.no-basis`, saying what would help.
pub fn view(tx: &mut Tx<'_>, id: Id, what: &str) -> Result<(Versioned<Patient>, Basis)> {
    let patient = index::one_patient(tx, id)?;
    let id = patient.id;
    let Some(basis) = basis(tx, id)? else {
        return Err(no_basis(id));
    };
    tx.note_access(id, Some(patient.org_id), &basis, what)?;
    Ok((patient, basis))
}

/// The refusal that names the ways there are.
pub(crate) fn no_basis(patient_id: Id) -> Error {
    let detail = "your organization has no basis to read this patient: register the patient when they \
                  come to you with their card, open a referral or consultation, record their consent, \
                  or in an emergency use break-glass with a reason";
    let data = json!({
        "patient_id": patient_id,
        "ways": ["registration", "care", "consent", "break-glass"],
    });
    Error::forbidden("record.no-basis", detail).with(data)
}

/// The basis on which this actor may read this patient, the plainest first.
///
/// # Errors
/// Whatever the database reports.
pub fn basis(tx: &mut Tx<'_>, patient_id: Id) -> Result<Option<Basis>> {
    if only_oneself(tx.actor()) {
        return Ok(is_self(tx, patient_id)?.then_some(Basis::Oneself));
    }
    let org_id = tx.actor().org_id;
    if is_own(tx, patient_id, org_id)? {
        return Ok(Some(Basis::OwnPatient));
    }
    if let Some(basis) = live_care(tx, patient_id, org_id)? {
        return Ok(Some(basis));
    }
    if let Some(id) = sight::permit(tx, patient_id, org_id)? {
        return Ok(Some(Basis::Consent { id }));
    }
    Ok(break_glass::in_force(tx, patient_id)?.map(|id| Basis::BreakGlass { id }))
}

/// Is the patient registered with, or treated at, this organization?
///
/// # Errors
/// Whatever the database reports.
pub fn is_own(tx: &mut Tx<'_>, patient_id: Id, org_id: Id) -> Result<bool> {
    Ok(tx.count(IS_OWN, &params![org_id, patient_id])? > 0)
}

/// Is the patient the actor's own self or ward?
///
/// # Errors
/// Whatever the database reports.
pub fn is_self(tx: &mut Tx<'_>, patient_id: Id) -> Result<bool> {
    let account_id = tx.actor().id;
    accounts::is_linked(tx, account_id, patient_id)
}

/// Does this actor read records as a patient, and nobody's but their own? What the organization
/// they are registered at may read is no concern of theirs.
pub fn only_oneself(actor: &Actor) -> bool {
    actor.scope("record.read") == Some(Scope::Own)
}

pub(crate) fn live_care(tx: &mut Tx<'_>, patient_id: Id, org_id: Id) -> Result<Option<Basis>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Care {
        document: String,
        document_id: Id,
    }
    let care: Option<Care> = tx.query_opt(LIVE_CARE, &params![patient_id, org_id])?;
    Ok(care.map(|care| Basis::Care {
        document: care.document,
        id: care.document_id,
    }))
}

/// Opens a care relation: while the document is live, the organization may read the patient.
/// Opening it again changes nothing.
///
/// # Errors
/// `NotFound` with code `patient`.
pub fn open_care(
    tx: &mut Tx<'_>,
    patient_id: Id,
    org_id: Id,
    document: &str,
    document_id: Id,
) -> Result<()> {
    let patient = index::one_patient(tx, patient_id)?;
    let values = params![
        patient.id,
        document_id,
        org_id,
        document,
        text::pinyin_key(&patient.name),
        text::pinyin_initials(&patient.name),
        tx.now(),
    ];
    if tx.execute(OPEN_CARE, &values)? == 0 {
        return Ok(());
    }
    let detail = json!({ "document": document, "document_id": document_id });
    let subject = Subject {
        peer_org_id: Some(org_id),
        ..Subject::of(&patient.data)
    };
    tx.record(Change::new("record.care-opened").detail(detail), subject)
}

/// Closes every care relation of a document; none open is no error.
///
/// # Errors
/// Whatever the database reports.
pub fn close_care(tx: &mut Tx<'_>, document_id: Id) -> Result<()> {
    let patients = cared_for(tx, document_id)?;
    let now = tx.now();
    tx.execute(CLOSE_CARE, &params![document_id, now])?;
    note_closed(tx, patients, document_id, None)
}

/// Closes the care relation of one organization by a document, such as one a case was taken from.
///
/// # Errors
/// Whatever the database reports.
pub fn close_care_of(tx: &mut Tx<'_>, document_id: Id, org_id: Id) -> Result<()> {
    let patients = cared_for(tx, document_id)?;
    let now = tx.now();
    if tx.execute(CLOSE_CARE_OF_ORG, &params![document_id, org_id, now])? == 0 {
        return Ok(());
    }
    note_closed(tx, patients, document_id, Some(org_id))
}

fn cared_for(tx: &mut Tx<'_>, document_id: Id) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Care {
        patient_id: Id,
    }
    let rows: Vec<Care> = tx.query(CARE_OF_DOCUMENT, &params![document_id])?;
    Ok(rows.into_iter().map(|row| row.patient_id).collect())
}

fn note_closed(
    tx: &mut Tx<'_>,
    patients: Vec<Id>,
    document_id: Id,
    org_id: Option<Id>,
) -> Result<()> {
    for patient_id in patients {
        let subject = Subject {
            kind: "patient",
            id: patient_id,
            org_id: None,
            peer_org_id: org_id,
            patient_id: Some(patient_id),
        };
        let detail = json!({ "document_id": document_id });
        tx.record(Change::new("record.care-closed").detail(detail), subject)?;
    }
    Ok(())
}

/// Makes the patient an organization's own because it treats them: admitted, seen, examined.
///
/// # Errors
/// `NotFound` with code `patient`.
pub fn note_treatment(tx: &mut Tx<'_>, patient_id: Id, org_id: Id) -> Result<()> {
    let patient = index::one_patient(tx, patient_id)?;
    join_org(tx, &patient, org_id, "treated").map(|_| ())
}

/// Makes the patient an organization's own; answers whether it was not before.
pub(crate) fn join_org(
    tx: &mut Tx<'_>,
    patient: &Patient,
    org_id: Id,
    relation: &'static str,
) -> Result<bool> {
    let now = tx.now();
    if !patients::link_org(tx, patient, org_id, relation, now)? {
        return Ok(false);
    }
    let subject = Subject {
        peer_org_id: Some(org_id),
        ..Subject::of(patient)
    };
    tx.record(
        Change::new("record.org-joined").detail(json!({ "relation": relation })),
        subject,
    )?;
    Ok(true)
}

/// The organizations whose own patient this is.
///
/// # Errors
/// Whatever the database reports.
pub fn orgs_of(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Own {
        org_id: Id,
    }
    let rows: Vec<Own> = tx.query(ORGS, &params![patient_id])?;
    Ok(rows.into_iter().map(|row| row.org_id).collect())
}

/// Audits a refusal after its transaction was rolled back, then answers it: who tried to open which
/// patient without a basis, or ran into somebody registered. Other results pass through.
///
/// # Errors
/// The refusal itself.
pub async fn audited<T>(ctx: &http::Ctx, result: Result<T>) -> Result<T> {
    let Err(error) = result else { return result };
    let event = match error.code() {
        "record.no-basis" => "record.read-refused",
        "record.duplicate-identifier" | "record.possible-duplicate" => "record.duplicate-shown",
        _ => return Err(error),
    };
    let patients = refused_patients(&error);
    let noted = ctx.store().write(ctx.request(), move |tx| {
        let peer_org_id = Some(tx.actor().org_id);
        for &patient_id in &patients {
            let subject = Subject {
                kind: "patient",
                id: patient_id,
                org_id: None,
                peer_org_id,
                patient_id: Some(patient_id),
            };
            tx.record(Change::new(event), subject)?;
        }
        Ok(())
    });
    noted.await?;
    Err(error)
}

fn refused_patients(error: &Error) -> Vec<Id> {
    let Some(data) = error.data() else {
        return Vec::new();
    };
    let one = data.get("patient_id").into_iter();
    let many = data
        .get("patient_ids")
        .and_then(|ids| ids.as_array())
        .into_iter()
        .flatten();
    one.chain(many)
        .filter_map(|id| id.as_str()?.parse().ok())
        .collect()
}
