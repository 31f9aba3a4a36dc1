//! The official FHIRPath cases for R4. Those not met are listed in `fhirpath-unmet.txt`, and the
//! list is exact: a case that starts to fail, or to pass, fails this test.
//!
//! The cases are not in the repository: `cargo xtask test` fetches them into `target/`.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lianti_fhir::Resource;
use lianti_fhir::fhirpath::{Context, Element, Expression, Item};
use lianti_fhir::temporal::Temporal;

struct Case {
    name: String,
    input: String,
    expression: String,
    invalid: String,
    predicate: bool,
    outputs: Vec<(String, String)>,
}

fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, letter) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, letter);
    }
    text
}

fn attribute(tag: &str, name: &str) -> String {
    let found = tag
        .split_once(&format!("{name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'));
    found.map(|(value, _)| plain(value)).unwrap_or_default()
}

/// The parts `<name …>…</name>` of a text: tag and content.
fn parts<'a>(text: &'a str, name: &str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(&format!("<{name}")) {
        rest = &rest[at..];
        let end = rest.find('>').unwrap();
        let tag = &rest[..end];
        if tag.ends_with('/') {
            found.push((tag, ""));
            rest = &rest[end..];
            continue;
        }
        let close = rest.find(&format!("</{name}>")).unwrap();
        found.push((tag, &rest[end + 1..close]));
        rest = &rest[close..];
    }
    found
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut text = fs::read_to_string(folder.join("tests-fhir-r4.xml")).unwrap();
    while let (Some(start), Some(end)) = (text.find("<!--"), text.find("-->")) {
        text.replace_range(start..end + 3, "");
    }
    text.split("<test ")
        .skip(1)
        .map(|test| {
            let test = test.split("</test>").next().unwrap();
            let (tag, body) = test.split_once('>').unwrap();
            let tag = &format!(" {tag}");
            let expression = parts(body, "expression").remove(0);
            let output = |(tag, value): (&str, &str)| (attribute(tag, "type"), plain(value));
            Case {
                name: attribute(tag, " name"),
                input: attribute(tag, "inputfile"),
                invalid: attribute(expression.0, "invalid"),
                predicate: attribute(tag, "predicate") == "true",
                expression: plain(expression.1),
                outputs: parts(body, "output").into_iter().map(output).collect(),
            }
        })
        .collect()
}

fn shown(item: &Item<'_>) -> String {
    item.written().map(String::from).unwrap_or_default()
}

/// What went otherwise than the case says.
fn problem(case: &Case, resource: &Resource) -> Option<String> {
    let expression = match Expression::parse(&case.expression) {
        Ok(expression) => expression,
        Err(_) if !case.invalid.is_empty() => return None,
        Err(error) => return Some(error),
    };
    let root = Element::root(resource);
    let now = Temporal::parse("2026-01-02T03:04:05.678+08:00");
    let strict = case.invalid == "semantic";
    let context = Context {
        now,
        strict,
        ..Context::new(root)
    };
    let items = match expression.evaluate_on(root, &context) {
        Ok(items) if !case.invalid.is_empty() => return Some(format!("not refused: {items:?}")),
        Ok(items) => items,
        Err(_) if !case.invalid.is_empty() => return None,
        Err(error) => return Some(error),
    };
    if case.predicate {
        let truth = match items.as_slice() {
            [] => false,
            [one] => one.as_boolean() == Some(true),
            _ => true,
        };
        let wanted = case
            .outputs
            .first()
            .is_some_and(|(_, value)| value == "true");
        return (truth != wanted).then(|| format!("{items:?}"));
    }
    let got: Vec<String> = items.iter().map(shown).collect();
    let fits = got.len() == case.outputs.len()
        && got.iter().zip(&case.outputs).all(|(got, (kind, wanted))| {
            let wanted = wanted.trim_start_matches('@');
            let wanted = if kind == "time" {
                wanted.trim_start_matches('T')
            } else {
                wanted
            };
            got == wanted || (kind == "string" && wanted.is_empty()) || kind.is_empty()
        });
    (!fits).then(|| format!("{got:?}, not {:?}", case.outputs))
}

#[test]
fn official_cases() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/fhirpath-cases");
    if !folder.is_dir() {
        println!(
            "SKIPPED: no cases in {}; run `cargo xtask test --only rust`",
            folder.display()
        );
        return;
    }
    let cases = cases(&folder);
    let mut unmet = BTreeSet::new();
    for case in &cases {
        let input = if case.input.is_empty() {
            "patient-example.json"
        } else {
            &case.input
        };
        let resource =
            Resource::parse(&fs::read(folder.join("input").join(input)).unwrap()).unwrap();
        if let Some(problem) = problem(case, &resource) {
            println!("{}: {} -> {problem}", case.name, case.expression);
            unmet.insert(case.name.clone());
        }
    }
    println!("{} of {} cases met", cases.len() - unmet.len(), cases.len());
    let list = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fhir/fhirpath-unmet.txt");
    let text: String = unmet.iter().map(|name| format!("{name}\n")).collect();
    #[expect(
        clippy::disallowed_methods,
        reason = "how every snapshot of this repository is written"
    )]
    if std::env::var("LIANTI_WRITE_SNAPSHOTS").is_ok() {
        fs::write(&list, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&list).unwrap_or_default(), text);
}
