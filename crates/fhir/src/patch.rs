//! Changing a resource by a patch; every byte the patch does not touch stays.

mod fhirpath_patch;
mod json_patch;
mod splice;

pub use fhirpath_patch::fhirpath_patch;
pub use json_patch::json_patch;

use crate::issue::{Issue, IssueCode};
use crate::json::{Document, Limits, Resource};

/// How many operations one patch may have.
const OPERATIONS_MAX: usize = 500;
/// Each operation reads the text again: so many bytes are read in all.
const WORK_BYTES_MAX: usize = 128 << 20;

fn refused(place: impl Into<String>, details: impl Into<String>) -> Issue {
    Issue::error(IssueCode::Invalid, place, details)
}

/// The document a patch works on, read again behind each operation.
struct Draft {
    document: Document,
    work_bytes: usize,
}

impl Draft {
    fn new(resource: &Resource) -> Self {
        Self {
            document: resource.document().clone(),
            work_bytes: 0,
        }
    }

    fn set(&mut self, text: &str) -> Result<(), Issue> {
        self.work_bytes += text.len();
        if self.work_bytes > WORK_BYTES_MAX {
            return Err(Issue::error(
                IssueCode::TooCostly,
                "",
                "the patch is too much work",
            ));
        }
        self.document = Document::parse(text.as_bytes(), Limits::BUNDLE)?;
        Ok(())
    }

    /// The patched resource; its type and id are those it had.
    fn finish(self, before: &Resource) -> Result<Resource, Issue> {
        let after = Resource::from_document(self.document)?;
        if after.type_name() != before.type_name() || after.id() != before.id() {
            return Err(refused(
                "",
                "a patch cannot change the type or id of a resource",
            ));
        }
        Ok(after)
    }
}
