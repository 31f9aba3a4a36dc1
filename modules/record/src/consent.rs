//! The patient's word on who may read the record: one organization, a group, or nobody but who
//! treats them; all of it or a part; with or without what is sensitive.

use kernel::{Basis, Date, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::basis;
use crate::consent_rules::{check, check_expiry, check_guardian, checked_sha256};
use crate::input::ContactInput;
use crate::model::{Contact, Patient};
use crate::provisions::{Category, Decision, Part, PurposeOfUse};
use crate::rules::{self, IdentityRule};
use crate::sight::{Entry, sight};

/// How far a consent reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The one organization named.
    Org,
    /// Every open member of a group that the organization named belongs to.
    Group,
    /// Every organization; only to deny.
    Everyone,
}

impl Reach {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::Group => "group",
            Self::Everyone => "everyone",
        }
    }

    /// How exactly it names whom it is about.
    const fn rank(self) -> i64 {
        match self {
            Self::Org => 2,
            Self::Group => 1,
            Self::Everyone => 0,
        }
    }
}

/// Where a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentState {
    /// Given.
    Active,
    /// Taken back.
    Withdrawn,
}

/// A consent.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PatientConsent)]
pub struct Consent {
    /// Its id.
    pub id: Id,
    /// Whose record.
    pub patient_id: Id,
    /// The organization that took it down; where patients said it themselves, the one that
    /// registered them first.
    pub org_id: Id,
    /// Whether it lets read or keeps from reading.
    #[serde(default)]
    pub decision: Decision,
    /// One organization, a group, or everyone.
    pub reach: Reach,
    /// The organization it is about, or whose groups it is about; none for everyone.
    pub grantee_org_id: Option<Id>,
    /// What for, in words.
    pub purpose: String,
    /// What for.
    #[serde(default)]
    pub purpose_of_use: PurposeOfUse,
    /// Only what happened from this day on.
    #[serde(default)]
    pub data_from: Option<Date>,
    /// Only what happened up to the end of this day.
    #[serde(default)]
    pub data_to: Option<Date>,
    /// Only these parts of the record; all where none is named.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// The sensitive categories it opens, by rule set `record.sensitive`.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// The patient, or the guardian, said it from an account of their own.
    #[serde(default)]
    pub by_account: bool,
    /// The guardian who gave it, where the patient could not.
    pub given_by: Option<Contact>,
    /// SHA-256 of the signed form, where it was scanned.
    pub evidence_sha256: Option<String>,
    /// When given.
    pub given_at: Instant,
    /// When it ends by itself; a denial may hold until it is withdrawn.
    pub expires_at: Option<Instant>,
    /// Where it stands.
    pub state: ConsentState,
    /// When taken back.
    pub withdrawn_at: Option<Instant>,
    /// Why, as far as said.
    pub withdrawal_reason: Option<String>,
    /// The version, for `If-Match`; filled when read.
    #[serde(default)]
    pub version: i64,
}

impl Consent {
    /// Which entries it is about.
    pub(crate) fn part(&self) -> Part {
        Part {
            categories: self.categories.iter().fold(0, |bits, one| bits | one.bit()),
            low: self.data_from.map(Date::start),
            high: self.data_to.map(|day| day.plus_days(1).start()),
        }
    }

    /// Is it in force at `now`?
    pub fn is_in_force(&self, now: Instant) -> bool {
        self.state == ConsentState::Active && self.expires_at.is_none_or(|end| end > now)
    }

    /// A denial leaves alone who took it down, except where it names them.
    fn spared_org_id(&self) -> Option<Id> {
        let spares = self.decision == Decision::Deny && self.reach != Reach::Org;
        (spares && !self.by_account).then_some(self.org_id)
    }
}

impl Entity for Consent {
    const KIND: &'static str = "consent";
    const TABLE: &'static str = "consent";
    const COLUMNS: &'static [&'static str] = &[
        "patient_id",
        "org_id",
        "decision",
        "reach",
        "reach_rank",
        "grantee_org_id",
        "spared_org_id",
        "purpose",
        "whole",
        "categories",
        "data_low",
        "data_high",
        "state",
        "expires_at",
    ];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn peer_org_id(&self) -> Option<Id> {
        self.grantee_org_id
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }

    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            ConsentState::Active => "active",
            ConsentState::Withdrawn => "withdrawn",
        };
        let part = self.part();
        params![
            self.patient_id,
            self.org_id,
            self.decision.word(),
            self.reach.word(),
            self.reach.rank(),
            self.grantee_org_id,
            self.spared_org_id(),
            self.purpose_of_use.word(),
            part.is_whole(),
            part.categories,
            part.low,
            part.high,
            state,
            self.expires_at.map_or(i64::MAX, Instant::micros)
        ]
        .to_vec()
    }
}

/// A consent to record.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// Whether it lets read or keeps from reading.
    #[serde(default)]
    pub decision: Decision,
    /// One organization, a group, or, to deny, everyone.
    pub reach: Reach,
    /// The organization it is about, or whose groups it is about.
    #[serde(default)]
    pub grantee_org_id: Option<Id>,
    /// What for, in words.
    pub purpose: String,
    /// What for.
    #[serde(default)]
    pub purpose_of_use: PurposeOfUse,
    /// Only what happened from this day on.
    #[serde(default)]
    pub data_from: Option<Date>,
    /// Only what happened up to the end of this day.
    #[serde(default)]
    pub data_to: Option<Date>,
    /// Only these parts of the record; all where none is named.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// The sensitive categories it opens.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// The guardian who gave it; needed for children.
    #[serde(default)]
    pub given_by: Option<ContactInput>,
    /// SHA-256 of the signed form.
    #[serde(default)]
    pub evidence_sha256: Option<String>,
    /// When it ends by itself; only a denial may leave it out.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

impl NewConsent {
    /// A permit to read everything but what is sensitive.
    pub fn permit(reach: Reach, org_id: Id, purpose: impl Into<String>, until: Instant) -> Self {
        Self {
            decision: Decision::Permit,
            reach,
            grantee_org_id: Some(org_id),
            purpose: purpose.into(),
            purpose_of_use: PurposeOfUse::Treatment,
            data_from: None,
            data_to: None,
            categories: Vec::new(),
            sensitive: Vec::new(),
            given_by: None,
            evidence_sha256: None,
            expires_at: Some(until),
        }
    }
}

/// Why a consent is taken back.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The reason, as far as said.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Consents one record shows.
const CONSENTS_MAX: u32 = 200;

const OF_PATIENT: &str =
    "SELECT version, body FROM consent WHERE patient_id = $1 ORDER BY id DESC LIMIT $2";
const OPEN: &str = "INSERT INTO consent_opens (consent_id, category) VALUES ($1, $2)";

/// The consents of a patient that the actor may know of, newest first, with their versions. That a
/// category is opened tells of it: such a consent is known to who took it down and whom it opens to.
///
/// # Errors
/// Whatever the database reports.
pub fn list(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Consent>> {
    let found: Vec<Versioned<Consent>> = tx.find(OF_PATIENT, &params![patient_id, CONSENTS_MAX])?;
    let sight = sight(tx, patient_id)?;
    let known = |one: &Consent| {
        sight.sees(&Entry {
            org_id: one.org_id,
            category: None,
            at: None,
            labels: &one.sensitive,
        })
    };
    Ok(found.into_iter().map(numbered).filter(known).collect())
}

/// The consent with its version filled in.
pub(crate) fn numbered(consent: Versioned<Consent>) -> Consent {
    Consent {
        version: consent.version,
        ..consent.data
    }
}

/// Records what the patient said: taken down by the actor's organization, which must treat the
/// patient, or said by the patient from an account of their own. Nobody consents for a stranger.
///
/// # Errors
/// `record.no-basis`, `record.consent-expiry`, `record.guardian-needed`,
/// `network.organization-closed`, and what the provisions do wrong: `record.consent-grantee`,
/// `record.consent-period`, `record.consent-sensitive`.
pub fn grant(tx: &mut Tx<'_>, patient: &Patient, new: &NewConsent) -> Result<Versioned<Consent>> {
    let id = tx.new_id();
    grant_as(tx, id, patient, new)
}

/// [`grant`] under an id that the caller chose.
///
/// # Errors
/// As [`grant`].
pub fn grant_as(
    tx: &mut Tx<'_>,
    id: Id,
    patient: &Patient,
    new: &NewConsent,
) -> Result<Versioned<Consent>> {
    let by_account = match basis::basis(tx, patient.id)? {
        Some(Basis::OwnPatient | Basis::Care { .. }) => false,
        Some(Basis::Oneself) => true,
        _ => return Err(basis::no_basis(patient.id)),
    };
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    check(tx, new)?;
    let purpose = rules::required_text("purpose", &new.purpose, 200)?;
    check_expiry(tx, new, rule.consent_days_max)?;
    check_guardian(tx, patient, new, &rule)?;
    let consent = Consent {
        id,
        patient_id: patient.id,
        org_id: if by_account {
            patient.org_id
        } else {
            tx.actor().org_id
        },
        decision: new.decision,
        reach: new.reach,
        grantee_org_id: new.grantee_org_id,
        purpose,
        purpose_of_use: new.purpose_of_use,
        data_from: new.data_from,
        data_to: new.data_to,
        categories: sorted(&new.categories),
        sensitive: sorted(&new.sensitive),
        by_account,
        given_by: new.given_by.as_ref().map(rules::kept_contact),
        evidence_sha256: checked_sha256(new.evidence_sha256.as_deref())?,
        given_at: tx.now(),
        expires_at: new.expires_at,
        state: ConsentState::Active,
        withdrawn_at: None,
        withdrawal_reason: None,
        version: 0,
    };
    // Which sensitive categories it opens stays out of the entry that all who treat the patient see.
    let detail = serde_json::json!({
        "decision": new.decision, "reach": new.reach, "grantee_org_id": new.grantee_org_id,
    });
    let consent = tx.insert(&consent, Change::new("record.consent-given").detail(detail))?;
    for category in &consent.sensitive {
        tx.execute(OPEN, &params![consent.id, category])?;
    }
    Ok(consent)
}

fn sorted<T: Clone + Ord>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    list.sort();
    list.dedup();
    list
}

/// The consent with this id, where the actor may take it back: the patient, and whoever treats them.
/// A stranger learns of no consent.
///
/// # Errors
/// `NotFound` with code `consent`; `record.consent-author`.
pub fn to_withdraw(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Consent>> {
    let consent = tx.load::<Consent>(id)?;
    match basis::basis(tx, consent.patient_id)? {
        Some(Basis::Oneself) => Ok(consent),
        Some(Basis::OwnPatient | Basis::Care { .. }) => {
            // Whom a denial keeps out does not take it back.
            if consent.decision == Decision::Deny && consent.org_id != tx.actor().org_id {
                let detail = "a denial is taken back by the patient, or where it was taken down";
                return Err(Error::forbidden("record.consent-author", detail));
            }
            Ok(consent)
        }
        _ => Err(Error::not_found("consent")),
    }
}

/// Takes a consent back; from this moment on it opens nothing, and keeps nobody out.
///
/// # Errors
/// `record.consent-withdrawn`, `store.stale-version`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    mut consent: Versioned<Consent>,
    withdrawal: &Withdrawal,
) -> Result<Versioned<Consent>> {
    if consent.state == ConsentState::Withdrawn {
        let detail = "this consent was withdrawn already";
        return Err(Error::rule("record.consent-withdrawn", detail));
    }
    rules::check_length("reason", withdrawal.reason.as_deref(), 200)?;
    consent.state = ConsentState::Withdrawn;
    consent.withdrawn_at = Some(tx.now());
    consent.withdrawal_reason = rules::clean(withdrawal.reason.as_deref());
    tx.update(&consent, Change::new("record.consent-withdrawn"))
}
