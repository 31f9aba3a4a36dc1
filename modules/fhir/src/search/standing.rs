//! A patient that was merged into another is searched for as that one, whoever still knows the old
//! id.

use std::borrow::Cow;

use fhir::search::{Criterion, Query, QueryValue};
use kernel::Result;
use store::Tx;

use crate::moves;

/// The query with patients that were merged exchanged for those that stand.
///
/// # Errors
/// Whatever the database reports.
pub(super) fn of<'a>(tx: &mut Tx<'_>, query: &'a Query) -> Result<Cow<'a, Query>> {
    let mut ids = Vec::new();
    let about_patients = query.types.is_empty() || query.types.contains(&"Patient");
    for clause in &query.clauses {
        named(&clause.criterion, about_patients, &mut ids);
    }
    let mut exchanged = Vec::new();
    for id in ids {
        if let Some(standing) = moves::standing(tx, id)? {
            exchanged.push((id.to_owned(), standing));
        }
    }
    if exchanged.is_empty() {
        return Ok(Cow::Borrowed(query));
    }
    let mut query = query.clone();
    for clause in &mut query.clauses {
        exchange(&mut clause.criterion, about_patients, &exchanged);
    }
    Ok(Cow::Owned(query))
}

/// Ids of patients that a criterion names. Ids of ours are UUIDs; others were never merged.
fn named<'a>(criterion: &'a Criterion, of_patients: bool, ids: &mut Vec<&'a str>) {
    match criterion {
        Criterion::Id(asked) if of_patients => {
            ids.extend(asked.iter().map(String::as_str).filter(|id| is_ours(id)));
        }
        Criterion::Compartment(patient) if is_ours(patient) => ids.push(patient),
        Criterion::Value { any, .. } => any.iter().for_each(|value| named_in(value, ids)),
        Criterion::Chain { targets, .. } => {
            for (target, criterion) in targets {
                named(criterion, *target == "Patient", ids);
            }
        }
        Criterion::Has {
            source, criterion, ..
        } => named(criterion, *source == "Patient", ids),
        _ => {}
    }
}

fn named_in<'a>(value: &'a QueryValue, ids: &mut Vec<&'a str>) {
    match value {
        QueryValue::Reference {
            types,
            id: Some(id),
            ..
        } if types.contains(&"Patient") && is_ours(id) => ids.push(id),
        QueryValue::Composite(parts) => parts.iter().for_each(|part| named_in(part, ids)),
        _ => {}
    }
}

fn is_ours(id: &str) -> bool {
    id.len() == 36 && id.parse::<kernel::Id>().is_ok()
}

fn exchange(criterion: &mut Criterion, of_patients: bool, exchanged: &[(String, String)]) {
    match criterion {
        Criterion::Id(asked) if of_patients => {
            asked.iter_mut().for_each(|id| exchange_id(id, exchanged));
        }
        Criterion::Compartment(patient) => exchange_id(patient, exchanged),
        Criterion::Value { any, .. } => {
            any.iter_mut()
                .for_each(|value| exchange_in(value, exchanged));
        }
        Criterion::Chain { targets, .. } => {
            for (target, criterion) in targets {
                exchange(criterion, *target == "Patient", exchanged);
            }
        }
        Criterion::Has {
            source, criterion, ..
        } => {
            exchange(criterion, *source == "Patient", exchanged);
        }
        _ => {}
    }
}

fn exchange_in(value: &mut QueryValue, exchanged: &[(String, String)]) {
    match value {
        QueryValue::Reference {
            types,
            id: Some(id),
            ..
        } if types.contains(&"Patient") => {
            exchange_id(id, exchanged);
        }
        QueryValue::Composite(parts) => {
            parts
                .iter_mut()
                .for_each(|part| exchange_in(part, exchanged));
        }
        _ => {}
    }
}

fn exchange_id(id: &mut String, exchanged: &[(String, String)]) {
    if let Some((_, standing)) = exchanged.iter().find(|(old, _)| old == id) {
        id.clone_from(standing);
    }
}
