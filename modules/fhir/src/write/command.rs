//! What the resources that run a module's command share: references read, refusals at their place.

use fhir::IssueCode;
use kernel::{Error, Id};
use serde_json::Value;

use crate::refusal;

/// A refusal of what the command can't say.
pub(super) fn refuse(place: &str, text: &str) -> Error {
    refusal::refuse(IssueCode::NotSupported, place, text)
}

/// A refusal of the command, at its place in the resource; `places` pairs the fields of the command
/// with elements.
pub(super) fn placed(error: Error, places: &[(&str, &str)]) -> Error {
    let field = error.fields().first().map(String::as_str);
    let place = field.and_then(|field| places.iter().find(|(name, _)| *name == field));
    let Some((_, place)) = place else {
        return error;
    };
    let mut moved = Error::new(error.kind(), error.code(), error.detail().to_owned()).at(*place);
    if let Some(data) = error.data() {
        moved = moved.with(data.clone());
    }
    moved
}

/// The id of a resource of this server that a reference names.
pub(super) fn target(reference: &Value, kind: &str) -> Option<Id> {
    let text = reference["reference"].as_str()?;
    let (start, id) = text.rsplit_once('/')?;
    let named = start == kind || start.ends_with(&["/", kind].concat());
    named.then(|| id.parse().ok()).flatten()
}
