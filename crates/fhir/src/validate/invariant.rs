//! Invariants: those of the tables by their FHIRPath, a few by hand.

use std::collections::HashSet;

use super::place::Place;
use super::walk::Walk;
use crate::definitions::{Constraint, Type};
use crate::fhirpath::{Element, Item};
use crate::issue::{Issue, IssueCode, Severity};
use crate::json::View;

/// Checked by the walk itself, not by their expression: empty elements, markup, contained
/// resources, local references.
const BY_HAND: &[&str] = &["ele-1", "txt-1", "dom-3", "ref-1"];

/// Invariants that are not checked, with the reason; `docs/fhir-invariants.md` shows them.
pub const NOT_CHECKED: &[(&str, &str)] = &[
    (
        "dom-6",
        "advice: a narrative would be good; most systems send none",
    ),
    (
        "txt-2",
        "a narrative that says nothing harms nobody; official examples have such",
    ),
    (
        "que-7",
        "its expression asks for a FHIRPath type where FHIR has its own",
    ),
];

/// Checks the invariants of an element whose structure is sound.
pub(super) fn check<'a>(walk: &mut Walk<'a>, element: Element<'a>, place: &Place<'_>) {
    let kinds = element.kind.lineage();
    for constraint in kinds.flat_map(|kind| kind.constraints.iter()) {
        if BY_HAND.contains(&constraint.key)
            || NOT_CHECKED.iter().any(|(key, _)| *key == constraint.key)
        {
            continue;
        }
        let Some(name) = constraint.element else {
            one(walk, constraint, element, place);
            continue;
        };
        let mut children = Vec::new();
        element.children_named(name, &mut children);
        for child in children.iter().filter_map(Item::element) {
            one(walk, constraint, child, &place.member(name));
        }
    }
}

fn one<'a>(
    walk: &mut Walk<'a>,
    constraint: &'static Constraint,
    element: Element<'a>,
    place: &Place<'_>,
) {
    let Some(expression) = &*constraint.expression else {
        return;
    };
    if expression.holds(element, &walk.context) != Some(false) {
        return;
    }
    let severity = if constraint.error {
        Severity::Error
    } else {
        Severity::Warning
    };
    walk.issues.push(Issue {
        severity,
        code: IssueCode::Invariant,
        expression: place.to_string(),
        details: format!("{}: {}", constraint.key, constraint.expression_text),
    });
}

/// dom-3: a contained resource that nothing refers to, and that refers to nothing around it.
pub(super) fn contained_problem(
    view: View<'_>,
    kind: &'static Type,
    place: &Place<'_>,
) -> Option<Issue> {
    if !kind.is_a("DomainResource") {
        return None;
    }
    let contained = view.get("contained")?;
    let named = local_references(view);
    for (index, one) in contained.items().enumerate() {
        let Some(id) = one.get("id").and_then(View::as_plain) else {
            continue;
        };
        if !named.contains(id) && !one.raw().contains("\"#\"") {
            let at = place.member("contained").item(index).to_string();
            let details = "dom-3: nothing refers to this contained resource";
            return Some(Issue::error(IssueCode::Invariant, at, details));
        }
    }
    None
}

/// What stands behind `#` in all texts of a resource.
fn local_references(view: View<'_>) -> HashSet<&str> {
    let node = view.node();
    let inside = (view.index..node.next).map(|index| View { index, ..view });
    inside
        .filter_map(|value| value.as_plain()?.strip_prefix('#'))
        .collect()
}
