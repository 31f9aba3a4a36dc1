//! Followers of the event chain: each reads on from its own cursor, in order, missing nothing.

use kernel::{Error, Instant, Result, Span};
use serde::Deserialize;

use crate::{Event, Request, Store, Tx, params};

/// Events a follower handles in one transaction.
const BATCH: u32 = 200;
/// Longest pause after a failure.
const RETRY_MAX: Span = Span::minutes(10);

/// Code that reacts to events. It runs in the transaction that moves its cursor, so each event has
/// its effect exactly once.
#[derive(Clone, Copy)]
pub struct Follower {
    /// Its name; the cursor is kept under it.
    pub name: &'static str,
    /// Prefixes of the events it wants: `referral.`.
    pub topics: &'static [&'static str],
    /// What it does.
    pub run: fn(&mut Tx<'_>, &Event) -> Result<()>,
}

impl Follower {
    fn wants(&self, event: &str) -> bool {
        self.topics.iter().any(|topic| event.starts_with(topic))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventName {
    event: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CursorRow {
    seq: i64,
    failures: i64,
    retry_at: Instant,
}

const CURSOR: &str = "SELECT seq, failures, retry_at FROM cursor WHERE follower = $1";
const NAMES_AFTER: &str = "SELECT event FROM event WHERE seq > $1 ORDER BY seq LIMIT $2";
const CREATE: &str = "INSERT INTO cursor (follower, seq, failures, retry_at) VALUES ($1, $2, 0, 0)
    ON CONFLICT (follower) DO NOTHING";
const ADVANCE: &str = "UPDATE cursor SET seq = $2, failures = 0, retry_at = 0, last_error = NULL
    WHERE follower = $1 AND seq = $3";
const FAILED: &str = "UPDATE cursor SET failures = failures + 1, retry_at = $2, last_error = $3
    WHERE follower = $1";

impl Store {
    /// Lets each follower read on, a batch at a time in turn, so that one with much to do keeps no
    /// other waiting; answers how many events were handled in all.
    ///
    /// # Errors
    /// Only what keeps cursors from being read; a follower's own failure is kept with its cursor
    /// and tried again later, and delays no other follower.
    pub async fn run_followers(&self, followers: &'static [Follower]) -> Result<usize> {
        let mut handled = 0;
        let mut reading: Vec<&'static Follower> = followers.iter().collect();
        while !reading.is_empty() {
            let mut ahead = Vec::new();
            for follower in reading {
                if let Some(count) = self.follow_batch(follower).await? {
                    handled += count;
                    ahead.push(follower);
                }
            }
            reading = ahead;
        }
        Ok(handled)
    }

    /// `None` when there is nothing (more) to do for now.
    async fn follow_batch(&self, follower: &'static Follower) -> Result<Option<usize>> {
        let request = Request::system(follower.name);
        let pending = self
            .read(&request, move |tx| has_pending(tx, follower))
            .await?;
        if !pending {
            return Ok(None);
        }
        let result = self
            .write(&request, move |tx| handle_batch(tx, follower))
            .await;
        match result {
            Ok(count) => Ok(Some(count)),
            Err(error) => {
                tracing::warn!(follower = follower.name, ?error, "a follower failed");
                let reason = error.to_string();
                self.write(&request, move |tx| note_failure(tx, follower, &reason))
                    .await?;
                Ok(None)
            }
        }
    }
}

/// Is there an event this follower wants, or are so many unwanted ones behind it that moving its
/// cursor saves more than it costs? An idle follower does not write.
fn has_pending(tx: &mut Tx<'_>, follower: &Follower) -> Result<bool> {
    let cursor: Option<CursorRow> = tx.query_opt(CURSOR, &params![follower.name])?;
    let now = tx.now();
    let Some(cursor) = cursor else {
        return Ok(true);
    };
    if cursor.retry_at > now {
        return Ok(false);
    }
    let names: Vec<EventName> = tx.query(NAMES_AFTER, &params![cursor.seq, BATCH])?;
    Ok(names.len() == BATCH as usize || names.iter().any(|name| follower.wants(&name.event)))
}

fn handle_batch(tx: &mut Tx<'_>, follower: &Follower) -> Result<usize> {
    tx.execute(CREATE, &params![follower.name, 0_i64])?;
    let cursor: CursorRow = tx.query_one(CURSOR, &params![follower.name])?;
    let events = tx.events_after(cursor.seq, BATCH)?;
    let Some(last) = events.last().and_then(|event| event.seq) else {
        return Ok(0);
    };
    for event in &events {
        if follower.wants(&event.event) {
            (follower.run)(tx, event)?;
        }
    }
    let moved = tx.execute(ADVANCE, &params![follower.name, last, cursor.seq])?;
    if moved != 1 {
        return Err(Error::internal("a follower's cursor moved under it"));
    }
    Ok(events.len())
}

fn note_failure(tx: &mut Tx<'_>, follower: &Follower, reason: &str) -> Result<()> {
    tx.execute(CREATE, &params![follower.name, 0_i64])?;
    let cursor: CursorRow = tx.query_one(CURSOR, &params![follower.name])?;
    let pause = Span::seconds(1_i64 << cursor.failures.clamp(0, 12)).min(RETRY_MAX);
    let retry_at = tx.now() + pause;
    tx.execute(FAILED, &params![follower.name, retry_at, reason])
        .map(|_| ())
}
