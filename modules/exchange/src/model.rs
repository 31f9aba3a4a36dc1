//! A roster file on record: what was found in it and whether it was taken in.

use kernel::{Id, Instant};
use serde::{Deserialize, Serialize};
use store::{BlobRef, Entity, Value, params};
use utoipa::ToSchema;

use crate::report::ImportReport;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    /// 可导入
    Ready,
    /// 有错误
    Faulty,
    /// 已导入
    Applied,
}

/// A roster file that was looked at.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: Id,
    /// The organization for which it was uploaded.
    pub org_id: Id,
    /// By whom.
    pub uploaded_by: String,
    /// When.
    pub created_at: Instant,
    /// Where it stands.
    pub state: ImportState,
    /// When it was taken in.
    pub applied_at: Option<Instant>,
    /// The file.
    pub file: BlobRef,
    /// What was found; of the last look.
    pub report: ImportReport,
}

impl ImportState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Faulty => "faulty",
            Self::Applied => "applied",
        }
    }
}

impl Entity for Import {
    const KIND: &'static str = "import";
    const TABLE: &'static str = "roster_import";
    const COLUMNS: &'static [&'static str] = &["org_id", "state", "created_at"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.org_id, self.state.word(), self.created_at].to_vec()
    }
}
