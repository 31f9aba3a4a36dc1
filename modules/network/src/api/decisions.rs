//! Decisions of government level.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Page, Result, page};
use store::{Tx, Versioned};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{PageParams, Reason, after_id, etag};
use crate::commands::{self, DecisionInput};
use crate::model::{Decision, SubjectKind};
use crate::store::{groups, people};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(decision_list, decision_record))
        .routes(routes!(decision_get))
        .routes(routes!(decision_withdraw))
}

/// Decisions that touch what is within reach, newest first.
#[utoipa::path(get, path = "/api/decisions", tag = "network", params(PageParams),
    responses((status = 200, body = Page<Decision>)), extensions(("x-permission" = json!("network.read"))))]
async fn decision_list(
    ctx: Ctx,
    Query(params): Query<PageParams>,
) -> http::Result<Json<Page<Decision>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| visible_page(tx, after_id(params.after.as_deref())?, limit))
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |decision: &Decision| decision.id,
        |row| row.data,
    )))
}

/// Up to `limit + 1` decisions the viewer may see; there are few decisions, so this reads on.
fn visible_page(
    tx: &mut Tx<'_>,
    mut before: Option<Id>,
    limit: u32,
) -> Result<Vec<Versioned<Decision>>> {
    const BATCH: u32 = 200;
    let mut seen = Vec::new();
    loop {
        let rows = groups::decisions(tx, before, BATCH)?;
        let is_last = rows.len() < BATCH as usize;
        before = rows.last().map(|row| row.id);
        for row in rows {
            if is_seen(tx, &row)? {
                seen.push(row);
            }
            if seen.len() > limit as usize {
                return Ok(seen);
            }
        }
        if is_last {
            return Ok(seen);
        }
    }
}

fn is_seen(tx: &mut Tx<'_>, decision: &Decision) -> Result<bool> {
    if commands::reaches_everything(tx) || http::access::covers(tx, decision.recorded_by_org_id)? {
        return Ok(true);
    }
    for item in &decision.items {
        let org_id = match item.kind {
            SubjectKind::Organization => item.id,
            SubjectKind::Practitioner => people::load(tx, item.id)?.home_org_id,
        };
        if http::access::covers(tx, org_id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One decision.
#[utoipa::path(get, path = "/api/decisions/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Decision)), extensions(("x-permission" = json!("network.read"))))]
async fn decision_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Decision>> {
    let read = move |tx: &mut Tx<'_>| {
        let decision = tx.load::<Decision>(id)?;
        if is_seen(tx, &decision)? {
            Ok(etag(decision))
        } else {
            Err(kernel::Error::not_found("decision"))
        }
    };
    Ok(ctx.read(read).await?)
}

/// Record a decision of government level.
#[utoipa::path(post, path = "/api/decisions", tag = "network", request_body = DecisionInput,
    responses((status = 201, body = Decision)), extensions(("x-permission" = json!("network.decide"))))]
async fn decision_record(
    ctx: Ctx,
    Json(body): Json<DecisionInput>,
) -> http::Result<Created<Decision>> {
    Ok(Created(
        ctx.write(move |tx| commands::record_decision(tx, &body).map(etag))
            .await?,
    ))
}

/// Withdraw a decision; what was changed under it stays.
#[utoipa::path(post, path = "/api/decisions/{id}/withdraw", tag = "network", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = Decision)),
    extensions(("x-permission" = json!("network.decide"))))]
async fn decision_withdraw(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<Decision>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::withdraw_decision(tx, id, seen, &body.reason).map(etag))
        .await?)
}
