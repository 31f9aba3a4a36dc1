//! A message of nobody, sent once to see whether a receiver answers. Nothing of it is queued.

use hl7v2::{Charset, SegmentWriter};
use http::App;
use kernel::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::compose::{header, no_visit};
use super::model::Receiver;
use super::wire::{Ending, Parcel, send};
use crate::intake::control_id_of;
use crate::model::Reason;

/// What came of a message that was sent on trial.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7ReceiverTrial)]
pub struct ReceiverTrial {
    /// The message, about nobody; MSH-11 says `T`.
    pub text: String,
    /// `accepted`, `refused`, or why it failed: `hl7.unreachable`.
    pub outcome: String,
    /// Why it was not accepted.
    pub reason: Option<Reason>,
    /// What was answered, acknowledgements only.
    pub answer: Option<String>,
    /// How long it took.
    pub milliseconds: i64,
}

/// Sends a made-up patient as a training message (MSH-11 `T`) and answers what came back.
pub(crate) async fn try_out(app: &App, receiver: Receiver) -> Result<ReceiverTrial> {
    let begun = app.store().clock().now();
    let control_id = control_id_of(app.store().ids().next(begun));
    let training = Receiver {
        processing: "T".to_owned(),
        ..receiver.clone()
    };
    let segments = [
        header(&training, "ADT^A31", &control_id, begun),
        SegmentWriter::new("EVN").text(2, &hl7v2::compact(begun)),
        SegmentWriter::new("PID")
            .text(1, "1")
            .parts(3, &["TEST-0", "", "", "LIANTI", "PI"])
            .text(5, "连接测试")
            .text(8, "U"),
        no_visit(),
    ];
    let text = segments
        .iter()
        .fold(String::new(), |text, segment| text + &segment.line());
    let charset = Charset::from(receiver.charset);
    let bytes = hl7v2::encode(&text, charset).unwrap_or_else(|| text.clone().into_bytes());
    let tried = send(&mut None, &receiver, &Parcel { control_id, bytes }).await;
    let ended = app.store().clock().now();
    let reason = |code: &str, detail: String| {
        let at = match code {
            "hl7.unreachable" => vec!["host".to_owned(), "port".to_owned()],
            "hl7.tls-failed" => vec!["tls".to_owned()],
            _ => Vec::new(),
        };
        Some(Reason {
            code: code.to_owned(),
            detail,
            at,
        })
    };
    let (outcome, reason) = match tried.ending {
        Ending::Accepted => ("accepted", None),
        Ending::Refused(said) => ("refused", reason("hl7.refused", said)),
        Ending::Failed(code, detail) => (code, reason(code, detail)),
    };
    Ok(ReceiverTrial {
        text,
        outcome: outcome.to_owned(),
        reason,
        answer: tried.answer,
        milliseconds: (ended.micros() - begun.micros()) / 1_000,
    })
}
