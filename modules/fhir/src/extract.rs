//! A patient's entries for an extract that nobody can be known by: read for a job of this server, not
//! for a person. What is sensitive, and what names other patients too, is counted and left out.

use fhir::search::TIME_MIN;
use kernel::{Id, Instant, Result};
use serde::Deserialize;
use store::{Composed, Tx};

use crate::{hash, kinds};

/// Which entries.
#[derive(Clone, Copy, Debug)]
pub struct WantedEntries<'a> {
    /// Whose.
    pub patient_id: Id,
    /// Of these types.
    pub kinds: &'a [String],
    /// Written by these organizations.
    pub org_ids: &'a [Id],
    /// What happened from then on; where an entry does not say when, what was stored from then on.
    pub from: Instant,
    /// And before then.
    pub to: Instant,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its type.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// When what it tells happened, as far as it says.
    pub at: Option<Instant>,
    /// The resource.
    pub body: String,
}

/// Some entries, and how many were left out among them.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// Those that may be given.
    pub entries: Vec<Entry>,
    /// Left out as sensitive.
    pub sensitive: i64,
    /// Left out as they name other patients.
    pub shared: i64,
    /// The key to go on behind; `None` when there are no more.
    pub next: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    key: i64,
    kind: i64,
    id: String,
    org_id: String,
    others: i64,
    sensitive: bool,
    dated: Option<Instant>,
    body: Option<String>,
}

/// Entries of a patient behind the key `after`, at most `limit`.
///
/// # Errors
/// Whatever the database reports.
pub fn entries_of(
    tx: &mut Tx<'_>,
    wanted: &WantedEntries<'_>,
    after: i64,
    limit: u32,
) -> Result<Entries> {
    let patient = wanted.patient_id.to_string();
    let mut sql = Composed::new();
    sql.push(
        "SELECT r.key, r.kind, r.id, r.org_id, r.others, r.sensitive, r.dated, v.body
        FROM fhir_compartment AS c CROSS JOIN fhir_resource AS r CROSS JOIN fhir_version AS v
        WHERE c.patient = ",
    )
    .bind(hash::address("Patient", &patient));
    let numbers = wanted.kinds.iter().filter_map(|kind| kinds::number(kind));
    sql.push(" AND c.code = 0 AND c.kind IN (")
        .bind_all(numbers);
    sql.push(") AND ((c.date >= ").bind(wanted.from);
    sql.push(" AND c.date < ").bind(wanted.to);
    sql.push(") OR (c.date = ").bind(TIME_MIN);
    sql.push(" AND r.updated_at >= ").bind(wanted.from);
    sql.push(" AND r.updated_at < ").bind(wanted.to);
    sql.push(")) AND r.key = c.key AND r.deleted = 0 AND r.patient_id = ")
        .bind(patient);
    sql.push(" AND v.key = r.key AND v.version = r.version AND r.key > ")
        .bind(after);
    sql.push(" ORDER BY r.key LIMIT ").bind(limit);
    let rows: Vec<Row> = tx.query_composed(&sql)?;
    let mut found = Entries::default();
    if rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
        found.next = rows.last().map(|row| row.key);
    }
    for row in rows {
        let own = wanted.org_ids.iter().any(|id| id.to_string() == row.org_id);
        let (Some(kind), Some(body), true) = (kinds::name(row.kind), row.body, own) else {
            continue;
        };
        if row.sensitive {
            found.sensitive += 1;
        } else if row.others > 0 {
            found.shared += 1;
        } else {
            found.entries.push(Entry {
                kind,
                id: row.id,
                at: row.dated,
                body,
            });
        }
    }
    Ok(found)
}
