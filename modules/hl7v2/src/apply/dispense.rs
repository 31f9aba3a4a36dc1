//! RDS: what a pharmacy handed out, as MedicationDispense. One resource a dispense of an order; what is
//! told of it again changes the same one.

use hl7v2::Location;
use kernel::Result;
use serde_json::{Value, json};
use store::Tx;

use super::results::{Context, Counter};
use super::value::{Spliced, number};
use super::{Applied, Work, located, patient, refuse, stable_id};

/// Stores what a message says was handed out.
pub(super) fn store(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<()> {
    let found = dispenses(work);
    if found.is_empty() {
        let detail = "a message of dispensing says what was handed out";
        let at = Location::segment("RXD", 1);
        return Err(refuse("hl7.segment-missing", &at, detail));
    }
    let patient_id = patient::known(tx, work, applied)?;
    let context = Context::new(tx, work, patient_id)?;
    let mut names = Counter::default();
    for (control, index) in found {
        one(tx, work, &context, (control, index), &mut names, applied)?;
    }
    Ok(())
}

/// Each RXD with the ORC before it.
fn dispenses(work: Work<'_>) -> Vec<(Option<usize>, usize)> {
    let mut found = Vec::new();
    let mut control = None;
    for (index, segment) in work.message.segments().iter().enumerate() {
        match segment.name() {
            "ORC" => control = Some(index),
            "RXD" => found.push((control, index)),
            _ => {}
        }
    }
    found
}

fn one(
    tx: &mut Tx<'_>,
    work: Work<'_>,
    context: &Context,
    (control, index): (Option<usize>, usize),
    names: &mut Counter,
    applied: &mut Applied,
) -> Result<()> {
    let of_control = |field| control.and_then(|at| work.part(at, field, 1));
    let order = of_control(2).or_else(|| work.part(index, 7, 1));
    let Some(order) = order.or_else(|| of_control(3)) else {
        let detail = "what is handed out belongs to an order: ORC-2, or RXD-7";
        return Err(refuse("hl7.field-missing", &work.at(index, 7), detail));
    };
    let Some(code) = work.concept(index, 2, applied) else {
        let detail = "a dispense says which drug";
        return Err(refuse("hl7.field-missing", &work.at(index, 2), detail));
    };
    let mut body = json!({
        "resourceType": "MedicationDispense",
        "identifier": [{
            "system": format!("urn:lianti:hl7:{}:dispense", work.sender.id),
            "value": match work.part(index, 1, 1) {
                Some(sub) => format!("{order}-{sub}"),
                None => order.clone(),
            },
        }],
        "status": status(of_control(1).as_deref()),
        "medicationCodeableConcept": code,
        "subject": context.subject,
        "authorizingPrescription": [{ "type": "MedicationRequest", "identifier": {
            "system": format!("urn:lianti:hl7:{}:order", work.sender.id),
            "value": order,
        }}],
    });
    if let Some(encounter) = &context.encounter {
        body["context"] = encounter.clone();
    }
    if let Some(at) = work.moment(index, 3, 1)? {
        body["whenHandedOver"] = json!(at);
    }
    if let Some(text) = work.part(index, 9, 1) {
        body["note"] = json!([{ "text": text }]);
    }
    let item = work.part(index, 2, 1).unwrap_or_default();
    let sub = work.part(index, 1, 1).unwrap_or_default();
    let key = names.name(&[&work.sender.id.to_string(), &order, &item, &sub]);
    let id = stable_id(&["dispense", &key]);
    body["id"] = json!(id);
    let text = with_quantity(work, index, body)?;
    fhir_server::store_resource(tx, id, &text)
        .map_err(|error| located(error, &work.at(index, 2)))?;
    applied.did("dispense-stored", format!("MedicationDispense/{id}"));
    Ok(())
}

/// ORC-1: what is cancelled was not handed out after all.
fn status(control: Option<&str>) -> &'static str {
    match control {
        Some("CA" | "OC" | "CR" | "DC" | "OD") => "cancelled",
        Some("HD" | "HR") => "on-hold",
        _ => "completed",
    }
}

/// The body with RXD-4 and RXD-5; a number keeps its digits.
fn with_quantity(work: Work<'_>, index: usize, body: Value) -> Result<String> {
    let mut spliced = Spliced::new(body);
    if let Some(amount) = work.part(index, 4, 1) {
        let Some(number) = number(&amount) else {
            let detail = "an amount is a number";
            return Err(refuse("hl7.field-missing", &work.at(index, 4), detail));
        };
        let unit = work.part(index, 5, 2).or_else(|| work.part(index, 5, 1));
        spliced.amount("quantity", &number, unit.as_deref());
    }
    Ok(spliced.text())
}
