//! Entities: whole documents with typed columns beside them for what is searched or constrained.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, OnceLock, PoisonError};

use kernel::{Basis, Id};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Value;

/// A kind of document the store keeps, one table a kind.
///
/// The table has `id TEXT PRIMARY KEY`, `version BIGINT NOT NULL`, `body JSONB NOT NULL` (the whole
/// document) and [`Entity::COLUMNS`].
pub trait Entity: Serialize + DeserializeOwned {
    /// Names the kind in history, audit and events: `referral`.
    const KIND: &'static str;
    /// The table.
    const TABLE: &'static str;
    /// The typed columns after `id`, `version` and before `body`.
    const COLUMNS: &'static [&'static str];

    /// Its id.
    fn id(&self) -> Id;
    /// The member it belongs to.
    fn org_id(&self) -> Option<Id>;
    /// The member on the other side, where there are two.
    fn peer_org_id(&self) -> Option<Id> {
        None
    }
    /// The patient it is about.
    fn patient_id(&self) -> Option<Id> {
        None
    }
    /// One value for each of [`Entity::COLUMNS`], in that order.
    fn columns(&self) -> Vec<Value>;
}

/// A document with the version it was read at.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    /// Starts at 1 and grows by one with every change.
    pub version: i64,
    /// The document.
    pub data: T,
}

impl<T> Deref for Versioned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> DerefMut for Versioned<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

/// What a command says about itself in the audit chain and the outbox.
#[derive(Clone, Debug)]
pub struct Change {
    /// The event in the past tense, namespaced: `referral.accepted`.
    pub event: &'static str,
    /// On which basis a patient's data was touched, where one was needed.
    pub basis: Option<Basis>,
    /// What changed, for timelines and auditors: small, and without names or free text of patients.
    pub detail: serde_json::Value,
}

impl Change {
    /// A change with no detail.
    pub fn new(event: &'static str) -> Self {
        Self {
            event,
            basis: None,
            detail: serde_json::json!({}),
        }
    }

    /// Adds what changed.
    #[must_use]
    pub fn detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }

    /// Adds the basis.
    #[must_use]
    pub fn basis(mut self, basis: Basis) -> Self {
        self.basis = Some(basis);
        self
    }
}

/// What changed, as text, with the app through which it was done, where there was one.
pub(crate) fn with_app(mut detail: serde_json::Value, actor: &kernel::Actor) -> String {
    if let (Some(app), Some(fields)) = (&actor.app, detail.as_object_mut()) {
        let named = serde_json::json!({ "id": app.app_id, "name": app.name });
        fields.insert("app".to_owned(), named);
    }
    detail.to_string()
}

/// What an audited act without an entity was about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Kind of the thing.
    pub kind: &'static str,
    /// Its id.
    pub id: Id,
    /// The member it belongs to.
    pub org_id: Option<Id>,
    /// The member on the other side.
    pub peer_org_id: Option<Id>,
    /// The patient it is about.
    pub patient_id: Option<Id>,
}

impl Subject {
    /// A subject that is neither a member's nor a patient's.
    pub fn new(kind: &'static str, id: Id) -> Self {
        Self {
            kind,
            id,
            org_id: None,
            peer_org_id: None,
            patient_id: None,
        }
    }

    /// The subject an entity stands for.
    pub fn of<T: Entity>(entity: &T) -> Self {
        Self {
            kind: T::KIND,
            id: entity.id(),
            org_id: entity.org_id(),
            peer_org_id: entity.peer_org_id(),
            patient_id: entity.patient_id(),
        }
    }
}

/// The statements of an entity.
#[derive(Clone, Copy)]
pub(crate) struct EntitySql {
    pub(crate) insert: &'static str,
    pub(crate) update: &'static str,
    pub(crate) load: &'static str,
}

/// The statements of an entity, assembled once from its constant names and kept for the life of
/// the process. Nothing a user typed can reach them.
pub(crate) fn sql_of<T: Entity>() -> EntitySql {
    static KNOWN: OnceLock<Mutex<HashMap<&'static str, EntitySql>>> = OnceLock::new();
    let mut known = KNOWN
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    *known.entry(T::TABLE).or_insert_with(|| {
        let (table, columns) = (T::TABLE, T::COLUMNS);
        let names: String = columns.iter().map(|name| format!("{name}, ")).collect();
        let places: String = (1..=columns.len() + 3).map(|n| format!("${n}, ")).collect();
        let sets: String =
            columns.iter().enumerate().map(|(at, name)| format!("{name} = ${}, ", at + 3)).collect();
        let body = columns.len() + 3;
        EntitySql {
            insert: leak(format!(
                "INSERT INTO {table} (id, version, {names}body) VALUES ({})",
                places.trim_end_matches(", ")
            )),
            update: leak(format!(
                "UPDATE {table} SET version = $2, {sets}body = ${body} WHERE id = $1 AND version = $2 - 1"
            )),
            load: leak(format!("SELECT version, body FROM {table} WHERE id = $1")),
        }
    })
}

fn leak(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}
