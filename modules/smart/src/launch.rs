//! Opening an app from a patient's page.

use axum::http::HeaderMap;
use http::{Ctx, Json};
use kernel::{Error, Id, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, hex, sha256_hex};
use utoipa::ToSchema;

use crate::authorize::{Location, base_of, named, require_basis, subject, without_key};
use crate::code_flow::with_query;
use crate::model::App;
use crate::rows::{self, LaunchRow};

/// How long a launch may take to become a request.
const LAUNCH_LIFE: Span = Span::minutes(5);

/// An app that can be opened from a patient's page.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartLaunchable)]
pub(crate) struct Launchable {
    /// Its id.
    id: Id,
    /// Its name.
    name: String,
    /// What it is for.
    description: String,
}

/// Which app to open for whom.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SmartLaunchInput)]
pub(crate) struct LaunchInput {
    /// The app.
    app_id: Id,
    /// The patient.
    patient_id: Id,
}

/// The apps that can be opened from a patient's page.
#[utoipa::path(get, path = "/api/smart/launchable", tag = "smart",
    responses((status = 200, body = Vec<Launchable>)), extensions(("x-permission" = json!("fhir.read"))))]
pub(crate) async fn smart_launchable(ctx: Ctx) -> http::Result<Json<Vec<Launchable>>> {
    let list = ctx.read(|tx| {
        let org_id = tx.actor().org_id;
        let apps = rows::live_apps(tx)?.into_iter();
        let apps = apps.filter(|app| app.launch_url.is_some() && app.is_for(org_id));
        Ok(apps
            .map(|app| Launchable {
                id: app.id,
                name: app.name.clone(),
                description: app.description.clone(),
            })
            .collect())
    });
    Ok(Json(list.await?))
}

/// Open an app for a patient; answers the address to go to.
#[utoipa::path(post, path = "/api/smart/launches", tag = "smart", request_body = LaunchInput,
    responses((status = 200, body = Location)), extensions(("x-permission" = json!("fhir.read"))))]
pub(crate) async fn smart_launch(
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<LaunchInput>,
) -> http::Result<Json<Location>> {
    let base = base_of(&ctx, &headers);
    let request = without_key(&ctx);
    let made = ctx.store().write(&request, move |tx| {
        let app = tx.load_opt::<App>(body.app_id)?;
        let org_id = tx.actor().org_id;
        let app = app.filter(|app| app.is_for(org_id));
        let app = app.ok_or_else(|| Error::not_found("smart-app").at("app_id"))?;
        let Some(address) = &app.launch_url else {
            return Err(Error::not_found("smart-app").at("app_id"));
        };
        require_basis(tx, body.patient_id)?;
        let secret = hex(&tx.random_bytes::<32>());
        let launch = LaunchRow {
            app_id: app.id,
            account_id: tx.actor().id,
            patient_id: body.patient_id,
            expires_at: tx.now() + LAUNCH_LIFE,
            used_at: None,
        };
        rows::insert_launch(tx, &sha256_hex(secret.as_bytes()), &launch)?;
        let subject = Subject {
            patient_id: Some(body.patient_id),
            ..subject(&app)
        };
        let mut change = Change::new("smart.launched").detail(json!({ "app": named(&app) }));
        change.basis = record::basis(tx, body.patient_id)?;
        tx.record(change, subject)?;
        Ok(with_query(address, &[("iss", &base), ("launch", &secret)]))
    });
    let location = made.await?;
    Ok(Json(Location { location }))
}
