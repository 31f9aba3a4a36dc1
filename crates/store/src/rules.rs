//! Rule sets: thresholds, catalogues, deadlines and formulas as versioned records.

use kernel::{Date, Error, Instant, Kind, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Change, Json, Subject, Tx, params};

/// A rule set that comes with a module, stored as version 1 when the module first starts.
#[derive(Clone, Copy, Debug)]
pub struct RuleSeed {
    /// Stable code: `referral.clocks`.
    pub code: &'static str,
    /// Chinese title.
    pub title_zh: &'static str,
    /// English title.
    pub title_en: &'static str,
    /// Where the values come from: document number and clause, or "local setting".
    pub source: &'static str,
    /// The values, a JSON object.
    pub body: &'static str,
    /// Refuses a body that the module could not read, with the field at fault.
    pub check: fn(&serde_json::Value) -> Result<()>,
}

/// A version of a rule set as the module reads it.
#[derive(Clone, Debug)]
pub struct Rule<T> {
    /// Its code.
    pub code: String,
    /// The version; decisions store it.
    pub version: i64,
    /// The values.
    pub body: T,
}

/// A version of a rule set as a screen shows it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleVersion {
    /// Its code.
    pub code: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// In force from this day on.
    pub effective_from: Date,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// Where the values come from.
    pub source: String,
    /// When it was entered.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
    /// The values.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    code: String,
    version: i64,
    effective_from: Date,
    title_zh: String,
    title_en: String,
    source: String,
    created_at: Instant,
    created_by: String,
    body: Json<serde_json::Value>,
}

impl From<RuleRow> for RuleVersion {
    fn from(row: RuleRow) -> Self {
        Self {
            code: row.code,
            version: row.version,
            effective_from: row.effective_from,
            title_zh: row.title_zh,
            title_en: row.title_en,
            source: row.source,
            created_at: row.created_at,
            created_by: row.created_by,
            body: row.body.0,
        }
    }
}

macro_rules! rule_columns {
    () => {
        "code, version, effective_from, title_zh, title_en, source, created_at, created_by, body"
    };
}

const EFFECTIVE: &str = concat!(
    "SELECT ",
    rule_columns!(),
    " FROM rule_set WHERE code = $1 AND effective_from <= $2
      ORDER BY effective_from DESC, version DESC LIMIT 1"
);
const VERSIONS: &str = concat!(
    "SELECT ",
    rule_columns!(),
    " FROM rule_set WHERE code = $1 ORDER BY version DESC"
);
const ALL: &str = concat!(
    "SELECT ",
    rule_columns!(),
    " FROM rule_set AS r WHERE version = (SELECT MAX(version) FROM rule_set WHERE code = r.code)
      ORDER BY code"
);
const INSERT: &str =
    "INSERT INTO rule_set (code, version, effective_from, title_zh, title_en, source,
    created_at, created_by, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const NEWEST: &str =
    "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM rule_set WHERE code = $1";

/// Rules shipped with the program hold from the beginning of time.
const SEED_DATE: &str = "1970-01-01";

impl Tx<'_> {
    /// The version of a rule set in force now.
    ///
    /// # Errors
    /// `rule.missing` when there is none; `rule.unreadable` when its body does not fit `T`.
    pub fn rule<T: DeserializeOwned>(&mut self, code: &'static str) -> Result<Rule<T>> {
        let today = self.now().date();
        let row: Option<RuleRow> = self.query_opt(EFFECTIVE, &params![code, today])?;
        let row = row.ok_or_else(|| {
            Error::new(
                Kind::Rule,
                "rule.missing",
                format!("no version of rule set {code} is in force today"),
            )
        })?;
        let body = serde_json::from_value(row.body.0).map_err(|error| {
            Error::new(
                Kind::Rule,
                "rule.unreadable",
                format!("rule set {code}: {error}"),
            )
            .because(error)
        })?;
        Ok(Rule {
            code: row.code,
            version: row.version,
            body,
        })
    }

    /// All versions of a rule set, newest first.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn rule_versions(&mut self, code: &str) -> Result<Vec<RuleVersion>> {
        Ok(self
            .query::<RuleRow>(VERSIONS, &params![code])?
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// The newest version of every rule set.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn rule_sets(&mut self) -> Result<Vec<RuleVersion>> {
        Ok(self
            .query::<RuleRow>(ALL, &[])?
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// Adds a version of a rule set, in force from `effective_from`; answers its number.
    ///
    /// # Errors
    /// What the seed's check says of the body; `rule.newer-exists` when `after` is not the newest.
    pub fn add_rule_version(
        &mut self,
        seed: &RuleSeed,
        after: i64,
        effective_from: Date,
        source: &str,
        body: &serde_json::Value,
    ) -> Result<i64> {
        (seed.check)(body)?;
        let newest = self.count(NEWEST, &params![seed.code])?;
        if newest != after {
            let detail = "somebody added a version since you opened this rule set; load it again";
            return Err(Error::new(Kind::StaleVersion, "rule.newer-exists", detail));
        }
        let version = newest + 1;
        self.insert_rule(seed, version, effective_from, source, body)?;
        let id = self.new_id();
        let detail = serde_json::json!({ "code": seed.code, "version": version, "effective_from": effective_from });
        self.record(
            Change::new("rule-set.changed").detail(detail),
            Subject::new("rule-set", id),
        )?;
        Ok(version)
    }

    /// Stores version 1 of each seed that is not there yet.
    ///
    /// # Errors
    /// `server.internal` when a seed does not pass its own check.
    pub fn seed_rules(&mut self, seeds: &[RuleSeed]) -> Result<()> {
        for seed in seeds {
            if self.count(NEWEST, &params![seed.code])? == 0 {
                let body: serde_json::Value =
                    serde_json::from_str(seed.body).map_err(Error::internal)?;
                (seed.check)(&body)?;
                self.insert_rule(seed, 1, SEED_DATE.parse()?, seed.source, &body)?;
            }
        }
        Ok(())
    }

    fn insert_rule(
        &mut self,
        seed: &RuleSeed,
        version: i64,
        effective_from: Date,
        source: &str,
        body: &serde_json::Value,
    ) -> Result<()> {
        let by = self.actor().name.clone();
        let values = params![
            seed.code,
            version,
            effective_from,
            seed.title_zh,
            seed.title_en,
            source,
            self.now(),
            by,
            body,
        ];
        self.execute(INSERT, &values).map(|_| ())
    }
}

/// The usual check of a rule body: it must read as `T`.
///
/// # Errors
/// `rule.unreadable`, with the reason.
pub fn check_body<T: DeserializeOwned>(body: &serde_json::Value) -> Result<()> {
    serde_json::from_value::<T>(body.clone())
        .map(|_| ())
        .map_err(|error| {
            Error::invalid(
                "rule.unreadable",
                "body",
                format!("the rule can't be read: {error}"),
            )
        })
}
