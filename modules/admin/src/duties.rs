//! Separation of duties: system, security and audit lie in three pairs of hands
//! (GB/T 22239-2019 8.1.4, 8.1.5).

use std::collections::BTreeSet;

use http::signin::RoleMatrix;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};

/// A duty that one person holds alone.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Keeps the system running: jobs and rule sets.
    System,
    /// Says who may do what: accounts, roles, tokens.
    Security,
    /// Watches the two others.
    Audit,
}

/// The duty a permission belongs to, where it belongs to one.
pub fn duty_of(permission: &str) -> Option<Duty> {
    match permission {
        "job.manage" | "rule.manage" => Some(Duty::System),
        "account.manage" | "role.manage" | "token.manage" => Some(Duty::Security),
        "audit.read" | "audit.verify" => Some(Duty::Audit),
        _ => None,
    }
}

/// The duties a role holds under a matrix.
pub fn duties_of(matrix: &RoleMatrix, role: &str) -> BTreeSet<Duty> {
    matrix
        .grants(role)
        .keys()
        .filter_map(|code| duty_of(code))
        .collect()
}

/// Refuses a matrix in which a role holds two duties, nobody could change the matrix any more, or
/// a permission does not exist.
///
/// # Errors
/// `admin.duties-mixed`, `admin.locked-out`, `admin.permission-unknown`, `admin.role-code`,
/// `admin.role-twice`.
pub fn check_matrix(matrix: &RoleMatrix, permissions: &[&str]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (at, role) in matrix.roles.iter().enumerate() {
        let field = format!("matrix.roles[{at}]");
        let well_formed = !role.code.is_empty()
            && role.code.len() <= 40
            && role
                .code
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !well_formed || role.code == "system" {
            let detail = "a role code has up to 40 small letters and hyphens, and is not `system`";
            return Err(Error::invalid(
                "admin.role-code",
                format!("{field}.code"),
                detail,
            ));
        }
        if !seen.insert(role.code.as_str()) {
            let detail = format!("the role {} is there twice", role.code);
            return Err(Error::invalid(
                "admin.role-twice",
                format!("{field}.code"),
                detail,
            ));
        }
        if let Some(code) = role
            .grants
            .keys()
            .find(|code| !permissions.contains(&code.as_str()))
        {
            let detail = format!("there is no permission {code}");
            let error = Error::invalid(
                "admin.permission-unknown",
                format!("{field}.grants"),
                detail,
            );
            return Err(error.with(serde_json::json!({ "permission": code })));
        }
        check_alone(&duties_of(matrix, &role.code)).map_err(|error| error.at(field))?;
    }
    let keeps = |code: &str| {
        matrix
            .roles
            .iter()
            .any(|role| role.grants.contains_key(code))
    };
    if keeps("role.manage") && keeps("account.manage") {
        return Ok(());
    }
    let detail = "no role could change accounts or this matrix any more; leave both to one role";
    Err(Error::rule("admin.locked-out", detail))
}

/// Refuses more than one duty in one pair of hands.
///
/// # Errors
/// `admin.duties-mixed`.
pub fn check_alone(duties: &BTreeSet<Duty>) -> Result<()> {
    if duties.len() <= 1 {
        return Ok(());
    }
    let detail = "system, security and audit duties lie in three pairs of hands; nobody holds two";
    Err(Error::rule("admin.duties-mixed", detail).with(serde_json::json!({ "duties": duties })))
}
