//! The steps of an export, one job each, and the end of what has run out.

use std::sync::Arc;

use kernel::{Error, Id, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Composed, Job, Tx, params};

use super::{Export, JOB, Level, State, drop_rows, load, note};
use crate::access::{self, ALIASES, Eye};
use crate::hash::Param;
use crate::rows::{self, HEADER, Header};
use crate::{kinds, settings};

/// Resources one step writes, and bytes of one file, about.
const RESOURCES_A_STEP: usize = 1_000;
const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Exports one sweep takes away.
const EXPIRED_A_SWEEP: u32 = 100;

const SAVE: &str = "UPDATE fhir_export SET state = $2, body = $3 WHERE id = $1";
const ADD_FILE: &str = "INSERT INTO fhir_export_file (export_id, number, kind, resources, content)
    VALUES ($1, $2, $3, $4, $5)";
const EXPIRED: &str =
    "SELECT id FROM fhir_export WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2";

/// Does one step of an export and schedules the next.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn step(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let id: Id = job.key.parse()?;
    let Some(mut export) = load(tx, id)?.filter(|export| export.state == State::Running) else {
        return Ok(());
    };
    let actor = http::signin::actor_in_role(tx, export.account_id, &export.role, export.org_id)?;
    let allowed = actor
        .filter(|actor| actor.scope("fhir.read").is_some() && actor.scope("fhir.export").is_some());
    let Some(actor) = allowed else {
        return fail(tx, &mut export, "the account may not export any more");
    };
    let mut actor = Arc::unwrap_or_clone(actor);
    actor.app.clone_from(&export.body.app);
    let actor = Arc::new(actor);
    let mib_max = settings::export(tx)?.mib_max;
    tx.acting_as(actor, |tx| {
        match write_files(tx, &mut export) {
            Ok(()) => {}
            // The group is gone, or no longer the account's to see.
            Err(error) if matches!(error.code(), "fhir.resource" | "fhir.deleted") => {
                return fail(tx, &mut export, "the group can't be read any more");
            }
            Err(error) => return Err(error),
        }
        if export.body.bytes > mib_max.saturating_mul(1024 * 1024) {
            return fail(
                tx,
                &mut export,
                "the export is larger than this server allows",
            );
        }
        let done = export.body.at >= export.body.types.len();
        save(tx, &export, if done { "done" } else { "running" })?;
        if done {
            let detail = json!({ "resources": export.body.resources, "files": export.body.files });
            return note(tx, "fhir.export-done", id, &detail);
        }
        let now = tx.now();
        tx.schedule(JOB, &job.key, now, &job.body)
    })
}

/// Takes away exports that have run out.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn expire(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Old {
        id: Id,
    }
    let now = tx.now();
    let old: Vec<Old> = tx.query(EXPIRED, &params![now, EXPIRED_A_SWEEP])?;
    for one in old {
        tx.cancel_job(JOB, &one.id.to_string())?;
        drop_rows(tx, one.id)?;
        note(tx, "fhir.export-expired", one.id, &json!({}))?;
    }
    Ok(())
}

fn save(tx: &mut Tx<'_>, export: &Export, state: &str) -> Result<()> {
    let body = serde_json::to_string(&export.body).map_err(Error::internal)?;
    tx.execute(SAVE, &params![export.id, state, body])
        .map(|_| ())
}

/// Nothing of a failed export can be read: its files go at once.
fn fail(tx: &mut Tx<'_>, export: &mut Export, why: &str) -> Result<()> {
    export.body.error = Some(why.to_owned());
    tx.execute(super::DROP_FILES, &params![export.id])?;
    save(tx, export, "failed")?;
    note(
        tx,
        "fhir.export-failed",
        export.id,
        &json!({ "reason": why }),
    )
}

/// Writes files until the step has done enough, or all types are through.
fn write_files(tx: &mut Tx<'_>, export: &mut Export) -> Result<()> {
    let group = match &export.body.level {
        Level::Group(id) => Some(rows::require(tx, "Group", id)?.key),
        _ => None,
    };
    let mut left = RESOURCES_A_STEP;
    while left > 0 && export.body.at < export.body.types.len() {
        let name = export.body.types[export.body.at].clone();
        let kind = kinds::number(&name).unwrap_or_default();
        let headers = headers(tx, export, kind, group, left)?;
        if headers.is_empty() {
            export.body.at += 1;
            export.body.after = 0;
            continue;
        }
        let bodies = rows::bodies(tx, &headers)?;
        let mut content = String::new();
        let mut written: Vec<&Header> = Vec::new();
        for (header, body) in headers.iter().zip(bodies) {
            if content.len() + body.len() > FILE_BYTES_MAX && !written.is_empty() {
                break;
            }
            // Line breaks between tokens are blanks; within texts JSON has none.
            content.extend(
                body.chars()
                    .map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }),
            );
            content.push('\n');
            written.push(header);
        }
        access::note(tx, written.iter().copied(), "fhir.export")?;
        left = left.saturating_sub(written.len());
        export.body.after = written
            .last()
            .map_or(export.body.after, |header| header.key);
        export.body.files += 1;
        export.body.resources += i64::try_from(written.len()).unwrap_or(i64::MAX);
        export.body.bytes += i64::try_from(content.len()).unwrap_or(i64::MAX);
        let (number, resources) = (export.body.files, written.len() as i64);
        tx.execute(
            ADD_FILE,
            &params![export.id, number, kind, resources, content.as_str()],
        )?;
        if content.len() >= FILE_BYTES_MAX / 2 {
            break;
        }
    }
    Ok(())
}

/// The next resources of a type, as they were when the export began.
fn headers(
    tx: &mut Tx<'_>,
    export: &Export,
    kind: i64,
    group: Option<i64>,
    limit: usize,
) -> Result<Vec<Header>> {
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Read);
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_resource AS r WHERE r.kind = ")
        .bind(kind);
    sql.push(" AND r.key > ").bind(export.body.after);
    sql.push(" AND r.updated_at <= ").bind(export.created_at);
    if let Some(since) = export.body.since {
        sql.push(" AND r.updated_at >= ").bind(since);
    }
    if !matches!(export.body.level, Level::System) {
        sql.push(" AND r.patient_id IS NOT NULL");
    }
    if let Some(group) = group {
        let member = Param {
            kind: "Group",
            code: "member",
        };
        sql.push(
            " AND EXISTS (SELECT 1 FROM fhir_compartment AS gc CROSS JOIN fhir_reference AS gr
            WHERE gc.key = r.key AND gc.code = 0 AND gr.target = gc.patient AND gr.key = ",
        )
        .bind(group);
        sql.push(" AND gr.param = ").bind(member.plain()).push(")");
    }
    sql.push(" AND ");
    eye.push_live(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY r.key LIMIT ")
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.query_composed(&sql)
}
