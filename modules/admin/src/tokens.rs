//! API tokens for systems: shown once, kept as a hash, ended by date or by hand.

use axum::http::StatusCode;
use http::signin::{Account, Assignment};
use http::{App, Created, Ctx, Etag, Json, Path};
use kernel::{Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx, Versioned, hex, params, sha256_hex};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::account_api::done;
use crate::accounts;

/// The longest a token may live.
const TOKEN_DAYS_MAX: i64 = 730;
/// Tokens one account may have, revoked ones too.
const TOKENS_MAX: u32 = 100;

/// A token, without its secret.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenView {
    /// Its id.
    pub id: Id,
    /// What it is for.
    pub name: String,
    /// The account it acts as.
    pub account_id: Id,
    /// The assignment it acts under.
    pub assignment_id: Id,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// When it was last used.
    pub used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A token to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for: the system's name.
    pub name: String,
    /// The assignment it acts under.
    pub assignment_id: Id,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// A new token with its secret.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenCreated {
    /// The token.
    pub token: TokenView,
    /// Send it as `Authorization: Bearer …`. Shown this once and stored nowhere.
    pub secret: String,
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(token_list, token_create))
        .routes(routes!(token_revoke))
}

const LIST: &str =
    "SELECT id, name, account_id, assignment_id, created_at, expires_at, used_at, revoked_at
    FROM api_token WHERE account_id = $1 ORDER BY id DESC LIMIT $2";
const ONE: &str =
    "SELECT id, name, account_id, assignment_id, created_at, expires_at, used_at, revoked_at
    FROM api_token WHERE id = $1";
const SAME_NAME: &str = "SELECT COUNT(*) AS count FROM api_token
    WHERE account_id = $1 AND name = $2 AND revoked_at IS NULL AND expires_at > $3";
const INSERT: &str =
    "INSERT INTO api_token (id, token_sha256, name, account_id, assignment_id, created_at,
    expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const REVOKE: &str = "UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// An account's tokens, newest first.
#[utoipa::path(get, path = "/api/accounts/{id}/tokens", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = Vec<TokenView>)),
    extensions(("x-permission" = json!("account.read"))))]
async fn token_list(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Vec<TokenView>>> {
    let list = ctx.read(move |tx| {
        accounts::load(tx, id)?;
        tx.query::<TokenView>(LIST, &params![id, TOKENS_MAX])
    });
    Ok(Json(list.await?))
}

/// Make a token for a system's account. The secret is shown in this answer only.
#[utoipa::path(post, path = "/api/accounts/{id}/tokens", tag = "admin", params(("id" = Id, Path)),
    request_body = NewToken, responses((status = 201, body = TokenCreated)),
    extensions(("x-permission" = json!("token.manage"))))]
async fn token_create(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewToken>,
) -> http::Result<Created<TokenCreated>> {
    // Not under the idempotency key: its store of replies must not hold the secret. A second submit
    // finds a live token of the same name and makes none.
    let created = ctx
        .store()
        .write(ctx.request(), move |tx| create(tx, id, &body));
    Ok(Created(Etag::new(1, created.await?)))
}

fn create(tx: &mut Tx<'_>, account_id: Id, new: &NewToken) -> Result<TokenCreated> {
    let account: Versioned<Account> = accounts::load(tx, account_id)?;
    if !account.system {
        let detail = "tokens are for systems; a person signs in with a password";
        return Err(Error::rule("admin.token-for-person", detail));
    }
    let name = accounts::checked_name(&new.name)?;
    let assignment: Versioned<Assignment> = tx
        .load(new.assignment_id)
        .map_err(|error| error.at("assignment_id"))?;
    if assignment.account_id != account_id {
        return Err(Error::not_found("assignment").at("assignment_id"));
    }
    if !accounts::reaches(tx, assignment.org_id)? {
        let detail = "this organization is outside your permission's reach";
        return Err(Error::forbidden("access.out-of-scope", detail).at("assignment_id"));
    }
    let now = tx.now();
    if new.expires_at <= now || new.expires_at > now + Span::days(TOKEN_DAYS_MAX) {
        let detail = format!("a token ends in the future, within {TOKEN_DAYS_MAX} days");
        let error = Error::invalid("admin.token-expiry", "expires_at", detail);
        return Err(error.with(json!({ "days": TOKEN_DAYS_MAX })));
    }
    if tx.count(SAME_NAME, &params![account_id, name.as_str(), now])? > 0 {
        let detail = "a live token of this name exists; revoke it first, or choose another name";
        return Err(Error::conflict("admin.token-exists", detail).at("name"));
    }
    let secret = hex(&tx.random_bytes::<32>());
    let id = tx.new_id();
    let values = params![
        id,
        sha256_hex(secret.as_bytes()),
        name,
        account_id,
        assignment.id,
        now,
        new.expires_at,
    ];
    tx.execute(INSERT, &values)?;
    note(tx, "token.created", id, &assignment)?;
    let token: TokenView = tx.query_one(ONE, &params![id])?;
    Ok(TokenCreated { token, secret })
}

/// Revoke a token at once. Revoking it again changes nothing.
#[utoipa::path(post, path = "/api/tokens/{id}/revoke", tag = "admin", params(("id" = Id, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("token.manage"))))]
async fn token_revoke(ctx: Ctx, Path(id): Path<Id>) -> http::Result<StatusCode> {
    ctx.write(move |tx| revoke(tx, id)).await?;
    Ok(done())
}

fn revoke(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let token: Option<TokenView> = tx.query_opt(ONE, &params![id])?;
    let token = token.ok_or_else(|| Error::not_found("token"))?;
    let assignment: Versioned<Assignment> = tx.load(token.assignment_id)?;
    if !accounts::reaches(tx, assignment.org_id)? {
        return Err(Error::not_found("token"));
    }
    let now = tx.now();
    if tx.execute(REVOKE, &params![id, now])? == 1 {
        note(tx, "token.revoked", id, &assignment)?;
    }
    Ok(())
}

fn note(tx: &mut Tx<'_>, event: &'static str, id: Id, assignment: &Assignment) -> Result<()> {
    let subject = Subject {
        org_id: Some(assignment.org_id),
        ..Subject::new("token", id)
    };
    let detail = json!({ "account_id": assignment.account_id, "assignment_id": assignment.id });
    tx.record(Change::new(event).detail(detail), subject)
}
