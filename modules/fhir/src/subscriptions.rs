//! Subscriptions of R4 by rest-hook: a search whose new results are sent to an endpoint.
//!
//! What is stored is noted for every subscription to its type; whether the criteria match, and
//! whether the subscriber has a basis, is decided in the subscriber's name at the moment of sending.
//! Endpoints lie on hosts that the consortium allows, and nowhere else.

mod dead;
mod deliver;
mod queue;
mod resource;

pub(crate) use dead::{DeadLetter, dead_letters, retry};
pub(crate) use deliver::deliver;
pub(crate) use queue::{FOLLOWER, note_projected};
pub(crate) use resource::{START, start, stored, withdrawn};

use fhir::{Resource, View};
use kernel::{Id, Result};
use serde::Deserialize;
use store::{Composed, Tx, params};

use crate::refusal;
use crate::rows::{self, HEADER, Header};

/// A subscription as the server keeps it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    key: i64,
    account_id: Id,
    role: String,
    org_id: Id,
    state: String,
    failures: i64,
}

const KEPT: &str = "SELECT key, account_id, role, org_id, state, failures
    FROM fhir_subscription WHERE key = $1";

fn kept(tx: &mut Tx<'_>, key: i64) -> Result<Option<Kept>> {
    tx.query_opt(KEPT, &params![key])
}

/// The head of a resource, whoever asks: for work that shows nobody anything.
fn head(tx: &mut Tx<'_>, key: i64) -> Result<Option<Header>> {
    let mut sql = Composed::new();
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_resource AS r WHERE r.key = ")
        .bind(key);
    Ok(tx.query_composed(&sql)?.pop())
}

fn body(tx: &mut Tx<'_>, header: &Header) -> Result<Option<Resource>> {
    let text = rows::body(tx, header.key, header.version)?;
    text.map(|text| Resource::parse(text.as_bytes()).map_err(refusal::of_issue))
        .transpose()
}

fn text(view: View<'_>, path: &[&str]) -> Option<String> {
    view.at(path)?.as_str().map(|text| text.into_owned())
}
