//! Admission, transfer, discharge and their cancellations: what is known of a visit, shown as a FHIR
//! Encounter. Messages may overtake each other on their way: one that is older than what is known
//! changes nothing.

use hl7v2::Message;
use kernel::{Id, Instant, Result};
use record::index::patient_of_number;
use serde_json::{Value, json};
use store::{Change, Tx, Versioned, params};

use super::{Applied, Work, refuse, stable_id};
use crate::model::Visit;

const BY_NUMBER: &str = "SELECT version, body FROM hl7_visit WHERE sender_id = $1 AND number = $2";
/// Places before the present one that are remembered.
const PLACES_MAX: usize = 20;
const CLASSES: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// Brings the visit of a message up to date.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    work: Work<'_>,
    patient_id: Id,
    applied: &mut Applied,
) -> Result<()> {
    let trigger = work.header.trigger.as_str();
    let Some(number) = work.value("visit-number") else {
        // Registration and change of a person are complete without a visit.
        if matches!(trigger, "A01" | "A04" | "A08") {
            if work.message.first("PV1").is_some() {
                applied.note("hl7.visit-without-number", None);
            }
            return Ok(());
        }
        return work.required("visit-number").map(|_| ());
    };
    let event_at = work.event_at(tx.now())?;
    let known = tx
        .find::<Visit>(BY_NUMBER, &params![work.sender.id, number.as_str()])?
        .pop();
    if let Some(visit) = &known
        && event_at < visit.event_at
    {
        applied.note("hl7.visit-older", None);
        return Ok(());
    }
    let fresh = known.is_none();
    let mut visit = match known {
        Some(visit) => visit,
        None => Versioned {
            version: 0,
            data: begin(tx, work, &number, patient_id)?,
        },
    };
    // The number says whose visit it is: patients become one, and two again.
    let system = &work.mapping.system;
    let whose = patient_of_number(tx, work.sender.org_id, system, &visit.patient_number)?;
    if whose != Some(patient_id) {
        let at = work.mapping.place_of("visit-number");
        let detail = "this visit is another patient's";
        return Err(refuse("hl7.visit-other-patient", &at, detail));
    }
    visit.patient_id = patient_id;
    change(work, &mut visit, event_at)?;
    let change = Change::new("hl7.visit-told").detail(json!({ "trigger": trigger }));
    let visit = if fresh {
        tx.insert(&visit.data, change)?
    } else {
        tx.update(&visit, change)?
    };
    let id = encounter_id(&visit);
    let text = encounter(&visit, id).to_string();
    fhir_server::store_resource(tx, id, &text)?;
    applied.did("visit-stored", format!("Encounter/{id}"));
    Ok(())
}

/// The Encounter of a visit that is known by a sender's number, for results.
pub(super) fn reference(tx: &mut Tx<'_>, work: Work<'_>) -> Result<Option<Value>> {
    let Some(number) = work.value("visit-number") else {
        return Ok(None);
    };
    let known = tx
        .find::<Visit>(BY_NUMBER, &params![work.sender.id, number])?
        .pop();
    let of_patient =
        known.filter(|visit| work.value("patient-number").as_ref() == Some(&visit.patient_number));
    Ok(of_patient
        .map(|visit| json!({ "reference": format!("Encounter/{}", encounter_id(&visit)) })))
}

fn encounter_id(visit: &Visit) -> Id {
    stable_id(&["visit", &visit.id.to_string()])
}

fn begin(tx: &Tx<'_>, work: Work<'_>, number: &str, patient_id: Id) -> Result<Visit> {
    if matches!(work.header.trigger.as_str(), "A11" | "A12" | "A13") {
        let at = work.mapping.place_of("visit-number");
        let detail = "nothing is known of the visit whose event is cancelled";
        return Err(refuse("hl7.visit-unknown", &at, detail));
    }
    Ok(Visit {
        id: tx.new_id(),
        sender_id: work.sender.id,
        org_id: work.sender.org_id,
        number: number.to_owned(),
        patient_id,
        patient_number: work.required("patient-number")?,
        status: "in-progress".to_owned(),
        class: work.mapping.visit_class.clone(),
        place: None,
        places_before: Vec::new(),
        started_at: None,
        ended_at: None,
        event_at: Instant::default(),
    })
}

fn change(work: Work<'_>, visit: &mut Visit, event_at: Instant) -> Result<()> {
    let theirs = work.value("visit-class");
    let class = theirs.and_then(|code| work.mapping.code("visit-class", &code));
    let place = place(work.message, work);
    let admitted = work.time_of("admitted-at")?.map(|time| time.fhir());
    let discharged = work.time_of("discharged-at")?.map(|time| time.fhir());
    visit.event_at = event_at;
    visit.class = class.unwrap_or_else(|| visit.class.clone());
    if admitted.is_some() {
        visit.started_at = admitted;
    }
    match work.header.trigger.as_str() {
        "A11" => visit.status = "cancelled".to_owned(),
        "A12" => visit.place = visit.places_before.pop(),
        "A13" => {
            visit.status = "in-progress".to_owned();
            visit.ended_at = None;
        }
        "A03" => {
            visit.status = "finished".to_owned();
            visit.ended_at = discharged.or_else(|| Some(event_at.to_string()));
        }
        "A08" => {}
        _ => visit.status = "in-progress".to_owned(),
    }
    if matches!(work.header.trigger.as_str(), "A01" | "A04") && visit.started_at.is_none() {
        visit.started_at = Some(event_at.to_string());
    }
    if visit.status == "in-progress" {
        visit.ended_at = None;
    }
    let moves = !matches!(work.header.trigger.as_str(), "A11" | "A12");
    if moves
        && place.is_some()
        && place != visit.place
        && let Some(before) = std::mem::replace(&mut visit.place, place)
    {
        visit.places_before.push(before);
        let surplus = visit.places_before.len().saturating_sub(PLACES_MAX);
        visit.places_before.drain(..surplus);
    }
    check_period(work, visit)
}

/// A visit that ends before it begins is no visit.
fn check_period(work: Work<'_>, visit: &Visit) -> Result<()> {
    let day = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| text.get(..10).map(str::to_owned))
    };
    if let (Some(start), Some(end)) = (day(&visit.started_at), day(&visit.ended_at))
        && end < start
    {
        let detail = "the visit ends before it begins";
        return Err(refuse(
            "hl7.visit-period",
            &work.mapping.place_of("discharged-at"),
            detail,
        ));
    }
    Ok(())
}

/// Ward, room and bed in words.
fn place(message: &Message, work: Work<'_>) -> Option<String> {
    let paths = work.mapping.paths_of("place");
    let path = paths.first()?;
    let parts: Vec<String> = if path.component().is_some() {
        message.value(path).into_iter().collect()
    } else {
        (1..=3)
            .filter_map(|part| message.value(&path.at_component(part)))
            .collect()
    };
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn encounter(visit: &Visit, id: Id) -> Value {
    let mut body = json!({
        "resourceType": "Encounter",
        "id": id,
        "identifier": [{
            "system": format!("urn:lianti:hl7:{}:visit", visit.sender_id),
            "value": visit.number,
        }],
        "status": visit.status,
        "class": { "system": CLASSES, "code": visit.class },
        "subject": { "reference": format!("Patient/{}", visit.patient_id) },
        "serviceProvider": { "reference": format!("Organization/{}", visit.org_id) },
    });
    let mut period = json!({});
    for (name, at) in [("start", &visit.started_at), ("end", &visit.ended_at)] {
        if let Some(at) = at {
            period[name] = json!(at);
        }
    }
    if period != json!({}) {
        body["period"] = period;
    }
    if let Some(place) = &visit.place {
        body["location"] = json!([{ "location": { "display": place } }]);
    }
    body
}
