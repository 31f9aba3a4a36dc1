//! A case as ServiceRequest, and its way through the states as Task.
//!
//! Whoever has a basis for the patient sees that there is a request and where it stands; what was
//! written on the sheet stays with the sides of the case.

use kernel::{Id, Result};
use referral::{Referral, State};
use serde_json::{Value, json};
use store::{Tx, Versioned};

use super::{Projected, put, reference};

/// Who keeps these resources.
pub(crate) const OWNER: &str = "referral";
/// The code system of a case's states.
pub(crate) const STATE: &str = "urn:lianti:referral-state";

pub(crate) fn project(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let case: Versioned<Referral> = tx.load(id)?;
    // A draft is its writer's own.
    if case.state == State::Draft {
        return Ok(());
    }
    put(tx, &projected("ServiceRequest", &case, request(&case)))?;
    put(tx, &projected("Task", &case, task(&case)))
}

fn projected(kind: &'static str, case: &Referral, body: Value) -> Projected {
    Projected {
        kind,
        id: case.id,
        org_id: case.from.org_id,
        owner: OWNER,
        body,
    }
}

fn request(case: &Referral) -> Value {
    json!({
        "resourceType": "ServiceRequest",
        "id": case.id,
        "identifier": [{ "system": "urn:lianti:referral-number", "value": case.number }],
        "status": referral::request_status(case.state),
        "intent": "order",
        "category": [{
            "coding": [{ "system": "urn:lianti:referral-kind", "code": case.kind.word() }],
            "text": case.kind.zh(),
        }],
        "priority": referral::request_priority(case.content.priority),
        "subject": reference("Patient", case.patient_id),
        "authoredOn": case.submitted_at.unwrap_or(case.created_at),
        "requester": requester(case),
        "performer": [reference("Organization", case.to.org_id)],
    })
}

fn requester(case: &Referral) -> Value {
    match case.from.practitioner_id {
        Some(doctor) => reference("Practitioner", doctor),
        None => reference("Organization", case.from.org_id),
    }
}

fn task(case: &Referral) -> Value {
    json!({
        "resourceType": "Task",
        "id": case.id,
        "status": referral::task_status(case.state),
        "businessStatus": {
            "coding": [{ "system": STATE, "code": case.state.word() }],
            "text": case.state.zh(),
        },
        "intent": "order",
        "focus": reference("ServiceRequest", case.id),
        "for": reference("Patient", case.patient_id),
        "authoredOn": case.submitted_at.unwrap_or(case.created_at),
        "requester": reference("Organization", case.from.org_id),
        "owner": reference("Organization", case.to.org_id),
    })
}
