//! Surrogate keys in blocks: one small transaction every thousand resources, none in between.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Error, Result};
use serde::Deserialize;
use store::{Store, Tx, params};

/// Keys one process takes at a time.
const BLOCK: i64 = 1_000;
const TAKE: &str =
    "UPDATE fhir_block SET next = next + $1 WHERE name = 'resource' RETURNING next - $1 AS first";

/// The keys this process has not used yet.
#[derive(Clone, Default)]
pub(crate) struct Keys(Arc<Mutex<(i64, i64)>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    first: i64,
}

impl Keys {
    /// The first of `count` keys that follow one another. Keys of a command that fails are lost,
    /// which harms nothing.
    pub(crate) async fn take(&self, store: &Store, count: usize) -> Result<i64> {
        let count = i64::try_from(count).map_err(Error::internal)?;
        if let Some(first) = self.next_of_block(count) {
            return Ok(first);
        }
        let wanted = count.max(BLOCK);
        let request = store::Request::system("fhir.keys");
        let first = store
            .write(&request, move |tx| take_now(tx, wanted))
            .await?;
        let mut block = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *block = (first + count, first + wanted);
        Ok(first)
    }

    fn next_of_block(&self, count: i64) -> Option<i64> {
        let mut block = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, end) = *block;
        (next + count <= end).then(|| {
            block.0 = next + count;
            next
        })
    }
}

/// Keys for work that is in a transaction already.
pub(crate) fn take_now(tx: &mut Tx<'_>, count: i64) -> Result<i64> {
    let taken: Taken = tx.query_one(TAKE, &params![count])?;
    Ok(taken.first)
}
