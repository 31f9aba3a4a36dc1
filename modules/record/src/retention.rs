//! How long a record is kept, and legal holds on it.
//!
//! A deletion by a client takes a resource out of sight; its history stays. Nothing is taken away for
//! good before its retention ends, by rule set `record.retention`, nor while a hold stands.

use kernel::{Date, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::model::Patient;
use crate::{basis, rules};

/// What sort of record it is, as the periods are laid down.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// Of visits to outpatient departments and emergency rooms, from the last visit on.
    Outpatient,
    /// Of stays, from the last discharge on.
    Inpatient,
    /// Of treatment over the internet.
    Internet,
    /// What a consent said, and who looked: as long as what it is about.
    Access,
    /// Anything else about a patient.
    Other,
}

/// Rule set `record.retention`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// A period for each kind.
    pub periods: Vec<Period>,
}

/// How long one kind of record is kept.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetentionPeriod)]
pub struct Period {
    /// What it is about.
    pub kind: RecordKind,
    /// Whole years from the day it was last added to.
    pub years: i64,
    /// Document and clause.
    pub source: String,
}

impl RetentionRule {
    /// The first day on which a record last added to on `last` may be taken away for good. What has no
    /// period of its own is kept as long as anything.
    pub fn ends_on(&self, kind: RecordKind, last: Date) -> Date {
        let own = self.periods.iter().find(|period| period.kind == kind);
        let longest = self.periods.iter().map(|period| period.years).max();
        let years = own.map_or(longest.unwrap_or(YEARS_MAX), |period| period.years);
        let (year, month, day) = last.parts();
        let year = year.saturating_add(i16::try_from(years).unwrap_or(i16::MAX));
        // A day that a year does not have is the one behind it.
        Date::new(year, month, day)
            .or_else(|_| Date::new(year, 3, 1))
            .unwrap_or_else(|_| last.plus_days(years.saturating_mul(366)))
            .plus_days(1)
    }
}

const YEARS_MIN: i64 = 1;
const YEARS_MAX: i64 = 100;
const REASON_CHARACTERS_MAX: usize = 500;
const HOLDS_MAX: u32 = 100;

/// Checks a body of `record.retention`.
///
/// # Errors
/// `rule.unreadable`, with the field at fault.
pub(crate) fn check_rule(body: &serde_json::Value) -> Result<()> {
    store::check_body::<RetentionRule>(body)?;
    let rule: RetentionRule = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    let mut kinds: Vec<RecordKind> = rule.periods.iter().map(|period| period.kind).collect();
    kinds.sort();
    kinds.dedup();
    let years = |period: &Period| (YEARS_MIN..=YEARS_MAX).contains(&period.years);
    if kinds.len() == rule.periods.len() && rule.periods.iter().all(years) {
        return Ok(());
    }
    let detail = "each kind once, 1 to 100 years";
    Err(Error::invalid("rule.unreadable", "body.periods", detail))
}

/// Where a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = LegalHoldState)]
pub enum HoldState {
    /// Nothing may be deleted.
    Set,
    /// No more.
    Released,
}

/// A legal hold on a patient's record.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LegalHold {
    /// Its id.
    pub id: Id,
    /// Whose record.
    pub patient_id: Id,
    /// The organization that set it.
    pub org_id: Id,
    /// Why: a dispute, an inquiry, an order with its number.
    pub reason: String,
    /// When it was set.
    pub set_at: Instant,
    /// By whom.
    pub set_by: String,
    /// Where it stands.
    pub state: HoldState,
    /// When it was released.
    pub released_at: Option<Instant>,
    /// By whom.
    pub released_by: Option<String>,
    /// Why.
    pub release_reason: Option<String>,
    /// The version, for `If-Match`; filled when read.
    #[serde(default)]
    pub version: i64,
}

impl Entity for LegalHold {
    const KIND: &'static str = "legal-hold";
    const TABLE: &'static str = "legal_hold";
    const COLUMNS: &'static [&'static str] = &["patient_id", "org_id", "state"];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }

    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            HoldState::Set => "set",
            HoldState::Released => "released",
        };
        params![self.patient_id, self.org_id, state].to_vec()
    }
}

/// Why a hold is set or released.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LegalHoldReason)]
pub struct HoldReason {
    /// In words, with the number of the order where there is one.
    pub reason: String,
}

const STANDS: &str =
    "SELECT COUNT(*) AS count FROM legal_hold WHERE patient_id = $1 AND state = 'set'";
const OF_PATIENT: &str =
    "SELECT version, body FROM legal_hold WHERE patient_id = $1 ORDER BY id DESC LIMIT $2";

/// Refuses to delete anything of a patient's record while a hold stands.
///
/// # Errors
/// `record.legal-hold`.
pub fn require_no_hold(tx: &mut Tx<'_>, patient_id: Id) -> Result<()> {
    if tx.count(STANDS, &params![patient_id])? == 0 {
        return Ok(());
    }
    let detail = "a legal hold stands on this patient's record: nothing of it is deleted until the \
                  hold is released";
    Err(Error::rule("record.legal-hold", detail))
}

/// Only an officer of an organization whose patient this is sets and releases holds.
fn require_own(tx: &mut Tx<'_>, patient_id: Id) -> Result<()> {
    let org_id = tx.actor().org_id;
    if basis::is_own(tx, patient_id, org_id)? {
        return Ok(());
    }
    Err(Error::not_found("patient"))
}

/// The holds on a patient's record, newest first.
///
/// # Errors
/// `NotFound` with code `patient`.
pub fn list(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<LegalHold>> {
    let patient = basis::patient(tx, patient_id)?;
    require_own(tx, patient.id)?;
    let found: Vec<Versioned<LegalHold>> = tx.find(OF_PATIENT, &params![patient.id, HOLDS_MAX])?;
    Ok(found.into_iter().map(numbered).collect())
}

/// The hold with its version filled in.
pub(crate) fn numbered(hold: Versioned<LegalHold>) -> LegalHold {
    LegalHold {
        version: hold.version,
        ..hold.data
    }
}

/// Sets a hold. Several may stand at once, each with its reason.
///
/// # Errors
/// `NotFound` with code `patient`; `record.text-missing`, `record.text-too-long`.
pub fn set(
    tx: &mut Tx<'_>,
    patient: &Patient,
    reason: &HoldReason,
) -> Result<Versioned<LegalHold>> {
    require_own(tx, patient.id)?;
    let hold = LegalHold {
        id: tx.new_id(),
        patient_id: patient.id,
        org_id: tx.actor().org_id,
        reason: rules::required_text("reason", &reason.reason, REASON_CHARACTERS_MAX)?,
        set_at: tx.now(),
        set_by: tx.actor().name.clone(),
        state: HoldState::Set,
        released_at: None,
        released_by: None,
        release_reason: None,
        version: 0,
    };
    tx.insert(&hold, Change::new("record.hold-set"))
}

/// The hold with this id, where the actor's organization set it.
///
/// # Errors
/// `NotFound` with code `legal-hold`.
pub(crate) fn to_release(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<LegalHold>> {
    let hold = tx.load::<LegalHold>(id)?;
    if hold.org_id == tx.actor().org_id {
        return Ok(hold);
    }
    Err(Error::not_found("legal-hold"))
}

/// Releases a hold.
///
/// # Errors
/// `record.hold-released`, `record.text-missing`, `record.text-too-long`, `store.stale-version`.
pub fn release(
    tx: &mut Tx<'_>,
    mut hold: Versioned<LegalHold>,
    reason: &HoldReason,
) -> Result<Versioned<LegalHold>> {
    if hold.state == HoldState::Released {
        let detail = "this hold was released already";
        return Err(Error::rule("record.hold-released", detail));
    }
    hold.state = HoldState::Released;
    hold.released_at = Some(tx.now());
    hold.released_by = Some(tx.actor().name.clone());
    hold.release_reason = Some(rules::required_text(
        "reason",
        &reason.reason,
        REASON_CHARACTERS_MAX,
    )?);
    tx.update(&hold, Change::new("record.hold-released"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_kept_whole_years_from_the_day_it_was_last_added_to() {
        let rule: RetentionRule =
            serde_json::from_str(include_str!("retention.json")).expect("the seed reads");
        let day = |text: &str| text.parse::<Date>().expect("a day");
        for (kind, last, ends) in [
            (RecordKind::Outpatient, "2026-11-23", "2041-11-24"),
            (RecordKind::Inpatient, "2026-11-23", "2056-11-24"),
            (RecordKind::Internet, "2026-11-23", "2041-11-24"),
            (RecordKind::Outpatient, "2028-02-29", "2043-03-02"),
            (RecordKind::Other, "2026-11-23", "2056-11-24"),
        ] {
            assert_eq!(rule.ends_on(kind, day(last)), day(ends), "{kind:?} {last}");
        }
        let body = serde_json::from_str(include_str!("retention.json")).expect("JSON");
        check_rule(&body).expect("the seed passes its own check");
        let twice = serde_json::json!({ "periods": [
            { "kind": "other", "years": 1, "source": "x" }, { "kind": "other", "years": 2, "source": "x" }] });
        assert!(check_rule(&twice).is_err());
        let none =
            serde_json::json!({ "periods": [{ "kind": "other", "years": 0, "source": "x" }] });
        assert!(check_rule(&none).is_err());
    }
}
