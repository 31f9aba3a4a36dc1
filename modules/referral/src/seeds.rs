//! Rules a consortium may change, with where their figures come from.

use kernel::{Error, Result};
use serde::de::DeserializeOwned;
use store::RuleSeed;

use crate::rules::catalogue::Catalogue;
use crate::rules::clock::Clocks;
use crate::rules::plan::{FollowUpRule, Formulary, Stability};
use crate::rules::vitals::VitalRanges;

/// The rule sets the module comes with.
pub(crate) const SEEDS: &[RuleSeed] = &[
    RuleSeed {
        code: "referral.clocks",
        title_zh: "转诊时限与床位号源锁定",
        title_en: "Referral clocks and holds",
        source: "双向转诊在用做法：2 小时未答复升级至值班主任；其余为本地设定，须由医联体确认",
        body: include_str!("data/clocks.json"),
        check: |body| read::<Clocks>(body)?.check(),
    },
    RuleSeed {
        code: "referral.catalogue",
        title_zh: "收治与上转目录、危险信号",
        title_en: "Stay/refer catalogue and red flags",
        source: "国家基本公共卫生服务规范（高血压、2型糖尿病转诊指征）；其余为本地设定，须由医联体确认",
        body: include_str!("data/catalogue.json"),
        check: |body| read::<Catalogue>(body)?.check(),
    },
    RuleSeed {
        code: "referral.vitals",
        title_zh: "生命体征合理范围",
        title_en: "Plausible ranges of vital signs",
        source: "本地设定",
        body: include_str!("data/vitals.json"),
        check: |body| read::<VitalRanges>(body)?.check_rule(),
    },
    RuleSeed {
        code: "referral.stability",
        title_zh: "下转病情稳定核查表",
        title_en: "Stability checklist for referral down",
        source: "本地设定",
        body: include_str!("data/stability.json"),
        check: |body| read::<Stability>(body)?.check(),
    },
    RuleSeed {
        code: "referral.formulary",
        title_zh: "基层用药目录（按机构类型）",
        title_en: "Community formulary by kind of organization",
        source: "本地设定，由各成员单位按实际配备修改",
        body: include_str!("data/formulary.json"),
        check: |body| read::<Formulary>(body).map(|_| ()),
    },
    RuleSeed {
        code: "referral.follow-up",
        title_zh: "下转随访：日期、表单、再入院",
        title_en: "Follow-up after referral down: days, form, readmission",
        source: "本地设定：第 3、7、30 天；30 天内再入院",
        body: include_str!("data/follow-up.json"),
        check: |body| read::<FollowUpRule>(body)?.check(),
    },
];

fn read<T: DeserializeOwned>(body: &serde_json::Value) -> Result<T> {
    serde_json::from_value(body.clone()).map_err(|error| {
        Error::invalid(
            "rule.unreadable",
            "body",
            format!("the rule can't be read: {error}"),
        )
    })
}
