//! Two village clinics and a hospital with patients whose every text could give them away.

use http::Module;
use kernel::{Id, identity};
use network::commands;
use record::NewPatient;
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, Reply, TestApp};

pub(super) fn modules() -> Vec<Module> {
    vec![
        network::module(),
        terminology::module(),
        record::module(),
        fhir_server::module(),
        crate::module(),
    ]
}

/// Organizations and who asks and decides.
pub(super) struct World {
    pub lead: Id,
    pub clinics: [Id; 2],
    pub outside: Id,
    /// Director of the lead hospital, who asks.
    pub director: Client,
    /// Privacy officer there, who decides.
    pub officer: Client,
    /// Doctors of the two clinics and the hospital.
    pub doctors: [Client; 3],
}

/// Somebody of a population.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub female: bool,
    pub year: i16,
    pub county: u8,
    pub clinic: usize,
    pub diagnosis: usize,
    pub results: usize,
}

/// Diagnoses, two of them of one category.
pub(super) const DIAGNOSES: [&str; 6] = [
    "E11.900", "E11.200", "I10.x00", "J45.900", "K29.500", "C34.900",
];

pub(super) async fn world(app: &TestApp) -> World {
    let request = Request::system("test");
    let made = app.store().write(&request, |tx| {
        let mut org = |code: &str, kind: &str, level: &str| {
            let input = json!({ "code": code, "name": format!("机构{code}"), "kind": kind, "level": level });
            let input = serde_json::from_value(input).unwrap();
            commands::create_organization(tx, &input).map(|org| org.id)
        };
        let lead = org("L1", "lead-hospital", "district")?;
        let clinics = [org("V1", "village-clinic", "village")?, org("V2", "village-clinic", "village")?];
        let outside = org("X1", "lead-hospital", "district")?;
        let group = json!({ "name": "测试医共体", "form": "county-community", "lead_org_id": lead,
            "legal_person_mode": "separate" });
        let group = commands::create_group(tx, &serde_json::from_value(group).unwrap())?;
        let approval = json!({ "issuer": "测试县政府", "number": "测〔2026〕1号",
            "approved_on": "2026-01-01", "scope": "全县" });
        let approval = serde_json::from_value(approval).unwrap();
        let group = commands::approve_group(tx, group.id, group.version, &approval)?;
        let group = commands::activate_group(tx, group.id, group.version)?;
        for org_id in clinics {
            let member = json!({ "org_id": org_id, "role": "member", "cooperation_mode": "tight",
                "council_class": "member" });
            commands::join_group(tx, group.id, &serde_json::from_value(member).unwrap())?;
        }
        Ok((lead, clinics, outside))
    });
    let (lead, clinics, outside) = made.await.unwrap();
    World {
        lead,
        clinics,
        outside,
        director: app.client("director", lead).await,
        officer: app.client("privacy-officer", lead).await,
        doctors: [
            app.client("village-doctor", clinics[0]).await,
            app.client("village-doctor", clinics[1]).await,
            app.client("attending-doctor", lead).await,
        ],
    }
}

/// What somebody who was registered could be known by.
pub(super) struct Registered {
    pub id: Id,
    pub secrets: Vec<String>,
}

const FAMILY: [&str; 8] = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王"];
const GIVEN: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

fn resident_id(person: &Person, number: usize) -> String {
    let order = (number % 499) * 2 + usize::from(!person.female);
    let digits = format!("1101{:02}{}0615{order:03}", person.county + 1, person.year);
    let check = identity::resident_id_check(digits.as_bytes());
    format!("{digits}{}", char::from(check))
}

/// Registers a population with diagnoses and results full of names.
pub(super) async fn settle_in(
    app: &TestApp,
    world: &World,
    people: &[Person],
    first: usize,
) -> Vec<Registered> {
    let orgs = [world.clinics[0], world.clinics[1], world.lead];
    let doctors: Vec<Id> = world.doctors.iter().map(|one| one.account_id).collect();
    let roles = ["village-doctor", "village-doctor", "attending-doctor"];
    let people = people.to_vec();
    let request = Request::system("test");
    let made = app.store().write(&request, move |tx| {
        let mut all = Vec::new();
        for (number, person) in (first..).zip(&people) {
            let clinic = person.clinic;
            let actor = http::signin::actor_in_role(tx, doctors[clinic], roles[clinic], orgs[clinic])?;
            let name = format!(
                "{}{}{}",
                FAMILY[number % 8],
                GIVEN[number / 8 % 10],
                GIVEN[number / 80 % 10]
            );
            let phone = format!("139{number:08}");
            let address = format!("测试村柳树街{number}号院");
            let input = json!({ "name": name, "phone": phone, "address": address, "village": "柳树村",
                "identifiers": [{ "kind": "resident-id", "value": resident_id(person, number) },
                    { "kind": "insurance", "value": format!("YB{number:08}") }] });
            let input: NewPatient = serde_json::from_value(input).unwrap();
            let registered = tx.acting_as(actor.unwrap(), |tx| {
                let patient = record::register_unmatched(tx, &input)?;
                let mut secrets = vec![name.clone(), phone.clone(), address.clone(), "柳树".to_owned(),
                    resident_id(person, number), format!("YB{number:08}"), patient.id.to_string()];
                for body in resources(patient.id, person, &name, &phone) {
                    let id = tx.new_id();
                    fhir_server::store_resource(tx, id, &body.to_string())?;
                    secrets.push(id.to_string());
                }
                Ok(Registered { id: patient.id, secrets })
            })?;
            all.push(registered);
        }
        Ok(all)
    });
    let all = made.await.unwrap();
    app.settle().await;
    all
}

/// What is written of somebody: every free text holds the name, and one code is the telephone.
fn resources(patient: Id, person: &Person, name: &str, phone: &str) -> Vec<Value> {
    let subject = json!({ "reference": format!("Patient/{patient}"), "display": name });
    let text = json!({ "status": "generated",
        "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{name}</div>") });
    let extension = json!([{ "url": "http://example.org/name", "valueString": name }]);
    let mut all = vec![json!({
        "resourceType": "Condition", "text": text, "extension": extension, "subject": subject,
        "code": { "text": format!("{name}的病"), "coding": [
            { "system": "http://hl7.org/fhir/sid/icd-10", "code": DIAGNOSES[person.diagnosis], "display": name },
            { "system": "http://example.org/own", "code": phone }] },
        "onsetDateTime": "2026-03-02", "note": [{ "text": name }],
    })];
    for number in 0..person.results {
        all.push(json!({
            "resourceType": "Observation", "status": "final", "text": text, "extension": extension,
            "subject": subject, "performer": [{ "display": name }],
            "identifier": [{ "system": "http://example.org/o", "value": format!("{phone}-{number}") }],
            "code": { "text": name, "coding": [{ "system": "http://loinc.org", "code": "8480-6", "display": name }] },
            "effectiveDateTime": format!("2026-04-{:02}T08:00:00+08:00", number + 1),
            "valueQuantity": { "value": 120 + number, "unit": name, "system": "http://unitsofmeasure.org", "code": "mm[Hg]" },
            "note": [{ "text": format!("{name} {phone}") }],
        }));
    }
    all
}

/// A request for a table.
pub(super) fn table(world: &World) -> Value {
    json!({
        "purpose": "县域糖尿病患者就诊情况研究，伦理批件 2026-07",
        "shape": "table",
        "columns": ["sex", "age", "county", "organization", "diagnosis", "results", "first-entry"],
        "organizations": [world.clinics[0], world.clinics[1], world.lead],
        "from": "2026-01-01", "to": "2026-10-31",
        "dates": "shift", "k": 5, "suppressed_permille": 100,
    })
}

/// The same as FHIR.
pub(super) fn fhir(world: &World) -> Value {
    let mut body = table(world);
    body["shape"] = json!("fhir");
    body["columns"] = json!(["sex", "age", "county", "organization", "deceased"]);
    body["kinds"] = json!(["Condition", "Observation"]);
    body
}

/// Asks, has it approved and made; answers it as it then stands.
pub(super) async fn made(app: &TestApp, world: &World, body: Value) -> Reply {
    let asked = world
        .director
        .post("/api/research-extracts", body)
        .await
        .expect(201);
    let path = format!("/api/research-extracts/{}", asked.id());
    let officer = world.officer.seeing(asked.version());
    officer
        .post(&format!("{path}/approve"), json!({}))
        .await
        .expect(200);
    app.settle().await;
    world.director.get(&path).await.expect(200)
}

/// A file of an extract.
pub(super) async fn file(world: &World, extract: &Reply, name: &str, format: &str) -> String {
    let path = format!(
        "/api/research-extracts/{}/files/{name}?format={format}",
        extract.id()
    );
    let reply = world.director.get(&path).await.expect(200);
    String::from_utf8(reply.bytes.to_vec()).unwrap()
}
