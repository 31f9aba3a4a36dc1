//! Handlers: list, ask, look ahead, decide, take back, fetch.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http::export::{Cell, xlsx};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Error, Id, Page, Result, page};
use serde::{Deserialize, Serialize};
use store::{Composed, Store, Tx, Versioned, params};
use tokio_stream::StreamExt;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::columns::Column;
use crate::commands::{self, Note};
use crate::fields;
use crate::model::{Asked, Extract, Report, Shape, State};
use crate::rule::{self, ConsentNeeded};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(research_extract_list, research_extract_request))
        .routes(routes!(research_extract_rules))
        .routes(routes!(research_extract_preview))
        .routes(routes!(research_extract_get))
        .routes(routes!(research_extract_approve))
        .routes(routes!(research_extract_refuse))
        .routes(routes!(research_extract_withdraw))
        .routes(routes!(research_extract_file))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Only in this state.
    state: Option<State>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// An extract with what the caller may do with it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ExtractShown {
    #[serde(flatten)]
    extract: Extract,
    /// `approve`, `refuse`, `withdraw`, `download`.
    actions: Vec<String>,
    /// The version, for `If-Match`.
    version: i64,
}

/// What an extract may be asked for, and within which limits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct ExtractRules {
    /// The least k.
    k_min: i64,
    /// Patients that may be left out, of a thousand.
    suppressed_permille_max: i64,
    /// Days a period may have.
    period_days_max: i64,
    /// Hours a file is kept.
    hours_kept: i64,
    /// What is asked of a patient's word.
    consent: ConsentNeeded,
    /// Columns that are always quasi-identifiers.
    quasi_identifiers: Vec<Column>,
    /// Columns that can be made wider, and so can be chosen as quasi-identifiers.
    widened: Vec<Column>,
    /// All columns.
    columns: Vec<Column>,
    /// Columns of a FHIR extract's Patient.
    of_person: Vec<Column>,
    /// Resource types.
    kinds: Vec<String>,
}

fn shown(tx: &Tx<'_>, found: Versioned<Extract>) -> ExtractShown {
    let actor = tx.actor();
    let (own, waits) = (
        actor.id == found.requested.account_id,
        found.state == State::Requested,
    );
    let decides = actor.scope(crate::PERMISSION_APPROVE).is_some();
    let mut actions = Vec::new();
    if waits && decides && !own {
        actions.extend(["approve", "refuse"]);
    }
    let open = waits || found.state == State::Running || found.state.has_files();
    if open && (own || decides) {
        actions.push("withdraw");
    }
    if own && found.state.has_files() && found.ends_at > tx.now() {
        actions.push("download");
    }
    ExtractShown {
        version: found.version,
        actions: actions.into_iter().map(str::to_owned).collect(),
        extract: found.data,
    }
}

/// Extracts in sight, newest first.
#[utoipa::path(get, path = "/api/research-extracts", tag = "research", params(ListParams),
    responses((status = 200, body = Page<ExtractShown>)),
    extensions(("x-permission" = json!("research.read"))))]
async fn research_extract_list(
    ctx: Ctx,
    Query(query): Query<ListParams>,
) -> http::Result<Json<Page<ExtractShown>>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Listed {
        id: Id,
    }
    let limit = page::page_size(query.limit);
    let before = Cursor::after(query.after.as_deref())?.map_or(Id::MAX, |cursor| cursor.id);
    let page = ctx.read(move |tx| {
        let mut sql = Composed::new();
        sql.push("SELECT e.id FROM research_extract AS e WHERE e.id < ")
            .bind(before);
        if let Some(state) = query.state {
            sql.push(" AND e.state = ").bind(state.word());
        }
        sql.push(" AND ");
        commands::push_visible(tx, &mut sql);
        sql.push(" ORDER BY e.id DESC LIMIT ").bind(limit + 1);
        let rows: Vec<Listed> = tx.query_composed(&sql)?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let extract = tx.load(row.id)?;
            items.push(shown(tx, extract));
        }
        Ok(Page::from_rows(items, limit, |one| Cursor {
            key: 0,
            id: one.extract.id,
        }))
    });
    Ok(Json(page.await?))
}

/// What may be asked for, and within which limits.
#[utoipa::path(get, path = "/api/research-extracts/rules", tag = "research",
    responses((status = 200, body = ExtractRules)),
    extensions(("x-permission" = json!("research.read"))))]
async fn research_extract_rules(ctx: Ctx) -> http::Result<Json<ExtractRules>> {
    let (rule, _) = ctx.read(rule::rule).await?;
    let all = Column::ALL.iter().copied();
    Ok(Json(ExtractRules {
        k_min: rule.k_min,
        suppressed_permille_max: rule.suppressed_permille_max,
        period_days_max: rule.period_days_max,
        hours_kept: rule.hours_kept,
        consent: rule.consent,
        quasi_identifiers: rule.quasi_identifiers,
        widened: all.clone().filter(|column| column.steps() > 0).collect(),
        of_person: all.clone().filter(|column| column.is_of_person()).collect(),
        columns: all.collect(),
        kinds: fields::kinds().map(str::to_owned).collect(),
    }))
}

/// What an extract would come to, by the first patients: how far columns are widened, who stays out.
#[utoipa::path(post, path = "/api/research-extracts/preview", tag = "research",
    request_body = Asked, responses((status = 200, body = Report)),
    extensions(("x-permission" = json!("research.request"))))]
async fn research_extract_preview(ctx: Ctx, Json(body): Json<Asked>) -> http::Result<Json<Report>> {
    Ok(Json(
        ctx.read(move |tx| commands::preview(tx, &body)).await?,
    ))
}

/// Ask for an extract; somebody else decides on it.
#[utoipa::path(post, path = "/api/research-extracts", tag = "research",
    request_body = Asked, responses((status = 201, body = ExtractShown)),
    extensions(("x-permission" = json!("research.request"))))]
async fn research_extract_request(
    ctx: Ctx,
    Json(body): Json<Asked>,
) -> http::Result<Created<ExtractShown>> {
    let made = ctx.write(move |tx| {
        let extract = commands::request(tx, &body)?;
        let version = extract.version;
        Ok(Created(Etag::new(version, shown(tx, extract))))
    });
    Ok(made.await?)
}

/// An extract, with its report.
#[utoipa::path(get, path = "/api/research-extracts/{id}", tag = "research", params(("id" = Id, Path)),
    responses((status = 200, body = ExtractShown)),
    extensions(("x-permission" = json!("research.read"))))]
async fn research_extract_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<ExtractShown>> {
    let found = ctx.read(move |tx| {
        let extract = commands::visible(tx, id)?;
        Ok(Etag::new(extract.version, shown(tx, extract)))
    });
    Ok(found.await?)
}

type Decide = fn(&mut Tx<'_>, Versioned<Extract>, &Note) -> Result<Versioned<Extract>>;

async fn decide(ctx: &Ctx, id: Id, note: Note, decide: Decide) -> Result<Etag<ExtractShown>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let extract = commands::visible(tx, id)?;
        tx.check_version(&extract, seen)?;
        let extract = decide(tx, extract, &note)?;
        Ok(Etag::new(extract.version, shown(tx, extract)))
    })
    .await
}

/// Approve an extract that somebody else asked for; it is made in the background.
#[utoipa::path(post, path = "/api/research-extracts/{id}/approve", tag = "research",
    params(("id" = Id, Path)), request_body = Note,
    responses((status = 200, body = ExtractShown)),
    extensions(("x-permission" = json!("research.approve"))))]
async fn research_extract_approve(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Note>,
) -> http::Result<Etag<ExtractShown>> {
    Ok(decide(&ctx, id, body, commands::approve).await?)
}

/// Refuse an extract, with the reason.
#[utoipa::path(post, path = "/api/research-extracts/{id}/refuse", tag = "research",
    params(("id" = Id, Path)), request_body = Note,
    responses((status = 200, body = ExtractShown)),
    extensions(("x-permission" = json!("research.approve"))))]
async fn research_extract_refuse(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Note>,
) -> http::Result<Etag<ExtractShown>> {
    Ok(decide(&ctx, id, body, commands::refuse).await?)
}

/// Take an extract back: its files and its key are gone.
#[utoipa::path(post, path = "/api/research-extracts/{id}/withdraw", tag = "research",
    params(("id" = Id, Path)), request_body = Note,
    responses((status = 200, body = ExtractShown)),
    extensions(("x-permission" = json!("research.read"))))]
async fn research_extract_withdraw(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Note>,
) -> http::Result<Etag<ExtractShown>> {
    Ok(decide(&ctx, id, body, commands::withdraw).await?)
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ExtractFormat)]
enum Format {
    /// Of a table.
    Csv,
    /// Of a table that is not too long.
    Xlsx,
    /// Of resources.
    Ndjson,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileParams {
    /// The form of the file.
    #[param(inline)]
    format: Format,
}

const NUMBERS: &str =
    "SELECT number FROM research_part WHERE extract_id = $1 AND name = $2 ORDER BY number";
const CONTENT: &str = "SELECT content FROM research_part WHERE extract_id = $1 AND number = $2";

/// Fetch a file; each fetch is audited.
#[utoipa::path(get, path = "/api/research-extracts/{id}/files/{name}", tag = "research",
    params(("id" = Id, Path), ("name" = String, Path), FileParams),
    responses((status = 200, body = String, content_type = "application/octet-stream")),
    extensions(("x-permission" = json!("research.request"))))]
async fn research_extract_file(
    ctx: Ctx,
    Path((id, name)): Path<(Id, String)>,
    Query(query): Query<FileParams>,
) -> http::Result<Response> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Numbered {
        number: i64,
    }
    let format = query.format;
    let wanted = name.clone();
    let numbers = ctx.write(move |tx| {
        let extract = commands::fetch(tx, id, &wanted, word(format))?;
        check_format(&extract, format)?;
        let rows: Vec<Numbered> = tx.query(NUMBERS, &params![id, wanted.as_str()])?;
        Ok(rows.into_iter().map(|row| row.number).collect::<Vec<i64>>())
    });
    let numbers = numbers.await?;
    let store = ctx.store().clone();
    if matches!(format, Format::Xlsx) {
        return Ok(spreadsheet(&store, id, &numbers).await?);
    }
    // One part after another: memory holds one.
    let parts = tokio_stream::iter(numbers).then(move |number| {
        let store = store.clone();
        async move { part(&store, id, number).await.map(Bytes::from) }
    });
    let (extension, media) = match format {
        Format::Csv => ("csv", "text/csv; charset=utf-8"),
        _ => ("ndjson", "application/fhir+ndjson"),
    };
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let disposition = format!("attachment; filename=\"{name}.{extension}\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(Error::internal)?;
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

fn word(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Ndjson => "ndjson",
    }
}

fn check_format(extract: &Extract, format: Format) -> Result<()> {
    let fits = match format {
        Format::Ndjson => extract.asked.shape == Shape::Fhir,
        Format::Csv | Format::Xlsx => extract.asked.shape == Shape::Table,
    };
    if !fits {
        let detail = "a table is csv or xlsx, a FHIR extract ndjson";
        return Err(Error::invalid("research.format", "format", detail));
    }
    let rows = extract.files.iter().map(|file| file.rows).sum::<i64>();
    let most = http::export::EXPORT_ROWS_MAX as i64;
    if matches!(format, Format::Xlsx) && rows > most {
        let detail = format!("a spreadsheet has at most {most} rows; fetch it as csv");
        return Err(Error::invalid("research.xlsx-too-large", "format", detail)
            .with(serde_json::json!({ "most": most })));
    }
    Ok(())
}

async fn part(store: &Store, id: Id, number: i64) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Content {
        content: String,
    }
    let request = store::Request::system("research file");
    let row = store.read(&request, move |tx| {
        tx.query_opt::<Content>(CONTENT, &params![id, number])
    });
    row.await?
        .map(|row| row.content)
        .ok_or_else(|| Error::not_found("research-extract"))
}

async fn spreadsheet(store: &Store, id: Id, numbers: &[i64]) -> Result<Response> {
    let mut text = String::new();
    for number in numbers {
        text.push_str(&part(store, id, *number).await?);
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(Error::internal)?;
        rows.push(record.iter().map(str::to_owned).collect());
    }
    let mut rows = rows.into_iter();
    let head = rows.next().unwrap_or_default();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Cell>> = rows
        .map(|row| row.into_iter().map(Cell::from).collect())
        .collect();
    xlsx("table", &head, &rows)
}
