//! Whole code systems for other interfaces: pages by number, all that a search matches, and what
//! lies above and below a concept.

use kernel::Result;
use serde::Deserialize;
use store::{Tx, params};

use crate::model::{CodeSystem, Concept};
use crate::{hits, sql};

/// Concepts one page or search of this kind answers.
pub const PAGE_MAX: u32 = 1_000;
/// Levels of a hierarchy that are followed.
const LEVELS_MAX: u32 = 20;

const PAGE: &str = "SELECT code FROM concept WHERE system = $1
        AND (active_from IS NULL OR active_from <= $2) AND (active_to IS NULL OR active_to >= $2)
    ORDER BY code LIMIT $3 OFFSET $4";
const COUNT: &str = "SELECT COUNT(*) AS count FROM concept WHERE system = $1
        AND (active_from IS NULL OR active_from <= $2) AND (active_to IS NULL OR active_to >= $2)";
// UNION, so that a circle ends.
const BELOW: &str = "WITH RECURSIVE below (code, level) AS (
        SELECT c.code, 1 FROM concept AS c WHERE c.system = $1 AND c.parent = $2
        UNION SELECT c.code, b.level + 1 FROM below AS b CROSS JOIN concept AS c
        WHERE c.system = $1 AND c.parent = b.code AND b.level < $3)
    SELECT DISTINCT code FROM below ORDER BY code LIMIT $4";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

/// One code system by its name, if there is one.
///
/// # Errors
/// Whatever the database reports.
pub fn system(tx: &mut Tx<'_>, name: &str) -> Result<Option<CodeSystem>> {
    sql::system(tx, name)
}

/// One code system by what others call it, if there is one.
///
/// # Errors
/// Whatever the database reports.
pub fn system_of_url(tx: &mut Tx<'_>, url: &str) -> Result<Option<CodeSystem>> {
    sql::system_of_url(tx, url)
}

/// One concept, also a retired one, if there is one.
///
/// # Errors
/// Whatever the database reports.
pub fn find(tx: &mut Tx<'_>, system: &str, code: &str) -> Result<Option<Concept>> {
    sql::concept(tx, system, code)
}

/// Concepts in use today in the order of their codes, from the one behind `offset` others on.
///
/// # Errors
/// Whatever the database reports.
pub fn page(tx: &mut Tx<'_>, system: &str, offset: u32, limit: u32) -> Result<Vec<Concept>> {
    let today = tx.now().date();
    let values = params![system, today, limit.min(PAGE_MAX), offset];
    let codes: Vec<Code> = tx.query(PAGE, &values)?;
    let mut concepts = Vec::with_capacity(codes.len());
    for row in codes {
        concepts.extend(sql::concept(tx, system, &row.code)?);
    }
    Ok(concepts)
}

/// How many concepts are in use today.
///
/// # Errors
/// Whatever the database reports.
pub fn count(tx: &mut Tx<'_>, system: &str) -> Result<i64> {
    let today = tx.now().date();
    tx.count(COUNT, &params![system, today])
}

/// Concepts in use today that a text finds by code, Chinese or English name, pinyin or initials,
/// best first.
///
/// # Errors
/// `terminology.system` for an unknown system.
pub fn matching(tx: &mut Tx<'_>, system: &str, typed: &str, limit: u32) -> Result<Vec<Concept>> {
    let found = hits(tx, system, typed, limit.min(PAGE_MAX))?;
    Ok(found.into_iter().map(|hit| hit.concept).collect())
}

/// The codes below a code, without itself.
///
/// # Errors
/// Whatever the database reports.
pub fn below(tx: &mut Tx<'_>, system: &str, code: &str, limit: u32) -> Result<Vec<String>> {
    let rows: Vec<Code> = tx.query(BELOW, &params![system, code, LEVELS_MAX, limit])?;
    let codes = rows.into_iter().map(|row| row.code);
    Ok(codes.filter(|below| below != code).collect())
}

/// The codes above a code, the nearest first, without itself.
///
/// # Errors
/// Whatever the database reports.
pub fn above(tx: &mut Tx<'_>, system: &str, code: &str) -> Result<Vec<String>> {
    let mut above: Vec<String> = Vec::new();
    let mut next = sql::concept(tx, system, code)?.and_then(|concept| concept.parent);
    for _ in 0..LEVELS_MAX {
        let Some(parent) = next.filter(|parent| parent != code && !above.contains(parent)) else {
            break;
        };
        next = sql::concept(tx, system, &parent)?.and_then(|concept| concept.parent);
        above.push(parent);
    }
    Ok(above)
}
