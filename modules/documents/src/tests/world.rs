//! A hospital, a clinic below it, somebody outside, and a patient with a resident ID number.

use http::Module;
use kernel::Id;
use network::commands;
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, Reply, TestApp};

pub(super) const SUMMARY: &str =
    include_str!("../../../../crates/cda/tests/samples/discharge-summary.xml");

pub(super) fn modules() -> Vec<Module> {
    vec![
        network::module(),
        terminology::module(),
        record::module(),
        resources::module(),
        referral::module(),
        fhir_server::module(),
        crate::module(),
    ]
}

pub(super) struct World {
    pub lead: Id,
    pub village_org: Id,
    pub patient: Id,
    /// Attending doctor of the hospital.
    pub doctor: Client,
    /// Village doctor of the clinic.
    pub village: Client,
    /// Attending doctor of the hospital outside.
    pub stranger: Client,
}

pub(super) async fn world(app: &TestApp) -> World {
    let request = Request::system("test");
    let made = app.store().write(&request, |tx| {
        let mut org = |code: &str, kind: &str, level: &str| {
            let input = json!({ "code": code, "name": format!("机构{code}"), "kind": kind, "level": level });
            let input = serde_json::from_value(input).unwrap();
            commands::create_organization(tx, &input).map(|org| org.id)
        };
        Ok((
            org("L1", "lead-hospital", "district")?,
            org("V1", "village-clinic", "village")?,
            org("X1", "lead-hospital", "district")?,
        ))
    });
    let (lead, village, outside) = made.await.unwrap();
    let doctor = app.client("attending-doctor", lead).await;
    let body = json!({ "name": "王小明", "sex": "female", "birth_date": "1949-12-31",
        "phone": "13800000012",
        "identifiers": [{ "kind": "resident-id", "value": "11010519491231002X" }] });
    let reply = doctor.post("/api/patients", body).await.expect(201);
    let patient: Id = reply.json["patient"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    app.settle().await;
    World {
        lead,
        village_org: village,
        patient,
        doctor,
        village: app.client("village-doctor", village).await,
        stranger: app.client("attending-doctor", outside).await,
    }
}

/// Sends a document.
pub(super) async fn send(client: &Client, bytes: impl Into<Vec<u8>>) -> Reply {
    send_to(client, "/api/documents", bytes).await
}

pub(super) async fn send_to(client: &Client, path: &str, bytes: impl Into<Vec<u8>>) -> Reply {
    let body = axum::body::Body::from(bytes.into());
    client
        .send("POST", path, Some("application/xml"), body)
        .await
}

/// The resources of a type that a client finds.
pub(super) async fn found(client: &Client, query: &str) -> Vec<Value> {
    let reply = client.get(&format!("/fhir/{query}")).await.expect(200);
    let entries = reply.json["entry"].as_array().cloned().unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| entry["resource"].clone())
        .collect()
}
