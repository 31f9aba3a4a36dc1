//! The demonstration consortium as plain data: organizations, departments, people, wards, devices,
//! schedules, services. Everything is named by a `key`, which the simulator maps to ids. Every name
//! is invented.

use kernel::Date;
use kernel::identity::Sex;
use serde::Serialize;

use crate::{shape_departments, shape_organizations, shape_people, shape_resources};

/// A whole consortium.
#[derive(Clone, Debug, Serialize)]
pub struct Shape {
    /// The groups of members; one here.
    pub groups: Vec<Group>,
    /// The tree from the city to the village, parents before children.
    pub organizations: Vec<Organization>,
    /// Specialty alliances across the tree.
    pub alliances: Vec<Alliance>,
    /// What ties each member to the lead.
    pub bonds: Vec<Bond>,
    /// Departments of all members.
    pub departments: Vec<Department>,
    /// 300 practitioners.
    pub practitioners: Vec<Practitioner>,
    /// Wards with 500 beds.
    pub wards: Vec<Ward>,
    /// 20 devices.
    pub devices: Vec<Device>,
    /// Weekly outpatient sessions.
    pub schedules: Vec<ScheduleTemplate>,
    /// Who offers which service or technique.
    pub services: Vec<ServiceOffer>,
    /// Where residents live, with the member that serves them.
    pub places: Vec<Place>,
}

/// A consortium of members.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Key.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Key of the lead hospital.
    pub lead: String,
    /// Keys of all members, the lead included.
    pub members: Vec<String>,
    /// Key of the body that approved it.
    pub approved_by: String,
    /// Number of the approval.
    pub approval_number: String,
    /// Since.
    pub approved_on: Date,
}

/// Level in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 市
    City,
    /// 区县
    District,
    /// 乡镇街道
    Town,
    /// 村居
    Village,
}

/// What an organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganizationKind {
    /// 卫生健康行政部门
    HealthBureau,
    /// 牵头医院
    LeadHospital,
    /// 分院
    BranchHospital,
    /// 乡镇卫生院
    TownshipCentre,
    /// 社区卫生服务中心
    CommunityCentre,
    /// 村卫生室
    VillageClinic,
}

/// An organization of the tree.
#[derive(Clone, Debug, Serialize)]
pub struct Organization {
    /// Key: `city`, `bureau`, `lead`, `branch`, `town-1`, `community-1`, `village-1-3`.
    pub key: String,
    /// Key of the one above.
    pub parent: Option<String>,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: OrganizationKind,
    /// Chinese name.
    pub name: String,
    /// Short Chinese name for boards.
    pub short_name: String,
    /// English name.
    pub name_en: String,
    /// Unified social credit code with a valid check character.
    pub credit_code: String,
    /// 22-character registration number; empty for government.
    pub institution_code: String,
    /// `public`, `government`; 0.2.
    pub ownership: &'static str,
    /// 功能定位
    pub positioning: &'static str,
    /// 隶属关系
    pub affiliation: String,
    /// 财政补偿渠道
    pub funding_channel: &'static str,
    /// 政府投入方式
    pub input_mode: &'static str,
    /// Institution grade in words; empty for government.
    pub grade: &'static str,
    /// `loose`, `semi-tight`, `tight` or `entrusted`; 1.7.
    pub cooperation_mode: &'static str,
    /// Council class: `chair`, `standing`, `ordinary` or none; 3.1.
    pub council_class: &'static str,
    /// Beds it is approved for.
    pub approved_beds: u32,
    /// Road distance to the lead hospital.
    pub distance_to_lead_km: u32,
    /// Address.
    pub address: String,
    /// Telephone.
    pub phone: String,
}

/// A specialty alliance.
#[derive(Clone, Debug, Serialize)]
pub struct Alliance {
    /// Key.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Specialty code.
    pub specialty: &'static str,
    /// Key of the leader.
    pub lead: String,
    /// Keys of the members.
    pub members: Vec<String>,
}

/// What ties a member to another.
#[derive(Clone, Debug, Serialize)]
pub struct Bond {
    /// Key of the giving side.
    pub from: String,
    /// Key of the receiving side.
    pub to: String,
    /// `agreement`, `entrusted-management`, `technique`, `training`, `information`.
    pub kind: &'static str,
    /// Title of the paper behind it.
    pub title: String,
    /// From.
    pub starts_on: Date,
    /// Until, where it ends.
    pub ends_on: Option<Date>,
}

/// A department.
#[derive(Clone, Debug, Serialize)]
pub struct Department {
    /// Key: `lead/cardiology`.
    pub key: String,
    /// Key of its organization.
    pub organization: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Specialty code of the terminology.
    pub specialty: &'static str,
    /// Sees outpatients.
    pub outpatient: bool,
}

/// Work a practitioner is hired for; [`Role::account_role`] is the role of their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 医院或机构负责人
    Director,
    /// 转诊办公室(双向转诊中心)
    ReferralOffice,
    /// 信息调度员
    Dispatcher,
    /// 隐私保护专员
    PrivacyOfficer,
    /// 总值班
    DutyChief,
    /// 床位管理员
    BedManager,
    /// 专科医师
    AttendingDoctor,
    /// 基层全科医师
    GeneralPractitioner,
    /// 乡村医生
    VillageDoctor,
    /// 病区护士
    WardNurse,
    /// 医技人员
    Technician,
    /// 药师
    Pharmacist,
    /// 公共卫生医师
    PublicHealthDoctor,
    /// 卫健行政人员
    HealthBureau,
    /// 信息科管理员
    SystemAdmin,
}

impl Role {
    /// The code of the account's role in the matrix of roles and scopes.
    pub const fn account_role(self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::ReferralOffice => "referral-office",
            Self::Dispatcher => "dispatcher",
            Self::PrivacyOfficer => "privacy-officer",
            Self::DutyChief => "duty-chief",
            Self::BedManager => "bed-manager",
            Self::AttendingDoctor => "attending-doctor",
            Self::GeneralPractitioner | Self::PublicHealthDoctor => "general-practitioner",
            Self::VillageDoctor => "village-doctor",
            Self::WardNurse => "ward-nurse",
            Self::Technician => "technician",
            Self::Pharmacist => "pharmacist",
            Self::HealthBureau => "health-bureau",
            Self::SystemAdmin => "system-admin",
        }
    }
}

/// A practitioner.
#[derive(Clone, Debug, Serialize)]
pub struct Practitioner {
    /// Key: `p001` … `p300`.
    pub key: String,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Date,
    /// Identity number of the test region.
    pub resident_id: String,
    /// Telephone.
    pub phone: String,
    /// Key of the home employer, which never changes with where they work.
    pub employer: String,
    /// Key of the department.
    pub department: String,
    /// Work.
    pub role: Role,
    /// 职称; empty for none.
    pub title: &'static str,
    /// 编制: `established` or `contract`.
    pub staff_status: &'static str,
    /// Licences; empty for administrative staff.
    pub licences: Vec<Licence>,
    /// Where else they work: experts who come down.
    pub work_sites: Vec<WorkSite>,
}

/// A licence to practise.
#[derive(Clone, Debug, Serialize)]
pub struct Licence {
    /// `doctor`, `assistant-doctor`, `village-doctor`, `nurse`, `pharmacist` or `technician`.
    pub kind: &'static str,
    /// Number.
    pub number: String,
    /// From.
    pub issued_on: Date,
    /// Until, where it has an end.
    pub valid_until: Option<Date>,
}

/// A place of work besides the home employer.
#[derive(Clone, Debug, Serialize)]
pub struct WorkSite {
    /// Key of the organization.
    pub organization: String,
    /// ISO weekday, 1 for Monday.
    pub weekday: u8,
    /// From.
    pub starts_on: Date,
    /// Until.
    pub ends_on: Date,
}

/// A ward.
#[derive(Clone, Debug, Serialize)]
pub struct Ward {
    /// Key: `lead/cardiology/ward`.
    pub key: String,
    /// Key of its organization.
    pub organization: String,
    /// Key of its department.
    pub department: String,
    /// Chinese name.
    pub name: String,
    /// Its beds.
    pub beds: Vec<Bed>,
}

/// A bed.
#[derive(Clone, Debug, Serialize)]
pub struct Bed {
    /// Number in the ward: `01`, `加1` is not used.
    pub number: String,
    /// Room.
    pub room: String,
    /// `general`, `intensive`, `neonatal`, `isolation`, `observation`, `rehabilitation`.
    pub kind: &'static str,
    /// `any`, `male` or `female`.
    pub sex_rule: &'static str,
    /// Stands in an isolation room.
    pub isolation: bool,
}

/// A device that examinations are booked on.
#[derive(Clone, Debug, Serialize)]
pub struct Device {
    /// Key: `d01` … `d20`.
    pub key: String,
    /// Key of its organization.
    pub organization: String,
    /// Key of its department.
    pub department: String,
    /// Chinese name.
    pub name: String,
    /// Modality as in the examinations of the terminology: `CT`, `MR`, `US` …
    pub modality: &'static str,
    /// Codes of examinations it can do.
    pub exams: Vec<&'static str>,
    /// First hour of work.
    pub opens_hour: u8,
    /// Hour at which work ends.
    pub closes_hour: u8,
    /// ISO weekdays of work.
    pub weekdays: Vec<u8>,
    /// Part of its time that other members may book, in a hundred.
    pub shared_percent: u8,
}

/// A weekly session of a doctor.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduleTemplate {
    /// Key of the doctor.
    pub practitioner: String,
    /// Key of the organization where it takes place.
    pub organization: String,
    /// Key of the department.
    pub department: String,
    /// ISO weekday.
    pub weekday: u8,
    /// `morning` or `afternoon`.
    pub session: &'static str,
    /// Start of the session.
    pub starts_hour: u8,
    /// Minutes of one appointment.
    pub minutes_per_slot: u8,
    /// Appointments in the session.
    pub slots: u8,
    /// Of these for referrals from members.
    pub member_quota: u8,
    /// Of these for the green channel.
    pub green_channel_quota: u8,
    /// Registration fee in 分.
    pub fee_fen: i64,
}

/// A service or technique that a member offers.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceOffer {
    /// Key of the organization.
    pub organization: String,
    /// Code of the terminology's techniques.
    pub technique: String,
    /// Who may use it: `group` or `own`.
    pub open_to: &'static str,
}

/// Where residents live.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// Name of the village or community.
    pub name: String,
    /// Town and village, the beginning of an address.
    pub address: String,
    /// Key of the organization that serves it first.
    pub served_by: String,
    /// Key of the township or community centre above.
    pub centre: String,
    /// Last two digits of the six-digit test region.
    pub region_suffix: u8,
    /// Share of the population.
    pub weight: u32,
}

/// Builds the consortium of a seed as it stands on a date.
pub fn consortium(seed: u64, as_of: Date) -> Shape {
    let organizations = shape_organizations::organizations();
    let departments = shape_departments::departments(&organizations);
    let practitioners = shape_people::practitioners(seed, as_of, &organizations, &departments);
    let schedules = shape_resources::schedules(&practitioners, &departments);
    Shape {
        groups: vec![shape_organizations::group(&organizations)],
        alliances: shape_organizations::alliances(),
        bonds: shape_organizations::bonds(&organizations),
        wards: shape_resources::wards(&departments),
        devices: shape_resources::devices(),
        services: shape_resources::services(&organizations),
        places: shape_organizations::places(),
        organizations,
        departments,
        practitioners,
        schedules,
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
