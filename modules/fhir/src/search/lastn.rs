//! `$lastn`: the last few observations of each code of one patient.

use fhir::IssueCode;
use fhir::search::{Criterion, Modifier, Query, QueryValue};
use kernel::Result;
use serde::Deserialize;
use store::Tx;

use super::filter::Writer;
use super::standing;
use crate::access::ALIASES;
use crate::rows::{HEADER, Header};
use crate::{app, hash, kinds, refusal};

/// Observations a code at most, and resources of all codes together.
const LAST_MAX: u32 = 50;
const ALL_MAX: u32 = 1_000;

#[derive(Deserialize)]
struct Key {
    key: i64,
}

/// The heads of the last `count` observations of each code, newest first.
///
/// # Errors
/// When no patient is named; what of the query is not supported.
pub(crate) fn lastn(tx: &mut Tx<'_>, query: &Query, count: u32) -> Result<Vec<Header>> {
    app::require_query(tx.actor(), query)?;
    let query = &*standing::of(tx, query)?;
    let patient = query
        .clauses
        .iter()
        .find_map(|clause| patient_of(&clause.criterion));
    let patient = patient.ok_or_else(|| {
        let text = "name the patient: patient=…";
        refusal::refuse(IssueCode::Required, "patient", text)
    })?;
    let keys = keys(tx, query, patient, count.clamp(1, LAST_MAX))?;
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut writer = Writer::new(tx);
    writer
        .sql
        .push("SELECT ")
        .push(HEADER)
        .push(" FROM fhir_resource AS r WHERE r.key IN (");
    writer.sql.bind_all(keys.iter().copied()).push(") AND ");
    writer.eye.push_live(&mut writer.sql, &ALIASES[0]);
    let sql = writer.sql;
    let mut headers: Vec<Header> = tx.query_composed(&sql)?;
    headers.sort_by_key(|header| keys.iter().position(|key| *key == header.key));
    Ok(headers)
}

fn patient_of(criterion: &Criterion) -> Option<i64> {
    let Criterion::Value {
        parameter,
        modifier: Modifier::None,
        any,
    } = criterion
    else {
        return None;
    };
    match any.as_slice() {
        [
            QueryValue::Reference {
                types,
                id: Some(id),
                ..
            },
        ] if matches!(parameter.code, "patient" | "subject") && types.contains(&"Patient") => {
            Some(hash::address("Patient", id))
        }
        _ => None,
    }
}

fn keys(tx: &mut Tx<'_>, query: &Query, patient: i64, count: u32) -> Result<Vec<i64>> {
    let mut writer = Writer::new(tx);
    writer.sql.push(
        "SELECT q.key, MAX(q.date) AS date FROM (SELECT c.key AS key, c.date AS date,
            ROW_NUMBER() OVER (PARTITION BY c.code ORDER BY c.date DESC, c.key DESC) AS place
            FROM fhir_compartment AS c CROSS JOIN fhir_resource AS r
            WHERE r.key = c.key AND c.code <> 0 AND c.patient = ",
    );
    writer
        .sql
        .bind(patient)
        .push(" AND c.kind = ")
        .bind(kinds::number("Observation"));
    writer.sql.push(" AND ");
    writer.eye.push_live(&mut writer.sql, &ALIASES[0]);
    for clause in &query.clauses {
        writer.and("Observation", &clause.criterion, 0)?;
    }
    writer.sql.push(") AS q WHERE q.place <= ").bind(count);
    writer
        .sql
        .push(" GROUP BY q.key ORDER BY date DESC, q.key DESC LIMIT ")
        .bind(ALL_MAX);
    let sql = writer.sql;
    let rows: Vec<Key> = tx.query_composed(&sql)?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}
