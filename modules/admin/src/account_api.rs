//! `/api/accounts`, `/api/assignments`: people and systems that sign in.

use axum::http::StatusCode;
use http::signin::{self, Account, AccountState, PasswordRules};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Date, Error, Id, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::account_list::{self, AccountView, AssignmentView, Filter};
use crate::accounts::{self, NewAccount, NewAssignment};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(account_list, account_create))
        .routes(routes!(account_show, account_change))
        .routes(routes!(account_disable))
        .routes(routes!(account_enable))
        .routes(routes!(account_password_reset))
        .routes(routes!(account_unlock))
        .routes(routes!(account_sign_out))
        .routes(routes!(account_totp_reset))
        .routes(routes!(assignment_create))
        .routes(routes!(assignment_end))
}

/// Which accounts to list.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Beginning of the user name, or of the name or its pinyin.
    q: Option<String>,
    /// `active` or `disabled`.
    state: Option<AccountState>,
    /// Assigned at this organization.
    org_id: Option<Id>,
    /// Assigned in this role.
    role: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Accounts within reach, newest first.
#[utoipa::path(get, path = "/api/accounts", tag = "admin", params(ListQuery),
    responses((status = 200, body = Page<AccountView>)),
    extensions(("x-permission" = json!("account.read"))))]
async fn account_list(
    ctx: Ctx,
    Query(query): Query<ListQuery>,
) -> http::Result<Json<Page<AccountView>>> {
    let after = Cursor::after(query.after.as_deref())?;
    let size = kernel::page::page_size(query.limit);
    let filter = Filter {
        q: query.q,
        state: query.state,
        org_id: query.org_id,
        role: query.role,
    };
    Ok(Json(
        ctx.read(move |tx| account_list::list(tx, &filter, after, size))
            .await?,
    ))
}

/// A new account, and the password its holder signs in with once.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccountCreated {
    /// The account.
    pub account: AccountView,
    /// Shown this once and stored nowhere; absent for systems.
    pub one_time_password: Option<String>,
}

/// Make an account with its first role. The one-time password is shown in this answer only.
#[utoipa::path(post, path = "/api/accounts", tag = "admin", request_body = NewAccount,
    responses((status = 201, body = AccountCreated)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_create(
    ctx: Ctx,
    Json(body): Json<NewAccount>,
) -> http::Result<Created<AccountCreated>> {
    let secret = if body.system {
        None
    } else {
        Some(one_time_password(&ctx).await?)
    };
    let hash = secret.as_ref().map(|secret| secret.hash.clone());
    let org_exists = ctx.app().config().org_name;
    // Not under the idempotency key: its store of replies must not hold a password. The user name is
    // unique, so that a second submit makes no second account.
    let created = ctx.store().write(ctx.request(), move |tx| {
        let account = accounts::create(tx, &body, org_exists)?;
        if let Some(hash) = &hash {
            signin::set_password(tx, account.id, hash, true)?;
        }
        account_list::view(tx, account)
    });
    let account = created.await?;
    let one_time_password = secret.map(|secret| secret.password);
    Ok(Created(Etag::new(
        account.version,
        AccountCreated {
            account,
            one_time_password,
        },
    )))
}

/// One account.
#[utoipa::path(get, path = "/api/accounts/{id}", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.read"))))]
async fn account_show(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AccountView>> {
    let view = ctx.read(move |tx| {
        let account = accounts::load(tx, id)?;
        account_list::view(tx, account)
    });
    let view = view.await?;
    Ok(Etag::new(view.version, view))
}

/// Changes to an account; what is left out stays.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    /// The name shown.
    #[serde(default)]
    name: Option<String>,
    /// The practitioner behind it.
    #[serde(default)]
    practitioner_id: Option<Id>,
}

/// Change the name shown or the practitioner behind an account.
#[utoipa::path(patch, path = "/api/accounts/{id}", tag = "admin", params(("id" = Id, Path)),
    request_body = AccountChange, responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_change(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AccountChange>,
) -> http::Result<Etag<AccountView>> {
    command(ctx, id, move |tx, mut account| {
        if let Some(name) = &body.name {
            account.name = accounts::checked_name(name)?;
        }
        account.practitioner_id = body.practitioner_id.or(account.practitioner_id);
        tx.update(&account, Change::new("account.changed"))
    })
    .await
}

/// Runs a command on an account within reach that is not the actor's own.
async fn command(
    ctx: Ctx,
    id: Id,
    run: impl Fn(&mut Tx<'_>, Versioned<Account>) -> Result<Versioned<Account>> + Send + 'static,
) -> http::Result<Etag<AccountView>> {
    let seen = ctx.if_match()?;
    let view = ctx.write(move |tx| {
        let account = accounts::load_for_change(tx, id, seen)?;
        let account = run(tx, account)?;
        account_list::view(tx, account)
    });
    let view = view.await?;
    Ok(Etag::new(view.version, view))
}

/// Disable an account and end its sessions. The last active security administrator stays.
#[utoipa::path(post, path = "/api/accounts/{id}/disable", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_disable(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AccountView>> {
    command(ctx, id, |tx, account| {
        accounts::set_state(tx, account, AccountState::Disabled)
    })
    .await
}

/// Let an account sign in again.
#[utoipa::path(post, path = "/api/accounts/{id}/enable", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_enable(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AccountView>> {
    command(ctx, id, |tx, account| {
        accounts::set_state(tx, account, AccountState::Active)
    })
    .await
}

/// A password that is shown once.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PasswordReset {
    /// Shown in this answer only; must be changed at the next sign-in.
    pub one_time_password: String,
}

/// Give an account a one-time password, end its lock-out and its sessions.
#[utoipa::path(post, path = "/api/accounts/{id}/password-reset", tag = "admin",
    params(("id" = Id, Path)), responses((status = 200, body = PasswordReset)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_password_reset(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<PasswordReset>> {
    let seen = ctx.if_match()?;
    let secret = one_time_password(&ctx).await?;
    let hash = secret.hash;
    // Not under the idempotency key, as for a new account.
    let reset = ctx.store().write(ctx.request(), move |tx| {
        let account = accounts::load_for_change(tx, id, seen)?;
        if account.system {
            let detail = "a system signs in with API tokens and has no password";
            return Err(Error::rule("admin.system-account", detail));
        }
        signin::set_password(tx, id, &hash, true)?;
        signin::end_sessions_of(tx, id)?;
        accounts::note(tx, "account.password-reset", &account)
    });
    reset.await?;
    Ok(Json(PasswordReset {
        one_time_password: secret.password,
    }))
}

/// End an account's lock-out after failed sign-ins.
#[utoipa::path(post, path = "/api/accounts/{id}/unlock", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_unlock(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AccountView>> {
    command(ctx, id, |tx, account| {
        signin::unlock(tx, account.id)?;
        accounts::note(tx, "account.unlocked", &account)?;
        Ok(account)
    })
    .await
}

/// End every session of an account.
#[utoipa::path(post, path = "/api/accounts/{id}/sign-out", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_sign_out(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AccountView>> {
    command(ctx, id, |tx, account| {
        signin::end_sessions_of(tx, account.id)?;
        accounts::note(tx, "account.signed-out", &account)?;
        Ok(account)
    })
    .await
}

/// Remove an account's second factor, for somebody who lost their telephone; ends its sessions.
#[utoipa::path(post, path = "/api/accounts/{id}/totp-reset", tag = "admin", params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn account_totp_reset(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AccountView>> {
    command(ctx, id, |tx, account| {
        signin::reset_totp(tx, account.id)?;
        signin::end_sessions_of(tx, account.id)?;
        accounts::note(tx, "account.totp-reset", &account)?;
        Ok(account)
    })
    .await
}

/// Give an account a role. Nobody gives themselves one; nobody holds two duties.
#[utoipa::path(post, path = "/api/accounts/{id}/assignments", tag = "admin", params(("id" = Id, Path)),
    request_body = NewAssignment, responses((status = 201, body = AssignmentView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn assignment_create(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewAssignment>,
) -> http::Result<Created<AssignmentView>> {
    let org_exists = ctx.app().config().org_name;
    let view = ctx.write(move |tx| {
        let account = accounts::load(tx, id)?;
        let assignment = accounts::assign(tx, &account, &body, org_exists)?;
        let in_force = assignment.valid_from <= tx.now().date();
        let version = assignment.version;
        Ok(AssignmentView {
            version,
            in_force,
            assignment: assignment.data,
        })
    });
    let view = view.await?;
    Ok(Created(Etag::new(view.version, view)))
}

/// When an assignment ends.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignmentEnd {
    /// Its last day; left out, it ends at once.
    #[serde(default)]
    valid_to: Option<Date>,
}

/// End an assignment, at once or after a day.
#[utoipa::path(post, path = "/api/assignments/{id}/end", tag = "admin", params(("id" = Id, Path)),
    request_body = AssignmentEnd, responses((status = 200, body = AssignmentView)),
    extensions(("x-permission" = json!("account.manage"))))]
async fn assignment_end(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AssignmentEnd>,
) -> http::Result<Etag<AssignmentView>> {
    let seen = ctx.if_match()?;
    let view = ctx.write(move |tx| {
        let assignment = accounts::end_assignment(tx, id, seen, body.valid_to)?;
        let in_force = assignment
            .valid_to
            .is_some_and(|last| last >= tx.now().date());
        let version = assignment.version;
        Ok(AssignmentView {
            version,
            in_force,
            assignment: assignment.data,
        })
    });
    let view = view.await?;
    Ok(Etag::new(view.version, view))
}

struct Secret {
    password: String,
    hash: String,
}

/// Characters that are not mistaken for one another when read aloud or from paper, one row a kind.
const LETTERS: [&[u8]; 3] = [
    b"ABCDEFGHJKLMNPQRTUVWXY",
    b"abcdefghijkmnpqrtuvwxy",
    b"346789",
];
/// Groups of four characters in a one-time password.
const GROUPS_MIN: usize = 4;

async fn one_time_password(ctx: &Ctx) -> Result<Secret> {
    let (bytes, rules) = ctx
        .read(|tx| {
            let rules: PasswordRules = tx.rule("access.passwords")?.body;
            Ok((tx.random_bytes::<256>(), rules))
        })
        .await?;
    // A group and its hyphen are five characters.
    let groups = GROUPS_MIN
        .max(rules.length_min.div_ceil(5))
        .min(bytes.len() / 4);
    let password = readable(&bytes[..groups * 4]);
    let hash = ctx.app().hash_password(password.clone()).await?;
    Ok(Secret { password, hash })
}

/// Groups of four, each with all kinds of characters: any rule on kinds holds.
fn readable(bytes: &[u8]) -> String {
    let groups = bytes.chunks(4).map(|chunk| {
        let chars = chunk.iter().enumerate().map(|(at, byte)| {
            let row = LETTERS[at % LETTERS.len()];
            char::from(row[usize::from(*byte) % row.len()])
        });
        chars.collect::<String>()
    });
    groups.collect::<Vec<_>>().join("-")
}

/// The answer to a command that has nothing to show.
pub(crate) fn done() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_time_password_has_every_kind_of_character() {
        let password = readable(&[7; 16]);
        assert_eq!(password.len(), 19);
        assert!(password.chars().any(|c| c.is_ascii_uppercase()));
        assert!(password.chars().any(|c| c.is_ascii_lowercase()));
        assert!(password.chars().any(|c| c.is_ascii_digit()));
        assert!(password.contains('-'));
    }
}
