//! A message comes: stored and done in one transaction, and only then answered.
//!
//! AA says that the message is on disk and done (or kept, where messages of its kind are not acted
//! upon). AE says that it is on disk in the error queue. AR says that it was refused as a message. An
//! answer with error code 207 whose text says to send again is the one case in which nothing is stored.
//! Who fills MSH-15 or MSH-16 hears of storing (CA, CE, CR) and of doing apart, as far as they ask.

mod hold;
mod replay;

pub(crate) use hold::Arrival;
pub(crate) use replay::{Trial, from_hex, replay, resume, try_out};

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use hl7v2::{Ack, AckCode, AckLevel, Charset, Fault, Header, Location, Message};
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
    /// The acknowledgements without their frames: one in the original mode, none to two in the
    /// enhanced one.
    pub frames: Vec<Vec<u8>>,
    /// Came the message from a sender that is known?
    pub known: bool,
}

/// How a message was taken, before it is known in which mode its sender wants to hear of it.
struct Reply {
    /// The acknowledgement of the original mode.
    bytes: Vec<u8>,
    code: AckCode,
    /// Is the message on disk, if only in the error queue?
    stored: bool,
    /// What the sender is told of it.
    fault: Option<Fault>,
    known: bool,
}

/// Takes one message and answers it. It never fails: what goes wrong is in the answer.
pub async fn receive(app: &App, bytes: &[u8], address: &str) -> Answer {
    let header = match Header::read(bytes) {
        Ok(header) => header,
        Err(fault) => {
            let reply = stranger(app, bytes, address, None, fault).await;
            return Answer {
                frames: vec![reply.bytes],
                known: reply.known,
            };
        }
    };
    let reply = listen(app, bytes, address, &header).await;
    answer(app, &header, reply)
}

/// In the original mode the one acknowledgement; in the enhanced one whether the message is stored,
/// then what became of it, each where MSH-15 and MSH-16 ask for it.
fn answer(app: &App, header: &Header, reply: Reply) -> Answer {
    let known = reply.known;
    if !header.is_enhanced() {
        let frames = vec![reply.bytes];
        return Answer { frames, known };
    }
    let commit = match (reply.stored, reply.code) {
        (true, _) => AckCode::Accept,
        (false, AckCode::Accept) => AckCode::Error,
        (false, code) => code,
    };
    let mut frames = Vec::new();
    if AckLevel::is_wanted(&header.accept_ack, reply.stored) {
        let now = app.store().clock().now();
        let id = app.store().ids().next(now);
        let fault = reply.fault.as_ref().filter(|_| !reply.stored);
        let text = ack_at(AckLevel::Commit, Some(header), commit, fault, (now, id));
        let charset = Charset::of_name(&header.charset).unwrap_or(Charset::Utf8);
        frames.push(hl7v2::encode(&text, charset).unwrap_or_else(|| text.into_bytes()));
    }
    let fine = reply.code == AckCode::Accept;
    if reply.stored && AckLevel::is_wanted(&header.application_ack, fine) {
        frames.push(reply.bytes);
    }
    Answer { frames, known }
}

async fn listen(app: &App, bytes: &[u8], address: &str, header: &Header) -> Reply {
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
            return stranger(app, bytes, address, Some(header), fault).await;
        }
        Err(error) => return again(app, Some(header), &error),
    };
    if let Some(fault) = unwelcome(&sender, address) {
        return stranger(app, bytes, address, Some(header), fault).await;
    }
    let turn = turn_of(sender.id);
    let _turn = turn.lock().await;
    let arrival = Arrival::new(bytes, header.clone(), sender, mapping, address);
    take(app, arrival).await
}

async fn take(app: &App, arrival: Arrival) -> Reply {
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
            Ok(held) => return arrival.reply(&held),
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
        Ok(held) => arrival.reply(&held),
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
) -> Reply {
    let (kept, size, sha256) = (header.cloned(), bytes.len(), store::sha256_hex(bytes));
    let (address, told) = (address.to_owned(), fault.clone());
    let system = Request::system("hl7");
    let written = app.store().write(&system, move |tx| {
        hold::keep_stranger(tx, kept.as_ref(), size, &sha256, &address, &told)
    });
    if let Err(error) = written.await {
        tracing::warn!(?error, "a rejected HL7 v2 message was not noted");
    }
    Reply {
        bytes: ack(app, header, AckCode::Reject, Some(&fault)).into_bytes(),
        code: AckCode::Reject,
        stored: false,
        fault: Some(fault),
        known: false,
    }
}

/// Nothing could be stored: the sender keeps the message and tries again.
fn again(app: &App, header: Option<&Header>, error: &Error) -> Reply {
    tracing::warn!(?error, "an HL7 v2 message could not be stored");
    let detail = "it could not be stored just now and was not; send it again";
    let fault = Fault::new("hl7.busy", Location::segment("MSH", 1), detail);
    Reply {
        bytes: ack(app, header, AckCode::Error, Some(&fault)).into_bytes(),
        code: AckCode::Error,
        stored: false,
        fault: Some(fault),
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
    ack_at(AckLevel::Application, header, code, fault, (now, id))
}

/// A number of a message made of an id: MSH-10 has 20 characters in the older versions.
pub(crate) fn control_id_of(id: Id) -> String {
    let digits = id.to_string();
    digits.chars().filter(|c| *c != '-').skip(12).collect()
}

fn ack_at(
    level: AckLevel,
    header: Option<&Header>,
    code: AckCode,
    fault: Option<&Fault>,
    (now, id): (Instant, Id),
) -> String {
    let control_id = control_id_of(id);
    let ack = Ack {
        header,
        level,
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
    fn reply(&self, held: &Held) -> Reply {
        let charset = self
            .read
            .as_ref()
            .map_or(Charset::Utf8, |read| read.charset);
        let bytes = hl7v2::encode(&held.answer, charset);
        let word = AckCode::of_word(&held.ack).map(|(_, code)| code);
        let code = word.unwrap_or(AckCode::Error);
        // What was refused as a message is kept for people to see, but not taken.
        let stored = code != AckCode::Reject;
        let fault = self.read.as_ref().err().cloned();
        Reply {
            bytes: bytes.unwrap_or_else(|| held.answer.clone().into_bytes()),
            code,
            stored,
            fault,
            known: true,
        }
    }
}
