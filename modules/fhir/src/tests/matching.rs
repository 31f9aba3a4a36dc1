//! `Patient/$match` answers as the exact search over the consortium does, and no more.

use serde_json::{Value, json};
use testkit::{Client, Reply, on_each_engine};

use super::world::{modules, register, send, world};

fn parameters(patient: &Value, more: &[Value]) -> String {
    let mut list = vec![json!({ "name": "resource", "resource": patient })];
    list.extend_from_slice(more);
    json!({ "resourceType": "Parameters", "parameter": list }).to_string()
}

async fn ask(client: &Client, body: String) -> Reply {
    send(client, "POST", "/fhir/Patient/$match", body).await
}

#[test]
fn a_match_is_graded_and_strangers_are_masked() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "诸葛小明").await;
        app.settle().await;
        let phone = format!("138{:08}", "诸葛小明".bytes().map(u64::from).sum::<u64>());
        let person = json!({ "resourceType": "Patient", "gender": "female", "birthDate": "1961-03-04",
            "name": [{ "family": "诸葛", "given": ["小明"] }],
            "telecom": [{ "system": "phone", "value": phone }] });
        let own = ask(&world.doctor, parameters(&person, &[]))
            .await
            .expect(200)
            .json;
        assert_eq!(own["entry"][0]["resource"]["id"], patient.to_string());
        assert_eq!(own["entry"][0]["resource"]["name"][0]["text"], "诸葛小明");
        let grade = own["entry"][0]["search"]["extension"][0]["valueCode"]
            .as_str()
            .unwrap();
        assert!(["certain", "probable"].contains(&grade), "{grade}");
        assert!(own["entry"][0]["search"]["score"].as_f64().unwrap() > 0.5);

        let other = ask(&world.lead_doctor, person.to_string())
            .await
            .expect(200);
        let text = String::from_utf8_lossy(&other.bytes).into_owned();
        assert!(
            text.contains(&patient.to_string()) && !text.contains("小明") && !text.contains(&phone)
        );
        assert_eq!(
            other.json["entry"][0]["resource"]["meta"]["security"][0]["code"],
            "MASKED"
        );

        let nobody = json!({ "resourceType": "Patient", "birthDate": "1999-01-01",
            "name": [{ "text": "欧阳无名" }] });
        let none = ask(&world.doctor, parameters(&nobody, &[]))
            .await
            .expect(200)
            .json;
        assert_eq!(none["total"], 0);
        let certain = json!({ "name": "onlyCertainMatches", "valueBoolean": true });
        let all = ask(&world.doctor, parameters(&person, &[certain]))
            .await
            .expect(200)
            .json;
        for entry in all["entry"].as_array().into_iter().flatten() {
            assert_eq!(entry["search"]["extension"][0]["valueCode"], "certain");
        }
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_match_needs_its_permission_enough_to_go_by_and_is_limited() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let person = json!({ "resourceType": "Patient", "birthDate": "1961-03-04",
            "name": [{ "text": "王小明" }] });
        let nurse = app.client("ward-nurse", world.lead).await;
        ask(&nurse, parameters(&person, &[]))
            .await
            .expect(403)
            .expect_code("access.forbidden");
        let little = json!({ "resourceType": "Patient", "gender": "female" });
        ask(&world.doctor, parameters(&little, &[]))
            .await
            .expect(400)
            .expect_code("record.query-empty");
        ask(
            &world.doctor,
            r#"{"resourceType":"Observation"}"#.to_owned(),
        )
        .await
        .expect(400);
        let odd = json!({ "name": "maxMatches", "valueInteger": 3 });
        ask(&world.doctor, parameters(&person, &[odd]))
            .await
            .expect(400);
        let empty = json!({ "resourceType": "Parameters" }).to_string();
        ask(&world.doctor, empty).await.expect(400);
        for _ in 0..210 {
            let reply = ask(&world.doctor, parameters(&person, &[])).await;
            if reply.status.as_u16() == 429 {
                reply.expect_code("record.search-limit");
                return;
            }
        }
        panic!("the hourly limit was not met");
    });
}
