//! A version of a code system and what it changes.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

use crate::catalogue::RowProblem;
use crate::model::Concept;

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CodeSystemVersionState)]
pub enum VersionState {
    /// Read and looked at; nothing of it is found yet.
    Draft,
    /// Comes into force on its day.
    Scheduled,
    /// In force.
    Active,
    /// Was in force.
    Retired,
    /// Never was in force and never will be.
    Discarded,
}

impl VersionState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Discarded => "discarded",
        }
    }
}

/// What a version changes against the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodeSystemVersionCounts)]
pub struct Counts {
    /// Rows of the file.
    pub rows: u64,
    /// New concepts.
    pub added: u64,
    /// Concepts that read otherwise.
    pub changed: u64,
    /// Concepts that are not to be used any more.
    pub retired: u64,
    /// Concepts that are taken out again, when an earlier version is gone back to.
    pub removed: u64,
    /// Concepts as they were.
    pub unchanged: u64,
    /// Cells that can't be taken.
    pub invalid: u64,
}

/// A version of a code system.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CodeSystemVersion)]
pub struct Version {
    /// Its id.
    pub id: Id,
    /// The code system.
    pub system: String,
    /// Counted from 1.
    pub number: i64,
    /// What its publisher calls it.
    pub edition: String,
    /// Where it stands.
    pub state: VersionState,
    /// Number of the version that its changes are counted against.
    pub base: i64,
    /// Is it the whole catalogue? Then what it lacks is retired.
    pub complete: bool,
    /// First day in force.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_from: Option<Date>,
    /// Last day in force.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_to: Option<Date>,
    /// The file it came in.
    pub file_name: String,
    /// Why, in the words of whoever brought it.
    pub note: String,
    /// The version that it went back to.
    pub restores: Option<i64>,
    /// What it changes.
    pub counts: Counts,
    /// Bad cells, at most 200.
    pub problems: Vec<RowProblem>,
    /// Who brought it.
    pub brought_by: String,
    /// When it came.
    pub created_at: Instant,
    /// Who put it in force.
    pub activated_by: Option<String>,
    /// When it came into force.
    pub activated_at: Option<Instant>,
}

impl Entity for Version {
    const KIND: &'static str = "code-system-version";
    const TABLE: &'static str = "code_system_version";
    const COLUMNS: &'static [&'static str] = &["system", "number", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        None
    }
    fn columns(&self) -> Vec<Value> {
        params![self.system.as_str(), self.number, self.state.word()].to_vec()
    }
}

/// What a version did to one concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConceptChangeKind)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It reads otherwise.
    Changed,
    /// It is not to be used any more.
    Retired,
    /// It is taken out again.
    Removed,
}

impl ChangeKind {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Retired => "retired",
            Self::Removed => "removed",
        }
    }
}

/// One changed concept.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ConceptChange {
    /// Its code.
    pub code: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// As it was.
    pub before: Option<Concept>,
    /// As it became.
    pub after: Option<Concept>,
}
