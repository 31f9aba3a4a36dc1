//! How many cases stand where, for the saved views of an organization. Counting stops at a bound.

use std::collections::BTreeMap;

use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

/// Live cases of one side that are counted at most.
const COUNTED_MAX: i64 = 20_000;
/// Shown as "1000+" from here.
pub(crate) const SHOWN_MAX: i64 = 1_000;

macro_rules! by_state {
    ($org:literal) => {
        concat!(
            "SELECT state, COUNT(*) AS count,
                CAST(SUM(CASE WHEN due_at <= $2 THEN 1 ELSE 0 END) AS BIGINT) AS overdue
             FROM (SELECT state, due_at FROM referral WHERE ",
            $org,
            " = $1 AND phase = 'live' LIMIT $3) AS live GROUP BY state ORDER BY state"
        )
    };
}

const TO: &str = by_state!("to_org_id");
const FROM: &str = by_state!("from_org_id");
const COMMUNITY: &str = by_state!("community_org_id");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    state: String,
    count: i64,
    overdue: i64,
}

/// How many live cases stand where, by side; at most 1000 is told, which means 1000 or more.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// Asked of the organization, by state.
    pub inbox: BTreeMap<String, i64>,
    /// Asked by it, by state.
    pub outbox: BTreeMap<String, i64>,
    /// For it to take back, by state.
    pub community: BTreeMap<String, i64>,
    /// Past their limit in the inbox.
    pub inbox_overdue: i64,
    /// Past their limit in the outbox.
    pub outbox_overdue: i64,
    /// Past their limit among those to take back.
    pub community_overdue: i64,
    /// From here on "or more".
    pub shown_max: i64,
}

/// The counts of one organization.
pub(crate) fn of(tx: &mut Tx<'_>, org_id: Id) -> Result<Counts> {
    let (inbox, inbox_overdue) = side(tx, TO, org_id)?;
    let (outbox, outbox_overdue) = side(tx, FROM, org_id)?;
    let (community, community_overdue) = side(tx, COMMUNITY, org_id)?;
    Ok(Counts {
        inbox,
        outbox,
        community,
        inbox_overdue,
        outbox_overdue,
        community_overdue,
        shown_max: SHOWN_MAX,
    })
}

fn side(
    tx: &mut Tx<'_>,
    statement: &'static str,
    org_id: Id,
) -> Result<(BTreeMap<String, i64>, i64)> {
    let now = tx.now();
    let rows: Vec<Counted> = tx.query(statement, &params![org_id, now, COUNTED_MAX])?;
    let overdue: i64 = rows.iter().map(|row| row.overdue).sum();
    let counts = rows
        .into_iter()
        .map(|row| (row.state, row.count.min(SHOWN_MAX)));
    Ok((counts.collect(), overdue.min(SHOWN_MAX)))
}
