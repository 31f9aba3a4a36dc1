//! What is found by which search: values extracted, queries understood.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use lianti_fhir::Resource;
use lianti_fhir::search::{
    Criterion, IndexValue, Modifier, QueryValue, extract, parse_criteria, parse_query,
};

fn values(json: &str, code: &str) -> Vec<String> {
    let resource = Resource::parse(json.as_bytes()).unwrap();
    extract(&resource, "http://here/fhir")
        .into_iter()
        .filter(|entry| entry.parameter.code == code)
        .map(|entry| match entry.value {
            IndexValue::Token {
                system,
                code,
                of_type,
                text,
            } => {
                let mut words = format!("{}|{code}", system.unwrap_or_default());
                if let Some((system, code)) = of_type {
                    words += &format!(" of {system}|{code}");
                }
                if let Some(text) = text {
                    words += &format!(" ({text})");
                }
                words
            }
            IndexValue::String {
                folded,
                pinyin,
                initials,
                ..
            } => {
                let pinyin = pinyin.map(|pinyin| format!(" {pinyin} {}", initials.unwrap()));
                folded + &pinyin.unwrap_or_default()
            }
            IndexValue::Reference(reference) => match reference.target {
                Some((kind, id)) => format!("{kind}/{id}"),
                None => reference
                    .url
                    .or(reference.identifier.map(|(_, value)| value))
                    .unwrap(),
            },
            other => format!("{other:?}"),
        })
        .collect()
}

const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o","status":"final",
 "code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic"}]},
 "subject":{"reference":"http://here/fhir/Patient/p1"},
 "performer":[{"reference":"Practitioner/d1"},{"identifier":{"system":"s","value":"77"}}],
 "effectivePeriod":{"start":"2024-01-01T00:00:00Z"},
 "valueQuantity":{"value":120.50,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},
 "component":[{"code":{"coding":[{"code":"a"},{"code":"b"}]},"valueQuantity":{"value":1,"unit":"片"}}]}"#;

#[test]
fn observations_give_their_values() {
    let check =
        |code: &str, expected: &[&str]| assert_eq!(values(OBSERVATION, code), expected, "{code}");
    check("code", &["http://loinc.org|8480-6 (systolic)"]);
    check("patient", &["Patient/p1"]);
    check("subject", &["Patient/p1"]);
    check("performer", &["Practitioner/d1", "77"]);
    check("status", &["|final"]);
    check(
        "combo-code",
        &["http://loinc.org|8480-6 (systolic)", "|a", "|b"],
    );
    assert_eq!(
        values(OBSERVATION, "component-code-value-quantity").len(),
        2
    );
    let date = values(OBSERVATION, "date");
    assert_eq!(
        date,
        ["Date { low: 1704067200000000, high: 9223372036854775807 }"]
    );
    let quantity = &values(OBSERVATION, "value-quantity")[0];
    assert!(quantity.contains("g.m-1.s-2"), "{quantity}");
}

#[test]
fn people_are_found_by_characters_and_pinyin() {
    let patient = r#"{"resourceType":"Patient","name":[{"family":"欧阳","given":["娜娜"]}],
      "active":true,"birthDate":"1990-05",
      "identifier":[{"type":{"coding":[{"system":"t","code":"MR"}]},"system":"h","value":"42"}],
      "telecom":[{"system":"phone","value":"138"}],"deceasedBoolean":false,
      "link":[{"other":{"reference":"Patient/2"},"type":"seealso"}]}"#;
    let check =
        |code: &str, expected: &[&str]| assert_eq!(values(patient, code), expected, "{code}");
    check(
        "name",
        &["欧阳 ouyang oy", "娜娜 nana nn", "欧阳娜娜 ouyangnana oynn"],
    );
    check("active", &["|true"]);
    check("identifier", &["h|42 of t|MR"]);
    check("phone", &["phone|138"]);
    check("deceased", &["|false"]);
    check("link", &["Patient/2"]);
}

fn query(text: &str) -> Result<Vec<Criterion>, String> {
    let pairs: Vec<(String, String)> = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match parse_query(Some("Observation"), &pairs, false) {
        Ok(query) => Ok(query
            .clauses
            .into_iter()
            .map(|clause| clause.criterion)
            .collect()),
        Err(issues) => Err(issues[0].details.clone()),
    }
}

#[test]
fn queries_are_understood() {
    let one = |text: &str| query(text).unwrap().remove(0);
    let Criterion::Value { any, .. } = one(r"code=http://loinc.org|8480-6,|x,a\,b") else {
        panic!()
    };
    let token = |system: Option<&str>, code: &str| QueryValue::Token {
        system: system.map(str::to_owned),
        code: Some(code.to_owned()),
    };
    assert_eq!(
        any,
        [
            token(Some("http://loinc.org"), "8480-6"),
            token(Some(""), "x"),
            token(None, "a,b")
        ]
    );
    let Criterion::Chain { targets, .. } = one("subject:Patient.organization.name:contains=市")
    else {
        panic!()
    };
    let Criterion::Chain { targets, .. } = &targets[0].1 else {
        panic!()
    };
    assert!(matches!(
        targets[0].1,
        Criterion::Value {
            modifier: Modifier::Contains,
            ..
        }
    ));
    let Criterion::Has {
        criterion, source, ..
    } = one("_has:Provenance:target:agent=Practitioner/1")
    else {
        panic!()
    };
    assert_eq!(source, "Provenance");
    assert!(matches!(*criterion, Criterion::Value { .. }));
    let Criterion::Value { any, .. } = one("value-quantity=ge5.4|http://unitsofmeasure.org|mg")
    else {
        panic!()
    };
    assert!(
        matches!(&any[0], QueryValue::Quantity { canonical: Some((number, code)), .. } if code == "g" && number.value == 0.0054)
    );
    let Criterion::Value { any, .. } = one("code-value-quantity=http://loinc.org|1$lt5") else {
        panic!()
    };
    assert!(matches!(&any[0], QueryValue::Composite(parts) if parts.len() == 2));
    assert!(matches!(one("date=sa2024-02"), Criterion::Value { .. }));
    assert!(matches!(one("patient=7"), Criterion::Value { .. }));
    assert!(matches!(
        one("code:missing=true"),
        Criterion::Missing { missing: true, .. }
    ));
}

#[test]
fn what_is_not_understood_is_refused() {
    let many = format!("code={}", vec!["x"; 10_000].join(","));
    for text in [
        "colour=red",
        "code:exact=x",
        "date=2026-02-30",
        "date:exact=2026",
        "value-quantity=five",
        "code=",
        "subject:Device2.name=x",
        "focus.name=x",
        "_filter=x",
        "_sort=colour",
        "_count=-1",
        "_include=Observation:code",
        "_has:Observation:code:x=1",
        "code:missing=maybe",
        "_has:Patient:general-practitioner:name=x",
        "code-value-quantity=x",
        &many,
        "_summary=none",
        "_lastUpdated:not=2024",
        "subject.subject.subject.subject.subject.subject.name=x",
    ] {
        assert!(query(text).is_err(), "{text}");
    }
    let pairs = [("colour".to_owned(), "red".to_owned())];
    assert_eq!(
        parse_query(Some("Patient"), &pairs, true).unwrap().ignored,
        ["colour"]
    );
    assert!(parse_criteria("Patient", "identifier=a%7C1&active=true").is_ok());
    assert!(parse_criteria("Patient", "_sort=name").is_err());
    assert!(parse_criteria("Patient", "").is_err());
}

#[test]
fn compartments_are_known() {
    use lianti_fhir::definitions::compartment;
    assert_eq!(
        compartment("Patient", "Observation"),
        ["subject", "performer"]
    );
    assert_eq!(compartment("Patient", "Patient"), ["link"]);
    assert!(compartment("Patient", "Organization").is_empty());
}
