//! Profiles: what is checked, what is told not to be, what is refused.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use lianti_fhir::Resource;
use lianti_fhir::validate::Profile;
use serde_json::{Value, json};

const URL: &str = "urn:test:profile";

/// A definition; elements get the id that their path and slice make.
fn definition(kind: &str, mut elements: Value) -> Value {
    for element in elements.as_array_mut().unwrap() {
        let slice = element["sliceName"].as_str().map(|name| format!(":{name}"));
        let id = element["path"].as_str().unwrap().to_owned() + &slice.unwrap_or_default();
        let fields = element.as_object_mut().unwrap();
        fields.entry("id").or_insert(json!(id));
    }
    json!({ "resourceType": "StructureDefinition", "url": URL, "name": "Test", "status": "active",
        "kind": "resource", "abstract": false, "type": kind,
        "baseDefinition": format!("http://hl7.org/fhir/StructureDefinition/{kind}"),
        "derivation": "constraint", "differential": { "element": elements } })
}

fn resource(value: &Value) -> Resource {
    Resource::parse(value.to_string().as_bytes()).unwrap()
}

fn read(kind: &str, elements: Value) -> Result<Profile, String> {
    Profile::read(&resource(&definition(kind, elements))).map_err(|issues| {
        let issue = &issues[0];
        format!("{} {}", issue.expression, issue.details)
    })
}

/// The places of what is wrong, with the first words of why.
fn wrong(kind: &str, elements: Value, of: &Value) -> Vec<String> {
    let profile = read(kind, elements).unwrap();
    let of = resource(of);
    let base: Vec<_> = lianti_fhir::validate::validate(&of);
    assert!(!base.iter().any(lianti_fhir::Issue::is_error), "{base:?}");
    let checked = profile.check(&of);
    let issues = checked.issues.iter();
    issues
        .map(|issue| {
            assert!(issue.details.contains(URL), "{}", issue.details);
            let words: Vec<&str> = issue.details.split(' ').take(3).collect();
            format!("{} {}", issue.expression, words.join(" "))
        })
        .collect()
}

fn patient() -> Value {
    json!({ "resourceType": "Patient", "gender": "female", "birthDate": "1961-03-04",
        "identifier": [{ "system": "urn:a", "value": "1" }, { "system": "urn:b", "value": "22" }],
        "name": [{ "text": "王小明", "family": "王" }],
        "contact": [{ "name": { "text": "a" } }, { "telecom": [{ "system": "phone", "value": "1" }] }],
        "generalPractitioner": [{ "reference": "Organization/1" }] })
}

fn observation() -> Value {
    json!({ "resourceType": "Observation", "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8480-6" }, { "code": "x" }] },
        "subject": { "reference": "Patient/1" },
        "category": [{ "coding": [{ "system": "urn:c", "code": "vital" }] }],
        "component": [{ "code": { "coding": [{ "system": "urn:c", "code": "a" }] },
                "valueQuantity": { "value": 1 } },
            { "code": { "coding": [{ "system": "urn:c", "code": "b" }] }, "valueString": "x" }],
        "valueQuantity": { "value": 120, "unit": "mmHg" } })
}

#[test]
fn counts_values_types_and_codes_are_checked() {
    for (elements, expected) in [
        (json!([{ "path": "Patient.name", "min": 1 }]), vec![]),
        (
            json!([{ "path": "Patient.telecom", "min": 1 }]),
            vec!["Patient.telecom at least 1,"],
        ),
        (
            json!([{ "path": "Patient.identifier", "max": "1" }]),
            vec!["Patient.identifier at most 1,"],
        ),
        (
            json!([{ "path": "Patient.gender", "max": "0" }]),
            vec!["Patient.gender nothing may stand"],
        ),
        // What is asked below an element is asked of each that is there.
        (
            json!([{ "path": "Patient.contact.name", "min": 1 }]),
            vec!["Patient.contact[1].name at least 1,"],
        ),
        (json!([{ "path": "Patient.photo.url", "min": 1 }]), vec![]),
        (
            json!([{ "path": "Patient.gender", "fixedCode": "female" }]),
            vec![],
        ),
        (
            json!([{ "path": "Patient.gender", "fixedCode": "male" }]),
            vec!["Patient.gender the value is"],
        ),
        (
            json!([{ "path": "Patient.name", "patternHumanName": { "family": "王" } }]),
            vec![],
        ),
        (
            json!([{ "path": "Patient.name", "fixedHumanName": { "family": "王" } }]),
            vec!["Patient.name[0] the value is"],
        ),
        (
            json!([{ "path": "Patient.identifier.value", "maxLength": 1 }]),
            vec!["Patient.identifier[1].value at most 1"],
        ),
        (
            json!([{ "path": "Patient.generalPractitioner", "type": [{ "code": "Reference",
            "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Practitioner"] }] }]),
            vec!["Patient.generalPractitioner[0].reference it points at"],
        ),
        (
            json!([{ "path": "Patient.gender", "binding": { "strength": "required",
            "valueSet": "http://hl7.org/fhir/ValueSet/identifier-use|4.0.1" } }]),
            vec!["Patient.gender a code of"],
        ),
        (
            json!([{ "path": "Patient", "constraint": [{ "key": "t-1", "severity": "error",
            "human": "born late", "expression": "birthDate > @1990-01-01" }] }]),
            vec!["Patient t-1: born late"],
        ),
        (
            json!([{ "path": "Patient.identifier", "constraint": [{ "key": "t-2", "severity": "warning",
            "human": "short", "expression": "value.length() > 1" }] }]),
            vec!["Patient.identifier[0] t-2: short (profile"],
        ),
        (
            json!([{ "path": "Patient.deceased[x]", "min": 1, "mustSupport": true }]),
            vec!["Patient.deceased at least 1,"],
        ),
    ] {
        assert_eq!(
            wrong("Patient", elements.clone(), &patient()),
            expected,
            "{elements}"
        );
    }
}

#[test]
fn choices_are_narrowed() {
    let quantity = json!([{ "code": "Quantity" }]);
    for (elements, expected) in [
        (
            json!([{ "path": "Observation.value[x]", "min": 1, "type": quantity }]),
            vec![],
        ),
        (
            json!([{ "path": "Observation.value[x]", "type": [{ "code": "string" }] }]),
            vec!["Observation.value the type is"],
        ),
        (
            json!([{ "path": "Observation.valueQuantity.code", "min": 1 }]),
            vec!["Observation.value.code at least 1,"],
        ),
        (
            json!([{ "path": "Observation.value[x]", "type": quantity },
            { "path": "Observation.value[x].code", "min": 1 }]),
            vec!["Observation.value.code at least 1,"],
        ),
        (
            json!([{ "id": "Observation.value[x]", "path": "Observation.value[x]", "slicing": { "rules": "open",
              "discriminator": [{ "type": "type", "path": "$this" }] } },
            { "id": "Observation.value[x]:valueQuantity", "path": "Observation.value[x]",
              "sliceName": "valueQuantity", "min": 1, "type": quantity },
            { "id": "Observation.value[x]:valueQuantity.system", "path": "Observation.value[x].system",
              "min": 1 }]),
            vec!["Observation.value.system at least 1,"],
        ),
    ] {
        assert_eq!(
            wrong("Observation", elements.clone(), &observation()),
            expected,
            "{elements}"
        );
    }
}

#[test]
fn slices_are_told_apart_by_value_or_pattern() {
    let sliced = |rules: &str, max: &str| {
        json!([
            { "id": "Patient.identifier", "path": "Patient.identifier", "slicing": { "rules": rules,
                "discriminator": [{ "type": "value", "path": "system" }] } },
            { "id": "Patient.identifier:a", "path": "Patient.identifier", "sliceName": "a", "min": 1,
                "max": max },
            { "id": "Patient.identifier:a.system", "path": "Patient.identifier.system", "fixedUri": "urn:a" },
            { "id": "Patient.identifier:a.value", "path": "Patient.identifier.value", "maxLength": 1 } ])
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(wrong("Patient", sliced("open", "1"), &patient()), none);
    assert_eq!(
        wrong("Patient", sliced("closed", "1"), &patient()),
        ["Patient.identifier[1] it belongs to"]
    );
    let mut two = patient();
    two["identifier"][1]["system"] = json!("urn:a");
    let expected = [
        "Patient.identifier at most 1",
        "Patient.identifier[1].value at most 1",
    ];
    assert_eq!(wrong("Patient", sliced("open", "1"), &two), expected);
    two["identifier"] = json!([{ "system": "urn:b" }]);
    assert_eq!(
        wrong("Patient", sliced("open", "*"), &two),
        ["Patient.identifier at least 1"]
    );

    // The pattern stands on an element on the way.
    let by_pattern = json!([
        { "path": "Observation.component", "slicing": { "rules": "open",
            "discriminator": [{ "type": "pattern", "path": "code" }] } },
        { "path": "Observation.component", "sliceName": "a", "min": 1 },
        { "id": "Observation.component:a.code", "path": "Observation.component.code", "patternCodeableConcept":
            { "coding": [{ "system": "urn:c", "code": "a" }] } },
        { "id": "Observation.component:a.value[x]", "path": "Observation.component.value[x]", "type": [{ "code": "string" }] },
        { "path": "Observation.component", "sliceName": "c", "min": 1 },
        { "id": "Observation.component:c.code", "path": "Observation.component.code", "patternCodeableConcept":
            { "coding": [{ "system": "urn:c", "code": "c" }] } },
        { "path": "Observation.status", "fixedCode": "final" } ]);
    let expected = [
        "Observation.component[0].value the type is",
        "Observation.component at least 1",
    ];
    assert_eq!(wrong("Observation", by_pattern, &observation()), expected);

    let extension = json!([
        { "path": "Patient.extension", "slicing": { "rules": "open",
            "discriminator": [{ "type": "value", "path": "url" }] } },
        { "path": "Patient.extension", "sliceName": "nation", "min": 1,
            "type": [{ "code": "Extension", "profile": ["urn:nation"] }] } ]);
    let profile = read("Patient", extension.clone()).unwrap();
    assert_eq!(
        profile.not_checked,
        ["Patient.extension:nation: what urn:nation asks within"]
    );
    assert_eq!(
        wrong("Patient", extension.clone(), &patient()),
        ["Patient.extension at least 1"]
    );
    let mut with = patient();
    with["extension"] = json!([{ "url": "urn:nation", "valueString": "汉" }]);
    assert_eq!(wrong("Patient", extension, &with), none);
}

#[test]
fn codes_of_local_value_sets_are_left_to_the_terminology() {
    let elements = json!([{ "path": "Observation.code", "binding": { "strength": "required",
        "valueSet": "urn:set|1" } }]);
    let profile = read("Observation", elements).unwrap();
    let checked = profile.check(&resource(&observation()));
    assert!(checked.issues.is_empty());
    assert_eq!(checked.codes[0].value_set, "urn:set");
    assert_eq!(checked.codes[0].place, "Observation.code");
    assert_eq!(checked.codes[0].codings.len(), 2);
}

#[test]
fn what_is_not_checked_is_told_and_what_makes_no_sense_is_refused() {
    let told = json!([
        { "path": "Observation.value[x]", "maxValueQuantity": { "value": 3 } },
        { "path": "Observation.code", "binding": { "strength": "required",
            "valueSet": "http://hl7.org/fhir/ValueSet/observation-codes" } },
        { "path": "Observation.subject", "type": [{ "code": "Reference",
            "targetProfile": ["urn:other"], "aggregation": ["bundled"] }] },
        { "path": "Observation.note", "constraint": [{ "key": "x", "severity": "error", "human": "y" }] },
        { "path": "Observation.category", "slicing": { "rules": "openAtEnd", "ordered": true,
            "description": "x" } } ]);
    assert_eq!(read("Observation", told).unwrap().not_checked.len(), 7);
    for (elements, expected) in [
        (
            json!([{ "path": "Patient.colour" }]),
            "Patient has no element colour",
        ),
        (
            json!([{ "path": "Patient.contained.id", "min": 1 }]),
            "within a Resource is not checked",
        ),
        (
            json!([{ "path": "Patient.birthDate.extension", "min": 1 }]),
            "within a date is not checked",
        ),
        (
            json!([{ "path": "Patient.deceased[x].extension", "min": 1 }]),
            "narrow the choice",
        ),
        (
            json!([{ "path": "Patient.name", "sliceName": "a/b" }]),
            "slices of slices",
        ),
        (
            json!([{ "path": "Patient.name", "sliceName": "a" }]),
            "known by no fixed",
        ),
        (
            json!([{ "path": "Patient.name", "slicing": { "rules": "open",
            "discriminator": [{ "type": "exists", "path": "use" }] } }]),
            "not by exists",
        ),
        (
            json!([{ "path": "Patient.gender", "type": [{ "code": "string" }] }]),
            "another than R4's",
        ),
    ] {
        let why = read("Patient", elements.clone()).err().unwrap_or_default();
        assert!(why.contains(expected), "{elements}: {why}");
        assert!(why.starts_with("StructureDefinition.differential"), "{why}");
    }
    for (member, value) in [
        ("derivation", "specialization"),
        ("type", "HumanName"),
        ("baseDefinition", "urn:other-profile"),
    ] {
        let mut wrong = definition("Patient", json!([{ "path": "Patient" }]));
        wrong[member] = json!(value);
        assert!(Profile::read(&resource(&wrong)).is_err(), "{member}");
    }
}
