//! A hospital that sends, a clinic, and people at both.

use hl7v2::Message;
use http::Module;
use kernel::Id;
use network::commands;
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp};

pub(super) const ADDRESS: &str = "10.0.0.9";

pub(super) fn modules() -> Vec<Module> {
    vec![
        network::module(),
        terminology::module(),
        record::module(),
        fhir_server::module(),
        documents::module(),
        crate::module(),
    ]
}

pub(super) struct World {
    pub lead: Id,
    pub village: Id,
    pub sender: Id,
    /// System administrator of the hospital.
    pub admin: Client,
    /// Attending doctor of the hospital.
    pub doctor: Client,
    /// System administrator of the clinic.
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
        ))
    });
    let (lead, village) = made.await.unwrap();
    let admin = app.client("system-admin", lead).await;
    let sender = admin
        .post("/api/hl7/senders", sender(lead, "HIS", "L1"))
        .await
        .expect(201);
    World {
        lead,
        village,
        sender: sender.id(),
        doctor: app.client("attending-doctor", lead).await,
        stranger: app.client("system-admin", village).await,
        admin,
    }
}

pub(super) fn sender(org_id: Id, application: &str, facility: &str) -> Value {
    json!({ "name": format!("{application}系统"), "org_id": org_id, "application": application,
        "facility": facility })
}

/// A message of the hospital's HIS; lines after MSH are parted by line feeds.
pub(super) fn message(kind: &str, control_id: &str, lines: &str) -> String {
    let header = format!(
        "MSH|^~\\&|HIS|L1|LIANTI||20261122080000+0800||{kind}|{control_id}|P|2.5.1||||||UNICODE UTF-8"
    );
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(header + "\r", |text, line| text + line + "\r")
}

pub(super) fn pid(number: &str, name: &str) -> String {
    format!("PID|1||{number}^^^L1^PI||{name}||19610304|F|||甲县乙镇丙村5号||13800000012")
}

/// Sends a message and answers its acknowledgement.
pub(super) async fn send(app: &TestApp, text: &str) -> Message {
    send_bytes(app, text.as_bytes()).await
}

pub(super) async fn send_bytes(app: &TestApp, bytes: &[u8]) -> Message {
    let answer = crate::receive(&app.app, bytes, ADDRESS).await;
    Message::parse(&String::from_utf8_lossy(&answer.frames[0])).unwrap()
}

/// `AA`, or the code with the place: `AE hl7.time PV1^1^44`.
pub(super) fn said(ack: &Message) -> String {
    let get = |path: &str| ack.get(path).unwrap_or_default();
    let place = ack
        .first("ERR")
        .map(|err| err.field(&ack.separators, 2).to_owned());
    let parts = [get("MSA-1"), get("ERR-5.1"), place.unwrap_or_default()];
    parts.join(" ").trim().to_owned()
}

/// Messages in the list, the newest first.
pub(super) async fn listed(client: &Client, query: &str) -> Vec<Value> {
    let reply = client
        .get(&format!("/api/hl7/messages{query}"))
        .await
        .expect(200);
    reply.json["items"].as_array().unwrap().clone()
}

/// The newest message, in full.
pub(super) async fn newest(client: &Client) -> testkit::Reply {
    let all = listed(client, "").await;
    let id = all[0]["id"].as_str().unwrap();
    client
        .get(&format!("/api/hl7/messages/{id}"))
        .await
        .expect(200)
}

/// The references of one kind of effect of the newest message.
pub(super) async fn effects(client: &Client, what: &str) -> Vec<String> {
    let shown = newest(client).await;
    let effects = shown.json["message"]["effects"].as_array().unwrap().clone();
    let of_kind = effects.iter().filter(|effect| effect["what"] == what);
    of_kind
        .map(|effect| {
            let word = effect["reference"].as_str().or(effect["note"].as_str());
            word.unwrap().to_owned()
        })
        .collect()
}

/// A FHIR resource as a doctor reads it.
pub(super) async fn resource(doctor: &Client, reference: &str) -> Value {
    doctor
        .get(&format!("/fhir/{reference}"))
        .await
        .expect(200)
        .json
}
