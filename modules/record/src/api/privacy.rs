//! What the patient may know: who looked; and the accounts through which patients ask.

use http::{App, Ctx, Json, Path, Query};
use kernel::{Error, Id, Instant, Page};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::PageQuery;
use super::patients::load_for_change;
use crate::accounts;
use crate::basis;
use crate::log::{self, AccessEntry, TimelineEntry};
use crate::model::PatientBrief;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(patient_access_log))
        .routes(routes!(patient_timeline))
        .routes(routes!(patient_account_list, patient_account_link))
        .routes(routes!(patient_account_unlink))
        .routes(routes!(my_patients))
}

/// Who looked at a record, when, and on which basis: for the patient, and for privacy officers.
#[utoipa::path(get, path = "/api/patients/{id}/access-log", tag = "record",
    params(("id" = Id, Path), PageQuery), responses((status = 200, body = Page<AccessEntry>)),
    extensions(("x-permission" = json!("record.audit"))))]
async fn patient_access_log(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> http::Result<Json<Page<AccessEntry>>> {
    let (after, size) = (page.cursor()?, page.size());
    Ok(Json(
        ctx.read(move |tx| log::accesses(tx, id, after, size))
            .await?,
    ))
}

/// What was done for a patient over all capabilities. Needs a basis; the look is noted.
#[utoipa::path(get, path = "/api/patients/{id}/timeline", tag = "record",
    params(("id" = Id, Path), PageQuery), responses((status = 200, body = Page<TimelineEntry>)),
    extensions(("x-permission" = json!("record.read"))))]
async fn patient_timeline(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> http::Result<Json<Page<TimelineEntry>>> {
    let (after, size) = (page.cursor()?, page.size());
    let result = ctx.read(move |tx| {
        basis::view(tx, id, "timeline")?;
        log::timeline(tx, id, after, size)
    });
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

/// The account through which a patient, or their guardian, asks.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountLink {
    /// The account.
    account_id: Id,
}

/// Tie an account to the patient whose own it is, or whose guardian's.
#[utoipa::path(post, path = "/api/patients/{id}/accounts", tag = "record", params(("id" = Id, Path)),
    request_body = AccountLink, responses((status = 200, body = PatientBrief)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_account_link(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AccountLink>,
) -> http::Result<Json<PatientBrief>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, _) = load_for_change(tx, id, seen)?;
        accounts::link_account(tx, &patient, body.account_id)?;
        Ok(PatientBrief::of(&patient, tx.now().date()))
    });
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

/// An account through which a patient, or their guardian, asks.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct LinkedAccount {
    /// The account.
    account_id: Id,
    /// What is typed at sign-in.
    username: String,
    /// The name shown.
    name: String,
    /// Tied to the patient since.
    since: Instant,
}

/// The accounts tied to a patient. Needs a basis; the look is noted.
#[utoipa::path(get, path = "/api/patients/{id}/accounts", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = Vec<LinkedAccount>)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_account_list(
    ctx: Ctx,
    Path(id): Path<Id>,
) -> http::Result<Json<Vec<LinkedAccount>>> {
    let result = ctx.read(move |tx| {
        let (patient, _) = basis::view(tx, id, "accounts")?;
        linked_accounts(tx, patient.id)
    });
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

fn linked_accounts(tx: &mut Tx<'_>, patient_id: Id) -> kernel::Result<Vec<LinkedAccount>> {
    accounts::of_patient(tx, patient_id)?
        .into_iter()
        .map(|link| {
            let account = tx.load::<http::signin::Account>(link.account_id)?;
            Ok(LinkedAccount {
                account_id: account.id,
                username: account.username.clone(),
                name: account.name.clone(),
                since: link.since,
            })
        })
        .collect()
}

/// Untie an account from a patient: from now on it asks for them no more.
#[utoipa::path(delete, path = "/api/patients/{id}/accounts/{account_id}", tag = "record",
    params(("id" = Id, Path), ("account_id" = Id, Path)),
    responses((status = 200, body = PatientBrief)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_account_unlink(
    ctx: Ctx,
    Path((id, account_id)): Path<(Id, Id)>,
) -> http::Result<Json<PatientBrief>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, _) = load_for_change(tx, id, seen)?;
        if !accounts::unlink(tx, account_id, patient.id)? {
            return Err(Error::not_found("account").at("account_id"));
        }
        let detail = json!({ "account_id": account_id });
        let change = Change::new("record.account-unlinked").detail(detail);
        tx.record(change, Subject::of(&*patient))?;
        Ok(PatientBrief::of(&patient, tx.now().date()))
    });
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

/// The patients the signed-in account asks for: oneself, and those one is guardian of.
#[utoipa::path(get, path = "/api/my/patients", tag = "record",
    responses((status = 200, body = Vec<PatientBrief>)),
    extensions(("x-permission" = json!("record.audit"))))]
async fn my_patients(ctx: Ctx) -> http::Result<Json<Vec<PatientBrief>>> {
    Ok(Json(ctx.read(accounts::patients).await?))
}
