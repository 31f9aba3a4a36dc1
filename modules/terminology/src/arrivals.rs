//! Which codes arrive, and how often: counted by a follower behind the writes, never in them.

use kernel::{Id, Instant, Result};
use store::{Tx, params};

/// Characters of a code, name or unit that are kept.
const CHARS_MAX: usize = 200;

/// A code that came with something that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The member it came from.
    pub org_id: Id,
    /// URI of its system.
    pub system: String,
    /// The code.
    pub code: String,
    /// What it was called.
    pub name: String,
    /// The unit of the value beside it.
    pub unit: String,
    /// Did a code of a shared system come with it?
    pub accompanied: bool,
    /// When.
    pub at: Instant,
}

const COUNT: &str = "INSERT INTO code_arrival (org_id, system, code, name, unit, arrivals,
        accompanied, first_at, last_at)
    VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $7)
    ON CONFLICT (org_id, system, code) DO UPDATE SET
        arrivals = code_arrival.arrivals + 1,
        accompanied = code_arrival.accompanied + excluded.accompanied,
        name = CASE WHEN excluded.name = '' THEN code_arrival.name ELSE excluded.name END,
        unit = CASE WHEN excluded.unit = '' THEN code_arrival.unit ELSE excluded.unit END,
        last_at = excluded.last_at";

const SHARED: &str = "SELECT COUNT(*) AS count FROM code_system WHERE url = $1 AND org_id IS NULL";

/// Counts an arrival: one statement.
///
/// # Errors
/// Whatever the database reports.
pub fn arrived(tx: &mut Tx<'_>, arrival: &Arrival) -> Result<()> {
    let short = |text: &str| -> String { text.chars().take(CHARS_MAX).collect() };
    let values = params![
        arrival.org_id,
        short(&arrival.system),
        short(&arrival.code),
        short(&arrival.name),
        short(&arrival.unit),
        arrival.accompanied,
        arrival.at
    ];
    tx.execute(COUNT, &values).map(|_| ())
}

/// Whether a system is one that all share, so that its codes need no map: the catalogues here that
/// are no member's own, and the vocabularies of the standard.
///
/// # Errors
/// Whatever the database reports.
pub fn is_shared(tx: &mut Tx<'_>, system: &str) -> Result<bool> {
    if STANDARD.iter().any(|start| system.starts_with(start)) {
        return Ok(true);
    }
    Ok(tx.count(SHARED, &params![system])? > 0)
}

/// How the URIs of the standard's vocabularies begin.
pub(crate) const STANDARD: [&str; 5] = [
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://hl7.org/fhir/",
    "http://terminology.hl7.org/",
    "http://unitsofmeasure.org",
];
