//! The patient's consent that another organization, or a whole group, may read the record.

use kernel::{Basis, Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::basis;
use crate::input::ContactInput;
use crate::model::{Contact, Patient};
use crate::rules::{self, IdentityRule};

/// How far a consent reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// The one organization named.
    Org,
    /// Every open member of a group that the organization named belongs to.
    Group,
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
    /// The organization that took it down.
    pub org_id: Id,
    /// One organization or a group.
    pub reach: Reach,
    /// The organization that may read, or whose groups may.
    pub grantee_org_id: Id,
    /// What for.
    pub purpose: String,
    /// The guardian who gave it, where the patient could not.
    pub given_by: Option<Contact>,
    /// SHA-256 of the signed form, where it was scanned.
    pub evidence_sha256: Option<String>,
    /// When given.
    pub given_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
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

impl Entity for Consent {
    const KIND: &'static str = "consent";
    const TABLE: &'static str = "consent";
    const COLUMNS: &'static [&'static str] = &[
        "patient_id",
        "org_id",
        "reach",
        "grantee_org_id",
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
        Some(self.grantee_org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }

    fn columns(&self) -> Vec<Value> {
        let reach = match self.reach {
            Reach::Org => "org",
            Reach::Group => "group",
        };
        let state = match self.state {
            ConsentState::Active => "active",
            ConsentState::Withdrawn => "withdrawn",
        };
        params![
            self.patient_id,
            self.org_id,
            reach,
            self.grantee_org_id,
            state,
            self.expires_at
        ]
        .to_vec()
    }
}

/// A consent to record.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// One organization or a group.
    pub reach: Reach,
    /// The organization that may read, or whose groups may.
    pub grantee_org_id: Id,
    /// What for.
    pub purpose: String,
    /// The guardian who gave it; needed for children.
    #[serde(default)]
    pub given_by: Option<ContactInput>,
    /// SHA-256 of the signed form.
    #[serde(default)]
    pub evidence_sha256: Option<String>,
    /// When it ends by itself.
    pub expires_at: Instant,
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

const IN_FORCE: &str = "SELECT id, reach, grantee_org_id FROM consent
    WHERE patient_id = $1 AND state = 'active' AND expires_at > $2 ORDER BY id DESC LIMIT $3";
const OF_PATIENT: &str =
    "SELECT version, body FROM consent WHERE patient_id = $1 ORDER BY id DESC LIMIT $2";

/// The consent by which `org_id` may read the patient now.
///
/// # Errors
/// Whatever the database reports.
pub fn in_force(tx: &mut Tx<'_>, patient_id: Id, org_id: Id) -> Result<Option<Id>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Given {
        id: Id,
        reach: Reach,
        grantee_org_id: Id,
    }
    let now = tx.now();
    let given: Vec<Given> = tx.query(IN_FORCE, &params![patient_id, now, CONSENTS_MAX])?;
    for one in given {
        let by_group = one.reach == Reach::Group;
        if one.grantee_org_id == org_id
            || (by_group && network::same_group(tx, one.grantee_org_id, org_id)?)
        {
            return Ok(Some(one.id));
        }
    }
    Ok(None)
}

/// The consents of a patient, newest first, with their versions.
///
/// # Errors
/// Whatever the database reports.
pub fn list(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Consent>> {
    let found: Vec<Versioned<Consent>> = tx.find(OF_PATIENT, &params![patient_id, CONSENTS_MAX])?;
    Ok(found.into_iter().map(numbered).collect())
}

/// The consent with its version filled in.
pub(crate) fn numbered(consent: Versioned<Consent>) -> Consent {
    Consent {
        version: consent.version,
        ..consent.data
    }
}

/// Records a consent that the patient gave to the actor's organization, which must treat the
/// patient: nobody consents for a stranger.
///
/// # Errors
/// `record.no-basis`, `record.consent-expiry`, `record.guardian-needed`,
/// `network.organization-closed`, and what [`rules`] says of the texts.
pub fn grant(tx: &mut Tx<'_>, patient: &Patient, new: &NewConsent) -> Result<Versioned<Consent>> {
    match basis::basis(tx, patient.id)? {
        Some(Basis::OwnPatient | Basis::Care { .. }) => {}
        _ => return Err(basis::no_basis(patient.id)),
    }
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    network::require_open(tx, new.grantee_org_id).map_err(|error| error.at("grantee_org_id"))?;
    let purpose = rules::required_text("purpose", &new.purpose, 200)?;
    let latest = tx.now() + Span::days(rule.consent_days_max);
    if new.expires_at <= tx.now() || new.expires_at > latest {
        let days = rule.consent_days_max;
        let detail = format!("a consent ends in the future, within {days} days");
        let error = Error::invalid("record.consent-expiry", "expires_at", detail);
        return Err(error.with(serde_json::json!({ "days": days })));
    }
    let age = patient.age_years(tx.now().date());
    if new.given_by.is_none() && age.is_some_and(|age| age < rule.guardian_age_years) {
        let years = rule.guardian_age_years;
        let detail = format!("for a child under {years} the guardian gives consent: say who");
        let error = Error::invalid("record.guardian-needed", "given_by", detail);
        return Err(error.with(serde_json::json!({ "years": years })));
    }
    if let Some(guardian) = &new.given_by {
        rules::check_contact("given_by", guardian)?;
    }
    let consent = Consent {
        id: tx.new_id(),
        patient_id: patient.id,
        org_id: tx.actor().org_id,
        reach: new.reach,
        grantee_org_id: new.grantee_org_id,
        purpose,
        given_by: new.given_by.as_ref().map(rules::kept_contact),
        evidence_sha256: checked_sha256(new.evidence_sha256.as_deref())?,
        given_at: tx.now(),
        expires_at: new.expires_at,
        state: ConsentState::Active,
        withdrawn_at: None,
        withdrawal_reason: None,
        version: 0,
    };
    let detail = serde_json::json!({ "reach": new.reach, "grantee_org_id": new.grantee_org_id });
    tx.insert(&consent, Change::new("record.consent-given").detail(detail))
}

fn checked_sha256(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = rules::clean(text) else {
        return Ok(None);
    };
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(text.to_ascii_lowercase()));
    }
    let detail = "the SHA-256 of the signed form has 64 hexadecimal digits";
    Err(Error::invalid(
        "record.evidence-shape",
        "evidence_sha256",
        detail,
    ))
}

/// Takes a consent back; from this moment on it opens nothing.
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
