//! What is wrong with a document, and where.

use std::fmt;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A stable code: `cda.truncated`.
    pub code: &'static str,
    /// A sentence for the sender's operator; it repeats nothing of the document.
    pub detail: &'static str,
    /// Where, as XPath: `/ClinicalDocument/recordTarget/patientRole/id[2]`.
    pub at: String,
}

impl Fault {
    /// A fault at a place.
    pub(crate) fn new(code: &'static str, at: impl Into<String>, detail: &'static str) -> Self {
        Self {
            code,
            detail,
            at: at.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.at, self.detail)
    }
}

impl std::error::Error for Fault {}
