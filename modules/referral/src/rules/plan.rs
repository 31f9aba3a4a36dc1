//! The referral down: is the patient stable, does the community have the drugs, when is it visited.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Date, Error, Result};
use serde::{Deserialize, Serialize};

use crate::down::{FollowUpRecord, FormularyCheck, PlanContent, PlannedDrug};

/// The rule set `referral.stability`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stability {
    /// The checklist.
    pub items: Vec<StabilityItem>,
}

/// One line of the checklist.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StabilityItem {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// For diagnoses with one of these prefixes only; for all when empty.
    #[serde(default)]
    pub icd_prefixes: Vec<String>,
}

impl Stability {
    /// The lines that hold for these diagnoses.
    pub fn items_for<'a>(&'a self, codes: &'a [String]) -> impl Iterator<Item = &'a StabilityItem> {
        self.items.iter().filter(move |item| {
            item.icd_prefixes.is_empty()
                || codes.iter().any(|code| {
                    item.icd_prefixes
                        .iter()
                        .any(|prefix| code.starts_with(prefix.as_str()))
                })
        })
    }

    /// Codes of the lines that are not met.
    pub fn unmet(&self, plan: &PlanContent) -> Vec<String> {
        let codes: Vec<String> = plan
            .diagnoses
            .iter()
            .map(|diagnosis| diagnosis.code.clone())
            .collect();
        self.items_for(&codes)
            .filter(|item| plan.stability.get(&item.code) != Some(&true))
            .map(|item| item.code.clone())
            .collect()
    }

    /// Refuses a checklist with a code twice.
    ///
    /// # Errors
    /// `referral.stability-rule`.
    pub fn check(&self) -> Result<()> {
        let codes: BTreeSet<&str> = self.items.iter().map(|item| item.code.as_str()).collect();
        if codes.len() == self.items.len() && !codes.is_empty() {
            return Ok(());
        }
        let detail = "the checklist has at least one line, and each code once";
        Err(Error::invalid("referral.stability-rule", "items", detail))
    }
}

/// The rule set `referral.formulary`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formulary {
    /// Kind of organization → prefixes of drug codes it has.
    pub by_org_kind: BTreeMap<String, Vec<String>>,
}

/// The length of the ATC chemical subgroup.
const SUBGROUP_CHARS: usize = 5;

impl Formulary {
    /// Prefixes of the drug codes an organization of this kind has.
    pub fn of_kind(&self, org_kind: &str) -> &[String] {
        self.by_org_kind
            .get(org_kind)
            .map_or(&[][..], Vec::as_slice)
    }

    /// Each drug against what an organization of this kind has, and what it says itself (`own`: drug code
    /// → available), which comes first.
    pub fn check(
        &self,
        org_kind: &str,
        own: &BTreeMap<String, bool>,
        drugs: &[PlannedDrug],
    ) -> Vec<FormularyCheck> {
        let of_kind = self.of_kind(org_kind);
        let lacks = |prefix: &str| {
            own.iter()
                .any(|(code, available)| !available && code.starts_with(prefix))
        };
        let mut there: Vec<&str> = of_kind.iter().map(String::as_str).collect();
        there.retain(|prefix| !lacks(prefix));
        there.extend(
            own.iter()
                .filter(|(_, has)| **has)
                .map(|(code, _)| code.as_str()),
        );
        drugs
            .iter()
            .map(|drug| {
                let own_word = own.get(&drug.code).copied();
                let by_kind = || {
                    of_kind
                        .iter()
                        .any(|prefix| drug.code.starts_with(prefix.as_str()))
                };
                let available = own_word.unwrap_or_else(by_kind);
                let subgroup: String = drug.code.chars().take(SUBGROUP_CHARS).collect();
                let same = there
                    .iter()
                    .filter(|code| code.starts_with(subgroup.as_str()));
                let alternatives = if available {
                    Vec::new()
                } else {
                    same.map(|code| (*code).to_owned()).collect()
                };
                FormularyCheck {
                    code: drug.code.clone(),
                    available,
                    own: own_word.is_some(),
                    alternatives,
                }
            })
            .collect()
    }
}

/// The rule set `referral.follow-up`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpRule {
    /// Days after the start.
    pub days: Vec<i64>,
    /// Days a follow-up may be late before it is missed.
    pub grace_days: i64,
    /// Days within which a return to hospital is a readmission.
    pub readmission_days: i64,
    /// The form.
    pub form: Vec<FormItem>,
}

/// One question of the form.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormItem {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// `text`, `number` or `yes-no`.
    pub kind: FormKind,
    /// Must be answered.
    #[serde(default)]
    pub required: bool,
    /// Unit of a number.
    #[serde(default)]
    pub unit: Option<String>,
    /// For diagnoses with one of these prefixes only; for all when empty.
    #[serde(default)]
    pub icd_prefixes: Vec<String>,
}

/// What sort of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FormKind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
}

/// Most follow-ups of one plan.
const FOLLOW_UPS_MAX: usize = 12;
/// The last day a follow-up may be planned for.
const DAY_MAX: i64 = 366;

impl FollowUpRule {
    /// Refuses days that make no plan.
    ///
    /// # Errors
    /// `referral.follow-up-days`.
    pub fn check(&self) -> Result<()> {
        check_days("days", &self.days)?;
        if self.grace_days < 0 || self.readmission_days < 1 {
            let detail =
                "days of grace are not negative, and the readmission window is at least a day";
            return Err(Error::invalid(
                "referral.follow-up-days",
                "grace_days",
                detail,
            ));
        }
        Ok(())
    }

    /// The days of a plan: the rule's, or others with a reason.
    ///
    /// # Errors
    /// `referral.follow-up-days`, or `referral.missing` when the reason is not given.
    pub fn days_of(&self, plan: &PlanContent) -> Result<Vec<i64>> {
        let Some(days) = &plan.follow_up_days else {
            return Ok(self.days.clone());
        };
        check_days("plan.follow_up_days", days)?;
        if *days != self.days
            && plan
                .follow_up_reason
                .as_deref()
                .unwrap_or("")
                .trim()
                .is_empty()
        {
            let detail = "say why the follow-ups are on other days than the rule's";
            return Err(Error::invalid(
                "referral.missing",
                "plan.follow_up_reason",
                detail,
            ));
        }
        Ok(days.clone())
    }

    /// Refuses a form with a needed answer missing, or a number that is none.
    ///
    /// # Errors
    /// `referral.form`, with the question.
    pub fn check_record(
        &self,
        codes: &[String],
        record: &FollowUpRecord,
        today: Date,
    ) -> Result<()> {
        if record.done_on > today {
            let detail = "this day has not come yet";
            return Err(Error::invalid("referral.time-in-future", "done_on", detail));
        }
        for item in &self.form {
            let concerned = item.icd_prefixes.is_empty()
                || codes.iter().any(|code| {
                    item.icd_prefixes
                        .iter()
                        .any(|prefix| code.starts_with(prefix.as_str()))
                });
            let answer = record
                .form
                .get(&item.code)
                .map_or("", |answer| answer.trim());
            let field = format!("form.{}", item.code);
            if answer.is_empty() {
                if item.required && concerned {
                    return Err(Error::invalid(
                        "referral.form",
                        field,
                        "this question needs an answer",
                    ));
                }
                continue;
            }
            let readable = match item.kind {
                FormKind::Text => answer.chars().count() <= 1_000,
                FormKind::Number => answer.parse::<f64>().is_ok_and(f64::is_finite),
                FormKind::YesNo => matches!(answer, "yes" | "no"),
            };
            if !readable {
                return Err(Error::invalid(
                    "referral.form",
                    field,
                    "this answer is not of the kind asked for",
                ));
            }
        }
        let unknown = record
            .form
            .keys()
            .find(|code| !self.form.iter().any(|item| item.code == **code));
        match unknown {
            None => Ok(()),
            Some(code) => Err(Error::invalid(
                "referral.form",
                format!("form.{code}"),
                "the form has no such question",
            )),
        }
    }
}

fn check_days(field: &str, days: &[i64]) -> Result<()> {
    let rising = days.windows(2).all(|pair| pair[0] < pair[1]);
    let inside = days.iter().all(|day| (1..=DAY_MAX).contains(day));
    if rising && inside && (1..=FOLLOW_UPS_MAX).contains(&days.len()) {
        return Ok(());
    }
    let detail = format!("1 to {FOLLOW_UPS_MAX} rising days, each from 1 to {DAY_MAX}");
    Err(Error::invalid("referral.follow-up-days", field, detail))
}
