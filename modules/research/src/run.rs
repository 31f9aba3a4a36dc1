//! The making of an extract, in steps of one job each: gather, count cells, widen, leave out, widen
//! codes, write, count what was written. A step and what it leaves are one transaction, as in the
//! bulk export of `fhir`; after a crash the run goes on behind the last one. Memory holds one step.

mod steps;
mod write;

pub(crate) use steps::{losses, note_bar, org_word};

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Actor, Error, Id, Result, Span};
use serde::{Deserialize, Serialize};
use store::{Change, Job, Json, Tx, Versioned, hex, params};

use crate::model::{Extract, FileShown, Report, State, Step};
use crate::pseudonym::{KEY_BYTES, Pseudonyms};
use crate::rule::{self, ExtractRule};

/// The job of a run.
pub(crate) const JOB: &str = "research.step";
/// Extracts one sweep ends.
const ENDED_A_SWEEP: u32 = 100;

/// What a run does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Gather,
    Cells,
    Solve,
    Suppress,
    Codes,
    Climb,
    Write,
    Check,
}

/// How far a run is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Progress {
    phase: Phase,
    /// The last patient of the phase that was dealt with.
    after: Option<Id>,
    /// How often codes were widened.
    round: i64,
    /// Steps each quasi-identifier is widened.
    steps: Vec<usize>,
    /// Patients an organization has in it.
    org_patients: BTreeMap<Id, i64>,
    /// Patients gathered.
    gathered: i64,
    /// Parts written.
    parts: i64,
    report: Report,
}

struct Run {
    extract: Versioned<Extract>,
    rule: ExtractRule,
    pseudonyms: Pseudonyms,
    progress: Progress,
}

/// How a step ended.
#[derive(Clone, Copy)]
enum Outcome {
    /// There is more to do.
    On,
    /// The files are there.
    Done,
    /// k can't be met.
    Unmet,
    /// It can't be made, for this reason.
    Failed(&'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    sealed_key: String,
    body: Json<Progress>,
}

const BEGIN: &str = "INSERT INTO research_run (extract_id, sealed_key, body) VALUES ($1, $2, $3)";
const LOAD: &str = "SELECT sealed_key, body FROM research_run WHERE extract_id = $1";
const SAVE: &str = "UPDATE research_run SET body = $2 WHERE extract_id = $1";
const DROP_RUN: &str = "DELETE FROM research_run WHERE extract_id = $1";
const DROP_PARTS: &str = "DELETE FROM research_part WHERE extract_id = $1";
const DROP_WORK: [&str; 4] = [
    "DELETE FROM research_entry WHERE extract_id = $1",
    "DELETE FROM research_subject WHERE extract_id = $1",
    "DELETE FROM research_count WHERE extract_id = $1",
    "DELETE FROM research_code WHERE extract_id = $1",
];
const FILES: &str =
    "SELECT name, CAST(SUM(rows) AS BIGINT) AS rows FROM research_part WHERE extract_id = $1
    GROUP BY name ORDER BY name";
const ENDED: &str = "SELECT version, body FROM research_extract
    WHERE state IN ('requested', 'ready', 'downloaded') AND ends_at <= $1
    ORDER BY ends_at, id LIMIT $2";

fn place(id: Id) -> String {
    format!("research extract {id}: key")
}

/// Begins a run, with a key of its own.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn begin(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let key = hex(&tx.random_bytes::<KEY_BYTES>());
    let sealed = tx.keyring()?.seal(&place(id), &key)?;
    let progress = Progress {
        phase: Phase::Gather,
        after: None,
        round: 0,
        steps: Vec::new(),
        org_patients: BTreeMap::new(),
        gathered: 0,
        parts: 0,
        report: Report::default(),
    };
    let body = serde_json::to_string(&progress).map_err(Error::internal)?;
    tx.execute(BEGIN, &params![id, sealed, body])?;
    let now = tx.now();
    tx.schedule(JOB, &id.to_string(), now, &serde_json::json!({}))
}

/// Takes everything of a run away: work, files, and the key.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn end(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    tx.cancel_job(JOB, &id.to_string())?;
    drop_work(tx, id)?;
    tx.execute(DROP_PARTS, &params![id])?;
    tx.execute(DROP_RUN, &params![id]).map(|_| ())
}

fn drop_work(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    for sql in DROP_WORK {
        tx.execute(sql, &params![id])?;
    }
    Ok(())
}

/// Does one step of a run and schedules the next.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn step(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let id: Id = job.key.parse()?;
    let extract: Versioned<Extract> = tx.load(id)?;
    let row: Option<Row> = tx.query_opt(LOAD, &params![id])?;
    let (State::Running, Some(row)) = (extract.state, row) else {
        return Ok(());
    };
    let Some(actor) = asker(tx, &extract)? else {
        return close(
            tx,
            extract,
            Report::default(),
            Outcome::Failed("research.no-right"),
        );
    };
    let key = tx.keyring()?.open(&place(id), &row.sealed_key);
    let Some(pseudonyms) = key.as_deref().and_then(key_of) else {
        return close(
            tx,
            extract,
            Report::default(),
            Outcome::Failed("research.key-lost"),
        );
    };
    let (rule, _) = rule::rule(tx)?;
    let mut run = Run {
        extract,
        rule,
        pseudonyms,
        progress: row.body.0,
    };
    tx.acting_as(actor, |tx| match run.step(tx)? {
        Outcome::On => {
            let body = serde_json::to_string(&run.progress).map_err(Error::internal)?;
            tx.execute(SAVE, &params![id, body])?;
            let now = tx.now();
            tx.schedule(JOB, &job.key, now, &job.body)
        }
        outcome => close(tx, run.extract, run.progress.report, outcome),
    })
}

/// Whoever asked, with what they may do today.
fn asker(tx: &mut Tx<'_>, extract: &Extract) -> Result<Option<Arc<Actor>>> {
    let account = extract.requested.account_id;
    let actor = http::signin::actor_in_role(tx, account, &extract.role, extract.org_id)?;
    Ok(actor.filter(|actor| actor.scope("research.request").is_some()))
}

fn key_of(digits: &str) -> Option<Pseudonyms> {
    let mut key = [0_u8; KEY_BYTES];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    (digits.len() == 2 * KEY_BYTES).then(|| Pseudonyms::new(key))
}

/// Ends a run, well or not.
fn close(
    tx: &mut Tx<'_>,
    mut extract: Versioned<Extract>,
    mut report: Report,
    outcome: Outcome,
) -> Result<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        name: String,
        rows: i64,
    }
    let id = extract.id;
    let (step, event) = match outcome {
        Outcome::On => return Ok(()),
        Outcome::Done => (Step::Finish, "research.ready"),
        Outcome::Unmet => (Step::Miss, "research.unmet"),
        Outcome::Failed(_) => (Step::Fail, "research.failed"),
    };
    extract.state = extract.state.after(step).unwrap_or(State::Failed);
    if let Outcome::Done = outcome {
        let hours = rule::rule(tx)?.0.hours_kept;
        extract.ends_at = tx.now() + Span::hours(hours);
        let files: Vec<File> = tx.query(FILES, &params![id])?;
        let shown = |file: File| FileShown {
            name: file.name,
            rows: file.rows,
        };
        extract.files = files.into_iter().map(shown).collect();
        drop_work(tx, id)?;
        report.holds = true;
    } else {
        end(tx, id)?;
        report.holds = false;
    }
    if let Outcome::Failed(code) = outcome {
        extract.failure = Some(code.to_owned());
    }
    let detail = serde_json::json!({ "patients": report.patients, "suppressed": report.suppressed,
        "smallest": report.smallest, "failure": extract.failure });
    extract.report = Some(report);
    tx.update(&extract, Change::new(event).detail(detail))?;
    Ok(())
}

/// Ends what has run out: requests nobody decided on, and files with their keys.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn expire(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    let now = tx.now();
    let old: Vec<Versioned<Extract>> = tx.find(ENDED, &params![now, ENDED_A_SWEEP])?;
    for mut extract in old {
        let Some(state) = extract.state.after(Step::Expire) else {
            continue;
        };
        extract.state = state;
        extract.files = Vec::new();
        end(tx, extract.id)?;
        tx.update(&extract, Change::new("research.expired"))?;
    }
    Ok(())
}
