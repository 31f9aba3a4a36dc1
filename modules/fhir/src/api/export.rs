//! Bulk export: begin, ask how far it is, fetch the files, end it.

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use fhir::IssueCode;
use http::{Ctx, Path};
use kernel::Result;

use super::Call;
use crate::export::{self, Level, State};
use crate::{answer, refusal};

/// Seconds a client waits before it asks again.
const RETRY_SECONDS: &str = "5";

/// Export all that the caller may see, as NDJSON, in the background.
#[utoipa::path(get, path = "/fhir/$export", tag = "fhir",
    responses((status = 202)), extensions(("x-permission" = json!("fhir.export"))))]
pub(super) async fn fhir_export(ctx: Ctx, uri: Uri, call: Call) -> http::Result<Response> {
    Ok(begin(&ctx, &uri, &call, Level::System).await?)
}

/// Export what is about patients that the caller has a basis for.
#[utoipa::path(get, path = "/fhir/Patient/$export", tag = "fhir",
    responses((status = 202)), extensions(("x-permission" = json!("fhir.export"))))]
pub(super) async fn fhir_export_patients(ctx: Ctx, uri: Uri, call: Call) -> http::Result<Response> {
    Ok(begin(&ctx, &uri, &call, Level::Patient).await?)
}

/// Export what is about the patients of a group.
#[utoipa::path(get, path = "/fhir/Group/{id}/$export", tag = "fhir",
    params(("id" = String, Path)),
    responses((status = 202)), extensions(("x-permission" = json!("fhir.export"))))]
pub(super) async fn fhir_export_group(
    ctx: Ctx,
    Path(id): Path<String>,
    uri: Uri,
    call: Call,
) -> http::Result<Response> {
    Ok(begin(&ctx, &uri, &call, Level::Group(id)).await?)
}

async fn begin(ctx: &Ctx, uri: &Uri, call: &Call, level: Level) -> Result<Response> {
    let asynchronous = call.headers.get_all("prefer").iter().any(|value| {
        let words = value.to_str().unwrap_or("").split([',', ';']);
        words.map(str::trim).any(|word| word == "respond-async")
    });
    if !asynchronous {
        let text = "an export runs in the background: send Prefer: respond-async";
        return Err(refusal::refuse(IssueCode::NotSupported, "Prefer", text));
    }
    let asked = export::asked(level, &call.pairs, call.shape.lenient)?;
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let request = [call.base.trim_end_matches("/fhir"), path].concat();
    let base = call.base.clone();
    let id = ctx
        .write(move |tx| export::begin(tx, &asked, &request, &base))
        .await?;
    let mut response = StatusCode::ACCEPTED.into_response();
    let place = format!("{}/$export/{id}", call.base);
    set(&mut response, header::CONTENT_LOCATION, &place);
    Ok(response)
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// How far an export is: 202 while it runs, then the list of its files.
#[utoipa::path(get, path = "/fhir/$export/{id}", tag = "fhir", params(("id" = String, Path)),
    responses((status = 200, body = Object)),
    extensions(("x-permission" = json!("fhir.export"))))]
pub(super) async fn fhir_export_status(ctx: Ctx, Path(id): Path<String>) -> http::Result<Response> {
    let (export, manifest) = ctx
        .read(move |tx| {
            let export = export::own(tx, &id)?;
            let manifest = export::manifest(tx, &export)?;
            Ok((export, manifest))
        })
        .await?;
    match export.state {
        State::Running => {
            let mut response = StatusCode::ACCEPTED.into_response();
            set(&mut response, header::RETRY_AFTER, RETRY_SECONDS);
            let name = header::HeaderName::from_static("x-progress");
            set(&mut response, name, &export.progress());
            Ok(response)
        }
        State::Failed => Err(export.failure().into()),
        State::Done => {
            let mut response = axum::Json(manifest).into_response();
            let until = answer::http_date(export.expires_at);
            set(&mut response, header::EXPIRES, &until);
            Ok(response)
        }
    }
}

/// End an export and take its files away.
#[utoipa::path(delete, path = "/fhir/$export/{id}", tag = "fhir", params(("id" = String, Path)),
    responses((status = 202)), extensions(("x-permission" = json!("fhir.export"))))]
pub(super) async fn fhir_export_delete(ctx: Ctx, Path(id): Path<String>) -> http::Result<Response> {
    ctx.write(move |tx| export::delete(tx, &id)).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// One file of an export, a resource a line.
#[utoipa::path(get, path = "/fhir/$export/{id}/{number}", tag = "fhir",
    params(("id" = String, Path), ("number" = String, Path)),
    responses((status = 200, body = String, content_type = "application/fhir+ndjson")),
    extensions(("x-permission" = json!("fhir.export"))))]
pub(super) async fn fhir_export_file(
    ctx: Ctx,
    Path((id, number)): Path<(String, String)>,
) -> http::Result<Response> {
    let content = ctx.write(move |tx| export::file(tx, &id, &number)).await?;
    let mut response = content.into_response();
    set(&mut response, header::CONTENT_TYPE, export::NDJSON);
    Ok(response)
}
