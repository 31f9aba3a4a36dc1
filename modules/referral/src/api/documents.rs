//! Documents: the case as FHIR, and the sheet to print.

use http::{App, Ctx, Json, Path, Result};
use kernel::{Id, Instant};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::fhir::{self, PatientFacts};
use crate::model::Referral;
use crate::store as sql;
use crate::visible;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_fhir))
        .routes(routes!(referral_sheet))
}

/// The case as a FHIR R4 Bundle.
#[utoipa::path(
    get, path = "/api/referrals/{id}/fhir", tag = "referral", operation_id = "referral_fhir",
    params(("id" = Id, Path)),
    responses((status = 200, content_type = "application/fhir+json", body = Object)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_fhir(ctx: Ctx, Path(id): Path<Id>) -> Result<axum::response::Response> {
    use axum::http::{HeaderValue, header};
    use axum::response::IntoResponse;
    let bundle = ctx.read(move |tx| bundle(tx, id)).await?;
    let mut response = Json(bundle).into_response();
    let media_type = HeaderValue::from_static("application/fhir+json; charset=utf-8");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    Ok(response)
}

fn bundle(tx: &mut Tx<'_>, id: Id) -> kernel::Result<serde_json::Value> {
    let referral = visible::load_to_show(tx, id, "referral-fhir")?;
    let patient = match record::basis(tx, referral.patient_id)? {
        Some(_) => {
            let (patient, _) = record::view(tx, referral.patient_id, "referral-fhir")?;
            PatientFacts::Full(Box::new(patient.data))
        }
        None => PatientFacts::Sheet,
    };
    let follow_ups: Vec<_> = sql::follow_ups_of(tx, id)?
        .into_iter()
        .map(|follow_up| follow_up.data)
        .collect();
    Ok(fhir::bundle(&referral, &patient, &follow_ups))
}

/// What the printed sheet says besides the case itself.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sheet {
    /// The case.
    #[serde(flatten)]
    pub referral: Referral,
    /// Asking organization in full.
    pub from_org_full_name: String,
    /// Receiving organization in full.
    pub to_org_full_name: String,
    /// Its address.
    pub to_address: Option<String>,
    /// The patient's age on the day it was sent.
    pub patient_age_years: Option<u16>,
    /// When printed.
    pub printed_at: Instant,
    /// By whom.
    pub printed_by: String,
}

/// The sheet to print: 转诊单, and the discharge summary once there is one.
#[utoipa::path(
    get, path = "/api/referrals/{id}/sheet", tag = "referral", operation_id = "referral_sheet",
    params(("id" = Id, Path)), responses((status = 200, body = Sheet)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_sheet(ctx: Ctx, Path(id): Path<Id>) -> Result<Json<Sheet>> {
    Ok(Json(ctx.read(move |tx| sheet(tx, id)).await?))
}

fn sheet(tx: &mut Tx<'_>, id: Id) -> kernel::Result<Sheet> {
    let referral = visible::load_to_show(tx, id, "referral-sheet")?.data;
    let from = network::org(tx, referral.from.org_id)?;
    let to = network::org(tx, referral.to.org_id)?;
    let on = referral.submitted_at.unwrap_or(referral.created_at).date();
    Ok(Sheet {
        from_org_full_name: from.name,
        to_org_full_name: to.name,
        to_address: to.address,
        patient_age_years: referral.patient.birth_date.map(|birth| birth.age_on(on)),
        printed_at: tx.now(),
        printed_by: tx.actor().name.clone(),
        referral,
    })
}
