//! The values a store indexes.

use super::IndexEntry;
use crate::json::Resource;

/// The search values of a resource, except `_id`, `_lastUpdated` and its words.
///
/// References that start with `base_url` (such as `https://host/fhir`) are local ones.
pub fn extract(resource: &Resource, base_url: &str) -> Vec<IndexEntry> {
    let _ = (resource, base_url);
    Vec::new()
}
