//! Whose records an extract for research may be made of, and what it may know of them.

use std::collections::HashSet;

use kernel::identity::Sex;
use kernel::{Date, Id, Instant, Result};
use serde::Deserialize;
use store::{Composed, Tx, Versioned};

use crate::model::{IdentifierKind, Patient};

/// Why a patient stays out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// They denied research, or everybody who asks.
    Denied,
    /// They did not permit it.
    NotPermitted,
    /// A legal hold stands on the record.
    LegalHold,
}

/// A patient as an extract may know them.
#[derive(Clone, Debug)]
pub struct ResearchSubject {
    /// The id.
    pub id: Id,
    /// The organization, of those asked for, whose patient it is.
    pub org_id: Id,
    /// Administrative sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Whether the patient has died.
    pub deceased: bool,
    /// When first registered.
    pub registered_at: Instant,
    /// The county of household registration: the first six digits of the resident ID.
    pub county: Option<String>,
    /// Why the patient stays out.
    pub barred: Option<Bar>,
}

/// Digits of a county in a resident ID (GB/T 2260).
const COUNTY_DIGITS: usize = 6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    patient_id: Id,
    org_id: Id,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    patient_id: Id,
}

/// The patients of some organizations behind `after`, in the order of their ids, with the id to go on
/// behind where there are more. `permit_needed` bars those who did not permit research.
///
/// # Errors
/// Whatever the database reports.
pub fn research_subjects(
    tx: &mut Tx<'_>,
    org_ids: &[Id],
    after: Option<Id>,
    limit: u32,
    permit_needed: bool,
) -> Result<(Vec<ResearchSubject>, Option<Id>)> {
    let mut sql = Composed::new();
    sql.push(
        "SELECT po.patient_id, MIN(po.org_id) AS org_id FROM patient_org AS po
        WHERE po.org_id IN (",
    )
    .bind_all(org_ids.iter().copied());
    sql.push(") AND po.patient_id > ")
        .bind(after.unwrap_or(Id::NIL));
    sql.push(" GROUP BY po.patient_id ORDER BY po.patient_id LIMIT ")
        .bind(limit);
    let own: Vec<Own> = tx.query_composed(&sql)?;
    if own.is_empty() {
        return Ok((Vec::new(), None));
    }
    let full = own.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let next = own.last().filter(|_| full).map(|row| row.patient_id);
    let ids: Vec<Id> = own.iter().map(|row| row.patient_id).collect();
    let barred = Barred::of(tx, &ids)?;
    let mut subjects = Vec::with_capacity(own.len());
    for row in own {
        let patient: Versioned<Patient> = tx.load(row.patient_id)?;
        // Whoever was merged into another is that one, and comes as such.
        if patient.replaced_by.is_some() {
            continue;
        }
        subjects.push(ResearchSubject {
            id: patient.id,
            org_id: row.org_id,
            sex: patient.sex,
            birth_date: patient.birth_date,
            deceased: patient.deceased_on.is_some(),
            registered_at: patient.registered_at,
            county: county(&patient),
            barred: barred.bar(patient.id, permit_needed),
        });
    }
    Ok((subjects, next))
}

/// Of these patients, those who must stay out now.
///
/// # Errors
/// Whatever the database reports.
pub fn research_barred(tx: &mut Tx<'_>, ids: &[Id], permit_needed: bool) -> Result<Vec<Id>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let barred = Barred::of(tx, ids)?;
    let out = ids.iter().copied();
    Ok(out
        .filter(|id| barred.bar(*id, permit_needed).is_some())
        .collect())
}

fn county(patient: &Patient) -> Option<String> {
    let resident = patient
        .live_identifiers()
        .find(|one| one.kind == IdentifierKind::ResidentId)?;
    let digits = resident.value.get(..COUNTY_DIGITS)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.to_owned())
}

struct Barred {
    denied: HashSet<Id>,
    permitted: HashSet<Id>,
    held: HashSet<Id>,
}

impl Barred {
    fn of(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Self> {
        let now = tx.now();
        let mut denied = Composed::new();
        denied
            .push("SELECT DISTINCT patient_id FROM consent WHERE patient_id IN (")
            .bind_all(ids.iter().copied());
        // A denial of research of any reach counts: an extract may be read by anybody later. So does
        // one of everything to everybody.
        denied
            .push(
                ") AND decision = 'deny' AND state = 'active'
                AND (purpose = 'research' OR (reach = 'everyone' AND whole = 1)) AND expires_at > ",
            )
            .bind(now);
        let mut permitted = Composed::new();
        permitted
            .push("SELECT DISTINCT patient_id FROM consent WHERE patient_id IN (")
            .bind_all(ids.iter().copied());
        permitted
            .push(
                ") AND decision = 'permit' AND state = 'active' AND purpose = 'research'
                AND whole = 1 AND expires_at > ",
            )
            .bind(now);
        let mut held = Composed::new();
        held.push(
            "SELECT DISTINCT patient_id FROM legal_hold WHERE state = 'set' AND patient_id IN (",
        )
        .bind_all(ids.iter().copied())
        .push(")");
        Ok(Self {
            denied: named(tx, &denied)?,
            permitted: named(tx, &permitted)?,
            held: named(tx, &held)?,
        })
    }

    fn bar(&self, id: Id, permit_needed: bool) -> Option<Bar> {
        if self.denied.contains(&id) {
            Some(Bar::Denied)
        } else if self.held.contains(&id) {
            Some(Bar::LegalHold)
        } else if permit_needed && !self.permitted.contains(&id) {
            Some(Bar::NotPermitted)
        } else {
            None
        }
    }
}

fn named(tx: &mut Tx<'_>, sql: &Composed) -> Result<HashSet<Id>> {
    let rows: Vec<Named> = tx.query_composed(sql)?;
    Ok(rows.into_iter().map(|row| row.patient_id).collect())
}
