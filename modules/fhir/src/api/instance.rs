//! One resource: create, read, update, patch, delete.

use axum::Extension;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http::{Ctx, Path};
use kernel::{AppRight, Result};

use super::{Call, if_match, kind_of, only_new, patch_of, require_json, unchanged};
use crate::keys::Keys;
use crate::shape::Prefer;
use crate::write::{self, Done, Item, Outcome, Place, Target, Wanted};
use crate::{access, answer, app, prepare, rows};

/// Create a resource; with `If-None-Exist` only where the condition finds none.
#[utoipa::path(post, path = "/fhir/{type}", tag = "fhir",
    params(("type" = String, Path, description = "Resource type")),
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 201, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_create(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path(kind): Path<String>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    require_json(&call.headers, &[])?;
    let kind = kind_of(&kind)?;
    let resource = prepare::read(&bytes, kind)?;
    let unless = call
        .headers
        .get("if-none-exist")
        .and_then(|value| value.to_str().ok());
    let unless = unless.map(|text| write::condition(kind, text.trim_start_matches('?')));
    let wanted = Wanted::Create {
        resource,
        unless: unless.transpose()?.map(Box::new),
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}

/// Runs one change and answers as the client prefers.
pub(super) async fn one(ctx: &Ctx, keys: &Keys, call: &Call, wanted: Wanted) -> Result<Response> {
    let place = Place {
        store: ctx.store(),
        request: ctx.request(),
        keys,
        base: &call.base,
    };
    let mut done = write::run(place, vec![Item::alone(wanted)]).await?;
    let done = done
        .pop()
        .ok_or_else(|| kernel::Error::internal("a change without a result"))?;
    let text = stored(ctx, call, &done).await?;
    Ok(answer::written(&call.base, &done, text, &call.shape))
}

/// What was stored, where the client wants to see it.
async fn stored(ctx: &Ctx, call: &Call, done: &Done) -> Result<Option<String>> {
    let unseen = !app::may(ctx.actor(), &done.kind, AppRight::Read);
    let gone = unseen || matches!(done.outcome, Outcome::Deleted | Outcome::Nothing);
    if call.shape.prefer != Prefer::Representation || gone {
        return Ok(None);
    }
    let (kind, id, version) = (done.kind.clone(), done.id.clone(), done.version);
    ctx.read(move |tx| {
        let Some(header) = rows::head(tx, &kind, &id)? else {
            return Ok(None);
        };
        rows::body(tx, header.key, version)
    })
    .await
}

/// Read a resource.
#[utoipa::path(get, path = "/fhir/{type}/{id}", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_read(
    ctx: Ctx,
    Path((kind, id)): Path<(String, String)>,
    mut call: Call,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    call.take_parts(kind)?;
    let (header, body) = ctx
        .read(move |tx| {
            let header = rows::require(tx, kind, &id)?;
            let body = rows::body(tx, header.key, header.version)?.unwrap_or_default();
            access::note(tx, [&header].into_iter(), "fhir.read")?;
            Ok((header, body))
        })
        .await?;
    if let Some(status) = unchanged(&call.headers, header.version) {
        return Ok(status.into_response());
    }
    Ok(answer::resource(
        StatusCode::OK,
        header.version,
        header.updated_at,
        body,
        &call.shape,
    ))
}

/// Replace a resource, or create it under an id of the client's.
#[utoipa::path(put, path = "/fhir/{type}/{id}", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_update(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path((kind, id)): Path<(String, String)>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    require_json(&call.headers, &[])?;
    let kind = kind_of(&kind)?;
    let resource = prepare::read(&bytes, kind)?;
    prepare::require_id(&resource, &id)?;
    let wanted = Wanted::Update {
        target: Target::Id(kind, id),
        resource,
        seen: if_match(&call.headers)?,
        only_new: only_new(&call.headers),
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}

/// Change parts of a resource by JSON Patch or FHIRPath Patch.
#[utoipa::path(patch, path = "/fhir/{type}/{id}", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    request_body(content = Object, content_type = "application/json-patch+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_patch(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path((kind, id)): Path<(String, String)>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    let patch = patch_of(&call.headers, &bytes)?;
    let wanted = Wanted::Patch {
        target: Target::Id(kind, id),
        patch,
        seen: if_match(&call.headers)?,
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}

/// Delete a resource; its history stays.
#[utoipa::path(delete, path = "/fhir/{type}/{id}", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_delete(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path((kind, id)): Path<(String, String)>,
    call: Call,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    let wanted = Wanted::Delete {
        target: Target::Id(kind, id),
        seen: if_match(&call.headers)?,
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}
