//! One-click sign-in, in demonstration mode only.

use axum::http::HeaderMap;
use axum::response::Response;
use kernel::{Error, Id, Kind, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{assignments, open_session, role_names};
use super::model::{Account, AccountState};
use super::roles;
use crate::{App, Ctx, Json, problem};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(demo_accounts))
        .routes(routes!(demo_session))
}

/// A demonstration account.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DemoAccount {
    /// The account.
    pub account_id: Id,
    /// Its name.
    pub name: String,
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
}

/// Which demonstration account to sign in as.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoSignIn {
    /// The account.
    account_id: Id,
}

const DEMO: &str =
    "SELECT version, body FROM account WHERE state = 'active' AND demo = 1 ORDER BY id";

/// The accounts offered for one-click sign-in; only in demonstration mode.
#[utoipa::path(get, path = "/api/demo/accounts", tag = "session",
    responses((status = 200, body = Vec<DemoAccount>)), extensions(("x-permission" = json!("public"))))]
async fn demo_accounts(ctx: Ctx) -> problem::Result<Json<Vec<DemoAccount>>> {
    require_demo(&ctx)?;
    let app = ctx.app.clone();
    let accounts = ctx
        .read(move |tx| {
            let matrix = roles::role_matrix(tx)?;
            let mut offered = Vec::new();
            for account in tx.find::<Account>(DEMO, &[])? {
                let Some(assignment) = assignments(tx, account.id)?.into_iter().next() else {
                    continue;
                };
                let (role_name, role_name_en) = role_names(&matrix, &assignment.role);
                offered.push(DemoAccount {
                    account_id: account.id,
                    name: account.name.clone(),
                    org_name: (app.config().org_name)(tx, assignment.org_id)?,
                    org_id: assignment.org_id,
                    role: assignment.role,
                    role_name,
                    role_name_en,
                });
            }
            Ok(offered)
        })
        .await?;
    Ok(Json(accounts))
}

/// Sign in as a demonstration account; only in demonstration mode.
#[utoipa::path(post, path = "/api/demo/session", tag = "session", request_body = DemoSignIn,
    responses((status = 204)), extensions(("x-permission" = json!("public"))))]
async fn demo_session(
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<DemoSignIn>,
) -> problem::Result<Response> {
    require_demo(&ctx)?;
    let account = ctx
        .read(move |tx| Ok(tx.load::<Account>(body.account_id)?.data))
        .await?;
    if !account.demo || account.state != AccountState::Active {
        return Err(Error::not_found("account").at("account_id").into());
    }
    open_session(&ctx, &headers, account.id, None).await
}

fn require_demo(ctx: &Ctx) -> Result<()> {
    if ctx.app.config().demo {
        return Ok(());
    }
    Err(Error::new(
        Kind::NotFound,
        "demo.off",
        "demonstration sign-in exists only in demonstration mode",
    ))
}
