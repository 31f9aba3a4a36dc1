//! SMART on FHIR: this platform as the authorization server of apps.
//!
//! An app is registered by an administrator, asks somebody for access, and gets tokens that work under
//! `/fhir` only, within its scopes and never further than whom it acts for. What a scope means on each
//! path is the FHIR module's; see [`kernel::AppGrant`].

mod api;
mod assertion;
mod authorize;
mod client;
mod code_flow;
mod discovery;
mod jose;
mod keys;
mod launch;
mod messages;
mod model;
mod oauth;
mod rows;
mod scopes;
mod settings;
mod token;
mod token_use;

use http::{Grant, Module, Permission};
use kernel::Scope;
use store::{JobKind, Migration};

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "smart.read",
        title_zh: "查看接入应用",
        title_en: "See apps",
    },
    Permission {
        code: "smart.manage",
        title_zh: "登记、启停接入应用，收回其授权",
        title_en: "Register, start and stop apps, take back what they were granted",
    },
];

const GRANTS: &[Grant] = &[
    Grant::new("system-admin", "smart.read", Scope::Region),
    Grant::new("system-admin", "smart.manage", Scope::Region),
    Grant::new("security-admin", "smart.read", Scope::Region),
    Grant::new("security-admin", "smart.manage", Scope::Region),
    Grant::new("audit-admin", "smart.read", Scope::Region),
];

const MIGRATIONS: &[Migration] = &[Migration {
    module: "smart",
    number: 1,
    name: "apps, grants, codes, tokens, launches, keys",
    sql: include_str!("../sql/0001_smart.sql"),
}];

const JOBS: &[JobKind] = &[JobKind {
    kind: "smart.purge",
    every: Some(kernel::Span::hours(1)),
    run: rows::purge,
}];

/// What the server mounts.
pub fn module() -> Module {
    jose::install();
    Module {
        permissions: PERMISSIONS,
        grants: GRANTS,
        migrations: MIGRATIONS,
        jobs: JOBS,
        rule_seeds: settings::SEEDS,
        messages: messages::MESSAGES,
        moves: Some(rows::move_patient),
        app_tokens: Some(token_use::find),
        ..Module::new("smart", api::routes())
    }
}

#[cfg(test)]
mod tests;
