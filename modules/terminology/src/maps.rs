//! Maps from one code system to another: what each code of the source becomes, who said so, when.

use kernel::text::fold;
use kernel::{Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::sql;

/// Targets of one code at most.
pub const TARGETS_MAX: usize = 20;
/// Characters of a code, of a name or note.
const CODE_CHARS_MAX: usize = 200;
const TEXT_CHARS_MAX: usize = 500;

/// How a target relates to the source, read as "the target is …": FHIR's equivalence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MapRelation)]
pub enum Relation {
    /// The same.
    Equivalent,
    /// The target means more.
    Wider,
    /// The target means less.
    Narrower,
    /// They overlap.
    Inexact,
    /// Nothing fits.
    Unmatched,
}

impl Relation {
    /// The word in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Inexact => "inexact",
            Self::Unmatched => "unmatched",
        }
    }

    /// Reads the words of files: FHIR's equivalences, and those of offices.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match fold(word).to_lowercase().as_str() {
            "" | "equivalent" | "equal" | "等同" | "等价" | "相同" => Self::Equivalent,
            "wider" | "subsumes" | "更宽" | "宽于" => Self::Wider,
            "narrower" | "specializes" | "更窄" | "窄于" => Self::Narrower,
            "inexact" | "relatedto" | "近似" | "相关" => Self::Inexact,
            "unmatched" | "disjoint" | "无对应" | "无匹配" => Self::Unmatched,
            _ => return None,
        })
    }
}

/// Is a map used?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = TermMapState)]
pub enum MapState {
    /// It is.
    Active,
    /// Not any more.
    Retired,
}

/// A map from one code system to another.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TermMap {
    /// Its id.
    pub id: Id,
    /// Its name in the API and in mappings of senders.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// URI of the system it leads from.
    pub source: String,
    /// URI of the system it leads to.
    pub target: String,
    /// The member whose codes it maps; absent for what all share.
    pub org_id: Option<Id>,
    /// Is it used?
    pub state: MapState,
    /// What it was published as last.
    pub edition: String,
    /// What it is for, where it comes from.
    pub note: String,
    /// Editions so far, the newest first.
    pub releases: Vec<Release>,
    /// When it was begun.
    pub created_at: Instant,
}

/// An edition of a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TermMapRelease)]
pub struct Release {
    /// Counted from 1.
    pub number: u32,
    /// What it is called.
    pub edition: String,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Confirmed codes in it.
    pub confirmed: i64,
    /// Hash of the ConceptMap as it was then.
    pub sha256: String,
}

impl TermMap {
    /// What others call it.
    pub fn url(&self) -> String {
        format!("urn:lianti:map:{}", self.code)
    }
}

impl Entity for TermMap {
    const KIND: &'static str = "concept-map";
    const TABLE: &'static str = "concept_map";
    const COLUMNS: &'static [&'static str] = &["code", "source", "target", "org_id", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        self.org_id
    }
    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            MapState::Active => "active",
            MapState::Retired => "retired",
        };
        let (code, source) = (self.code.as_str(), self.source.as_str());
        params![code, source, self.target.as_str(), self.org_id, state].to_vec()
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MapEntryState)]
pub enum EntryState {
    /// Somebody should look at it.
    Proposed,
    /// It is used.
    Confirmed,
    /// It was looked at and is wrong.
    Rejected,
}

impl EntryState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }
}

/// One thing that a code becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MapTarget {
    /// The code in the target system.
    pub code: String,
    /// Its name; filled in from the system where it is known here.
    #[serde(default)]
    pub name: String,
    /// How it relates to the source.
    pub relation: Relation,
}

/// What a code of the source becomes. Every version of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MapEntry)]
pub struct Entry {
    /// Its id.
    pub id: Id,
    /// The map.
    pub map_id: Id,
    /// The member of the map.
    pub org_id: Option<Id>,
    /// The code of the source.
    pub code: String,
    /// Its name there.
    pub name: String,
    /// What it becomes, the best first; empty where nothing fits.
    pub targets: Vec<MapTarget>,
    /// Where it stands.
    pub state: EntryState,
    /// Why.
    pub note: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Instant,
}

impl Entity for Entry {
    const KIND: &'static str = "map-entry";
    const TABLE: &'static str = "map_entry";
    const COLUMNS: &'static [&'static str] = &["map_id", "code", "name_key", "state", "has_target"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        self.org_id
    }
    fn columns(&self) -> Vec<Value> {
        let key = crate::keys::search_key(&self.name);
        let leads = !self.targets.is_empty();
        params![
            self.map_id,
            self.code.as_str(),
            key,
            self.state.word(),
            leads
        ]
        .to_vec()
    }
}

/// What somebody says of a code.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MapEntryInput)]
pub struct EntryInput {
    /// The code of the source.
    pub code: String,
    /// Its name there.
    #[serde(default)]
    pub name: String,
    /// What it becomes, the best first; empty where nothing fits.
    pub targets: Vec<MapTarget>,
    /// Where it stands.
    pub state: EntryState,
    /// Why.
    #[serde(default)]
    pub note: String,
}

const ALL: &str = "SELECT version, body FROM concept_map
    WHERE (CAST($1 AS BIGINT) = 1 OR org_id IS NULL OR org_id = $2 OR org_id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
    ORDER BY code";
const BY_CODE: &str = "SELECT version, body FROM concept_map WHERE code = $1";
const ENTRY: &str = "SELECT version, body FROM map_entry WHERE map_id = $1 AND code = $2";
const ENTRIES: &str = "SELECT version, body FROM map_entry
    WHERE map_id = $1 AND code > $2
        AND (CAST($3 AS TEXT) IS NULL OR state = $3)
        AND (CAST($4 AS TEXT) IS NULL OR lower(code) LIKE $4 OR name_key LIKE $4)
    ORDER BY code LIMIT $5";
const COUNTS: &str = "SELECT state, has_target, COUNT(*) AS count FROM map_entry
    WHERE map_id = $1 GROUP BY state, has_target ORDER BY state, has_target";
const CLEAR_TARGETS: &str = "DELETE FROM map_target WHERE map_id = $1 AND code = $2";
const ADD_TARGET: &str = "INSERT INTO map_target (map_id, target_code, code) VALUES ($1, $2, $3)
    ON CONFLICT (map_id, target_code, code) DO NOTHING";
/// The maps that the actor may work with.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Versioned<TermMap>>> {
    let everywhere = tx.scope().is_none();
    let scope = tx.scope().unwrap_or(kernel::Scope::Own).table_word();
    let viewer = tx.actor().org_id;
    tx.find(ALL, &params![everywhere, viewer, scope])
}

/// One map that the actor may work with.
///
/// # Errors
/// `concept-map` when there is none.
pub(crate) fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<TermMap>> {
    let map = tx.load::<TermMap>(id)?;
    if let Some(org_id) = map.org_id
        && !http::access::covers(tx, org_id)?
    {
        return Err(Error::not_found("concept-map"));
    }
    Ok(map)
}

/// The map with a name.
///
/// # Errors
/// Whatever the database reports.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<TermMap>> {
    let found = tx.find::<TermMap>(BY_CODE, &params![code])?.pop();
    Ok(found.map(|map| map.data))
}

/// The entry of a code.
pub(crate) fn entry(tx: &mut Tx<'_>, map_id: Id, code: &str) -> Result<Option<Versioned<Entry>>> {
    Ok(tx.find::<Entry>(ENTRY, &params![map_id, code])?.pop())
}

/// Entries by their code, from behind one on.
pub(crate) fn entries(
    tx: &mut Tx<'_>,
    map_id: Id,
    state: Option<EntryState>,
    typed: &str,
    (after, limit): (&str, u32),
) -> Result<Vec<Versioned<Entry>>> {
    let key: String = fold(typed)
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '%' | '_'))
        .collect();
    let like = (!key.is_empty()).then(|| format!("%{key}%"));
    let state = state.map(EntryState::word);
    tx.find(ENTRIES, &params![map_id, after, state, like, limit])
}

/// How many entries a map has, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MapCounts)]
pub struct MapCounts {
    /// Confirmed, leading somewhere.
    pub mapped: i64,
    /// Confirmed that nothing fits.
    pub unmatched: i64,
    /// To be looked at.
    pub proposed: i64,
    /// Looked at and wrong.
    pub rejected: i64,
}

/// Counts the entries of a map.
pub(crate) fn counts(tx: &mut Tx<'_>, map_id: Id) -> Result<MapCounts> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        state: EntryState,
        has_target: bool,
        count: i64,
    }
    let rows: Vec<Row> = tx.query(COUNTS, &params![map_id])?;
    let mut counts = MapCounts::default();
    for row in rows {
        match (row.state, row.has_target) {
            (EntryState::Confirmed, true) => counts.mapped += row.count,
            (EntryState::Confirmed, false) => counts.unmatched += row.count,
            (EntryState::Proposed, _) => counts.proposed += row.count,
            (EntryState::Rejected, _) => counts.rejected += row.count,
        }
    }
    Ok(counts)
}

/// Refuses what could not be stored.
///
/// # Errors
/// `terminology.map-entry` at the field at fault.
pub(crate) fn check(tx: &mut Tx<'_>, map: &TermMap, input: &EntryInput) -> Result<Vec<MapTarget>> {
    let targets = checked_targets(tx, map, input)?;
    let code = fold(&input.code);
    if code.is_empty() || code.chars().count() > CODE_CHARS_MAX {
        let detail = "a code has 1 to 200 characters";
        return Err(Error::invalid("terminology.map-entry", "code", detail));
    }
    let fits = |text: &str| text.chars().count() <= TEXT_CHARS_MAX;
    if !fits(&input.name) || !fits(&input.note) {
        let detail = "a name or a note has at most 500 characters";
        return Err(Error::invalid("terminology.map-entry", "note", detail));
    }
    Ok(targets)
}

/// Stores what somebody says of a code. `seen` is the version they saw, 0 for none; a file says what
/// it says whatever was there.
///
/// # Errors
/// `terminology.map-entry` at the field at fault, `store.stale-version`.
pub(crate) fn say(
    tx: &mut Tx<'_>,
    map: &TermMap,
    input: &EntryInput,
    seen: Option<i64>,
) -> Result<Versioned<Entry>> {
    let (code, name) = (fold(&input.code), kernel::text::tidy(&input.name));
    let targets = check(tx, map, input)?;
    let known = entry(tx, map.id, &code)?;
    let change = Change::new("terminology.mapped").detail(json!({
        "map": map.code, "code": code, "state": input.state,
        "targets": targets.iter().map(|one| &one.code).collect::<Vec<_>>(),
    }));
    let mut said = Entry {
        id: tx.new_id(),
        map_id: map.id,
        org_id: map.org_id,
        code,
        name,
        targets,
        state: input.state,
        note: input.note.trim().to_owned(),
        by: tx.actor().name.clone(),
        at: tx.now(),
    };
    let kept = match known {
        Some(mut known) => {
            if let Some(seen) = seen {
                tx.check_version(&known, seen)?;
            }
            said.id = known.id;
            if said.name.is_empty() {
                said.name.clone_from(&known.name);
            }
            known.data = said;
            tx.update(&known, change)?
        }
        None => tx.insert(&said, change)?,
    };
    tx.execute(CLEAR_TARGETS, &params![map.id, kept.code.as_str()])?;
    for target in &kept.targets {
        let values = params![map.id, target.code.as_str(), kept.code.as_str()];
        tx.execute(ADD_TARGET, &values)?;
    }
    Ok(kept)
}

fn checked_targets(tx: &mut Tx<'_>, map: &TermMap, input: &EntryInput) -> Result<Vec<MapTarget>> {
    let refuse =
        |field: String, detail: &str| Err(Error::invalid("terminology.map-entry", field, detail));
    if input.targets.len() > TARGETS_MAX {
        return refuse("targets".to_owned(), "a code becomes at most 20 others");
    }
    let system = sql::system_of_url(tx, &map.target)?;
    let mut targets: Vec<MapTarget> = Vec::with_capacity(input.targets.len());
    for (at, target) in input.targets.iter().enumerate() {
        let field = format!("targets[{at}].code");
        if target.relation == Relation::Unmatched {
            return refuse(field, "where nothing fits there is no target");
        }
        if targets.iter().any(|one| one.code == target.code) {
            return refuse(field, "this target is named twice");
        }
        let mut target = target.clone();
        if let Some(system) = &system {
            match sql::concept(tx, &system.system, &target.code)? {
                Some(concept) => target.name = concept.zh,
                None => return refuse(field, "the target system has no such code"),
            }
        } else if target.code.trim().is_empty() {
            return refuse(field, "a target has a code");
        }
        targets.push(target);
    }
    Ok(targets)
}
