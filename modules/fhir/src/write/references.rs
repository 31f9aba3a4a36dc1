//! References whose targets must be stored here, by rule set `fhir.references`.

use std::collections::BTreeSet;

use kernel::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use store::{Composed, Tx};

use super::{Action, Step};
use crate::access::{ALIASES, Eye};
use crate::hash::Param;

/// Targets one statement asks for.
const TARGETS_A_STATEMENT: usize = 200;

/// Refuses a resource that points at something that is not here; what the actor may not see is not
/// here for them.
///
/// # Errors
/// `fhir.reference-missing`, with the parameter.
pub(super) fn require(tx: &mut Tx<'_>, step: &Step, must_exist: &[String]) -> Result<()> {
    let Action::Put { prepared, .. } = &step.action else {
        return Ok(());
    };
    for name in must_exist {
        let Some((kind, code)) = name.split_once(':').filter(|(kind, _)| *kind == step.kind) else {
            continue;
        };
        let param = Param { kind, code }.plain();
        let references = prepared.rows.references.iter();
        let of_param = references.filter(|(one, _)| *one == param);
        let targets: BTreeSet<i64> = of_param.map(|(_, target)| *target).collect();
        if !all_here(tx, &targets)? {
            let text = format!(
                "{name} points at something that is not stored here, or that you \
                                have no basis for; store it first"
            );
            let error = Error::rule("fhir.reference-missing", text).at(kind.to_owned());
            return Err(error.with(json!({ "parameter": name })));
        }
    }
    Ok(())
}

fn all_here(tx: &mut Tx<'_>, targets: &BTreeSet<i64>) -> Result<bool> {
    #[derive(Deserialize)]
    struct Count {
        count: i64,
    }
    let targets: Vec<i64> = targets.iter().copied().collect();
    for some in targets.chunks(TARGETS_A_STATEMENT) {
        let mut sql = Composed::new();
        let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Read);
        sql.push("SELECT COUNT(*) AS count FROM fhir_resource AS r WHERE r.address IN (");
        sql.bind_all(some.iter().copied()).push(") AND ");
        eye.push_live(&mut sql, &ALIASES[0]);
        let rows: Vec<Count> = tx.query_composed(&sql)?;
        let found = rows.first().map_or(0, |row| row.count);
        if usize::try_from(found).unwrap_or(0) < some.len() {
            return Ok(false);
        }
    }
    Ok(true)
}
