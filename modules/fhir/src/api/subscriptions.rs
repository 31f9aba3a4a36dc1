//! Dead letters of subscriptions.

use http::{Ctx, Json, Path};
use serde::Serialize;

use crate::subscriptions::{self, DeadLetter};

/// Notices of the own organization's subscriptions that could not be sent, the oldest first.
#[utoipa::path(get, path = "/api/fhir/dead-letters", tag = "fhir",
    responses((status = 200, body = Vec<DeadLetter>)),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_dead_letters(ctx: Ctx) -> http::Result<Json<Vec<DeadLetter>>> {
    Ok(Json(ctx.read(subscriptions::dead_letters).await?))
}

/// How many notices got another chance.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = FhirDeadLettersRetried)]
pub(super) struct Retried {
    /// So many.
    count: u64,
}

/// Give the dead letters of a subscription another chance.
#[utoipa::path(post, path = "/api/fhir/subscriptions/{id}/retry", tag = "fhir",
    params(("id" = String, Path)), responses((status = 200, body = Retried)),
    extensions(("x-permission" = json!("fhir.write"))))]
pub(super) async fn fhir_dead_letters_retry(
    ctx: Ctx,
    Path(id): Path<String>,
) -> http::Result<Json<Retried>> {
    let count = ctx.write(move |tx| subscriptions::retry(tx, &id)).await?;
    Ok(Json(Retried { count }))
}
