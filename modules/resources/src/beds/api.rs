//! Ward and bed operations: the map, and what nurses and bed managers do.

use ::store::{Change, Tx, Versioned};
use axum::response::Response;
use http::export::{Cell, xlsx};
use http::{Created, Ctx, Etag, Json, Path, Query};
use kernel::identity::Sex;
use kernel::{Date, Error, Id, Instant, Money, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::store::BedRow;
use super::{Bed, BedCommand, BedInput, BedState, SexRule, Stay, Ward, WardInput, WardState};
use crate::model::{Channel, HoldState, PlaceKind};
use crate::{holds, neighbours};

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

/// A ward with its beds counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesWard)]
pub(crate) struct WardView {
    id: Id,
    version: i64,
    org_id: Id,
    department_id: Id,
    specialty: String,
    code: String,
    name: String,
    state: WardState,
    /// Beds that are not closed.
    beds_total: i64,
    /// Open and not held.
    beds_open: i64,
    /// Open and held.
    beds_held: i64,
    beds_occupied: i64,
    beds_cleaning: i64,
}

/// A bed as the map shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesBed)]
pub(crate) struct BedView {
    id: Id,
    version: i64,
    org_id: Id,
    ward_id: Id,
    code: String,
    kind: String,
    specialty: String,
    sex_rule: SexRule,
    isolation: bool,
    channel: Channel,
    quota_org_id: Option<Id>,
    price: Money,
    state: BedState,
    /// In its state since.
    since: Instant,
    /// Sex of the patient in it.
    patient_sex: Option<Sex>,
    /// The patient in it; only for the member itself.
    patient_id: Option<Id>,
    leave_on: Option<Date>,
    note: Option<String>,
    /// Who holds it, while somebody does.
    hold: Option<BedHold>,
    /// What this viewer may do now.
    actions: Vec<String>,
}

/// The live hold on a bed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesBedHold)]
pub(crate) struct BedHold {
    id: Id,
    state: HoldState,
    until: Instant,
    /// Short name of the member on whose account it is.
    for_org: String,
    /// Kind of the thing it belongs to.
    owner_kind: String,
    /// That thing, for the two members concerned.
    owner_id: Option<Id>,
}

/// The wards of a member and their beds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ResourcesBedMap)]
pub(crate) struct BedMap {
    org_id: Id,
    wards: Vec<WardView>,
    beds: Vec<BedView>,
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct BedQuery {
    /// The member; one's own unless given.
    org_id: Option<Id>,
    /// One ward only.
    ward_id: Option<Id>,
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

/// Make a ward, or change the one with this code.
#[utoipa::path(put, path = "/api/resources/wards", tag = "resources", request_body = WardInput,
    responses((status = 201, body = WardView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_ward_put(
    ctx: Ctx,
    Json(body): Json<WardInput>,
) -> http::Result<Created<WardView>> {
    let saved = ctx
        .write(move |tx| {
            http::access::require_org(tx, body.org_id)?;
            let (ward, _) = super::put_ward(tx, &body)?;
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

/// Make a bed, or change the one with this number in its ward.
#[utoipa::path(put, path = "/api/resources/beds", tag = "resources", request_body = BedInput,
    responses((status = 201, body = BedView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_bed_put(ctx: Ctx, Json(body): Json<BedInput>) -> http::Result<Created<BedView>> {
    let saved = ctx
        .write(move |tx| {
            let ward = tx
                .load::<Ward>(body.ward_id)
                .map_err(|error| error.at("ward_id"))?;
            http::access::require_org(tx, ward.org_id)?;
            let (bed, _) = super::put_bed(tx, &body)?;
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
        for row in super::store::bed_rows(tx, ward.org_id, Some(ward.id))? {
            match state {
                WardState::Closed => {
                    holds::withdraw_place(tx, PlaceKind::Bed, row.body.id, "ward-closed")?
                }
                WardState::Open => crate::waitlist::fill_bed(tx, &row.body)?,
            }
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

fn map(tx: &mut Tx<'_>, query: &BedQuery) -> Result<BedMap> {
    let ward = query.ward_id.map(|id| tx.load::<Ward>(id)).transpose()?;
    let org_id = chosen_org(tx, ward.map(|ward| ward.org_id).or(query.org_id))?;
    let mut wards = ward_views(tx, org_id)?;
    wards.retain(|ward| query.ward_id.is_none_or(|id| id == ward.id));
    let rows = super::store::bed_rows(tx, org_id, query.ward_id)?;
    let beds = rows
        .into_iter()
        .map(|row| bed_view(tx, row))
        .collect::<Result<_>>()?;
    Ok(BedMap {
        org_id,
        wards,
        beds,
    })
}

fn ward_views(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<WardView>> {
    let counts = super::store::counts(tx, org_id)?;
    let wards = super::store::wards(tx, org_id)?;
    Ok(wards.iter().map(|ward| ward_view(ward, &counts)).collect())
}

fn ward_view(ward: &Versioned<Ward>, counts: &[super::store::BedCount]) -> WardView {
    let beds = |state| {
        let mut rows = counts
            .iter()
            .filter(move |row| row.ward_id == ward.id && row.state == state);
        rows.next().map_or((0, 0), |row| (row.beds, row.held))
    };
    let (open, held) = beds(BedState::Open);
    let (occupied, cleaning) = (beds(BedState::Occupied).0, beds(BedState::Cleaning).0);
    WardView {
        id: ward.id,
        version: ward.version,
        org_id: ward.org_id,
        department_id: ward.department_id,
        specialty: ward.specialty.clone(),
        code: ward.code.clone(),
        name: ward.name.clone(),
        state: ward.state,
        beds_total: open + occupied + cleaning,
        beds_open: open - held,
        beds_held: held,
        beds_occupied: occupied,
        beds_cleaning: cleaning,
    }
}

fn ward_answer(tx: &mut Tx<'_>, ward: &Versioned<Ward>) -> Result<Etag<WardView>> {
    let counts = super::store::counts(tx, ward.org_id)?;
    Ok(Etag::new(ward.version, ward_view(ward, &counts)))
}

fn bed_answer(tx: &mut Tx<'_>, bed: &Versioned<Bed>) -> Result<Etag<BedView>> {
    let rows = super::store::bed_rows(tx, bed.org_id, Some(bed.ward_id))?;
    let row = rows
        .into_iter()
        .find(|row| row.body.id == bed.id)
        .ok_or_else(|| Error::not_found("bed"))?;
    Ok(Etag::new(bed.version, bed_view(tx, row)?))
}

fn bed_view(tx: &mut Tx<'_>, row: BedRow) -> Result<BedView> {
    let viewer = tx.actor().org_id;
    let bed = row.body.0;
    let is_own = viewer == bed.org_id;
    let hold = match (row.hold_id, row.hold_state, row.for_org_id, row.expires_at) {
        (Some(id), Some(state), Some(for_org_id), Some(until)) => Some(BedHold {
            id,
            state,
            until,
            for_org: neighbours::short_name(tx, for_org_id)?,
            owner_kind: row.owner_kind.unwrap_or_default(),
            owner_id: row.owner_id.filter(|_| is_own || viewer == for_org_id),
        }),
        _ => None,
    };
    let may_act = tx.actor().scope("resources.beds").is_some() && is_own;
    let actions = if may_act {
        open_actions(bed.state, hold.is_some())
    } else {
        Vec::new()
    };
    Ok(BedView {
        id: bed.id,
        version: row.version,
        org_id: bed.org_id,
        ward_id: bed.ward_id,
        code: bed.code,
        kind: bed.kind,
        specialty: bed.specialty,
        sex_rule: bed.sex_rule,
        isolation: bed.isolation,
        channel: bed.channel,
        quota_org_id: bed.quota_org_id,
        price: bed.price,
        state: bed.state,
        since: bed.since,
        patient_sex: bed.patient_sex.filter(|_| is_own),
        patient_id: bed.patient_id.filter(|_| is_own),
        leave_on: bed.leave_on,
        note: bed.note.filter(|_| is_own),
        hold,
        actions,
    })
}

fn open_actions(state: BedState, is_held: bool) -> Vec<String> {
    let words: &[&str] = match state {
        BedState::Open if is_held => &["close"],
        BedState::Open => &["occupy", "close"],
        BedState::Occupied => &["free", "leave"],
        BedState::Cleaning => &["clean", "close"],
        BedState::Closed => &["reopen"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}
