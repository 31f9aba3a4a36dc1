//! A small consortium: a lead hospital with beds, clinics and a CT, a township centre, two village
//! clinics, a hospital outside; patients of the village; and what people send.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::identity::resident_id_check;
use kernel::{Date, Id, Result};
use network::commands::{
    ApprovalInput, DepartmentInput, GroupInput, MembershipInput, OrganizationInput,
    PractitionerInput, WorkSiteInput,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{Request, Tx, params};
use testkit::{Client, Reply, TestApp};

/// Ids of the consortium.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub lead: Id,
    pub member: Id,
    pub town: Id,
    pub village: Id,
    pub other_village: Id,
    pub stranger: Id,
    pub bureau: Id,
    pub cardiology: Id,
    pub beds: Vec<Id>,
    pub member_beds: Vec<Id>,
    pub ct: Id,
}

pub(super) fn modules() -> Vec<http::Module> {
    vec![
        network::module(),
        record::module(),
        resources::module(),
        terminology::module(),
        crate::module(),
    ]
}

fn from_json<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// The Monday on which the tests begin.
pub(super) fn monday() -> Date {
    "2026-11-23".parse().unwrap()
}

/// Builds the consortium.
pub(super) async fn world(app: &TestApp) -> World {
    app.clock().set(monday().at(7, 0));
    let world = app
        .store()
        .write(&Request::system("test"), build)
        .await
        .unwrap();
    app.settle().await;
    world
}

fn org(
    tx: &mut Tx<'_>,
    code: &str,
    name: &str,
    kind: &str,
    parent: Option<Id>,
    east: i64,
) -> Result<Id> {
    let level = match kind {
        "village-clinic" => "village",
        "township-centre" => "town",
        _ => "district",
    };
    let input: OrganizationInput = from_json(json!({
        "code": code, "name": name, "short_name": name, "kind": kind, "level": level,
        "parent_id": parent,
        "position": { "latitude_microdegrees": 30_000_000, "longitude_microdegrees": 110_000_000 + east },
    }));
    Ok(network::commands::create_organization(tx, &input)?.id)
}

fn group(tx: &mut Tx<'_>, lead: Id, members: &[Id]) -> Result<()> {
    let input: GroupInput = from_json(json!({
        "name": "测试医共体", "form": "county-community", "lead_org_id": lead, "legal_person_mode": "separate",
    }));
    let group = network::commands::create_group(tx, &input)?;
    for member in members {
        let input: MembershipInput = from_json(json!({
            "org_id": member, "role": "member", "cooperation_mode": "tight", "council_class": "member",
        }));
        network::commands::join_group(tx, group.id, &input)?;
    }
    let approval: ApprovalInput = from_json(json!({
        "issuer": "卫生健康委", "number": "测〔2026〕1号", "approved_on": "2026-01-01", "scope": "全部成员",
    }));
    let group = network::commands::approve_group(tx, group.id, group.version, &approval)?;
    network::commands::activate_group(tx, group.id, group.version).map(|_| ())
}

fn department(tx: &mut Tx<'_>, org_id: Id, code: &str, name: &str, specialty: &str) -> Result<Id> {
    let input: DepartmentInput = from_json(json!({
        "org_id": org_id, "code": code, "name": name, "kind": "clinical", "specialty": specialty,
    }));
    Ok(network::commands::create_department(tx, &input)?.id)
}

fn doctor(tx: &mut Tx<'_>, code: &str, name: &str, org_id: Id) -> Result<Id> {
    let input: PractitionerInput = from_json(json!({
        "code": code, "name": name, "profession": "doctor", "home_org_id": org_id,
    }));
    let made = network::commands::create_practitioner(tx, &input)?;
    let site: WorkSiteInput = from_json(json!({
        "org_id": org_id, "kind": "home", "role": "主治医师", "starts_on": "2020-01-01",
    }));
    network::commands::set_sites(tx, made.id, made.version, &[site]).map(|one| one.id)
}

fn beds(tx: &mut Tx<'_>, org_id: Id, department_id: Id, count: usize) -> Result<Vec<Id>> {
    let ward = resources::import_ward(
        tx,
        &from_json(
            json!({ "org_id": org_id, "department_id": department_id, "code": "W1", "name": "一病区" }),
        ),
    )?;
    let mut beds = Vec::new();
    for at in 0..count {
        let input = from_json(json!({
            "ward_id": ward.id, "code": format!("{}", at + 1), "sex_rule": "any", "isolation": false,
            "channel": if at + 1 == count { "green" } else { "referral" }, "price": 5000,
        }));
        beds.push(resources::import_bed(tx, &input)?.id);
    }
    Ok(beds)
}

fn build(tx: &mut Tx<'_>) -> Result<World> {
    terminology::seed(tx)?;
    let bureau = org(tx, "B", "卫健局", "health-bureau", None, 0)?;
    let lead = org(tx, "L", "市医院", "lead-hospital", None, 0)?;
    let member = org(tx, "M", "二院", "member-hospital", None, 50_000)?;
    let town = org(tx, "T", "东镇卫生院", "township-centre", None, 100_000)?;
    let village = org(tx, "V", "东村卫生室", "village-clinic", Some(town), 150_000)?;
    let other_village = org(tx, "W", "西村卫生室", "village-clinic", Some(town), 160_000)?;
    let stranger = org(tx, "S", "外院", "lead-hospital", None, 300_000)?;
    group(tx, lead, &[member, town, village, other_village])?;
    let cardiology = department(tx, lead, "XN", "心血管内科", "03.04")?;
    department(tx, lead, "SN", "神经内科", "03.03")?;
    let internal = department(tx, member, "NK", "心血管内科", "03.04")?;
    let doctor_id = doctor(tx, "D1", "甲医生", lead)?;
    let template = json!({
        "org_id": lead, "department_id": cardiology, "code": "S1", "name": "心内科专家门诊",
        "practitioner_id": doctor_id, "weekdays": [1, 2, 3, 4, 5], "start": "08:00", "end": "12:00",
        "slot_minutes": 15, "price": 2500, "valid_from": "2026-11-01",
        "quotas": [{ "channel": "referral", "org_id": null, "places": 8, "release_hours": 1 }],
    });
    resources::import_template(tx, &from_json(template))?;
    let ct = resources::import_equipment(
        tx,
        &from_json(json!({
            "org_id": lead, "kind": "CT", "code": "CT1", "name": "64排CT",
            "hours": [{ "weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "08:00", "end": "18:00", "channel": "referral" }],
            "exams": [{ "code": "CT-HEAD", "name": "颅脑CT平扫", "minutes": 10, "price": 20000,
                        "preparation": "去除头部金属饰物" }],
        })),
    )?
    .id;
    Ok(World {
        beds: beds(tx, lead, cardiology, 6)?,
        member_beds: beds(tx, member, internal, 3)?,
        lead,
        member,
        town,
        village,
        other_village,
        stranger,
        bureau,
        cardiology,
        ct,
    })
}

/// People of the consortium, signed in.
pub(super) struct People {
    pub village_doctor: Client,
    pub other_village_doctor: Client,
    pub town_doctor: Client,
    pub office: Client,
    pub member_office: Client,
    pub attending: Client,
    pub nurse: Client,
    pub duty_chief: Client,
    pub technician: Client,
    pub stranger: Client,
    pub bureau: Client,
}

pub(super) async fn people(app: &TestApp, world: &World) -> People {
    People {
        village_doctor: app.client("village-doctor", world.village).await,
        other_village_doctor: app.client("village-doctor", world.other_village).await,
        town_doctor: app.client("general-practitioner", world.town).await,
        office: app.client("referral-office", world.lead).await,
        member_office: app.client("referral-office", world.member).await,
        attending: app.client("attending-doctor", world.lead).await,
        nurse: app.client("ward-nurse", world.lead).await,
        duty_chief: app.client("duty-chief", world.lead).await,
        technician: app.client("technician", world.lead).await,
        stranger: app.client("referral-office", world.stranger).await,
        bureau: app.client("health-bureau", world.bureau).await,
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Registers a patient at the doctor's own clinic: somebody like nobody else, with a number of the
/// reserved test region.
pub(super) async fn patient(doctor: &Client) -> Id {
    let serial = NEXT.fetch_add(1, Ordering::Relaxed);
    let born = Date::new(1930, 1, 1)
        .unwrap()
        .plus_days(i64::try_from(serial).unwrap() * 11);
    let born: String = born
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let digits = format!("999999{born}{:03}", serial % 1000);
    let check = char::from(resident_id_check(digits.as_bytes()));
    let given: String = format!("{serial:04}")
        .bytes()
        .map(|digit| {
            "零一二三四五六七八九"
                .chars()
                .nth((digit - b'0').into())
                .unwrap()
        })
        .collect();
    let body = json!({
        "name": format!("测试{given}"),
        "identifiers": [{ "kind": "resident-id", "value": format!("{digits}{check}") }],
        "phone": format!("139{serial:08}"), "village": "东村",
    });
    let reply = doctor.post("/api/patients", body).await.expect(201);
    reply.json["patient"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// A complete sheet.
pub(super) fn sheet(kind: &str, patient: Id, to: Id, diagnosis: &str) -> Value {
    json!({
        "kind": kind, "patient_id": patient, "to_org_id": to,
        "content": {
            "reason_code": "diagnosis-unclear", "reason_text": "进一步诊治",
            "diagnoses": [{ "code": diagnosis, "display": diagnosis }],
            "condition": "胸闷三天", "treatment": "对症处理", "precautions": "",
            "no_known_allergies": true,
            "vital_signs": { "systolic_mmhg": 138, "diastolic_mmhg": 86, "pulse_bpm": 82 },
            "consent": { "given_by": "patient", "form": "written", "at": "2026-11-22T01:00:00Z" },
            "service": "inpatient", "priority": "urgent",
        },
    })
}

/// A plan of a referral down that meets the checklist.
pub(super) fn plan() -> Value {
    let met = [
        "vitals-stable",
        "diagnosis-clear",
        "oral-medication",
        "wound-managed",
        "family-informed",
        "warning-signs-taught",
        "swallow-checked",
        "pressure-controlled",
        "glucose-controlled",
    ];
    let stability: serde_json::Map<String, Value> = met
        .iter()
        .map(|code| ((*code).to_owned(), json!(true)))
        .collect();
    json!({
        "diagnoses": [{ "code": "I50", "display": "心力衰竭" }],
        "stability": stability,
        "drugs": [{ "code": "C08CA01-TAB", "display": "苯磺酸氨氯地平片", "dose": "5 mg 每日一次" }],
        "rehabilitation_goal": "六周内步行 500 米", "precautions": "气促加重即返院",
    })
}

/// A case as somebody sees it.
pub(super) async fn read(client: &Client, id: Id) -> Reply {
    client
        .get(&format!("/api/referrals/{id}"))
        .await
        .expect(200)
}

/// Does an action with the version just read.
pub(super) async fn act(client: &Client, id: Id, action: &str, body: Value) -> Reply {
    let version = client.get(&format!("/api/referrals/{id}")).await;
    let version = version.json["version"].as_i64().unwrap_or(1);
    client
        .seeing(version)
        .post(&format!("/api/referrals/{id}/{action}"), body)
        .await
}

/// Writes and sends a referral.
pub(super) async fn send(client: &Client, sheet: Value) -> Id {
    let id = client.post("/api/referrals", sheet).await.expect(201).id();
    act(
        client,
        id,
        "submit",
        json!({ "override_reason": "与上级沟通过" }),
    )
    .await
    .expect(200);
    id
}

/// A bed by its place in the fixture.
pub(super) fn bed(bed_id: Id) -> Value {
    json!({ "place": { "kind": "bed", "bed_id": bed_id } })
}

/// Holds of a case that still keep a place.
pub(super) async fn live_holds(app: &TestApp, id: Id) -> usize {
    app.store()
        .read(&Request::system("test"), move |tx| {
            let holds = resources::holds_for(tx, "referral", id)?;
            Ok(holds
                .into_iter()
                .filter(|hold| hold.state.is_live())
                .count())
        })
        .await
        .unwrap()
}

/// Live care relations by a case.
pub(super) async fn live_care(app: &TestApp, id: Id) -> i64 {
    const COUNT: &str =
        "SELECT COUNT(*) AS count FROM care WHERE document_id = $1 AND closed_at IS NULL";
    app.store()
        .read(&Request::system("test"), move |tx| {
            tx.count(COUNT, &params![id])
        })
        .await
        .unwrap()
}
