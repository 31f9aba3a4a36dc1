//! The module in process, on every engine.

mod access;
mod index;
mod log;
mod merging;
mod patients;
mod registering;

use http::Module;
use kernel::Id;
use network::commands;
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp};

const WANG: &str = "11010519491231002X";

fn modules() -> Vec<Module> {
    vec![network::module(), crate::module()]
}

/// A lead hospital, two village clinics of its group, and a hospital outside it.
struct World {
    lead: Id,
    village: Id,
    other_village: Id,
    outside: Id,
}

async fn world(app: &TestApp) -> World {
    let request = Request::system("test");
    let made = app.store().write(&request, |tx| {
        let mut org = |code: &str, kind: &str, level: &str| {
            let input = json!({ "code": code, "name": format!("机构{code}"), "kind": kind, "level": level });
            let input = serde_json::from_value(input).unwrap();
            commands::create_organization(tx, &input).map(|org| org.id)
        };
        let lead = org("L1", "lead-hospital", "district")?;
        let village = org("V1", "village-clinic", "village")?;
        let other_village = org("V2", "village-clinic", "village")?;
        let outside = org("X1", "lead-hospital", "district")?;
        let group = json!({ "name": "测试医共体", "form": "county-community", "lead_org_id": lead,
            "legal_person_mode": "separate" });
        let group = commands::create_group(tx, &serde_json::from_value(group).unwrap())?;
        let approval = json!({ "issuer": "测试县政府", "number": "测〔2026〕1号",
            "approved_on": "2026-01-01", "scope": "全县" });
        let approval = serde_json::from_value(approval).unwrap();
        let group = commands::approve_group(tx, group.id, group.version, &approval)?;
        let group = commands::activate_group(tx, group.id, group.version)?;
        for org_id in [village, other_village] {
            let member = json!({ "org_id": org_id, "role": "member", "cooperation_mode": "tight",
                "council_class": "member" });
            commands::join_group(tx, group.id, &serde_json::from_value(member).unwrap())?;
        }
        Ok((lead, village, other_village, outside))
    });
    let (lead, village, other_village, outside) = made.await.unwrap();
    World {
        lead,
        village,
        other_village,
        outside,
    }
}

fn wang() -> Value {
    json!({
        "name": "王小明", "identifiers": [{ "kind": "resident-id", "value": WANG }],
        "phone": "13800000012", "address": "测试村 3 号", "village": "测试村",
    })
}

async fn register(doctor: &Client, body: Value) -> Id {
    let reply = doctor.post("/api/patients", body).await.expect(201);
    reply.json["patient"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// The events about a patient, oldest first.
async fn events(app: &TestApp, patient_id: Id) -> Vec<store::Event> {
    let end = kernel::Instant::from_micros(i64::MAX);
    let mut found = app
        .store()
        .read(&Request::system("test"), move |tx| {
            tx.events_of_patient(patient_id, (end, Id::MAX), 200)
        })
        .await
        .unwrap();
    found.reverse();
    found
}

async fn event_names(app: &TestApp, patient_id: Id) -> Vec<String> {
    events(app, patient_id)
        .await
        .into_iter()
        .map(|event| event.event)
        .collect()
}
