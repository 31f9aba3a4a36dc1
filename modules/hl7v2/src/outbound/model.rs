//! Receivers, and the states of what is sent to them.

use kernel::{Error, Id, Instant, Kind, Result};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};
use utoipa::ToSchema;

use crate::mapping::Mapping;
use crate::model::{CharsetWord, Reason};

/// Kinds of messages that leave, with the message structure of each.
pub(crate) const KINDS: &[(&str, &str)] = &[
    ("ADT^A28", "ADT_A05"),
    ("ADT^A31", "ADT_A05"),
    ("ADT^A40", "ADT_A39"),
    ("ADT^A01", "ADT_A01"),
    ("ADT^A03", "ADT_A03"),
    ("REF^I12", "REF_I12"),
    ("REF^I14", "REF_I12"),
    ("SIU^S12", "SIU_S12"),
    ("SIU^S15", "SIU_S12"),
    ("ORU^R01", "ORU_R01"),
    ("MDM^T02", "MDM_T02"),
    ("MDM^T08", "MDM_T02"),
    ("MDM^T11", "MDM_T01"),
];

/// Is something sent to a receiver?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Hl7ReceiverState)]
pub enum ReceiverState {
    /// What happens is queued and sent.
    Active,
    /// What happens is queued; nothing is sent.
    Paused,
    /// Nothing is queued and nothing is sent; what waits stays.
    Stopped,
}

impl ReceiverState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }
}

/// What a receiver is asked to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Hl7AckMode)]
pub enum AckMode {
    /// The original mode: one application acknowledgement (AA, AE, AR); MSH-15 and MSH-16 are empty.
    Original,
    /// The enhanced mode, only that it is stored: CA, CE, CR.
    Commit,
    /// The enhanced mode: that it is stored, then what became of it.
    CommitAndApplication,
}

impl AckMode {
    /// MSH-15 and MSH-16.
    pub const fn conditions(self) -> (&'static str, &'static str) {
        match self {
            Self::Original => ("", ""),
            Self::Commit => ("AL", "NE"),
            Self::CommitAndApplication => ("AL", "AL"),
        }
    }
}

/// How a receiver's certificate is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7ReceiverTls)]
pub struct Tls {
    /// Certificates of the authorities that are trusted, in PEM.
    pub ca_pem: String,
    /// The name that the certificate has; the host where it is left out.
    #[serde(default)]
    pub server_name: Option<String>,
}

/// A system that is sent HL7 v2.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Receiver)]
pub struct Receiver {
    /// Its id.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// The organization whose system it is: nothing is sent that this organization may not read.
    pub org_id: Id,
    /// Where it listens.
    pub host: String,
    /// On which port.
    pub port: u16,
    /// How its certificate is checked; without it, messages go in clear text.
    pub tls: Option<Tls>,
    /// The charset it reads: UTF-8 or GB 18030.
    pub charset: CharsetWord,
    /// MSH-5 of what it is sent.
    pub application: String,
    /// MSH-6 of what it is sent; may be empty.
    pub facility: String,
    /// MSH-3: what it calls this platform.
    pub own_application: String,
    /// MSH-4; may be empty.
    pub own_facility: String,
    /// MSH-11.
    pub processing: String,
    /// MSH-12.
    pub hl7_version: String,
    /// What it is asked to answer.
    pub acknowledgement: AckMode,
    /// How long an answer may take.
    pub answer_seconds: u32,
    /// How often a message is tried before it is set aside.
    pub tries_max: u32,
    /// The kinds of messages it is sent: `ADT^A28`.
    pub kinds: Vec<String>,
    /// Is it also told what its own organization enters here?
    pub own: bool,
    /// Its codes, in the words of a sender's mapping: theirs lead to ours, and are written backwards.
    pub mapping: Mapping,
    /// Is something sent to it?
    pub state: ReceiverState,
    /// When it was set up.
    pub created_at: Instant,
}

impl Entity for Receiver {
    const KIND: &'static str = "hl7-receiver";
    const TABLE: &'static str = "hl7_receiver";
    const COLUMNS: &'static [&'static str] = &["org_id", "state"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![self.org_id, self.state.word()].to_vec()
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Hl7OutboundState)]
pub enum OutboundState {
    /// It waits for its turn, or to be tried again.
    Waiting,
    /// The receiver acknowledged it.
    Accepted,
    /// The receiver refused it, or did not answer often enough; somebody has to look at it.
    Dead,
    /// Somebody decided that it is not sent.
    Skipped,
    /// It was not sent: the organization may not read it any more, or it was overtaken.
    Withheld,
}

impl OutboundState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Dead => "dead",
            Self::Skipped => "skipped",
            Self::Withheld => "withheld",
        }
    }

    /// Every state, for tests and lists.
    #[cfg(test)]
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Accepted,
        Self::Dead,
        Self::Skipped,
        Self::Withheld,
    ];
}

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The receiver acknowledged it.
    Accepted,
    /// The receiver refused it for good.
    Refused,
    /// It could not be sent or was not answered; `last` when the limit of tries is reached.
    Failed { last: bool },
    /// It may not be sent (any more).
    Withhold,
    /// Somebody wants it sent again.
    Resend,
    /// Somebody wants it left out.
    Skip,
}

/// The state after a step; a total function.
///
/// # Errors
/// `hl7.outbound-state` for what cannot be asked for in this state.
pub(crate) fn after(state: OutboundState, step: Step) -> Result<OutboundState> {
    use OutboundState::{Accepted, Dead, Skipped, Waiting, Withheld};
    let next = match (state, step) {
        // What a receiver said while somebody decided otherwise is the truth.
        (_, Step::Accepted) | (Accepted, Step::Refused | Step::Failed { .. }) => Accepted,
        (Waiting, Step::Refused | Step::Failed { last: true }) => Dead,
        (Waiting, Step::Failed { last: false }) | (Dead | Skipped | Withheld, Step::Resend) => {
            Waiting
        }
        (Waiting, Step::Withhold) => Withheld,
        (Waiting | Dead, Step::Skip) => Skipped,
        (other, Step::Refused | Step::Failed { .. }) => other,
        (_, Step::Withhold | Step::Resend | Step::Skip) => {
            let detail = "this can't be done with a message in this state";
            return Err(Error::new(Kind::Conflict, "hl7.outbound-state", detail));
        }
    };
    Ok(next)
}

/// What a message tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7OutboundSubject)]
pub struct Subject {
    /// The event: `record.registered`.
    pub event: String,
    /// `patient`, `referral`, `hold` or the type of a FHIR resource.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version, where a newer one has a message of its own.
    pub version: Option<i64>,
    /// When it happened.
    pub at: Instant,
    /// The organization it belongs to.
    pub org_id: Option<Id>,
    /// The organization on the other side.
    pub peer_org_id: Option<Id>,
    /// What the event says that the message needs.
    pub detail: serde_json::Value,
}

/// Somebody's decision about a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7OutboundDecision)]
pub struct Decision {
    /// `resend` or `skip`.
    pub what: String,
    /// When.
    pub at: Instant,
    /// By whom.
    pub account_id: Id,
    /// Their name.
    pub account_name: String,
    /// Why.
    pub reason: String,
}

/// A message for a receiver; its text lies apart.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Outbound)]
pub struct Outbound {
    /// Its id.
    pub id: Id,
    /// For whom.
    pub receiver_id: Id,
    /// The receiver's organization.
    pub org_id: Id,
    /// Its place in the receiver's queue.
    pub place: i64,
    /// MSH-9: `ADT^A28`.
    pub kind: String,
    /// MSH-10; the same however often it is sent.
    pub control_id: String,
    /// Where it stands.
    pub state: OutboundState,
    /// What it tells of.
    pub subject: Subject,
    /// Whom it is about.
    pub patient_id: Option<Id>,
    /// When it was queued.
    pub queued_at: Instant,
    /// How often it was tried since it was queued or asked for again.
    pub tries: u32,
    /// How often it was tried in all.
    pub attempts: u32,
    /// Was it refused by what it says? Then it is made anew when it is sent again.
    pub refused: bool,
    /// When it was acknowledged.
    pub accepted_at: Option<Instant>,
    /// Why it waits, was set aside or withheld.
    pub reason: Option<Reason>,
    /// What people decided.
    pub decisions: Vec<Decision>,
    /// The message that this one repeats.
    pub repeats: Option<Id>,
}

impl Entity for Outbound {
    const KIND: &'static str = "hl7-outbound";
    const TABLE: &'static str = "hl7_outbound";
    const COLUMNS: &'static [&'static str] = &[
        "receiver_id",
        "org_id",
        "place",
        "kind",
        "control_id",
        "state",
        "queued_at",
        "patient_id",
        "subject_id",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn patient_id(&self) -> Option<Id> {
        self.patient_id
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.receiver_id,
            self.org_id,
            self.place,
            self.kind.as_str(),
            self.control_id.as_str(),
            self.state.word(),
            self.queued_at,
            self.patient_id,
            self.subject.id.as_str(),
        ]
        .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_answers_every_step() {
        use OutboundState::{Accepted, Dead, Skipped, Waiting, Withheld};
        let steps = [
            Step::Accepted,
            Step::Refused,
            Step::Failed { last: false },
            Step::Failed { last: true },
            Step::Withhold,
            Step::Resend,
            Step::Skip,
        ];
        let table = OutboundState::ALL.map(|state| steps.map(|step| after(state, step).ok()));
        let none = None;
        let wanted = [
            [
                Some(Accepted),
                Some(Dead),
                Some(Waiting),
                Some(Dead),
                Some(Withheld),
                none,
                Some(Skipped),
            ],
            [
                Some(Accepted),
                Some(Accepted),
                Some(Accepted),
                Some(Accepted),
                none,
                none,
                none,
            ],
            [
                Some(Accepted),
                Some(Dead),
                Some(Dead),
                Some(Dead),
                none,
                Some(Waiting),
                Some(Skipped),
            ],
            [
                Some(Accepted),
                Some(Skipped),
                Some(Skipped),
                Some(Skipped),
                none,
                Some(Waiting),
                none,
            ],
            [
                Some(Accepted),
                Some(Withheld),
                Some(Withheld),
                Some(Withheld),
                none,
                Some(Waiting),
                none,
            ],
        ];
        assert_eq!(table, wanted);
        // Each state can be left by somebody or is an end that is right.
        for state in OutboundState::ALL {
            let leaves = steps
                .iter()
                .any(|step| after(state, *step).is_ok_and(|to| to != state));
            assert_eq!(leaves, state != Accepted, "{state:?}");
        }
    }
}
