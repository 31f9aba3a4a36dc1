//! Patches: what is asked changes, and nothing else does.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use lianti_fhir::Resource;
use lianti_fhir::json::{Document, Limits};
use lianti_fhir::patch::{fhirpath_patch, json_patch};

const BEFORE: &str = r#"{"resourceType":"Observation", "id":"o","status":"final",
 "valueQuantity":{"value":1.00,"unit":"g"},"note":[{"text":"a"},{"text":"b"}],"effectiveDateTime":"2024"}"#;

fn json(patch: &str) -> Result<String, String> {
    let resource = Resource::parse(BEFORE.as_bytes()).unwrap();
    let patch = Document::parse(patch.as_bytes(), Limits::RESOURCE).unwrap();
    json_patch(&resource, &patch)
        .map(|after| after.text().to_owned())
        .map_err(|issue| issue.details)
}

#[test]
fn json_patches_keep_what_they_do_not_touch() {
    let check = |patch: &str, from: &str, to: &str| {
        assert_eq!(
            json(patch).unwrap(),
            BEFORE.replacen(from, to, 1),
            "{patch}"
        );
    };
    check(
        r#"[{"op":"replace","path":"/status","value":"amended"}]"#,
        "final",
        "amended",
    );
    check(
        r#"[{"op":"test","path":"/valueQuantity/value","value":1.0},{"op":"add","path":"/note/1","value":{"text":"x"}}]"#,
        r#"{"text":"b"}"#,
        r#"{"text":"x"},{"text":"b"}"#,
    );
    check(
        r#"[{"op":"add","path":"/note/-","value":{"text":"x"}}]"#,
        r#"{"text":"b"}"#,
        r#"{"text":"b"},{"text":"x"}"#,
    );
    check(
        r#"[{"op":"remove","path":"/note/0"}]"#,
        r#"{"text":"a"},"#,
        "",
    );
    check(
        r#"[{"op":"remove","path":"/effectiveDateTime"}]"#,
        r#","effectiveDateTime":"2024""#,
        "",
    );
    check(
        r#"[{"op":"add","path":"/valueQuantity/code","value":"g"}]"#,
        r#""unit":"g""#,
        r#""unit":"g","code":"g""#,
    );
    check(
        r#"[{"op":"copy","from":"/status","path":"/valueQuantity/unit"}]"#,
        r#""g""#,
        r#""final""#,
    );
    check(
        r#"[{"op":"move","from":"/note/1","path":"/note/0"}]"#,
        r#"{"text":"a"},{"text":"b"}"#,
        r#"{"text":"b"},{"text":"a"}"#,
    );
}

#[test]
fn json_patches_that_cannot_be_are_refused() {
    for patch in [
        r#"[{"op":"test","path":"/status","value":"x"}]"#,
        r#"[{"op":"remove","path":"/nothing"}]"#,
        r#"[{"op":"add","path":"/note/9","value":1}]"#,
        r#"[{"op":"replace","path":"/id","value":"z"}]"#,
        r#"[{"op":"jump","path":"/id"}]"#,
        r#"[{"op":"move","from":"/note","path":"/note/0/x"}]"#,
        r#"{}"#,
        r#"[{"op":"remove","path":""}]"#,
        r#"[{"op":"add","path":"/note/01","value":1}]"#,
    ] {
        assert!(json(patch).is_err(), "{patch}");
    }
}

fn operation(parts: &[(&str, &str)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|(name, value)| format!(r#"{{"name":"{name}",{value}}}"#))
        .collect();
    format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"operation","part":[{}]}}]}}"#,
        parts.join(",")
    )
}

fn path_patch(parts: &[(&str, &str)]) -> Result<String, String> {
    let resource = Resource::parse(BEFORE.as_bytes()).unwrap();
    let patch = Resource::parse(operation(parts).as_bytes()).unwrap();
    fhirpath_patch(&resource, &patch)
        .map(|after| after.text().to_owned())
        .map_err(|issue| issue.details)
}

#[test]
fn fhirpath_patches_keep_what_they_do_not_touch() {
    let check = |parts: &[(&str, &str)], from: &str, to: &str| {
        assert_eq!(
            path_patch(parts).unwrap(),
            BEFORE.replacen(from, to, 1),
            "{parts:?}"
        );
    };
    let code = r#""valueCode":"#;
    let kind = |kind: &str| format!(r#"{code}"{kind}""#);
    check(
        &[
            ("type", &kind("replace")),
            ("path", r#""valueString":"Observation.status""#),
            ("value", r#""valueCode":"amended""#),
        ],
        "final",
        "amended",
    );
    check(
        &[
            ("type", &kind("replace")),
            ("path", r#""valueString":"Observation.value""#),
            ("value", r#""valueString":"x""#),
        ],
        r#""valueQuantity":{"value":1.00,"unit":"g"}"#,
        r#""valueString":"x""#,
    );
    check(
        &[
            ("type", &kind("delete")),
            (
                "path",
                r#""valueString":"Observation.note.where(text='a')""#,
            ),
        ],
        r#"{"text":"a"},"#,
        "",
    );
    check(
        &[
            ("type", &kind("add")),
            ("path", r#""valueString":"Observation""#),
            ("name", r#""valueString":"note""#),
            ("value", r#""part":[{"name":"text","valueString":"c"}]"#),
        ],
        r#"{"text":"b"}"#,
        r#"{"text":"b"},{"text":"c"}"#,
    );
    check(
        &[
            ("type", &kind("insert")),
            ("path", r#""valueString":"Observation.note""#),
            ("index", r#""valueInteger":0"#),
            ("value", r#""valueAnnotation":{"text":"0"}"#),
        ],
        r#"{"text":"a"}"#,
        r#"{"text":"0"},{"text":"a"}"#,
    );
    check(
        &[
            ("type", &kind("move")),
            ("path", r#""valueString":"Observation.note""#),
            ("source", r#""valueInteger":0"#),
            ("destination", r#""valueInteger":1"#),
        ],
        r#"{"text":"a"},{"text":"b"}"#,
        r#"{"text":"b"},{"text":"a"}"#,
    );
    assert!(
        path_patch(&[
            ("type", &kind("replace")),
            ("path", r#""valueString":"Observation.method""#),
            ("value", r#""valueCode":"x""#)
        ])
        .is_err()
    );
    assert!(
        path_patch(&[
            ("type", &kind("add")),
            ("path", r#""valueString":"Observation""#),
            ("name", r#""valueString":"colour""#),
            ("value", r#""valueCode":"x""#)
        ])
        .is_err()
    );
}
