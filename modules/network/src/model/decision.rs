//! Decisions of government level: the only thing that moves what is otherwise unchanged (六个不变).

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};
use utoipa::ToSchema;

/// A field that no command changes without a decision.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum GuardedField {
    /// 资产归属
    Ownership,
    /// 隶属关系
    Affiliation,
    /// 事业单位性质
    InstitutionType,
    /// 功能定位
    Positioning,
    /// 财政补偿政策和保障渠道
    Funding,
    /// 政府投入方式
    InputMode,
    /// 人员身份属性
    StaffStatus,
    /// 人员编制单位
    HomeEmployer,
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// An organization.
    Organization,
    /// A practitioner.
    Practitioner,
}

/// Which level of government decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionLevel {
    /// 国家
    National,
    /// 省
    Province,
    /// 市
    City,
    /// 区、县
    District,
}

/// In force or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionState {
    /// 有效
    InForce,
    /// 已撤回
    Withdrawn,
}

/// One subject of a decision and the fields that may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionItem {
    /// Organization or practitioner.
    pub kind: SubjectKind,
    /// Its id.
    pub id: Id,
    /// Which fields the decision lets change, once each.
    pub fields: Vec<GuardedField>,
}

/// A change that was made under a decision: each field of each subject is spent once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionUse {
    /// The organization or practitioner.
    pub id: Id,
    /// The field that changed.
    pub field: GuardedField,
    /// When.
    pub at: Instant,
}

/// A recorded decision of government level.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Its id.
    pub id: Id,
    /// The body that decided, as on the document.
    pub issuer: String,
    /// Document number (文号).
    pub number: String,
    /// Title of the document.
    pub title: String,
    /// Level of government.
    pub level: DecisionLevel,
    /// Date of the document.
    pub decided_on: Date,
    /// In force or withdrawn.
    pub state: DecisionState,
    /// What it lets change.
    pub items: Vec<DecisionItem>,
    /// What was changed under it.
    pub uses: Vec<DecisionUse>,
    /// Files that prove it.
    pub evidence_ids: Vec<Id>,
    /// The government body whose account recorded it.
    pub recorded_by_org_id: Id,
    /// Why it was withdrawn.
    pub withdraw_reason: Option<String>,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Entity for Decision {
    const KIND: &'static str = "decision";
    const TABLE: &'static str = "decision";
    const COLUMNS: &'static [&'static str] = &["issuer", "number", "state", "decided_on"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.recorded_by_org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.issuer.as_str(),
            self.number.as_str(),
            super::word(&self.state),
            self.decided_on
        ]
        .to_vec()
    }
}
