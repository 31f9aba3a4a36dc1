//! Followers of the event chain: each reads on from its own cursor, in order, missing nothing.

use std::collections::HashMap;
use std::sync::Mutex;

use kernel::{Error, Instant, Result, Span};
use serde::Deserialize;

use crate::engine::lock;

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
    seq: i64,
    event: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedCursor {
    follower: String,
    seq: i64,
    retry_at: Instant,
}

/// How far this process has looked for each follower and found nothing it wants. Kept in memory
/// only: after a restart the cursors say where to look from.
#[derive(Default)]
pub(crate) struct Looked(Mutex<HashMap<&'static str, i64>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CursorRow {
    seq: i64,
    failures: i64,
}

const CURSOR: &str = "SELECT seq, failures FROM cursor WHERE follower = $1";
const CURSORS: &str = "SELECT follower, seq, retry_at FROM cursor";
const NAMES_AFTER: &str = "SELECT seq, event FROM event WHERE seq > $1 ORDER BY seq LIMIT $2";
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
        loop {
            let mut moved = false;
            for follower in self.followers_ahead(followers).await? {
                if let Some(count) = self.follow_batch(follower).await? {
                    handled += count;
                    moved = true;
                }
            }
            if !moved {
                return Ok(handled);
            }
        }
    }

    /// Those with an event they want, or with so many unwanted ones behind them that moving their
    /// cursor saves more than it costs. One look at the new events serves all followers: every
    /// read of a patient is an event, and most are for nobody.
    async fn followers_ahead(
        &self,
        followers: &'static [Follower],
    ) -> Result<Vec<&'static Follower>> {
        let looked = lock(&self.looked().0).clone();
        let (ahead, looked) = self
            .read(&Request::system("followers"), move |tx| {
                look(tx, followers, &looked)
            })
            .await?;
        lock(&self.looked().0).extend(looked);
        Ok(ahead)
    }

    /// `None` when it failed and waits.
    async fn follow_batch(&self, follower: &'static Follower) -> Result<Option<usize>> {
        let request = Request::system(follower.name);
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

/// The followers that have something to do, and how far was looked in vain for the others.
fn look(
    tx: &mut Tx<'_>,
    followers: &'static [Follower],
    looked: &HashMap<&'static str, i64>,
) -> Result<(Vec<&'static Follower>, HashMap<&'static str, i64>)> {
    let now = tx.now();
    let cursors: HashMap<String, NamedCursor> = tx
        .query::<NamedCursor>(CURSORS, &params![])?
        .into_iter()
        .map(|cursor| (cursor.follower.clone(), cursor))
        .collect();
    let mut ahead = Vec::new();
    let mut reading = Vec::new();
    for follower in followers {
        match cursors.get(follower.name) {
            None => ahead.push(follower),
            Some(cursor) if cursor.retry_at > now => {}
            Some(cursor) => {
                let seen = looked.get(follower.name).copied().unwrap_or(0);
                reading.push((follower, cursor.seq, seen.max(cursor.seq)));
            }
        }
    }
    let mut in_vain = HashMap::new();
    while let Some(from) = reading.iter().map(|(_, _, from)| *from).min() {
        let names: Vec<EventName> = tx.query(NAMES_AFTER, &params![from, BATCH])?;
        let last = names.last().map_or(from, |name| name.seq);
        let more = names.len() == BATCH as usize;
        // One that is further on than a whole batch reaches is not kept waiting by the one behind.
        reading.retain(|(follower, cursor, from)| {
            if more && *from >= last {
                return true;
            }
            let wanted = names
                .iter()
                .any(|name| name.seq > *from && follower.wants(&name.event));
            if wanted || more || last - cursor >= i64::from(BATCH) {
                ahead.push(follower);
            } else {
                in_vain.insert(follower.name, last);
            }
            false
        });
    }
    Ok((ahead, in_vain))
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
