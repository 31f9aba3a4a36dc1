//! Operations of equipment: devices, lanes, maintenance, the idle report.

use ::store::{Tx, Versioned};
use axum::response::Response;
use http::export::{Cell, xlsx};
use http::{Created, Ctx, Etag, Json, Path, Query};
use kernel::{Date, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::boards::{EquipmentView, IdleLine, Lane, equipment_view, idle, lane};
use super::{Equipment, EquipmentInput, EquipmentState, Maintenance, store};
use crate::beds::api::{Reason, chosen_org, require_seen};
use crate::edit::Edit;

pub(crate) fn routes() -> OpenApiRouter<http::App> {
    OpenApiRouter::new()
        .routes(routes!(resources_equipment_list, resources_equipment_put))
        .routes(routes!(resources_equipment_lanes))
        .routes(routes!(resources_equipment_idle))
        .routes(routes!(resources_equipment_idle_export))
        .routes(routes!(resources_equipment_get))
        .routes(routes!(resources_equipment_out_of_service))
        .routes(routes!(resources_equipment_in_service))
        .routes(routes!(
            resources_maintenance_list,
            resources_maintenance_plan
        ))
        .routes(routes!(resources_maintenance_cancel))
}

/// Days of one idle report.
const IDLE_DAYS_MAX: i64 = 92;
/// Days of maintenance listed ahead and back.
const MAINTENANCE_WINDOW_DAYS: i64 = 92;

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EquipmentQuery {
    /// The member; one's own unless given.
    org_id: Option<Id>,
    /// `CT`, `MR` …
    kind: Option<String>,
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaneQuery {
    /// The member; one's own unless given.
    org_id: Option<Id>,
    /// `CT`, `MR` …
    kind: Option<String>,
    /// The day; today unless given.
    date: Option<Date>,
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdleQuery {
    /// One member only; all within reach unless given.
    org_id: Option<Id>,
    /// `CT`, `MR` …
    kind: Option<String>,
    /// First day; six days ago unless given.
    from: Option<Date>,
    /// Last day; today unless given.
    to: Option<Date>,
}

/// Maintenance to plan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesMaintenanceInput)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaintenanceInput {
    start_at: Instant,
    end_at: Instant,
    #[schema(max_length = 500)]
    reason: String,
}

/// Maintenance with its version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesMaintenanceView)]
pub(crate) struct MaintenanceView {
    version: i64,
    #[serde(flatten)]
    maintenance: Maintenance,
}

/// The devices of a member.
#[utoipa::path(get, path = "/api/resources/equipment", tag = "resources", params(EquipmentQuery),
    responses((status = 200, body = Vec<EquipmentView>)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_equipment_list(
    ctx: Ctx,
    Query(query): Query<EquipmentQuery>,
) -> http::Result<Json<Vec<EquipmentView>>> {
    let devices = ctx
        .read(move |tx| {
            let org_id = chosen_org(tx, query.org_id)?;
            let devices = store::of_org(tx, org_id, query.kind.as_deref())?;
            Ok(devices
                .iter()
                .map(|device| equipment_view(tx, device))
                .collect())
        })
        .await?;
    Ok(Json(devices))
}

/// Make a device, or with `If-Match` change the one with this code; bookings already made stay.
#[utoipa::path(put, path = "/api/resources/equipment", tag = "resources", request_body = EquipmentInput,
    responses((status = 201, body = EquipmentView)), extensions(("x-permission" = json!("resources.equipment"))))]
async fn resources_equipment_put(
    ctx: Ctx,
    Json(body): Json<EquipmentInput>,
) -> http::Result<Created<EquipmentView>> {
    let edit = Edit::Form(ctx.if_match().ok());
    let saved = ctx
        .write(move |tx| {
            http::access::require_org(tx, body.org_id)?;
            let (device, _) = super::put_equipment(tx, &body, edit)?;
            Ok(Etag::new(device.version, equipment_view(tx, &device)))
        })
        .await?;
    Ok(Created(saved))
}

/// The devices of a member as lanes of one day.
#[utoipa::path(get, path = "/api/resources/equipment/lanes", tag = "resources", params(LaneQuery),
    responses((status = 200, body = Vec<Lane>)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_equipment_lanes(
    ctx: Ctx,
    Query(query): Query<LaneQuery>,
) -> http::Result<Json<Vec<Lane>>> {
    let lanes = ctx
        .read(move |tx| {
            let org_id = chosen_org(tx, query.org_id)?;
            let date = query.date.unwrap_or(tx.now().date());
            let (from, to) = (date.start(), date.plus_days(1).start());
            let devices = store::of_org(tx, org_id, query.kind.as_deref())?;
            devices
                .iter()
                .map(|device| lane(tx, device, from, to))
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    Ok(Json(lanes))
}

/// How much of their open time devices stood idle.
#[utoipa::path(get, path = "/api/resources/equipment/idle", tag = "resources", params(IdleQuery),
    responses((status = 200, body = Vec<IdleLine>)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_equipment_idle(
    ctx: Ctx,
    Query(query): Query<IdleQuery>,
) -> http::Result<Json<Vec<IdleLine>>> {
    Ok(Json(ctx.read(move |tx| idle_lines(tx, &query)).await?))
}

/// The idle report as a spreadsheet.
#[utoipa::path(get, path = "/api/resources/equipment/idle/export", tag = "resources", params(IdleQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("resources.read"))))]
async fn resources_equipment_idle_export(
    ctx: Ctx,
    Query(query): Query<IdleQuery>,
) -> http::Result<Response> {
    let lines = ctx.read(move |tx| idle_lines(tx, &query)).await?;
    let rows: Vec<Vec<Cell>> = lines
        .into_iter()
        .map(|line| {
            vec![
                line.org_name.into(),
                line.kind.into(),
                line.name.into(),
                line.open_minutes.into(),
                line.used_minutes.into(),
                line.maintenance_minutes.into(),
                line.idle_minutes.into(),
            ]
        })
        .collect();
    let titles = [
        "机构",
        "类型",
        "设备",
        "开放分钟",
        "使用分钟",
        "检修分钟",
        "空闲分钟",
    ];
    Ok(xlsx("equipment-idle", &titles, &rows)?)
}

/// One device.
#[utoipa::path(get, path = "/api/resources/equipment/{id}", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = EquipmentView)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_equipment_get(
    ctx: Ctx,
    Path(id): Path<Id>,
) -> http::Result<Etag<EquipmentView>> {
    let device = ctx
        .read(move |tx| {
            let device = tx.load::<Equipment>(id)?;
            require_seen(tx, device.org_id, "equipment")?;
            Ok(Etag::new(device.version, equipment_view(tx, &device)))
        })
        .await?;
    Ok(device)
}

/// Take a device out of service: who holds time on it is told.
#[utoipa::path(post, path = "/api/resources/equipment/{id}/out-of-service", tag = "resources",
    params(("id" = Id, Path)), request_body = Reason, responses((status = 200, body = EquipmentView)),
    extensions(("x-permission" = json!("resources.equipment"))))]
async fn resources_equipment_out_of_service(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<EquipmentView>> {
    Ok(set_state(ctx, id, EquipmentState::OutOfService, body.reason).await?)
}

/// Put a device back in service.
#[utoipa::path(post, path = "/api/resources/equipment/{id}/in-service", tag = "resources",
    params(("id" = Id, Path)), responses((status = 200, body = EquipmentView)),
    extensions(("x-permission" = json!("resources.equipment"))))]
async fn resources_equipment_in_service(
    ctx: Ctx,
    Path(id): Path<Id>,
) -> http::Result<Etag<EquipmentView>> {
    Ok(set_state(ctx, id, EquipmentState::InService, String::new()).await?)
}

/// Maintenance of a device, planned and recent.
#[utoipa::path(get, path = "/api/resources/equipment/{id}/maintenance", tag = "resources",
    params(("id" = Id, Path)), responses((status = 200, body = Vec<MaintenanceView>)),
    extensions(("x-permission" = json!("resources.read"))))]
async fn resources_maintenance_list(
    ctx: Ctx,
    Path(id): Path<Id>,
) -> http::Result<Json<Vec<MaintenanceView>>> {
    let windows = ctx
        .read(move |tx| {
            let device = tx.load::<Equipment>(id)?;
            require_seen(tx, device.org_id, "equipment")?;
            let window = kernel::Span::days(MAINTENANCE_WINDOW_DAYS);
            let (from, to) = (tx.now() - window, tx.now() + window);
            Ok(store::maintenance(tx, id, from, to)?
                .into_iter()
                .map(maintenance_view)
                .collect())
        })
        .await?;
    Ok(Json(windows))
}

/// Plan maintenance: who holds that time is told.
#[utoipa::path(post, path = "/api/resources/equipment/{id}/maintenance", tag = "resources",
    params(("id" = Id, Path)), request_body = MaintenanceInput,
    responses((status = 201, body = MaintenanceView)),
    extensions(("x-permission" = json!("resources.equipment"))))]
async fn resources_maintenance_plan(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<MaintenanceInput>,
) -> http::Result<Created<MaintenanceView>> {
    let planned = ctx
        .write(move |tx| {
            let device = tx.load::<Equipment>(id)?;
            require_seen(tx, device.org_id, "equipment")?;
            let planned =
                super::plan_maintenance(tx, &device, body.start_at, body.end_at, &body.reason)?;
            Ok(Etag::new(planned.version, maintenance_view(planned)))
        })
        .await?;
    Ok(Created(planned))
}

/// Call maintenance off.
#[utoipa::path(post, path = "/api/resources/maintenance/{id}/cancel", tag = "resources",
    params(("id" = Id, Path)), responses((status = 200, body = MaintenanceView)),
    extensions(("x-permission" = json!("resources.equipment"))))]
async fn resources_maintenance_cancel(
    ctx: Ctx,
    Path(id): Path<Id>,
) -> http::Result<Etag<MaintenanceView>> {
    let seen = ctx.if_match()?;
    let cancelled = ctx
        .write(move |tx| {
            let window = tx.load::<Maintenance>(id)?;
            require_seen(tx, window.org_id, "maintenance")?;
            tx.check_version(&window, seen)?;
            let window = super::cancel_maintenance(tx, window)?;
            Ok(Etag::new(window.version, maintenance_view(window)))
        })
        .await?;
    Ok(cancelled)
}

fn maintenance_view(window: Versioned<Maintenance>) -> MaintenanceView {
    MaintenanceView {
        version: window.version,
        maintenance: window.data,
    }
}

async fn set_state(
    ctx: Ctx,
    id: Id,
    state: EquipmentState,
    note: String,
) -> Result<Etag<EquipmentView>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let device = tx.load::<Equipment>(id)?;
        require_seen(tx, device.org_id, "equipment")?;
        tx.check_version(&device, seen)?;
        let device = super::set_state(tx, device, state, &note)?;
        Ok(Etag::new(device.version, equipment_view(tx, &device)))
    })
    .await
}

fn idle_lines(tx: &mut Tx<'_>, query: &IdleQuery) -> Result<Vec<IdleLine>> {
    let today = tx.now().date();
    let to = query.to.unwrap_or(today);
    let from = query.from.unwrap_or(to.plus_days(-6));
    if to < from || from.days_until(to) > IDLE_DAYS_MAX {
        let detail = format!("the last day follows the first by at most {IDLE_DAYS_MAX} days");
        return Err(Error::invalid("resources.search-window", "to", detail));
    }
    let org_ids = match query.org_id {
        Some(org_id) => vec![chosen_org(tx, Some(org_id))?],
        None => crate::search::api::orgs_in_reach(tx)?,
    };
    idle(
        tx,
        &org_ids,
        query.kind.as_deref(),
        (from.start(), to.plus_days(1).start()),
    )
}
