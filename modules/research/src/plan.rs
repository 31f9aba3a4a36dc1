//! What is asked, checked and made whole: every organization named, every quasi-identifier there.

use kernel::{Error, Id, Result};
use store::Tx;

use crate::columns::Column;
use crate::fields;
use crate::model::{Asked, Shape};
use crate::rule::ExtractRule;

/// Purposes are sentences.
const PURPOSE_CHARACTERS_MIN: usize = 10;
const PURPOSE_CHARACTERS_MAX: usize = 1_000;
/// More hide everybody, and everything.
const K_MAX: i64 = 10_000;

/// Checks what is asked against the rule set, and fills in what was left to it.
///
/// # Errors
/// A refusal that names the field.
pub(crate) fn plan(tx: &mut Tx<'_>, asked: &Asked, rule: &ExtractRule) -> Result<Asked> {
    let mut asked = asked.clone();
    asked.purpose = asked.purpose.trim().to_owned();
    let characters = asked.purpose.chars().count();
    if !(PURPOSE_CHARACTERS_MIN..=PURPOSE_CHARACTERS_MAX).contains(&characters) {
        let detail = "say what the data are for, in 10 to 1000 characters";
        return Err(Error::invalid(
            "research.purpose-missing",
            "purpose",
            detail,
        ));
    }
    check_columns(&asked)?;
    check_quasi(&mut asked, rule)?;
    check_sensitive(&mut asked)?;
    check_period(tx, &asked, rule)?;
    if !(rule.k_min..=K_MAX).contains(&asked.k) {
        let detail = format!("k is at least {} here, and at most {K_MAX}", rule.k_min);
        return Err(Error::invalid("research.k-too-low", "k", detail)
            .with(serde_json::json!({ "least": rule.k_min, "most": K_MAX })));
    }
    if !(0..=rule.suppressed_permille_max).contains(&asked.suppressed_permille) {
        let most = rule.suppressed_permille_max;
        let detail = format!("at most {most} of a thousand patients may be left out");
        return Err(
            Error::invalid("research.suppression", "suppressed_permille", detail)
                .with(serde_json::json!({ "most": most })),
        );
    }
    asked.organizations = organizations(tx, &asked.organizations)?;
    Ok(asked)
}

fn check_columns(asked: &Asked) -> Result<()> {
    if asked.columns.is_empty() {
        let detail = "choose at least one column";
        return Err(Error::invalid("research.no-columns", "columns", detail));
    }
    for (place, column) in asked.columns.iter().enumerate() {
        let field = format!("columns.{place}");
        if asked.columns[..place].contains(column) {
            let detail = "this column is there already";
            return Err(Error::invalid("research.column-twice", field, detail));
        }
        if asked.shape == Shape::Fhir && !column.is_of_person() {
            let detail = "the Patient of a FHIR extract does not have this column";
            return Err(Error::invalid("research.column-shape", field, detail));
        }
    }
    match asked.shape {
        Shape::Table if !asked.kinds.is_empty() => {
            let detail = "a table has columns; resource types are for a FHIR extract";
            Err(Error::invalid("research.kind-shape", "kinds", detail))
        }
        Shape::Fhir if asked.kinds.is_empty() => {
            let detail = "choose at least one resource type";
            Err(Error::invalid("research.no-kinds", "kinds", detail))
        }
        _ => {
            let known = |kind: &String| fields::kinds().any(|one| one == kind);
            let Some(place) = asked.kinds.iter().position(|kind| !known(kind)) else {
                return Ok(());
            };
            let detail = "this resource type can't be extracted";
            let field = format!("kinds.{place}");
            Err(Error::invalid("research.kind-unknown", field, detail))
        }
    }
}

/// What the rule set calls a quasi-identifier is one wherever it is asked for.
fn check_quasi(asked: &mut Asked, rule: &ExtractRule) -> Result<()> {
    // Of a FHIR extract's Patient every column is one.
    let fhir = asked.shape == Shape::Fhir;
    let always = |column: &&Column| fhir || rule.quasi_identifiers.contains(column);
    if asked.quasi_identifiers.is_empty() {
        asked.quasi_identifiers = asked.columns.iter().filter(always).copied().collect();
    }
    for (place, column) in asked.quasi_identifiers.iter().enumerate() {
        let twice = asked.quasi_identifiers[..place].contains(column);
        if twice || column.steps() == 0 || !asked.columns.contains(column) {
            let detail = "a quasi-identifier is one of the columns, once, and has wider values";
            let field = format!("quasi_identifiers.{place}");
            return Err(Error::invalid("research.quasi-identifier", field, detail));
        }
    }
    let left_out = asked
        .columns
        .iter()
        .filter(always)
        .find(|column| !asked.quasi_identifiers.contains(column));
    let Some(column) = left_out else {
        return Ok(());
    };
    let detail = format!("{} is always a quasi-identifier here", column.word());
    let code = "research.quasi-identifier-left-out";
    Err(Error::invalid(code, "quasi_identifiers", detail)
        .with(serde_json::json!({ "column": column.word() })))
}

fn check_sensitive(asked: &mut Asked) -> Result<()> {
    let has_diagnosis = match asked.shape {
        Shape::Table => asked.columns.contains(&Column::Diagnosis),
        Shape::Fhir => asked.kinds.iter().any(|kind| kind == "Condition"),
    };
    let free = |column: Column| !asked.quasi_identifiers.contains(&column);
    match asked.sensitive {
        None if has_diagnosis && free(Column::Diagnosis) => {
            asked.sensitive = Some(Column::Diagnosis);
            Ok(())
        }
        None => Ok(()),
        Some(Column::Diagnosis) if has_diagnosis && free(Column::Diagnosis) => Ok(()),
        Some(column)
            if column != Column::Diagnosis
                && asked.shape == Shape::Table
                && asked.columns.contains(&column)
                && free(column) =>
        {
            Ok(())
        }
        Some(_) => {
            let detail = "the sensitive column is one of the columns and no quasi-identifier";
            Err(Error::invalid(
                "research.sensitive-column",
                "sensitive",
                detail,
            ))
        }
    }
}

fn check_period(tx: &Tx<'_>, asked: &Asked, rule: &ExtractRule) -> Result<()> {
    if asked.to < asked.from {
        let detail = "the period ends before it begins";
        return Err(Error::invalid("research.period-empty", "to", detail));
    }
    if asked.to > tx.now().date() {
        let detail = "the period ends in the future";
        return Err(Error::invalid("research.period-future", "to", detail));
    }
    if asked.from.days_until(asked.to) >= rule.period_days_max {
        let detail = format!("a period has at most {} days", rule.period_days_max);
        return Err(Error::invalid("research.period-too-long", "from", detail)
            .with(serde_json::json!({ "days": rule.period_days_max })));
    }
    Ok(())
}

/// Those named, which must be in reach; without any, all in reach.
fn organizations(tx: &mut Tx<'_>, named: &[Id]) -> Result<Vec<Id>> {
    let mut all = named.to_vec();
    for (place, id) in named.iter().enumerate() {
        if !http::access::covers(tx, *id)? {
            let detail = "this organization is not there, or outside your reach";
            let field = format!("organizations.{place}");
            return Err(Error::invalid("research.organization", field, detail));
        }
    }
    if all.is_empty() {
        let scope = tx.scope().unwrap_or(kernel::Scope::Own);
        all = http::access::visible_orgs(tx, scope)?;
        all.push(tx.actor().org_id);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
