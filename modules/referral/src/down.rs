//! The referral down: what the hospital hands over and what the community does with it.

use std::collections::BTreeMap;

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

use crate::content::Diagnosis;

/// The plan a hospital proposes for care in the community.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DownPlan {
    /// When proposed.
    pub proposed_at: Instant,
    /// By whom.
    pub proposed_by: String,
    /// For which organization.
    pub proposed_by_org_id: Id,
    /// What it says.
    pub plan: PlanContent,
    /// Each drug against the community's formulary.
    pub formulary: Vec<FormularyCheck>,
    /// The version of `referral.formulary` that checked.
    pub formulary_rule_version: i64,
    /// Days of the follow-ups, from `referral.follow-up`.
    pub follow_up_days: Vec<i64>,
    /// When the community accepted.
    pub accepted_at: Option<Instant>,
}

/// What the hospital writes in the plan.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanContent {
    /// Diagnoses at hand-over.
    pub diagnoses: Vec<Diagnosis>,
    /// The stability checklist: item code → met.
    pub stability: BTreeMap<String, bool>,
    /// Drugs to go on with.
    #[serde(default)]
    pub drugs: Vec<PlannedDrug>,
    /// 康复目标.
    pub rehabilitation_goal: String,
    /// What to watch for, and when to send the patient back.
    #[serde(default)]
    pub precautions: String,
    /// Day the follow-ups count from; the day of acceptance when absent.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// Other days than the rule's, with a reason in `follow_up_reason`.
    #[serde(default)]
    pub follow_up_days: Option<Vec<i64>>,
    /// Why other days.
    #[serde(default)]
    pub follow_up_reason: Option<String>,
}

/// A drug to go on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedDrug {
    /// Code of the catalogue `drug`: ATC code and form.
    pub code: String,
    /// In words.
    pub display: String,
    /// How much, how often.
    pub dose: String,
    /// For how long.
    #[serde(default)]
    pub days: Option<u16>,
}

/// One drug against the community's formulary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FormularyCheck {
    /// The drug.
    pub code: String,
    /// Is it there?
    pub available: bool,
    /// The community itself said so; otherwise the list of its kind.
    #[serde(default)]
    pub own: bool,
    /// Entries of the formulary of the same chemical subgroup (ATC, five characters).
    pub alternatives: Vec<String>,
}

/// Where a follow-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FollowUpState {
    /// Not yet done.
    Waiting,
    /// Done.
    Done,
    /// Its days of grace are over.
    Missed,
    /// The case ended before.
    Cancelled,
}

impl FollowUpState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A follow-up the community owes.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FollowUp {
    /// Its id.
    pub id: Id,
    /// The case.
    pub referral_id: Id,
    /// Its number.
    pub referral_number: String,
    /// The patient.
    pub patient_id: Id,
    /// The patient's name, as on the sheet.
    pub patient_name: String,
    /// Who owes it.
    pub org_id: Id,
    /// The other side.
    pub hospital_org_id: Id,
    /// Day 3, 7, 30 …
    pub day: i64,
    /// When it is due.
    pub due_on: Date,
    /// Where it stands.
    pub state: FollowUpState,
    /// What was found.
    pub record: Option<FollowUpRecord>,
    /// When it was done or missed.
    pub ended_at: Option<Instant>,
    /// By whom.
    pub by_name: Option<String>,
}

/// What was found at a follow-up.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpRecord {
    /// How it was done.
    pub way: FollowUpWay,
    /// Day it was done.
    pub done_on: Date,
    /// Form of `referral.follow-up`: item code → answer.
    #[serde(default)]
    pub form: BTreeMap<String, String>,
    /// Takes the drugs as planned; absent means not asked.
    #[serde(default)]
    pub takes_drugs: Option<bool>,
    /// Has been in hospital again since discharge; absent means not asked.
    #[serde(default)]
    pub readmitted: Option<bool>,
    /// How the patient does against the goal.
    #[serde(default)]
    pub progress: String,
}

/// How a follow-up was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FollowUpWay {
    /// At home.
    HomeVisit,
    /// In the clinic.
    Clinic,
    /// By telephone.
    Phone,
    /// By video.
    Video,
}

impl Entity for FollowUp {
    const KIND: &'static str = "follow-up";
    const TABLE: &'static str = "referral_follow_up";
    const COLUMNS: &'static [&'static str] = &[
        "referral_id",
        "patient_id",
        "org_id",
        "hospital_org_id",
        "due_on",
        "state",
        "month",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn peer_org_id(&self) -> Option<Id> {
        Some(self.hospital_org_id)
    }
    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.referral_id,
            self.patient_id,
            self.org_id,
            self.hospital_org_id,
            self.due_on,
            self.state.word(),
            &self.due_on.to_string()[..7],
        ]
        .to_vec()
    }
}
