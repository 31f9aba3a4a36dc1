//! A patient of an extract: the values of the columns, and the entries cut to what may be given.

use std::collections::{BTreeMap, BTreeSet};

use fhir_server::WantedEntries;
use kernel::identity::Sex;
use kernel::{Date, Id, Instant, Result};
use record::ResearchSubject;
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::columns::{self, Column};
use crate::fields::{self, Cut};
use crate::model::{Asked, Shape};
use crate::pseudonym::{DateChange, Pseudonyms};
use crate::rule::ExtractRule;

/// Entries read at once.
const ENTRIES_A_READ: u32 = 200;
/// The system of diagnoses that a table gives.
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";

/// What is known of a patient before codes are counted and columns widened.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The organization whose patient it is.
    pub org_id: Option<Id>,
    /// The values of the quasi-identifiers, in the order asked.
    pub cell: Vec<String>,
    /// The values of the other columns.
    pub plain: BTreeMap<Column, String>,
    /// The latest diagnosis, as a code of its system.
    pub diagnosis: Option<String>,
    /// Every code that is given.
    pub codes: BTreeSet<String>,
}

/// A patient as gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    pub facts: Facts,
    /// The entries of a FHIR extract: type, text.
    pub entries: Vec<(&'static str, String)>,
    /// Entries seen that may be given.
    pub seen: i64,
    pub sensitive: i64,
    pub shared: i64,
    pub empty: i64,
}

/// What was counted of a patient's entries.
#[derive(Default)]
struct Tally {
    visits: i64,
    results: i64,
    medications: i64,
    first: Option<Date>,
    last: Option<Date>,
    diagnosis: Option<(Option<Instant>, String)>,
}

/// How patients are gathered for one extract.
pub(crate) struct Gatherer<'a> {
    pub asked: &'a Asked,
    pub rule: &'a ExtractRule,
    /// Types that are read.
    pub kinds: Vec<String>,
    /// Without it, only values are gathered.
    pub pseudonyms: Option<&'a Pseudonyms>,
}

impl<'a> Gatherer<'a> {
    /// For what is asked.
    pub(crate) fn new(
        asked: &'a Asked,
        rule: &'a ExtractRule,
        pseudonyms: Option<&'a Pseudonyms>,
    ) -> Self {
        let kinds = match asked.shape {
            Shape::Table => fields::kinds().map(str::to_owned).collect(),
            Shape::Fhir => asked.kinds.clone(),
        };
        Self {
            asked,
            rule,
            kinds,
            pseudonyms,
        }
    }

    /// One patient. `org` is the organization in a word: kind, slash, code.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub(crate) fn gather(
        &self,
        tx: &mut Tx<'_>,
        subject: &ResearchSubject,
        org: &str,
    ) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        let mut tally = Tally::default();
        let name = self.pseudonyms.map(|key| key.patient(subject.id));
        let dates = self.pseudonyms.map_or(DateChange::Month, |key| {
            let days = self.rule.shift_days_max;
            DateChange::of(self.asked.dates, key, subject.id, days)
        });
        let wanted = WantedEntries {
            patient_id: subject.id,
            kinds: &self.kinds,
            org_ids: &self.asked.organizations,
            from: self.asked.from.start(),
            to: self.asked.to.plus_days(1).start(),
        };
        let mut after = Some(0);
        while let Some(key) = after {
            let found = fhir_server::entries_of(tx, &wanted, key, ENTRIES_A_READ)?;
            gathered.sensitive += found.sensitive;
            gathered.shared += found.shared;
            after = found.next;
            for entry in found.entries {
                gathered.seen += 1;
                let Ok(body) = serde_json::from_str::<serde_json::Value>(&entry.body) else {
                    gathered.empty += 1;
                    continue;
                };
                tally.add(entry.kind, entry.at, &body);
                let (Shape::Fhir, Some(pseudonyms), Some(patient)) =
                    (self.asked.shape, self.pseudonyms, &name)
                else {
                    continue;
                };
                let cut = Cut {
                    pseudonyms,
                    patient,
                    dates,
                };
                match cut.resource(entry.kind, &entry.id, &body) {
                    Some(given) => {
                        fields::codes(entry.kind, &given, &mut gathered.facts.codes);
                        gathered.entries.push((entry.kind, given.to_string()));
                    }
                    None => gathered.empty += 1,
                }
            }
        }
        self.fill(&mut gathered.facts, subject, org, tally, dates);
        Ok(gathered)
    }

    fn fill(
        &self,
        facts: &mut Facts,
        subject: &ResearchSubject,
        org: &str,
        tally: Tally,
        dates: DateChange,
    ) {
        facts.org_id = Some(subject.org_id);
        let quasi = &self.asked.quasi_identifiers;
        let diagnosis = tally.diagnosis.map(|(_, code)| code);
        let value = |column: Column| match column {
            Column::Sex => sex_word(subject.sex).to_owned(),
            Column::Age => {
                let age = subject.birth_date.map(|birth| birth.age_on(self.asked.to));
                columns::age_value(age, self.rule.top_age_years)
            }
            Column::County => subject.county.clone().unwrap_or_default(),
            Column::Organization => org.to_owned(),
            Column::Registered => {
                let day = subject.registered_at.date().to_string();
                day.get(..7).unwrap_or_default().to_owned()
            }
            Column::Deceased => if subject.deceased { "yes" } else { "no" }.to_owned(),
            Column::Diagnosis => diagnosis.clone().unwrap_or_default(),
            Column::Visits => tally.visits.to_string(),
            Column::Results => tally.results.to_string(),
            Column::Medications => tally.medications.to_string(),
            Column::FirstEntry => tally.first.map_or(String::new(), |day| dates.date(day)),
            Column::LastEntry => tally.last.map_or(String::new(), |day| dates.date(day)),
        };
        facts.cell = quasi.iter().map(|column| value(*column)).collect();
        let plain = self.asked.columns.iter().copied();
        let plain = plain.filter(|column| !quasi.contains(column) && *column != Column::Diagnosis);
        let as_asked = |column: Column| match column.steps() {
            0 => value(column),
            _ => column.widened(&value(column), 0),
        };
        facts.plain = plain.map(|column| (column, as_asked(column))).collect();
        let given = self.asked.columns.contains(&Column::Diagnosis)
            || self.asked.sensitive == Some(Column::Diagnosis);
        if given && !quasi.contains(&Column::Diagnosis) {
            facts.diagnosis = diagnosis.map(|code| fields::code_key(ICD10, &code));
            facts.codes.extend(facts.diagnosis.clone());
        }
    }
}

impl Tally {
    fn add(&mut self, kind: &str, at: Option<Instant>, body: &serde_json::Value) {
        match kind {
            "Encounter" => self.visits += 1,
            "Observation" | "DiagnosticReport" => self.results += 1,
            "MedicationRequest" => self.medications += 1,
            "Condition" => {
                let codings = body["code"]["coding"].as_array().into_iter().flatten();
                let mut codes = codings.filter(|one| one["system"] == ICD10);
                let code = codes.find_map(|one| one["code"].as_str());
                let later = |known: &(Option<Instant>, String)| at >= known.0;
                if let Some(code) = code
                    && self.diagnosis.as_ref().is_none_or(later)
                {
                    self.diagnosis = Some((at, code.to_owned()));
                }
            }
            _ => {}
        }
        if let Some(day) = at.map(Instant::date) {
            self.first = Some(self.first.map_or(day, |known| known.min(day)));
            self.last = Some(self.last.map_or(day, |known| known.max(day)));
        }
    }
}

fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "",
    }
}
