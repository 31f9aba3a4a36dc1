//! Bringing a catalogue in: first as a dry run that says what would change, then for good, all or
//! nothing. A concept that a file lacks stays; it is retired by `active_to`.

use std::collections::HashMap;

use kernel::{Date, Error, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx, Versioned};

use crate::catalogue::{self, Catalogue, PROBLEMS_MAX, RowProblem};
use crate::model::{CodeSystem, Concept};
use crate::sql;
use crate::version_model::Version;
use crate::versions::{self, Incoming};

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

/// A file as it came.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// xlsx, csv in UTF-8 or GB18030, or FHIR JSON.
    pub bytes: &'a [u8],
    /// Its name.
    pub name: &'a str,
}

/// Reads a file into a system as a version in force at once, unless `dry_run` or a cell is bad.
///
/// # Errors
/// `terminology.system` for an unknown system, and what the file as a whole is refused for.
pub fn import(
    tx: &mut Tx<'_>,
    system: &str,
    bytes: &[u8],
    edition: Option<&str>,
    dry_run: bool,
) -> Result<ImportReport> {
    let known = sql::system(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    let row = sql::system_row(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    let today = tx.now().date();
    let (stored, catalogue) = read(tx, &known, bytes, today)?;
    let (changes, counts) = versions::compare(stored, catalogue.concepts.clone(), false, today);
    let rows = count(catalogue.concepts.len());
    let mut report = ImportReport {
        applied: false,
        rows,
        added: counts.added,
        changed: counts.changed + counts.retired,
        unchanged: rows.saturating_sub(counts.added + counts.changed + counts.retired),
        problem_count: count(catalogue.problems.len()),
        problems: first_problems(&catalogue.problems),
    };
    if dry_run || report.problem_count > 0 {
        return Ok(report);
    }
    let edition = edition.unwrap_or(&known.edition);
    if changes.is_empty() {
        sql::set_active(tx, system, row.active_number, edition)?;
    } else {
        let incoming = Incoming {
            edition,
            rows,
            ..Incoming::default()
        };
        versions::bring(tx, system, catalogue.concepts, &incoming)?;
    }
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

/// Reads a file into a draft that is looked at before it comes into force.
///
/// # Errors
/// As [`import`]; `terminology.nothing-new` when the file says what is there already.
pub(crate) fn draft(
    tx: &mut Tx<'_>,
    system: &str,
    file: File<'_>,
    incoming: &Incoming<'_>,
) -> Result<Versioned<Version>> {
    let known = sql::system(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    let today = tx.now().date();
    let (_, catalogue) = read(tx, &known, file.bytes, today)?;
    let incoming = Incoming {
        file_name: file.name,
        rows: count(catalogue.concepts.len()),
        invalid: count(catalogue.problems.len()),
        problems: first_problems(&catalogue.problems),
        ..incoming.clone()
    };
    let kept = versions::draft(tx, system, catalogue.concepts, &incoming)?;
    let counts = kept.counts;
    if counts.invalid + counts.added + counts.changed + counts.retired == 0 {
        let detail = "every row of the file reads as it does here already";
        return Err(Error::rule("terminology.nothing-new", detail));
    }
    Ok(kept)
}

fn read(
    tx: &mut Tx<'_>,
    known: &CodeSystem,
    bytes: &[u8],
    today: Date,
) -> Result<(HashMap<String, Concept>, Catalogue)> {
    let stored: HashMap<String, Concept> = sql::all(tx, &known.system)?
        .into_iter()
        .map(|one| (one.code.clone(), one))
        .collect();
    let mut catalogue = catalogue::read(&known.system, &known.url, bytes, today)?;
    catalogue::check_parents(&mut catalogue, &known.system, |code| {
        stored.contains_key(code)
    });
    Ok((stored, catalogue))
}

fn first_problems(problems: &[RowProblem]) -> Vec<RowProblem> {
    problems.iter().take(PROBLEMS_MAX).cloned().collect()
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
