//! The mapping workshop: what is to be done, what it may become, what somebody decides.

use http::{App, Ctx, Etag, Json, Path, Query, Result};
use kernel::{Error, Id, Page, page};
use serde::{Deserialize, Serialize};
use store::{Event, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::maps::EntryShown;
use super::page_by;
use crate::maps::{self, EntryInput, EntryState};
use crate::suggest::{self, Suggestion};
use crate::worklist::{self, WorkCode};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(map_work))
        .routes(routes!(map_suggestions))
        .routes(routes!(map_say))
        .routes(routes!(map_entry_history))
}

/// Which codes to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct WorkQuery {
    /// Part of a code or name.
    #[serde(default)]
    q: String,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Codes of the source that the map has not settled, the most frequent first.
#[utoipa::path(get, path = "/api/terminology/maps/{id}/work", tag = "terminology",
    params(("id" = Id, Path), WorkQuery), responses((status = 200, body = Page<WorkCode>)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_work(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(query): Query<WorkQuery>,
) -> Result<Json<Page<WorkCode>>> {
    let size = page::page_size(query.limit);
    let after = query.after.as_deref().map(mark).transpose()?;
    let read = move |tx: &mut Tx<'_>| {
        let map = maps::load(tx, id)?;
        worklist::list(tx, &map, &query.q, after.clone(), size + 1)
    };
    let rows = ctx.read(read).await?;
    let text = |row: &WorkCode| format!("{}.{}", row.arrivals, row.code);
    Ok(Json(page_by(rows, size, text)))
}

fn mark(text: &str) -> kernel::Result<(i64, String)> {
    let parts = text.split_once('.');
    let mark = parts.and_then(|(count, code)| Some((count.parse().ok()?, code.to_owned())));
    mark.ok_or_else(|| {
        let detail = "take `after` from `next` of the page before, unchanged";
        Error::invalid("page.cursor", "after", detail)
    })
}

/// Which code is asked about.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CodeQuery {
    /// The code of the source.
    code: String,
}

/// A code with what is known of it and what it may become.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MapSuggestions)]
struct Suggestions {
    /// The code.
    source: WorkCode,
    /// What the map says of it already.
    entry: Option<EntryShown>,
    /// At most nine, the likeliest first.
    items: Vec<Suggestion>,
}

/// What a code may become, with reasons.
#[utoipa::path(get, path = "/api/terminology/maps/{id}/suggestions", tag = "terminology",
    params(("id" = Id, Path), CodeQuery), responses((status = 200, body = Suggestions)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_suggestions(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(query): Query<CodeQuery>,
) -> Result<Json<Suggestions>> {
    let read = move |tx: &mut Tx<'_>| {
        let map = maps::load(tx, id)?;
        let source = worklist::one(tx, &map, &query.code)?;
        let entry = maps::entry(tx, id, &query.code)?.map(EntryShown::from);
        let mut items = suggest::suggest(tx, &map, &source)?;
        if let Some(shown) = &entry
            && shown.entry.state == EntryState::Rejected
        {
            let rejected = |code: &str| shown.entry.targets.iter().any(|one| one.code == code);
            items.retain(|one| !rejected(&one.concept.code));
        }
        Ok(Suggestions {
            source,
            entry,
            items,
        })
    };
    Ok(Json(ctx.read(read).await?))
}

/// Says what a code becomes. `If-Match` names the version of the entry that was seen; without it the
/// map must say nothing of the code yet.
#[utoipa::path(post, path = "/api/terminology/maps/{id}/entries", tag = "terminology",
    params(("id" = Id, Path)), request_body = EntryInput,
    responses((status = 200, body = EntryShown)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_say(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<EntryInput>,
) -> Result<Etag<EntryShown>> {
    let seen = ctx.if_match().unwrap_or(0);
    let say = move |tx: &mut Tx<'_>| {
        let map = maps::load(tx, id)?;
        let kept = maps::say(tx, &map, &body, Some(seen))?;
        Ok(Etag::new(kept.version, EntryShown::from(kept)))
    };
    Ok(ctx.write(say).await?)
}

/// Who said what of a code, and when, the oldest first.
#[utoipa::path(get, path = "/api/terminology/maps/{id}/history", tag = "terminology",
    params(("id" = Id, Path), CodeQuery), responses((status = 200, body = Vec<Event>)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_entry_history(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(query): Query<CodeQuery>,
) -> Result<Json<Vec<Event>>> {
    let read = move |tx: &mut Tx<'_>| {
        maps::load(tx, id)?;
        let entry = maps::entry(tx, id, &query.code)?;
        entry.map_or_else(|| Ok(Vec::new()), |entry| tx.events_of(entry.id))
    };
    Ok(Json(ctx.read(read).await?))
}
