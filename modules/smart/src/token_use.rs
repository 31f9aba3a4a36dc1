//! What a token is worth: to the FHIR interface, to whoever introspects it, to whoever gives it back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http::{AppBearer, Ctx};
use kernel::{AppGrant, Result};
use serde_json::{Value, json};
use store::{Change, Subject, Tx, Versioned, sha256_hex};

use crate::authorize::{named, subject, without_key};
use crate::client;
use crate::model::{App, AppState};
use crate::oauth::{self, Decided, Form};
use crate::rows::{self, GrantRow, TokenKind, TokenRow};
use crate::scopes::Scopes;

/// A token that works, with what it hangs on.
struct Live {
    app: App,
    grant: GrantRow,
    token: TokenRow,
    scopes: Scopes,
}

/// A token as long as it works: it has not run out, its grant stands, its app is let in. What the app
/// may not ask for any more, its tokens have lost.
fn live(tx: &mut Tx<'_>, sha256: &str) -> Result<Option<Live>> {
    let now = tx.now();
    let Some(token) = rows::token(tx, sha256)?.filter(|token| token.expires_at > now) else {
        return Ok(None);
    };
    if token.used_at.is_some() {
        return Ok(None);
    }
    let grant = rows::grant(tx, token.grant_id)?;
    let Some(grant) = grant.filter(|one| one.revoked_at.is_none() && one.ends_at > now) else {
        return Ok(None);
    };
    if let Some(session) = &grant.session_sha256
        && !http::signin::is_open(tx, session)?
    {
        return Ok(None);
    }
    let app: Option<Versioned<App>> = tx.load_opt(grant.app_id)?;
    let Some(app) = app.filter(|app| app.state == AppState::Active) else {
        return Ok(None);
    };
    let allowed = Scopes::kept(app.scopes.iter().map(String::as_str));
    let scopes = Scopes::kept(token.scope.split(' ')).within(&allowed);
    Ok(Some(Live {
        app: app.data,
        grant,
        token,
        scopes,
    }))
}

/// What an access token stands for; see [`http::AppTokenFn`].
pub(crate) fn find(tx: &mut Tx<'_>, sha256: &str) -> Result<Option<AppBearer>> {
    let found = live(tx, sha256)?.filter(|live| live.token.kind == TokenKind::Access);
    Ok(found.map(|live| AppBearer {
        account_id: live.grant.account_id,
        assignment_id: live.grant.assignment_id,
        app: Arc::new(AppGrant {
            app_id: live.app.id,
            name: live.app.name,
            patient_id: live.grant.patient_id,
            scopes: live.scopes.data().cloned().collect(),
        }),
    }))
}

/// What is a token worth (RFC 7662)? Asked by the app it was issued to.
#[utoipa::path(post, path = "/smart/introspect", tag = "smart",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Object), (status = 400, body = Object), (status = 401, body = Object)),
    extensions(("x-permission" = json!("public"))))]
pub(crate) async fn smart_introspect(ctx: Ctx, headers: HeaderMap, bytes: Bytes) -> Response {
    let worth = |tx: &mut Tx<'_>, app: &App, secret: &str| {
        let found = live(tx, &sha256_hex(secret.as_bytes()))?;
        Ok(match found.filter(|live| live.app.id == app.id) {
            Some(live) => described(&live),
            None => json!({ "active": false }),
        })
    };
    respond(about_token(&ctx, &headers, &bytes, worth).await)
}

fn described(live: &Live) -> Value {
    let seconds = |at: kernel::Instant| at.micros() / 1_000_000;
    let mut body = json!({
        "active": true,
        "scope": live.scopes.text(),
        "client_id": live.app.id,
        "sub": live.grant.account_id,
        "exp": seconds(live.token.expires_at),
        "iat": seconds(live.token.created_at),
    });
    if live.token.kind == TokenKind::Access {
        body["token_type"] = json!("Bearer");
    }
    if let Some(patient) = live.grant.patient_id {
        body["patient"] = json!(patient);
    }
    body
}

/// Give a token back (RFC 7009): everything that came of the same consent ends. One that is unknown or
/// another's is answered alike.
#[utoipa::path(post, path = "/smart/revoke", tag = "smart",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Object), (status = 400, body = Object), (status = 401, body = Object)),
    extensions(("x-permission" = json!("public"))))]
pub(crate) async fn smart_revoke(ctx: Ctx, headers: HeaderMap, bytes: Bytes) -> Response {
    let give_back = |tx: &mut Tx<'_>, app: &App, secret: &str| {
        let token = rows::token(tx, &sha256_hex(secret.as_bytes()))?;
        let grant = match token {
            Some(token) => rows::grant(tx, token.grant_id)?,
            None => None,
        };
        if let Some(grant) = grant.filter(|grant| grant.app_id == app.id)
            && rows::revoke_grant(tx, grant.id)?
        {
            let detail = json!({ "app": named(app), "grant_id": grant.id, "why": "app" });
            let subject = Subject {
                patient_id: grant.patient_id,
                ..subject(app)
            };
            tx.record(Change::new("smart.revoked").detail(detail), subject)?;
        }
        Ok(json!({}))
    };
    respond(about_token(&ctx, &headers, &bytes, give_back).await)
}

fn respond(result: Decided<Value>) -> Response {
    match result {
        Ok(Ok(body)) => oauth::answer(StatusCode::OK, &body),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(error) => oauth::failed(error),
    }
}

/// Reads who asks about which token, and does `act` with it.
async fn about_token(
    ctx: &Ctx,
    headers: &HeaderMap,
    bytes: &[u8],
    act: impl Fn(&mut Tx<'_>, &App, &str) -> Result<Value> + Send + 'static,
) -> Decided<Value> {
    let form = match Form::parse(bytes) {
        Ok(form) => form,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let secret = match form.require("token") {
        Ok(secret) => secret.to_owned(),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let client = match client::identify(ctx, &form, headers).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let audience = [&http::origin(ctx.app(), headers), http::TOKEN_PATH].concat();
    ctx.store()
        .write(&without_key(ctx), move |tx| {
            if let Err(refusal) = client.prove(tx, &audience)? {
                return Ok(Err(refusal));
            }
            act(tx, &client.app, &secret).map(Ok)
        })
        .await
}
