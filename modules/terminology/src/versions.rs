//! Versions of a code system: draft, in force, retired. What each changed is kept, so that earlier
//! contents can be asked for and gone back to; going back is a version of its own.

use std::collections::{BTreeMap, HashMap};

use kernel::{Date, Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Change, Job, Tx, Versioned, params};

use crate::catalogue::RowProblem;
use crate::model::Concept;
use crate::sql;
use crate::version_model::{ChangeKind, ConceptChange, Counts, Version, VersionState};

/// What comes with the concepts of a new version.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming<'a> {
    pub edition: &'a str,
    pub note: &'a str,
    pub file_name: &'a str,
    pub complete: bool,
    pub effective_from: Option<Date>,
    pub restores: Option<i64>,
    pub rows: u64,
    pub invalid: u64,
    pub problems: Vec<RowProblem>,
}

const VERSIONS: &str = "SELECT version, body FROM code_system_version WHERE system = $1
    ORDER BY number DESC";
const VERSION: &str = "SELECT version, body FROM code_system_version
    WHERE system = $1 AND number = $2";
const LAST: &str =
    "SELECT COALESCE(MAX(number), 0) AS count FROM code_system_version WHERE system = $1";
const CHANGES: &str = "SELECT code, kind, before_text, after_text FROM concept_change
    WHERE system = $1 AND number = $2 AND code > $3 ORDER BY code LIMIT $4";
const CHANGES_OF: &str = "SELECT code, kind, before_text, after_text FROM concept_change
    WHERE system = $1 AND number = $2 AND code > $3 AND kind = $5 ORDER BY code LIMIT $4";
const SINCE: &str = "SELECT code, kind, before_text, after_text FROM concept_change
    WHERE system = $1 AND number > $2 AND number <= $3 ORDER BY number DESC, code";
const BEFORE: &str = "SELECT code, kind, before_text, after_text FROM concept_change
    WHERE system = $1 AND code = $2 AND number > $3 AND number <= $4 ORDER BY number LIMIT 1";
const FORGET: &str = "DELETE FROM concept_change WHERE system = $1 AND number = $2";
/// Changes that one statement keeps.
const CHANGES_PER_STATEMENT: usize = 25;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRow {
    code: String,
    kind: ChangeKind,
    before_text: Option<String>,
    after_text: Option<String>,
}

impl ChangeRow {
    fn change(self) -> Result<ConceptChange> {
        let read = |text: Option<String>| -> Result<Option<Concept>> {
            text.map(|text| serde_json::from_str(&text).map_err(Error::internal))
                .transpose()
        };
        Ok(ConceptChange {
            code: self.code,
            kind: self.kind,
            before: read(self.before_text)?,
            after: read(self.after_text)?,
        })
    }
}

/// The versions of a system, the newest first.
pub(crate) fn list(tx: &mut Tx<'_>, system: &str) -> Result<Vec<Version>> {
    let found = tx.find::<Version>(VERSIONS, &params![system])?;
    Ok(found.into_iter().map(|one| one.data).collect())
}

/// One version.
pub(crate) fn load(tx: &mut Tx<'_>, system: &str, number: i64) -> Result<Versioned<Version>> {
    let found = tx.find::<Version>(VERSION, &params![system, number])?.pop();
    found.ok_or_else(|| Error::not_found("code-system-version"))
}

/// What a version changes, from behind a code on.
pub(crate) fn changes(
    tx: &mut Tx<'_>,
    system: &str,
    number: i64,
    kind: Option<ChangeKind>,
    (after, limit): (&str, u32),
) -> Result<Vec<ConceptChange>> {
    let rows: Vec<ChangeRow> = match kind {
        Some(kind) => tx.query(
            CHANGES_OF,
            &params![system, number, after, limit, kind.word()],
        )?,
        None => tx.query(CHANGES, &params![system, number, after, limit])?,
    };
    rows.into_iter().map(ChangeRow::change).collect()
}

fn active_number(tx: &mut Tx<'_>, system: &str) -> Result<i64> {
    let row = sql::system_row(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    Ok(row.active_number)
}

fn next(tx: &mut Tx<'_>, system: &str, incoming: &Incoming<'_>) -> Result<Version> {
    Ok(Version {
        id: tx.new_id(),
        system: system.to_owned(),
        number: tx.count(LAST, &params![system])? + 1,
        edition: incoming.edition.to_owned(),
        state: VersionState::Draft,
        base: active_number(tx, system)?,
        complete: incoming.complete,
        effective_from: incoming.effective_from,
        effective_to: None,
        file_name: incoming.file_name.to_owned(),
        note: incoming.note.to_owned(),
        restores: incoming.restores,
        counts: Counts {
            rows: incoming.rows,
            invalid: incoming.invalid,
            ..Counts::default()
        },
        problems: incoming.problems.clone(),
        brought_by: tx.actor().name.clone(),
        created_at: tx.now(),
        activated_by: None,
        activated_at: None,
    })
}

/// What a system held before it had versions is its first.
pub(crate) fn first(tx: &mut Tx<'_>, system: &str) -> Result<()> {
    let known = sql::system(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    let incoming = Incoming {
        edition: &known.edition,
        note: "起步目录",
        complete: true,
        ..Incoming::default()
    };
    let mut version = next(tx, system, &incoming)?;
    version.state = VersionState::Active;
    version.counts.added = u64::try_from(known.concepts).unwrap_or_default();
    version.activated_at = Some(tx.now());
    version.activated_by = Some(tx.actor().name.clone());
    tx.insert(&version, Change::new("terminology.version-activated"))?;
    sql::set_active(tx, system, version.number, &version.edition)
}

/// What would change if these concepts came.
pub(crate) fn compare(
    stored: HashMap<String, Concept>,
    concepts: Vec<Concept>,
    complete: bool,
    last_day: Date,
) -> (Vec<ConceptChange>, Counts) {
    let mut stored = stored;
    let mut counts = Counts::default();
    let mut changes = Vec::new();
    for after in concepts {
        let before = stored.remove(&after.code);
        let kind = match &before {
            None => ChangeKind::Added,
            Some(before) if *before == after => {
                counts.unchanged += 1;
                continue;
            }
            Some(before) if before.active_to.is_none() && after.active_to.is_some() => {
                ChangeKind::Retired
            }
            Some(_) => ChangeKind::Changed,
        };
        changes.push(ConceptChange {
            code: after.code.clone(),
            kind,
            before,
            after: Some(after),
        });
    }
    for before in stored.into_values() {
        if !complete || before.active_to.is_some() {
            counts.unchanged += 1;
            continue;
        }
        changes.push(ConceptChange {
            code: before.code.clone(),
            kind: ChangeKind::Retired,
            after: Some(Concept {
                active_to: Some(last_day),
                ..before.clone()
            }),
            before: Some(before),
        });
    }
    for change in &changes {
        match change.kind {
            ChangeKind::Added => counts.added += 1,
            ChangeKind::Changed => counts.changed += 1,
            ChangeKind::Retired => counts.retired += 1,
            ChangeKind::Removed => counts.removed += 1,
        }
    }
    changes.sort_by(|one, other| one.code.cmp(&other.code));
    (changes, counts)
}

/// Keeps a draft with what it would change.
pub(crate) fn draft(
    tx: &mut Tx<'_>,
    system: &str,
    concepts: Vec<Concept>,
    incoming: &Incoming<'_>,
) -> Result<Versioned<Version>> {
    let stored = sql::all(tx, system)?;
    let stored: HashMap<String, Concept> = stored
        .into_iter()
        .map(|one| (one.code.clone(), one))
        .collect();
    let from = incoming.effective_from.unwrap_or_else(|| tx.now().date());
    let (changes, counts) = compare(stored, concepts, incoming.complete, from.plus_days(-1));
    keep(tx, system, &changes, counts, incoming)
}

fn keep(
    tx: &mut Tx<'_>,
    system: &str,
    changes: &[ConceptChange],
    counts: Counts,
    incoming: &Incoming<'_>,
) -> Result<Versioned<Version>> {
    const INTO: &str =
        "INSERT INTO concept_change (system, number, code, kind, before_text, after_text) VALUES ";
    let mut version = next(tx, system, incoming)?;
    version.counts = Counts {
        rows: incoming.rows,
        invalid: incoming.invalid,
        ..counts
    };
    let text = |concept: &Option<Concept>| -> Result<Option<String>> {
        let text = concept.as_ref().map(serde_json::to_string).transpose();
        text.map_err(Error::internal)
    };
    let detail = json!({
        "system": system, "number": version.number, "edition": version.edition,
        "counts": version.counts,
    });
    let kept = tx.insert(
        &version,
        Change::new("terminology.version-drafted").detail(detail),
    )?;
    for some in changes.chunks(CHANGES_PER_STATEMENT) {
        let mut rows = Vec::with_capacity(some.len());
        for change in some {
            let values = params![
                system,
                version.number,
                change.code.as_str(),
                change.kind.word(),
                text(&change.before)?,
                text(&change.after)?
            ];
            rows.push(values.to_vec());
        }
        sql::insert_rows(tx, INTO, &rows, "")?;
    }
    Ok(kept)
}

/// Brings concepts as a version and puts it in force at once.
pub(crate) fn bring(
    tx: &mut Tx<'_>,
    system: &str,
    concepts: Vec<Concept>,
    incoming: &Incoming<'_>,
) -> Result<Version> {
    let kept = draft(tx, system, concepts, incoming)?;
    put_in_force(tx, kept)
}

/// Puts a draft in force: what it changes is done, the version before it is retired.
///
/// # Errors
/// `terminology.version-state`, `terminology.version-invalid`, `terminology.version-outdated`.
pub(crate) fn put_in_force(tx: &mut Tx<'_>, mut draft: Versioned<Version>) -> Result<Version> {
    may_come(tx, &draft)?;
    let (system, number) = (draft.system.clone(), draft.number);
    let mut after = String::new();
    loop {
        let some = changes(tx, &system, number, None, (&after, 2_000))?;
        let Some(last) = some.last() else { break };
        after.clone_from(&last.code);
        apply(tx, some)?;
    }
    let today = tx.now().date();
    for mut other in tx.find::<Version>(VERSIONS, &params![system.as_str()])? {
        match other.state {
            VersionState::Active => {
                other.state = VersionState::Retired;
                let last = today.plus_days(-1);
                other.effective_to = Some(other.effective_from.map_or(last, |from| from.max(last)));
                let change = Change::new("terminology.version-retired");
                tx.update(&other, change)?;
            }
            VersionState::Draft | VersionState::Scheduled if other.number < number => {
                discard(tx, other)?;
            }
            _ => {}
        }
    }
    draft.state = VersionState::Active;
    draft.effective_from = Some(draft.effective_from.unwrap_or(today));
    draft.activated_at = Some(tx.now());
    draft.activated_by = Some(tx.actor().name.clone());
    let detail = json!({ "system": system, "number": number, "edition": draft.edition });
    let kept = tx.update(
        &draft,
        Change::new("terminology.version-activated").detail(detail),
    )?;
    sql::set_active(tx, &system, number, &kept.edition)?;
    Ok(kept.data)
}

/// May a draft come into force?
pub(crate) fn may_come(tx: &mut Tx<'_>, draft: &Version) -> Result<()> {
    if !matches!(draft.state, VersionState::Draft | VersionState::Scheduled) {
        let detail = "only a draft can be put in force";
        return Err(Error::conflict("terminology.version-state", detail));
    }
    if draft.counts.invalid > 0 {
        let detail = "the file has bad cells; correct them and bring it again";
        return Err(Error::rule("terminology.version-invalid", detail));
    }
    if active_number(tx, &draft.system)? != draft.base {
        let detail = "another version came into force since this one was compared; bring it again";
        return Err(Error::conflict("terminology.version-outdated", detail));
    }
    Ok(())
}

fn apply(tx: &mut Tx<'_>, changes: Vec<ConceptChange>) -> Result<()> {
    let mut added = Vec::new();
    for change in changes {
        match (change.before, change.after) {
            (None, Some(after)) => added.push(after),
            (Some(before), Some(after)) => sql::update_concept(tx, &before, &after)?,
            (Some(before), None) => sql::delete_concept(tx, &before)?,
            (None, None) => {}
        }
    }
    sql::insert_concepts(tx, &added)
}

/// Gives a draft up.
pub(crate) fn discard(tx: &mut Tx<'_>, mut draft: Versioned<Version>) -> Result<Version> {
    if !matches!(draft.state, VersionState::Draft | VersionState::Scheduled) {
        let detail = "only a draft can be given up";
        return Err(Error::conflict("terminology.version-state", detail));
    }
    tx.execute(FORGET, &params![draft.system.as_str(), draft.number])?;
    draft.state = VersionState::Discarded;
    let kept = tx.update(&draft, Change::new("terminology.version-discarded"))?;
    Ok(kept.data)
}

/// Goes back to what an earlier version held, as a new version.
///
/// # Errors
/// `terminology.version-state` for a version that never was in force, or is.
pub(crate) fn restore(tx: &mut Tx<'_>, system: &str, number: i64, note: &str) -> Result<Version> {
    let earlier = load(tx, system, number)?;
    if earlier.state != VersionState::Retired {
        let detail = "one can go back to a version that was in force before";
        return Err(Error::conflict("terminology.version-state", detail));
    }
    let mut changes: BTreeMap<String, ConceptChange> = BTreeMap::new();
    for change in since(tx, system, number)? {
        let code = change.code.clone();
        // Newest first: the first one met knows how the concept reads now, the last how it read.
        let now = changes
            .remove(&code)
            .map_or(change.after, |known| known.before);
        changes.insert(
            code.clone(),
            ConceptChange {
                code,
                kind: ChangeKind::Changed,
                before: now,
                after: change.before,
            },
        );
    }
    let mut counts = Counts::default();
    let mut undone: Vec<ConceptChange> = changes.into_values().collect();
    undone.retain(|one| one.before != one.after);
    for change in &mut undone {
        change.kind = match (&change.before, &change.after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        match change.kind {
            ChangeKind::Added => counts.added += 1,
            ChangeKind::Removed => counts.removed += 1,
            _ => counts.changed += 1,
        }
    }
    let incoming = Incoming {
        edition: &earlier.edition,
        note,
        complete: true,
        restores: Some(number),
        ..Incoming::default()
    };
    let kept = keep(tx, system, &undone, counts, &incoming)?;
    put_in_force(tx, kept)
}

/// What changed after a version until now, the newest first.
fn since(tx: &mut Tx<'_>, system: &str, number: i64) -> Result<Vec<ConceptChange>> {
    let active = active_number(tx, system)?;
    let rows: Vec<ChangeRow> = tx.query(SINCE, &params![system, number, active])?;
    rows.into_iter().map(ChangeRow::change).collect()
}

/// A concept as it read in a version.
pub(crate) fn concept_in(
    tx: &mut Tx<'_>,
    system: &str,
    code: &str,
    number: i64,
) -> Result<Option<Concept>> {
    let active = active_number(tx, system)?;
    let row: Option<ChangeRow> = tx.query_opt(BEFORE, &params![system, code, number, active])?;
    match row {
        Some(row) => Ok(row.change()?.before),
        None => sql::concept(tx, system, code),
    }
}

/// All concepts as they read in a version, by code.
pub(crate) fn content(tx: &mut Tx<'_>, system: &str, number: i64) -> Result<Vec<Concept>> {
    let now = sql::all(tx, system)?;
    let mut concepts: BTreeMap<String, Concept> =
        now.into_iter().map(|one| (one.code.clone(), one)).collect();
    for change in since(tx, system, number)? {
        match change.before {
            Some(before) => concepts.insert(change.code, before),
            None => concepts.remove(&change.code),
        };
    }
    Ok(concepts.into_values().collect())
}

/// The version that was in force on a day: the newest of those that had come by then.
pub(crate) fn in_force(tx: &mut Tx<'_>, system: &str, on: Date) -> Result<Option<Version>> {
    let all = list(tx, system)?;
    let was = |one: &Version| matches!(one.state, VersionState::Active | VersionState::Retired);
    let came = |one: &Version| {
        let first = one.base == 0;
        was(one) && (first || one.effective_from.is_some_and(|from| from <= on))
    };
    Ok(all.into_iter().find(came))
}

/// The job that puts a version in force on its day.
pub(crate) const ACTIVATE: &str = "terminology.activate";

/// Lets a draft come into force on its day.
pub(crate) fn schedule(
    tx: &mut Tx<'_>,
    mut draft: Versioned<Version>,
    from: Date,
) -> Result<Version> {
    may_come(tx, &draft)?;
    draft.state = VersionState::Scheduled;
    draft.effective_from = Some(from);
    let key = format!("{} {}", draft.system, draft.number);
    let body = json!({ "system": draft.system, "number": draft.number });
    tx.schedule(ACTIVATE, &key, from.start(), &body)?;
    let kept = tx.update(&draft, Change::new("terminology.version-scheduled"))?;
    Ok(kept.data)
}

/// Its day has come; a version that was given up or overtaken meanwhile stays what it is.
pub(crate) fn day_has_come(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let system = job.body["system"].as_str().unwrap_or_default();
    let number = job.body["number"].as_i64().unwrap_or_default();
    let draft = load(tx, system, number)?;
    if draft.state == VersionState::Scheduled && may_come(tx, &draft).is_ok() {
        put_in_force(tx, draft)?;
    }
    Ok(())
}
