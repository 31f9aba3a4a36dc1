//! MDM: documents with their text, as DocumentReference. A clinical document (CDA) goes where those go
//! that come over HTTP.

use documents::base64;
use hl7v2::Location;
use kernel::{Id, Result};
use serde_json::{Value, json};
use store::Tx;

use super::results::Context;
use super::value::text;
use super::{Applied, Work, located, patient, refuse, stable_id};

/// Stores the document of a message.
pub(super) fn store(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<()> {
    let segments = work.message.segments();
    let Some(index) = segments.iter().position(|segment| segment.name() == "TXA") else {
        let detail = "the message lacks this segment";
        return Err(refuse(
            "hl7.segment-missing",
            &Location::segment("TXA", 1),
            detail,
        ));
    };
    let number = work.part(index, 12, 1).or_else(|| work.part(index, 12, 3));
    let Some(number) = number else {
        let detail = "a document has a number";
        return Err(refuse("hl7.field-missing", &work.at(index, 12), detail));
    };
    let patient_id = patient::known(tx, work, applied)?;
    let system = format!("urn:lianti:hl7:{}:document", work.sender.id);
    let sender_number = format!("{system}|{number}");
    if let Some((place, bytes)) = clinical(work) {
        let id = receive(tx, work, patient_id, &sender_number, place, &bytes)?;
        if is_cancelled(work, index) {
            documents::take_back(tx, &sender_number)?;
        }
        applied.did("document-stored", format!("DocumentReference/{id}"));
        return Ok(());
    }
    if is_cancelled(work, index)
        && let Some(id) = documents::take_back(tx, &sender_number)?
    {
        applied.did("document-stored", format!("DocumentReference/{id}"));
        return Ok(());
    }
    let context = Context::new(tx, work, patient_id)?;
    let kind = work.concept(index, 2, &mut Applied::default());
    let title = kind
        .as_ref()
        .and_then(|kind| kind["text"].as_str())
        .unwrap_or("文书")
        .to_owned();
    let cancelled = is_cancelled(work, index);
    let doc_status = match work.part(index, 17, 1).as_deref() {
        Some("AU" | "LA") => Some("final"),
        Some("DI" | "DO" | "IN" | "IP" | "PA") => Some("preliminary"),
        _ => None,
    };
    let mut body = json!({
        "resourceType": "DocumentReference",
        "identifier": [{
            "system": system,
            "value": number,
        }],
        "status": if cancelled { "entered-in-error" } else { "current" },
        "subject": context.subject,
        "custodian": context.performer[0],
        "content": [{ "attachment": attachment(work, &title)? }],
    });
    if let Some(kind) = kind {
        body["type"] = kind;
    }
    if let Some(status) = doc_status {
        body["docStatus"] = json!(status);
    }
    if let Some(encounter) = &context.encounter {
        body["context"] = json!({ "encounter": [encounter] });
    }
    if let Some(at) = work.moment(index, 4, 1)? {
        body["date"] = json!(at);
    }
    let id = stable_id(&["document", &work.sender.id.to_string(), &number]);
    body["id"] = json!(id);
    fhir_server::store_resource(tx, id, &body.to_string())
        .map_err(|error| located(error, &work.at(index, 12)))?;
    applied.did("document-stored", format!("DocumentReference/{id}"));
    Ok(())
}

fn is_cancelled(work: Work<'_>, index: usize) -> bool {
    work.header.trigger == "T11" || work.part(index, 17, 1).as_deref() == Some("CA")
}

/// The clinical document in an OBX, if there is one.
fn clinical(work: Work<'_>) -> Option<(usize, Vec<u8>)> {
    let mut segments = work.message.segments().iter().enumerate();
    segments.find_map(|(index, segment)| {
        let enclosed = segment.name() == "OBX" && work.part(index, 2, 1).as_deref() == Some("ED");
        let data = work.part(index, 5, 5).filter(|_| enclosed)?;
        let bytes = base64::decode(&data)?;
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(ROOT_BYTES_MAX)]);
        head.contains("ClinicalDocument").then_some((index, bytes))
    })
}

/// Bytes in which a document says that it is a clinical one.
const ROOT_BYTES_MAX: usize = 4096;

fn receive(
    tx: &mut Tx<'_>,
    work: Work<'_>,
    patient_id: Id,
    sender_number: &str,
    place: usize,
    bytes: &[u8],
) -> Result<Id> {
    let at = work.at(place, 5);
    let document = cda::read(bytes).map_err(|fault| located(documents::refusal(fault), &at))?;
    let incoming = documents::Incoming {
        bytes,
        document: &document,
        patient_id: Some(patient_id),
        sender_number: Some(sender_number),
    };
    let stored = documents::receive(tx, incoming).map_err(|error| located(error, &at))?;
    Ok(stored.id)
}

/// The text of all OBX, or the one encapsulated document.
fn attachment(work: Work<'_>, title: &str) -> Result<Value> {
    let results = work.message.segments().iter().enumerate();
    let results: Vec<usize> = results
        .filter(|(_, segment)| segment.name() == "OBX")
        .map(|(index, _)| index)
        .collect();
    let enclosed = results
        .iter()
        .find(|&&index| work.part(index, 2, 1).as_deref() == Some("ED"));
    if let Some(&index) = enclosed {
        let coded = work
            .part(index, 5, 4)
            .is_some_and(|name| name.eq_ignore_ascii_case("base64"));
        let Some(data) = work
            .part(index, 5, 5)
            .filter(|data| coded && base64::decode(data).is_some())
        else {
            let detail = "an enclosed document is coded in Base64: OBX-5.4 and OBX-5.5";
            return Err(refuse("hl7.attachment", &work.at(index, 5), detail));
        };
        return Ok(json!({ "contentType": media_type(work, index), "data": data, "title": title }));
    }
    let lines: Vec<String> = results.iter().map(|&index| text(work, index)).collect();
    let whole = lines.join("\n");
    if whole.trim().is_empty() {
        return Ok(json!({ "title": title }));
    }
    let data = base64::encode(whole.as_bytes());
    Ok(json!({ "contentType": "text/plain; charset=utf-8", "data": data, "title": title }))
}

fn media_type(work: Work<'_>, index: usize) -> &'static str {
    let subtype = work
        .part(index, 5, 3)
        .unwrap_or_default()
        .to_ascii_lowercase();
    match subtype.as_str() {
        "pdf" => "application/pdf",
        "jpeg" | "jpg" => "image/jpeg",
        "png" => "image/png",
        "html" => "text/html",
        "xml" => "application/xml",
        "plain" | "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}
