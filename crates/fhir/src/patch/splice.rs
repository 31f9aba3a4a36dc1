//! Adding and removing members and items in JSON text.

use crate::json::{Kind, View};

/// A replacement of the bytes `start..end` of a text.
pub(super) fn spliced(text: &str, start: usize, end: usize, with: &str) -> String {
    let mut result = String::with_capacity(text.len() + with.len());
    result.push_str(&text[..start]);
    result.push_str(with);
    result.push_str(&text[end..]);
    result
}

/// Where a child starts, its member name included.
fn start_of(child: View<'_>) -> usize {
    let node = child.node();
    if node.name_len > 0 {
        node.name_start as usize - 1
    } else {
        node.start as usize
    }
}

/// The object or array a value stands in; `None` for the root.
pub(super) fn parent_of(child: View<'_>) -> Option<View<'_>> {
    let nodes = &child.document.nodes;
    let index = (0..child.index)
        .rev()
        .find(|index| nodes[*index as usize].next > child.index)?;
    Some(View {
        document: child.document,
        index,
    })
}

/// The children of an object or array.
pub(super) fn children(parent: View<'_>) -> Vec<View<'_>> {
    match parent.kind() {
        Kind::Object => parent.members().collect(),
        Kind::Array => parent.items().collect(),
        _ => Vec::new(),
    }
}

/// The text without a child and the comma beside it.
pub(super) fn without(text: &str, child: View<'_>) -> Option<String> {
    let siblings = children(parent_of(child)?);
    let at = siblings
        .iter()
        .position(|sibling| sibling.index == child.index)?;
    let (start, end) = match (siblings.get(at + 1), at.checked_sub(1)) {
        (Some(next), _) => (start_of(child), start_of(*next)),
        (None, Some(before)) => (siblings[before].span().end, child.span().end),
        (None, None) => (start_of(child), child.span().end),
    };
    Some(spliced(text, start, end, ""))
}

/// The text with `value` put before the child at `index` of an array, or at its end.
pub(super) fn with_item(text: &str, array: View<'_>, index: usize, value: &str) -> Option<String> {
    let items = children(array);
    match (items.get(index), items.last()) {
        (Some(next), _) => {
            let start = next.span().start;
            Some(spliced(text, start, start, &format!("{value},")))
        }
        (None, Some(last)) if index == items.len() => {
            let end = last.span().end;
            Some(spliced(text, end, end, &format!(",{value}")))
        }
        (None, None) if index == 0 => {
            let start = array.span().start + 1;
            Some(spliced(text, start, start, value))
        }
        _ => None,
    }
}

/// The text with a member added at the end of an object.
pub(super) fn with_member(text: &str, object: View<'_>, name: &str, value: &str) -> String {
    let name = serde_json::Value::from(name);
    match children(object).last() {
        Some(last) => {
            let end = last.span().end;
            spliced(text, end, end, &format!(",{name}:{value}"))
        }
        None => {
            let start = object.span().start + 1;
            spliced(text, start, start, &format!("{name}:{value}"))
        }
    }
}

/// The text with a value in the place of another.
pub(super) fn replaced(text: &str, old: View<'_>, value: &str) -> String {
    let span = old.span();
    spliced(text, span.start, span.end, value)
}
