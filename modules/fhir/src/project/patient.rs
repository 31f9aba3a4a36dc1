//! A patient of the record, with allergies and problems.

use kernel::identity::Sex;
use kernel::{Id, Result};
use record::{Allergy, AllergyKind, Patient, Problem, Severity};
use serde_json::{Value, json};
use store::{Tx, Versioned};

use super::{Projected, put, put_list, reference};
use crate::moves;

pub(super) fn project(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let patient: Versioned<Patient> = tx.load(id)?;
    if patient.replaced_by.is_some() {
        // What it had is the standing patient's now, and comes with that one.
        let standing = record::patient(tx, id)?.id;
        let body = replaced(id, standing);
        return put(tx, &projected("Patient", id, patient.org_id, body));
    }
    let mut body = person(&patient);
    let links = moves::replaced(tx, id)?.into_iter();
    let links = links.map(
        |other| json!({ "other": { "reference": format!("Patient/{other}") }, "type": "replaces" }),
    );
    put_list(&mut body, "link", links.collect());
    put(tx, &projected("Patient", id, patient.org_id, body))?;
    for allergy in &patient.allergies {
        let body = allergy_body(id, allergy);
        put(
            tx,
            &projected("AllergyIntolerance", allergy.id, allergy.org_id, body),
        )?;
    }
    for problem in &patient.problems {
        let body = condition_body(id, problem);
        put(
            tx,
            &projected("Condition", problem.id, problem.org_id, body),
        )?;
    }
    Ok(())
}

fn projected(kind: &'static str, id: Id, org_id: Id, body: Value) -> Projected {
    Projected {
        kind,
        id,
        org_id,
        owner: "record",
        body,
    }
}

/// A patient that was merged into another: only that.
fn replaced(id: Id, standing: Id) -> Value {
    json!({
        "resourceType": "Patient",
        "id": id,
        "active": false,
        "link": [{ "other": reference("Patient", standing), "type": "replaced-by" }],
    })
}

fn person(patient: &Patient) -> Value {
    let mut body = json!({
        "resourceType": "Patient",
        "id": patient.id,
        "active": true,
        "name": [{ "use": "official", "text": patient.name }],
        "gender": gender(patient.sex),
        "managingOrganization": reference("Organization", patient.org_id),
    });
    let identifiers = patient.live_identifiers().map(|identifier| {
        let mut value = json!({
            "system": format!("urn:lianti:identifier:{}", identifier.kind.word()),
            "value": identifier.value,
        });
        if let Some(org_id) = identifier.org_id {
            value["assigner"] = reference("Organization", org_id);
        }
        value
    });
    put_list(&mut body, "identifier", identifiers.collect());
    if let Some(birth_date) = patient.birth_date {
        body["birthDate"] = json!(birth_date);
    }
    if let Some(deceased_on) = patient.deceased_on {
        body["deceasedDateTime"] = json!(deceased_on);
    }
    if let Some(phone) = &patient.phone {
        body["telecom"] = json!([{ "system": "phone", "value": phone }]);
    }
    if patient.address.is_some() || patient.village.is_some() {
        let mut address = json!({ "use": "home" });
        if let Some(text) = &patient.address {
            address["text"] = json!(text);
        }
        if let Some(village) = &patient.village {
            address["district"] = json!(village);
        }
        body["address"] = json!([address]);
    }
    body
}

fn gender(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}

fn status(system: &str, ended: bool) -> Value {
    let code = if ended { "resolved" } else { "active" };
    let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
    json!({ "coding": [{ "system": system, "code": code }] })
}

fn allergy_body(patient: Id, allergy: &Allergy) -> Value {
    let mut body = json!({
        "resourceType": "AllergyIntolerance",
        "id": allergy.id,
        "clinicalStatus": status("allergyintolerance-clinical", allergy.ended_at.is_some()),
        "code": { "text": allergy.substance },
        "patient": reference("Patient", patient),
        "recordedDate": allergy.recorded_at,
    });
    match allergy.kind {
        AllergyKind::Drug => body["category"] = json!(["medication"]),
        AllergyKind::Food => body["category"] = json!(["food"]),
        AllergyKind::Other => {}
    }
    if allergy.severity == Some(Severity::Severe) {
        body["criticality"] = json!("high");
    }
    if let Some(reaction) = &allergy.reaction {
        body["reaction"] = json!([{ "manifestation": [{ "text": reaction }] }]);
    }
    body
}

fn condition_body(patient: Id, problem: &Problem) -> Value {
    let mut code = json!({ "text": problem.title });
    if let Some(icd10) = &problem.code {
        code["coding"] = json!([{ "system": "http://hl7.org/fhir/sid/icd-10", "code": icd10 }]);
    }
    let mut body = json!({
        "resourceType": "Condition",
        "id": problem.id,
        "clinicalStatus": status("condition-clinical", problem.ended_at.is_some()),
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-category",
            "code": "problem-list-item",
        }]}],
        "code": code,
        "subject": reference("Patient", patient),
        "recordedDate": problem.recorded_at,
    });
    if let Some(since) = problem.since {
        body["onsetDateTime"] = json!(since);
    }
    body
}
