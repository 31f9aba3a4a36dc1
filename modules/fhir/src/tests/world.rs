//! A county with a hospital, a township centre, a clinic below it, and a hospital outside.

use http::Module;
use kernel::Id;
use network::commands;
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp};

pub(super) fn modules() -> Vec<Module> {
    vec![
        network::module(),
        terminology::module(),
        record::module(),
        crate::module(),
    ]
}

/// Organizations and somebody who writes at each.
pub(super) struct World {
    pub lead: Id,
    pub village: Id,
    pub outside: Id,
    /// Attending doctor of the lead hospital.
    pub lead_doctor: Client,
    /// Village doctor.
    pub doctor: Client,
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
        let lead = org("L1", "lead-hospital", "district")?;
        let village = org("V1", "village-clinic", "village")?;
        let outside = org("X1", "lead-hospital", "district")?;
        let group = json!({ "name": "测试医共体", "form": "county-community", "lead_org_id": lead,
            "legal_person_mode": "separate" });
        let group = commands::create_group(tx, &serde_json::from_value(group).unwrap())?;
        let approval = json!({ "issuer": "测试县政府", "number": "测〔2026〕1号",
            "approved_on": "2026-01-01", "scope": "全县" });
        let approval = serde_json::from_value(approval).unwrap();
        let group = commands::approve_group(tx, group.id, group.version, &approval)?;
        let group = commands::activate_group(tx, group.id, group.version)?;
        let member = json!({ "org_id": village, "role": "member", "cooperation_mode": "tight",
            "council_class": "member" });
        commands::join_group(tx, group.id, &serde_json::from_value(member).unwrap())?;
        Ok((lead, village, outside))
    });
    let (lead, village, outside) = made.await.unwrap();
    World {
        lead,
        village,
        outside,
        lead_doctor: app.client("attending-doctor", lead).await,
        doctor: app.client("village-doctor", village).await,
        stranger: app.client("attending-doctor", outside).await,
    }
}

/// A patient registered with the caller's organization.
pub(super) async fn register(doctor: &Client, name: &str) -> Id {
    let body = json!({ "name": name, "sex": "female", "birth_date": "1961-03-04",
        "phone": format!("138{:08}", name.bytes().map(u64::from).sum::<u64>()) });
    let reply = doctor.post("/api/patients", body).await.expect(201);
    reply.json["patient"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// A blood pressure of a patient.
pub(super) fn pressure(patient: Id, value: &str, date: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"8480-6","display":"收缩压"}}]}},"subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"{date}","valueQuantity":{{"value":{value},"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}}}"#
    )
}

/// Sends FHIR JSON.
pub(super) async fn send(
    client: &Client,
    method: &str,
    path: &str,
    body: impl Into<String>,
) -> testkit::Reply {
    let body = axum::body::Body::from(body.into());
    client
        .send(method, path, Some("application/fhir+json"), body)
        .await
}

/// The ids of the matches of a searchset, in order.
pub(super) fn ids(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries
        .iter()
        .filter(|entry| entry["search"]["mode"] == "match")
        .map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Stores a resource and answers its id.
pub(super) async fn create(client: &Client, kind: &str, body: impl Into<String>) -> String {
    let reply = send(client, "POST", &format!("/fhir/{kind}"), body)
        .await
        .expect(201);
    reply.json["id"].as_str().unwrap().to_owned()
}
