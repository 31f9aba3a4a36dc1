//! An organization: its place in the tree and the six things that stay as they are.

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What sort of institution (事业单位性质 and role in the system); one of the six unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrgKind {
    /// 牵头医院
    LeadHospital,
    /// 分院
    BranchHospital,
    /// 成员医院
    MemberHospital,
    /// 社区卫生服务中心
    CommunityCentre,
    /// 乡镇卫生院
    TownshipCentre,
    /// 村卫生室
    VillageClinic,
    /// 卫生健康行政部门
    HealthBureau,
    /// 行政区划节点
    Region,
    /// 其他
    Other,
}

/// The four levels of the tree, from wide to narrow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 市
    City,
    /// 区、县
    District,
    /// 乡镇、街道
    Town,
    /// 村、社区
    Village,
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrgState {
    /// 运营中
    Open,
    /// 已停办
    Closed,
}

/// Who owns it (资产归属); one of the six unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// 政府办
    Government,
    /// 企业办
    Enterprise,
    /// 集体办
    Collective,
    /// 社会办
    Social,
    /// 个人办
    Private,
}

/// What it is there for (功能定位); one of the six unchanged, and what drives referral rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Positioning {
    /// 急危重症、疑难病症诊疗
    AcuteComplex,
    /// 区域综合诊疗
    RegionalGeneral,
    /// 县域常见病、多发病诊疗
    CountyGeneral,
    /// 接续性医疗：康复、护理、慢性病
    ContinuingCare,
    /// 基层首诊、基本公共卫生
    Primary,
    /// 专科诊疗
    Specialty,
    /// 妇幼保健
    MaternalChild,
    /// 公共卫生
    PublicHealth,
    /// 行政管理
    Administration,
}

/// Through which channel the treasury supports it (财政补偿政策和保障渠道); one of the six unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Funding {
    /// 财政全额保障
    FullBudget,
    /// 财政差额补助
    PartialBudget,
    /// 自收自支
    SelfSupporting,
    /// 企业拨付
    EnterpriseBudget,
    /// 无财政补助
    NoBudget,
}

/// How government puts money in (政府投入方式); one of the six unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputMode {
    /// 按编制人数定额投入
    PerPost,
    /// 按服务项目购买
    PurchasedService,
    /// 专项投入
    Project,
    /// 由举办企业投入
    Enterprise,
    /// 无政府投入
    NoInput,
}

/// A place on the map in whole microdegrees, so that nothing here is a floating-point number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkPosition)]
pub struct Position {
    /// Degrees north times a million.
    pub latitude_microdegrees: i64,
    /// Degrees east times a million.
    pub longitude_microdegrees: i64,
}

/// An organization with everything the directory knows of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Organization {
    /// Its id.
    pub id: Id,
    /// The consortium's own code; unique.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name where there is little room; the full name unless given.
    pub short_name: String,
    /// English name.
    pub name_en: Option<String>,
    /// What sort of institution.
    pub kind: OrgKind,
    /// Its level in the tree.
    pub level: Level,
    /// The organization or region it belongs to (隶属关系).
    pub parent_id: Option<Id>,
    /// Open or closed.
    pub state: OrgState,
    /// Who owns it; absent while not recorded.
    pub ownership: Option<Ownership>,
    /// What it is there for; absent while not recorded.
    pub positioning: Option<Positioning>,
    /// Funding channel; absent while not recorded.
    pub funding: Option<Funding>,
    /// Input mode; absent while not recorded.
    pub input_mode: Option<InputMode>,
    /// Unified social credit code.
    pub credit_code: Option<String>,
    /// Health institution registration number.
    pub institution_code: Option<String>,
    /// Why codes that fail their check are right all the same.
    pub identity_reason: Option<String>,
    /// Has a legal person of its own.
    pub legal_person: bool,
    /// Grade, such as 三级甲等.
    pub grade: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Telephone of the institution.
    pub phone: Option<String>,
    /// Place on the map.
    pub position: Option<Position>,
    /// Opened on.
    pub opened_on: Option<Date>,
    /// Closed on.
    pub closed_on: Option<Date>,
    /// Why it was closed.
    pub close_reason: Option<String>,
    /// First recorded.
    pub created_at: Instant,
    /// Last changed.
    pub updated_at: Instant,
}

/// An organization as other modules and lists need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Org {
    /// Its id.
    pub id: Id,
    /// The consortium's own code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name where there is little room.
    pub short_name: String,
    /// English name.
    pub name_en: Option<String>,
    /// What sort of institution.
    pub kind: OrgKind,
    /// Its level in the tree.
    pub level: Level,
    /// The organization or region it belongs to.
    pub parent_id: Option<Id>,
    /// Open or closed.
    pub state: OrgState,
    /// What it is there for.
    pub positioning: Option<Positioning>,
    /// Grade, such as 三级甲等.
    pub grade: Option<String>,
    /// Telephone of the institution.
    pub phone: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Place on the map.
    pub position: Option<Position>,
}

impl OrgKind {
    /// A node of the tree that treats nobody: a region, or the bureau that supervises it.
    pub fn is_government(self) -> bool {
        matches!(self, Self::Region | Self::HealthBureau)
    }

    /// Does it treat patients?
    pub fn is_provider(self) -> bool {
        !self.is_government()
    }

    /// Has inpatient wards as a rule.
    pub fn is_hospital(self) -> bool {
        matches!(
            self,
            Self::LeadHospital | Self::BranchHospital | Self::MemberHospital
        )
    }
}

impl Org {
    /// Is it open?
    pub fn is_open(&self) -> bool {
        self.state == OrgState::Open
    }
}

impl From<Organization> for Org {
    fn from(full: Organization) -> Self {
        Self {
            id: full.id,
            code: full.code,
            name: full.name,
            short_name: full.short_name,
            name_en: full.name_en,
            kind: full.kind,
            level: full.level,
            parent_id: full.parent_id,
            state: full.state,
            positioning: full.positioning,
            grade: full.grade,
            phone: full.phone,
            address: full.address,
            position: full.position,
        }
    }
}
