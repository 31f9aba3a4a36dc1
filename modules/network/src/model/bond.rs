//! What ties organizations across the tree: specialty alliances, bonds, and the files that prove them.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};
use utoipa::ToSchema;

/// Running or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AllianceState {
    /// 运行中
    Active,
    /// 已结束
    Ended,
}

/// A member of an alliance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllianceMember {
    /// The organization.
    pub org_id: Id,
    /// Its seat on the alliance's council.
    pub council_class: super::CouncilClass,
    /// From.
    pub joined_on: Date,
    /// Until.
    pub left_on: Option<Date>,
}

/// A specialty alliance (专科联盟): one specialty, members of any group and city.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Alliance {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// English name.
    pub name_en: Option<String>,
    /// Specialty code of the national list.
    pub specialty: String,
    /// The lead.
    pub lead_org_id: Id,
    /// Running or over.
    pub state: AllianceState,
    /// From.
    pub starts_on: Date,
    /// Until.
    pub ends_on: Option<Date>,
    /// Why it ended.
    pub end_reason: Option<String>,
    /// Members, past ones too.
    pub members: Vec<AllianceMember>,
    /// Files that prove it.
    pub evidence_ids: Vec<Id>,
}

/// What sort of bond (纽带).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BondKind {
    /// 合作协议、契约
    Agreement,
    /// 委托管理
    EntrustedManagement,
    /// 项目协作
    Project,
    /// 对口支援、帮扶
    Aid,
    /// 统一战略规划
    Strategy,
    /// 技术支持
    Technique,
    /// 人才共享
    Talent,
    /// 教学培训
    Training,
    /// 资源共享
    Resource,
    /// 信息互通
    Information,
    /// 检查检验结果互认
    Recognition,
    /// 处方流动
    Prescription,
    /// 服务衔接
    Service,
    /// 品牌
    Brand,
    /// 医院文化
    Culture,
}

/// Running or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BondState {
    /// 有效
    Active,
    /// 已终止
    Ended,
}

/// A typed tie between two organizations, with dates and proof.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Bond {
    /// Its id.
    pub id: Id,
    /// What sort.
    pub kind: BondKind,
    /// The side that gives: manages, supports, trains.
    pub from_org_id: Id,
    /// The side that receives.
    pub to_org_id: Id,
    /// The group it belongs to, if any.
    pub group_id: Option<Id>,
    /// Title of the agreement.
    pub title: String,
    /// Number of the agreement.
    pub number: Option<String>,
    /// What was agreed: fee, powers, outputs.
    pub terms: Option<String>,
    /// From.
    pub starts_on: Date,
    /// Until.
    pub ends_on: Option<Date>,
    /// Running or over.
    pub state: BondState,
    /// Why it ended early.
    pub end_reason: Option<String>,
    /// Files that prove it.
    pub evidence_ids: Vec<Id>,
    /// First recorded.
    pub created_at: Instant,
}

/// A file that proves something: an agreement, an approval, a decision.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkEvidence)]
pub struct Evidence {
    /// Its id.
    pub id: Id,
    /// The organization whose account uploaded it.
    pub org_id: Id,
    /// The file's name as uploaded, without folders.
    pub name: String,
    /// Type told from the content.
    pub media_type: String,
    /// Its size.
    pub size_bytes: i64,
    /// Hash of the content.
    pub sha256: String,
    /// When it was uploaded.
    pub uploaded_at: Instant,
    /// By whom.
    pub uploaded_by: String,
}

impl Entity for Alliance {
    const KIND: &'static str = "alliance";
    const TABLE: &'static str = "alliance";
    const COLUMNS: &'static [&'static str] = &["lead_org_id", "specialty", "state", "name_key"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.lead_org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let name_key = kernel::text::pinyin_key(&self.name);
        params![
            self.lead_org_id,
            self.specialty.as_str(),
            super::word(&self.state),
            name_key
        ]
        .to_vec()
    }
}

impl Entity for Bond {
    const KIND: &'static str = "bond";
    const TABLE: &'static str = "bond";
    const COLUMNS: &'static [&'static str] = &[
        "kind",
        "from_org_id",
        "to_org_id",
        "starts_on",
        "ends_on",
        "state",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.from_org_id)
    }
    fn peer_org_id(&self) -> Option<Id> {
        Some(self.to_org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            super::word(&self.kind),
            self.from_org_id,
            self.to_org_id,
            self.starts_on,
            self.ends_on,
            super::word(&self.state),
        ]
        .to_vec()
    }
}

impl Entity for Evidence {
    const KIND: &'static str = "evidence";
    const TABLE: &'static str = "evidence";
    const COLUMNS: &'static [&'static str] = &["org_id", "sha256"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.org_id, self.sha256.as_str()].to_vec()
    }
}
