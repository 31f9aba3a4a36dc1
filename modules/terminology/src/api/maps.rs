//! Maps: what there is, one map and its entries, files in and out, editions.

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use http::{App, Created, Ctx, Etag, Json, Path, Query, Result};
use kernel::text::tidy;
use kernel::{Error, Id, Page, page};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{FHIR, FILE_BYTES_MAX, FileForm, download, page_by};
use crate::map_files::{self, MapImportReport};
use crate::maps::{self, Entry, EntryState, MapCounts, MapState, Release, TermMap};
use crate::{fhir_files, worklist};

pub(super) fn routes() -> OpenApiRouter<App> {
    let import = OpenApiRouter::new()
        .routes(routes!(map_import))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(map_list, map_create))
        .routes(routes!(map_get, map_update))
        .routes(routes!(map_entries))
        .routes(routes!(map_export))
        .routes(routes!(map_release))
        .routes(routes!(map_release_file))
        .merge(import)
}

/// Entries of one map that are written out at most.
const ENTRIES_MAX: u32 = 200_000;

/// A map with how far it is.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TermMapShown)]
struct Shown {
    /// The map.
    #[serde(flatten)]
    map: TermMap,
    /// Its entries, by where they stand.
    counts: MapCounts,
    /// Codes in use that its source has, where that is a catalogue here.
    source_size: Option<i64>,
}

fn shown(tx: &mut Tx<'_>, map: Versioned<TermMap>) -> kernel::Result<Etag<Shown>> {
    let counts = maps::counts(tx, map.id)?;
    let source_size = worklist::source_size(tx, &map)?;
    let body = Shown {
        map: map.data,
        counts,
        source_size,
    };
    Ok(Etag::new(map.version, body))
}

/// A map as it is entered.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TermMapInput)]
struct MapInput {
    /// Its name in the API and in mappings of senders: small letters, digits, `-`. Never changes.
    code: String,
    /// Chinese name.
    name_zh: String,
    /// English name; the Chinese one when empty.
    #[serde(default)]
    name_en: String,
    /// URI of the system it leads from. Never changes.
    source: String,
    /// URI of the system it leads to. Never changes.
    target: String,
    /// The member whose codes it maps; absent for what all share. Never changes.
    org_id: Option<Id>,
    /// Is it used?
    #[serde(default = "active")]
    state: MapState,
    /// What it is for.
    #[serde(default)]
    note: String,
}

const fn active() -> MapState {
    MapState::Active
}

impl MapInput {
    fn check(&self) -> kernel::Result<()> {
        let refuse =
            |field: &str, detail: &str| Err(Error::invalid("terminology.map-field", field, detail));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(2..=60).contains(&self.code.len()) || !self.code.chars().all(plain) {
            return refuse("code", "2 to 60 small letters, digits and -");
        }
        if !(1..=100).contains(&tidy(&self.name_zh).chars().count()) {
            return refuse("name_zh", "a name has 1 to 100 characters");
        }
        for (field, uri) in [("source", &self.source), ("target", &self.target)] {
            let fits = (1..=200).contains(&uri.len()) && !uri.contains(char::is_whitespace);
            if !fits {
                return refuse(field, "a URI has no blanks and at most 200 characters");
            }
        }
        if self.source == self.target {
            return refuse("target", "a map leads from one system to another");
        }
        if self.note.chars().count() > 500 || self.name_en.chars().count() > 100 {
            return refuse("note", "a note has at most 500 characters, a name 100");
        }
        Ok(())
    }
}

/// The maps within reach.
#[utoipa::path(get, path = "/api/terminology/maps", tag = "terminology",
    responses((status = 200, body = Vec<Shown>)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_list(ctx: Ctx) -> Result<Json<Vec<Shown>>> {
    let read = |tx: &mut Tx<'_>| {
        let all = maps::all(tx)?;
        all.into_iter()
            .map(|map| Ok(shown(tx, map)?.body))
            .collect()
    };
    Ok(Json(ctx.read(read).await?))
}

/// Begins a map.
#[utoipa::path(post, path = "/api/terminology/maps", tag = "terminology", request_body = MapInput,
    responses((status = 201, body = Shown)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_create(ctx: Ctx, Json(body): Json<MapInput>) -> Result<Created<Shown>> {
    let create = move |tx: &mut Tx<'_>| {
        body.check()?;
        if let Some(org_id) = body.org_id {
            http::access::require_org(tx, org_id)?;
        }
        if maps::by_code(tx, &body.code)?.is_some() {
            let detail = "there is a map with this name";
            return Err(Error::conflict("terminology.map-taken", detail).at("code"));
        }
        let name_zh = tidy(&body.name_zh);
        let name_en = Some(tidy(&body.name_en)).filter(|name| !name.is_empty());
        let map = TermMap {
            id: tx.new_id(),
            code: body.code.clone(),
            name_en: name_en.unwrap_or_else(|| name_zh.clone()),
            name_zh,
            source: body.source.clone(),
            target: body.target.clone(),
            org_id: body.org_id,
            state: body.state,
            edition: String::new(),
            note: body.note.trim().to_owned(),
            releases: Vec::new(),
            created_at: tx.now(),
        };
        let detail = serde_json::json!({ "code": map.code });
        let kept = tx.insert(&map, Change::new("terminology.map-created").detail(detail))?;
        shown(tx, kept)
    };
    Ok(Created(ctx.write(create).await?))
}

/// One map.
#[utoipa::path(get, path = "/api/terminology/maps/{id}", tag = "terminology",
    params(("id" = Id, Path)), responses((status = 200, body = Shown)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_get(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<Shown>> {
    let read = move |tx: &mut Tx<'_>| {
        let map = maps::load(tx, id)?;
        shown(tx, map)
    };
    Ok(ctx.read(read).await?)
}

/// Changes the names, the note or the state of a map.
#[utoipa::path(put, path = "/api/terminology/maps/{id}", tag = "terminology",
    params(("id" = Id, Path)), request_body = MapInput, responses((status = 200, body = Shown)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<MapInput>,
) -> Result<Etag<Shown>> {
    let seen = ctx.if_match()?;
    let update = move |tx: &mut Tx<'_>| {
        body.check()?;
        let mut map = maps::load(tx, id)?;
        tx.check_version(&map, seen)?;
        let fixed = (&map.code, &map.source, &map.target, map.org_id);
        if fixed != (&body.code, &body.source, &body.target, body.org_id) {
            let detail = "name, systems and member of a map never change; begin another map";
            return Err(Error::rule("terminology.map-fixed", detail));
        }
        map.name_zh = tidy(&body.name_zh);
        map.name_en = tidy(&body.name_en);
        if map.name_en.is_empty() {
            map.name_en = map.name_zh.clone();
        }
        body.note.trim().clone_into(&mut map.note);
        map.state = body.state;
        let kept = tx.update(&map, Change::new("terminology.map-changed"))?;
        shown(tx, kept)
    };
    Ok(ctx.write(update).await?)
}

/// Which entries to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EntriesQuery {
    /// Only in this state.
    state: Option<EntryState>,
    /// Part of a code or name.
    #[serde(default)]
    q: String,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// An entry with its version.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MapEntryShown)]
pub(super) struct EntryShown {
    /// The entry.
    #[serde(flatten)]
    pub(super) entry: Entry,
    /// Its version, for `If-Match`.
    pub(super) version: i64,
}

impl From<Versioned<Entry>> for EntryShown {
    fn from(kept: Versioned<Entry>) -> Self {
        Self {
            version: kept.version,
            entry: kept.data,
        }
    }
}

/// What a map says, by code.
#[utoipa::path(get, path = "/api/terminology/maps/{id}/entries", tag = "terminology",
    params(("id" = Id, Path), EntriesQuery), responses((status = 200, body = Page<EntryShown>)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_entries(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Page<EntryShown>>> {
    let size = page::page_size(query.limit);
    let read = move |tx: &mut Tx<'_>| {
        maps::load(tx, id)?;
        let after = query.after.as_deref().unwrap_or_default();
        maps::entries(tx, id, query.state, &query.q, (after, size + 1))
    };
    let found = ctx.read(read).await?;
    let rows: Vec<EntryShown> = found.into_iter().map(Into::into).collect();
    Ok(Json(page_by(rows, size, |row| row.entry.code.clone())))
}

fn everything(tx: &mut Tx<'_>, map: &TermMap) -> kernel::Result<Vec<Entry>> {
    let found = maps::entries(tx, map.id, None, "", ("", ENTRIES_MAX))?;
    Ok(found.into_iter().map(|one| one.data).collect())
}

/// What to write out.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MapExportQuery {
    /// Spreadsheet, or FHIR ConceptMap of what is confirmed.
    #[serde(default)]
    #[param(inline)]
    form: FileForm,
}

/// A map as a file that can be brought again.
#[utoipa::path(get, path = "/api/terminology/maps/{id}/export", tag = "terminology",
    params(("id" = Id, Path), MapExportQuery),
    responses((status = 200, description = "xlsx, or FHIR JSON")),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_export(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(query): Query<MapExportQuery>,
) -> Result<Response> {
    let read = move |tx: &mut Tx<'_>| {
        let map = maps::load(tx, id)?.data;
        let entries = everything(tx, &map)?;
        Ok((map, entries))
    };
    let (map, entries) = ctx.read(read).await?;
    match query.form {
        FileForm::Xlsx => {
            let rows = map_files::cells(&entries);
            Ok(http::export::xlsx(&map.code, &map_files::HEADINGS, &rows)?)
        }
        FileForm::Fhir => {
            let resource = fhir_files::concept_map(&map, &entries);
            download(resource.to_string().into_bytes(), FHIR, &map.code)
        }
    }
}

/// How to import.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MapImportQuery {
    /// Only say what would change; the default.
    #[serde(default = "yes")]
    dry_run: bool,
}

const fn yes() -> bool {
    true
}

/// Reads a file into a map, all or nothing; a dry run unless told otherwise.
#[utoipa::path(post, path = "/api/terminology/maps/{id}/import", tag = "terminology",
    params(("id" = Id, Path), MapImportQuery),
    request_body(content = String, content_type = "application/octet-stream",
        description = "xlsx; csv; FHIR ConceptMap, also in a Bundle"),
    responses((status = 200, body = MapImportReport)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_import(
    ctx: Ctx,
    Path(id): Path<Id>,
    Query(query): Query<MapImportQuery>,
    file: Bytes,
) -> Result<Json<MapImportReport>> {
    let run = move |tx: &mut Tx<'_>| {
        let map = maps::load(tx, id)?;
        map_files::import(tx, &map, &file, query.dry_run)
    };
    let report = if query.dry_run {
        ctx.read(run).await?
    } else {
        ctx.write(run).await?
    };
    Ok(Json(report))
}

/// An edition to be made.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TermMapReleaseInput)]
struct ReleaseInput {
    /// What it is called.
    edition: String,
}

/// Makes an edition of a map: what is confirmed now is kept as a ConceptMap and stays as it is.
#[utoipa::path(post, path = "/api/terminology/maps/{id}/releases", tag = "terminology",
    params(("id" = Id, Path)), request_body = ReleaseInput,
    responses((status = 200, body = Shown)),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_release(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<ReleaseInput>,
) -> Result<Etag<Shown>> {
    let seen = ctx.if_match()?;
    let edition = tidy(&body.edition);
    if !(1..=60).contains(&edition.chars().count()) {
        let detail = "an edition has 1 to 60 characters";
        return Err(Error::invalid("terminology.map-field", "edition", detail).into());
    }
    let name = edition.clone();
    let read = move |tx: &mut Tx<'_>| {
        let mut map = maps::load(tx, id)?.data;
        map.edition.clone_from(&name);
        let entries = everything(tx, &map)?;
        Ok(fhir_files::concept_map(&map, &entries))
    };
    let resource = ctx.read(read).await?;
    let file = ctx
        .store()
        .put_blob(resource.to_string().as_bytes(), FHIR)?;
    let release = move |tx: &mut Tx<'_>| {
        let mut map = maps::load(tx, id)?;
        tx.check_version(&map, seen)?;
        tx.keep_blob(&file)?;
        let counts = maps::counts(tx, id)?;
        let number = map.releases.first().map_or(1, |last| last.number + 1);
        map.edition.clone_from(&edition);
        let release = Release {
            number,
            edition: edition.clone(),
            at: tx.now(),
            by: tx.actor().name.clone(),
            confirmed: counts.mapped + counts.unmatched,
            sha256: file.sha256.clone(),
        };
        map.releases.insert(0, release);
        let detail = serde_json::json!({ "number": number, "edition": edition });
        let kept = tx.update(&map, Change::new("terminology.map-released").detail(detail))?;
        shown(tx, kept)
    };
    Ok(ctx.write(release).await?)
}

/// An edition of a map as it was made.
#[utoipa::path(get, path = "/api/terminology/maps/{id}/releases/{number}", tag = "terminology",
    params(("id" = Id, Path), ("number" = u32, Path)),
    responses((status = 200, description = "FHIR ConceptMap")),
    extensions(("x-permission" = json!("terminology.map"))))]
async fn map_release_file(ctx: Ctx, Path((id, number)): Path<(Id, u32)>) -> Result<Response> {
    let read = move |tx: &mut Tx<'_>| maps::load(tx, id);
    let map = ctx.read(read).await?;
    let release = map.releases.iter().find(|one| one.number == number);
    let release = release.ok_or_else(|| Error::not_found("concept-map"))?;
    let bytes = ctx.store().get_blob(&release.sha256)?;
    download(bytes, FHIR, &format!("{}-{number}", map.code))
}
