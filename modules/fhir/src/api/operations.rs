//! Operations on a type: matching a patient, terminology.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use http::{Ctx, Path};
use kernel::{AppRight, Result};

use super::{Call, require_json};
use crate::terms::{self, Asked, Inputs};
use crate::{answer, app, document, matching, refusal};

/// Find patients of the consortium who may be the one described. Needs `record.search` as well, is
/// counted and audited like the exact search, and shows strangers masked.
#[utoipa::path(post, path = "/fhir/Patient/$match", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_match(ctx: Ctx, call: Call, bytes: Bytes) -> http::Result<Response> {
    app::require_everywhere(ctx.actor(), "Patient", AppRight::Search)?;
    require_json(&call.headers, &[])?;
    let body = fhir::Resource::parse(&bytes).map_err(refusal::of_issue)?;
    if !matches!(body.type_name(), "Parameters" | "Patient") {
        let text = "$match takes Parameters with a Patient";
        return Err(refusal::refuse(fhir::IssueCode::Invalid, "resourceType", text).into());
    }
    let asked = matching::asked(&body)?;
    let base = call.base.clone();
    let text = ctx
        .write(move |tx| matching::run(tx, &asked, &base))
        .await?;
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}

/// Runs a terminology operation.
async fn ask(ctx: &Ctx, call: &Call, body: Option<&Bytes>, asked: Asked) -> Result<Response> {
    app::require_everywhere(ctx.actor(), asked.kind(), AppRight::Read)?;
    let mut inputs = Inputs::of_pairs(&call.pairs);
    if let Some(bytes) = body {
        require_json(&call.headers, &[])?;
        inputs.add(&fhir::Resource::parse(bytes).map_err(refusal::of_issue)?)?;
    }
    let text = ctx.read(move |tx| terms::run(tx, &asked, &inputs)).await?;
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}

/// What is known of a code.
#[utoipa::path(get, path = "/fhir/CodeSystem/$lookup", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_lookup(ctx: Ctx, call: Call) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::Lookup).await?)
}

/// What is known of a code, asked by Parameters.
#[utoipa::path(post, path = "/fhir/CodeSystem/$lookup", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_lookup_by(ctx: Ctx, call: Call, bytes: Bytes) -> http::Result<Response> {
    Ok(ask(&ctx, &call, Some(&bytes), Asked::Lookup).await?)
}

/// Is this a code of the system, under this name?
#[utoipa::path(get, path = "/fhir/CodeSystem/$validate-code", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_validate_code(ctx: Ctx, call: Call) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::ValidateCode).await?)
}

/// Is this a code of the system, asked by Parameters?
#[utoipa::path(post, path = "/fhir/CodeSystem/$validate-code", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_validate_code_by(
    ctx: Ctx,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    Ok(ask(&ctx, &call, Some(&bytes), Asked::ValidateCode).await?)
}

/// The codes of a value set, in pages, filtered by code, name, pinyin or initials.
#[utoipa::path(get, path = "/fhir/ValueSet/$expand", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_expand(ctx: Ctx, call: Call) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::Expand(None)).await?)
}

/// The codes of a value set, asked by Parameters; the value set may come along.
#[utoipa::path(post, path = "/fhir/ValueSet/$expand", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_expand_by(ctx: Ctx, call: Call, bytes: Bytes) -> http::Result<Response> {
    Ok(ask(&ctx, &call, Some(&bytes), Asked::Expand(None)).await?)
}

/// The codes of a stored value set.
#[utoipa::path(get, path = "/fhir/ValueSet/{id}/$expand", tag = "fhir",
    params(("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_expand_one(
    ctx: Ctx,
    Path(id): Path<String>,
    call: Call,
) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::Expand(Some(id))).await?)
}

/// Does a value set hold this code?
#[utoipa::path(get, path = "/fhir/ValueSet/$validate-code", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_validate_in(ctx: Ctx, call: Call) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::ValidateIn(None)).await?)
}

/// Does a value set hold this code, asked by Parameters?
#[utoipa::path(post, path = "/fhir/ValueSet/$validate-code", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_validate_in_by(
    ctx: Ctx,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    Ok(ask(&ctx, &call, Some(&bytes), Asked::ValidateIn(None)).await?)
}

/// Does a stored value set hold this code?
#[utoipa::path(get, path = "/fhir/ValueSet/{id}/$validate-code", tag = "fhir",
    params(("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_validate_in_one(
    ctx: Ctx,
    Path(id): Path<String>,
    call: Call,
) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::ValidateIn(Some(id))).await?)
}

/// What a code becomes in another system, by the concept maps that are stored.
#[utoipa::path(get, path = "/fhir/ConceptMap/$translate", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_translate(ctx: Ctx, call: Call) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::Translate(None)).await?)
}

/// What a code becomes in another system, asked by Parameters.
#[utoipa::path(post, path = "/fhir/ConceptMap/$translate", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_translate_by(
    ctx: Ctx,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    Ok(ask(&ctx, &call, Some(&bytes), Asked::Translate(None)).await?)
}

/// What a code becomes by one concept map.
#[utoipa::path(get, path = "/fhir/ConceptMap/{id}/$translate", tag = "fhir",
    params(("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_translate_one(
    ctx: Ctx,
    Path(id): Path<String>,
    call: Call,
) -> http::Result<Response> {
    Ok(ask(&ctx, &call, None, Asked::Translate(Some(id))).await?)
}

/// A composition with everything it refers to, as a document bundle.
#[utoipa::path(get, path = "/fhir/Composition/{id}/$document", tag = "fhir",
    params(("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_document(
    ctx: Ctx,
    Path(id): Path<String>,
    call: Call,
) -> http::Result<Response> {
    let kept = call
        .pairs
        .iter()
        .find(|(name, value)| name != "persist" || value != "false");
    if let Some((name, _)) = kept {
        let text = "documents are made, not kept: $document takes no parameters";
        return Err(refusal::refuse(fhir::IssueCode::NotSupported, name, text).into());
    }
    let base = call.base.clone();
    let text = ctx.read(move |tx| document::run(tx, &id, &base)).await?;
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}
