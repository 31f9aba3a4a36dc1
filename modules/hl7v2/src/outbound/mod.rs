//! What leaves: events become messages for the receivers that want them, and are sent in order.
//!
//! A follower notes for each receiver what there is to tell. When it is a message's turn, its text is
//! made in the name of the receiver's organization: what that organization has no basis to read, or
//! what consent and sensitivity hide from it, does not leave. The text is on disk before its first byte
//! leaves, and what was answered is on disk before the next message goes, so that each is sent at least
//! once, always under the same number.

mod answer;
mod cases;
mod compose;
mod deliver;
mod documents;
mod model;
mod person;
mod queue;
mod results;
pub(crate) mod rows;
mod trial;
mod views;
mod wire;
mod words;

pub use deliver::{deliver, run};
pub(crate) use model::after;
pub use model::{AckMode, Decision, Outbound, OutboundState, Receiver, ReceiverState, Tls};
pub(crate) use model::{KINDS, Step};
pub(crate) use queue::{FOLLOWER, repeat};
pub use rows::Attempt;
pub(crate) use trial::{ReceiverTrial, try_out};
pub(crate) use wire::check_tls;

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Actor, ActorKind, Id, Scope};

/// What a look into the record is noted as.
const LOOK: &str = "hl7.outbound";

/// A receiver reads as a system of its organization: nothing that people there could not read.
fn reader(receiver_id: Id, org_id: Id) -> Arc<Actor> {
    Arc::new(Actor {
        id: receiver_id,
        kind: ActorKind::System,
        name: "HL7".to_owned(),
        practitioner_id: None,
        role: "system".to_owned(),
        org_id,
        department_id: None,
        grants: BTreeMap::from([("fhir.read".to_owned(), Scope::Org)]),
    })
}
