//! Background work: the search rows made anew when the way they are made has changed, and guard rows
//! that no command can meet any more cleared away.

use fhir::Resource;
use kernel::{Error, Result, Span};
use serde::Deserialize;
use serde_json::json;
use store::{Composed, Job, JobKind, Tx, params};

use crate::rows::{self, HEADER, Header};
use crate::{export, index, labels, settings, subscriptions};

/// Grows by one whenever search rows of the same resource come out differently.
const INDEX_VERSION: i64 = 3;
/// Resources one run of the reindexing job does; the next run goes on behind them.
const RESOURCES_A_RUN: u32 = 200;
const REINDEX: &str = "fhir.reindex";

/// How long notices that could not be sent are kept.
const DEAD_KEPT: Span = Span::days(30);
const CLEAR_DEAD: &str = "DELETE FROM fhir_notice WHERE dead = 1 AND at < $1";
const CLEAR_GUARDS: &str = "DELETE FROM fhir_guard WHERE at < $1";
const KNOWN_INDEX: &str = "SELECT next FROM fhir_block WHERE name = 'index'";
const KEEP_INDEX: &str = "INSERT INTO fhir_block (name, next) VALUES ('index', $1)
    ON CONFLICT (name) DO UPDATE SET next = excluded.next";

pub(crate) const JOBS: &[JobKind] = &[
    JobKind {
        kind: "fhir.clear-guards",
        every: Some(Span::hours(1)),
        run: clear_guards,
    },
    JobKind {
        kind: REINDEX,
        every: None,
        run: reindex,
    },
    JobKind {
        kind: export::JOB,
        every: None,
        run: export::step,
    },
    JobKind {
        kind: subscriptions::START,
        every: None,
        run: subscriptions::start,
    },
    labels::JOBS[0],
    labels::JOBS[1],
    JobKind {
        kind: "fhir.expire-exports",
        every: Some(Span::hours(1)),
        run: export::expire,
    },
];

fn clear_guards(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    let before = tx.now() - Span::days(settings::guard_days(tx)?);
    tx.execute(CLEAR_GUARDS, &params![before])?;
    let before = tx.now() - DEAD_KEPT;
    tx.execute(CLEAR_DEAD, &params![before]).map(|_| ())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    next: i64,
}

/// At every start: when this program makes other search rows than the one before it did, all are
/// made anew in the background, and searches go on meanwhile.
pub(crate) fn renew_index(tx: &mut Tx<'_>) -> Result<()> {
    labels::renew(tx)?;
    let known: Option<Known> = tx.query_opt(KNOWN_INDEX, &[])?;
    let known = known.map(|row| row.next);
    if known == Some(INDEX_VERSION) {
        return Ok(());
    }
    tx.execute(KEEP_INDEX, &params![INDEX_VERSION])?;
    if known.is_some() {
        schedule(tx, 0)?;
    }
    Ok(())
}

/// Goes on behind a key; the job that waits under the same key is moved, so there is one at a time.
pub(crate) fn schedule(tx: &mut Tx<'_>, after: i64) -> Result<()> {
    let now = tx.now();
    tx.schedule(REINDEX, "all", now, &json!({ "after": after }))
}

fn reindex(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let after = job.body["after"].as_i64().unwrap_or_default();
    let mut sql = Composed::new();
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_resource AS r WHERE r.key > ")
        .bind(after);
    sql.push(" AND r.deleted = 0 ORDER BY r.key LIMIT ")
        .bind(RESOURCES_A_RUN);
    let headers: Vec<Header> = tx.query_composed(&sql)?;
    for header in &headers {
        let body = rows::body(tx, header.key, header.version)?.unwrap_or_default();
        let resource = Resource::parse(body.as_bytes()).map_err(|issue| {
            Error::internal(format!("resource {}: {}", header.key, issue.details))
        })?;
        rows::reindex(tx, header, &index::rows(&resource, ""))?;
    }
    match headers.last() {
        Some(last) => schedule(tx, last.key),
        None => Ok(()),
    }
}
