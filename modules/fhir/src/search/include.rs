//! `_include` and `_revinclude`: what the resources of a page point at and what points at them, as
//! far as the actor may see it, within bounds.

use std::collections::HashSet;

use fhir::search::{Include, Query};
use kernel::Result;
use store::{Composed, Tx};

use crate::access::{ALIASES, Eye};
use crate::hash::Param;
use crate::kinds;
use crate::rows::{HEADER, Header};

/// Resources one answer includes at most.
pub(crate) const INCLUDED_MAX: usize = 1_000;
/// Rounds of `:iterate`.
const ROUNDS_MAX: usize = 5;
/// Keys one statement takes.
const KEYS_MAX: usize = 200;

/// What belongs to the matches of a query, each once and none of the matches themselves.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn included(tx: &mut Tx<'_>, query: &Query, matches: &[Header]) -> Result<Vec<Header>> {
    let mut seen: HashSet<i64> = matches.iter().map(|header| header.key).collect();
    let mut all: Vec<Header> = Vec::new();
    let mut front: Vec<Header> = matches.to_vec();
    for round in 0..ROUNDS_MAX {
        let mut found: Vec<Header> = Vec::new();
        let again = |include: &&Include| round == 0 || include.iterate;
        for include in query.include.iter().filter(again) {
            found.extend(step(tx, include, &front, true)?);
        }
        for include in query.revinclude.iter().filter(again) {
            found.extend(step(tx, include, &front, false)?);
        }
        found.retain(|header| seen.insert(header.key));
        found.truncate(INCLUDED_MAX - all.len());
        if found.is_empty() {
            break;
        }
        all.extend(found.iter().cloned());
        front = found;
    }
    Ok(all)
}

/// One include from some resources: forward to what they point at, or back.
fn step(tx: &mut Tx<'_>, include: &Include, from: &[Header], forward: bool) -> Result<Vec<Header>> {
    let from: Vec<&Header> = from
        .iter()
        .filter(|header| !forward || header.type_name() == include.source)
        .collect();
    let params: Vec<i64> = include
        .parameters
        .iter()
        .map(|parameter| {
            Param {
                kind: include.source,
                code: parameter.code,
            }
            .plain()
        })
        .collect();
    let mut found = Vec::new();
    if params.is_empty() {
        return Ok(found);
    }
    for some in from.chunks(KEYS_MAX) {
        let mut sql = Composed::new();
        let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Search);
        sql.push("SELECT DISTINCT ").push(HEADER);
        sql.push(" FROM fhir_reference AS f CROSS JOIN fhir_resource AS r WHERE f.param IN (");
        sql.bind_all(params.iter().copied());
        if forward {
            sql.push(") AND r.address = f.target AND f.key IN (");
            sql.bind_all(some.iter().map(|header| header.key));
        } else {
            sql.push(") AND r.key = f.key AND f.target IN (");
            sql.bind_all(some.iter().map(|header| header.address));
        }
        sql.push(") AND ");
        if let Some(number) = include.target.filter(|_| forward).and_then(kinds::number) {
            sql.push("r.kind = ").bind(number).push(" AND ");
        }
        eye.push_live(&mut sql, &ALIASES[0]);
        sql.push(" ORDER BY r.key DESC LIMIT ")
            .bind(INCLUDED_MAX as i64);
        let rows: Vec<Header> = tx.query_composed(&sql)?;
        found.extend(rows);
    }
    Ok(found)
}
