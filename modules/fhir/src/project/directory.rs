//! Organizations and people of the network.

use kernel::identity::Sex;
use kernel::{Id, Result};
use network::OrgState;
use network::model::PractitionerState;
use serde_json::{Value, json};
use store::Tx;

use super::{Projected, put, put_list, reference};

pub(super) fn organization(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let org = network::org(tx, id)?;
    let mut body = json!({
        "resourceType": "Organization",
        "id": id,
        "identifier": [{ "system": "urn:lianti:organization-code", "value": org.code }],
        "active": org.state == OrgState::Open,
        "type": [{ "coding": [{ "system": "urn:lianti:organization-kind", "code": org.kind }] }],
        "name": org.name,
    });
    let alias = [Some(&org.short_name), org.name_en.as_ref()];
    let alias = alias
        .into_iter()
        .flatten()
        .filter(|name| !name.is_empty() && **name != org.name);
    put_list(&mut body, "alias", alias.map(|name| json!(name)).collect());
    if let Some(phone) = &org.phone {
        body["telecom"] = json!([{ "system": "phone", "value": phone }]);
    }
    if let Some(address) = &org.address {
        body["address"] = json!([{ "text": address }]);
    }
    if let Some(parent) = org.parent_id {
        body["partOf"] = reference("Organization", parent);
    }
    put(tx, &projected("Organization", id, id, body))
}

pub(super) fn practitioner(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let person = network::practitioner(tx, id)?;
    let active = person.state == PractitionerState::Active;
    let mut body = json!({
        "resourceType": "Practitioner",
        "id": id,
        "identifier": [{
            "system": format!("urn:lianti:staff-number:{}", person.home_org_id),
            "value": person.code,
        }],
        "active": active,
        "name": [{ "text": person.name }],
    });
    let gender = person.sex.map(|sex| match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    });
    if let Some(gender) = gender {
        body["gender"] = json!(gender);
    }
    put(tx, &projected("Practitioner", id, person.home_org_id, body))?;
    let mut role = json!({
        "resourceType": "PractitionerRole",
        "id": id,
        "active": active,
        "practitioner": reference("Practitioner", id),
        "organization": reference("Organization", person.home_org_id),
    });
    if let Some(specialty) = &person.specialty {
        let coding = json!({ "system": "urn:lianti:specialty", "code": specialty });
        role["specialty"] = json!([{ "coding": [coding] }]);
    }
    put(
        tx,
        &projected("PractitionerRole", id, person.home_org_id, role),
    )
}

fn projected(kind: &'static str, id: Id, org_id: Id, body: Value) -> Projected {
    Projected {
        kind,
        id,
        org_id,
        owner: "network",
        body,
    }
}
