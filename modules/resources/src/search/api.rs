//! The search over the group, and the summary of its places.

use ::store::Tx;
use http::{Ctx, Json, Query};
use kernel::identity::Sex;
use kernel::{Id, Instant, Result, Scope, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::find_among;
use crate::model::{Channel, Offer, PlaceKind, SEARCH_MAX, Search, Sort};
use crate::neighbours;
use crate::summary::{KindSummary, Summary, equipment_by_kind, summary};

pub(crate) fn routes() -> OpenApiRouter<http::App> {
    OpenApiRouter::new()
        .routes(routes!(resources_search))
        .routes(routes!(resources_summary))
}

/// How far ahead a search looks where the question does not say.
const WINDOW_USUAL: Span = Span::days(7);

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchQuery {
    /// What sort of place.
    kind: PlaceKind,
    /// At one member only.
    org_id: Option<Id>,
    /// In one department only.
    department_id: Option<Id>,
    /// A specialty, or what lies below it: `03` finds `03.04`.
    specialty: Option<String>,
    /// The patient's sex, for beds.
    sex: Option<Sex>,
    /// An isolation bed only.
    isolation: Option<bool>,
    /// Not before; now unless given.
    from: Option<Instant>,
    /// Before; a week later unless given.
    to: Option<Instant>,
    /// `CT`, `MR` …
    equipment_kind: Option<String>,
    /// The examination.
    exam: Option<String>,
    /// How long, where no examination says it.
    minutes: Option<i64>,
    /// Distances and quotas of this member; one's own unless given.
    near: Option<Id>,
    /// Through which door; referral unless given.
    channel: Option<Channel>,
    /// In which order; soonest first unless given.
    #[param(inline)]
    sort: Option<Sort>,
    /// At most so many, up to 50.
    limit: Option<usize>,
}

/// What a search found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesSearchAnswer)]
pub(crate) struct SearchAnswer {
    offers: Vec<Offer>,
}

/// The pooled places within reach.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesSummaryAnswer)]
pub(crate) struct SummaryAnswer {
    orgs: Vec<Summary>,
    equipment: Vec<KindSummary>,
}

/// Free slots, beds or device time over the group, by wait, distance or price.
#[utoipa::path(get, path = "/api/resources/search", tag = "resources", params(SearchQuery),
    responses((status = 200, body = SearchAnswer)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_search(
    ctx: Ctx,
    Query(query): Query<SearchQuery>,
) -> http::Result<Json<SearchAnswer>> {
    let offers = ctx
        .read(move |tx| {
            let now = tx.now();
            let from = query.from.unwrap_or(now).max(now);
            let for_org_id = match query.near {
                Some(org_id) => crate::beds::api::chosen_org(tx, Some(org_id))?,
                None => tx.actor().org_id,
            };
            let search = Search {
                kind: query.kind,
                org_id: query.org_id,
                department_id: query.department_id,
                specialty: query.specialty.clone(),
                sex: query.sex,
                isolation: query.isolation.unwrap_or(false),
                from,
                to: query.to.unwrap_or(from + WINDOW_USUAL),
                equipment_kind: query.equipment_kind.clone(),
                exam: query.exam.clone(),
                minutes: query.minutes,
                for_org_id,
                channel: query.channel.unwrap_or(Channel::Referral),
                sort: query.sort.unwrap_or_default(),
                limit: query.limit.unwrap_or(SEARCH_MAX),
            };
            let orgs = match query.org_id {
                Some(org_id) => vec![crate::beds::api::chosen_org(tx, Some(org_id))?],
                None => orgs_in_reach(tx)?,
            };
            let orgs = neighbours::open_orgs(tx, &orgs)?;
            find_among(tx, &search, &orgs)
        })
        .await?;
    Ok(Json(SearchAnswer { offers }))
}

/// Beds, slots left today and devices of every member within reach.
#[utoipa::path(get, path = "/api/resources/summary", tag = "resources",
    responses((status = 200, body = SummaryAnswer)), extensions(("x-permission" = json!("resources.read"))))]
async fn resources_summary(ctx: Ctx) -> http::Result<Json<SummaryAnswer>> {
    let answer = ctx
        .read(|tx| {
            let org_ids = orgs_in_reach(tx)?;
            let mut orgs = summary(tx, &org_ids)?;
            orgs.retain(|line| line.beds_total + line.slots_left_today + line.equipment_total > 0);
            Ok(SummaryAnswer {
                orgs,
                equipment: equipment_by_kind(tx, &org_ids)?,
            })
        })
        .await?;
    Ok(Json(answer))
}

/// The members that the permission in force reaches, the actor's own among them.
pub(crate) fn orgs_in_reach(tx: &mut Tx<'_>) -> Result<Vec<Id>> {
    let own = tx.actor().org_id;
    let scope = tx.scope().unwrap_or(Scope::Org);
    let mut orgs = http::access::visible_orgs(tx, scope)?;
    if !orgs.contains(&own) {
        orgs.push(own);
    }
    Ok(orgs)
}
