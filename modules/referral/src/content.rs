//! The clinical content of a referral: what the sending doctor writes.

use std::collections::BTreeMap;

use kernel::{Date, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};

use crate::words::{Kind, Priority, Service};

/// What the sending doctor writes.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Content {
    /// Code of the catalogue `referral-reason`.
    pub reason_code: String,
    /// The reason in words.
    pub reason_text: String,
    /// Diagnoses, the main one first.
    pub diagnoses: Vec<Diagnosis>,
    /// How the patient is: 病情描述.
    pub condition: String,
    /// What was done so far: 治疗经过.
    pub treatment: String,
    /// What to watch for: 注意事项.
    pub precautions: String,
    /// Allergies in words.
    pub allergies: Vec<String>,
    /// The patient was asked and knows of none.
    pub no_known_allergies: bool,
    /// Vital signs, where measured.
    pub vital_signs: VitalSigns,
    /// Danger signs the doctor saw, codes of `referral.catalogue`.
    pub danger_signs: Vec<String>,
    /// Whose consent.
    pub consent: Option<Consent>,
    /// What is asked for.
    pub service: Service,
    /// The specialty asked for, code of the catalogue `specialty`.
    pub specialty_code: Option<String>,
    /// How much it presses.
    pub priority: Priority,
    /// The examination asked for.
    pub exam: Option<ExamRequest>,
    /// The question of an advice.
    pub question: Option<String>,
    /// When the patient could or should come.
    pub wanted_on: Option<Date>,
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// ICD-10 code.
    pub code: String,
    /// In words, as the doctor saw it.
    pub display: String,
}

/// Vital signs. Whole numbers: the unit is the last part of the name, tenths where a decimal
/// matters, so that every database and every rule compares the same number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VitalSigns {
    /// When measured.
    pub measured_at: Option<Instant>,
    /// 脉搏, a minute.
    pub pulse_bpm: Option<i64>,
    /// 收缩压.
    pub systolic_mmhg: Option<i64>,
    /// 舒张压.
    pub diastolic_mmhg: Option<i64>,
    /// 呼吸, a minute.
    pub respiration_per_minute: Option<i64>,
    /// 体温 in tenths of a degree: 371 is 37.1 °C.
    pub temperature_tenths_celsius: Option<i64>,
    /// 血氧饱和度.
    pub oxygen_saturation_percent: Option<i64>,
    /// 血糖 in tenths of mmol/L.
    pub glucose_tenths_mmol_l: Option<i64>,
    /// 体重 in tenths of a kilogram.
    pub weight_tenths_kg: Option<i64>,
    /// 疼痛评分, 0 to 10.
    pub pain_score: Option<i64>,
    /// 格拉斯哥昏迷评分, 3 to 15.
    pub coma_score: Option<i64>,
}

impl VitalSigns {
    /// Names and values of what was measured.
    pub fn measured(&self) -> BTreeMap<&'static str, i64> {
        let all = [
            ("pulse_bpm", self.pulse_bpm),
            ("systolic_mmhg", self.systolic_mmhg),
            ("diastolic_mmhg", self.diastolic_mmhg),
            ("respiration_per_minute", self.respiration_per_minute),
            (
                "temperature_tenths_celsius",
                self.temperature_tenths_celsius,
            ),
            ("oxygen_saturation_percent", self.oxygen_saturation_percent),
            ("glucose_tenths_mmol_l", self.glucose_tenths_mmol_l),
            ("weight_tenths_kg", self.weight_tenths_kg),
            ("pain_score", self.pain_score),
            ("coma_score", self.coma_score),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

/// The patient's agreement to the referral and to passing on the data it needs.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// `patient`, `guardian`, `family`, or `emergency` where nobody could be asked.
    pub given_by: ConsentBy,
    /// Name of who agreed.
    pub name: Option<String>,
    /// `written`, `spoken` or `electronic`.
    pub form: ConsentForm,
    /// When.
    pub at: Instant,
    /// The signed paper, an attachment.
    pub attachment_id: Option<Id>,
}

/// Who agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentBy {
    /// The patient.
    Patient,
    /// The guardian.
    Guardian,
    /// Family.
    Family,
    /// Nobody could be asked and waiting would harm.
    Emergency,
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentForm {
    /// On paper.
    Written,
    /// Spoken, before a witness.
    Spoken,
    /// Signed electronically.
    Electronic,
}

/// An examination asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamRequest {
    /// Code of the catalogue `exam`.
    pub item_code: String,
    /// In words.
    pub item_display: String,
    /// Body part and side.
    pub part: Option<String>,
    /// The machine wanted, where it matters.
    pub equipment: Option<String>,
    /// What the patient must do before: fasting, bladder, company.
    pub preparation: Option<String>,
}

/// Longest free text of one field, in characters.
const TEXT_CHARS_MAX: usize = 4_000;
/// Most diagnoses on one sheet.
const DIAGNOSES_MAX: usize = 20;
/// Most allergies on one sheet.
const ALLERGIES_MAX: usize = 50;

impl Content {
    /// What holds of every draft: sizes only, so that unfinished work can be kept.
    ///
    /// # Errors
    /// `referral.text-too-long` or `referral.too-many`, with the field.
    pub fn check_sizes(&self) -> Result<()> {
        let texts = [
            ("content.reason_text", &self.reason_text),
            ("content.condition", &self.condition),
            ("content.treatment", &self.treatment),
            ("content.precautions", &self.precautions),
        ];
        for (field, text) in texts {
            check_text(field, text)?;
        }
        if let Some(question) = &self.question {
            check_text("content.question", question)?;
        }
        let too_many = |field| {
            Err(Error::invalid(
                "referral.too-many",
                field,
                "there are more entries than one sheet holds",
            ))
        };
        if self.diagnoses.len() > DIAGNOSES_MAX {
            return too_many("content.diagnoses");
        }
        if self.allergies.len() > ALLERGIES_MAX {
            return too_many("content.allergies");
        }
        Ok(())
    }

    /// What must be there before it is sent.
    ///
    /// # Errors
    /// `referral.missing` or `referral.consent-needed`, with the field.
    pub fn check_complete(&self, kind: Kind, now: Instant) -> Result<()> {
        self.check_sizes()?;
        let missing = |field: &str| {
            Error::invalid(
                "referral.missing",
                field,
                "this field is needed before the referral is sent",
            )
        };
        if self.reason_code.trim().is_empty() {
            return Err(missing("content.reason_code"));
        }
        if self.diagnoses.is_empty() && kind != Kind::Exam {
            return Err(missing("content.diagnoses"));
        }
        if self.condition.trim().is_empty() {
            return Err(missing("content.condition"));
        }
        if kind == Kind::Exam && self.exam.is_none() {
            return Err(missing("content.exam"));
        }
        if kind == Kind::Advice && self.question.as_deref().unwrap_or("").trim().is_empty() {
            return Err(missing("content.question"));
        }
        self.check_times(now)?;
        self.check_consent(kind)
    }

    fn check_times(&self, now: Instant) -> Result<()> {
        let future = |field: &str| {
            Error::invalid(
                "referral.time-in-future",
                field,
                "this time has not come yet",
            )
        };
        if self.vital_signs.measured_at.is_some_and(|at| at > now) {
            return Err(future("content.vital_signs.measured_at"));
        }
        if self
            .consent
            .as_ref()
            .is_some_and(|consent| consent.at > now)
        {
            return Err(future("content.consent.at"));
        }
        if self.wanted_on.is_some_and(|on| on < now.date()) {
            return Err(Error::invalid(
                "referral.time-in-past",
                "content.wanted_on",
                "the day wanted is already over",
            ));
        }
        Ok(())
    }

    fn check_consent(&self, kind: Kind) -> Result<()> {
        let needed = |detail: &str| {
            Err(Error::invalid(
                "referral.consent-needed",
                "content.consent",
                detail,
            ))
        };
        match &self.consent {
            None => {
                needed("record whose consent there is before the data goes to another organization")
            }
            Some(consent)
                if consent.given_by == ConsentBy::Emergency && kind != Kind::Emergency =>
            {
                needed("without anybody's consent only an emergency may be sent")
            }
            Some(_) => Ok(()),
        }
    }
}

/// Refuses a free text longer than one field takes.
///
/// # Errors
/// `referral.text-too-long`, with the field.
pub fn check_text(field: &str, text: &str) -> Result<()> {
    if text.chars().count() <= TEXT_CHARS_MAX {
        return Ok(());
    }
    let detail = format!("a field takes at most {TEXT_CHARS_MAX} characters");
    Err(Error::invalid("referral.text-too-long", field, detail))
}
