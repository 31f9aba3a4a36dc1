//! What is not about one resource: capabilities, bundles, validation, everything of a patient.

use axum::Extension;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use fhir::{Issue, IssueCode};
use http::{Ctx, Path};
use store::Tx;

use super::{Call, kind_of, require_json};
use crate::keys::Keys;
use crate::profiles::InForce;
use crate::{answer, bundle, capability, everything, profiles, refusal};

/// What this server can do.
#[utoipa::path(get, path = "/fhir/metadata", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("public"))))]
pub(super) async fn fhir_capabilities(ctx: Ctx, call: Call) -> http::Result<Response> {
    let in_force = ctx.read(|tx| Ok(InForce::load(tx)?.names())).await?;
    let text = capability::statement(&call.base, &in_force);
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}

/// Run a batch or a transaction. Entries that write need `fhir.write` as well.
#[utoipa::path(post, path = "/fhir", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_bundle(
    ctx: Ctx,
    Extension(keys): Extension<Keys>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    require_json(&call.headers, &[])?;
    let text = bundle::run(&ctx, &keys, &call, &bytes).await?;
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}

/// Run a batch or a transaction: the address as some clients write it.
#[utoipa::path(post, path = "/fhir/", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_bundle_at_slash(
    ctx: Ctx,
    keys: Extension<Keys>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    fhir_bundle(ctx, keys, call, bytes).await
}

/// Check a resource without storing it.
#[utoipa::path(post, path = "/fhir/{type}/$validate", tag = "fhir",
    params(("type" = String, Path)),
    request_body(content = Object, content_type = "application/fhir+json"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_validate(
    ctx: Ctx,
    Path(kind): Path<String>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    require_json(&call.headers, &[])?;
    let kind = kind_of(&kind)?;
    let given = fhir::Resource::parse(&bytes).map_err(refusal::of_issue)?;
    let mut named = call
        .pairs
        .iter()
        .find(|(name, _)| name == "profile")
        .map(|(_, url)| url.clone());
    let resource = if given.type_name() == "Parameters" && kind != "Parameters" {
        named = named.or_else(|| profile_of(&given));
        let parameters = given.root().get("parameter");
        let one = parameters
            .into_iter()
            .flat_map(fhir::View::items)
            .find_map(|one| one.get("resource"));
        let one = one.ok_or_else(|| {
            refusal::refuse(
                IssueCode::Required,
                "Parameters.parameter",
                "name the resource to check",
            )
        })?;
        one.to_resource().map_err(refusal::of_issue)?
    } else {
        given
    };
    if resource.type_name() != kind {
        let text = "the body is of another type than the address";
        return Err(refusal::refuse(IssueCode::Invalid, "resourceType", text).into());
    }
    let issues = ctx.read(move |tx| issues_of(tx, &resource, named.as_deref()));
    let issues = issues.await?;
    let text = fhir::outcome(&issues).to_string();
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}

/// The profile that Parameters name.
fn profile_of(parameters: &fhir::Resource) -> Option<String> {
    let all = parameters.root().get("parameter")?.items();
    let mut named =
        all.filter(|one| one.get("name").and_then(fhir::View::as_plain) == Some("profile"));
    named.find_map(|one| {
        let url = one.get("valueUri").or_else(|| one.get("valueCanonical"))?;
        url.as_str().map(|url| url.into_owned())
    })
}

/// A profile is asked only of what is sound by R4.
fn issues_of(
    tx: &mut Tx<'_>,
    resource: &fhir::Resource,
    profile: Option<&str>,
) -> kernel::Result<Vec<Issue>> {
    let mut issues = fhir::validate::validate(resource);
    if issues.iter().any(Issue::is_error) {
        return Ok(issues);
    }
    issues.extend(profiles::of_definition(resource));
    issues.extend(InForce::load(tx)?.issues(tx, resource)?);
    if let Some(url) = profile {
        for issue in profiles::issues_by(tx, resource, url)? {
            let known =
                |one: &Issue| one.expression == issue.expression && one.details == issue.details;
            if !issues.iter().any(known) {
                issues.push(issue);
            }
        }
    }
    Ok(issues)
}

/// Everything that is known of a patient, in pages.
#[utoipa::path(get, path = "/fhir/{type}/{id}/$everything", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_everything(
    ctx: Ctx,
    Path((kind, id)): Path<(String, String)>,
    call: Call,
) -> http::Result<Response> {
    if kind_of(&kind)? != "Patient" {
        let text = "$everything is of a Patient";
        return Err(refusal::refuse(IssueCode::NotSupported, "", text).into());
    }
    let text = everything::run(&ctx, &call.base, &call.pairs, id).await?;
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}
