//! `/api/session`: who am I, sign in and out, change role, password and second factor.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Id, Instant, Kind, Result, Scope};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx, hex, params};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{Account, AccountState, Assignment};
use super::password::note_failure;
use super::{password, roles, session, totp, unauthenticated};
use crate::problem;
use crate::{App, Ctx, Json};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session_show, session_open, session_close))
        .routes(routes!(session_switch))
        .routes(routes!(status))
}

/// Who is signed in, as what, and what that allows.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionView {
    /// The account.
    pub account: SessionAccount,
    /// The role in force.
    pub assignment: SessionAssignment,
    /// All roles to switch to.
    pub assignments: Vec<SessionAssignment>,
    /// Permission code → how far it reaches.
    pub permissions: BTreeMap<String, Scope>,
    /// Is this a demonstration?
    pub demo: bool,
    /// Is a second factor set up?
    pub totp_enabled: bool,
    /// Must the password be changed before anything else?
    pub must_change_password: bool,
    /// The program's version.
    pub version: String,
}

/// The account signed in.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionAccount {
    /// Its id.
    pub id: Id,
    /// What is typed at sign-in.
    pub username: String,
    /// The name shown.
    pub name: String,
}

/// A role at an organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionAssignment {
    /// Its id.
    pub id: Id,
    /// Role code.
    pub role: String,
    /// Role name in Chinese.
    pub role_name: String,
    /// Role name in English.
    pub role_name_en: String,
    /// The organization.
    pub org_id: Id,
    /// Its name.
    pub org_name: String,
    /// The department.
    pub department_id: Option<Id>,
}

/// What is typed at sign-in.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The user name.
    username: String,
    /// The password.
    password: String,
    /// The code of the second factor, where one is set up.
    code: Option<String>,
}

/// Which role to act in.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchAssignment {
    /// The assignment.
    assignment_id: Id,
}

/// What everybody may know of this server.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct Status {
    /// The program's version.
    version: String,
    /// Is this a demonstration?
    demo: bool,
    /// Name of the consortium or installation.
    name: String,
}

#[derive(Clone, Deserialize)]
pub(super) struct Credential {
    pub(super) password_hash: Option<String>,
    pub(super) password_at: Option<Instant>,
    pub(super) must_change: bool,
    pub(super) totp_secret: Option<String>,
    pub(super) totp_pending: Option<String>,
    pub(super) totp_step: i64,
    pub(super) failures: i64,
    pub(super) locked_until: Instant,
}

const CREDENTIAL: &str =
    "SELECT password_hash, password_at, must_change, totp_secret, totp_pending, totp_step,
    failures, locked_until FROM credential WHERE account_id = $1";
const BY_USERNAME: &str = "SELECT version, body FROM account WHERE username = $1";
const ASSIGNMENTS: &str = "SELECT version, body FROM assignment WHERE account_id = $1
    AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY id";

pub(super) fn credential(tx: &mut Tx<'_>, account_id: Id) -> Result<Option<Credential>> {
    tx.query_opt(CREDENTIAL, &params![account_id])
}

/// The account of this user name, as it is stored: small letters.
///
/// # Errors
/// Whatever the database reports.
pub fn account_named(tx: &mut Tx<'_>, username: &str) -> Result<Option<Account>> {
    let found = tx.find::<Account>(BY_USERNAME, &params![username])?.pop();
    Ok(found.map(|account| account.data))
}

/// An account's assignments that are in force today.
///
/// # Errors
/// Whatever the database reports.
pub fn assignments(tx: &mut Tx<'_>, account_id: Id) -> Result<Vec<Assignment>> {
    let today = tx.now().date();
    let found = tx.find::<Assignment>(ASSIGNMENTS, &params![account_id, today])?;
    Ok(found
        .into_iter()
        .map(|assignment| assignment.data)
        .collect())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session", responses((status = 200, body = SessionView)),
    extensions(("x-permission" = json!("signed-in"))))]
async fn session_show(ctx: Ctx) -> problem::Result<Json<SessionView>> {
    let app = ctx.app.clone();
    let assignment = ctx.session.as_ref().map(|session| session.assignment_id);
    Ok(Json(ctx.read(move |tx| view(tx, &app, assignment)).await?))
}

fn view(tx: &mut Tx<'_>, app: &App, assignment_id: Option<Id>) -> Result<SessionView> {
    let account = tx.load::<Account>(tx.actor().id)?;
    let matrix = roles::role_matrix(tx)?;
    let mut all = Vec::new();
    for assignment in assignments(tx, account.id)? {
        let (role_name, role_name_en) = role_names(&matrix, &assignment.role);
        let org_name = (app.config().org_name)(tx, assignment.org_id)?;
        all.push(SessionAssignment {
            id: assignment.id,
            role: assignment.role,
            role_name,
            role_name_en,
            org_id: assignment.org_id,
            org_name,
            department_id: assignment.department_id,
        });
    }
    let current = all
        .iter()
        .find(|one| assignment_id.is_none_or(|id| id == one.id))
        .cloned();
    let assignment = current.ok_or_else(no_assignment)?;
    let credential = credential(tx, account.id)?;
    let must_change_password = credential.as_ref().map_or(Ok(false), |one| {
        password::is_due(tx, account.demo, one.must_change, one.password_at)
    })?;
    Ok(SessionView {
        account: SessionAccount {
            id: account.id,
            username: account.username.clone(),
            name: account.name.clone(),
        },
        assignment,
        assignments: all,
        permissions: tx.actor().grants.clone(),
        demo: app.config().demo,
        totp_enabled: credential
            .as_ref()
            .is_some_and(|one| one.totp_secret.is_some()),
        must_change_password,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

pub(super) fn role_names(matrix: &roles::RoleMatrix, code: &str) -> (String, String) {
    let found = matrix.roles.iter().find(|role| role.code == code);
    found.map_or_else(
        || (code.to_owned(), code.to_owned()),
        |role| (role.name_zh.clone(), role.name_en.clone()),
    )
}

fn no_assignment() -> Error {
    Error::forbidden(
        "session.no-assignment",
        "the account has no role in force; ask the administrator",
    )
}

/// Sign in with user name, password and, where set up, the second factor's code.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = SignIn,
    responses((status = 204)), extensions(("x-permission" = json!("public"))))]
async fn session_open(
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> problem::Result<Response> {
    let username = kernel::text::fold(&body.username).to_lowercase();
    let lookup = username.clone();
    let found = ctx
        .read(move |tx| {
            let account = tx
                .find::<Account>(BY_USERNAME, &params![lookup.as_str()])?
                .pop();
            let Some(account) = account else {
                return Ok(None);
            };
            let credential = credential(tx, account.id)?;
            Ok(credential.map(|credential| (account.data, credential)))
        })
        .await?;
    let now = ctx.store().clock().now();
    if let Some((account, credential)) = &found
        && credential.locked_until > now
    {
        audit_failure(&ctx, Some(account.id), "locked").await?;
        return Err(locked(credential.locked_until, now).into());
    }
    let stored = found
        .as_ref()
        .and_then(|(_, credential)| credential.password_hash.clone());
    let matches = ctx.app.verify_password(body.password, stored).await?;
    let Some((account, credential)) = found.filter(|_| matches) else {
        return Err(refuse(&ctx, &username).await?.into());
    };
    if account.state == AccountState::Disabled {
        audit_failure(&ctx, Some(account.id), "disabled").await?;
        return Err(unauthenticated("session.disabled", "the account is disabled").into());
    }
    let step = match (&credential.totp_secret, &body.code) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(unauthenticated(
                "session.code-needed",
                "type the code of your authenticator",
            )
            .into());
        }
        (Some(sealed), Some(code)) => {
            let secret = totp::opened(&*ctx.store().keyring()?, account.id, sealed)?;
            let step = totp::matching_step(&secret, code, now, credential.totp_step);
            if step.is_none() {
                count_failure(&ctx, account.id, "code").await?;
                return Err(totp::code_wrong().into());
            }
            step
        }
    };
    open_session(&ctx, &headers, account.id, step).await
}

fn locked(until: Instant, now: Instant) -> Error {
    let seconds = (until - now).whole_seconds().max(1);
    Error::new(
        Kind::Throttled,
        "session.locked",
        "too many failures; the account is locked for a while",
    )
    .with(serde_json::json!({ "retry_after": seconds }))
}

/// Counts and audits the failure; an unknown name and a wrong password look the same.
async fn refuse(ctx: &Ctx, username: &str) -> Result<Error> {
    let username = username.to_owned();
    let known = ctx
        .read(move |tx| {
            Ok(tx
                .find::<Account>(BY_USERNAME, &params![username.as_str()])?
                .pop()
                .map(|one| one.data.id))
        })
        .await?;
    match known {
        Some(account_id) => count_failure(ctx, account_id, "password").await?,
        None => audit_failure(ctx, None, "unknown").await?,
    }
    Ok(unauthenticated("session.wrong", "user name or password is wrong").at("password"))
}

pub(super) async fn count_failure(ctx: &Ctx, account_id: Id, why: &'static str) -> Result<()> {
    let request = without_key(ctx);
    ctx.store()
        .write(&request, move |tx| {
            let failures = credential(tx, account_id)?.map_or(0, |credential| credential.failures);
            note_failure(tx, account_id, failures)?;
            record_failure(tx, Some(account_id), why)
        })
        .await
}

async fn audit_failure(ctx: &Ctx, account_id: Option<Id>, why: &'static str) -> Result<()> {
    ctx.store()
        .write(&without_key(ctx), move |tx| {
            record_failure(tx, account_id, why)
        })
        .await
}

fn record_failure(tx: &mut Tx<'_>, account_id: Option<Id>, why: &str) -> Result<()> {
    let change = Change::new("session.refused").detail(serde_json::json!({ "why": why }));
    tx.record(
        change,
        Subject::new("account", account_id.unwrap_or(Id::NIL)),
    )
}

/// Sign-in is never replayed under an idempotency key: a session's secret is not kept.
pub(super) fn without_key(ctx: &Ctx) -> store::Request {
    store::Request {
        idempotency: None,
        ..ctx.request.clone()
    }
}

pub(super) async fn open_session(
    ctx: &Ctx,
    headers: &HeaderMap,
    account_id: Id,
    totp_step: Option<i64>,
) -> problem::Result<Response> {
    let secret = hex(&ctx.store().ids().random_bytes::<32>());
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let agent: String = agent.chars().take(200).collect();
    let (address, token) = (ctx.request.address.clone(), secret.clone());
    ctx.store()
        .write(&without_key(ctx), move |tx| {
            if let Some(step) = totp_step {
                totp::use_step(tx, account_id, step)?;
            }
            password::unlock(tx, account_id)?;
            let assignment = assignments(tx, account_id)?
                .into_iter()
                .next()
                .ok_or_else(no_assignment)?;
            session::open(tx, &token, account_id, assignment.id, &address, &agent)?;
            let subject = Subject {
                org_id: Some(assignment.org_id),
                ..Subject::new("account", account_id)
            };
            tx.record(Change::new("session.opened"), subject)
        })
        .await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookies(
        &mut response,
        &secret,
        &session::csrf_of(&secret),
        ctx.app.config().secure_cookies,
    );
    Ok(response)
}

fn set_cookies(response: &mut Response, secret: &str, csrf: &str, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let gone = if secret.is_empty() { "; Max-Age=0" } else { "" };
    let cookies = [
        format!(
            "{}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{gone}",
            session::COOKIE
        ),
        format!(
            "{}={csrf}; Path=/; SameSite=Strict{secure}{gone}",
            session::CSRF_COOKIE
        ),
    ];
    for cookie in cookies {
        let value = HeaderValue::from_str(&cookie).expect("hex and attributes are header text");
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Sign out.
#[utoipa::path(delete, path = "/api/session", tag = "session", responses((status = 204)),
    extensions(("x-permission" = json!("signed-in"))))]
async fn session_close(ctx: Ctx) -> problem::Result<Response> {
    if let Some(live) = ctx.session.clone() {
        ctx.write(move |tx| {
            session::end(tx, &live.token_sha256)?;
            let id = tx.actor().id;
            tx.record(Change::new("session.closed"), Subject::new("account", id))
        })
        .await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookies(&mut response, "", "", ctx.app.config().secure_cookies);
    Ok(response)
}

/// Act in another of one's roles.
#[utoipa::path(post, path = "/api/session/assignment", tag = "session", request_body = SwitchAssignment,
    responses((status = 204)), extensions(("x-permission" = json!("signed-in"))))]
async fn session_switch(
    ctx: Ctx,
    Json(body): Json<SwitchAssignment>,
) -> problem::Result<StatusCode> {
    let live = ctx.session.clone().ok_or_else(session::not_signed_in)?;
    ctx.write(move |tx| {
        let account_id = tx.actor().id;
        let own = assignments(tx, account_id)?
            .into_iter()
            .find(|one| one.id == body.assignment_id);
        let own = own.ok_or_else(|| {
            Error::forbidden(
                "session.assignment",
                "this role is not yours or not in force",
            )
            .at("assignment_id")
        })?;
        session::switch(tx, &live.token_sha256, own.id)?;
        let change =
            Change::new("session.switched").detail(serde_json::json!({ "role": own.role }));
        tx.record(
            change,
            Subject {
                org_id: Some(own.org_id),
                ..Subject::new("account", account_id)
            },
        )
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What everybody may know of this server: for the sign-in page and for health checks.
#[utoipa::path(get, path = "/api/status", tag = "session", responses((status = 200, body = Status)),
    extensions(("x-permission" = json!("public"))))]
async fn status(ctx: Ctx) -> Json<Status> {
    Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        demo: ctx.app.config().demo,
        name: ctx.app.config().name.clone(),
    })
}
