//! What a consortium may change of this server.

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{RuleSeed, Tx, check_body};

use crate::profiles;

/// The rule set `fhir.server`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Whether a client may choose the id of a new resource by PUT.
    pub client_ids: bool,
    /// Days a guard row is kept after the command that made it.
    pub guard_days: i64,
}

/// The rule set `fhir.export`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportRule {
    /// Hours an export and its files are kept.
    pub hours_kept: i64,
    /// Exports of one account that run at once.
    pub running_max: i64,
    /// Size of one export, in MiB.
    pub mib_max: i64,
}

/// The rule set `fhir.subscriptions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubscriptionRule {
    /// Hosts that may be sent to: `host`, or `host:port` where the port is another than 443.
    pub hosts: Vec<String>,
    /// How often a notice is tried before it is set aside.
    pub tries_max: i64,
    /// Subscriptions of one organization.
    pub of_organization_max: i64,
}

/// The rule set `fhir.references`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReferenceRule {
    /// Reference parameters, such as `Observation:encounter`, whose targets must be stored here.
    pub must_exist: Vec<String>,
}

/// The rule sets as they come.
pub(crate) const SEEDS: &[RuleSeed] = &[
    RuleSeed {
        code: "fhir.server",
        title_zh: "FHIR 接口设置",
        title_en: "FHIR interface settings",
        source: "本地设定",
        body: r#"{"client_ids": true, "guard_days": 1}"#,
        check,
    },
    RuleSeed {
        code: "fhir.export",
        title_zh: "FHIR 批量导出限制",
        title_en: "Limits of FHIR bulk export",
        source: "本地设定",
        body: r#"{"hours_kept": 24, "running_max": 2, "mib_max": 4096}"#,
        check: check_export,
    },
    RuleSeed {
        code: "fhir.subscriptions",
        title_zh: "FHIR 订阅：允许推送的主机",
        title_en: "FHIR subscriptions: hosts that may be sent to",
        source: "本地设定",
        body: r#"{"hosts": [], "tries_max": 20, "of_organization_max": 50}"#,
        check: check_subscriptions,
    },
    RuleSeed {
        code: "fhir.references",
        title_zh: "FHIR 引用：必须已存在的目标",
        title_en: "FHIR references whose targets must exist",
        source: "本地设定",
        body: r#"{"must_exist": []}"#,
        check: check_references,
    },
    profiles::SEED,
];

fn check_references(body: &serde_json::Value) -> Result<()> {
    check_body::<ReferenceRule>(body)?;
    let named = body["must_exist"].as_array().into_iter().flatten();
    for name in named.filter_map(|name| name.as_str()) {
        let (kind, code) = name.split_once(':').unwrap_or((name, ""));
        let known = fhir::search::parameter(kind, code)
            .is_some_and(|one| one.kind == fhir::search::ParameterKind::Reference);
        if !known {
            let text = format!("{name} is no reference parameter; write Observation:encounter");
            return Err(Error::invalid("fhir.reference-rule", "must_exist", text));
        }
    }
    Ok(())
}

/// The reference parameters whose targets must exist.
pub(crate) fn must_exist(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    Ok(tx.rule::<ReferenceRule>("fhir.references")?.body.must_exist)
}

fn check_subscriptions(body: &serde_json::Value) -> Result<()> {
    check_body::<SubscriptionRule>(body)?;
    let number = |name: &str| body[name].as_i64().unwrap_or_default();
    let hosts = body["hosts"].as_array().into_iter().flatten();
    let named = hosts.filter_map(|host| host.as_str()).all(|host| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        !host.is_empty() && host.len() <= 255 && host.chars().all(plain)
    });
    let fine = named
        && (1..=100).contains(&number("tries_max"))
        && (1..=10_000).contains(&number("of_organization_max"));
    if fine {
        return Ok(());
    }
    let text = "hosts are names such as his.example or his.example:8443; tries_max 1 to 100, \
                of_organization_max 1 to 10000";
    Err(Error::invalid("fhir.subscription-rule", "body", text))
}

/// Where subscriptions may send, and how often.
pub(crate) fn subscriptions(tx: &mut Tx<'_>) -> Result<SubscriptionRule> {
    Ok(tx.rule::<SubscriptionRule>("fhir.subscriptions")?.body)
}

fn check_export(body: &serde_json::Value) -> Result<()> {
    check_body::<ExportRule>(body)?;
    let number = |name: &str| body[name].as_i64().unwrap_or_default();
    let fine = (1..=720).contains(&number("hours_kept"))
        && (1..=20).contains(&number("running_max"))
        && (1..=1_048_576).contains(&number("mib_max"));
    if fine {
        return Ok(());
    }
    let text = "hours_kept 1 to 720, running_max 1 to 20, mib_max 1 to 1048576";
    Err(Error::invalid("fhir.export-rule", "body", text))
}

/// The limits of bulk export in force.
pub(crate) fn export(tx: &mut Tx<'_>) -> Result<ExportRule> {
    Ok(tx.rule::<ExportRule>("fhir.export")?.body)
}

fn check(body: &serde_json::Value) -> Result<()> {
    check_body::<Settings>(body)?;
    let days = body["guard_days"].as_i64().unwrap_or_default();
    if (1..=30).contains(&days) {
        return Ok(());
    }
    Err(Error::invalid(
        "fhir.guard-days",
        "guard_days",
        "1 to 30 days",
    ))
}

/// Whether a client may choose ids.
pub(crate) fn client_ids(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.rule::<Settings>("fhir.server")?.body.client_ids)
}

/// Days a guard row is kept.
pub(crate) fn guard_days(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.rule::<Settings>("fhir.server")?.body.guard_days)
}
