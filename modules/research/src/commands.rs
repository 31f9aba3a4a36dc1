//! Asking, deciding, taking back, fetching.

use std::collections::HashMap;

use kernel::{Error, Id, Result, Scope, Span};
use serde::{Deserialize, Serialize};
use store::{Change, Composed, Tx, Versioned, params};

use crate::anonymity::Cells;
use crate::columns::Column;
use crate::gather::Gatherer;
use crate::model::{Act, Asked, Extract, Report, State, Step};
use crate::rule::{self, ConsentNeeded};
use crate::run::{self, losses, note_bar, org_word};
use crate::{PERMISSION_APPROVE, PERMISSION_READ, plan};

/// Words with a decision.
const NOTE_CHARACTERS_MAX: usize = 500;

const ADD_ORG: &str = "INSERT INTO research_org (extract_id, org_id) VALUES ($1, $2)";
const OUT_OF_REACH: &str = "SELECT COUNT(*) AS count FROM research_org WHERE extract_id = $1
    AND org_id <> $2 AND org_id NOT IN
    (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3)";
const WAITING: &str = "SELECT version, body FROM research_extract
    WHERE state = 'requested' AND account_id <> $4 AND NOT EXISTS
    (SELECT 1 FROM research_org AS ro WHERE ro.extract_id = research_extract.id AND ro.org_id <> $1
      AND ro.org_id NOT IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2))
    ORDER BY id LIMIT $3";

/// Words with a decision, or why something is taken back.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExtractNote)]
pub struct Note {
    /// In words; required to refuse and to take back.
    #[serde(default)]
    pub note: Option<String>,
}

impl Note {
    fn text(&self, needed: bool) -> Result<Option<String>> {
        let text = self.note.as_deref().unwrap_or("").trim();
        if text.chars().count() > NOTE_CHARACTERS_MAX || (needed && text.is_empty()) {
            let detail = "say why, in at most 500 characters";
            return Err(Error::invalid("research.note-missing", "note", detail));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

fn act(tx: &Tx<'_>, note: Option<String>) -> Act {
    let actor = tx.actor();
    Act {
        account_id: actor.id,
        practitioner_id: actor.practitioner_id,
        name: actor.name.clone(),
        at: tx.now(),
        note,
    }
}

/// Asks for an extract.
///
/// # Errors
/// A refusal that names the field.
pub(crate) fn request(tx: &mut Tx<'_>, asked: &Asked) -> Result<Versioned<Extract>> {
    let (rule, rule_version) = rule::rule(tx)?;
    let asked = plan::plan(tx, asked, &rule)?;
    let orgs = asked.organizations.clone();
    let extract = Extract {
        id: tx.new_id(),
        org_id: tx.actor().org_id,
        role: tx.actor().role.clone(),
        asked,
        state: State::Requested,
        requested: act(tx, None),
        decided: None,
        withdrawn: None,
        rule_version,
        ends_at: tx.now() + Span::days(rule.decision_days),
        failure: None,
        report: None,
        files: Vec::new(),
        downloads: 0,
    };
    let made = tx.insert(&extract, Change::new("research.requested"))?;
    for org_id in orgs {
        tx.execute(ADD_ORG, &params![made.id, org_id])?;
    }
    Ok(made)
}

/// An extract that the actor may see: of the own organization, or of records all in reach.
///
/// # Errors
/// `NotFound` with code `research-extract`.
pub(crate) fn visible(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Extract>> {
    let extract: Versioned<Extract> = tx.load(id)?;
    if extract.org_id == tx.actor().org_id || reaches(tx, id, PERMISSION_READ)? {
        return Ok(extract);
    }
    Err(Error::not_found("research-extract"))
}

/// Does a permission of the actor reach every organization of an extract?
fn reaches(tx: &mut Tx<'_>, id: Id, permission: &str) -> Result<bool> {
    let scope = tx.actor().scope(permission).unwrap_or(Scope::Own);
    let viewer = tx.actor().org_id;
    let beyond = tx.count(OUT_OF_REACH, &params![id, viewer, scope.table_word()])?;
    Ok(beyond == 0)
}

fn advance(extract: &mut Versioned<Extract>, step: Step) -> Result<()> {
    let Some(state) = extract.state.after(step) else {
        let detail = format!(
            "this extract is {}; that can't be done now",
            extract.state.word()
        );
        return Err(Error::rule("research.state", detail)
            .with(serde_json::json!({ "state": extract.state.word() })));
    };
    extract.state = state;
    Ok(())
}

/// Who decides is somebody else than who asked, also under another account, and reaches all of it.
fn require_other(tx: &mut Tx<'_>, extract: &Extract) -> Result<()> {
    let actor = tx.actor();
    let asked = &extract.requested;
    let same_person =
        actor.practitioner_id.is_some() && actor.practitioner_id == asked.practitioner_id;
    if actor.id == asked.account_id || same_person {
        let detail = "somebody else than who asked decides";
        return Err(Error::rule("research.own-request", detail).at("approver"));
    }
    if !reaches(tx, extract.id, PERMISSION_APPROVE)? {
        let detail = "your permission does not reach every organization of this extract";
        return Err(Error::forbidden("research.approver-reach", detail));
    }
    Ok(())
}

/// Approves an extract, which begins to be made.
///
/// # Errors
/// `research.own-request`, `research.approver-reach`, `research.state`.
pub(crate) fn approve(
    tx: &mut Tx<'_>,
    mut extract: Versioned<Extract>,
    note: &Note,
) -> Result<Versioned<Extract>> {
    require_other(tx, &extract)?;
    advance(&mut extract, Step::Approve)?;
    extract.decided = Some(act(tx, note.text(false)?));
    run::begin(tx, extract.id)?;
    tx.update(&extract, Change::new("research.approved"))
}

/// Refuses one.
///
/// # Errors
/// As [`approve`]; `research.note-missing`.
pub(crate) fn refuse(
    tx: &mut Tx<'_>,
    mut extract: Versioned<Extract>,
    note: &Note,
) -> Result<Versioned<Extract>> {
    require_other(tx, &extract)?;
    advance(&mut extract, Step::Refuse)?;
    extract.decided = Some(act(tx, note.text(true)?));
    tx.update(&extract, Change::new("research.refused"))
}

/// Takes one back: by who asked, or who may decide. Its files and its key are gone.
///
/// # Errors
/// `research.state`, `research.note-missing`, `NotFound`.
pub(crate) fn withdraw(
    tx: &mut Tx<'_>,
    mut extract: Versioned<Extract>,
    note: &Note,
) -> Result<Versioned<Extract>> {
    let own = tx.actor().id == extract.requested.account_id;
    let decides = tx.actor().scope(PERMISSION_APPROVE).is_some();
    let may = own || (decides && reaches(tx, extract.id, PERMISSION_APPROVE)?);
    if !may {
        let detail = "whoever asked, or whoever decides on it, takes an extract back";
        return Err(Error::forbidden("research.not-yours", detail));
    }
    advance(&mut extract, Step::Withdraw)?;
    extract.withdrawn = Some(act(tx, note.text(true)?));
    extract.files = Vec::new();
    run::end(tx, extract.id)?;
    tx.update(&extract, Change::new("research.withdrawn"))
}

/// Notes that a file is fetched, by who asked for it; answers whether it is there.
///
/// # Errors
/// `research.not-yours`, `research.state`, `NotFound`.
pub(crate) fn fetch(tx: &mut Tx<'_>, id: Id, name: &str, format: &str) -> Result<Extract> {
    let mut extract = visible(tx, id)?;
    if tx.actor().id != extract.requested.account_id || tx.actor().org_id != extract.org_id {
        let detail = "only whoever asked for an extract fetches its files";
        return Err(Error::forbidden("research.not-yours", detail));
    }
    if !extract.state.has_files() || extract.ends_at <= tx.now() {
        let detail = "the files of this extract are not there (any more)";
        return Err(Error::rule("research.state", detail)
            .with(serde_json::json!({ "state": extract.state.word() })));
    }
    if !extract.files.iter().any(|file| file.name == name) {
        return Err(Error::not_found("research-extract"));
    }
    let detail = serde_json::json!({ "file": name, "format": format });
    advance(&mut extract, Step::Download)?;
    extract.downloads += 1;
    let change = Change::new("research.downloaded").detail(detail);
    tx.update(&extract, change).map(|extract| extract.data)
}

/// Requests that wait for the actor's decision.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn waiting(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Versioned<Extract>>> {
    let Some(scope) = tx.actor().scope(PERMISSION_APPROVE) else {
        return Ok(Vec::new());
    };
    let actor = (tx.actor().org_id, tx.actor().id);
    tx.find(
        WAITING,
        &params![actor.0, scope.table_word(), limit, actor.1],
    )
}

/// What an extract would come to, by the first patients: nothing is written.
///
/// # Errors
/// As [`request`].
pub(crate) fn preview(tx: &mut Tx<'_>, asked: &Asked) -> Result<Report> {
    let (rule, _) = rule::rule(tx)?;
    let asked = plan::plan(tx, asked, &rule)?;
    let permit_needed = rule.consent == ConsentNeeded::Permitted;
    let (subjects, next) = record::research_subjects(
        tx,
        &asked.organizations,
        None,
        rule.preview_patients_max,
        permit_needed,
    )?;
    let mut report = Report {
        partial: next.is_some(),
        ..Report::default()
    };
    let gatherer = Gatherer::new(&asked, &rule, None);
    let mut words = HashMap::new();
    let mut rows = Vec::new();
    let mut of_org: HashMap<Id, i64> = HashMap::new();
    for subject in subjects {
        report.patients_found += 1;
        if let Some(bar) = subject.barred {
            note_bar(&mut report, bar);
            continue;
        }
        let word = org_word(tx, &mut words, subject.org_id)?;
        let gathered = gatherer.gather(tx, &subject, &word)?;
        report.sensitive_entries += gathered.sensitive;
        report.shared_entries += gathered.shared;
        if gathered.seen == 0 {
            report.nothing += 1;
            continue;
        }
        *of_org.entry(subject.org_id).or_insert(0) += 1;
        rows.push((subject.org_id, gathered.facts.cell));
    }
    let mut quasi = asked.quasi_identifiers.iter();
    let place = quasi.position(|column| *column == Column::Organization);
    let mut cells = Cells::new(&asked.quasi_identifiers);
    let few = |id: &Id| {
        of_org
            .get(id)
            .is_none_or(|n| *n < rule.organization_patients_min)
    };
    for (org_id, mut cell) in rows.iter().cloned() {
        if let (Some(place), true) = (place, few(&org_id)) {
            let kind = cell[place].split('/').next().unwrap_or_default();
            cell[place] = format!("{kind}/");
        }
        cells.add(&cell, 1);
    }
    if place.is_some() {
        report.organizations_grouped = of_org.keys().filter(|id| few(id)).count() as i64;
    }
    let allowed = rows.len() as i64 * asked.suppressed_permille / 1_000;
    match cells.solve(asked.k, allowed) {
        Ok(solution) => {
            report.holds = solution.after.groups > 0;
            report.patients = rows.len() as i64 - solution.suppressed;
            report.suppressed = solution.suppressed;
            report.columns = losses(&asked.quasi_identifiers, &solution.steps);
            report.before = solution.before;
            report.after = solution.after;
        }
        Err(best) => report.suppressed = best,
    }
    Ok(report)
}

/// Adds the condition that the actor sees an extract; see [`visible`].
pub(crate) fn push_visible(tx: &Tx<'_>, sql: &mut Composed) {
    let scope = tx.actor().scope(PERMISSION_READ).unwrap_or(Scope::Own);
    let viewer = sql.slot(tx.actor().org_id);
    sql.push("(e.org_id = ").put(viewer);
    sql.push(
        " OR NOT EXISTS (SELECT 1 FROM research_org AS ro WHERE ro.extract_id = e.id AND ro.org_id <> ",
    )
    .put(viewer);
    sql.push(" AND ro.org_id NOT IN (SELECT org_id FROM org_scope WHERE viewer_id = ")
        .put(viewer);
    sql.push(" AND scope = ")
        .bind(scope.table_word())
        .push(")))");
}
