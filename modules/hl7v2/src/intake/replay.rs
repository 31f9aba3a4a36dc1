//! Doing a message again from the error queue, and trying one out without keeping anything.

use std::sync::Arc;

use hl7v2::{AckCode, Fault, Header, Location};
use http::App;
use kernel::{Error, Id, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Request, Tx, Versioned};
use utoipa::ToSchema;

use super::{hold, read, request_of};
use crate::apply::{self, Mover, Work};
use crate::mapping::Mapping;
use crate::model::{Effect, Held, MessageState, Reason, Sender};
use crate::rows;

/// The code under which a trial ends its transaction.
const TRIED: &str = "hl7.tried";

/// What is needed to do a message again.
struct Again {
    held: Versioned<Held>,
    sender: Sender,
    mapping: Mapping,
    bytes: Vec<u8>,
}

/// Does a message again that somebody asked for, in the name of its sender.
///
/// # Errors
/// Whatever the database reports; that the message cannot be taken is in the message.
pub(crate) async fn replay(app: &App, id: Id) -> Result<()> {
    let system = Request::system("hl7.replay");
    let again = app.store().read(&system, move |tx| load(tx, id)).await?;
    let Some(again) = again else { return Ok(()) };
    let turn = super::turn_of(again.sender.id);
    let _turn = turn.lock().await;
    let request = request_of(&again.sender, "local", &again.held.control_id);
    let again = Arc::new(again);
    let (doing, movers) = (Arc::clone(&again), app.moves().to_vec());
    let done = app
        .store()
        .write(&request, move |tx| once_more(tx, &doing, &movers))
        .await;
    let Err(error) = done else { return Ok(()) };
    if super::is_passing(&error) {
        return Err(error);
    }
    app.store()
        .write(&request, move |tx| not_again(tx, &again, &error))
        .await
}

/// Does again what was asked for before the server stopped.
///
/// # Errors
/// Whatever the database reports.
pub(crate) async fn resume(app: &App) -> Result<()> {
    let system = Request::system("hl7.replay");
    let waiting = app.store().read(&system, rows::replaying).await?;
    for held in waiting {
        replay(app, held.id).await?;
    }
    Ok(())
}

fn load(tx: &mut Tx<'_>, id: Id) -> Result<Option<Again>> {
    let held: Versioned<Held> = tx.load(id)?;
    let Some(sender_id) = held
        .sender_id
        .filter(|_| held.state == MessageState::Replaying)
    else {
        return Ok(None);
    };
    let sender: Versioned<Sender> = tx.load(sender_id)?;
    let mapping = rows::mapping(tx, sender_id, sender.mapping)?.mapping;
    let text = rows::texts(tx, id)?
        .pop()
        .ok_or_else(|| Error::not_found("hl7-message"))?;
    let bytes = match text.form.as_str() {
        "hex" => from_hex(&text.text),
        _ => {
            // An edited text, and one that was decoded, is ours: in UTF-8, whatever MSH-18 says.
            text.text.into_bytes()
        }
    };
    Ok(Some(Again {
        held,
        sender: sender.data,
        mapping,
        bytes,
    }))
}

fn once_more(tx: &mut Tx<'_>, again: &Again, movers: &[Mover]) -> Result<()> {
    let (header, read) = parse(&again.bytes, &again.sender).map_err(of_fault)?;
    let work = Work {
        sender: &again.sender,
        mapping: &again.mapping,
        header: &header,
        message: &read.message,
        movers,
    };
    let applied = apply::apply(tx, work)?;
    let mut held = again.held.clone();
    hold::done(tx, &mut held, &header, applied);
    held.mapping = Some(again.sender.mapping);
    let detail = json!({ "state": held.state });
    tx.update(&held, Change::new("hl7.message-replayed").detail(detail))
        .map(|_| ())
}

fn not_again(tx: &mut Tx<'_>, again: &Again, error: &Error) -> Result<()> {
    let mut held = again.held.clone();
    let code = match again.held.ack.as_str() {
        "AR" => AckCode::Reject,
        _ => AckCode::Error,
    };
    let reason = hold::reason_of(error);
    let answer = held.answer.clone();
    match Header::read(&again.bytes) {
        Ok(header) => hold::failed(
            tx,
            &mut held,
            &header,
            code,
            &reason,
            &super::fault_of(error),
        ),
        Err(_) => held.reason = Some(reason),
    }
    // The sender was answered when the message came; that does not change.
    held.answer = answer;
    if held.state == MessageState::Replaying {
        held.state = MessageState::Failed;
    }
    let detail = json!({ "state": held.state, "reason": error.code() });
    tx.update(&held, Change::new("hl7.message-replayed").detail(detail))
        .map(|_| ())
}

/// Reads a text that may have been decoded here already, so that it is UTF-8 in spite of MSH-18.
fn parse(bytes: &[u8], sender: &Sender) -> Result<(Header, super::Read), Fault> {
    let header = Header::read(bytes)?;
    if header.application != sender.application || header.facility != sender.facility {
        let detail = "MSH-3 and MSH-4 name another sender";
        return Err(Fault::new(
            "hl7.sender-unknown",
            Location::field("MSH", 1, 3),
            detail,
        ));
    }
    let mut plain = header.clone();
    if std::str::from_utf8(bytes).is_ok() {
        plain.declared_charset(sender.charset.into())?;
        plain.charset = hl7v2::Charset::Utf8.name().to_owned();
    }
    let read = read(bytes, &plain, sender)?;
    Ok((header, read))
}

fn of_fault(fault: Fault) -> Error {
    Error::new(Kind::Rule, fault.code, fault.detail).at(fault.at.to_string())
}

pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len())
        .step_by(2)
        .filter_map(|at| text.get(at..at + 2));
    pairs
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect()
}

/// What a message would do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Trial)]
pub struct Trial {
    /// `AA`, `AE` or `AR`.
    pub ack: String,
    /// The answer it would get.
    pub answer: String,
    /// What would become of it.
    pub state: MessageState,
    /// Why it would not be taken.
    pub reason: Option<Reason>,
    /// What it would do.
    pub effects: Vec<Effect>,
}

/// Tries a text out as if its sender had sent it, and keeps nothing. Line ends are taken as they are
/// pasted.
///
/// # Errors
/// Whatever the database reports; that the message cannot be taken is in the answer.
pub(crate) async fn try_out(
    app: &App,
    sender: Sender,
    mapping: Mapping,
    text: &str,
) -> Result<Trial> {
    let pasted = crate::text::tidy(text);
    let request = request_of(&sender, "trial", "trial");
    let clock = app.store().clock().now();
    let id = app.store().ids().next(clock);
    let trial = |header: Option<&Header>, code: AckCode, state, error: Option<&Error>, effects| {
        let fault = error.map(super::fault_of);
        Trial {
            ack: code.word().to_owned(),
            answer: super::ack_text(header, code, fault.as_ref(), clock, id),
            state,
            reason: error.map(hold::reason_of),
            effects,
        }
    };
    let (header, read) = match parse(pasted.as_bytes(), &sender) {
        Ok(parsed) => parsed,
        Err(fault) => {
            let header = Header::of_text(&pasted).ok();
            let error = of_fault(fault);
            let (code, state) = (AckCode::Reject, MessageState::Rejected);
            return Ok(trial(
                header.as_ref(),
                code,
                state,
                Some(&error),
                Vec::new(),
            ));
        }
    };
    let (movers, asked) = (app.moves().to_vec(), header.clone());
    let run = move |tx: &mut Tx<'_>| -> Result<()> {
        let work = Work {
            sender: &sender,
            mapping: &mapping,
            header: &asked,
            message: &read.message,
            movers: &movers,
        };
        let applied = apply::apply(tx, work)?;
        let data = json!({ "acted": applied.acted, "effects": applied.effects });
        Err(Error::new(Kind::Rule, TRIED, "tried only").with(data))
    };
    let Err(error) = app.store().write(&request, run).await else {
        return Err(Error::internal("a trial that was kept"));
    };
    if error.code() != TRIED {
        if super::is_passing(&error) {
            return Err(error);
        }
        let (code, state) = (AckCode::Error, MessageState::Failed);
        return Ok(trial(Some(&header), code, state, Some(&error), Vec::new()));
    }
    let data = error.data().cloned().unwrap_or_default();
    let effects = serde_json::from_value(data["effects"].clone()).map_err(Error::internal)?;
    let state = if data["acted"] == true {
        MessageState::Applied
    } else {
        MessageState::Kept
    };
    Ok(trial(Some(&header), AckCode::Accept, state, None, effects))
}
