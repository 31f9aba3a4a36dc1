//! Write, look up before writing, read.

use http::{App, Created, Ctx, Etag, Json, Path, Result};
use kernel::{Basis, Id};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer;
use crate::commands::{self, NewReferral};
use crate::content::Content;
use crate::model::problem_key;
use crate::rules::catalogue::{DangerSign, Suggestion};
use crate::rules::plan::{FormItem, StabilityItem};
use crate::rules::vitals::VitalRange;
use crate::store as sql;
use crate::suggest;
use crate::view::{self, ReferralView, TimelineEntry};
use crate::visible;
use crate::words::{Kind, State};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_preflight))
        .routes(routes!(referral_options))
        .routes(routes!(referral_read, referral_edit))
        .routes(routes!(referral_timeline))
}

/// What is known before a form is filled in.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preflight {
    /// What sort of referral is thought of.
    pub kind: Kind,
    /// The patient, once chosen.
    #[serde(default)]
    pub patient_id: Option<Id>,
    /// The asking organization; the caller's own when absent.
    #[serde(default)]
    pub from_org_id: Option<Id>,
    /// What is filled in so far.
    #[serde(default)]
    pub content: Content,
}

/// What the form says before anything is typed twice.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PreflightAnswer {
    /// On which basis the caller may refer this patient; absent means not yet.
    pub basis: Option<Basis>,
    /// A live request for this patient and problem: open it instead.
    pub live: Option<LiveRequest>,
    /// Other live cases of the patient that the caller may see.
    pub others: Vec<LiveRequest>,
    /// What the rules suggest, red flags and targets among it.
    pub suggestion: Suggestion,
}

/// A live request.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LiveRequest {
    /// Its id, where the caller may open it.
    pub id: Option<Id>,
    /// Its number, where the caller may open it.
    pub number: Option<String>,
    /// Where it stands, where the caller may open it.
    pub state: Option<State>,
    /// What sort it is, where the caller may open it.
    pub kind: Option<Kind>,
}

/// Tells what would stand in the way of a referral, and what the rules suggest, while the form is
/// being filled in. Changes nothing.
#[utoipa::path(
    post, path = "/api/referrals/preflight", tag = "referral", operation_id = "referral_preflight",
    request_body = Preflight, responses((status = 200, body = PreflightAnswer)),
    extensions(("x-permission" = json!("referral.write"))),
)]
async fn referral_preflight(
    ctx: Ctx,
    Json(body): Json<Preflight>,
) -> Result<Json<PreflightAnswer>> {
    Ok(Json(ctx.read(move |tx| preflight(tx, &body)).await?))
}

fn preflight(tx: &mut Tx<'_>, asked: &Preflight) -> kernel::Result<PreflightAnswer> {
    let from_org_id = asked.from_org_id.unwrap_or(tx.actor().org_id);
    let basis = match asked.patient_id {
        Some(patient_id) => record::basis(tx, patient_id)?,
        None => None,
    };
    let sex = match (asked.patient_id, &basis) {
        (Some(patient_id), Some(_)) => Some(record::patient(tx, patient_id)?.sex),
        _ => None,
    };
    let suggestion = suggest::with_targets(tx, asked.kind, from_org_id, &asked.content, sex)?;
    let Some(patient_id) = asked.patient_id else {
        return Ok(PreflightAnswer {
            basis: None,
            live: None,
            others: Vec::new(),
            suggestion,
        });
    };
    let (mut live, mut others) = (None, Vec::new());
    // Without a basis not even the existence of a request is told.
    if basis.is_some() {
        let key = problem_key(asked.kind, &asked.content);
        for case in sql::live_of_patient(tx, patient_id)? {
            let seen = !visible::sides(tx, &case)?.is_empty();
            let request = LiveRequest {
                id: seen.then_some(case.id),
                number: seen.then(|| case.number.clone()),
                state: seen.then_some(case.state),
                kind: seen.then_some(case.kind),
            };
            match case.problem_key == key {
                true => live = Some(request),
                false if seen => others.push(request),
                false => {}
            }
        }
    }
    Ok(PreflightAnswer {
        basis,
        live,
        others,
        suggestion,
    })
}

/// What the rules in force put into the forms.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Options {
    /// Ranges of vital signs by field name.
    pub vital_signs: std::collections::BTreeMap<String, VitalRange>,
    /// Danger signs a doctor may tick.
    pub danger_signs: Vec<DangerSign>,
    /// The stability checklist of a referral down.
    pub stability: Vec<StabilityItem>,
    /// Days of the follow-ups.
    pub follow_up_days: Vec<i64>,
    /// The follow-up form.
    pub follow_up_form: Vec<FormItem>,
    /// Kinds accepted only with a place held, at hospitals.
    pub place_needed: Vec<Kind>,
}

/// Choices that the rules in force put into the forms.
#[utoipa::path(
    get, path = "/api/referrals/options", tag = "referral", operation_id = "referral_options",
    responses((status = 200, body = Options)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_options(ctx: Ctx) -> Result<Json<Options>> {
    let options = ctx
        .read(|tx| {
            let vitals = tx.rule::<crate::rules::vitals::VitalRanges>("referral.vitals")?;
            let catalogue = tx.rule::<crate::rules::catalogue::Catalogue>("referral.catalogue")?;
            let stability = tx.rule::<crate::rules::plan::Stability>("referral.stability")?;
            let follow_up = tx.rule::<crate::rules::plan::FollowUpRule>("referral.follow-up")?;
            let clocks = tx.rule::<crate::rules::clock::Clocks>("referral.clocks")?;
            Ok(Options {
                vital_signs: vitals.body.ranges,
                danger_signs: catalogue.body.danger_signs,
                stability: stability.body.items,
                follow_up_days: follow_up.body.days,
                follow_up_form: follow_up.body.form,
                place_needed: clocks.body.place_needed,
            })
        })
        .await?;
    Ok(Json(options))
}

/// Writes a draft. Only the asking side sees it until it is submitted.
#[utoipa::path(
    post, path = "/api/referrals", tag = "referral", operation_id = "referral_create",
    request_body = NewReferral, responses((status = 201, body = ReferralView)),
    extensions(("x-permission" = json!("referral.write"))),
)]
pub(super) async fn referral_create(
    ctx: Ctx,
    Json(body): Json<NewReferral>,
) -> Result<Created<ReferralView>> {
    let written = ctx
        .write(move |tx| {
            let referral = commands::create_draft(tx, &body)?;
            answer(tx, referral)
        })
        .await;
    Ok(Created(record::audited(&ctx, written).await?))
}

/// Changes a draft.
#[utoipa::path(
    put, path = "/api/referrals/{id}", tag = "referral", operation_id = "referral_edit",
    params(("id" = Id, Path)), request_body = NewReferral,
    responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.write"))),
)]
async fn referral_edit(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewReferral>,
) -> Result<Etag<ReferralView>> {
    let seen = ctx.if_match()?;
    let written = ctx
        .write(move |tx| {
            let referral = commands::edit_draft(tx, id, seen, &body)?;
            answer(tx, referral)
        })
        .await;
    Ok(record::audited(&ctx, written).await?)
}

/// One case, with the actions open to the caller.
#[utoipa::path(
    get, path = "/api/referrals/{id}", tag = "referral", operation_id = "referral_read",
    params(("id" = Id, Path)), responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_read(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<ReferralView>> {
    let view = ctx
        .read(move |tx| {
            let referral = visible::load_to_show(tx, id, "referral")?;
            view::of(tx, referral)
        })
        .await?;
    Ok(Etag::new(view.version, view))
}

/// Who did what when, and what was said, the same for both sides; oldest first.
#[utoipa::path(
    get, path = "/api/referrals/{id}/timeline", tag = "referral", operation_id = "referral_timeline",
    params(("id" = Id, Path)), responses((status = 200, body = Vec<TimelineEntry>)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_timeline(ctx: Ctx, Path(id): Path<Id>) -> Result<Json<Vec<TimelineEntry>>> {
    let entries = ctx
        .read(move |tx| {
            let referral = visible::load_to_show(tx, id, "referral-timeline")?;
            view::timeline(tx, &referral)
        })
        .await?;
    Ok(Json(entries))
}
