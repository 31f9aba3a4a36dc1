//! The token endpoint: a code, a refresh token or a system's proof becomes an access token.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http::Ctx;
use kernel::{AppLevel, Id, Result, Span};
use serde_json::{Value, json};
use store::{Change, Subject, Tx, hex, sha256_hex};

use crate::authorize::{base_of, named, note_refusal, subject, without_key};
use crate::client::{self, Client};
use crate::keys::{self, SigningKey};
use crate::model::{App, ClientKind};
use crate::oauth::{self, Decided, Form, Refusal};
use crate::rows::{self, GrantRow, TokenKind, TokenRow};
use crate::scopes::Scopes;
use crate::{code_flow, settings};

/// Get tokens for a code, a refresh token, or as a system (RFC 6749; SMART App Launch 2).
#[utoipa::path(post, path = "/smart/token", tag = "smart",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Object), (status = 400, body = Object), (status = 401, body = Object)),
    extensions(("x-permission" = json!("public"))))]
pub(crate) async fn smart_token(ctx: Ctx, headers: HeaderMap, bytes: Bytes) -> Response {
    match issue(&ctx, &headers, &bytes).await {
        Ok(Ok(body)) => oauth::answer(StatusCode::OK, &body),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(error) => oauth::failed(error),
    }
}

/// What a token is made for and with.
struct Desk {
    base: String,
    signing: SigningKey,
}

async fn issue(ctx: &Ctx, headers: &HeaderMap, bytes: &[u8]) -> Decided<Value> {
    let form = match Form::parse(bytes) {
        Ok(form) => form,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let client = match client::identify(ctx, &form, headers).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let audience = [&http::origin(ctx.app(), headers), http::TOKEN_PATH].concat();
    let desk = Desk {
        base: base_of(ctx, headers),
        signing: keys::signing(ctx).await?,
    };
    ctx.store()
        .write(&without_key(ctx), move |tx| {
            if let Err(refusal) = client.prove(tx, &audience)? {
                return Ok(Err(refusal));
            }
            let issued = by_kind(tx, &client, &form, &desk)?;
            if let Err(refusal) = &issued {
                note_refusal(tx, &client.app, "token", refusal)?;
            }
            Ok(issued)
        })
        .await
}

fn by_kind(tx: &mut Tx<'_>, client: &Client, form: &Form, desk: &Desk) -> Decided<Value> {
    let backend = client.app.client == ClientKind::Backend;
    match (form.get("grant_type").unwrap_or(""), backend) {
        ("authorization_code", false) => by_code(tx, &client.app, form, desk),
        ("refresh_token", false) => by_refresh(tx, &client.app, form),
        ("client_credentials", true) => as_system(tx, &client.app, form),
        ("authorization_code" | "refresh_token" | "client_credentials", _) => {
            Ok(Err(Refusal::new(
                "unauthorized_client",
                "the app is not registered for this grant_type",
            )))
        }
        ("", _) => Ok(Err(Refusal::new(
            "invalid_request",
            "grant_type is missing",
        ))),
        _ => Ok(Err(Refusal::new(
            "unsupported_grant_type",
            "grant_type is authorization_code, refresh_token or client_credentials",
        ))),
    }
}

fn invalid_grant(why: &str) -> Refusal {
    Refusal::new("invalid_grant", why)
}

/// The grant, as long as it stands and its person may still act.
fn standing(tx: &mut Tx<'_>, id: Id, app: &App) -> Decided<GrantRow> {
    let now = tx.now();
    let Some(grant) = rows::grant(tx, id)?.filter(|grant| grant.app_id == app.id) else {
        return Ok(Err(invalid_grant("it is not this app's")));
    };
    if grant.revoked_at.is_some() || grant.ends_at <= now {
        return Ok(Err(invalid_grant(
            "what was granted was taken back, or has run out",
        )));
    }
    let actor = http::signin::actor_of_assignment(tx, grant.account_id, grant.assignment_id)?;
    let may = actor.is_some_and(|actor| actor.scope("fhir.read").is_some());
    if !may {
        return Ok(Err(invalid_grant(
            "its account may not read by FHIR any more",
        )));
    }
    if let Some(session) = &grant.session_sha256
        && !http::signin::is_open(tx, session)?
    {
        return Ok(Err(invalid_grant(
            "the person has signed out (online_access)",
        )));
    }
    Ok(Ok(grant))
}

fn by_code(tx: &mut Tx<'_>, app: &App, form: &Form, desk: &Desk) -> Decided<Value> {
    let (code, verifier) = match (form.require("code"), form.require("code_verifier")) {
        (Ok(code), Ok(verifier)) => (code, verifier),
        (Err(refusal), _) | (_, Err(refusal)) => return Ok(Err(refusal)),
    };
    let sha256 = sha256_hex(code.as_bytes());
    let Some(row) = rows::code(tx, &sha256)? else {
        return Ok(Err(invalid_grant("there is no such code")));
    };
    let grant = match standing(tx, row.grant_id, app)? {
        Ok(grant) => grant,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !rows::use_code(tx, &sha256)? {
        // Somebody else had it: what came of it ends too (RFC 6749 §4.1.2).
        end_family(tx, app, &grant, "code-reused")?;
        return Ok(Err(invalid_grant("the code was used before")));
    }
    if row.expires_at <= tx.now() {
        return Ok(Err(invalid_grant("the code has expired")));
    }
    if form.get("redirect_uri") != Some(row.redirect_uri.as_str()) {
        return Ok(Err(invalid_grant(
            "redirect_uri is not the one of the request",
        )));
    }
    if !code_flow::proves(verifier, &row.challenge) {
        return Ok(Err(invalid_grant(
            "code_verifier does not give the code_challenge",
        )));
    }
    let scopes = Scopes::kept(grant.scope.split(' '));
    let mut body = tokens(tx, app, &grant, &scopes)?;
    if scopes.has("openid") {
        let claims = identity(tx, app, &grant, &scopes, row.nonce.as_deref(), desk)?;
        body["id_token"] = json!(desk.signing.sign(&claims)?);
    }
    Ok(Ok(body))
}

fn by_refresh(tx: &mut Tx<'_>, app: &App, form: &Form) -> Decided<Value> {
    let secret = match form.require("refresh_token") {
        Ok(secret) => secret,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sha256 = sha256_hex(secret.as_bytes());
    let found = rows::token(tx, &sha256)?.filter(|row| row.kind == TokenKind::Refresh);
    let Some(row) = found else {
        return Ok(Err(invalid_grant("there is no such refresh token")));
    };
    let grant = match standing(tx, row.grant_id, app)? {
        Ok(grant) => grant,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let kept = Scopes::kept(row.scope.split(' '));
    let scopes = match form.get("scope").map(Scopes::parse) {
        None => kept,
        Some(Ok(asked)) if asked.lie_within(&kept) => asked,
        Some(_) => {
            let why = "a refresh asks for no more than was granted";
            return Ok(Err(Refusal::new("invalid_scope", why)));
        }
    };
    if !rows::use_token(tx, &sha256)? {
        // Two hold it, and one of them should not.
        end_family(tx, app, &grant, "refresh-token-reused")?;
        return Ok(Err(invalid_grant("the refresh token was used before")));
    }
    tokens(tx, app, &grant, &scopes).map(Ok)
}

/// Ends everything that came of one consent.
fn end_family(tx: &mut Tx<'_>, app: &App, grant: &GrantRow, why: &str) -> Result<()> {
    rows::revoke_grant(tx, grant.id)?;
    let detail = json!({ "app": named(app), "grant_id": grant.id, "why": why });
    let subject = Subject {
        patient_id: grant.patient_id,
        ..subject(app)
    };
    tx.record(Change::new("smart.revoked").detail(detail), subject)
}

fn as_system(tx: &mut Tx<'_>, app: &App, form: &Form) -> Decided<Value> {
    let refuse = |error, why: &str| Ok(Err(Refusal::new(error, why)));
    let asked = match form.require("scope") {
        Ok(text) => Scopes::parse(text),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(wrong) => return refuse("invalid_scope", &format!("{wrong} is not understood")),
    };
    let only_system = asked.data().count() == asked.0.len()
        && !asked.data().any(|one| one.level != AppLevel::System);
    if !only_system {
        return refuse(
            "invalid_scope",
            "a system asks for system scopes, and nothing else",
        );
    }
    let scopes = asked.within(&Scopes::kept(app.scopes.iter().map(String::as_str)));
    if !scopes.has_level(AppLevel::System) {
        return refuse(
            "invalid_scope",
            "the app is registered for none of these scopes",
        );
    }
    let (Some(account_id), Some(assignment_id)) = (app.account_id, app.assignment_id) else {
        return refuse("unauthorized_client", "the app has no account to act as");
    };
    let now = tx.now();
    let rule = settings::rule(tx)?;
    let grant = GrantRow {
        id: tx.new_id(),
        app_id: app.id,
        account_id,
        assignment_id,
        patient_id: None,
        scope: scopes.text(),
        session_sha256: None,
        created_at: now,
        ends_at: now + Span::minutes(rule.access_minutes),
        revoked_at: None,
    };
    rows::insert_grant(tx, &grant)?;
    match standing(tx, grant.id, app)? {
        Ok(grant) => tokens(tx, app, &grant, &scopes).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// An access token, and a refresh token where the app goes on later.
fn tokens(tx: &mut Tx<'_>, app: &App, grant: &GrantRow, scopes: &Scopes) -> Result<Value> {
    let rule = settings::rule(tx)?;
    let now = tx.now();
    let life = Span::minutes(rule.access_minutes);
    let access = [http::APP_TOKEN_START, &hex(&tx.random_bytes::<32>())].concat();
    let keep = |tx: &mut Tx<'_>, secret: &str, kind, expires_at| {
        let row = TokenRow {
            grant_id: grant.id,
            kind,
            scope: scopes.text(),
            created_at: now,
            expires_at,
            used_at: None,
        };
        rows::insert_token(tx, &sha256_hex(secret.as_bytes()), &row)
    };
    keep(
        tx,
        &access,
        TokenKind::Access,
        (now + life).min(grant.ends_at),
    )?;
    let mut body = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": life.whole_seconds(),
        "scope": scopes.text(),
    });
    if scopes.has("offline_access") || scopes.has("online_access") {
        let refresh = hex(&tx.random_bytes::<32>());
        keep(tx, &refresh, TokenKind::Refresh, grant.ends_at)?;
        body["refresh_token"] = json!(refresh);
    }
    if let Some(patient) = grant.patient_id {
        body["patient"] = json!(patient);
        body["need_patient_banner"] = json!(true);
    }
    rows::touch_grant(tx, grant.id)?;
    let detail = json!({
        "app": named(app), "grant_id": grant.id, "scope": scopes.text(),
        "for_account_id": grant.account_id,
    });
    tx.record(
        Change::new("smart.token-issued").detail(detail),
        subject(app),
    )?;
    Ok(body)
}

/// Who the person is, as the app may know it (OpenID Connect Core §2).
fn identity(
    tx: &mut Tx<'_>,
    app: &App,
    grant: &GrantRow,
    scopes: &Scopes,
    nonce: Option<&str>,
    desk: &Desk,
) -> Result<Value> {
    let rule = settings::rule(tx)?;
    let now = tx.now();
    let seconds = |at: kernel::Instant| at.micros() / 1_000_000;
    let mut claims = json!({
        "iss": desk.base,
        "sub": grant.account_id,
        "aud": app.id,
        "iat": seconds(now),
        "exp": seconds(now + Span::minutes(rule.access_minutes)),
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    let actor = http::signin::actor_of_assignment(tx, grant.account_id, grant.assignment_id)?;
    let Some(actor) = actor else {
        return Ok(claims);
    };
    if scopes.has("profile") {
        claims["name"] = json!(actor.name);
    }
    if scopes.has("fhirUser")
        && let Some(practitioner) = actor.practitioner_id
    {
        claims["fhirUser"] = json!(format!("{}/Practitioner/{practitioner}", desk.base));
    }
    Ok(claims)
}
