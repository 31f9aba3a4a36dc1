//! Follow-ups as the community's tasks.

use http::{App, Ctx, Etag, Json, Path, Query, Result, access};
use kernel::{Id, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::commands::record_follow_up;
use crate::down::FollowUpRecord;
use crate::follow_ups::{self, FollowUpQuery};
use crate::view::FollowUpView;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_follow_up_list))
        .routes(routes!(referral_follow_up_record))
}

/// Follow-ups the organization owes, the first due first.
#[utoipa::path(
    get, path = "/api/referrals/follow-ups", tag = "referral",
    operation_id = "referral_follow_up_list",
    params(FollowUpQuery), responses((status = 200, body = Page<FollowUpView>)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_follow_up_list(
    ctx: Ctx,
    Query(query): Query<FollowUpQuery>,
) -> Result<Json<Page<FollowUpView>>> {
    let page = ctx.read(move |tx| {
        if let Some(org_id) = query.org_id {
            access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
        }
        follow_ups::list(tx, &query)
    });
    Ok(Json(page.await?))
}

/// Records a follow-up; the last one moves the case on.
#[utoipa::path(
    post, path = "/api/referrals/follow-ups/{id}/record", tag = "referral",
    operation_id = "referral_follow_up_record",
    params(("id" = Id, Path)), request_body = FollowUpRecord,
    responses((status = 200, body = FollowUpView)),
    extensions(("x-permission" = json!("referral.follow-up"))),
)]
async fn referral_follow_up_record(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<FollowUpRecord>,
) -> Result<Etag<FollowUpView>> {
    let seen = ctx.if_match()?;
    let view = ctx.write(move |tx| {
        let follow_up = record_follow_up(tx, id, Some(seen), &body)?;
        Ok(FollowUpView::of(follow_up, tx.now()))
    });
    let view = view.await?;
    Ok(Etag::new(view.version, view))
}
