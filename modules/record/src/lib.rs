//! Patients, the basis on which they are read, consent and the access log.
//!
//! Nobody reads a patient's record without a [`kernel::Basis`], and no read goes unnoted. Other
//! modules use [`view`] where a person looks at a record, [`brief`] for documents whose reader has a
//! basis by them, and open and close care relations with their documents.

mod accounts;
mod api;
mod basis;
mod break_glass;
mod clinical;
mod consent;
mod consent_rules;
pub mod index;
mod input;
mod log;
mod matching;
mod messages;
mod model;
mod patients;
mod provisions;
mod research;
mod retention;
mod rules;
mod search;
pub mod sensitive;
mod sight;
mod visible;

pub use accounts::link_account;
pub use basis::{
    audited, basis, brief, close_care, close_care_of, is_own, is_self, note_treatment,
    only_oneself, open_care, orgs_of, patient, view,
};
pub use break_glass::{
    BreakGlass, NewReview, Outcome as BreakGlassOutcome, open as open_break_glass,
    review as review_break_glass,
};
pub use clinical::{add_allergy, add_problem};
pub use consent::{
    Consent, ConsentState, NewConsent, Reach, Withdrawal, grant as grant_consent,
    grant_as as grant_consent_as, to_withdraw as consent_to_withdraw, withdraw as withdraw_consent,
};
pub use input::{
    ContactInput, FindQuery, IdentifierInput, MatchQuery, NewAllergy, NewPatient, NewProblem,
    PatientChange,
};
pub use matching::{Match, MatchReason, by_identifier};
pub use model::{
    Allergy, AllergyKind, Contact, Identifier, IdentifierKind, Patient, PatientBrief, Problem,
    Severity,
};
pub use patients::{register, register_unmatched};
pub use provisions::{Category, Decision, IDENTITY_BIT, PurposeOfUse};
pub use research::{Bar, ResearchSubject, research_barred, research_subjects};
pub use retention::{
    HoldReason, LegalHold, RecordKind, RetentionRule, require_no_hold, set as set_legal_hold,
};
pub use sight::{Entry, Sight, sight};
pub use visible::{EntryColumns, Viewer};

use http::{Grant, Module, Permission, WorkItem};
use kernel::{Result, Scope};
use store::{Migration, RuleSeed, Tx};

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "record.read",
        title_zh: "调阅居民档案",
        title_en: "Read patient records, on a basis",
    },
    Permission {
        code: "record.register",
        title_zh: "登记居民、更新档案",
        title_en: "Register patients and keep their records",
    },
    Permission {
        code: "record.search",
        title_zh: "跨机构精确查找居民",
        title_en: "Find patients of other members by exact data",
    },
    Permission {
        code: "record.break-glass",
        title_zh: "紧急调阅",
        title_en: "Emergency access",
    },
    Permission {
        code: "record.consent",
        title_zh: "登记和撤回知情同意",
        title_en: "Record and withdraw consent",
    },
    Permission {
        code: "record.audit",
        title_zh: "查看调阅日志、复核紧急调阅",
        title_en: "See the access log, review emergency access",
    },
    Permission {
        code: "record.index",
        title_zh: "居民主索引：核对重复、合并与撤销合并",
        title_en: "Patient index: review duplicates, merge and unmerge",
    },
    Permission {
        code: "record.hold",
        title_zh: "设置和解除档案保全",
        title_en: "Set and release legal holds",
    },
    Permission {
        code: "record.quality",
        title_zh: "查看各成员登记数据质量",
        title_en: "See the quality of members' registrations",
    },
];

const fn org(role: &'static str, permission: &'static str) -> Grant {
    Grant::new(role, permission, Scope::Org)
}

const GRANTS: &[Grant] = &[
    org("village-doctor", "record.read"),
    org("village-doctor", "record.register"),
    org("village-doctor", "record.search"),
    org("village-doctor", "record.consent"),
    org("village-doctor", "record.break-glass"),
    org("general-practitioner", "record.read"),
    Grant::new("general-practitioner", "record.register", Scope::Below),
    org("general-practitioner", "record.search"),
    org("general-practitioner", "record.consent"),
    org("general-practitioner", "record.break-glass"),
    org("referral-office", "record.read"),
    org("referral-office", "record.register"),
    org("referral-office", "record.search"),
    org("attending-doctor", "record.read"),
    org("attending-doctor", "record.register"),
    org("attending-doctor", "record.search"),
    org("attending-doctor", "record.consent"),
    org("attending-doctor", "record.break-glass"),
    org("ward-nurse", "record.read"),
    org("ward-nurse", "record.register"),
    org("duty-chief", "record.read"),
    org("duty-chief", "record.search"),
    org("duty-chief", "record.break-glass"),
    org("technician", "record.read"),
    org("pharmacist", "record.read"),
    org("privacy-officer", "record.audit"),
    org("privacy-officer", "record.hold"),
    Grant::new("resident", "record.read", Scope::Own),
    Grant::new("resident", "record.audit", Scope::Own),
    Grant::new("resident", "record.consent", Scope::Own),
    Grant::new("referral-office", "record.index", Scope::Group),
    Grant::new("privacy-officer", "record.index", Scope::Group),
    Grant::new("referral-office", "record.quality", Scope::Group),
    Grant::new("privacy-officer", "record.quality", Scope::Group),
    Grant::new("director", "record.quality", Scope::Group),
    Grant::new("health-bureau", "record.quality", Scope::Region),
];

const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "record",
        number: 1,
        name: "patients, identifiers, care, consent, break-glass",
        sql: include_str!("../sql/0001_record.sql"),
    },
    Migration {
        module: "record",
        number: 2,
        name: "patient index: sources, keys, reviews, merges",
        sql: include_str!("../sql/0002_index.sql"),
    },
    Migration {
        module: "record",
        number: 3,
        name: "consents that permit or deny, in parts, and open what is sensitive",
        sql: include_str!("../sql/0003_provisions.sql"),
    },
    Migration {
        module: "record",
        number: 4,
        name: "legal holds",
        sql: include_str!("../sql/0004_hold.sql"),
    },
];

const RULE_SEEDS: &[RuleSeed] = &[
    RuleSeed {
        code: "record.identity",
        title_zh: "身份核验与查找限制",
        title_en: "Identity checks and search limits",
        source: "GB 11643-1999; 个人信息保护法 第三十一条(未满十四周岁); 其余为本地设定",
        body: r#"{"override_reason_characters_min": 4, "guardian_age_years": 14, "age_years_max": 130,
                  "searches_per_hour_max": 200, "consent_days_max": 1830}"#,
        check: rules::check_identity_rule,
    },
    RuleSeed {
        code: "record.break-glass",
        title_zh: "紧急调阅",
        title_en: "Emergency access",
        source: "本地设定",
        body: r#"{"minutes": 240, "reason_characters_min": 10}"#,
        check: rules::check_break_glass_rule,
    },
    RuleSeed {
        code: "record.retention",
        title_zh: "档案保存年限",
        title_en: "How long records are kept",
        source: "医疗机构病历管理规定(2013) 第二十九条等 [check]; 逐项见正文",
        body: include_str!("retention.json"),
        check: retention::check_rule,
    },
    RuleSeed {
        code: sensitive::RULE,
        title_zh: "敏感内容分类",
        title_en: "Sensitive categories",
        source: "个人信息保护法 第二十八、二十九条(敏感个人信息、单独同意); 各类依据见正文, 编码范围为本地设定 [check]",
        body: include_str!("sensitive.json"),
        check: sensitive::check_rule,
    },
    RuleSeed {
        code: "record.matching",
        title_zh: "主索引匹配阈值",
        title_en: "Thresholds of patient matching",
        source: "Fellegi-Sunter 1969; 阈值为本地设定, 旁为实测查准率与查全率",
        body: r#"{"thresholds": {"link_bits": 14.0, "review_bits": -3.0}, "block_max": 200,
                  "candidates_max": 100, "postponed_days": 30, "reason_characters_min": 4,
                  "persons": 1000000,
                  "measured": {"on": "generated population of 1 million persons, 1.51 million records, learnt weights",
                    "precision_ppm": 999950, "recall_ppm": 869700, "recall_with_review_ppm": 989700}}"#,
        check: index::matching::check_rule,
    },
    RuleSeed {
        code: "record.placeholders",
        title_zh: "登记中的占位值",
        title_en: "Values that stand for not known",
        source: "本地设定",
        body: include_str!("index/placeholders.json"),
        check: index::matching::check_placeholders,
    },
    RuleSeed {
        code: "record.survivorship",
        title_zh: "多源登记的取值规则",
        title_en: "Which source's word stands",
        source: "本地设定",
        body: r#"{"name": ["verified-card", "lead-hospital", "newest"],
                  "sex": ["verified-card", "lead-hospital", "newest"],
                  "birth_date": ["verified-card", "lead-hospital", "newest"],
                  "phone": ["newest"], "address": ["newest"], "village": ["newest"]}"#,
        check: index::survivorship::check_rule,
    },
];

/// Reviews that wait, shown at most.
const WORK_MAX: u32 = 50;

/// What the server mounts.
pub fn module() -> Module {
    let mut module = Module::new("record", api::routes());
    module.permissions = PERMISSIONS;
    module.grants = GRANTS;
    module.migrations = MIGRATIONS;
    module.rule_seeds = RULE_SEEDS;
    module.messages = messages::MESSAGES;
    module.work = Some(work);
    module.search = Some(search::hits);
    module.seed = Some(index::matching::fill_keys);
    module
}

/// Emergency accesses that wait for a privacy officer's review.
fn work(tx: &mut Tx<'_>) -> Result<Vec<WorkItem>> {
    let resident = tx.actor().role == "resident";
    if tx.actor().scope("record.audit").is_none() || resident {
        return Ok(Vec::new());
    }
    let page = break_glass::list(tx, break_glass::BreakGlassState::Open, None, WORK_MAX)?;
    let rows = page.items.into_iter().filter(|row| row.reviewable);
    Ok(rows
        .map(|row| WorkItem {
            id: row.access.id,
            module: "record".to_owned(),
            kind: "break-glass".to_owned(),
            title: row.access.account_name,
            subtitle: row.access.reason,
            since: row.access.at,
            due: None,
            reason: "record.break-glass-review".to_owned(),
            link: format!("/record/break-glass/{}", row.access.id),
            org_id: Some(row.access.org_id),
            priority: "urgent".to_owned(),
        })
        .collect())
}

#[cfg(test)]
mod tests;
