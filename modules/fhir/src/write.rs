//! Everything that changes resources, single or in a bundle, runs here.
//!
//! First a look: conditions are resolved and patches applied on a snapshot, and what is to be stored
//! is read, checked and indexed. Then one write transaction meets other writers with the same
//! conditions at a guard row, looks whether the conditions still say the same, and writes. If they
//! do not, nothing is written and all of it starts again.

mod command;
mod consents;
mod execute;
mod holds;
mod references;
mod resolve;
mod tasks;

pub(crate) use execute::subject_of;
pub(crate) use resolve::known_type;

use std::sync::Arc;

use fhir::search::Query;
use fhir::{Document, IssueCode, Resource};
use kernel::{Instant, Result};
use serde::{Deserialize, Serialize};
use store::Store;

use crate::keys::Keys;
use crate::prepare::Prepared;
use crate::refusal;

/// How often a command looks and writes anew before its caller is told to try again.
const ATTEMPTS_MAX: usize = 20;

/// A change that is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// Store a new resource, unless the condition finds one.
    Create {
        resource: Resource,
        unless: Option<Box<Condition>>,
    },
    /// Store this under this address.
    Update {
        target: Target,
        resource: Resource,
        seen: Option<i64>,
        only_new: bool,
    },
    /// Change what is stored.
    Patch {
        target: Target,
        patch: Patch,
        seen: Option<i64>,
    },
    /// Take it away.
    Delete { target: Target, seen: Option<i64> },
}

/// What is to be changed.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// This one.
    Id(&'static str, String),
    /// The one this finds.
    Found(Box<Condition>),
}

/// A search that must find one or none.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// The type searched.
    pub kind: &'static str,
    /// The criteria as they were written, for the guard and the answer.
    pub text: String,
    /// The criteria.
    pub query: Query,
}

/// A patch in one of its forms.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    /// RFC 6902.
    Json(Document),
    /// A Parameters resource.
    FhirPath(Resource),
}

/// What became of a change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub kind: String,
    pub id: String,
    pub version: i64,
    pub at: Instant,
    pub outcome: Outcome,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Created,
    Updated,
    Deleted,
    /// The condition of a create found one: nothing was done.
    Found,
    /// There was nothing to delete.
    Nothing,
}

/// A change that only has to be written.
#[derive(Clone, Debug)]
struct Step {
    /// The condition behind it and what it found.
    condition: Option<(Condition, Option<String>)>,
    kind: &'static str,
    id: String,
    key: i64,
    entry: Option<usize>,
    /// The version it must still have: the one a patch was made on.
    made_on: Option<i64>,
    seen: Option<i64>,
    only_new: bool,
    action: Action,
}

#[derive(Clone, Debug)]
enum Action {
    Put {
        prepared: Arc<Prepared>,
        method: &'static str,
    },
    Delete,
    Nothing,
}

/// Parses the criteria of a conditional command.
///
/// # Errors
/// What the criteria do wrong; criteria that would match everything are refused.
pub(crate) fn condition(kind: &'static str, text: &str) -> Result<Condition> {
    let query = fhir::search::parse_criteria(kind, text).map_err(refusal::of_issues)?;
    if query.clauses.is_empty() {
        let text = "a condition needs at least one search parameter";
        return Err(refusal::refuse(IssueCode::Required, "", text));
    }
    Ok(Condition {
        kind,
        text: text.to_owned(),
        query,
    })
}

/// A change with its place in a bundle.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The change.
    pub wanted: Wanted,
    /// What other entries call it: its `fullUrl`.
    pub link: Option<String>,
    /// Its entry; `None` outside a bundle.
    pub entry: Option<usize>,
}

impl Item {
    /// A change by itself.
    pub(crate) fn alone(wanted: Wanted) -> Self {
        Self {
            wanted,
            link: None,
            entry: None,
        }
    }
}

/// Where and for whom changes are made.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The store.
    pub store: &'a Store,
    /// Who asks, and under which idempotency key.
    pub request: &'a store::Request,
    /// Surrogate keys.
    pub keys: &'a Keys,
    /// The address of this server.
    pub base: &'a str,
}

/// Makes all of these changes or none of them.
///
/// # Errors
/// Why one of them can't be made; its entry is in the issue.
pub(crate) async fn run(place: Place<'_>, items: Vec<Item>) -> Result<Vec<Done>> {
    let first_key = place.keys.take(place.store, items.len()).await?;
    let items: Arc<[Item]> = items.into();
    let mut attempt = 0;
    loop {
        attempt += 1;
        let look = match resolve::without_look(&items, place.store) {
            Some(look) => look,
            None => {
                let looked_at = Arc::clone(&items);
                let look = place
                    .store
                    .read(place.request, move |tx| resolve::look(tx, &looked_at));
                look.await?
            }
        };
        let steps: Arc<[Step]> = resolve::plan(&items, &look, first_key, place.base)?.into();
        let written = place
            .store
            .command(place.request, move |tx| {
                holds::require_none(tx, &steps)?;
                execute::all(tx, &steps)
            })
            .await;
        match written {
            Err(error) if error.code() == refusal::MOVED && attempt < ATTEMPTS_MAX => {}
            other => return other,
        }
    }
}
