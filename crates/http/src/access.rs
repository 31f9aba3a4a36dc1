//! Which organizations an actor's permission reaches.
//!
//! `org_scope(viewer_id, scope, org_id)` is kept by the network module whenever the tree or a group
//! changes, so that every list narrows with the same sub-select:
//! `org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2)`.

use kernel::{Error, Id, Result, Scope};
use store::{Tx, params};

const COVERS: &str =
    "SELECT COUNT(*) AS count FROM org_scope WHERE viewer_id = $1 AND scope = $2 AND org_id = $3";
const CLEAR: &str = "DELETE FROM org_scope WHERE viewer_id = $1 AND scope = $2";
const ADD: &str = "INSERT INTO org_scope (viewer_id, scope, org_id) VALUES ($1, $2, $3)
    ON CONFLICT (viewer_id, scope, org_id) DO NOTHING";
const VISIBLE: &str =
    "SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2 ORDER BY org_id";

/// Does the scope in force reach `org_id` for the actor?
///
/// # Errors
/// Whatever the database reports.
pub fn covers(tx: &mut Tx<'_>, org_id: Id) -> Result<bool> {
    let Some(scope) = tx.scope() else {
        return Ok(tx.actor().role == "system");
    };
    covers_as(tx, scope, org_id)
}

/// Does `scope` reach `org_id` for the actor?
///
/// # Errors
/// Whatever the database reports.
pub fn covers_as(tx: &mut Tx<'_>, scope: Scope, org_id: Id) -> Result<bool> {
    let viewer = tx.actor().org_id;
    if viewer == org_id {
        return Ok(true);
    }
    if scope <= Scope::Org {
        return Ok(false);
    }
    Ok(tx.count(COVERS, &params![viewer, scope.table_word(), org_id])? > 0)
}

/// Refuses an organization that the scope in force does not reach.
///
/// # Errors
/// `access.out-of-scope`.
pub fn require_org(tx: &mut Tx<'_>, org_id: Id) -> Result<()> {
    if covers(tx, org_id)? {
        return Ok(());
    }
    Err(Error::forbidden(
        "access.out-of-scope",
        "this organization is outside your permission's reach",
    ))
}

/// Replaces what one viewer sees under one scope; the network module calls it for `below`, `group`
/// and `region`, and with the organization itself for `org`.
///
/// # Errors
/// Whatever the database reports.
pub fn set_scope(tx: &mut Tx<'_>, viewer_id: Id, scope: Scope, org_ids: &[Id]) -> Result<()> {
    tx.execute(CLEAR, &params![viewer_id, scope.table_word()])?;
    for org_id in org_ids {
        tx.execute(ADD, &params![viewer_id, scope.table_word(), org_id])?;
    }
    Ok(())
}

/// The organizations that `scope` reaches for the actor.
///
/// # Errors
/// Whatever the database reports.
pub fn visible_orgs(tx: &mut Tx<'_>, scope: Scope) -> Result<Vec<Id>> {
    #[derive(serde::Deserialize)]
    struct Visible {
        org_id: Id,
    }
    let viewer = tx.actor().org_id;
    let rows: Vec<Visible> = tx.query(VISIBLE, &params![viewer, scope.table_word()])?;
    Ok(rows.into_iter().map(|row| row.org_id).collect())
}
