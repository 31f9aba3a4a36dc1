//! Groups and who belongs to them.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};
use utoipa::ToSchema;

/// The form of a group; specialty alliances are kept apart because they cross groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupForm {
    /// 城市医疗集团
    UrbanGroup,
    /// 县域医共体
    CountyCommunity,
    /// 远程协作网
    RemoteNetwork,
}

/// Where a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupState {
    /// 筹建中
    Forming,
    /// 运行中
    Active,
    /// 已解散
    Dissolved,
}

/// Whether members keep their legal persons (a setting: plans differ in it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LegalPersonMode {
    /// 各成员独立法人
    Separate,
    /// 统一法人
    Unified,
}

/// The approval a group needs before it is active (组建批复).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkApproval)]
pub struct Approval {
    /// The body that approved.
    pub issuer: String,
    /// Document number (文号).
    pub number: String,
    /// Date of the document.
    pub approved_on: Date,
    /// What was approved: the members and area named.
    pub scope: String,
    /// The file that proves it.
    pub evidence_id: Option<Id>,
    /// The body whose account recorded it.
    pub recorded_by_org_id: Id,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// A consortium: a lead and its members.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Name where there is little room.
    pub short_name: String,
    /// English name.
    pub name_en: Option<String>,
    /// Its form.
    pub form: GroupForm,
    /// The lead hospital.
    pub lead_org_id: Id,
    /// Where it stands.
    pub state: GroupState,
    /// Legal persons kept or united.
    pub legal_person_mode: LegalPersonMode,
    /// Its formation approval.
    pub approval: Option<Approval>,
    /// Active since.
    pub active_on: Option<Date>,
    /// Dissolved on.
    pub dissolved_on: Option<Date>,
    /// Why it was dissolved.
    pub dissolve_reason: Option<String>,
    /// First recorded.
    pub created_at: Instant,
}

/// What a member is in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemberRole {
    /// 牵头单位
    Lead,
    /// 分院
    Branch,
    /// 成员单位
    Member,
}

/// How close the cooperation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CooperationMode {
    /// 松散
    Loose,
    /// 半紧密
    SemiTight,
    /// 紧密
    Tight,
    /// 托管
    Entrusted,
}

/// The member's seat on the council.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CouncilClass {
    /// 无席位
    NoSeat,
    /// 理事单位
    Member,
    /// 常务理事单位
    StandingMember,
    /// 副理事长单位
    ViceChair,
    /// 理事长单位
    Chair,
}

/// An organization's membership of a group, from one day to another.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Membership {
    /// Its id.
    pub id: Id,
    /// The group.
    pub group_id: Id,
    /// The member.
    pub org_id: Id,
    /// Lead, branch or member.
    pub role: MemberRole,
    /// How close.
    pub cooperation_mode: CooperationMode,
    /// Seat on the council.
    pub council_class: CouncilClass,
    /// From.
    pub joined_on: Date,
    /// Until.
    pub left_on: Option<Date>,
    /// Why it left.
    pub leave_reason: Option<String>,
}

impl Entity for Group {
    const KIND: &'static str = "group";
    const TABLE: &'static str = "consortium_group";
    const COLUMNS: &'static [&'static str] = &["lead_org_id", "state", "name_key"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.lead_org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.lead_org_id,
            super::word(&self.state),
            kernel::text::pinyin_key(&self.name)
        ]
        .to_vec()
    }
}

impl Entity for Membership {
    const KIND: &'static str = "membership";
    const TABLE: &'static str = "membership";
    const COLUMNS: &'static [&'static str] = &["group_id", "org_id", "joined_on", "left_on"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.group_id, self.org_id, self.joined_on, self.left_on].to_vec()
    }
}
