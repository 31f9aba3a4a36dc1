//! Practitioners: who employs and pays them is one thing, where they work is another.

use std::fmt;

use kernel::identity::Sex;
use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody is by training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profession {
    /// 医师
    Doctor,
    /// 全科医师
    GeneralPractitioner,
    /// 乡村医生
    VillageDoctor,
    /// 护士
    Nurse,
    /// 技师
    Technician,
    /// 药师
    Pharmacist,
    /// 公共卫生医师
    PublicHealth,
    /// 管理人员
    Manager,
    /// 其他
    Other,
}

/// Rank of the professional title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TitleRank {
    /// 未定级
    NoTitle,
    /// 初级
    Junior,
    /// 中级
    Intermediate,
    /// 副高级
    DeputySenior,
    /// 正高级
    Senior,
}

/// How somebody is employed (人员身份属性); stays unchanged without a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StaffStatus {
    /// 在编
    Established,
    /// 合同制
    Contract,
    /// 劳务派遣
    Dispatched,
    /// 返聘
    Rehired,
    /// 乡村医生聘用
    VillageEmployed,
    /// 规范化培训
    Trainee,
}

/// Working or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PractitionerState {
    /// 在职
    Active,
    /// 已离职
    Left,
}

/// Who pays, kept at the home employer wherever the work is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkPay)]
pub struct Pay {
    /// The employer that pays.
    pub org_id: Id,
    /// Post grade, in the employer's words.
    pub grade: Option<String>,
}

/// Why somebody works at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKind {
    /// 本单位
    Home,
    /// 派驻、下沉
    Secondment,
    /// 多点执业
    MultiSite,
    /// 巡诊、坐诊
    VisitingClinic,
    /// 进修
    Training,
}

/// A place of work and the role there, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkSite {
    /// Its id.
    pub id: Id,
    /// The organization.
    pub org_id: Id,
    /// The department there.
    pub department_id: Option<Id>,
    /// Why there.
    pub kind: SiteKind,
    /// The role there, in words: 主治医师、护士长.
    pub role: String,
    /// Working days a week.
    pub days_per_week: Option<u8>,
    /// From.
    pub starts_on: Date,
    /// Until.
    pub ends_on: Option<Date>,
}

/// What a licence allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceKind {
    /// 医师资格证
    DoctorQualification,
    /// 医师执业证
    DoctorPractice,
    /// 护士执业证
    NursePractice,
    /// 乡村医生执业证
    VillageDoctorPractice,
    /// 药师资格证
    Pharmacist,
    /// 技师资格证
    Technician,
    /// 专项资质
    Special,
}

/// A licence; some run out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkLicence)]
pub struct Licence {
    /// Its id.
    pub id: Id,
    /// What it allows.
    pub kind: LicenceKind,
    /// Its number.
    pub number: String,
    /// Scope of practice.
    pub scope: Option<String>,
    /// Issued on.
    pub issued_on: Option<Date>,
    /// Runs out on; absent for those that do not.
    pub expires_on: Option<Date>,
}

/// Somebody who works in the consortium.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Practitioner {
    /// Id.
    pub id: Id,
    /// The home employer's staff number.
    pub code: String,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Option<Sex>,
    /// By training.
    pub profession: Profession,
    /// Rank of the title.
    pub title_rank: TitleRank,
    /// The title in words: 副主任医师.
    pub title: Option<String>,
    /// Specialty code of the national list.
    pub specialty: Option<String>,
    /// The employer (编制单位); stays unchanged without a decision.
    pub home_org_id: Id,
    /// How employed; absent while not recorded.
    pub staff_status: Option<StaffStatus>,
    /// Who pays.
    pub pay: Pay,
    /// Resident ID number; masked for those without `network.people`.
    pub resident_id: Option<String>,
    /// Why a number that fails its check is right all the same.
    pub identity_reason: Option<String>,
    /// Telephone; masked for those without `network.people`.
    pub phone: Option<String>,
    /// Working or gone.
    pub state: PractitionerState,
    /// Left on.
    pub left_on: Option<Date>,
    /// Where and as what.
    pub sites: Vec<WorkSite>,
    /// Licences.
    pub licences: Vec<Licence>,
    /// First recorded.
    pub created_at: Instant,
}

/// Logs carry ids only.
impl fmt::Debug for Practitioner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Practitioner")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Practitioner {
    /// The same with identifiers masked, for lists and for those who need not know.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.resident_id = self
            .resident_id
            .as_deref()
            .map(kernel::text::mask_identifier);
        self.phone = self.phone.as_deref().map(kernel::text::mask_phone);
        for licence in &mut self.licences {
            licence.number = kernel::text::mask_identifier(&licence.number);
        }
        self
    }

    /// Works at `org_id` on `day`, whoever the employer is.
    pub fn works_at(&self, org_id: Id, day: Date) -> bool {
        self.state == PractitionerState::Active
            && self
                .sites
                .iter()
                .any(|site| site.org_id == org_id && site.is_live(day))
    }
}

impl WorkSite {
    /// Is it in force on `day`?
    pub fn is_live(&self, day: Date) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| end >= day)
    }
}
