//! What is stored is noted for the subscriptions to its type.

use kernel::Result;
use store::{Event, Follower, Tx, params};

use crate::{kinds, rows};

const NOTE: &str = "INSERT INTO fhir_notice (subscription, key, version, at, tries, dead)
    SELECT s.key, $2, $3, $4, 0, 0 FROM fhir_subscription AS s
    WHERE s.kind = $1 AND s.state IN ('active', 'error')
    ON CONFLICT (subscription, key, version) DO NOTHING";

/// Reads the events of what clients store, and of what moved with a merge.
pub(crate) const FOLLOWER: Follower = Follower {
    name: "fhir.subscriptions",
    topics: &["fhir.created", "fhir.updated", "fhir.patient-moved"],
    run: follow,
};

fn follow(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let detail = event.detail_json();
    let (kind, id) = (detail["type"].as_str(), detail["id"].as_str());
    let (Some(kind), Some(id), Some(version)) = (kind, id, detail["version"].as_i64()) else {
        return Ok(());
    };
    match rows::head(tx, kind, id)? {
        Some(header) => note(tx, header.kind, header.key, version),
        None => Ok(()),
    }
}

/// Notes a module's object that was projected anew, of which there is no event.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn note_projected(tx: &mut Tx<'_>, kind: &str, key: i64, version: i64) -> Result<()> {
    note(tx, kinds::number(kind).unwrap_or_default(), key, version)
}

fn note(tx: &mut Tx<'_>, kind: i64, key: i64, version: i64) -> Result<()> {
    let now = tx.now();
    tx.execute(NOTE, &params![kind, key, version, now])
        .map(|_| ())
}
