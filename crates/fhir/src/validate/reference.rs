//! References: their format, and the types they may point at.

use super::format::is_id;
use super::place::Place;
use super::walk::Walk;
use crate::definitions;
use crate::issue::{IssueCode, short};
use crate::json::View;

/// Checks a Reference that may point at `targets` (none: at anything).
pub(super) fn check(
    walk: &mut Walk<'_>,
    view: View<'_>,
    targets: &[&'static str],
    place: &Place<'_>,
) {
    let Some(text) = view.get("reference").and_then(View::as_str) else {
        return;
    };
    let at = place.member("reference");
    let allowed = |kind: &str| targets.is_empty() || targets.contains(&kind);
    if let Some(id) = text.strip_prefix('#') {
        let own = Some(walk.context.root_resource.kind.name).filter(|_| id.is_empty());
        match own.or_else(|| walk.contained.get(id).copied()) {
            None => {
                let details = format!("ref-1: nothing contained has the id {}", short(id));
                walk.error(IssueCode::Invariant, &at, details);
            }
            Some(kind) if !allowed(kind) => wrong_type(walk, kind, targets, &at),
            Some(_) => {}
        }
        return;
    }
    if text.contains("://") || text.starts_with("urn:") {
        return;
    }
    let (path, _version) = text.split_once("/_history/").unwrap_or((&text, ""));
    let split = path.find(['/', '?']).map(|at| (&path[..at], &path[at..]));
    let Some((kind, rest)) =
        split.and_then(|(kind, rest)| Some((definitions::resource_name(kind)?, rest)))
    else {
        let details = format!("{} is no reference: Type/id, #id or a URL", short(&text));
        walk.error(IssueCode::Value, &at, details);
        return;
    };
    if rest.strip_prefix('/').is_some_and(|id| !is_id(id)) {
        walk.error(
            IssueCode::Value,
            &at,
            format!("{} has no valid id", short(&text)),
        );
    }
    if !allowed(kind) {
        wrong_type(walk, kind, targets, &at);
    }
}

fn wrong_type(walk: &mut Walk<'_>, kind: &str, targets: &[&str], at: &Place<'_>) {
    let details = format!(
        "this cannot point at {kind}, only at {}",
        targets.join(", ")
    );
    walk.error(IssueCode::Value, at, details);
}
