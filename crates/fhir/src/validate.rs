//! What is wrong with a resource, by the base definitions of R4; [`Profile`] checks what a
//! consortium asks beyond them.
//!
//! One walk over the text checks structure, cardinality, types, formats, codes and references, and
//! on every element that is sound so far its invariants. `docs/fhir-invariants.md` lists the
//! invariants that are not checked.

mod binding;
mod format;
mod invariant;
mod place;
mod profile;
mod reference;
mod walk;
mod xhtml;

use crate::fhirpath::Element;
use crate::issue::Issue;
use crate::json::Resource;

pub(crate) use format::is_id;
pub use invariant::NOT_CHECKED;
pub use profile::{Checked, CodeCheck, Profile};
pub(crate) use xhtml::xhtml_problem;

/// How many issues are told at once; a resource with more is not a resource.
const ISSUES_MAX: usize = 100;

/// Checks a resource against the base definitions; refuse it when any issue is an error.
pub fn validate(resource: &Resource) -> Vec<Issue> {
    let mut walk = walk::Walk::new(Element::root(resource));
    let place = place::Place::root(resource.type_name());
    walk.resource(resource.root(), resource.kind(), &place);
    walk.issues
}
