//! What a token reaches, path by path.

use kernel::Id;
use serde_json::{Value, json};
use testkit::on_each_engine;

use super::world::{bearer, events, fhir, granted, modules, world};

const REFUSED: &str = "access.insufficient-scope";

fn observation(patient: Id, value: u32) -> Value {
    json!({ "resourceType": "Observation", "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8480-6" }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "valueQuantity": { "value": value, "unit": "mmHg" } })
}

#[test]
fn a_patients_token_sees_that_patient_on_every_path() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (own, other) = (world.patients[0], world.patients[1]);
        let (body, _) = granted(&app, &world, &["patient/*.rs"], Some(own)).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let [mine, theirs] = [&world.observations[0], &world.observations[1]];
        for path in [
            format!("/fhir/Patient/{own}"),
            format!("/fhir/Observation/{mine}"),
            format!("/fhir/Observation/{mine}/_history"),
            format!("/fhir/Observation/{mine}/_history/1"),
        ] {
            client.get(&path).await.expect(200);
        }
        for (path, status) in [
            (format!("/fhir/Patient/{other}"), 403),
            (format!("/fhir/Patient/{other}/$everything"), 403),
            (format!("/fhir/Patient/{other}/Observation"), 403),
            (format!("/fhir/Observation/{theirs}"), 404),
            (format!("/fhir/Observation/{theirs}/_history"), 404),
            (format!("/fhir/Observation/{theirs}/_history/1"), 404),
            (format!("/fhir/Organization/{}", world.village), 404),
            ("/fhir/ValueSet/$expand?url=x".to_owned(), 403),
            ("/fhir/$export".to_owned(), 403),
        ] {
            let client = client.with("prefer", "respond-async");
            let reply = client.get(&path).await;
            // Who may not export at all is refused for that.
            assert_eq!(reply.status.as_u16(), status, "{path}: {}", reply.json);
        }
        for path in [
            "/fhir/Patient".to_owned(),
            "/fhir/Observation".to_owned(),
            "/fhir/Observation?code=8480-6&_total=accurate".to_owned(),
            "/fhir/Observation?subject:Patient.gender=female".to_owned(),
            "/fhir/Patient?_has:Observation:subject:code=8480-6".to_owned(),
            "/fhir/Observation?_include=Observation:subject".to_owned(),
            "/fhir/Patient?_revinclude=Observation:subject".to_owned(),
            format!("/fhir/Observation?subject=Patient/{other}"),
            format!("/fhir/Patient/{own}/$everything"),
            format!("/fhir/Patient/{own}/*"),
            format!("/fhir/Observation/$lastn?patient={own}"),
            format!("/fhir/Observation/$lastn?patient={other}"),
            "/fhir?_lastUpdated=ge2020-01-01".to_owned(),
            "/fhir/_history".to_owned(),
            "/fhir/Observation/_history".to_owned(),
            "/fhir/Patient/_history".to_owned(),
        ] {
            let reply = client.get(&path).await.expect(200);
            let entries = reply.json["entry"].to_string();
            assert!(!entries.contains(&other.to_string()), "{path}: {entries}");
            assert!(!entries.contains(theirs.as_str()), "{path}");
            if let Some(total) = reply.json["total"].as_i64() {
                assert_eq!(total, 1, "{path}");
            }
        }
        let question = json!({ "resourceType": "Patient", "name": [{ "text": "李晓红" }],
            "birthDate": "1961-03-04" });
        let reply = fhir(&client, "POST", "/fhir/Patient/$match", &question).await;
        reply.expect(403).expect_code(REFUSED);
    });
}

#[test]
fn a_type_or_right_that_was_not_granted_is_refused_and_audited() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let own = world.patients[0];
        let scopes = ["patient/Observation.r", "patient/Encounter.s"];
        let (body, id) = granted(&app, &world, &scopes, Some(own)).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let mine = &world.observations[0];
        client
            .get(&format!("/fhir/Observation/{mine}"))
            .await
            .expect(200);
        client.get("/fhir/Encounter").await.expect(200);
        for path in [
            "/fhir/Observation".to_owned(),
            "/fhir/Observation/_history".to_owned(),
            format!("/fhir/Patient/{own}"),
            format!("/fhir/Patient/{own}/$everything"),
            format!("/fhir/Patient/{own}/Observation"),
            format!("/fhir/Observation/$lastn?patient={own}"),
            "/fhir/Encounter?_has:Observation:encounter:code=8480-6".to_owned(),
            "/fhir/Encounter?subject:Patient.name=a".to_owned(),
            "/fhir/Encounter?_include=Encounter:subject:Patient".to_owned(),
            "/fhir/Encounter?_revinclude=Observation:encounter".to_owned(),
            "/fhir?_type=Encounter,Observation".to_owned(),
        ] {
            let reply = client.get(&path).await.expect(403).expect_code(REFUSED);
            assert_eq!(reply.json["resourceType"], "OperationOutcome", "{path}");
            let told = reply.headers["www-authenticate"].to_str().unwrap();
            assert!(told.contains("insufficient_scope"));
        }
        // What is included without naming a type is only what may be searched.
        let reply = client
            .get("/fhir/Encounter?_include=Encounter:subject")
            .await;
        assert_eq!(reply.expect(200).json["entry"].as_array().unwrap().len(), 1);
        let refused = events(&app, "app.refused").await;
        assert_eq!(refused.len(), 11);
        assert!(
            refused
                .iter()
                .all(|one| one["app"]["id"] == id && one["code"] == REFUSED)
        );
    });
}

#[test]
fn writing_needs_its_right_and_stays_with_the_patient() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (own, other) = (world.patients[0], world.patients[1]);
        let (body, _) = granted(&app, &world, &["patient/Observation.cu"], Some(own)).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let reply = fhir(&client, "POST", "/fhir/Observation", &observation(own, 140)).await;
        // It may not read, so it is not shown what it wrote.
        let reply = reply.expect(201);
        assert_eq!(reply.json, Value::Null);
        let [mine, theirs] = [&world.observations[0], &world.observations[1]];
        let mut changed = observation(own, 141);
        changed["id"] = json!(mine);
        let path = format!("/fhir/Observation/{mine}");
        fhir(&client, "PUT", &path, &changed).await.expect(200);
        client.get(&path).await.expect(403);
        client.delete(&path).await.expect(403).expect_code(REFUSED);
        let mut two = observation(own, 142);
        two["performer"] = json!([{ "reference": format!("Patient/{other}") }]);
        for body in [&observation(other, 143), &two] {
            let reply = fhir(&client, "POST", "/fhir/Observation", body).await;
            reply.expect(403).expect_code(REFUSED);
        }
        let mut moved = observation(own, 144);
        moved["id"] = json!(theirs);
        let path = format!("/fhir/Observation/{theirs}");
        fhir(&client, "PUT", &path, &moved).await.expect(404);
        let patch = json!([{ "op": "replace", "path": "/status", "value": "amended" }]);
        let text = axum::body::Body::from(patch.to_string());
        let kind = Some("application/json-patch+json");
        let reply = client.send("PATCH", &path, kind, text).await;
        assert!(matches!(reply.status.as_u16(), 403 | 404), "{}", reply.json);
        // A condition searches, which was not granted.
        let conditional = client.with("if-none-exist", "code=8480-6");
        let reply = fhir(
            &conditional,
            "POST",
            "/fhir/Observation",
            &observation(own, 145),
        )
        .await;
        reply.expect(403).expect_code(REFUSED);
        let basic = json!({ "resourceType": "Basic", "code": { "text": "x" } });
        fhir(&client, "POST", "/fhir/Basic", &basic)
            .await
            .expect(403);
        let stored = world.doctor.get("/fhir/Observation?_total=accurate").await;
        assert_eq!(stored.json["total"], 3);
    });
}

#[test]
fn bundles_are_judged_entry_by_entry() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (own, other) = (world.patients[0], world.patients[1]);
        let scopes = ["patient/Observation.cruds"];
        let (body, _) = granted(&app, &world, &scopes, Some(own)).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let post = |patient| {
            json!({ "resource": observation(patient, 150),
            "request": { "method": "POST", "url": "Observation" } })
        };
        let get = |url: String| json!({ "request": { "method": "GET", "url": url } });
        let bundle = |kind: &str| {
            json!({ "resourceType": "Bundle", "type": kind, "entry": [
            post(own), post(other), get(format!("Patient/{own}")),
            get(format!("Observation/{}", world.observations[1])),
            get("Encounter".to_owned()), get("Observation".to_owned()),
        ] })
        };
        let reply = fhir(&client, "POST", "/fhir", &bundle("transaction")).await;
        reply.expect(403).expect_code(REFUSED);
        let reply = fhir(&client, "POST", "/fhir", &bundle("batch"))
            .await
            .expect(200);
        let told: Vec<&str> = reply.json["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["response"]["status"].as_str().unwrap()[..3])
            .collect();
        assert_eq!(told, ["201", "403", "403", "404", "403", "200"]);
        assert!(!reply.json.to_string().contains(&format!("Patient/{other}")));
        assert_eq!(events(&app, "app.refused").await.len(), 4);
    });
}

#[test]
fn an_app_makes_no_subscriptions() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (body, _) = granted(&app, &world, &["user/*.cruds"], None).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let body = json!({ "resourceType": "Subscription", "status": "requested", "reason": "x",
            "criteria": "Observation?code=8480-6",
            "channel": { "type": "rest-hook", "endpoint": "https://his.example/fhir" } });
        let reply = fhir(&client, "POST", "/fhir/Subscription", &body).await;
        reply.expect(403).expect_code("fhir.app-subscription");
    });
}
