//! Groups and memberships.

use http::{App, Created, Ctx, Etag, Json, Path};
use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OrgBrief, Reason, brief, etag};
use crate::commands::{
    self, ApprovalInput, GroupInput, GroupUpdate, MembershipInput, MembershipUpdate,
};
use crate::model::{Group, GroupState, Membership};
use crate::store::groups;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(group_list, group_create))
        .routes(routes!(group_get, group_update))
        .routes(routes!(group_approve))
        .routes(routes!(group_activate))
        .routes(routes!(group_dissolve))
        .routes(routes!(group_join))
        .routes(routes!(membership_update))
        .routes(routes!(membership_leave))
}

/// A group in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupSummary {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// The lead hospital.
    pub lead: OrgBrief,
    /// Live members, the lead among them.
    pub member_count: u32,
}

/// Groups.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupList {
    /// By name.
    pub items: Vec<GroupSummary>,
}

/// A membership and its organization.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// The membership.
    #[serde(flatten)]
    pub membership: Membership,
    /// Send it back in `If-Match`.
    pub version: i64,
    /// The organization.
    pub org: OrgBrief,
}

/// A group's page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupDetail {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// The lead hospital.
    pub lead: OrgBrief,
    /// Members, past ones too.
    pub members: Vec<MemberView>,
    /// What this viewer may do: `update`, `approve`, `activate`, `join`, `dissolve`.
    pub actions: Vec<String>,
}

/// Groups with a member within reach.
#[utoipa::path(get, path = "/api/groups", tag = "network", responses((status = 200, body = GroupList)),
    extensions(("x-permission" = json!("network.read"))))]
async fn group_list(ctx: Ctx) -> http::Result<Json<GroupList>> {
    let items = ctx
        .read(|tx| {
            let mut items = Vec::new();
            for group in groups::all(tx)? {
                let members = groups::members(tx, group.id)?;
                if !is_seen(tx, &group, &members)? {
                    continue;
                }
                let live = members
                    .iter()
                    .filter(|member| member.left_on.is_none())
                    .count();
                items.push(GroupSummary {
                    lead: brief(tx, group.lead_org_id)?,
                    member_count: u32::try_from(live).unwrap_or(u32::MAX),
                    group: group.data,
                });
            }
            Ok(items)
        })
        .await?;
    Ok(Json(GroupList { items }))
}

fn is_seen(tx: &mut Tx<'_>, group: &Group, members: &[Versioned<Membership>]) -> Result<bool> {
    if commands::reaches_everything(tx) || http::access::covers(tx, group.lead_org_id)? {
        return Ok(true);
    }
    for member in members {
        if http::access::covers(tx, member.org_id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A group's page.
#[utoipa::path(get, path = "/api/groups/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = GroupDetail)), extensions(("x-permission" = json!("network.read"))))]
async fn group_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<GroupDetail>> {
    Ok(ctx.read(move |tx| detail(tx, id)).await?)
}

fn detail(tx: &mut Tx<'_>, id: Id) -> Result<Etag<GroupDetail>> {
    let group = tx.load::<Group>(id)?;
    let rows = groups::members(tx, id)?;
    if !is_seen(tx, &group, &rows)? {
        return Err(kernel::Error::not_found("group"));
    }
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let org = brief(tx, row.org_id)?;
        members.push(MemberView {
            version: row.version,
            membership: row.data,
            org,
        });
    }
    let body = GroupDetail {
        lead: brief(tx, group.lead_org_id)?,
        members,
        actions: actions(tx, &group)?,
        group: group.data,
    };
    Ok(Etag::new(group.version, body))
}

fn actions(tx: &mut Tx<'_>, group: &Group) -> Result<Vec<String>> {
    let mut actions = Vec::new();
    let mut may = |permission: &str| match tx.actor().scope(permission) {
        Some(scope) => Ok(commands::reaches_everything(tx)
            || http::access::covers_as(tx, scope, group.lead_org_id)?),
        None => Ok::<bool, kernel::Error>(false),
    };
    let (manages, decides) = (
        may(crate::PERMISSION_MANAGE)?,
        may(crate::PERMISSION_DECIDE)?,
    );
    if manages && group.state != GroupState::Dissolved {
        actions.extend(["update", "join", "dissolve"]);
    }
    if manages && group.state == GroupState::Forming && group.approval.is_some() {
        actions.push("activate");
    }
    if decides && group.state == GroupState::Forming {
        actions.push("approve");
    }
    Ok(actions.into_iter().map(str::to_owned).collect())
}

/// Begin to form a group; its lead is its first member.
#[utoipa::path(post, path = "/api/groups", tag = "network", request_body = GroupInput,
    responses((status = 201, body = Group)), extensions(("x-permission" = json!("network.manage"))))]
async fn group_create(ctx: Ctx, Json(body): Json<GroupInput>) -> http::Result<Created<Group>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_group(tx, &body).map(etag))
            .await?,
    ))
}

/// Change name, form or legal-person mode.
#[utoipa::path(put, path = "/api/groups/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = GroupUpdate, responses((status = 200, body = Group)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn group_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<GroupUpdate>,
) -> http::Result<Etag<Group>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_group(tx, id, seen, &body).map(etag))
        .await?)
}

/// Record the formation approval.
#[utoipa::path(post, path = "/api/groups/{id}/approval", tag = "network", params(("id" = Id, Path)),
    request_body = ApprovalInput, responses((status = 200, body = Group)),
    extensions(("x-permission" = json!("network.decide"))))]
async fn group_approve(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<ApprovalInput>,
) -> http::Result<Etag<Group>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::approve_group(tx, id, seen, &body).map(etag))
        .await?)
}

/// Let an approved group begin.
#[utoipa::path(post, path = "/api/groups/{id}/activate", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Group)), extensions(("x-permission" = json!("network.manage"))))]
async fn group_activate(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Group>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::activate_group(tx, id, seen).map(etag))
        .await?)
}

/// End a group and all its memberships.
#[utoipa::path(post, path = "/api/groups/{id}/dissolve", tag = "network", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = Group)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn group_dissolve(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<Group>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::dissolve_group(tx, id, seen, &body.reason).map(etag))
        .await?)
}

/// Take an organization into a group.
#[utoipa::path(post, path = "/api/groups/{id}/members", tag = "network", params(("id" = Id, Path)),
    request_body = MembershipInput, responses((status = 201, body = Membership)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn group_join(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<MembershipInput>,
) -> http::Result<Created<Membership>> {
    Ok(Created(
        ctx.write(move |tx| commands::join_group(tx, id, &body).map(etag))
            .await?,
    ))
}

/// Change role, closeness or council seat of a member.
#[utoipa::path(put, path = "/api/memberships/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = MembershipUpdate, responses((status = 200, body = Membership)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn membership_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<MembershipUpdate>,
) -> http::Result<Etag<Membership>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_membership(tx, id, seen, &body).map(etag))
        .await?)
}

/// End a membership today.
#[utoipa::path(post, path = "/api/memberships/{id}/leave", tag = "network", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = Membership)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn membership_leave(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<Membership>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::leave_group(tx, id, seen, &body.reason).map(etag))
        .await?)
}
