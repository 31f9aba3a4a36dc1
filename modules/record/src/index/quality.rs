//! How good each member's registrations are: what is missing, wrong, or stands for "not known".

use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use super::demographics::MEASURED;

/// A figure of one member.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PatientQualityRow)]
pub struct QualityRow {
    /// The member.
    pub org_id: Id,
    /// Its name.
    pub org_name: String,
    /// Which field: `name`, `sex`, `birth-date`, `resident-id`, `phone`, `address`.
    pub field: String,
    /// Source records in which it is not there.
    pub missing: i64,
    /// In which it cannot be right.
    pub invalid: i64,
    /// In which it stands for "not known".
    pub placeholder: i64,
    /// In which it is right: the numerator.
    pub good: i64,
    /// All of the member's source records: the denominator.
    pub records: i64,
}

const RECORDS: &str = "SELECT s.org_id, COUNT(*) AS records FROM source_record AS s
    WHERE s.org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2)
    GROUP BY s.org_id ORDER BY s.org_id";
const FLAWS: &str = "SELECT f.org_id, f.field, f.flaw, COUNT(*) AS records FROM source_flaw AS f
    WHERE f.org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2)
    GROUP BY f.org_id, f.field, f.flaw ORDER BY f.org_id, f.field, f.flaw";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    org_id: Id,
    records: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flaws {
    org_id: Id,
    field: String,
    flaw: String,
    records: i64,
}

/// One row a member and field, for the members that the actor's scope reaches.
pub(crate) fn report(tx: &mut Tx<'_>) -> Result<Vec<QualityRow>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Own);
    let values = params![tx.actor().org_id, scope.table_word()];
    let members: Vec<Records> = tx.query(RECORDS, &values)?;
    let flaws: Vec<Flaws> = tx.query(FLAWS, &values)?;
    let mut rows = Vec::with_capacity(members.len() * MEASURED.len());
    for member in members {
        let org = network::org(tx, member.org_id)?;
        for field in MEASURED {
            let count = |flaw: &str| {
                let mut of_field = flaws.iter();
                let found = of_field.find(|one| {
                    one.org_id == member.org_id && one.field == field && one.flaw == flaw
                });
                found.map_or(0, |one| one.records)
            };
            let (missing, invalid, placeholder) =
                (count("missing"), count("invalid"), count("placeholder"));
            rows.push(QualityRow {
                org_id: member.org_id,
                org_name: org.name.clone(),
                field: field.to_owned(),
                missing,
                invalid,
                placeholder,
                good: member.records - missing - invalid - placeholder,
                records: member.records,
            });
        }
    }
    Ok(rows)
}
