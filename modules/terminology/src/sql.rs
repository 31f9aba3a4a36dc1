//! Every statement of this module, beside the rows it answers.

use std::collections::HashSet;

use kernel::{Date, Id, Result};
use serde::Deserialize;
use serde_json::{Map, Value as JsonValue};
use store::{Composed, Json, Tx, Value, params};

use crate::catalogue::split_synonyms;
use crate::keys::{after_prefix, keys_of};
use crate::model::{CodeSystem, Concept, Match};
use crate::seed::Builtin;

/// Rows of one statement that adds many.
const CONCEPTS_PER_STATEMENT: usize = 15;
/// As above.
const KEYS_PER_STATEMENT: usize = 40;

const SYSTEMS: &str = "SELECT s.system, s.name_zh, s.name_en, s.source, s.edition,
        (SELECT COUNT(*) FROM concept c WHERE c.system = s.system) AS concepts,
        s.url, s.org_id, s.active_number
    FROM code_system s ORDER BY s.system";
const SYSTEM: &str = "SELECT s.system, s.name_zh, s.name_en, s.source, s.edition,
        (SELECT COUNT(*) FROM concept c WHERE c.system = s.system) AS concepts,
        s.url, s.org_id, s.active_number
    FROM code_system s WHERE s.system = $1";
const SYSTEM_OF_URL: &str = "SELECT s.system, s.name_zh, s.name_en, s.source, s.edition,
        (SELECT COUNT(*) FROM concept c WHERE c.system = s.system) AS concepts,
        s.url, s.org_id, s.active_number
    FROM code_system s WHERE s.url = $1";
const ADD_SYSTEM: &str = "INSERT INTO code_system (system, id, name_zh, name_en, source, edition,
        seed_number, changed_at, url, org_id, active_number)
    VALUES ($1, $2, $3, $4, $5, '', 0, $6, $7, $8, 0)";
const SET_ACTIVE: &str = "UPDATE code_system SET active_number = $2, edition = $3, changed_at = $4
    WHERE system = $1";
const ROOTS: &str =
    "SELECT c.system, c.code, c.zh, c.en, c.pinyin, c.initials, c.parent, c.synonyms,
        c.attributes, c.active_from, c.active_to,
        (SELECT COUNT(*) FROM concept b WHERE b.system = c.system AND b.parent = c.code) AS below
    FROM concept c WHERE c.system = $1 AND c.parent IS NULL AND c.code > $2
    ORDER BY c.code LIMIT $3";
const BRANCHES: &str = "SELECT c.system, c.code, c.zh, c.en, c.pinyin, c.initials, c.parent,
        c.synonyms, c.attributes, c.active_from, c.active_to,
        (SELECT COUNT(*) FROM concept b WHERE b.system = c.system AND b.parent = c.code) AS below
    FROM concept c WHERE c.system = $1 AND c.parent = $4 AND c.code > $2
    ORDER BY c.code LIMIT $3";
const DELETE_KEYS: &str = "DELETE FROM concept_key WHERE system = $1 AND code = $2 AND kind = $3
        AND key = $4";
const DELETE_CONCEPT: &str = "DELETE FROM concept WHERE system = $1 AND code = $2";
const SYSTEM_ROW: &str = "SELECT id, seed_number, active_number FROM code_system WHERE system = $1";
const KEEP_SYSTEM: &str = "INSERT INTO code_system
        (system, id, name_zh, name_en, source, edition, seed_number, changed_at, url)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (system) DO UPDATE SET seed_number = excluded.seed_number, changed_at = excluded.changed_at";
const CODES: &str = "SELECT code FROM concept WHERE system = $1";
const CONCEPT: &str = "SELECT system, code, zh, en, pinyin, initials, parent, synonyms, attributes,
        active_from, active_to
    FROM concept WHERE system = $1 AND code = $2";
const ALL: &str = "SELECT system, code, zh, en, pinyin, initials, parent, synonyms, attributes,
        active_from, active_to
    FROM concept WHERE system = $1 ORDER BY code";
const LIST: &str = "SELECT system, code, zh, en, pinyin, initials, parent, synonyms, attributes,
        active_from, active_to
    FROM concept
    WHERE system = $1 AND code > $2
        AND (active_from IS NULL OR active_from <= $3) AND (active_to IS NULL OR active_to >= $3)
    ORDER BY code LIMIT $4";
const LIST_UNDER: &str =
    "SELECT system, code, zh, en, pinyin, initials, parent, synonyms, attributes,
        active_from, active_to
    FROM concept
    WHERE system = $1 AND parent = $5 AND code > $2
        AND (active_from IS NULL OR active_from <= $3) AND (active_to IS NULL OR active_to >= $3)
    ORDER BY code LIMIT $4";
const MATCHES: &str = "SELECT c.system, c.code, c.zh, c.en, c.pinyin, c.initials, c.parent, c.synonyms,
        c.attributes, c.active_from, c.active_to
    FROM concept_key k JOIN concept c ON c.system = k.system AND c.code = k.code
    WHERE k.system = $1 AND k.kind = $2 AND k.key >= $3 AND k.key < $4
        AND (c.active_from IS NULL OR c.active_from <= $5) AND (c.active_to IS NULL OR c.active_to >= $5)
    ORDER BY k.key, k.code LIMIT $6";
const UPDATE: &str = "UPDATE concept SET zh = $3, en = $4, pinyin = $5, initials = $6, parent = $7,
        synonyms = $8, attributes = $9, active_from = $10, active_to = $11
    WHERE system = $1 AND code = $2";
const DELETE_KEY: &str =
    "DELETE FROM concept_key WHERE system = $1 AND kind = $2 AND key = $3 AND code = $4";
/// What a start needs to know of a stored system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SystemRow {
    pub id: Id,
    pub seed_number: i64,
    pub active_number: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRow {
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConceptRow {
    system: String,
    code: String,
    zh: String,
    en: String,
    pinyin: String,
    initials: String,
    parent: Option<String>,
    synonyms: String,
    attributes: Json<Map<String, JsonValue>>,
    active_from: Option<Date>,
    active_to: Option<Date>,
}

impl From<ConceptRow> for Concept {
    fn from(row: ConceptRow) -> Self {
        Self {
            system: row.system,
            code: row.code,
            zh: row.zh,
            en: row.en,
            pinyin: row.pinyin,
            initials: row.initials,
            parent: row.parent,
            synonyms: split_synonyms(&row.synonyms),
            attributes: row.attributes.0,
            active_from: row.active_from,
            active_to: row.active_to,
        }
    }
}

pub(crate) fn systems(tx: &mut Tx<'_>) -> Result<Vec<CodeSystem>> {
    tx.query(SYSTEMS, &[])
}

pub(crate) fn system_row(tx: &mut Tx<'_>, system: &str) -> Result<Option<SystemRow>> {
    tx.query_opt(SYSTEM_ROW, &params![system])
}

/// Stores or renews the row of a starter catalogue; answers its id.
pub(crate) fn keep_system(tx: &mut Tx<'_>, builtin: &Builtin) -> Result<Id> {
    let id = match system_row(tx, builtin.system)? {
        Some(row) => row.id,
        None => tx.new_id(),
    };
    tx.execute(
        KEEP_SYSTEM,
        &params![
            builtin.system,
            id,
            builtin.name_zh,
            builtin.name_en,
            builtin.source,
            builtin.edition,
            builtin.number,
            tx.now(),
            builtin.url()
        ],
    )?;
    Ok(id)
}

/// One system, by its name.
pub(crate) fn system(tx: &mut Tx<'_>, name: &str) -> Result<Option<CodeSystem>> {
    tx.query_opt(SYSTEM, &params![name])
}

/// One system, by what others call it.
pub(crate) fn system_of_url(tx: &mut Tx<'_>, url: &str) -> Result<Option<CodeSystem>> {
    tx.query_opt(SYSTEM_OF_URL, &params![url])
}

/// Adds an empty system.
pub(crate) fn add_system(tx: &mut Tx<'_>, id: Id, system: &CodeSystem) -> Result<()> {
    let values = params![
        system.system.as_str(),
        id,
        system.name_zh.as_str(),
        system.name_en.as_str(),
        system.source.as_str(),
        tx.now(),
        system.url.as_str(),
        system.org_id
    ];
    tx.execute(ADD_SYSTEM, &values).map(|_| ())
}

/// Notes which version is in force.
pub(crate) fn set_active(tx: &mut Tx<'_>, system: &str, number: i64, edition: &str) -> Result<()> {
    let values = params![system, number, edition, tx.now()];
    tx.execute(SET_ACTIVE, &values).map(|_| ())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BranchRow {
    system: String,
    code: String,
    zh: String,
    en: String,
    pinyin: String,
    initials: String,
    parent: Option<String>,
    synonyms: String,
    attributes: Json<Map<String, JsonValue>>,
    active_from: Option<Date>,
    active_to: Option<Date>,
    below: i64,
}

/// The concepts directly below one, or those above which there is none; each with how many lie
/// directly below it.
pub(crate) fn branches(
    tx: &mut Tx<'_>,
    system: &str,
    parent: Option<&str>,
    after: &str,
    limit: u32,
) -> Result<Vec<(Concept, i64)>> {
    let rows: Vec<BranchRow> = match parent {
        Some(parent) => tx.query(BRANCHES, &params![system, after, limit, parent])?,
        None => tx.query(ROOTS, &params![system, after, limit])?,
    };
    let concept = |row: BranchRow| {
        let below = row.below;
        let row = ConceptRow {
            system: row.system,
            code: row.code,
            zh: row.zh,
            en: row.en,
            pinyin: row.pinyin,
            initials: row.initials,
            parent: row.parent,
            synonyms: row.synonyms,
            attributes: row.attributes,
            active_from: row.active_from,
            active_to: row.active_to,
        };
        (row.into(), below)
    };
    Ok(rows.into_iter().map(concept).collect())
}

/// Takes a concept out, with its keys.
pub(crate) fn delete_concept(tx: &mut Tx<'_>, concept: &Concept) -> Result<()> {
    let (system, code) = (concept.system.as_str(), concept.code.as_str());
    for (kind, key) in keys_of(concept) {
        tx.execute(DELETE_KEYS, &params![system, code, kind.number(), key])?;
    }
    tx.execute(DELETE_CONCEPT, &params![system, code])
        .map(|_| ())
}

pub(crate) fn codes(tx: &mut Tx<'_>, system: &str) -> Result<HashSet<String>> {
    let rows: Vec<CodeRow> = tx.query(CODES, &params![system])?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

pub(crate) fn concept(tx: &mut Tx<'_>, system: &str, code: &str) -> Result<Option<Concept>> {
    Ok(tx
        .query_opt::<ConceptRow>(CONCEPT, &params![system, code])?
        .map(Into::into))
}

pub(crate) fn all(tx: &mut Tx<'_>, system: &str) -> Result<Vec<Concept>> {
    Ok(tx
        .query::<ConceptRow>(ALL, &params![system])?
        .into_iter()
        .map(Into::into)
        .collect())
}

/// Concepts in use today in the order of their codes.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    system: &str,
    parent: Option<&str>,
    after: &str,
    limit: u32,
) -> Result<Vec<Concept>> {
    let today = tx.now().date();
    let rows: Vec<ConceptRow> = match parent {
        Some(parent) => tx.query(LIST_UNDER, &params![system, after, today, limit, parent])?,
        None => tx.query(LIST, &params![system, after, today, limit])?,
    };
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Concepts in use today with a key of one kind that begins with `prefix`; one concept may occur
/// more than once, under several of its names.
pub(crate) fn matches(
    tx: &mut Tx<'_>,
    system: &str,
    kind: Match,
    prefix: &str,
    limit: u32,
) -> Result<Vec<Concept>> {
    let today = tx.now().date();
    let params = params![
        system,
        kind.number(),
        prefix,
        after_prefix(prefix),
        today,
        limit
    ];
    let rows: Vec<ConceptRow> = tx.query(MATCHES, &params)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Adds concepts that are not there yet, with their keys.
pub(crate) fn insert_concepts(tx: &mut Tx<'_>, concepts: &[Concept]) -> Result<()> {
    const INTO: &str = "INSERT INTO concept (system, code, zh, en, pinyin, initials, parent,
        synonyms, attributes, active_from, active_to) VALUES ";
    for chunk in concepts.chunks(CONCEPTS_PER_STATEMENT) {
        let rows: Vec<Vec<Value>> = chunk.iter().map(concept_values).collect();
        let end = " ON CONFLICT (system, code) DO NOTHING";
        insert_rows(tx, INTO, &rows, end)?;
    }
    insert_keys(tx, concepts.iter().flat_map(key_rows))
}

/// Stores a changed concept and exchanges the keys that differ.
pub(crate) fn update_concept(tx: &mut Tx<'_>, old: &Concept, new: &Concept) -> Result<()> {
    tx.execute(UPDATE, &concept_values(new))?;
    let (old_keys, new_keys) = (keys_of(old), keys_of(new));
    for (kind, key) in old_keys.difference(&new_keys) {
        tx.execute(
            DELETE_KEY,
            &params![
                old.system.clone(),
                kind.number(),
                key.as_str(),
                old.code.clone()
            ],
        )?;
    }
    let added = new_keys.difference(&old_keys);
    insert_keys(tx, added.map(|(kind, key)| key_row(new, *kind, key)))
}

fn concept_values(concept: &Concept) -> Vec<Value> {
    params![
        concept.system.as_str(),
        concept.code.as_str(),
        concept.zh.as_str(),
        concept.en.as_str(),
        concept.pinyin.as_str(),
        concept.initials.as_str(),
        concept.parent.as_deref(),
        concept.synonyms.join("|"),
        JsonValue::Object(concept.attributes.clone()).to_string(),
        concept.active_from,
        concept.active_to,
    ]
    .to_vec()
}

fn key_rows(concept: &Concept) -> Vec<Vec<Value>> {
    keys_of(concept)
        .iter()
        .map(|(kind, key)| key_row(concept, *kind, key))
        .collect()
}

fn key_row(concept: &Concept, kind: Match, key: &str) -> Vec<Value> {
    params![
        concept.system.as_str(),
        kind.number(),
        key,
        concept.code.as_str()
    ]
    .to_vec()
}

fn insert_keys(tx: &mut Tx<'_>, rows: impl Iterator<Item = Vec<Value>>) -> Result<()> {
    const INTO: &str = "INSERT INTO concept_key (system, kind, key, code) VALUES ";
    let end = " ON CONFLICT (system, kind, key, code) DO NOTHING";
    let mut waiting: Vec<Vec<Value>> = Vec::with_capacity(KEYS_PER_STATEMENT);
    for row in rows {
        waiting.push(row);
        if waiting.len() == KEYS_PER_STATEMENT {
            insert_rows(tx, INTO, &waiting, end)?;
            waiting.clear();
        }
    }
    insert_rows(tx, INTO, &waiting, end)
}

/// Adds rows in one statement.
pub(crate) fn insert_rows(
    tx: &mut Tx<'_>,
    into: &'static str,
    rows: &[Vec<Value>],
    end: &'static str,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = Composed::new();
    sql.push(into);
    for (at, row) in rows.iter().enumerate() {
        sql.push(if at == 0 { "(" } else { ", (" });
        sql.bind_all(row.iter().cloned()).push(")");
    }
    sql.push(end);
    tx.execute_composed(&sql).map(|_| ())
}
