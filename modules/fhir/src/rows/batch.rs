//! New rows of one resource or of a whole transaction, stored a table at a time.

use kernel::Result;
use store::{Tx, Value, params};

use crate::index::Rows;

/// Rows that wait to be stored.
#[derive(Default)]
pub(crate) struct Batch {
    pub(super) resources: Vec<Vec<Value>>,
    pub(super) versions: Vec<Vec<Value>>,
    labels: Vec<Vec<Value>>,
    tokens: Vec<Vec<Value>>,
    strings: Vec<Vec<Value>>,
    dates: Vec<Vec<Value>>,
    quantities: Vec<Vec<Value>>,
    references: Vec<Vec<Value>>,
    compartment: Vec<Vec<Value>>,
    parties: Vec<Vec<Value>>,
}

impl Batch {
    /// The rows a resource is found by.
    pub(super) fn add(&mut self, key: i64, kind: i64, rows: &Rows) {
        let tokens = rows.tokens.iter().map(|&hash| params![hash, key].to_vec());
        self.tokens.extend(tokens);
        for (number, (param, folded, exact)) in (0_i64..).zip(&rows.strings) {
            let row = params![key, *param, number, folded.as_str(), exact];
            self.strings.push(row.to_vec());
        }
        let ranges =
            |&(param, low, high): &(i64, i64, i64)| params![key, param, low, high].to_vec();
        self.dates.extend(rows.dates.iter().map(ranges));
        self.quantities.extend(rows.quantities.iter().map(ranges));
        let references = rows.references.iter();
        self.references
            .extend(references.map(|&(param, target)| params![key, param, target].to_vec()));
        for &(patient, code, date) in &rows.compartment {
            self.compartment
                .push(params![patient, kind, code, date, key].to_vec());
        }
        let parties = rows.patients.iter().skip(1);
        self.parties
            .extend(parties.map(|id| params![key, id].to_vec()));
    }

    pub(super) fn add_labels(&mut self, key: i64, labels: &[String]) {
        let rows = labels.iter().map(|label| params![key, label].to_vec());
        self.labels.extend(rows);
    }

    /// Stores what was added, and is empty again.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub(crate) fn store(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let tables: [(&'static str, &mut Vec<Vec<Value>>); 10] = [
            (
                "INSERT INTO fhir_resource (key, address, kind, id, version, updated_at, patient_id,
                others, org_id, shared, owner, present, deleted, category, dated, sensitive) VALUES ",
                &mut self.resources,
            ),
            (
                "INSERT INTO fhir_version (key, version, kind, at, method, account_id, org_id, others,
                body, labels) VALUES ",
                &mut self.versions,
            ),
            (
                "INSERT INTO fhir_label (key, category) VALUES ",
                &mut self.labels,
            ),
            (
                "INSERT INTO fhir_token (hash, key) VALUES ",
                &mut self.tokens,
            ),
            (
                "INSERT INTO fhir_string (key, param, number, folded, exact) VALUES ",
                &mut self.strings,
            ),
            (
                "INSERT INTO fhir_date (key, param, low, high) VALUES ",
                &mut self.dates,
            ),
            (
                "INSERT INTO fhir_quantity (key, param, low, high) VALUES ",
                &mut self.quantities,
            ),
            (
                "INSERT INTO fhir_reference (key, param, target) VALUES ",
                &mut self.references,
            ),
            (
                "INSERT INTO fhir_compartment (patient, kind, code, date, key) VALUES ",
                &mut self.compartment,
            ),
            (
                "INSERT INTO fhir_party (key, patient_id) VALUES ",
                &mut self.parties,
            ),
        ];
        for (start, rows) in tables {
            tx.insert_rows(start, rows)?;
            rows.clear();
        }
        Ok(())
    }
}
