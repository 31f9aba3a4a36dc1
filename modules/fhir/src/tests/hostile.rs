//! Bad input gets an OperationOutcome that names the place, and nothing is half stored.

use serde_json::json;
use testkit::{Client, on_each_engine};

use super::world::{modules, pressure, register, send, world};

async fn refused(client: &Client, method: &str, path: &str, body: impl Into<Vec<u8>>) {
    let body = axum::body::Body::from(body.into());
    let reply = client
        .send(method, path, Some("application/fhir+json"), body)
        .await;
    let status = reply.status.as_u16();
    assert!((400..500).contains(&status), "{path}: {status}");
    assert_eq!(
        reply.json["resourceType"], "OperationOutcome",
        "{path}: {reply:?}"
    );
    assert_eq!(
        reply.json["issue"][0]["severity"]
            .as_str()
            .map(|s| s == "error" || s == "fatal"),
        Some(true)
    );
}

#[test]
fn hostile_bodies_are_refused() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        let path = "/fhir/Observation";
        let good = pressure(patient, "120", "2026-11-20");
        let deep = format!("{}{}", "{\"a\":".repeat(500), "1");
        refused(&world.doctor, "POST", path, deep).await;
        refused(
            &world.doctor,
            "POST",
            path,
            good.replace("2026-11-20", "2026-02-30"),
        )
        .await;
        refused(
            &world.doctor,
            "POST",
            path,
            good.replacen("{", "{\"status\":\"final\",", 1),
        )
        .await;
        refused(
            &world.doctor,
            "POST",
            path,
            [good.as_bytes(), b"\xff"].concat(),
        )
        .await;
        refused(
            &world.doctor,
            "POST",
            path,
            good.replace("mmHg", "mm\u{1}Hg"),
        )
        .await;
        refused(
            &world.doctor,
            "POST",
            path,
            good.replace("mmHg", "mm\\u0000Hg"),
        )
        .await;
        refused(
            &world.doctor,
            "POST",
            path,
            good.replace("Observation", "Colour"),
        )
        .await;
        refused(&world.doctor, "POST", path, "").await;
        refused(
            &world.doctor,
            "PUT",
            "/fhir/Observation/a%20b",
            good.clone(),
        )
        .await;
        refused(&world.doctor, "PUT", "/fhir/Observation/none", good.clone()).await;
        refused(&world.doctor, "PATCH", "/fhir/Observation/none", "[]").await;
        refused(&world.doctor, "POST", "/fhir/Nothing", good.clone()).await;
        refused(&world.doctor, "DELETE", "/fhir/Observation", "").await;
        refused(&world.doctor, "POST", "/fhir", good.clone()).await;
        let entries: Vec<_> = (0..2_001)
            .map(|_| json!({ "request": { "method": "GET", "url": "Patient/x" } }))
            .collect();
        let huge = json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
        refused(&world.doctor, "POST", "/fhir", huge.to_string()).await;
        let twice = json!({ "request": { "method": "DELETE", "url": "Observation/x" } });
        let twice =
            json!({ "resourceType": "Bundle", "type": "transaction", "entry": [twice, twice] });
        refused(&world.doctor, "POST", "/fhir", twice.to_string()).await;
        let count = world
            .doctor
            .get("/fhir/Observation?_summary=count")
            .await
            .expect(200);
        assert_eq!(count.json["total"], 0);
    });
}

#[test]
fn hostile_searches_are_refused() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let many = (0..10_000)
            .map(|n| format!("c{n}"))
            .collect::<Vec<_>>()
            .join(",");
        let clauses = "code=a&".repeat(2_000);
        let paths = [
            format!("/fhir/Observation?code={many}"),
            format!("/fhir/Observation?{clauses}"),
            "/fhir/Observation?subject.subject.subject.subject.subject.subject=x".to_owned(),
            "/fhir/Observation?date=2026-02-30".to_owned(),
            "/fhir/Observation?_sort=status".to_owned(),
            "/fhir/Observation?_text=a".to_owned(),
            "/fhir/Observation?_include=Nothing:x".to_owned(),
            "/fhir/Observation?value-quantity=gtx".to_owned(),
            "/fhir/Observation?_cursor=00".to_owned(),
            "/fhir/Observation/_history?_since=nothing".to_owned(),
        ];
        for path in paths {
            let short: String = path.chars().take(80).collect();
            let reply = world.doctor.get(&path).await;
            let status = reply.status.as_u16();
            assert!((400..500).contains(&status), "{short}: {status}");
            assert_eq!(reply.json["resourceType"], "OperationOutcome", "{short}");
        }
        let quotes = "/fhir/Patient?name='%20OR%201=1%20--&address=%25&family=_";
        world.doctor.get(quotes).await.expect(200);
        let bomb =
            "_include=Observation:*&_include:iterate=Patient:*&_revinclude:iterate=Observation:*";
        world
            .doctor
            .get(&format!("/fhir/Observation?{bomb}"))
            .await
            .expect(200);
        let nobody = app.anonymous();
        let reply = send(&nobody, "GET", "/fhir/Observation", "")
            .await
            .expect(401);
        assert_eq!(reply.json["issue"][0]["code"], "login");
        nobody.get("/fhir/metadata").await.expect(200);
        let reply = world.doctor.get("/fhir/Observation/x/y/z").await;
        assert_eq!(reply.status.as_u16(), 404);
    });
}

#[test]
fn hostile_operations_are_refused() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let long = "x".repeat(5_000);
        let paths = [
            format!("/fhir/CodeSystem/$lookup?system={long}&code=1"),
            format!("/fhir/ValueSet/$expand?url=urn:lianti:exam%3Ffhir_vs&filter={long}"),
            "/fhir/ValueSet/$expand?url=urn:lianti:exam%3Ffhir_vs&count=-1".to_owned(),
            "/fhir/ValueSet/$expand?url=urn:lianti:exam%3Ffhir_vs&offset=99999999999".to_owned(),
            "/fhir/ValueSet/$expand?url=%3Ffhir_vs%3Disa/".to_owned(),
            "/fhir/ConceptMap/$translate?code=a".to_owned(),
            "/fhir/ConceptMap/../$translate?system=a&code=b".to_owned(),
            "/fhir/Composition/x/$document".to_owned(),
            "/fhir/Observation?code:in=urn:none".to_owned(),
            "/fhir/Observation?code:above=urn:none|a".to_owned(),
        ];
        for path in paths {
            let short: String = path.chars().take(80).collect();
            let reply = doctor.get(&path).await;
            let status = reply.status.as_u16();
            assert!((400..500).contains(&status), "{short}: {status}");
            assert_eq!(reply.json["resourceType"], "OperationOutcome", "{short}");
        }
        let deep = format!("{}{}", "{\"a\":".repeat(500), "1");
        let many: Vec<_> = (0..10_001)
            .map(|n| json!({ "code": n.to_string() }))
            .collect();
        let large = json!({ "resourceType": "Parameters", "parameter": [{ "name": "valueSet",
            "resource": { "resourceType": "ValueSet", "status": "active",
                "compose": { "include": [{ "system": "urn:x", "concept": many }] } } }] });
        let wrong = json!({ "resourceType": "Parameters", "parameter": [{ "name": "valueSet",
            "resource": { "resourceType": "Patient" } }] });
        for path in [
            "/fhir/Patient/$match",
            "/fhir/ValueSet/$expand",
            "/fhir/ConceptMap/$translate",
        ] {
            refused(doctor, "POST", path, deep.clone()).await;
            refused(doctor, "POST", path, "[]").await;
            refused(doctor, "POST", path, "").await;
            refused(doctor, "POST", path, vec![0xff, 0xfe]).await;
            refused(doctor, "POST", path, wrong.to_string()).await;
        }
        refused(doctor, "POST", "/fhir/ValueSet/$expand", large.to_string()).await;
        // A hierarchy that bites its tail ends.
        let concept =
            json!({ "code": "a", "concept": [{ "code": "b", "concept": [{ "code": "a" }] }] });
        let circle = json!({ "resourceType": "CodeSystem", "url": "urn:test:circle", "status": "active",
            "content": "complete", "concept": [concept] });
        send(doctor, "POST", "/fhir/CodeSystem", circle.to_string()).await;
        let reply = doctor
            .get("/fhir/Observation?code:below=urn:test:circle|a")
            .await;
        assert!(reply.status.as_u16() < 500);
        let reply = doctor
            .get("/fhir/Observation?code:above=urn:test:circle|a")
            .await;
        assert!(reply.status.as_u16() < 500);
    });
}
