//! Allergies and the problem list: what every referral form begins with.

use http::{App, Ctx, Etag, Json, Path};
use kernel::Id;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::patients::{PatientRecord, load_for_change, record};
use crate::input::{NewAllergy, NewProblem};
use crate::{basis, clinical};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(patient_allergy_add))
        .routes(routes!(patient_allergy_end))
        .routes(routes!(patient_problem_add))
        .routes(routes!(patient_problem_end))
}

/// Enter an allergy.
#[utoipa::path(post, path = "/api/patients/{id}/allergies", tag = "record", params(("id" = Id, Path)),
    request_body = NewAllergy, responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_allergy_add(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewAllergy>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = clinical::add_allergy(tx, patient, &body)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Say that an allergy does not hold (any more).
#[utoipa::path(post, path = "/api/patients/{id}/allergies/{allergy_id}/end", tag = "record",
    params(("id" = Id, Path), ("allergy_id" = Id, Path)),
    responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_allergy_end(
    ctx: Ctx,
    Path((id, allergy_id)): Path<(Id, Id)>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = clinical::end_allergy(tx, patient, allergy_id)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Enter a problem, such as a chronic condition.
#[utoipa::path(post, path = "/api/patients/{id}/problems", tag = "record", params(("id" = Id, Path)),
    request_body = NewProblem, responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_problem_add(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewProblem>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = clinical::add_problem(tx, patient, &body)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Say that a problem is over.
#[utoipa::path(post, path = "/api/patients/{id}/problems/{problem_id}/end", tag = "record",
    params(("id" = Id, Path), ("problem_id" = Id, Path)),
    responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_problem_end(
    ctx: Ctx,
    Path((id, problem_id)): Path<(Id, Id)>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = clinical::end_problem(tx, patient, problem_id)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}
