//! Accounts, roles, rule sets, audit and jobs on screens.
//!
//! Three duties lie in three pairs of hands: system administrators keep it running and change
//! rules, security administrators say who may do what, audit administrators watch both.

mod account_api;
mod account_list;
mod accounts;
mod audit;
mod audit_api;
mod diff;
mod duties;
mod holders;
mod messages;
mod rule_api;
mod system_api;
mod tokens;

pub use accounts::{NewAccount, NewAdmin, NewAssignment, assign, create, create_admin};
pub use duties::{Duty, check_matrix, duty_of};

use http::{App, Grant, Module, Permission};
use kernel::Scope;
use utoipa_axum::router::OpenApiRouter;

const fn permission(
    code: &'static str,
    title_zh: &'static str,
    title_en: &'static str,
) -> Permission {
    Permission {
        code,
        title_zh,
        title_en,
    }
}

const PERMISSIONS: &[Permission] = &[
    permission("account.read", "查看账号", "See accounts"),
    permission(
        "account.manage",
        "管理账号和岗位",
        "Manage accounts and their roles",
    ),
    permission(
        "token.manage",
        "管理系统令牌",
        "Manage API tokens of systems",
    ),
    permission("role.read", "查看权限矩阵", "See the role and scope matrix"),
    permission(
        "role.manage",
        "更改权限矩阵和安全规则",
        "Change the matrix and security rules",
    ),
    permission("rule.read", "查看规则集", "See rule sets"),
    permission("rule.manage", "更改规则集", "Change rule sets"),
    permission(
        "audit.read",
        "检索和导出审计",
        "Search and export the audit chain",
    ),
    permission("audit.verify", "验证审计链", "Verify the audit chain"),
    permission("job.read", "查看后台任务", "See background jobs"),
    permission("job.manage", "重试后台任务", "Retry background jobs"),
    permission("system.read", "查看系统状态", "See how the system stands"),
];

const GRANTS: &[Grant] = &[
    Grant::new("security-admin", "account.read", Scope::Group),
    Grant::new("security-admin", "account.manage", Scope::Group),
    Grant::new("security-admin", "token.manage", Scope::Group),
    Grant::new("security-admin", "role.read", Scope::Group),
    Grant::new("security-admin", "role.manage", Scope::Group),
    Grant::new("security-admin", "rule.read", Scope::Group),
    Grant::new("system-admin", "rule.read", Scope::Group),
    Grant::new("system-admin", "rule.manage", Scope::Group),
    Grant::new("system-admin", "job.read", Scope::Group),
    Grant::new("system-admin", "job.manage", Scope::Group),
    Grant::new("system-admin", "system.read", Scope::Group),
    Grant::new("audit-admin", "account.read", Scope::Group),
    Grant::new("audit-admin", "role.read", Scope::Group),
    Grant::new("audit-admin", "rule.read", Scope::Group),
    Grant::new("audit-admin", "audit.read", Scope::Group),
    Grant::new("audit-admin", "audit.verify", Scope::Group),
    Grant::new("audit-admin", "system.read", Scope::Group),
    Grant::new("privacy-officer", "audit.read", Scope::Org),
    Grant::new("privacy-officer", "account.read", Scope::Org),
    Grant::new("director", "rule.read", Scope::Org),
    Grant::new("referral-office", "rule.read", Scope::Org),
];

/// What the server mounts.
pub fn module() -> Module {
    let mut module = Module::new("admin", routes());
    module.permissions = PERMISSIONS;
    module.grants = GRANTS;
    module.messages = messages::MESSAGES;
    module
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(account_api::routes())
        .merge(tokens::routes())
        .merge(rule_api::routes())
        .merge(audit_api::routes())
        .merge(system_api::routes())
}

#[cfg(test)]
mod tests;
