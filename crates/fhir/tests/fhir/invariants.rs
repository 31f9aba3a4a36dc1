//! `docs/fhir-invariants.md` tells which invariants of R4 are checked, and this keeps it true.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use lianti_fhir::definitions::{Constraint, types};
use lianti_fhir::fhirpath::{Context, Element, Item};
use lianti_fhir::{Resource, validate};

use crate::package;

fn constraints() -> impl Iterator<Item = (&'static str, &'static Constraint)> {
    types()
        .iter()
        .flat_map(|kind| kind.constraints.iter().map(|rule| (kind.name, rule)))
}

fn reason(key: &str) -> Option<&'static str> {
    validate::NOT_CHECKED
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, reason)| *reason)
}

fn document() -> String {
    let mut checked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut unchecked = Vec::new();
    for (kind, rule) in constraints() {
        match reason(rule.key) {
            None => checked.entry(kind).or_default().push(rule.key),
            Some(reason) => unchecked.push(format!("| `{kind}` | `{}` | {reason} |", rule.key)),
        }
    }
    let count: usize = checked.values().map(Vec::len).sum();
    let rows: Vec<String> = checked
        .iter()
        .map(|(kind, keys)| format!("| `{kind}` | {} |", keys.join(", ")))
        .collect();
    unchecked.sort();
    format!(
        "# Invariants of FHIR R4\n\n\
         Written by a test of `crates/fhir` (`LIANTI_WRITE_SNAPSHOTS=1` writes it anew).\n\n\
         ## Not checked\n\n| Type | Invariant | Why |\n|---|---|---|\n{}\n\n\
         Beside invariants, these are not checked: bindings that are not required (extensible, \
         preferred, example), value sets without a list (media types, languages, units), and the \
         types of absolute references.\n\n\
         ## Checked: {count}\n\n| Type | Invariants |\n|---|---|\n{}\n",
        unchecked.join("\n"),
        rows.join("\n"),
    )
}

#[test]
fn the_document_is_true() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/fhir-invariants.md");
    let document = document();
    #[expect(
        clippy::disallowed_methods,
        reason = "how every snapshot of this repository is written"
    )]
    let write = std::env::var("LIANTI_WRITE_SNAPSHOTS").is_ok();
    if write {
        fs::write(&path, &document).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept, document,
        "run this test with LIANTI_WRITE_SNAPSHOTS=1"
    );
}

#[test]
fn every_expression_is_read() {
    for (kind, rule) in constraints() {
        assert!(
            rule.expression().is_some(),
            "{kind} {}: {}",
            rule.key,
            rule.expression_text
        );
    }
}

/// An invariant that fails to evaluate refuses nothing: that must not happen unseen.
#[test]
fn none_fails_on_the_examples() {
    let Some(files) = package::files() else {
        return;
    };
    let mut failures = BTreeMap::new();
    let mut evaluated = BTreeMap::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let sampled = ![
            "SearchParameter",
            "ValueSet",
            "CodeSystem",
            "StructureDefinition",
        ]
        .iter()
        .any(|kind| name.starts_with(kind))
            || name.contains('5');
        if !sampled || fs::metadata(&path).unwrap().len() > 100_000 || !name.contains('-') {
            continue;
        }
        let resource = Resource::parse(&fs::read(&path).unwrap()).unwrap();
        let root = Element::root(&resource);
        let context = Context::new(root);
        let mut items = vec![Item::Element(root)];
        while let Some(item) = items.pop() {
            let Some(element) = item.element() else {
                continue;
            };
            element.children(&mut items);
            for rule in element.kind.lineage().flat_map(|kind| &kind.constraints) {
                let expression = rule.expression().unwrap();
                if rule.element.is_none() && reason(rule.key).is_none() {
                    *evaluated.entry(rule.key).or_insert(0) += 1;
                    if let Err(error) = expression.evaluate_on(element, &context) {
                        failures.insert(rule.key, format!("{name}: {error}"));
                    }
                }
            }
        }
    }
    println!("{} invariants evaluated", evaluated.len());
    assert!(failures.is_empty(), "{failures:#?}");
}
