//! Terminology operations over the local code systems and over CodeSystem, ValueSet and ConceptMap
//! resources that are stored here.
//!
//! A code system of the module `terminology` is `http://hl7.org/fhir/sid/icd-10` for diagnoses and
//! what its operator called it, or `urn:lianti:` with its name, for the others; what clients store under a URL of their own is beside
//! it. Whoever asks sees the stored resources within reach, as everywhere.

mod arrivals;
mod code_systems;
mod compose;
mod inputs;
mod maps;
mod operations;
mod value_sets;

pub(crate) use inputs::Inputs;
pub(crate) use operations::{Asked, run};
pub(crate) use value_sets::codes_of;

use fhir::{IssueCode, Resource, View};
use kernel::Result;
use store::{Composed, Tx};

use crate::access::{ALIASES, Eye};
use crate::hash::Param;
use crate::index::short;
use crate::rows::{self, HEADER, Header};
use crate::{kinds, refusal};

pub(crate) use arrivals::FOLLOWER as ARRIVALS;
pub(crate) use code_systems::{above, below};

/// The profile that is stored here under a URL.
///
/// # Errors
/// When it is not known here.
pub(crate) fn profile(tx: &mut Tx<'_>, url: &str) -> Result<Resource> {
    let found = stored(tx, "StructureDefinition", url)?;
    found.ok_or_else(|| not_here("the profile", url))
}

/// Whether a code lies in a value set. A primitive code names no system: it lies in whichever has it.
///
/// # Errors
/// When the value set is not known here, or can't be expanded.
pub(crate) fn holds(
    tx: &mut Tx<'_>,
    value_set: &str,
    system: Option<&str>,
    code: &str,
) -> Result<bool> {
    match system {
        Some(system) => value_sets::find(tx, value_set)?.has(tx, system, code),
        None => {
            let codes = codes_of(tx, value_set, value_sets::MEMBERS_MAX)?;
            Ok(codes.iter().any(|(_, one)| one == code))
        }
    }
}

/// The newest stored resource of a type with this URL that the actor may see.
///
/// # Errors
/// Whatever the database reports.
fn stored(tx: &mut Tx<'_>, kind: &'static str, url: &str) -> Result<Option<Resource>> {
    let url = url.split('|').next().unwrap_or(url);
    let param = Param { kind, code: "url" }.plain();
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Read);
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_string AS s CROSS JOIN fhir_resource AS r WHERE s.param = ")
        .bind(param);
    sql.push(" AND s.folded = ").bind(short(url));
    sql.push(" AND r.key = s.key AND r.kind = ")
        .bind(kinds::number(kind))
        .push(" AND ");
    eye.push_live(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY r.key DESC LIMIT 1");
    let found: Vec<Header> = tx.query_composed(&sql)?;
    match found.first() {
        Some(header) => read(tx, header).map(Some),
        None => Ok(None),
    }
}

/// A stored resource by its id.
///
/// # Errors
/// Not found.
fn by_id(tx: &mut Tx<'_>, kind: &'static str, id: &str) -> Result<Resource> {
    let header = rows::require(tx, kind, id)?;
    read(tx, &header)
}

fn read(tx: &mut Tx<'_>, header: &Header) -> Result<Resource> {
    let body = rows::body(tx, header.key, header.version)?.unwrap_or_default();
    Resource::parse(body.as_bytes()).map_err(refusal::of_issue)
}

fn text(view: View<'_>, name: &str) -> Option<String> {
    view.get(name)?.as_str().map(|text| text.into_owned())
}

fn not_here(what: &str, url: &str) -> kernel::Error {
    let url: String = url.chars().take(200).collect();
    refusal::refuse(
        IssueCode::NotFound,
        "",
        format!("{what} {url} is not known here"),
    )
}
