//! What callers send. Nothing here derives `Debug`: these bodies name patients.

use kernel::identity::Sex;
use kernel::{Date, Id};
use serde::{Deserialize, Serialize};

use crate::model::{AllergyKind, IdentifierKind, Severity};

/// A number as typed.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentifierInput {
    /// What sort of number.
    pub kind: IdentifierKind,
    /// The number; full-width digits and blanks are understood.
    pub value: String,
    /// Who gave it, for hospital numbers; the actor's organization if left out.
    #[serde(default)]
    pub org_id: Option<Id>,
    /// Why it is right although its check character disagrees.
    #[serde(default)]
    pub override_reason: Option<String>,
}

impl IdentifierInput {
    /// A number of a kind, with nothing else said.
    pub fn new(kind: IdentifierKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
            org_id: None,
            override_reason: None,
        }
    }
}

/// Guardian or family as typed.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactInput {
    /// Their name.
    pub name: String,
    /// What they are to the patient.
    #[serde(default)]
    pub relation: String,
    /// Their telephone.
    #[serde(default)]
    pub phone: Option<String>,
}

/// A patient to register.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPatient {
    /// Name; may be left out for an unknown person.
    pub name: Option<String>,
    /// Sex; told by a resident ID number where there is one.
    pub sex: Option<Sex>,
    /// Birth date; told by a resident ID number where there is one.
    pub birth_date: Option<Date>,
    /// An unknown person in an emergency: name, sex and birth date may be missing.
    pub unknown: bool,
    /// Numbers.
    pub identifiers: Vec<IdentifierInput>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address in words.
    pub address: Option<String>,
    /// Village or neighbourhood.
    pub village: Option<String>,
    /// The clinic or centre whose catchment the home lies in.
    pub catchment_org_id: Option<Id>,
    /// Who decides for the patient.
    pub guardian: Option<ContactInput>,
    /// Family to call.
    pub contacts: Vec<ContactInput>,
    /// Where the patient is registered; the actor's organization if left out.
    pub org_id: Option<Id>,
    /// Possible duplicates that were shown and are somebody else.
    pub not_same_as: Vec<Id>,
}

/// Changes to who a patient is and how they are reached; what is left out stays. An empty text
/// clears its field.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PatientChange {
    /// Name. Naming an unknown person identifies them.
    pub name: Option<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address in words.
    pub address: Option<String>,
    /// Village or neighbourhood.
    pub village: Option<String>,
    /// The clinic or centre whose catchment the home lies in.
    pub catchment_org_id: Option<Id>,
    /// Who decides for the patient.
    pub guardian: Option<ContactInput>,
    /// Family to call; replaces the list.
    pub contacts: Option<Vec<ContactInput>>,
    /// The patient was asked and knows of no allergy.
    pub no_known_allergies: Option<bool>,
    /// Day of death.
    pub deceased_on: Option<Date>,
}

/// An allergy to enter.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAllergy {
    /// Drug, food or other.
    pub kind: AllergyKind,
    /// To what.
    pub substance: String,
    /// What happened.
    #[serde(default)]
    pub reaction: Option<String>,
    /// How bad.
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// A problem to enter.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProblem {
    /// ICD-10 code, where one was chosen.
    #[serde(default)]
    pub code: Option<String>,
    /// The diagnosis in words.
    pub title: String,
    /// A chronic condition.
    #[serde(default)]
    pub chronic: bool,
    /// Since when, as far as known.
    #[serde(default)]
    pub since: Option<Date>,
}

/// Who might this be? Asked before somebody is registered.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MatchQuery {
    /// Name.
    pub name: Option<String>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Numbers.
    pub identifiers: Vec<IdentifierInput>,
    /// Telephone.
    pub phone: Option<String>,
}

/// An exact search over the whole consortium: one number, or name and birth date.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FindQuery {
    /// A number.
    pub identifier: Option<IdentifierInput>,
    /// The whole name.
    pub name: Option<String>,
    /// Birth date.
    pub birth_date: Option<Date>,
}
