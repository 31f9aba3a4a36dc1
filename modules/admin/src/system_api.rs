//! `/api/jobs`, `/api/followers`, `/api/system`: is everything running?

use axum::http::StatusCode;
use http::{App, Ctx, Json, Path, Query};
use kernel::{Error, Id, Instant, Page, Result};
use serde::{Deserialize, Serialize};
use store::{AuditHead, Change, Job, JobState, SchemaState, Subject, Tx, params};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::account_api::done;
use crate::audit;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(job_list))
        .routes(routes!(job_retry))
        .routes(routes!(follower_list))
        .routes(routes!(system_show))
}

const CURSORS: &str =
    "SELECT follower, seq, failures, retry_at, last_error FROM cursor ORDER BY follower";
const ACCOUNTS: &str = "SELECT COUNT(*) AS count FROM account WHERE state = 'active'";
const SESSIONS: &str = "SELECT COUNT(*) AS count FROM session WHERE expires_at > $1";
const JOBS: &str = "SELECT COUNT(*) AS count FROM job WHERE state = $1";
const OVERDUE: &str = "SELECT COUNT(*) AS count FROM job WHERE state = 'waiting' AND run_at < $1";
const BLOBS: &str = "SELECT COUNT(*) AS count FROM blob";
const BLOB_BYTES: &str = "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) AS count FROM blob";
const MIGRATIONS: &str = "SELECT COUNT(*) AS count FROM migration";
const JOB_EXISTS: &str = "SELECT COUNT(*) AS count FROM job WHERE id = $1";

/// Which jobs to list.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JobQuery {
    /// `waiting`, `done`, `cancelled` or `dead`, the default.
    state: Option<JobState>,
    /// `next` of the page before.
    after: Option<Id>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Jobs in one state, newest first.
#[utoipa::path(get, path = "/api/jobs", tag = "admin", params(JobQuery),
    responses((status = 200, body = Page<Job>)),
    extensions(("x-permission" = json!("job.read"))))]
async fn job_list(ctx: Ctx, Query(query): Query<JobQuery>) -> http::Result<Json<Page<Job>>> {
    let size = kernel::page::page_size(query.limit);
    let state = query.state.unwrap_or(JobState::Dead);
    let mut items = ctx
        .read(move |tx| tx.jobs(state, query.after, size + 1))
        .await?;
    let more = items.len() > size as usize;
    items.truncate(size as usize);
    let next = items.last().map(|job| job.id.to_string()).filter(|_| more);
    Ok(Json(Page { items, next }))
}

/// Give a dead job another chance.
#[utoipa::path(post, path = "/api/jobs/{id}/retry", tag = "admin", params(("id" = Id, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("job.manage"))))]
async fn job_retry(ctx: Ctx, Path(id): Path<Id>) -> http::Result<StatusCode> {
    ctx.write(move |tx| retry(tx, id)).await?;
    Ok(done())
}

fn retry(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    if tx.count(JOB_EXISTS, &params![id])? == 0 {
        return Err(Error::not_found("job"));
    }
    if !tx.retry_job(id)? {
        let detail = "only a job that failed too often is tried again by hand";
        return Err(Error::rule("admin.job-not-dead", detail));
    }
    tx.record(Change::new("job.retried"), Subject::new("job", id))
}

/// How far a follower of events has read.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FollowerView {
    /// Its name.
    pub name: String,
    /// Number of the last event it handled.
    pub seq: i64,
    /// Events it has not looked at yet.
    pub behind: i64,
    /// Failures since it last got on.
    pub failures: i64,
    /// When it tries again.
    pub retry_at: Option<Instant>,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// Runs in this version of the program.
    pub known: bool,
}

/// Followers of events, and how far each has read.
#[utoipa::path(get, path = "/api/followers", tag = "admin",
    responses((status = 200, body = Vec<FollowerView>)),
    extensions(("x-permission" = json!("job.read"))))]
async fn follower_list(ctx: Ctx) -> http::Result<Json<Vec<FollowerView>>> {
    let names: Vec<&'static str> = ctx.app().followers().iter().map(|one| one.name).collect();
    Ok(Json(ctx.read(move |tx| followers(tx, &names)).await?))
}

fn followers(tx: &mut Tx<'_>, names: &[&'static str]) -> Result<Vec<FollowerView>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct CursorRow {
        follower: String,
        seq: i64,
        failures: i64,
        retry_at: i64,
        last_error: Option<String>,
    }
    let last = tx.last_seq()?;
    let rows: Vec<CursorRow> = tx.query(CURSORS, &[])?;
    let unread = names
        .iter()
        .filter(|name| rows.iter().all(|row| row.follower != **name));
    let mut views: Vec<FollowerView> = unread
        .map(|name| FollowerView {
            name: (*name).to_owned(),
            seq: 0,
            behind: last,
            failures: 0,
            retry_at: None,
            last_error: None,
            known: true,
        })
        .collect();
    views.extend(rows.into_iter().map(|row| FollowerView {
        behind: (last - row.seq).max(0),
        known: names.contains(&row.follower.as_str()),
        name: row.follower,
        seq: row.seq,
        failures: row.failures,
        retry_at: Some(Instant::from_micros(row.retry_at)).filter(|_| row.failures > 0),
        last_error: row.last_error,
    }));
    views.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(views)
}

/// How the installation stands.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SystemView {
    /// The program's version.
    pub version: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// Name of the installation.
    pub name: String,
    /// Is this a demonstration?
    pub demo: bool,
    /// The server's clock.
    pub now: Instant,
    /// Every migration of this program is applied.
    pub schema_current: bool,
    /// Migrations applied.
    pub migrations: i64,
    /// Entries of the audit chain.
    pub events: i64,
    /// The newest signed head.
    pub head: Option<AuditHead>,
    /// Accounts that may sign in.
    pub accounts_active: i64,
    /// Sessions open now.
    pub sessions: i64,
    /// Jobs that wait for their time.
    pub jobs_waiting: i64,
    /// Jobs whose time has come.
    pub jobs_overdue: i64,
    /// Jobs that failed too often.
    pub jobs_dead: i64,
    /// Files kept outside the database.
    pub files: i64,
    /// Their bytes.
    pub file_bytes: i64,
    /// Followers of events.
    pub followers: Vec<FollowerView>,
}

/// How the installation stands: engine, schema, audit chain, jobs, followers.
#[utoipa::path(get, path = "/api/system", tag = "admin",
    responses((status = 200, body = SystemView)),
    extensions(("x-permission" = json!("system.read"))))]
async fn system_show(ctx: Ctx) -> http::Result<Json<SystemView>> {
    let app = ctx.app().clone();
    let store = ctx.store().clone();
    let migrations = app.migrations().to_vec();
    // The comparison opens a connection of its own and blocks.
    let schema = tokio::task::spawn_blocking(move || store.schema_state(&migrations));
    let schema_current = schema.await.map_err(Error::internal)?? == SchemaState::Current;
    let view = ctx.read(move |tx| {
        let config = app.config();
        let names: Vec<&'static str> = app.followers().iter().map(|one| one.name).collect();
        let now = tx.now();
        Ok(SystemView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: app.store().engine_name().to_owned(),
            name: config.name.clone(),
            demo: config.demo,
            now,
            schema_current,
            migrations: tx.count(MIGRATIONS, &[])?,
            events: tx.last_seq()?,
            head: audit::heads(tx, None, 1)?.pop(),
            accounts_active: tx.count(ACCOUNTS, &[])?,
            sessions: tx.count(SESSIONS, &params![now])?,
            jobs_waiting: tx.count(JOBS, &params!["waiting"])?,
            jobs_overdue: tx.count(OVERDUE, &params![now])?,
            jobs_dead: tx.count(JOBS, &params!["dead"])?,
            files: tx.count(BLOBS, &[])?,
            file_bytes: tx.count(BLOB_BYTES, &[])?,
            followers: followers(tx, &names)?,
        })
    });
    Ok(Json(view.await?))
}
