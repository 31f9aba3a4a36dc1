//! Bonds between two organizations.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Page, Result, page};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OrgBrief, Reason, after_id, brief, etag};
use crate::commands::{self, BondInput};
use crate::model::{Bond, BondKind, BondState, Evidence, word};
use crate::store::groups::{self, BondFilter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(bond_list, bond_create))
        .routes(routes!(bond_get, bond_update))
        .routes(routes!(bond_end))
}

/// A bond with the names of both sides and its files.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BondView {
    /// The bond.
    #[serde(flatten)]
    pub bond: Bond,
    /// The giving side.
    pub from: OrgBrief,
    /// The receiving side.
    pub to: OrgBrief,
    /// Files that prove it.
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BondParams {
    /// With this organization on either side.
    org_id: Option<Id>,
    /// What sort.
    kind: Option<BondKind>,
    /// Running or over.
    state: Option<BondState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Bonds of organizations within reach, newest first.
#[utoipa::path(get, path = "/api/bonds", tag = "network", params(BondParams),
    responses((status = 200, body = Page<BondView>)), extensions(("x-permission" = json!("network.read"))))]
async fn bond_list(
    ctx: Ctx,
    Query(params): Query<BondParams>,
) -> http::Result<Json<Page<BondView>>> {
    let limit = page::page_size(params.limit);
    let views = ctx
        .read(move |tx| {
            let filter = BondFilter {
                everywhere: commands::reaches_everything(tx),
                org_id: params.org_id,
                kind: params.kind.as_ref().map(word),
                state: params.state.as_ref().map(word),
                before: after_id(params.after.as_deref())?,
            };
            let bonds = groups::bonds(tx, &filter, limit + 1)?;
            bonds
                .into_iter()
                .map(|bond| view(tx, bond))
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    Ok(Json(super::page(
        views,
        limit,
        |view: &BondView| view.bond.id,
        |row| row.data,
    )))
}

fn view(tx: &mut Tx<'_>, bond: Versioned<Bond>) -> Result<Versioned<BondView>> {
    let evidence = bond.evidence_ids.iter();
    let evidence = evidence
        .map(|id| tx.load::<Evidence>(*id).map(|file| file.data))
        .collect::<Result<_>>()?;
    let (from, to) = (brief(tx, bond.from_org_id)?, brief(tx, bond.to_org_id)?);
    Ok(Versioned {
        version: bond.version,
        data: BondView {
            bond: bond.data,
            from,
            to,
            evidence,
        },
    })
}

/// One bond.
#[utoipa::path(get, path = "/api/bonds/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = BondView)), extensions(("x-permission" = json!("network.read"))))]
async fn bond_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<BondView>> {
    let read = move |tx: &mut Tx<'_>| {
        let bond = tx.load::<Bond>(id)?;
        let seen = commands::reaches_everything(tx)
            || http::access::covers(tx, bond.from_org_id)?
            || http::access::covers(tx, bond.to_org_id)?;
        if seen {
            view(tx, bond).map(etag)
        } else {
            Err(kernel::Error::not_found("bond"))
        }
    };
    Ok(ctx.read(read).await?)
}

/// Record a bond.
#[utoipa::path(post, path = "/api/bonds", tag = "network", request_body = BondInput,
    responses((status = 201, body = Bond)), extensions(("x-permission" = json!("network.manage"))))]
async fn bond_create(ctx: Ctx, Json(body): Json<BondInput>) -> http::Result<Created<Bond>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_bond(tx, &body).map(etag))
            .await?,
    ))
}

/// Correct a bond, or add files.
#[utoipa::path(put, path = "/api/bonds/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = BondInput, responses((status = 200, body = Bond)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn bond_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<BondInput>,
) -> http::Result<Etag<Bond>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_bond(tx, id, seen, &body).map(etag))
        .await?)
}

/// End a bond.
#[utoipa::path(post, path = "/api/bonds/{id}/end", tag = "network", params(("id" = Id, Path)),
    request_body = Reason, responses((status = 200, body = Bond)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn bond_end(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reason>,
) -> http::Result<Etag<Bond>> {
    let seen = ctx.if_match()?;
    let end = move |tx: &mut Tx<'_>| {
        commands::end_bond(tx, id, seen, &body.reason, body.ends_on).map(etag)
    };
    Ok(ctx.write(end).await?)
}
