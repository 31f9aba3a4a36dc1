//! The workbench's figures.

use axum::response::Response;
use http::{App, Ctx, Json, Query, Result, access, export};
use kernel::{Id, Page, Scope};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lists::note_export;
use crate::figures::{self, IndicatorCode, Part, Statistics, sheet};
use crate::lists::ReferralRow;
use crate::model::month_of;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_statistics))
        .routes(routes!(referral_statistics_export))
        .routes(routes!(referral_statistics_rows))
}

/// Which figures.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::IntoParams)]
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
    let statistics = ctx.read(move |tx| asked(tx, &query));
    Ok(Json(statistics.await?))
}

fn asked(tx: &mut Tx<'_>, query: &StatisticsQuery) -> kernel::Result<Statistics> {
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
}

/// The figures as a spreadsheet, a line for each with numerator and denominator. The export is audited.
#[utoipa::path(
    get, path = "/api/referrals/statistics/export", tag = "referral",
    operation_id = "referral_statistics_export", params(StatisticsQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)),
    extensions(("x-permission" = json!("referral.statistics"))),
)]
async fn referral_statistics_export(
    ctx: Ctx,
    Query(query): Query<StatisticsQuery>,
) -> Result<Response> {
    let (filters, language) = (serde_json::json!(&query), ctx.language());
    let rows = ctx.read(move |tx| {
        let statistics = asked(tx, &query)?;
        sheet::rows(tx, &statistics, language)
    });
    let rows = rows.await?;
    note_export(&ctx, "referral-statistics", rows.len(), filters).await?;
    Ok(export::xlsx(
        "referral-statistics",
        sheet::headers(language),
        &rows,
    )?)
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
