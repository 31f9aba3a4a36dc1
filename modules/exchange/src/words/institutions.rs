//! Words for institutions.

use network::model::{Funding, InputMode, Level, OrgKind, Ownership, Positioning};

use super::Words;

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
