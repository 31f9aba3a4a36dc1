//! Bulk import: good lines are stored, bad ones named, and nothing goes round the rules.

use serde_json::{Value, json};
use testkit::{Client, Reply, on_each_engine};

use super::world::{ids, modules, pressure, register, world};

async fn import(client: &Client, query: &str, lines: impl Into<Vec<u8>>) -> Reply {
    let body = axum::body::Body::from(lines.into());
    let path = format!("/fhir/$import{query}");
    client
        .send("POST", &path, Some("application/fhir+ndjson"), body)
        .await
}

fn number(reply: &Value, name: &str) -> i64 {
    let all = reply["parameter"].as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == name).unwrap();
    one["valueInteger"].as_i64().unwrap()
}

fn lines(reply: &Value) -> Vec<i64> {
    let all = reply["parameter"].as_array().unwrap();
    let refused = all.iter().filter(|one| one["name"] == "refusal");
    refused
        .map(|one| one["part"][0]["valueInteger"].as_i64().unwrap())
        .collect()
}

#[test]
fn good_lines_are_stored_and_bad_ones_named() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let mine = register(doctor, "王小明").await;
        let theirs = register(&world.lead_doctor, "李四").await;
        let with_id = pressure(mine, "118", "2026-11-03").replacen('{', r#"{"id":"old-7","#, 1);
        let text = [
            pressure(mine, "120", "2026-11-01"),
            "{ not json".to_owned(),
            String::new(),
            pressure(theirs, "121", "2026-11-01"),
            pressure(mine, "122", "2026-02-30"),
            json!({ "resourceType": "Patient", "name": [{ "text": "丁" }] }).to_string(),
            with_id.clone(),
            with_id.replace("118", "119"),
        ]
        .join("\n");
        let trial = import(doctor, "", text.clone()).await.expect(200).json;
        assert_eq!(
            (number(&trial, "acceptable"), number(&trial, "refused")),
            (3, 4)
        );
        let none = doctor
            .get("/fhir/Observation?code=8480-6")
            .await
            .expect(200);
        assert!(ids(&none.json).is_empty());

        let done = import(doctor, "?dry_run=false", text.clone())
            .await
            .expect(200)
            .json;
        assert_eq!((number(&done, "stored"), number(&done, "refused")), (3, 4));
        let mut refused = lines(&done);
        refused.sort_unstable();
        assert_eq!(refused, [2, 4, 5, 6]);
        assert!(
            done.to_string().contains("fhir.no-patient")
                && done.to_string().contains("OperationOutcome")
        );
        let found = doctor
            .get("/fhir/Observation?code=8480-6")
            .await
            .expect(200);
        assert_eq!(ids(&found.json).len(), 2);
        let twice = doctor.get("/fhir/Observation/old-7").await.expect(200).json;
        assert_eq!(twice["meta"]["versionId"], "2");
        assert_eq!(twice["valueQuantity"]["value"], 119);

        let office = app.client("referral-office", world.village).await;
        import(&office, "?dry_run=false", text.clone())
            .await
            .expect(403);
        import(doctor, "?colour=red", text).await.expect(400);
        import(doctor, "", vec![0x1f, 0x8b, 1, 2, 3])
            .await
            .expect(400);
        let many = "{}\n".repeat(10_001);
        let reply = import(doctor, "", many).await;
        assert!(reply.status.is_client_error());
        assert_eq!(reply.json["resourceType"], "OperationOutcome");
        app.assert_audit_whole().await;
    });
}
