//! Nobody learns of what they have no basis for, on whatever path.

use serde_json::json;
use testkit::{Client, on_each_engine};

use super::world::{create, ids, modules, pressure, register, send, world};

/// Every way to ask for what the village doctor stored about one patient.
fn ways(patient: &str, observation: &str, encounter: &str) -> Vec<String> {
    vec![
        format!("/fhir/Patient/{patient}"),
        format!("/fhir/Patient/{patient}/_history"),
        format!("/fhir/Patient/{patient}/$everything"),
        format!("/fhir/Patient?_id={patient}"),
        format!("/fhir/Patient?_id={patient}&_revinclude=Observation:subject"),
        format!("/fhir/Observation/{observation}"),
        format!("/fhir/Observation/{observation}/_history"),
        format!("/fhir/Observation/{observation}/_history/1"),
        "/fhir/Observation?code=8480-6".to_owned(),
        "/fhir/Observation?code=8480-6&_summary=count".to_owned(),
        "/fhir/Observation?code=8480-6&_total=accurate&_count=0".to_owned(),
        format!("/fhir/Observation?subject=Patient/{patient}&_sort=-date"),
        format!("/fhir/Observation?patient={patient}&_include=Observation:subject"),
        "/fhir/Observation?subject:Patient.gender=female".to_owned(),
        "/fhir/Patient?_has:Observation:subject:code=8480-6".to_owned(),
        format!("/fhir/Encounter?_id={encounter}&_revinclude=Observation:encounter"),
        "/fhir/Observation/_history".to_owned(),
        "/fhir/_history".to_owned(),
        "/fhir?_lastUpdated=ge2020-01-01".to_owned(),
        "/fhir/Provenance?target=Observation/none".to_owned(),
    ]
}

async fn shows(client: &Client, path: &str, secrets: &[&str]) -> bool {
    let reply = client.get(path).await;
    let text = String::from_utf8_lossy(&reply.bytes).into_owned();
    assert!(reply.status.as_u16() < 500, "{path}: {text}");
    let counted = reply.json["total"].as_i64().unwrap_or(0) > 0;
    let entries = reply.json["entry"].as_array().map_or(0, Vec::len) > 0;
    // Links repeat what was asked; what they repeat is no news.
    let body = reply.json["entry"].to_string();
    let found = reply.status.as_u16() == 200 && reply.json["resourceType"] != "Bundle";
    // Over all types, everybody sees the directory within reach.
    let directory = path.starts_with("/fhir?") || path.starts_with("/fhir/_history");
    let told = secrets.iter().any(|secret| body.contains(secret));
    told || (!directory && (counted || entries || found))
}

#[test]
fn a_stranger_finds_nothing_and_a_consent_lets_them_read_only() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        app.settle().await;
        let encounter = json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": { "reference": format!("Patient/{patient}") } });
        let encounter = create(&world.doctor, "Encounter", encounter.to_string()).await;
        let mut body: serde_json::Value =
            serde_json::from_str(&pressure(patient, "133", "2026-11-20")).unwrap();
        body["encounter"] = json!({ "reference": format!("Encounter/{encounter}") });
        let observation = create(&world.doctor, "Observation", body.to_string()).await;
        let patient_text = patient.to_string();
        let secrets = ["王小明", observation.as_str(), encounter.as_str()];
        for path in ways(&patient_text, &observation, &encounter) {
            let own = shows(&world.doctor, &path, &secrets).await;
            assert!(
                own || path.contains("Provenance"),
                "{path} shows its own doctor nothing"
            );
            for other in [&world.stranger, &world.lead_doctor] {
                assert!(
                    !shows(other, &path, &secrets).await,
                    "{path} shows a stranger something"
                );
            }
        }
        let write = pressure(patient, "140", "2026-11-21");
        send(&world.stranger, "POST", "/fhir/Observation", write.clone())
            .await
            .expect_code("fhir.no-patient");
        let own = write.replacen('{', &format!("{{\"id\":\"{observation}\","), 1);
        let path = format!("/fhir/Observation/{observation}");
        send(&world.stranger, "PUT", &path, own).await.expect(404);
        world.stranger.delete(&path).await.expect(404);

        app.store()
            .write(&store::Request::system("test"), move |tx| {
                record::open_care(tx, patient, world.lead, "referral", tx.new_id())
            })
            .await
            .unwrap();
        let found = world
            .lead_doctor
            .get("/fhir/Observation?code=8480-6")
            .await
            .expect(200);
        assert_eq!(ids(&found.json), std::slice::from_ref(&observation));
        send(&world.lead_doctor, "POST", "/fhir/Observation", write)
            .await
            .expect(201);
        app.assert_audit_whole().await;
    });
}

#[test]
fn what_names_two_patients_needs_a_basis_for_both() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let mine = register(&world.doctor, "一号").await;
        let theirs = register(&world.lead_doctor, "二号").await;
        let list = |first, second| {
            json!({ "resourceType": "Provenance",
            "target": [{ "reference": format!("Patient/{first}") }, { "reference": format!("Patient/{second}") }],
            "recorded": "2026-11-22T00:00:00Z",
            "agent": [{ "who": { "reference": format!("Organization/{}", world.village) } }] }).to_string()
        };
        send(
            &world.doctor,
            "POST",
            "/fhir/Provenance",
            list(mine, theirs),
        )
        .await
        .expect_code("fhir.no-patient");
        let id = create(&world.doctor, "Provenance", list(mine, mine)).await;
        world
            .doctor
            .get(&format!("/fhir/Provenance/{id}"))
            .await
            .expect(200);
        world
            .lead_doctor
            .get(&format!("/fhir/Provenance/{id}"))
            .await
            .expect(404);
    });
}

#[test]
fn what_is_about_nobody_stays_with_its_organization_unless_shared() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let device = json!({ "resourceType": "Device", "status": "active" }).to_string();
        let device = create(&world.doctor, "Device", device).await;
        world
            .doctor
            .get(&format!("/fhir/Device/{device}"))
            .await
            .expect(200);
        world
            .lead_doctor
            .get(&format!("/fhir/Device/{device}"))
            .await
            .expect(404);
        let place =
            json!({ "resourceType": "Location", "status": "active", "name": "换药室" }).to_string();
        let place = create(&world.doctor, "Location", place).await;
        world
            .lead_doctor
            .get(&format!("/fhir/Location/{place}"))
            .await
            .expect(200);
        world
            .stranger
            .get(&format!("/fhir/Location/{place}"))
            .await
            .expect(404);
        world
            .lead_doctor
            .delete(&format!("/fhir/Location/{place}"))
            .await
            .expect(404);
    });
}

#[test]
fn the_modules_objects_appear_and_every_look_is_noted() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "诸葛小明").await;
        app.settle().await;
        let found = world
            .doctor
            .get("/fhir/Patient?name=zhuge")
            .await
            .expect(200);
        assert_eq!(ids(&found.json), [patient.to_string()]);
        let found = world
            .doctor
            .get("/fhir/Patient?name=诸葛&gender=female")
            .await
            .expect(200);
        assert_eq!(ids(&found.json), [patient.to_string()]);
        let path = format!("/fhir/Patient/{patient}?_elements=name");
        world.doctor.get(&path).await.expect(200);
        let organization = world
            .doctor
            .get(&format!("/fhir/Organization/{}", world.village))
            .await;
        assert_eq!(organization.expect(200).json["name"], "机构V1");
        let end = kernel::Instant::from_micros(i64::MAX);
        let events = app
            .store()
            .read(&store::Request::system("test"), move |tx| {
                tx.events_of_patient(patient, (end, kernel::Id::MAX), 200)
            })
            .await
            .unwrap();
        let looks = events
            .iter()
            .filter(|event| event.event == "record.read")
            .count();
        assert!(looks >= 3, "{looks} looks were noted");
        let _ = (world.outside, world.lead);
    });
}

#[test]
fn consent_and_break_glass_let_one_read_here_as_in_the_record() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        let id = create(
            &world.doctor,
            "Observation",
            pressure(patient, "120", "2026-11-20"),
        )
        .await;
        let search = "/fhir/Observation?code=8480-6";
        // The condition in SQL says what the record says.
        let agree = async |client: &Client, sees: bool| {
            let found = ids(&client.get(search).await.expect(200).json);
            assert_eq!(!found.is_empty(), sees);
            let record = client.get(&format!("/api/patients/{patient}")).await;
            assert_eq!(record.status.is_success(), sees);
        };
        agree(&world.lead_doctor, false).await;
        let end = app.clock().now() + kernel::Span::days(30);
        let consent = |reach: &str, org: kernel::Id| {
            json!({ "reach": reach, "grantee_org_id": org,
            "purpose": "上级医院会诊", "expires_at": end })
        };
        let consents = format!("/api/patients/{patient}/consents");
        let given = world
            .doctor
            .post(&consents, consent("org", world.lead))
            .await
            .expect(201);
        agree(&world.lead_doctor, true).await;
        agree(&world.stranger, false).await;
        let write = pressure(patient, "140", "2026-11-21");
        send(&world.lead_doctor, "POST", "/fhir/Observation", write)
            .await
            .expect(403)
            .expect_code("fhir.read-only-basis");
        world
            .lead_doctor
            .delete(&format!("/fhir/Observation/{id}"))
            .await
            .expect(403);
        let withdraw = format!("/api/consents/{}/withdraw", given.id());
        let reason = json!({ "reason": "本人要求" });
        world
            .doctor
            .seeing(1)
            .post(&withdraw, reason)
            .await
            .expect(200);
        agree(&world.lead_doctor, false).await;
        world
            .doctor
            .post(&consents, consent("group", world.lead))
            .await
            .expect(201);
        agree(&world.lead_doctor, true).await;
        agree(&world.stranger, false).await;
        app.clock().advance(kernel::Span::days(31));
        agree(&world.lead_doctor, false).await;
        let reason = json!({ "reason": "病人昏迷送入急诊,需立即了解过敏史" });
        let glass = format!("/api/patients/{patient}/break-glass");
        world.stranger.post(&glass, reason).await.expect(201);
        agree(&world.stranger, true).await;
        agree(&world.lead_doctor, false).await;
        app.clock().advance(kernel::Span::days(1));
        agree(&world.stranger, false).await;
    });
}
