//! What the token endpoint and its neighbours read and answer: forms in, JSON out, errors as RFC 6749
//! has them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Kind};
use serde_json::{Value, json};

/// Parameters of one form at most, and bytes of it.
const PARAMETERS_MAX: usize = 50;
const FORM_BYTES_MAX: usize = 64 * 1024;

/// The parameters of a request, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form, or the query of an address.
    ///
    /// # Errors
    /// `invalid_request`: what can't be read, and parameters that come twice (RFC 6749 §3.1).
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let wrong = |why| Refusal::new("invalid_request", why);
        if bytes.len() > FORM_BYTES_MAX {
            return Err(wrong("the form is too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("the form is no UTF-8"))?;
        let uri = ["/?", text.trim_start_matches('?')].concat();
        let uri: axum::http::Uri = uri.parse().map_err(|_| wrong("the form can't be read"))?;
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri)
            .map_err(|_| wrong("the form can't be read"))?
            .0;
        if pairs.len() > PARAMETERS_MAX {
            return Err(wrong("the form has too many parameters"));
        }
        for (at, (name, value)) in pairs.iter().enumerate() {
            if pairs[..at].iter().any(|(other, _)| other == name) {
                return Err(wrong("a parameter comes twice"));
            }
            if value.contains('\0') {
                return Err(wrong("a parameter holds a control character"));
            }
        }
        Ok(Self(pairs))
    }

    /// A parameter; one without a value is as good as none (RFC 6749 §3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(one, _)| one == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn require(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            let why = format!("{name} is missing");
            Refusal {
                error: "invalid_request",
                why,
            }
        })
    }
}

/// Why an app does not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code of RFC 6749.
    pub error: &'static str,
    /// In words, for whoever writes the app.
    pub why: String,
}

impl Refusal {
    /// A refusal with its reason.
    pub(crate) fn new(error: &'static str, why: impl Into<String>) -> Self {
        Self {
            error,
            why: why.into(),
        }
    }

    /// As JSON, with the status its code has.
    pub(crate) fn into_response(self) -> Response {
        let status = match self.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = json!({ "error": self.error, "error_description": self.why });
        let mut response = answer(status, &body);
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"lianti\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// JSON that nobody keeps.
pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Our own failures in the form of RFC 6749: the app can only try again.
pub(crate) fn failed(error: Error) -> Response {
    match error.kind() {
        Kind::Unavailable | Kind::Throttled | Kind::Full => {
            let body = json!({ "error": "temporarily_unavailable" });
            answer(StatusCode::SERVICE_UNAVAILABLE, &body)
        }
        _ => http::ProblemResponse(error).into_response(),
    }
}

/// What refuses without an error of ours, so that what was noted of it is kept.
pub(crate) type Decided<T> = kernel::Result<Result<T, Refusal>>;
