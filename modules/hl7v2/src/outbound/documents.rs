//! MDM of a document: its text, or the document itself enclosed.

use fhir::View;
use hl7v2::{SegmentWriter, of_fhir};
use kernel::{Error, Id, Result};
use store::Tx;

use super::LOOK;
use super::compose::{event, hidden, no_visit, patient};
use super::model::{Outbound, Receiver};
use super::results::current;
use super::views::{self, text};
use super::words;

/// The kind it turns out to be, and the segments behind MSH.
pub(super) fn segments(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
    patient_id: Id,
) -> Result<(String, Vec<SegmentWriter>)> {
    let seen = current(tx, out, "DocumentReference")?;
    let pid = patient(tx, receiver, patient_id)?;
    let resource = views::parse(&seen.text)?;
    let root = resource.root();
    let cancelled = text(root, &["status"]).as_deref() == Some("entered-in-error");
    let kind = if cancelled { "MDM^T11" } else { &out.kind };
    let mut all = vec![event(out, tx.now()), pid, no_visit()];
    all.push(head(tx, receiver, root, &out.subject.id, cancelled)?);
    if !cancelled {
        all.push(content(tx, root)?);
    }
    Ok((kind.to_owned(), all))
}

fn head(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    root: View<'_>,
    id: &str,
    cancelled: bool,
) -> Result<SegmentWriter> {
    let number = text(root, &["masterIdentifier", "value"])
        .or_else(|| text(root, &["identifier", "value"]))
        .unwrap_or_else(|| id.to_owned());
    let status = match text(root, &["docStatus"]).as_deref() {
        _ if cancelled => "CA",
        Some("preliminary") => "IP",
        Some("final" | "amended") => "AU",
        _ => "DO",
    };
    let mut segment = SegmentWriter::new("TXA")
        .text(1, "1")
        .text(3, "TX")
        .parts(12, &[&number, "LIANTI"])
        .text(17, status);
    if let Some(kind) = root.get("type") {
        let (codings, name) = views::concept(kind);
        let (coded, other) = words::item(tx, &receiver.mapping, &codings, &name)?;
        segment = segment.parts(2, &coded.parts(other.as_ref()));
    }
    if let Some(at) = text(root, &["date"]) {
        segment = segment.text(4, &of_fhir(&at));
    }
    if let Some(title) = text(root, &["content", "attachment", "title"]) {
        segment = segment.text(16, &title);
    }
    Ok(segment)
}

/// OBX with the text, or with what is enclosed.
fn content(tx: &mut Tx<'_>, root: View<'_>) -> Result<SegmentWriter> {
    let segment = SegmentWriter::new("OBX")
        .text(1, "1")
        .parts(3, &["DOC", "Document", "L"])
        .text(11, "F");
    let media = text(root, &["content", "attachment", "contentType"]).unwrap_or_default();
    let data = match text(root, &["content", "attachment", "data"]) {
        Some(data) => Some(data),
        None => elsewhere(tx, root)?,
    };
    let Some(data) = data else {
        return Ok(segment.text(2, "TX"));
    };
    if media.starts_with("text/plain")
        && let Some(words) = plain(&data)
    {
        return Ok(segment.text(2, "FT").text(5, &words));
    }
    let kind = media.split(['/', ';']).nth(1).unwrap_or("octet-stream");
    let family = media.split('/').next().unwrap_or("application");
    Ok(segment
        .text(2, "ED")
        .parts(5, &["LIANTI", family, kind, "Base64", &data]))
}

/// The data of a Binary that the document refers to.
fn elsewhere(tx: &mut Tx<'_>, root: View<'_>) -> Result<Option<String>> {
    let Some(url) = text(root, &["content", "attachment", "url"]) else {
        return Ok(None);
    };
    let Some(id) = url.strip_prefix("Binary/") else {
        let detail = "the document lies outside this platform";
        return Err(Error::rule("hl7.document-elsewhere", detail));
    };
    let binary = fhir_server::seen_resource(tx, "Binary", id, LOOK)?.ok_or_else(hidden)?;
    let binary = views::parse(&binary.text)?;
    Ok(text(binary.root(), &["data"]))
}

/// The text that Base64 stands for, if it is one.
fn plain(data: &str) -> Option<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(data.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0_u32);
    let letters = data.bytes().filter(|byte| !byte.is_ascii_whitespace());
    for byte in letters.take_while(|byte| *byte != b'=') {
        let value = LETTERS.iter().position(|letter| *letter == byte)?;
        held = (held << 6) | u32::try_from(value).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn base64_is_read() {
        for (data, wanted) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm9v", Some("foo")),
            ("5Ye66Zmi", Some("出院")),
            ("/w==", None),
            ("Z*==", None),
        ] {
            assert_eq!(plain(data).as_deref(), wanted, "{data}");
        }
    }
}
