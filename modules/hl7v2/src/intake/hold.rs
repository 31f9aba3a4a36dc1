//! What is stored of a message, in the transaction that does it.

use hl7v2::{AckCode, Fault, Header, Location, Timestamp, encode};
use kernel::{Error, Id, Instant, Result, Span};
use serde_json::json;
use store::{Change, Subject, Tx, Versioned, sha256_hex};

use super::{Read, ack_text, read};
use crate::apply::{self, Applied, Mover, Work};
use crate::mapping::Mapping;
use crate::model::{Held, MessageState, Reason, Sender};
use crate::rows;

/// A message of a sender that is known, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub bytes: Vec<u8>,
    pub sha256: String,
    pub header: Header,
    pub sender: Sender,
    pub mapping: Mapping,
    pub address: String,
    pub read: Result<Read, Fault>,
}

impl Arrival {
    pub(super) fn new(
        bytes: &[u8],
        header: Header,
        sender: Sender,
        mapping: Mapping,
        address: &str,
    ) -> Self {
        Self {
            read: read(bytes, &header, &sender),
            sha256: sha256_hex(bytes),
            bytes: bytes.to_vec(),
            header,
            sender,
            mapping,
            address: address.to_owned(),
        }
    }

    fn held(&self, tx: &Tx<'_>, is_first: bool) -> Held {
        let offset = Some(self.mapping.utc_offset_minutes);
        let sent_at = Timestamp::parse(&self.header.made_at, offset).map(|time| time.instant());
        let now = tx.now();
        let limit = Span::minutes(i64::from(self.sender.late_minutes));
        Held {
            id: tx.new_id(),
            sender_id: Some(self.sender.id),
            org_id: Some(self.sender.org_id),
            control_id: short(&self.header.control_id),
            kind: short(&self.header.message_type()),
            hl7_version: short(&self.header.version),
            sent_at,
            received_at: now,
            late: sent_at.is_some_and(|sent| sent + limit < now),
            charset: match &self.read {
                Ok(read) => read.charset.name().to_owned(),
                Err(_) => short(&self.header.charset),
            },
            size_bytes: self.bytes.len() as u64,
            sha256: self.sha256.clone(),
            address: self.address.clone(),
            state: MessageState::Kept,
            ack: AckCode::Accept.word().to_owned(),
            answer: String::new(),
            reason: None,
            effects: Vec::new(),
            patient_id: None,
            mapping: Some(self.sender.mapping),
            is_first,
            edits: Vec::new(),
        }
    }

    fn keep(&self, tx: &mut Tx<'_>, held: &Held) -> Result<()> {
        let change = Change::new("hl7.message-received").detail(json!({
            "kind": held.kind, "state": held.state, "ack": held.ack,
            "reason": held.reason.as_ref().map(|reason| &reason.code),
        }));
        tx.insert(held, change)?;
        // A text that is not written back to the same bytes is kept as the bytes.
        if let Ok(read) = &self.read {
            let text = read.message.text();
            if encode(&text, read.charset).is_some_and(|bytes| bytes == self.bytes) {
                return rows::keep_text(tx, held.id, 0, &text);
            }
        }
        match std::str::from_utf8(&self.bytes) {
            Ok(text) if self.read.is_err() && !text.contains('\0') => {
                rows::keep_text(tx, held.id, 0, text)
            }
            _ => rows::keep_bytes(tx, held.id, &self.bytes),
        }
    }
}

/// Characters of a header field that are kept.
const HEADER_CHARACTERS_MAX: usize = 200;

/// What a header says is kept within limits, and without what no text may hold.
fn short(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    plain.take(HEADER_CHARACTERS_MAX).collect()
}

/// Takes a message: answers a repetition by what was answered before, refuses what is no message, does
/// what the others say.
pub(super) fn take(tx: &mut Tx<'_>, arrival: &Arrival, movers: &[Mover]) -> Result<Held> {
    let number = short(&arrival.header.control_id);
    let earlier = rows::of_number(tx, arrival.sender.id, &number)?;
    if let Some(same) = earlier.iter().find(|one| one.sha256 == arrival.sha256) {
        rows::keep_duplicate(tx, arrival.sender.id, same.id)?;
        let change = Change::new("hl7.message-repeated").detail(json!({ "control_id": number }));
        tx.record(change, Subject::of(&same.data))?;
        return Ok(same.data.clone());
    }
    let read = match &arrival.read {
        Ok(read) => read,
        Err(fault) => {
            let reason = reason(fault);
            return keep_failed(tx, arrival, AckCode::Reject, &reason, fault);
        }
    };
    supersede(tx, earlier)?;
    let work = Work {
        sender: &arrival.sender,
        mapping: &arrival.mapping,
        header: &arrival.header,
        message: &read.message,
        movers,
    };
    let applied = apply::apply(tx, work)?;
    let mut held = arrival.held(tx, true);
    done(tx, &mut held, &arrival.header, applied);
    arrival.keep(tx, &held)?;
    Ok(held)
}

/// A sender may mend a message that was not taken and send it again under its number; a number whose
/// message was taken is not used twice.
fn supersede(tx: &mut Tx<'_>, earlier: Vec<Versioned<Held>>) -> Result<()> {
    for mut first in earlier.into_iter().filter(|one| one.is_first) {
        if first.state != MessageState::Failed {
            let at = Location::field("MSH", 1, 10);
            let detail = "another message of this sender had this number";
            return Err(apply::refuse("hl7.control-id-reused", &at, detail));
        }
        first.is_first = false;
        tx.update(&first, Change::new("hl7.message-superseded"))?;
    }
    Ok(())
}

/// Notes what a message did, and the answer.
pub(super) fn done(tx: &Tx<'_>, held: &mut Held, header: &Header, applied: Applied) {
    held.state = if applied.acted {
        MessageState::Applied
    } else {
        MessageState::Kept
    };
    held.ack = AckCode::Accept.word().to_owned();
    held.answer = ack_text(Some(header), AckCode::Accept, None, tx.now(), held.id);
    held.reason = None;
    held.effects = applied.effects;
    held.patient_id = applied.patient_id;
}

/// Keeps a message that was not taken, with the reason. Nothing else of it is in this transaction.
pub(super) fn keep_failed(
    tx: &mut Tx<'_>,
    arrival: &Arrival,
    code: AckCode,
    reason: &Reason,
    fault: &Fault,
) -> Result<Held> {
    // A message that was refused may come again, mended, under its number.
    let number = short(&arrival.header.control_id);
    let earlier = rows::of_number(tx, arrival.sender.id, &number)?;
    let is_first = code == AckCode::Error && !earlier.iter().any(|one| one.is_first);
    let mut held = arrival.held(tx, is_first);
    failed(tx, &mut held, &arrival.header, code, reason, fault);
    held.patient_id = patient_of(tx, arrival)?;
    arrival.keep(tx, &held)?;
    Ok(held)
}

/// Notes why a message was not taken, and the answer.
pub(super) fn failed(
    tx: &Tx<'_>,
    held: &mut Held,
    header: &Header,
    code: AckCode,
    reason: &Reason,
    fault: &Fault,
) {
    held.state = match code {
        AckCode::Reject => MessageState::Rejected,
        AckCode::Accept | AckCode::Error => MessageState::Failed,
    };
    held.ack = code.word().to_owned();
    held.answer = ack_text(Some(header), code, Some(fault), tx.now(), held.id);
    held.reason = Some(reason.clone());
    held.effects = Vec::new();
}

/// Whom a message is about that was not taken, so that reading it needs a basis all the same.
fn patient_of(tx: &mut Tx<'_>, arrival: &Arrival) -> Result<Option<Id>> {
    let Ok(read) = &arrival.read else {
        return Ok(None);
    };
    let Some(number) = arrival.mapping.value(&read.message, "patient-number") else {
        return Ok(None);
    };
    let (org_id, system) = (arrival.sender.org_id, &arrival.mapping.system);
    record::index::patient_of_number(tx, org_id, system, &number)
}

/// Keeps that somebody tried who is not listened to, without what they said.
pub(super) fn keep_stranger(
    tx: &mut Tx<'_>,
    header: Option<&Header>,
    size: usize,
    sha256: &str,
    address: &str,
    fault: &Fault,
) -> Result<()> {
    let text = |of: fn(&Header) -> String| header.map(of).map_or_else(String::new, |it| short(&it));
    let now: Instant = tx.now();
    let id = tx.new_id();
    let held = Held {
        id,
        sender_id: None,
        org_id: None,
        control_id: text(|header| header.control_id.clone()),
        kind: text(Header::message_type),
        hl7_version: text(|header| header.version.clone()),
        sent_at: None,
        received_at: now,
        late: false,
        charset: text(|header| header.charset.clone()),
        size_bytes: size as u64,
        sha256: sha256.to_owned(),
        address: address.to_owned(),
        state: MessageState::Rejected,
        ack: AckCode::Reject.word().to_owned(),
        answer: ack_text(header, AckCode::Reject, Some(fault), now, id),
        reason: Some(reason(fault)),
        effects: Vec::new(),
        patient_id: None,
        mapping: None,
        is_first: false,
        edits: Vec::new(),
    };
    let detail = json!({ "reason": fault.code, "address": address });
    tx.insert(&held, Change::new("hl7.message-rejected").detail(detail))
        .map(|_| ())
}

fn reason(fault: &Fault) -> Reason {
    Reason {
        code: fault.code.to_owned(),
        detail: fault.detail.clone(),
        at: vec![fault.at.to_string()],
    }
}

pub(super) fn reason_of(error: &Error) -> Reason {
    Reason {
        code: error.code().to_owned(),
        detail: error.detail().to_owned(),
        at: error.fields().to_vec(),
    }
}
