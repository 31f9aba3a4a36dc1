//! The FHIR R4 interface under `/fhir`.
//!
//! Resources are kept as the text that came, beside narrow typed rows to find them by. Nobody reads
//! a resource about a patient without a basis, on whatever path, and no read goes unnoted; see
//! [`record`]. What modules own appears here too and is changed through them.

mod access;
mod answer;
mod api;
mod app;
mod bundle;
mod capability;
mod context;
mod document;
mod everything;
mod export;
mod extract;
mod face;
mod hash;
mod history;
mod import;
mod index;
mod jobs;
mod keys;
mod kinds;
mod labels;
mod matching;
mod messages;
mod moves;
mod prepare;
mod profiles;
mod project;
mod refusal;
mod relink;
mod rows;
mod search;
mod settings;
mod shape;
mod subscriptions;
mod terms;
mod write;

pub use extract::{Entries, Entry, WantedEntries, entries_of};
pub use face::{
    SeenResource, find_resources, read_resource, seen_resource, seen_version, store_resource,
};

use http::{App, Grant, Module, Permission};
use kernel::{Result, Scope};
use store::Migration;

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "fhir.read",
        title_zh: "通过 FHIR 接口调阅",
        title_en: "Read by FHIR, on a basis",
    },
    Permission {
        code: "fhir.write",
        title_zh: "通过 FHIR 接口写入",
        title_en: "Write by FHIR, on a basis",
    },
    Permission {
        code: "fhir.export",
        title_zh: "通过 FHIR 接口批量导出",
        title_en: "Export in bulk by FHIR, on a basis",
    },
];

const fn group(role: &'static str, permission: &'static str) -> Grant {
    Grant::new(role, permission, Scope::Group)
}

const fn org(role: &'static str, permission: &'static str) -> Grant {
    Grant::new(role, permission, Scope::Org)
}

const GRANTS: &[Grant] = &[
    group("village-doctor", "fhir.read"),
    org("village-doctor", "fhir.write"),
    group("general-practitioner", "fhir.read"),
    org("general-practitioner", "fhir.write"),
    group("referral-office", "fhir.read"),
    group("referral-office", "fhir.export"),
    group("attending-doctor", "fhir.read"),
    org("attending-doctor", "fhir.write"),
    group("ward-nurse", "fhir.read"),
    org("ward-nurse", "fhir.write"),
    group("duty-chief", "fhir.read"),
    group("technician", "fhir.read"),
    org("technician", "fhir.write"),
    group("pharmacist", "fhir.read"),
    org("pharmacist", "fhir.write"),
    Grant::new("resident", "fhir.read", Scope::Own),
];

const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "fhir",
        number: 1,
        name: "resources, versions, search rows",
        sql: include_str!("../sql/0001_fhir.sql"),
    },
    Migration {
        module: "fhir",
        number: 2,
        name: "patients that were merged, what moved with them",
        sql: include_str!("../sql/0002_moves.sql"),
    },
    Migration {
        module: "fhir",
        number: 3,
        name: "bulk exports",
        sql: include_str!("../sql/0003_export.sql"),
    },
    Migration {
        module: "fhir",
        number: 4,
        name: "subscriptions",
        sql: include_str!("../sql/0004_subscription.sql"),
    },
    Migration {
        module: "fhir",
        number: 5,
        name: "what is sensitive, parts of the record, times",
        sql: include_str!("../sql/0005_labels.sql"),
    },
];

/// What the server mounts.
pub fn module() -> Module {
    Module {
        permissions: PERMISSIONS,
        grants: GRANTS,
        migrations: MIGRATIONS,
        jobs: jobs::JOBS,
        followers: project::FOLLOWERS,
        moves: Some(moves::patient_references),
        seed: Some(jobs::renew_index),
        rule_seeds: settings::SEEDS,
        messages: messages::MESSAGES,
        ..Module::new("fhir", api::routes())
    }
}

/// Sends what subscriptions wait for; answers how many notices were dealt with. The server calls it in
/// a loop beside jobs and followers, since it reaches outside and an endpoint may be slow.
///
/// # Errors
/// Whatever the database reports; an endpoint that does not answer is no error.
pub async fn deliver(app: &App) -> Result<usize> {
    subscriptions::deliver(app).await
}

#[cfg(test)]
mod tests;
