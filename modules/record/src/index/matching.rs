//! The matching engine over the database: keys of patients, candidates, the model in force.

use kernel::{Error, Id, Result};
use linkage::{Decision, Model, Pass, Placeholders, Prepared, Scorer, Thresholds, Verdict};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned, params};

use super::demographics::Demographics;
use super::source;
use crate::model::Patient;

/// Rule `record.matching`: the thresholds, with what they were measured to be worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchingRule {
    /// Where a score links and where it is shown.
    pub thresholds: Thresholds,
    /// Patients under one key beyond which the key is not used.
    pub block_max: u32,
    /// Candidates of one person at most.
    pub candidates_max: u32,
    /// Days for which a postponed pair is not shown.
    pub postponed_days: i64,
    /// Shortest reason of a decision or merge.
    pub reason_characters_min: usize,
    /// Persons the prior odds are of: about as many as the consortium has patients.
    pub persons: u64,
    /// What these thresholds were measured to be worth.
    pub measured: Measured,
}

/// A measurement that stands beside the thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatchingMeasured)]
pub struct Measured {
    /// On what, and when.
    pub on: String,
    /// Of a million automatic links, those that were one person.
    pub precision_ppm: i64,
    /// Of a million pairs of one person, those linked automatically.
    pub recall_ppm: i64,
    /// Of a million pairs of one person, those linked or shown.
    pub recall_with_review_ppm: i64,
}

/// Checks an edited rule.
pub(crate) fn check_rule(body: &serde_json::Value) -> Result<()> {
    let unreadable = |detail: String| Error::invalid("rule.unreadable", "body", detail);
    let rule: MatchingRule =
        serde_json::from_value(body.clone()).map_err(|error| unreadable(error.to_string()))?;
    let ordered = rule.thresholds.link_bits > rule.thresholds.review_bits;
    let limits = (2..=10_000).contains(&rule.block_max)
        && (1..=1_000).contains(&rule.candidates_max)
        && (1..=3_650).contains(&rule.postponed_days)
        && rule.reason_characters_min <= 100
        && rule.persons > 0;
    if ordered && limits {
        return Ok(());
    }
    Err(unreadable(
        "link_bits lies above review_bits; block_max 2 to 10000, candidates_max 1 to 1000, \
         postponed_days 1 to 3650, reason_characters_min at most 100"
            .to_owned(),
    ))
}

/// Checks an edited list of placeholder values.
pub(crate) fn check_placeholders(body: &serde_json::Value) -> Result<()> {
    let parsed: std::result::Result<Placeholders, _> = serde_json::from_value(body.clone());
    parsed
        .map(|_| ())
        .map_err(|error| Error::invalid("rule.unreadable", "body", error.to_string()))
}

/// The placeholder values in force.
pub(crate) fn placeholders(tx: &mut Tx<'_>) -> Result<Placeholders> {
    Ok(tx.rule("record.placeholders")?.body)
}

/// The rule in force.
pub(crate) fn rule(tx: &mut Tx<'_>) -> Result<MatchingRule> {
    Ok(tx.rule("record.matching")?.body)
}

const ADD_KEY: &str = "INSERT INTO match_key (match_key, patient_id) VALUES ($1, $2)
    ON CONFLICT (match_key, patient_id) DO NOTHING";
const DROP_KEYS: &str = "DELETE FROM match_key WHERE patient_id = $1";
const OF_KEY: &str =
    "SELECT patient_id FROM match_key WHERE match_key = $1 ORDER BY patient_id LIMIT $2";

/// Passes whose keys the database holds. The weaker ones serve a batch, where all keys are in
/// memory; here each would be a row more for every patient.
const KEPT: [Pass; 7] = [
    Pass::Identifier,
    Pass::Phone,
    Pass::NameYear,
    Pass::NameMonthDay,
    Pass::BirthFamily,
    Pass::BirthGiven,
    Pass::NamePlace,
];

fn kept_keys(person: &Prepared) -> Vec<String> {
    let keys = linkage::keys(person).into_iter();
    keys.filter(|key| KEPT.contains(&key.pass()))
        .map(linkage::Key::text)
        .collect()
}

/// Everything that is known of a patient, for comparing: the patient's document, and what the
/// sources say besides.
pub(crate) fn prepared(tx: &mut Tx<'_>, patient: &Patient) -> Result<Prepared> {
    let placeholders = placeholders(tx)?;
    let mut person = Demographics::of_patient(patient).person();
    for record in source::of_patient(tx, patient.id)? {
        let told = record.demographics.person();
        person.names.extend(told.names);
        person.phones.extend(told.phones);
        person.identifiers.extend(told.identifiers);
    }
    Ok(Prepared::new(&person, &placeholders))
}

/// Brings the keys of a patient up to date; somebody who was replaced has none.
pub(crate) fn set_keys(tx: &mut Tx<'_>, patient: &Patient) -> Result<()> {
    tx.execute(DROP_KEYS, &params![patient.id])?;
    if patient.replaced_by.is_some() {
        return Ok(());
    }
    let person = prepared(tx, patient)?;
    for key in kept_keys(&person) {
        tx.execute(ADD_KEY, &params![key, patient.id])?;
    }
    Ok(())
}

const WITHOUT_KEYS: &str = "SELECT p.version, p.body FROM patient AS p
    WHERE p.id > $1 AND p.identified = 1
    AND NOT EXISTS (SELECT 1 FROM match_key AS k WHERE k.patient_id = p.id)
    ORDER BY p.id LIMIT $2";
/// Patients whose keys are filled in one go.
const FILLED_AT_ONCE: u32 = 500;

/// Gives keys to patients registered before there were any. Runs at every start.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn fill_keys(tx: &mut Tx<'_>) -> Result<()> {
    let mut last = Id::NIL;
    loop {
        let found: Vec<Versioned<Patient>> =
            tx.find(WITHOUT_KEYS, &params![last, FILLED_AT_ONCE])?;
        let Some(end) = found.last() else {
            return Ok(());
        };
        last = end.id;
        for patient in found {
            set_keys(tx, &patient)?;
        }
    }
}

/// A patient who may be the one asked for.
pub(crate) struct Found {
    /// Who.
    pub patient_id: Id,
    /// Why.
    pub decision: Decision,
}

impl Found {
    /// Surely one person.
    pub fn is_link(&self) -> bool {
        self.decision.verdict == Verdict::Link
    }
}

/// The engine with the model and the rules in force.
pub(crate) struct Engine {
    pub rule: MatchingRule,
    scorer: Scorer,
    placeholders: Placeholders,
}

impl Engine {
    /// Loads what is in force.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        let rule = rule(tx)?;
        Ok(Self {
            scorer: Scorer::new(&Model::usual(rule.persons)),
            placeholders: placeholders(tx)?,
            rule,
        })
    }

    /// Patients who may be the person a source speaks of, the likeliest first.
    pub fn candidates_of(
        &self,
        tx: &mut Tx<'_>,
        told: &Demographics,
        without: &[Id],
    ) -> Result<Vec<Found>> {
        let person = Prepared::new(&told.person(), &self.placeholders);
        self.candidates(tx, &person, without)
    }

    /// Patients who may be one with this person, the likeliest first.
    pub fn candidates(
        &self,
        tx: &mut Tx<'_>,
        person: &Prepared,
        without: &[Id],
    ) -> Result<Vec<Found>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Keyed {
            patient_id: Id,
        }
        let mut ids: Vec<Id> = Vec::new();
        for key in kept_keys(person) {
            let limit = self.rule.block_max + 1;
            let rows: Vec<Keyed> = tx.query(OF_KEY, &params![key, limit])?;
            if rows.len() > self.rule.block_max as usize {
                continue;
            }
            let fresh = rows.into_iter().map(|row| row.patient_id);
            for id in fresh {
                if !ids.contains(&id) && !without.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids.truncate(self.rule.candidates_max as usize);
        let mut candidates = Vec::with_capacity(ids.len());
        for &id in &ids {
            let patient: Versioned<Patient> = tx.load(id)?;
            candidates.push(prepared(tx, &patient)?);
        }
        let thresholds = &self.rule.thresholds;
        let decided = linkage::match_one(person, &candidates, &self.scorer, thresholds);
        let found = decided.into_iter().map(|(at, decision)| Found {
            patient_id: ids[at],
            decision,
        });
        Ok(found.collect())
    }

    /// The decision about two patients.
    pub fn decide(&self, left: &Prepared, right: &Prepared) -> Decision {
        linkage::decide(left, right, &self.scorer, &self.rule.thresholds)
    }
}
