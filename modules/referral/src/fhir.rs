//! A case as FHIR R4: one collection Bundle that another system can read without us.
//!
//! ServiceRequest is the request, Task its way through the states, Appointment the place held,
//! Encounter the treatment, Composition the discharge summary, CarePlan the plan of a referral down.

mod care;
mod people;

use kernel::Id;
use serde_json::{Value, json};

use crate::down::FollowUp;
use crate::model::Referral;
use crate::words::{Kind, Phase, Priority, State};

/// Names and numbers of the patient that go into the Bundle.
pub(crate) enum PatientFacts {
    /// The viewer's organization may read the record.
    Full(Box<record::Patient>),
    /// Only what stands on the sheet.
    Sheet,
}

/// The Bundle of a case.
pub(crate) fn bundle(
    referral: &Referral,
    patient: &PatientFacts,
    follow_ups: &[FollowUp],
) -> Value {
    let mut resources = vec![
        service_request(referral),
        task(referral),
        people::patient(referral, patient),
    ];
    resources.extend(people::organizations(referral));
    resources.extend(people::practitioners(referral));
    resources.extend(care::conditions(referral));
    resources.extend(care::observations(referral));
    resources.extend(care::consent(referral));
    resources.extend(care::appointment(referral));
    resources.extend(care::encounter(referral));
    resources.extend(care::composition(referral));
    resources.extend(care::care_plan(referral, follow_ups));
    let entries: Vec<Value> = resources.iter().map(entry).collect();
    json!({
        "resourceType": "Bundle",
        "id": referral.id,
        "type": "collection",
        "identifier": { "system": "urn:lianti:referral-number", "value": referral.number },
        "timestamp": referral.submitted_at.unwrap_or(referral.created_at),
        "entry": entries,
    })
}

/// Entries are found by the same address that references inside the Bundle use.
fn entry(resource: &Value) -> Value {
    let kind = resource["resourceType"].as_str().unwrap_or_default();
    let id = resource["id"].as_str().unwrap_or_default();
    json!({ "fullUrl": format!("{BASE}{kind}/{id}"), "resource": resource })
}

/// References are relative to this; a receiver resolves them inside the Bundle.
const BASE: &str = "https://lianti.invalid/fhir/";

/// A reference to a resource of the Bundle.
fn reference(kind: &str, id: Id) -> Value {
    json!({ "reference": format!("{BASE}{kind}/{id}") })
}

/// A reference with a name to show.
fn named_reference(kind: &str, id: Id, display: &str) -> Value {
    json!({ "reference": format!("{BASE}{kind}/{id}"), "display": display })
}

/// A concept of ICD-10.
fn icd10(code: &str, display: &str) -> Value {
    json!({
        "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10", "code": code, "display": display }],
        "text": display,
    })
}

fn service_request(referral: &Referral) -> Value {
    let content = &referral.content;
    let mut request = json!({
        "resourceType": "ServiceRequest",
        "id": referral.id,
        "identifier": [{ "system": "urn:lianti:referral-number", "value": referral.number }],
        "status": request_status(referral.state),
        "intent": if referral.kind == Kind::Advice { "proposal" } else { "order" },
        "category": [{ "text": referral.kind.zh(), "coding": [
            { "system": "urn:lianti:referral-kind", "code": referral.kind.word() }
        ]}],
        "priority": request_priority(content.priority),
        "code": requested(referral),
        "subject": reference("Patient", referral.patient_id),
        "authoredOn": referral.submitted_at.unwrap_or(referral.created_at),
        "requester": people::requester(referral),
        "performer": [named_reference("Organization", referral.to.org_id, &referral.to.org_name)],
    });
    let reasons = content.diagnoses.iter();
    let reasons = reasons
        .map(|diagnosis| icd10(&diagnosis.code, &diagnosis.display))
        .collect();
    let notes = [
        ("转诊原因", &content.reason_text),
        ("病情描述", &content.condition),
        ("治疗经过", &content.treatment),
        ("注意事项", &content.precautions),
    ];
    let notes: Vec<Value> = notes
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(title, text)| json!({ "text": format!("{title}：{text}") }))
        .collect();
    put_list(&mut request, "note", notes);
    put_list(&mut request, "reasonCode", reasons);
    if let Some(exam) = &content.exam {
        let part = exam
            .part
            .iter()
            .map(|part| json!({ "text": part }))
            .collect();
        put_list(&mut request, "bodySite", part);
        if let Some(preparation) = &exam.preparation {
            request["patientInstruction"] = json!(preparation);
        }
    }
    request
}

/// An empty array is not FHIR: the element is left out.
fn put_list(resource: &mut Value, name: &str, list: Vec<Value>) {
    match (list.is_empty(), resource.as_object_mut()) {
        (true, Some(fields)) => {
            fields.shift_remove(name);
        }
        _ => resource[name] = Value::Array(list),
    }
}

fn requested(referral: &Referral) -> Value {
    match &referral.content.exam {
        Some(exam) if referral.kind == Kind::Exam => json!({
            "coding": [{ "system": "urn:lianti:exam", "code": exam.item_code, "display": exam.item_display }],
            "text": exam.item_display,
        }),
        _ => json!({
            "coding": [{ "system": "urn:lianti:referral-service", "code": referral.content.service.word() }],
            "text": referral.content.service.zh(),
        }),
    }
}

/// How urgent a case is, in the words of FHIR.
pub fn request_priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Emergency => "stat",
        Priority::Urgent => "urgent",
        Priority::Routine => "routine",
    }
}

/// The status of the ServiceRequest: a request that came to nothing is revoked.
pub fn request_status(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Closed | State::BecameReferral => "completed",
        State::Rejected
        | State::Withdrawn
        | State::Expired
        | State::NoShow
        | State::Deceased
        | State::ClosedElsewhere => "revoked",
        _ => "active",
    }
}

fn task(referral: &Referral) -> Value {
    let mut task = json!({
        "resourceType": "Task",
        "id": referral.id,
        "status": task_status(referral.state),
        "businessStatus": { "text": referral.state.zh(), "coding": [
            { "system": "urn:lianti:referral-state", "code": referral.state.word() }
        ]},
        "intent": "order",
        "focus": reference("ServiceRequest", referral.id),
        "for": reference("Patient", referral.patient_id),
        "authoredOn": referral.submitted_at.unwrap_or(referral.created_at),
        "requester": named_reference("Organization", referral.from.org_id, &referral.from.org_name),
        "owner": named_reference("Organization", referral.to.org_id, &referral.to.org_name),
    });
    if let Some(reason) = &referral.reason {
        let text = reason.text.clone().unwrap_or_else(|| reason.code.clone());
        task["statusReason"] = json!({ "text": text });
    }
    if let (Some(due_at), Phase::Live) = (referral.due_at, referral.phase()) {
        task["restriction"] = json!({ "period": { "end": due_at } });
    }
    task
}

/// The status of the Task.
pub fn task_status(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Submitted | State::Asked | State::Escalated => "requested",
        State::InReview => "received",
        State::Accepted => "accepted",
        State::Rejected => "rejected",
        State::Withdrawn | State::NoShow | State::Deceased | State::ClosedElsewhere => "cancelled",
        State::Expired => "failed",
        State::Closed | State::BecameReferral => "completed",
        _ => "in-progress",
    }
}
