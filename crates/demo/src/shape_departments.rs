//! Departments of each kind of member.

use crate::shape::{Department, Organization, OrganizationKind as Kind};

/// Key, Chinese name, English name, specialty code, sees outpatients.
type DepartmentRow = (&'static str, &'static str, &'static str, &'static str, bool);

const LEAD_DEPARTMENTS: &[DepartmentRow] = &[
    ("cardiology", "心血管内科", "Cardiology", "03.04", true),
    ("neurology", "神经内科", "Neurology", "03.03", true),
    (
        "respiratory",
        "呼吸与危重症医学科",
        "Respiratory medicine",
        "03.01",
        true,
    ),
    (
        "gastroenterology",
        "消化内科",
        "Gastroenterology",
        "03.02",
        true,
    ),
    ("endocrinology", "内分泌科", "Endocrinology", "03.07", true),
    ("nephrology", "肾病内科", "Nephrology", "03.06", true),
    ("oncology", "肿瘤科", "Oncology", "19", true),
    (
        "general-surgery",
        "普通外科",
        "General surgery",
        "04.01",
        true,
    ),
    ("orthopaedics", "骨科", "Orthopaedics", "04.03", true),
    ("neurosurgery", "神经外科", "Neurosurgery", "04.02", true),
    ("urology", "泌尿外科", "Urology", "04.04", true),
    (
        "obstetrics",
        "妇产科",
        "Obstetrics and gynaecology",
        "05",
        true,
    ),
    ("paediatrics", "儿科", "Paediatrics", "07", true),
    ("ophthalmology", "眼科", "Ophthalmology", "10", true),
    ("emergency", "急诊医学科", "Emergency medicine", "20", true),
    (
        "intensive-care",
        "重症医学科",
        "Intensive care",
        "28",
        false,
    ),
    ("imaging", "医学影像科", "Medical imaging", "32", false),
    ("ultrasound", "超声医学科", "Ultrasound", "32.05", false),
    ("endoscopy", "内镜中心", "Endoscopy centre", "03.02", false),
    ("pharmacy", "药学部", "Pharmacy", "", false),
    (
        "referral-office",
        "双向转诊办公室",
        "Referral office",
        "",
        false,
    ),
    ("administration", "院务部", "Administration", "", false),
];

const BRANCH_DEPARTMENTS: &[DepartmentRow] = &[
    ("internal-medicine", "内科", "Internal medicine", "03", true),
    ("surgery", "外科", "Surgery", "04", true),
    ("rehabilitation", "康复医学科", "Rehabilitation", "21", true),
    (
        "obstetrics",
        "妇产科",
        "Obstetrics and gynaecology",
        "05",
        true,
    ),
    ("paediatrics", "儿科", "Paediatrics", "07", true),
    (
        "chinese-medicine",
        "中医科",
        "Traditional Chinese medicine",
        "50",
        true,
    ),
    ("emergency", "急诊科", "Emergency", "20", true),
    ("imaging", "放射科", "Imaging", "32", false),
    ("pharmacy", "药剂科", "Pharmacy", "", false),
    (
        "referral-office",
        "转诊办公室",
        "Referral office",
        "",
        false,
    ),
    ("administration", "综合办公室", "Administration", "", false),
];

const CENTRE_DEPARTMENTS: &[DepartmentRow] = &[
    (
        "general-practice",
        "全科医疗科",
        "General practice",
        "02",
        true,
    ),
    (
        "chinese-medicine",
        "中医科",
        "Traditional Chinese medicine",
        "50",
        true,
    ),
    ("inpatient", "住院部", "Inpatient ward", "02", false),
    ("public-health", "公共卫生科", "Public health", "01", false),
    ("examination", "医技科", "Examination", "32", false),
    ("pharmacy", "药房", "Pharmacy", "", false),
];

const CLINIC_DEPARTMENTS: &[DepartmentRow] = &[("clinic", "诊室", "Clinic", "02", true)];
const BUREAU_DEPARTMENTS: &[DepartmentRow] = &[(
    "medical-affairs",
    "医政医管科",
    "Medical affairs",
    "",
    false,
)];

/// Departments of every organization by its kind.
pub fn departments(organizations: &[Organization]) -> Vec<Department> {
    let rows_of = |kind| match kind {
        Kind::HealthBureau => BUREAU_DEPARTMENTS,
        Kind::LeadHospital => LEAD_DEPARTMENTS,
        Kind::BranchHospital => BRANCH_DEPARTMENTS,
        Kind::TownshipCentre | Kind::CommunityCentre => CENTRE_DEPARTMENTS,
        Kind::VillageClinic => CLINIC_DEPARTMENTS,
    };
    organizations
        .iter()
        .flat_map(|organization| {
            rows_of(organization.kind)
                .iter()
                .map(move |row| (organization, row))
        })
        .map(
            |(organization, (key, name, name_en, specialty, outpatient))| Department {
                key: format!("{}/{key}", organization.key),
                organization: organization.key.clone(),
                name: (*name).to_owned(),
                name_en: (*name_en).to_owned(),
                specialty,
                outpatient: *outpatient,
            },
        )
        .collect()
}
