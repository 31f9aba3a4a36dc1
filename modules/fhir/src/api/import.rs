//! Bulk import.

use axum::Extension;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use fhir::IssueCode;
use http::Ctx;
use kernel::AppRight;

use super::{Call, require_json};
use crate::keys::Keys;
use crate::{answer, app, import, refusal};

/// Import NDJSON, a resource a line, plain or gzipped: a trial unless `dry_run=false`. Lines that are
/// refused are named; the others are stored.
#[utoipa::path(post, path = "/fhir/$import", tag = "fhir",
    request_body(content = String, content_type = "application/fhir+ndjson"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_import(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    let types = [
        "application/fhir+ndjson",
        "application/x-ndjson",
        "application/ndjson",
        "application/gzip",
    ];
    app::require_system(ctx.actor(), "*", AppRight::Create)?;
    require_json(&call.headers, &types)?;
    let mut dry_run = true;
    for (name, value) in &call.pairs {
        match (name.as_str(), value.as_str()) {
            ("dry_run", "true") => dry_run = true,
            ("dry_run", "false") => dry_run = false,
            _ => {
                let text = "$import takes dry_run=false, and nothing else";
                return Err(refusal::refuse(IssueCode::NotSupported, name, text).into());
            }
        }
    }
    let lines = import::unpacked(&bytes)?;
    let text = import::run(&ctx, &keys, &call.base, &lines, dry_run).await?;
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}
