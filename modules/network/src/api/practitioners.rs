//! Practitioners.

use axum::response::Response;
use http::export::{self, Cell};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Date, Id, Page, Result, page};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after_id, etag};
use crate::commands::{self, LicenceInput, PractitionerInput, WorkSiteInput};
use crate::model::{Practitioner, PractitionerState, word};
use crate::store::people::{self, Filter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(practitioner_list, practitioner_create))
        .routes(routes!(practitioner_export))
        .routes(routes!(practitioner_get, practitioner_update))
        .routes(routes!(practitioner_sites))
        .routes(routes!(practitioner_licences))
        .routes(routes!(practitioner_leave))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PractitionerParams {
    /// Part of a name, pinyin, initials or staff number.
    q: Option<String>,
    /// Employed by this organization.
    home_org_id: Option<Id>,
    /// Works at this organization today.
    site_org_id: Option<Id>,
    /// Works in this department today.
    department_id: Option<Id>,
    /// Working or gone.
    state: Option<PractitionerState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Where and as what somebody works: replaces what was there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkSitesInput)]
pub struct SitesInput {
    /// Every work site, past ones too if they are to stay on record.
    pub sites: Vec<WorkSiteInput>,
}

/// Somebody's licences: replaces what was there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkLicencesInput)]
pub struct LicencesInput {
    /// Every licence.
    pub licences: Vec<LicenceInput>,
}

/// When somebody left.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkLeaveInput)]
pub struct LeaveInput {
    /// The last day; today if absent.
    #[serde(default)]
    pub left_on: Option<Date>,
}

fn filter_of(tx: &Tx<'_>, params: &PractitionerParams) -> Result<Filter> {
    Ok(Filter {
        everywhere: commands::reaches_everything(tx),
        q: params.q.clone(),
        home_org_id: params.home_org_id,
        site_org_id: params.site_org_id,
        department_id: params.department_id,
        state: params.state.as_ref().map(word),
        after: after_id(params.after.as_deref())?,
    })
}

/// People employed or at work within reach, by name; identifiers are masked.
#[utoipa::path(get, path = "/api/practitioners", tag = "network", params(PractitionerParams),
    responses((status = 200, body = Page<Practitioner>)),
    extensions(("x-permission" = json!("network.read"))))]
async fn practitioner_list(
    ctx: Ctx,
    Query(params): Query<PractitionerParams>,
) -> http::Result<Json<Page<Practitioner>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| {
            let filter = filter_of(tx, &params)?;
            people::list(tx, &filter, limit + 1)
        })
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |person: &Practitioner| person.id,
        |row| row.data.masked(),
    )))
}

/// The staff list as a spreadsheet; identifiers are masked.
#[utoipa::path(get, path = "/api/practitioners/export", tag = "network", params(PractitionerParams),
    responses((status = 200, description = "xlsx",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("network.people"))))]
async fn practitioner_export(
    ctx: Ctx,
    Query(params): Query<PractitionerParams>,
) -> http::Result<Response> {
    let limit = u32::try_from(export::EXPORT_ROWS_MAX).unwrap_or(u32::MAX);
    let rows = ctx
        .read(move |tx| {
            let filter = Filter {
                after: None,
                ..filter_of(tx, &params)?
            };
            people::list(tx, &filter, limit)
        })
        .await?;
    let headers = [
        "工号",
        "姓名",
        "类别",
        "职称级别",
        "职称",
        "专业",
        "人员身份",
        "电话",
        "状态",
    ];
    let line = |row: Versioned<Practitioner>| {
        let person = row.data.masked();
        vec![
            Cell::from(person.code),
            person.name.into(),
            word(&person.profession).into(),
            word(&person.title_rank).into(),
            person.title.into(),
            person.specialty.into(),
            person.staff_status.as_ref().map(word).into(),
            person.phone.into(),
            word(&person.state).into(),
        ]
    };
    let lines: Vec<Vec<Cell>> = rows.into_iter().map(line).collect();
    Ok(export::xlsx("practitioners", &headers, &lines)?)
}

/// One person; identifiers are shown to those who manage the employer's people.
#[utoipa::path(get, path = "/api/practitioners/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Practitioner)), extensions(("x-permission" = json!("network.read"))))]
async fn practitioner_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Practitioner>> {
    let read = move |tx: &mut Tx<'_>| {
        let person = people::load(tx, id)?;
        let mut seen =
            commands::reaches_everything(tx) || http::access::covers(tx, person.home_org_id)?;
        for site in &person.sites {
            seen = seen || http::access::covers(tx, site.org_id)?;
        }
        if !seen {
            return Err(kernel::Error::not_found("practitioner"));
        }
        let manages = match tx.actor().scope(crate::PERMISSION_PEOPLE) {
            Some(scope) => {
                commands::reaches_everything(tx)
                    || http::access::covers_as(tx, scope, person.home_org_id)?
            }
            None => false,
        };
        let version = person.version;
        Ok(Etag::new(
            version,
            if manages {
                person.data
            } else {
                person.data.masked()
            },
        ))
    };
    Ok(ctx.read(read).await?)
}

/// Record a practitioner.
#[utoipa::path(post, path = "/api/practitioners", tag = "network", request_body = PractitionerInput,
    responses((status = 201, body = Practitioner)), extensions(("x-permission" = json!("network.people"))))]
async fn practitioner_create(
    ctx: Ctx,
    Json(body): Json<PractitionerInput>,
) -> http::Result<Created<Practitioner>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_practitioner(tx, &body).map(etag))
            .await?,
    ))
}

/// Replace what is known of a practitioner.
#[utoipa::path(put, path = "/api/practitioners/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = PractitionerInput, responses((status = 200, body = Practitioner)),
    extensions(("x-permission" = json!("network.people"))))]
async fn practitioner_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<PractitionerInput>,
) -> http::Result<Etag<Practitioner>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_practitioner(tx, id, seen, &body).map(etag))
        .await?)
}

/// Say where and as what somebody works; employer, status and pay stay.
#[utoipa::path(put, path = "/api/practitioners/{id}/sites", tag = "network", params(("id" = Id, Path)),
    request_body = SitesInput, responses((status = 200, body = Practitioner)),
    extensions(("x-permission" = json!("network.people"))))]
async fn practitioner_sites(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<SitesInput>,
) -> http::Result<Etag<Practitioner>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::set_sites(tx, id, seen, &body.sites).map(etag))
        .await?)
}

/// Record somebody's licences.
#[utoipa::path(put, path = "/api/practitioners/{id}/licences", tag = "network", params(("id" = Id, Path)),
    request_body = LicencesInput, responses((status = 200, body = Practitioner)),
    extensions(("x-permission" = json!("network.people"))))]
async fn practitioner_licences(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<LicencesInput>,
) -> http::Result<Etag<Practitioner>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::set_licences(tx, id, seen, &body.licences).map(etag))
        .await?)
}

/// Note that somebody has left.
#[utoipa::path(post, path = "/api/practitioners/{id}/leave", tag = "network", params(("id" = Id, Path)),
    request_body = LeaveInput, responses((status = 200, body = Practitioner)),
    extensions(("x-permission" = json!("network.people"))))]
async fn practitioner_leave(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<LeaveInput>,
) -> http::Result<Etag<Practitioner>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::leave_practitioner(tx, id, seen, body.left_on).map(etag))
        .await?)
}
