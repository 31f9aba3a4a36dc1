//! What a consortium may change: which numbers and code systems the OIDs of documents stand for.

use std::collections::BTreeMap;

use kernel::{Error, Result};
use record::IdentifierKind;
use serde::{Deserialize, Serialize};
use store::{RuleSeed, Tx, check_body};

/// The rule set's code.
pub(crate) const RULE: &str = "documents.cda";

/// Rule set `documents.cda`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// OID of who gives a number → what sort of number it is.
    pub identifiers: BTreeMap<String, IdentifierKind>,
    /// OID of a code system → its name in FHIR.
    pub systems: BTreeMap<String, String>,
    /// OIDs under which documents are issued here.
    pub roots: Roots,
    /// How a discharge summary names itself.
    pub discharge_summary: Kind,
    /// The zone of times that name none.
    pub utc_offset: String,
}

/// OIDs under which documents are issued.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roots {
    pub document: String,
    pub organization: String,
    pub practitioner: String,
    pub stay: String,
    pub resident: String,
    pub sex: String,
    pub diagnosis: String,
    pub fact: String,
    pub loinc: String,
    pub confidentiality: String,
}

/// How a sort of document names itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kind {
    pub template: String,
    pub code: String,
    pub system: String,
    pub system_name: String,
    pub title: String,
    pub diagnosis_fact: String,
}

pub(crate) const SEEDS: &[RuleSeed] = &[RuleSeed {
    code: RULE,
    title_zh: "共享文档的标识与编码体系",
    title_en: "Identifiers and code systems of shared documents",
    source: "WS/T 500-2016 电子病历共享文档规范 [check]; HL7 CDA R2; 各 OID 由地区确认",
    body: include_str!("profile.json"),
    check,
}];

fn check(body: &serde_json::Value) -> Result<()> {
    check_body::<Profile>(body)?;
    let profile: Profile = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    let offset = profile.utc_offset.as_bytes();
    let digit = |at: usize| offset.get(at).is_some_and(u8::is_ascii_digit);
    let fine = offset.len() == 6
        && matches!(offset[0], b'+' | b'-')
        && offset[3] == b':'
        && [1, 2, 4, 5].into_iter().all(digit);
    if fine {
        return Ok(());
    }
    let detail = "a zone is written +08:00";
    Err(Error::invalid("rule.unreadable", "body.utc_offset", detail))
}

/// The rule set in force.
pub(crate) fn profile(tx: &mut Tx<'_>) -> Result<Profile> {
    Ok(tx.rule::<Profile>(RULE)?.body)
}

impl Profile {
    /// The name of a code system in FHIR.
    pub(crate) fn system(&self, oid: &str) -> String {
        match self.systems.get(oid) {
            Some(name) => name.clone(),
            None => root_uri(oid),
        }
    }
}

/// An OID or UUID as a URI.
pub(crate) fn root_uri(root: &str) -> String {
    let oid = root
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if oid {
        format!("urn:oid:{root}")
    } else {
        format!("urn:uuid:{}", root.to_ascii_lowercase())
    }
}
