//! The official R4 examples, stored and returned: every byte but the stamp is as it came.
//!
//! They are not in the repository; `cargo xtask test` fetches their package into `target/`.

use std::fs;
use std::path::PathBuf;

use fhir::Resource;
use testkit::{TestApp, on_postgres, on_sqlite};

use super::world::{modules, register, send, world};
use crate::kinds;

/// Examples that break the specification they illustrate.
const INVALID: &[&str] = &[
    "DeviceMetric-example",
    "DeviceUseStatement-example",
    "MedicationRequest-medrx0301",
    "Observation-clinical-gender",
    "Questionnaire-qs1",
];
/// Definitions come by the thousand and add nothing; one in so many is enough.
const SAMPLED: usize = 60;

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

fn examples() -> Vec<(String, String)> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/fhir-r4-examples/package");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("SKIPPED: no examples in {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    let mut definitions = 0;
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let fits = name.contains('-') && fs::metadata(&path).unwrap().len() < 200_000;
        if !fits || INVALID.contains(&name.as_str()) {
            continue;
        }
        if is_definition(&name) {
            definitions += 1;
            if definitions % SAMPLED != 0 {
                continue;
            }
        }
        if let Ok(text) = fs::read_to_string(&path) {
            found.push((name, text));
        }
    }
    found
}

/// References to the examples' patients, turned to one who is registered here.
fn about(text: &str, patient: &str) -> String {
    let mut parts = text.split("\"Patient/");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(['"', '/']).unwrap();
        out.push_str("\"Patient/");
        out.push_str(patient);
        out.push_str(&part[end..]);
    }
    out
}

async fn all_come_back(app: TestApp, every: usize) {
    let world = world(&app).await;
    let patient = register(&world.doctor, "王小明").await.to_string();
    let (mut stored, mut refused) = (0, Vec::new());
    for (name, text) in examples().into_iter().step_by(every) {
        let text = about(&text, &patient);
        let Ok(resource) = Resource::parse(text.as_bytes()) else {
            continue;
        };
        let (kind, Some(id)) = (resource.type_name(), resource.id()) else {
            continue;
        };
        // Consents are read into the record's own command; see `consents`.
        if kinds::owner_api(kind).is_some() || kind == "Consent" {
            continue;
        }
        let path = format!("/fhir/{kind}/{id}");
        let reply = send(&world.doctor, "PUT", &path, text.clone()).await;
        if !reply.status.is_success() {
            refused.push(format!(
                "{name}: {} {}",
                reply.status, reply.json["issue"][0]["details"]["text"]
            ));
            continue;
        }
        let read = world.doctor.get(&path).await.expect(200);
        let read = String::from_utf8(read.bytes.to_vec()).unwrap();
        let (sent, got) = (unstamped(&text), unstamped(&read));
        assert_eq!(sent, got, "{name} changed on the way");
        stored += 1;
    }
    println!("{stored} examples stored, refused: {refused:#?}");
    assert!(refused.len() * 50 <= stored, "{refused:#?}");
}

/// The text without what the server sets: id stays, version and time go.
fn unstamped(text: &str) -> Vec<String> {
    let resource = Resource::parse(text.as_bytes()).unwrap();
    let mut parts = Vec::new();
    for member in resource.root().members() {
        if member.name() != "meta" {
            parts.push([member.name(), "=", member.raw()].concat());
            continue;
        }
        for inner in member.members() {
            if !matches!(inner.name(), "versionId" | "lastUpdated") {
                parts.push(["meta.", inner.name(), "=", inner.raw()].concat());
            }
        }
    }
    parts
}

#[test]
fn the_official_examples_come_back_unchanged() {
    on_sqlite(modules, async |app| all_come_back(app, 1).await);
}

#[test]
fn some_of_them_on_postgres_too() {
    on_postgres(modules, async |app| all_come_back(app, 7).await);
}
