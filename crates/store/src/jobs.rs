//! Work for later: sweeps, reminders, escalations.
//!
//! A job runs inside the transaction that marks it done, so it is done exactly once, whatever
//! crashes and however many servers share the database.

use kernel::{Error, Instant, Result, Span};
use serde::{Deserialize, Serialize};

use crate::{Json, Request, Store, Tx, params};

/// After this many failures a job is set aside for a person to look at.
const ATTEMPTS_MAX: i64 = 20;
/// The key of jobs that repeat.
const REPEATING: &str = "every";
/// Longest pause between two tries.
const RETRY_MAX: Span = Span::hours(1);
/// Jobs run by one call before others get their turn.
const RUN_MAX: usize = 500;

/// A kind of job a module knows how to do.
#[derive(Clone, Copy)]
pub struct JobKind {
    /// Its name: `resources.release-expired`.
    pub kind: &'static str,
    /// Repeats at this interval; `None` for jobs that commands schedule.
    pub every: Option<Span>,
    /// Does it, inside a write transaction.
    pub run: fn(&mut Tx<'_>, &Job) -> Result<()>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Waits for its time.
    Waiting,
    /// Done.
    Done,
    /// Not needed any more.
    Cancelled,
    /// Failed too often; a person must look.
    Dead,
}

/// A job.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Job {
    /// Its id.
    pub id: kernel::Id,
    /// Its kind.
    pub kind: String,
    /// What it is about; one waiting job a kind and key.
    pub key: String,
    /// Where it stands.
    pub state: JobState,
    /// Not before.
    pub run_at: Instant,
    /// Failures so far.
    pub attempts: i64,
    /// When it was scheduled.
    pub created_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// What it needs to know.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobRow {
    id: kernel::Id,
    kind: String,
    key: String,
    state: JobState,
    run_at: Instant,
    attempts: i64,
    created_at: Instant,
    finished_at: Option<Instant>,
    last_error: Option<String>,
    body: Json<serde_json::Value>,
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            key: row.key,
            state: row.state,
            run_at: row.run_at,
            attempts: row.attempts,
            created_at: row.created_at,
            finished_at: row.finished_at,
            last_error: row.last_error,
            body: row.body.0,
        }
    }
}

macro_rules! job_columns {
    () => {
        "id, kind, key, state, run_at, attempts, created_at, finished_at, last_error, body"
    };
}

const SCHEDULE: &str = "INSERT INTO job (id, kind, key, state, run_at, attempts, created_at, body)
    VALUES ($1, $2, $3, 'waiting', $4, 0, $5, $6)
    ON CONFLICT (kind, key) WHERE state = 'waiting'
    DO UPDATE SET run_at = excluded.run_at, body = excluded.body, attempts = 0";
const SCHEDULE_ONCE: &str =
    "INSERT INTO job (id, kind, key, state, run_at, attempts, created_at, body)
    VALUES ($1, $2, $5, 'waiting', $3, 0, $4, '{}')
    ON CONFLICT (kind, key) WHERE state = 'waiting' DO NOTHING";
const CANCEL: &str = "UPDATE job SET state = 'cancelled', finished_at = $3
    WHERE kind = $1 AND key = $2 AND state = 'waiting'";
const DUE: &str = concat!(
    "SELECT ",
    job_columns!(),
    " FROM job WHERE state = 'waiting' AND run_at <= $1 ORDER BY run_at, id LIMIT 1"
);
const CLAIM: &str =
    "UPDATE job SET state = 'done', finished_at = $2 WHERE id = $1 AND state = 'waiting'";
const FAIL: &str = "UPDATE job SET state = $2, attempts = $3, run_at = $4, last_error = $5
    WHERE id = $1 AND state = 'waiting'";
const LIST: &str = concat!(
    "SELECT ",
    job_columns!(),
    " FROM job WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
);
const RETRY: &str =
    "UPDATE job SET state = 'waiting', attempts = 0, run_at = $2 WHERE id = $1 AND state = 'dead'";
const PURGE: &str = "DELETE FROM job WHERE state IN ('done', 'cancelled') AND finished_at < $1";
const PURGE_REPLIES: &str = "DELETE FROM idempotency WHERE at < $1";

impl Tx<'_> {
    /// Schedules a job; one already waiting under the same kind and key is moved instead.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn schedule(
        &mut self,
        kind: &'static str,
        key: &str,
        run_at: Instant,
        body: &serde_json::Value,
    ) -> Result<()> {
        let values = params![self.new_id(), kind, key, run_at, self.now(), body];
        self.execute(SCHEDULE, &values).map(|_| ())
    }

    /// Takes back a waiting job; no job is no error.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn cancel_job(&mut self, kind: &'static str, key: &str) -> Result<()> {
        let now = self.now();
        self.execute(CANCEL, &params![kind, key, now]).map(|_| ())
    }

    /// Jobs in `state`, newest first, before `before`.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn jobs(
        &mut self,
        state: JobState,
        before: Option<kernel::Id>,
        limit: u32,
    ) -> Result<Vec<Job>> {
        let word = match state {
            JobState::Waiting => "waiting",
            JobState::Done => "done",
            JobState::Cancelled => "cancelled",
            JobState::Dead => "dead",
        };
        let before = before.unwrap_or(kernel::Id::MAX);
        let rows: Vec<JobRow> = self.query(LIST, &params![word, before, limit])?;
        Ok(rows.into_iter().map(Job::from).collect())
    }

    /// Gives a dead job another chance; answers whether there was one.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn retry_job(&mut self, id: kernel::Id) -> Result<bool> {
        let now = self.now();
        Ok(self.execute(RETRY, &params![id, now])? == 1)
    }
}

/// How long ended jobs are kept for the screen.
const ENDED_KEPT: Span = Span::days(30);
/// How long first answers are kept under their idempotency keys.
const REPLIES_KEPT: Span = Span::hours(72);

/// The store's own housekeeping.
pub(crate) const HOUSEKEEPING: JobKind = JobKind {
    kind: "store.housekeeping",
    every: Some(Span::hours(1)),
    run: |tx, _| {
        let now = tx.now();
        tx.execute(PURGE, &params![now - ENDED_KEPT])?;
        tx.execute(PURGE_REPLIES, &params![now - REPLIES_KEPT])
            .map(|_| ())
    },
};

impl Store {
    /// Makes sure that each repeating job is scheduled.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub async fn start_jobs(&self, kinds: &[JobKind]) -> Result<()> {
        let repeating: Vec<&'static str> = std::iter::once(&HOUSEKEEPING)
            .chain(kinds)
            .filter(|kind| kind.every.is_some())
            .map(|kind| kind.kind)
            .collect();
        self.write(&Request::system("jobs"), move |tx| {
            for kind in &repeating {
                let values = params![tx.new_id(), *kind, tx.now(), tx.now(), REPEATING];
                tx.execute(SCHEDULE_ONCE, &values)?;
            }
            Ok(())
        })
        .await
    }

    /// Runs jobs that are due, one transaction each; answers how many were run.
    ///
    /// # Errors
    /// Only what keeps jobs from being looked up; a job's own failure is stored with the job.
    pub async fn run_due_jobs(&self, kinds: &'static [JobKind]) -> Result<usize> {
        let mut count = 0;
        while count < RUN_MAX && self.run_one(kinds).await? {
            count += 1;
        }
        Ok(count)
    }

    async fn run_one(&self, kinds: &'static [JobKind]) -> Result<bool> {
        let request = Request::system("jobs");
        // The look-up runs on a reader, so that an idle server does not write.
        let due = self.read(&request, due_job).await?;
        let Some(job) = due else { return Ok(false) };
        let claimed = job.clone();
        let result = self
            .write(&request, move |tx| run_claimed(tx, kinds, &claimed))
            .await;
        if let Err(error) = result {
            tracing::warn!(job = %job.id, kind = job.kind, ?error, "a job failed");
            let reason = error.to_string();
            self.write(&request, move |tx| set_aside(tx, &job, &reason))
                .await?;
        }
        Ok(true)
    }
}

fn due_job(tx: &mut Tx<'_>) -> Result<Option<Job>> {
    let now = tx.now();
    Ok(tx.query_opt::<JobRow>(DUE, &params![now])?.map(Job::from))
}

fn run_claimed(tx: &mut Tx<'_>, kinds: &[JobKind], job: &Job) -> Result<()> {
    let now = tx.now();
    // Another server was faster: nothing is left to do.
    if tx.execute(CLAIM, &params![job.id, now])? == 0 {
        return Ok(());
    }
    let kind = std::iter::once(&HOUSEKEEPING)
        .chain(kinds)
        .find(|kind| kind.kind == job.kind)
        .ok_or_else(|| Error::internal(format!("no module does jobs of kind {}", job.kind)))?;
    (kind.run)(tx, job)?;
    if let Some(every) = kind.every {
        let values = params![tx.new_id(), kind.kind, now + every, now, REPEATING];
        tx.execute(SCHEDULE_ONCE, &values)?;
    }
    Ok(())
}

fn set_aside(tx: &mut Tx<'_>, job: &Job, reason: &str) -> Result<()> {
    let attempts = job.attempts + 1;
    // A repeating job is never given up: a sweep that stopped for good would keep locks for ever.
    let state = if attempts >= ATTEMPTS_MAX && job.key != REPEATING {
        "dead"
    } else {
        "waiting"
    };
    let pause = Span::seconds(1_i64 << attempts.min(12)).min(RETRY_MAX);
    let run_at = tx.now() + pause;
    tx.execute(FAIL, &params![job.id, state, attempts, run_at, reason])
        .map(|_| ())
}
