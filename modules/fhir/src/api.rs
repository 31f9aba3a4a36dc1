//! Handlers under `/fhir`: thin; they read the request, call, and render.

mod criteria;
mod export;
mod hidden;
mod history;
mod import;
mod instance;
mod operations;
mod search;
mod subscriptions;
mod system;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use fhir::IssueCode;
use http::{App, Ctx};
use kernel::{Error, Kind, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::keys::Keys;
use crate::refusal;
use crate::shape::{Pairs, Shape};
use crate::write::known_type;

/// Bytes of a body: a bundle.
const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// All routes. Each application has its own keys.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(system::fhir_capabilities))
        .routes(routes!(search::fhir_search_all, system::fhir_bundle))
        .routes(routes!(
            search::fhir_search_all_at_slash,
            system::fhir_bundle_at_slash
        ))
        .routes(routes!(search::fhir_search_all_form))
        .routes(routes!(history::fhir_history_all))
        .routes(routes!(
            search::fhir_search,
            instance::fhir_create,
            criteria::fhir_update_where,
            criteria::fhir_patch_where,
            criteria::fhir_delete_where
        ))
        .routes(routes!(search::fhir_search_form))
        .routes(routes!(search::fhir_search_compartment))
        .routes(routes!(history::fhir_history_type))
        .routes(routes!(search::fhir_lastn))
        .routes(routes!(operations::fhir_match))
        .routes(routes!(operations::fhir_lookup, operations::fhir_lookup_by))
        .routes(routes!(
            operations::fhir_validate_code,
            operations::fhir_validate_code_by
        ))
        .routes(routes!(operations::fhir_expand, operations::fhir_expand_by))
        .routes(routes!(operations::fhir_expand_one))
        .routes(routes!(
            operations::fhir_validate_in,
            operations::fhir_validate_in_by
        ))
        .routes(routes!(operations::fhir_validate_in_one))
        .routes(routes!(
            operations::fhir_translate,
            operations::fhir_translate_by
        ))
        .routes(routes!(operations::fhir_translate_one))
        .routes(routes!(system::fhir_validate))
        .routes(routes!(
            instance::fhir_read,
            instance::fhir_update,
            instance::fhir_patch,
            instance::fhir_delete
        ))
        .routes(routes!(history::fhir_history))
        .routes(routes!(history::fhir_version_read))
        .routes(routes!(system::fhir_everything))
        .routes(routes!(import::fhir_import))
        .routes(routes!(operations::fhir_document))
        .routes(routes!(export::fhir_export))
        .routes(routes!(export::fhir_export_patients))
        .routes(routes!(export::fhir_export_group))
        .routes(routes!(
            export::fhir_export_status,
            export::fhir_export_delete
        ))
        .routes(routes!(export::fhir_export_file))
        .routes(routes!(hidden::fhir_hidden))
        .routes(routes!(subscriptions::fhir_dead_letters))
        .routes(routes!(subscriptions::fhir_dead_letters_retry))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::Extension(Keys::default()))
}

/// What every handler needs of its request.
pub(crate) struct Call {
    pub base: String,
    pub pairs: Pairs,
    pub shape: Shape,
    /// Whether the client said what a write is to answer.
    pub prefers: bool,
    /// The headers, for conditions and media types.
    pub headers: HeaderMap,
}

impl FromRequestParts<App> for Call {
    type Rejection = http::ProblemResponse;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &App,
    ) -> std::result::Result<Self, Self::Rejection> {
        let ctx = Ctx::from_request_parts(parts, app).await?;
        Ok(Self::new(&ctx, &parts.uri, &parts.headers)?)
    }
}

impl Call {
    fn new(ctx: &Ctx, uri: &axum::http::Uri, headers: &HeaderMap) -> Result<Self> {
        let mut pairs = crate::shape::pairs_of(uri)?;
        let shape = Shape::take(headers, &mut pairs)?;
        Ok(Self {
            base: crate::answer::base(ctx, headers),
            pairs,
            shape,
            prefers: headers.contains_key("prefer"),
            headers: headers.clone(),
        })
    }

    /// The pairs as criteria of a conditional command.
    pub(super) fn criteria(&self) -> String {
        let pairs = self
            .pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        crate::answer::query_string(pairs)
    }
}

/// One resource as an entry of a bundle reads it.
pub(crate) async fn read_text(
    ctx: &Ctx,
    kind: &'static str,
    id: String,
    version: Option<i64>,
) -> Result<String> {
    let body = ctx.read(move |tx| match version {
        None => {
            let header = crate::rows::require(tx, kind, &id)?;
            crate::access::note(tx, [&header].into_iter(), "fhir.read")?;
            crate::rows::body(tx, header.key, header.version)
        }
        Some(number) => {
            let (_, version) = crate::history::version(tx, kind, &id, number)?;
            crate::history::note(tx, std::slice::from_ref(&version))?;
            Ok(version.body)
        }
    });
    body.await?.ok_or_else(refusal::gone)
}

/// A search as an entry of a bundle runs it.
pub(crate) async fn search_text(ctx: &Ctx, kind: &'static str, call: Call) -> Result<String> {
    search::bundle(ctx, Some(kind), call).await
}

/// The type in an address.
pub(super) fn kind_of(name: &str) -> Result<&'static str> {
    known_type(name).map_err(|_| {
        let text = "there is no resource type of this name in R4";
        Error::new(Kind::NotFound, "fhir.type", text)
    })
}

/// The version in `If-Match: W/"3"`.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or("").trim();
    let version = text
        .trim_start_matches("W/")
        .trim_matches('"')
        .parse::<i64>();
    version.map(Some).map_err(|_| {
        let text = "If-Match carries the ETag as it was given: W/\"3\"";
        refusal::refuse(IssueCode::Value, "If-Match", text)
    })
}

/// `If-None-Match: *`: only if there is none yet.
pub(super) fn only_new(headers: &HeaderMap) -> bool {
    headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == b"*")
}

/// Refuses bodies in other formats.
pub(super) fn require_json(headers: &HeaderMap, also: &[&str]) -> Result<()> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let name = declared
        .and_then(|value| value.split(';').next())
        .unwrap_or("")
        .trim();
    let plain = ["application/fhir+json", "application/json", "text/json", ""];
    if plain.contains(&name) || also.contains(&name) {
        return Ok(());
    }
    Err(Error::new(
        Kind::Unsupported,
        "fhir.format",
        "this server speaks JSON only: application/fhir+json",
    ))
}

/// A patch in the form its media type says.
pub(super) fn patch_of(headers: &HeaderMap, bytes: &Bytes) -> Result<crate::write::Patch> {
    require_json(headers, &["application/json-patch+json"])?;
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if declared.is_some_and(|value| value.starts_with("application/json-patch+json")) {
        return crate::prepare::read_document(bytes).map(crate::write::Patch::Json);
    }
    crate::prepare::read(bytes, "Parameters").map(crate::write::Patch::FhirPath)
}

/// 304 for a client that has the version already.
pub(super) fn unchanged(headers: &HeaderMap, version: i64) -> Option<StatusCode> {
    let known = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    let tag = crate::answer::etag(version);
    known
        .split(',')
        .any(|one| one.trim() == tag)
        .then_some(StatusCode::NOT_MODIFIED)
}
