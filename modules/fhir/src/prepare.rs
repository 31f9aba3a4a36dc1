//! From bytes to something that can be stored: read, checked, its rows made. All of it before the
//! store is asked, so that the writer only writes.

use fhir::{Document, Issue, IssueCode, Resource, json};
use kernel::Result;

use crate::index::{self, Rows};
use crate::refusal;

/// Bytes of one stored resource: what the store takes as one text.
pub(crate) const RESOURCE_BYTES_MAX: usize = 8 * 1024 * 1024 - 1024;

/// A checked resource with its rows.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// As it came.
    pub resource: Resource,
    /// What it is found by.
    pub rows: Rows,
}

/// Reads a resource of type `kind`.
pub(crate) fn read(bytes: &[u8], kind: &str) -> Result<Resource> {
    let resource = Resource::parse(bytes).map_err(refusal::of_issue)?;
    if resource.type_name() != kind {
        let text = format!(
            "the address takes {kind}, the body is {}",
            resource.type_name()
        );
        return Err(refusal::refuse(IssueCode::Invalid, "resourceType", text));
    }
    Ok(resource)
}

/// Refuses a body whose id is missing or another than the one in the address.
pub(crate) fn require_id(resource: &Resource, id: &str) -> Result<()> {
    let fine = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    if !fine {
        let text = "an id has 1 to 64 letters, digits, hyphens and dots";
        return Err(refusal::refuse(IssueCode::Value, "id", text));
    }
    if resource.id() == Some(id) {
        return Ok(());
    }
    let text = "the body of an update carries the id of the address";
    Err(refusal::refuse(IssueCode::Invalid, "id", text))
}

/// Reads any JSON, such as a patch.
pub(crate) fn read_document(bytes: &[u8]) -> Result<Document> {
    Document::parse(bytes, json::Limits::RESOURCE).map_err(refusal::of_issue)
}

/// Checks a resource and makes its rows.
pub(crate) fn prepare(resource: Resource, base: &str) -> Result<Prepared> {
    if resource.text().len() > RESOURCE_BYTES_MAX {
        let text = "a resource has at most 8 MiB";
        return Err(refusal::refuse(
            IssueCode::TooLong,
            resource.type_name(),
            text,
        ));
    }
    let issues: Vec<Issue> = fhir::validate::validate(&resource)
        .into_iter()
        .filter(Issue::is_error)
        .collect();
    if !issues.is_empty() {
        return Err(refusal::of_issues(issues));
    }
    let rows = index::rows(&resource, base);
    Ok(Prepared { resource, rows })
}
