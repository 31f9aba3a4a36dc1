//! Words people use for kinds of things, in Chinese and English, and the kind each means.

use kernel::identity::Sex;
use network::model::{
    DepartmentKind, Funding, InputMode, Level, OrgKind, Ownership, Positioning, Profession,
    StaffStatus, TitleRank,
};

/// Words and what they mean; the first word of a kind is the one the template shows.
pub(crate) type Words<T> = &'static [(T, &'static [&'static str])];

pub(crate) const ORG_KINDS: Words<OrgKind> = &[
    (
        OrgKind::LeadHospital,
        &[
            "牵头医院",
            "牵头单位",
            "总院",
            "牵头",
            "lead-hospital",
            "lead hospital",
            "lead",
        ],
    ),
    (
        OrgKind::BranchHospital,
        &[
            "分院",
            "分院区",
            "branch-hospital",
            "branch hospital",
            "branch",
        ],
    ),
    (
        OrgKind::MemberHospital,
        &[
            "成员医院",
            "医院",
            "综合医院",
            "专科医院",
            "中医院",
            "妇幼保健院",
            "二级医院",
            "member-hospital",
            "member hospital",
            "hospital",
        ],
    ),
    (
        OrgKind::CommunityCentre,
        &[
            "社区卫生服务中心",
            "社区卫生服务站",
            "社区中心",
            "community-centre",
            "community centre",
            "community health centre",
            "community center",
        ],
    ),
    (
        OrgKind::TownshipCentre,
        &[
            "乡镇卫生院",
            "卫生院",
            "中心卫生院",
            "镇卫生院",
            "乡卫生院",
            "township-centre",
            "township centre",
            "township health centre",
        ],
    ),
    (
        OrgKind::VillageClinic,
        &[
            "村卫生室",
            "卫生室",
            "村卫生所",
            "诊所",
            "village-clinic",
            "village clinic",
            "clinic",
        ],
    ),
    (
        OrgKind::HealthBureau,
        &[
            "卫生健康行政部门",
            "卫健局",
            "卫生健康局",
            "卫健委",
            "卫生行政部门",
            "health-bureau",
            "health bureau",
        ],
    ),
    (OrgKind::Region, &["行政区划", "区划", "地区", "region"]),
    (OrgKind::Other, &["其他", "其它", "other"]),
];
pub(crate) const LEVELS: Words<Level> = &[
    (Level::City, &["市", "市级", "地市级", "city"]),
    (
        Level::District,
        &[
            "区县", "县", "区", "县级", "区级", "县区", "区/县", "district", "county",
        ],
    ),
    (
        Level::Town,
        &[
            "乡镇",
            "镇",
            "乡",
            "街道",
            "乡镇级",
            "镇级",
            "乡镇/街道",
            "town",
            "township",
        ],
    ),
    (
        Level::Village,
        &["村", "村级", "社区", "村/社区", "village"],
    ),
];
pub(crate) const OWNERSHIPS: Words<Ownership> = &[
    (
        Ownership::Government,
        &[
            "政府办",
            "政府",
            "公立",
            "国有",
            "全民所有",
            "government",
            "public",
        ],
    ),
    (
        Ownership::Enterprise,
        &["企业办", "企业", "国企", "enterprise"],
    ),
    (
        Ownership::Collective,
        &["集体办", "集体", "集体所有", "村集体", "collective"],
    ),
    (
        Ownership::Social,
        &["社会办", "社会资本", "民营", "社会", "social"],
    ),
    (
        Ownership::Private,
        &["个人办", "个人", "私立", "私营", "个体", "private"],
    ),
];
pub(crate) const POSITIONINGS: Words<Positioning> = &[
    (
        Positioning::AcuteComplex,
        &[
            "急危重症、疑难病症诊疗",
            "急危重症",
            "疑难重症",
            "急危重症和疑难复杂疾病",
            "acute-complex",
        ],
    ),
    (
        Positioning::RegionalGeneral,
        &[
            "区域综合诊疗",
            "区域医疗中心",
            "综合诊疗",
            "regional-general",
        ],
    ),
    (
        Positioning::CountyGeneral,
        &[
            "县域常见病、多发病诊疗",
            "常见病多发病",
            "县域诊疗",
            "county-general",
        ],
    ),
    (
        Positioning::ContinuingCare,
        &[
            "接续性医疗",
            "康复护理",
            "康复",
            "护理",
            "慢性病康复",
            "continuing-care",
        ],
    ),
    (
        Positioning::Primary,
        &[
            "基层首诊",
            "基本医疗和公共卫生",
            "基层医疗",
            "基本公共卫生",
            "primary",
        ],
    ),
    (Positioning::Specialty, &["专科诊疗", "专科", "specialty"]),
    (
        Positioning::MaternalChild,
        &["妇幼保健", "妇幼", "maternal-child"],
    ),
    (
        Positioning::PublicHealth,
        &["公共卫生", "疾病预防控制", "public-health"],
    ),
    (
        Positioning::Administration,
        &["行政管理", "管理", "administration"],
    ),
];
pub(crate) const FUNDINGS: Words<Funding> = &[
    (
        Funding::FullBudget,
        &[
            "财政全额保障",
            "全额",
            "全额拨款",
            "公益一类",
            "full-budget",
        ],
    ),
    (
        Funding::PartialBudget,
        &[
            "财政差额补助",
            "差额",
            "差额拨款",
            "差额补助",
            "公益二类",
            "partial-budget",
        ],
    ),
    (
        Funding::SelfSupporting,
        &["自收自支", "自筹", "self-supporting"],
    ),
    (
        Funding::EnterpriseBudget,
        &["企业拨付", "企业拨款", "enterprise-budget"],
    ),
    (Funding::NoBudget, &["无财政补助", "无", "no-budget"]),
];
pub(crate) const INPUT_MODES: Words<InputMode> = &[
    (
        InputMode::PerPost,
        &[
            "按编制人数定额投入",
            "定额投入",
            "定额补助",
            "按编制",
            "per-post",
        ],
    ),
    (
        InputMode::PurchasedService,
        &[
            "按服务项目购买",
            "购买服务",
            "政府购买服务",
            "purchased-service",
        ],
    ),
    (
        InputMode::Project,
        &["专项投入", "专项补助", "专项", "project"],
    ),
    (
        InputMode::Enterprise,
        &["由举办企业投入", "企业投入", "enterprise"],
    ),
    (InputMode::NoInput, &["无政府投入", "无", "no-input"]),
];
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

/// What a word means.
pub(crate) fn meaning<T: Copy>(words: Words<T>, text: &str) -> Option<T> {
    let plain = |text: &str| {
        kernel::text::fold(text)
            .to_lowercase()
            .replace([' ', '-', '_'], "")
    };
    let wanted = plain(text);
    words
        .iter()
        .find(|(_, names)| names.iter().any(|name| plain(name) == wanted))
        .map(|(value, _)| *value)
}

/// The words the template shows, for a message that says what would be right.
pub(crate) fn choices<T>(words: Words<T>) -> String {
    words
        .iter()
        .map(|(_, names)| names[0])
        .collect::<Vec<_>>()
        .join("、")
}

/// The rank a title in words has: 副主任医师 is deputy senior.
pub(crate) fn rank_of_title(title: &str) -> Option<TitleRank> {
    let title = kernel::text::fold(title);
    let has = |part: &str| title.contains(part);
    if has("副主任") {
        Some(TitleRank::DeputySenior)
    } else if has("主任") {
        Some(TitleRank::Senior)
    } else if has("主治") || has("主管") {
        Some(TitleRank::Intermediate)
    } else if [
        "医师", "医士", "护师", "护士", "药师", "药士", "技师", "技士",
    ]
    .iter()
    .any(|part| has(part))
    {
        Some(TitleRank::Junior)
    } else {
        None
    }
}

/// The level a kind of institution usually has, where the roster does not say.
pub(crate) fn usual_level(kind: OrgKind) -> Level {
    match kind {
        OrgKind::VillageClinic => Level::Village,
        OrgKind::TownshipCentre | OrgKind::CommunityCentre => Level::Town,
        _ => Level::District,
    }
}

/// The word the template shows for a profession.
pub(crate) fn choices_of(profession: Profession) -> String {
    let found = PROFESSIONS.iter().find(|(value, _)| *value == profession);
    found.map_or_else(String::new, |(_, names)| names[0].to_owned())
}
