//! Handlers: upload and look, read the report, take it in, the template.

use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Error, Id, Instant, Page, Result, page};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Change, Tx, Versioned, params};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::model::{Import, ImportState};
use crate::report::ImportReport;
use crate::{import_roster, look, looked, report_in, template};
use sheet::FILE_BYTES_MAX;

/// Room for the form around the file.
const FORM_BYTES: usize = 64 * 1024;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import_list, import_upload))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES))
        .routes(routes!(import_template))
        .routes(routes!(import_get))
        .routes(routes!(import_apply))
}

/// A form with one file.
#[derive(ToSchema)]
#[schema(as = ImportForm)]
#[expect(dead_code, reason = "describes the form in the API document only")]
struct UploadForm {
    /// The roster: xlsx, or csv in UTF-8 or GB18030, at most 20 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// An import in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportSummary {
    /// Its id.
    pub id: Id,
    /// The file's name.
    pub file_name: String,
    /// Its size.
    pub size_bytes: i64,
    /// By whom.
    pub uploaded_by: String,
    /// When.
    pub created_at: Instant,
    /// Where it stands.
    pub state: ImportState,
    /// When it was taken in.
    pub applied_at: Option<Instant>,
    /// Rows of data.
    pub rows: u32,
    /// Errors.
    pub error_count: u32,
    /// Warnings.
    pub warning_count: u32,
}

impl From<Import> for ImportSummary {
    fn from(import: Import) -> Self {
        Self {
            id: import.id,
            rows: import.report.sheets.iter().map(|sheet| sheet.rows).sum(),
            error_count: import.report.error_count,
            warning_count: import.report.warning_count,
            file_name: import.report.file,
            size_bytes: import.file.size_bytes,
            uploaded_by: import.uploaded_by,
            created_at: import.created_at,
            state: import.state,
            applied_at: import.applied_at,
        }
    }
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportParams {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

const LIST: &str = "SELECT version, body FROM roster_import
    WHERE (CAST($1 AS BIGINT) = 1 OR org_id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND id < $4
    ORDER BY id DESC LIMIT $5";

/// Imports within reach, newest first.
#[utoipa::path(get, path = "/api/imports", tag = "exchange", params(ImportParams),
    responses((status = 200, body = Page<ImportSummary>)),
    extensions(("x-permission" = json!("exchange.import"))))]
async fn import_list(
    ctx: Ctx,
    Query(query): Query<ImportParams>,
) -> http::Result<Json<Page<ImportSummary>>> {
    let limit = page::page_size(query.limit);
    let after = Cursor::after(query.after.as_deref())?;
    let scope = ctx.scope();
    let rows = ctx
        .read(move |tx| {
            let everywhere = network::commands::reaches_everything(tx);
            let viewer = tx.actor().org_id;
            let before = after.map_or(Id::MAX, |cursor| cursor.id);
            let values = params![everywhere, viewer, scope.table_word(), before, limit + 1];
            tx.find::<Import>(LIST, &values)
        })
        .await?;
    let rows: Vec<ImportSummary> = rows.into_iter().map(|row| row.data.into()).collect();
    Ok(Json(Page::from_rows(rows, limit, |row| Cursor {
        key: 0,
        id: row.id,
    })))
}

/// Upload a roster and see what importing it would do; nothing is imported yet.
#[utoipa::path(post, path = "/api/imports", tag = "exchange",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Import)), extensions(("x-permission" = json!("exchange.import"))))]
async fn import_upload(
    ctx: Ctx,
    form: Result<Multipart, MultipartRejection>,
) -> http::Result<Created<Import>> {
    let (name, bytes) = file_of(form).await?;
    let report = import_roster(ctx.store(), ctx.request(), &bytes, &name, true).await?;
    let media_type = if report.encoding == "xlsx" {
        XLSX
    } else {
        "text/csv"
    };
    let file = ctx.store().put_blob(&bytes, media_type)?;
    let keep = move |tx: &mut Tx<'_>| {
        tx.keep_blob(&file)?;
        let import = Import {
            id: tx.new_id(),
            org_id: tx.actor().org_id,
            uploaded_by: tx.actor().name.clone(),
            created_at: tx.now(),
            state: state_of(&report),
            applied_at: None,
            file: file.clone(),
            report: report.clone(),
        };
        let kept = tx.insert(&import, Change::new("import.looked-at"))?;
        Ok(Etag::new(kept.version, kept.data))
    };
    Ok(Created(ctx.write(keep).await?))
}

fn state_of(report: &ImportReport) -> ImportState {
    if report.error_count == 0 {
        ImportState::Ready
    } else {
        ImportState::Faulty
    }
}

/// An import with its report.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "exchange", params(("id" = Id, Path)),
    responses((status = 200, body = Import)), extensions(("x-permission" = json!("exchange.import"))))]
async fn import_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Import>> {
    let import = ctx.read(move |tx| readable(tx, id)).await?;
    Ok(Etag::new(import.version, import.data))
}

fn readable(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Import>> {
    let import = tx.load::<Import>(id)?;
    if network::commands::reaches_everything(tx) || http::access::covers(tx, import.org_id)? {
        return Ok(import);
    }
    Err(Error::not_found("import"))
}

/// Take a roster in: every row, or none when anything changed since it was looked at and no longer
/// fits.
#[utoipa::path(post, path = "/api/imports/{id}/apply", tag = "exchange", params(("id" = Id, Path)),
    responses((status = 200, body = Import)), extensions(("x-permission" = json!("exchange.import"))))]
async fn import_apply(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Import>> {
    let seen = ctx.if_match()?;
    let import = ctx.read(move |tx| readable(tx, id)).await?;
    if import.state == ImportState::Applied && ctx.request().idempotency.is_none() {
        return Err(applied().into());
    }
    let bytes = ctx.store().get_blob(&import.file.sha256)?;
    let workbook = Arc::new(sheet::read(&bytes, &import.report.file)?);
    let take_in = move |tx: &mut Tx<'_>| {
        let mut import = readable(tx, id)?;
        tx.check_version(&import, seen)?;
        if import.state == ImportState::Applied {
            return Err(applied());
        }
        let report = look(tx, &workbook, &import.report.file)?;
        if report.error_count > 0 {
            return Err(looked(&report));
        }
        import.state = ImportState::Applied;
        import.applied_at = Some(tx.now());
        import.report = ImportReport {
            applied: true,
            ..report
        };
        let counts = serde_json::json!({ "sheets": import.report.sheets });
        let saved = tx.update(&import, Change::new("import.applied").detail(counts))?;
        Ok(Etag::new(saved.version, saved.data))
    };
    match ctx.write(take_in).await {
        Ok(done) => Ok(done),
        Err(error) => {
            let report = report_in(error)?;
            let detail =
                "the file has errors and nothing was imported; correct the cells the report names";
            let data = serde_json::json!({ "report": report });
            Err(Error::rule("import.has-errors", detail).with(data).into())
        }
    }
}

fn applied() -> Error {
    Error::conflict("import.applied", "this import was carried out before")
}

/// The template, one sheet a kind.
#[utoipa::path(get, path = "/api/imports/template.xlsx", tag = "exchange",
    responses((status = 200, description = "xlsx",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("exchange.import"))))]
async fn import_template(_ctx: Ctx) -> http::Result<Response> {
    let mut response = template::xlsx()?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XLSX));
    let disposition = HeaderValue::from_static("attachment; filename=\"roster-template.xlsx\"");
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<(String, Vec<u8>)> {
    let broken = |text: String| Error::invalid("import.upload", "file", text);
    let mut form = form.map_err(|rejection| broken(rejection.body_text()))?;
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|error| upload_failed(&error))?
    {
        let Some(name) = field.file_name() else {
            continue;
        };
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
        let bytes = field.bytes().await.map_err(|error| upload_failed(&error))?;
        return Ok((name, bytes.to_vec()));
    }
    Err(broken(
        "send a form with one file in the field `file`".to_owned(),
    ))
}

fn upload_failed(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return sheet::too_large();
    }
    Error::invalid("import.upload", "file", error.body_text())
}
