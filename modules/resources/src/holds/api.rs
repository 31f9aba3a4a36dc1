//! Hold operations for people at a desk. Holds that belong to a case are confirmed and released
//! there, so that the case and its place never disagree.

use ::store::{Tx, Versioned};
use axum::response::Response;
use http::export::{Cell, EXPORT_ROWS_MAX, xlsx};
use http::{Created, Ctx, Etag, Json, Path, Query};
use kernel::identity::Sex;
use kernel::page::page_size;
use kernel::{Cursor, Error, Id, Instant, Money, Page, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Taking, store};
use crate::beds::api::{Reason, require_seen};
use crate::model::{Channel, Hold, HoldState, Place};
use crate::neighbours;

pub(crate) fn routes() -> OpenApiRouter<http::App> {
    OpenApiRouter::new()
        .routes(routes!(resources_hold_list, resources_hold_take))
        .routes(routes!(resources_hold_export))
        .routes(routes!(resources_hold_get))
        .routes(routes!(resources_hold_confirm))
        .routes(routes!(resources_hold_consume))
        .routes(routes!(resources_hold_release))
}

/// Owner of holds that a person took by hand.
const DESK: &str = "desk";

/// Which side of the holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ResourcesSide)]
pub(crate) enum Side {
    /// On my member's account.
    #[default]
    Requesting,
    /// At my member's places.
    Owning,
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldQuery {
    /// Which side; one's own requests unless given.
    #[param(inline)]
    side: Option<Side>,
    /// In one state only.
    state: Option<HoldState>,
    /// From `next` of the page before.
    after: Option<String>,
    /// At most so many.
    limit: Option<u32>,
}

/// A place to hold.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesHoldInput)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldInput {
    place: Place,
    /// Through which door; referral unless given.
    channel: Option<Channel>,
    /// Until when; the usual time unless given.
    until: Option<Instant>,
    /// The patient's sex; a bed for one sex asks for it.
    patient_sex: Option<Sex>,
}

/// Until when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesHoldUntil)]
#[serde(deny_unknown_fields)]
pub(crate) struct Until {
    until: Instant,
}

/// A hold as a screen shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesHold)]
pub(crate) struct HoldView {
    id: Id,
    version: i64,
    place: Place,
    place_name: String,
    org_id: Id,
    org_name: String,
    for_org_id: Id,
    for_org_name: String,
    start_at: Option<Instant>,
    end_at: Option<Instant>,
    channel: Channel,
    owner_kind: String,
    owner_id: Id,
    state: HoldState,
    held_at: Instant,
    expires_at: Instant,
    ended_at: Option<Instant>,
    reason: Option<String>,
    price: Money,
    /// What this viewer may do now.
    actions: Vec<String>,
}

/// Holds of one's own member, newest first.
#[utoipa::path(get, path = "/api/resources/holds", tag = "resources", params(HoldQuery),
    responses((status = 200, body = Page<HoldView>)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_list(
    ctx: Ctx,
    Query(query): Query<HoldQuery>,
) -> http::Result<Json<Page<HoldView>>> {
    let page = ctx
        .read(move |tx| {
            let size = page_size(query.limit);
            let holds = listed(tx, &query, size + 1)?;
            let page = Page::from_rows(holds, size, |hold| Cursor {
                key: 0,
                id: hold.id,
            });
            let items = page
                .items
                .iter()
                .map(|hold| hold_view(tx, hold))
                .collect::<Result<_>>()?;
            Ok(Page {
                items,
                next: page.next,
            })
        })
        .await?;
    Ok(Json(page))
}

/// Hold a place for one's own member.
#[utoipa::path(post, path = "/api/resources/holds", tag = "resources", request_body = HoldInput,
    responses((status = 201, body = HoldView)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_take(
    ctx: Ctx,
    Json(body): Json<HoldInput>,
) -> http::Result<Created<HoldView>> {
    let held = ctx
        .write(move |tx| {
            let until = match body.until {
                Some(until) => until,
                None => crate::usual_until(tx, body.place.kind())?,
            };
            let taking = Taking {
                place: body.place,
                owner_kind: DESK.to_owned(),
                owner_id: tx.actor().id,
                patient_id: None,
                patient_sex: body.patient_sex,
                for_org_id: tx.actor().org_id,
                channel: body.channel.unwrap_or(Channel::Referral),
                until,
            };
            let hold = super::hold(tx, &taking)?;
            Ok(Etag::new(hold.version, hold_view(tx, &hold)?))
        })
        .await?;
    Ok(Created(held))
}

/// Holds as a spreadsheet.
#[utoipa::path(get, path = "/api/resources/holds/export", tag = "resources", params(HoldQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_export(ctx: Ctx, Query(query): Query<HoldQuery>) -> http::Result<Response> {
    let rows = ctx
        .read(move |tx| {
            let limit = u32::try_from(EXPORT_ROWS_MAX).unwrap_or(u32::MAX);
            let mut names = std::collections::HashMap::new();
            let mut rows: Vec<Vec<Cell>> = Vec::new();
            for hold in listed(tx, &query, limit)? {
                let mut named = |tx: &mut Tx<'_>, id: Id| -> Result<String> {
                    if let Some(name) = names.get(&id) {
                        return Ok(String::clone(name));
                    }
                    let name = neighbours::short_name(tx, id)?;
                    names.insert(id, name.clone());
                    Ok(name)
                };
                let (org, for_org) = (named(tx, hold.org_id)?, named(tx, hold.for_org_id)?);
                rows.push(vec![
                    org.into(),
                    hold.place_name.as_str().into(),
                    hold.start_at.map(Instant::local_minutes).into(),
                    for_org.into(),
                    hold.channel.word().into(),
                    hold.state.word().into(),
                    hold.held_at.local_minutes().into(),
                    hold.expires_at.local_minutes().into(),
                    hold.reason.clone().into(),
                ]);
            }
            Ok(rows)
        })
        .await?;
    let titles = [
        "机构",
        "资源",
        "时间",
        "申请机构",
        "渠道",
        "状态",
        "锁定时间",
        "到期时间",
        "结束原因",
    ];
    Ok(xlsx("holds", &titles, &rows)?)
}

/// One hold, for the two members concerned.
#[utoipa::path(get, path = "/api/resources/holds/{id}", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = HoldView)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<HoldView>> {
    let hold = ctx
        .read(move |tx| {
            let hold = tx.load::<Hold>(id)?;
            if hold.org_id != tx.actor().org_id {
                require_seen(tx, hold.for_org_id, "hold")?;
            }
            Ok(Etag::new(hold.version, hold_view(tx, &hold)?))
        })
        .await?;
    Ok(hold)
}

/// Keep the place: the patient is expected.
#[utoipa::path(post, path = "/api/resources/holds/{id}/confirm", tag = "resources", params(("id" = Id, Path)),
    request_body = Until, responses((status = 200, body = HoldView)),
    extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_confirm(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Until>,
) -> http::Result<Etag<HoldView>> {
    let change = move |tx: &mut Tx<'_>, hold: Versioned<Hold>| {
        require_seen(tx, hold.for_org_id, "hold")?;
        super::confirm(tx, hold, body.until)
    };
    Ok(change_hold(ctx, id, change).await?)
}

/// The patient came.
#[utoipa::path(post, path = "/api/resources/holds/{id}/consume", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = HoldView)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_consume(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<HoldView>> {
    let change = |tx: &mut Tx<'_>, hold: Versioned<Hold>| {
        // Who comes is seen where the place is.
        require_seen(tx, hold.org_id, "hold")?;
        super::consume(tx, hold)
    };
    Ok(change_hold(ctx, id, change).await?)
}

/// Give the place back.
#[utoipa::path(post, path = "/api/resources/holds/{id}/release", tag = "resources", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = HoldView)),
    extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_hold_release(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<HoldView>> {
    let change = move |tx: &mut Tx<'_>, hold: Versioned<Hold>| {
        require_seen(tx, hold.for_org_id, "hold")?;
        super::release(tx, hold, &body.reason)
    };
    Ok(change_hold(ctx, id, change).await?)
}

async fn change_hold(
    ctx: Ctx,
    id: Id,
    change: impl Fn(&mut Tx<'_>, Versioned<Hold>) -> Result<Versioned<Hold>> + Send + 'static,
) -> Result<Etag<HoldView>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let hold = tx.load::<Hold>(id)?;
        if !http::access::covers(tx, hold.org_id)? && !http::access::covers(tx, hold.for_org_id)? {
            return Err(Error::not_found("hold"));
        }
        if hold.owner_kind != DESK {
            let detail = "this place belongs to a case; confirm or release it there";
            return Err(Error::rule("resources.owned-elsewhere", detail).with(
                serde_json::json!({ "owner_kind": hold.owner_kind, "owner_id": hold.owner_id }),
            ));
        }
        tx.check_version(&hold, seen)?;
        let hold = change(tx, hold)?;
        Ok(Etag::new(hold.version, hold_view(tx, &hold)?))
    })
    .await
}

fn listed(tx: &mut Tx<'_>, query: &HoldQuery, limit: u32) -> Result<Vec<Versioned<Hold>>> {
    let after = Cursor::after(query.after.as_deref())?;
    let before = after.map_or(Id::MAX, |cursor| cursor.id);
    let is_requesting = query.side.unwrap_or_default() == Side::Requesting;
    let org_id = tx.actor().org_id;
    store::list(tx, org_id, is_requesting, query.state, before, limit)
}

fn hold_view(tx: &mut Tx<'_>, hold: &Versioned<Hold>) -> Result<HoldView> {
    let viewer = tx.actor().org_id;
    let mut actions = Vec::new();
    if hold.state.is_live() && hold.owner_kind == DESK {
        if viewer == hold.for_org_id {
            actions.extend(["confirm".to_owned(), "release".to_owned()]);
        }
        if viewer == hold.org_id {
            actions.push("consume".to_owned());
        }
    }
    Ok(HoldView {
        id: hold.id,
        version: hold.version,
        place: hold.place,
        place_name: hold.place_name.clone(),
        org_id: hold.org_id,
        org_name: neighbours::short_name(tx, hold.org_id)?,
        for_org_id: hold.for_org_id,
        for_org_name: neighbours::short_name(tx, hold.for_org_id)?,
        start_at: hold.start_at,
        end_at: hold.end_at,
        channel: hold.channel,
        owner_kind: hold.owner_kind.clone(),
        owner_id: hold.owner_id,
        state: hold.state,
        held_at: hold.held_at,
        expires_at: hold.expires_at,
        ended_at: hold.ended_at,
        reason: hold.reason.clone(),
        price: hold.price,
        actions,
    })
}
