//! Services and techniques that members offer.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Page, page};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OrgBrief, after_id, etag};
use crate::commands::{self, TechniqueInput};
use crate::model::{Technique, TechniqueState, word};
use crate::store::catalogue::{self, Filter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(technique_list, technique_create))
        .routes(routes!(technique_providers))
        .routes(routes!(technique_get, technique_update))
        .routes(routes!(technique_stop))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TechniqueParams {
    /// Part of a name, pinyin, initials or code.
    q: Option<String>,
    /// Offered by this member.
    org_id: Option<Id>,
    /// With this catalogue code.
    code: Option<String>,
    /// Offered or stopped.
    state: Option<TechniqueState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProviderParams {
    /// Catalogue code.
    code: String,
    /// For this organization; the caller's own if absent.
    for_org_id: Option<Id>,
}

/// Who offers a technique to an organization.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkProviders)]
pub struct Providers {
    /// Nearest first where positions are known, then by name.
    pub items: Vec<OrgBrief>,
}

/// Services and techniques within reach.
#[utoipa::path(get, path = "/api/techniques", tag = "network", params(TechniqueParams),
    responses((status = 200, body = Page<Technique>)), extensions(("x-permission" = json!("network.read"))))]
async fn technique_list(
    ctx: Ctx,
    Query(params): Query<TechniqueParams>,
) -> http::Result<Json<Page<Technique>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| {
            let filter = Filter {
                everywhere: commands::reaches_everything(tx),
                q: params.q.clone(),
                org_id: params.org_id,
                code: params.code.clone(),
                state: params.state.as_ref().map(word),
                after: after_id(params.after.as_deref())?,
            };
            catalogue::techniques(tx, &filter, limit + 1)
        })
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |technique: &Technique| technique.id,
        |row| row.data,
    )))
}

/// Who offers a technique to an organization.
#[utoipa::path(get, path = "/api/techniques/providers", tag = "network", params(ProviderParams),
    responses((status = 200, body = Providers)), extensions(("x-permission" = json!("network.read"))))]
async fn technique_providers(
    ctx: Ctx,
    Query(params): Query<ProviderParams>,
) -> http::Result<Json<Providers>> {
    let items = ctx
        .read(move |tx| {
            let for_org = params.for_org_id.unwrap_or(tx.actor().org_id);
            if !commands::reaches_everything(tx) {
                http::access::require_org(tx, for_org)?;
            }
            crate::technique_providers(tx, &params.code, for_org)
        })
        .await?;
    Ok(Json(Providers {
        items: items.into_iter().map(OrgBrief::from).collect(),
    }))
}

/// One service or technique.
#[utoipa::path(get, path = "/api/techniques/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Technique)), extensions(("x-permission" = json!("network.read"))))]
async fn technique_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Technique>> {
    let read = move |tx: &mut Tx<'_>| {
        let technique = tx.load::<Technique>(id)?;
        let seen = commands::reaches_everything(tx) || http::access::covers(tx, technique.org_id)?;
        if seen {
            Ok(etag(technique))
        } else {
            Err(kernel::Error::not_found("technique"))
        }
    };
    Ok(ctx.read(read).await?)
}

/// Offer a service or technique.
#[utoipa::path(post, path = "/api/techniques", tag = "network", request_body = TechniqueInput,
    responses((status = 201, body = Technique)), extensions(("x-permission" = json!("network.manage"))))]
async fn technique_create(
    ctx: Ctx,
    Json(body): Json<TechniqueInput>,
) -> http::Result<Created<Technique>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_technique(tx, &body).map(etag))
            .await?,
    ))
}

/// Change what is offered, or to whom.
#[utoipa::path(put, path = "/api/techniques/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = TechniqueInput, responses((status = 200, body = Technique)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn technique_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<TechniqueInput>,
) -> http::Result<Etag<Technique>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_technique(tx, id, seen, &body).map(etag))
        .await?)
}

/// Stop offering it.
#[utoipa::path(post, path = "/api/techniques/{id}/stop", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Technique)), extensions(("x-permission" = json!("network.manage"))))]
async fn technique_stop(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Technique>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::stop_technique(tx, id, seen).map(etag))
        .await?)
}
