//! What holds for apps on every path: where their tokens work, that refusals are audited, and that
//! pages of other origins may ask.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Error, Kind, Result};
use serde_json::json;
use store::{Change, Subject, Tx};

use crate::problem::Carried;
use crate::{App, Ctx};

/// What every access token of an app begins with, so that it is told from a system's token, and found
/// by those who search files for secrets.
pub const APP_TOKEN_START: &str = "lianti-app-";

/// Where an app sends somebody to ask for access: a page of the web interface.
pub const AUTHORIZE_PATH: &str = "/smart/authorize";
/// Where an app gets its tokens.
pub const TOKEN_PATH: &str = "/smart/token";
/// Where an app asks what a token is worth.
pub const INTROSPECT_PATH: &str = "/smart/introspect";
/// Where an app gives a token back.
pub const REVOKE_PATH: &str = "/smart/revoke";

pub(crate) const INSUFFICIENT: &str = "access.insufficient-scope";
/// Seconds a browser may remember what other origins may do.
const PREFLIGHT_SECONDS: &str = "3600";

/// The address of this server as the caller wrote it.
pub fn origin(app: &App, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let scheme = if app.config().secure_cookies {
        "https://"
    } else {
        "http://"
    };
    [scheme, host].concat()
}

/// The app was not granted this: what it would need, such as `patient/Observation.s`.
pub fn insufficient_scope(needed: &str) -> Error {
    let text = format!("insufficient_scope: the app was not granted {needed}");
    Error::forbidden(INSUFFICIENT, text).with(json!({ "scope": needed }))
}

/// Refuses an app's token anywhere but under `/fhir`.
///
/// # Errors
/// `access.app-token`.
pub(crate) async fn require_place(
    app: &App,
    actor: &std::sync::Arc<Actor>,
    path: &str,
    request_id: &str,
    address: &str,
) -> Result<()> {
    if actor.app.is_none() || crate::outcome::is_fhir(path) {
        return Ok(());
    }
    let request = store::Request {
        actor: std::sync::Arc::clone(actor),
        scope: None,
        request_id: request_id.to_owned(),
        address: address.to_owned(),
        idempotency: None,
    };
    let refused = app
        .store()
        .write(&request, |tx| record(tx, "access.app-token"));
    refused.await?;
    let text = "an app's access token is for the FHIR interface only";
    Err(Error::forbidden("access.app-token", text))
}

/// Audits that an app was refused; the app stands in the entry of whoever acts through one.
pub(crate) async fn note_refusal(ctx: Option<Ctx>, response: Response) -> Response {
    let Some(ctx) = ctx.filter(|ctx| ctx.actor().app.is_some()) else {
        return response;
    };
    let refusal = response.extensions().get::<Carried>();
    let code = refusal
        .map(|carried| &carried.0)
        .filter(|error| error.kind() == Kind::Forbidden)
        .map(|error| error.code());
    let Some(code) = code else {
        return response;
    };
    match ctx.note_app_refusal(code).await {
        Ok(()) => response,
        Err(error) => crate::ProblemResponse(error).into_response(),
    }
}

impl Ctx {
    /// Audits that the app at hand was refused, as an entry of a batch may be without the whole.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub async fn note_app_refusal(&self, code: &'static str) -> Result<()> {
        let request = store::Request {
            idempotency: None,
            ..self.request.clone()
        };
        self.store()
            .write(&request, move |tx| record(tx, code))
            .await
    }
}

fn record(tx: &mut Tx<'_>, code: &'static str) -> Result<()> {
    let subject = Subject {
        org_id: Some(tx.actor().org_id),
        ..Subject::new("account", tx.actor().id)
    };
    tx.record(
        Change::new("app.refused").detail(json!({ "code": code })),
        subject,
    )
}

/// Lets pages of any origin ask `/fhir` and `/smart`: what they get rests on the token they send, never
/// on a cookie, since a browser shows them no answer to a request with cookies.
pub(crate) async fn other_origins(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let open = crate::outcome::is_fhir(path) || path.starts_with("/smart/");
    if !open || !request.headers().contains_key(header::ORIGIN) {
        return next.run(request).await;
    }
    let preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let mut set = |name, value| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    if preflight {
        set(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, POST, PUT, PATCH, DELETE",
        );
        set(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "accept, authorization, content-type, if-match, if-none-match, if-none-exist, prefer, \
             idempotency-key",
        );
        set(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    } else {
        set(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "content-location, etag, last-modified, location, retry-after, www-authenticate, \
             x-progress, x-trace-id",
        );
    }
    response
}
