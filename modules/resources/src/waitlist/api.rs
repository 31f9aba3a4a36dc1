//! Waitlist operations, and what of it waits for the actor.

use ::store::{Tx, Versioned};
use http::{Created, Ctx, Etag, Json, Path, Query, WorkItem};
use kernel::identity::Sex;
use kernel::page::page_size;
use kernel::{Cursor, Error, Id, Instant, Page, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{WaitState, Waiting, store};
use crate::holds;
use crate::holds::api::Side;
use crate::model::{Channel, Hold, HoldState, PlaceKind, WaitRequest};
use crate::neighbours;

pub(crate) fn routes() -> OpenApiRouter<http::App> {
    OpenApiRouter::new()
        .routes(routes!(resources_waiting_list, resources_waiting_join))
        .routes(routes!(resources_waiting_leave))
        .routes(routes!(resources_waiting_accept))
}

/// Owner of requests that a person put in the line by hand.
const DESK: &str = "desk";
/// Offers shown in "my work".
const WORK_MAX: u32 = 50;

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingQuery {
    /// Which side; one's own requests unless given.
    #[param(inline)]
    side: Option<Side>,
    /// In one state only.
    state: Option<WaitState>,
    /// From `next` of the page before.
    after: Option<String>,
    /// At most so many.
    limit: Option<u32>,
}

/// What to wait for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesWaitingInput)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingInput {
    kind: PlaceKind,
    /// Where.
    org_id: Id,
    /// In one department only.
    department_id: Option<Id>,
    /// The specialty, for slots and beds; the kind of equipment otherwise.
    #[schema(max_length = 32)]
    key: String,
    /// How long, for equipment.
    minutes: Option<i64>,
    /// An isolation bed only.
    #[serde(default)]
    isolation: bool,
    /// Not before; now unless given.
    from: Option<Instant>,
    /// Until when to wait.
    to: Instant,
    /// The patient's sex, for beds.
    patient_sex: Option<Sex>,
    /// Through which door; referral unless given.
    channel: Option<Channel>,
}

/// A request in the line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesWaiting)]
pub(crate) struct WaitingView {
    id: Id,
    version: i64,
    kind: PlaceKind,
    org_id: Id,
    org_name: String,
    for_org_id: Id,
    for_org_name: String,
    department_id: Option<Id>,
    key: String,
    minutes: Option<i64>,
    channel: Channel,
    from: Instant,
    to: Instant,
    owner_kind: String,
    owner_id: Id,
    since: Instant,
    state: WaitState,
    /// How many stand in front, while it waits.
    ahead: Option<i64>,
    /// The place offered, and until when.
    hold_id: Option<Id>,
    answer_by: Option<Instant>,
    /// What this viewer may do now.
    actions: Vec<String>,
}

/// Requests in the line of one's own member, newest first.
#[utoipa::path(get, path = "/api/resources/waitlist", tag = "resources", params(WaitingQuery),
    responses((status = 200, body = Page<WaitingView>)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_waiting_list(
    ctx: Ctx,
    Query(query): Query<WaitingQuery>,
) -> http::Result<Json<Page<WaitingView>>> {
    let page = ctx
        .read(move |tx| {
            let size = page_size(query.limit);
            let after = Cursor::after(query.after.as_deref())?;
            let before = after.map_or(Id::MAX, |cursor| cursor.id);
            let is_requesting = query.side.unwrap_or_default() == Side::Requesting;
            let org_id = tx.actor().org_id;
            let rows = store::list(tx, org_id, is_requesting, query.state, before, size + 1)?;
            let page = Page::from_rows(rows, size, |waiting| Cursor {
                key: 0,
                id: waiting.id,
            });
            let items = page.items.iter().map(|waiting| waiting_view(tx, waiting));
            Ok(Page {
                items: items.collect::<Result<_>>()?,
                next: page.next,
            })
        })
        .await?;
    Ok(Json(page))
}

/// Put a request of one's own member in the line.
#[utoipa::path(post, path = "/api/resources/waitlist", tag = "resources", request_body = WaitingInput,
    responses((status = 201, body = WaitingView)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_waiting_join(
    ctx: Ctx,
    Json(body): Json<WaitingInput>,
) -> http::Result<Created<WaitingView>> {
    let joined = ctx
        .write(move |tx| {
            let request = WaitRequest {
                kind: body.kind,
                org_id: body.org_id,
                department_id: body.department_id,
                key: body.key.clone(),
                minutes: body.minutes,
                isolation: body.isolation,
                from: body.from.unwrap_or(tx.now()),
                to: body.to,
                owner_kind: DESK.to_owned(),
                owner_id: tx.actor().id,
                patient_id: None,
                patient_sex: body.patient_sex,
                for_org_id: tx.actor().org_id,
                channel: body.channel.unwrap_or(Channel::Referral),
            };
            let waiting = super::wait(tx, &request)?;
            Ok(Etag::new(waiting.version, waiting_view(tx, &waiting)?))
        })
        .await?;
    Ok(Created(joined))
}

/// Take a request out of the line; a place offered to it goes to the next.
#[utoipa::path(post, path = "/api/resources/waitlist/{id}/leave", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = WaitingView)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_waiting_leave(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<WaitingView>> {
    Ok(change_waiting(ctx, id, super::leave).await?)
}

/// Take the place offered: it is kept until the appointment.
#[utoipa::path(post, path = "/api/resources/waitlist/{id}/accept", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = WaitingView)), extensions(("x-permission" = json!("resources.hold"))))]
async fn resources_waiting_accept(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<WaitingView>> {
    let accept = |tx: &mut Tx<'_>, waiting: Versioned<Waiting>| {
        let hold_id = waiting
            .hold_id
            .filter(|_| waiting.state == WaitState::Offered)
            .ok_or_else(|| {
                Error::conflict(
                    "resources.nothing-offered",
                    "no place is offered to this request now",
                )
            })?;
        let hold = tx.load::<Hold>(hold_id)?;
        let until = match hold.start_at {
            Some(start_at) => start_at + kernel::Span::days(1),
            None => crate::usual_until(tx, hold.place.kind())?,
        };
        holds::confirm(tx, hold, until)?;
        tx.load::<Waiting>(id_of(&waiting))
    };
    Ok(change_waiting(ctx, id, accept).await?)
}

fn id_of(waiting: &Versioned<Waiting>) -> Id {
    waiting.data.id
}

async fn change_waiting(
    ctx: Ctx,
    id: Id,
    change: impl Fn(&mut Tx<'_>, Versioned<Waiting>) -> Result<Versioned<Waiting>> + Send + 'static,
) -> Result<Etag<WaitingView>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let waiting = tx.load::<Waiting>(id)?;
        crate::beds::api::require_seen(tx, waiting.request.for_org_id, "waiting")?;
        if waiting.request.owner_kind != DESK {
            let detail = "this request belongs to a case; answer or end it there";
            return Err(Error::rule("resources.owned-elsewhere", detail));
        }
        tx.check_version(&waiting, seen)?;
        let waiting = change(tx, waiting)?;
        Ok(Etag::new(waiting.version, waiting_view(tx, &waiting)?))
    })
    .await
}

fn waiting_view(tx: &mut Tx<'_>, waiting: &Versioned<Waiting>) -> Result<WaitingView> {
    let request = &waiting.request;
    let is_waiting = waiting.state == WaitState::Waiting;
    let ahead = if is_waiting {
        Some(store::ahead(tx, waiting)?)
    } else {
        None
    };
    let hold = match waiting.hold_id {
        Some(hold_id) => tx.load_opt::<Hold>(hold_id)?,
        None => None,
    };
    let may_act = tx.actor().org_id == request.for_org_id && request.owner_kind == DESK;
    let words: &[&str] = match (may_act, waiting.state) {
        (true, WaitState::Waiting) => &["leave"],
        (true, WaitState::Offered) => &["accept", "leave"],
        _ => &[],
    };
    Ok(WaitingView {
        id: waiting.id,
        version: waiting.version,
        kind: request.kind,
        org_id: request.org_id,
        org_name: neighbours::short_name(tx, request.org_id)?,
        for_org_id: request.for_org_id,
        for_org_name: neighbours::short_name(tx, request.for_org_id)?,
        department_id: request.department_id,
        key: request.key.clone(),
        minutes: request.minutes,
        channel: request.channel,
        from: request.from,
        to: request.to,
        owner_kind: request.owner_kind.clone(),
        owner_id: request.owner_id,
        since: waiting.since,
        state: waiting.state,
        ahead,
        hold_id: waiting.hold_id,
        answer_by: hold
            .filter(|hold| hold.state == HoldState::Held)
            .map(|hold| hold.expires_at),
        actions: words.iter().map(|word| (*word).to_owned()).collect(),
    })
}

/// Places offered to the actor's own requests wait for an answer.
pub(crate) fn work(tx: &mut Tx<'_>) -> Result<Vec<WorkItem>> {
    let (actor_id, org_id) = (tx.actor().id, tx.actor().org_id);
    if tx.actor().scope("resources.hold").is_none() {
        return Ok(Vec::new());
    }
    let offered = store::list(
        tx,
        org_id,
        true,
        Some(WaitState::Offered),
        Id::MAX,
        WORK_MAX,
    )?;
    let mut items = Vec::new();
    for waiting in offered {
        let is_mine = waiting.request.owner_kind == DESK && waiting.request.owner_id == actor_id;
        let Some(hold_id) = waiting.hold_id.filter(|_| is_mine) else {
            continue;
        };
        let Some(hold) = tx.load_opt::<Hold>(hold_id)? else {
            continue;
        };
        items.push(WorkItem {
            id: waiting.id,
            module: "resources".to_owned(),
            kind: "waiting".to_owned(),
            title: hold.place_name.clone(),
            subtitle: neighbours::short_name(tx, hold.org_id)?,
            since: hold.held_at,
            due: Some(hold.expires_at),
            reason: "resources.waitlist-offered".to_owned(),
            link: "/resources/waitlist".to_owned(),
            org_id: Some(hold.org_id),
            priority: "urgent".to_owned(),
        });
    }
    Ok(items)
}
