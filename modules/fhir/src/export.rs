//! Bulk export: everything that an account may see, as NDJSON, made in the background.
//!
//! Each step is one job: it acts as the account that asked, with what that account may do today, and
//! so passes the same conditions as a search. A step writes its files in its own transaction; after a
//! crash the export goes on behind the last one.

mod steps;

pub(crate) use steps::{expire, step};

use std::sync::Arc;

use fhir::IssueCode;
use kernel::{AppGrant, Error, Id, Instant, Kind, Result, Span};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Change, Json, Subject, Tx, params};

use crate::shape::Pairs;
use crate::{app, kinds, refusal, rows, settings};

/// The job of an export.
pub(crate) const JOB: &str = "fhir.export";
/// Media types of the files.
pub(crate) const NDJSON: &str = "application/fhir+ndjson";
const FORMATS: [&str; 3] = [NDJSON, "application/ndjson", "ndjson"];

/// Whose resources.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Level {
    /// All that the account may see.
    System,
    /// What is about patients.
    Patient,
    /// What is about the patients of a group.
    Group(String),
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    Running,
    Done,
    Failed,
}

/// What an export is about and where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Body {
    level: Level,
    /// Types by name, in the order they are written.
    types: Vec<String>,
    since: Option<i64>,
    /// The request as it came.
    request: String,
    /// This server as the client knows it.
    base: String,
    /// The type at hand, and the key of the last resource written of it.
    at: usize,
    after: i64,
    files: i64,
    resources: i64,
    bytes: i64,
    error: Option<String>,
    /// The app that asked, whose scopes hold in every step.
    #[serde(default)]
    app: Option<Arc<AppGrant>>,
}

/// An export.
pub(crate) struct Export {
    pub id: Id,
    account_id: Id,
    role: String,
    org_id: Id,
    pub state: State,
    created_at: Instant,
    pub expires_at: Instant,
    body: Body,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Id,
    account_id: Id,
    role: String,
    org_id: Id,
    state: State,
    created_at: Instant,
    expires_at: Instant,
    body: Json<Body>,
}

const INSERT: &str =
    "INSERT INTO fhir_export (id, account_id, role, org_id, state, created_at, expires_at, body)
    VALUES ($1, $2, $3, $4, 'running', $5, $6, $7)";
const LOAD: &str = "SELECT id, account_id, role, org_id, state, created_at, expires_at, body
    FROM fhir_export WHERE id = $1";
const RUNNING: &str =
    "SELECT COUNT(*) AS count FROM fhir_export WHERE account_id = $1 AND state = 'running'";
const FILES: &str =
    "SELECT number, kind, resources FROM fhir_export_file WHERE export_id = $1 ORDER BY number";
const CONTENT: &str = "SELECT content FROM fhir_export_file WHERE export_id = $1 AND number = $2";
const DROP_FILES: &str = "DELETE FROM fhir_export_file WHERE export_id = $1";
const DROP: &str = "DELETE FROM fhir_export WHERE id = $1";

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    level: Level,
    types: Vec<String>,
    since: Option<i64>,
    /// Were no types named?
    all: bool,
}

/// Reads the parameters of an export.
///
/// # Errors
/// What can't be read or is not supported.
pub(crate) fn asked(level: Level, pairs: &Pairs, lenient: bool) -> Result<Asked> {
    let mut asked = Asked {
        level,
        types: Vec::new(),
        since: None,
        all: false,
    };
    for (name, value) in pairs {
        let wrong = || refusal::refuse(IssueCode::Value, name, "this value can't be read");
        match name.as_str() {
            "_outputFormat" if FORMATS.contains(&value.as_str()) => {}
            "_since" => {
                let at: Instant = value.parse().map_err(|_| wrong())?;
                asked.since = Some(at.micros());
            }
            "_type" => {
                for kind in value.split(',') {
                    let number = kinds::number(kind).ok_or_else(wrong)?;
                    let name = kinds::name(number).unwrap_or_default().to_owned();
                    if !asked.types.contains(&name) {
                        asked.types.push(name);
                    }
                }
            }
            _ if lenient => {}
            _ => {
                let text = "$export takes _type, _since and _outputFormat=application/fhir+ndjson";
                return Err(refusal::refuse(IssueCode::NotSupported, name, text));
            }
        }
    }
    if asked.types.is_empty() {
        asked.all = true;
        let all = fhir::definitions::resource_types().iter();
        asked.types = all.map(|name| (*name).to_owned()).collect();
    }
    Ok(asked)
}

/// Begins an export; answers its id.
///
/// # Errors
/// `fhir.export-limit`; not found for a group that the actor may not see.
pub(crate) fn begin(tx: &mut Tx<'_>, asked: &Asked, request: &str, base: &str) -> Result<Id> {
    let types = app::export_types(tx.actor(), &asked.types, asked.all)?;
    let rule = settings::export(tx)?;
    if let Level::Group(id) = &asked.level {
        rows::require(tx, "Group", id)?;
    }
    let account_id = tx.actor().id;
    if tx.count(RUNNING, &params![account_id])? >= rule.running_max {
        let text = "as many exports of this account are running as may; wait for one to end";
        let data = json!({ "limit": rule.running_max, "retry_after": 60 });
        return Err(Error::new(Kind::Throttled, "fhir.export-limit", text).with(data));
    }
    let (id, now) = (tx.new_id(), tx.now());
    let body = Body {
        level: asked.level.clone(),
        types,
        since: asked.since,
        request: request.to_owned(),
        base: base.to_owned(),
        at: 0,
        after: 0,
        files: 0,
        resources: 0,
        bytes: 0,
        error: None,
        app: tx.actor().app.clone(),
    };
    let (role, org_id) = (tx.actor().role.clone(), tx.actor().org_id);
    let text = serde_json::to_string(&body).map_err(Error::internal)?;
    let until = now + Span::hours(rule.hours_kept);
    let values = params![id, account_id, role, org_id, now, until, text];
    tx.execute(INSERT, &values)?;
    tx.schedule(JOB, &id.to_string(), now, &json!({ "id": id }))?;
    let detail = json!({ "level": body.level, "types": body.types.len() });
    note(tx, "fhir.export-started", id, &detail)?;
    Ok(id)
}

fn note(tx: &mut Tx<'_>, event: &'static str, id: Id, detail: &Value) -> Result<()> {
    let subject = Subject {
        org_id: Some(tx.actor().org_id),
        ..Subject::new("fhir-export", id)
    };
    tx.record(Change::new(event).detail(detail.clone()), subject)
}

fn load(tx: &mut Tx<'_>, id: Id) -> Result<Option<Export>> {
    let row: Option<Row> = tx.query_opt(LOAD, &params![id])?;
    Ok(row.map(|row| Export {
        id: row.id,
        account_id: row.account_id,
        role: row.role,
        org_id: row.org_id,
        state: row.state,
        created_at: row.created_at,
        expires_at: row.expires_at,
        body: row.body.0,
    }))
}

/// An export of the actor's own, asked in the same role and organization.
///
/// # Errors
/// Not found.
pub(crate) fn own(tx: &mut Tx<'_>, id: &str) -> Result<Export> {
    let found = match id.parse::<Id>() {
        Ok(id) => load(tx, id)?,
        Err(_) => None,
    };
    let (actor, now) = (tx.actor(), tx.now());
    let mine = |one: &Export| {
        one.account_id == actor.id
            && one.org_id == actor.org_id
            && one.role == actor.role
            && app_id(one.body.app.as_ref()) == app_id(actor.app.as_ref())
            && one.expires_at > now
    };
    found.filter(mine).ok_or_else(refusal::not_found)
}

/// What an app began, it alone goes on with.
fn app_id(app: Option<&Arc<AppGrant>>) -> Option<Id> {
    app.map(|app| app.app_id)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRow {
    number: i64,
    kind: i64,
    resources: i64,
}

impl Export {
    /// How far it is, in words.
    pub(crate) fn progress(&self) -> String {
        let (at, all) = (self.body.at, self.body.types.len());
        format!("{} resources; type {at} of {all}", self.body.resources)
    }

    /// Why it failed.
    pub(crate) fn failure(&self) -> Error {
        let text = self.body.error.clone().unwrap_or_default();
        refusal::refuse(IssueCode::TooCostly, "", text)
    }
}

/// The list of an export's files, as the bulk data specification has it.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn manifest(tx: &mut Tx<'_>, export: &Export) -> Result<Value> {
    let files: Vec<FileRow> = tx.query(FILES, &params![export.id])?;
    let output: Vec<Value> = files
        .iter()
        .map(|file| {
            let url = format!("{}/$export/{}/{}", export.body.base, export.id, file.number);
            let kind = kinds::name(file.kind).unwrap_or_default();
            json!({ "type": kind, "url": url, "count": file.resources })
        })
        .collect();
    Ok(json!({
        "transactionTime": export.created_at,
        "request": export.body.request,
        "requiresAccessToken": true,
        "output": output,
        "error": [],
    }))
}

/// One file of an export of the actor's own; the download is audited.
///
/// # Errors
/// Not found.
pub(crate) fn file(tx: &mut Tx<'_>, id: &str, number: &str) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Content {
        content: String,
    }
    let export = own(tx, id)?;
    let number: i64 = number.parse().map_err(|_| refusal::not_found())?;
    if export.state != State::Done {
        return Err(refusal::not_found());
    }
    let found: Option<Content> = tx.query_opt(CONTENT, &params![export.id, number])?;
    let content = found.ok_or_else(refusal::not_found)?.content;
    note(
        tx,
        "fhir.export-read",
        export.id,
        &json!({ "file": number }),
    )?;
    Ok(content)
}

/// Ends an export of the actor's own, wherever it stands, and takes its files away.
///
/// # Errors
/// Not found.
pub(crate) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    let export = own(tx, id)?;
    tx.cancel_job(JOB, &export.id.to_string())?;
    drop_rows(tx, export.id)?;
    note(tx, "fhir.export-deleted", export.id, &json!({}))
}

fn drop_rows(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    tx.execute(DROP_FILES, &params![id])?;
    tx.execute(DROP, &params![id]).map(|_| ())
}
