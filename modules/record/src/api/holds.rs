//! Legal holds and how long records are kept.

use http::{App, Created, Ctx, Etag, Json, Path};
use kernel::Id;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::basis;
use crate::retention::{self, HoldReason, LegalHold, Period, RetentionRule};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(legal_hold_list, legal_hold_set))
        .routes(routes!(legal_hold_release))
        .routes(routes!(retention_periods))
}

/// The legal holds on a patient's record, newest first.
#[utoipa::path(get, path = "/api/patients/{id}/legal-holds", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = Vec<LegalHold>)),
    extensions(("x-permission" = json!("record.hold"))))]
async fn legal_hold_list(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Vec<LegalHold>>> {
    Ok(Json(ctx.read(move |tx| retention::list(tx, id)).await?))
}

/// Set a legal hold: nothing of the patient's record is deleted until it is released.
#[utoipa::path(post, path = "/api/patients/{id}/legal-holds", tag = "record", params(("id" = Id, Path)),
    request_body = HoldReason, responses((status = 201, body = LegalHold)),
    extensions(("x-permission" = json!("record.hold"))))]
async fn legal_hold_set(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<HoldReason>,
) -> http::Result<Created<LegalHold>> {
    let hold = ctx.write(move |tx| {
        let patient = basis::patient(tx, id)?;
        let hold = retention::set(tx, &patient, &body)?;
        Ok(Created(Etag::new(hold.version, retention::numbered(hold))))
    });
    Ok(hold.await?)
}

/// Release a legal hold that one's own organization set.
#[utoipa::path(post, path = "/api/legal-holds/{id}/release", tag = "record", params(("id" = Id, Path)),
    request_body = HoldReason, responses((status = 200, body = LegalHold)),
    extensions(("x-permission" = json!("record.hold"))))]
async fn legal_hold_release(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<HoldReason>,
) -> http::Result<Etag<LegalHold>> {
    let seen = ctx.if_match()?;
    let hold = ctx.write(move |tx| {
        let hold = retention::to_release(tx, id)?;
        tx.check_version(&hold, seen)?;
        let hold = retention::release(tx, hold, &body)?;
        Ok(Etag::new(hold.version, retention::numbered(hold)))
    });
    Ok(hold.await?)
}

/// How long each kind of record is kept, with its source.
#[utoipa::path(get, path = "/api/retention-periods", tag = "record",
    responses((status = 200, body = Vec<Period>)),
    extensions(("x-permission" = json!("record.hold"))))]
async fn retention_periods(ctx: Ctx) -> http::Result<Json<Vec<Period>>> {
    let periods = ctx.read(|tx| {
        let rule = tx.rule::<RetentionRule>("record.retention")?;
        Ok(rule.body.periods)
    });
    Ok(Json(periods.await?))
}
