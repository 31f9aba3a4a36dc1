//! What is read of FHIR resources, to the digit.

use fhir::{Resource, View};
use kernel::{Error, Result};

use super::words::Coding;

/// A stored resource.
pub(super) fn parse(text: &str) -> Result<Resource> {
    Resource::parse(text.as_bytes())
        .map_err(|issue| Error::internal(format!("a stored resource: {}", issue.details)))
}

/// A text at a path; arrays on the way give their first item.
pub(super) fn text(view: View<'_>, path: &[&str]) -> Option<String> {
    let found = view.at(path)?;
    let found = found.items().next()?;
    found.as_str().map(|text| text.into_owned())
}

/// The digits of a number at a path.
pub(super) fn number(view: View<'_>, path: &[&str]) -> Option<String> {
    view.at(path)?.as_number().map(str::to_owned)
}

/// The codings of a concept, and its words.
pub(super) fn concept(view: View<'_>) -> (Vec<Coding>, String) {
    let codings = view.get("coding").into_iter().flat_map(View::items);
    let codings: Vec<Coding> = codings
        .filter_map(|coding| {
            Some(Coding {
                system: text(coding, &["system"]).unwrap_or_default(),
                code: text(coding, &["code"])?,
                display: text(coding, &["display"]).unwrap_or_default(),
            })
        })
        .collect();
    let words = text(view, &["text"]).or_else(|| {
        let named = codings.iter().find(|coding| !coding.display.is_empty());
        named.map(|coding| coding.display.clone())
    });
    (codings, words.unwrap_or_default())
}

/// The id that a reference to a type names.
pub(super) fn referred(view: View<'_>, kind: &str) -> Option<String> {
    let reference = text(view, &["reference"])?;
    let id = reference.strip_prefix(kind)?.strip_prefix('/')?;
    Some(id.to_owned())
}
