//! Operations under `/api/terminology`.

mod coverage;
mod maps;
mod versions;
mod workshop;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http::{App, Ctx, Json, Path, Query, Result};
use kernel::{Date, Error, Page, page};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::import::{self, ImportReport};
use crate::model::{CodeSystem, Concept, Hit};
use crate::{sql, versions as kept};

/// Bytes of one file; the national clinical ICD-10 is about 3 MB.
const FILE_BYTES_MAX: usize = sheet::FILE_BYTES_MAX;

pub(crate) fn routes() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new()
        .routes(routes!(import_catalogue))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(list_systems, versions::create_system))
        .routes(routes!(search_concepts))
        .routes(routes!(read_concept))
        .routes(routes!(concept_tree))
        .merge(import)
        .merge(versions::routes())
        .merge(maps::routes())
        .merge(workshop::routes())
        .merge(coverage::routes())
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

/// How a concept is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConceptQuery {
    /// As it read in the version that was in force on this day.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Date>,
    /// As it read in the version with this number.
    number: Option<i64>,
}

/// One concept, also a retired one; today, on a day, or in a version.
#[utoipa::path(
    get,
    path = "/api/terminology/{system}/concepts/{code}",
    tag = "terminology",
    params(
        ("system" = String, Path, description = "Code system"),
        ("code" = String, Path, description = "Code as published"),
        ConceptQuery
    ),
    responses((status = 200, body = Concept)),
    extensions(("x-permission" = json!("signed-in")))
)]
async fn read_concept(
    ctx: Ctx,
    Path((system, code)): Path<(String, String)>,
    Query(query): Query<ConceptQuery>,
) -> Result<Json<Concept>> {
    let read = move |tx: &mut Tx<'_>| {
        let number = match (query.number, query.on) {
            (Some(number), _) => Some(number),
            (None, Some(on)) => {
                let version = kept::in_force(tx, &system, on)?;
                let version = version.ok_or_else(|| Error::not_found("terminology.concept"))?;
                Some(version.number)
            }
            (None, None) => None,
        };
        let Some(number) = number else {
            return crate::concept(tx, &system, &code);
        };
        let found = kept::concept_in(tx, &system, &code, number)?;
        found.ok_or_else(|| Error::not_found("terminology.concept"))
    };
    Ok(Json(ctx.read(read).await?))
}

/// Which branch to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TreeQuery {
    /// Directly below this concept; the topmost ones when absent.
    parent: Option<String>,
    /// Continue behind this code.
    after: Option<String>,
    /// At most 200.
    limit: Option<u32>,
}

/// A concept in the tree.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ConceptBranch)]
struct Branch {
    /// The concept.
    #[serde(flatten)]
    concept: Concept,
    /// How many lie directly below it.
    below: i64,
}

/// Concepts directly below one, in the order of codes.
#[utoipa::path(
    get,
    path = "/api/terminology/{system}/tree",
    tag = "terminology",
    params(("system" = String, Path, description = "Code system"), TreeQuery),
    responses((status = 200, body = Page<Branch>)),
    extensions(("x-permission" = json!("signed-in")))
)]
async fn concept_tree(
    ctx: Ctx,
    Path(system): Path<String>,
    Query(query): Query<TreeQuery>,
) -> Result<Json<Page<Branch>>> {
    let size = page::page_size(query.limit);
    let read = move |tx: &mut Tx<'_>| {
        let (parent, after) = (query.parent.as_deref(), query.after.as_deref());
        sql::branches(tx, &system, parent, after.unwrap_or_default(), size + 1)
    };
    let found = ctx.read(read).await?;
    let items = found
        .into_iter()
        .map(|(concept, below)| Branch { concept, below });
    let page = page_by(items.collect(), size, |branch: &Branch| {
        branch.concept.code.clone()
    });
    Ok(Json(page))
}

/// A page of rows whose order is that of a text: `after` is the text of the last one.
fn page_by<T>(mut rows: Vec<T>, size: u32, key: impl Fn(&T) -> String) -> Page<T> {
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = rows.last().filter(|_| more).map(key);
    Page { items: rows, next }
}

/// A file as an answer, offered for download.
fn download(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Result<Response> {
    let plain = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let extension = if media_type == XLSX { "xlsx" } else { "json" };
    let name: String = plain.collect();
    let disposition = format!("attachment; filename=\"{name}.{extension}\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(Error::internal)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const FHIR: &str = "application/fhir+json";

/// The form of a file that goes out.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = TerminologyFileForm)]
enum FileForm {
    /// A spreadsheet.
    #[default]
    Xlsx,
    /// A FHIR resource.
    Fhir,
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

/// Imports a catalogue and puts it in force at once, all or nothing; a dry run unless told otherwise.
/// The file is csv in UTF-8 or GB18030, xlsx, or a FHIR CodeSystem.
#[utoipa::path(
    post,
    path = "/api/terminology/{system}/import",
    tag = "terminology",
    params(("system" = String, Path, description = "Code system"), ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportReport)),
    extensions(("x-permission" = json!("terminology.manage")))
)]
async fn import_catalogue(
    ctx: Ctx,
    Path(system): Path<String>,
    Query(query): Query<ImportQuery>,
    file: Bytes,
) -> Result<Json<ImportReport>> {
    let run = move |tx: &mut Tx<'_>| {
        import::import(tx, &system, &file, query.edition.as_deref(), query.dry_run)
    };
    let report = if query.dry_run {
        ctx.read(run).await?
    } else {
        ctx.write(run).await?
    };
    Ok(Json(report))
}
