//! The coverage board: how much of what arrives can be read by all.

use std::collections::HashMap;

use axum::response::Response;
use http::export::Cell;
use http::{App, Ctx, Json, Query, Result};
use kernel::{Error, Id, Page, page};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page_by;
use crate::coverage::{self, ArrivedCode, Figure, Status, Wanted};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(coverage_figures))
        .routes(routes!(coverage_codes))
        .routes(routes!(coverage_export))
}

/// Codes of one export.
const EXPORT_MAX: u32 = 50_000;

/// The figures of the board.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
struct Coverage {
    /// By member, system and standing.
    figures: Vec<Figure>,
}

/// What arrived from whom in which system, and how it stands.
#[utoipa::path(get, path = "/api/terminology/coverage", tag = "terminology",
    responses((status = 200, body = Coverage)),
    extensions(("x-permission" = json!("terminology.coverage"))))]
async fn coverage_figures(ctx: Ctx) -> Result<Json<Coverage>> {
    let figures = ctx.read(coverage::figures).await?;
    Ok(Json(Coverage { figures }))
}

/// Which codes to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CodesQuery {
    /// Only from this member.
    org_id: Option<Id>,
    /// Only of this system.
    system: Option<String>,
    /// Only those that stand so.
    status: Option<Status>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

impl CodesQuery {
    fn wanted(&self, limit: u32) -> kernel::Result<Wanted> {
        Ok(Wanted {
            org_id: self.org_id,
            system: self.system.clone(),
            status: self.status,
            after: self.after.as_deref().map(mark).transpose()?,
            limit,
        })
    }
}

/// The four parts of a mark, as JSON, because codes hold any character.
fn mark(text: &str) -> kernel::Result<(i64, String, String, String)> {
    serde_json::from_str(text).map_err(|_| {
        let detail = "take `after` from `next` of the page before, unchanged";
        Error::invalid("page.cursor", "after", detail)
    })
}

/// Codes that arrived, the most frequent first.
#[utoipa::path(get, path = "/api/terminology/coverage/codes", tag = "terminology",
    params(CodesQuery), responses((status = 200, body = Page<ArrivedCode>)),
    extensions(("x-permission" = json!("terminology.coverage"))))]
async fn coverage_codes(
    ctx: Ctx,
    Query(query): Query<CodesQuery>,
) -> Result<Json<Page<ArrivedCode>>> {
    let size = page::page_size(query.limit);
    let wanted = query.wanted(size + 1)?;
    let rows = ctx.read(move |tx| coverage::codes(tx, &wanted)).await?;
    let key = |row: &ArrivedCode| {
        serde_json::json!([row.arrivals, row.org_id, row.system, row.code]).to_string()
    };
    Ok(Json(page_by(rows, size, key)))
}

/// The same as a spreadsheet, 50,000 rows at most.
#[utoipa::path(get, path = "/api/terminology/coverage/export", tag = "terminology",
    params(CodesQuery), responses((status = 200, description = "xlsx")),
    extensions(("x-permission" = json!("terminology.coverage"))))]
async fn coverage_export(ctx: Ctx, Query(query): Query<CodesQuery>) -> Result<Response> {
    const HEADINGS: [&str; 8] = [
        "机构",
        "编码系统",
        "编码",
        "名称",
        "单位",
        "出现次数",
        "最近出现",
        "状态",
    ];
    let wanted = query.wanted(EXPORT_MAX)?;
    let org_name = ctx.app().config().org_name;
    let read = move |tx: &mut Tx<'_>| {
        let rows = coverage::codes(tx, &wanted)?;
        let mut names: HashMap<Id, String> = HashMap::new();
        for row in &rows {
            names
                .entry(row.org_id)
                .or_insert_with(|| org_name(tx, row.org_id).unwrap_or_default());
        }
        Ok((rows, names))
    };
    let (rows, names) = ctx.read(read).await?;
    let cells: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| {
            vec![
                Cell::from(names.get(&row.org_id).cloned().unwrap_or_default()),
                Cell::from(row.system.as_str()),
                Cell::from(row.code.as_str()),
                Cell::from(row.name.as_str()),
                Cell::from(row.unit.as_str()),
                Cell::from(row.arrivals),
                Cell::from(row.last_at.local_minutes()),
                Cell::from(row.status.word()),
            ]
        })
        .collect();
    Ok(http::export::xlsx("code-coverage", &HEADINGS, &cells)?)
}
