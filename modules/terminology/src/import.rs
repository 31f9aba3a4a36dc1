//! Bringing a catalogue in: first as a dry run that says what would change, then for good, all or
//! nothing. A concept that a file lacks stays; it is retired by `active_to`.

use std::collections::HashMap;

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx};

use crate::catalogue::{self, PROBLEMS_MAX, RowProblem};
use crate::model::Concept;
use crate::sql;

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// Was anything stored? Never in a dry run, nor when there are problems.
    pub applied: bool,
    /// Rows read.
    pub rows: u64,
    /// New concepts.
    pub added: u64,
    /// Concepts that differ from what is stored.
    pub changed: u64,
    /// Concepts as stored.
    pub unchanged: u64,
    /// Bad cells, at most 200.
    pub problems: Vec<RowProblem>,
    /// All bad cells.
    pub problem_count: u64,
}

/// Reads a file into a system; stores it unless `dry_run` or a cell is bad.
///
/// # Errors
/// `terminology.system` for an unknown system, and what the file as a whole is refused for.
pub fn import(
    tx: &mut Tx<'_>,
    system: &str,
    text: &str,
    edition: Option<&str>,
    dry_run: bool,
) -> Result<ImportReport> {
    let row = sql::system_row(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    let stored: HashMap<String, Concept> = sql::all(tx, system)?
        .into_iter()
        .map(|one| (one.code.clone(), one))
        .collect();
    let mut catalogue = catalogue::read(system, text)?;
    catalogue::check_parents(&mut catalogue, system, |code| stored.contains_key(code));

    let (known, new): (Vec<&Concept>, Vec<&Concept>) = catalogue
        .concepts
        .iter()
        .partition(|one| stored.contains_key(&one.code));
    let changed: Vec<&Concept> = known
        .iter()
        .copied()
        .filter(|one| stored.get(&one.code) != Some(one))
        .collect();
    let mut report = ImportReport {
        applied: false,
        rows: count(catalogue.concepts.len()),
        added: count(new.len()),
        changed: count(changed.len()),
        unchanged: count(known.len() - changed.len()),
        problem_count: count(catalogue.problems.len()),
        problems: catalogue
            .problems
            .iter()
            .take(PROBLEMS_MAX)
            .cloned()
            .collect(),
    };
    if dry_run || report.problem_count > 0 {
        return Ok(report);
    }
    let new: Vec<Concept> = new.into_iter().cloned().collect();
    sql::insert_concepts(tx, &new)?;
    for concept in changed {
        sql::update_concept(tx, &stored[&concept.code], concept)?;
    }
    sql::set_edition(tx, system, edition)?;
    report.applied = true;
    let detail = serde_json::json!({
        "system": system,
        "edition": edition,
        "added": report.added,
        "changed": report.changed,
    });
    tx.record(
        Change::new("terminology.imported").detail(detail),
        Subject::new("code-system", row.id),
    )?;
    Ok(report)
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
