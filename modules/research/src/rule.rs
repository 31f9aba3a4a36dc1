//! What a consortium lays down for extracts.

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{RuleSeed, Tx, check_body};

use crate::columns::Column;

pub(crate) const CODE: &str = "research.extract";

/// Rule set `research.extract`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtractRule {
    /// Patients a group must have at least, whatever is asked.
    pub k_min: i64,
    /// Patients that may be left out so that the rest can be k-anonymous, of a thousand.
    pub suppressed_permille_max: i64,
    /// Columns that are quasi-identifiers wherever they are asked for.
    pub quasi_identifiers: Vec<Column>,
    /// Whether patients must have permitted research (`permitted`), or must not have denied it
    /// (`not-denied`).
    pub consent: ConsentNeeded,
    /// From this age on all are one group.
    pub top_age_years: u16,
    /// Organizations with fewer patients in an extract are given by their kind.
    pub organization_patients_min: i64,
    /// Days by which a patient's dates are shifted at most, back or forth.
    pub shift_days_max: i64,
    /// Hours a file is kept.
    pub hours_kept: i64,
    /// Days a request waits for its decision.
    pub decision_days: i64,
    /// Days a period may have.
    pub period_days_max: i64,
    /// Patients an extract may look at.
    pub patients_max: i64,
    /// Different combinations of quasi-identifiers an extract may begin with.
    pub cells_max: i64,
    /// Patients that a preview looks at.
    pub preview_patients_max: u32,
}

/// What research asks of a patient's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ExtractConsentNeeded)]
pub enum ConsentNeeded {
    /// Whoever denied it stays out.
    NotDenied,
    /// Only those who permitted it are in.
    Permitted,
}

/// The rule set as it comes.
pub(crate) const SEEDS: &[RuleSeed] = &[RuleSeed {
    code: CODE,
    title_zh: "去标识化数据提取",
    title_en: "De-identified extracts",
    source: "k ≥ 5：GB/T 39725-2020、GB/T 37964-2019 及小单元抑制惯例 [check]；89 岁以上合并：45 CFR 164.514(b)(2)(i)(C)；其余为本地设定",
    body: r#"{"k_min": 5, "suppressed_permille_max": 100,
              "quasi_identifiers": ["sex", "age", "county", "organization", "registered", "deceased"],
              "consent": "not-denied", "top_age_years": 90, "organization_patients_min": 20,
              "shift_days_max": 180, "hours_kept": 168, "decision_days": 30, "period_days_max": 3660,
              "patients_max": 2000000, "cells_max": 200000, "preview_patients_max": 1000}"#,
    check,
}];

/// Below two, a group hides nobody.
const K_MIN: i64 = 2;

fn check(body: &serde_json::Value) -> Result<()> {
    check_body::<ExtractRule>(body)?;
    let rule: ExtractRule = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    let within = [
        ("k_min", rule.k_min, K_MIN, 1_000),
        (
            "suppressed_permille_max",
            rule.suppressed_permille_max,
            0,
            500,
        ),
        ("top_age_years", i64::from(rule.top_age_years), 60, 100),
        (
            "organization_patients_min",
            rule.organization_patients_min,
            1,
            100_000,
        ),
        ("shift_days_max", rule.shift_days_max, 30, 3_650),
        ("hours_kept", rule.hours_kept, 1, 8_760),
        ("decision_days", rule.decision_days, 1, 365),
        ("period_days_max", rule.period_days_max, 1, 36_600),
        ("patients_max", rule.patients_max, 1, 100_000_000),
        ("cells_max", rule.cells_max, 100, 1_000_000),
        (
            "preview_patients_max",
            i64::from(rule.preview_patients_max),
            10,
            5_000,
        ),
    ];
    for (name, value, low, high) in within {
        if !(low..=high).contains(&value) {
            let detail = format!("{low} to {high}");
            return Err(Error::invalid(
                "research.rule",
                format!("body.{name}"),
                detail,
            ));
        }
    }
    let wide = rule.quasi_identifiers.iter().find(|one| one.steps() == 0);
    if let Some(column) = wide {
        let detail = format!("{} has no wider values", column.word());
        return Err(Error::invalid(
            "research.rule",
            "body.quasi_identifiers",
            detail,
        ));
    }
    Ok(())
}

/// The rule in force, and its version.
pub(crate) fn rule(tx: &mut Tx<'_>) -> Result<(ExtractRule, i64)> {
    let rule = tx.rule::<ExtractRule>(CODE)?;
    Ok((rule.body, rule.version))
}
