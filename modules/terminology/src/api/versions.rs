//! Systems and their versions: bring a file, look at what it changes, put it in force, go back.

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use http::{App, Created, Ctx, Etag, Json, Path, Query, Result};
use kernel::text::tidy;
use kernel::{Date, Error, Id, Page, page};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{FHIR, FILE_BYTES_MAX, FileForm, XLSX, download, page_by};
use crate::import::{self, File};
use crate::model::{CodeSystem, Concept};
use crate::version_model::{ChangeKind, ConceptChange, Version, VersionState};
use crate::versions::{self, Incoming};
use crate::{fhir_files, sql, workbook};

pub(super) fn routes() -> OpenApiRouter<App> {
    let bring = OpenApiRouter::new()
        .routes(routes!(version_list, version_bring))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    OpenApiRouter::new()
        .merge(bring)
        .routes(routes!(version_get))
        .routes(routes!(version_changes))
        .routes(routes!(version_activate))
        .routes(routes!(version_discard))
        .routes(routes!(version_restore))
        .routes(routes!(system_export))
}

/// Names that paths use.
const RESERVED: [&str; 4] = ["systems", "maps", "coverage", "tree"];

/// A new code system.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeSystemInput)]
pub(super) struct SystemInput {
    /// Its name in the API: small letters, digits, `-`.
    system: String,
    /// Chinese name.
    name_zh: String,
    /// English name; the Chinese one when empty.
    #[serde(default)]
    name_en: String,
    /// Where the codes come from.
    #[serde(default)]
    source: String,
    /// What other systems call it; `urn:lianti:` and its name when empty.
    #[serde(default)]
    url: String,
    /// The member whose own codes they are; absent for what all share.
    org_id: Option<Id>,
}

/// Adds a code system without concepts; bring a version next.
#[utoipa::path(post, path = "/api/terminology/systems", tag = "terminology",
    request_body = SystemInput, responses((status = 201, body = CodeSystem)),
    extensions(("x-permission" = json!("terminology.manage"))))]
pub(super) async fn create_system(
    ctx: Ctx,
    Json(body): Json<SystemInput>,
) -> Result<Created<CodeSystem>> {
    let create = move |tx: &mut Tx<'_>| {
        let system = checked(&body)?;
        if let Some(org_id) = system.org_id {
            http::access::require_org(tx, org_id)?;
        }
        let taken = sql::system(tx, &system.system)?.is_some()
            || sql::system_of_url(tx, &system.url)?.is_some();
        if taken {
            let detail = "there is a code system with this name or URI";
            return Err(Error::conflict("terminology.system-taken", detail));
        }
        let id = tx.new_id();
        sql::add_system(tx, id, &system)?;
        let detail = serde_json::json!({ "system": system.system, "url": system.url });
        let subject = Subject {
            org_id: system.org_id,
            ..Subject::new("code-system", id)
        };
        tx.record(
            Change::new("terminology.system-created").detail(detail),
            subject,
        )?;
        Ok(Etag::new(1, system))
    };
    Ok(Created(ctx.write(create).await?))
}

fn checked(input: &SystemInput) -> kernel::Result<CodeSystem> {
    let refuse =
        |field: &str, detail: &str| Err(Error::invalid("terminology.system-field", field, detail));
    let name = input.system.as_str();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=40).contains(&name.len()) || !name.chars().all(plain) || RESERVED.contains(&name) {
        return refuse("system", "2 to 40 small letters, digits and -");
    }
    let url = match input.url.trim() {
        "" => format!("urn:lianti:{name}"),
        url if url.contains(char::is_whitespace) || url.len() > 200 => {
            return refuse("url", "a URI has no blanks and at most 200 characters");
        }
        url => url.to_owned(),
    };
    let name_zh = tidy(&input.name_zh);
    if !(1..=100).contains(&name_zh.chars().count()) {
        return refuse("name_zh", "a name has 1 to 100 characters");
    }
    let name_en = Some(tidy(&input.name_en)).filter(|name| !name.is_empty());
    Ok(CodeSystem {
        system: name.to_owned(),
        name_en: name_en.unwrap_or_else(|| name_zh.clone()),
        name_zh,
        source: tidy(&input.source),
        edition: String::new(),
        concepts: 0,
        url,
        org_id: input.org_id,
        active_number: 0,
    })
}

/// Refuses a system that is out of reach.
fn require_system(tx: &mut Tx<'_>, system: &str) -> kernel::Result<CodeSystem> {
    let known = sql::system(tx, system)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    if let Some(org_id) = known.org_id {
        http::access::require_org(tx, org_id)?;
    }
    Ok(known)
}

/// The versions of a code system, the newest first.
#[utoipa::path(get, path = "/api/terminology/{system}/versions", tag = "terminology",
    params(("system" = String, Path)), responses((status = 200, body = Vec<Version>)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_list(ctx: Ctx, Path(system): Path<String>) -> Result<Json<Vec<Version>>> {
    let read = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        versions::list(tx, &system)
    };
    Ok(Json(ctx.read(read).await?))
}

/// What comes with a file.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct BringQuery {
    /// What its publisher calls it.
    edition: String,
    /// The file's name.
    #[serde(default)]
    file_name: String,
    /// Is it the whole catalogue? Then what it lacks is retired.
    #[serde(default)]
    complete: bool,
    /// First day in force; the day it is put in force when absent.
    #[param(value_type = Option<String>, format = Date)]
    effective_from: Option<Date>,
    /// Why.
    #[serde(default)]
    note: String,
}

/// Brings a file as a draft: what it would change is kept and can be looked at; nothing is in force.
#[utoipa::path(post, path = "/api/terminology/{system}/versions", tag = "terminology",
    params(("system" = String, Path), BringQuery),
    request_body(content = String, content_type = "application/octet-stream",
        description = "xlsx; csv in UTF-8 or GB18030; FHIR CodeSystem, also in a Bundle"),
    responses((status = 201, body = Version)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_bring(
    ctx: Ctx,
    Path(system): Path<String>,
    Query(query): Query<BringQuery>,
    file: Bytes,
) -> Result<Created<Version>> {
    let bring = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        let edition = tidy(&query.edition);
        let fits = |text: &str, most: usize| text.chars().count() <= most;
        if edition.is_empty() || !fits(&edition, 60) || !fits(&query.note, 500) {
            let detail = "an edition has 1 to 60 characters, a note at most 500";
            return Err(Error::invalid(
                "terminology.version-field",
                "edition",
                detail,
            ));
        }
        let name: String = query.file_name.chars().take(200).collect();
        let incoming = Incoming {
            edition: &edition,
            note: query.note.trim(),
            complete: query.complete,
            effective_from: query.effective_from,
            ..Incoming::default()
        };
        let file = File {
            bytes: &file,
            name: &name,
        };
        let kept = import::draft(tx, &system, file, &incoming)?;
        Ok(Etag::new(kept.version, kept.data))
    };
    Ok(Created(ctx.write(bring).await?))
}

/// One version.
#[utoipa::path(get, path = "/api/terminology/{system}/versions/{number}", tag = "terminology",
    params(("system" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = Version)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_get(
    ctx: Ctx,
    Path((system, number)): Path<(String, i64)>,
) -> Result<Etag<Version>> {
    let read = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        versions::load(tx, &system, number)
    };
    let found = ctx.read(read).await?;
    Ok(Etag::new(found.version, found.data))
}

/// Which changes to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ChangesQuery {
    /// Only of this kind.
    kind: Option<ChangeKind>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// What a version changes against the one before it, by code.
#[utoipa::path(get, path = "/api/terminology/{system}/versions/{number}/changes",
    tag = "terminology",
    params(("system" = String, Path), ("number" = i64, Path), ChangesQuery),
    responses((status = 200, body = Page<ConceptChange>)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_changes(
    ctx: Ctx,
    Path((system, number)): Path<(String, i64)>,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<Page<ConceptChange>>> {
    let size = page::page_size(query.limit);
    let read = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        let after = query.after.as_deref().unwrap_or_default();
        versions::changes(tx, &system, number, query.kind, (after, size + 1))
    };
    let found = ctx.read(read).await?;
    Ok(Json(page_by(found, size, |change| change.code.clone())))
}

/// Puts a draft in force, today or on its day; the version before it is retired.
#[utoipa::path(post, path = "/api/terminology/{system}/versions/{number}/activate",
    tag = "terminology", params(("system" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = Version)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_activate(
    ctx: Ctx,
    Path((system, number)): Path<(String, i64)>,
) -> Result<Etag<Version>> {
    let seen = ctx.if_match()?;
    let activate = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        let draft = versions::load(tx, &system, number)?;
        tx.check_version(&draft, seen)?;
        let today = tx.now().date();
        let done = match draft.effective_from {
            Some(from) if from > today => versions::schedule(tx, draft, from)?,
            _ => versions::put_in_force(tx, draft)?,
        };
        Ok(Etag::new(seen + 1, done))
    };
    Ok(ctx.write(activate).await?)
}

/// Gives a draft up.
#[utoipa::path(post, path = "/api/terminology/{system}/versions/{number}/discard",
    tag = "terminology", params(("system" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = Version)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_discard(
    ctx: Ctx,
    Path((system, number)): Path<(String, i64)>,
) -> Result<Etag<Version>> {
    let seen = ctx.if_match()?;
    let give_up = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        let draft = versions::load(tx, &system, number)?;
        tx.check_version(&draft, seen)?;
        Ok(Etag::new(seen + 1, versions::discard(tx, draft)?))
    };
    Ok(ctx.write(give_up).await?)
}

/// Why one goes back.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeSystemRestore)]
struct Restore {
    /// In words.
    #[serde(default)]
    note: String,
}

/// Goes back to what an earlier version held; that is a new version, so nothing is lost.
#[utoipa::path(post, path = "/api/terminology/{system}/versions/{number}/restore",
    tag = "terminology", params(("system" = String, Path), ("number" = i64, Path)),
    request_body = Restore, responses((status = 200, body = Version)),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn version_restore(
    ctx: Ctx,
    Path((system, number)): Path<(String, i64)>,
    Json(body): Json<Restore>,
) -> Result<Json<Version>> {
    let restore = move |tx: &mut Tx<'_>| {
        require_system(tx, &system)?;
        let note: String = body.note.trim().chars().take(500).collect();
        versions::restore(tx, &system, number, &note)
    };
    Ok(Json(ctx.write(restore).await?))
}

/// What to write out.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// Spreadsheet or FHIR CodeSystem.
    #[serde(default)]
    #[param(inline)]
    form: FileForm,
    /// As it read in this version; in force today when absent.
    number: Option<i64>,
}

/// A code system as a file that can be brought again.
#[utoipa::path(get, path = "/api/terminology/{system}/export", tag = "terminology",
    params(("system" = String, Path), ExportQuery),
    responses((status = 200, description = "xlsx, or FHIR JSON")),
    extensions(("x-permission" = json!("terminology.manage"))))]
async fn system_export(
    ctx: Ctx,
    Path(system): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<Response> {
    let number = query.number;
    let read = move |tx: &mut Tx<'_>| -> kernel::Result<(CodeSystem, String, Vec<Concept>)> {
        let known = require_system(tx, &system)?;
        let Some(number) = number else {
            let all = sql::all(tx, &system)?;
            return Ok((known.clone(), known.edition, all));
        };
        let version = versions::load(tx, &system, number)?;
        if !matches!(version.state, VersionState::Active | VersionState::Retired) {
            let detail = "only what was in force is written out";
            return Err(Error::conflict("terminology.version-state", detail));
        }
        Ok((
            known,
            version.edition.clone(),
            versions::content(tx, &system, number)?,
        ))
    };
    let (known, edition, concepts) = ctx.read(read).await?;
    let name = match number {
        Some(number) => format!("{}-v{number}", known.system),
        None => known.system.clone(),
    };
    match query.form {
        FileForm::Fhir => {
            let resource = fhir_files::code_system(&known, &edition, &concepts);
            download(resource.to_string().into_bytes(), FHIR, &name)
        }
        FileForm::Xlsx => download(workbook::of_concepts(&concepts)?, XLSX, &name),
    }
}
