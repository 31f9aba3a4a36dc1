//! Reading maps: what a code becomes.

use kernel::Result;
use serde::Deserialize;
use store::{Tx, params};

use crate::maps::{Entry, Relation};

const FORWARD: &str = "SELECT m.code AS map, m.source, m.target, e.body
    FROM concept_map m JOIN map_entry e ON e.map_id = m.id
    WHERE m.source = $1 AND m.state = 'active' AND e.code = $2 AND e.state = 'confirmed'
        AND (CAST($3 AS TEXT) IS NULL OR m.target = $3)
        AND (CAST($4 AS TEXT) IS NULL OR m.code = $4)
    ORDER BY m.code";
const BACKWARD: &str = "SELECT m.code AS map, m.source, m.target, e.body
    FROM concept_map m JOIN map_target t ON t.map_id = m.id
        JOIN map_entry e ON e.map_id = m.id AND e.code = t.code
    WHERE m.target = $1 AND m.state = 'active' AND t.target_code = $2 AND e.state = 'confirmed'
        AND (CAST($3 AS TEXT) IS NULL OR m.source = $3)
        AND (CAST($4 AS TEXT) IS NULL OR m.code = $4)
    ORDER BY m.code, e.code";

/// A code as a map renders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Name of the map.
    pub map: String,
    /// URI of the system it leads to.
    pub system: String,
    /// The code there; absent where the map says that nothing fits.
    pub code: Option<String>,
    /// Its name there.
    pub name: String,
    /// How it relates to what was asked for.
    pub relation: Relation,
}

/// What is to be translated.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// URI of the system of the code.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
    /// Only into this system.
    pub other: Option<&'a str>,
    /// Only by this map.
    pub map: Option<&'a str>,
}

/// What confirmed entries of maps make of a code, the best of each map first; from target to source
/// when `reverse`.
///
/// # Errors
/// Whatever the database reports.
pub fn translate(tx: &mut Tx<'_>, asked: Asked<'_>, reverse: bool) -> Result<Vec<Translation>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        map: String,
        source: String,
        target: String,
        body: store::Json<Entry>,
    }
    let sql = if reverse { BACKWARD } else { FORWARD };
    let rows: Vec<Row> = tx.query(
        sql,
        &params![asked.system, asked.code, asked.other, asked.map],
    )?;
    let mut all = Vec::new();
    for row in rows {
        let entry = row.body.0;
        let one = |system: &str, code: Option<String>, name: String, relation| Translation {
            map: row.map.clone(),
            system: system.to_owned(),
            code,
            name,
            relation,
        };
        if reverse {
            let found = entry
                .targets
                .iter()
                .find(|target| target.code == asked.code);
            let relation = match found.map(|target| target.relation) {
                Some(Relation::Wider) => Relation::Narrower,
                Some(Relation::Narrower) => Relation::Wider,
                Some(relation) => relation,
                None => continue,
            };
            all.push(one(&row.source, Some(entry.code), entry.name, relation));
        } else if entry.targets.is_empty() {
            all.push(one(&row.target, None, String::new(), Relation::Unmatched));
        } else {
            for target in entry.targets {
                all.push(one(
                    &row.target,
                    Some(target.code),
                    target.name,
                    target.relation,
                ));
            }
        }
    }
    Ok(all)
}
