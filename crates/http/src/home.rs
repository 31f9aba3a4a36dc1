//! What everybody has, whatever their work: my work, search over everything, notices, the document.

use kernel::{Cursor, Id, Page};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::notice::{self, Notice};
use crate::{App, Ctx, Json, Query, SearchHit, WorkItem, events, problem};

/// Everything that waits for the actor.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WorkList {
    /// The items, the most urgent first.
    items: Vec<WorkItem>,
}

/// Results of the search over everything, by kind.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchAnswer {
    /// One group a kind.
    groups: Vec<SearchGroup>,
}

/// Hits of one kind.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchGroup {
    /// The kind.
    kind: String,
    /// The hits.
    items: Vec<SearchHit>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// Characters, pinyin, initials or numbers; at least one character.
    q: String,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Which notices were read.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadNotices {
    /// Their ids, at most 200.
    ids: Vec<Id>,
}

/// Hits shown a module.
const HITS_MAX: u32 = 8;
/// Characters of a search that are looked at.
const SEARCH_CHARS_MAX: usize = 64;
/// Work items shown; more than a person can hold in view anyway.
const WORK_MAX: usize = 500;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(work_list))
        .routes(routes!(search_everything))
        .routes(routes!(notice_list))
        .routes(routes!(notice_read))
        .routes(routes!(events::event_stream))
        .routes(routes!(openapi_document))
}

/// Everything that waits for me, over all modules.
#[utoipa::path(get, path = "/api/work", tag = "work", responses((status = 200, body = WorkList)),
    extensions(("x-permission" = json!("signed-in"))))]
async fn work_list(ctx: Ctx) -> problem::Result<Json<WorkList>> {
    let app = ctx.app.clone();
    let mut items = ctx
        .read(move |tx| {
            let mut items = Vec::new();
            for work in app.work() {
                items.extend(work(tx)?);
            }
            Ok(items)
        })
        .await?;
    items.sort_by_key(|item| (item.due.is_none(), item.due, item.since, item.id));
    items.truncate(WORK_MAX);
    Ok(Json(WorkList { items }))
}

/// Search patients, cases, organizations and people at once.
#[utoipa::path(get, path = "/api/search", tag = "work", params(SearchQuery),
    responses((status = 200, body = SearchAnswer)), extensions(("x-permission" = json!("signed-in"))))]
async fn search_everything(
    ctx: Ctx,
    Query(query): Query<SearchQuery>,
) -> problem::Result<Json<SearchAnswer>> {
    let folded: String = kernel::text::fold(&query.q)
        .chars()
        .take(SEARCH_CHARS_MAX)
        .collect();
    if folded.is_empty() {
        return Ok(Json(SearchAnswer { groups: Vec::new() }));
    }
    let app = ctx.app.clone();
    let hits = ctx
        .read(move |tx| {
            let mut hits = Vec::new();
            for search in app.searches() {
                hits.extend(search(tx, &folded, HITS_MAX)?);
            }
            Ok(hits)
        })
        .await?;
    let mut groups: Vec<SearchGroup> = Vec::new();
    for hit in hits {
        match groups.iter_mut().find(|group| group.kind == hit.kind) {
            Some(group) => group.items.push(hit),
            None => groups.push(SearchGroup {
                kind: hit.kind.clone(),
                items: vec![hit],
            }),
        }
    }
    Ok(Json(SearchAnswer { groups }))
}

/// My notices, newest first.
#[utoipa::path(get, path = "/api/notices", tag = "work", params(PageQuery),
    responses((status = 200, body = Page<Notice>)), extensions(("x-permission" = json!("signed-in"))))]
async fn notice_list(
    ctx: Ctx,
    Query(query): Query<PageQuery>,
) -> problem::Result<Json<Page<Notice>>> {
    let after = Cursor::after(query.after.as_deref())?;
    let size = kernel::page::page_size(query.limit);
    Ok(Json(
        ctx.read(move |tx| notice::list(tx, after, size)).await?,
    ))
}

/// Mark notices as read.
#[utoipa::path(post, path = "/api/notices/read", tag = "work", request_body = ReadNotices,
    responses((status = 204)), extensions(("x-permission" = json!("signed-in"))))]
async fn notice_read(
    ctx: Ctx,
    Json(body): Json<ReadNotices>,
) -> problem::Result<axum::http::StatusCode> {
    let ids: Vec<Id> = body
        .ids
        .into_iter()
        .take(kernel::page::PAGE_SIZE_MAX as usize)
        .collect();
    ctx.write(move |tx| notice::mark_read(tx, &ids)).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "work", responses((status = 200, body = Object)),
    extensions(("x-permission" = json!("public"))))]
async fn openapi_document(ctx: Ctx) -> impl axum::response::IntoResponse {
    (
        [(axum::http::header::CONTENT_TYPE, "application/json")],
        ctx.app.document().to_owned(),
    )
}
