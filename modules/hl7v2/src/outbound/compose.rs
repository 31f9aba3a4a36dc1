//! The text of a message, made when it is its turn, in the name of the receiver's organization.

use hl7v2::{Charset, SegmentWriter, compact};
use kernel::{Error, Id, Instant, Kind, Result};
use store::Tx;

use super::model::{KINDS, Outbound, Receiver};
use super::{LOOK, cases, documents, person, reader, results};
use crate::listener::MESSAGE_BYTES_MAX;
use crate::model::Reason;

/// A message as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub kind: String,
    pub text: String,
}

/// Makes the text of a message, or says why there is nothing to send.
///
/// # Errors
/// What passes by itself, such as a database that is busy.
pub(super) fn make(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
) -> Result<std::result::Result<Made, Reason>> {
    let actor = reader(receiver.id, receiver.org_id);
    let made = tx.acting_as(actor, |tx| message(tx, receiver, out));
    match made {
        Ok(made) if made.text.len() > MESSAGE_BYTES_MAX => {
            let detail = "the message is larger than 1 MiB";
            Ok(Err(reason("hl7.too-large", detail)))
        }
        Ok(made) => Ok(Ok(made)),
        Err(error) if passes(&error) => Err(error),
        Err(error) => Ok(Err(reason(error.code(), error.detail()))),
    }
}

fn passes(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::Unavailable | Kind::Full | Kind::Throttled | Kind::StaleVersion
    )
}

fn reason(code: &str, detail: &str) -> Reason {
    Reason {
        code: code.to_owned(),
        detail: detail.to_owned(),
        at: Vec::new(),
    }
}

/// The refusal of what the receiver's organization may not read.
pub(super) fn hidden() -> Error {
    let detail = "the receiver's organization may not read this (any more)";
    Error::forbidden("hl7.not-visible", detail)
}

fn message(tx: &mut Tx<'_>, receiver: &Receiver, out: &Outbound) -> Result<Made> {
    let patient_id = out.patient_id.ok_or_else(hidden)?;
    let (kind, segments) = match out.kind.as_str() {
        "ADT^A28" | "ADT^A31" => (
            out.kind.clone(),
            demographics(tx, receiver, out, patient_id)?,
        ),
        "ADT^A40" => (out.kind.clone(), merged(tx, receiver, out, patient_id)?),
        "ORU^R01" => (
            out.kind.clone(),
            results::segments(tx, receiver, out, patient_id)?,
        ),
        "MDM^T02" | "MDM^T08" | "MDM^T11" => documents::segments(tx, receiver, out, patient_id)?,
        _ => (
            out.kind.clone(),
            cases::segments(tx, receiver, out, patient_id)?,
        ),
    };
    let first = header(receiver, &kind, &out.control_id, tx.now());
    let lines = std::iter::once(first).chain(segments);
    let text = lines.fold(String::new(), |text, segment| text + &segment.line());
    Ok(Made { kind, text })
}

/// MSH.
pub(super) fn header(
    receiver: &Receiver,
    kind: &str,
    control_id: &str,
    now: Instant,
) -> SegmentWriter {
    let structure = KINDS.iter().find(|(known, _)| *known == kind);
    let structure = structure.map_or("", |(_, structure)| structure);
    let (message, trigger) = kind.split_once('^').unwrap_or((kind, ""));
    let (accept, application) = receiver.acknowledgement.conditions();
    SegmentWriter::new("MSH")
        .text(3, &receiver.own_application)
        .text(4, &receiver.own_facility)
        .text(5, &receiver.application)
        .text(6, &receiver.facility)
        .text(7, &compact(now))
        .parts(9, &[message, trigger, structure])
        .text(10, control_id)
        .text(11, &receiver.processing)
        .text(12, &receiver.hl7_version)
        .text(15, accept)
        .text(16, application)
        .text(17, "CHN")
        .text(18, Charset::from(receiver.charset).name())
}

/// EVN.
pub(super) fn event(out: &Outbound, now: Instant) -> SegmentWriter {
    SegmentWriter::new("EVN")
        .text(2, &compact(now))
        .text(6, &compact(out.subject.at))
}

/// The patient, whom the receiver's organization must have a basis to read; the look is noted.
pub(super) fn patient(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    patient_id: Id,
) -> Result<SegmentWriter> {
    let (patient, _) = record::view(tx, patient_id, LOOK)?;
    person::pid(tx, receiver, &patient)
}

/// PV1 of what belongs to no visit.
pub(super) fn no_visit() -> SegmentWriter {
    SegmentWriter::new("PV1").text(1, "1").text(2, "N")
}

fn demographics(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
    patient_id: Id,
) -> Result<Vec<SegmentWriter>> {
    let pid = patient(tx, receiver, patient_id)?;
    Ok(vec![event(out, tx.now()), pid, no_visit()])
}

fn merged(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
    patient_id: Id,
) -> Result<Vec<SegmentWriter>> {
    let replaced = out.subject.detail["replaced"].as_str().unwrap_or_default();
    let pid = patient(tx, receiver, patient_id)?;
    Ok(vec![event(out, tx.now()), pid, person::mrg(replaced)])
}
