//! The role and scope matrix: rule set `access.roles`, seeded from what the modules grant.

use std::collections::BTreeMap;

use kernel::{Result, Scope};
use serde::{Deserialize, Serialize};
use store::{RuleSeed, Tx, check_body};

use crate::Module;

/// The matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleMatrix {
    /// Permissions the matrix decided on; a new release adds its new ones with their defaults.
    pub known: Vec<String>,
    /// The roles.
    pub roles: Vec<RoleDefinition>,
}

/// A role and how far each of its permissions reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleDefinition {
    /// Stable code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Permission code → scope; what is absent is not allowed.
    pub grants: BTreeMap<String, Scope>,
}

/// The roles of a consortium (domain: users and journeys), before grants.
const ROLES: &[(&str, &str, &str)] = &[
    ("village-doctor", "村医", "Village doctor"),
    ("general-practitioner", "全科医生", "General practitioner"),
    ("referral-office", "转诊办公室", "Referral office"),
    ("attending-doctor", "主治医师", "Attending doctor"),
    ("ward-nurse", "病区护士", "Ward nurse"),
    ("bed-manager", "床位管理员", "Bed manager"),
    ("duty-chief", "总值班", "Duty chief"),
    ("dispatcher", "信息调度员", "Dispatcher"),
    ("technician", "技师", "Technician"),
    ("pharmacist", "药师", "Pharmacist"),
    ("director", "院长", "Director"),
    ("privacy-officer", "隐私保护专员", "Privacy officer"),
    ("security-admin", "安全管理员", "Security administrator"),
    ("system-admin", "系统管理员", "System administrator"),
    ("audit-admin", "审计管理员", "Audit administrator"),
    ("health-bureau", "卫健局", "Health bureau"),
    ("resident", "居民", "Resident"),
];

const CODE: &str = "access.roles";

impl RoleMatrix {
    /// The matrix as the modules propose it.
    pub fn from_modules(modules: &[Module]) -> Self {
        let permissions = modules.iter().flat_map(|module| module.permissions);
        let known = permissions
            .map(|permission| permission.code.to_owned())
            .collect();
        let roles = ROLES.iter().map(|&(code, name_zh, name_en)| {
            let grants = modules
                .iter()
                .flat_map(|module| module.grants)
                .filter(|grant| grant.role == code);
            RoleDefinition {
                code: code.to_owned(),
                name_zh: name_zh.to_owned(),
                name_en: name_en.to_owned(),
                grants: grants
                    .map(|grant| (grant.permission.to_owned(), grant.scope))
                    .collect(),
            }
        });
        Self {
            known,
            roles: roles.collect(),
        }
    }

    /// What a role may do; nothing for an unknown role.
    pub fn grants(&self, role: &str) -> BTreeMap<String, Scope> {
        let found = self.roles.iter().find(|definition| definition.code == role);
        found
            .map(|definition| definition.grants.clone())
            .unwrap_or_default()
    }

    /// Adds permissions this matrix has not decided on, with the defaults; answers whether any were.
    fn adopt(&mut self, defaults: &Self) -> bool {
        let new: Vec<&String> = defaults
            .known
            .iter()
            .filter(|code| !self.known.contains(code))
            .collect();
        for role in &mut self.roles {
            let proposed = defaults.grants(&role.code);
            for code in &new {
                if let Some(scope) = proposed.get(*code) {
                    role.grants.insert((*code).clone(), *scope);
                }
            }
        }
        let changed = !new.is_empty();
        self.known.extend(new.into_iter().cloned());
        changed
    }
}

/// The seed under which the matrix is stored and edited.
pub fn roles_seed() -> RuleSeed {
    RuleSeed {
        code: CODE,
        title_zh: "角色权限矩阵",
        title_en: "Role and scope matrix",
        source: "本地设定",
        body: "{}",
        check: check_body::<RoleMatrix>,
    }
}

/// The matrix in force.
///
/// # Errors
/// `rule.missing` before the first start.
pub fn role_matrix(tx: &mut Tx<'_>) -> Result<RoleMatrix> {
    tx.rule::<RoleMatrix>(CODE).map(|rule| rule.body)
}

/// Stores the matrix at the first start, and adds what a new release brings.
///
/// # Errors
/// Whatever the database reports.
pub fn seed_roles(tx: &mut Tx<'_>, defaults: &RoleMatrix) -> Result<()> {
    let versions = tx.rule_versions(CODE)?;
    let today = tx.now().date();
    let Some(newest) = versions.first() else {
        let body = serde_json::json!(defaults);
        return tx
            .add_rule_version(&roles_seed(), 0, "1970-01-01".parse()?, "初始值", &body)
            .map(|_| ());
    };
    let mut matrix: RoleMatrix =
        serde_json::from_value(newest.body.clone()).map_err(kernel::Error::internal)?;
    if matrix.adopt(defaults) {
        let (after, body) = (newest.version, serde_json::json!(matrix));
        tx.add_rule_version(
            &roles_seed(),
            after,
            today,
            "版本升级新增权限的默认值",
            &body,
        )?;
    }
    Ok(())
}
