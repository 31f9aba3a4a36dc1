//! Which entries of a patient's record an actor sees: the same decision as in [`crate::visible`],
//! on values. Whoever holds a basis sees the record, except where the patient denied it and where an
//! entry is sensitive.

use kernel::{Id, Instant, Result};
use serde::Deserialize;
use store::{Tx, params};

use crate::provisions::{Category, Decision, Part};
use crate::{accounts, basis, break_glass};

/// What decides whether an entry is seen.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Who wrote it.
    pub org_id: Id,
    /// The part of the record it lies in; `None` for who the patient is.
    pub category: Option<Category>,
    /// When what it tells happened, as far as it says.
    pub at: Option<Instant>,
    /// The sensitive categories it was labelled with.
    pub labels: &'a [String],
}

/// How far an actor sees into one patient's record.
#[derive(Clone, Debug)]
pub struct Sight {
    org_id: Id,
    oneself: bool,
    own: bool,
    care: bool,
    glass: bool,
    permits: Vec<Standing>,
    denies: Vec<Standing>,
}

/// A consent in force that is about the actor's organization.
#[derive(Clone, Debug)]
struct Standing {
    id: Id,
    rank: i64,
    part: Part,
    opens: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Id,
    decision: Decision,
    reach: String,
    reach_rank: i64,
    grantee_org_id: Option<Id>,
    spared_org_id: Option<Id>,
    categories: i64,
    data_low: Option<Instant>,
    data_high: Option<Instant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened {
    category: String,
}

/// Consents of one patient that are looked at.
const CONSENTS_MAX: u32 = 500;
const IN_FORCE: &str = "SELECT id, decision, reach, reach_rank, grantee_org_id, spared_org_id,
    categories, data_low, data_high FROM consent
    WHERE patient_id = $1 AND state = 'active' AND purpose = 'treatment' AND expires_at > $2
    ORDER BY reach_rank DESC, id DESC LIMIT $3";
const OPENED: &str = "SELECT category FROM consent_opens WHERE consent_id = $1 ORDER BY category";

/// How far the actor sees into a patient's record.
///
/// # Errors
/// Whatever the database reports.
pub fn sight(tx: &mut Tx<'_>, patient_id: Id) -> Result<Sight> {
    let org_id = tx.actor().org_id;
    let oneself = basis::only_oneself(tx.actor());
    let mut sight = Sight {
        org_id,
        oneself: false,
        own: false,
        care: false,
        glass: false,
        permits: Vec::new(),
        denies: Vec::new(),
    };
    if oneself {
        let account_id = tx.actor().id;
        sight.oneself = accounts::is_linked(tx, account_id, patient_id)?;
        return Ok(sight);
    }
    sight.own = basis::is_own(tx, patient_id, org_id)?;
    sight.care = basis::live_care(tx, patient_id, org_id)?.is_some();
    sight.glass = break_glass::in_force(tx, patient_id)?.is_some();
    (sight.permits, sight.denies) = standing(tx, patient_id, org_id)?;
    Ok(sight)
}

/// The consent by which `org_id` may read the patient now: one that no denial of everything beats.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn permit(tx: &mut Tx<'_>, patient_id: Id, org_id: Id) -> Result<Option<Id>> {
    let (permits, denies) = standing(tx, patient_id, org_id)?;
    let found = permits.iter().find(|permit| !beaten(permit, &denies, None));
    Ok(found.map(|permit| permit.id))
}

/// The permits and the denials in force that are about an organization.
fn standing(tx: &mut Tx<'_>, patient_id: Id, org_id: Id) -> Result<(Vec<Standing>, Vec<Standing>)> {
    let now = tx.now();
    let rows: Vec<Row> = tx.query(IN_FORCE, &params![patient_id, now, CONSENTS_MAX])?;
    let (mut permits, mut denies) = (Vec::new(), Vec::new());
    for row in rows {
        if !is_about(tx, &row, org_id)? {
            continue;
        }
        let opened: Vec<Opened> = tx.query(OPENED, &params![row.id])?;
        let one = Standing {
            id: row.id,
            rank: row.reach_rank,
            part: Part {
                categories: row.categories,
                low: row.data_low,
                high: row.data_high,
            },
            opens: opened.into_iter().map(|row| row.category).collect(),
        };
        match row.decision {
            Decision::Permit => permits.push(one),
            Decision::Deny => denies.push(one),
        }
    }
    Ok((permits, denies))
}

fn is_about(tx: &mut Tx<'_>, row: &Row, org_id: Id) -> Result<bool> {
    if row.spared_org_id == Some(org_id) {
        return Ok(false);
    }
    match (row.reach.as_str(), row.grantee_org_id) {
        ("everyone", _) => Ok(true),
        (_, Some(named)) if named == org_id => Ok(true),
        ("group", Some(named)) => network::same_group(tx, named, org_id),
        _ => Ok(false),
    }
}

/// Does a denial that names the organization as exactly stand against a permit, for an entry or, for
/// `None`, for the record as a whole?
fn beaten(permit: &Standing, denies: &[Standing], entry: Option<&Entry<'_>>) -> bool {
    denies
        .iter()
        .any(|deny| deny.rank >= permit.rank && stands_against(deny, entry))
}

fn stands_against(deny: &Standing, entry: Option<&Entry<'_>>) -> bool {
    match entry {
        None => deny.part.is_whole(),
        Some(entry) => match entry.category {
            None => deny.part.is_whole(),
            Some(category) => deny.part.may_hold(category.bit(), entry.at),
        },
    }
}

impl Sight {
    /// Is there a basis to open the record at all?
    pub fn is_open(&self) -> bool {
        self.oneself
            || self.own
            || self.care
            || self.glass
            || self
                .permits
                .iter()
                .any(|permit| !beaten(permit, &self.denies, None))
    }

    /// Is nothing kept from the actor? So for patients themselves, and in an emergency.
    pub fn is_full(&self) -> bool {
        self.oneself || self.glass
    }

    /// Does the actor see this entry?
    pub fn sees(&self, entry: &Entry<'_>) -> bool {
        if self.is_full() {
            return true;
        }
        if !self.is_open() {
            return false;
        }
        entry.org_id == self.org_id || (self.reads(entry) && self.opened(entry))
    }

    /// Without regard to labels.
    fn reads(&self, entry: &Entry<'_>) -> bool {
        let denied = || {
            self.denies
                .iter()
                .any(|deny| stands_against(deny, Some(entry)))
        };
        self.care
            || (self.own && (entry.category.is_none() || !denied()))
            || self.permits_for(entry).next().is_some()
    }

    fn permits_for<'a>(&'a self, entry: &'a Entry<'_>) -> impl Iterator<Item = &'a Standing> {
        self.permits.iter().filter(|permit| {
            entry
                .category
                .is_none_or(|part| permit.part.surely_holds(part.bit(), entry.at))
                && !beaten(permit, &self.denies, Some(entry))
        })
    }

    /// Is each of its labels opened by a consent?
    fn opened(&self, entry: &Entry<'_>) -> bool {
        entry.labels.iter().all(|label| {
            self.permits_for(entry)
                .any(|permit| permit.opens.contains(label))
        })
    }
}
