//! What leaves: the list, one message, sending again, skipping, figures.

use hl7v2::Message;
use http::{App, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Error, Id, Instant, Page, Result, Span, page};
use record::PatientBrief;
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::reason;
use crate::model::Reason;
use crate::outbound::rows::{self, Filter};
use crate::outbound::{
    self, Attempt, Decision, Outbound, OutboundState, Receiver, ReceiverState, Step, after,
};
use crate::rows::reaches;
use crate::text::{self, SegmentView};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hl7_outbound_list))
        .routes(routes!(hl7_outbound_statistics))
        .routes(routes!(hl7_outbound_get))
        .routes(routes!(hl7_outbound_resend))
        .routes(routes!(hl7_outbound_skip))
}

/// Which messages to list.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OutboundQuery {
    /// For this receiver.
    receiver_id: Option<Id>,
    /// In this state.
    state: Option<OutboundState>,
    /// Of this kind: `ADT^A28`.
    kind: Option<String>,
    /// With this number (MSH-10).
    control_id: Option<String>,
    /// About this patient; needs a basis to read the patient.
    patient_id: Option<Id>,
    /// Queued from then on.
    from: Option<Instant>,
    /// Queued before then.
    to: Option<Instant>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// A message in the list; it says nothing of the patient.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7OutboundRow)]
struct OutboundRow {
    /// Its id.
    id: Id,
    /// For whom.
    receiver_id: Id,
    /// The receiver's name.
    receiver_name: String,
    /// MSH-9.
    kind: String,
    /// MSH-10.
    control_id: String,
    /// Where it stands.
    state: OutboundState,
    /// Why it waits, was set aside or withheld.
    reason: Option<Reason>,
    /// The event it tells of.
    event: String,
    /// When it was queued.
    queued_at: Instant,
    /// When it was acknowledged.
    accepted_at: Option<Instant>,
    /// How often it was tried.
    attempts: u32,
}

/// What is sent, the newest first.
#[utoipa::path(get, path = "/api/hl7/outbound", tag = "hl7v2", params(OutboundQuery),
    responses((status = 200, body = Page<OutboundRow>)),
    extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_outbound_list(
    ctx: Ctx,
    Query(query): Query<OutboundQuery>,
) -> http::Result<Json<Page<OutboundRow>>> {
    let size = page::page_size(query.limit);
    let after = Cursor::after(query.after.as_deref())?;
    let listed = ctx.read(move |tx| {
        if let Some(id) = query.patient_id
            && record::basis(tx, id)?.is_none()
        {
            // Whether there are messages about somebody is a fact about them.
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let filter = Filter {
            receiver_id: query.receiver_id,
            state: query.state,
            kind: query.kind.clone(),
            control_id: query.control_id.clone(),
            patient_id: query.patient_id,
            from: query.from,
            to: query.to,
            after,
        };
        let page = rows::list(tx, &filter, size)?;
        let mut items = Vec::with_capacity(page.items.len());
        for out in page.items {
            items.push(row(tx, out)?);
        }
        Ok(Page {
            items,
            next: page.next,
        })
    });
    Ok(Json(listed.await?))
}

fn row(tx: &mut Tx<'_>, out: Outbound) -> Result<OutboundRow> {
    Ok(OutboundRow {
        receiver_name: tx.load::<Receiver>(out.receiver_id)?.data.name,
        id: out.id,
        receiver_id: out.receiver_id,
        kind: out.kind,
        control_id: out.control_id,
        state: out.state,
        reason: out.reason,
        event: out.subject.event,
        queued_at: out.queued_at,
        accepted_at: out.accepted_at,
        attempts: out.attempts,
    })
}

/// One message with what it says and what was answered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7OutboundDetail)]
struct OutboundDetail {
    /// The message; its version is the ETag.
    message: Outbound,
    /// The receiver's name.
    receiver_name: String,
    /// Whom it is about.
    patient: Option<PatientBrief>,
    /// Its text, once it was made.
    text: Option<String>,
    /// The charset its bytes are in.
    charset: Option<String>,
    /// When the text was made.
    made_at: Option<Instant>,
    /// Its segments.
    segments: Vec<SegmentView>,
    /// The tries, the newest first.
    attempts: Vec<Attempt>,
    /// What this viewer may do: `resend`, `skip`.
    actions: Vec<String>,
}

/// One message with its text, its tries and the answers. The access is noted.
#[utoipa::path(get, path = "/api/hl7/outbound/{id}", tag = "hl7v2", params(("id" = Id, Path)),
    responses((status = 200, body = OutboundDetail)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_outbound_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<OutboundDetail>> {
    let shown = ctx.store().write(ctx.request(), move |tx| {
        let out = readable(tx, id)?;
        detail(tx, out)
    });
    Ok(shown.await?)
}

/// A message that the viewer may read; notes that it was read.
fn readable(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Outbound>> {
    let out: Versioned<Outbound> = tx.load(id)?;
    if !reaches(tx, out.org_id)? {
        return Err(Error::not_found("hl7-outbound"));
    }
    match out.patient_id {
        Some(patient_id) => {
            record::view(tx, patient_id, "hl7.message")?;
        }
        None => tx.record(Change::new("hl7.message-read"), Subject::of(&out.data))?,
    }
    Ok(out)
}

fn detail(tx: &mut Tx<'_>, out: Versioned<Outbound>) -> Result<Etag<OutboundDetail>> {
    let made = rows::text(tx, out.id)?;
    let parsed = made.as_ref().map(|made| Message::parse(&made.text));
    let segments = parsed
        .and_then(std::result::Result::ok)
        .map(|message| text::segments(&message));
    let patient = out
        .patient_id
        .map(|patient| record::brief(tx, patient))
        .transpose()?;
    let mut actions = Vec::new();
    if out.state == OutboundState::Accepted || after(out.state, Step::Resend).is_ok() {
        actions.push("resend".to_owned());
    }
    if after(out.state, Step::Skip).is_ok() {
        actions.push("skip".to_owned());
    }
    let detail = OutboundDetail {
        receiver_name: tx.load::<Receiver>(out.receiver_id)?.data.name,
        patient,
        charset: made.as_ref().map(|made| made.charset.clone()),
        made_at: made.as_ref().map(|made| made.at),
        text: made.map(|made| made.text),
        segments: segments.unwrap_or_default(),
        attempts: rows::attempts(tx, out.id)?,
        actions,
        message: out.data,
    };
    Ok(Etag::new(out.version, detail))
}

/// Why a message is sent again, or left out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7OutboundReason)]
struct DecisionInput {
    /// Why.
    reason: String,
}

/// Send a message again. One that was acknowledged goes out anew, under a new number, behind the others;
/// any other takes up its place again, under its number.
#[utoipa::path(post, path = "/api/hl7/outbound/{id}/resend", tag = "hl7v2",
    params(("id" = Id, Path)), request_body = DecisionInput,
    responses((status = 200, body = OutboundDetail)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_outbound_resend(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<DecisionInput>,
) -> http::Result<Etag<OutboundDetail>> {
    let seen = ctx.if_match()?;
    let resent = ctx.write(move |tx| {
        let decision = decision(tx, "resend", &body)?;
        let mut out = readable(tx, id)?;
        tx.check_version(&out, seen)?;
        let receiver_id = out.receiver_id;
        out.decisions.push(decision);
        let change = Change::new("hl7.outbound-resent");
        let shown = if out.state == OutboundState::Accepted {
            tx.update(&out, change)?;
            outbound::repeat(tx, &out)?
        } else {
            out.state = after(out.state, Step::Resend)?;
            out.tries = 0;
            if out.refused {
                // What it said was refused: it says what holds now, in the words of the mapping in force.
                rows::drop_text(tx, id)?;
                out.refused = false;
            }
            tx.update(&out, change)?
        };
        rows::at_once(tx, receiver_id)?;
        detail(tx, shown)
    });
    Ok(resent.await?)
}

/// Leave a message out: it is not sent (any more). It is kept.
#[utoipa::path(post, path = "/api/hl7/outbound/{id}/skip", tag = "hl7v2",
    params(("id" = Id, Path)), request_body = DecisionInput,
    responses((status = 200, body = OutboundDetail)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_outbound_skip(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<DecisionInput>,
) -> http::Result<Etag<OutboundDetail>> {
    let seen = ctx.if_match()?;
    let skipped = ctx.write(move |tx| {
        let decision = decision(tx, "skip", &body)?;
        let mut out = readable(tx, id)?;
        tx.check_version(&out, seen)?;
        out.state = after(out.state, Step::Skip)?;
        out.decisions.push(decision);
        let out = tx.update(&out, Change::new("hl7.outbound-skipped"))?;
        rows::at_once(tx, out.receiver_id)?;
        detail(tx, out)
    });
    Ok(skipped.await?)
}

fn decision(tx: &Tx<'_>, what: &str, body: &DecisionInput) -> Result<Decision> {
    Ok(Decision {
        what: what.to_owned(),
        at: tx.now(),
        account_id: tx.actor().id,
        account_name: tx.actor().name.clone(),
        reason: reason(&body.reason)?,
    })
}

/// The time that figures are about.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FiguresQuery {
    /// Queued from then on; seven days ago if left out.
    from: Option<Instant>,
    /// Queued before then; now if left out.
    to: Option<Instant>,
}

/// Figures of one receiver.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7ReceiverFigures)]
struct Figures {
    /// The receiver.
    receiver_id: Id,
    /// Its name.
    receiver_name: String,
    /// Is something sent to it?
    state: ReceiverState,
    /// Acknowledged.
    accepted: i64,
    /// Waiting now.
    waiting: i64,
    /// Set aside.
    dead: i64,
    /// Left out by somebody.
    skipped: i64,
    /// Not sent, because it may not be seen or was overtaken.
    withheld: i64,
    /// When the oldest of those that wait was queued.
    oldest_at: Option<Instant>,
    /// When it last acknowledged something.
    accepted_at: Option<Instant>,
    /// When sending last failed.
    failed_at: Option<Instant>,
    /// Why sending fails now.
    error: Option<String>,
    /// When it is tried again.
    retry_at: Option<Instant>,
}

/// Figures by receiver.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7OutboundStatistics)]
struct Statistics {
    /// From then on.
    from: Instant,
    /// Before then.
    to: Instant,
    /// One entry a receiver within reach.
    items: Vec<Figures>,
}

/// What was queued for receivers in a time and what became of it, and how sending goes now.
#[utoipa::path(get, path = "/api/hl7/outbound-statistics", tag = "hl7v2", params(FiguresQuery),
    responses((status = 200, body = Statistics)), extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_outbound_statistics(
    ctx: Ctx,
    Query(query): Query<FiguresQuery>,
) -> http::Result<Json<Statistics>> {
    let figures = ctx.read(move |tx| {
        let to = query.to.unwrap_or(tx.now() + Span::seconds(1));
        let from = query.from.unwrap_or(to - Span::days(7));
        let counts = rows::counts(tx, from, to)?;
        let mut items = Vec::new();
        for receiver in rows::receivers(tx, None, page::PAGE_SIZE_MAX)?.items {
            let mut figures = Figures::of(tx, &receiver)?;
            for count in counts
                .iter()
                .filter(|count| count.receiver_id == receiver.id)
            {
                figures.add(count);
            }
            items.push(figures);
        }
        Ok(Statistics { from, to, items })
    });
    Ok(Json(figures.await?))
}

impl Figures {
    fn of(tx: &mut Tx<'_>, receiver: &Receiver) -> Result<Self> {
        let outlet = rows::outlet(tx, receiver.id)?;
        let failing = outlet.failures > 0;
        Ok(Self {
            receiver_id: receiver.id,
            receiver_name: receiver.name.clone(),
            state: receiver.state,
            accepted: 0,
            waiting: 0,
            dead: 0,
            skipped: 0,
            withheld: 0,
            oldest_at: None,
            accepted_at: outlet.accepted_at,
            failed_at: outlet.failed_at,
            error: outlet.error.filter(|_| failing),
            retry_at: Some(outlet.retry_at).filter(|_| failing),
        })
    }

    fn add(&mut self, count: &rows::Count) {
        let place = match count.state {
            OutboundState::Accepted => &mut self.accepted,
            OutboundState::Waiting => {
                self.oldest_at = Some(count.oldest_at);
                &mut self.waiting
            }
            OutboundState::Dead => &mut self.dead,
            OutboundState::Skipped => &mut self.skipped,
            OutboundState::Withheld => &mut self.withheld,
        };
        *place += count.messages;
    }
}
