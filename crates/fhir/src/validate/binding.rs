//! Codes of required bindings.

use super::place::Place;
use super::walk::Walk;
use crate::definitions::{Type, ValueSet};
use crate::issue::{IssueCode, short};
use crate::json::View;

/// How many codes a message names.
const NAMED_MAX: usize = 12;

/// Checks a primitive `code`.
pub(super) fn code(walk: &mut Walk<'_>, view: View<'_>, set: &ValueSet, place: &Place<'_>) {
    if let Some(code) = view.as_str()
        && !set.has_code(&code)
    {
        refuse(walk, &code, set, place);
    }
}

/// Checks a Coding, or that a CodeableConcept has one coding of the set.
pub(super) fn concept(
    walk: &mut Walk<'_>,
    view: View<'_>,
    kind: &Type,
    set: &ValueSet,
    place: &Place<'_>,
) {
    let fits = |coding: View<'_>| {
        let (Some(system), Some(code)) = (coding.get("system"), coding.get("code")) else {
            return false;
        };
        match (system.as_str(), code.as_str()) {
            (Some(system), Some(code)) => set.has(&system, &code),
            _ => false,
        }
    };
    let (ok, first) = match kind.name {
        "Coding" => (fits(view), view.get("code")),
        "CodeableConcept" => {
            let codings = view.get("coding").into_iter().flat_map(View::items);
            (codings.clone().any(fits), view.at(&["coding", "code"]))
        }
        _ => return,
    };
    if !ok {
        let code = first.and_then(View::as_str).unwrap_or_default();
        refuse(walk, &code, set, place);
    }
}

fn refuse(walk: &mut Walk<'_>, code: &str, set: &ValueSet, place: &Place<'_>) {
    let codes: Vec<&str> = set
        .systems
        .iter()
        .flat_map(|(_, codes)| codes)
        .take(NAMED_MAX)
        .copied()
        .collect();
    let more = if codes.len() == NAMED_MAX { " …" } else { "" };
    let details = format!(
        "{} is none of {}: {}{more}",
        short(code),
        set.name,
        codes.join(" ")
    );
    walk.error(IssueCode::CodeInvalid, place, details);
}
