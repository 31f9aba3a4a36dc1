//! The patients an organization works with: its own and those in live care, by name or number.

use http::SearchHit;
use kernel::{Cursor, Id, Instant, Page, Result, text};
use serde::Deserialize;
use store::{Tx, Versioned, params};

use crate::input::IdentifierInput;
use crate::model::{IdentifierKind, Patient, PatientBrief};
use crate::{accounts, basis, matching};

/// Above every text that begins with the prefix it is put behind.
const LAST_CHARACTER: char = '\u{10ffff}';
/// Numbers shorter than this are not looked up.
const NUMBER_CHARACTERS_MIN: usize = 5;

const OWN_BY_NAME: &str = "SELECT p.version, p.body FROM patient_org AS o
    JOIN patient AS p ON p.id = o.patient_id
    WHERE o.org_id = $1 AND o.name_key >= $2 AND o.name_key < $3 ORDER BY o.name_key, o.patient_id LIMIT $4";
const OWN_BY_INITIALS: &str = "SELECT p.version, p.body FROM patient_org AS o
    JOIN patient AS p ON p.id = o.patient_id
    WHERE o.org_id = $1 AND o.initials >= $2 AND o.initials < $3 ORDER BY o.initials, o.patient_id LIMIT $4";
const CARE_BY_NAME: &str = "SELECT p.version, p.body FROM care AS c
    JOIN patient AS p ON p.id = c.patient_id WHERE c.org_id = $1 AND c.closed_at IS NULL
    AND c.name_key >= $2 AND c.name_key < $3 ORDER BY c.name_key, c.patient_id LIMIT $4";
const CARE_BY_INITIALS: &str = "SELECT p.version, p.body FROM care AS c
    JOIN patient AS p ON p.id = c.patient_id WHERE c.org_id = $1 AND c.closed_at IS NULL
    AND c.initials >= $2 AND c.initials < $3 ORDER BY c.initials, c.patient_id LIMIT $4";
const OWN_NEWEST: &str = "SELECT o.since, p.body FROM patient_org AS o
    JOIN patient AS p ON p.id = o.patient_id
    WHERE o.org_id = $1 AND (o.since, o.patient_id) < ($2, $3)
    ORDER BY o.since DESC, o.patient_id DESC LIMIT $4";

/// The organization's own patients, newest first.
///
/// # Errors
/// Whatever the database reports.
pub fn own(tx: &mut Tx<'_>, after: Option<Cursor>, size: u32) -> Result<Page<PatientBrief>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct OwnRow {
        since: Instant,
        body: store::Json<Patient>,
    }
    if basis::only_oneself(tx.actor()) {
        let items = accounts::patients(tx)?;
        return Ok(Page { items, next: None });
    }
    let org_id = tx.actor().org_id;
    let (since, last) = after.map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let rows: Vec<OwnRow> = tx.query(OWN_NEWEST, &params![org_id, since, last, size + 1])?;
    let page = Page::from_rows(rows, size, |row| Cursor {
        key: row.since.micros(),
        id: row.body.id,
    });
    let today = tx.now().date();
    let items = page
        .items
        .iter()
        .map(|row| PatientBrief::of(&row.body, today))
        .collect();
    Ok(Page {
        items,
        next: page.next,
    })
}

/// Own patients and patients in live care whose name, its pinyin or initials begin with `q`, or who
/// have the number `q`; at most `limit`.
///
/// # Errors
/// Whatever the database reports.
pub fn within_reach(tx: &mut Tx<'_>, q: &str, limit: u32) -> Result<Vec<PatientBrief>> {
    let folded = text::fold(q);
    let key = text::pinyin_key(&folded);
    if key.is_empty() || basis::only_oneself(tx.actor()) {
        return Ok(Vec::new());
    }
    let mut found = by_number(tx, &folded)?;
    let org_id = tx.actor().org_id;
    let end = format!("{key}{LAST_CHARACTER}");
    let values = params![org_id, key.as_str(), end, limit];
    let latin = folded.is_ascii();
    found.extend(tx.find(OWN_BY_NAME, &values)?);
    found.extend(tx.find(CARE_BY_NAME, &values)?);
    if latin {
        found.extend(tx.find(OWN_BY_INITIALS, &values)?);
        found.extend(tx.find(CARE_BY_INITIALS, &values)?);
    }
    let today = tx.now().date();
    let mut briefs: Vec<PatientBrief> = Vec::new();
    for patient in &found {
        if briefs.iter().all(|brief| brief.id != patient.id) {
            briefs.push(PatientBrief::of(patient, today));
        }
    }
    // The name as typed comes before names that only sound like it.
    briefs.sort_by_key(|brief| !brief.name.starts_with(&folded));
    briefs.truncate(limit as usize);
    Ok(briefs)
}

fn by_number(tx: &mut Tx<'_>, q: &str) -> Result<Vec<Versioned<Patient>>> {
    let looks_like_number = q.chars().count() >= NUMBER_CHARACTERS_MIN
        && q.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && q.chars().any(|c| c.is_ascii_digit());
    if !looks_like_number {
        return Ok(Vec::new());
    }
    let kinds = [
        IdentifierKind::ResidentId,
        IdentifierKind::HealthCard,
        IdentifierKind::Insurance,
        IdentifierKind::Passport,
        IdentifierKind::BirthCertificate,
        IdentifierKind::HospitalNumber,
    ];
    let mut found = Vec::new();
    for kind in kinds {
        let Some(patient) = matching::by_identifier(tx, &IdentifierInput::new(kind, q))? else {
            continue;
        };
        // Strangers are found by the audited exact search only.
        if basis::basis(tx, patient.id)?.is_some() {
            found.push(patient);
        }
    }
    Ok(found)
}

/// What of this capability matches a search over everything; silent for actors who may not read
/// records at all.
///
/// # Errors
/// Whatever the database reports.
pub fn hits(tx: &mut Tx<'_>, q: &str, limit: u32) -> Result<Vec<SearchHit>> {
    if tx.actor().scope("record.read").is_none() {
        return Ok(Vec::new());
    }
    let briefs = within_reach(tx, q, limit)?;
    Ok(briefs
        .into_iter()
        .map(|brief| {
            let birth = brief
                .birth_date
                .map(|date| date.to_string())
                .unwrap_or_default();
            let number = brief.identifier.unwrap_or_default();
            SearchHit {
                kind: "patient".to_owned(),
                id: brief.id,
                title: brief.name,
                subtitle: format!("{birth} {number}").trim().to_owned(),
                state: None,
                link: format!("/record/patients/{}", brief.id),
            }
        })
        .collect())
}
