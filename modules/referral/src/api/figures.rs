//! The workbench's figures.

use http::{App, Ctx, Json, Query, Result, access};
use kernel::{Id, Page, Scope};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::figures::{self, IndicatorCode, Part, Statistics};
use crate::lists::ReferralRow;
use crate::model::month_of;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_statistics))
        .routes(routes!(referral_statistics_rows))
}

/// Which figures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct StatisticsQuery {
    /// `2026-11`; this month when absent.
    month: Option<String>,
    /// One organization; all that the permission reaches when absent.
    org_id: Option<Id>,
}

/// Figures of a month by member, with numerator, denominator and rule versions. No patient in them.
#[utoipa::path(
    get, path = "/api/referrals/statistics", tag = "referral", operation_id = "referral_statistics",
    params(StatisticsQuery), responses((status = 200, body = Statistics)),
    extensions(("x-permission" = json!("referral.statistics"))),
)]
async fn referral_statistics(
    ctx: Ctx,
    Query(query): Query<StatisticsQuery>,
) -> Result<Json<Statistics>> {
    let statistics = ctx.read(move |tx| {
        let month = query.month.clone().unwrap_or_else(|| month_of(tx.now()));
        let orgs = match (query.org_id, tx.scope()) {
            (Some(org_id), _) => {
                access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
                vec![org_id]
            }
            (None, Some(scope)) if scope > Scope::Org => access::visible_orgs(tx, scope)?,
            (None, _) => vec![tx.actor().org_id],
        };
        figures::of_month(tx, &month, &orgs)
    });
    Ok(Json(statistics.await?))
}

/// Which cases.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct RowsQuery {
    /// `2026-11`.
    month: String,
    /// The member.
    org_id: Id,
    /// The figure.
    #[param(inline)]
    indicator: IndicatorCode,
    /// Numerator or denominator.
    #[serde(default)]
    #[param(inline)]
    part: Part,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page.
    limit: Option<u32>,
}

/// The cases behind a figure, those the caller may see.
#[utoipa::path(
    get, path = "/api/referrals/statistics/rows", tag = "referral",
    operation_id = "referral_statistics_rows",
    params(RowsQuery), responses((status = 200, body = Page<ReferralRow>)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_statistics_rows(
    ctx: Ctx,
    Query(query): Query<RowsQuery>,
) -> Result<Json<Page<ReferralRow>>> {
    let page = ctx.read(move |tx| {
        access::require_org(tx, query.org_id).map_err(|error| error.at("org_id"))?;
        let which = (query.indicator, query.part);
        figures::rows(
            tx,
            &query.month,
            query.org_id,
            which,
            query.after.as_deref(),
            query.limit,
        )
    });
    Ok(Json(page.await?))
}
