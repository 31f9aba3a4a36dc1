//! The official R4 examples, and what a server does with each of them.
//!
//! They are not copied into the repository: `cargo xtask test` fetches the package they come in
//! into `target/`. Without it these tests say so and pass.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use lianti_fhir::json::{Limits, Stamp};
use lianti_fhir::{Resource, search, validate};

use crate::package;

/// Of the 4,500 definitions the package also has, one in so many is enough.
const SAMPLED: usize = 15;

/// Examples that break the specification they illustrate, and how.
const INVALID: &[(&str, &str)] = &[
    (
        "DeviceMetric-example",
        "parent points at a DeviceDefinition, and may only at a Device",
    ),
    (
        "DeviceUseStatement-example",
        "reasonReference points at a Procedure",
    ),
    (
        "MedicationRequest-medrx0301",
        "dispenseRequest.performer points at a Practitioner",
    ),
    (
        "Observation-clinical-gender",
        "performer points at an Encounter",
    ),
    ("Questionnaire-qs1", "items without linkId"),
];

fn is_definition(name: &str) -> bool {
    let kinds = [
        "CodeSystem",
        "ConceptMap",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "ValueSet",
    ];
    name.split_once('-')
        .is_some_and(|(kind, _)| kinds.contains(&kind))
}

/// Every resource of the package that is read: file name and bytes.
fn examples() -> Vec<(String, Vec<u8>)> {
    let files = package::files().unwrap_or_default();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    files
        .iter()
        .filter(|path| {
            let name = name(path);
            name.contains('-') && name != "ig-r4" && fs::metadata(path).unwrap().len() < 1 << 20
        })
        .enumerate()
        .filter(|(index, path)| index % SAMPLED == 0 || !is_definition(&name(path)))
        .map(|(_, path)| path)
        .map(|path| (name(path), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn all_are_read_stamped_and_returned_unchanged() {
    for (name, bytes) in examples() {
        let resource = Resource::parse_within(&bytes, Limits::BUNDLE)
            .unwrap_or_else(|issue| panic!("{name}: {issue:?}"));
        assert_eq!(resource.text().as_bytes(), bytes, "{name}");
        let stamp = Stamp {
            id: "a1",
            version_id: "7",
            last_updated: "2026-01-01T00:00:00Z",
        };
        let stamped = Resource::parse(resource.stamped(&stamp).as_bytes()).unwrap();
        assert_eq!(stamped.id(), Some("a1"), "{name}");
        assert_eq!(stamped.version_id(), Some("7"), "{name}");
        assert_eq!(
            stamped.last_updated(),
            Some("2026-01-01T00:00:00Z"),
            "{name}"
        );
        let again = stamped.stamped(&stamp);
        assert_eq!(again, stamped.text(), "{name}");
    }
}

#[test]
fn all_give_search_values() {
    let mut entries = 0;
    let mut count = 0;
    let all = examples();
    #[expect(clippy::disallowed_methods, reason = "a test's own stopwatch")]
    let started = Instant::now();
    for (_, bytes) in &all {
        let resource = Resource::parse(bytes).unwrap();
        entries += search::extract(&resource, "http://example.org/fhir").len();
        count += 1;
    }
    println!(
        "{count} examples, {entries} search values, {:?}",
        started.elapsed()
    );
}

#[test]
fn all_are_valid() {
    let mut refused = 0;
    let all = examples();
    #[expect(clippy::disallowed_methods, reason = "a test's own stopwatch")]
    let started = Instant::now();
    for (name, bytes) in &all {
        let resource = Resource::parse(bytes).unwrap();
        let errors: Vec<_> = validate::validate(&resource)
            .into_iter()
            .filter(lianti_fhir::Issue::is_error)
            .collect();
        let known = INVALID.iter().any(|(known, _)| known == name);
        assert!(!(known && errors.is_empty()), "{name} is valid after all");
        if !errors.is_empty() && !known && !is_definition(name) {
            refused += 1;
            println!("{name}:");
            for error in errors.iter().take(4) {
                println!("  {:?} {} {}", error.code, error.expression, error.details);
            }
        }
    }
    println!("{} examples, {:?}", all.len(), started.elapsed());
    assert_eq!(refused, 0);
}
