//! Sending: in turns, a subscription at a time by itself, so that a dead endpoint delays no other.
//!
//! A turn takes a lease, so that two servers on one database send nothing twice. What is sent is read
//! in the subscriber's name right before; what they may not see, or does not match (any more), is
//! dropped without a word.

use std::time::Duration;

use fhir::search::{Clause, Criterion};
use http::App;
use kernel::{Error, Instant, Kind, Result, Span};
use serde::Deserialize;
use store::{Request, Tx, params};
use tokio::task::JoinSet;

use super::resource::{self, Channel};
use super::{Kept, body, head, kept};
use crate::{access, rows, search, settings};

/// Subscriptions that are served at once, and notices one of them gets in a turn.
const AT_ONCE: u32 = 8;
const NOTICES_A_TURN: usize = 20;
/// How long a turn may take at most, and one answer.
const LEASE: Span = Span::minutes(10);
const ANSWER_SECONDS_MAX: u64 = 10;
/// The first and the longest pause after a failure.
const PAUSE_FIRST_SECONDS: i64 = 10;
const PAUSE_SECONDS_MAX: i64 = 3_600;

const DUE: &str = "SELECT s.key FROM fhir_subscription AS s
    WHERE s.state IN ('active', 'error') AND s.retry_at <= $1 AND s.leased_until <= $1
    AND EXISTS (SELECT 1 FROM fhir_notice AS n WHERE n.subscription = s.key AND n.dead = 0)
    ORDER BY s.retry_at, s.key LIMIT $2";
const LEASED: &str = "UPDATE fhir_subscription SET leased_until = $3
    WHERE key = $1 AND leased_until <= $2 AND retry_at <= $2";
const RELEASE: &str = "UPDATE fhir_subscription SET leased_until = 0 WHERE key = $1";
const NEXT: &str = "SELECT key, version, tries FROM fhir_notice
    WHERE subscription = $1 AND dead = 0 ORDER BY at, key, version LIMIT 1";
const DONE: &str = "DELETE FROM fhir_notice WHERE subscription = $1 AND key = $2 AND version = $3";
const TRIED: &str = "UPDATE fhir_notice SET tries = tries + 1, last_error = $4, dead = $5
    WHERE subscription = $1 AND key = $2 AND version = $3";
const FAILED: &str =
    "UPDATE fhir_subscription SET failures = failures + 1, retry_at = $2 WHERE key = $1";
const WORKS: &str = "UPDATE fhir_subscription SET failures = 0, retry_at = 0 WHERE key = $1";

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    key: i64,
    version: i64,
    tries: i64,
}

/// What is sent.
#[derive(Clone, Debug)]
struct Outgoing {
    notice: Notice,
    channel: Channel,
    /// Behind the endpoint, with the resource; without a payload there is neither.
    path: String,
    body: Option<String>,
    /// Names the notice to the receiver, who may get it twice.
    name: String,
}

enum Next {
    Nothing,
    Dropped,
    Send(Box<Outgoing>),
}

/// Sends what is due; answers how many notices were dealt with.
///
/// # Errors
/// Whatever the database reports.
pub(crate) async fn deliver(app: &App) -> Result<usize> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Due {
        key: i64,
    }
    let request = Request::system("fhir.subscriptions");
    let due = app.store().read(&request, |tx| {
        let now = tx.now();
        tx.query::<Due>(DUE, &params![now, AT_ONCE])
    });
    let mut turns = JoinSet::new();
    for one in due.await? {
        turns.spawn(turn(app.clone(), one.key));
    }
    let mut handled = 0;
    while let Some(turn) = turns.join_next().await {
        handled += turn.map_err(Error::internal)??;
    }
    Ok(handled)
}

async fn turn(app: App, key: i64) -> Result<usize> {
    let request = Request::system("fhir.subscriptions");
    let leased = app.store().write(&request, move |tx| {
        let now = tx.now();
        Ok(tx.execute(LEASED, &params![key, now, now + LEASE])? == 1)
    });
    if !leased.await? {
        return Ok(0);
    }
    let mut handled = 0;
    while handled < NOTICES_A_TURN {
        let found = app.store().write(&request, move |tx| next(tx, key)).await?;
        let outgoing = match found {
            Next::Nothing => break,
            Next::Dropped => {
                handled += 1;
                continue;
            }
            Next::Send(outgoing) => outgoing,
        };
        let plain = app.config().demo;
        let notice = outgoing.notice.clone();
        let sent = tokio::task::spawn_blocking(move || send(&outgoing, plain)).await;
        let sent = sent.map_err(Error::internal)?;
        let works = sent.is_ok();
        let settled = app
            .store()
            .write(&request, move |tx| settle(tx, key, &notice, &sent));
        settled.await?;
        handled += 1;
        if !works {
            break;
        }
    }
    let released = app
        .store()
        .write(&request, move |tx| tx.execute(RELEASE, &params![key]));
    released.await?;
    Ok(handled)
}

/// The next notice of a subscription as it is to be sent now.
fn next(tx: &mut Tx<'_>, key: i64) -> Result<Next> {
    let Some(found) = kept(tx, key)?.filter(|one| matches!(one.state.as_str(), "active" | "error"))
    else {
        return Ok(Next::Nothing);
    };
    let header = head(tx, key)?.filter(|header| !header.deleted);
    let subscription = match &header {
        Some(header) => body(tx, header)?,
        None => None,
    };
    let (Some(header), Some(subscription)) = (header, subscription) else {
        return Ok(Next::Nothing);
    };
    let now = tx.now();
    if resource::has_ended(&subscription, now) {
        resource::set_status(tx, &found, "off", None)?;
        return Ok(Next::Nothing);
    }
    let rule = settings::subscriptions(tx)?;
    let Some(actor) = resource::subscriber(tx, &found)? else {
        let why = "the account of this subscription may not read any more";
        resource::set_status(tx, &found, "off", Some(why))?;
        return Ok(Next::Nothing);
    };
    // A host may have been struck off the list since.
    let channel = match resource::channel(&subscription, &rule) {
        Ok(channel) => channel,
        Err(error) => {
            resource::set_status(tx, &found, "off", Some(&error.to_string()))?;
            return Ok(Next::Nothing);
        }
    };
    let Some(notice) = tx.query_opt::<Notice>(NEXT, &params![key])? else {
        return Ok(Next::Nothing);
    };
    let matched = tx.acting_as(actor, |tx| {
        // Neither a status nor a count tells of what the subscriber may not see.
        match is_seen(tx, &notice)? {
            true => matched(tx, &subscription, &notice),
            false => Ok(None),
        }
    });
    let matched = match matched {
        Ok(matched) => matched,
        Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable) => {
            return Err(error);
        }
        // Such as a value set that is gone: the search can't be run.
        Err(error) => {
            bury(tx, &found, &notice, &error.to_string())?;
            return Ok(Next::Dropped);
        }
    };
    let Some((kind, id, text)) = matched else {
        tx.execute(DONE, &params![key, notice.key, notice.version])?;
        return Ok(Next::Dropped);
    };
    let name = format!("{}-{}-{}-{}", header.id, kind, id, notice.version);
    Ok(Next::Send(Box::new(Outgoing {
        path: if channel.payload {
            format!("/{kind}/{id}")
        } else {
            String::new()
        },
        body: channel.payload.then_some(text),
        notice,
        channel,
        name,
    })))
}

fn is_seen(tx: &mut Tx<'_>, notice: &Notice) -> Result<bool> {
    let Some(target) = head(tx, notice.key)? else {
        return Ok(false);
    };
    Ok(rows::seen(tx, target.type_name(), &target.id)?.is_some())
}

/// The resource of a notice, where it is the newest version, matches, and the subscriber may see it;
/// notes the look.
fn matched(
    tx: &mut Tx<'_>,
    subscription: &fhir::Resource,
    notice: &Notice,
) -> Result<Option<(&'static str, String, String)>> {
    let Some(target) = head(tx, notice.key)? else {
        return Ok(None);
    };
    // A newer version has a notice of its own.
    if target.deleted || target.version != notice.version {
        return Ok(None);
    }
    let condition = resource::criteria(subscription)?;
    let mut query = condition.query;
    query.types = vec![condition.kind];
    query.clauses.push(Clause {
        name: "_id".to_owned(),
        criterion: Criterion::Id(vec![target.id]),
    });
    query.count = Some(1);
    let found = search::page(tx, &query)?.headers;
    let Some(header) = found.first().filter(|header| header.key == notice.key) else {
        return Ok(None);
    };
    access::note(tx, found.iter(), "fhir.subscription")?;
    let text = rows::body(tx, header.key, header.version)?;
    Ok(text.map(|text| (header.type_name(), header.id.clone(), text)))
}

/// One request; the answer's body is not read. Redirects are failures: they would lead away from the
/// hosts that are allowed.
fn send(outgoing: &Outgoing, plain: bool) -> std::result::Result<(), String> {
    let endpoint = outgoing.channel.endpoint.trim_end_matches('/');
    if !endpoint.starts_with("https://") && !plain {
        return Err("only the demonstration speaks without TLS".to_owned());
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let url = [endpoint, &outgoing.path].concat();
    let answer = match &outgoing.body {
        Some(body) => {
            let mut request = agent
                .put(&url)
                .header("content-type", "application/fhir+json");
            for (name, value) in &outgoing.channel.headers {
                request = request.header(name, value);
            }
            request.header("idempotency-key", &outgoing.name).send(body)
        }
        None => {
            let mut request = agent.post(&url);
            for (name, value) in &outgoing.channel.headers {
                request = request.header(name, value);
            }
            request
                .header("idempotency-key", &outgoing.name)
                .send_empty()
        }
    };
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!(
            "the endpoint answered {}",
            answer.status().as_u16()
        )),
        Err(error) => Err(format!("the endpoint was not reached: {error}")),
    }
}

fn settle(
    tx: &mut Tx<'_>,
    key: i64,
    notice: &Notice,
    sent: &std::result::Result<(), String>,
) -> Result<()> {
    let Some(found) = kept(tx, key)? else {
        return Ok(());
    };
    let why = match sent {
        Ok(()) => {
            tx.execute(DONE, &params![key, notice.key, notice.version])?;
            tx.execute(WORKS, &params![key])?;
            if found.state == "error" {
                resource::set_status(tx, &found, "active", None)?;
            }
            return Ok(());
        }
        Err(why) => why.chars().take(300).collect::<String>(),
    };
    let retry_at = pause_behind(tx.now(), found.failures);
    tx.execute(FAILED, &params![key, retry_at])?;
    if notice.tries + 1 >= settings::subscriptions(tx)?.tries_max {
        return bury(tx, &found, notice, &why);
    }
    let values = params![key, notice.key, notice.version, why, 0];
    tx.execute(TRIED, &values).map(|_| ())
}

/// Sets a notice aside for a person to look at.
fn bury(tx: &mut Tx<'_>, found: &Kept, notice: &Notice, why: &str) -> Result<()> {
    let values = params![found.key, notice.key, notice.version, why, 1];
    tx.execute(TRIED, &values)?;
    if found.state == "active" {
        resource::set_status(tx, found, "error", Some(why))?;
    }
    Ok(())
}

/// Twice as long after each failure.
fn pause_behind(now: Instant, failures: i64) -> Instant {
    let doublings = u32::try_from(failures.clamp(0, 12)).unwrap_or(0);
    let seconds = PAUSE_FIRST_SECONDS.saturating_mul(1 << doublings);
    now + Span::seconds(seconds.min(PAUSE_SECONDS_MAX))
}
