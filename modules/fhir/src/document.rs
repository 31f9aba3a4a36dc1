//! `$document`: a Composition with everything it refers to, as a Bundle that can be signed or sent.
//!
//! What the actor may not see is left out without a word, as in every other answer.

use std::collections::BTreeSet;

use fhir::{IssueCode, Resource};
use kernel::Result;
use serde_json::json;
use store::Tx;

use crate::access;
use crate::answer::{Bundle, full_url, quoted};
use crate::rows::{self, Header};
use crate::{refusal, relink};

/// Resources of one document.
const ENTRIES_MAX: usize = 1_000;
/// From the composition to what it refers to, and to what that refers to.
const STEPS_MAX: usize = 2;

/// The document of a composition; `base` is this server.
///
/// # Errors
/// Not found; a document with too many entries.
pub(crate) fn run(tx: &mut Tx<'_>, id: &str, base: &str) -> Result<String> {
    let first = rows::require(tx, "Composition", id)?;
    let mut known = BTreeSet::from([("Composition".to_owned(), id.to_owned())]);
    let mut entries: Vec<(Header, String)> = Vec::new();
    let mut waiting = vec![first];
    for step in 0..=STEPS_MAX {
        let mut next = Vec::new();
        for header in std::mem::take(&mut waiting) {
            let Some(body) = rows::body(tx, header.key, header.version)? else {
                continue;
            };
            let resource = Resource::parse(body.as_bytes()).map_err(refusal::of_issue)?;
            let references = relink::local_references(&resource, base);
            entries.push((header, body));
            for (kind, id) in references.into_iter().filter(|_| step < STEPS_MAX) {
                if !known.insert((kind.clone(), id.clone())) {
                    continue;
                }
                let found = rows::seen(tx, &kind, &id)?;
                next.extend(found.filter(|header| !header.deleted));
            }
            if entries.len() + next.len() > ENTRIES_MAX {
                let text = "the document has too many entries";
                return Err(refusal::refuse(IssueCode::TooCostly, "Composition", text));
            }
        }
        waiting = next;
    }
    access::note(
        tx,
        entries.iter().map(|(header, _)| header),
        "fhir.document",
    )?;
    let mut bundle = Bundle::new("document", None, &[]);
    let identifier =
        json!({ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", tx.new_id()) });
    bundle.member("identifier", &identifier.to_string());
    bundle.member("timestamp", &json!(tx.now()).to_string());
    for (header, body) in &entries {
        let url = quoted(&full_url(base, header));
        bundle.entry(&[("fullUrl", &url), ("resource", body)]);
    }
    Ok(bundle.finish())
}
