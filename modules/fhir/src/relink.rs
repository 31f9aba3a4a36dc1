//! Rewriting references within the text of a resource; every other byte stays.

use std::collections::HashSet;
use std::ops::Range;

use fhir::json::Kind;
use fhir::{Resource, View};
use kernel::Result;

use crate::refusal;

/// The resource with its references to one patient pointing at another; only those at the places
/// named, where they are named.
///
/// # Errors
/// When the result can't be read, which would be an error here.
pub(crate) fn patient(
    resource: &Resource,
    from: &str,
    to: &str,
    only: Option<&HashSet<String>>,
) -> Result<Resource> {
    let mut splices: Vec<(Range<usize>, String)> = Vec::new();
    each_reference(resource.root(), "", &mut |view, place, text| {
        let wanted = only.is_none_or(|only| only.contains(place));
        if let Some(before) = before_patient(text, from).filter(|_| wanted) {
            splices.push((view.span(), quoted(&[before, "Patient/", to].concat())));
        }
    });
    spliced(resource, splices)
}

/// The places of the references to a patient.
pub(crate) fn places(resource: &Resource, patient: &str) -> HashSet<String> {
    let mut places = HashSet::new();
    each_reference(resource.root(), "", &mut |_, place, text| {
        if before_patient(text, patient).is_some() {
            places.insert(place.to_owned());
        }
    });
    places
}

/// The server address that references to a patient carry; empty where they are relative.
pub(crate) fn base_of(resource: &Resource, patient: &str) -> String {
    let mut base = String::new();
    each_reference(resource.root(), "", &mut |_, _, text| {
        if let Some(before) = before_patient(text, patient).filter(|before| !before.is_empty()) {
            before.trim_end_matches('/').clone_into(&mut base);
        }
    });
    base
}

/// Type and id of what a resource refers to on this server, in the order of its text.
pub(crate) fn local_references(resource: &Resource, base: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    each_reference(resource.root(), "", &mut |_, _, text| {
        let text = text
            .strip_prefix(base)
            .map_or(text, |rest| rest.trim_start_matches('/'));
        let text = text
            .split_once("/_history/")
            .map_or(text, |(start, _)| start);
        let Some((kind, id)) = text.split_once('/') else {
            return;
        };
        let pair = (kind.to_owned(), id.to_owned());
        let known = fhir::definitions::resource_type(kind).is_some();
        if known && !id.contains('/') && !found.contains(&pair) {
            found.push(pair);
        }
    });
    found
}

/// Puts texts in the place of others.
///
/// # Errors
/// When the result can't be read.
pub(crate) fn spliced(
    resource: &Resource,
    splices: Vec<(Range<usize>, String)>,
) -> Result<Resource> {
    if splices.is_empty() {
        return Ok(resource.clone());
    }
    let mut text = String::with_capacity(resource.text().len());
    let mut from = 0;
    for (span, with) in splices {
        text.push_str(&resource.text()[from..span.start]);
        text.push_str(&with);
        from = span.end;
    }
    text.push_str(&resource.text()[from..]);
    Resource::parse(text.as_bytes()).map_err(refusal::of_issue)
}

/// A JSON text of a word.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What stands before `Patient/id` where a reference points there, in whatever version.
fn before_patient<'a>(text: &'a str, id: &str) -> Option<&'a str> {
    let text = text
        .split_once("/_history/")
        .map_or(text, |(start, _)| start);
    let before = text.strip_suffix(id)?.strip_suffix("Patient/")?;
    (before.is_empty() || before.ends_with('/')).then_some(before)
}

fn each_reference(view: View<'_>, place: &str, call: &mut dyn FnMut(View<'_>, &str, &str)) {
    match view.kind() {
        Kind::String if view.name() == "reference" => {
            if let Some(text) = view.as_str() {
                call(view, place, &text);
            }
        }
        Kind::Object => {
            for member in view.members() {
                each_reference(member, &[place, ".", member.name()].concat(), call);
            }
        }
        Kind::Array => {
            for (at, item) in view.items().enumerate() {
                each_reference(item, &format!("{place}[{at}]"), call);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_references_to_the_patient_change() {
        let text = r#"{"resourceType":"Observation","status":"final","code":{"text":"Patient/a"},
            "subject":{"reference":"Patient/a"},"performer":[{"reference":"http://h/fhir/Patient/a/_history/2"},
            {"reference":"Patient/ab"},{"reference":"XPatient/a"}],"valueDecimal":1.50}"#;
        let resource = Resource::parse(text.as_bytes()).unwrap();
        let moved = patient(&resource, "a", "b", None).unwrap();
        let expected = text
            .replace(r#""reference":"Patient/a""#, r#""reference":"Patient/b""#)
            .replace(
                "http://h/fhir/Patient/a/_history/2",
                "http://h/fhir/Patient/b",
            );
        assert_eq!(moved.text(), expected);
        assert_eq!(base_of(&moved, "b"), "http://h/fhir");
        let only = HashSet::from([".subject.reference".to_owned()]);
        let some = patient(&resource, "a", "b", Some(&only)).unwrap();
        assert_eq!(places(&some, "b"), only);
    }
}
