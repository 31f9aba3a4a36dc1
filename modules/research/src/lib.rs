//! De-identified extracts of the record for research and supervision: asked for, approved by somebody
//! else, made in the background, checked for k-anonymity, fetched, and gone when their time is up.
//!
//! Fields are given by a list, never left out by one. README.md says what is done to them.

mod anonymity;
mod api;
mod columns;
mod commands;
mod fields;
mod gather;
mod messages;
mod model;
mod plan;
mod pseudonym;
mod rule;
mod run;

use http::{Grant, Module, Permission, WorkItem};
use kernel::{Result, Scope, Span};
use store::{JobKind, Migration, Tx};

/// Sees extracts and their reports.
pub const PERMISSION_READ: &str = "research.read";
/// Asks for extracts and fetches them.
pub const PERMISSION_REQUEST: &str = "research.request";
/// Decides on extracts.
pub const PERMISSION_APPROVE: &str = "research.approve";

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: PERMISSION_READ,
        title_zh: "查看去标识化数据提取",
        title_en: "See de-identified extracts",
    },
    Permission {
        code: PERMISSION_REQUEST,
        title_zh: "申请和下载去标识化数据提取",
        title_en: "Ask for de-identified extracts and fetch them",
    },
    Permission {
        code: PERMISSION_APPROVE,
        title_zh: "审批去标识化数据提取",
        title_en: "Decide on de-identified extracts",
    },
];

const GRANTS: &[Grant] = &[
    Grant::new("health-bureau", PERMISSION_READ, Scope::Region),
    Grant::new("health-bureau", PERMISSION_REQUEST, Scope::Region),
    Grant::new("director", PERMISSION_READ, Scope::Group),
    Grant::new("director", PERMISSION_REQUEST, Scope::Group),
    Grant::new("privacy-officer", PERMISSION_READ, Scope::Group),
    Grant::new("privacy-officer", PERMISSION_APPROVE, Scope::Group),
];

const MIGRATIONS: &[Migration] = &[Migration {
    module: "research",
    number: 1,
    name: "de-identified extracts",
    sql: include_str!("../sql/0001_research.sql"),
}];

const JOBS: &[JobKind] = &[
    JobKind {
        kind: run::JOB,
        every: None,
        run: run::step,
    },
    JobKind {
        kind: "research.expire",
        every: Some(Span::hours(1)),
        run: run::expire,
    },
];

/// Requests that wait, shown at most.
const WORK_MAX: u32 = 50;

/// What the server mounts.
pub fn module() -> Module {
    Module {
        permissions: PERMISSIONS,
        grants: GRANTS,
        migrations: MIGRATIONS,
        jobs: JOBS,
        rule_seeds: rule::SEEDS,
        messages: messages::MESSAGES,
        work: Some(work),
        ..Module::new("research", api::routes())
    }
}

/// Requests that wait for a decision.
fn work(tx: &mut Tx<'_>) -> Result<Vec<WorkItem>> {
    let waiting = commands::waiting(tx, WORK_MAX)?;
    Ok(waiting
        .into_iter()
        .map(|extract| WorkItem {
            id: extract.id,
            module: "research".to_owned(),
            kind: "research-extract".to_owned(),
            title: extract.asked.purpose.clone(),
            subtitle: extract.requested.name.clone(),
            since: extract.requested.at,
            due: Some(extract.ends_at),
            reason: "research.decide".to_owned(),
            link: format!("/research/{}", extract.id),
            org_id: Some(extract.org_id),
            priority: "routine".to_owned(),
        })
        .collect())
}

#[cfg(test)]
mod tests;
