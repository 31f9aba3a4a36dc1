//! What is wrong with a resource, by the base definitions of R4 and profiles given as data.

use crate::issue::Issue;
use crate::json::Resource;

/// Checks a resource against the base definitions; refuse it when any issue is an error.
pub fn validate(resource: &Resource) -> Vec<Issue> {
    let _ = resource;
    Vec::new()
}

/// What is wrong with a narrative's markup.
pub(crate) fn xhtml_problem(_text: &str) -> Option<&'static str> {
    None
}
