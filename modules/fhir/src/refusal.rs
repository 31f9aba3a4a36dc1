//! Refusals as FHIR wants them: each issue with its code and place.

use fhir::{Issue, IssueCode};
use kernel::{Error, Kind};
use serde_json::json;

/// Issues one answer names at most; the first are the ones to repair first.
const ISSUES_MAX: usize = 50;

/// One thing that is wrong with what was sent.
pub(crate) fn of_issue(issue: Issue) -> Error {
    of_issues(vec![issue])
}

/// What is wrong with what was sent.
pub(crate) fn of_issues(mut issues: Vec<Issue>) -> Error {
    issues.sort_by_key(|issue| !issue.is_error());
    issues.truncate(ISSUES_MAX);
    let first = issues.first();
    let text = first.map_or_else(String::new, |issue| issue.details.clone());
    let kind = match first.map(|issue| issue.code) {
        Some(IssueCode::NotSupported) => Kind::Unsupported,
        Some(IssueCode::NotFound) => Kind::NotFound,
        Some(IssueCode::MultipleMatches) => Kind::StaleVersion,
        Some(IssueCode::Conflict | IssueCode::Duplicate) => Kind::Conflict,
        Some(IssueCode::BusinessRule | IssueCode::Invariant) => Kind::Rule,
        Some(IssueCode::TooLong) => Kind::TooLarge,
        _ => Kind::Invalid,
    };
    let outcome = fhir::outcome(&issues);
    Error::new(kind, "fhir.invalid", text).with(json!({ "issue": outcome["issue"] }))
}

/// A refusal in one sentence.
pub(crate) fn refuse(code: IssueCode, place: &str, text: impl Into<String>) -> Error {
    of_issue(Issue::error(code, place, text))
}

/// There is no such resource, or the actor may not know of it.
pub(crate) fn not_found() -> Error {
    Error::not_found("fhir.resource")
}

/// There was one, and it was deleted.
pub(crate) fn gone() -> Error {
    Error::new(Kind::Gone, "fhir.deleted", "this resource was deleted")
}

/// Others changed it since the caller read it.
pub(crate) fn stale(current: i64) -> Error {
    let text =
        "somebody changed this since you read it; read it again and repeat what still applies";
    Error::new(Kind::StaleVersion, "store.stale-version", text).with(json!({ "version": current }))
}

/// Something changed between looking and writing: the whole is done again.
pub(crate) fn moved() -> Error {
    Error::conflict(
        MOVED,
        "others changed the same resources at once; try again",
    )
}

/// The code of [`moved`].
pub(crate) const MOVED: &str = "fhir.moved";
