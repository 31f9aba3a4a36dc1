//! Searching: a parsed query becomes one statement of constant fragments with bound values.
//!
//! `filter` writes what must hold of a resource, `driver` chooses where the statement begins,
//! `page` puts both together and keeps the place between pages, `include` adds what belongs to them.

mod cursor;
mod driver;
mod filter;
mod include;
mod lastn;
mod page;
mod standing;
mod value_set;
mod values;

use fhir::search::Query;
use kernel::Result;
use store::Tx;

pub(crate) use include::{INCLUDED_MAX, included};
pub(crate) use lastn::lastn;
pub(crate) use page::{page, total};

/// Resources a page has when the client names no number.
pub(crate) const PAGE_DEFAULT: u32 = 20;
/// Resources a page has at most.
pub(crate) const PAGE_MAX: u32 = 500;

/// The ids of up to `limit` resources that a condition finds.
pub(crate) fn ids(
    tx: &mut Tx<'_>,
    kind: &'static str,
    query: &Query,
    limit: u32,
) -> Result<Vec<String>> {
    let mut query = query.clone();
    query.types = vec![kind];
    query.count = Some(limit);
    query.sort.clear();
    query.cursor = None;
    let found = page(tx, &query)?;
    Ok(found.headers.into_iter().map(|header| header.id).collect())
}
