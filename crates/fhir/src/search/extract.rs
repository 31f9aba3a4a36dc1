//! The values a store indexes.

mod convert;

use super::{Component, IndexEntry, IndexValue, Parameter, ParameterKind, parameters};
use crate::fhirpath::{Context, Element, Item};
use crate::json::Resource;

/// How many values of one resource are indexed; what lies beyond is an attack or a data dump.
const ENTRIES_MAX: usize = 20_000;

/// How many pairs one element gives a composite parameter.
const PAIRS_MAX: usize = 200;

/// The search values of a resource, except `_id`, `_lastUpdated` and its words.
///
/// References that start with `base_url` (such as `https://host/fhir`) are local ones.
pub fn extract(resource: &Resource, base_url: &str) -> Vec<IndexEntry> {
    let mut entries = Vec::with_capacity(16);
    let root = Element::root(resource);
    let context = Context::new(root);
    let base_url = base_url.trim_end_matches('/');
    for parameter in parameters(resource.type_name()) {
        if matches!(parameter.code, "_id" | "_lastUpdated") || entries.len() > ENTRIES_MAX {
            continue;
        }
        let first = entries.len();
        extract_parameter(parameter, root, &context, base_url, &mut entries);
        remove_repeated(&mut entries, first);
    }
    entries
}

fn extract_parameter(
    parameter: &'static Parameter,
    root: Element<'_>,
    context: &Context<'_>,
    base_url: &str,
    entries: &mut Vec<IndexEntry>,
) {
    let Some(expression) = &*parameter.expression else {
        return;
    };
    if !may_match(parameter, root) {
        return;
    }
    // An expression of the tables that fails on a resource finds nothing in it.
    let items = expression.evaluate_on(root, context).unwrap_or_default();
    for item in &items {
        if entries.len() > ENTRIES_MAX {
            return;
        }
        if parameter.kind == ParameterKind::Composite {
            composites(parameter, item, context, base_url, entries);
            continue;
        }
        convert::values(item, parameter.kind, base_url, &mut |value| {
            entries.push(IndexEntry { parameter, value });
        });
    }
}

/// Most parameters of a type concern elements a resource lacks. `Type.element…` is settled by one
/// look; everything else is evaluated.
fn may_match(parameter: &Parameter, root: Element<'_>) -> bool {
    let text = parameter.expression_text;
    let Some(path) = text
        .strip_prefix(root.kind.name)
        .and_then(|rest| rest.strip_prefix('.'))
    else {
        return true;
    };
    if text.contains([' ', '(']) {
        return true;
    }
    let name = path.split('.').next().unwrap_or(path);
    let Some(view) = root.view else { return true };
    view.members().any(|member| member.name().starts_with(name))
}

fn composites(
    parameter: &'static Parameter,
    item: &Item<'_>,
    context: &Context<'_>,
    base_url: &str,
    entries: &mut Vec<IndexEntry>,
) {
    let Some(element) = item.element() else {
        return;
    };
    let mut rows: Vec<Vec<IndexValue>> = vec![Vec::new()];
    for component in &parameter.components {
        let values = component_values(component, element, context, base_url);
        rows = rows
            .iter()
            .flat_map(|row| {
                values
                    .iter()
                    .map(|value| row.iter().chain([value]).cloned().collect::<Vec<_>>())
            })
            .take(PAIRS_MAX)
            .collect();
    }
    let value = |row| IndexEntry {
        parameter,
        value: IndexValue::Composite(row),
    };
    entries.extend(rows.into_iter().filter(|row| !row.is_empty()).map(value));
}

fn component_values<'a>(
    component: &'a Component,
    element: Element<'a>,
    context: &Context<'a>,
    base_url: &str,
) -> Vec<IndexValue> {
    let mut values = Vec::new();
    let Some(expression) = &*component.expression else {
        return values;
    };
    for item in expression.evaluate_on(element, context).unwrap_or_default() {
        convert::values(&item, component.kind, base_url, &mut |value| {
            values.push(value);
        });
    }
    values
}

/// A value that stands twice needs one row.
fn remove_repeated(entries: &mut Vec<IndexEntry>, first: usize) {
    const COMPARED_MAX: usize = 64;
    if entries.len() - first > COMPARED_MAX {
        return;
    }
    let mut at = first;
    while at < entries.len() {
        if entries[first..at]
            .iter()
            .any(|known| known.value == entries[at].value)
        {
            entries.swap_remove(at);
        } else {
            at += 1;
        }
    }
}
