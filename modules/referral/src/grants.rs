//! What people may do here, and which roles do it until the consortium says otherwise.

use http::{Grant, Permission};
use kernel::Scope;

/// The module's permissions.
pub(crate) const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "referral.read",
        title_zh: "查看转诊",
        title_en: "Read referrals",
    },
    Permission {
        code: "referral.write",
        title_zh: "填写和提交转诊",
        title_en: "Write and send referrals",
    },
    Permission {
        code: "referral.decide",
        title_zh: "受理、接受、拒绝、改派转诊",
        title_en: "Decide on referrals",
    },
    Permission {
        code: "referral.treat",
        title_zh: "登记到诊、收治、回传结果",
        title_en: "Receive and treat referred patients",
    },
    Permission {
        code: "referral.follow-up",
        title_zh: "接收下转、登记随访",
        title_en: "Take patients back and follow up",
    },
    Permission {
        code: "referral.take-part",
        title_zh: "留言、附件、结案",
        title_en: "Write messages, add files, close cases",
    },
    Permission {
        code: "referral.export",
        title_zh: "导出转诊清单",
        title_en: "Export lists of referrals",
    },
    Permission {
        code: "referral.statistics",
        title_zh: "查看转诊统计",
        title_en: "See referral figures",
    },
    Permission {
        code: "referral.formulary",
        title_zh: "维护本机构及下级机构的药品目录",
        title_en: "Keep the formulary of one's organization and those below",
    },
];

const fn org(role: &'static str, permission: &'static str) -> Grant {
    Grant::new(role, permission, Scope::Org)
}

const fn below(role: &'static str, permission: &'static str) -> Grant {
    Grant::new(role, permission, Scope::Below)
}

/// Who may do what. Government sees figures only.
pub(crate) const GRANTS: &[Grant] = &[
    org("village-doctor", "referral.read"),
    org("village-doctor", "referral.write"),
    org("village-doctor", "referral.follow-up"),
    org("village-doctor", "referral.take-part"),
    org("general-practitioner", "referral.read"),
    org("general-practitioner", "referral.write"),
    org("general-practitioner", "referral.decide"),
    org("general-practitioner", "referral.treat"),
    org("general-practitioner", "referral.follow-up"),
    org("general-practitioner", "referral.take-part"),
    org("general-practitioner", "referral.statistics"),
    below("referral-office", "referral.read"),
    org("referral-office", "referral.write"),
    org("referral-office", "referral.decide"),
    org("referral-office", "referral.treat"),
    org("referral-office", "referral.follow-up"),
    org("referral-office", "referral.take-part"),
    org("referral-office", "referral.export"),
    Grant::new("referral-office", "referral.statistics", Scope::Group),
    org("attending-doctor", "referral.read"),
    org("attending-doctor", "referral.write"),
    org("attending-doctor", "referral.decide"),
    org("attending-doctor", "referral.treat"),
    org("attending-doctor", "referral.take-part"),
    org("ward-nurse", "referral.read"),
    org("ward-nurse", "referral.treat"),
    org("ward-nurse", "referral.follow-up"),
    org("ward-nurse", "referral.take-part"),
    org("bed-manager", "referral.read"),
    org("bed-manager", "referral.decide"),
    org("bed-manager", "referral.treat"),
    org("bed-manager", "referral.take-part"),
    below("duty-chief", "referral.read"),
    org("duty-chief", "referral.write"),
    org("duty-chief", "referral.decide"),
    org("duty-chief", "referral.treat"),
    org("duty-chief", "referral.follow-up"),
    org("duty-chief", "referral.take-part"),
    Grant::new("duty-chief", "referral.statistics", Scope::Group),
    Grant::new("dispatcher", "referral.read", Scope::Group),
    Grant::new("dispatcher", "referral.decide", Scope::Group),
    org("dispatcher", "referral.treat"),
    Grant::new("dispatcher", "referral.take-part", Scope::Group),
    Grant::new("dispatcher", "referral.statistics", Scope::Group),
    org("technician", "referral.read"),
    org("technician", "referral.treat"),
    org("technician", "referral.take-part"),
    org("pharmacist", "referral.read"),
    org("pharmacist", "referral.decide"),
    org("pharmacist", "referral.take-part"),
    below("pharmacist", "referral.formulary"),
    below("director", "referral.read"),
    org("director", "referral.decide"),
    org("director", "referral.take-part"),
    org("director", "referral.export"),
    below("director", "referral.formulary"),
    Grant::new("director", "referral.statistics", Scope::Group),
    Grant::new("health-bureau", "referral.statistics", Scope::Region),
];
