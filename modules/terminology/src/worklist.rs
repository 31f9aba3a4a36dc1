//! What of a map is still to be done, the most frequent first.

use kernel::{Result, text::fold};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::maps::TermMap;
use crate::sql;

/// A code of the source that the map says nothing of yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MapWorkItem)]
pub struct WorkCode {
    /// The code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The unit it comes with.
    pub unit: String,
    /// Times it arrived; 0 for one that only stands in the catalogue.
    pub arrivals: i64,
    /// Is there a proposal that waits for somebody?
    pub proposed: bool,
}

/// Where a page ends.
pub(crate) type Mark = (i64, String);

const LIST: &str = "WITH came AS (
        SELECT code, MAX(name) AS name, MAX(unit) AS unit,
            CAST(SUM(arrivals) AS BIGINT) AS arrivals
        FROM code_arrival WHERE system = $1 AND (CAST($6 AS TEXT) IS NULL OR org_id = $6)
        GROUP BY code),
    source AS (
        SELECT c.code, c.zh AS name, COALESCE(CAST(c.attributes ->> 'unit' AS TEXT), a.unit, '')
            AS unit, COALESCE(a.arrivals, 0) AS arrivals
        FROM concept c LEFT JOIN came a ON a.code = c.code
        WHERE c.system = $2 AND (c.active_to IS NULL OR c.active_to >= $7)
        UNION ALL
        SELECT a.code, a.name, a.unit, a.arrivals FROM came a
        WHERE NOT EXISTS (SELECT 1 FROM concept c WHERE c.system = $2 AND c.code = a.code))
    SELECT s.code, s.name, s.unit, s.arrivals,
        CAST(CASE WHEN e.state = 'proposed' THEN 1 ELSE 0 END AS BIGINT) AS proposed
    FROM source s LEFT JOIN map_entry e ON e.map_id = $3 AND e.code = s.code
    WHERE (e.id IS NULL OR e.state <> 'confirmed')
        AND (s.arrivals < $4 OR (s.arrivals = $4 AND s.code > $5))
        AND (CAST($9 AS TEXT) IS NULL OR lower(s.name) LIKE $9 OR lower(s.code) LIKE $9)
    ORDER BY s.arrivals DESC, s.code LIMIT $8";
const ENDED: &str = "SELECT COUNT(*) AS count FROM concept
    WHERE system = $1 AND (active_to IS NULL OR active_to >= $2)";
const ONE: &str = "SELECT code, MAX(name) AS name, MAX(unit) AS unit,
        CAST(SUM(arrivals) AS BIGINT) AS arrivals, CAST(0 AS BIGINT) AS proposed
    FROM code_arrival WHERE system = $1 AND code = $2 GROUP BY code";

/// Codes without a confirmed entry: what was rejected is to be decided anew.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    map: &TermMap,
    typed: &str,
    after: Option<Mark>,
    limit: u32,
) -> Result<Vec<WorkCode>> {
    let source = sql::system_of_url(tx, &map.source)?;
    let source = source.map_or_else(String::new, |system| system.system);
    let (arrivals, code) = after.unwrap_or((i64::MAX, String::new()));
    let today = tx.now().date();
    let typed: String = fold(typed)
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '%' | '_'))
        .collect();
    let like = (!typed.is_empty()).then(|| format!("%{typed}%"));
    let values = params![
        map.source.as_str(),
        source,
        map.id,
        arrivals,
        code,
        map.org_id,
        today,
        limit,
        like
    ];
    tx.query(LIST, &values)
}

/// Codes in use that the source's catalogue has, where it is kept here.
pub(crate) fn source_size(tx: &mut Tx<'_>, map: &TermMap) -> Result<Option<i64>> {
    let Some(source) = sql::system_of_url(tx, &map.source)? else {
        return Ok(None);
    };
    let today = tx.now().date();
    tx.count(ENDED, &params![source.system, today]).map(Some)
}

/// What is known of one code of the source: from its catalogue, and from what arrived.
pub(crate) fn one(tx: &mut Tx<'_>, map: &TermMap, code: &str) -> Result<WorkCode> {
    let came: Option<WorkCode> = tx.query_opt(ONE, &params![map.source.as_str(), code])?;
    let mut known = came.unwrap_or(WorkCode {
        code: code.to_owned(),
        name: String::new(),
        unit: String::new(),
        arrivals: 0,
        proposed: false,
    });
    if let Some(source) = sql::system_of_url(tx, &map.source)?
        && let Some(concept) = sql::concept(tx, &source.system, code)?
    {
        let unit = concept.text("unit");
        if !unit.is_empty() {
            unit.clone_into(&mut known.unit);
        }
        known.name = concept.zh;
    }
    Ok(known)
}
