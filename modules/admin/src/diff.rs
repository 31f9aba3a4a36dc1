//! What changes between two versions of a rule set, field by field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldChange {
    /// Path of the field: `roles[2].grants.record.read`.
    pub path: String,
    /// What it was; absent for a new field.
    #[schema(value_type = Value)]
    pub before: Option<Value>,
    /// What it is; absent for one that is gone.
    #[schema(value_type = Value)]
    pub after: Option<Value>,
}

/// Changes one answer holds; a longer list helps nobody.
const CHANGES_MAX: usize = 500;

/// The fields in which two bodies differ, in the order of the first.
pub fn changes(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    walk("", Some(before), Some(after), &mut found);
    found.truncate(CHANGES_MAX);
    found
}

fn walk(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let gone_or_kept = old.keys();
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in gone_or_kept.chain(added) {
                let inner = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                walk(&inner, old.get(key), new.get(key), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for at in 0..old.len().max(new.len()) {
                walk(&format!("{path}[{at}]"), old.get(at), new.get(at), found);
            }
        }
        _ => found.push(FieldChange {
            path: path.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_by_path() {
        let before = json!({ "minutes": 240, "days": [3, 7, 30], "gone": true, "same": "x" });
        let after = json!({ "minutes": 120, "days": [3, 7], "same": "x", "new": { "a": 1 } });
        let paths: Vec<_> = changes(&before, &after)
            .into_iter()
            .map(|one| one.path)
            .collect();
        assert_eq!(paths, ["minutes", "days[2]", "gone", "new"]);
        assert!(changes(&before, &before).is_empty());
    }
}
