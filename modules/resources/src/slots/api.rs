//! Operations of schedule templates and sessions.

use ::store::{Tx, Versioned};
use axum::response::Response;
use http::export::{Cell, EXPORT_ROWS_MAX, xlsx};
use http::{Created, Ctx, Etag, Json, Path, Query};
use kernel::page::{PAGE_SIZE_MAX, page_size};
use kernel::{Cursor, Date, Error, Id, Page, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::boards::{SessionView, TemplateView, session_view, template_view};
use super::generate::Generated;
use super::{Session, Template, TemplateInput, change, store};
use crate::beds::api::{Reason, chosen_org, require_seen};
use crate::edit::Edit;

pub(crate) fn routes() -> OpenApiRouter<http::App> {
    OpenApiRouter::new()
        .routes(routes!(resources_template_list, resources_template_put))
        .routes(routes!(resources_template_end))
        .routes(routes!(resources_template_generate))
        .routes(routes!(resources_session_list))
        .routes(routes!(resources_session_export))
        .routes(routes!(resources_session_get))
        .routes(routes!(resources_session_stop))
        .routes(routes!(resources_session_resume))
        .routes(routes!(resources_session_substitute))
}

/// Days between the first and the last of one question.
const WINDOW_DAYS_MAX: i64 = 62;

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateQuery {
    /// The member; one's own unless given.
    org_id: Option<Id>,
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionQuery {
    /// The member; one's own unless given.
    org_id: Option<Id>,
    /// One department only.
    department_id: Option<Id>,
    /// First day; today unless given.
    from: Option<Date>,
    /// Last day; six days after the first unless given.
    to: Option<Date>,
    /// From `next` of the page before.
    after: Option<String>,
    /// At most so many.
    limit: Option<u32>,
}

/// Up to which day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesGenerate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generate {
    /// The last day to make.
    to: Date,
}

/// Who takes over, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = ResourcesSubstitute)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitute {
    /// Who sees the patients instead.
    practitioner_id: Id,
    /// A sentence for those concerned.
    #[schema(max_length = 500)]
    reason: String,
}

/// The schedule templates of a member.
#[utoipa::path(get, path = "/api/resources/templates", tag = "resources", params(TemplateQuery),
    responses((status = 200, body = Vec<TemplateView>)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_template_list(
    ctx: Ctx,
    Query(query): Query<TemplateQuery>,
) -> http::Result<Json<Vec<TemplateView>>> {
    let templates = ctx
        .read(move |tx| {
            let org_id = chosen_org(tx, query.org_id)?;
            Ok(store::templates(tx, org_id)?
                .iter()
                .map(template_view)
                .collect())
        })
        .await?;
    Ok(Json(templates))
}

/// Make a template, or with `If-Match` change the one with this code; sessions made stay as they are.
#[utoipa::path(put, path = "/api/resources/templates", tag = "resources", request_body = TemplateInput,
    responses((status = 201, body = TemplateView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_template_put(
    ctx: Ctx,
    Json(body): Json<TemplateInput>,
) -> http::Result<Created<TemplateView>> {
    let edit = Edit::Form(ctx.if_match().ok());
    let saved = ctx
        .write(move |tx| {
            http::access::require_org(tx, body.org_id)?;
            let (template, _) = super::put_template(tx, &body, edit)?;
            Ok(Etag::new(template.version, template_view(&template)))
        })
        .await?;
    Ok(Created(saved))
}

/// End a template; sessions already made stay.
#[utoipa::path(post, path = "/api/resources/templates/{id}/end", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = TemplateView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_template_end(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<TemplateView>> {
    let seen = ctx.if_match()?;
    let ended = ctx
        .write(move |tx| {
            let template = tx.load::<Template>(id)?;
            require_seen(tx, template.org_id, <Template as ::store::Entity>::KIND)?;
            tx.check_version(&template, seen)?;
            let template = super::end_template(tx, template)?;
            Ok(Etag::new(template.version, template_view(&template)))
        })
        .await?;
    Ok(ended)
}

/// Make the sessions of a template up to a day at once.
#[utoipa::path(post, path = "/api/resources/templates/{id}/generate", tag = "resources",
    params(("id" = Id, Path)), request_body = Generate, responses((status = 200, body = Generated)),
    extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_template_generate(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Generate>,
) -> http::Result<Json<Generated>> {
    let made = ctx
        .write(move |tx| {
            let template = tx.load::<Template>(id)?;
            require_seen(tx, template.org_id, <Template as ::store::Entity>::KIND)?;
            if body.to < tx.now().date() {
                return Err(Error::invalid(
                    "resources.past",
                    "to",
                    "the last day lies in the past",
                ));
            }
            super::generate::generate(tx, id, body.to)
        })
        .await?;
    Ok(Json(made))
}

/// The slot calendar: sessions with quota bars.
#[utoipa::path(get, path = "/api/resources/sessions", tag = "resources", params(SessionQuery),
    responses((status = 200, body = Page<SessionView>)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_session_list(
    ctx: Ctx,
    Query(query): Query<SessionQuery>,
) -> http::Result<Json<Page<SessionView>>> {
    let page = ctx
        .read(move |tx| {
            let size = page_size(query.limit);
            let rows = sessions(tx, &query, size + 1)?;
            let page = Page::from_rows(rows, size, |session| Cursor {
                key: session.start_at.micros(),
                id: session.id,
            });
            let items = page
                .items
                .iter()
                .map(|session| session_view(tx, session, false));
            Ok(Page {
                items: items.collect::<Result<_>>()?,
                next: page.next,
            })
        })
        .await?;
    Ok(Json(page))
}

/// The slot calendar as a spreadsheet.
#[utoipa::path(get, path = "/api/resources/sessions/export", tag = "resources", params(SessionQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("resources.read"))))]
async fn resources_session_export(
    ctx: Ctx,
    Query(query): Query<SessionQuery>,
) -> http::Result<Response> {
    let rows = ctx
        .read(move |tx| {
            let mut lines: Vec<Vec<Cell>> = Vec::new();
            for session in sessions(tx, &query, PAGE_SIZE_MAX * 10)? {
                for slot in store::slots_of(tx, session.id)? {
                    lines.push(vec![
                        session.date.to_string().into(),
                        session.name.as_str().into(),
                        session.practitioner.clone().into(),
                        slot.number.into(),
                        slot.start_at.local_minutes().into(),
                        slot.channel.word().into(),
                        slot_word(slot.state).into(),
                        slot.price_fen.to_string().into(),
                    ]);
                }
                if lines.len() >= EXPORT_ROWS_MAX {
                    break;
                }
            }
            Ok(lines)
        })
        .await?;
    let titles = [
        "日期",
        "门诊",
        "医生",
        "号序",
        "时间",
        "渠道",
        "状态",
        "挂号费",
    ];
    Ok(xlsx("sessions", &titles, &rows)?)
}

/// One session with its slots.
#[utoipa::path(get, path = "/api/resources/sessions/{id}", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = SessionView)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_session_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<SessionView>> {
    let session = ctx
        .read(move |tx| {
            let session = tx.load::<Session>(id)?;
            require_seen(tx, session.org_id, <Session as ::store::Entity>::KIND)?;
            Ok(Etag::new(
                session.version,
                session_view(tx, &session, true)?,
            ))
        })
        .await?;
    Ok(session)
}

/// Stop a session: who holds a slot of it is told, with what else is free.
#[utoipa::path(post, path = "/api/resources/sessions/{id}/stop", tag = "resources", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = SessionView)),
    extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_session_stop(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<SessionView>> {
    Ok(change_session(ctx, id, move |tx, session| {
        change::stop(tx, session, &body.reason)
    })
    .await?)
}

/// Take a stopped session up again.
#[utoipa::path(post, path = "/api/resources/sessions/{id}/resume", tag = "resources", params(("id" = Id, Path)),
    responses((status = 200, body = SessionView)), extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_session_resume(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<SessionView>> {
    Ok(change_session(ctx, id, change::resume).await?)
}

/// Another doctor takes over; who holds a slot is told.
#[utoipa::path(post, path = "/api/resources/sessions/{id}/substitute", tag = "resources",
    params(("id" = Id, Path)), request_body = Substitute, responses((status = 200, body = SessionView)),
    extensions(("x-permission" = json!("resources.manage"))))]
async fn resources_session_substitute(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Substitute>,
) -> http::Result<Etag<SessionView>> {
    let substitute = move |tx: &mut Tx<'_>, session| {
        change::substitute(tx, session, body.practitioner_id, &body.reason)
    };
    Ok(change_session(ctx, id, substitute).await?)
}

async fn change_session(
    ctx: Ctx,
    id: Id,
    change: impl Fn(&mut Tx<'_>, Versioned<Session>) -> Result<Versioned<Session>> + Send + 'static,
) -> Result<Etag<SessionView>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| {
        let session = tx.load::<Session>(id)?;
        require_seen(tx, session.org_id, <Session as ::store::Entity>::KIND)?;
        tx.check_version(&session, seen)?;
        let session = change(tx, session)?;
        Ok(Etag::new(
            session.version,
            session_view(tx, &session, true)?,
        ))
    })
    .await
}

fn sessions(tx: &mut Tx<'_>, query: &SessionQuery, limit: u32) -> Result<Vec<Versioned<Session>>> {
    let org_id = chosen_org(tx, query.org_id)?;
    let from = query.from.unwrap_or(tx.now().date());
    let to = query.to.unwrap_or(from.plus_days(6));
    if to < from || from.days_until(to) > WINDOW_DAYS_MAX {
        let detail = format!("the last day follows the first by at most {WINDOW_DAYS_MAX} days");
        return Err(Error::invalid("resources.search-window", "to", detail));
    }
    let after = Cursor::after(query.after.as_deref())?;
    store::sessions(tx, org_id, (from, to), query.department_id, after, limit)
}

const fn slot_word(state: super::SlotState) -> &'static str {
    match state {
        super::SlotState::Open => "open",
        super::SlotState::Held => "held",
        super::SlotState::Used => "used",
        super::SlotState::Stopped => "stopped",
    }
}
