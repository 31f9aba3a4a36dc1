//! Code systems and their search by name, pinyin and code.
//!
//! Diagnoses, specialties, examinations, techniques, drugs and reason codes are data that a
//! consortium imports and corrects; starter catalogues come with the program. Other modules use
//! [`concept`], [`require`] and [`search`], and store codes, never names alone.

mod api;
mod arrivals;
mod catalogue;
mod coverage;
mod fhir_files;
mod import;
mod keys;
mod map_files;
mod maps;
mod messages;
mod model;
mod sample;
mod seed;
mod sql;
mod suggest;
mod translate;
mod version_model;
mod versions;
pub mod whole;
mod workbook;
mod worklist;

use std::collections::HashSet;

use http::{Grant, Module, Permission};
use kernel::{Error, Result, Scope};
use store::{JobKind, Migration, Tx};

pub use arrivals::{Arrival, arrived, is_shared};
pub use catalogue::RowProblem;
pub use import::{ImportReport, import};
pub use maps::{MapState, Relation, TermMap, by_code as map_by_code};
pub use model::{
    CodeSystem, Concept, DRUG, EXAM, Hit, ICD10, LAB_ITEM, Match, RECOGNITION_REFUSAL,
    REFERRAL_REASON, REFERRAL_REFUSAL, REFERRAL_WITHDRAWAL, SPECIALTY, TECHNIQUE,
};
pub use sample::{SAMPLE_LAB, sample};
pub use seed::seed;
pub use translate::{Asked, Translation, translate};

/// The most concepts one search answers.
pub const LIMIT_MAX: u32 = 50;
const LIMIT_DEFAULT: u32 = 20;
/// The longest text that is searched for; what lies behind it can't matter.
const QUERY_CHARS_MAX: usize = 64;
/// A concept is indexed under several names, so more keys than answers are read.
const KEYS_PER_ANSWER: u32 = 4;

/// This module's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "terminology",
        number: 1,
        name: "code systems, concepts, search keys",
        sql: include_str!("../sql/0001_terminology.sql"),
    },
    Migration {
        module: "terminology",
        number: 2,
        name: "versions of code systems, maps, codes that arrived",
        sql: include_str!("../sql/0002_versions_maps.sql"),
    },
];

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "terminology.manage",
        title_zh: "导入和维护字典",
        title_en: "Import and maintain catalogues",
    },
    Permission {
        code: "terminology.map",
        title_zh: "维护编码对照",
        title_en: "Maintain maps between code systems",
    },
    Permission {
        code: "terminology.coverage",
        title_zh: "查看编码对照覆盖率",
        title_en: "See how much of what arrives is mapped",
    },
];

const GRANTS: &[Grant] = &[
    Grant::new("system-admin", "terminology.manage", Scope::Group),
    Grant::new("system-admin", "terminology.map", Scope::Group),
    Grant::new("system-admin", "terminology.coverage", Scope::Group),
    Grant::new("director", "terminology.coverage", Scope::Group),
    Grant::new("health-bureau", "terminology.coverage", Scope::Region),
];

const JOBS: &[JobKind] = &[JobKind {
    kind: versions::ACTIVATE,
    every: None,
    run: versions::day_has_come,
}];

/// The capability for the server's list.
pub fn module() -> Module {
    Module {
        permissions: PERMISSIONS,
        grants: GRANTS,
        migrations: MIGRATIONS,
        jobs: JOBS,
        messages: messages::MESSAGES,
        seed: Some(seed),
        ..Module::new("terminology", api::routes())
    }
}

/// The code systems of this installation.
///
/// # Errors
/// Whatever the database reports.
pub fn systems(tx: &mut Tx<'_>) -> Result<Vec<CodeSystem>> {
    sql::systems(tx)
}

/// One concept, also a retired one: old records keep their codes.
///
/// # Errors
/// `terminology.concept` when the system has no such code.
pub fn concept(tx: &mut Tx<'_>, system: &str, code: &str) -> Result<Concept> {
    sql::concept(tx, system, code)?.ok_or_else(|| Error::not_found("terminology.concept"))
}

/// One concept that may be used in a new record; `field` names the input for the refusal.
///
/// # Errors
/// `terminology.unknown-code` or `terminology.retired-code` at `field`.
pub fn require(tx: &mut Tx<'_>, system: &str, code: &str, field: &str) -> Result<Concept> {
    let Some(concept) = sql::concept(tx, system, code)? else {
        let detail = format!("{system} has no code {code}; choose one from the search");
        return Err(Error::invalid("terminology.unknown-code", field, detail));
    };
    let today = tx.now().date();
    let begun = concept.active_from.is_none_or(|from| from <= today);
    let not_ended = concept.active_to.is_none_or(|to| to >= today);
    if begun && not_ended {
        return Ok(concept);
    }
    let detail = format!("{system} {code} is not in use today; choose another");
    Err(Error::invalid("terminology.retired-code", field, detail))
}

/// Concepts in use today in the order of their codes, from behind `after` on; below `parent`.
///
/// # Errors
/// `terminology.system` for an unknown system.
pub fn list(
    tx: &mut Tx<'_>,
    system: &str,
    parent: Option<&str>,
    after: &str,
    limit: Option<u32>,
) -> Result<Vec<Hit>> {
    known_system(tx, system)?;
    let concepts = sql::list(tx, system, parent, after, limit_of(limit))?;
    Ok(concepts
        .into_iter()
        .map(|concept| Hit {
            matched: None,
            concept,
        })
        .collect())
}

/// Finds concepts in use today. First come beginnings of codes, then of names and synonyms, then of
/// pinyin and initials, then what lies inside names; within each, shorter and exact ones first.
///
/// # Errors
/// `terminology.system` for an unknown system.
pub fn search(tx: &mut Tx<'_>, system: &str, typed: &str, limit: Option<u32>) -> Result<Vec<Hit>> {
    hits(tx, system, typed, limit_of(limit))
}

fn hits(tx: &mut Tx<'_>, system: &str, typed: &str, limit: u32) -> Result<Vec<Hit>> {
    known_system(tx, system)?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let typed: String = typed.chars().take(QUERY_CHARS_MAX).collect();
    let prefix = keys::search_key(&typed);
    let mut hits: Vec<Hit> = Vec::new();
    let mut seen = HashSet::new();
    if prefix.is_empty() {
        return Ok(hits);
    }
    for kind in Match::ALL {
        for concept in sql::matches(tx, system, kind, &prefix, limit * KEYS_PER_ANSWER)? {
            if hits.len() < wanted && seen.insert(concept.code.clone()) {
                hits.push(Hit {
                    matched: Some(kind),
                    concept,
                });
            }
        }
        if hits.len() >= wanted {
            break;
        }
    }
    Ok(hits)
}

fn limit_of(asked: Option<u32>) -> u32 {
    asked.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX)
}

fn known_system(tx: &mut Tx<'_>, system: &str) -> Result<()> {
    match sql::system_row(tx, system)? {
        Some(_) => Ok(()),
        None => Err(Error::not_found("terminology.system")),
    }
}

#[cfg(test)]
mod tests;
