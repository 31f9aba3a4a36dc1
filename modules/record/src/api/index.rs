//! The patient index: source records, pairs to look at, merges, newborns, quality.

use axum::response::Response;
use http::export::{self, Cell};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Basis, Error, Id, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx, Versioned};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::PageQuery;
use super::patients::{PatientRecord, record};
use crate::basis;
use crate::index::matching::{self, Measured};
use crate::index::merge::{self, Mover, PatientMerge};
use crate::index::newborn::{self, NewNewborn};
use crate::index::quality::{self, QualityRow};
use crate::index::review::{self, Decide, MatchReviewRow, ReviewState};
use crate::index::source::{self, NewSource, SourceRecord};
use crate::index::survivorship::{self, Provenance};
use crate::index::{self, Demographics, Received};
use crate::model::Patient;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(index_summary))
        .routes(routes!(index_review_list))
        .routes(routes!(index_review_show))
        .routes(routes!(index_review_decide))
        .routes(routes!(index_merge_list, index_merge))
        .routes(routes!(index_merge_show))
        .routes(routes!(index_unmerge))
        .routes(routes!(index_source_receive))
        .routes(routes!(patient_sources))
        .routes(routes!(patient_newborn))
        .routes(routes!(index_quality))
        .routes(routes!(index_quality_export))
}

/// What stands above the queue: the thresholds in force and what they were measured to be worth.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PatientIndexSummary)]
struct IndexSummary {
    /// log2 of the odds from which two are linked without a person.
    link_bits: f64,
    /// From which a pair is shown.
    review_bits: f64,
    /// What that was measured to be worth.
    measured: Measured,
    /// Version of the rule `record.matching`.
    rule_version: i64,
}

/// The thresholds in force with their measured precision and recall.
#[utoipa::path(get, path = "/api/patient-index", tag = "record",
    responses((status = 200, body = IndexSummary)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_summary(ctx: Ctx) -> http::Result<Json<IndexSummary>> {
    let summary = ctx.read(|tx| {
        let rule = tx.rule::<matching::MatchingRule>("record.matching")?;
        Ok(IndexSummary {
            link_bits: rule.body.thresholds.link_bits,
            review_bits: rule.body.thresholds.review_bits,
            measured: rule.body.measured,
            rule_version: rule.version,
        })
    });
    Ok(Json(summary.await?))
}

/// Which pairs to list.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReviewQuery {
    /// Where they stand; open ones if left out.
    state: Option<ReviewState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Pairs that may be one person, the oldest first. Masked.
#[utoipa::path(get, path = "/api/patient-index/reviews", tag = "record", params(ReviewQuery),
    responses((status = 200, body = Page<MatchReviewRow>)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_review_list(
    ctx: Ctx,
    Query(query): Query<ReviewQuery>,
) -> http::Result<Json<Page<MatchReviewRow>>> {
    let size = kernel::page::page_size(query.limit);
    let after = kernel::Cursor::after(query.after.as_deref())?;
    let state = query.state.unwrap_or(ReviewState::Open);
    Ok(Json(
        ctx.read(move |tx| review::list(tx, state, after, size))
            .await?,
    ))
}

/// A side of a pair: the patient and every source record, masked.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MatchReviewSide)]
struct ReviewSide {
    /// The patient.
    patient: Patient,
    /// What members hold.
    sources: Vec<SourceRecord>,
    /// Which source each field comes from.
    provenance: Vec<Provenance>,
}

/// A pair side by side.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MatchReviewDetail)]
struct ReviewDetail {
    /// The pair, with the weights field by field.
    #[serde(flatten)]
    row: MatchReviewRow,
    /// The first patient.
    low_side: ReviewSide,
    /// The second.
    high_side: ReviewSide,
    /// What may be done with it.
    actions: Vec<String>,
}

fn side(tx: &mut Tx<'_>, id: Id) -> Result<ReviewSide> {
    let patient: Versioned<Patient> = tx.load(id)?;
    let subject = Subject {
        peer_org_id: Some(tx.actor().org_id),
        ..Subject::of(&patient.data)
    };
    tx.record(Change::new("record.compared"), subject)?;
    let sources = source::of_patient(tx, id)?;
    Ok(ReviewSide {
        patient: patient.masked(),
        sources: sources.into_iter().map(|one| masked(one.data)).collect(),
        provenance: survivorship::provenance(tx, id)?,
    })
}

/// Numbers and telephones masked, as in a patient.
fn masked(mut record: SourceRecord) -> SourceRecord {
    let told: &mut Demographics = &mut record.demographics;
    for number in &mut told.identifiers {
        number.value = kernel::text::mask_identifier(&number.value);
    }
    told.phone = told.phone.as_deref().map(kernel::text::mask_phone);
    record
}

/// A pair side by side. The look is audited for both patients.
#[utoipa::path(get, path = "/api/patient-index/reviews/{id}", tag = "record",
    params(("id" = Id, Path)), responses((status = 200, body = ReviewDetail)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_review_show(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<ReviewDetail>> {
    let detail = ctx.store().write(ctx.request(), move |tx| {
        let found = review::load(tx, id)?;
        let (low, high, version) = (found.low_id, found.high_id, found.version);
        let decided = matches!(found.state, ReviewState::Same | ReviewState::Superseded);
        let actions: &[&str] = if decided {
            &[]
        } else {
            &["same", "different", "postpone"]
        };
        let detail = ReviewDetail {
            low_side: side(tx, low)?,
            high_side: side(tx, high)?,
            row: review::row(tx, found)?,
            actions: actions.iter().map(|word| (*word).to_owned()).collect(),
        };
        Ok(Etag::new(version, detail))
    });
    Ok(detail.await?)
}

/// Decide a pair: one person (they are merged), two, or not yet.
#[utoipa::path(post, path = "/api/patient-index/reviews/{id}/decide", tag = "record",
    params(("id" = Id, Path)), request_body = Decide,
    responses((status = 200, body = MatchReviewRow)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_review_decide(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Decide>,
) -> http::Result<Etag<MatchReviewRow>> {
    let (seen, movers) = (ctx.if_match()?, movers(&ctx));
    let decided = ctx.write(move |tx| {
        let found = review::load(tx, id)?;
        tx.check_version(&found, seen)?;
        let decided = review::decide(tx, found, &body, &movers)?;
        Ok(Etag::new(decided.version, review::row(tx, decided)?))
    });
    Ok(decided.await?)
}

fn movers(ctx: &Ctx) -> Vec<Mover> {
    ctx.app().moves().to_vec()
}

/// Two patients that are one.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PatientMergeInput)]
struct MergeInput {
    /// The patient that stays.
    winner_id: Id,
    /// The patient that is replaced.
    loser_id: Id,
    /// Why they are one.
    reason: String,
}

/// Merges, the newest first.
#[utoipa::path(get, path = "/api/patient-index/merges", tag = "record", params(PageQuery),
    responses((status = 200, body = Page<PatientMerge>)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_merge_list(
    ctx: Ctx,
    Query(page): Query<PageQuery>,
) -> http::Result<Json<Page<PatientMerge>>> {
    let (after, size) = (page.cursor()?, page.size());
    Ok(Json(
        ctx.read(move |tx| merge::list(tx, after, size)).await?,
    ))
}

/// Refuses a patient that the actor's scope does not reach, as if there were none.
fn require_reach(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let patient: Versioned<Patient> = tx.load(id)?;
    let mut orgs = basis::orgs_of(tx, id)?;
    orgs.push(patient.org_id);
    for org_id in orgs {
        if http::access::covers(tx, org_id)? {
            return Ok(());
        }
    }
    Err(Error::not_found("patient"))
}

/// Merge two patients that are one, whoever found them.
#[utoipa::path(post, path = "/api/patient-index/merges", tag = "record", request_body = MergeInput,
    responses((status = 201, body = PatientMerge)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_merge(
    ctx: Ctx,
    Json(body): Json<MergeInput>,
) -> http::Result<Created<PatientMerge>> {
    let movers = movers(&ctx);
    let merged = ctx.write(move |tx| {
        require_reach(tx, body.winner_id).map_err(|error| error.at("winner_id"))?;
        require_reach(tx, body.loser_id).map_err(|error| error.at("loser_id"))?;
        let least = matching::rule(tx)?.reason_characters_min;
        let reason = review::checked_reason(&body.reason, least)?;
        let merge = merge::merge(tx, body.winner_id, body.loser_id, &reason, None, &movers)?;
        Ok(Created(Etag::new(merge.version, merge.data)))
    });
    Ok(merged.await?)
}

fn load_merge(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<PatientMerge>> {
    let merge: Versioned<PatientMerge> = tx.load(id)?;
    if http::access::covers(tx, merge.org_id)? {
        return Ok(merge);
    }
    Err(Error::not_found("patient-merge"))
}

/// A merge with everything that moved.
#[utoipa::path(get, path = "/api/patient-index/merges/{id}", tag = "record",
    params(("id" = Id, Path)), responses((status = 200, body = PatientMerge)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_merge_show(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<PatientMerge>> {
    let merge = ctx.read(move |tx| load_merge(tx, id)).await?;
    Ok(Etag::new(merge.version, merge.data))
}

/// Why a merge is taken back.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PatientUnmergeInput)]
struct UnmergeInput {
    /// Why they are two after all.
    reason: String,
}

/// Take a merge back: everything it moved returns, and the two are remembered as different.
#[utoipa::path(post, path = "/api/patient-index/merges/{id}/undo", tag = "record",
    params(("id" = Id, Path)), request_body = UnmergeInput,
    responses((status = 200, body = PatientMerge)),
    extensions(("x-permission" = json!("record.index"))))]
async fn index_unmerge(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<UnmergeInput>,
) -> http::Result<Etag<PatientMerge>> {
    let (seen, movers) = (ctx.if_match()?, movers(&ctx));
    let undone = ctx.write(move |tx| {
        let merge = load_merge(tx, id)?;
        tx.check_version(&merge, seen)?;
        let least = matching::rule(tx)?.reason_characters_min;
        let reason = review::checked_reason(&body.reason, least)?;
        let merge = merge::unmerge(tx, merge, &reason, &movers)?;
        Ok(Etag::new(merge.version, merge.data))
    });
    Ok(undone.await?)
}

/// Take in a member's registration of a person from another system. Known numbers are brought up to
/// date; others are linked, put to somebody, or registered.
#[utoipa::path(post, path = "/api/patient-index/sources", tag = "record", request_body = NewSource,
    responses((status = 200, body = Received)),
    extensions(("x-permission" = json!("record.register"))))]
async fn index_source_receive(
    ctx: Ctx,
    Json(body): Json<NewSource>,
) -> http::Result<Json<Received>> {
    let received = ctx.write(move |tx| {
        http::access::require_org(tx, body.org_id).map_err(|error| error.at("org_id"))?;
        index::receive(tx, &body)
    });
    Ok(Json(received.await?))
}

/// What members hold about a patient, and which of it stands.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct PatientSources {
    /// Source records, masked.
    sources: Vec<SourceRecord>,
    /// Which source each field comes from.
    provenance: Vec<Provenance>,
    /// Merges into this patient that stand.
    merges: Vec<PatientMerge>,
}

/// The source records of a patient. Needs a basis; the look is noted.
#[utoipa::path(get, path = "/api/patients/{id}/sources", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = PatientSources)),
    extensions(("x-permission" = json!("record.read"))))]
async fn patient_sources(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<PatientSources>> {
    let result = ctx.read(move |tx| {
        let (patient, _) = basis::view(tx, id, "sources")?;
        let sources = source::of_patient(tx, patient.id)?;
        let merges = merge::into(tx, patient.id)?;
        Ok(PatientSources {
            sources: sources.into_iter().map(|one| masked(one.data)).collect(),
            provenance: survivorship::provenance(tx, patient.id)?,
            merges: merges.into_iter().map(|one| one.data).collect(),
        })
    });
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

/// Register a newborn at its mother.
#[utoipa::path(post, path = "/api/patients/{id}/newborns", tag = "record", params(("id" = Id, Path)),
    request_body = NewNewborn, responses((status = 201, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_newborn(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewNewborn>,
) -> http::Result<Created<PatientRecord>> {
    let result = ctx.write(move |tx| {
        let (mother, _) = basis::view(tx, id, "newborn")?;
        let child = newborn::register(tx, &mother, &body)?;
        Ok(Created(record(tx, &child, Basis::OwnPatient)?))
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// How good each member's registrations are, field by field, with numerator and denominator.
#[utoipa::path(get, path = "/api/patient-index/quality", tag = "record",
    responses((status = 200, body = Vec<QualityRow>)),
    extensions(("x-permission" = json!("record.quality"))))]
async fn index_quality(ctx: Ctx) -> http::Result<Json<Vec<QualityRow>>> {
    Ok(Json(ctx.read(quality::report).await?))
}

/// The quality report as a spreadsheet.
#[utoipa::path(get, path = "/api/patient-index/quality/export", tag = "record",
    responses((status = 200, description = "xlsx",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("record.quality"))))]
async fn index_quality_export(ctx: Ctx) -> http::Result<Response> {
    let rows = ctx.read(quality::report).await?;
    let headers = ["机构", "字段", "合格", "缺失", "无效", "占位值", "登记数"];
    let lines: Vec<Vec<Cell>> = rows
        .into_iter()
        .map(|row| {
            let counts = [
                row.good,
                row.missing,
                row.invalid,
                row.placeholder,
                row.records,
            ];
            let words = [row.org_name, field_zh(&row.field).to_owned()];
            let words = words.into_iter().map(Cell::from);
            words.chain(counts.map(Cell::from)).collect()
        })
        .collect();
    Ok(export::xlsx("patient-quality", &headers, &lines)?)
}

fn field_zh(field: &str) -> &str {
    match field {
        "name" => "姓名",
        "sex" => "性别",
        "birth-date" => "出生日期",
        "resident-id" => "身份证号",
        "phone" => "电话",
        "address" => "地址",
        other => other,
    }
}
