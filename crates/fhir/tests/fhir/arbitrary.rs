//! Nothing that anyone sends makes this crate panic.

use lianti_fhir::fhirpath::Expression;
use lianti_fhir::json::{Document, Limits};
use lianti_fhir::patch::{fhirpath_patch, json_patch};
use lianti_fhir::search::{extract, parse_criteria, parse_query};
use lianti_fhir::{Resource, validate};
use proptest::prelude::*;

const PATIENT: &str = r##"{"resourceType":"Patient","id":"a","meta":{"versionId":"1","tag":[{"system":"s","code":"c"}]},
 "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
 "contained":[{"resourceType":"Organization","id":"o","name":"\u5f20"}],"extension":[{"url":"http://e","valueDecimal":1.10}],
 "identifier":[{"system":"urn:x","value":"12"}],"name":[{"family":"张","given":["三",null],"_given":[null,{"id":"q"}]}],
 "birthDate":"1990-01-02","_birthDate":{"extension":[{"url":"http://t","valueDateTime":"1990-01-02T01:02:03.5+08:00"}]},
 "deceasedBoolean":false,"managingOrganization":{"reference":"#o"},"multipleBirthInteger":-1e2}"##;

const WORDS: &[&str] = &[
    "code",
    "_has:",
    "Observation:",
    "patient",
    ":",
    ".",
    "subject:Patient.",
    "name",
    ":exact",
    ":missing",
    "=",
    "_sort",
    "-",
    "_include",
    "*",
    ":iterate",
    "|",
    "$",
    ",",
    "\\",
    "ge",
    "2024-02",
    "1e5",
    "value-quantity",
    "_count",
    "true",
    "张",
    "%",
    "+",
    "&",
    "_type",
    "Patient",
    "_id",
    "_lastUpdated",
];

const PATHS: &[&str] = &[
    "Patient",
    ".",
    "name",
    "where(",
    ")",
    "(",
    "=",
    "'a'",
    "1",
    "2.5",
    "+",
    "-",
    "*",
    "/",
    "div",
    "mod",
    "@2024-01",
    "@T10",
    "is",
    "as",
    "Quantity",
    "[",
    "]",
    "descendants()",
    "first()",
    "$this",
    "%resource",
    "and",
    "not()",
    "|",
    "&",
    "'mg'",
    "resolve()",
    "repeat(",
    "children()",
    "toString()",
    "matches('a*')",
    "{}",
    "~",
    ",",
    "power(2, 99)",
    "days",
    "substring(1)",
    "round(3)",
    "sqrt()",
    "toInteger()",
    "aggregate($total+1, 0)",
    "-9223372036854775807",
    "9223372036854775807",
    ">",
    "contains",
    "select(",
    "iif(",
];

fn everything(text: &[u8]) {
    if let Ok(resource) = Resource::parse(text) {
        let _ = validate::validate(&resource);
        let _ = extract(&resource, "http://h");
        let _ = fhirpath_patch(&resource, &resource);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        everything(&bytes);
    }

    #[test]
    fn a_resource_with_bytes_changed(at in 0..PATIENT.len(), with in prop::collection::vec(prop::sample::select(br#"{}[]",:\01e-.ntaZT#/"#.to_vec()), 0..4), gone in 0..5_usize) {
        let bytes = PATIENT.as_bytes();
        let end = (at + gone).min(bytes.len());
        everything(&[&bytes[..at], &with, &bytes[end..]].concat());
    }

    #[test]
    fn any_query(words in prop::collection::vec(prop::sample::select(WORDS), 0..12), value in ".{0,12}") {
        let text = words.concat();
        let (name, rest) = text.split_once('=').unwrap_or((&text, &value));
        let pairs = [(name.to_owned(), rest.to_owned()), ("code".to_owned(), value)];
        let _ = parse_query(Some("Observation"), &pairs, true);
        let _ = parse_query(None, &pairs, false);
        let _ = parse_criteria("Patient", &text);
    }

    #[test]
    fn any_path(words in prop::collection::vec(prop::sample::select(PATHS), 0..10), dots in any::<bool>()) {
        let resource = Resource::parse(PATIENT.as_bytes()).unwrap();
        if let Ok(expression) = Expression::parse(&words.join(if dots { "." } else { " " })) {
            let _ = expression.evaluate(&resource);
        }
    }

    #[test]
    fn any_json_patch(op in prop::sample::select(&["add", "remove", "replace", "move", "copy", "test"][..]),
        path in "(/(name|0|given|-|1|_birthDate|~1|resourceType)){0,4}", from in "(/(name|0|given|id)){0,3}") {
        let resource = Resource::parse(PATIENT.as_bytes()).unwrap();
        let patch = format!(r#"[{{"op":"{op}","path":"{path}","from":"{from}","value":{{"a":1.0}}}}]"#);
        let patch = Document::parse(patch.as_bytes(), Limits::RESOURCE).unwrap();
        if let Ok(after) = json_patch(&resource, &patch) {
            everything(after.text().as_bytes());
        }
    }
}

#[test]
fn hostile_texts_are_refused() {
    let refused = |text: &[u8]| Resource::parse(text).unwrap_err();
    let deep = format!(r#"{{"resourceType":"Patient","x":{}"#, "[".repeat(100_000));
    assert!(refused(deep.as_bytes()).details.contains("deeper"));
    assert!(
        refused(b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}")
            .details
            .contains("UTF-8")
    );
    assert!(
        refused(b"{\"resourceType\":\"Patient\",\"id\":\"a\x01\"}")
            .details
            .contains("control")
    );
    assert!(
        refused(br#"{"resourceType":"Patient","id":"a\u0000"}"#)
            .details
            .contains("control")
    );
    assert!(
        refused(br#"{"resourceType":"Patient","id":"\ud800"}"#)
            .details
            .contains("surrogate")
    );
    let twice =
        refused(br#"{"resourceType":"Patient","name":[{"text":"a"},{"text":"a","text":"b"}]}"#);
    assert_eq!(twice.expression, "name[1].text");
    for text in [
        "",
        "{",
        "[]",
        "{} {}",
        "{\"resourceType\":\"Nothing\"}",
        "{\"resourceType\":7}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":+1}",
        "{\"a\" 1}",
        "{,}",
        "[1,]",
        "nul",
    ] {
        let _ = refused(text.as_bytes());
    }
    let wide = format!(
        r#"{{"resourceType":"Patient",{}"a":1}}"#,
        (0..5_000)
            .map(|n| format!("\"m{n}\":1,"))
            .collect::<String>()
    );
    assert!(refused(wide.as_bytes()).details.contains("many"));
}

/// Sixteen megabytes of the worst shape cost no more than reading them.
#[test]
fn large_hostile_texts_take_no_time() {
    let shapes = [
        format!(r#"{{"resourceType":"Patient","name":[{{"given":[{}null],"_given":[{0}null]}}]}}"#, "null,".repeat(400_000)),
        format!(r#"{{"resourceType":"Basic","contained":[{}{{}}]}}"#, r##"{"resourceType":"Basic","id":"a","subject":{"reference":"#b"}},"##.repeat(60_000)),
        format!(r#"{{"resourceType":"CodeSystem","concept":[{}{{}}]}}"#, r#"{"code":"a"},"#.repeat(150_000)),
        format!(r#"{{"resourceType":"Observation","component":[{}{{}}]}}"#, r#"{"code":{"coding":[{"code":"a"},{"code":"b"}]},"valueCodeableConcept":{"coding":[{"code":"a"},{"code":"b"}]}},"#.repeat(40_000)),
    ];
    for shape in &shapes {
        everything(shape.as_bytes());
    }
    let many = format!("[{}0]", "0,".repeat(2_000_000));
    assert!(Resource::parse(many.as_bytes()).is_err());
}
