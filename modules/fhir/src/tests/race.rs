//! Eight at once with the same condition make one resource, every time.

use serde_json::json;
use testkit::{Client, TestApp, on_each_engine};

use super::world::{create, modules, pressure, register, send, world};

const ROUNDS: usize = 6;
const CLIENTS: usize = 8;

#[expect(
    clippy::disallowed_methods,
    reason = "clients at once are tasks, and each is waited for"
)]
async fn at_once(
    app: &TestApp,
    clients: &[Client],
    method: &'static str,
    path: &str,
    body: &str,
) -> Vec<u16> {
    let calls = clients.iter().map(|client| {
        let (client, path, body) = (client.clone(), path.to_owned(), body.to_owned());
        tokio::spawn(async move { send(&client, method, &path, body).await.status.as_u16() })
    });
    let calls: Vec<_> = calls.collect();
    let mut statuses = Vec::new();
    for call in calls {
        statuses.push(call.await.unwrap());
    }
    let _ = app;
    statuses.sort_unstable();
    statuses
}

#[test]
fn a_conditional_create_makes_one() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "孙丽").await;
        for round in 0..ROUNDS {
            let number = format!("urn:test|N{round}");
            let client = world
                .doctor
                .with("if-none-exist", format!("identifier={number}"));
            let clients = vec![client; CLIENTS];
            let mut body: serde_json::Value =
                serde_json::from_str(&pressure(patient, "120", "2026-11-20")).unwrap();
            body["identifier"] = json!([{ "system": "urn:test", "value": format!("N{round}") }]);
            let statuses = at_once(
                &app,
                &clients,
                "POST",
                "/fhir/Observation",
                &body.to_string(),
            )
            .await;
            let made = statuses.iter().filter(|status| **status == 201).count();
            assert_eq!((made, statuses.len()), (1, CLIENTS), "{statuses:?}");
            assert!(
                statuses.iter().all(|status| matches!(status, 200 | 201)),
                "{statuses:?}"
            );
            let path = format!("/fhir/Observation?identifier={number}&_summary=count");
            let found = world.doctor.get(&path).await.expect(200);
            assert_eq!(found.json["total"], 1);
        }
    });
}

#[test]
fn a_conditional_update_makes_one_and_loses_none() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "吴刚").await;
        for round in 0..ROUNDS {
            let mut body: serde_json::Value =
                serde_json::from_str(&pressure(patient, "120", "2026-11-20")).unwrap();
            body["identifier"] = json!([{ "system": "urn:test", "value": format!("U{round}") }]);
            let path = format!("/fhir/Observation?identifier=urn:test|U{round}");
            let clients = vec![world.doctor.clone(); CLIENTS];
            let statuses = at_once(&app, &clients, "PUT", &path, &body.to_string()).await;
            assert!(
                statuses.iter().all(|status| matches!(status, 200 | 201)),
                "{statuses:?}"
            );
            let found = world.doctor.get(&path).await.expect(200);
            let entries = found.json["entry"].as_array().unwrap().clone();
            assert_eq!(entries.len(), 1);
            assert_eq!(
                entries[0]["resource"]["meta"]["versionId"],
                CLIENTS.to_string()
            );
        }
    });
}

#[test]
fn two_stale_writers_do_not_both_win() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "郑强").await;
        let id = create(
            &world.doctor,
            "Observation",
            pressure(patient, "120", "2026-11-20"),
        )
        .await;
        let body =
            pressure(patient, "121", "2026-11-20").replacen('{', &format!("{{\"id\":\"{id}\","), 1);
        let clients = vec![world.doctor.with("if-match", "W/\"1\""); CLIENTS];
        let path = format!("/fhir/Observation/{id}");
        let statuses = at_once(&app, &clients, "PUT", &path, &body).await;
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|status| **status == 412).count(),
            CLIENTS - 1,
            "{statuses:?}"
        );
    });
}
