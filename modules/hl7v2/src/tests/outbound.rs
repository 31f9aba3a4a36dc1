//! A hospital's system that is sent what happens here: what leaves, for whom, in which order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use hl7v2::{Frame, Framer, Message, frame};
use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a receiver does with the next message.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Answers AA, AE, AR, CA … with this rest after MSA-2.
    Say(&'static str, &'static str),
    /// Answers `CA`, then this.
    Both(&'static str),
    /// Answers a message of another number.
    Other,
    /// Answers an earlier one again, then this one.
    Again(String),
    /// Says these bytes as they are.
    Bytes(&'static [u8]),
    /// Begins a frame and hangs up.
    Cut,
    /// Hangs up.
    HangUp,
    /// Never answers.
    Silence,
    /// Answers AA and hangs up, as many do.
    SayAndHangUp,
}

/// A receiver's system: says what it is told to, AA otherwise, and keeps what came.
#[derive(Clone, Default)]
pub(super) struct Station {
    pub got: Arc<Mutex<Vec<Message>>>,
    pub raw: Arc<Mutex<Vec<Vec<u8>>>>,
    acts: Arc<Mutex<VecDeque<Act>>>,
}

impl Station {
    pub(super) async fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let station = self.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let station = station.clone();
                tokio::spawn(async move { station.serve(stream).await });
            }
        });
        port
    }

    async fn serve(&self, mut stream: TcpStream) {
        let (mut framer, mut buffer) = (Framer::new(4_000_000), [0_u8; 8192]);
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            for found in framer.feed(&buffer[..count]) {
                let Frame::Message(bytes) = found else {
                    continue;
                };
                let text = hl7v2::decode(&bytes, charset_of(&bytes)).unwrap();
                let message = Message::parse(&text).unwrap();
                self.raw.lock().unwrap().push(bytes);
                self.got.lock().unwrap().push(message.clone());
                let act = self.acts.lock().unwrap().pop_front();
                if !answer(&mut stream, &message, act).await {
                    return;
                }
            }
        }
    }

    pub(super) fn then(&self, acts: impl IntoIterator<Item = Act>) {
        self.acts.lock().unwrap().extend(acts);
    }

    pub(super) fn taken(&self) -> Vec<Message> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    /// Kinds of what came: `ADT^A28`.
    pub(super) fn kinds(&self) -> Vec<String> {
        self.taken().iter().map(kind).collect()
    }
}

fn charset_of(bytes: &[u8]) -> hl7v2::Charset {
    let header = hl7v2::Header::read(bytes).unwrap();
    header.declared_charset(hl7v2::Charset::Utf8).unwrap()
}

pub(super) fn kind(message: &Message) -> String {
    let get = |path: &str| message.get(path).unwrap_or_default();
    format!("{}^{}", get("MSH-9.1"), get("MSH-9.2"))
}

fn ack(code: &str, number: &str, rest: &str) -> Vec<u8> {
    let text =
        format!("MSH|^~\\&|HIS|L1|LIANTI||20261123||ACK|9|P|2.5.1\rMSA|{code}|{number}{rest}\r");
    frame(text.as_bytes())
}

/// Answers; false where the connection ends.
async fn answer(stream: &mut TcpStream, message: &Message, act: Option<Act>) -> bool {
    let number = message.get("MSH-10").unwrap();
    let (bytes, stays) = match act.unwrap_or(Act::Say("AA", "")) {
        Act::Say(code, rest) => (ack(code, &number, rest), true),
        Act::Both(code) => (
            [ack("CA", &number, ""), ack(code, &number, "")].concat(),
            true,
        ),
        Act::Other => (ack("AA", "X1", ""), true),
        Act::Again(earlier) => (
            [ack("AA", &earlier, ""), ack("AA", &number, "")].concat(),
            true,
        ),
        Act::Bytes(bytes) => (bytes.to_vec(), true),
        Act::Cut => {
            let whole = ack("AA", &number, "");
            (whole[..whole.len() - 9].to_vec(), false)
        }
        Act::HangUp => (Vec::new(), false),
        Act::Silence => (Vec::new(), true),
        Act::SayAndHangUp => (ack("AA", &number, ""), false),
    };
    stream.write_all(&bytes).await.is_ok() && stays
}

/// The kinds that receivers of these tests want.
pub(super) const ALL: [&str; 12] = [
    "ADT^A28", "ADT^A31", "ADT^A40", "ADT^A01", "ADT^A03", "REF^I12", "REF^I14", "SIU^S12",
    "SIU^S15", "ORU^R01", "MDM^T02", "MDM^T08",
];

pub(super) fn receiver(org_id: Id, port: u16) -> Value {
    json!({ "name": "医院信息系统", "org_id": org_id, "host": "127.0.0.1", "port": port,
        "application": "HIS", "facility": "L1", "answer_seconds": 1, "tries_max": 3, "kinds": ALL })
}

pub(super) async fn set_up(admin: &Client, body: Value) -> Id {
    let made = admin.post("/api/hl7/receivers", body).await.expect(201);
    made.id()
}

/// Followers, then sending, until there is nothing to do at this moment.
pub(super) async fn work(app: &TestApp) {
    app.settle().await;
    while crate::deliver(&app.app).await.unwrap() > 0 {}
}

/// Messages as the list shows them, the newest first.
pub(super) async fn listed(client: &Client, query: &str) -> Vec<Value> {
    let path = format!("/api/hl7/outbound{query}");
    let reply = client.get(&path).await.expect(200);
    reply.json["items"].as_array().unwrap().clone()
}

/// States in the order of the queue.
pub(super) async fn states(client: &Client) -> Vec<String> {
    let mut rows = listed(client, "").await;
    rows.reverse();
    let word = |row: &Value| row["state"].as_str().unwrap().to_owned();
    rows.iter().map(word).collect()
}

pub(super) async fn open_care(app: &TestApp, patient: Id, org_id: Id) -> Id {
    let request = Request::system("test");
    let opened = app.store().write(&request, move |tx| {
        let document = tx.new_id();
        record::open_care(tx, patient, org_id, "referral", document)?;
        Ok(document)
    });
    opened.await.unwrap()
}

pub(super) async fn close_care(app: &TestApp, document: Id) {
    let request = Request::system("test");
    let closed = app
        .store()
        .write(&request, move |tx| record::close_care(tx, document));
    closed.await.unwrap();
}

/// A patient of the caller's organization.
pub(super) async fn register(doctor: &Client, name: &str) -> Id {
    let body = json!({ "name": name, "sex": "female", "birth_date": "1961-03-04",
        "phone": format!("138{:08}", name.bytes().map(u64::from).sum::<u64>()),
        "address": "甲县乙镇|丙村5号" });
    let reply = doctor.post("/api/patients", body).await.expect(201);
    reply.json["patient"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// Stores a resource and answers its id.
pub(super) async fn create(client: &Client, kind: &str, body: Value) -> String {
    create_text(client, kind, body.to_string()).await
}

pub(super) async fn create_text(client: &Client, kind: &str, text: String) -> String {
    let body = axum::body::Body::from(text);
    let path = format!("/fhir/{kind}");
    let sent = client.send("POST", &path, Some("application/fhir+json"), body);
    let reply = sent.await.expect(201);
    reply.json["id"].as_str().unwrap().to_owned()
}

/// A report with one result that keeps its digits.
pub(super) async fn report(doctor: &Client, patient: Id, number: &str) -> String {
    let observation = format!(
        r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"6690-2","display":"白细胞"}}],"text":"白细胞计数"}},"subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"2026-11-20T08:00:00+08:00","valueQuantity":{{"value":5.60,"unit":"10^9/L","system":"http://unitsofmeasure.org","code":"10*9/L"}},"interpretation":[{{"coding":[{{"code":"N"}}]}}],"referenceRange":[{{"text":"3.5-9.5"}}],"note":[{{"text":"标本轻度溶血"}}]}}"#
    );
    let observation = create_text(doctor, "Observation", observation).await;
    let body = json!({ "resourceType": "DiagnosticReport", "status": "final",
        "identifier": [{ "system": "urn:test", "value": number }],
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "HM" }] }],
        "code": { "text": "血常规" }, "subject": { "reference": format!("Patient/{patient}") },
        "issued": "2026-11-20T10:00:00+08:00", "conclusion": "未见异常\n请结合临床",
        "result": [{ "reference": format!("Observation/{observation}") }] });
    create(doctor, "DiagnosticReport", body).await
}

/// Time passes, and what became due is sent.
pub(super) async fn later(app: &TestApp, span: Span) {
    app.advance(span).await;
    work(app).await;
}
