//! The sweep: no hold outlives its time, no request waits for ever.

use ::store::{Job, JobKind, Tx};
use kernel::{Result, Span};

use super::{expire, store};
use crate::waitlist;

/// Comes by each minute.
pub(crate) const EXPIRE: JobKind = JobKind {
    kind: "resources.expire-holds",
    every: Some(Span::minutes(1)),
    run: sweep,
};
/// Goes on where a sweep stopped.
pub(crate) const EXPIRE_MORE: JobKind = JobKind {
    kind: "resources.expire-more",
    every: None,
    run: sweep,
};

/// Holds ended in one transaction, so that a sweep after a long stop blocks nobody.
const BATCH: i64 = 200;

fn sweep(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    let now = tx.now();
    let due = store::due(tx, now, BATCH)?;
    let is_full = i64::try_from(due.len()).unwrap_or(BATCH) >= BATCH;
    for hold_id in due {
        expire(tx, hold_id)?;
    }
    let lapsed = waitlist::lapse_due(tx, BATCH)?;
    if is_full || lapsed >= BATCH {
        tx.schedule(EXPIRE_MORE.kind, "next", now, &serde_json::json!({}))?;
    }
    Ok(())
}
