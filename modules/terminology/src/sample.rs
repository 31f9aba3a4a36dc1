//! A sample for the demonstration: a member's own laboratory items and a map that is half done.

use kernel::{Error, Id, Result};
use store::{Change, Tx};

use crate::maps::{MapState, TermMap};
use crate::model::{CodeSystem, LAB_ITEM};
use crate::{import, map_files, sql};

/// URI of the sample's code system.
pub const SAMPLE_LAB: &str = "urn:lianti:lab-sample";

/// Gives a member its own laboratory items and a map to the shared ones, once.
///
/// # Errors
/// Whatever the database reports.
pub fn sample(tx: &mut Tx<'_>, org_id: Id) -> Result<()> {
    if sql::system_of_url(tx, SAMPLE_LAB)?.is_some() {
        return Ok(());
    }
    let target =
        sql::system(tx, LAB_ITEM)?.ok_or_else(|| Error::not_found("terminology.system"))?;
    let system = CodeSystem {
        system: "lab-sample".to_owned(),
        name_zh: "本院检验项目（样例）".to_owned(),
        name_en: "Own laboratory items (sample)".to_owned(),
        source: "Lianti sample".to_owned(),
        edition: String::new(),
        concepts: 0,
        url: SAMPLE_LAB.to_owned(),
        org_id: Some(org_id),
        active_number: 0,
    };
    let id = tx.new_id();
    sql::add_system(tx, id, &system)?;
    let file = include_bytes!("../data/sample-lab.csv");
    import::import(tx, &system.system, file, Some("sample-1"), false)?;
    let map = TermMap {
        id: tx.new_id(),
        code: "lab-sample".to_owned(),
        name_zh: "本院检验项目对照（样例）".to_owned(),
        name_en: "Map of own laboratory items (sample)".to_owned(),
        source: SAMPLE_LAB.to_owned(),
        target: target.url,
        org_id: Some(org_id),
        state: MapState::Active,
        edition: String::new(),
        note: String::new(),
        releases: Vec::new(),
        created_at: tx.now(),
    };
    tx.insert(&map, Change::new("terminology.map-created"))?;
    let file = include_bytes!("../data/sample-lab-map.csv");
    let report = map_files::import(tx, &map, file, false)?;
    debug_assert_eq!(
        report.problem_count, 0,
        "the sample fits the starter catalogue"
    );
    Ok(())
}
