//! `:in` and `:not-in`: the codes a local ValueSet lists.

use fhir::search::QueryValue;
use fhir::{IssueCode, Resource, View};
use kernel::Result;
use store::{Composed, Tx};

use crate::access::{ALIASES, Eye};
use crate::hash::Param;
use crate::index::short;
use crate::rows::{self, HEADER, Header};
use crate::{kinds, refusal};

/// Codes one value set may put into a search.
const CODES_MAX: usize = 1_000;

/// Systems and codes of the value sets named.
///
/// # Errors
/// When one is not stored here, lists too many codes, or is defined by more than a list.
pub(super) fn tokens(tx: &mut Tx<'_>, any: &[QueryValue]) -> Result<Vec<(String, String)>> {
    let mut codes = Vec::new();
    for value in any {
        if let QueryValue::ValueSet(url) = value {
            let body = load(tx, url)?;
            let value_set = Resource::parse(body.as_bytes()).map_err(refusal::of_issue)?;
            listed(value_set.root(), &mut codes)?;
        }
    }
    if codes.len() > CODES_MAX {
        let text = "the value set lists too many codes for a search";
        return Err(refusal::refuse(IssueCode::TooCostly, "", text));
    }
    Ok(codes)
}

fn load(tx: &mut Tx<'_>, url: &str) -> Result<String> {
    let param = Param {
        kind: "ValueSet",
        code: "url",
    }
    .plain();
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql);
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_string AS s CROSS JOIN fhir_resource AS r WHERE s.param = ")
        .bind(param);
    sql.push(" AND s.folded = ").bind(short(url));
    sql.push(" AND r.key = s.key AND r.kind = ")
        .bind(kinds::number("ValueSet"))
        .push(" AND ");
    eye.push_live(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY r.key DESC LIMIT 1");
    let found: Vec<Header> = tx.query_composed(&sql)?;
    let Some(header) = found.first() else {
        let text = "this value set is not stored here";
        return Err(refusal::refuse(IssueCode::NotFound, "", text));
    };
    Ok(rows::body(tx, header.key, header.version)?.unwrap_or_default())
}

fn listed(value_set: View<'_>, codes: &mut Vec<(String, String)>) -> Result<()> {
    let text = |view: View<'_>, name: &str| {
        view.get(name)
            .and_then(View::as_str)
            .map(|text| text.into_owned())
            .unwrap_or_default()
    };
    if let Some(contains) = value_set.at(&["expansion", "contains"]) {
        for one in contains.items() {
            codes.push((text(one, "system"), text(one, "code")));
        }
        return Ok(());
    }
    for include in value_set
        .at(&["compose", "include"])
        .into_iter()
        .flat_map(View::items)
    {
        let Some(concepts) = include.get("concept") else {
            let why = "the value set is not a plain list of codes; store it with an expansion";
            return Err(refusal::refuse(
                IssueCode::NotSupported,
                "ValueSet.compose",
                why,
            ));
        };
        let system = text(include, "system");
        codes.extend(
            concepts
                .items()
                .map(|one| (system.clone(), text(one, "code"))),
        );
    }
    Ok(())
}
