//! The steps before anything is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::{Error, Id, Result};
use serde::Deserialize;
use store::{Composed, Json, Tx, Value, params};

use super::{Outcome, Phase, Run};
use crate::anonymity::{self, Cells};
use crate::columns::Column;
use crate::fields;
use crate::gather::{Facts, Gatherer};
use crate::model::{ColumnLoss, Report};
use crate::rule::ConsentNeeded;

/// Patients a step reads.
const PATIENTS_A_STEP: u32 = 200;
/// Entries after which a step of gathering ends.
const ENTRIES_A_STEP: i64 = 2_000;
/// Patients a step counts.
pub(super) const SUBJECTS_A_STEP: u32 = 500;
/// Cells read at once.
const CELLS_A_READ: u32 = 5_000;
/// Codes are widened so often; what is still too rare then is left out.
const ROUNDS_MAX: i64 = 8;

const ADD_SUBJECT: &str = "INSERT INTO research_subject (extract_id, patient_id, cell, body)
    VALUES ($1, $2, $3, $4)";
const ADD_ENTRIES: &str =
    "INSERT INTO research_entry (extract_id, patient_id, number, kind, content) VALUES ";
const SUBJECTS: &str = "SELECT patient_id, cell, body FROM research_subject
    WHERE extract_id = $1 AND patient_id > $2 ORDER BY patient_id LIMIT $3";
const SET_CELL: &str =
    "UPDATE research_subject SET cell = $3 WHERE extract_id = $1 AND patient_id = $2";
const DROP_SUBJECT: &str = "DELETE FROM research_subject WHERE extract_id = $1 AND patient_id = $2";
const DROP_ENTRIES: &str = "DELETE FROM research_entry WHERE extract_id = $1 AND patient_id = $2";
const COUNT: &str = "INSERT INTO research_count (extract_id, what, value, patients)
    VALUES ($1, $2, $3, $4) ON CONFLICT (extract_id, what, value)
    DO UPDATE SET patients = research_count.patients + excluded.patients";
const COUNTS: &str = "SELECT value, patients FROM research_count
    WHERE extract_id = $1 AND what = $2 AND value > $3 ORDER BY value LIMIT $4";
const RARE: &str = "SELECT value, patients FROM research_count
    WHERE extract_id = $1 AND what = 'code' AND patients < $2 ORDER BY value LIMIT $3";
const FORGET: &str = "DELETE FROM research_count WHERE extract_id = $1 AND what = $2";
const FORGET_ONE: &str =
    "DELETE FROM research_count WHERE extract_id = $1 AND what = 'code' AND value = $2";
const KNOW_CODE: &str = "INSERT INTO research_code (extract_id, code, written) VALUES ($1, $2, $2)
    ON CONFLICT (extract_id, code) DO NOTHING";
const WIDEN_CODE: &str =
    "UPDATE research_code SET written = $3 WHERE extract_id = $1 AND written = $2";

/// A patient between two phases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Subject {
    pub patient_id: Id,
    pub cell: String,
    pub body: Json<Facts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    value: String,
    patients: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
    written: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Small {
    value: String,
}

/// A list of values as one text, and back.
pub(super) fn joined(values: &[String]) -> String {
    serde_json::json!(values).to_string()
}

pub(super) fn split(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The organization in a word, kind and code, read once.
pub(crate) fn org_word(tx: &mut Tx<'_>, known: &mut HashMap<Id, String>, id: Id) -> Result<String> {
    if let Some(word) = known.get(&id) {
        return Ok(word.clone());
    }
    let org = network::org(tx, id)?;
    let kind = serde_json::to_value(org.kind).map_err(Error::internal)?;
    let word = format!("{}/{}", kind.as_str().unwrap_or("other"), org.code);
    known.insert(id, word.clone());
    Ok(word)
}

/// Adds to a report why a patient stays out.
pub(crate) fn note_bar(report: &mut Report, bar: record::Bar) {
    match bar {
        record::Bar::Denied => report.denied += 1,
        record::Bar::NotPermitted => report.not_permitted += 1,
        record::Bar::LegalHold => report.legal_hold += 1,
    }
}

impl Run {
    fn id(&self) -> Id {
        self.extract.id
    }

    pub(super) fn permit_needed(&self) -> bool {
        self.rule.consent == ConsentNeeded::Permitted
    }

    fn turn(&mut self, phase: Phase) -> Outcome {
        self.progress.phase = phase;
        self.progress.after = None;
        Outcome::On
    }

    /// Does what comes next.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub(super) fn step(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        match self.progress.phase {
            Phase::Gather => self.gather(tx),
            Phase::Cells => self.count_cells(tx),
            Phase::Solve => self.solve(tx),
            Phase::Suppress => self.suppress(tx),
            Phase::Codes => self.count_codes(tx),
            Phase::Climb => self.climb(tx),
            Phase::Write => self.write(tx),
            Phase::Check => self.check(tx),
        }
    }

    fn gather(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let orgs = self.extract.asked.organizations.clone();
        let (subjects, next) = record::research_subjects(
            tx,
            &orgs,
            self.progress.after,
            PATIENTS_A_STEP,
            self.permit_needed(),
        )?;
        let mut words = HashMap::new();
        let mut entries = 0;
        let mut stopped = false;
        for subject in subjects {
            self.progress.report.patients_found += 1;
            self.progress.after = Some(subject.id);
            if let Some(bar) = subject.barred {
                note_bar(&mut self.progress.report, bar);
                continue;
            }
            let word = org_word(tx, &mut words, subject.org_id)?;
            let gatherer = Gatherer::new(&self.extract.asked, &self.rule, Some(&self.pseudonyms));
            let gathered = gatherer.gather(tx, &subject, &word)?;
            let report = &mut self.progress.report;
            report.sensitive_entries += gathered.sensitive;
            report.shared_entries += gathered.shared;
            report.empty_entries += gathered.empty;
            if gathered.seen == 0 {
                report.nothing += 1;
                continue;
            }
            self.progress.gathered += 1;
            *self
                .progress
                .org_patients
                .entry(subject.org_id)
                .or_insert(0) += 1;
            let (cell, body) = (joined(&gathered.facts.cell), gathered.facts);
            let body = serde_json::to_string(&body).map_err(Error::internal)?;
            let id = self.id();
            tx.execute(ADD_SUBJECT, &params![id, subject.id, cell, body])?;
            let rows = (0_i64..)
                .zip(gathered.entries)
                .map(|(number, (kind, content))| {
                    params![id, subject.id, number, kind, content].to_vec()
                });
            let rows: Vec<Vec<Value>> = rows.collect();
            tx.insert_rows(ADD_ENTRIES, &rows)?;
            entries += gathered.seen;
            if entries >= ENTRIES_A_STEP {
                stopped = true;
                break;
            }
        }
        if self.progress.gathered > self.rule.patients_max {
            return Ok(Outcome::Failed("research.too-many-patients"));
        }
        match next {
            _ if stopped => Ok(Outcome::On),
            Some(next) => {
                self.progress.after = Some(next);
                Ok(Outcome::On)
            }
            None => Ok(self.turn(Phase::Cells)),
        }
    }

    /// The next patients of a phase.
    pub(super) fn subjects(&self, tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Subject>> {
        let after = self.progress.after.unwrap_or(Id::NIL);
        tx.query(SUBJECTS, &params![self.id(), after, limit])
    }

    /// Counts patients by cell; small organizations are given by their kind from here on.
    fn count_cells(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let asked = &self.extract.asked;
        let place = asked.quasi_identifiers.iter();
        let place = place
            .clone()
            .position(|column| *column == Column::Organization);
        let subjects = self.subjects(tx, SUBJECTS_A_STEP)?;
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for subject in &subjects {
            let mut cell = subject.cell.clone();
            let patients = subject
                .body
                .0
                .org_id
                .and_then(|id| self.progress.org_patients.get(&id));
            let small = patients.is_none_or(|count| *count < self.rule.organization_patients_min);
            if let (Some(place), true) = (place, small) {
                let mut values = subject.body.0.cell.clone();
                let kind = values[place]
                    .split('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                values[place] = kind + "/";
                cell = joined(&values);
                tx.execute(
                    SET_CELL,
                    &params![self.id(), subject.patient_id, cell.as_str()],
                )?;
            }
            *counts.entry(cell).or_insert(0) += 1;
        }
        add_counts(tx, self.id(), "cell", &counts)?;
        match subjects.last() {
            Some(last) => {
                self.progress.after = Some(last.patient_id);
                Ok(Outcome::On)
            }
            None => {
                if place.is_some() {
                    let small = self.progress.org_patients.values();
                    let small = small.filter(|count| **count < self.rule.organization_patients_min);
                    self.progress.report.organizations_grouped = small.count() as i64;
                }
                Ok(self.turn(Phase::Solve))
            }
        }
    }

    fn solve(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let asked = self.extract.asked.clone();
        let mut cells = Cells::new(&asked.quasi_identifiers);
        let mut after = String::new();
        loop {
            let page: Vec<Counted> = tx.query(
                COUNTS,
                &params![self.id(), "cell", after.as_str(), CELLS_A_READ],
            )?;
            for row in &page {
                cells.add(&split(&row.value), row.patients);
            }
            if cells.len() as i64 > self.rule.cells_max {
                return Ok(Outcome::Failed("research.too-fine"));
            }
            match page.last() {
                Some(last) => after.clone_from(&last.value),
                None => break,
            }
        }
        let allowed = self.progress.gathered * asked.suppressed_permille / 1_000;
        let report = &mut self.progress.report;
        let solution = match cells.solve(asked.k, allowed) {
            Ok(solution) if solution.after.groups > 0 => solution,
            Ok(solution) => {
                report.suppressed = solution.suppressed;
                report.before = solution.before;
                return Ok(Outcome::Unmet);
            }
            Err(best) => {
                report.suppressed = best;
                return Ok(Outcome::Unmet);
            }
        };
        report.columns = losses(&asked.quasi_identifiers, &solution.steps);
        report.suppressed = solution.suppressed;
        report.before = solution.before;
        report.after = solution.after;
        self.progress.steps = solution.steps;
        let id = self.id();
        tx.execute(FORGET, &params![id, "cell"])?;
        for group in solution.small {
            tx.execute(COUNT, &params![id, "small", joined(&group), 1])?;
        }
        Ok(self.turn(Phase::Suppress))
    }

    /// The values of a patient as widened.
    pub(super) fn group(&self, subject: &Subject) -> Vec<String> {
        let columns = &self.extract.asked.quasi_identifiers;
        anonymity::group(columns, &split(&subject.cell), &self.progress.steps)
    }

    /// Takes the patients of groups that are too small out.
    fn suppress(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let subjects = self.subjects(tx, SUBJECTS_A_STEP)?;
        let Some(last) = subjects.last() else {
            return Ok(self.turn(Phase::Codes));
        };
        self.progress.after = Some(last.patient_id);
        let groups: Vec<String> = subjects
            .iter()
            .map(|one| joined(&self.group(one)))
            .collect();
        let mut sql = Composed::new();
        sql.push("SELECT value FROM research_count WHERE what = 'small' AND extract_id = ")
            .bind(self.id());
        let wanted: BTreeSet<&String> = groups.iter().collect();
        sql.push(" AND value IN (").bind_all(wanted).push(")");
        let small: Vec<Small> = tx.query_composed(&sql)?;
        let small: HashSet<String> = small.into_iter().map(|row| row.value).collect();
        for (subject, group) in subjects.iter().zip(&groups) {
            if small.contains(group) {
                drop_subject(tx, self.id(), subject.patient_id)?;
            }
        }
        Ok(Outcome::On)
    }

    /// Counts the patients that have each code, as it is written at the moment.
    fn count_codes(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let subjects = self.subjects(tx, SUBJECTS_A_STEP)?;
        let Some(last) = subjects.last() else {
            return Ok(self.turn(Phase::Climb));
        };
        self.progress.after = Some(last.patient_id);
        let id = self.id();
        let all: BTreeSet<&String> = subjects.iter().flat_map(|one| &one.body.0.codes).collect();
        if self.progress.round == 0 {
            for code in &all {
                tx.execute(KNOW_CODE, &params![id, code.as_str()])?;
            }
        }
        let written = written_codes(tx, id, all)?;
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for subject in &subjects {
            let own = subject
                .body
                .0
                .codes
                .iter()
                .filter_map(|code| written.get(code));
            let own: BTreeSet<&String> = own.filter(|code| !code.is_empty()).collect();
            for code in own {
                *counts.entry(code.clone()).or_insert(0) += 1;
            }
        }
        add_counts(tx, id, "code", &counts)?;
        Ok(Outcome::On)
    }

    /// Widens the codes that too few patients have, and has all counted anew; when there are none,
    /// writing begins.
    fn climb(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let id = self.id();
        let rare: Vec<Counted> =
            tx.query(RARE, &params![id, self.extract.asked.k, SUBJECTS_A_STEP])?;
        if rare.is_empty() {
            if self.progress.after.take().is_some() {
                tx.execute(FORGET, &params![id, "code"])?;
                self.progress.round += 1;
                return Ok(self.turn(Phase::Codes));
            }
            tx.execute(FORGET, &params![id, "code"])?;
            return Ok(self.turn(Phase::Write));
        }
        let systems = systems(tx)?;
        for row in rare {
            let wider = if self.progress.round >= ROUNDS_MAX {
                String::new()
            } else {
                wider(tx, &systems, &row.value)?
            };
            let report = &mut self.progress.report;
            if wider.is_empty() {
                report.codes_dropped += 1;
            } else {
                report.codes_widened += 1;
            }
            tx.execute(WIDEN_CODE, &params![id, row.value.as_str(), wider])?;
            tx.execute(FORGET_ONE, &params![id, row.value])?;
        }
        // Says that something was widened.
        self.progress.after = Some(Id::MAX);
        Ok(Outcome::On)
    }
}

/// Takes a patient out.
pub(super) fn drop_subject(tx: &mut Tx<'_>, id: Id, patient_id: Id) -> Result<()> {
    tx.execute(DROP_ENTRIES, &params![id, patient_id])?;
    tx.execute(DROP_SUBJECT, &params![id, patient_id])
        .map(|_| ())
}

/// Adds to counts of patients.
pub(super) fn add_counts(
    tx: &mut Tx<'_>,
    id: Id,
    what: &'static str,
    counts: &BTreeMap<String, i64>,
) -> Result<()> {
    for (value, patients) in counts {
        tx.execute(COUNT, &params![id, what, value.as_str(), *patients])?;
    }
    Ok(())
}

/// What these codes are written as.
pub(super) fn written_codes(
    tx: &mut Tx<'_>,
    id: Id,
    codes: BTreeSet<&String>,
) -> Result<fields::Written> {
    let codes: Vec<&String> = codes.into_iter().collect();
    let mut written = fields::Written::new();
    for some in codes.chunks(500) {
        let mut sql = Composed::new();
        sql.push("SELECT code, written FROM research_code WHERE extract_id = ")
            .bind(id);
        sql.push(" AND code IN (")
            .bind_all(some.iter().copied())
            .push(")");
        let rows: Vec<Code> = tx.query_composed(&sql)?;
        written.extend(rows.into_iter().map(|row| (row.code, row.written)));
    }
    Ok(written)
}

/// How far columns were widened.
pub(crate) fn losses(columns: &[Column], steps: &[usize]) -> Vec<ColumnLoss> {
    columns
        .iter()
        .zip(steps)
        .map(|(column, steps)| ColumnLoss {
            column: *column,
            steps: *steps as i64,
            steps_max: column.steps() as i64,
        })
        .collect()
}

/// The catalogues of this installation by their addresses.
fn systems(tx: &mut Tx<'_>) -> Result<HashMap<String, String>> {
    let systems = terminology::systems(tx)?;
    Ok(systems
        .into_iter()
        .map(|one| (one.url, one.system))
        .collect())
}

/// The code above a code: by its catalogue, or of ICD-10 by its form; empty where there is none.
fn wider(tx: &mut Tx<'_>, systems: &HashMap<String, String>, key: &str) -> Result<String> {
    let (url, code) = fields::split_key(key);
    if let Some(system) = systems.get(url) {
        match terminology::concept(tx, system, code) {
            Ok(concept) => {
                if let Some(parent) = concept.parent {
                    return Ok(fields::code_key(url, &parent));
                }
            }
            Err(error) if error.kind() == kernel::Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let category = code.split_once('.').map(|(category, _)| category);
    Ok(match category {
        Some(category) if url.contains("icd-10") => fields::code_key(url, category),
        _ => String::new(),
    })
}
