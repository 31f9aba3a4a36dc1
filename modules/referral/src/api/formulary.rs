//! The formulary of a member: the list of its kind, and what it says itself.

use http::{App, Created, Ctx, Etag, Json, Path, Query, Result, access};
use kernel::Id;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::formulary::{self, FormularyEntry, FormularyView, NewFormularyEntry};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_formulary, referral_formulary_set))
        .routes(routes!(referral_formulary_end))
}

/// Whose formulary.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct FormularyQuery {
    /// Another organization than the caller's own, within the permission.
    org_id: Option<Id>,
}

/// The formulary of a member: what organizations of its kind have, and what it says itself.
#[utoipa::path(
    get, path = "/api/referrals/formulary", tag = "referral", operation_id = "referral_formulary",
    params(FormularyQuery), responses((status = 200, body = FormularyView)),
    extensions(("x-permission" = json!("referral.formulary"))),
)]
async fn referral_formulary(
    ctx: Ctx,
    Query(query): Query<FormularyQuery>,
) -> Result<Json<FormularyView>> {
    let view = ctx.read(move |tx| {
        let org_id = query.org_id.unwrap_or(tx.actor().org_id);
        access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
        formulary::view(tx, org_id)
    });
    Ok(Json(view.await?))
}

/// Says of a drug whether a member has it, from a day on.
#[utoipa::path(
    post, path = "/api/referrals/formulary", tag = "referral",
    operation_id = "referral_formulary_set", request_body = NewFormularyEntry,
    responses((status = 201, body = FormularyEntry)),
    extensions(("x-permission" = json!("referral.formulary"))),
)]
async fn referral_formulary_set(
    ctx: Ctx,
    Json(body): Json<NewFormularyEntry>,
) -> Result<Created<FormularyEntry>> {
    let made = ctx.write(move |tx| {
        let entry = formulary::set(tx, &body)?;
        Ok(Etag::new(entry.version, entry.data))
    });
    Ok(Created(made.await?))
}

/// Ends an entry at once; the list of the kind holds again.
#[utoipa::path(
    post, path = "/api/referrals/formulary/{id}/end", tag = "referral",
    operation_id = "referral_formulary_end", params(("id" = Id, Path)),
    responses((status = 200, body = FormularyEntry)),
    extensions(("x-permission" = json!("referral.formulary"))),
)]
async fn referral_formulary_end(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<FormularyEntry>> {
    let seen = ctx.if_match()?;
    let ended = ctx.write(move |tx| {
        let entry = formulary::end(tx, id, seen)?;
        Ok(Etag::new(entry.version, entry.data))
    });
    Ok(ended.await?)
}
