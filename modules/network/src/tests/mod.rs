//! The module in process, on both engines.

mod people;
mod sharing;
mod tree;
mod unchanged;

use kernel::{Id, Result};
use serde_json::{Value, json};
use store::Tx;
use testkit::{Client, Reply, TestApp, on_each_engine};

use crate::commands::{self, GroupInput, MembershipInput, OrganizationInput};
use crate::model::{CooperationMode, CouncilClass, GroupForm, LegalPersonMode, MemberRole};

fn modules() -> Vec<http::Module> {
    vec![crate::module()]
}

/// A county that tests share: a region, its bureau, a lead hospital, a township centre with a
/// clinic, a community centre; all but the bureau in one active group, and one hospital outside.
struct County {
    region: Id,
    bureau: Id,
    lead: Id,
    township: Id,
    clinic: Id,
    community: Id,
    outside: Id,
    group: Id,
}

fn organization(code: &str, name: &str, kind: &str, level: &str, parent_id: Option<Id>) -> Value {
    json!({ "code": code, "name": name, "kind": kind, "level": level, "parent_id": parent_id })
}

fn create(tx: &mut Tx<'_>, input: Value) -> Result<Id> {
    let input: OrganizationInput = serde_json::from_value(input).unwrap();
    commands::create_organization(tx, &input).map(|org| org.id)
}

async fn county(app: &TestApp) -> County {
    app.store()
        .write(&store::Request::system("test"), build)
        .await
        .unwrap()
}

fn build(tx: &mut Tx<'_>) -> Result<County> {
    let region = create(tx, organization("R", "云泽县", "region", "district", None))?;
    let bureau = create(
        tx,
        organization(
            "B",
            "县卫生健康局",
            "health-bureau",
            "district",
            Some(region),
        ),
    )?;
    let mut lead = organization("L", "县人民医院", "lead-hospital", "district", Some(region));
    lead["ownership"] = json!("government");
    lead["positioning"] = json!("acute-complex");
    lead["funding"] = json!("partial-budget");
    lead["input_mode"] = json!("per-post");
    lead["position"] =
        json!({ "latitude_microdegrees": 30_000_000, "longitude_microdegrees": 110_000_000 });
    let lead = create(tx, lead)?;
    let mut township = organization("T", "青禾镇卫生院", "township-centre", "town", Some(region));
    township["ownership"] = json!("government");
    township["position"] =
        json!({ "latitude_microdegrees": 30_100_000, "longitude_microdegrees": 110_000_000 });
    let township = create(tx, township)?;
    let clinic = create(
        tx,
        organization(
            "V",
            "石桥村卫生室",
            "village-clinic",
            "village",
            Some(township),
        ),
    )?;
    let community = create(
        tx,
        organization(
            "C",
            "东街社区卫生服务中心",
            "community-centre",
            "town",
            Some(region),
        ),
    )?;
    let outside = create(
        tx,
        organization("X", "邻县医院", "member-hospital", "district", None),
    )?;
    let group = commands::create_group(
        tx,
        &GroupInput {
            name: "云泽县医共体".to_owned(),
            short_name: None,
            name_en: None,
            form: GroupForm::CountyCommunity,
            lead_org_id: lead,
            legal_person_mode: LegalPersonMode::Separate,
        },
    )?;
    let approval = serde_json::from_value(json!({
        "issuer": "某市卫生健康委", "number": "〔2026〕8号", "approved_on": "2026-01-05", "scope": "全县"
    }))
    .unwrap();
    let approved = commands::approve_group(tx, group.id, group.version, &approval)?;
    let active = commands::activate_group(tx, group.id, approved.version)?;
    for org_id in [township, community] {
        let input = MembershipInput {
            org_id,
            role: MemberRole::Member,
            cooperation_mode: CooperationMode::Tight,
            council_class: CouncilClass::Member,
            joined_on: None,
        };
        commands::join_group(tx, active.id, &input)?;
    }
    Ok(County {
        region,
        bureau,
        lead,
        township,
        clinic,
        community,
        outside,
        group: active.id,
    })
}

async fn get(client: &Client, path: &str) -> Reply {
    client.get(path).await.expect(200)
}
