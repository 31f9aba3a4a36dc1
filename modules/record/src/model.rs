//! A patient: who they are, how they are reached, and the little clinical summary that every
//! referral begins with.

use std::fmt;

use kernel::identity::Sex;
use kernel::{Date, Id, Instant, text};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

use crate::rules;

/// What sort of number identifies a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierKind {
    /// 居民身份证号, with a check character (GB 11643).
    ResidentId,
    /// 居民健康卡号.
    HealthCard,
    /// 医保号.
    Insurance,
    /// 护照号.
    Passport,
    /// 出生医学证明编号.
    BirthCertificate,
    /// A number that one organization gives: 病案号, 门诊号.
    HospitalNumber,
}

impl IdentifierKind {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ResidentId => "resident-id",
            Self::HealthCard => "health-card",
            Self::Insurance => "insurance",
            Self::Passport => "passport",
            Self::BirthCertificate => "birth-certificate",
            Self::HospitalNumber => "hospital-number",
        }
    }
}

/// A number that identifies a patient.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Identifier {
    /// Names this identifier within the record.
    pub id: Id,
    /// What sort of number.
    pub kind: IdentifierKind,
    /// The number; masked wherever it has not been asked for by itself.
    pub value: String,
    /// The organization that gave it; for hospital numbers.
    pub org_id: Option<Id>,
    /// Why a number whose check character disagrees was taken all the same.
    pub override_reason: Option<String>,
    /// When it went out of use; such a number finds nobody.
    pub retired_at: Option<Instant>,
}

impl Identifier {
    /// Is it in use?
    pub fn is_live(&self) -> bool {
        self.retired_at.is_none()
    }

    /// The key under which the number is found.
    pub fn lookup_sha256(&self) -> String {
        rules::lookup_sha256(self.kind, self.org_id, &self.value)
    }
}

/// Somebody to call: guardian or family.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// What they are to the patient: 母亲, spouse.
    pub relation: String,
    /// Their telephone.
    pub phone: Option<String>,
}

/// What an allergy is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AllergyKind {
    /// A drug.
    Drug,
    /// Food.
    Food,
    /// Anything else: latex, pollen, contrast medium.
    Other,
}

/// How bad a reaction was or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Uncomfortable.
    Mild,
    /// Needs treatment.
    Moderate,
    /// Threatens life.
    Severe,
}

/// An allergy or intolerance.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Allergy {
    /// Names this entry within the record.
    pub id: Id,
    /// Drug, food or other.
    pub kind: AllergyKind,
    /// To what.
    pub substance: String,
    /// What happened.
    pub reaction: Option<String>,
    /// How bad.
    pub severity: Option<Severity>,
    /// When it was entered.
    pub recorded_at: Instant,
    /// By which organization.
    pub org_id: Id,
    /// When it was found not to hold (any more).
    pub ended_at: Option<Instant>,
}

/// An entry of the problem list: a diagnosis that lasts.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PatientProblem)]
pub struct Problem {
    /// Names this entry within the record.
    pub id: Id,
    /// ICD-10 code, where one was chosen.
    pub code: Option<String>,
    /// The diagnosis in words.
    pub title: String,
    /// A chronic condition, such as hypertension.
    pub chronic: bool,
    /// Since when, as far as known.
    pub since: Option<Date>,
    /// When it was entered.
    pub recorded_at: Instant,
    /// By which organization.
    pub org_id: Id,
    /// When it was over.
    pub ended_at: Option<Instant>,
}

/// A patient of the consortium. One person is one patient, whatever member they go to.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Patient {
    /// Its id.
    pub id: Id,
    /// The organization that registered the patient first.
    pub org_id: Id,
    /// Name as written.
    pub name: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Birth date; may be missing for somebody not yet identified.
    pub birth_date: Option<Date>,
    /// False for an unknown person in an emergency, until somebody knows who it is.
    pub identified: bool,
    /// Numbers.
    pub identifiers: Vec<Identifier>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address in words.
    pub address: Option<String>,
    /// Village or neighbourhood.
    pub village: Option<String>,
    /// The clinic or centre whose catchment the home lies in.
    pub catchment_org_id: Option<Id>,
    /// Who decides for the patient, where that is not the patient.
    pub guardian: Option<Contact>,
    /// Family to call.
    pub contacts: Vec<Contact>,
    /// The patient was asked and knows of no allergy.
    pub no_known_allergies: bool,
    /// Allergies.
    pub allergies: Vec<Allergy>,
    /// Problem list, chronic conditions among it.
    pub problems: Vec<Problem>,
    /// Day of death.
    pub deceased_on: Option<Date>,
    /// When first registered.
    pub registered_at: Instant,
    /// Names the patient had before.
    #[serde(default)]
    pub former_names: Vec<String>,
    /// The mother, of somebody registered as a newborn.
    #[serde(default)]
    pub mother_id: Option<Id>,
    /// The patient that stands for this one since they were merged.
    #[serde(default)]
    pub replaced_by: Option<Id>,
}

/// Logs carry ids only.
impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Patient {
    /// The identifiers in use.
    pub fn live_identifiers(&self) -> impl Iterator<Item = &Identifier> {
        self.identifiers
            .iter()
            .filter(|identifier| identifier.is_live())
    }

    /// Completed years on `today`.
    pub fn age_years(&self, today: Date) -> Option<u16> {
        self.birth_date.map(|birth| birth.age_on(today))
    }

    /// The copy that screens show: numbers and telephones masked.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut patient = self.clone();
        for identifier in &mut patient.identifiers {
            identifier.value = text::mask_identifier(&identifier.value);
        }
        let contacts = patient.contacts.iter_mut().chain(patient.guardian.as_mut());
        let phones = contacts
            .filter_map(|contact| contact.phone.as_mut())
            .chain(patient.phone.as_mut());
        for phone in phones {
            *phone = text::mask_phone(phone);
        }
        patient
    }
}

impl Entity for Patient {
    const KIND: &'static str = "patient";
    const TABLE: &'static str = "patient";
    const COLUMNS: &'static [&'static str] = &[
        "org_id",
        "name_key",
        "birth_date",
        "sex",
        "phone_sha256",
        "identified",
    ];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.id)
    }

    fn columns(&self) -> Vec<Value> {
        // Somebody who was merged into another is found by nothing but the id.
        let found = self.replaced_by.is_none();
        params![
            self.org_id,
            if found {
                text::pinyin_key(&self.name)
            } else {
                String::new()
            },
            self.birth_date.filter(|_| found),
            rules::sex_word(self.sex),
            self.phone
                .as_deref()
                .filter(|_| found)
                .map(rules::phone_sha256),
            self.identified,
        ]
        .to_vec()
    }
}

/// What a list, a form or a banner shows of a patient: no number or telephone in full.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PatientBrief {
    /// Its id.
    pub id: Id,
    /// The name, or its first character and stars where the viewer has no basis.
    pub name: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Completed years.
    pub age_years: Option<u16>,
    /// False for an unknown person in an emergency.
    pub identified: bool,
    /// The resident ID or else the first number in use, masked.
    pub identifier: Option<String>,
    /// What sort of number that is.
    pub identifier_kind: Option<IdentifierKind>,
    /// Telephone, masked.
    pub phone: Option<String>,
    /// Village or neighbourhood.
    pub village: Option<String>,
    /// Has an allergy that may threaten life.
    pub severe_allergy: bool,
    /// Has died.
    pub deceased: bool,
}

impl fmt::Debug for PatientBrief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientBrief")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl PatientBrief {
    /// The brief of a patient as seen on `today`.
    pub fn of(patient: &Patient, today: Date) -> Self {
        let first = patient
            .live_identifiers()
            .find(|one| one.kind == IdentifierKind::ResidentId)
            .or_else(|| patient.live_identifiers().next());
        let severe = |allergy: &Allergy| {
            allergy.ended_at.is_none() && allergy.severity == Some(Severity::Severe)
        };
        Self {
            id: patient.id,
            name: patient.name.clone(),
            sex: patient.sex,
            birth_date: patient.birth_date,
            age_years: patient.age_years(today),
            identified: patient.identified,
            identifier: first.map(|one| text::mask_identifier(&one.value)),
            identifier_kind: first.map(|one| one.kind),
            phone: patient.phone.as_deref().map(text::mask_phone),
            village: patient.village.clone(),
            severe_allergy: patient.allergies.iter().any(severe),
            deceased: patient.deceased_on.is_some(),
        }
    }

    /// For a viewer without a basis: enough to recognize somebody one already knows, no more.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.name = rules::mask_name(&self.name);
        self.village = None;
        self.severe_allergy = false;
        self
    }
}
