//! History: the versions of one resource, of a type, of the whole server, newest first.

use fhir::IssueCode;
use fhir::search::{COUNT_MAX, Prefix, parse_query};
use kernel::{AppRight, Id, Instant, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Composed, Tx};

use crate::access::{self, ALIASES, Eye};
use crate::answer::{Bundle, etag, quoted};
use crate::rows::{Header, seen};
use crate::shape::Pairs;
use crate::{app, kinds, moves, refusal};

/// Versions a page has when the client names no number.
const PAGE_DEFAULT: u32 = 50;

/// Whose history.
#[derive(Clone, Debug)]
pub(crate) enum Of {
    Instance(&'static str, String),
    Type(&'static str),
    Everything,
}

/// Which part of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    count: u32,
    since: Option<i64>,
    /// Behind this moment, key and version.
    after: Option<(i64, i64, i64)>,
}

/// One version with what is known of its resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    pub key: i64,
    pub version: i64,
    pub kind: i64,
    pub id: String,
    pub at: Instant,
    pub method: String,
    pub others: Option<String>,
    pub body: Option<String>,
    pub labels: Option<String>,
    pub patient_id: Option<String>,
    pub org_id: String,
    pub dated: Option<Instant>,
}

impl Part {
    /// Reads `_count`, `_since` and the place of the page.
    ///
    /// # Errors
    /// What can't be read.
    pub(crate) fn of(pairs: &Pairs) -> Result<Self> {
        let mut part = Self {
            count: PAGE_DEFAULT,
            ..Self::default()
        };
        let wrong =
            |name: &str| refusal::refuse(IssueCode::Value, name, "this value can't be read");
        for (name, value) in pairs {
            match name.as_str() {
                "_count" => {
                    let count = value.parse::<u32>().map_err(|_| wrong(name))?;
                    part.count = count.min(COUNT_MAX);
                }
                "_since" => part.since = Some(since(value).ok_or_else(|| wrong(name))?),
                "_cursor" => {
                    let numbers: Vec<i64> = value
                        .split('.')
                        .filter_map(|part| part.parse().ok())
                        .collect();
                    let [at, key, version] = numbers.as_slice() else {
                        return Err(wrong(name));
                    };
                    part.after = Some((*at, *key, *version));
                }
                _ => {
                    let text = "history takes _count and _since";
                    return Err(refusal::refuse(IssueCode::NotSupported, name, text));
                }
            }
        }
        Ok(part)
    }
}

/// The moment of `_since`, read as a date parameter is.
fn since(value: &str) -> Option<i64> {
    let pair = ("_lastUpdated".to_owned(), ["ge", value].concat());
    let query = parse_query(None, &[pair], false).ok()?;
    match &query.clauses.first()?.criterion {
        fhir::search::Criterion::LastUpdated(any) if any.first()?.prefix == Prefix::Ge => {
            Some(any.first()?.low)
        }
        _ => None,
    }
}

/// A page of versions and the place of the next.
///
/// # Errors
/// Not found; whatever the database reports.
pub(crate) fn page(
    tx: &mut Tx<'_>,
    of: &Of,
    part: &Part,
) -> Result<(Vec<Version>, Option<String>)> {
    let limit = part.count.max(1);
    let mut rows = match of {
        Of::Instance(kind, id) => {
            app::require_one(tx.actor(), kind, id, AppRight::Read)?;
            let header = seen(tx, kind, id)?.ok_or_else(refusal::not_found)?;
            versions(tx, None, Some(header.key), part, limit + 1)?
        }
        Of::Type(kind) => {
            app::require(tx.actor(), kind, AppRight::Search)?;
            versions(tx, kinds::number(kind), None, part, limit + 1)?
        }
        Of::Everything => {
            let mut rows = Vec::new();
            for name in fhir::definitions::resource_types() {
                if !app::may(tx.actor(), name, AppRight::Search) {
                    continue;
                }
                rows.extend(versions(tx, kinds::number(name), None, part, limit + 1)?);
            }
            rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.key, row.version)));
            rows
        }
    };
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}.{}.{}", row.at.micros(), row.key, row.version));
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        if may_see_version(tx, &row)? {
            shown.push(row);
        }
    }
    Ok((shown, next))
}

/// A version may name patients that the resource does not name any more, and what is sensitive that
/// it does not tell any more.
pub(crate) fn may_see_version(tx: &mut Tx<'_>, version: &Version) -> Result<bool> {
    for patient in version.others.iter().flat_map(|text| text.split(' ')) {
        let standing = moves::standing(tx, patient)?;
        let Ok(id) = standing.as_deref().unwrap_or(patient).parse::<Id>() else {
            return Ok(false);
        };
        if record::basis(tx, id)?.is_none() {
            return Ok(false);
        }
    }
    let (Some(labels), Some(patient)) = (&version.labels, &version.patient_id) else {
        return Ok(true);
    };
    let labels: Vec<String> = labels.split(' ').map(str::to_owned).collect();
    let name = kinds::name(version.kind).unwrap_or_default();
    let entry = record::Entry {
        org_id: version.org_id.parse()?,
        category: kinds::category(name),
        at: version.dated,
        labels: &labels,
    };
    Ok(record::sight(tx, patient.parse()?)?.sees(&entry))
}

fn versions(
    tx: &mut Tx<'_>,
    kind: Option<i64>,
    key: Option<i64>,
    part: &Part,
    limit: u32,
) -> Result<Vec<Version>> {
    let mut sql = Composed::new();
    let right = if key.is_some() {
        AppRight::Read
    } else {
        AppRight::Search
    };
    let eye = Eye::bind(tx, &mut sql, right);
    sql.push("SELECT v.key, v.version, v.kind, r.id, v.at, v.method, v.others, v.body, v.labels,
        r.patient_id, r.org_id, r.dated FROM fhir_version AS v CROSS JOIN fhir_resource AS r WHERE r.key = v.key");
    if let Some(kind) = kind {
        sql.push(" AND v.kind = ").bind(kind);
    }
    if let Some(key) = key {
        sql.push(" AND v.key = ").bind(key);
    }
    if let Some(since) = part.since {
        sql.push(" AND v.at >= ").bind(since);
    }
    if let Some((at, key, version)) = part.after {
        sql.push(" AND (v.at, v.key, v.version) < (")
            .bind_all([at, key, version])
            .push(")");
    }
    sql.push(" AND ");
    eye.push(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY v.at DESC, v.key DESC, v.version DESC LIMIT ")
        .bind(limit);
    tx.query_composed(&sql)
}

/// One version of a resource the actor may see.
///
/// # Errors
/// `fhir.resource`, `fhir.deleted`.
pub(crate) fn version(
    tx: &mut Tx<'_>,
    kind: &str,
    id: &str,
    number: i64,
) -> Result<(Header, Version)> {
    app::require_one(tx.actor(), kind, id, AppRight::Read)?;
    let header = seen(tx, kind, id)?.ok_or_else(refusal::not_found)?;
    let mut sql = Composed::new();
    sql.push("SELECT v.key, v.version, v.kind, r.id, v.at, v.method, v.others, v.body, v.labels,
        r.patient_id, r.org_id, r.dated FROM fhir_version AS v CROSS JOIN fhir_resource AS r WHERE r.key = v.key AND v.key = ");
    sql.bind(header.key).push(" AND v.version = ").bind(number);
    let found: Vec<Version> = tx.query_composed(&sql)?;
    let version = found.into_iter().next().ok_or_else(refusal::not_found)?;
    if !may_see_version(tx, &version)? {
        return Err(refusal::not_found());
    }
    if version.body.is_none() {
        return Err(refusal::gone());
    }
    Ok((header, version))
}

/// Notes that the patients of these versions were looked at.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn note(tx: &mut Tx<'_>, versions: &[Version]) -> Result<()> {
    let headers: Vec<Header> = versions
        .iter()
        .map(|version| Header {
            key: version.key,
            address: 0,
            kind: version.kind,
            id: version.id.clone(),
            version: version.version,
            updated_at: version.at,
            patient_id: version.patient_id.clone(),
            org_id: version.org_id.clone(),
            owner: None,
            deleted: false,
        })
        .collect();
    access::note(tx, headers.iter(), "fhir.history")
}

/// The bundle of a page.
pub(crate) fn bundle(base: &str, versions: &[Version], links: &[(&str, String)]) -> String {
    let mut bundle = Bundle::new("history", None, links);
    for version in versions {
        let name = kinds::name(version.kind).unwrap_or_default();
        let url = [name, "/", &version.id].concat();
        let full_url = quoted(&[base, "/", &url].concat());
        let status = match (version.version, version.method.as_str()) {
            (_, "DELETE") => "204 No Content",
            (1, _) => "201 Created",
            _ => "200 OK",
        };
        let address = if version.method == "POST" {
            name.to_owned()
        } else {
            url
        };
        let request = json!({ "method": version.method, "url": address }).to_string();
        let response = json!({
            "status": status,
            "etag": etag(version.version),
            "lastModified": version.at.to_string(),
        });
        let response = response.to_string();
        let mut members = vec![("fullUrl", full_url.as_str())];
        if let Some(body) = &version.body {
            members.push(("resource", body));
        }
        members.push(("request", &request));
        members.push(("response", &response));
        bundle.entry(&members);
    }
    bundle.finish()
}
