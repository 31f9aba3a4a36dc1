//! An extract: what is asked, where it stands, and what was lost on the way.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

use crate::anonymity::Sizes;
use crate::columns::Column;

/// What form an extract has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ExtractShape)]
pub enum Shape {
    /// One row a patient, in chosen columns: csv or xlsx.
    Table,
    /// FHIR resources of chosen kinds, a line each: NDJSON.
    Fhir,
}

/// How dates are made useless for finding somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ExtractDates)]
pub enum Dates {
    /// All dates of a patient moved by the same number of days.
    Shift,
    /// Cut to the month.
    Month,
}

/// What somebody asks for.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExtract)]
pub struct Asked {
    /// What the data are for, with the number of the ethics approval where there is one.
    pub purpose: String,
    /// Table or FHIR.
    pub shape: Shape,
    /// The columns; in a FHIR extract those of the Patient.
    pub columns: Vec<Column>,
    /// Resource types of a FHIR extract.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The columns by which somebody could be known again; those the rule set names are always among
    /// them. Empty for just those.
    #[serde(default)]
    pub quasi_identifiers: Vec<Column>,
    /// The column whose variety within each group is shown.
    #[serde(default)]
    pub sensitive: Option<Column>,
    /// Whose records; none for all in reach.
    #[serde(default)]
    pub organizations: Vec<Id>,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period.
    pub to: Date,
    /// What happens to dates.
    pub dates: Dates,
    /// Patients a group has at least.
    pub k: i64,
    /// Patients that may be left out for it, of a thousand.
    pub suppressed_permille: i64,
}

/// Where an extract stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ExtractState)]
pub enum State {
    /// Waits for a decision.
    Requested,
    /// Not approved.
    Refused,
    /// Approved, and being made.
    Running,
    /// k can't be met within what may be left out: no file was made.
    Unmet,
    /// Could not be made.
    Failed,
    /// The files are there.
    Ready,
    /// They were fetched, and may be again.
    Downloaded,
    /// Its time ran out: the files and the key are gone.
    Expired,
    /// Taken back: the files and the key are gone.
    Withdrawn,
}

/// What happens to an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody else approves it.
    Approve,
    /// Or does not.
    Refuse,
    /// Whoever asked, or whoever decides, takes it back.
    Withdraw,
    /// k can't be met.
    Miss,
    /// It can't be made.
    Fail,
    /// The files are written and were checked.
    Finish,
    /// A file is fetched.
    Download,
    /// Time has run out.
    Expire,
}

impl State {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Refused => "refused",
            Self::Running => "running",
            Self::Unmet => "unmet",
            Self::Failed => "failed",
            Self::Ready => "ready",
            Self::Downloaded => "downloaded",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Where a step leads; `None` for one that can't be taken.
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Requested, Step::Approve) => Some(Self::Running),
            (Self::Requested, Step::Refuse) => Some(Self::Refused),
            (Self::Running, Step::Miss) => Some(Self::Unmet),
            (Self::Running, Step::Fail) => Some(Self::Failed),
            (Self::Running, Step::Finish) => Some(Self::Ready),
            (Self::Ready | Self::Downloaded, Step::Download) => Some(Self::Downloaded),
            (Self::Requested | Self::Ready | Self::Downloaded, Step::Expire) => Some(Self::Expired),
            (Self::Requested | Self::Running | Self::Ready | Self::Downloaded, Step::Withdraw) => {
                Some(Self::Withdrawn)
            }
            _ => None,
        }
    }

    /// Whether there are files to fetch.
    pub const fn has_files(self) -> bool {
        matches!(self, Self::Ready | Self::Downloaded)
    }
}

/// Who did something, when, and what they said.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ExtractAct)]
pub struct Act {
    /// The account.
    pub account_id: Id,
    /// The person it is of, where it is known.
    pub practitioner_id: Option<Id>,
    /// Its name.
    pub name: String,
    /// When.
    pub at: Instant,
    /// What they said.
    pub note: Option<String>,
}

/// A column, and how much of it was lost.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ExtractColumnLoss)]
pub struct ColumnLoss {
    /// The column.
    pub column: Column,
    /// Steps it was widened.
    pub steps: i64,
    /// Steps until nothing is left of it.
    pub steps_max: i64,
}

/// What an extract has, and what it has not.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ExtractReport)]
pub struct Report {
    /// Patients of the organizations.
    pub patients_found: i64,
    /// Left out because they denied research, or everybody.
    pub denied: i64,
    /// Left out because they did not permit research, where the rule set asks for it.
    pub not_permitted: i64,
    /// Left out because a legal hold stands on their record.
    pub legal_hold: i64,
    /// Left out because nothing was written in the period.
    pub nothing: i64,
    /// Left out so that every group has k.
    pub suppressed: i64,
    /// Patients in the extract.
    pub patients: i64,
    /// Rows or resources in the extract.
    pub rows: i64,
    /// Entries left out because they are sensitive.
    pub sensitive_entries: i64,
    /// Entries left out because they name other patients too.
    pub shared_entries: i64,
    /// Entries left out because nothing of them may be given.
    pub empty_entries: i64,
    /// Codes given by a wider one, as fewer than k patients had them.
    pub codes_widened: i64,
    /// Codes left out, as fewer than k patients had any wider one.
    pub codes_dropped: i64,
    /// Organizations given by their kind.
    pub organizations_grouped: i64,
    /// How far the quasi-identifiers were widened.
    pub columns: Vec<ColumnLoss>,
    /// Groups before.
    pub before: Sizes,
    /// Groups after.
    pub after: Sizes,
    /// Patients of the smallest group of what was written, counted in the output.
    pub smallest: Option<i64>,
    /// Different values of the sensitive column in the group that has the fewest.
    pub l: Option<i64>,
    /// Patients that only a part of was looked at: a preview.
    #[serde(default)]
    pub partial: bool,
    /// Whether k holds.
    pub holds: bool,
}

/// A file of an extract.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ExtractFile)]
pub struct FileShown {
    /// `table`, or a resource type.
    pub name: String,
    /// Its rows or resources.
    pub rows: i64,
}

/// An extract.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Extract)]
pub struct Extract {
    /// Its id.
    pub id: Id,
    /// The organization that asks.
    pub org_id: Id,
    /// The role in which it was asked.
    pub role: String,
    /// What was asked, with every organization and quasi-identifier it comes to.
    pub asked: Asked,
    /// Where it stands.
    pub state: State,
    /// Who asked.
    pub requested: Act,
    /// Who decided.
    pub decided: Option<Act>,
    /// Who took it back.
    pub withdrawn: Option<Act>,
    /// Version of the rule set `research.extract` by which it was made.
    pub rule_version: i64,
    /// When the request or the files run out.
    pub ends_at: Instant,
    /// Why it could not be made, in a code.
    pub failure: Option<String>,
    /// What it has and has not.
    pub report: Option<Report>,
    /// Its files.
    pub files: Vec<FileShown>,
    /// How often files were fetched.
    pub downloads: i64,
}

impl Entity for Extract {
    const KIND: &'static str = "research-extract";
    const TABLE: &'static str = "research_extract";
    const COLUMNS: &'static [&'static str] = &["org_id", "account_id", "state", "ends_at"];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn columns(&self) -> Vec<Value> {
        params![
            self.org_id,
            self.requested.account_id,
            self.state.word(),
            self.ends_at
        ]
        .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [State; 9] = [
        State::Requested,
        State::Refused,
        State::Running,
        State::Unmet,
        State::Failed,
        State::Ready,
        State::Downloaded,
        State::Expired,
        State::Withdrawn,
    ];
    const STEPS: [Step; 8] = [
        Step::Approve,
        Step::Refuse,
        Step::Withdraw,
        Step::Miss,
        Step::Fail,
        Step::Finish,
        Step::Download,
        Step::Expire,
    ];

    #[test]
    fn every_state_is_reached_and_has_an_exit_or_ends() {
        let ends = [
            State::Refused,
            State::Unmet,
            State::Failed,
            State::Expired,
            State::Withdrawn,
        ];
        for state in STATES {
            let exits = STEPS.iter().filter_map(|step| state.after(*step));
            let leaves = exits.filter(|next| *next != state).count();
            assert_eq!(leaves == 0, ends.contains(&state), "{state:?}");
            let reached = STATES
                .iter()
                .any(|from| STEPS.iter().any(|step| from.after(*step) == Some(state)));
            assert!(reached || state == State::Requested, "{state:?}");
        }
    }
}
