//! All database input and output. `Store::open` takes a URL; nothing above this crate knows which
//! engine is behind it.
//!
//! A transaction is a plain, synchronous closure that may run more than once: it loads, decides
//! with pure code, and saves. What it leaves behind is one whole: rows, history, audit entry,
//! outbox event, idempotency key.

mod audit;
mod backup;
mod blob;
mod chain;
mod clock;
mod composed;
mod engine;
mod entity;
mod event;
mod follow;
mod jobs;
mod many;
mod migrate;
mod postgres;
mod rules;
mod seal;
mod sqlite;
mod store;
mod tx;
mod value;
mod verify;

pub use audit::{AuditHead, Finding, Verification};
pub use backup::{
    BackupFile, BackupManifest, BackupMigration, BackupReport, LedgerCheck, TableCount,
    verify_backup,
};
pub use blob::BlobRef;
pub use chain::{hex, sha256_hex};
pub use clock::{Clock, Ids};
pub use composed::{Composed, Slot};
pub use entity::{Change, Entity, Subject, Versioned};
pub use event::Event;
pub use follow::Follower;
pub use jobs::{Job, JobKind, JobState};
pub use migrate::{Migration, SchemaState};
pub use rules::{Rule, RuleSeed, RuleVersion, check_body};
pub use seal::Keyring;
pub use store::{IdempotencyKey, Options, Request, Store};
pub use tx::Tx;
pub use value::{Json, Row, Value, json_column};
