//! Setting id, version and time of a resource by splicing its text.

use super::{Kind, Resource, View};

/// What a server sets on a resource it stores.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The logical id.
    pub id: &'a str,
    /// `meta.versionId`.
    pub version_id: &'a str,
    /// `meta.lastUpdated`, an RFC 3339 instant such as `kernel::Instant` displays.
    pub last_updated: &'a str,
}

/// A replacement of the bytes `start..end`.
struct Splice {
    start: usize,
    end: usize,
    with: String,
}

pub(super) fn stamped(resource: &Resource, stamp: &Stamp<'_>) -> String {
    let root = resource.root();
    let mut splices = Vec::with_capacity(4);
    let kind = root.get("resourceType").map_or(0, |kind| kind.span().end);
    let mut behind_kind = String::new();
    match root.get("id") {
        Some(id) => splices.push(replace(id, quoted(stamp.id))),
        None => behind_kind = format!(r#","id":{}"#, quoted(stamp.id)),
    }
    let version = format!(r#""versionId":{}"#, quoted(stamp.version_id));
    let updated = format!(r#""lastUpdated":{}"#, quoted(stamp.last_updated));
    match root.get("meta").filter(|meta| meta.kind() == Kind::Object) {
        Some(meta) => stamp_meta(meta, stamp, &version, &updated, &mut splices),
        None => behind_kind.push_str(&format!(r#","meta":{{{version},{updated}}}"#)),
    }
    if !behind_kind.is_empty() {
        splices.push(Splice {
            start: kind,
            end: kind,
            with: behind_kind,
        });
    }
    apply(resource.text(), splices)
}

fn stamp_meta(
    meta: View<'_>,
    stamp: &Stamp<'_>,
    version: &str,
    updated: &str,
    splices: &mut Vec<Splice>,
) {
    let mut missing = Vec::with_capacity(2);
    match meta.get("versionId") {
        Some(value) => splices.push(replace(value, quoted(stamp.version_id))),
        None => missing.push(version),
    }
    match meta.get("lastUpdated") {
        Some(value) => splices.push(replace(value, quoted(stamp.last_updated))),
        None => missing.push(updated),
    }
    if missing.is_empty() {
        return;
    }
    let comma = if meta.members().next().is_some() {
        ","
    } else {
        ""
    };
    let start = meta.span().start + 1;
    splices.push(Splice {
        start,
        end: start,
        with: format!("{}{comma}", missing.join(",")),
    });
}

fn replace(value: View<'_>, with: String) -> Splice {
    let span = value.span();
    Splice {
        start: span.start,
        end: span.end,
        with,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.start);
    let added: usize = splices.iter().map(|splice| splice.with.len()).sum();
    let mut result = String::with_capacity(text.len() + added);
    let mut from = 0;
    for splice in &splices {
        result.push_str(&text[from..splice.start]);
        result.push_str(&splice.with);
        from = splice.end;
    }
    result.push_str(&text[from..]);
    result
}
