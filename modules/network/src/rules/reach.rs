//! Which organizations each viewer's permissions reach: below it, in its groups, in its region.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Id;

use crate::model::OrgKind;

/// An organization as the tree sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) id: Id,
    pub(crate) parent_id: Option<Id>,
    pub(crate) kind: OrgKind,
}

/// What one viewer's permissions reach, scope by scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) below: BTreeSet<Id>,
    pub(crate) group: BTreeSet<Id>,
    pub(crate) region: BTreeSet<Id>,
}

/// The reach of every organization. `members` are pairs of an active group and a live member; those
/// below a member in the tree belong to its group too. A bureau's region is everything below its
/// region node; every other organization's region is its groups. The installation itself (the nil id,
/// where administrators stand before the first organization is there) reaches all.
pub(crate) fn reach_of_all(nodes: &[Node], members: &[(Id, Id)]) -> BTreeMap<Id, Reach> {
    let by_id: BTreeMap<Id, Node> = nodes.iter().map(|node| (node.id, *node)).collect();
    let mut below: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for node in nodes {
        for above in path_up(&by_id, node.id) {
            below.entry(above).or_default().insert(node.id);
        }
    }
    let mut groups: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for (group, member) in members {
        groups
            .entry(*group)
            .or_default()
            .extend(below.get(member).into_iter().flatten());
    }
    let mut group_of: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for members in groups.values() {
        for member in members {
            group_of.entry(*member).or_default().extend(members);
        }
    }
    let reach = |node: &Node| {
        let below_it = below.get(&node.id).cloned().unwrap_or_default();
        let mut group = group_of.get(&node.id).cloned().unwrap_or_default();
        group.extend(&below_it);
        let region = if node.kind.is_government() {
            let mut path = path_up(&by_id, node.id).into_iter();
            let region = path.find(|id| {
                by_id
                    .get(id)
                    .is_some_and(|above| above.kind == OrgKind::Region)
            });
            region
                .and_then(|id| below.get(&id).cloned())
                .unwrap_or_else(|| below_it.clone())
        } else {
            group.clone()
        };
        (
            node.id,
            Reach {
                below: below_it,
                group,
                region,
            },
        )
    };
    let everything: BTreeSet<Id> = nodes.iter().map(|node| node.id).collect();
    let installation = Reach {
        below: everything.clone(),
        group: everything.clone(),
        region: everything,
    };
    nodes
        .iter()
        .map(reach)
        .chain([(Id::NIL, installation)])
        .collect()
}

/// The organization and those above it; a circle in damaged data ends the walk.
fn path_up(by_id: &BTreeMap<Id, Node>, id: Id) -> Vec<Id> {
    let mut path = Vec::new();
    let mut at = Some(id);
    while let Some(id) = at.filter(|id| !path.contains(id)) {
        path.push(id);
        at = by_id.get(&id).and_then(|node| node.parent_id);
    }
    path
}
