//! Live screens: the event chain as server-sent events, resumed after a dropped line.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use kernel::{Id, Result, Scope};
use store::{Event, Request};
use tokio::sync::broadcast::error::RecvError;
use tokio_stream::{Stream, StreamExt};

use crate::{App, Ctx, Query, access, problem};

/// Events sent to a browser that comes back; one that missed more loads its screens anew.
const BACKFILL_MAX: u32 = 500;
/// Events moved from the store to the live screens at once.
const PUMP_BATCH: u32 = 500;
/// How long to wait for a wake-up before looking anyway, for events of other servers.
const POLL: Duration = Duration::from_millis(500);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Moves new events from the store to all live screens, until the store closes. Runs once a server.
///
/// # Errors
/// When the store can't be read at the start.
pub async fn pump_events(app: App) -> Result<()> {
    let request = Request::system("events");
    let mut changed = app.store().changed();
    let mut last = app.store().read(&request, |tx| tx.last_seq()).await?;
    loop {
        let after = last;
        match app
            .store()
            .read(&request, move |tx| tx.events_after(after, PUMP_BATCH))
            .await
        {
            Ok(events) => {
                let full = events.len() == PUMP_BATCH as usize;
                for event in events {
                    last = event.seq.unwrap_or(last);
                    // Nobody may be looking; that is fine.
                    drop(app.events().send(Arc::new(event)));
                }
                if full {
                    continue;
                }
            }
            Err(error) if error.code() == "store.stopped" => return Ok(()),
            Err(error) => tracing::warn!(?error, "live screens wait for the database"),
        }
        if let Ok(Err(_)) = tokio::time::timeout(POLL, changed.changed()).await {
            return Ok(());
        }
    }
}

/// Where to go on.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreamQuery {
    /// The last number seen, for a page that opens a new line; `Last-Event-ID` wins.
    after: Option<i64>,
}

/// What changed, as it changes: `id` is the event's number, `data` says kind and id. Send the last
/// `id` back in `Last-Event-ID` or `after` to go on where the line dropped.
#[utoipa::path(get, path = "/api/events", tag = "work", params(StreamQuery), responses((status = 200, content_type = "text/event-stream")),
    extensions(("x-permission" = json!("signed-in"))))]
pub(crate) async fn event_stream(
    ctx: Ctx,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
) -> problem::Result<Sse<impl Stream<Item = Result<Message, Infallible>>>> {
    let live = ctx.app.events().subscribe();
    let resumed = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    let last: Option<i64> = resumed.or(query.after);
    let (visible, missed, newest) = ctx
        .read(move |tx| {
            let visible: HashSet<Id> = access::visible_orgs(tx, Scope::Below)?
                .into_iter()
                .collect();
            let newest = tx.last_seq()?;
            let missed = match last {
                Some(last) if newest - last <= i64::from(BACKFILL_MAX) => {
                    tx.events_after(last, BACKFILL_MAX)?
                }
                _ => Vec::new(),
            };
            Ok((visible, missed, newest))
        })
        .await?;
    let viewer = Viewer {
        org_id: ctx.actor().org_id,
        account_id: ctx.actor().id,
        visible,
    };
    // A browser that was away too long is told to load its screens anew.
    let reset = last.is_some_and(|last| newest - last > i64::from(BACKFILL_MAX)) || last.is_none();
    let hello = Message::default()
        .event(if reset { "reset" } else { "hello" })
        .id(newest.to_string())
        .data("{}");
    let backlog: Vec<Message> = missed
        .iter()
        .filter(|event| viewer.sees(event))
        .map(message)
        .collect();
    let after = missed.last().and_then(|event| event.seq).unwrap_or(newest);
    let fresh = live_messages(live, viewer, after);
    let stream = tokio_stream::iter(backlog.into_iter().chain([hello]))
        .chain(fresh)
        .map(Ok);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Viewer {
    org_id: Id,
    account_id: Id,
    visible: HashSet<Id>,
}

impl Viewer {
    /// Kinds and ids only go to those whose organization has to do with it.
    fn sees(&self, event: &Event) -> bool {
        let near = |id: Id| id == self.org_id || self.visible.contains(&id);
        event.event != "record.read"
            && (event.actor_id == self.account_id
                || event.org_id.is_some_and(near)
                || event.peer_org_id.is_some_and(near))
    }
}

fn message(event: &Event) -> Message {
    let data = serde_json::json!({
        "seq": event.seq,
        "event": event.event,
        "kind": event.kind,
        "id": event.entity_id,
        "org_id": event.org_id,
    });
    Message::default()
        .id(event.seq.unwrap_or(0).to_string())
        .data(data.to_string())
}

fn live_messages(
    live: tokio::sync::broadcast::Receiver<Arc<Event>>,
    viewer: Viewer,
    after: i64,
) -> impl Stream<Item = Message> {
    let start = (live, viewer, after, false);
    unfold(start, |(mut live, viewer, after, ended)| async move {
        if ended {
            return None;
        }
        loop {
            match live.recv().await {
                Ok(event) if event.seq.unwrap_or(0) > after && viewer.sees(&event) => {
                    return Some((message(&event), (live, viewer, after, false)));
                }
                Ok(_) => {}
                // The reader fell behind: it loads its screens anew and listens on.
                Err(RecvError::Lagged(_)) => {
                    let reset = Message::default().event("reset").data("{}");
                    return Some((reset, (live, viewer, after, false)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

/// A stream from a state and a step, as `futures::stream::unfold`, which would be the only reason to
/// depend on that crate.
fn unfold<S, T, F, Fut>(state: S, step: F) -> impl Stream<Item = T>
where
    S: Send + 'static,
    T: Send + 'static,
    F: Fn(S) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Option<(T, S)>> + Send + 'static,
{
    type Step<T, S> = std::pin::Pin<Box<dyn Future<Output = Option<(T, S)>> + Send>>;
    struct Unfold<S, T, F> {
        step: F,
        next: Option<Step<T, S>>,
    }
    impl<S, T, F, Fut> Stream for Unfold<S, T, F>
    where
        F: Fn(S) -> Fut + Unpin,
        Fut: Future<Output = Option<(T, S)>> + Send + 'static,
    {
        type Item = T;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<T>> {
            let this = &mut *self;
            let Some(future) = this.next.as_mut() else {
                return std::task::Poll::Ready(None);
            };
            match future.as_mut().poll(context) {
                std::task::Poll::Pending => std::task::Poll::Pending,
                std::task::Poll::Ready(None) => {
                    this.next = None;
                    std::task::Poll::Ready(None)
                }
                std::task::Poll::Ready(Some((item, state))) => {
                    this.next = Some(Box::pin((this.step)(state)));
                    std::task::Poll::Ready(Some(item))
                }
            }
        }
    }
    let first = step(state);
    Unfold {
        step: Box::new(step),
        next: Some(Box::pin(first)),
    }
}
