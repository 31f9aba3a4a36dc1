//! Capability surveys and their comparison with the baseline.

use std::collections::{BTreeMap, BTreeSet};

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Page, Result, page};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after_id, etag};
use crate::commands::{self, SurveyInput};
use crate::model::Survey;
use crate::store::catalogue::{self, Filter};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(survey_list, survey_create))
        .routes(routes!(survey_get, survey_correct))
        .routes(routes!(survey_baseline))
        .routes(routes!(survey_comparison))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SurveyParams {
    /// Of this member.
    org_id: Option<Id>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// One figure now and at the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FigureChange {
    /// Which: `staff.doctors`, `beds.open`, `equipment.CT`.
    pub figure: String,
    /// At the baseline; absent when it was not counted then.
    pub baseline: Option<i64>,
    /// Now; absent when it was not counted.
    pub current: Option<i64>,
    /// The difference, where both are known.
    pub difference: Option<i64>,
}

/// A survey beside the baseline.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkComparison)]
pub struct Comparison {
    /// The survey.
    pub current: Survey,
    /// What it is compared with.
    pub baseline: Survey,
    /// Every figure of either.
    pub figures: Vec<FigureChange>,
    /// Techniques carried out now and not at the baseline.
    pub techniques_gained: BTreeSet<String>,
    /// Techniques carried out at the baseline and not now.
    pub techniques_lost: BTreeSet<String>,
}

/// Surveys within reach, newest first.
#[utoipa::path(get, path = "/api/capability-surveys", tag = "network", params(SurveyParams),
    responses((status = 200, body = Page<Survey>)), extensions(("x-permission" = json!("network.read"))))]
async fn survey_list(
    ctx: Ctx,
    Query(params): Query<SurveyParams>,
) -> http::Result<Json<Page<Survey>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| {
            let filter = Filter {
                everywhere: commands::reaches_everything(tx),
                org_id: params.org_id,
                after: after_id(params.after.as_deref())?,
                ..Filter::default()
            };
            catalogue::surveys(tx, &filter, limit + 1)
        })
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |survey: &Survey| survey.id,
        |row| row.data,
    )))
}

/// One survey.
#[utoipa::path(get, path = "/api/capability-surveys/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Survey)), extensions(("x-permission" = json!("network.read"))))]
async fn survey_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Survey>> {
    Ok(ctx.read(move |tx| readable(tx, id).map(etag)).await?)
}

fn readable(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Survey>> {
    let survey = tx.load::<Survey>(id)?;
    let seen = commands::reaches_everything(tx) || http::access::covers(tx, survey.org_id)?;
    if seen {
        Ok(survey)
    } else {
        Err(kernel::Error::not_found("capability-survey"))
    }
}

/// Enter a survey; an organization's first is its baseline.
#[utoipa::path(post, path = "/api/capability-surveys", tag = "network", request_body = SurveyInput,
    responses((status = 201, body = Survey)), extensions(("x-permission" = json!("network.manage"))))]
async fn survey_create(ctx: Ctx, Json(body): Json<SurveyInput>) -> http::Result<Created<Survey>> {
    Ok(Created(
        ctx.write(move |tx| commands::create_survey(tx, &body).map(etag))
            .await?,
    ))
}

/// Correct what was counted; the version before stays in its history.
#[utoipa::path(put, path = "/api/capability-surveys/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = SurveyInput, responses((status = 200, body = Survey)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn survey_correct(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<SurveyInput>,
) -> http::Result<Etag<Survey>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::correct_survey(tx, id, seen, &body).map(etag))
        .await?)
}

/// Make a survey the baseline of its organization.
#[utoipa::path(post, path = "/api/capability-surveys/{id}/baseline", tag = "network",
    params(("id" = Id, Path)), responses((status = 200, body = Survey)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn survey_baseline(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Survey>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::set_baseline(tx, id, seen).map(etag))
        .await?)
}

/// A survey beside the baseline of its organization.
#[utoipa::path(get, path = "/api/capability-surveys/{id}/comparison", tag = "network",
    params(("id" = Id, Path)), responses((status = 200, body = Comparison)),
    extensions(("x-permission" = json!("network.read"))))]
async fn survey_comparison(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Comparison>> {
    let (current, baseline) = ctx
        .read(move |tx| {
            let current = readable(tx, id)?;
            let baseline = catalogue::baseline(tx, current.org_id)?;
            let baseline = baseline.ok_or_else(|| {
                kernel::Error::internal("an organization with surveys has a baseline")
            })?;
            Ok((current.data, baseline.data))
        })
        .await?;
    Ok(Json(compare(current, baseline)))
}

fn compare(current: Survey, baseline: Survey) -> Comparison {
    let (now, then) = (figures(&current), figures(&baseline));
    let names: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
    let figures = names.into_iter().map(|name| {
        let (current, baseline) = (now.get(name).copied(), then.get(name).copied());
        FigureChange {
            figure: name.clone(),
            baseline,
            current,
            difference: current.zip(baseline).map(|(now, then)| now - then),
        }
    });
    Comparison {
        figures: figures.collect(),
        techniques_gained: current
            .technique_codes
            .difference(&baseline.technique_codes)
            .cloned()
            .collect(),
        techniques_lost: baseline
            .technique_codes
            .difference(&current.technique_codes)
            .cloned()
            .collect(),
        current,
        baseline,
    }
}

/// Every figure of a survey by name; a device that was not counted has none, which is not zero.
fn figures(survey: &Survey) -> BTreeMap<String, i64> {
    let staff = &survey.staff;
    let fixed = [
        ("staff.doctors", staff.doctors),
        ("staff.general-practitioners", staff.general_practitioners),
        (
            "staff.doctors-intermediate-up",
            staff.doctors_intermediate_up,
        ),
        ("staff.nurses", staff.nurses),
        ("staff.technicians", staff.technicians),
        ("staff.pharmacists", staff.pharmacists),
        ("staff.public-health", staff.public_health),
        ("staff.village-doctors", staff.village_doctors),
        ("staff.others", staff.others),
        ("beds.approved", survey.beds_approved),
        ("beds.open", survey.beds_open),
        ("beds.intensive", survey.beds_intensive),
    ];
    let mut figures: BTreeMap<String, i64> = fixed
        .iter()
        .map(|(name, value)| ((*name).to_owned(), i64::from(*value)))
        .collect();
    for device in &survey.equipment {
        *figures
            .entry(format!("equipment.{}", device.kind))
            .or_default() += i64::from(device.count);
    }
    figures
}
