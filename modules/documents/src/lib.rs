//! Clinical documents (CDA): received, kept to the byte, shown, composed.
//!
//! There is one way of storing a document, [`receive`]: HL7 v2 messages use it too. What is stored is
//! a Binary and a DocumentReference of the FHIR store, under the same access rules as every entry.

mod api;
pub mod base64;
mod compose;
mod discharge;
mod messages;
mod model;
mod receive;
mod reference;
mod rules;
mod view;

pub use model::State;
pub use receive::{Incoming, Stored, receive, refusal, take_back};

use http::Module;
use store::Migration;

const MIGRATIONS: &[Migration] = &[Migration {
    module: "documents",
    number: 1,
    name: "documents by the numbers in their headers",
    sql: include_str!("../sql/0001_documents.sql"),
}];

/// What the server mounts. Who reads and writes documents is who reads and writes by FHIR.
pub fn module() -> Module {
    Module {
        migrations: MIGRATIONS,
        rule_seeds: rules::SEEDS,
        messages: messages::MESSAGES,
        ..Module::new("documents", api::routes())
    }
}

#[cfg(test)]
mod tests;
