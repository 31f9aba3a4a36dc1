//! A search as a client asks it: a type and pairs of names and values, a line each.
#![no_main]

use fhir::search;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.lines();
    let kind = lines.next().filter(|line| !line.is_empty());
    let pairs: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let strict = search::parse_query(kind, &pairs, false);
    if strict.is_ok() {
        assert_eq!(
            strict.ok(),
            search::parse_query(kind, &pairs, true).ok(),
            "a search that needs no leniency means the same with it"
        );
    }
    // As a condition of an update: whatever it says, it is read or refused.
    drop(search::parse_criteria(kind.unwrap_or("Patient"), text));
});
