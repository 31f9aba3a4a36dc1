//! Patient, organizations and practitioners of a case.

use kernel::identity::Sex;
use serde_json::{Value, json};

use super::{PatientFacts, named_reference};
use crate::model::Referral;

/// The patient: in full where the viewer may read the record, else as on the sheet.
pub(super) fn patient(referral: &Referral, facts: &PatientFacts) -> Value {
    let card = &referral.patient;
    let mut patient = json!({
        "resourceType": "Patient",
        "id": referral.patient_id,
        "name": [{ "use": "official", "text": card.name }],
        "gender": gender(card.sex),
    });
    if let Some(birth_date) = card.birth_date {
        patient["birthDate"] = json!(birth_date);
    }
    let PatientFacts::Full(full) = facts else {
        return patient;
    };
    let identifiers: Vec<Value> = full
        .live_identifiers()
        .map(|identifier| {
            let system = format!("urn:lianti:identifier:{}", identifier.kind.word());
            json!({ "system": system, "value": identifier.value })
        })
        .collect();
    if !identifiers.is_empty() {
        patient["identifier"] = Value::Array(identifiers);
    }
    if let Some(phone) = &full.phone {
        patient["telecom"] = json!([{ "system": "phone", "value": phone }]);
    }
    if let Some(address) = &full.address {
        patient["address"] = json!([{ "text": address }]);
    }
    patient
}

fn gender(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}

/// Each organization with a side, once.
pub(super) fn organizations(referral: &Referral) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut organizations = Vec::new();
    for party in referral.parties() {
        if seen.contains(&party.org_id) {
            continue;
        }
        seen.push(party.org_id);
        let mut organization = json!({
            "resourceType": "Organization",
            "id": party.org_id,
            "name": party.org_name,
        });
        if let Some(phone) = &party.phone {
            organization["telecom"] = json!([{ "system": "phone", "value": phone }]);
        }
        organizations.push(organization);
    }
    organizations
}

/// Each practitioner who is named, once.
pub(super) fn practitioners(referral: &Referral) -> Vec<Value> {
    let mut seen = Vec::new();
    let named = referral
        .parties()
        .filter_map(|party| Some((party.practitioner_id?, party.doctor_name.as_deref()?)));
    let mut practitioners = Vec::new();
    for (id, name) in named {
        if !seen.contains(&id) {
            seen.push(id);
            practitioners.push(json!({
                "resourceType": "Practitioner",
                "id": id,
                "name": [{ "text": name }],
            }));
        }
    }
    practitioners
}

/// Who asks: the doctor, or the organization where the doctor is in no register.
pub(super) fn requester(referral: &Referral) -> Value {
    match (referral.from.practitioner_id, &referral.from.doctor_name) {
        (Some(id), Some(name)) => named_reference("Practitioner", id, name),
        _ => named_reference(
            "Organization",
            referral.from.org_id,
            &referral.from.org_name,
        ),
    }
}
