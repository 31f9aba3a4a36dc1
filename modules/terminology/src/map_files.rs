//! Maps as files: xlsx, csv and FHIR ConceptMap in, looked at before anything is stored.

use std::collections::BTreeMap;

use http::export::Cell;
use kernel::text::fold;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx};

use crate::catalogue::{self, Content, PROBLEMS_MAX, RowProblem};
use crate::fhir_files::{self, MapRow};
use crate::maps::{self, Entry, EntryInput, EntryState, MapTarget, Relation, TermMap};

/// What an import of a map did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MapImportReport {
    /// Was anything stored? Never in a dry run, nor when there are problems.
    pub applied: bool,
    /// Rows read.
    pub rows: u64,
    /// Codes that the map said nothing of.
    pub added: u64,
    /// Codes of which it said something else.
    pub changed: u64,
    /// Codes as the map has them.
    pub unchanged: u64,
    /// Bad cells, at most 200.
    pub problems: Vec<RowProblem>,
    /// All bad cells.
    pub problem_count: u64,
}

/// Headings of a map file, Chinese ones first.
pub(crate) const HEADINGS: [&str; 7] = [
    "源编码",
    "源名称",
    "目标编码",
    "目标名称",
    "关系",
    "状态",
    "备注",
];
const COLUMNS: [&[&str]; 7] = [
    &["源编码", "source_code", "code"],
    &["源名称", "source_name", "name"],
    &["目标编码", "target_code"],
    &["目标名称", "target_name"],
    &["关系", "relation", "equivalence"],
    &["状态", "state"],
    &["备注", "note", "comment"],
];

fn rows_of(map: &TermMap, bytes: &[u8]) -> Result<Vec<MapRow>> {
    let workbook = match catalogue::content(bytes)? {
        Content::Fhir(json) => return fhir_files::map_rows(map, &json),
        Content::Sheet(workbook) => workbook,
    };
    let mut rows = workbook.sheets.iter().flat_map(|sheet| &sheet.rows);
    let head = rows.next();
    let column = |names: &[&str]| {
        let cells = head.into_iter().flat_map(|row| &row.cells);
        let mut fits = cells.filter(|(_, raw)| {
            let word = fold(raw.text()).to_lowercase();
            names.iter().any(|name| *name == word)
        });
        fits.next().map(|(column, _)| *column)
    };
    let columns = COLUMNS.map(column);
    if columns[0].is_none() || columns[2].is_none() {
        let detail =
            "the first line must name the columns 源编码 (source_code) and 目标编码 (target_code)";
        return Err(Error::invalid("terminology.map-columns", "file", detail));
    }
    let read = rows.map(|row| {
        let cell = |at: usize| {
            let raw = columns[at].and_then(|column| row.cells.get(&column));
            kernel::text::tidy(raw.map_or("", sheet::Raw::text))
        };
        MapRow {
            line: row.number,
            code: cell(0),
            name: cell(1),
            target_code: cell(2),
            target_name: cell(3),
            relation: cell(4),
            state: cell(5),
            note: cell(6),
        }
    });
    Ok(read.collect())
}

/// Rows of one code together, in the order of the file; what can't be read is named.
fn inputs(rows: &[MapRow], problems: &mut Vec<RowProblem>) -> Vec<(u32, EntryInput)> {
    let mut order: Vec<(u32, EntryInput)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut problem = |line: u32, column: &str, code: &str, detail: &str| {
        problems.push(RowProblem {
            line: u64::from(line),
            column: column.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    };
    for row in rows {
        if row.code.is_empty() {
            problem(
                row.line,
                "源编码",
                "terminology.cell-empty",
                "this cell must not be empty",
            );
            continue;
        }
        let relation = Relation::parse(&row.relation);
        let state = match row.state.as_str() {
            "" | "confirmed" | "已确认" => Some(EntryState::Confirmed),
            "proposed" | "待确认" => Some(EntryState::Proposed),
            "rejected" | "已否决" => Some(EntryState::Rejected),
            _ => None,
        };
        let (Some(relation), Some(state)) = (relation, state) else {
            let detail = "the relation is equivalent, wider, narrower, inexact or unmatched; \
                the state confirmed, proposed or rejected";
            problem(row.line, "关系", "terminology.map-word", detail);
            continue;
        };
        let at = *known.entry(row.code.clone()).or_insert_with(|| {
            order.push((
                row.line,
                EntryInput {
                    code: row.code.clone(),
                    name: row.name.clone(),
                    targets: Vec::new(),
                    state,
                    note: row.note.clone(),
                },
            ));
            order.len() - 1
        });
        let leads = relation != Relation::Unmatched && !row.target_code.is_empty();
        if leads {
            order[at].1.targets.push(MapTarget {
                code: row.target_code.clone(),
                name: row.target_name.clone(),
                relation,
            });
        } else if relation != Relation::Unmatched {
            problem(
                row.line,
                "目标编码",
                "terminology.cell-empty",
                "this cell must not be empty",
            );
        }
    }
    order
}

/// Reads a file into a map; stores it unless `dry_run` or a cell is bad.
///
/// # Errors
/// What the file as a whole is refused for.
pub(crate) fn import(
    tx: &mut Tx<'_>,
    map: &TermMap,
    bytes: &[u8],
    dry_run: bool,
) -> Result<MapImportReport> {
    let rows = rows_of(map, bytes)?;
    let mut problems = Vec::new();
    let inputs = inputs(&rows, &mut problems);
    let mut report = MapImportReport {
        rows: rows.len() as u64,
        ..MapImportReport::default()
    };
    let mut news = Vec::new();
    for (line, input) in &inputs {
        let known = maps::entry(tx, map.id, &fold(&input.code))?;
        let same = |entry: &Entry| {
            let pairs = |all: &[MapTarget]| -> Vec<(String, Relation)> {
                all.iter()
                    .map(|one| (one.code.clone(), one.relation))
                    .collect()
            };
            entry.state == input.state && pairs(&entry.targets) == pairs(&input.targets)
        };
        match known {
            Some(entry) if same(&entry) => {
                report.unchanged += 1;
                continue;
            }
            Some(_) => report.changed += 1,
            None => report.added += 1,
        }
        if let Err(error) = maps::check(tx, map, input) {
            problems.push(RowProblem {
                line: u64::from(*line),
                column: error.fields().first().cloned().unwrap_or_default(),
                code: error.code().to_owned(),
                detail: error.detail().to_owned(),
            });
        }
        news.push(input);
    }
    report.problem_count = problems.len() as u64;
    problems.truncate(PROBLEMS_MAX);
    report.problems = problems;
    if dry_run || report.problem_count > 0 {
        return Ok(report);
    }
    for input in news {
        maps::say(tx, map, input, None)?;
    }
    report.applied = true;
    let detail = serde_json::json!({
        "map": map.code, "added": report.added, "changed": report.changed,
    });
    let change = Change::new("terminology.map-imported").detail(detail);
    tx.record(change, Subject::of(map))?;
    Ok(report)
}

/// The rows of a map for a spreadsheet.
pub(crate) fn cells(entries: &[Entry]) -> Vec<Vec<Cell>> {
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let row = |code: &str, name: &str, relation: Relation| {
            vec![
                Cell::from(entry.code.as_str()),
                Cell::from(entry.name.as_str()),
                Cell::from(code),
                Cell::from(name),
                Cell::from(relation.word()),
                Cell::from(entry.state.word()),
                Cell::from(entry.note.as_str()),
            ]
        };
        if entry.targets.is_empty() {
            rows.push(row("", "", Relation::Unmatched));
        }
        for target in &entry.targets {
            rows.push(row(&target.code, &target.name, target.relation));
        }
    }
    rows
}
