//! The referral document: who asks whom, for which patient, why, and how far it has come.

use std::fmt;

use kernel::identity::Sex;
use kernel::{Date, Id, Instant, Result, text};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

use crate::content::Content;
use crate::down::DownPlan;
use crate::outcome::{Advice, Discharge, Outcome, Readmission};
use crate::words::{Kind, Phase, Priority, Side, State};

/// A referral as it is stored.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Referral {
    /// Its id.
    pub id: Id,
    /// 转诊单号: organization code, day and a short mark; what people say on the telephone.
    pub number: String,
    /// What sort.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The patient.
    pub patient_id: Id,
    /// The patient as written on the sheet when it was last edited.
    pub patient: PatientCard,
    /// Who asks.
    pub from: Party,
    /// Who is asked.
    pub to: Party,
    /// Who takes the patient back, once a referral down is proposed.
    pub community: Option<Party>,
    /// The clinical content.
    pub content: Content,
    /// What makes two requests the same: one live request a patient and problem.
    pub problem_key: String,
    /// What the rules suggested when it was sent, and whether the doctor went another way.
    pub suggestion: Option<SuggestionTaken>,
    /// The account that wrote it.
    pub made_by: Id,
    /// When it was first written.
    pub created_at: Instant,
    /// When it was (last) sent.
    pub submitted_at: Option<Instant>,
    /// When the receiving side first answered: accepted, refused or replied.
    pub answered_at: Option<Instant>,
    /// That first answer.
    pub answer_kind: Option<AnswerKind>,
    /// When it was escalated.
    pub escalated_at: Option<Instant>,
    /// The limit of the state it is in.
    pub due_at: Option<Instant>,
    /// When the limit ran out and both sides were reminded.
    pub reminded_at: Option<Instant>,
    /// The version of `referral.clocks` that set the limit.
    pub clock_rule_version: i64,
    /// When the patient is expected, once accepted.
    pub expected_at: Option<Instant>,
    /// What the receiving side wrote when it accepted.
    pub acceptance_note: Option<String>,
    /// The place held for the patient.
    pub hold: Option<HeldPlace>,
    /// Taken to the hospital's own record: when, which department, which number.
    pub encounter: Option<Encounter>,
    /// Results or the discharge summary.
    pub discharge: Option<Discharge>,
    /// The plan of a referral down.
    pub down_plan: Option<DownPlan>,
    /// Question and answer of an advice.
    pub advice: Option<Advice>,
    /// Why it was refused, withdrawn, reassigned or declined last.
    pub reason: Option<ExitReason>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// A return to hospital within the window of the rule.
    pub readmission: Option<Readmission>,
    /// The document this one grew from: an advice, or an earlier referral.
    pub origin_id: Option<Id>,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// The patient as written on the sheet.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PatientCard {
    /// Name.
    pub name: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Telephone, masked.
    pub phone_masked: Option<String>,
    /// Identity number, masked.
    pub identifier_masked: Option<String>,
}

/// One side of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Party {
    /// The organization.
    pub org_id: Id,
    /// Its name.
    pub org_name: String,
    /// The department.
    pub department_id: Option<Id>,
    /// Its name.
    pub department_name: Option<String>,
    /// The practitioner in charge.
    pub practitioner_id: Option<Id>,
    /// Their name.
    pub doctor_name: Option<String>,
    /// Where to call.
    pub phone: Option<String>,
}

/// The first answer a referral got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// Accepted.
    Accepted,
    /// Refused.
    Rejected,
    /// A question was answered.
    Replied,
}

impl AnswerKind {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Replied => "replied",
        }
    }
}

/// A bed, a slot or a machine's time held for the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeldPlace {
    /// The hold.
    pub hold_id: Id,
    /// What is held.
    pub place: resources::Place,
    /// What it is called: ward and bed, clinic and time, device and time.
    pub place_name: String,
    /// Until when it is held.
    pub until: Instant,
    /// What the patient shows at the desk: 取号码.
    pub pick_up_code: String,
}

/// The hospital's own encounter.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Encounter {
    /// When the patient came: door time.
    pub arrived_at: Option<Instant>,
    /// When admitted.
    pub admitted_at: Option<Instant>,
    /// When seen or examined.
    pub seen_at: Option<Instant>,
    /// The number in the hospital's own system: 住院号 or 门诊号.
    pub number: Option<String>,
    /// Ward and bed in words.
    pub place_text: Option<String>,
    /// The doctor in charge.
    pub doctor_name: Option<String>,
}

/// Why something was refused or taken back.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExitReason {
    /// Code of the catalogue that fits the action.
    pub code: String,
    /// In words.
    pub text: Option<String>,
    /// When.
    pub at: Instant,
    /// Who.
    pub by_name: String,
    /// For which organization.
    pub org_id: Id,
}

/// What the rules said, and what was done instead.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SuggestionTaken {
    /// The version of `referral.catalogue` that spoke.
    pub rule_version: i64,
    /// Reason codes of the suggestion.
    pub reasons: Vec<String>,
    /// Red flags it saw.
    pub red_flags: Vec<String>,
    /// Did the doctor go another way?
    pub overridden: bool,
    /// Why.
    pub override_reason: Option<String>,
}

impl Referral {
    /// On which sides an organization stands.
    pub fn sides_of(&self, org_id: Id) -> Vec<Side> {
        let community = self
            .community
            .as_ref()
            .is_some_and(|party| party.org_id == org_id);
        let stands = [
            (Side::Sender, self.from.org_id == org_id),
            (
                Side::Receiver,
                self.to.org_id == org_id && self.kind != Kind::Down,
            ),
            (Side::Community, community),
        ];
        stands
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(side, _)| side)
            .collect()
    }

    /// Everybody with a side.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        [Some(&self.from), Some(&self.to), self.community.as_ref()]
            .into_iter()
            .flatten()
    }

    /// The organization whose move it is.
    pub fn waits_for(&self) -> Id {
        use State as S;
        let community = self.community.as_ref().map(|party| party.org_id);
        match self.state {
            S::Draft | S::ResultsReturned | S::Answered => self.from.org_id,
            S::DownProposed | S::CommunityAccepted | S::FollowedUp => {
                community.unwrap_or(self.to.org_id)
            }
            _ => self.to.org_id,
        }
    }

    /// When the patient left the hospital for home, as far as this case knows.
    pub fn left_hospital_at(&self) -> Option<Instant> {
        let discharged = self
            .discharge
            .as_ref()
            .and_then(|discharge| discharge.discharged_at);
        discharged.or_else(|| self.down_plan.as_ref().and_then(|plan| plan.accepted_at))
    }

    /// Live or not.
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }
}

/// The limit stored where there is none, so that lists sort by one plain column: the year 9999.
pub const NEVER: Instant = Instant::from_micros(253_402_300_799_000_000);

/// Names, free text and patients stay out of logs.
impl fmt::Debug for Referral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Referral")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PatientCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientCard").finish_non_exhaustive()
    }
}

impl Entity for Referral {
    const KIND: &'static str = "referral";
    const TABLE: &'static str = "referral";
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "kind",
        "state",
        "phase",
        "priority",
        "patient_id",
        "problem_key",
        "patient_name",
        "patient_key",
        "patient_initials",
        "from_org_id",
        "from_department_id",
        "to_org_id",
        "to_department_id",
        "community_org_id",
        "waits_for_org_id",
        "made_by",
        "created_at",
        "due_at",
        "month",
        "answer_kind",
        "answer_seconds",
        "reason_code",
        "down_from_org_id",
        "down_month",
        "discharged_at",
        "hold_id",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.from.org_id)
    }
    fn peer_org_id(&self) -> Option<Id> {
        // Once the case is the community's, it is the other side.
        match (&self.community, self.state) {
            (
                Some(community),
                State::DownProposed | State::CommunityAccepted | State::FollowedUp,
            ) if community.org_id != self.from.org_id => Some(community.org_id),
            _ => Some(self.to.org_id),
        }
    }
    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }
    fn columns(&self) -> Vec<Value> {
        let answer_seconds = match (self.submitted_at, self.answered_at) {
            (Some(sent), Some(answered)) => Some((answered - sent).whole_seconds()),
            _ => None,
        };
        let down = self.down_plan.as_ref();
        params![
            self.number.as_str(),
            self.kind,
            self.state,
            self.phase().word(),
            self.content.priority,
            self.patient_id,
            self.problem_key.as_str(),
            self.patient.name.as_str(),
            text::pinyin_key(&self.patient.name),
            text::pinyin_initials(&self.patient.name),
            self.from.org_id,
            self.from.department_id,
            self.to.org_id,
            self.to.department_id,
            self.community.as_ref().map(|party| party.org_id),
            self.waits_for(),
            self.made_by,
            self.created_at,
            self.due_at.unwrap_or(NEVER),
            self.submitted_at.map(month_of),
            self.answer_kind.map(AnswerKind::word),
            answer_seconds,
            self.reason.as_ref().map(|reason| reason.code.as_str()),
            down.map(|plan| plan.proposed_by_org_id),
            down.map(|plan| month_of(plan.proposed_at)),
            self.left_hospital_at(),
            self.hold.as_ref().map(|held| held.hold_id),
        ]
        .to_vec()
    }
}

/// The month of a moment in local time: `2026-11`.
pub fn month_of(at: Instant) -> String {
    at.date().to_string()[..7].to_owned()
}

/// First and last day of a month written `2026-11`.
///
/// # Errors
/// `referral.month`.
pub fn month_days(month: &str) -> Result<(Date, Date)> {
    let wrong = || {
        kernel::Error::invalid(
            "referral.month",
            "month",
            "a month is written YYYY-MM, such as 2026-11",
        )
    };
    if month.len() != 7 || !month.is_ascii() {
        return Err(wrong());
    }
    let first: Date = [month, "-01"].concat().parse().map_err(|_| wrong())?;
    // The 1st plus 31 days lies in the next month, whatever the month's length.
    let (year, next, _) = first.plus_days(31).parts();
    let last = Date::new(year, next, 1)?.plus_days(-1);
    Ok((first, last))
}

/// Builds the number people say on the telephone.
pub fn number_of(org_code: &str, today: Date, id: Id) -> String {
    let day: String = today
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let mark = id.short()[4..].to_ascii_uppercase();
    format!("{org_code}-{day}-{mark}")
}

/// The key of "the same problem": the three-character category of the first diagnosis.
pub fn problem_key(kind: Kind, content: &Content) -> String {
    let category = content.diagnoses.first().map_or_else(
        || text::fold(&content.reason_text).to_lowercase(),
        |diagnosis| diagnosis.code.chars().take(3).collect(),
    );
    match kind {
        Kind::Exam => {
            let item = content
                .exam
                .as_ref()
                .map_or("", |exam| exam.item_code.as_str());
            format!("exam:{item}")
        }
        Kind::Advice => format!("advice:{category}"),
        Kind::Up | Kind::Down | Kind::Transfer | Kind::Emergency => category,
    }
}

/// The priority a kind has at least.
pub fn least_priority(kind: Kind, asked: Priority) -> Priority {
    if kind == Kind::Emergency {
        Priority::Emergency
    } else {
        asked
    }
}
