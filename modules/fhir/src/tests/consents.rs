//! Consents by FHIR: what is sent runs the record's command, what the record keeps is shown.

use kernel::Id;
use serde_json::{Value, json};
use testkit::on_each_engine;

use super::world::{create, modules, register, send, world};

fn form(patient: Id, org: Id) -> Value {
    json!({
        "resourceType": "Consent", "status": "active",
        "scope": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/consentscope",
            "code": "patient-privacy" }] },
        "category": [{ "coding": [{ "system": "http://loinc.org", "code": "59284-0" }] }],
        "patient": { "reference": format!("Patient/{patient}") },
        "policyRule": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "OPTIN" }] },
        "provision": {
            "type": "permit",
            "period": { "end": "2026-12-31" },
            "actor": [{ "role": { "coding": [{ "system": "urn:lianti:consent-reach", "code": "org" }] },
                "reference": { "reference": format!("Organization/{org}") } }],
            "purpose": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                "code": "TREAT", "display": "上级医院会诊" }],
            "class": [{ "system": "urn:lianti:record-category", "code": "diagnoses" }],
            "securityLabel": [{ "system": "urn:lianti:sensitive", "code": "psychiatric" }],
            "dataPeriod": { "start": "2026-10-01", "end": "2026-10-31" },
        },
    })
}

#[test]
fn a_consent_sent_is_a_consent_given_and_withdrawn() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        app.settle().await;
        let secret = super::sensitive::condition(patient, "F32.9", "2026-10-02");
        let secret = create(&world.doctor, "Condition", secret).await;
        let late = super::sensitive::condition(patient, "F32.9", "2026-11-02");
        let late = create(&world.doctor, "Condition", late).await;
        let sent = form(patient, world.lead).to_string();
        let id = create(&world.doctor, "Consent", sent.clone()).await;
        let kept = world
            .doctor
            .get(&format!("/api/patients/{patient}/consents"))
            .await;
        let kept = kept.expect(200).json[0].clone();
        assert_eq!(kept["id"], json!(id));
        assert_eq!(kept["sensitive"], json!(["psychiatric"]));
        assert_eq!(kept["categories"], json!(["diagnoses"]));
        assert_eq!(kept["data_to"], json!("2026-10-31"));
        let read = async |id: &str| {
            world
                .lead_doctor
                .get(&format!("/fhir/Condition/{id}"))
                .await
        };
        read(&secret).await.expect(200);
        read(&late).await.expect(404);
        let path = format!("/fhir/Consent/{id}");
        let shown = world.doctor.get(&path).await.expect(200);
        app.settle().await;
        assert_eq!(world.doctor.get(&path).await.expect(200).json, shown.json);
        let by_actor = format!("/fhir/Consent?actor=Organization/{}", world.lead);
        let found = world.doctor.get(&by_actor).await.expect(200);
        assert_eq!(found.json["entry"].as_array().unwrap().len(), 1);
        // Nothing but its withdrawal becomes of it.
        let mut other = shown.json.clone();
        other["provision"]["type"] = json!("deny");
        let reply = send(&world.doctor, "PUT", &path, other.to_string())
            .await
            .expect(400);
        assert_eq!(
            reply.json["issue"][0]["expression"],
            json!(["Consent.provision"])
        );
        world
            .doctor
            .delete(&path)
            .await
            .expect(422)
            .expect_code("fhir.owned");
        let patch = json!([{ "op": "replace", "path": "/status", "value": "inactive" },
            { "op": "add", "path": "/extension", "value": [
                { "url": "urn:lianti:withdrawal-reason", "valueString": "本人要求" }] }]);
        let body = axum::body::Body::from(patch.to_string());
        let json_patch = Some("application/json-patch+json");
        let reply = world.doctor.send("PATCH", &path, json_patch, body).await;
        assert_eq!(reply.expect(200).json["status"], "inactive");
        read(&secret).await.expect(404);
        let kept = world
            .doctor
            .get(&format!("/api/patients/{patient}/consents"))
            .await;
        assert_eq!(kept.expect(200).json[0]["withdrawal_reason"], "本人要求");
        // In a transaction, beside what it is about.
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            { "fullUrl": "urn:uuid:1f1dd2b6-0a69-4c5c-9a5c-2f6f8f4e1a11", "resource": form(patient, world.lead),
              "request": { "method": "POST", "url": "Consent" } }] });
        send(&world.doctor, "POST", "/fhir", bundle.to_string())
            .await
            .expect(200);
        read(&secret).await.expect(200);
        app.assert_audit_whole().await;
    });
}

#[test]
fn what_a_consent_cannot_say_is_refused_at_its_place_and_nothing_is_stored() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        let child = json!({ "name": "小明", "sex": "male", "birth_date": "2020-05-01" });
        let child = world.doctor.post("/api/patients", child).await.expect(201);
        let child: Id = child.json["patient"]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        app.settle().await;
        type Change = fn(&mut Value);
        let cases: &[(Change, &str)] = &[
            (|it| it["status"] = json!("draft"), "Consent.status"),
            (
                |it| it["scope"]["coding"][0]["code"] = json!("research"),
                "Consent.scope",
            ),
            (
                |it| it["category"][0]["coding"][0]["code"] = json!("57016-8"),
                "Consent.category",
            ),
            (
                |it| it["verification"] = json!([{ "verified": true }]),
                "Consent.verification",
            ),
            (
                |it| it["policyRule"]["coding"][0]["code"] = json!("OPTOUT"),
                "Consent.policyRule",
            ),
            (
                |it| it["provision"]["provision"] = json!([{ "type": "deny" }]),
                "Consent.provision.provision",
            ),
            (
                |it| it["provision"]["code"] = json!([{ "text": "x" }]),
                "Consent.provision.code",
            ),
            (
                |it| it["provision"]["type"] = json!(null),
                "Consent.provision.type",
            ),
            (
                |it| it["provision"]["class"][0]["code"] = json!("Observation"),
                "Consent.provision.class",
            ),
            (
                |it| it["provision"]["securityLabel"][0]["code"] = json!("x"),
                "Consent.provision.securityLabel",
            ),
            (
                |it| it["provision"]["actor"] = json!([]),
                "Consent.provision.actor",
            ),
            (
                |it| it["provision"]["purpose"][0]["code"] = json!("HMARKT"),
                "Consent.provision.purpose",
            ),
            (
                |it| it["provision"]["period"]["end"] = json!("2020-01-01"),
                "Consent.provision.period.end",
            ),
            (
                |it| it["provision"]["dataPeriod"]["start"] = json!("2026-10-01T08:00:00Z"),
                "Consent.provision.dataPeriod.start",
            ),
            (
                |it| it["extension"] = json!([{ "url": "urn:x", "valueString": "x" }]),
                "Consent.extension",
            ),
        ];
        for (change, place) in cases {
            let mut sent = form(patient, world.lead);
            change(&mut sent);
            if sent["provision"]["type"].is_null() {
                sent["provision"]
                    .as_object_mut()
                    .unwrap()
                    .shift_remove("type");
            }
            if sent["provision"]["actor"] == json!([]) {
                sent["provision"]
                    .as_object_mut()
                    .unwrap()
                    .shift_remove("actor");
            }
            let reply = send(&world.doctor, "POST", "/fhir/Consent", sent.to_string()).await;
            assert!(reply.status.is_client_error(), "{place}: {reply:?}");
            let issue = &reply.json["issue"][0];
            assert_eq!(issue["expression"], json!([place]), "{reply:?}");
        }
        let young = send(
            &world.doctor,
            "POST",
            "/fhir/Consent",
            form(child, world.lead).to_string(),
        );
        let young = young
            .await
            .expect(400)
            .expect_code("record.guardian-needed");
        assert_eq!(
            young.json["issue"][0]["expression"],
            json!(["Consent.performer"])
        );
        let nobody = send(
            &world.stranger,
            "POST",
            "/fhir/Consent",
            form(patient, world.lead).to_string(),
        );
        nobody.await.expect(422).expect_code("fhir.no-patient");
        let stored = world
            .doctor
            .get("/fhir/Consent?_summary=count")
            .await
            .expect(200);
        assert_eq!(stored.json["total"], 0);
        let mut guarded = form(child, world.lead);
        guarded["contained"] = json!([{ "resourceType": "RelatedPerson", "id": "g",
            "patient": { "reference": format!("Patient/{child}") },
            "name": [{ "text": "王父" }], "relationship": [{ "text": "父亲" }] }]);
        guarded["performer"] = json!([{ "reference": "#g" }]);
        let id = create(&world.doctor, "Consent", guarded.to_string()).await;
        let shown = world
            .doctor
            .get(&format!("/fhir/Consent/{id}"))
            .await
            .expect(200);
        assert_eq!(shown.json["contained"][0]["name"][0]["text"], "王父");
    });
}
