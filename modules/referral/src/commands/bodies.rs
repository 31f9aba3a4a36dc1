//! What each action takes.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};

use crate::down::PlanContent;
use crate::outcome::{AdviceSuggests, DischargeSummary, Outcome};
use crate::words::Action;

/// An action with what it takes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "action", content = "body", rename_all = "kebab-case")]
pub enum Command {
    /// Send a draft.
    Submit(Submit),
    /// Take it back.
    Withdraw(Exit),
    /// Take it up.
    Review(Review),
    /// Accept it.
    Accept(Accept),
    /// Refuse it.
    Reject(Exit),
    /// Pass it on.
    Reassign(Reassign),
    /// Give the place back and decide again.
    ReturnToReview(Exit),
    /// The patient has come.
    Arrive(Arrive),
    /// The patient is in a bed.
    Admit(Admit),
    /// The patient was seen.
    See(See),
    /// The patient did not come.
    MarkNoShow,
    /// Send back results.
    ReturnResults(ReturnResults),
    /// Propose to refer down.
    ProposeDown(ProposeDown),
    /// Take that back.
    RecallDown(Exit),
    /// Take the patient.
    AcceptDown,
    /// Can't take the patient.
    DeclineDown(DeclineDown),
    /// Answer a question.
    Answer(AnswerQuestion),
    /// Make a referral of the answer.
    BecomeReferral,
    /// End the case.
    Close(Close),
    /// Record a death.
    RecordDeath(RecordDeath),
    /// Admitted elsewhere.
    CloseElsewhere(CloseElsewhere),
    /// By the clock: escalate.
    Escalate,
    /// By the clock: expire.
    Expire,
    /// By the clock: remind.
    Remind,
}

impl Command {
    /// The action it is.
    pub const fn action(&self) -> Action {
        match self {
            Self::Submit(_) => Action::Submit,
            Self::Withdraw(_) => Action::Withdraw,
            Self::Review(_) => Action::Review,
            Self::Accept(_) => Action::Accept,
            Self::Reject(_) => Action::Reject,
            Self::Reassign(_) => Action::Reassign,
            Self::ReturnToReview(_) => Action::ReturnToReview,
            Self::Arrive(_) => Action::Arrive,
            Self::Admit(_) => Action::Admit,
            Self::See(_) => Action::See,
            Self::MarkNoShow => Action::MarkNoShow,
            Self::ReturnResults(_) => Action::ReturnResults,
            Self::ProposeDown(_) => Action::ProposeDown,
            Self::RecallDown(_) => Action::RecallDown,
            Self::AcceptDown => Action::AcceptDown,
            Self::DeclineDown(_) => Action::DeclineDown,
            Self::Answer(_) => Action::Answer,
            Self::BecomeReferral => Action::BecomeReferral,
            Self::Close(_) => Action::Close,
            Self::RecordDeath(_) => Action::RecordDeath,
            Self::CloseElsewhere(_) => Action::CloseElsewhere,
            Self::Escalate => Action::Escalate,
            Self::Expire => Action::Expire,
            Self::Remind => Action::Remind,
        }
    }
}

/// Send a draft.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Submit {
    /// Why the doctor goes another way than the rules suggest; needed when they do.
    pub override_reason: Option<String>,
}

/// Leave a path, with the reason: refuse, withdraw, recall, give back.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Exit {
    /// Code of `referral-refusal` (refuse) or `referral-withdrawal` (withdraw).
    pub reason_code: String,
    /// In words; needed for codes that say so.
    pub reason_text: Option<String>,
}

/// Take it up.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// Give it to this department.
    pub department_id: Option<Id>,
}

/// Accept it.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Accept {
    /// The bed, appointment or machine time to hold, as the resource search offered it.
    pub place: Option<resources::Place>,
    /// When the patient is expected, for a bed or where nothing is held.
    pub expected_at: Option<Instant>,
    /// The department, where it is not the one of the place.
    pub department_id: Option<Id>,
    /// The doctor who will see the patient.
    pub practitioner_id: Option<Id>,
    /// What the patient should know or bring.
    pub note: Option<String>,
}

/// Pass it on.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reassign {
    /// To which organization; the same one for another department.
    pub org_id: Id,
    /// To which department.
    #[serde(default)]
    pub department_id: Option<Id>,
    /// Code of `referral-refusal`.
    pub reason_code: String,
    /// In words; needed for codes that say so.
    #[serde(default)]
    pub reason_text: Option<String>,
}

/// The patient has come.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Arrive {
    /// When; now when absent.
    pub arrived_at: Option<Instant>,
}

/// The patient is in a bed.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admit {
    /// 住院号.
    pub number: Option<String>,
    /// A bed, where none or another was held.
    pub place: Option<resources::Place>,
    /// Ward and bed in words, where the bed is not in the system.
    pub place_text: Option<String>,
    /// The doctor in charge.
    pub doctor_name: Option<String>,
}

/// The patient was seen or examined.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct See {
    /// 门诊号 or 检查号.
    pub number: Option<String>,
    /// Who saw the patient.
    pub doctor_name: Option<String>,
}

/// Send back results or the discharge summary.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnResults {
    /// What it says.
    pub summary: DischargeSummary,
}

/// Propose to refer down.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeDown {
    /// To whom; the sending organization when absent.
    #[serde(default)]
    pub org_id: Option<Id>,
    /// The plan.
    pub plan: PlanContent,
}

/// Can't take the patient.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineDown {
    /// Code of `referral-refusal`.
    pub reason_code: String,
    /// In words; needed for codes that say so.
    #[serde(default)]
    pub reason_text: Option<String>,
}

/// Answer a question.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuestion {
    /// The answer.
    pub text: String,
    /// What the specialist suggests.
    pub suggests: AdviceSuggests,
}

/// End the case.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// How it ended.
    pub outcome: Outcome,
}

/// Record a death.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDeath {
    /// The day.
    pub died_on: Date,
    /// In words.
    #[serde(default)]
    pub text: Option<String>,
}

/// Admitted elsewhere.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseElsewhere {
    /// Where and why.
    pub text: String,
    /// The case under which the patient was admitted, where it is one.
    #[serde(default)]
    pub referral_id: Option<Id>,
}
