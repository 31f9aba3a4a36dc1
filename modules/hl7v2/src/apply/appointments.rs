//! SIU: appointments made, moved, cancelled and missed in the sender's own book.

use hl7v2::Location;
use kernel::Result;
use serde_json::json;
use store::Tx;

use super::results::Context;
use super::{Applied, Work, located, patient, refuse, stable_id};

/// Stores the appointment of a message.
pub(super) fn store(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<()> {
    let segments = work.message.segments();
    let Some(index) = segments.iter().position(|segment| segment.name() == "SCH") else {
        let detail = "the message lacks this segment";
        return Err(refuse(
            "hl7.segment-missing",
            &Location::segment("SCH", 1),
            detail,
        ));
    };
    let Some(number) = work.part(index, 2, 1).or_else(|| work.part(index, 1, 1)) else {
        let detail = "an appointment has a number: SCH-2, or SCH-1";
        return Err(refuse("hl7.field-missing", &work.at(index, 1), detail));
    };
    let patient_id = patient::known(tx, work, applied)?;
    let context = Context::new(tx, work, patient_id)?;
    let status = match work.header.trigger.as_str() {
        "S15" | "S17" => "cancelled",
        "S26" => "noshow",
        _ => "booked",
    };
    let start = work.moment(index, 11, 4)?;
    let end = work.moment(index, 11, 5)?;
    if start.is_none() && status != "cancelled" {
        let detail = "an appointment has a time: SCH-11.4 and SCH-11.5";
        return Err(refuse("hl7.field-missing", &work.at(index, 11), detail));
    }
    let mut body = json!({
        "resourceType": "Appointment",
        "identifier": [{
            "system": format!("urn:lianti:hl7:{}:appointment", work.sender.id),
            "value": number,
        }],
        "status": status,
        "participant": [{ "actor": context.subject, "status": "accepted" }],
    });
    if let Some(start) = &start {
        body["start"] = json!(start);
        body["end"] = json!(end.as_ref().unwrap_or(start));
    }
    if let Some(reason) = work.concept(index, 7, &mut Applied::default()) {
        body["reasonCode"] = json!([reason]);
    }
    if let Some(kind) = work.part(index, 8, 2).or_else(|| work.part(index, 8, 1)) {
        body["appointmentType"] = json!({ "text": kind });
    }
    let id = stable_id(&["appointment", &work.sender.id.to_string(), &number]);
    body["id"] = json!(id);
    fhir_server::store_resource(tx, id, &body.to_string())
        .map_err(|error| located(error, &work.at(index, 1)))?;
    applied.did("appointment-stored", format!("Appointment/{id}"));
    Ok(())
}
