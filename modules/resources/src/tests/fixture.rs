//! A small consortium: a lead hospital with a ward, clinics and a CT, a town centre, a village
//! clinic, and a hospital of another group.

use kernel::{Date, Id, Instant, Money, Result, Span};
use network::OrgKind;
use network::commands::{
    ApprovalInput, DepartmentInput, GroupInput, MembershipInput, OrganizationInput,
    PractitionerInput, WorkSiteInput,
};
use serde::de::DeserializeOwned;
use serde_json::json;
use store::{Request, Store, Tx};
use testkit::TestApp;

use crate::{Channel, HoldRequest, Place, Quota};

/// Ids of the consortium.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub lead: Id,
    pub town: Id,
    pub village: Id,
    /// Belongs to another group.
    pub stranger: Id,
    /// Cardiology of the lead hospital.
    pub cardiology: Id,
    pub ward: Id,
    /// A male, a female, an isolation bed for any, and one kept for the green channel.
    pub beds: Vec<Id>,
    pub doctor: Id,
    pub other_doctor: Id,
    pub template: Id,
    pub ct: Id,
}

pub(super) fn modules() -> Vec<http::Module> {
    vec![network::module(), crate::module()]
}

fn from_json<T: DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Runs a write as the server itself.
pub(super) async fn write<T: Send + 'static>(
    app: &TestApp,
    run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    write_to(app.store(), run).await
}

/// The same on a store.
pub(super) async fn write_to<T: Send + 'static>(
    store: &Store,
    run: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    store.write(&Request::system("test"), run).await
}

/// The Monday on which the consortium's tests begin, at eight in the morning.
pub(super) fn monday() -> Date {
    "2026-11-23".parse().unwrap()
}

/// Builds the consortium with two weeks of sessions.
pub(super) async fn world(app: &TestApp) -> World {
    app.clock().set(monday().at(7, 0));
    let world = write(app, build).await.unwrap();
    app.settle().await;
    world
}

fn org(tx: &mut Tx<'_>, code: &str, name: &str, kind: OrgKind, east: i64) -> Result<Id> {
    let level = match kind {
        OrgKind::VillageClinic => "village",
        OrgKind::TownshipCentre => "town",
        _ => "city",
    };
    let input: OrganizationInput = from_json(json!({
        "code": code, "name": name, "short_name": name, "kind": kind, "level": level,
        "position": { "latitude_microdegrees": 30_000_000, "longitude_microdegrees": 110_000_000 + east },
    }));
    Ok(network::commands::create_organization(tx, &input)?.id)
}

fn group(tx: &mut Tx<'_>, name: &str, lead: Id, members: &[Id]) -> Result<()> {
    let input: GroupInput = from_json(json!({
        "name": name, "form": "urban-group", "lead_org_id": lead, "legal_person_mode": "separate",
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

fn build(tx: &mut Tx<'_>) -> Result<World> {
    let lead = org(tx, "L", "中心医院", OrgKind::LeadHospital, 0)?;
    let town = org(tx, "T", "东镇卫生院", OrgKind::TownshipCentre, 100_000)?;
    let village = org(tx, "V", "东村卫生室", OrgKind::VillageClinic, 150_000)?;
    let stranger = org(tx, "S", "外院", OrgKind::LeadHospital, 300_000)?;
    group(tx, "第一集团", lead, &[town, village])?;
    group(tx, "第二集团", stranger, &[])?;
    let department: DepartmentInput = from_json(json!({
        "org_id": lead, "code": "XN", "name": "心血管内科", "kind": "clinical", "specialty": "03.04",
    }));
    let cardiology = network::commands::create_department(tx, &department)?.id;
    let (doctor_id, other_doctor) = (
        doctor(tx, "D1", "甲医生", lead)?,
        doctor(tx, "D2", "乙医生", lead)?,
    );
    let ward = crate::import_ward(
        tx,
        &from_json(
            json!({ "org_id": lead, "department_id": cardiology, "code": "W1", "name": "心内一病区" }),
        ),
    )?;
    let mut beds = Vec::new();
    for (code, sex_rule, isolation, channel) in [
        ("1", "male", false, "routine"),
        ("2", "female", false, "referral"),
        ("3", "any", true, "routine"),
        ("4", "any", false, "green"),
    ] {
        let input = from_json(json!({
            "ward_id": ward.id, "code": code, "sex_rule": sex_rule, "isolation": isolation,
            "channel": channel, "price": 5000,
        }));
        beds.push(crate::import_bed(tx, &input)?.id);
    }
    let template = crate::import_template(tx, &template(lead, cardiology, doctor_id, town))?.id;
    let ct = crate::import_equipment(
        tx,
        &from_json(json!({
            "org_id": lead, "kind": "CT", "code": "CT1", "name": "64排CT",
            "hours": [
                { "weekdays": [1, 2, 3, 4, 5], "start": "08:00", "end": "12:00", "channel": "routine" },
                { "weekdays": [1, 2, 3, 4, 5], "start": "12:00", "end": "13:00", "channel": "green" },
            ],
            "exams": [{ "code": "CT-HEAD", "name": "颅脑CT平扫", "minutes": 10, "price": 20000,
                        "preparation": "去除头部金属饰物" }],
        })),
    )?
    .id;
    Ok(World {
        lead,
        town,
        village,
        stranger,
        cardiology,
        ward: ward.id,
        beds,
        doctor: doctor_id,
        other_doctor,
        template,
        ct,
    })
}

/// Sixteen slots each Monday and Wednesday: four for the town, two for referrals, one green.
fn template(lead: Id, department_id: Id, doctor: Id, town: Id) -> crate::TemplateInput {
    let quotas = [
        Quota {
            channel: Channel::Referral,
            org_id: Some(town),
            places: 4,
            release_hours: Some(24),
        },
        Quota {
            channel: Channel::Referral,
            org_id: None,
            places: 2,
            release_hours: Some(24),
        },
        Quota {
            channel: Channel::Green,
            org_id: None,
            places: 1,
            release_hours: Some(1),
        },
    ];
    from_json(json!({
        "org_id": lead, "department_id": department_id, "code": "S1", "name": "心内科专家门诊",
        "practitioner_id": doctor, "weekdays": [1, 3], "start": "08:00", "end": "12:00",
        "slot_minutes": 15, "quotas": quotas, "price": Money::fen(2500), "valid_from": "2026-11-01",
    }))
}

/// A request on behalf of `for_org_id`, for two hours.
pub(super) fn request(place: Place, for_org_id: Id, channel: Channel, now: Instant) -> HoldRequest {
    HoldRequest {
        place,
        owner_kind: "test",
        owner_id: Id::NIL,
        patient_id: None,
        patient_sex: None,
        for_org_id,
        channel,
        until: now + Span::hours(2),
    }
}

/// The first slots of the first session on `date`, in order, with channel, quota and id.
pub(super) async fn slots_on(app: &TestApp, date: Date) -> Vec<crate::slots::store::SlotRow> {
    write(app, move |tx| {
        const OF_DAY: &str = "SELECT id FROM clinic_session WHERE date = $1 ORDER BY start_at, id";
        #[derive(serde::Deserialize)]
        struct Row {
            id: Id,
        }
        let mut slots = Vec::new();
        for row in tx.query::<Row>(OF_DAY, &store::params![date])? {
            slots.extend(crate::slots::store::slots_of(tx, row.id)?);
        }
        Ok(slots)
    })
    .await
    .unwrap()
}

/// Fails if the ledger of holds is not whole.
pub(super) async fn assert_ledger_whole(app: &TestApp) {
    let findings = write(app, crate::ledger_check).await.unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}
