//! The modules' own objects as resources: a follower of their events keeps them in the same tables,
//! under the same ids, so that searches, chains and includes find them like any other.

pub(crate) mod consent;
mod directory;
mod patient;
mod places;
pub(crate) mod referral;

use fhir::Resource;
use fhir::json::Stamp;
use kernel::{Error, Id, Result};
use record::sensitive;
use serde_json::Value;
use store::{Event, Follower, Tx};

use crate::rows::{self, NewVersion};
use crate::{index, keys, labels, subscriptions, terms};

/// What follows other modules' events.
pub(crate) const FOLLOWERS: &[Follower] = &[
    Follower {
        name: "fhir.projection",
        topics: &[
            "record.",
            "organization.",
            "practitioner.",
            "ward.",
            "bed.",
            "clinic-session.",
            "referral.",
        ],
        run: follow,
    },
    subscriptions::FOLLOWER,
    labels::FOLLOWER,
    terms::ARRIVALS,
];

/// Entities carry a version; looks and refusals do not, and change nothing.
fn follow(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    if event.version == 0 {
        return Ok(());
    }
    match event.kind.as_str() {
        "consent" => consent::project(tx, event.entity_id),
        "patient" => patient::project(tx, event.entity_id),
        "organization" => directory::organization(tx, event.entity_id),
        "practitioner" => directory::practitioner(tx, event.entity_id),
        "ward" => places::ward(tx, event.entity_id),
        "bed" => places::bed(tx, event.entity_id),
        "clinic-session" => places::session(tx, event.entity_id),
        "referral" => referral::project(tx, event.entity_id),
        _ => Ok(()),
    }
}

/// A resource that stands for a module's object.
struct Projected {
    kind: &'static str,
    id: Id,
    org_id: Id,
    owner: &'static str,
    body: Value,
}

/// Stores it where it differs from what is stored.
fn put(tx: &mut Tx<'_>, projected: &Projected) -> Result<()> {
    let text = projected.body.to_string();
    let resource = Resource::parse(text.as_bytes())
        .map_err(|issue| Error::internal(format!("{}: {}", projected.kind, issue.details)))?;
    let id = projected.id.to_string();
    let known = rows::head(tx, projected.kind, &id)?;
    if let Some(header) = known.as_ref().filter(|header| !header.deleted) {
        let stored = rows::body(tx, header.key, header.version)?.unwrap_or_default();
        if same(&stored, &projected.body) && header.org_id == projected.org_id.to_string() {
            return Ok(());
        }
    }
    let version = known.as_ref().map_or(1, |header| header.version + 1);
    let (version_text, now_text) = (version.to_string(), tx.now().to_string());
    let stamp = Stamp {
        id: &id,
        version_id: &version_text,
        last_updated: &now_text,
    };
    let key = match &known {
        Some(header) => header.key,
        None => keys::take_now(tx, 1)?,
    };
    let rule = sensitive::rule(tx)?;
    rows::write(
        tx,
        &NewVersion {
            kind: projected.kind,
            id: &id,
            version,
            key,
            method: "PUT",
            org_id: projected.org_id.to_string(),
            owner: Some(projected.owner),
            rows: &index::rows(&resource, ""),
            body: resource.stamped(&stamp),
        },
        &rule,
    )?;
    subscriptions::note_projected(tx, projected.kind, key, version)
}

/// Whether a stored body says the same but for its stamp.
fn same(stored: &str, body: &Value) -> bool {
    let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(stored) else {
        return false;
    };
    fields.shift_remove("meta");
    Value::Object(fields) == *body
}

/// A reference to a resource of this server.
fn reference(kind: &str, id: Id) -> Value {
    serde_json::json!({ "reference": format!("{kind}/{id}") })
}

/// An empty list is no FHIR: the element is left out.
fn put_list(body: &mut Value, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        body[name] = Value::Array(list);
    }
}
