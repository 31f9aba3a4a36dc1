//! Ward and bed operations: the map, and what nurses and bed managers do.

use ::store::{Change, Tx, Versioned};
use axum::response::Response;
use http::export::{Cell, xlsx};
use http::{Created, Ctx, Etag, Json, Path, Query};
use kernel::identity::Sex;
use kernel::{Date, Error, Id, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::boards::{BedMap, BedView, WardView, bed_answer, map, ward_answer, ward_views};
use super::{Bed, BedCommand, BedInput, BedState, Stay, Ward, WardInput, WardState};
use crate::edit::Edit;
use crate::holds;

pub(crate) fn routes() -> OpenApiRouter<http::App> {
    OpenApiRouter::new()
        .routes(routes!(resources_ward_list, resources_ward_put))
        .routes(routes!(resources_ward_close))
        .routes(routes!(resources_ward_reopen))
        .routes(routes!(resources_bed_map, resources_bed_put))
        .routes(routes!(resources_bed_export))
        .routes(routes!(resources_bed_get))
        .routes(routes!(resources_bed_occupy))
        .routes(routes!(resources_bed_free))
        .routes(routes!(resources_bed_clean))
        .routes(routes!(resources_bed_close))
        .routes(routes!(resources_bed_reopen))
        .routes(routes!(resources_bed_leave))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct BedQuery {
    /// The member; one's own unless given.
    pub(super) org_id: Option<Id>,
    /// One ward only.
    pub(super) ward_id: Option<Id>,
}

/// Who comes into the bed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesOccupy)]
#[serde(deny_unknown_fields)]
pub(crate) struct Occupy {
    /// The patient's sex; a bed for one sex asks for it.
    sex: Option<Sex>,
    /// When the patient is expected to leave.
    leave_on: Option<Date>,
}

/// Why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesReason)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// A sentence for those concerned.
    #[schema(max_length = 500)]
    pub reason: String,
}

/// When the patient is expected to leave.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesLeave)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leave {
    /// The day; nothing means unknown.
    leave_on: Option<Date>,
}

/// The wards of a member, each with its beds counted.
#[utoipa::path(get, path = "/api/resources/wards", tag = "resources", params(BedQuery),
    responses((status = 200, body = Vec<WardView>)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_ward_list(
    ctx: Ctx,
    Query(query): Query<BedQuery>,
) -> http::Result<Json<Vec<WardView>>> {
    let wards = ctx
        .read(move |tx| {
            let org_id = chosen_org(tx, query.org_id)?;
            ward_views(tx, org_id)
        })
        .await?;
    Ok(Json(wards))
}

/// Make a ward, or with `If-Match` change the one with this code.
#[utoipa::path(put, path = "/api/resources/wards", tag = "resources", request_body = WardInput,
    responses((status = 201, body = WardView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_ward_put(
    ctx: Ctx,
    Json(body): Json<WardInput>,
) -> http::Result<Created<WardView>> {
    let edit = Edit::Form(ctx.if_match().ok());
    let saved = ctx
        .write(move |tx| {
            http::access::require_org(tx, body.org_id)?;
            let (ward, _) = super::put_ward(tx, &body, edit)?;
            ward_answer(tx, &ward)
        })
        .await?;
    Ok(Created(saved))
}

/// Close a ward: its beds are not offered any more, and who holds one is told.
#[utoipa::path(post, path = "/api/resources/wards/{id}/close", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = WardView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_ward_close(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<WardView>> {
    Ok(set_ward(ctx, id, WardState::Closed).await?)
}

/// Reopen a ward; the waitlist is served first.
#[utoipa::path(post, path = "/api/resources/wards/{id}/reopen", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = WardView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_ward_reopen(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<WardView>> {
    Ok(set_ward(ctx, id, WardState::Open).await?)
}

/// The bed map of a member: every bed with its state, its hold and its expected leave.
#[utoipa::path(get, path = "/api/resources/beds", tag = "resources", params(BedQuery),
    responses((status = 200, body = BedMap)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_bed_map(ctx: Ctx, Query(query): Query<BedQuery>) -> http::Result<Json<BedMap>> {
    Ok(Json(ctx.read(move |tx| map(tx, &query)).await?))
}

/// Make a bed, or with `If-Match` change the one with this number in its ward.
#[utoipa::path(put, path = "/api/resources/beds", tag = "resources", request_body = BedInput,
    responses((status = 201, body = BedView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_bed_put(ctx: Ctx, Json(body): Json<BedInput>) -> http::Result<Created<BedView>> {
    let edit = Edit::Form(ctx.if_match().ok());
    let saved = ctx
        .write(move |tx| {
            let ward = tx
                .load::<Ward>(body.ward_id)
                .map_err(|error| error.at("ward_id"))?;
            http::access::require_org(tx, ward.org_id)?;
            let (bed, _) = super::put_bed(tx, &body, edit)?;
            bed_answer(tx, &bed)
        })
        .await?;
    Ok(Created(saved))
}

/// The bed map as a spreadsheet.
#[utoipa::path(get, path = "/api/resources/beds/export", tag = "resources", params(BedQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("resources.read"))))]
async fn resources_bed_export(ctx: Ctx, Query(query): Query<BedQuery>) -> http::Result<Response> {
    let map = ctx.read(move |tx| map(tx, &query)).await?;
    let name_of = |id: Id| {
        map.wards
            .iter()
            .find(|ward| ward.id == id)
            .map(|ward| ward.name.clone())
    };
    let rows: Vec<Vec<Cell>> = map
        .beds
        .iter()
        .map(|bed| {
            vec![
                name_of(bed.ward_id).into(),
                bed.code.as_str().into(),
                bed.kind.as_str().into(),
                bed.state.word().into(),
                bed.sex_rule.word().into(),
                i64::from(bed.isolation).into(),
                bed.channel.word().into(),
                bed.leave_on.map(|day| day.to_string()).into(),
                bed.hold.as_ref().map(|hold| hold.for_org.clone()).into(),
                bed.hold
                    .as_ref()
                    .map(|hold| hold.until.local_minutes())
                    .into(),
            ]
        })
        .collect();
    let titles = [
        "病区",
        "床号",
        "类型",
        "状态",
        "性别",
        "隔离",
        "渠道",
        "预计出院",
        "锁定机构",
        "锁定至",
    ];
    Ok(xlsx("beds", &titles, &rows)?)
}

/// One bed.
#[utoipa::path(get, path = "/api/resources/beds/{id}", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = BedView)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_bed_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<BedView>> {
    let bed = ctx
        .read(move |tx| {
            let bed = tx.load::<Bed>(id)?;
            require_seen(tx, bed.org_id, "bed")?;
            bed_answer(tx, &bed)
        })
        .await?;
    Ok(bed)
}

/// A patient who came without a hold lies down.
#[utoipa::path(post, path = "/api/resources/beds/{id}/occupy", tag = "resources", params(("id" = Id, Path)),
    request_body = Occupy, responses((status = 200, body = BedView)),
    extensions(("x-permission" = json!("resources.beds"))))]
async fn resources_bed_occupy(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Occupy>,
) -> http::Result<Etag<BedView>> {
    let seen = ctx.if_match()?;
    let bed = ctx
        .write(move |tx| {
            let bed = own_bed(tx, id, seen)?;
            if super::store::hold_id(tx, id)?.is_some() {
                let detail = "somebody holds this bed; let them arrive, or choose another bed";
                return Err(Error::conflict("resources.bed-held", detail));
            }
            crate::rules::require_sex(bed.sex_rule, body.sex)?;
            require_leave(tx, body.leave_on)?;
            let stay = Stay {
                patient_sex: body.sex,
                leave_on: body.leave_on,
                ..Stay::default()
            };
            let bed = super::occupy(tx, bed, stay)?;
            bed_answer(tx, &bed)
        })
        .await?;
    Ok(bed)
}

/// The patient has left; the bed waits for cleaning.
#[utoipa::path(post, path = "/api/resources/beds/{id}/free", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = BedView)), extensions(("x-permission" = json!("resources.beds"))))]
async fn resources_bed_free(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<BedView>> {
    Ok(change_bed(ctx, id, super::free).await?)
}

/// The bed is clean and open.
#[utoipa::path(post, path = "/api/resources/beds/{id}/clean", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = BedView)), extensions(("x-permission" = json!("resources.beds"))))]
async fn resources_bed_clean(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<BedView>> {
    Ok(change_bed(ctx, id, |tx, bed| super::open(tx, bed, BedCommand::Clean)).await?)
}

/// Take a bed out of use; who holds it is told.
#[utoipa::path(post, path = "/api/resources/beds/{id}/close", tag = "resources", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = BedView)),
    extensions(("x-permission" = json!("resources.beds"))))]
async fn resources_bed_close(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<BedView>> {
    Ok(change_bed(ctx, id, move |tx, bed| super::close(tx, bed, &body.reason)).await?)
}

/// Put a bed back in use.
#[utoipa::path(post, path = "/api/resources/beds/{id}/reopen", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = BedView)), extensions(("x-permission" = json!("resources.beds"))))]
async fn resources_bed_reopen(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<BedView>> {
    Ok(change_bed(ctx, id, |tx, bed| super::open(tx, bed, BedCommand::Reopen)).await?)
}

/// Say when the patient is expected to leave.
#[utoipa::path(put, path = "/api/resources/beds/{id}/leave", tag = "resources", params(("id" = Id, Path)),
    request_body = Leave, responses((status = 200, body = BedView)),
    extensions(("x-permission" = json!("resources.beds"))))]
async fn resources_bed_leave(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Leave>,
) -> http::Result<Etag<BedView>> {
    let set = move |tx: &mut Tx<'_>, mut bed: Versioned<Bed>| {
        if bed.state != BedState::Occupied {
            let detail = "nobody is in this bed, so nobody is expected to leave it";
            return Err(Error::conflict("resources.bed-state", detail));
        }
        require_leave(tx, body.leave_on)?;
        bed.leave_on = body.leave_on;
        tx.update(&bed, Change::new("bed.leave-expected"))
    };
    Ok(change_bed(ctx, id, set).await?)
}

async fn change_bed(
    ctx: Ctx,
    id: Id,
    change: impl Fn(&mut Tx<'_>, Versioned<Bed>) -> Result<Versioned<Bed>> + Send + 'static,
) -> Result<Etag<BedView>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let bed = own_bed(tx, id, seen)?;
        let bed = change(tx, bed)?;
        bed_answer(tx, &bed)
    })
    .await
}

/// Why holds of a closed ward ended.
const WARD_CLOSED: &str = "ward-closed";

async fn set_ward(ctx: Ctx, id: Id, state: WardState) -> Result<Etag<WardView>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let mut ward = tx.load::<Ward>(id)?;
        require_seen(tx, ward.org_id, "ward")?;
        tx.check_version(&ward, seen)?;
        if ward.state == state {
            let detail = "the ward is in this state already";
            return Err(Error::conflict("resources.ward-state", detail));
        }
        ward.state = state;
        let event = if state == WardState::Open {
            "ward.reopened"
        } else {
            "ward.closed"
        };
        let ward = tx.update(&ward, Change::new(event))?;
        let mut withdrawn = Vec::new();
        for row in super::store::bed_rows(tx, ward.org_id, Some(ward.id))? {
            match state {
                WardState::Closed => {
                    withdrawn.extend(holds::take_back_bed(tx, row.body.id, WARD_CLOSED)?);
                }
                WardState::Open => crate::waitlist::fill_bed(tx, &row.body)?,
            }
        }
        for hold in &withdrawn {
            holds::tell_withdrawn(tx, hold, WARD_CLOSED)?;
        }
        ward_answer(tx, &ward)
    })
    .await
}

/// A bed of the actor's reach, at the version the actor saw.
fn own_bed(tx: &mut Tx<'_>, id: Id, seen: i64) -> Result<Versioned<Bed>> {
    let bed = tx.load::<Bed>(id)?;
    require_seen(tx, bed.org_id, "bed")?;
    tx.check_version(&bed, seen)?;
    Ok(bed)
}

/// What lies outside the reach of the permission is not there.
pub(crate) fn require_seen(tx: &mut Tx<'_>, org_id: Id, what: &'static str) -> Result<()> {
    if http::access::covers(tx, org_id)? {
        Ok(())
    } else {
        Err(Error::not_found(what))
    }
}

fn require_leave(tx: &Tx<'_>, leave_on: Option<Date>) -> Result<()> {
    if leave_on.is_none_or(|day| day >= tx.now().date()) {
        return Ok(());
    }
    let detail = "the expected leave lies in the past";
    Err(Error::invalid("resources.past", "leave_on", detail))
}

/// The member asked for, or the actor's own; it must lie within reach.
pub(crate) fn chosen_org(tx: &mut Tx<'_>, asked: Option<Id>) -> Result<Id> {
    let org_id = asked.unwrap_or(tx.actor().org_id);
    require_seen(tx, org_id, "organization")?;
    Ok(org_id)
}
