//! Operations under `/api/terminology`.

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use http::{App, Ctx, Json, Path, Query, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::catalogue;
use crate::import::{self, ImportReport};
use crate::model::{CodeSystem, Concept, Hit};

/// Bytes of one catalogue file; the national clinical ICD-10 is about 3 MB.
const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

pub(crate) fn routes() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new()
        .routes(routes!(import_catalogue))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(list_systems))
        .routes(routes!(search_concepts))
        .routes(routes!(read_concept))
        .merge(import)
}

/// The code systems of this installation.
#[utoipa::path(
    get,
    path = "/api/terminology/systems",
    tag = "terminology",
    responses((status = 200, body = Vec<CodeSystem>)),
    extensions(("x-permission" = json!("signed-in")))
)]
async fn list_systems(ctx: Ctx) -> Result<Json<Vec<CodeSystem>>> {
    Ok(Json(ctx.read(crate::systems).await?))
}

/// What to look for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// Beginning of a code (with or without its dot), part of a Chinese name, beginning of pinyin
    /// or of initials, a word of the English name. Empty lists by code.
    #[serde(default)]
    q: String,
    /// At most 50; 20 when absent.
    limit: Option<u32>,
    /// Only below this concept; when `q` is empty.
    parent: Option<String>,
    /// Continue the list after this code; when `q` is empty.
    after: Option<String>,
}

/// The concepts a search found, best first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Hits {
    /// At most `limit` of them.
    items: Vec<Hit>,
}

/// Finds concepts by code, name, pinyin and initials.
#[utoipa::path(
    get,
    path = "/api/terminology/{system}/concepts",
    tag = "terminology",
    params(("system" = String, Path, description = "Code system, such as `icd10`"), SearchQuery),
    responses((status = 200, body = Hits)),
    extensions(("x-permission" = json!("signed-in")))
)]
async fn search_concepts(
    ctx: Ctx,
    Path(system): Path<String>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Hits>> {
    let items = ctx
        .read(move |tx| {
            if query.q.trim().is_empty() {
                let after = query.after.as_deref().unwrap_or_default();
                crate::list(tx, &system, query.parent.as_deref(), after, query.limit)
            } else {
                crate::search(tx, &system, &query.q, query.limit)
            }
        })
        .await?;
    Ok(Json(Hits { items }))
}

/// One concept, also a retired one.
#[utoipa::path(
    get,
    path = "/api/terminology/{system}/concepts/{code}",
    tag = "terminology",
    params(
        ("system" = String, Path, description = "Code system"),
        ("code" = String, Path, description = "Code as published")
    ),
    responses((status = 200, body = Concept), (status = 404, body = http::Problem)),
    extensions(("x-permission" = json!("signed-in")))
)]
async fn read_concept(
    ctx: Ctx,
    Path((system, code)): Path<(String, String)>,
) -> Result<Json<Concept>> {
    Ok(Json(
        ctx.read(move |tx| crate::concept(tx, &system, &code))
            .await?,
    ))
}

/// How to import.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ImportQuery {
    /// Only say what would change; the default.
    #[serde(default = "default_dry_run")]
    dry_run: bool,
    /// Names the edition, such as `国临版2.0`.
    edition: Option<String>,
}

fn default_dry_run() -> bool {
    true
}

/// Imports a catalogue from CSV (UTF-8 or GB18030), all or nothing; a dry run unless told otherwise.
#[utoipa::path(
    post,
    path = "/api/terminology/{system}/import",
    tag = "terminology",
    params(("system" = String, Path, description = "Code system"), ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport), (status = 400, body = http::Problem)),
    extensions(("x-permission" = json!("terminology.manage")))
)]
async fn import_catalogue(
    ctx: Ctx,
    Path(system): Path<String>,
    Query(query): Query<ImportQuery>,
    file: Bytes,
) -> Result<Json<ImportReport>> {
    let text = catalogue::decode(&file)?;
    let run = move |tx: &mut store::Tx<'_>| {
        import::import(tx, &system, &text, query.edition.as_deref(), query.dry_run)
    };
    let report = if query.dry_run {
        ctx.read(run).await?
    } else {
        ctx.write(run).await?
    };
    Ok(Json(report))
}
