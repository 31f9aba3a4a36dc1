//! Refusals on the wire: RFC 9457 problem documents with a stable code, in the caller's language.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Kind};
use serde::{Deserialize, Serialize};

/// What handlers answer.
pub type Result<T, E = ProblemResponse> = std::result::Result<T, E>;

/// RFC 9457 with our extensions.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:lianti:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was refused, why, and what to do.
    pub detail: String,
    /// Stable code: `referral.bed-not-available`.
    pub code: String,
    /// Finds the request in the server's log.
    pub trace_id: String,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Facts that help to recover: the current version, alternatives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub data: Option<serde_json::Value>,
}

/// A field at fault.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// Path of the field: `patient.identifier`.
    pub path: String,
    /// Stable code.
    pub code: String,
}

/// An error on its way out; the authorization layer fills in language and trace id.
#[derive(Debug)]
pub struct ProblemResponse(pub Error);

impl From<Error> for ProblemResponse {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The HTTP status of each kind: the one table.
pub(crate) fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid | Kind::Unsupported => StatusCode::BAD_REQUEST,
        Kind::Method => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::StaleVersion => StatusCode::PRECONDITION_FAILED,
        Kind::Rule => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Throttled => StatusCode::TOO_MANY_REQUESTS,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Full => StatusCode::INSUFFICIENT_STORAGE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The error travels in the response's extensions until the outermost layer renders it, because only
/// that layer knows the caller's language and the trace id.
#[derive(Clone)]
pub(crate) struct Carried(pub(crate) std::sync::Arc<Error>);

impl IntoResponse for ProblemResponse {
    fn into_response(self) -> Response {
        let mut response = status_of(self.0.kind()).into_response();
        response
            .extensions_mut()
            .insert(Carried(std::sync::Arc::new(self.0)));
        response
    }
}

/// Renders an error as its problem document.
pub(crate) fn render(error: &Error, detail: String, trace_id: &str) -> Response {
    let status = status_of(error.kind());
    let code = error.code().to_owned();
    let errors = error.fields().iter().map(|path| FieldProblem {
        path: path.clone(),
        code: code.clone(),
    });
    let problem = Problem {
        kind: format!("urn:lianti:problem:{code}"),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail,
        trace_id: trace_id.to_owned(),
        errors: errors.collect(),
        data: error.data().cloned(),
        code,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if matches!(error.kind(), Kind::Unavailable | Kind::Throttled) {
        let seconds = error
            .data()
            .and_then(|data| data.get("retry_after")?.as_u64())
            .unwrap_or(1);
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Logs a refusal or failure once, at the boundary, by how serious it is.
pub(crate) fn log(error: &Error, trace_id: &str) {
    match error.kind() {
        Kind::Internal => tracing::error!(trace_id, code = error.code(), ?error, "request failed"),
        Kind::Unavailable | Kind::Full | Kind::Throttled => {
            tracing::warn!(trace_id, code = error.code(), ?error, "request put off");
        }
        Kind::Forbidden
        | Kind::Unauthenticated
        | Kind::Conflict
        | Kind::StaleVersion
        | Kind::Rule => {
            tracing::info!(trace_id, code = error.code(), "request refused");
        }
        _ => tracing::debug!(trace_id, code = error.code(), "request refused"),
    }
}
