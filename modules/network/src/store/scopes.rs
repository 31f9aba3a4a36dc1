//! Keeps `org_scope` in step with the tree and the groups.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Result, Scope};
use serde::Deserialize;
use store::{Tx, params};

use crate::model::OrgKind;
use crate::rules::{Node, reach_of_all};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeRow {
    id: Id,
    parent_id: Option<Id>,
    kind: OrgKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberRow {
    group_id: Id,
    org_id: Id,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeRow {
    viewer_id: Id,
    scope: String,
    org_id: Id,
}

const NODES: &str = "SELECT id, parent_id, kind FROM organization";
const MEMBERS: &str = "SELECT m.group_id, m.org_id FROM membership AS m
    JOIN consortium_group AS g ON g.id = m.group_id
    WHERE g.state = 'active' AND m.left_on IS NULL AND m.joined_on <= $1";
const STORED: &str = "SELECT viewer_id, scope, org_id FROM org_scope";

/// Works out every viewer's reach and stores what differs. Commands that change the tree or a group
/// call it last, once; they are rare, reads are not.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn refresh(tx: &mut Tx<'_>) -> Result<()> {
    let today = tx.now().date();
    let nodes: Vec<NodeRow> = tx.query(NODES, &[])?;
    let nodes: Vec<Node> = nodes
        .iter()
        .map(|row| Node {
            id: row.id,
            parent_id: row.parent_id,
            kind: row.kind,
        })
        .collect();
    let members: Vec<MemberRow> = tx.query(MEMBERS, &params![today])?;
    let members: Vec<(Id, Id)> = members
        .iter()
        .map(|row| (row.group_id, row.org_id))
        .collect();
    let mut stored: BTreeMap<(Id, String), BTreeSet<Id>> = BTreeMap::new();
    for row in tx.query::<ScopeRow>(STORED, &[])? {
        stored
            .entry((row.viewer_id, row.scope))
            .or_default()
            .insert(row.org_id);
    }
    for (viewer, reach) in reach_of_all(&nodes, &members) {
        let wanted = [
            (Scope::Org, BTreeSet::from([viewer])),
            (Scope::Below, reach.below),
            (Scope::Group, reach.group),
            (Scope::Region, reach.region),
        ];
        for (scope, orgs) in wanted {
            let kept = stored
                .remove(&(viewer, scope.table_word().to_owned()))
                .unwrap_or_default();
            if kept != orgs {
                let orgs: Vec<Id> = orgs.into_iter().collect();
                http::access::set_scope(tx, viewer, scope, &orgs)?;
            }
        }
    }
    Ok(())
}
