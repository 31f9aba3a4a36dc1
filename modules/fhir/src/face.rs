//! What other modules store and read here: resources that came to them, and leave, in other words, such
//! as HL7 v2.

use fhir::Resource;
use fhir::json::Stamp;
use kernel::{Error, Id, Result};
use serde_json::json;
use store::{Change, Subject, Tx, sha256_hex};

use crate::access::{note, require_change, require_patients, require_writer};
use crate::profiles::InForce;
use crate::rows::{self, NewVersion};
use crate::{keys, kinds, prepare, refusal, search};

/// Stores a resource of the actor's organization under an id that the caller chose, and answers its
/// version. It is checked as if it had come over `/fhir`, and refused where the actor has no basis to
/// write about its patients.
///
/// # Errors
/// `access.forbidden`, `fhir.owned`, `fhir.invalid` with the issues, `fhir.no-patient`,
/// `fhir.read-only-basis`, `fhir.patient-changed`.
pub fn store_resource(tx: &mut Tx<'_>, id: Id, text: &str) -> Result<i64> {
    require_writer(tx)?;
    let resource = Resource::parse(text.as_bytes()).map_err(refusal::of_issue)?;
    let number = kinds::number(resource.type_name());
    let Some(kind) = number.and_then(kinds::name) else {
        return Err(refusal::not_found());
    };
    if let Some(api) = kinds::owner_api(kind) {
        let detail = format!("{kind} is kept by a module: use {api}");
        return Err(Error::rule("fhir.owned", detail).with(json!({ "api": api })));
    }
    let prepared = prepare::prepare(resource, "")?;
    InForce::load(tx)?.require(tx, &prepared.resource)?;
    let basis = require_patients(tx, &prepared.rows.patients)?;
    let id_text = id.to_string();
    let known = rows::head(tx, kind, &id_text)?;
    let patient = prepared.rows.patients.first();
    if let Some(header) = &known {
        require_change(tx, header, kernel::AppRight::Update)?;
        if header.patient_id.as_ref() != patient {
            let detail = "an update does not move a resource to another patient";
            return Err(Error::rule("fhir.patient-changed", detail));
        }
    }
    let version = known.as_ref().map_or(1, |header| header.version + 1);
    let (version_text, now_text) = (version.to_string(), tx.now().to_string());
    let body = prepared.resource.stamped(&Stamp {
        id: &id_text,
        version_id: &version_text,
        last_updated: &now_text,
    });
    let key = match &known {
        Some(header) => header.key,
        None => keys::take_now(tx, 1)?,
    };
    let org_id = known.as_ref().map_or_else(
        || tx.actor().org_id.to_string(),
        |header| header.org_id.clone(),
    );
    let sha256 = sha256_hex(body.as_bytes());
    let new = NewVersion {
        kind,
        id: &id_text,
        version,
        key,
        method: "PUT",
        org_id: org_id.clone(),
        owner: None,
        rows: &prepared.rows,
        body,
    };
    let rule = record::sensitive::rule(tx)?;
    rows::write(tx, &new, &rule)?;
    let live = known.is_some_and(|header| !header.deleted);
    let event = if live { "fhir.updated" } else { "fhir.created" };
    let detail = json!({ "type": kind, "id": id, "version": version, "sha256": sha256 });
    let mut change = Change::new(event).detail(detail);
    change.basis = basis;
    let subject = Subject {
        org_id: org_id.parse().ok(),
        patient_id: patient.and_then(|id| id.parse().ok()),
        ..Subject::new("fhir-resource", id)
    };
    tx.record(change, subject)?;
    Ok(version)
}

/// A resource as somebody may see it.
#[derive(Clone)]
pub struct SeenResource {
    /// Its version.
    pub version: i64,
    /// The organization that wrote it.
    pub org_id: Id,
    /// Its text, as it is stored.
    pub text: String,
}

/// The version of a live resource, and the organization that wrote it, if the actor may see it. What it
/// says is not read, so nobody's access is noted.
///
/// # Errors
/// Whatever the database reports.
pub fn seen_version(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<Option<(i64, Id)>> {
    let found = rows::seen(tx, kind, id)?.filter(|header| !header.deleted);
    found
        .map(|header| Ok((header.version, header.org_id.parse()?)))
        .transpose()
}

/// A live resource if the actor may see it, by basis, consent and sensitivity as over `/fhir`; the
/// access is noted as `what`.
///
/// # Errors
/// Whatever the database reports.
pub fn seen_resource(
    tx: &mut Tx<'_>,
    kind: &str,
    id: &str,
    what: &str,
) -> Result<Option<SeenResource>> {
    let Some(header) = rows::seen(tx, kind, id)?.filter(|header| !header.deleted) else {
        return Ok(None);
    };
    let Some(text) = rows::body(tx, header.key, header.version)? else {
        return Ok(None);
    };
    note(tx, [&header].into_iter(), what)?;
    Ok(Some(SeenResource {
        version: header.version,
        org_id: header.org_id.parse()?,
        text,
    }))
}

/// A stored resource, if the actor may see it; the look is noted as `what`.
///
/// # Errors
/// `fhir.resource` (not found), `fhir.deleted` (gone).
pub fn read_resource(tx: &mut Tx<'_>, kind: &str, id: Id, what: &str) -> Result<String> {
    let header = rows::require(tx, kind, &id.to_string())?;
    note(tx, [&header].into_iter(), what)?;
    let body = rows::body(tx, header.key, header.version)?;
    body.ok_or_else(refusal::gone)
}

/// The resources of a type that a search finds and the actor may see, at most `limit`; the look is
/// noted as `what`.
///
/// # Errors
/// What is wrong with the criteria; whatever the database reports.
pub fn find_resources(
    tx: &mut Tx<'_>,
    kind: &str,
    criteria: &str,
    limit: u32,
    what: &str,
) -> Result<Vec<String>> {
    let kind = kinds::number(kind).and_then(kinds::name);
    let kind = kind.ok_or_else(refusal::not_found)?;
    let mut query = fhir::search::parse_criteria(kind, criteria).map_err(refusal::of_issues)?;
    query.types = vec![kind];
    query.count = Some(limit);
    let found = search::page(tx, &query)?;
    note(tx, found.headers.iter(), what)?;
    rows::bodies(tx, &found.headers)
}
