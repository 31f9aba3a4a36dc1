//! Diagnoses, vital signs, consent, appointment, encounter, summary and plan of a case.

use resources::Place;
use serde_json::{Value, json};

use super::{icd10, named_reference, reference};
use crate::down::{FollowUp, FollowUpState};
use crate::model::Referral;
use crate::words::{Kind, Phase, State};

/// Ids of resources that live only inside the Bundle: the case's id and a mark.
fn inner_id(referral: &Referral, mark: &str) -> String {
    // A FHIR id has at most 64 characters; a UUID takes 36.
    format!("{}-{mark}", referral.id)
}

pub(super) fn conditions(referral: &Referral) -> Vec<Value> {
    let diagnoses = referral.content.diagnoses.iter().enumerate();
    diagnoses
        .map(|(at, diagnosis)| {
            json!({
                "resourceType": "Condition",
                "id": inner_id(referral, &format!("dx{at}")),
                "clinicalStatus": { "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "code": "active",
                }]},
                "code": icd10(&diagnosis.code, &diagnosis.display),
                "subject": reference("Patient", referral.patient_id),
            })
        })
        .collect()
}

/// Field, LOINC code, name, UCUM unit, digits after the point.
const SIGNS: &[(&str, &str, &str, &str, usize)] = &[
    ("pulse_bpm", "8867-4", "Heart rate", "/min", 0),
    (
        "systolic_mmhg",
        "8480-6",
        "Systolic blood pressure",
        "mm[Hg]",
        0,
    ),
    (
        "diastolic_mmhg",
        "8462-4",
        "Diastolic blood pressure",
        "mm[Hg]",
        0,
    ),
    (
        "respiration_per_minute",
        "9279-1",
        "Respiratory rate",
        "/min",
        0,
    ),
    (
        "temperature_tenths_celsius",
        "8310-5",
        "Body temperature",
        "Cel",
        1,
    ),
    (
        "oxygen_saturation_percent",
        "2708-6",
        "Oxygen saturation",
        "%",
        0,
    ),
    ("glucose_tenths_mmol_l", "15074-8", "Glucose", "mmol/L", 1),
    ("weight_tenths_kg", "29463-7", "Body weight", "kg", 1),
    ("pain_score", "72514-3", "Pain severity", "{score}", 0),
    ("coma_score", "9269-2", "Glasgow coma score", "{score}", 0),
];

pub(super) fn observations(referral: &Referral) -> Vec<Value> {
    let signs = &referral.content.vital_signs;
    let at = signs.measured_at.unwrap_or(referral.created_at);
    let measured = signs.measured();
    let known = SIGNS
        .iter()
        .filter_map(|sign| Some((sign, *measured.get(sign.0)?)));
    known
        .map(|((_, loinc, name, unit, decimals), value)| {
            json!({
                "resourceType": "Observation",
                "id": inner_id(referral, loinc),
                "status": "final",
                "category": [{ "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                    "code": "vital-signs",
                }]}],
                "code": { "coding": [{ "system": "http://loinc.org", "code": loinc, "display": name }] },
                "subject": reference("Patient", referral.patient_id),
                "effectiveDateTime": at,
                "valueQuantity": {
                    "value": decimal(value, *decimals),
                    "unit": unit,
                    "system": "http://unitsofmeasure.org",
                    "code": unit,
                },
            })
        })
        .collect()
}

/// 371 with one decimal is 37.1, exactly as written.
fn decimal(value: i64, decimals: usize) -> Value {
    if decimals == 0 {
        return json!(value);
    }
    let text = format!("{}.{}", value / 10, value % 10);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

pub(super) fn consent(referral: &Referral) -> Option<Value> {
    let consent = referral.content.consent.as_ref()?;
    Some(json!({
        "resourceType": "Consent",
        "id": inner_id(referral, "consent"),
        "status": "active",
        "scope": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/consentscope",
            "code": "patient-privacy",
        }]},
        "category": [{ "coding": [{ "system": "http://loinc.org", "code": "59284-0" }] }],
        "patient": reference("Patient", referral.patient_id),
        "dateTime": consent.at,
        "organization": [named_reference("Organization", referral.from.org_id, &referral.from.org_name)],
        "policyRule": { "text": "转诊知情同意" },
    }))
}

pub(super) fn appointment(referral: &Referral) -> Option<Value> {
    let expected_at = referral.expected_at?;
    let status = match referral.state {
        State::Accepted => "booked",
        State::Arrived => "arrived",
        State::NoShow => "noshow",
        _ if referral.phase() == Phase::Live => "fulfilled",
        State::Closed => "fulfilled",
        _ => "cancelled",
    };
    let place = referral.hold.as_ref();
    let minutes = match place.map(|held| held.place) {
        Some(Place::Equipment { minutes, .. }) => minutes.max(1),
        _ => 15,
    };
    Some(json!({
        "resourceType": "Appointment",
        "id": inner_id(referral, "appointment"),
        "status": status,
        "description": place.map_or("转诊到诊", |held| held.place_name.as_str()),
        "start": expected_at,
        "end": expected_at + kernel::Span::minutes(minutes),
        "basedOn": [reference("ServiceRequest", referral.id)],
        "participant": [
            { "actor": reference("Patient", referral.patient_id), "status": "accepted" },
            {
                "actor": named_reference("Organization", referral.to.org_id, &referral.to.org_name),
                "status": "accepted",
            },
        ],
    }))
}

pub(super) fn encounter(referral: &Referral) -> Option<Value> {
    let encounter = referral.encounter.as_ref()?;
    let ended = referral
        .discharge
        .as_ref()
        .map(|discharge| discharge.returned_at);
    let class = if encounter.admitted_at.is_some() {
        ("IMP", "inpatient encounter")
    } else if referral.kind == Kind::Emergency {
        ("EMER", "emergency")
    } else {
        ("AMB", "ambulatory")
    };
    let mut resource = json!({
        "resourceType": "Encounter",
        "id": inner_id(referral, "encounter"),
        "status": match (ended, encounter.admitted_at.or(encounter.seen_at)) {
            (Some(_), _) => "finished",
            (None, Some(_)) => "in-progress",
            (None, None) => "arrived",
        },
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": class.0,
            "display": class.1,
        },
        "subject": reference("Patient", referral.patient_id),
        "basedOn": [reference("ServiceRequest", referral.id)],
        "serviceProvider": named_reference("Organization", referral.to.org_id, &referral.to.org_name),
    });
    if let Some(arrived_at) = encounter.arrived_at {
        resource["period"] = json!({ "start": arrived_at });
        if let Some(ended) = ended {
            resource["period"]["end"] = json!(ended);
        }
    }
    if let Some(number) = &encounter.number {
        resource["identifier"] =
            json!([{ "system": "urn:lianti:encounter-number", "value": number }]);
    }
    Some(resource)
}

/// The discharge summary: LOINC 18842-5, sections with plain text narrative.
pub(super) fn composition(referral: &Referral) -> Option<Value> {
    let discharge = referral.discharge.as_ref()?;
    let summary = &discharge.summary;
    let sections = [
        ("检查结果", &summary.findings),
        ("诊疗经过", &summary.treatment),
        ("出院情况", &summary.condition),
        ("出院医嘱", &summary.advice),
    ];
    let sections: Vec<Value> = sections
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(title, text)| json!({ "title": title, "text": narrative(text) }))
        .collect();
    Some(json!({
        "resourceType": "Composition",
        "id": inner_id(referral, "summary"),
        "status": "final",
        "type": { "coding": [{
            "system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary",
        }]},
        "subject": reference("Patient", referral.patient_id),
        "encounter": { "reference": format!("{}Encounter/{}", super::BASE, inner_id(referral, "encounter")) },
        "date": discharge.returned_at,
        "author": [named_reference("Organization", referral.to.org_id, &referral.to.org_name)],
        "title": "出院小结 / 检查结果",
        "section": sections,
    }))
}

/// XHTML narrative with everything that could be markup escaped.
fn narrative(text: &str) -> Value {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("<br/>"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    json!({
        "status": "generated",
        "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{escaped}</div>"),
    })
}

pub(super) fn care_plan(referral: &Referral, follow_ups: &[FollowUp]) -> Option<Value> {
    let down_plan = referral.down_plan.as_ref()?;
    let plan = &down_plan.plan;
    let drugs = plan.drugs.iter().map(|drug| {
        let text = format!("{} {}", drug.display, drug.dose);
        activity("not-started", &text, None)
    });
    let visits = follow_ups.iter().map(|follow_up| {
        let status = match follow_up.state {
            FollowUpState::Waiting => "scheduled",
            FollowUpState::Done => "completed",
            FollowUpState::Missed => "stopped",
            FollowUpState::Cancelled => "cancelled",
        };
        activity(
            status,
            &format!("第 {} 天随访", follow_up.day),
            Some(follow_up),
        )
    });
    let mut resource = json!({
        "resourceType": "CarePlan",
        "id": inner_id(referral, "plan"),
        "status": match referral.phase() {
            Phase::Draft => "draft",
            Phase::Live => "active",
            Phase::Ended if referral.state == State::Closed => "completed",
            Phase::Ended => "revoked",
        },
        "intent": "plan",
        "title": "下转康复与随访计划",
        "description": plan.rehabilitation_goal,
        "subject": reference("Patient", referral.patient_id),
        "created": down_plan.proposed_at,
    });
    let activities: Vec<Value> = drugs.chain(visits).collect();
    super::put_list(&mut resource, "activity", activities);
    if let Some(community) = &referral.community {
        resource["contributor"] = json!([named_reference(
            "Organization",
            community.org_id,
            &community.org_name
        )]);
    }
    Some(resource)
}

fn activity(status: &str, text: &str, follow_up: Option<&FollowUp>) -> Value {
    let mut detail = json!({ "status": status, "description": text });
    if let Some(follow_up) = follow_up {
        detail["scheduledPeriod"] = json!({ "start": follow_up.due_on, "end": follow_up.due_on });
    }
    json!({ "detail": detail })
}
