//! Batch and transaction.

use serde_json::{Value, json};
use testkit::on_each_engine;

use super::world::{ids, modules, register, send, world};

fn entry(url: &str, method: &str, address: &str, resource: Value) -> Value {
    let mut entry = json!({ "request": { "method": method, "url": address } });
    if !url.is_empty() {
        entry["fullUrl"] = json!(url);
    }
    if !resource.is_null() {
        entry["resource"] = resource;
    }
    entry
}

fn bundle(kind: &str, entries: &[Value]) -> String {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries }).to_string()
}

fn encounter(patient: &str) -> Value {
    json!({ "resourceType": "Encounter", "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
        "subject": { "reference": patient } })
}

fn observation(patient: &str, encounter: &str) -> Value {
    json!({ "resourceType": "Observation", "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8480-6" }] },
        "subject": { "reference": patient }, "encounter": { "reference": encounter },
        "valueQuantity": { "value": 120.0, "unit": "mmHg" } })
}

#[test]
fn a_transaction_links_its_entries_and_is_all_or_nothing() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        app.settle().await;
        let patient = format!("Patient/{patient}");
        let (e, o) = (
            "urn:uuid:0000000e-0000-4000-8000-000000000000",
            "urn:uuid:0000000f-0000-4000-8000-000000000000",
        );
        // A circle: the encounter names the observation as its reason, the observation the encounter.
        let mut visit = encounter(&patient);
        visit["reasonReference"] = json!([{ "reference": o }]);
        let good = bundle(
            "transaction",
            &[
                entry(o, "POST", "Observation", observation(&patient, e)),
                entry(e, "POST", "Encounter", visit),
                entry("", "GET", "Observation?code=8480-6", Value::Null),
            ],
        );
        let reply = send(&world.doctor, "POST", "/fhir", good).await.expect(200);
        let entries = reply.json["entry"].as_array().unwrap();
        assert_eq!(entries[0]["response"]["status"], "201 Created");
        let location = entries[0]["response"]["location"].as_str().unwrap();
        assert!(location.starts_with("Observation/"), "{location}");
        assert_eq!(ids(&entries[2]["resource"]).len(), 1);
        let id = location.split('/').nth(1).unwrap();
        let stored = world
            .doctor
            .get(&format!("/fhir/Observation/{id}"))
            .await
            .expect(200);
        let reference = stored.json["encounter"]["reference"]
            .as_str()
            .unwrap()
            .to_owned();
        world
            .doctor
            .get(&format!("/fhir/{reference}"))
            .await
            .expect(200);

        let mut broken = observation(&patient, &reference);
        broken["status"] = json!("nonsense");
        let bad = bundle(
            "transaction",
            &[
                entry("", "POST", "Observation", observation(&patient, &reference)),
                entry("", "POST", "Observation", broken),
            ],
        );
        let reply = send(&world.doctor, "POST", "/fhir", bad).await.expect(400);
        let place = reply.json["issue"][0]["expression"][0].as_str().unwrap();
        assert!(place.starts_with("Bundle.entry[1]"), "{place}");
        let bad = bundle(
            "transaction",
            &[
                entry("", "POST", "Observation", observation(&patient, &reference)),
                entry(
                    "",
                    "POST",
                    "Observation",
                    observation("Patient/nobody", &reference),
                ),
            ],
        );
        let reply = send(&world.doctor, "POST", "/fhir", bad).await.expect(422);
        assert_eq!(reply.json["issue"][0]["expression"][0], "Bundle.entry[1]");
        let count = world
            .doctor
            .get("/fhir/Observation?_summary=count")
            .await
            .expect(200);
        assert_eq!(count.json["total"], 1);
        app.assert_audit_whole().await;
    });
}

#[test]
fn conditional_references_and_creates_work_inside_a_transaction() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "李华").await;
        app.settle().await;
        let by_name = "Patient?name=lihua";
        let o = "urn:uuid:0000000f-0000-4000-8000-000000000001";
        let mut visit = encounter(by_name);
        visit["identifier"] = json!([{ "system": "urn:visit", "value": "1" }]);
        let mut create = entry(o, "POST", "Encounter", visit);
        create["request"]["ifNoneExist"] = json!("identifier=urn:visit|1");
        let body = bundle(
            "transaction",
            &[
                create,
                entry("", "POST", "Observation", observation(by_name, o)),
            ],
        );
        let first = send(&world.doctor, "POST", "/fhir", body.clone())
            .await
            .expect(200);
        let again = send(&world.doctor, "POST", "/fhir", body).await.expect(200);
        assert_eq!(first.json["entry"][0]["response"]["status"], "201 Created");
        assert_eq!(again.json["entry"][0]["response"]["status"], "200 OK");
        let found = world
            .doctor
            .get(&format!(
                "/fhir/Encounter?patient={patient}&_revinclude=Observation:encounter"
            ))
            .await;
        assert_eq!(found.expect(200).json["entry"].as_array().unwrap().len(), 3);
        let nobody = bundle(
            "transaction",
            &[entry(
                "",
                "POST",
                "Encounter",
                encounter("Patient?name=nobody"),
            )],
        );
        send(&world.doctor, "POST", "/fhir", nobody)
            .await
            .expect(404);
    });
}

#[test]
fn entries_of_a_batch_stand_alone_and_repeat_harmlessly() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "周芳").await;
        let patient = format!("Patient/{patient}");
        let body = bundle(
            "batch",
            &[
                entry("", "POST", "Encounter", encounter(&patient)),
                entry("", "POST", "Encounter", encounter("Patient/nobody")),
                entry("", "GET", "Encounter/none", Value::Null),
                entry("", "POST", "Encounter", encounter(&patient)),
            ],
        );
        let once = world.doctor.with("idempotency-key", "batch-1");
        let reply = send(&once, "POST", "/fhir", body.clone()).await.expect(200);
        let statuses = |reply: &testkit::Reply| -> Vec<String> {
            reply.json["entry"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| entry["response"]["status"].as_str().unwrap()[..3].to_owned())
                .collect()
        };
        assert_eq!(statuses(&reply), ["201", "422", "404", "201"]);
        let again = send(&once, "POST", "/fhir", body).await.expect(200);
        assert_eq!(statuses(&again), ["201", "422", "404", "201"]);
        let count = world
            .doctor
            .get("/fhir/Encounter?_summary=count")
            .await
            .expect(200);
        assert_eq!(count.json["total"], 2);
    });
}
