//! Random scopes, random requests: nothing outside the scope comes back, on whatever path.

use kernel::AppGrant;
use kernel::{AppReach, AppRight, DataScope};
use serde_json::{Value, json};
use testkit::{Client, is_full, on_each_engine};

use super::world::{World, bearer, fhir, granted, modules, world};

const KINDS: [&str; 5] = ["*", "Patient", "Observation", "Encounter", "Organization"];
const RIGHTS: [&str; 7] = ["r", "s", "rs", "cruds", "c", "read", "u"];

/// A small generator of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

fn scopes(dice: &mut Dice) -> Vec<String> {
    (0..=dice.below(3))
        .map(|_| {
            let level = dice.of(&["patient", "patient", "user"]);
            format!("{level}/{}.{}", dice.of(&KINDS), dice.of(&RIGHTS))
        })
        .collect()
}

fn path(dice: &mut Dice, world: &World) -> String {
    let patient = world.patients[dice.below(2)].to_string();
    let observation = &world.observations[dice.below(2)];
    let kind = dice.of(&KINDS[1..]);
    match dice.below(14) {
        0 => format!("/fhir/{kind}"),
        1 => format!("/fhir/Patient/{patient}"),
        2 => format!("/fhir/Observation/{observation}"),
        3 => format!("/fhir/Observation/{observation}/_history"),
        4 => format!("/fhir/Patient/{patient}/$everything"),
        5 => format!("/fhir/{kind}/_history"),
        6 => format!("/fhir/Patient/{patient}/{kind}"),
        7 => format!("/fhir/{kind}?_revinclude=Observation:subject&_include=Observation:subject"),
        8 => "/fhir/Patient?_has:Observation:subject:code=8480-6".to_owned(),
        9 => "/fhir/Encounter?subject:Patient.gender=female&_include=Encounter:subject".to_owned(),
        10 => format!("/fhir/Observation/$lastn?patient={patient}"),
        11 => "/fhir?_lastUpdated=ge2020-01-01".to_owned(),
        12 => "/fhir/_history".to_owned(),
        _ => format!("/fhir/{kind}?_count=1&_sort=_lastUpdated"),
    }
}

/// Every resource in an answer.
fn resources(answer: &Value) -> Vec<&Value> {
    if answer["resourceType"] != "Bundle" {
        return vec![answer];
    }
    let entries = answer["entry"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    entries
        .iter()
        .filter(|entry| !entry["resource"].is_null())
        .flat_map(|entry| resources(&entry["resource"]))
        .collect()
}

/// May this resource be shown under this grant, by reading or by searching?
fn within(grant: &AppGrant, resource: &Value) -> bool {
    let kind = resource["resourceType"].as_str().unwrap();
    if kind == "OperationOutcome" {
        return true;
    }
    let about = |patient: &str| {
        let reference = format!("Patient/{patient}");
        resource["id"] == patient || resource["subject"]["reference"] == reference
    };
    [AppRight::Read, AppRight::Search]
        .iter()
        .any(|right| match grant.reach(kind, *right) {
            Some(AppReach::Everything) => true,
            Some(AppReach::Patient(patient)) => about(&patient.to_string()),
            None => false,
        })
}

async fn ask(client: &Client, dice: &mut Dice, world: &World) -> (String, Value) {
    let path = path(dice, world);
    if dice.below(4) > 0 {
        let reply = client.get(&path).await;
        assert!(reply.status.as_u16() < 500, "{path}: {}", reply.json);
        return (path, reply.json);
    }
    let url = path.trim_start_matches("/fhir/").to_owned();
    let bundle = json!({ "resourceType": "Bundle", "type": "batch",
        "entry": [{ "request": { "method": "GET", "url": url } }] });
    let reply = fhir(client, "POST", "/fhir", &bundle).await;
    assert!(reply.status.as_u16() < 500, "{path}: {}", reply.json);
    (format!("batch {path}"), reply.json)
}

#[test]
fn nothing_outside_the_scope_comes_back() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (grants, requests) = if is_full() { (300, 60) } else { (12, 30) };
        let mut dice = Dice(20_261_123);
        let mut shown = 0;
        for _ in 0..grants {
            let texts = scopes(&mut dice);
            let patient = world.patients[dice.below(2)];
            let picks = texts.iter().any(|text| text.starts_with("patient/"));
            let named: Vec<&str> = texts.iter().map(String::as_str).collect();
            let (body, id) = granted(&app, &world, &named, picks.then_some(patient)).await;
            let grant = AppGrant {
                app_id: id.parse().unwrap(),
                name: String::new(),
                patient_id: picks.then_some(patient),
                scopes: texts
                    .iter()
                    .filter_map(|text| DataScope::parse(text))
                    .collect(),
            };
            let client = bearer(&app, body["access_token"].as_str().unwrap());
            for _ in 0..requests {
                let (path, answer) = ask(&client, &mut dice, &world).await;
                for resource in resources(&answer) {
                    assert!(within(&grant, resource), "{texts:?} {path}: {resource}");
                    shown += usize::from(resource["resourceType"] != "OperationOutcome");
                }
            }
        }
        assert!(
            shown > 50,
            "only {shown} resources: the test would prove nothing"
        );
    });
}
