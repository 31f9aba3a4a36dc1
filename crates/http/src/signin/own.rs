//! What people do with their own account: password, second factor, devices.

use axum::http::StatusCode;
use kernel::{Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx, params};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{count_failure, credential, without_key};
use super::model::Account;
use super::password::{self, PasswordRules};
use super::{session, totp};
use crate::{App, Ctx, Json, Path, problem};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session_password))
        .routes(routes!(session_devices))
        .routes(routes!(session_device_end))
        .routes(routes!(
            session_totp_propose,
            session_totp_confirm,
            session_totp_remove
        ))
}

/// A new password.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The present one.
    current: String,
    /// The new one.
    new: String,
}

/// A code of the second factor.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Six digits.
    code: String,
}

/// A second factor to be confirmed.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TotpProposal {
    /// The secret in base32, to type by hand.
    secret: String,
    /// The same as an otpauth address, to scan.
    uri: String,
}

/// Change one's password; other sessions of the account end.
#[utoipa::path(post, path = "/api/session/password", tag = "session", request_body = NewPassword,
    responses((status = 204)), extensions(("x-permission" = json!("signed-in"))))]
async fn session_password(ctx: Ctx, Json(body): Json<NewPassword>) -> problem::Result<StatusCode> {
    let account_id = ctx.actor().id;
    let (account, credential, rules) = ctx
        .read(move |tx| {
            let credential = credential(tx, account_id)?;
            let rules: PasswordRules = tx.rule("access.passwords")?.body;
            Ok((tx.load::<Account>(account_id)?.data, credential, rules))
        })
        .await?;
    let stored = credential.and_then(|credential| credential.password_hash);
    if !ctx
        .app
        .verify_password(body.current.clone(), stored)
        .await?
    {
        count_failure(&ctx, account_id, "password").await?;
        let error = Error::invalid(
            "password.current",
            "current",
            "the present password is wrong",
        );
        return Err(error.into());
    }
    if body.current == body.new {
        return Err(Error::invalid(
            "password.reused",
            "new",
            "choose another password than the present one",
        )
        .into());
    }
    password::check_password(&rules, &account.username, &body.new)?;
    let hash = ctx.app.hash_password(body.new).await?;
    let keep = ctx.session.clone();
    ctx.store()
        .write(&without_key(&ctx), move |tx| {
            password::set_password(tx, account_id, &hash, false)?;
            end_other_sessions(tx, account_id, keep.as_ref())?;
            tx.record(
                Change::new("password.changed"),
                Subject::new("account", account_id),
            )
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the account is signed in.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceList {
    /// The devices, the one used last first.
    items: Vec<session::Device>,
}

/// Where I am signed in.
#[utoipa::path(get, path = "/api/session/devices", tag = "session",
    responses((status = 200, body = DeviceList)), extensions(("x-permission" = json!("signed-in"))))]
async fn session_devices(ctx: Ctx) -> problem::Result<Json<DeviceList>> {
    let live = ctx.session.clone();
    let items = ctx
        .read(move |tx| session::devices(tx, live.as_ref()))
        .await?;
    Ok(Json(DeviceList { items }))
}

/// Sign out on one device.
#[utoipa::path(delete, path = "/api/session/devices/{id}", tag = "session",
    params(("id" = String, Path, description = "the device's id")), responses((status = 204)),
    extensions(("x-permission" = json!("signed-in"))))]
async fn session_device_end(ctx: Ctx, Path(id): Path<String>) -> problem::Result<StatusCode> {
    ctx.write(move |tx| {
        session::end_device(tx, &id)?;
        let account_id = tx.actor().id;
        tx.record(
            Change::new("session.ended"),
            Subject::new("account", account_id),
        )
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

const END_OTHERS: &str = "DELETE FROM session WHERE account_id = $1 AND token_sha256 <> $2";

fn end_other_sessions(
    tx: &mut Tx<'_>,
    account_id: Id,
    keep: Option<&super::LiveSession>,
) -> Result<()> {
    let kept = keep.map_or("", |live| live.token_sha256.as_str());
    tx.execute(END_OTHERS, &params![account_id, kept])
        .map(|_| ())
}

/// Begin to set up a second factor.
#[utoipa::path(post, path = "/api/session/totp", tag = "session", responses((status = 200, body = TotpProposal)),
    extensions(("x-permission" = json!("signed-in"))))]
async fn session_totp_propose(ctx: Ctx) -> problem::Result<Json<TotpProposal>> {
    let account_id = ctx.actor().id;
    let secret = totp::to_base32(&ctx.store().ids().random_bytes::<20>());
    let stored = totp::sealed(&*ctx.store().keyring()?, account_id, &secret)?;
    let username = ctx
        .store()
        .write(&without_key(&ctx), move |tx| {
            totp::propose(tx, account_id, &stored)?;
            Ok(tx.load::<Account>(account_id)?.data.username)
        })
        .await?;
    let uri = format!("otpauth://totp/Lianti:{username}?secret={secret}&issuer=Lianti");
    Ok(Json(TotpProposal { secret, uri }))
}

/// Confirm the second factor with a first code.
#[utoipa::path(put, path = "/api/session/totp", tag = "session", request_body = TotpCode,
    responses((status = 204)), extensions(("x-permission" = json!("signed-in"))))]
async fn session_totp_confirm(ctx: Ctx, Json(body): Json<TotpCode>) -> problem::Result<StatusCode> {
    let keys = ctx.store().keyring()?;
    ctx.write(move |tx| {
        let account_id = tx.actor().id;
        let pending = credential(tx, account_id)?.and_then(|credential| credential.totp_pending);
        let pending = pending.ok_or_else(|| {
            Error::conflict(
                "totp.none",
                "no second factor is waiting to be confirmed; begin again",
            )
        })?;
        let pending = totp::opened(&keys, account_id, &pending)?;
        let step =
            totp::matching_step(&pending, &body.code, tx.now(), 0).ok_or_else(wrong_code_here)?;
        totp::confirm(tx, account_id, step)?;
        tx.record(
            Change::new("totp.enabled"),
            Subject::new("account", account_id),
        )
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove the second factor; a code of it is needed.
#[utoipa::path(delete, path = "/api/session/totp", tag = "session", request_body = TotpCode,
    responses((status = 204)), extensions(("x-permission" = json!("signed-in"))))]
async fn session_totp_remove(ctx: Ctx, Json(body): Json<TotpCode>) -> problem::Result<StatusCode> {
    let keys = ctx.store().keyring()?;
    ctx.write(move |tx| {
        let account_id = tx.actor().id;
        let Some(found) = credential(tx, account_id)? else {
            return Err(wrong_code_here());
        };
        let sealed = found.totp_secret.ok_or_else(wrong_code_here)?;
        let secret = totp::opened(&keys, account_id, &sealed)?;
        totp::matching_step(&secret, &body.code, tx.now(), found.totp_step)
            .ok_or_else(wrong_code_here)?;
        totp::reset_totp(tx, account_id)?;
        tx.record(
            Change::new("totp.removed"),
            Subject::new("account", account_id),
        )
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For somebody signed in, a wrong code is bad input, not a lost session.
fn wrong_code_here() -> Error {
    Error::invalid(
        "session.code-wrong",
        "code",
        "the code is wrong or was used already",
    )
}
