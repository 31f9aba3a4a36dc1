//! Which organization answers for which area.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Page, page};
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after_id, etag};
use crate::commands::{self, CatchmentCorrection, CatchmentInput};
use crate::model::Catchment;
use crate::store::catalogue::{self, Filter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(catchment_list, catchment_assign))
        .routes(routes!(catchment_get, catchment_correct))
        .routes(routes!(catchment_end))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CatchmentParams {
    /// Answered for by this organization.
    org_id: Option<Id>,
    /// With this area code.
    area_code: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Areas within reach, past arrangements too.
#[utoipa::path(get, path = "/api/catchments", tag = "network", params(CatchmentParams),
    responses((status = 200, body = Page<Catchment>)), extensions(("x-permission" = json!("network.read"))))]
async fn catchment_list(
    ctx: Ctx,
    Query(params): Query<CatchmentParams>,
) -> http::Result<Json<Page<Catchment>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| {
            let filter = Filter {
                everywhere: commands::reaches_everything(tx),
                org_id: params.org_id,
                code: params.area_code.clone(),
                after: after_id(params.after.as_deref())?,
                ..Filter::default()
            };
            catalogue::catchments(tx, &filter, limit + 1)
        })
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |catchment: &Catchment| catchment.id,
        |row| row.data,
    )))
}

/// Say which organization answers for an area; the one before it stops on the same day.
#[utoipa::path(post, path = "/api/catchments", tag = "network", request_body = CatchmentInput,
    responses((status = 201, body = Catchment)), extensions(("x-permission" = json!("network.manage"))))]
async fn catchment_assign(
    ctx: Ctx,
    Json(body): Json<CatchmentInput>,
) -> http::Result<Created<Catchment>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_catchment(tx, &body).map(etag))
            .await?,
    ))
}

/// One arrangement.
#[utoipa::path(get, path = "/api/catchments/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Catchment)), extensions(("x-permission" = json!("network.read"))))]
async fn catchment_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Catchment>> {
    let read = move |tx: &mut Tx<'_>| commands::readable_catchment(tx, id).map(etag);
    Ok(ctx.read(read).await?)
}

/// Correct an area's name, grid or number of residents; who answers for it is assigned anew.
#[utoipa::path(put, path = "/api/catchments/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = CatchmentCorrection, responses((status = 200, body = Catchment)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn catchment_correct(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<CatchmentCorrection>,
) -> http::Result<Etag<Catchment>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::correct_catchment(tx, id, seen, &body).map(etag))
        .await?)
}

/// Leave an area without an organization from today.
#[utoipa::path(post, path = "/api/catchments/{id}/end", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Catchment)), extensions(("x-permission" = json!("network.manage"))))]
async fn catchment_end(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Catchment>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::end_catchment(tx, id, seen).map(etag))
        .await?)
}
