//! Words for departments, people and beds.

use kernel::identity::Sex;
use network::model::{DepartmentKind, Profession, StaffStatus, TitleRank};

use super::Words;

pub(crate) const DEPARTMENT_KINDS: Words<DepartmentKind> = &[
    (DepartmentKind::Clinical, &["临床科室", "临床", "clinical"]),
    (
        DepartmentKind::Diagnostic,
        &["医技科室", "医技", "diagnostic"],
    ),
    (DepartmentKind::Nursing, &["护理单元", "护理", "nursing"]),
    (
        DepartmentKind::PublicHealth,
        &["公共卫生", "公卫", "public-health"],
    ),
    (
        DepartmentKind::Pharmacy,
        &["药学", "药剂", "药房", "药剂科", "pharmacy"],
    ),
    (
        DepartmentKind::Administration,
        &[
            "行政后勤",
            "行政",
            "职能科室",
            "职能",
            "后勤",
            "administration",
        ],
    ),
];
pub(crate) const PROFESSIONS: Words<Profession> = &[
    (
        Profession::Doctor,
        &[
            "医师",
            "医生",
            "执业医师",
            "临床医师",
            "中医师",
            "口腔医师",
            "执业助理医师",
            "临床",
            "doctor",
            "physician",
        ],
    ),
    (
        Profession::GeneralPractitioner,
        &[
            "全科医师",
            "全科医生",
            "全科",
            "general-practitioner",
            "gp",
            "general practitioner",
        ],
    ),
    (
        Profession::VillageDoctor,
        &["乡村医生", "村医", "village-doctor", "village doctor"],
    ),
    (
        Profession::Nurse,
        &["护士", "护理", "注册护士", "护师", "nurse"],
    ),
    (
        Profession::Technician,
        &["技师", "医技", "检验技师", "影像技师", "技士", "technician"],
    ),
    (
        Profession::Pharmacist,
        &["药师", "药学", "药剂师", "药士", "pharmacist"],
    ),
    (
        Profession::PublicHealth,
        &[
            "公共卫生医师",
            "公卫医师",
            "公卫",
            "公卫医生",
            "public-health",
            "public health",
        ],
    ),
    (
        Profession::Manager,
        &[
            "管理人员",
            "管理",
            "行政",
            "行政管理",
            "manager",
            "administration",
        ],
    ),
    (
        Profession::Other,
        &["其他", "其它", "工勤", "后勤", "other"],
    ),
];
pub(crate) const TITLE_RANKS: Words<TitleRank> = &[
    (
        TitleRank::NoTitle,
        &["未定级", "无", "无职称", "no-title", "none"],
    ),
    (TitleRank::Junior, &["初级", "士级", "师级", "junior"]),
    (TitleRank::Intermediate, &["中级", "intermediate"]),
    (
        TitleRank::DeputySenior,
        &["副高级", "副高", "deputy-senior", "associate senior"],
    ),
    (TitleRank::Senior, &["正高级", "正高", "高级", "senior"]),
];
pub(crate) const STAFF_STATUSES: Words<StaffStatus> = &[
    (
        StaffStatus::Established,
        &[
            "在编",
            "编内",
            "事业编",
            "事业编制",
            "正式",
            "编制",
            "established",
        ],
    ),
    (
        StaffStatus::Contract,
        &[
            "合同制",
            "合同",
            "编外",
            "聘用",
            "合同工",
            "非编",
            "contract",
        ],
    ),
    (StaffStatus::Dispatched, &["劳务派遣", "派遣", "dispatched"]),
    (StaffStatus::Rehired, &["返聘", "退休返聘", "rehired"]),
    (
        StaffStatus::VillageEmployed,
        &["乡村医生聘用", "乡聘村用", "village-employed"],
    ),
    (
        StaffStatus::Trainee,
        &["规范化培训", "规培", "进修", "实习", "trainee"],
    ),
];
pub(crate) const SEXES: Words<Sex> = &[
    (Sex::Male, &["男", "男性", "m", "male"]),
    (Sex::Female, &["女", "女性", "f", "female"]),
    (Sex::Other, &["未说明", "other"]),
    (Sex::Unknown, &["未知", "不详", "unknown"]),
];
pub(crate) const SEX_RULES: Words<resources::SexRule> = &[
    (resources::SexRule::Any, &["不限", "男女", "混合", "any"]),
    (resources::SexRule::Male, &["男", "男床", "男性", "male"]),
    (
        resources::SexRule::Female,
        &["女", "女床", "女性", "female"],
    ),
];
