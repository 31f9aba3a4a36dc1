//! Orders and prescriptions: ORM, OML and OMG become ServiceRequest, RDE becomes MedicationRequest. One
//! resource an order; what is told of it later changes the same one.

use kernel::Result;
use serde_json::json;
use store::Tx;

use super::results::{Context, Counter};
use super::{Applied, Work, located, patient, refuse, stable_id};

/// An order: its ORC, and the segment that says what is ordered.
struct Order {
    control: Option<usize>,
    item: usize,
}

/// Stores the orders of a message.
pub(super) fn store(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<()> {
    let wanted = if work.header.kind == "RDE" {
        "RXE"
    } else {
        "OBR"
    };
    let orders = orders(work, wanted);
    if orders.is_empty() {
        let at = hl7v2::Location::segment(wanted, 1);
        return Err(refuse(
            "hl7.segment-missing",
            &at,
            "an order says what is ordered",
        ));
    }
    let patient_id = patient::known(tx, work, applied)?;
    let context = Context::new(tx, work, patient_id)?;
    let mut names = Counter::default();
    for order in &orders {
        one(tx, work, &context, order, &mut names, applied)?;
    }
    Ok(())
}

fn orders(work: Work<'_>, wanted: &str) -> Vec<Order> {
    let mut orders = Vec::new();
    let mut control = None;
    for (index, segment) in work.message.segments().iter().enumerate() {
        if segment.name() == "ORC" {
            control = Some(index);
        } else if segment.name() == wanted {
            orders.push(Order {
                control,
                item: index,
            });
        }
    }
    orders
}

fn one(
    tx: &mut Tx<'_>,
    work: Work<'_>,
    context: &Context,
    order: &Order,
    names: &mut Counter,
    applied: &mut Applied,
) -> Result<()> {
    let is_drug = work.segment(order.item).name() == "RXE";
    let of_control = |field| order.control.and_then(|index| work.part(index, field, 1));
    let of_item = |field| {
        if is_drug {
            None
        } else {
            work.part(order.item, field, 1)
        }
    };
    let number = of_control(2)
        .or_else(|| of_item(2))
        .or_else(|| of_control(3))
        .or_else(|| of_item(3));
    let Some(number) = number else {
        let at = order
            .control
            .map_or_else(|| work.at(order.item, 2), |index| work.at(index, 2));
        return Err(refuse(
            "hl7.field-missing",
            &at,
            "an order has a number: ORC-2, or ORC-3",
        ));
    };
    let what = if is_drug { 2 } else { 4 };
    let Some(code) = work.concept(order.item, what, applied) else {
        let detail = "an order says what is ordered";
        return Err(refuse(
            "hl7.field-missing",
            &work.at(order.item, what),
            detail,
        ));
    };
    let status = [of_control(5), of_control(1)].into_iter().flatten();
    let status = status
        .filter_map(|theirs| work.mapping.code("order-status", &theirs))
        .next();
    let (kind, name) = if is_drug {
        ("MedicationRequest", "medicationCodeableConcept")
    } else {
        ("ServiceRequest", "code")
    };
    let mut body = json!({
        "resourceType": kind,
        "identifier": [{
            "system": format!("urn:lianti:hl7:{}:order", work.sender.id),
            "value": number,
        }],
        "status": status.unwrap_or_else(|| "unknown".to_owned()),
        "intent": "order",
        "subject": context.subject,
    });
    body[name] = code;
    if let Some(encounter) = &context.encounter {
        body["encounter"] = encounter.clone();
    }
    if let Some(index) = order.control
        && let Some(at) = work.time_at(index, 9)?
    {
        body["authoredOn"] = json!(at);
    }
    if let Some(dosage) = is_drug.then(|| dosage(work, order.item)).flatten() {
        body["dosageInstruction"] = json!([{ "text": dosage }]);
    }
    let item = work.part(order.item, what, 1).unwrap_or_default();
    let key = names.name(&[&work.sender.id.to_string(), &number, &item]);
    let id = stable_id(&["order", &key]);
    body["id"] = json!(id);
    fhir_server::store_resource(tx, id, &body.to_string())
        .map_err(|error| located(error, &work.at(order.item, what)))?;
    let stored = if is_drug {
        "prescription-stored"
    } else {
        "order-stored"
    };
    applied.did(stored, format!("{kind}/{id}"));
    Ok(())
}

/// How a drug is given, in the sender's words.
fn dosage(work: Work<'_>, index: usize) -> Option<String> {
    let dose: Vec<String> = [
        work.part(index, 3, 1),
        work.part(index, 5, 2).or_else(|| work.part(index, 5, 1)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let behind = work.message.segments().get(index + 1);
    let route = behind.filter(|segment| segment.name() == "RXR");
    let route = route.and_then(|_| {
        work.part(index + 1, 1, 2)
            .or_else(|| work.part(index + 1, 1, 1))
    });
    let timing = work.part(index, 1, 2).or_else(|| work.part(index, 1, 1));
    let sig = work.part(index, 7, 2).or_else(|| work.part(index, 7, 1));
    let dose = Some(dose.join("")).filter(|text| !text.is_empty());
    let parts: Vec<String> = [dose, timing, route, sig].into_iter().flatten().collect();
    Some(parts.join(" ")).filter(|text| !text.is_empty())
}
