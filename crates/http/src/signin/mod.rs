//! Accounts, passwords, second factors, sessions and the role matrix.

mod api;
mod demo;
mod model;
mod own;
mod password;
mod roles;
mod session;
mod totp;

pub use api::{account_named, assignments as assignments_of};
pub use model::{Account, AccountState, Assignment};
pub use password::{PasswordRules, check_password, set_password, unlock};
pub(crate) use password::{hash, verify};
pub use roles::{RoleDefinition, RoleMatrix, role_matrix, roles_seed, seed_roles};
pub(crate) use session::authenticate;
pub use session::{
    LiveSession, SessionRules, actor_in_role, actor_of_assignment, end_sessions_of, is_open,
};
pub(crate) use totp::seal_secrets;
pub use totp::{code_at, reset_totp, unreadable_totp};

use kernel::Error;
use store::{JobKind, Migration, RuleSeed, check_body, params};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    module: "access",
    number: 1,
    name: "accounts, sessions, scopes, notices",
    sql: include_str!("../../sql/0001_access.sql"),
}];

pub(crate) const RULE_SEEDS: &[RuleSeed] = &[
    RuleSeed {
        code: "access.passwords",
        title_zh: "密码与锁定规则",
        title_en: "Passwords and lock-out",
        source: "GB/T 22239-2019 8.1.4.1 身份鉴别(数值为本地设定)",
        body: r#"{"length_min": 10, "classes_min": 3, "age_days_max": 90, "failures_max": 5,
                  "lock_minutes_first": 1, "lock_minutes_max": 60}"#,
        check: check_body::<PasswordRules>,
    },
    RuleSeed {
        code: "access.sessions",
        title_zh: "登录会话时限",
        title_en: "Session limits",
        source: "GB/T 22239-2019 8.1.4.1 身份鉴别(数值为本地设定)",
        body: r#"{"idle_minutes_max": 60, "age_hours_max": 12}"#,
        check: check_body::<SessionRules>,
    },
];

const PURGE: &str = "DELETE FROM session WHERE expires_at < $1";

pub(crate) const JOBS: &[JobKind] = &[JobKind {
    kind: "access.purge-sessions",
    every: Some(kernel::Span::hours(1)),
    run: |tx, _| {
        let now = tx.now();
        tx.execute(PURGE, &params![now]).map(|_| ())
    },
}];

/// Nobody is signed in, or the proof is wrong.
fn unauthenticated(code: &'static str, detail: &'static str) -> Error {
    Error::new(kernel::Kind::Unauthenticated, code, detail)
}

/// `/api/session` and `/api/demo`.
pub(crate) fn routes() -> utoipa_axum::router::OpenApiRouter<crate::App> {
    api::routes().merge(own::routes()).merge(demo::routes())
}
