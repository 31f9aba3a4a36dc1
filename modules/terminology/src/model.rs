//! Code systems and concepts.

use kernel::{Date, Id};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Diagnoses: ICD-10.
pub const ICD10: &str = "icd10";
/// Specialties: 医疗机构诊疗科目名录.
pub const SPECIALTY: &str = "specialty";
/// Bookable examinations, with minutes and preparation.
pub const EXAM: &str = "exam";
/// Services and techniques that members offer to each other.
pub const TECHNIQUE: &str = "technique";
/// Generic drugs.
pub const DRUG: &str = "drug";
/// Laboratory items that members share.
pub const LAB_ITEM: &str = "lab-item";
/// Why a patient is referred.
pub const REFERRAL_REASON: &str = "referral-reason";
/// Why a receiving side does not accept a referral.
pub const REFERRAL_REFUSAL: &str = "referral-refusal";
/// Why the asking side takes a referral back.
pub const REFERRAL_WITHDRAWAL: &str = "referral-withdrawal";
/// Why a result of another institution is not recognized.
pub const RECOGNITION_REFUSAL: &str = "recognition-refusal";

/// A set of codes under one name.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeSystem {
    /// Its name in the API: `icd10`.
    pub system: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Where the codes come from.
    pub source: String,
    /// Edition, as the last import called it.
    pub edition: String,
    /// How many concepts it has, retired ones included.
    pub concepts: i64,
    /// What other systems call it, such as `http://hl7.org/fhir/sid/icd-10`.
    pub url: String,
    /// The member whose own codes they are; absent for what all share.
    pub org_id: Option<Id>,
    /// Number of the version in force; 0 before the first.
    pub active_number: i64,
}

/// One meaning and its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Concept {
    /// The code system.
    pub system: String,
    /// The code as published: `I63.9`.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Whole pinyin of the Chinese name, by which lists sort.
    pub pinyin: String,
    /// Pinyin initials of the Chinese name.
    pub initials: String,
    /// Code of the wider concept.
    pub parent: Option<String>,
    /// Other names, searched like names.
    pub synonyms: Vec<String>,
    /// What this system knows besides: minutes of an examination, form of a drug.
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
    /// First day of use.
    #[schema(value_type = Option<String>, format = Date)]
    pub active_from: Option<Date>,
    /// Last day of use.
    #[schema(value_type = Option<String>, format = Date)]
    pub active_to: Option<Date>,
}

impl Concept {
    /// May it be used on a day?
    pub fn is_in_use(&self, on: Date) -> bool {
        self.active_from.is_none_or(|from| from <= on) && self.active_to.is_none_or(|to| to >= on)
    }

    /// A whole-number attribute, such as `duration_minutes`.
    pub fn number(&self, attribute: &str) -> Option<i64> {
        self.attributes.get(attribute).and_then(Value::as_i64)
    }

    /// A text attribute; empty when there is none.
    pub fn text(&self, attribute: &str) -> &str {
        self.attributes
            .get(attribute)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A yes-or-no attribute; no when there is none.
    pub fn flag(&self, attribute: &str) -> bool {
        self.attributes
            .get(attribute)
            .and_then(Value::as_bool)
            .unwrap_or_default()
    }
}

/// What a search matched; the order is the order of answers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// The beginning of the code.
    Code,
    /// The beginning of a name or synonym, Chinese or English.
    Name,
    /// The beginning of pinyin or initials.
    Sound,
    /// The inside of a name, synonym or its initials.
    Inside,
}

impl Match {
    /// All, best first.
    pub const ALL: [Self; 4] = [Self::Code, Self::Name, Self::Sound, Self::Inside];

    /// The stored number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Code => 1,
            Self::Name => 2,
            Self::Sound => 3,
            Self::Inside => 4,
        }
    }
}

/// A concept that a search found.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Hit {
    /// How it was found; absent when everything was listed.
    pub matched: Option<Match>,
    /// The concept.
    #[serde(flatten)]
    pub concept: Concept,
}
