//! Who would hold two duties under a matrix: separation of duties is kept for accounts that have
//! their roles already, not only when a role is given.

use std::collections::BTreeSet;

use http::signin::{self, RoleMatrix};
use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Tx, params};

use crate::duties::{self, Duty};

/// Accounts a refusal names; the rest it counts.
const NAMED_MAX: usize = 20;

/// Accounts with several roles, disabled ones among them: they may be enabled at any time.
const SEVERAL_ROLES: &str = "SELECT g.account_id, a.username, g.role
    FROM assignment AS g JOIN account AS a ON a.id = g.account_id
    WHERE (g.valid_to IS NULL OR g.valid_to >= $1) AND g.account_id IN (
        SELECT account_id FROM assignment WHERE valid_to IS NULL OR valid_to >= $1
        GROUP BY account_id HAVING COUNT(DISTINCT role) > 1)
    ORDER BY a.username, g.role";

/// A role somebody has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    account_id: Id,
    username: String,
    role: String,
}

/// An account that would hold more than one duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Holder {
    id: Id,
    username: String,
    roles: BTreeSet<String>,
    duties: BTreeSet<Duty>,
}

/// The accounts that would hold two duties from `day` on if `matrix` were in force.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn of_two_duties(
    tx: &mut Tx<'_>,
    matrix: &RoleMatrix,
    day: Date,
) -> Result<Vec<Holder>> {
    let held: Vec<Held> = tx.query(SEVERAL_ROLES, &params![day])?;
    Ok(sorted_out(matrix, held))
}

/// `held` comes account by account.
fn sorted_out(matrix: &RoleMatrix, held: Vec<Held>) -> Vec<Holder> {
    let mut holders: Vec<Holder> = Vec::new();
    for one in held {
        let duties = duties::duties_of(matrix, &one.role);
        match holders.last_mut().filter(|last| last.id == one.account_id) {
            Some(last) => {
                last.roles.insert(one.role);
                last.duties.extend(duties);
            }
            None => holders.push(Holder {
                id: one.account_id,
                username: one.username,
                roles: BTreeSet::from([one.role]),
                duties,
            }),
        }
    }
    holders.retain(|holder| duties::check_alone(&holder.duties).is_err());
    holders
}

/// Refuses a matrix under which somebody would hold two duties, and names them.
///
/// # Errors
/// `admin.duties-held`.
pub(crate) fn refuse(holders: &[Holder]) -> Result<()> {
    if holders.is_empty() {
        return Ok(());
    }
    let named = &holders[..holders.len().min(NAMED_MAX)];
    let names: Vec<&str> = named
        .iter()
        .map(|holder| holder.username.as_str())
        .collect();
    let (count, names) = (holders.len(), names.join(", "));
    let detail = format!(
        "{count} account(s) would hold two of the duties system, security and audit: {names}; end one \
         of their roles first"
    );
    let data = json!({ "count": count, "names": names, "accounts": named });
    Err(Error::rule("admin.duties-held", detail).with(data))
}

/// The matrix in force and those that will be: what is given today must fit them all.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn matrices_from_today(tx: &mut Tx<'_>) -> Result<Vec<RoleMatrix>> {
    let mut matrices = vec![signin::role_matrix(tx)?];
    let today = tx.now().date();
    for version in tx.rule_versions(signin::roles_seed().code)? {
        if version.effective_from > today {
            matrices.push(serde_json::from_value(version.body).map_err(Error::internal)?);
        }
    }
    Ok(matrices)
}
