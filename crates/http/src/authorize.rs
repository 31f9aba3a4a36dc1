//! The layers every request passes: trace id and refusals outermost, then load, then permission.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, ActorKind, Error, Id, Kind, Result, Scope};
use store::{Change, IdempotencyKey, Subject, sha256_hex};

use crate::problem::{Carried, ProblemResponse, log, render};
use crate::signin::{LiveSession, authenticate};
use crate::{App, Ctx, Language, apps};

/// The largest body that may come with an idempotency key and is hashed for it.
const HASHED_BYTES_MAX: usize = 1024 * 1024;
const KEY_CHARS_MAX: usize = 128;

/// Names the request in logs and problem documents.
#[derive(Clone)]
struct TraceId(String);

/// Outermost: gives the request its trace id, sheds load, and renders refusals in the caller's
/// language.
pub(crate) async fn finish(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let trace_id = app
        .store()
        .ids()
        .next(app.store().clock().now())
        .to_string();
    let accept = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let language = Language::from_header(accept);
    let is_fhir = crate::outcome::is_fhir(request.uri().path());
    let is_api = is_fhir || request.uri().path().starts_with("/api/");
    request.extensions_mut().insert(TraceId(trace_id.clone()));
    let Ok(_permit) = app.in_flight().try_acquire() else {
        let error = Error::new(
            Kind::Unavailable,
            "store.overloaded",
            "the server is busy; try again shortly",
        );
        return render(&error, app.messages().detail(&error, language), &trace_id);
    };
    let outcome = Box::pin(next.run(request)).await;
    let mut response = match refusal_of(&outcome, is_api) {
        Some(carried) => {
            let error = &carried.0;
            log(error, &trace_id);
            let detail = app.messages().detail(error, language);
            if is_fhir {
                crate::outcome::render(error, &detail, &trace_id)
            } else {
                render(error, detail, &trace_id)
            }
        }
        None => outcome,
    };
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-trace-id"), value);
    }
    response
}

fn refusal_of(response: &Response, is_api: bool) -> Option<Carried> {
    if let Some(carried) = response.extensions().get::<Carried>() {
        return Some(carried.clone());
    }
    let error = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED if is_api => Error::new(
            Kind::Method,
            "request.method",
            "this address does not do that",
        ),
        StatusCode::NOT_FOUND if is_api => Error::new(
            Kind::NotFound,
            "request.unknown",
            "there is no such address",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Error::new(
            Kind::TooLarge,
            "request.body",
            "the body is larger than the limit",
        ),
        _ => return None,
    };
    Some(Carried(std::sync::Arc::new(error)))
}

/// For addresses under `/api` that nothing answers.
pub(crate) async fn no_such_address() -> ProblemResponse {
    Error::new(
        Kind::NotFound,
        "request.unknown",
        "there is no such address",
    )
    .into()
}

/// Finds the actor, checks the permission the operation's document names, and hands on a [`Ctx`].
pub(crate) async fn authorize(State(app): State<App>, request: Request, next: Next) -> Response {
    match context(&app, request).await {
        Ok(request) => {
            let ctx = request.extensions().get::<Ctx>().cloned();
            let response = next.run(request).await;
            apps::note_refusal(ctx, response).await
        }
        Err(error) => ProblemResponse(error).into_response(),
    }
}

async fn context(app: &App, request: Request) -> Result<Request> {
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let method = if request.method() == Method::HEAD {
        Method::GET
    } else {
        request.method().clone()
    };
    let permission = path
        .as_deref()
        .and_then(|path| app.permission_of(&method, path))
        .map(str::to_owned);
    let Some(permission) = permission else {
        return Err(Error::new(
            Kind::Method,
            "request.method",
            "this address does not do that",
        ));
    };
    let trace_id = request
        .extensions()
        .get::<TraceId>()
        .map_or_else(String::new, |id| id.0.clone());
    let headers = request.headers().clone();
    let address = address_of(app, &request);
    let (actor, session) = if permission == "public" {
        (std::sync::Arc::new(nobody()), None)
    } else {
        let caller = authenticate(app, &method, &headers).await?;
        let path = path.as_deref().unwrap_or_default();
        caller.may_go_on(&method, path)?;
        apps::require_place(app, &caller.actor, path, &trace_id, &address).await?;
        (caller.actor, caller.session)
    };
    let scope = scope_of(app, &permission, &actor, &trace_id, &address).await?;
    let (request, mut idempotency) = idempotency_key(request).await?;
    if let (Some(key), Some(grant)) = (&mut idempotency, &actor.app) {
        // An answer that was given to the user is not given to an app of theirs.
        let bound = format!("{} app {}", key.request_sha256, grant.app_id);
        key.request_sha256 = sha256_hex(bound.as_bytes());
    }
    Ok(with_context(
        app,
        request,
        actor,
        session,
        Some(scope),
        trace_id,
        address,
        idempotency,
        &headers,
    ))
}

#[expect(
    clippy::too_many_arguments,
    reason = "the one place where a request's facts come together"
)]
fn with_context(
    app: &App,
    mut request: Request,
    actor: std::sync::Arc<Actor>,
    session: Option<LiveSession>,
    scope: Option<Scope>,
    request_id: String,
    address: String,
    idempotency: Option<IdempotencyKey>,
    headers: &HeaderMap,
) -> Request {
    let text = |name: HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let ctx = Ctx {
        app: app.clone(),
        request: store::Request {
            actor,
            scope,
            request_id,
            address,
            idempotency,
        },
        if_match: text(header::IF_MATCH),
        language: Language::from_header(text(header::ACCEPT_LANGUAGE).as_deref()),
        session,
    };
    request.extensions_mut().insert(ctx);
    request
}

/// Somebody who has not signed in.
fn nobody() -> Actor {
    Actor {
        id: Id::NIL,
        kind: ActorKind::Person,
        name: String::new(),
        practitioner_id: None,
        role: "nobody".to_owned(),
        org_id: Id::NIL,
        department_id: None,
        grants: std::collections::BTreeMap::new(),
        app: None,
    }
}

async fn scope_of(
    app: &App,
    permission: &str,
    actor: &std::sync::Arc<Actor>,
    trace_id: &str,
    address: &str,
) -> Result<Scope> {
    if matches!(permission, "public" | "signed-in") {
        return Ok(Scope::Own);
    }
    if let Some(scope) = actor.scope(permission) {
        return Ok(scope);
    }
    let request = store::Request {
        actor: std::sync::Arc::clone(actor),
        scope: None,
        request_id: trace_id.to_owned(),
        address: address.to_owned(),
        idempotency: None,
    };
    let wanted = permission.to_owned();
    app.store()
        .write(&request, move |tx| {
            let change =
                Change::new("access.denied").detail(serde_json::json!({ "permission": wanted }));
            let subject = Subject {
                org_id: Some(tx.actor().org_id),
                ..Subject::new("account", tx.actor().id)
            };
            tx.record(change, subject)
        })
        .await?;
    Err(Error::forbidden(
        "access.forbidden",
        "your role does not have this permission",
    )
    .with(serde_json::json!({ "permission": permission })))
}

/// The caller's address; a proxy's word is taken only from those the operator listed.
fn address_of(app: &App, request: &Request) -> String {
    let peer: Option<IpAddr> = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let trusted = peer.is_some_and(|peer| app.config().trusted_proxies.contains(&peer));
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .filter(|_| trusted)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|value| value.trim().parse::<IpAddr>().ok());
    forwarded
        .or(peer)
        .map_or_else(|| "local".to_owned(), |address| address.to_string())
}

/// Reads the key and binds it to method, address and body. Uploads are bound to method and address
/// only, because a browser draws a new boundary for each try.
async fn idempotency_key(request: Request) -> Result<(Request, Option<IdempotencyKey>)> {
    let Some(key) = request.headers().get("idempotency-key") else {
        return Ok((request, None));
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_CHARS_MAX).contains(&key.len()));
    let key = key.map(str::to_owned).ok_or_else(|| {
        Error::invalid(
            "request.idempotency-key",
            "Idempotency-Key",
            "a key has 1 to 128 visible characters",
        )
    })?;
    if request.method().is_safe() {
        return Ok((request, None));
    }
    let upload = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/"));
    let address = format!("{} {}", request.method(), request.uri());
    let if_match = request
        .headers()
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let prefix = format!("{address} {if_match} ");
    if upload {
        let request_sha256 = sha256_hex(prefix.as_bytes());
        return Ok((
            request,
            Some(IdempotencyKey {
                key,
                request_sha256,
            }),
        ));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, HASHED_BYTES_MAX).await.map_err(|error| {
        Error::new(
            Kind::TooLarge,
            "request.body",
            "the body is too large or broke off",
        )
        .because(error)
    })?;
    let request_sha256 = sha256_hex(&[prefix.as_bytes(), &bytes].concat());
    let request = Request::from_parts(parts, Body::from(bytes));
    Ok((
        request,
        Some(IdempotencyKey {
            key,
            request_sha256,
        }),
    ))
}

/// Headers that keep browsers from guessing, framing and leaking.
pub(crate) async fn secure_headers(request: Request, next: Next) -> Response {
    const HEADERS: [(&str, &str); 6] = [
        (
            "content-security-policy",
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
             font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(self), geolocation=(), microphone=()",
        ),
    ];
    let path = request.uri().path();
    let is_api = path.starts_with("/api/") || crate::outcome::is_fhir(path);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if is_api {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
