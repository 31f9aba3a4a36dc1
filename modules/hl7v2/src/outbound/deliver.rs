//! Sending: each receiver in turns of its own, so that a slow or dead one delays no other.
//!
//! A turn holds a lease that it renews while it waits, so that two servers send nothing twice. What is
//! sent is on disk before; how it ended is on disk before the next message goes. A failure stops the
//! turn: what is behind waits, in order, until the pause is over or the limit of tries sets the message
//! aside.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use hl7v2::Charset;
use http::App;
use kernel::{Error, Id, Instant, Result, Span};
use serde::Deserialize;
use serde_json::json;
use store::{Change, Request, Tx, Versioned, params};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::compose::make;
use super::model::{Outbound, OutboundState, Receiver, ReceiverState, Step, after};
use super::rows::{self, Attempt, RECEIVERS_MAX};
use super::wire::{Ending, Link, Parcel, Tried, send};
use crate::model::Reason;

/// Messages a receiver gets in a turn.
const MESSAGES_A_TURN: usize = 100;
/// How long a lease lasts by itself, and how often it is renewed meanwhile.
const LEASE: Span = Span::seconds(20);
const RENEW: Duration = Duration::from_secs(5);
/// How often to look for what became due by time alone.
const TICK: Duration = Duration::from_secs(1);
/// The first and the longest pause after a failure.
const PAUSE_FIRST_SECONDS: i64 = 5;
const PAUSE_SECONDS_MAX: i64 = 1_800;

const DUE: &str = "SELECT o.receiver_id FROM hl7_outlet AS o
    JOIN hl7_receiver AS r ON r.id = o.receiver_id
    WHERE r.state = 'active' AND o.retry_at <= $1 AND o.leased_until <= $1
    AND EXISTS (SELECT 1 FROM hl7_outbound AS m
        WHERE m.receiver_id = o.receiver_id AND m.state = 'waiting')
    ORDER BY o.retry_at, o.receiver_id LIMIT $2";
const TAKE: &str = "UPDATE hl7_outlet SET leased_until = $3, lease = $4
    WHERE receiver_id = $1 AND leased_until <= $2 AND retry_at <= $2";
const HOLD: &str = "UPDATE hl7_outlet SET leased_until = $3 WHERE receiver_id = $1 AND lease = $2";
const RELEASE: &str = "UPDATE hl7_outlet SET leased_until = 0, lease = NULL
    WHERE receiver_id = $1 AND lease = $2";
const FAILED: &str = "UPDATE hl7_outlet SET failures = failures + 1, retry_at = $2, failed_at = $3,
    error = $4 WHERE receiver_id = $1";
const WORKS: &str =
    "UPDATE hl7_outlet SET failures = 0, retry_at = 0, accepted_at = $2, error = NULL
    WHERE receiver_id = $1";

fn request() -> Request {
    Request::system("hl7.outbound")
}

/// Sends what is due until `stop` changes. What is on its way then is sent again at the next start.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut turns = JoinSet::new();
    let mut busy = HashSet::new();
    loop {
        match due(&app).await {
            Ok(due) => {
                for receiver_id in due {
                    if busy.insert(receiver_id) {
                        let app = app.clone();
                        turns.spawn(async move { (receiver_id, turn(&app, receiver_id).await) });
                    }
                }
            }
            Err(error) => tracing::warn!(?error, "HL7 messages wait for the database"),
        }
        tokio::select! {
            _ = stop.changed() => return,
            Some(ended) = turns.join_next() => match ended {
                Ok((receiver_id, result)) => {
                    busy.remove(&receiver_id);
                    if let Err(error) = result {
                        tracing::warn!(?error, "HL7 messages to a receiver wait");
                        tokio::time::sleep(TICK).await;
                    }
                }
                Err(error) => {
                    // Which turn it was is not known; the leases keep what still runs apart.
                    tracing::error!(?error, "a turn of sending HL7 messages broke off");
                    busy.clear();
                }
            },
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// One turn for every receiver that is due; answers how many messages were dealt with.
///
/// # Errors
/// Whatever the database reports; a receiver that does not answer is no error.
pub async fn deliver(app: &App) -> Result<usize> {
    let mut turns = JoinSet::new();
    for receiver_id in due(app).await? {
        let app = app.clone();
        turns.spawn(async move { turn(&app, receiver_id).await });
    }
    let mut handled = 0;
    while let Some(turn) = turns.join_next().await {
        handled += turn.map_err(Error::internal)??;
    }
    Ok(handled)
}

async fn due(app: &App) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Due {
        receiver_id: Id,
    }
    let request = request();
    let found = app.store().read(&request, |tx| {
        let now = tx.now();
        tx.query::<Due>(DUE, &params![now, RECEIVERS_MAX])
    });
    Ok(found
        .await?
        .into_iter()
        .map(|one| one.receiver_id)
        .collect())
}

async fn turn(app: &App, receiver_id: Id) -> Result<usize> {
    let request = request();
    let taken = app.store().write(&request, move |tx| {
        let (now, lease) = (tx.now(), tx.new_id().to_string());
        let values = params![receiver_id, now, now + LEASE, lease.as_str()];
        Ok((tx.execute(TAKE, &values)? == 1).then_some(lease))
    });
    let Some(lease) = taken.await? else {
        return Ok(0);
    };
    let sent = messages(app, receiver_id, &lease).await;
    let released = app.store().write(&request, move |tx| {
        tx.execute(RELEASE, &params![receiver_id, lease.as_str()])
    });
    released.await?;
    sent
}

async fn messages(app: &App, receiver_id: Id, lease: &str) -> Result<usize> {
    let request = request();
    let mut link: Option<Link> = None;
    let mut handled = 0;
    while handled < MESSAGES_A_TURN {
        let held = lease.to_owned();
        let found = app
            .store()
            .write(&request, move |tx| next(tx, receiver_id, &held));
        let outgoing = match found.await? {
            Next::Nothing => break,
            Next::Withheld => {
                handled += 1;
                continue;
            }
            Next::Send(outgoing) => outgoing,
        };
        let begun = app.store().clock().now();
        let sending = send(&mut link, &outgoing.receiver, &outgoing.parcel);
        let tried = holding(app, receiver_id, lease, sending).await;
        let works = !matches!(tried.ending, Ending::Failed(..));
        let id = outgoing.id;
        app.store()
            .write(&request, move |tx| settle(tx, id, begun, &tried))
            .await?;
        handled += 1;
        if !works {
            break;
        }
    }
    Ok(handled)
}

/// Renews the lease while something takes its time.
async fn holding<T>(app: &App, receiver_id: Id, lease: &str, work: impl Future<Output = T>) -> T {
    let request = request();
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(RENEW) => {
                let lease = lease.to_owned();
                let renewed = app.store().write(&request, move |tx| {
                    let until = tx.now() + LEASE;
                    tx.execute(HOLD, &params![receiver_id, lease.as_str(), until])
                });
                if let Err(error) = renewed.await {
                    tracing::warn!(?error, "the lease on an HL7 receiver was not renewed");
                }
            }
        }
    }
}

/// A message that is sent now.
struct Outgoing {
    id: Id,
    receiver: Receiver,
    parcel: Parcel,
}

enum Next {
    Nothing,
    Withheld,
    Send(Box<Outgoing>),
}

/// The message whose turn it is, with its text on disk.
fn next(tx: &mut Tx<'_>, receiver_id: Id, lease: &str) -> Result<Next> {
    let until = tx.now() + LEASE;
    // Somebody else took over.
    if tx.execute(HOLD, &params![receiver_id, lease, until])? == 0 {
        return Ok(Next::Nothing);
    }
    let receiver: Versioned<Receiver> = tx.load(receiver_id)?;
    if receiver.state != ReceiverState::Active {
        return Ok(Next::Nothing);
    }
    let Some(mut out) = rows::next(tx, receiver_id)? else {
        return Ok(Next::Nothing);
    };
    // Asked again each time: a basis may have ended since the text was made.
    let made = match make(tx, &receiver, &out)? {
        Ok(made) => made,
        Err(reason) => return withhold(tx, out, reason).map(|()| Next::Withheld),
    };
    let (text, charset) = match rows::text(tx, out.id)? {
        Some(kept) => {
            let charset = Charset::of_name(&kept.charset).unwrap_or(Charset::Utf8);
            (kept.text, charset)
        }
        None => {
            let charset = Charset::from(receiver.charset);
            rows::set_text(tx, out.id, charset.name(), &made.text)?;
            if made.kind != out.kind {
                out.kind = made.kind;
                tx.update(&out, Change::new("hl7.outbound-made"))?;
            }
            (made.text, charset)
        }
    };
    let Some(bytes) = hl7v2::encode(&text, charset) else {
        let reason = Reason {
            code: "hl7.charset".to_owned(),
            detail: "the receiver's charset lacks a character of the message".to_owned(),
            at: Vec::new(),
        };
        return withhold(tx, out, reason).map(|()| Next::Withheld);
    };
    Ok(Next::Send(Box::new(Outgoing {
        id: out.id,
        parcel: Parcel {
            control_id: out.control_id.clone(),
            bytes,
        },
        receiver: receiver.data,
    })))
}

fn withhold(tx: &mut Tx<'_>, mut out: Versioned<Outbound>, reason: Reason) -> Result<()> {
    out.state = after(out.state, Step::Withhold)?;
    let detail = json!({ "reason": reason.code });
    out.reason = Some(reason);
    // What may not leave is not kept either.
    rows::drop_text(tx, out.id)?;
    tx.update(&out, Change::new("hl7.outbound-withheld").detail(detail))
        .map(|_| ())
}

/// Keeps how a try ended.
fn settle(tx: &mut Tx<'_>, id: Id, begun: Instant, tried: &Tried) -> Result<()> {
    let mut out: Versioned<Outbound> = tx.load(id)?;
    let receiver: Versioned<Receiver> = tx.load(out.receiver_id)?;
    let now = tx.now();
    out.attempts += 1;
    out.tries += 1;
    let (step, outcome, detail) = match &tried.ending {
        Ending::Accepted => (Step::Accepted, "accepted", None),
        Ending::Refused(said) => (Step::Refused, "refused", Some(said.clone())),
        Ending::Failed(code, detail) => {
            let last = out.tries >= receiver.tries_max;
            (Step::Failed { last }, *code, Some(detail.clone()))
        }
    };
    let attempt = Attempt {
        number: out.attempts,
        at: begun,
        ended_at: now,
        outcome: outcome.to_owned(),
        detail: detail.clone(),
        answer: tried.answer.clone(),
    };
    rows::add_attempt(tx, id, &attempt)?;
    out.state = after(out.state, step)?;
    out.refused = step == Step::Refused;
    out.reason = detail.clone().map(|detail| Reason {
        code: match step {
            Step::Refused => "hl7.refused".to_owned(),
            _ => outcome.to_owned(),
        },
        detail,
        at: Vec::new(),
    });
    if let Step::Failed { .. } = step {
        let failures = rows::outlet(tx, out.receiver_id)?.failures;
        let error = format!("{outcome}: {}", detail.unwrap_or_default());
        let values = params![out.receiver_id, pause_behind(now, failures), now, error];
        tx.execute(FAILED, &values)?;
    } else {
        tx.execute(WORKS, &params![out.receiver_id, now])?;
    }
    let event = match out.state {
        OutboundState::Accepted => {
            out.accepted_at = Some(now);
            out.reason = None;
            "hl7.outbound-accepted"
        }
        OutboundState::Dead => "hl7.outbound-dead",
        _ => "hl7.outbound-tried",
    };
    let detail = json!({ "outcome": outcome, "number": out.attempts });
    tx.update(&out, Change::new(event).detail(detail))
        .map(|_| ())
}

/// Twice as long after each failure.
fn pause_behind(now: Instant, failures: i64) -> Instant {
    let doublings = u32::try_from(failures.clamp(0, 12)).unwrap_or(0);
    let seconds = PAUSE_FIRST_SECONDS.saturating_mul(1 << doublings);
    now + Span::seconds(seconds.min(PAUSE_SECONDS_MAX))
}
