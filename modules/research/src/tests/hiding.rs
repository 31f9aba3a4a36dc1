//! What an extract must hold: k patients a group, k a code, and nobody's name.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::{Reply, TestApp, on_each_engine};

use super::world::{DIAGNOSES, Person, World, fhir, file, made, modules, settle_in, table, world};

fn person() -> impl Strategy<Value = Person> {
    let parts = (
        any::<bool>(),
        1930_i16..2010,
        0_u8..3,
        0_usize..3,
        0_usize..6,
        0_usize..3,
    );
    parts.prop_map(
        |(female, year, county, clinic, diagnosis, results)| Person {
            female,
            year,
            county,
            clinic,
            diagnosis: if diagnosis == 5 { 0 } else { diagnosis },
            results,
        },
    )
}

/// A population, the same in each run.
fn population(runner: &mut TestRunner, size: usize) -> Vec<Person> {
    let people = proptest::collection::vec(person(), size);
    people.new_tree(runner).unwrap().current()
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

fn assert_groups(groups: impl Iterator<Item = Vec<String>>, k: usize, report: &Value) {
    let mut counted: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for group in groups {
        *counted.entry(group).or_default() += 1;
    }
    assert!(
        counted.values().all(|patients| *patients >= k),
        "{counted:?} {report}"
    );
    let smallest = counted.values().min().copied().unwrap_or_default();
    assert_eq!(report["smallest"], smallest);
    assert_eq!(report["after"]["groups"], counted.len());
}

/// Every group of a table has k patients, and so has every diagnosis in it.
async fn assert_table(world: &World, extract: &Reply, k: usize) -> String {
    let text = file(world, extract, "table", "csv").await;
    let rows = rows(&text);
    let head = [
        "patient",
        "sex",
        "age",
        "county",
        "organization",
        "diagnosis",
        "results",
        "first-entry",
    ];
    assert_eq!(rows[0], head);
    let report = &extract.json["report"];
    assert_eq!(report["patients"], rows.len() - 1);
    assert_groups(rows[1..].iter().map(|row| row[1..5].to_vec()), k, report);
    let mut diagnoses: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows[1..] {
        *diagnoses.entry(&row[5]).or_default() += 1;
    }
    assert!(
        diagnoses.iter().all(|(code, n)| code.is_empty() || *n >= k),
        "{diagnoses:?}"
    );
    text
}

/// Every group of Patients has k, and every code is one of k patients.
async fn assert_fhir(world: &World, extract: &Reply, k: usize) -> String {
    let mut all = String::new();
    let mut codes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut people = BTreeSet::new();
    for listed in extract.json["files"].as_array().unwrap() {
        let name = listed["name"].as_str().unwrap();
        let text = file(world, extract, name, "ndjson").await;
        assert_eq!(listed["rows"], text.lines().count());
        for line in text.lines() {
            let one: Value = serde_json::from_str(line).unwrap();
            assert_eq!(one["resourceType"], name);
            fhir::Resource::parse(line.as_bytes()).unwrap();
            if name == "Patient" {
                people.insert(one["id"].as_str().unwrap().to_owned());
            } else {
                let patient = one["subject"]["reference"].as_str().unwrap().to_owned();
                note_codes(&one, &patient, &mut codes);
            }
        }
        if name == "Patient" {
            let groups = text.lines().map(|line| {
                let one: Value = serde_json::from_str(line).unwrap();
                let parts = [
                    "gender",
                    "extension",
                    "address",
                    "managingOrganization",
                    "deceasedBoolean",
                ];
                parts.map(|part| one[part].to_string()).to_vec()
            });
            assert_groups(groups, k, &extract.json["report"]);
        }
        all.push_str(&text);
    }
    assert!(
        codes.values().all(|patients| patients.len() >= k),
        "{codes:?}"
    );
    let known = |patient: &String| people.contains(patient.trim_start_matches("Patient/"));
    assert!(codes.values().flatten().all(known));
    all
}

fn note_codes(value: &Value, patient: &str, codes: &mut BTreeMap<String, BTreeSet<String>>) {
    if let (Some(system), Some(code)) = (value["system"].as_str(), value["code"].as_str()) {
        let key = format!("{system}|{code}");
        codes.entry(key).or_default().insert(patient.to_owned());
    }
    match value {
        Value::Object(fields) => fields
            .values()
            .for_each(|one| note_codes(one, patient, codes)),
        Value::Array(items) => items.iter().for_each(|one| note_codes(one, patient, codes)),
        _ => {}
    }
}

#[test]
fn of_any_population_every_group_has_k_and_nobody_is_named() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let mut runner = TestRunner::deterministic();
        let mut secrets: BTreeSet<String> = BTreeSet::new();
        let mut held = 0;
        // The population grows: each extract is of everybody so far.
        let everybody = population(&mut runner, 150);
        for (some, k) in everybody.chunks(50).zip([5_usize, 7, 5]) {
            let registered = settle_in_more(&app, &world, some, secrets.len()).await;
            secrets.extend(registered);
            for (body, shape) in [(table(&world), "table"), (fhir(&world), "fhir")] {
                let mut body = body;
                body["k"] = json!(k);
                let extract = made(&app, &world, body).await;
                let (state, report) = (&extract.json["state"], &extract.json["report"]);
                if state == "unmet" {
                    assert_eq!(report["holds"], false);
                    assert_eq!(extract.json["files"], json!([]));
                    continue;
                }
                assert_eq!(state, "ready", "{}", extract.json);
                held += 1;
                let found = report["patients_found"].as_i64().unwrap();
                assert!(
                    report["suppressed"].as_i64().unwrap() * 10 <= found,
                    "{report}"
                );
                let text = if shape == "table" {
                    assert_table(&world, &extract, k).await
                } else {
                    assert_fhir(&world, &extract, k).await
                };
                for secret in &secrets {
                    assert!(!text.contains(secret.as_str()), "{secret} is in the output");
                }
                assert!(!text.contains("example.org/own"));
            }
        }
        assert!(held >= 4, "{held} extracts held");
        app.assert_audit_whole().await;
    });
}

async fn settle_in_more(
    app: &TestApp,
    world: &World,
    people: &[Person],
    so_far: usize,
) -> Vec<String> {
    // Other numbers than those before, so that nobody is registered twice.
    let people: Vec<Person> = people
        .iter()
        .map(|one| Person {
            year: 1930 + (one.year - 1930 + i16::try_from(so_far % 7).unwrap()) % 80,
            ..one.clone()
        })
        .collect();
    let registered = settle_in(app, world, &people, so_far).await;
    registered.into_iter().flat_map(|one| one.secrets).collect()
}

fn alike(number: usize, diagnosis: usize) -> Person {
    Person {
        female: true,
        year: 1961,
        county: 0,
        clinic: 0,
        diagnosis,
        results: 1 + number % 2,
    }
}

#[test]
fn rare_codes_are_widened_and_those_who_denied_or_are_sensitive_stay_out() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        // Ten alike with one diagnosis, three with another of its category, four with a rare one.
        let people: Vec<Person> = (0..17)
            .map(|n| {
                alike(
                    n,
                    if n < 10 {
                        0
                    } else if n < 13 {
                        1
                    } else {
                        5
                    },
                )
            })
            .collect();
        let registered = settle_in(&app, &world, &people, 0).await;
        let denial = json!({ "decision": "deny", "reach": "everyone", "purpose": "不同意用于研究",
            "purpose_of_use": "research" });
        let path = format!("/api/patients/{}/consents", registered[0].id);
        world.doctors[0].post(&path, denial).await.expect(201);
        let hold = json!({ "reason": "医疗纠纷，法院函 2026-11" });
        let officer = app.client("privacy-officer", world.clinics[0]).await;
        let path = format!("/api/patients/{}/legal-holds", registered[1].id);
        officer.post(&path, hold).await.expect(201);
        // One of the ten also has a sensitive diagnosis.
        let aids = json!({ "resourceType": "Condition", "onsetDateTime": "2026-05-05",
            "subject": { "reference": format!("Patient/{}", registered[2].id) },
            "code": { "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10", "code": "B20" }] } });
        let bytes = axum::body::Body::from(aids.to_string());
        let sent = world.doctors[0].send(
            "POST",
            "/fhir/Condition",
            Some("application/fhir+json"),
            bytes,
        );
        sent.await.expect(201);

        let extract = made(&app, &world, table(&world)).await;
        assert_eq!(extract.json["state"], "ready", "{}", extract.json);
        let report = &extract.json["report"];
        assert_eq!(
            (&report["denied"], &report["legal_hold"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(
            (&report["patients"], &report["sensitive_entries"]),
            (&json!(15), &json!(1))
        );
        // Small organizations are given by their kind.
        assert_eq!(report["organizations_grouped"], 1);
        let text = assert_table(&world, &extract, 5).await;
        let of = |code: &str| rows(&text).iter().filter(|row| row[5] == code).count();
        // Eight keep theirs; the three of the category are too few for it as well, and say nothing.
        assert_eq!(
            (of(DIAGNOSES[0]), of("E11"), of(""), of("B20")),
            (8, 0, 7, 0)
        );
        assert!(report["codes_dropped"].as_i64().unwrap() >= 2, "{report}");
        assert_eq!(report["l"], 2);
        assert!(text.contains("village-clinic") && !text.contains("V1"));

        let extract = made(&app, &world, fhir(&world)).await;
        assert_eq!(extract.json["state"], "ready", "{}", extract.json);
        let text = assert_fhir(&world, &extract, 5).await;
        assert!(!text.contains("B20") && !text.contains("C34"));
        assert!(text.contains("mm[Hg]") && text.contains("8480-6"));
        for secret in registered.iter().flat_map(|one| &one.secrets) {
            assert!(!text.contains(secret.as_str()), "{secret}");
        }
    });
}

#[test]
fn two_extracts_cannot_be_joined() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let people: Vec<Person> = (0..12).map(|n| alike(n, 0)).collect();
        settle_in(&app, &world, &people, 0).await;
        let mut names = BTreeSet::new();
        let mut days = Vec::new();
        for _ in 0..2 {
            let extract = made(&app, &world, table(&world)).await;
            let text = file(&world, &extract, "table", "csv").await;
            let rows = rows(&text);
            names.extend(rows[1..].iter().map(|row| row[0].clone()));
            days.push(
                rows[1..]
                    .iter()
                    .map(|row| row[7].clone())
                    .collect::<Vec<String>>(),
            );
        }
        assert_eq!(names.len(), 24);
        assert_ne!(days[0], days[1]);
        assert!(days.iter().flatten().any(|day| day != "2026-03-02"));
    });
}
