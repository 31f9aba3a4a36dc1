//! Handlers: documents in, documents in words, originals, discharge summaries.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http::{App, Ctx, Json, Path, Query};
use kernel::{Error, Id, Kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::compose;
use crate::discharge::{self, DischargeContent, Source, Stay};
use crate::model::State;
use crate::receive::{self, Incoming, Stored};
use crate::view::{self, ClinicalDocument};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(document_send))
        .layer(DefaultBodyLimit::max(cda::BYTES_MAX + 1024))
        .routes(routes!(document_stays))
        .routes(routes!(document_discharge_draft))
        .routes(routes!(document_discharge_preview))
        .routes(routes!(document_discharge_issue))
        .routes(routes!(document_get))
        .routes(routes!(document_original))
}

/// What became of a document that was sent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DocumentStored {
    /// Its id, and that of its DocumentReference; absent in a trial.
    pub id: Option<Id>,
    /// Whose record it is in.
    pub patient_id: Id,
    /// Whether it was sent before: nothing was stored a second time.
    pub known: bool,
    /// Where it stands.
    pub state: State,
    /// Whether this was a trial: nothing was stored.
    pub trial: bool,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SendParams {
    /// Only say what would be done; nothing is stored.
    #[serde(default)]
    dry_run: bool,
}

/// Hands over a clinical document (HL7 CDA R2 of the WS/T 500 kind, UTF-8 or GB18030, at most 4 MiB).
/// It is kept to the byte in the record of the patient whose number it carries: 201, or 200 where the
/// same document is there already. A refusal names the place as XPath.
#[utoipa::path(post, path = "/api/documents", tag = "documents", params(SendParams),
    request_body(content = String, content_type = "application/xml"),
    responses((status = 201, body = DocumentStored), (status = 200, body = DocumentStored)),
    extensions(("x-permission" = json!("fhir.write"))))]
async fn document_send(
    ctx: Ctx,
    Query(query): Query<SendParams>,
    headers: HeaderMap,
    bytes: Bytes,
) -> http::Result<Response> {
    require_xml(&headers)?;
    let document = Arc::new(cda::read(&bytes).map_err(receive::refusal)?);
    let trial = query.dry_run;
    let stored = ctx.write(move |tx| {
        let incoming = Incoming {
            bytes: &bytes,
            document: &document,
            patient_id: None,
            sender_number: None,
        };
        let stored = receive::receive(tx, incoming)?;
        if trial {
            Err(tried(stored))
        } else {
            Ok(told(stored, false))
        }
    });
    let answer = match stored.await {
        Ok(answer) => answer,
        Err(error) => match trial_of(&error) {
            Some(answer) => answer,
            None => return Err(error.into()),
        },
    };
    let status = if answer.known || trial {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, axum::Json(answer)).into_response())
}

/// The code under which a trial leaves its transaction, which is rolled back by it.
const TRIED: &str = "documents.tried";

fn tried(stored: Stored) -> Error {
    let answer = told(stored, true);
    Error::rule(TRIED, "only a trial").with(serde_json::json!({ "answer": answer }))
}

fn trial_of(error: &Error) -> Option<DocumentStored> {
    let data = error.data().filter(|_| error.code() == TRIED)?;
    serde_json::from_value(data["answer"].clone()).ok()
}

fn told(stored: Stored, trial: bool) -> DocumentStored {
    DocumentStored {
        id: Some(stored.id).filter(|_| !trial || stored.known),
        patient_id: stored.patient_id,
        known: stored.known,
        state: stored.state,
        trial,
    }
}

fn require_xml(headers: &HeaderMap) -> kernel::Result<()> {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or("")
        .trim();
    if matches!(
        declared,
        "application/xml" | "text/xml" | "application/hl7-cda+xml" | ""
    ) {
        return Ok(());
    }
    let detail = "send the document itself, as application/xml";
    Err(Error::new(Kind::Unsupported, "documents.format", detail))
}

/// A document in words: its header, and its sections with words that cannot act.
#[utoipa::path(get, path = "/api/documents/{id}", tag = "documents", params(("id" = Id, Path)),
    responses((status = 200, body = ClinicalDocument)),
    extensions(("x-permission" = json!("fhir.read"))))]
async fn document_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<ClinicalDocument>> {
    Ok(Json(ctx.read(move |tx| view::stored(tx, id)).await?))
}

/// A document as it came, to the byte, for download.
#[utoipa::path(get, path = "/api/documents/{id}/original", tag = "documents",
    params(("id" = Id, Path)),
    responses((status = 200, content_type = "application/xml", body = Vec<u8>)),
    extensions(("x-permission" = json!("fhir.read"))))]
async fn document_original(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Response> {
    let bytes = ctx
        .read(move |tx| view::bytes(tx, id, "document-original"))
        .await?;
    let mut response = bytes.into_response();
    let name = format!("attachment; filename=\"{}\"", compose::file_name(id));
    let name = HeaderValue::from_str(&name).map_err(Error::internal)?;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // A document that names a style sheet or a script can't run it in ours.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox"),
    );
    Ok(response)
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StaysParams {
    /// Whose.
    patient_id: Id,
}

/// Stays of a patient at one's own organization that may be summarised.
#[utoipa::path(get, path = "/api/documents/stays", tag = "documents", params(StaysParams),
    responses((status = 200, body = Vec<Stay>)),
    extensions(("x-permission" = json!("fhir.write"))))]
async fn document_stays(
    ctx: Ctx,
    Query(query): Query<StaysParams>,
) -> http::Result<Json<Vec<Stay>>> {
    let stays = ctx.read(move |tx| discharge::stays(tx, query.patient_id));
    Ok(Json(stays.await?))
}

/// Which stay to summarise.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeStay {
    /// Whose.
    pub patient_id: Id,
    /// Where it is known from.
    pub source: Source,
    /// The Encounter or referral.
    pub stay_id: Id,
}

/// A discharge summary filled in from what is known of a stay. Nothing is stored.
#[utoipa::path(post, path = "/api/documents/discharge-summaries/draft", tag = "documents",
    request_body = DischargeStay, responses((status = 200, body = DischargeContent)),
    extensions(("x-permission" = json!("fhir.write"))))]
async fn document_discharge_draft(
    ctx: Ctx,
    Json(body): Json<DischargeStay>,
) -> http::Result<Json<DischargeContent>> {
    let filled =
        ctx.read(move |tx| discharge::fill(tx, body.patient_id, body.source, body.stay_id));
    Ok(Json(filled.await?))
}

/// The document that a discharge summary would be. Nothing is stored.
#[utoipa::path(post, path = "/api/documents/discharge-summaries/preview", tag = "documents",
    request_body = DischargeContent, responses((status = 200, body = ClinicalDocument)),
    extensions(("x-permission" = json!("fhir.write"))))]
async fn document_discharge_preview(
    ctx: Ctx,
    Json(content): Json<DischargeContent>,
) -> http::Result<Json<ClinicalDocument>> {
    let view = ctx.read(move |tx| {
        content.check(tx.now())?;
        discharge::require(tx, &content)?;
        let earlier = compose::earlier(tx, &content)?;
        let document = compose::document(tx, &content, earlier.as_ref())?;
        let (bytes, read) = compose::bytes(&document)?;
        Ok(view::of(&read, &bytes))
    });
    Ok(Json(view.await?))
}

/// Issues a discharge summary in one's own name: a document of the patient's record.
#[utoipa::path(post, path = "/api/documents/discharge-summaries", tag = "documents",
    request_body = DischargeContent, responses((status = 201, body = DocumentStored)),
    extensions(("x-permission" = json!("fhir.write"))))]
async fn document_discharge_issue(
    ctx: Ctx,
    Json(content): Json<DischargeContent>,
) -> http::Result<Response> {
    let stored = ctx.write(move |tx| {
        content.check(tx.now())?;
        discharge::require(tx, &content)?;
        let earlier = compose::earlier(tx, &content)?;
        let document = compose::document(tx, &content, earlier.as_ref())?;
        let (bytes, read) = compose::bytes(&document)?;
        let incoming = Incoming {
            bytes: &bytes,
            document: &read,
            patient_id: Some(content.patient_id),
            sender_number: None,
        };
        receive::receive(tx, incoming).map(|stored| told(stored, false))
    });
    Ok((StatusCode::CREATED, axum::Json(stored.await?)).into_response())
}
