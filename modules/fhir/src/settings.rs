//! What a consortium may change of this server.

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{RuleSeed, Tx, check_body};

/// The rule set `fhir.server`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Whether a client may choose the id of a new resource by PUT.
    pub client_ids: bool,
    /// Days a guard row is kept after the command that made it.
    pub guard_days: i64,
}

/// The rule set as it comes.
pub(crate) const SEEDS: &[RuleSeed] = &[RuleSeed {
    code: "fhir.server",
    title_zh: "FHIR 接口设置",
    title_en: "FHIR interface settings",
    source: "本地设定",
    body: r#"{"client_ids": true, "guard_days": 1}"#,
    check,
}];

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
