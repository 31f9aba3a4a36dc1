//! A resource as a client sends it: read, checked, indexed, and written with a stamp. What was read
//! is kept to the byte, so its text is read again to the same.
#![no_main]

use fhir::json::Stamp;
use fhir::{Resource, search, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(resource) = Resource::parse(bytes) else {
        return;
    };
    let issues = validate::validate(&resource);
    let entries = search::extract(&resource, "https://fhir.test/fhir");
    let again = Resource::parse(resource.text().as_bytes()).expect("what was read is read again");
    assert_eq!(issues.len(), validate::validate(&again).len());
    assert_eq!(entries, search::extract(&again, "https://fhir.test/fhir"));
    let stamp = Stamp {
        id: "a",
        version_id: "1",
        last_updated: "2026-01-01T00:00:00Z",
    };
    let stamped = resource.stamped(&stamp);
    let stamped = Resource::parse(stamped.as_bytes()).expect("what is stored can be read");
    assert_eq!(stamped.id(), Some("a"));
});
