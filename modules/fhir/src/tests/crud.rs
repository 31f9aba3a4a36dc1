//! One resource: what goes in comes out, versions, conditions, refusals.

use serde_json::json;
use testkit::on_each_engine;

use super::world::{create, modules, pressure, register, send, world};

#[test]
fn what_goes_in_comes_out_unchanged_but_for_its_stamp() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        let body = pressure(patient, "132.00", "2026-11-20T08:00:00+08:00");
        let reply = send(&world.doctor, "POST", "/fhir/Observation", body.clone())
            .await
            .expect(201);
        assert_eq!(reply.headers["etag"], "W/\"1\"");
        let location = reply.headers["location"].to_str().unwrap().to_owned();
        assert!(location.ends_with("/_history/1"), "{location}");
        let id = reply.json["id"].as_str().unwrap().to_owned();
        let read = world
            .doctor
            .get(&format!("/fhir/Observation/{id}"))
            .await
            .expect(200);
        let text = String::from_utf8(read.bytes.to_vec()).unwrap();
        assert!(text.contains(r#""value":132.00,"#), "{text}");
        assert!(
            text.ends_with(&body[body.find("\"status\"").unwrap()..]),
            "{text}"
        );
        assert_eq!(read.json["meta"]["versionId"], "1");
        assert_eq!(
            read.headers["content-type"],
            "application/fhir+json; charset=utf-8"
        );
        assert!(read.headers.contains_key("last-modified"));
        let known = world.doctor.with("if-none-match", "W/\"1\"");
        known
            .get(&format!("/fhir/Observation/{id}"))
            .await
            .expect(304);
        app.assert_audit_whole().await;
    });
}

#[test]
fn versions_are_kept_and_stale_writers_refused() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "李华").await;
        let id = create(
            &world.doctor,
            "Observation",
            pressure(patient, "120", "2026-11-20"),
        )
        .await;
        let path = format!("/fhir/Observation/{id}");
        let changed =
            pressure(patient, "125", "2026-11-20").replacen('{', &format!("{{\"id\":\"{id}\","), 1);
        let first = world.doctor.with("if-match", "W/\"1\"");
        let reply = send(&first, "PUT", &path, changed.clone())
            .await
            .expect(200);
        assert_eq!(reply.headers["etag"], "W/\"2\"");
        send(&first, "PUT", &path, changed.clone())
            .await
            .expect(412);
        let wrong = changed.replace(&id, "another");
        send(&world.doctor, "PUT", &path, wrong).await.expect(400);
        let old = world
            .doctor
            .get(&format!("{path}/_history/1"))
            .await
            .expect(200);
        assert_eq!(old.json["valueQuantity"]["value"], 120);
        world.doctor.delete(&path).await.expect(204);
        world.doctor.delete(&path).await.expect(204);
        world.doctor.get(&path).await.expect(410);
        world
            .doctor
            .get(&format!("{path}/_history/3"))
            .await
            .expect(410);
        world
            .doctor
            .get(&format!("{path}/_history/9"))
            .await
            .expect(404);
        let history = world
            .doctor
            .get(&format!("{path}/_history?_count=2"))
            .await
            .expect(200);
        let methods: Vec<&str> = history.json["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["request"]["method"].as_str().unwrap())
            .collect();
        assert_eq!(methods, ["DELETE", "PUT"]);
        let next = history.json["link"][1]["url"].as_str().unwrap();
        let next = next.split_once("/fhir").unwrap().1;
        let rest = world.doctor.get(&format!("/fhir{next}")).await.expect(200);
        assert_eq!(rest.json["entry"].as_array().unwrap().len(), 1);
        let of_type = world
            .doctor
            .get("/fhir/Observation/_history")
            .await
            .expect(200);
        assert_eq!(of_type.json["entry"].as_array().unwrap().len(), 3);
        let of_all = world
            .doctor
            .get("/fhir/_history?_since=2026-01-01T00:00:00Z")
            .await
            .expect(200);
        assert_eq!(of_all.json["entry"].as_array().unwrap().len(), 3);
        send(&world.doctor, "PUT", &path, changed).await.expect(201);
        world.doctor.get(&path).await.expect(200);
    });
}

#[test]
fn clients_prefer_and_shape_answers() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "赵敏").await;
        let body = pressure(patient, "120", "2026-11-20");
        let minimal = world.doctor.with("prefer", "return=minimal");
        let reply = send(&minimal, "POST", "/fhir/Observation", body.clone())
            .await
            .expect(201);
        assert!(reply.bytes.is_empty());
        let outcome = world.doctor.with("prefer", "return=OperationOutcome");
        let reply = send(&outcome, "POST", "/fhir/Observation", body.clone())
            .await
            .expect(201);
        assert_eq!(reply.json["resourceType"], "OperationOutcome");
        let id = create(&world.doctor, "Observation", body).await;
        let path = format!("/fhir/Observation/{id}?_elements=valueQuantity&_pretty=true");
        let part = world.doctor.get(&path).await.expect(200);
        assert_eq!(part.json["subject"], json!(null));
        assert_eq!(part.json["valueQuantity"]["value"], 120);
        assert_eq!(part.json["meta"]["tag"][0]["code"], "SUBSETTED");
        world
            .doctor
            .with("accept", "application/fhir+xml")
            .get("/fhir/metadata")
            .await
            .expect_code("fhir.format");
        let statement = world.doctor.get("/fhir/metadata").await.expect(200);
        assert_eq!(statement.json["fhirVersion"], "4.0.1");
        assert!(
            statement.json["rest"][0]["resource"]
                .as_array()
                .unwrap()
                .len()
                > 140
        );
    });
}

#[test]
fn patches_change_what_they_name() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "周芳").await;
        let id = create(
            &world.doctor,
            "Observation",
            pressure(patient, "120.50", "2026-11-20"),
        )
        .await;
        let path = format!("/fhir/Observation/{id}");
        let patch = json!([{ "op": "replace", "path": "/status", "value": "amended" }]).to_string();
        let body = axum::body::Body::from(patch);
        let reply = world
            .doctor
            .send("PATCH", &path, Some("application/json-patch+json"), body)
            .await;
        let reply = reply.expect(200);
        assert_eq!(reply.json["status"], "amended");
        assert!(String::from_utf8_lossy(&reply.bytes).contains("120.50"));
        let patch = json!({ "resourceType": "Parameters", "parameter": [{ "name": "operation", "part": [
            { "name": "type", "valueCode": "replace" },
            { "name": "path", "valueString": "Observation.status" },
            { "name": "value", "valueCode": "corrected" }]}]});
        let reply = send(&world.doctor, "PATCH", &path, patch.to_string())
            .await
            .expect(200);
        assert_eq!(reply.json["status"], "corrected");
        assert_eq!(reply.headers["etag"], "W/\"3\"");
        let found = world
            .doctor
            .get(&format!("/fhir/Observation?status=corrected&_id={id}"))
            .await;
        assert_eq!(super::world::ids(&found.expect(200).json), [id]);
    });
}

#[test]
fn what_a_module_keeps_is_changed_there() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let body = json!({ "resourceType": "Organization", "name": "别处医院" });
        let reply = send(
            &world.doctor,
            "POST",
            "/fhir/Organization",
            body.to_string(),
        )
        .await
        .expect(422);
        assert_eq!(reply.code(), "fhir.owned");
        let text = reply.json["issue"][0]["details"]["text"].as_str().unwrap();
        assert!(text.contains("/api/organizations"), "{text}");
    });
}
