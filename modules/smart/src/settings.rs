//! What a consortium may change: how long things live, and where keys may be fetched from.

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{RuleSeed, Tx, check_body};

/// Longest life of a code and of an access token, whatever the rule says.
const CODE_SECONDS_MAX: i64 = 60;
const ACCESS_MINUTES_MAX: i64 = 60;
const REFRESH_DAYS_MAX: i64 = 365;

/// The rule set `smart.tokens`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Seconds a code may be exchanged.
    pub code_seconds: i64,
    /// Minutes an access token works.
    pub access_minutes: i64,
    /// Days after which an app asks its user again, however often it refreshed.
    pub refresh_days: i64,
    /// Hosts from which the keys of apps may be fetched: `host`, or `host:port`.
    pub key_hosts: Vec<String>,
}

pub(crate) const SEEDS: &[RuleSeed] = &[RuleSeed {
    code: "smart.tokens",
    title_zh: "接入应用：令牌时限与密钥主机",
    title_en: "Apps: life of tokens, hosts of keys",
    source: "SMART 应用启动规范 2.2 与本地设定",
    body: r#"{"code_seconds": 60, "access_minutes": 60, "refresh_days": 90, "key_hosts": []}"#,
    check,
}];

fn check(body: &serde_json::Value) -> Result<()> {
    check_body::<Rule>(body)?;
    let number = |name: &str| body[name].as_i64().unwrap_or_default();
    for (name, most) in [
        ("code_seconds", CODE_SECONDS_MAX),
        ("access_minutes", ACCESS_MINUTES_MAX),
        ("refresh_days", REFRESH_DAYS_MAX),
    ] {
        if !(1..=most).contains(&number(name)) {
            let text = format!("{name} lies between 1 and {most}");
            let data = serde_json::json!({ "field": name, "most": most });
            return Err(Error::invalid("smart.rule", name, text).with(data));
        }
    }
    let hosts = body["key_hosts"].as_array().into_iter().flatten();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if hosts
        .filter_map(|host| host.as_str())
        .any(|host| host.is_empty() || !host.chars().all(plain))
    {
        let text = "a host is written as host or host:port, without scheme and path";
        return Err(Error::invalid("smart.rule-host", "key_hosts", text));
    }
    Ok(())
}

/// The rule in force.
pub(crate) fn rule(tx: &mut Tx<'_>) -> Result<Rule> {
    Ok(tx.rule::<Rule>("smart.tokens")?.body)
}
