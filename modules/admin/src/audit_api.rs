//! `/api/audit`: search, export, verify, and the signed heads that witnesses keep.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http::export::{Cell, xlsx};
use http::{App, Ctx, Json, Query};
use kernel::{Error, Id, Page, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{AuditHead, Change, Event, Subject, Verification};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::audit::{self, AuditQuery};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(audit_search))
        .routes(routes!(audit_export))
        .routes(routes!(audit_verify))
        .routes(routes!(audit_heads))
        .routes(routes!(audit_heads_export))
}

/// Entries of one export.
const EXPORT_ROWS_MAX: u32 = 20_000;
/// Heads of one download.
const HEADS_MAX: u32 = 10_000;

/// Search the audit chain, newest first. The search is audited itself.
#[utoipa::path(get, path = "/api/audit", tag = "admin", params(AuditQuery),
    responses((status = 200, body = Page<Event>)),
    extensions(("x-permission" = json!("audit.read"))))]
async fn audit_search(
    ctx: Ctx,
    Query(query): Query<AuditQuery>,
) -> http::Result<Json<Page<Event>>> {
    let size = kernel::page::page_size(query.limit);
    // Turning the page is the same search.
    let begins = query.after.is_none();
    let asked = asked_for(&query);
    let page = ctx.read(move |tx| audit::search(tx, &query, size)).await?;
    if begins {
        note(&ctx, "audit.searched", asked).await?;
    }
    Ok(Json(page))
}

/// What was asked for, as ids and words.
fn asked_for(query: &AuditQuery) -> serde_json::Value {
    json!({
        "from": query.from, "to": query.to, "actor_id": query.actor_id,
        "patient_id": query.patient_id, "event": query.event, "org_id": query.org_id,
        "kind": query.kind, "entity_id": query.entity_id,
    })
}

async fn note(ctx: &Ctx, event: &'static str, detail: serde_json::Value) -> Result<()> {
    let noted = ctx.store().write(ctx.request(), move |tx| {
        let org_id = Some(tx.actor().org_id).filter(|&id| id != Id::NIL);
        let subject = Subject {
            org_id,
            ..Subject::new("audit", tx.new_id())
        };
        tx.record(Change::new(event).detail(detail.clone()), subject)
    });
    noted.await
}

/// The same search as a spreadsheet. Audited.
#[utoipa::path(get, path = "/api/audit/export", tag = "admin", params(AuditQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("audit.read"))))]
async fn audit_export(ctx: Ctx, Query(query): Query<AuditQuery>) -> http::Result<Response> {
    let asked = asked_for(&query);
    let page = ctx
        .read(move |tx| audit::search(tx, &query, EXPORT_ROWS_MAX))
        .await?;
    if page.next.is_some() {
        let detail =
            format!("more than {EXPORT_ROWS_MAX} entries; narrow the time or add a filter");
        let data = json!({ "rows_max": EXPORT_ROWS_MAX });
        return Err(Error::rule("admin.export-too-large", detail)
            .with(data)
            .into());
    }
    note(&ctx, "audit.exported", asked).await?;
    let zh = ctx.language() == http::Language::Zh;
    let headers: &[&str] = if zh {
        &[
            "序号",
            "时间",
            "事件",
            "对象类型",
            "对象",
            "机构",
            "对方机构",
            "居民",
            "操作人",
            "姓名",
            "角色",
            "操作机构",
            "地址",
            "依据",
            "内容",
            "散列",
        ]
    } else {
        &[
            "No.",
            "Time",
            "Event",
            "Kind",
            "Thing",
            "Organization",
            "Peer",
            "Patient",
            "Actor",
            "Name",
            "Role",
            "For",
            "Address",
            "Basis",
            "Detail",
            "Hash",
        ]
    };
    let rows: Vec<Vec<Cell>> = page.items.into_iter().map(cells).collect();
    Ok(xlsx("audit", headers, &rows)?)
}

fn cells(event: Event) -> Vec<Cell> {
    let id = |id: Option<Id>| id.map(|id| id.to_string());
    vec![
        event.seq.into(),
        event.at.to_string().into(),
        event.event.into(),
        event.kind.into(),
        event.entity_id.to_string().into(),
        id(event.org_id).into(),
        id(event.peer_org_id).into(),
        id(event.patient_id).into(),
        event.actor_id.to_string().into(),
        event.actor_name.into(),
        event.role.into(),
        event.actor_org_id.to_string().into(),
        event.address.into(),
        event.basis.into(),
        event.detail.into(),
        event.hash.into(),
    ]
}

/// Recompute the whole chain and compare it with stored versions, signed heads and the witness
/// file. Damage is named entry by entry.
#[utoipa::path(post, path = "/api/audit/verification", tag = "admin",
    responses((status = 200, body = Verification)),
    extensions(("x-permission" = json!("audit.verify"))))]
async fn audit_verify(ctx: Ctx) -> http::Result<Json<Verification>> {
    let verification = ctx.store().verify_audit().await?;
    let detail =
        json!({ "entries": verification.entries, "findings": verification.findings.len() });
    note(&ctx, "audit.verified", detail).await?;
    Ok(Json(verification))
}

/// Where the list of heads goes on.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HeadsQuery {
    /// Heads before this number.
    before: Option<i64>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Signed heads of the chain.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeadPage {
    /// The heads, newest first.
    pub items: Vec<AuditHead>,
    /// Pass as `before` to get the next page; absent on the last one.
    pub next: Option<i64>,
}

/// Signed heads of the chain, newest first.
#[utoipa::path(get, path = "/api/audit/heads", tag = "admin", params(HeadsQuery),
    responses((status = 200, body = HeadPage)),
    extensions(("x-permission" = json!("audit.verify"))))]
async fn audit_heads(ctx: Ctx, Query(query): Query<HeadsQuery>) -> http::Result<Json<HeadPage>> {
    let size = kernel::page::page_size(query.limit);
    let mut items = ctx
        .read(move |tx| audit::heads(tx, query.before, size + 1))
        .await?;
    let more = items.len() > size as usize;
    items.truncate(size as usize);
    let next = items.last().map(|head| head.seq).filter(|_| more);
    Ok(Json(HeadPage { items, next }))
}

/// The newest signed heads as one line of JSON each, for another member to keep as a witness.
#[utoipa::path(get, path = "/api/audit/heads/export", tag = "admin",
    responses((status = 200, content_type = "application/jsonl", body = String)),
    extensions(("x-permission" = json!("audit.verify"))))]
async fn audit_heads_export(ctx: Ctx) -> http::Result<Response> {
    let mut heads = ctx.read(|tx| audit::heads(tx, None, HEADS_MAX)).await?;
    heads.reverse();
    let mut lines = String::new();
    for head in &heads {
        lines.push_str(&serde_json::to_string(head).map_err(Error::internal)?);
        lines.push('\n');
    }
    note(
        &ctx,
        "audit.heads-exported",
        json!({ "heads": heads.len() }),
    )
    .await?;
    let mut response = lines.into_response();
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/jsonl"),
    );
    let name = HeaderValue::from_static("attachment; filename=\"audit-heads.jsonl\"");
    out.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
