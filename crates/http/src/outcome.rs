//! Refusals under `/fhir`: the same errors as OperationOutcome (FHIR R4).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Kind};
use serde_json::{Value, json};

use crate::problem::status_of;
use crate::{Ctx, apps};

/// Where refusals are OperationOutcomes.
pub(crate) fn is_fhir(path: &str) -> bool {
    path == "/fhir" || path.starts_with("/fhir/")
}

impl Ctx {
    /// The OperationOutcome that tells this caller of an error, such as one entry of a batch, and its
    /// status.
    pub fn outcome(&self, error: &Error) -> (StatusCode, Value) {
        let detail = self.app.messages().detail(error, self.language);
        let outcome = outcome(error, &detail, &self.request.request_id);
        (status_of(error.kind()), outcome)
    }
}

/// Renders an error as OperationOutcome.
pub(crate) fn render(error: &Error, detail: &str, trace_id: &str) -> Response {
    let body = outcome(error, detail, trace_id).to_string();
    let mut response = (status_of(error.kind()), body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/fhir+json; charset=utf-8"),
    );
    if matches!(error.kind(), Kind::Unavailable | Kind::Throttled) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    let challenge = match error.kind() {
        Kind::Unauthenticated => Some("Bearer"),
        _ if error.code() == apps::INSUFFICIENT => Some("Bearer error=\"insufficient_scope\""),
        _ => None,
    };
    if let Some(challenge) = challenge {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        );
    }
    response
}

/// One issue an error; an error that brings its own `issue` list in its data shows that instead.
fn outcome(error: &Error, detail: &str, trace_id: &str) -> Value {
    let coding = json!([{ "system": "urn:lianti:error", "code": error.code() }]);
    let own = error.data().and_then(|data| data.get("issue"));
    if let Some(Value::Array(issues)) = own {
        let mut issues = issues.clone();
        if let Some(details) = issues
            .first_mut()
            .and_then(|issue| issue.get_mut("details"))
        {
            details["coding"] = coding;
        }
        return json!({ "resourceType": "OperationOutcome", "issue": issues });
    }
    let mut issue = json!({
        "severity": "error",
        "code": issue_code(error.kind()),
        "details": { "coding": coding, "text": detail },
    });
    if !error.fields().is_empty() {
        issue["expression"] = json!(error.fields());
    }
    if error.kind() == Kind::Internal {
        issue["diagnostics"] = json!(trace_id);
    }
    json!({ "resourceType": "OperationOutcome", "issue": [issue] })
}

/// The code of value set `issue-type` for each kind.
fn issue_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "invalid",
        Kind::Unauthenticated => "login",
        Kind::Forbidden => "forbidden",
        Kind::NotFound => "not-found",
        Kind::Gone => "deleted",
        Kind::Conflict | Kind::StaleVersion => "conflict",
        Kind::Rule => "business-rule",
        Kind::Throttled => "throttled",
        Kind::Unsupported | Kind::Method => "not-supported",
        Kind::TooLarge => "too-long",
        Kind::Unavailable => "transient",
        Kind::Full | Kind::Internal => "exception",
    }
}
