//! Senders, the versions of their mappings, messages, visits.

use kernel::{Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};
use utoipa::ToSchema;

use crate::mapping::Mapping;

/// Is a sender listened to?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Hl7SenderState)]
pub enum SenderState {
    /// Its messages are taken.
    Active,
    /// Its messages are rejected.
    Stopped,
}

/// The charset of messages that declare none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Hl7Charset)]
pub enum CharsetWord {
    /// UNICODE UTF-8.
    Utf8,
    /// GB 18030-2000.
    Gb18030,
    /// ASCII.
    Ascii,
}

impl From<CharsetWord> for hl7v2::Charset {
    fn from(word: CharsetWord) -> Self {
        match word {
            CharsetWord::Utf8 => Self::Utf8,
            CharsetWord::Gb18030 => Self::Gb18030,
            CharsetWord::Ascii => Self::Ascii,
        }
    }
}

/// A system that sends HL7 v2.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Sender)]
pub struct Sender {
    /// Its id.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// The organization in whose name it speaks.
    pub org_id: Id,
    /// MSH-3.1 of its messages.
    pub application: String,
    /// MSH-4.1 of its messages; may be empty.
    pub facility: String,
    /// The charset of messages without MSH-18.
    pub charset: CharsetWord,
    /// MSH-11 that it must send: `P` for production.
    pub processing: String,
    /// A message older than this when it comes counts as late.
    pub late_minutes: u32,
    /// Network addresses it may send from; empty for any.
    pub addresses: Vec<String>,
    /// Is it listened to?
    pub state: SenderState,
    /// Number of the mapping in force.
    pub mapping: u32,
    /// When it was set up.
    pub created_at: Instant,
}

impl Entity for Sender {
    const KIND: &'static str = "hl7-sender";
    const TABLE: &'static str = "hl7_sender";
    const COLUMNS: &'static [&'static str] = &["org_id", "application", "facility", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            SenderState::Active => "active",
            SenderState::Stopped => "stopped",
        };
        let (application, facility) = (self.application.as_str(), self.facility.as_str());
        params![self.org_id, application, facility, state].to_vec()
    }
}

/// One version of a sender's mapping; written once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7MappingVersion)]
pub struct MappingVersion {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub sender_id: Id,
    /// The sender's organization.
    pub org_id: Id,
    /// Counted from 1.
    pub number: u32,
    /// Why it was changed.
    pub note: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// The mapping.
    pub mapping: Mapping,
}

impl Entity for MappingVersion {
    const KIND: &'static str = "hl7-mapping";
    const TABLE: &'static str = "hl7_mapping";
    const COLUMNS: &'static [&'static str] = &["sender_id", "number"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.sender_id, self.number].to_vec()
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Hl7MessageState)]
pub enum MessageState {
    /// Stored, and done what it says.
    Applied,
    /// Stored; messages of its kind are not acted upon.
    Kept,
    /// Stored in the error queue: its content could not be taken (AE).
    Failed,
    /// Refused as a message (AR). Of known senders its bytes are kept.
    Rejected,
    /// Somebody asked to do it again, which is going on.
    Replaying,
    /// Somebody took it out of the error queue.
    Dismissed,
}

impl MessageState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Kept => "kept",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Replaying => "replaying",
            Self::Dismissed => "dismissed",
        }
    }

    /// Does it lie in the error queue?
    pub const fn is_queued(self) -> bool {
        matches!(self, Self::Failed | Self::Rejected | Self::Replaying)
    }
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Reason)]
pub struct Reason {
    /// A stable code: `hl7.truncated`.
    pub code: String,
    /// A sentence in English.
    pub detail: String,
    /// Where: segment, its number, field, as in `PID^1^3`; or fields of ours.
    pub at: Vec<String>,
}

/// One thing that a message did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Effect)]
pub struct Effect {
    /// `patient-new`, `patient-linked`, `patient-review`, `patient-merged`, `visit-stored`,
    /// `report-stored`, `observation-stored`, `order-stored`, `prescription-stored`, `dispense-stored`,
    /// `appointment-stored`, `document-stored`; `note` for what was left as it was, and why.
    pub what: String,
    /// What it was done to: `Patient/…`.
    pub reference: Option<String>,
    /// Code of a note.
    pub note: Option<String>,
    /// The value it is about, such as a code that the mapping lacks.
    pub value: Option<String>,
}

/// Somebody's change of a message before it was done again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Edit)]
pub struct Edit {
    /// Counted from 1; the text lies beside the original under this number.
    pub number: u32,
    /// Whether the text was changed.
    pub changed: bool,
    /// When.
    pub at: Instant,
    /// By whom.
    pub account_id: Id,
    /// Their name.
    pub account_name: String,
    /// Why.
    pub reason: String,
}

/// A message that came; its text lies apart.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Message)]
pub struct Held {
    /// Its id.
    pub id: Id,
    /// Who sent it, where that is known.
    pub sender_id: Option<Id>,
    /// The sender's organization.
    pub org_id: Option<Id>,
    /// MSH-10.
    pub control_id: String,
    /// MSH-9: `ADT^A01`.
    pub kind: String,
    /// MSH-12.
    pub hl7_version: String,
    /// MSH-7.
    pub sent_at: Option<Instant>,
    /// When it came.
    pub received_at: Instant,
    /// Was it older than its sender's messages may be?
    pub late: bool,
    /// The charset it was read in.
    pub charset: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// The address it came from.
    pub address: String,
    /// What became of it.
    pub state: MessageState,
    /// `AA`, `AE` or `AR`.
    pub ack: String,
    /// The answer as it was sent.
    pub answer: String,
    /// Why it was not taken.
    pub reason: Option<Reason>,
    /// What it did.
    pub effects: Vec<Effect>,
    /// Whom it is about.
    pub patient_id: Option<Id>,
    /// Number of the mapping it was read by.
    pub mapping: Option<u32>,
    /// Whether repetitions of its number are answered by it.
    pub is_first: bool,
    /// Changes by people.
    pub edits: Vec<Edit>,
}

impl Entity for Held {
    const KIND: &'static str = "hl7-message";
    const TABLE: &'static str = "hl7_message";
    const COLUMNS: &'static [&'static str] = &[
        "sender_id",
        "org_id",
        "control_id",
        "kind",
        "state",
        "received_at",
        "late",
        "is_first",
        "patient_id",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        self.org_id
    }
    fn patient_id(&self) -> Option<Id> {
        self.patient_id
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.sender_id,
            self.org_id,
            self.control_id.as_str(),
            self.kind.as_str(),
            self.state.word(),
            self.received_at,
            self.late,
            self.is_first,
            self.patient_id,
        ]
        .to_vec()
    }
}

/// A visit as its messages tell of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Visit {
    pub id: Id,
    pub sender_id: Id,
    pub org_id: Id,
    pub number: String,
    pub patient_id: Id,
    /// The sender's number of the patient.
    pub patient_number: String,
    /// `in-progress`, `finished` or `cancelled`, as Encounter has them.
    pub status: String,
    /// Code of the value set ActEncounterCode.
    pub class: String,
    pub place: Option<String>,
    /// Places before, for transfers that are cancelled.
    pub places_before: Vec<String>,
    pub started_at: Option<String>,
    pub ended_at: Option<String>,
    /// When the newest event happened that was told.
    pub event_at: Instant,
}

impl Entity for Visit {
    const KIND: &'static str = "hl7-visit";
    const TABLE: &'static str = "hl7_visit";
    const COLUMNS: &'static [&'static str] = &["sender_id", "number", "patient_id"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.sender_id, self.number.as_str(), self.patient_id].to_vec()
    }
}
