//! Changes of the one resource a condition finds.

use axum::Extension;
use axum::body::Bytes;
use axum::response::Response;
use http::{Ctx, Path};

use super::instance::one;
use super::{Call, if_match, kind_of, patch_of, require_json};
use crate::keys::Keys;
use crate::prepare;
use crate::write::{self, Target, Wanted};

/// Replace the one resource the criteria find, or create it where they find none.
#[utoipa::path(put, path = "/fhir/{type}", tag = "fhir", params(("type" = String, Path)),
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_update_where(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path(kind): Path<String>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    require_json(&call.headers, &[])?;
    let kind = kind_of(&kind)?;
    let resource = prepare::read(&bytes, kind)?;
    let target = Target::Found(Box::new(write::condition(kind, &call.criteria())?));
    let wanted = Wanted::Update {
        target,
        resource,
        seen: if_match(&call.headers)?,
        only_new: false,
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}

/// Patch the one resource the criteria find.
#[utoipa::path(patch, path = "/fhir/{type}", tag = "fhir", params(("type" = String, Path)),
    request_body(content = Object, content_type = "application/json-patch+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_patch_where(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path(kind): Path<String>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    let target = Target::Found(Box::new(write::condition(kind, &call.criteria())?));
    let patch = patch_of(&call.headers, &bytes)?;
    let wanted = Wanted::Patch {
        target,
        patch,
        seen: if_match(&call.headers)?,
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}

/// Delete the one resource the criteria find.
#[utoipa::path(delete, path = "/fhir/{type}", tag = "fhir", params(("type" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_delete_where(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    Path(kind): Path<String>,
    call: Call,
) -> http::Result<Response> {
    let kind = kind_of(&kind)?;
    let target = Target::Found(Box::new(write::condition(kind, &call.criteria())?));
    let wanted = Wanted::Delete {
        target,
        seen: if_match(&call.headers)?,
    };
    Ok(one(&ctx, &keys, &call, wanted).await?)
}
