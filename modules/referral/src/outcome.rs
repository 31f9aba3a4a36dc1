//! What comes back: results, discharge summary, the specialist's answer, how the case ended.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};

use crate::content::Diagnosis;

/// Results or the discharge summary, written by the receiving side.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Discharge {
    /// When it was sent back.
    pub returned_at: Instant,
    /// Who wrote it.
    pub by_name: String,
    /// When the patient left; absent for an examination.
    pub discharged_at: Option<Instant>,
    /// What it says.
    pub summary: DischargeSummary,
}

/// The discharge summary, or the result of an examination.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeSummary {
    /// Diagnoses at the end, the main one first.
    #[serde(default)]
    pub diagnoses: Vec<Diagnosis>,
    /// Findings and results: 检查结果.
    pub findings: String,
    /// What was done: 诊疗经过.
    #[serde(default)]
    pub treatment: String,
    /// State at the end: 出院情况.
    #[serde(default)]
    pub condition: String,
    /// Advice: 出院医嘱.
    #[serde(default)]
    pub advice: String,
    /// Day of discharge, where there was a stay.
    #[serde(default)]
    pub discharged_on: Option<Date>,
    /// Report or summary as a file, attachments of this case.
    #[serde(default)]
    pub attachment_ids: Vec<Id>,
}

/// Question and answer without a transfer.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Advice {
    /// The answer.
    pub text: String,
    /// What the specialist suggests.
    pub suggests: AdviceSuggests,
    /// Who answered.
    pub by_name: String,
    /// When.
    pub at: Instant,
    /// The referral it became.
    pub became_id: Option<Id>,
}

/// What a specialist suggests in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdviceSuggests {
    /// Go on where the patient is.
    Stay,
    /// Refer the patient.
    Refer,
    /// Refer at once.
    ReferNow,
}

/// How a case ended.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// How the patient is.
    pub result: OutcomeResult,
    /// In words.
    #[serde(default)]
    pub text: Option<String>,
    /// 1 to 5, as the patient said; absent means not asked, never zero.
    #[serde(default)]
    pub satisfaction: Option<u8>,
}

/// How the patient is at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeResult {
    /// 治愈.
    Cured,
    /// 好转.
    Improved,
    /// 无变化.
    Unchanged,
    /// 恶化.
    Worse,
    /// 死亡.
    Died,
    /// 其他.
    Other,
}

/// A return to hospital soon after a discharge.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Readmission {
    /// The other case: the earlier one on a new case, the new one on the earlier; absent where only
    /// a follow-up told of the return.
    pub referral_id: Option<Id>,
    /// Days between discharge and return.
    pub days: i64,
    /// When it was noticed.
    pub noticed_at: Instant,
    /// `earlier` when this case is the return, `later` when it is the first stay.
    pub other_is: ReadmissionOther,
}

/// Which of the two stays the other case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadmissionOther {
    /// The other case is the earlier stay.
    Earlier,
    /// The other case is the return.
    Later,
}
