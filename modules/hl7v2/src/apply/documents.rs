//! MDM: documents with their text, as DocumentReference.

use hl7v2::Location;
use kernel::Result;
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
    let context = Context::new(tx, work, patient_id)?;
    let kind = work.concept(index, 2, &mut Applied::default());
    let title = kind
        .as_ref()
        .and_then(|kind| kind["text"].as_str())
        .unwrap_or("文书")
        .to_owned();
    let cancelled = matches!(work.header.trigger.as_str(), "T11")
        || work.part(index, 17, 1).as_deref() == Some("CA");
    let doc_status = match work.part(index, 17, 1).as_deref() {
        Some("AU" | "LA") => Some("final"),
        Some("DI" | "DO" | "IN" | "IP" | "PA") => Some("preliminary"),
        _ => None,
    };
    let mut body = json!({
        "resourceType": "DocumentReference",
        "identifier": [{
            "system": format!("urn:lianti:hl7:{}:document", work.sender.id),
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
            .filter(|data| coded && is_base64(data))
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
    let data = base64(whole.as_bytes());
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

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| LETTERS.contains(&byte))
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let part = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = (part(0) << 16) | (part(1) << 8) | part(2);
        for at in 0..4 {
            if at <= chunk.len() {
                let letter = (group >> (18 - 6 * at)) & 63;
                text.push(char::from(LETTERS[letter as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, is_base64};

    #[test]
    fn bytes_are_written_as_base64() {
        for (text, wanted) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(text.as_bytes()), wanted);
            assert!(is_base64(wanted));
        }
        assert!(!is_base64("Zm9") && !is_base64("Zm9!") && !is_base64("===="));
    }
}
