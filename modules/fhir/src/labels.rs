//! Labels: which resources are sensitive, by rule set `record.sensitive`, and the job that labels
//! anew what is stored when the rule set changes.

mod attachment;

use fhir::json::Kind;
use fhir::{Resource, View};
use kernel::{Error, Result, Span};
use record::sensitive::{self, SensitiveRule};
use serde::Deserialize;
use serde_json::json;
use store::{Composed, Event, Follower, Job, JobKind, Tx, params};

use crate::index::{self, Rows};
use crate::rows::{self, HEADER, Header};

/// Grows by one whenever the same rule set labels differently.
const LABEL_VERSION: i64 = 2;
/// Labels of different rule versions never meet under one number.
const RULE_VERSIONS: i64 = 1_000_000;
/// Resources one run labels; the next run goes on behind them.
const RESOURCES_A_RUN: u32 = 200;
const RELABEL: &str = "fhir.relabel";

const KNOWN: &str = "SELECT next FROM fhir_block WHERE name = 'labels'";
const KEEP: &str = "INSERT INTO fhir_block (name, next) VALUES ('labels', $1)
    ON CONFLICT (name) DO UPDATE SET next = excluded.next";
const VERSIONS: &str = "SELECT version, labels, body FROM fhir_version WHERE key = $1
    AND body IS NOT NULL ORDER BY version DESC";
const LABEL_VERSION_ROW: &str =
    "UPDATE fhir_version SET labels = $3 WHERE key = $1 AND version = $2";

pub(crate) const JOBS: [JobKind; 2] = [
    JobKind {
        kind: "fhir.check-labels",
        every: Some(Span::minutes(10)),
        run: check,
    },
    JobKind {
        kind: RELABEL,
        every: None,
        run: relabel,
    },
];

/// A changed rule set is looked at right away; the recurring job finds what comes in force later.
pub(crate) const FOLLOWER: Follower = Follower {
    name: "fhir.labels",
    topics: &["rule-set."],
    run: follow,
};

fn follow(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    if event.event == "rule-set.changed" {
        renew(tx)
    } else {
        Ok(())
    }
}

fn check(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    renew(tx)
}

/// When other labels are in force than those that were made, all are made anew in the background.
/// What is written meanwhile gets the labels in force.
pub(crate) fn renew(tx: &mut Tx<'_>) -> Result<()> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Known {
        next: i64,
    }
    let wanted = LABEL_VERSION * RULE_VERSIONS + sensitive::rule_version(tx)?;
    let known: Option<Known> = tx.query_opt(KNOWN, &[])?;
    if known.is_some_and(|known| known.next == wanted) {
        return Ok(());
    }
    tx.execute(KEEP, &params![wanted])?;
    schedule(tx, 0)
}

fn schedule(tx: &mut Tx<'_>, after: i64) -> Result<()> {
    let now = tx.now();
    tx.schedule(RELABEL, "all", now, &json!({ "after": after }))
}

fn relabel(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let after = job.body["after"].as_i64().unwrap_or_default();
    let mut sql = Composed::new();
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_resource AS r WHERE r.key > ")
        .bind(after);
    sql.push(" AND r.patient_id IS NOT NULL ORDER BY r.key LIMIT ")
        .bind(RESOURCES_A_RUN);
    let headers: Vec<Header> = tx.query_composed(&sql)?;
    let rule = sensitive::rule(tx)?;
    for header in &headers {
        relabel_one(tx, header, &rule)?;
    }
    match headers.last() {
        Some(last) => schedule(tx, last.key),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    version: i64,
    labels: Option<String>,
    body: String,
}

/// Each version by what it says; the resource itself by the newest that says something.
fn relabel_one(tx: &mut Tx<'_>, header: &Header, rule: &SensitiveRule) -> Result<()> {
    let versions: Vec<Version> = tx.query(VERSIONS, &params![header.key])?;
    for (place, version) in versions.iter().enumerate() {
        let resource = Resource::parse(version.body.as_bytes()).map_err(|issue| {
            Error::internal(format!("resource {}: {}", header.key, issue.details))
        })?;
        let rows = index::rows(&resource, "");
        let labels = of_rows(&rows, rule);
        if version.labels != text(&labels) {
            let values = params![header.key, version.version, text(&labels)];
            tx.execute(LABEL_VERSION_ROW, &values)?;
        }
        if place == 0 {
            rows::label(tx, header.key, header.type_name(), rows.dated, &labels)?;
        }
    }
    Ok(())
}

/// The labels of a resource, if it is about a patient: what is about nobody hurts nobody.
pub(crate) fn of_rows(rows: &Rows, rule: &SensitiveRule) -> Vec<String> {
    if rows.patients.is_empty() {
        return Vec::new();
    }
    let codes: Vec<(Option<&str>, &str)> = rows
        .codes
        .iter()
        .map(|(system, code)| (system.as_deref(), code.as_str()))
        .collect();
    let texts: Vec<&str> = rows.texts.iter().map(String::as_str).collect();
    rule.labels(&codes, &texts)
}

/// Labels as a version keeps them; none is no text.
pub(crate) fn text(labels: &[String]) -> Option<String> {
    (!labels.is_empty()).then(|| labels.join(" "))
}

/// Members whose texts name what a resource is about.
const TEXTS: [&str; 8] = [
    "display",
    "text",
    "div",
    "title",
    "conclusion",
    "description",
    "valueString",
    "comment",
];

/// Every coding of a resource and the texts beside them, wherever they stand: a diagnosis may hide
/// in a reason, a component, a contained resource or the name of a reference.
pub(crate) fn collect(view: View<'_>, rows: &mut Rows) {
    collect_under(view.name(), view, rows);
}

fn collect_under(name: &str, view: View<'_>, rows: &mut Rows) {
    match view.kind() {
        Kind::Object => {
            let plain = |name: &str| view.get(name).and_then(View::as_str);
            let in_coding = matches!(name, "coding" | "valueCoding");
            if let Some(code) = plain("code") {
                let system = plain("system").map(std::borrow::Cow::into_owned);
                if system.is_some() || in_coding {
                    rows.codes.insert((system, code.into_owned()));
                }
            }
            if let (Some(kind), Some(data)) = (plain("contentType"), plain("data")) {
                rows.texts.extend(attachment::text(&kind, &data));
            }
            for member in view.members() {
                if TEXTS.contains(&member.name())
                    && let Some(text) = member.as_str()
                {
                    rows.texts.insert(text.into_owned());
                } else {
                    collect_under(member.name(), member, rows);
                }
            }
        }
        Kind::Array => {
            for item in view.items() {
                match item.as_str() {
                    Some(text) if TEXTS.contains(&name) => {
                        rows.texts.insert(text.into_owned());
                    }
                    _ => collect_under(name, item, rows),
                }
            }
        }
        _ => {}
    }
}
