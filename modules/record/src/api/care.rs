//! Who may read: registration at one's own organization, consent, emergency access.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Basis, Error, Id, Page};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::PageQuery;
use super::patients::{PatientRecord, record};
use crate::break_glass::{self, BreakGlass, BreakGlassRow, BreakGlassState, NewReview};
use crate::consent::{self, Consent, NewConsent, Withdrawal};
use crate::input::IdentifierInput;
use crate::{basis, rules, sensitive};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(patient_join))
        .routes(routes!(consent_list, consent_give))
        .routes(routes!(consent_withdraw))
        .routes(routes!(sensitive_categories))
        .routes(routes!(break_glass_open))
        .routes(routes!(break_glass_list))
        .routes(routes!(break_glass_show))
        .routes(routes!(break_glass_review))
}

/// The card a patient shows when they come.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Join {
    /// A number on it, which must be one of the record's.
    proof: IdentifierInput,
}

/// Register a patient of the consortium with one's own organization: the patient has come and shows
/// a card. From then on the record may be read.
#[utoipa::path(post, path = "/api/patients/{id}/registrations", tag = "record", params(("id" = Id, Path)),
    request_body = Join, responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_join(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Join>,
) -> http::Result<Etag<PatientRecord>> {
    Ok(ctx.write(move |tx| join(tx, id, &body)).await?)
}

fn join(tx: &mut Tx<'_>, id: Id, body: &Join) -> kernel::Result<Etag<PatientRecord>> {
    let org_id = tx.actor().org_id;
    network::require_open(tx, org_id)?;
    let patient = basis::patient(tx, id)?;
    let issuer = Some(body.proof.org_id.unwrap_or(org_id));
    let shown = rules::lookup_sha256(body.proof.kind, issuer, &body.proof.value);
    if !patient
        .live_identifiers()
        .any(|one| one.lookup_sha256() == shown)
    {
        let detail =
            "this number is not one of the record's; read it from the card the patient shows";
        return Err(Error::rule("record.proof-differs", detail).at("proof.value"));
    }
    if !basis::join_org(tx, &patient, org_id, "registered")? {
        let detail = "this patient is registered with your organization already";
        return Err(Error::conflict("record.own-already", detail));
    }
    record(tx, &patient, Basis::OwnPatient)
}

/// A patient's consents, newest first.
#[utoipa::path(get, path = "/api/patients/{id}/consents", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = Vec<Consent>)),
    extensions(("x-permission" = json!("record.read"))))]
async fn consent_list(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Vec<Consent>>> {
    let result = ctx.read(move |tx| {
        basis::view(tx, id, "consents")?;
        consent::list(tx, id)
    });
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

/// Record what the patient said on who may read: told to one's own organization, or, for residents,
/// by themselves.
#[utoipa::path(post, path = "/api/patients/{id}/consents", tag = "record", params(("id" = Id, Path)),
    request_body = NewConsent, responses((status = 201, body = Consent)),
    extensions(("x-permission" = json!("record.consent"))))]
async fn consent_give(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewConsent>,
) -> http::Result<Created<Consent>> {
    let result = ctx.write(move |tx| {
        let patient = basis::patient(tx, id)?;
        let consent = consent::grant(tx, &patient, &body)?;
        Ok(Created(Etag::new(
            consent.version,
            consent::numbered(consent),
        )))
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Take a consent back.
#[utoipa::path(post, path = "/api/consents/{id}/withdraw", tag = "record", params(("id" = Id, Path)),
    request_body = Withdrawal, responses((status = 200, body = Consent)),
    extensions(("x-permission" = json!("record.consent"))))]
async fn consent_withdraw(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Withdrawal>,
) -> http::Result<Etag<Consent>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let consent = consent::to_withdraw(tx, id)?;
        tx.check_version(&consent, seen)?;
        let consent = consent::withdraw(tx, consent, &body)?;
        Ok(Etag::new(consent.version, consent::numbered(consent)))
    });
    Ok(result.await?)
}

/// A category of what is kept apart, as patients are asked about it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct SensitiveChoice {
    /// Its code.
    code: String,
    /// In Chinese.
    title_zh: String,
    /// In English.
    title_en: String,
}

/// The sensitive categories a consent may open.
#[utoipa::path(get, path = "/api/sensitive-categories", tag = "record",
    responses((status = 200, body = Vec<SensitiveChoice>)),
    extensions(("x-permission" = json!("record.read"))))]
async fn sensitive_categories(ctx: Ctx) -> http::Result<Json<Vec<SensitiveChoice>>> {
    let rule = ctx.read(sensitive::rule).await?;
    let choices = rule.categories.into_iter().map(|category| SensitiveChoice {
        code: category.code,
        title_zh: category.title_zh,
        title_en: category.title_en,
    });
    Ok(Json(choices.collect()))
}

/// Why a record can't wait.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Emergency {
    /// In words.
    reason: String,
    /// There is a basis already; what is sensitive or denied is needed too.
    #[serde(default)]
    hidden: bool,
}

/// Open a record in an emergency. The patient's organizations and one's own are told at once, and
/// the access ends by itself.
#[utoipa::path(post, path = "/api/patients/{id}/break-glass", tag = "record", params(("id" = Id, Path)),
    request_body = Emergency, responses((status = 201, body = BreakGlass)),
    extensions(("x-permission" = json!("record.break-glass"))))]
async fn break_glass_open(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Emergency>,
) -> http::Result<Created<BreakGlass>> {
    let access = ctx.write(move |tx| {
        let patient = basis::patient(tx, id)?;
        let access = break_glass::open(tx, &patient, &body.reason, body.hidden)?;
        Ok(Created(Etag::new(access.version, access.data)))
    });
    Ok(access.await?)
}

/// Which emergency accesses to list.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct BreakGlassQuery {
    /// `open`, the default, or `reviewed`.
    state: Option<BreakGlassState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Emergency accesses one's organization was told of.
#[utoipa::path(get, path = "/api/break-glass", tag = "record", params(BreakGlassQuery),
    responses((status = 200, body = Page<BreakGlassRow>)),
    extensions(("x-permission" = json!("record.audit"))))]
async fn break_glass_list(
    ctx: Ctx,
    Query(query): Query<BreakGlassQuery>,
) -> http::Result<Json<Page<BreakGlassRow>>> {
    let page = PageQuery {
        after: query.after,
        limit: query.limit,
    };
    let (after, size) = (page.cursor()?, page.size());
    let state = query.state.unwrap_or(BreakGlassState::Open);
    let list = ctx.read(move |tx| {
        require_officer(tx)?;
        break_glass::list(tx, state, after, size)
    });
    Ok(Json(list.await?))
}

/// One emergency access one's organization was told of.
#[utoipa::path(get, path = "/api/break-glass/{id}", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = BreakGlassRow)),
    extensions(("x-permission" = json!("record.audit"))))]
async fn break_glass_show(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<BreakGlassRow>> {
    let row = ctx.read(move |tx| {
        require_officer(tx)?;
        let access = break_glass::one(tx, id)?;
        break_glass::row(tx, access)
    });
    let row = row.await?;
    Ok(Etag::new(row.version, row))
}

/// Record what the review of an emergency access found.
#[utoipa::path(post, path = "/api/break-glass/{id}/review", tag = "record", params(("id" = Id, Path)),
    request_body = NewReview, responses((status = 200, body = BreakGlassRow)),
    extensions(("x-permission" = json!("record.audit"))))]
async fn break_glass_review(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewReview>,
) -> http::Result<Etag<BreakGlassRow>> {
    let seen = ctx.if_match()?;
    let row = ctx.write(move |tx| {
        require_officer(tx)?;
        let access = break_glass::one(tx, id)?;
        tx.check_version(&access, seen)?;
        let access = break_glass::review(tx, access, &body)?;
        let row = break_glass::row(tx, access)?;
        Ok(Etag::new(row.version, row))
    });
    Ok(row.await?)
}

/// Residents hold the same permission for their own log only.
fn require_officer(tx: &Tx<'_>) -> kernel::Result<()> {
    if tx.scope().is_some_and(|scope| scope > kernel::Scope::Own) {
        return Ok(());
    }
    Err(Error::forbidden(
        "access.out-of-scope",
        "reviews are for privacy officers",
    ))
}
