//! Resources go where their patient goes when two patients become one, and come back when they are
//! two again.
//!
//! What names the replaced patient gets a new version that names the one that stands: body, search
//! rows and history then say the same to every client. An unmerge gives back the bytes from before,
//! or, where a resource was changed meanwhile, rewrites the same references in what it is now.

use std::collections::HashSet;

use fhir::Resource;
use fhir::json::Stamp;
use http::{Moved, PatientMove};
use kernel::{Error, Id, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Change, Composed, Tx, Value, params, sha256_hex};

use crate::rows::{self, HEADER, Header, NewVersion};
use crate::write::subject_of;
use crate::{hash, index, relink};

/// What a merge notes of this module: the replacement itself stands for all that moved with it.
const MOVED: &str = "fhir-patient";
/// Merges that may lie one behind the other.
const CHAIN_MAX: usize = 50;

const REPLACE: &str = "INSERT INTO fhir_replaced (patient_id, replaced_by) VALUES ($1, $2)
    ON CONFLICT (patient_id) DO UPDATE SET replaced_by = excluded.replaced_by";
const RESTORE: &str = "DELETE FROM fhir_replaced WHERE patient_id = $1";
const REPLACED_BY: &str = "SELECT replaced_by AS id FROM fhir_replaced WHERE patient_id = $1";
const REPLACED: &str =
    "SELECT patient_id AS id FROM fhir_replaced WHERE replaced_by = $1 ORDER BY patient_id";
const OF_PATIENT: &str =
    "SELECT r.key, r.address, r.kind, r.id, r.version, r.updated_at, r.patient_id, r.org_id,
    r.owner, r.deleted FROM fhir_compartment AS c CROSS JOIN fhir_resource AS r
    WHERE c.patient = $1 AND c.code = 0 AND r.key = c.key AND r.deleted = 0 ORDER BY r.key";
const GONE: &str = "SELECT key, version FROM fhir_resource
    WHERE patient_id = $1 AND deleted = 1 ORDER BY key";
const NOTE: &str = "INSERT INTO fhir_moved (patient_id, key, version) VALUES ($1, $2, $3)";
const NOTED: &str = "SELECT key, version FROM fhir_moved WHERE patient_id = $1 ORDER BY key";
const FORGET: &str = "DELETE FROM fhir_moved WHERE patient_id = $1";
const MOVE_GONE: &str =
    "UPDATE fhir_resource SET patient_id = $2 WHERE key = $1 AND deleted = 1 AND patient_id = $3";
/// What was written while the two were one names the other: only who may see both reads it.
const NAME_BOTH: &str =
    "UPDATE fhir_version SET others = CASE WHEN others IS NULL THEN $4 ELSE others || ' ' || $4 END
    WHERE key = $1 AND version >= $2 AND version <= $3";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    key: i64,
    version: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
}

/// Moves what names a patient, or puts back what a merge moved.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn patient_references(tx: &mut Tx<'_>, moving: &PatientMove<'_>) -> Result<Vec<Moved>> {
    if moving.only.is_none() {
        merge(tx, moving.from, moving.to)?;
        return Ok(vec![Moved::new(MOVED, moving.from)]);
    }
    if !moving.takes(MOVED, moving.to) {
        return Ok(Vec::new());
    }
    unmerge(tx, moving.to, moving.from)?;
    Ok(vec![Moved::new(MOVED, moving.to)])
}

/// The patient that stands for one that was merged into it; `None` for one that stands itself.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn standing(tx: &mut Tx<'_>, id: &str) -> Result<Option<String>> {
    let mut stands: Option<String> = None;
    for _ in 0..CHAIN_MAX {
        let asked = stands.as_deref().unwrap_or(id).to_owned();
        let next: Option<Named> = tx.query_opt(REPLACED_BY, &params![asked])?;
        match next {
            Some(next) => stands = Some(next.id),
            None => break,
        }
    }
    Ok(stands)
}

/// The patients that were merged into this one.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn replaced(tx: &mut Tx<'_>, id: Id) -> Result<Vec<String>> {
    let rows: Vec<Named> = tx.query(REPLACED, &params![id])?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn merge(tx: &mut Tx<'_>, loser: Id, winner: Id) -> Result<()> {
    let (from, to) = (loser.to_string(), winner.to_string());
    tx.execute(REPLACE, &params![from.as_str(), to.as_str()])?;
    let headers: Vec<Header> = tx.query(OF_PATIENT, &params![hash::address("Patient", &from)])?;
    for header in &headers {
        // The replaced patient itself stays, as the module that keeps it says.
        if header.type_name() == "Patient" && header.id == from {
            continue;
        }
        let body = stored(tx, header.key, header.version)?;
        let rewritten = relink::patient(&body, &from, &to, None)?;
        put(tx, header, &rewritten, (&from, &to))?;
        tx.execute(
            NOTE,
            &params![from.as_str(), header.key, header.version + 1],
        )?;
    }
    let gone: Vec<Place> = tx.query(GONE, &params![from.as_str()])?;
    for place in gone {
        tx.execute(NOTE, &params![from.as_str(), place.key, place.version])?;
        tx.execute(MOVE_GONE, &params![place.key, to.as_str(), from.as_str()])?;
    }
    Ok(())
}

fn unmerge(tx: &mut Tx<'_>, loser: Id, winner: Id) -> Result<()> {
    let (from, to) = (winner.to_string(), loser.to_string());
    let places: Vec<Place> = tx.query(NOTED, &params![to.as_str()])?;
    for place in &places {
        put_back(tx, place, &from, &to)?;
    }
    tx.execute(FORGET, &params![to.as_str()])?;
    tx.execute(RESTORE, &params![to.as_str()])?;
    Ok(())
}

fn put_back(tx: &mut Tx<'_>, place: &Place, from: &str, to: &str) -> Result<()> {
    let header = by_key(tx, place.key)?;
    let was_live = rows::body(tx, place.key, place.version)?.is_some();
    if header.deleted {
        // Whose it was decides who may know that it was here.
        tx.execute(MOVE_GONE, &params![header.key, to, from])?;
        return Ok(());
    }
    if !was_live {
        // It was made anew since, for the patient that stands.
        return Ok(());
    }
    let before = stored(tx, place.key, place.version - 1)?;
    let rewritten = if header.version == place.version {
        before
    } else {
        // Where it named both before, only the references that were rewritten go back.
        let both = relink::places(&before, from);
        let mine = relink::places(&before, to);
        let only: Option<HashSet<String>> = (!both.is_empty()).then_some(mine);
        let now = stored(tx, header.key, header.version)?;
        relink::patient(&now, from, to, only.as_ref())?
    };
    put(tx, &header, &rewritten, (from, to))?;
    let values = params![header.key, place.version, header.version, from];
    tx.execute(NAME_BOTH, &values).map(|_| ())
}

/// Writes the next version of a resource.
fn put(
    tx: &mut Tx<'_>,
    header: &Header,
    resource: &Resource,
    (from, to): (&str, &str),
) -> Result<()> {
    let version = header.version + 1;
    let (version_text, now_text) = (version.to_string(), tx.now().to_string());
    let stamp = Stamp {
        id: &header.id,
        version_id: &version_text,
        last_updated: &now_text,
    };
    let body = resource.stamped(&stamp);
    let sha256 = sha256_hex(body.as_bytes());
    let rows = index::rows(resource, &relink::base_of(resource, to));
    let new = NewVersion {
        kind: header.type_name(),
        id: &header.id,
        version,
        key: header.key,
        method: "PUT",
        org_id: header.org_id.clone(),
        owner: header.owner.as_deref(),
        rows: &rows,
        body,
    };
    let rule = record::sensitive::rule(tx)?;
    rows::write(tx, &new, &rule)?;
    let change = Change::new("fhir.patient-moved").detail(json!({
        "type": header.type_name(), "id": header.id, "version": version, "sha256": sha256,
        "from": from, "to": to,
    }));
    let patient = rows.patients.first().map(String::as_str);
    let subject = subject_of(header.type_name(), &header.id, &header.org_id, patient);
    tx.record(change, subject)
}

fn stored(tx: &mut Tx<'_>, key: i64, version: i64) -> Result<Resource> {
    let body = rows::body(tx, key, version)?.unwrap_or_default();
    Resource::parse(body.as_bytes())
        .map_err(|issue| Error::internal(format!("resource {key}: {}", issue.details)))
}

fn by_key(tx: &mut Tx<'_>, key: i64) -> Result<Header> {
    let mut sql = Composed::new();
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_resource AS r WHERE r.key = ")
        .bind(Value::from(key));
    let found: Vec<Header> = tx.query_composed(&sql)?;
    let missing = || Error::internal(format!("resource {key} is not there"));
    found.into_iter().next().ok_or_else(missing)
}
