//! Versions: one, those of a resource, of a type, of the server.

use axum::http::StatusCode;
use axum::response::Response;
use http::{Ctx, Path};
use kernel::Result;

use super::{Call, kind_of};
use crate::history::{self, Of, Part};
use crate::{answer, refusal};

/// Read one version of a resource.
#[utoipa::path(get, path = "/fhir/{type}/{id}/_history/{version}", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path),
        ("version" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_version_read(
    ctx: Ctx,
    Path((kind, id, version)): Path<(String, String, String)>,
    mut call: Call,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    call.take_parts(kind)?;
    let number = version.parse::<i64>().map_err(|_| refusal::not_found())?;
    let found = ctx
        .read(move |tx| {
            let (_, version) = history::version(tx, kind, &id, number)?;
            history::note(tx, std::slice::from_ref(&version))?;
            Ok(version)
        })
        .await?;
    let body = found.body.unwrap_or_default();
    Ok(answer::resource(
        StatusCode::OK,
        found.version,
        found.at,
        body,
        &call.shape,
    ))
}

/// The versions of a resource, newest first.
#[utoipa::path(get, path = "/fhir/{type}/{id}/_history", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_history(
    ctx: Ctx,
    Path((kind, id)): Path<(String, String)>,
    call: Call,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    let path = [&call.base, "/", kind, "/", &id, "/_history"].concat();
    Ok(page(&ctx, call, Of::Instance(kind, id), path).await?)
}

/// The versions of all resources of a type, newest first.
#[utoipa::path(get, path = "/fhir/{type}/_history", tag = "fhir",
    params(("type" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_history_type(
    ctx: Ctx,
    Path(kind): Path<String>,
    call: Call,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    let path = [&call.base, "/", kind, "/_history"].concat();
    Ok(page(&ctx, call, Of::Type(kind), path).await?)
}

/// The versions of all resources, newest first.
#[utoipa::path(get, path = "/fhir/_history", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_history_all(ctx: Ctx, call: Call) -> http::Result<Response> {
    let path = [&call.base, "/_history"].concat();
    Ok(page(&ctx, call, Of::Everything, path).await?)
}

async fn page(ctx: &Ctx, call: Call, of: Of, path: String) -> Result<Response> {
    let part = Part::of(&call.pairs)?;
    let (versions, next) = ctx
        .read(move |tx| {
            let (versions, next) = history::page(tx, &of, &part)?;
            history::note(tx, &versions)?;
            Ok((versions, next))
        })
        .await?;
    let kept = || {
        let pairs = call.pairs.iter().filter(|(name, _)| name != "_cursor");
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    };
    let mut links = vec![("self", [&path, "?", &answer::query_string(kept())].concat())];
    if let Some(next) = &next {
        let pairs = kept().chain([("_cursor", next.as_str())]);
        links.push(("next", [&path, "?", &answer::query_string(pairs)].concat()));
    }
    let text = history::bundle(&call.base, &versions, &links);
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}
