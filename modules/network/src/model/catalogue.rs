//! What members have and can do: departments, techniques, capability, catchment.

use std::collections::BTreeSet;

use kernel::{Date, Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};
use utoipa::ToSchema;

use super::OrgState;

/// What a department does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DepartmentKind {
    /// 临床科室
    Clinical,
    /// 医技科室
    Diagnostic,
    /// 护理单元
    Nursing,
    /// 公共卫生
    PublicHealth,
    /// 药学
    Pharmacy,
    /// 行政后勤
    Administration,
}

/// A department of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Department {
    /// Its id.
    pub id: Id,
    /// The organization.
    pub org_id: Id,
    /// The organization's own code for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// English name.
    pub name_en: Option<String>,
    /// What it does.
    pub kind: DepartmentKind,
    /// Specialty code of the national list.
    pub specialty: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Building and floor.
    pub location: Option<String>,
    /// Open or closed.
    pub state: OrgState,
}

/// A service for residents, or a technique of specialists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TechniqueKind {
    /// 服务项目
    Service,
    /// 医疗技术
    Technique,
}

/// Who may use what a member offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum OpenTo {
    /// Nobody but the member itself.
    Own,
    /// The member and those below it in the tree.
    Below,
    /// Every member of its groups.
    Group,
    /// These members only.
    Members {
        /// Which.
        org_ids: BTreeSet<Id>,
    },
}

/// Whether it can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TechniqueState {
    /// 可提供
    Offered,
    /// 已停止
    Stopped,
}

/// A service or technique that a member offers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Technique {
    /// Its id.
    pub id: Id,
    /// The member that offers it.
    pub org_id: Id,
    /// Code of the technique catalogue.
    pub code: String,
    /// Its name.
    pub name: String,
    /// English name.
    pub name_en: Option<String>,
    /// Service or technique.
    pub kind: TechniqueKind,
    /// The department that carries it out.
    pub department_id: Option<Id>,
    /// Who may use it.
    pub open_to: OpenTo,
    /// Conditions, in words.
    pub note: Option<String>,
    /// Offered since.
    pub starts_on: Date,
    /// Whether it can be had.
    pub state: TechniqueState,
}

/// People by profession.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffCounts {
    /// Doctors.
    pub doctors: u32,
    /// Of those, general practitioners.
    pub general_practitioners: u32,
    /// Of the doctors, with intermediate title or above.
    pub doctors_intermediate_up: u32,
    /// Nurses.
    pub nurses: u32,
    /// Technicians.
    pub technicians: u32,
    /// Pharmacists.
    pub pharmacists: u32,
    /// Public-health staff.
    pub public_health: u32,
    /// Village doctors.
    pub village_doctors: u32,
    /// Everybody else.
    pub others: u32,
}

/// Devices of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EquipmentCount {
    /// Kind of device: `CT`.
    pub kind: String,
    /// How many work.
    pub count: u32,
}

/// What a member could do on a day (能力调查); the baseline is the one later ones are compared with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Survey {
    /// Its id.
    pub id: Id,
    /// The member.
    pub org_id: Id,
    /// The day it describes.
    pub surveyed_on: Date,
    /// Is it the one to compare with?
    pub is_baseline: bool,
    /// People.
    pub staff: StaffCounts,
    /// Beds approved.
    pub beds_approved: u32,
    /// Beds in use.
    pub beds_open: u32,
    /// Of those, intensive care.
    pub beds_intensive: u32,
    /// Devices.
    pub equipment: Vec<EquipmentCount>,
    /// Technique codes carried out.
    pub technique_codes: BTreeSet<String>,
    /// Remarks.
    pub note: Option<String>,
    /// When it was entered.
    pub created_at: Instant,
}

/// Which organization answers for a village or neighbourhood (网格).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Catchment {
    /// Its id.
    pub id: Id,
    /// Code of the area.
    pub area_code: String,
    /// Name of the village or neighbourhood.
    pub area_name: String,
    /// Name of the grid it is part of.
    pub grid: Option<String>,
    /// The organization that answers for it.
    pub org_id: Id,
    /// Residents.
    pub population: Option<u32>,
    /// From.
    pub starts_on: Date,
    /// Until.
    pub ends_on: Option<Date>,
}

impl Entity for Department {
    const KIND: &'static str = "department";
    const TABLE: &'static str = "department";
    const COLUMNS: &'static [&'static str] = &["org_id", "code", "specialty", "state", "name_key"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.org_id,
            self.code.as_str(),
            &self.specialty,
            super::word(&self.state),
            kernel::text::pinyin_key(&self.name),
        ]
        .to_vec()
    }
}

impl Entity for Technique {
    const KIND: &'static str = "technique";
    const TABLE: &'static str = "technique";
    const COLUMNS: &'static [&'static str] = &["org_id", "code", "state", "name_key", "search_key"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let english = self.name_en.as_deref().unwrap_or_default();
        params![
            self.org_id,
            self.code.as_str(),
            super::word(&self.state),
            kernel::text::pinyin_key(&self.name),
            super::search_key(&[&self.name, english], &[&self.code]),
        ]
        .to_vec()
    }
}

impl Entity for Survey {
    const KIND: &'static str = "capability-survey";
    const TABLE: &'static str = "capability_survey";
    const COLUMNS: &'static [&'static str] = &["org_id", "surveyed_on", "is_baseline"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.org_id, self.surveyed_on, self.is_baseline].to_vec()
    }
}

impl Entity for Catchment {
    const KIND: &'static str = "catchment";
    const TABLE: &'static str = "catchment";
    const COLUMNS: &'static [&'static str] =
        &["area_code", "org_id", "starts_on", "ends_on", "name_key"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.area_code.as_str(),
            self.org_id,
            self.starts_on,
            self.ends_on,
            kernel::text::pinyin_key(&self.area_name),
        ]
        .to_vec()
    }
}
