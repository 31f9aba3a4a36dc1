//! Which entries are sensitive, by rule set `record.sensitive`: code ranges and words a category.
//!
//! An entry of a sensitive category is seen by who wrote it, by the patient, in an emergency, and by
//! whom a consent opens the category to; see [`crate::sight`].

use std::collections::BTreeSet;

use kernel::{Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::model::{Patient, Problem};
use crate::provisions::Category;
use crate::sight::{Entry, sight};

/// The rule set's code.
pub const RULE: &str = "record.sensitive";
/// Where a code without a system is looked for.
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";
/// The system under which authors name a category themselves.
pub const LABEL_SYSTEM: &str = "urn:lianti:sensitive";
/// Categories one installation has at most, and characters of their codes.
const CATEGORIES_MAX: usize = 40;
const CODE_CHARACTERS_MAX: usize = 40;

/// Rule set `record.sensitive`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensitiveRule {
    /// The categories.
    pub categories: Vec<SensitiveCategory>,
}

/// A category of what is kept apart.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SensitiveCategory {
    /// Its code.
    pub code: String,
    /// What a patient is asked, in Chinese.
    pub title_zh: String,
    /// What a patient is asked, in English.
    pub title_en: String,
    /// Why it is kept apart: document and clause.
    pub source: String,
    /// Codes that belong to it.
    pub codes: Vec<CodeRanges>,
    /// Words in names and texts that belong to it.
    #[serde(default)]
    pub words: Vec<String>,
}

/// Codes of one system: `F20..F48` from the first to all that begin with the last, `J05AR*` all that
/// begin so, `B20` the code and its subdivisions behind a point.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRanges {
    /// The code system.
    pub system: String,
    /// Ranges and codes, with blanks between them.
    pub ranges: String,
}

/// The rule set in force.
///
/// # Errors
/// `rule.missing`, `rule.unreadable`.
pub fn rule(tx: &mut Tx<'_>) -> Result<SensitiveRule> {
    Ok(tx.rule::<SensitiveRule>(RULE)?.body)
}

/// Its version.
///
/// # Errors
/// As [`rule`].
pub fn rule_version(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.rule::<SensitiveRule>(RULE)?.version)
}

impl SensitiveRule {
    /// Is this one of its categories?
    pub fn has(&self, code: &str) -> bool {
        self.categories.iter().any(|category| category.code == code)
    }

    /// The categories that an entry with these codes and texts belongs to.
    pub fn labels(&self, codes: &[(Option<&str>, &str)], texts: &[&str]) -> Vec<String> {
        let mut labels: BTreeSet<&str> = BTreeSet::new();
        for category in &self.categories {
            let coded = || {
                codes.iter().any(|(system, code)| {
                    (*system == Some(LABEL_SYSTEM) && *code == category.code)
                        || category
                            .codes
                            .iter()
                            .any(|ranges| ranges.has(*system, code))
                })
            };
            let worded = || {
                let mut words = category.words.iter();
                words.any(|word| texts.iter().any(|text| text.contains(word.as_str())))
            };
            if coded() || worded() {
                labels.insert(&category.code);
            }
        }
        labels.into_iter().map(str::to_owned).collect()
    }
}

impl CodeRanges {
    fn has(&self, system: Option<&str>, code: &str) -> bool {
        system.unwrap_or(ICD10) == self.system
            && self
                .ranges
                .split_whitespace()
                .any(|range| is_in(code, range))
    }
}

/// Codes are compared as they are written; what differs only in case is the same.
fn is_in(code: &str, range: &str) -> bool {
    let begins = |start: &str| {
        let head = code.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    if let Some((from, to)) = range.split_once("..") {
        let code = code.to_ascii_uppercase();
        return begins(to) || (code.as_str() >= from && code.as_str() < to);
    }
    match range.strip_suffix('*') {
        Some(start) => begins(start),
        None => begins(range) && matches!(code.as_bytes().get(range.len()), None | Some(b'.')),
    }
}

/// Checks a body of `record.sensitive`.
///
/// # Errors
/// `rule.unreadable`, with the field at fault.
pub(crate) fn check_rule(body: &serde_json::Value) -> Result<()> {
    store::check_body::<SensitiveRule>(body)?;
    let rule: SensitiveRule = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    let wrong = |detail: String| {
        let place = "body.categories";
        Err(Error::invalid("rule.unreadable", place, detail))
    };
    if rule.categories.len() > CATEGORIES_MAX {
        return wrong(format!("at most {CATEGORIES_MAX} categories"));
    }
    let mut codes = BTreeSet::new();
    for category in &rule.categories {
        let code = &category.code;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fine = !code.is_empty() && code.len() <= CODE_CHARACTERS_MAX && code.chars().all(plain);
        if !fine || !codes.insert(code) {
            return wrong(format!(
                "{code}: small letters, digits and hyphens, each code once"
            ));
        }
        if category.title_zh.trim().is_empty() || category.title_en.trim().is_empty() {
            return wrong(format!(
                "{code}: both titles are needed, patients read them"
            ));
        }
        if category.words.iter().any(|word| word.trim().is_empty()) {
            return wrong(format!("{code}: an empty word is in every text"));
        }
        for ranges in &category.codes {
            let ends = ranges
                .ranges
                .split_whitespace()
                .filter_map(|range| range.split_once(".."));
            for (from, to) in ends {
                if from > to || from.is_empty() {
                    return wrong(format!("{code}: {from}..{to} holds nothing"));
                }
            }
            if ranges.ranges.split_whitespace().any(|range| range == "*") {
                return wrong(format!("{code}: * alone would hold every code"));
            }
        }
    }
    Ok(())
}

/// Takes out of a patient's lists what the actor does not see.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn leave_out_hidden(tx: &mut Tx<'_>, patient: &mut Patient) -> Result<()> {
    if patient.problems.is_empty() && patient.allergies.is_empty() {
        return Ok(());
    }
    let sight = sight(tx, patient.id)?;
    if sight.is_full() {
        return Ok(());
    }
    let rule = rule(tx)?;
    patient.problems.retain(|problem| {
        sight.sees(&Entry {
            org_id: problem.org_id,
            category: Some(Category::Diagnoses),
            at: problem.since.map(kernel::Date::start),
            labels: &labels_of(&rule, problem),
        })
    });
    patient.allergies.retain(|allergy| {
        sight.sees(&Entry {
            org_id: allergy.org_id,
            category: Some(Category::Allergies),
            at: Some(allergy.recorded_at),
            labels: &rule.labels(&[], &[&allergy.substance]),
        })
    });
    Ok(())
}

/// The categories a problem belongs to.
fn labels_of(rule: &SensitiveRule, problem: &Problem) -> Vec<String> {
    let codes: Vec<(Option<&str>, &str)> = problem
        .code
        .as_deref()
        .map(|code| (None, code))
        .into_iter()
        .collect();
    rule.labels(&codes, &[&problem.title])
}

/// May an organization be told that a problem is on the list already? Not of what it does not see.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn may_know(tx: &mut Tx<'_>, patient_id: Id, problem: &Problem) -> Result<bool> {
    let labels = labels_of(&rule(tx)?, problem);
    Ok(sight(tx, patient_id)?.sees(&Entry {
        org_id: problem.org_id,
        category: Some(Category::Diagnoses),
        at: problem.since.map(kernel::Date::start),
        labels: &labels,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded() -> SensitiveRule {
        serde_json::from_str(include_str!("sensitive.json")).expect("the seed reads")
    }

    #[test]
    fn the_seed_passes_its_own_check() {
        let body = serde_json::from_str(include_str!("sensitive.json")).expect("the seed is JSON");
        check_rule(&body).expect("it passes");
    }

    #[test]
    fn codes_and_words_fall_into_their_categories() {
        let rule = seeded();
        let icd = Some(ICD10);
        let loinc = Some("http://loinc.org");
        let atc = Some("http://www.whocc.no/atc");
        for (system, code, expected) in [
            (icd, "B20", "hiv"),
            (icd, "b24.x00", "hiv"),
            (icd, "B19.9", ""),
            (icd, "B25", ""),
            (icd, "B2", ""),
            (None, "F32.900x001", "psychiatric"),
            (icd, "F03", ""),
            (icd, "F10.2", "substance"),
            (icd, "F17.2", ""),
            (icd, "O04.9", "reproductive"),
            (icd, "O09", ""),
            (icd, "A54.0", "sexually-transmitted"),
            (icd, "A64", "sexually-transmitted"),
            (icd, "A65", ""),
            (icd, "Q90.9", "genetic"),
            (loinc, "75622-1", "hiv"),
            (loinc, "75622-10", ""),
            (loinc, "8480-6", ""),
            (atc, "J05AR10", "hiv"),
            (atc, "N06AB04", "psychiatric"),
            (Some("urn:other"), "B20", ""),
            (Some(LABEL_SYSTEM), "genetic", "genetic"),
            (
                Some("http://terminology.hl7.org/CodeSystem/v3-ActCode"),
                "HIV",
                "hiv",
            ),
            (
                Some("http://terminology.hl7.org/CodeSystem/v3-Confidentiality"),
                "R",
                "restricted",
            ),
        ] {
            let labels = rule.labels(&[(system, code)], &[]);
            assert_eq!(labels.join(" "), expected, "{system:?} {code}");
        }
        assert_eq!(rule.labels(&[], &["艾滋病抗体筛查"]), ["hiv"]);
        assert!(rule.labels(&[], &["高血压"]).is_empty());
    }

    #[test]
    fn a_rule_that_holds_nothing_or_everything_is_refused() {
        let one = |code: &str, ranges: &str, word: &str| {
            serde_json::json!({ "categories": [{ "code": code, "title_zh": "一", "title_en": "One",
                "source": "x", "codes": [{ "system": ICD10, "ranges": ranges }], "words": [word] }] })
        };
        assert!(check_rule(&one("a", "B20..B24 Z21", "x")).is_ok());
        for body in [
            one("A b", "B20", "x"),
            one("a", "B24..B20", "x"),
            one("a", "*", "x"),
            one("a", "B20", " "),
        ] {
            assert_eq!(
                check_rule(&body).expect_err("refused").code(),
                "rule.unreadable"
            );
        }
    }
}
