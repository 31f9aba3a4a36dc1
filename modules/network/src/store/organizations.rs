//! Organizations: reading them, and the one way to save them.

use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::model::{Decision, DecisionUse, GuardedField, Organization, search_key, word};
use crate::rules::{Guarded, guard_unchanged};

/// An organization as it is stored. Only this file can save one, so that no command gets past the
/// six unchanged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Stored(Organization);

impl Entity for Stored {
    const KIND: &'static str = "organization";
    const TABLE: &'static str = "organization";
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "kind",
        "level",
        "parent_id",
        "state",
        "institution_code",
        "name_key",
        "search_key",
    ];

    fn id(&self) -> Id {
        self.0.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.0.id)
    }
    fn peer_org_id(&self) -> Option<Id> {
        self.0.parent_id
    }
    fn columns(&self) -> Vec<Value> {
        let org = &self.0;
        let english = org.name_en.as_deref().unwrap_or_default();
        let codes = [&org.credit_code, &org.institution_code]
            .map(|code| code.as_deref().unwrap_or_default());
        params![
            org.code.as_str(),
            word(&org.kind),
            word(&org.level),
            org.parent_id,
            word(&org.state),
            &org.institution_code,
            kernel::text::pinyin_key(&org.name),
            search_key(
                &[&org.name, &org.short_name, english],
                &[&org.code, codes[0], codes[1]]
            ),
        ]
        .to_vec()
    }
}

fn plain(stored: Versioned<Stored>) -> Versioned<Organization> {
    Versioned {
        version: stored.version,
        data: stored.data.0,
    }
}

/// Stores a new organization; the caller refreshes the scopes.
pub(crate) fn insert(tx: &mut Tx<'_>, org: &Organization) -> Result<Versioned<Organization>> {
    let change = Change::new("organization.created").detail(
        serde_json::json!({ "code": org.code, "kind": org.kind, "parent_id": org.parent_id }),
    );
    tx.insert(&Stored(org.clone()), change).map(plain)
}

/// The only way to save a changed organization: whatever the command was, the six unchanged stay
/// unless `decision_id` names a decision that covers the change, which is then spent.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    before: &Versioned<Organization>,
    after: Organization,
    decision_id: Option<Id>,
    change: Change,
) -> Result<Versioned<Organization>> {
    let decision = load_decision(tx, decision_id)?;
    let today = tx.now().date();
    let guarded = (Guarded::from(&before.data), Guarded::from(&after));
    let changed = guard_unchanged(
        &guarded.0,
        &guarded.1,
        decision.as_ref().map(|found| &found.data),
        today,
    )?;
    let change = cite(tx, decision, after.id, &changed, change)?;
    tx.update(
        &Versioned {
            version: before.version,
            data: Stored(after),
        },
        change,
    )
    .map(plain)
}

/// The decision a command cites.
pub(crate) fn load_decision(
    tx: &mut Tx<'_>,
    id: Option<Id>,
) -> Result<Option<Versioned<Decision>>> {
    let load = |id| {
        tx.load::<Decision>(id)
            .map_err(|error| error.at("decision_id"))
    };
    id.map(load).transpose()
}

/// Spends the decision on the fields that changed and names it in the change.
pub(crate) fn cite(
    tx: &mut Tx<'_>,
    decision: Option<Versioned<Decision>>,
    subject_id: Id,
    changed: &[GuardedField],
    mut change: Change,
) -> Result<Change> {
    let Some(mut decision) = decision.filter(|_| !changed.is_empty()) else {
        return Ok(change);
    };
    let at = tx.now();
    decision
        .uses
        .extend(changed.iter().map(|&field| DecisionUse {
            id: subject_id,
            field,
            at,
        }));
    let detail = serde_json::json!({ "subject_id": subject_id, "fields": changed });
    let decision = tx.update(
        &decision,
        Change::new("decision.carried-out").detail(detail),
    )?;
    if let Some(detail) = change.detail.as_object_mut() {
        detail.insert("decision_id".to_owned(), serde_json::json!(decision.id));
        detail.insert("guarded".to_owned(), serde_json::json!(changed));
    }
    Ok(change)
}

const BY_CODE: &str = "SELECT version, body FROM organization WHERE code = $1";
const BY_INSTITUTION_CODE: &str =
    "SELECT version, body FROM organization WHERE institution_code = $1";
const ALL: &str = "SELECT version, body FROM organization ORDER BY name_key, id";
const ANCESTORS: &str = "WITH RECURSIVE up (id, parent_id, depth) AS (
      SELECT id, parent_id, 0 FROM organization WHERE id = $1
      UNION ALL
      SELECT o.id, o.parent_id, up.depth + 1 FROM organization AS o
      JOIN up ON o.id = up.parent_id WHERE up.depth < 20)
    SELECT o.version, o.body FROM up JOIN organization AS o ON o.id = up.id ORDER BY up.depth";
const OPEN_CHILDREN: &str =
    "SELECT COUNT(*) AS count FROM organization WHERE parent_id = $1 AND state = 'open'";
const CHILDREN: &str = "SELECT version, body FROM organization WHERE parent_id = $1
    ORDER BY name_key, id LIMIT 500";
const LIST: &str = "SELECT o.version, o.body FROM organization AS o
    WHERE (CAST($1 AS BIGINT) = 1 OR o.id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND (CAST($4 AS TEXT) IS NULL OR o.kind = $4)
      AND (CAST($5 AS TEXT) IS NULL OR o.level = $5)
      AND (CAST($6 AS TEXT) IS NULL OR o.state = $6)
      AND (CAST($7 AS TEXT) IS NULL OR o.parent_id = $7)
      AND (CAST($8 AS TEXT) IS NULL OR o.id IN
        (SELECT m.org_id FROM membership AS m WHERE m.group_id = $8 AND m.left_on IS NULL))
      AND o.search_key LIKE $9 ESCAPE '!'
      AND (o.name_key, o.id) > ($10, $11)
    ORDER BY o.name_key, o.id LIMIT $12";

/// What a list of organizations is narrowed by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) everywhere: bool,
    pub(crate) q: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) level: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) parent_id: Option<Id>,
    pub(crate) group_id: Option<Id>,
    pub(crate) after: Option<Id>,
}

pub(crate) fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Organization>> {
    tx.load::<Stored>(id).map(plain)
}

pub(crate) fn load_opt(tx: &mut Tx<'_>, id: Id) -> Result<Option<Versioned<Organization>>> {
    Ok(tx.load_opt::<Stored>(id)?.map(plain))
}

pub(crate) fn load_version(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
) -> Result<Versioned<Organization>> {
    tx.load_version::<Stored>(id, version).map(plain)
}

fn find(
    tx: &mut Tx<'_>,
    sql: &'static str,
    values: &[Value],
) -> Result<Vec<Versioned<Organization>>> {
    Ok(tx
        .find::<Stored>(sql, values)?
        .into_iter()
        .map(plain)
        .collect())
}

pub(crate) fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Versioned<Organization>>> {
    Ok(find(tx, BY_CODE, &params![code])?.pop())
}

pub(crate) fn by_institution_code(
    tx: &mut Tx<'_>,
    code: &str,
) -> Result<Option<Versioned<Organization>>> {
    Ok(find(tx, BY_INSTITUTION_CODE, &params![code])?.pop())
}

/// Every organization there is, by name.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Organization>>> {
    find(tx, ALL, &[])
}

/// The organization itself, then those above it up to the top.
pub(crate) fn path_up(tx: &mut Tx<'_>, id: Id) -> Result<Vec<Versioned<Organization>>> {
    find(tx, ANCESTORS, &params![id])
}

pub(crate) fn open_children(tx: &mut Tx<'_>, id: Id) -> Result<i64> {
    tx.count(OPEN_CHILDREN, &params![id])
}

pub(crate) fn children(tx: &mut Tx<'_>, id: Id) -> Result<Vec<Versioned<Organization>>> {
    find(tx, CHILDREN, &params![id])
}

/// As far as the operation's permission reaches.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Organization>>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Region);
    list_as(tx, scope, filter, limit)
}

/// As far as `scope` reaches.
pub(crate) fn list_as(
    tx: &mut Tx<'_>,
    scope: kernel::Scope,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Organization>>> {
    let after = match filter.after {
        Some(id) => (kernel::text::pinyin_key(&load(tx, id)?.name), id),
        None => (String::new(), Id::NIL),
    };
    let viewer = tx.actor().org_id;
    let values = params![
        filter.everywhere,
        viewer,
        scope.table_word(),
        &filter.kind,
        &filter.level,
        &filter.state,
        filter.parent_id,
        filter.group_id,
        super::pattern(filter.q.as_deref()),
        after.0,
        after.1,
        limit,
    ];
    find(tx, LIST, &values)
}
