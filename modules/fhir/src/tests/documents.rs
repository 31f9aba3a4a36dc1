//! Documents, and references that must exist.

use serde_json::json;
use testkit::on_each_engine;

use super::world::{create, modules, pressure, register, send, world};

#[test]
fn a_document_holds_what_its_composition_refers_to_and_one_may_see() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let patient = register(doctor, "王小明").await;
        app.settle().await;
        let pressure = create(
            doctor,
            "Observation",
            pressure(patient, "120.0", "2026-11-01"),
        )
        .await;
        let elsewhere = json!({ "resourceType": "Device", "status": "active" });
        let elsewhere = create(&world.lead_doctor, "Device", elsewhere.to_string()).await;
        let body = json!({ "resourceType": "Composition", "status": "final", "title": "小结",
            "type": { "text": "小结" }, "date": "2026-11-02",
            "subject": { "reference": format!("Patient/{patient}") },
            "author": [{ "reference": format!("Organization/{}", world.village) }],
            "section": [{ "entry": [{ "reference": format!("Observation/{pressure}") },
                { "reference": format!("Device/{elsewhere}") }, { "reference": "Observation/none" }] }] });
        let id = create(doctor, "Composition", body.to_string()).await;
        let path = format!("/fhir/Composition/{id}/$document");
        let reply = doctor.get(&path).await.expect(200);
        let types: Vec<&str> = reply.json["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["resource"]["resourceType"].as_str().unwrap())
            .collect();
        assert_eq!(reply.json["type"], "document");
        assert!(
            reply.json["timestamp"].is_string() && reply.json["identifier"]["value"].is_string()
        );
        assert_eq!(types[0], "Composition");
        for kind in ["Patient", "Organization", "Observation"] {
            assert!(types.contains(&kind), "{types:?}");
        }
        assert!(!types.contains(&"Device"));
        assert!(String::from_utf8_lossy(&reply.bytes).contains("120.0"));
        world.stranger.get(&path).await.expect(404);
        doctor
            .get("/fhir/Composition/none/$document")
            .await
            .expect(404);
        doctor
            .get(&format!("{path}?persist=true"))
            .await
            .expect(400);
        app.assert_audit_whole().await;
    });
}

#[test]
fn references_that_must_exist_are_checked_when_all_is_stored() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let patient = register(doctor, "王小明").await;
        let request = store::Request::system("test");
        let rule = app.store().write(&request, |tx| {
            const SET: &str = "UPDATE rule_set SET body = $1 WHERE code = 'fhir.references'";
            let body = json!({ "must_exist": ["Observation:encounter"] }).to_string();
            tx.execute(SET, &store::params![body]).map(|_| ())
        });
        rule.await.unwrap();
        let observation = |encounter: &str| {
            let mut body: serde_json::Value =
                serde_json::from_str(&pressure(patient, "120", "2026-11-01")).unwrap();
            body["encounter"] = json!({ "reference": encounter });
            body
        };
        let dangling = observation("Encounter/none").to_string();
        send(doctor, "POST", "/fhir/Observation", dangling)
            .await
            .expect(422)
            .expect_code("fhir.reference-missing");
        create(
            doctor,
            "Observation",
            pressure(patient, "120", "2026-11-01"),
        )
        .await;
        // Within a bundle the target may come behind.
        let encounter = json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": { "reference": format!("Patient/{patient}") } });
        let link = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0";
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            { "resource": observation(link), "request": { "method": "POST", "url": "Observation" } },
            { "fullUrl": link, "resource": encounter, "request": { "method": "POST", "url": "Encounter" } }] });
        send(doctor, "POST", "/fhir", bundle.to_string())
            .await
            .expect(200);
        // Somebody else's encounter is not there for them.
        let theirs = register(&world.lead_doctor, "李四").await;
        let foreign = encounter
            .to_string()
            .replace(&patient.to_string(), &theirs.to_string());
        let foreign = create(&world.lead_doctor, "Encounter", foreign).await;
        send(
            doctor,
            "POST",
            "/fhir/Observation",
            observation(&format!("Encounter/{foreign}")).to_string(),
        )
        .await
        .expect_code("fhir.reference-missing");
    });
}
