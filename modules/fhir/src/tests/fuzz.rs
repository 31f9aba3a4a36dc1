//! Random requests by random actors on every path, over ten members: no resource, count or id without
//! a basis, nothing sensitive that is not opened, nothing denied, and nothing missing that one may see.
//! What one may see is told by an oracle of its own, [`super::oracle`].
//!
//! `LIANTI_FUZZ_REQUESTS` says how many requests an engine gets; the generator is seeded
//! (`LIANTI_FUZZ_SEED`): what fails once fails again.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, on_each_engine};

use super::oracle::{Member, Oracle, Said, Thing};
use super::sensitive::{condition, open_care};
use super::world::{create, modules, pressure, register};

const REQUESTS: usize = 700;
const PATIENTS: usize = 14;
/// Members of the group; the others stand outside.
const IN_GROUP: usize = 7;
const MEMBERS: usize = 10;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*, good enough to mix paths and actors.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }

    fn in_ten(&mut self, times: usize) -> bool {
        self.roll(10) < times
    }
}

fn asked(name: &str, otherwise: usize) -> usize {
    let text = std::env::vars().find(|(key, _)| key == name);
    text.and_then(|(_, value)| value.parse().ok())
        .unwrap_or(otherwise)
}

/// Ten members, a doctor at each.
async fn members(app: &TestApp) -> Vec<Id> {
    let request = Request::system("test");
    let made = app.store().write(&request, |tx| {
        let mut orgs = Vec::new();
        for at in 0..MEMBERS {
            let kind = if at == 0 || at >= IN_GROUP {
                "lead-hospital"
            } else {
                "member-hospital"
            };
            let input = json!({ "code": format!("M{at}"), "name": format!("机构{at}"), "kind": kind,
                "level": "district" });
            let input = serde_json::from_value(input).unwrap();
            orgs.push(network::commands::create_organization(tx, &input)?.id);
        }
        let group = json!({ "name": "测试医共体", "form": "county-community",
            "lead_org_id": orgs[0], "legal_person_mode": "separate" });
        let group = network::commands::create_group(tx, &serde_json::from_value(group).unwrap())?;
        let approval = json!({ "issuer": "测试县政府", "number": "测〔2026〕1号",
            "approved_on": "2026-01-01", "scope": "全县" });
        let approval = serde_json::from_value(approval).unwrap();
        let group = network::commands::approve_group(tx, group.id, group.version, &approval)?;
        let group = network::commands::activate_group(tx, group.id, group.version)?;
        for org in &orgs[1..IN_GROUP] {
            let member = json!({ "org_id": org, "role": "member", "cooperation_mode": "tight",
                "council_class": "member" });
            let member = serde_json::from_value(member).unwrap();
            network::commands::join_group(tx, group.id, &member)?;
        }
        Ok(orgs)
    });
    made.await.unwrap()
}

struct Scene {
    clients: Vec<Client>,
    oracle: Oracle,
    patients: Vec<Id>,
}

async fn build(app: &TestApp, dice: &mut Dice) -> Scene {
    let orgs = members(app).await;
    let mut clients = Vec::new();
    let mut oracle = Oracle::default();
    for (at, org) in orgs.iter().enumerate() {
        clients.push(app.client("attending-doctor", *org).await);
        oracle.members.push(Member {
            org: *org,
            in_group: at < IN_GROUP,
            resident: false,
        });
    }
    let mut patients = Vec::new();
    for at in 0..PATIENTS {
        let home = at % MEMBERS;
        let name = format!(
            "{}{}",
            ["甲", "乙", "丙", "丁"][at % 4],
            "一".repeat(at + 1)
        );
        let patient = register(&clients[home], &name).await;
        patients.push(patient);
        oracle.own.insert((orgs[home], patient));
        oracle
            .things
            .insert(patient.to_string(), Thing::person(patient));
        for _ in 0..dice.roll(3) {
            let org = *dice.pick(&orgs);
            let request = Request::system("test");
            let treated = app
                .store()
                .write(&request, move |tx| record::note_treatment(tx, patient, org));
            treated.await.unwrap();
            oracle.own.insert((org, patient));
        }
    }
    app.settle().await;
    for &patient in &patients {
        for (at, client) in clients.iter().enumerate() {
            if oracle.own.contains(&(orgs[at], patient)) {
                write(client, orgs[at], patient, dice, &mut oracle).await;
            }
        }
        say(app, &clients, &orgs, patient, dice, &mut oracle).await;
    }
    // The first patients have accounts of their own.
    for &patient in &patients[..2] {
        let client = app.client("resident", orgs[0]).await;
        let account = client.account_id;
        let request = Request::system("test");
        let linked = app.store().write(&request, move |tx| {
            let patient = record::patient(tx, patient)?;
            record::link_account(tx, &patient, account)
        });
        linked.await.unwrap();
        oracle.linked.insert((clients.len(), patient));
        oracle.members.push(Member {
            org: orgs[0],
            in_group: true,
            resident: true,
        });
        clients.push(client);
    }
    app.settle().await;
    Scene {
        clients,
        oracle,
        patients,
    }
}

const LABELS: [(&str, Option<&str>); 6] = [
    ("I10", None),
    ("J18.9", None),
    ("E11.9", None),
    ("F32.9", Some("psychiatric")),
    ("B20", Some("hiv")),
    ("O04.9", Some("reproductive")),
];

/// What a member knows of a patient: a few things with days, some of them sensitive.
async fn write(client: &Client, org: Id, patient: Id, dice: &mut Dice, oracle: &mut Oracle) {
    for _ in 0..3 {
        let day = dice.roll(9) + 1;
        let date = format!("2026-10-0{day}");
        let (code, label) = *dice.pick(&LABELS);
        let (kind, part, body, label) = if dice.in_ten(5) {
            let body = condition(patient, code, &date);
            ("Condition", "diagnoses", body, label)
        } else {
            let hiv = dice.in_ten(2);
            let body = pressure(patient, &format!("12{day}"), &date);
            let body = if hiv {
                body.replace("8480-6", "75622-1")
            } else {
                body
            };
            ("Observation", "results", body, hiv.then_some("hiv"))
        };
        let id = create(client, kind, body).await;
        let thing = Thing {
            kind,
            patient,
            org,
            part: Some(part),
            day: Some(date),
            labels: label.into_iter().map(str::to_owned).collect(),
        };
        oracle.things.insert(id, thing);
    }
}

/// What is said of a patient's record: care, consents, denials, emergencies.
async fn say(
    app: &TestApp,
    clients: &[Client],
    orgs: &[Id],
    patient: Id,
    dice: &mut Dice,
    oracle: &mut Oracle,
) {
    if dice.in_ten(4) {
        let org = *dice.pick(orgs);
        open_care(app, patient, org).await;
        oracle.care.insert((org, patient));
    }
    let own: Vec<usize> = (0..orgs.len())
        .filter(|at| oracle.own.contains(&(orgs[*at], patient)))
        .collect();
    for _ in 0..dice.roll(4) {
        let author = *dice.pick(&own);
        let deny = dice.in_ten(4);
        let reach = *dice.pick(if deny {
            &["org", "group", "everyone"]
        } else {
            &["org", "group"]
        });
        let grantee = (reach != "everyone").then(|| *dice.pick(orgs));
        let parts: Vec<&str> = match dice.roll(4) {
            0 => vec!["diagnoses"],
            1 => vec!["results", "documents"],
            _ => vec![],
        };
        let from = dice
            .in_ten(3)
            .then(|| format!("2026-10-0{}", dice.roll(9) + 1));
        let sensitive: Vec<&str> = match dice.roll(4) {
            0 if !deny => vec!["hiv"],
            1 if !deny => vec!["psychiatric", "reproductive"],
            _ => vec![],
        };
        let end = app.clock().now() + Span::days(30);
        let body = json!({ "decision": if deny { "deny" } else { "permit" }, "reach": reach,
            "grantee_org_id": grantee, "purpose": "测试", "categories": parts, "data_from": from,
            "sensitive": sensitive, "expires_at": if deny { Value::Null } else { json!(end) } });
        let path = format!("/api/patients/{patient}/consents");
        let given = clients[author].post(&path, body).await.expect(201);
        let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let said = Said {
            patient,
            author: orgs[author],
            deny,
            reach: reach.to_owned(),
            grantee,
            parts: owned(parts),
            from,
            opens: owned(sensitive),
        };
        let thing = Thing {
            kind: "Consent",
            patient,
            org: orgs[author],
            part: None,
            day: None,
            labels: said.opens.clone(),
        };
        oracle.things.insert(given.id().to_string(), thing);
        oracle.said.push(said);
    }
    if dice.in_ten(3) {
        let at = dice.roll(clients.len());
        let glass = format!("/api/patients/{patient}/break-glass");
        let reason = json!({ "reason": "病人昏迷,需立即了解病史与用药", "hidden": true });
        clients[at].post(&glass, reason).await.expect(201);
        oracle.glass.insert((at, patient));
    }
}

const WAYS: [&str; 40] = [
    "/fhir/Patient/{p}",
    "/fhir/Patient/{p}/_history",
    "/fhir/Patient/{p}/$everything",
    "/fhir/Patient?_id={p}&_revinclude=Observation:subject&_revinclude=Condition:subject",
    "/fhir/Patient?name=yi",
    "/fhir/Patient?_has:Observation:subject:code=75622-1",
    "/fhir/Patient?_has:Condition:patient:code=B20,F32.9,O04.9",
    "/fhir/Patient?_summary=count",
    "/fhir/Observation?subject=Patient/{p}",
    "/fhir/Observation?patient={p}&_sort=-date&_count=2",
    "/fhir/Observation?patient={p}&code=8480-6,75622-1&_sort=-date",
    "/fhir/{k}?_id={o}&_include={k}:subject",
    "/fhir/Observation?subject:Patient.name=jia",
    "/fhir/Condition?subject:Patient.gender=female&_count=200",
    "/fhir/Observation?code=75622-1&_include=Observation:subject",
    "/fhir/Observation?value-quantity=gt121&_count=50",
    "/fhir/{k}/{o}",
    "/fhir/{k}/{o}/_history",
    "/fhir/{k}/{o}/_history/1",
    "/fhir/Observation?_summary=count",
    "/fhir/Condition?_summary=count",
    "/fhir/Condition?code=F32.9&_summary=count",
    "/fhir/Condition?code=B20,O04.9&_total=accurate&_count=1",
    "/fhir/Observation?date=ge2026-10-02&_total=accurate",
    "/fhir/Condition?patient={p}&_count=200",
    "/fhir/Condition?onset-date=ge2026-10-05&_sort=-onset-date&_count=200",
    "/fhir/Condition?code:not=I10&_summary=count",
    "/fhir/_history?_count=40",
    "/fhir/Observation/_history",
    "/fhir/Condition/_history?_count=30",
    "/fhir?_type=Patient,Observation,Condition&_lastUpdated=ge2020",
    "/fhir/Observation?patient:missing=false&_sort=date",
    "/fhir/Observation/$lastn?patient={p}&max=2",
    "/fhir/Consent?patient={p}",
    "/fhir/Consent?_summary=count",
    "/fhir/{k}/{o}/$expand",
    "/fhir/Group/{p}/$export",
    "/api/patients/{p}/timeline",
    "/api/patients/{p}/consents",
    "/api/fhir/patients/{p}/hidden",
];

fn path(dice: &mut Dice, scene: &Scene, names: &[String]) -> (String, &'static str) {
    let way = *dice.pick(&WAYS);
    let patient = dice.pick(&scene.patients).to_string();
    let id = dice.pick(names);
    let kind = scene.oracle.things[id].kind;
    let path = way
        .replace("{p}", &patient)
        .replace("{k}", kind)
        .replace("{o}", id);
    (path, way)
}

/// What a way counts or lists in full: the very things the oracle says, no more and no fewer.
fn whole(scene: &Scene, at: usize, path: &str, way: &str) -> Option<BTreeSet<String>> {
    let (kind, narrow): (&str, fn(&Thing) -> bool) = match way {
        "/fhir/Patient?_summary=count" => ("Patient", |_| true),
        "/fhir/Observation?_summary=count" => ("Observation", |_| true),
        "/fhir/Condition?_summary=count"
        | "/fhir/Condition?patient={p}&_count=200"
        | "/fhir/Condition?subject:Patient.gender=female&_count=200" => ("Condition", |_| true),
        "/fhir/Condition?onset-date=ge2026-10-05&_sort=-onset-date&_count=200" => {
            ("Condition", |thing| {
                thing.day.as_deref() >= Some("2026-10-05")
            })
        }
        "/fhir/Condition?code=F32.9&_summary=count" => ("Condition", |thing| {
            thing.labels.iter().any(|label| label == "psychiatric")
        }),
        "/fhir/Consent?_summary=count" | "/fhir/Consent?patient={p}" => ("Consent", |_| true),
        _ => return None,
    };
    let of_one = way.contains("{p}").then(|| {
        let patient = scene
            .patients
            .iter()
            .find(|id| path.contains(&id.to_string()));
        *patient.unwrap()
    });
    let things = scene.oracle.things.iter().filter(|(_, thing)| {
        thing.kind == kind
            && narrow(thing)
            && of_one.is_none_or(|patient| thing.patient == patient)
            && scene.oracle.sees(at, thing)
    });
    Some(things.map(|(id, _)| id.clone()).collect())
}

async fn ask(scene: &Scene, at: usize, path: &str, way: &str) -> usize {
    let reply = scene.clients[at].get(path).await;
    assert!(reply.status.as_u16() < 500, "{path}: {reply:?}");
    if !reply.status.is_success() {
        return 0;
    }
    let entries = if reply.json["resourceType"] == "Bundle" {
        &reply.json["entry"]
    } else {
        &reply.json
    };
    let text = entries.to_string();
    let mut shown = 0;
    for (id, thing) in &scene.oracle.things {
        if text.contains(id.as_str()) {
            assert!(
                scene.oracle.sees(at, thing),
                "{path} shows {at} {} {id}",
                thing.kind
            );
            shown += 1;
        }
    }
    let Some(whole) = whole(scene, at, path, way) else {
        return shown;
    };
    if way.ends_with("=count") {
        let total = reply.json["total"].as_u64().unwrap();
        assert_eq!(total, whole.len() as u64, "{path} for {at}");
    } else {
        let found: BTreeSet<String> = super::world::ids(&reply.json).into_iter().collect();
        assert_eq!(found, whole, "{path} for {at}");
    }
    shown
}

#[test]
fn no_request_shows_what_there_is_no_basis_for() {
    on_each_engine(modules, async |app| {
        let requests = asked("LIANTI_FUZZ_REQUESTS", REQUESTS);
        let seed = asked("LIANTI_FUZZ_SEED", 0x5eed) as u64;
        let mut dice = Dice(seed);
        let scene = build(&app, &mut dice).await;
        let names: Vec<String> = scene.oracle.things.keys().cloned().collect();
        let mut shown = 0;
        let mut by_way: BTreeMap<&str, usize> = BTreeMap::new();
        for _ in 0..requests {
            let at = dice.roll(scene.clients.len());
            let (path, way) = path(&mut dice, &scene, &names);
            let count = ask(&scene, at, &path, way).await;
            *by_way.entry(way).or_default() += count;
            shown += count;
        }
        assert!(
            shown > requests,
            "only {shown} ids were shown: the test would prove nothing"
        );
        println!("{requests} requests showed {shown} ids: {by_way:#?}");
        app.assert_audit_whole().await;
    });
}
