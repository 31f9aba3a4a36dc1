//! How much of what arrives can be read by all: by member, by system, by code.

use kernel::{Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::arrivals::STANDARD;

/// Whether a code that arrived can be read by all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ArrivalStatus)]
pub enum Status {
    /// It is a code of a shared catalogue or of the standard.
    Shared,
    /// A confirmed map leads somewhere, or it always came with a shared code.
    Mapped,
    /// A map says that nothing fits.
    Unmatched,
    /// A map has a proposal.
    Proposed,
    /// Its system is a shared catalogue, which has no such code.
    Invalid,
    /// Nobody said what it means.
    Unmapped,
}

impl Status {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Mapped => "mapped",
            Self::Unmatched => "unmatched",
            Self::Proposed => "proposed",
            Self::Invalid => "invalid",
            Self::Unmapped => "unmapped",
        }
    }
}

/// The standing of every row of arrivals within reach, which the statements below read.
macro_rules! standing {
    () => {
        "WITH said AS (
            SELECT m.source, e.code,
                MAX(CASE WHEN e.state = 'confirmed' AND e.has_target = 1 THEN 3
                    WHEN e.state = 'confirmed' THEN 2 WHEN e.state = 'proposed' THEN 1
                    ELSE 0 END) AS rank
            FROM concept_map m JOIN map_entry e ON e.map_id = m.id
            WHERE m.state = 'active' GROUP BY m.source, e.code),
        standing AS (
            SELECT a.org_id, a.system, a.code, a.name, a.unit, a.arrivals, a.last_at,
                CASE
                    WHEN s.org_id IS NULL AND c.code IS NOT NULL THEN 'shared'
                    WHEN lower(a.system) LIKE $4 OR lower(a.system) LIKE $5 OR lower(a.system) LIKE $7
                        OR lower(a.system) LIKE $8 OR (lower(a.system) LIKE $6 AND s.system IS NULL)
                        THEN 'shared'
                    WHEN d.rank = 3 OR a.accompanied = a.arrivals THEN 'mapped'
                    WHEN d.rank = 2 THEN 'unmatched'
                    WHEN d.rank = 1 THEN 'proposed'
                    WHEN s.system IS NOT NULL AND s.org_id IS NULL THEN 'invalid'
                    ELSE 'unmapped' END AS status
            FROM code_arrival a
                LEFT JOIN code_system s ON s.url = a.system
                LEFT JOIN concept c ON c.system = s.system AND c.code = a.code
                LEFT JOIN said d ON d.source = a.system AND d.code = a.code
            WHERE (CAST($1 AS BIGINT) = 1 OR a.org_id = $2 OR a.org_id IN
                (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))) "
    };
}

const FIGURES: &str = concat!(
    standing!(),
    "SELECT org_id, system, status, COUNT(*) AS codes, CAST(SUM(arrivals) AS BIGINT) AS arrivals,
        MAX(last_at) AS last_at
    FROM standing GROUP BY org_id, system, status ORDER BY org_id, system, status"
);
const CODES: &str = concat!(
    standing!(),
    "SELECT org_id, system, code, name, unit, arrivals, last_at, status FROM standing
    WHERE (CAST($9 AS TEXT) IS NULL OR org_id = $9)
        AND (CAST($10 AS TEXT) IS NULL OR system = $10)
        AND (CAST($11 AS TEXT) IS NULL OR status = $11)
        AND (arrivals < $12 OR (arrivals = $12 AND (org_id, system, code) > ($13, $14, $15)))
    ORDER BY arrivals DESC, org_id, system, code LIMIT $16"
);

/// How many codes of one standing arrived from one member in one system.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CoverageFigure)]
pub struct Figure {
    /// The member.
    pub org_id: Id,
    /// URI of the system.
    pub system: String,
    /// How they stand.
    pub status: Status,
    /// Different codes.
    pub codes: i64,
    /// Times they came.
    pub arrivals: i64,
    /// When the last one came.
    pub last_at: Instant,
}

/// A code that arrived from a member.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CoverageCode)]
pub struct ArrivedCode {
    /// The member.
    pub org_id: Id,
    /// URI of its system.
    pub system: String,
    /// The code.
    pub code: String,
    /// What it was called last.
    pub name: String,
    /// The unit it came with last.
    pub unit: String,
    /// Times it came.
    pub arrivals: i64,
    /// When it came last.
    pub last_at: Instant,
    /// How it stands.
    pub status: Status,
}

/// Which codes to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub org_id: Option<Id>,
    pub system: Option<String>,
    pub status: Option<Status>,
    /// Behind this one.
    pub after: Option<(i64, String, String, String)>,
    pub limit: u32,
}

fn starts() -> [String; 5] {
    STANDARD.map(|start| format!("{start}%"))
}

/// The figures of the board.
pub(crate) fn figures(tx: &mut Tx<'_>) -> Result<Vec<Figure>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Own).table_word();
    let everywhere = tx.scope().is_none();
    let [a, b, c, d, e] = starts();
    let viewer = tx.actor().org_id;
    tx.query(FIGURES, &params![everywhere, viewer, scope, a, b, c, d, e])
}

/// Codes that arrived, the most frequent first.
pub(crate) fn codes(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<ArrivedCode>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Own).table_word();
    let everywhere = tx.scope().is_none();
    let [a, b, c, d, e] = starts();
    let viewer = tx.actor().org_id;
    let first = (i64::MAX, String::new(), String::new(), String::new());
    let after = wanted.after.clone().unwrap_or(first);
    let values = params![
        everywhere,
        viewer,
        scope,
        a,
        b,
        c,
        d,
        e,
        wanted.org_id,
        wanted.system.as_deref(),
        wanted.status.map(Status::word),
        after.0,
        after.1,
        after.2,
        after.3,
        wanted.limit
    ];
    tx.query(CODES, &values)
}
