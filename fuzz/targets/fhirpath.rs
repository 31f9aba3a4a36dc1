//! An expression, on the first line, over a resource, in the rest.
#![no_main]

use fhir::Resource;
use fhir::fhirpath::Expression;
use libfuzzer_sys::fuzz_target;

const PATIENT: &[u8] = br#"{"resourceType":"Patient","active":true,"name":[{"family":"A","given":["B","C"]}],"birthDate":"1961-03-04","multipleBirthInteger":2}"#;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (expression, rest) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(expression) = Expression::parse(expression) else {
        return;
    };
    let resource = Resource::parse(rest.as_bytes())
        .or_else(|_| Resource::parse(PATIENT))
        .expect("a patient");
    // A fault of the expression is an answer; only a panic or an endless run is not.
    drop(expression.evaluate(&resource));
});
