//! The rows of a resource: reading its head and bodies, writing a version with its search rows.

mod batch;

pub(crate) use batch::Batch;

use kernel::{AppRight, Instant, Result};
use record::sensitive::SensitiveRule;
use serde::Deserialize;
use store::{Composed, Tx, Value, params};

use crate::access::{ALIASES, Eye};
use crate::index::Rows;
use crate::{app, hash, kinds, labels, refusal};

/// What is known of a resource without its body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub key: i64,
    pub address: i64,
    pub kind: i64,
    pub id: String,
    pub version: i64,
    pub updated_at: Instant,
    pub patient_id: Option<String>,
    pub org_id: String,
    pub owner: Option<String>,
    pub deleted: bool,
}

impl Header {
    /// Its type.
    pub(crate) fn type_name(&self) -> &'static str {
        kinds::name(self.kind).unwrap_or("Basic")
    }
}

/// The columns of [`Header`] of the resource searched for.
pub(crate) const HEADER: &str = "r.key, r.address, r.kind, r.id, r.version, r.updated_at,
    r.patient_id, r.org_id, r.owner, r.deleted";

const HEAD: &str = "SELECT r.key, r.address, r.kind, r.id, r.version, r.updated_at, r.patient_id,
    r.org_id, r.owner, r.deleted FROM fhir_resource AS r WHERE r.address = $1";
const BODY: &str = "SELECT body FROM fhir_version WHERE key = $1 AND version = $2";
const UPDATE: &str = "UPDATE fhir_resource SET version = $2, updated_at = $3, patient_id = $4,
    others = $5, org_id = $6, shared = $7, owner = $8, present = $9, deleted = 0, category = $10,
    dated = $11, sensitive = $12 WHERE key = $1 AND version = $2 - 1";
const DELETE: &str =
    "UPDATE fhir_resource SET version = $2, updated_at = $3, present = ' ', deleted = 1
    WHERE key = $1 AND version = $2 - 1";
const LABEL: &str =
    "UPDATE fhir_resource SET category = $2, dated = $3, sensitive = $4 WHERE key = $1";
const DROP_LABELS: &str = "DELETE FROM fhir_label WHERE key = $1";
const CLEAR: [&str; 7] = [
    "DELETE FROM fhir_token WHERE key = $1",
    "DELETE FROM fhir_string WHERE key = $1",
    "DELETE FROM fhir_date WHERE key = $1",
    "DELETE FROM fhir_quantity WHERE key = $1",
    "DELETE FROM fhir_reference WHERE key = $1",
    "DELETE FROM fhir_compartment WHERE key = $1",
    "DELETE FROM fhir_party WHERE key = $1",
];
const PRESENT: &str = "UPDATE fhir_resource SET present = $2 WHERE key = $1";

/// The head at an address, whoever asks: for work that shows nobody anything.
pub(crate) fn head(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<Option<Header>> {
    let found: Option<Header> = tx.query_opt(HEAD, &params![hash::address(kind, id)])?;
    Ok(found.filter(|header| header.id == id && header.type_name() == kind))
}

/// The head at an address if the actor may see it; a deleted one too.
pub(crate) fn seen(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<Option<Header>> {
    seen_with(tx, kind, id, AppRight::Read)
}

/// The same for a change: what an app may change it need not be allowed to read.
pub(crate) fn seen_with(
    tx: &mut Tx<'_>,
    kind: &str,
    id: &str,
    right: AppRight,
) -> Result<Option<Header>> {
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, right);
    sql.push("SELECT ")
        .push(HEADER)
        .push(" FROM fhir_resource AS r WHERE r.address = ");
    sql.bind(hash::address(kind, id)).push(" AND ");
    eye.push(&mut sql, &ALIASES[0]);
    let found: Option<Header> = tx.query_composed(&sql)?.pop();
    Ok(found.filter(|header| header.id == id && header.type_name() == kind))
}

/// The head of a live resource the actor may see.
///
/// # Errors
/// `fhir.resource` (not found), `fhir.deleted` (gone), `access.insufficient-scope`.
pub(crate) fn require(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<Header> {
    app::require_one(tx.actor(), kind, id, AppRight::Read)?;
    let header = seen(tx, kind, id)?.ok_or_else(refusal::not_found)?;
    if header.deleted {
        Err(refusal::gone())
    } else {
        Ok(header)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyRow {
    body: Option<String>,
}

/// The body of a version; `None` for a deletion.
pub(crate) fn body(tx: &mut Tx<'_>, key: i64, version: i64) -> Result<Option<String>> {
    let row: Option<BodyRow> = tx.query_opt(BODY, &params![key, version])?;
    row.map(|row| row.body).ok_or_else(refusal::not_found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyBody {
    key: i64,
    body: Option<String>,
}

/// The current bodies of many, in the order of `headers`.
pub(crate) fn bodies(tx: &mut Tx<'_>, headers: &[Header]) -> Result<Vec<String>> {
    let mut found = std::collections::HashMap::new();
    for some in headers.chunks(200) {
        let mut sql = Composed::new();
        sql.push(
            "SELECT v.key, v.body FROM fhir_version AS v JOIN fhir_resource AS r
            ON r.key = v.key AND r.version = v.version WHERE v.key IN (",
        );
        sql.bind_all(some.iter().map(|header| header.key)).push(")");
        let rows: Vec<KeyBody> = tx.query_composed(&sql)?;
        found.extend(
            rows.into_iter()
                .map(|row| (row.key, row.body.unwrap_or_default())),
        );
    }
    Ok(headers
        .iter()
        .filter_map(|header| found.remove(&header.key))
        .collect())
}

/// A version to be written.
pub(crate) struct NewVersion<'a> {
    pub kind: &'static str,
    pub id: &'a str,
    /// Version after this write.
    pub version: i64,
    pub key: i64,
    pub method: &'static str,
    pub org_id: String,
    pub owner: Option<&'a str>,
    pub rows: &'a Rows,
    pub body: String,
}

/// Writes one version by itself; see [`prepare`].
///
/// # Errors
/// As [`prepare`].
pub(crate) fn write(tx: &mut Tx<'_>, new: &NewVersion<'_>, rule: &SensitiveRule) -> Result<()> {
    let mut batch = Batch::default();
    prepare(tx, new, rule, &mut batch)?;
    batch.store(tx)
}

/// Makes the rows of a version, labelled by the rule set in force, and clears those of the one before
/// it, which must be `version - 1`. Nothing is found until the batch is stored.
///
/// # Errors
/// [`refusal::moved`] when somebody was faster.
pub(crate) fn prepare(
    tx: &mut Tx<'_>,
    new: &NewVersion<'_>,
    rule: &SensitiveRule,
    batch: &mut Batch,
) -> Result<()> {
    let rows = new.rows;
    let labels = labels::of_rows(rows, rule);
    let (category, sensitive) = (kinds::category_bit(new.kind), !labels.is_empty());
    let now = tx.now();
    let number = kinds::number(new.kind).unwrap_or_default();
    let patient = rows.patients.first();
    let others = rows.patients.len().saturating_sub(1) as i64;
    let shared = patient.is_none() && kinds::is_shared(new.kind);
    if new.version == 1 {
        let address = hash::address(new.kind, new.id);
        let values = params![
            new.key,
            address,
            number,
            new.id,
            1,
            now,
            patient,
            others,
            new.org_id.as_str(),
            shared,
            new.owner,
            rows.present.as_str(),
            false,
            category,
            rows.dated,
            sensitive
        ];
        batch.resources.push(values.to_vec());
    } else {
        let values = params![
            new.key,
            new.version,
            now,
            patient,
            others,
            new.org_id.as_str(),
            shared,
            new.owner,
            rows.present.as_str(),
            category,
            rows.dated,
            sensitive
        ];
        if tx.execute(UPDATE, &values)? == 0 {
            return Err(refusal::moved());
        }
        clear(tx, new.key)?;
        tx.execute(DROP_LABELS, &params![new.key])?;
    }
    batch.add_labels(new.key, &labels);
    let named = (others > 0).then(|| rows.patients[1..].join(" "));
    let (account, org) = (tx.actor().id, tx.actor().org_id);
    let values = params![
        new.key,
        new.version,
        number,
        now,
        new.method,
        account,
        org,
        named,
        new.body.as_str(),
        labels::text(&labels)
    ];
    batch.versions.push(values.to_vec());
    batch.add(new.key, number, rows);
    Ok(())
}

/// Marks a resource as deleted and takes it out of every search.
pub(crate) fn delete(tx: &mut Tx<'_>, header: &Header) -> Result<()> {
    let (now, version) = (tx.now(), header.version + 1);
    if tx.execute(DELETE, &params![header.key, version, now])? == 0 {
        return Err(refusal::moved());
    }
    // Parties stay: they decide who may know that it was here.
    for sql in &CLEAR[..6] {
        tx.execute(sql, &params![header.key])?;
    }
    let (account, org) = (tx.actor().id, tx.actor().org_id);
    let values = params![
        header.key,
        version,
        header.kind,
        now,
        "DELETE",
        account,
        org,
        Value::Null,
        Value::Null,
        Value::Null
    ];
    let mut batch = Batch::default();
    batch.versions.push(values.to_vec());
    batch.store(tx)
}

/// Labels what is stored anew; what was deleted keeps its labels too.
pub(crate) fn label(
    tx: &mut Tx<'_>,
    key: i64,
    kind: &str,
    dated: Option<i64>,
    labels: &[String],
) -> Result<()> {
    let sensitive = !labels.is_empty();
    let values = params![key, kinds::category_bit(kind), dated, sensitive];
    tx.execute(LABEL, &values)?;
    tx.execute(DROP_LABELS, &params![key])?;
    let mut batch = Batch::default();
    batch.add_labels(key, labels);
    batch.store(tx)
}

/// Makes the search rows of a resource anew, as after a change of how they are made.
pub(crate) fn reindex(tx: &mut Tx<'_>, header: &Header, rows: &Rows) -> Result<()> {
    clear(tx, header.key)?;
    tx.execute(PRESENT, &params![header.key, rows.present.as_str()])?;
    let mut batch = Batch::default();
    batch.add(header.key, header.kind, rows);
    batch.store(tx)
}

fn clear(tx: &mut Tx<'_>, key: i64) -> Result<()> {
    for sql in CLEAR {
        tx.execute(sql, &params![key])?;
    }
    Ok(())
}
