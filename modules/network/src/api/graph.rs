//! The tree in the order to show it, and the network as nodes and edges.

use std::collections::{BTreeMap, BTreeSet};

use http::{App, Ctx, Json, Query};
use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::OrgBrief;
use super::organizations::TreeNode;
use crate::commands;
use crate::model::{AllianceState, BondState, GroupState, Organization, word};
use crate::store::groups::{self, BondFilter};
use crate::store::organizations;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(network_graph))
}

/// Bonds of one graph; beyond that the picture is unreadable anyway.
const BONDS_MAX: u32 = 2_000;

/// What sort of tie an edge stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = NetworkEdgeKind)]
pub enum EdgeKind {
    /// From an organization to its parent in the tree.
    Parent,
    /// From a member to the lead of its group.
    Membership,
    /// From a member to the lead of an alliance.
    Alliance,
    /// From the giving to the receiving side of a bond.
    Bond,
}

/// An organization in the graph.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkGraphNode)]
pub struct GraphNode {
    /// The organization.
    #[serde(flatten)]
    pub org: OrgBrief,
    /// What it hangs below.
    pub parent_id: Option<Id>,
    /// Groups it leads.
    pub leads_group_ids: Vec<Id>,
}

/// A tie in the graph.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkGraphEdge)]
pub struct GraphEdge {
    /// The membership, alliance or bond; the child organization for the tree.
    pub id: Id,
    /// What sort.
    pub kind: EdgeKind,
    /// From this organization.
    pub from_org_id: Id,
    /// To this one.
    pub to_org_id: Id,
    /// Cooperation mode, bond kind or specialty.
    pub detail: Option<String>,
    /// Name of the group or alliance, title of the bond.
    pub label: Option<String>,
    /// The group of a membership or bond.
    pub group_id: Option<Id>,
}

/// The network as nodes and edges.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkGraph)]
pub struct Graph {
    /// Organizations.
    pub nodes: Vec<GraphNode>,
    /// Ties.
    pub edges: Vec<GraphEdge>,
}

/// What the graph is narrowed by.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GraphParams {
    /// Only this group.
    group_id: Option<Id>,
    /// Only this organization and what it is tied to.
    org_id: Option<Id>,
}

/// Organizations within reach and everything that ties them.
#[utoipa::path(get, path = "/api/network/graph", tag = "network", params(GraphParams),
    responses((status = 200, body = Graph)), extensions(("x-permission" = json!("network.read"))))]
async fn network_graph(ctx: Ctx, Query(params): Query<GraphParams>) -> http::Result<Json<Graph>> {
    Ok(Json(ctx.read(move |tx| graph(tx, &params)).await?))
}

fn graph(tx: &mut Tx<'_>, params: &GraphParams) -> Result<Graph> {
    let everywhere = commands::reaches_everything(tx);
    let scope = tx.scope().unwrap_or(kernel::Scope::Region);
    let reach: BTreeSet<Id> = if everywhere {
        BTreeSet::new()
    } else {
        http::access::visible_orgs(tx, scope)?.into_iter().collect()
    };
    let all: BTreeMap<Id, Organization> = organizations::all(tx)?
        .into_iter()
        .map(|org| (org.id, org.data))
        .collect();
    let edges = edges(tx, &all, everywhere)?;
    let is_seen = |id: &Id| everywhere || reach.contains(id);
    // A tie to somebody outside is shown with the far end's name: who is tied to whom is no secret.
    let mut edges: Vec<GraphEdge> = edges
        .into_iter()
        .filter(|edge| is_seen(&edge.from_org_id) || is_seen(&edge.to_org_id))
        .filter(|edge| {
            params.group_id.is_none()
                || edge.group_id == params.group_id
                || edge.kind == EdgeKind::Parent
        })
        .filter(|edge| {
            params
                .org_id
                .is_none_or(|id| edge.from_org_id == id || edge.to_org_id == id)
        })
        .collect();
    let mut shown: BTreeSet<Id> = match (params.group_id, params.org_id) {
        (None, None) => all.keys().filter(|id| is_seen(id)).copied().collect(),
        (_, Some(id)) => BTreeSet::from([id]),
        (Some(group_id), None) => {
            let live = groups::members(tx, group_id)?
                .into_iter()
                .filter(|one| one.left_on.is_none());
            live.map(|membership| membership.org_id)
                .filter(|id| is_seen(id))
                .collect()
        }
    };
    let is_tie = |edge: &&GraphEdge| edge.kind != EdgeKind::Parent || params.org_id.is_some();
    let ends: Vec<Id> = edges
        .iter()
        .filter(is_tie)
        .flat_map(|edge| [edge.from_org_id, edge.to_org_id])
        .collect();
    shown.extend(ends);
    edges.retain(|edge| shown.contains(&edge.from_org_id) && shown.contains(&edge.to_org_id));
    let groups = groups::all(tx)?;
    let nodes = all
        .into_values()
        .filter(|org| shown.contains(&org.id))
        .map(|org| {
            let led = groups.iter().filter(|group| group.lead_org_id == org.id);
            let leads_group_ids = led
                .filter(|group| group.state != GroupState::Dissolved)
                .map(|group| group.id)
                .collect();
            GraphNode {
                parent_id: org.parent_id,
                leads_group_ids,
                org: org.into(),
            }
        });
    Ok(Graph {
        nodes: nodes.collect(),
        edges,
    })
}

fn edges(
    tx: &mut Tx<'_>,
    all: &BTreeMap<Id, Organization>,
    everywhere: bool,
) -> Result<Vec<GraphEdge>> {
    let mut edges: Vec<GraphEdge> = all
        .values()
        .filter_map(|org| {
            Some(GraphEdge {
                id: org.id,
                kind: EdgeKind::Parent,
                from_org_id: org.id,
                to_org_id: org.parent_id?,
                detail: None,
                label: None,
                group_id: None,
            })
        })
        .collect();
    let groups: BTreeMap<Id, _> = groups::all(tx)?
        .into_iter()
        .map(|group| (group.id, group.data))
        .collect();
    for membership in groups::live_memberships(tx)? {
        let Some(group) = groups.get(&membership.group_id) else {
            continue;
        };
        if group.lead_org_id != membership.org_id {
            edges.push(GraphEdge {
                id: membership.id,
                kind: EdgeKind::Membership,
                from_org_id: membership.org_id,
                to_org_id: group.lead_org_id,
                detail: Some(word(&membership.cooperation_mode)),
                label: Some(group.short_name.clone()),
                group_id: Some(group.id),
            });
        }
    }
    for alliance in groups::alliances(tx)? {
        let live = alliance
            .members
            .iter()
            .filter(|member| member.left_on.is_none());
        let others = live.filter(|member| member.org_id != alliance.lead_org_id);
        for member in others.filter(|_| alliance.state == AllianceState::Active) {
            edges.push(GraphEdge {
                id: alliance.id,
                kind: EdgeKind::Alliance,
                from_org_id: member.org_id,
                to_org_id: alliance.lead_org_id,
                detail: Some(alliance.specialty.clone()),
                label: Some(alliance.name.clone()),
                group_id: None,
            });
        }
    }
    let filter = BondFilter {
        everywhere,
        state: Some(word(&BondState::Active)),
        ..BondFilter::default()
    };
    for bond in groups::bonds(tx, &filter, BONDS_MAX)? {
        edges.push(GraphEdge {
            id: bond.id,
            kind: EdgeKind::Bond,
            from_org_id: bond.from_org_id,
            to_org_id: bond.to_org_id,
            detail: Some(word(&bond.kind)),
            label: Some(bond.title.clone()),
            group_id: bond.group_id,
        });
    }
    Ok(edges)
}

/// The lines of the tree: what is visible, and the way up from each. `all` is sorted by name.
pub(super) fn tree_of(all: &[Organization], visible: &BTreeSet<Id>) -> Vec<TreeNode> {
    let by_id: BTreeMap<Id, &Organization> = all.iter().map(|org| (org.id, org)).collect();
    let mut shown: BTreeSet<Id> = BTreeSet::new();
    for org in all.iter().filter(|org| visible.contains(&org.id)) {
        let mut at = Some(org.id);
        while let Some(id) = at.filter(|id| shown.insert(*id)) {
            at = by_id.get(&id).and_then(|org| org.parent_id);
        }
    }
    let mut below: BTreeMap<Option<Id>, Vec<&Organization>> = BTreeMap::new();
    for org in all.iter().filter(|org| shown.contains(&org.id)) {
        below.entry(org.parent_id).or_default().push(org);
    }
    let mut nodes = Vec::with_capacity(shown.len());
    let mut waiting: Vec<(&Organization, u32)> = below
        .get(&None)
        .into_iter()
        .flatten()
        .rev()
        .map(|org| (*org, 0))
        .collect();
    while let Some((org, depth)) = waiting.pop() {
        let children = below.get(&Some(org.id)).map_or(&[][..], Vec::as_slice);
        nodes.push(TreeNode {
            parent_id: org.parent_id,
            depth,
            children: u32::try_from(children.len()).unwrap_or(u32::MAX),
            is_waypoint: !visible.contains(&org.id),
            org: org.clone().into(),
        });
        waiting.extend(children.iter().rev().map(|child| (*child, depth + 1)));
    }
    nodes
}
