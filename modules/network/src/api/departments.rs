//! Departments.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Page, page};
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after_id, etag};
use crate::commands::{self, DepartmentInput};
use crate::model::{Department, OrgState, word};
use crate::store::catalogue::{self, Filter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(department_list, department_create))
        .routes(routes!(department_get, department_update))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DepartmentParams {
    /// Of this organization.
    org_id: Option<Id>,
    /// With this specialty code.
    specialty: Option<String>,
    /// Open or closed.
    state: Option<OrgState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Departments within reach.
#[utoipa::path(get, path = "/api/departments", tag = "network", params(DepartmentParams),
    responses((status = 200, body = Page<Department>)), extensions(("x-permission" = json!("network.read"))))]
async fn department_list(
    ctx: Ctx,
    Query(params): Query<DepartmentParams>,
) -> http::Result<Json<Page<Department>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| {
            let filter = Filter {
                everywhere: commands::reaches_everything(tx),
                org_id: params.org_id,
                code: params.specialty.clone(),
                state: params.state.as_ref().map(word),
                after: after_id(params.after.as_deref())?,
                ..Filter::default()
            };
            catalogue::departments(tx, &filter, limit + 1)
        })
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |department: &Department| department.id,
        |row| row.data,
    )))
}

/// One department.
#[utoipa::path(get, path = "/api/departments/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Department)), extensions(("x-permission" = json!("network.read"))))]
async fn department_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Department>> {
    let read = move |tx: &mut Tx<'_>| {
        let department = tx.load::<Department>(id)?;
        let seen = commands::reaches_everything(tx) || http::access::covers(tx, department.org_id)?;
        if seen {
            Ok(etag(department))
        } else {
            Err(kernel::Error::not_found("department"))
        }
    };
    Ok(ctx.read(read).await?)
}

/// Record a department.
#[utoipa::path(post, path = "/api/departments", tag = "network", request_body = DepartmentInput,
    responses((status = 201, body = Department)), extensions(("x-permission" = json!("network.manage"))))]
async fn department_create(
    ctx: Ctx,
    Json(body): Json<DepartmentInput>,
) -> http::Result<Created<Department>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_department(tx, &body).map(etag))
            .await?,
    ))
}

/// Replace what is known of a department.
#[utoipa::path(put, path = "/api/departments/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = DepartmentInput, responses((status = 200, body = Department)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn department_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<DepartmentInput>,
) -> http::Result<Etag<Department>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_department(tx, id, seen, &body).map(etag))
        .await?)
}
