//! The files, and the count of what they hold.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Error, Id, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::{Tx, params};

use super::steps::{Subject, add_counts, drop_subject, joined, written_codes};
use super::{Outcome, Phase, Run};
use crate::columns::{ANY, Column};
use crate::fields::{self, Written};
use crate::model::Shape;

/// Patients a step writes at most, and bytes after which it ends.
const PATIENTS_A_STEP: u32 = 200;
const BYTES_A_STEP: usize = 1024 * 1024;

/// The file of a table.
pub(crate) const TABLE: &str = "table";

const ENTRIES: &str = "SELECT kind, content FROM research_entry
    WHERE extract_id = $1 AND patient_id = $2 ORDER BY number";
const ADD_PART: &str = "INSERT INTO research_part (extract_id, number, name, rows, content)
    VALUES ($1, $2, $3, $4, $5)";
const SMALLEST: &str =
    "SELECT MIN(patients) AS count FROM research_count WHERE extract_id = $1 AND what = $2";
const FEWEST: &str = "SELECT MIN(n) AS count FROM (SELECT COUNT(*) AS n FROM research_count
    WHERE extract_id = $1 AND what = 'variety' GROUP BY substr(value, 1, 32)) AS v";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryRow {
    kind: String,
    content: String,
}

/// What a step writes: texts by file, with their rows, and the counts of what they hold.
#[derive(Default)]
struct Out {
    files: BTreeMap<String, (i64, String)>,
    bytes: usize,
    groups: BTreeMap<String, i64>,
    codes: BTreeMap<String, i64>,
    variety: BTreeMap<String, i64>,
}

impl Out {
    fn line(&mut self, name: &str, line: &str) {
        self.bytes += line.len();
        let file = self.files.entry(name.to_owned()).or_default();
        file.0 += 1;
        file.1.push_str(line);
    }
}

/// Texts that begin like this are read as formulas by some programs.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn csv_line(cells: &[String]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let plain = cells.iter().map(|cell| {
        if cell.starts_with(FORMULA) {
            format!("'{cell}")
        } else {
            cell.clone()
        }
    });
    writer.write_record(plain).map_err(Error::internal)?;
    let bytes = writer
        .into_inner()
        .map_err(|error| Error::internal(error.to_string()))?;
    String::from_utf8(bytes).map_err(Error::internal)
}

/// The head of a table.
pub(crate) fn head(columns: &[Column]) -> Vec<String> {
    let names = columns.iter().map(|column| column.word().to_owned());
    std::iter::once("patient".to_owned()).chain(names).collect()
}

impl Run {
    /// Writes some patients and forgets them.
    pub(super) fn write(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let id = self.extract.id;
        // Whoever is written is taken out, so the next are always the first.
        self.progress.after = None;
        let subjects = self.subjects(tx, PATIENTS_A_STEP)?;
        if subjects.is_empty() {
            self.progress.phase = Phase::Check;
            return Ok(Outcome::On);
        }
        // Whoever denied since the run began stays out.
        let ids: Vec<Id> = subjects.iter().map(|one| one.patient_id).collect();
        let barred = record::research_barred(tx, &ids, self.permit_needed())?;
        let all: BTreeSet<&String> = subjects.iter().flat_map(|one| &one.body.0.codes).collect();
        let codes = written_codes(tx, id, all)?;
        let mut out = Out::default();
        if self.progress.parts == 0 && self.extract.asked.shape == Shape::Table {
            let head = csv_line(&head(&self.extract.asked.columns))?;
            out.files.insert(TABLE.to_owned(), (0, head));
        }
        for subject in &subjects {
            if barred.contains(&subject.patient_id) {
                self.progress.report.denied += 1;
            } else {
                self.write_one(tx, subject, &codes, &mut out)?;
                self.progress.report.patients += 1;
            }
            drop_subject(tx, id, subject.patient_id)?;
            if out.bytes >= BYTES_A_STEP {
                break;
            }
        }
        for (name, (rows, content)) in out.files {
            self.progress.parts += 1;
            self.progress.report.rows += rows;
            let number = self.progress.parts;
            tx.execute(ADD_PART, &params![id, number, name, rows, content])?;
        }
        add_counts(tx, id, "group", &out.groups)?;
        add_counts(tx, id, "written-code", &out.codes)?;
        add_counts(tx, id, "variety", &out.variety)?;
        Ok(Outcome::On)
    }

    fn write_one(
        &mut self,
        tx: &mut Tx<'_>,
        subject: &Subject,
        codes: &Written,
        out: &mut Out,
    ) -> Result<()> {
        let group = self.group(subject);
        let facts = &subject.body.0;
        let diagnosis = facts.diagnosis.as_ref().and_then(|code| codes.get(code));
        let diagnosis = diagnosis
            .map_or("", |key| fields::split_key(key).1)
            .to_owned();
        let patient = self.pseudonyms.patient(subject.patient_id);
        match self.extract.asked.shape {
            Shape::Table => {
                let asked = &self.extract.asked;
                let quasi = &asked.quasi_identifiers;
                let cells = asked.columns.iter().map(|column| {
                    let place = quasi.iter().position(|one| one == column);
                    match (place, column) {
                        (Some(place), _) => group[place].clone(),
                        (None, Column::Diagnosis) => diagnosis.clone(),
                        (None, column) => facts.plain.get(column).cloned().unwrap_or_default(),
                    }
                });
                let row: Vec<String> = std::iter::once(patient).chain(cells).collect();
                out.line(TABLE, &csv_line(&row)?);
                note_codes(facts.diagnosis.iter(), codes, out);
            }
            Shape::Fhir => {
                let body = self.person(&patient, &group);
                out.line("Patient", &format!("{body}\n"));
                let rows: Vec<EntryRow> =
                    tx.query(ENTRIES, &params![self.extract.id, subject.patient_id])?;
                for row in rows {
                    let cut: Value = serde_json::from_str(&row.content).map_err(Error::internal)?;
                    match fields::written(&row.kind, &cut, codes) {
                        Some(given) => out.line(&row.kind, &format!("{given}\n")),
                        None => self.progress.report.empty_entries += 1,
                    }
                }
                note_codes(facts.codes.iter(), codes, out);
            }
        }
        let group = joined(&group);
        let sensitive = match self.extract.asked.sensitive {
            Some(Column::Diagnosis) => Some(diagnosis),
            Some(column) => facts.plain.get(&column).cloned(),
            None => None,
        };
        if let Some(value) = sensitive {
            // Groups by the beginning of their hash, so that they can be told apart by length.
            let mark = store::sha256_hex(group.as_bytes());
            let value = format!("{}{value}", &mark[..32]);
            *out.variety.entry(value).or_insert(0) += 1;
        }
        *out.groups.entry(group).or_insert(0) += 1;
        Ok(())
    }

    /// The Patient of a FHIR extract: nothing but the columns asked for.
    fn person(&self, patient: &str, group: &[String]) -> Value {
        let mut body = Map::new();
        body.insert("resourceType".to_owned(), json!("Patient"));
        body.insert("id".to_owned(), json!(patient));
        for (column, value) in self.extract.asked.quasi_identifiers.iter().zip(group) {
            if value.is_empty() || value == ANY {
                continue;
            }
            let (name, value) = match column {
                Column::Sex => ("gender", json!(value)),
                Column::Age => (
                    "extension",
                    json!([{ "url": "urn:lianti:extension:age", "valueString": value }]),
                ),
                Column::County => ("address", json!([{ "district": value }])),
                Column::Organization => ("managingOrganization", json!({ "display": value })),
                Column::Deceased => ("deceasedBoolean", json!(value == "yes")),
                _ => continue,
            };
            body.insert(name.to_owned(), value);
        }
        Value::Object(body)
    }

    /// Counts once more, in what was written: every group and every code has k patients.
    pub(super) fn check(&mut self, tx: &mut Tx<'_>) -> Result<Outcome> {
        let (id, k) = (self.extract.id, self.extract.asked.k);
        let groups = tx.count(SMALLEST, &params![id, "group"])?;
        let codes = tx.count(SMALLEST, &params![id, "written-code"])?;
        let report = &mut self.progress.report;
        report.smallest = Some(groups);
        report.l = self
            .extract
            .asked
            .sensitive
            .map(|_| tx.count(FEWEST, &params![id]))
            .transpose()?;
        // What was denied while the run went on may have left too few.
        if groups < k || (codes > 0 && codes < k) {
            return Ok(Outcome::Failed("research.changed"));
        }
        Ok(Outcome::Done)
    }
}

/// Counts the patient with every code that was written.
fn note_codes<'a>(own: impl Iterator<Item = &'a String>, codes: &Written, out: &mut Out) {
    let own = own.filter_map(|code| codes.get(code));
    let own: BTreeSet<&String> = own.filter(|code| !code.is_empty()).collect();
    for code in own {
        *out.codes.entry(code.clone()).or_insert(0) += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        let line = csv_line(&["=1+1".to_owned(), "E11, x".to_owned()]).expect("a line");
        assert_eq!(line, "'=1+1,\"E11, x\"\n");
        assert_eq!(
            crate::run::steps::split(&joined(&["a\"b".to_owned()])),
            ["a\"b"]
        );
    }
}
