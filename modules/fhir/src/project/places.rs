//! Wards and beds as Location, half-days of a clinic as Schedule.

use kernel::{Id, Result};
use resources::{Bed, BedState, Session, SessionState, Ward, WardState};
use serde_json::{Value, json};
use store::{Tx, Versioned};

use super::{Projected, put, reference};

pub(super) fn ward(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let ward: Versioned<Ward> = tx.load(id)?;
    let open = ward.state == WardState::Open;
    let body = json!({
        "resourceType": "Location",
        "id": id,
        "identifier": [{ "system": "urn:lianti:ward", "value": ward.code }],
        "status": if open { "active" } else { "inactive" },
        "name": ward.name,
        "mode": "instance",
        "physicalType": physical("wa"),
        "managingOrganization": reference("Organization", ward.org_id),
    });
    put(tx, &projected("Location", id, ward.org_id, body))
}

pub(super) fn bed(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let bed: Versioned<Bed> = tx.load(id)?;
    let (status, operation) = match bed.state {
        BedState::Open => ("active", "U"),
        BedState::Occupied => ("active", "O"),
        BedState::Cleaning => ("active", "H"),
        BedState::Closed => ("suspended", "C"),
    };
    let body = json!({
        "resourceType": "Location",
        "id": id,
        "identifier": [{ "system": "urn:lianti:bed", "value": bed.code }],
        "status": status,
        "operationalStatus": {
            "system": "http://terminology.hl7.org/CodeSystem/v2-0116",
            "code": operation,
        },
        "name": bed.code,
        "mode": "instance",
        "physicalType": physical("bd"),
        "managingOrganization": reference("Organization", bed.org_id),
        "partOf": reference("Location", bed.ward_id),
    });
    put(tx, &projected("Location", id, bed.org_id, body))
}

pub(super) fn session(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let session: Versioned<Session> = tx.load(id)?;
    let actor = match session.practitioner_id {
        Some(doctor) => reference("Practitioner", doctor),
        None => reference("Organization", session.org_id),
    };
    let body = json!({
        "resourceType": "Schedule",
        "id": id,
        "active": session.state == SessionState::Open,
        "specialty": [{ "coding": [{ "system": "urn:lianti:specialty", "code": session.specialty }] }],
        "actor": [actor],
        "planningHorizon": { "start": session.start_at, "end": session.end_at },
        "comment": session.name,
    });
    put(tx, &projected("Schedule", id, session.org_id, body))
}

fn physical(code: &str) -> Value {
    let system = "http://terminology.hl7.org/CodeSystem/location-physical-type";
    json!({ "coding": [{ "system": system, "code": code }] })
}

fn projected(kind: &'static str, id: Id, org_id: Id, body: Value) -> Projected {
    Projected {
        kind,
        id,
        org_id,
        owner: "resources",
        body,
    }
}
