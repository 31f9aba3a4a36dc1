//! Notices that could not be sent: a list, and another chance.

use kernel::{Instant, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Composed, Tx, params};

use crate::access::{ALIASES, Eye};
use crate::write::subject_of;
use crate::{kinds, refusal, rows};

/// A notice that could not be sent.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FhirDeadLetter)]
pub(crate) struct DeadLetter {
    /// The subscription's id.
    pub subscription_id: String,
    /// Type of the resource.
    pub resource_type: String,
    /// Its id.
    pub resource_id: String,
    /// The version.
    pub version: i64,
    /// When it was stored.
    pub at: Instant,
    /// How often it was tried.
    pub tries: i64,
    /// Why it failed last.
    pub last_error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    subscription_id: String,
    kind: i64,
    resource_id: String,
    version: i64,
    at: Instant,
    tries: i64,
    last_error: Option<String>,
}

/// Dead letters one answer holds.
const LIST_MAX: u32 = 200;

const AGAIN: &str = "UPDATE fhir_notice SET dead = 0, tries = 0
    WHERE subscription = $1 AND dead = 1";
const AT_ONCE: &str = "UPDATE fhir_subscription SET retry_at = 0, failures = 0 WHERE key = $1";

/// Dead letters of the actor's organization about what the actor may see, the oldest first; those
/// behind them come when these have been dealt with.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn dead_letters(tx: &mut Tx<'_>) -> Result<Vec<DeadLetter>> {
    shown(tx, None)
}

/// Those of one subscription, or of all.
fn shown(tx: &mut Tx<'_>, subscription: Option<i64>) -> Result<Vec<DeadLetter>> {
    let org_id = tx.actor().org_id;
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Read);
    sql.push(
        "SELECT sr.id AS subscription_id, r.kind, r.id AS resource_id, n.version, n.at, n.tries,
        n.last_error FROM fhir_notice AS n CROSS JOIN fhir_subscription AS s
        CROSS JOIN fhir_resource AS sr CROSS JOIN fhir_resource AS r
        WHERE n.dead = 1 AND s.key = n.subscription AND sr.key = s.key AND r.key = n.key
        AND s.org_id = ",
    )
    .bind(org_id);
    if let Some(key) = subscription {
        sql.push(" AND s.key = ").bind(key);
    }
    sql.push(" AND ");
    eye.push_live(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY n.at, n.subscription, n.key, n.version LIMIT ")
        .bind(LIST_MAX);
    let found: Vec<Row> = tx.query_composed(&sql)?;
    let letters = found.into_iter().map(|row| DeadLetter {
        subscription_id: row.subscription_id,
        resource_type: kinds::name(row.kind).unwrap_or_default().to_owned(),
        resource_id: row.resource_id,
        version: row.version,
        at: row.at,
        tries: row.tries,
        last_error: row.last_error,
    });
    Ok(letters.collect())
}

/// Gives the dead letters of a subscription another chance; answers how many of those the list shows
/// there were.
///
/// # Errors
/// Not found.
pub(crate) fn retry(tx: &mut Tx<'_>, id: &str) -> Result<u64> {
    let header = rows::require(tx, "Subscription", id)?;
    if header.org_id != tx.actor().org_id.to_string() {
        return Err(refusal::not_found());
    }
    let count = shown(tx, Some(header.key))?.len() as u64;
    tx.execute(AGAIN, &params![header.key])?;
    tx.execute(AT_ONCE, &params![header.key])?;
    let subject = subject_of("Subscription", id, &header.org_id, None);
    let change = Change::new("fhir.dead-letters-retried").detail(json!({ "count": count }));
    tx.record(change, subject)?;
    Ok(count)
}
