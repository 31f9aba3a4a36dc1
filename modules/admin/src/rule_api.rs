//! `/api/rule-sets` and `/api/roles`: what a consortium may change about the rules, with a preview.

use http::signin::{self, RoleMatrix};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Date, Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{RuleSeed, RuleVersion, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::diff::{self, FieldChange};
use crate::duties::{self, Duty};
use crate::holders;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(rule_set_list))
        .routes(routes!(rule_set_show))
        .routes(routes!(rule_set_diff))
        .routes(routes!(rule_set_preview))
        .routes(routes!(rule_set_add))
        .routes(routes!(security_rule_add))
        .routes(routes!(role_show, role_change))
        .routes(routes!(role_preview))
}

/// The rule set that is the role matrix.
const ROLES: &str = "access.roles";
/// Rule sets of this prefix belong to security administrators.
const SECURITY_PREFIX: &str = "access.";
/// A longer source is a document of its own.
const SOURCE_CHARACTERS_MAX: usize = 300;

/// A rule set and its versions.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleSetView {
    /// Its code.
    pub code: String,
    /// The version in force today.
    pub in_force: Option<i64>,
    /// Number of the newest version; send it back as `after`.
    pub newest: i64,
    /// Belongs to security administrators.
    pub security: bool,
    /// All versions, newest first.
    pub versions: Vec<RuleVersion>,
}

/// A rule set in a list.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleSetRow {
    /// The newest version.
    pub newest: RuleVersion,
    /// Belongs to security administrators.
    pub security: bool,
    /// Can be changed: a module of this server reads it.
    pub known: bool,
}

/// Every rule set, in its newest version.
#[utoipa::path(get, path = "/api/rule-sets", tag = "admin",
    responses((status = 200, body = Vec<RuleSetRow>)),
    extensions(("x-permission" = json!("rule.read"))))]
async fn rule_set_list(ctx: Ctx) -> http::Result<Json<Vec<RuleSetRow>>> {
    let sets = ctx.read(|tx| tx.rule_sets()).await?;
    let rows = sets.into_iter().map(|newest| RuleSetRow {
        security: newest.code.starts_with(SECURITY_PREFIX),
        known: seed_of(&ctx, &newest.code).is_ok(),
        newest,
    });
    Ok(Json(rows.collect()))
}

fn seed_of(ctx: &Ctx, code: &str) -> Result<RuleSeed> {
    let found = ctx.app().rule_seeds().iter().find(|seed| seed.code == code);
    found.copied().ok_or_else(|| Error::not_found("rule-set"))
}

/// One rule set with all its versions.
#[utoipa::path(get, path = "/api/rule-sets/{code}", tag = "admin", params(("code" = String, Path)),
    responses((status = 200, body = RuleSetView)),
    extensions(("x-permission" = json!("rule.read"))))]
async fn rule_set_show(ctx: Ctx, Path(code): Path<String>) -> http::Result<Json<RuleSetView>> {
    Ok(Json(ctx.read(move |tx| show(tx, &code)).await?))
}

fn show(tx: &mut Tx<'_>, code: &str) -> Result<RuleSetView> {
    let versions = tx.rule_versions(code)?;
    let newest = versions
        .first()
        .ok_or_else(|| Error::not_found("rule-set"))?
        .version;
    let today = tx.now().date();
    let begun = versions.iter().filter(|one| one.effective_from <= today);
    let in_force = begun
        .max_by_key(|one| (one.effective_from, one.version))
        .map(|one| one.version);
    let security = code.starts_with(SECURITY_PREFIX);
    Ok(RuleSetView {
        code: code.to_owned(),
        in_force,
        newest,
        security,
        versions,
    })
}

/// Two versions to compare.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DiffQuery {
    /// The older.
    from: i64,
    /// The newer.
    to: i64,
}

/// What changed between two versions of a rule set.
#[utoipa::path(get, path = "/api/rule-sets/{code}/diff", tag = "admin",
    params(("code" = String, Path), DiffQuery), responses((status = 200, body = Vec<FieldChange>)),
    extensions(("x-permission" = json!("rule.read"))))]
async fn rule_set_diff(
    ctx: Ctx,
    Path(code): Path<String>,
    Query(query): Query<DiffQuery>,
) -> http::Result<Json<Vec<FieldChange>>> {
    let versions = ctx.read(move |tx| tx.rule_versions(&code)).await?;
    let body = |version: i64, field: &str| {
        let found = versions.iter().find(|one| one.version == version);
        found
            .map(|one| &one.body)
            .ok_or_else(|| Error::not_found("rule-set").at(field))
    };
    Ok(Json(diff::changes(
        body(query.from, "from")?,
        body(query.to, "to")?,
    )))
}

/// A version to add.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRuleVersion {
    /// The newest version the author saw.
    pub after: i64,
    /// In force from this day on; today or later.
    pub effective_from: Date,
    /// Where the values come from: document number and clause, or a decision of the consortium.
    pub source: String,
    /// The values.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}

/// A version that is being written.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleDraft {
    /// The values.
    #[schema(value_type = Object)]
    body: serde_json::Value,
}

/// What adding a version would do.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RulePreview {
    /// The module can read it.
    pub valid: bool,
    /// Code of what is wrong, where something is.
    pub code: Option<String>,
    /// What is wrong, in words.
    pub detail: Option<String>,
    /// Fields at fault.
    pub fields: Vec<String>,
    /// What would change against the newest version.
    pub changes: Vec<FieldChange>,
    /// That version.
    pub against: i64,
}

/// Check a version that is being written, and show what it would change. Changes nothing.
#[utoipa::path(post, path = "/api/rule-sets/{code}/preview", tag = "admin",
    params(("code" = String, Path)), request_body = RuleDraft,
    responses((status = 200, body = RulePreview)),
    extensions(("x-permission" = json!("rule.read"))))]
async fn rule_set_preview(
    ctx: Ctx,
    Path(code): Path<String>,
    Json(body): Json<RuleDraft>,
) -> http::Result<Json<RulePreview>> {
    let seed = seed_of(&ctx, &code)?;
    let permissions = permission_codes(&ctx);
    let checked = check(&seed, &permissions, &body.body);
    Ok(Json(preview(&ctx, seed.code, body.body, checked).await?))
}

async fn preview(
    ctx: &Ctx,
    code: &'static str,
    body: serde_json::Value,
    checked: Result<()>,
) -> Result<RulePreview> {
    let matrix = (code == ROLES && checked.is_ok()).then(|| matrix_in(&body));
    let matrix = matrix.transpose()?;
    let (view, holders) = ctx
        .read(move |tx| {
            let today = tx.now().date();
            let holders = match &matrix {
                Some(matrix) => holders::of_two_duties(tx, matrix, today)?,
                None => Vec::new(),
            };
            Ok((show(tx, code)?, holders))
        })
        .await?;
    let newest = view.versions.first().map(|one| &one.body);
    let changes = newest
        .map(|newest| diff::changes(newest, &body))
        .unwrap_or_default();
    let error = checked.and_then(|()| holders::refuse(&holders)).err();
    Ok(RulePreview {
        valid: error.is_none(),
        code: error.as_ref().map(|error| error.code().to_owned()),
        detail: error.as_ref().map(|error| error.detail().to_owned()),
        fields: error
            .map(|error| error.fields().to_vec())
            .unwrap_or_default(),
        changes,
        against: view.newest,
    })
}

fn permission_codes(ctx: &Ctx) -> Vec<&'static str> {
    ctx.app()
        .permissions()
        .iter()
        .map(|permission| permission.code)
        .collect()
}

/// The module's own check, and for the role matrix the separation of duties.
fn check(seed: &RuleSeed, permissions: &[&str], body: &serde_json::Value) -> Result<()> {
    if !body.is_object() {
        return Err(Error::invalid(
            "rule.unreadable",
            "body",
            "a rule is a JSON object",
        ));
    }
    (seed.check)(body)?;
    if seed.code == ROLES {
        duties::check_matrix(&matrix_in(body)?, permissions)?;
    }
    Ok(())
}

/// The matrix in a body whose shape was checked.
fn matrix_in(body: &serde_json::Value) -> Result<RoleMatrix> {
    serde_json::from_value(body.clone()).map_err(Error::internal)
}

/// Add a version of a rule set. It takes effect on its day; earlier decisions keep theirs.
#[utoipa::path(post, path = "/api/rule-sets/{code}/versions", tag = "admin",
    params(("code" = String, Path)), request_body = NewRuleVersion,
    responses((status = 201, body = RuleSetView)),
    extensions(("x-permission" = json!("rule.manage"))))]
async fn rule_set_add(
    ctx: Ctx,
    Path(code): Path<String>,
    Json(body): Json<NewRuleVersion>,
) -> http::Result<Created<RuleSetView>> {
    let seed = seed_of(&ctx, &code)?;
    if code.starts_with(SECURITY_PREFIX) {
        let detail = "this rule set belongs to security administrators";
        return Err(Error::forbidden("admin.security-rule", detail).into());
    }
    Ok(add(&ctx, seed, body).await?)
}

/// Add a version of a rule set on passwords or sessions.
#[utoipa::path(post, path = "/api/security-rules/{code}/versions", tag = "admin",
    params(("code" = String, Path)), request_body = NewRuleVersion,
    responses((status = 201, body = RuleSetView)),
    extensions(("x-permission" = json!("role.manage"))))]
async fn security_rule_add(
    ctx: Ctx,
    Path(code): Path<String>,
    Json(body): Json<NewRuleVersion>,
) -> http::Result<Created<RuleSetView>> {
    let seed = seed_of(&ctx, &code)?;
    if !code.starts_with(SECURITY_PREFIX) || code == ROLES {
        return Err(Error::not_found("rule-set").into());
    }
    Ok(add(&ctx, seed, body).await?)
}

async fn add(ctx: &Ctx, seed: RuleSeed, new: NewRuleVersion) -> Result<Created<RuleSetView>> {
    let permissions = permission_codes(ctx);
    let view = ctx.write(move |tx| {
        let source = new.source.trim();
        if source.is_empty() || source.chars().count() > SOURCE_CHARACTERS_MAX {
            let detail = "say in up to 300 characters where the values come from";
            return Err(Error::invalid("admin.rule-source", "source", detail));
        }
        if new.effective_from < tx.now().date() {
            let detail = "a rule takes effect today or later; the past keeps its rules";
            return Err(Error::invalid(
                "admin.rule-in-past",
                "effective_from",
                detail,
            ));
        }
        check(&seed, &permissions, &new.body)?;
        if seed.code == ROLES {
            let matrix = matrix_in(&new.body)?;
            let day = new.effective_from;
            holders::refuse(&holders::of_two_duties(tx, &matrix, day)?)?;
        }
        tx.add_rule_version(&seed, new.after, new.effective_from, source, &new.body)?;
        show(tx, seed.code)
    });
    let view = view.await?;
    Ok(Created(Etag::new(view.newest, view)))
}

/// The role and scope matrix.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RoleMatrixView {
    /// Number of the newest version; send it back as `after`.
    pub newest: i64,
    /// The version in force today.
    pub in_force: Option<i64>,
    /// The matrix in force.
    pub matrix: RoleMatrix,
    /// Every permission there is.
    pub permissions: Vec<PermissionView>,
}

/// A permission as the matrix shows it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PermissionView {
    /// `module.verb`.
    pub code: String,
    /// Chinese name.
    pub title_zh: String,
    /// English name.
    pub title_en: String,
    /// The duty it belongs to; no role holds two.
    pub duty: Option<Duty>,
}

/// The role and scope matrix, with every permission there is.
#[utoipa::path(get, path = "/api/roles", tag = "admin",
    responses((status = 200, body = RoleMatrixView)),
    extensions(("x-permission" = json!("role.read"))))]
async fn role_show(ctx: Ctx) -> http::Result<Etag<RoleMatrixView>> {
    let permissions = ctx
        .app()
        .permissions()
        .iter()
        .map(|permission| PermissionView {
            code: permission.code.to_owned(),
            title_zh: permission.title_zh.to_owned(),
            title_en: permission.title_en.to_owned(),
            duty: duties::duty_of(permission.code),
        });
    let permissions: Vec<_> = permissions.collect();
    let (rule, matrix) = ctx
        .read(|tx| Ok((show(tx, ROLES)?, signin::role_matrix(tx)?)))
        .await?;
    let (newest, in_force) = (rule.newest, rule.in_force);
    Ok(Etag::new(
        newest,
        RoleMatrixView {
            newest,
            in_force,
            matrix,
            permissions,
        },
    ))
}

/// A new matrix.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixChange {
    /// In force from this day on.
    pub effective_from: Date,
    /// Who decided it.
    pub source: String,
    /// The roles and their grants.
    pub roles: Vec<signin::RoleDefinition>,
}

/// A matrix that is being written.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MatrixDraft {
    /// The roles and their grants.
    roles: Vec<signin::RoleDefinition>,
}

/// Every permission of this release counts as decided on, so that none comes back by default.
fn matrix_of(ctx: &Ctx, roles: Vec<signin::RoleDefinition>) -> RoleMatrix {
    let known = permission_codes(ctx)
        .into_iter()
        .map(str::to_owned)
        .collect();
    RoleMatrix { known, roles }
}

/// Check a matrix that is being written, and show what it would change. Changes nothing.
#[utoipa::path(post, path = "/api/roles/preview", tag = "admin", request_body = MatrixDraft,
    responses((status = 200, body = RulePreview)),
    extensions(("x-permission" = json!("role.read"))))]
async fn role_preview(ctx: Ctx, Json(body): Json<MatrixDraft>) -> http::Result<Json<RulePreview>> {
    let matrix = matrix_of(&ctx, body.roles);
    let checked = duties::check_matrix(&matrix, &permission_codes(&ctx));
    Ok(Json(preview(&ctx, ROLES, json!(matrix), checked).await?))
}

/// Change the matrix: a new version of the rule set `access.roles`.
#[utoipa::path(put, path = "/api/roles", tag = "admin", request_body = MatrixChange,
    responses((status = 201, body = RuleSetView)),
    extensions(("x-permission" = json!("role.manage"))))]
async fn role_change(
    ctx: Ctx,
    Json(body): Json<MatrixChange>,
) -> http::Result<Created<RuleSetView>> {
    let after = ctx.if_match()?;
    let seed = seed_of(&ctx, ROLES)?;
    let matrix = matrix_of(&ctx, body.roles);
    let new = NewRuleVersion {
        after,
        effective_from: body.effective_from,
        source: body.source,
        body: json!(matrix),
    };
    let changed = add(&ctx, seed, new).await;
    changed.map_err(|error| match error.kind() {
        // The matrix came with If-Match; its refusal is the same as for any document.
        Kind::StaleVersion => error.at("If-Match").into(),
        _ => error.into(),
    })
}
