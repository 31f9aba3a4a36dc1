//! Lists, counts, export, bulk triage.

use axum::response::{IntoResponse, Response};
use http::export::{self, Cell};
use http::{App, Ctx, Json, Query, Result, access};
use kernel::{Id, Kind as ErrorKind, Page};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::drafts;
use crate::commands::{Command, Review, act};
use crate::counts::{self, Counts};
use crate::lists::{ListQuery, ReferralRow, list};
use crate::words::State;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_list, drafts::referral_create))
        .routes(routes!(referral_counts))
        .routes(routes!(referral_export))
        .routes(routes!(referral_bulk))
}

/// Cases of a box: running ones by their limit, others newest first.
#[utoipa::path(
    get, path = "/api/referrals", tag = "referral", operation_id = "referral_list",
    params(ListQuery), responses((status = 200, body = Page<ReferralRow>)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_list(
    ctx: Ctx,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<ReferralRow>>> {
    Ok(Json(ctx.read(move |tx| list(tx, &query)).await?))
}

/// Whose counts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct CountsQuery {
    /// Another organization than the caller's own, within the permission.
    org_id: Option<Id>,
}

/// How many live cases stand where, for the saved views.
#[utoipa::path(
    get, path = "/api/referrals/counts", tag = "referral", operation_id = "referral_counts",
    params(CountsQuery), responses((status = 200, body = Counts)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_counts(ctx: Ctx, Query(query): Query<CountsQuery>) -> Result<Json<Counts>> {
    let counts = ctx.read(move |tx| {
        let org_id = query.org_id.unwrap_or(tx.actor().org_id);
        access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
        counts::of(tx, org_id)
    });
    Ok(Json(counts.await?))
}

/// Rows of one export.
const EXPORT_ROWS_MAX: usize = 10_000;

/// The list as a spreadsheet. The export is audited.
#[utoipa::path(
    get, path = "/api/referrals/export", tag = "referral", operation_id = "referral_export",
    params(ListQuery),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)),
    extensions(("x-permission" = json!("referral.export"))),
)]
async fn referral_export(ctx: Ctx, Query(query): Query<ListQuery>) -> Result<Response> {
    let asked = serde_json::json!(&query);
    let rows = ctx.read(move |tx| all_rows(tx, &query)).await?;
    note_export(&ctx, "referral-list", rows.len(), asked).await?;
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(cells).collect();
    Ok(export::xlsx("referrals", HEADERS, &rows)?.into_response())
}

/// Audits that a spreadsheet went out: how many rows, narrowed by what.
pub(super) async fn note_export(
    ctx: &Ctx,
    kind: &'static str,
    rows: usize,
    filters: serde_json::Value,
) -> kernel::Result<()> {
    let noted = ctx.store().write(ctx.request(), move |tx| {
        let detail = serde_json::json!({ "rows": rows, "filters": filters });
        let subject = Subject {
            org_id: Some(tx.actor().org_id),
            ..Subject::new(kind, tx.new_id())
        };
        tx.record(Change::new("referral.exported").detail(detail), subject)
    });
    noted.await
}

fn all_rows(tx: &mut Tx<'_>, query: &ListQuery) -> kernel::Result<Vec<ReferralRow>> {
    let mut query = ListQuery {
        after: None,
        limit: Some(200),
        ..query.clone()
    };
    let mut rows = Vec::new();
    loop {
        let page = list(tx, &query)?;
        rows.extend(page.items);
        match page.next {
            Some(next) if rows.len() < EXPORT_ROWS_MAX => query.after = Some(next),
            _ => return Ok(rows),
        }
    }
}

const HEADERS: &[&str] = &[
    "转诊单号",
    "类型",
    "状态",
    "优先级",
    "姓名",
    "性别",
    "年龄",
    "诊断",
    "转出机构",
    "转出医生",
    "转入机构",
    "转入科室",
    "提交时间",
    "时限",
    "是否超时",
    "预计到诊",
    "床位/号源",
    "30天再入院",
];

fn cells(row: ReferralRow) -> Vec<Cell> {
    use kernel::identity::Sex;
    let sex = match row.patient_sex {
        Sex::Male => "男",
        Sex::Female => "女",
        Sex::Other => "未说明",
        Sex::Unknown => "未知",
    };
    let yes = |is: bool| Cell::from(if is { "是" } else { "否" });
    vec![
        row.number.into(),
        row.kind.zh().into(),
        row.state.zh().into(),
        row.priority.zh().into(),
        row.patient_name.into(),
        sex.into(),
        row.patient_age_years.map(i64::from).into(),
        row.diagnosis.into(),
        row.from_org_name.into(),
        row.from_doctor_name.into(),
        row.to_org_name.into(),
        row.to_department_name.into(),
        row.submitted_at.map(kernel::Instant::local_minutes).into(),
        row.due_at.map(kernel::Instant::local_minutes).into(),
        yes(row.overdue),
        row.expected_at.map(kernel::Instant::local_minutes).into(),
        row.place_name.into(),
        yes(row.readmission),
    ]
}

/// Cases taken up together.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// The cases and the versions seen.
    pub items: Vec<BulkItem>,
    /// Give them to this department.
    #[serde(default)]
    pub department_id: Option<Id>,
}

/// One case of a bulk command.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    /// The case.
    pub id: Id,
    /// The version seen.
    pub version: i64,
}

/// What became of one case.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BulkResult {
    /// The case.
    pub id: Id,
    /// Done?
    pub done: bool,
    /// Its version now, when done.
    pub version: Option<i64>,
    /// Where it stands now, when done.
    pub state: Option<State>,
    /// Why not: a code.
    pub code: Option<String>,
}

/// Most cases of one bulk command.
const BULK_MAX: usize = 100;

/// Takes several requests up at once; each row answers for itself.
#[utoipa::path(
    post, path = "/api/referrals/bulk", tag = "referral", operation_id = "referral_bulk",
    request_body = Bulk, responses((status = 200, body = Vec<BulkResult>)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_bulk(ctx: Ctx, Json(body): Json<Bulk>) -> Result<Json<Vec<BulkResult>>> {
    if body.items.is_empty() || body.items.len() > BULK_MAX {
        let detail = format!("a bulk command takes 1 to {BULK_MAX} cases");
        return Err(kernel::Error::invalid("referral.too-many", "items", detail).into());
    }
    let results = ctx.write(move |tx| {
        let command = Command::Review(Review {
            department_id: body.department_id,
        });
        let mut results = Vec::with_capacity(body.items.len());
        for item in &body.items {
            results.push(one(tx, *item, &command)?);
        }
        Ok(results)
    });
    Ok(Json(results.await?))
}

/// Taking up decides before it writes, so a refusal leaves the transaction whole.
fn one(tx: &mut Tx<'_>, item: BulkItem, command: &Command) -> kernel::Result<BulkResult> {
    let none = BulkResult {
        id: item.id,
        done: false,
        version: None,
        state: None,
        code: None,
    };
    match act(tx, item.id, Some(item.version), command) {
        Ok(referral) => Ok(BulkResult {
            done: true,
            version: Some(referral.version),
            state: Some(referral.state),
            ..none
        }),
        Err(error) if is_refusal(error.kind()) => Ok(BulkResult {
            code: Some(error.code().to_owned()),
            ..none
        }),
        Err(error) => Err(error),
    }
}

fn is_refusal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Invalid
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::StaleVersion
            | ErrorKind::Rule
    )
}
