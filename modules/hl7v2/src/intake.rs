//! A message comes: stored and done in one transaction, and only then answered.
//!
//! AA says that the message is on disk and done (or kept, where messages of its kind are not acted
//! upon). AE says that it is on disk in the error queue. AR says that it was refused as a message. An
//! answer with error code 207 whose text says to send again is the one case in which nothing is stored.

mod hold;
mod replay;

pub(crate) use hold::Arrival;
pub(crate) use replay::{Trial, from_hex, replay, resume, try_out};

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use hl7v2::{Ack, AckCode, Charset, Fault, Header, Location, Message};
use http::App;
use kernel::{Actor, ActorKind, Error, Id, Instant, Kind, Result, Scope};
use store::Request;

use crate::model::{Held, Sender, SenderState};
use crate::rows;

/// How often a message is tried while the database is busy.
const ATTEMPTS_MAX: usize = 3;
/// Characters of MSH-10 at most.
const CONTROL_ID_CHARACTERS_MAX: usize = 199;

/// What the connection is told, and whether it was worth listening to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The acknowledgement, without its frame.
    pub bytes: Vec<u8>,
    /// Came the message from a sender that is known?
    pub known: bool,
}

/// Takes one message and answers it. It never fails: what goes wrong is in the answer.
pub async fn receive(app: &App, bytes: &[u8], address: &str) -> Answer {
    let header = match Header::read(bytes) {
        Ok(header) => header,
        Err(fault) => return stranger(app, bytes, address, None, fault).await,
    };
    let (application, facility) = (header.application.clone(), header.facility.clone());
    let system = Request::system("hl7");
    let found = app.store().read(&system, move |tx| {
        let Some(sender) = rows::sender_by_name(tx, &application, &facility)? else {
            return Ok(None);
        };
        let mapping = rows::mapping(tx, sender.id, sender.mapping)?;
        Ok(Some((sender.data, mapping.mapping)))
    });
    let (sender, mapping) = match found.await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let at = Location::field("MSH", 1, 3);
            let detail = "no sender with this MSH-3 and MSH-4 is set up here";
            let fault = Fault::new("hl7.sender-unknown", at, detail);
            return stranger(app, bytes, address, Some(&header), fault).await;
        }
        Err(error) => return again(app, Some(&header), &error),
    };
    if let Some(fault) = unwelcome(&sender, address) {
        return stranger(app, bytes, address, Some(&header), fault).await;
    }
    let turn = turn_of(sender.id);
    let _turn = turn.lock().await;
    let arrival = Arrival::new(bytes, header, sender, mapping, address);
    take(app, arrival).await
}

async fn take(app: &App, arrival: Arrival) -> Answer {
    let arrival = Arc::new(arrival);
    let request = request_of(
        &arrival.sender,
        &arrival.address,
        &arrival.header.control_id,
    );
    let movers = app.moves().to_vec();
    let mut attempt = 0;
    let error = loop {
        attempt += 1;
        let (taken, movers) = (Arc::clone(&arrival), movers.clone());
        let written = app
            .store()
            .write(&request, move |tx| hold::take(tx, &taken, &movers))
            .await;
        match written {
            Ok(held) => return arrival.answer(&held),
            Err(error) if is_passing(&error) && attempt < ATTEMPTS_MAX => {}
            Err(error) => break error,
        }
    };
    if is_passing(&error) {
        return again(app, Some(&arrival.header), &error);
    }
    let failed = Arc::clone(&arrival);
    let reason = hold::reason_of(&error);
    let fault = fault_of(&error);
    let written = app.store().write(&request, move |tx| {
        hold::keep_failed(tx, &failed, AckCode::Error, &reason, &fault)
    });
    match written.await {
        Ok(held) => arrival.answer(&held),
        Err(error) => again(app, Some(&arrival.header), &error),
    }
}

/// Who is not listened to is told so; that it tried is kept, without what it said.
async fn stranger(
    app: &App,
    bytes: &[u8],
    address: &str,
    header: Option<&Header>,
    fault: Fault,
) -> Answer {
    let (kept, size, sha256) = (header.cloned(), bytes.len(), store::sha256_hex(bytes));
    let (address, told) = (address.to_owned(), fault.clone());
    let system = Request::system("hl7");
    let written = app.store().write(&system, move |tx| {
        hold::keep_stranger(tx, kept.as_ref(), size, &sha256, &address, &told)
    });
    if let Err(error) = written.await {
        tracing::warn!(?error, "a rejected HL7 v2 message was not noted");
    }
    Answer {
        bytes: ack(app, header, AckCode::Reject, Some(&fault)).into_bytes(),
        known: false,
    }
}

/// Nothing could be stored: the sender keeps the message and tries again.
fn again(app: &App, header: Option<&Header>, error: &Error) -> Answer {
    tracing::warn!(?error, "an HL7 v2 message could not be stored");
    let detail = "it could not be stored just now and was not; send it again";
    let fault = Fault::new("hl7.busy", Location::segment("MSH", 1), detail);
    Answer {
        bytes: ack(app, header, AckCode::Error, Some(&fault)).into_bytes(),
        known: true,
    }
}

/// The answer to bytes that are no message: a frame that is too large.
pub(crate) fn too_large(app: &App) -> Vec<u8> {
    let detail = "the message is larger than this server takes";
    let fault = Fault::new("hl7.too-large", Location::segment("MSH", 1), detail);
    ack(app, None, AckCode::Reject, Some(&fault)).into_bytes()
}

fn ack(app: &App, header: Option<&Header>, code: AckCode, fault: Option<&Fault>) -> String {
    let now = app.store().clock().now();
    let id = app.store().ids().next(now);
    ack_text(header, code, fault, now, id)
}

pub(crate) fn ack_text(
    header: Option<&Header>,
    code: AckCode,
    fault: Option<&Fault>,
    now: Instant,
    id: Id,
) -> String {
    // MSH-10 has 20 characters in the older versions.
    let control_id: String = id
        .to_string()
        .chars()
        .filter(|c| *c != '-')
        .skip(12)
        .collect();
    let ack = Ack {
        header,
        code,
        control_id: &control_id,
        now,
        fault,
    };
    ack.text()
}

fn unwelcome(sender: &Sender, address: &str) -> Option<Fault> {
    let at = Location::field("MSH", 1, 3);
    if sender.state == SenderState::Stopped {
        let detail = "this sender is stopped here";
        return Some(Fault::new("hl7.sender-stopped", at, detail));
    }
    let allowed = &sender.addresses;
    let here = allowed.is_empty() || allowed.iter().any(|one| one == address);
    let detail = "this sender does not send from this network address";
    (!here).then(|| Fault::new("hl7.sender-address", at, detail))
}

/// Messages of a sender are taken one after another, also where it opens several connections.
fn turn_of(sender_id: Id) -> Arc<tokio::sync::Mutex<()>> {
    type Turns = HashMap<Id, Arc<tokio::sync::Mutex<()>>>;
    static TURNS: LazyLock<Mutex<Turns>> = LazyLock::new(Mutex::default);
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(turns.entry(sender_id).or_default())
}

/// A sender acts as a system of its organization.
pub(crate) fn request_of(sender: &Sender, address: &str, control_id: &str) -> Request {
    let actor = Actor {
        id: sender.id,
        kind: ActorKind::System,
        name: format!("HL7 {}", sender.name),
        practitioner_id: None,
        role: "system".to_owned(),
        org_id: sender.org_id,
        department_id: None,
        grants: BTreeMap::from([("fhir.write".to_owned(), Scope::Org)]),
        app: None,
    };
    Request {
        actor: Arc::new(actor),
        scope: None,
        request_id: format!("hl7 {control_id}"),
        address: address.to_owned(),
        idempotency: None,
    }
}

/// Will it pass by itself? Then nothing is stored, and the sender tries again.
fn is_passing(error: &Error) -> bool {
    let passing = matches!(
        error.kind(),
        Kind::Unavailable | Kind::Full | Kind::Throttled | Kind::StaleVersion
    );
    passing || matches!(error.code(), "store.duplicate" | "fhir.moved")
}

/// What the sender is told of a failure.
fn fault_of(error: &Error) -> Fault {
    let mut places = error
        .fields()
        .iter()
        .filter_map(|place| place.parse::<Location>().ok());
    let at = places.next().unwrap_or_else(|| Location::segment("MSH", 1));
    Fault::new(error.code(), at, error.detail())
}

/// A message as text and parsed, by its sender's rules.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub charset: Charset,
    pub message: Message,
}

/// Decodes and parses a message and checks what every message must have.
pub(crate) fn read(bytes: &[u8], header: &Header, sender: &Sender) -> Result<Read, Fault> {
    let charset = header.declared_charset(sender.charset.into())?;
    let text = hl7v2::decode(bytes, charset)?;
    let message = Message::parse(&text)?;
    let refuse =
        |code, field, detail: &str| Err(Fault::new(code, Location::field("MSH", 1, field), detail));
    if header.kind.is_empty() {
        return refuse("hl7.field-missing", 9, "a message says of which kind it is");
    }
    let characters = header.control_id.chars().count();
    if !(1..=CONTROL_ID_CHARACTERS_MAX).contains(&characters) {
        return refuse(
            "hl7.field-missing",
            10,
            "a message has a number of at most 199 characters",
        );
    }
    if header.processing != sender.processing {
        return refuse(
            "hl7.processing",
            11,
            "messages of this processing kind are not taken from this sender",
        );
    }
    if !header.version.starts_with("2.") {
        return refuse("hl7.version", 12, "versions 2.1 to 2.9 are taken");
    }
    Ok(Read { charset, message })
}

impl Arrival {
    /// The stored answer in the charset of the message.
    fn answer(&self, held: &Held) -> Answer {
        let charset = self
            .read
            .as_ref()
            .map_or(Charset::Utf8, |read| read.charset);
        let bytes = hl7v2::encode(&held.answer, charset);
        Answer {
            bytes: bytes.unwrap_or_else(|| held.answer.clone().into_bytes()),
            known: true,
        }
    }
}
