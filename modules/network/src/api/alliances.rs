//! Specialty alliances.

use http::{App, Created, Ctx, Etag, Json, Path};
use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OrgBrief, Reason, brief, etag};
use crate::commands::{self, AllianceInput, AllianceMemberInput, AllianceUpdate};
use crate::model::Alliance;
use crate::store::groups;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alliance_list, alliance_create))
        .routes(routes!(alliance_get, alliance_update))
        .routes(routes!(alliance_join))
        .routes(routes!(alliance_leave))
        .routes(routes!(alliance_end))
}

/// An alliance and the names of its members.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllianceView {
    /// The alliance.
    #[serde(flatten)]
    pub alliance: Alliance,
    /// The organizations named in it.
    pub orgs: Vec<OrgBrief>,
}

/// Alliances.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllianceList {
    /// By name.
    pub items: Vec<AllianceView>,
}

/// Which member leaves.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceLeave {
    /// The organization.
    pub org_id: Id,
}

/// Every alliance: they cross groups and cities, and who is in one is public.
#[utoipa::path(get, path = "/api/alliances", tag = "network",
    responses((status = 200, body = AllianceList)), extensions(("x-permission" = json!("network.read"))))]
async fn alliance_list(ctx: Ctx) -> http::Result<Json<AllianceList>> {
    let items = ctx
        .read(|tx| {
            let alliances = groups::alliances(tx)?;
            alliances
                .into_iter()
                .map(|alliance| view(tx, alliance).map(|tag| tag.body))
                .collect()
        })
        .await?;
    Ok(Json(AllianceList { items }))
}

fn view(tx: &mut Tx<'_>, alliance: Versioned<Alliance>) -> Result<Etag<AllianceView>> {
    let orgs = alliance
        .members
        .iter()
        .map(|member| brief(tx, member.org_id))
        .collect::<Result<Vec<_>>>()?;
    Ok(Etag::new(
        alliance.version,
        AllianceView {
            alliance: alliance.data,
            orgs,
        },
    ))
}

/// One alliance.
#[utoipa::path(get, path = "/api/alliances/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = AllianceView)), extensions(("x-permission" = json!("network.read"))))]
async fn alliance_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AllianceView>> {
    let read = move |tx: &mut Tx<'_>| {
        let alliance = tx.load::<Alliance>(id)?;
        view(tx, alliance)
    };
    Ok(ctx.read(read).await?)
}

/// Found an alliance; its lead is its first member.
#[utoipa::path(post, path = "/api/alliances", tag = "network", request_body = AllianceInput,
    responses((status = 201, body = Alliance)), extensions(("x-permission" = json!("network.manage"))))]
async fn alliance_create(
    ctx: Ctx,
    Json(body): Json<AllianceInput>,
) -> http::Result<Created<Alliance>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_alliance(tx, &body).map(etag))
            .await?,
    ))
}

/// Change an alliance's names, specialty or files.
#[utoipa::path(put, path = "/api/alliances/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = AllianceUpdate, responses((status = 200, body = Alliance)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn alliance_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AllianceUpdate>,
) -> http::Result<Etag<Alliance>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_alliance(tx, id, seen, &body).map(etag))
        .await?)
}

/// Take an organization into an alliance.
#[utoipa::path(post, path = "/api/alliances/{id}/members", tag = "network", params(("id" = Id, Path)),
    request_body = AllianceMemberInput, responses((status = 200, body = Alliance)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn alliance_join(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AllianceMemberInput>,
) -> http::Result<Etag<Alliance>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::add_alliance_member(tx, id, seen, &body).map(etag))
        .await?)
}

/// Take an organization out of an alliance.
#[utoipa::path(post, path = "/api/alliances/{id}/leave", tag = "network", params(("id" = Id, Path)),
    request_body = AllianceLeave, responses((status = 200, body = Alliance)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn alliance_leave(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AllianceLeave>,
) -> http::Result<Etag<Alliance>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::leave_alliance(tx, id, seen, body.org_id).map(etag))
        .await?)
}

/// End an alliance.
#[utoipa::path(post, path = "/api/alliances/{id}/end", tag = "network", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = Alliance)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn alliance_end(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<Alliance>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::end_alliance(tx, id, seen, &body.reason).map(etag))
        .await?)
}
