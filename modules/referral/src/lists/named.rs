//! Cases by number or by the patient's name: as written, by its pinyin, by its initials. Each question is
//! one range of one index that begins with the organization and what was typed.

use std::collections::BTreeSet;

use kernel::{Id, Result, Scope, text};
use serde::Deserialize;
use store::{Tx, Versioned, params};

use super::Key;
use crate::model::Referral;
use crate::visible;

macro_rules! named {
    ($org:literal, $key:literal) => {
        concat!(
            "SELECT id, created_at AS key FROM referral WHERE ",
            $org,
            " = $1 AND ",
            $key,
            " >= $2 AND ",
            $key,
            " < $3 ORDER BY ",
            $key,
            ", id LIMIT $4"
        )
    };
}

const BY_PINYIN: [&str; 3] = [
    named!("to_org_id", "patient_key"),
    named!("from_org_id", "patient_key"),
    named!("community_org_id", "patient_key"),
];
const BY_INITIALS: [&str; 3] = [
    named!("to_org_id", "patient_initials"),
    named!("from_org_id", "patient_initials"),
    named!("community_org_id", "patient_initials"),
];
const NUMBERED: &str = "SELECT id, created_at AS key FROM referral
    WHERE number >= $1 AND number < $2 ORDER BY number LIMIT $3";
const WITHOUT_INITIALS: &str = "SELECT id, patient_name FROM referral
    WHERE patient_initials IS NULL ORDER BY id LIMIT $1";
const SET_INITIALS: &str = "UPDATE referral SET patient_initials = $2 WHERE id = $1";

/// Most rows a search by name answers; a longer name narrows it.
const NAMED_MAX: i64 = 200;
/// Rows filled in one go.
const FILLED_AT_ONCE: u32 = 500;

/// What the actor may see under a number or name, newest first: of these organizations, as far as the
/// scope reaches.
pub(crate) fn matches_of(
    tx: &mut Tx<'_>,
    (orgs, scope): (&[Id], Option<Scope>),
    words: &str,
) -> Result<Vec<Versioned<Referral>>> {
    let upper = words.to_uppercase();
    let values = params![upper.as_str(), after(&upper), NAMED_MAX];
    let mut keys: Vec<Key> = tx.query(NUMBERED, &values)?;
    let sound = text::pinyin_key(words);
    let chinese = !words.is_ascii();
    if !sound.is_empty() {
        let initials: &[&'static str] = if chinese { &[] } else { &BY_INITIALS };
        for org_id in orgs {
            let values = params![*org_id, sound.as_str(), after(&sound), NAMED_MAX];
            for statement in BY_PINYIN.iter().chain(initials) {
                keys.extend(tx.query::<Key>(statement, &values)?);
            }
        }
    }
    let ids: BTreeSet<(i64, Id)> = keys.into_iter().map(|row| (row.key, row.id)).collect();
    let mut found = Vec::new();
    for (_, id) in ids.into_iter().rev().take(NAMED_MAX as usize) {
        let referral: Versioned<Referral> = tx.load(id)?;
        // Pinyin finds namesakes of other characters too; Chinese words mean these characters.
        if chinese && !referral.patient.name.starts_with(words) {
            continue;
        }
        if !visible::sides_within(tx, &referral, scope)?.is_empty() {
            found.push(referral);
        }
    }
    Ok(found)
}

/// The end of the range of texts that begin with `prefix`.
fn after(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

/// Gives initials to cases written before there was a column for them; finds none at later starts.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn fill_initials(tx: &mut Tx<'_>) -> Result<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nameless {
        id: Id,
        patient_name: String,
    }
    loop {
        let rows: Vec<Nameless> = tx.query(WITHOUT_INITIALS, &params![FILLED_AT_ONCE])?;
        for row in &rows {
            let initials = text::pinyin_initials(&row.patient_name);
            tx.execute(SET_INITIALS, &params![row.id, initials])?;
        }
        if rows.len() < FILLED_AT_ONCE as usize {
            return Ok(());
        }
    }
}
