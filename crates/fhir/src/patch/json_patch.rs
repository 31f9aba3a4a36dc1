//! JSON Patch (RFC 6902), by splicing text so that decimals and order stay.

use super::splice::{parent_of, replaced, with_item, with_member, without};
use super::{Draft, OPERATIONS_MAX, refused};
use crate::fhirpath::same_json;
use crate::issue::{Issue, IssueCode, short};
use crate::json::{Document, Kind, Resource, View};

/// Applies a JSON Patch.
pub fn json_patch(resource: &Resource, patch: &Document) -> Result<Resource, Issue> {
    let root = patch.root();
    if root.kind() != Kind::Array {
        return Err(refused("", "a JSON Patch is an array of operations"));
    }
    let mut draft = Draft::new(resource);
    for (index, operation) in root.items().enumerate() {
        if index >= OPERATIONS_MAX {
            let details = format!("a patch has at most {OPERATIONS_MAX} operations");
            return Err(Issue::error(IssueCode::TooCostly, "", details));
        }
        if let Some(text) = apply(&draft.document, operation)? {
            draft.set(&text)?;
        }
    }
    draft.finish(resource)
}

/// The text behind one operation; nothing when it only tests.
fn apply(document: &Document, operation: View<'_>) -> Result<Option<String>, Issue> {
    let member = |name: &str| operation.get(name).and_then(View::as_str);
    let (Some(name), Some(path)) = (member("op"), member("path")) else {
        return Err(refused("", "an operation of a JSON Patch has op and path"));
    };
    let value = || {
        let value = operation.get("value").map(View::raw);
        value.ok_or_else(|| refused(&*path, format!("{name} needs a value")))
    };
    let from = || {
        let from = member("from").ok_or_else(|| refused(&*path, format!("{name} needs from")))?;
        find(document, &from).map(|view| (from.into_owned(), view))
    };
    let text = document.text();
    Ok(Some(match &*name {
        "test" => {
            value()?;
            let wanted = operation.get("value").unwrap_or(operation);
            if !same_json(find(document, &path)?, wanted) {
                let details = "the value tested for is another";
                return Err(Issue::error(IssueCode::Conflict, &*path, details));
            }
            return Ok(None);
        }
        "add" => add(document, &path, value()?)?,
        "replace" => replaced(text, find(document, &path)?, value()?),
        "remove" => remove(document, &path)?,
        "copy" => add(document, &path, from()?.1.raw())?,
        "move" => {
            let (from, view) = from()?;
            if path.starts_with(&format!("{from}/")) {
                return Err(refused(&*path, "nothing moves into itself"));
            }
            let value = view.raw().to_owned();
            let without = remove(document, &from)?;
            let rest = Document::parse(without.as_bytes(), crate::json::Limits::BUNDLE)?;
            add(&rest, &path, &value)?
        }
        other => {
            return Err(refused(
                &*path,
                format!("there is no operation {}", short(other)),
            ));
        }
    }))
}

fn remove(document: &Document, path: &str) -> Result<String, Issue> {
    let view = find(document, path)?;
    without(document.text(), view).ok_or_else(|| refused(path, "the whole cannot be removed"))
}

fn add(document: &Document, path: &str, value: &str) -> Result<String, Issue> {
    let text = document.text();
    let Some((parent_path, last)) = path.rsplit_once('/') else {
        return Ok(replaced(text, document.root(), value));
    };
    let parent = find(document, parent_path)?;
    let last = unescaped(last);
    match parent.kind() {
        Kind::Object => Ok(match parent.get(&last) {
            Some(old) => replaced(text, old, value),
            None => with_member(text, parent, &last, value),
        }),
        Kind::Array => {
            let index = if last == "-" {
                Some(parent.items().count())
            } else {
                position(&last)
            };
            let added = index.and_then(|index| with_item(text, parent, index, value));
            added.ok_or_else(|| refused(path, "there is no such place in the array"))
        }
        _ => Err(refused(path, "only objects and arrays have parts")),
    }
}

/// The value a JSON Pointer (RFC 6901) names.
fn find<'a>(document: &'a Document, path: &str) -> Result<View<'a>, Issue> {
    let mut view = document.root();
    if path.is_empty() {
        return Ok(view);
    }
    let missing = || refused(path, "there is nothing at this path");
    let parts = path
        .strip_prefix('/')
        .ok_or_else(|| refused(path, "a path starts with /"))?;
    for part in parts.split('/') {
        let found = match view.kind() {
            Kind::Object => view.get(&unescaped(part)),
            Kind::Array => position(part).and_then(|index| view.items().nth(index)),
            _ => None,
        };
        view = found.ok_or_else(missing)?;
    }
    debug_assert!(
        parent_of(view).is_some(),
        "what a path names stands in something"
    );
    Ok(view)
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// An array index: digits without leading zeros.
fn position(part: &str) -> Option<usize> {
    let plain = part == "0" || !part.starts_with(['0', '+']);
    part.parse().ok().filter(|_| plain)
}
