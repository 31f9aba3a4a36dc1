//! Messages: the list, one of them, replay, statistics.

use hl7v2::{Charset, Message};
use http::{App, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Error, Id, Instant, Page, Result, Span, page};
use record::PatientBrief;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::reason;
use super::senders::check_length;
use crate::intake;
use crate::model::{Edit, Held, MessageState, Reason, Sender};
use crate::rows::{self, Filter, TextRow};
use crate::text::{self, SegmentView};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hl7_message_list))
        .routes(routes!(hl7_statistics))
        .routes(routes!(hl7_message_get))
        .routes(routes!(hl7_message_replay))
        .routes(routes!(hl7_message_dismiss))
}

/// Which messages to list.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessageQuery {
    /// Of this sender.
    sender_id: Option<Id>,
    /// In this state.
    state: Option<MessageState>,
    /// Of this kind: `ADT^A01`.
    kind: Option<String>,
    /// With this number (MSH-10).
    control_id: Option<String>,
    /// About this patient; needs a basis to read the patient.
    patient_id: Option<Id>,
    /// Received from then on.
    from: Option<Instant>,
    /// Received before then.
    to: Option<Instant>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// A message in the list; it says nothing of the patient.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7MessageRow)]
struct MessageRow {
    /// Its id.
    id: Id,
    /// Who sent it, where that is known.
    sender_id: Option<Id>,
    /// The sender's name.
    sender_name: Option<String>,
    /// MSH-9.
    kind: String,
    /// MSH-10.
    control_id: String,
    /// What became of it.
    state: MessageState,
    /// `AA`, `AE` or `AR`.
    ack: String,
    /// Why it was not taken.
    reason: Option<Reason>,
    /// When it came.
    received_at: Instant,
    /// MSH-7.
    sent_at: Option<Instant>,
    /// Was it late?
    late: bool,
    /// The address it came from.
    address: String,
    /// How many notes it left: codes that the mapping lacks and the like.
    notes: usize,
    /// How often somebody did it again.
    edits: usize,
}

/// Messages within reach, the newest first.
#[utoipa::path(get, path = "/api/hl7/messages", tag = "hl7v2", params(MessageQuery),
    responses((status = 200, body = Page<MessageRow>)),
    extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_message_list(
    ctx: Ctx,
    Query(query): Query<MessageQuery>,
) -> http::Result<Json<Page<MessageRow>>> {
    let size = page::page_size(query.limit);
    let after = Cursor::after(query.after.as_deref())?;
    let listed = ctx.read(move |tx| {
        let filter = Filter {
            sender_id: query.sender_id,
            state: query.state,
            kind: query.kind.clone(),
            control_id: query.control_id.clone(),
            patient_id: query.patient_id,
            from: query.from,
            to: query.to,
            after,
        };
        if let Some(id) = query.patient_id
            && record::basis(tx, id)?.is_none()
        {
            // Whether there are messages about somebody is a fact about them.
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let page = rows::messages(tx, &filter, size)?;
        let mut items = Vec::with_capacity(page.items.len());
        for held in page.items {
            items.push(row(tx, held)?);
        }
        Ok(Page {
            items,
            next: page.next,
        })
    });
    Ok(Json(listed.await?))
}

fn row(tx: &mut Tx<'_>, held: Held) -> Result<MessageRow> {
    let sender_name = sender_name(tx, held.sender_id)?;
    Ok(MessageRow {
        id: held.id,
        sender_id: held.sender_id,
        sender_name,
        kind: held.kind,
        control_id: held.control_id,
        state: held.state,
        ack: held.ack,
        reason: held.reason,
        received_at: held.received_at,
        sent_at: held.sent_at,
        late: held.late,
        address: held.address,
        notes: held
            .effects
            .iter()
            .filter(|effect| effect.note.is_some())
            .count(),
        edits: held.edits.len(),
    })
}

fn sender_name(tx: &mut Tx<'_>, id: Option<Id>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(tx.load_opt::<Sender>(id)?.map(|sender| sender.data.name))
}

/// A text of a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Text)]
struct TextView {
    /// 0 for what came, else the number of the edit.
    number: u32,
    /// `text`, or `hex` where the bytes do not decode as declared; then the text is a guess.
    form: String,
    /// The text; segments end with a carriage return.
    text: String,
}

/// One message with what it says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7MessageDetail)]
struct MessageDetail {
    /// The message; its version is the ETag.
    message: Held,
    /// The sender's name.
    sender_name: Option<String>,
    /// Whom it is about.
    patient: Option<PatientBrief>,
    /// What came, then what people made of it.
    texts: Vec<TextView>,
    /// The segments of the newest text, where it can be parsed.
    segments: Vec<SegmentView>,
    /// How often it came again.
    duplicates: i64,
    /// What this viewer may do: `replay`, `dismiss`.
    actions: Vec<String>,
}

/// One message with its segments, what became of it and what people changed. The access is noted.
#[utoipa::path(get, path = "/api/hl7/messages/{id}", tag = "hl7v2", params(("id" = Id, Path)),
    responses((status = 200, body = MessageDetail)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_message_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<MessageDetail>> {
    Ok(ctx
        .store()
        .write(ctx.request(), move |tx| detail(tx, id))
        .await?)
}

/// A message that the viewer may read; notes that it was read.
fn readable(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Held>> {
    let held: Versioned<Held> = tx.load(id)?;
    let within = match held.org_id {
        Some(org_id) => rows::reaches(tx, org_id)?,
        None => rows::everywhere(tx),
    };
    if !within {
        return Err(Error::not_found("hl7-message"));
    }
    match held.patient_id {
        Some(patient_id) => {
            record::view(tx, patient_id, "hl7.message")?;
        }
        None => {
            let subject = Subject::of(&held.data);
            tx.record(Change::new("hl7.message-read"), subject)?;
        }
    }
    Ok(held)
}

fn detail(tx: &mut Tx<'_>, id: Id) -> Result<Etag<MessageDetail>> {
    let held = readable(tx, id)?;
    let texts: Vec<TextView> = rows::texts(tx, id)?.into_iter().map(view).collect();
    let newest = texts.last().map(|text| Message::parse(&text.text));
    let segments = newest
        .and_then(Result::ok)
        .map(|message| text::segments(&message));
    let patient = held
        .patient_id
        .map(|patient| record::brief(tx, patient))
        .transpose()?;
    let queued = held.state.is_queued() && held.sender_id.is_some();
    let actions = if queued {
        vec!["replay", "dismiss"]
    } else {
        Vec::new()
    };
    let detail = MessageDetail {
        sender_name: sender_name(tx, held.sender_id)?,
        patient,
        texts,
        segments: segments.unwrap_or_default(),
        duplicates: rows::duplicates(tx, id)?,
        actions: actions.into_iter().map(str::to_owned).collect(),
        message: held.data,
    };
    Ok(Etag::new(held.version, detail))
}

fn view(row: TextRow) -> TextView {
    let text = if row.form == "hex" {
        let bytes = intake::from_hex(&row.text);
        hl7v2::decode(&bytes, Charset::Gb18030)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned())
    } else {
        row.text
    };
    TextView {
        number: row.number,
        form: row.form,
        text,
    }
}

/// Why a message is done again, and what was changed in it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7ReplayInput)]
struct ReplayInput {
    /// The mended text; without it the message is done again as it is, by the mapping in force.
    #[serde(default)]
    text: Option<String>,
    /// Why.
    reason: String,
}

/// Do a message of the error queue again, as it is or mended. The original is kept.
#[utoipa::path(post, path = "/api/hl7/messages/{id}/replay", tag = "hl7v2",
    params(("id" = Id, Path)), request_body = ReplayInput,
    responses((status = 200, body = MessageDetail)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_message_replay(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<ReplayInput>,
) -> http::Result<Etag<MessageDetail>> {
    let seen = ctx.if_match()?;
    ctx.write(move |tx| ask(tx, id, seen, &body).map(|_| ()))
        .await?;
    intake::replay(ctx.app(), id).await?;
    Ok(ctx
        .store()
        .write(ctx.request(), move |tx| detail(tx, id))
        .await?)
}

/// Notes who wants a message done again, with what they changed.
fn ask(tx: &mut Tx<'_>, id: Id, seen: i64, body: &ReplayInput) -> Result<Versioned<Held>> {
    let why = reason(&body.reason)?;
    let mut held = readable(tx, id)?;
    tx.check_version(&held, seen)?;
    require_queued(&held)?;
    let number = u32::try_from(held.edits.len() + 1).map_err(Error::internal)?;
    if let Some(text) = &body.text {
        check_length(text)?;
        rows::keep_text(tx, id, number, &text::tidy(text).replace('\0', ""))?;
    }
    held.state = MessageState::Replaying;
    held.edits.push(Edit {
        number,
        changed: body.text.is_some(),
        at: tx.now(),
        account_id: tx.actor().id,
        account_name: tx.actor().name.clone(),
        reason: why,
    });
    let detail = json!({ "number": number, "changed": body.text.is_some() });
    tx.update(&held, Change::new("hl7.message-edited").detail(detail))
}

fn require_queued(held: &Held) -> Result<()> {
    if held.sender_id.is_none() {
        let detail = "of senders that are not set up no text is kept";
        return Err(Error::rule("hl7.no-text", detail));
    }
    if held.state.is_queued() {
        return Ok(());
    }
    let detail = "this message is not in the error queue";
    Err(Error::conflict("hl7.not-queued", detail))
}

/// Why a message is set aside.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7DismissInput)]
struct DismissInput {
    /// Why.
    reason: String,
}

/// Take a message out of the error queue without doing what it says. It is kept.
#[utoipa::path(post, path = "/api/hl7/messages/{id}/dismiss", tag = "hl7v2",
    params(("id" = Id, Path)), request_body = DismissInput,
    responses((status = 200, body = MessageDetail)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_message_dismiss(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<DismissInput>,
) -> http::Result<Etag<MessageDetail>> {
    let seen = ctx.if_match()?;
    let dismissed = ctx.write(move |tx| {
        let why = reason(&body.reason)?;
        let mut held = readable(tx, id)?;
        tx.check_version(&held, seen)?;
        require_queued(&held)?;
        held.state = MessageState::Dismissed;
        let number = u32::try_from(held.edits.len() + 1).map_err(Error::internal)?;
        held.edits.push(Edit {
            number,
            changed: false,
            at: tx.now(),
            account_id: tx.actor().id,
            account_name: tx.actor().name.clone(),
            reason: why,
        });
        tx.update(&held, Change::new("hl7.message-dismissed"))?;
        detail(tx, id)
    });
    Ok(dismissed.await?)
}

/// The time that figures are about.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatisticsQuery {
    /// Received from then on; seven days ago if left out.
    from: Option<Instant>,
    /// Received before then; now if left out.
    to: Option<Instant>,
}

/// Figures of one sender.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7SenderFigures)]
struct Figures {
    /// The sender.
    sender_id: Id,
    /// Its name.
    sender_name: String,
    /// Messages that came, without repetitions.
    received: i64,
    /// Done.
    applied: i64,
    /// Kept without effect.
    kept: i64,
    /// In the error queue (AE).
    failed: i64,
    /// In the error queue (AR).
    rejected: i64,
    /// Taken out of the error queue.
    dismissed: i64,
    /// Repetitions.
    duplicates: i64,
    /// Late.
    late: i64,
    /// When the last one came.
    last_at: Option<Instant>,
}

/// Figures by sender.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Statistics)]
struct Statistics {
    /// From then on.
    from: Instant,
    /// Before then.
    to: Instant,
    /// One entry a sender within reach, also of those that sent nothing.
    items: Vec<Figures>,
}

/// What senders sent in a time and what became of it.
#[utoipa::path(get, path = "/api/hl7/statistics", tag = "hl7v2", params(StatisticsQuery),
    responses((status = 200, body = Statistics)), extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_statistics(
    ctx: Ctx,
    Query(query): Query<StatisticsQuery>,
) -> http::Result<Json<Statistics>> {
    let figures = ctx.read(move |tx| {
        let to = query.to.unwrap_or(tx.now() + Span::seconds(1));
        let from = query.from.unwrap_or(to - Span::days(7));
        let senders = rows::senders(tx, None, page::PAGE_SIZE_MAX)?.items;
        let (counts, repeated) = rows::statistics(tx, from, to)?;
        let items = senders.into_iter().map(|sender| {
            let mut figures = Figures::none(&sender);
            for count in counts.iter().filter(|count| count.sender_id == sender.id) {
                figures.add(count);
            }
            let own = repeated.iter().find(|count| count.sender_id == sender.id);
            figures.duplicates = own.map_or(0, |count| count.messages);
            figures
        });
        Ok(Statistics {
            from,
            to,
            items: items.collect(),
        })
    });
    Ok(Json(figures.await?))
}

impl Figures {
    fn none(sender: &Sender) -> Self {
        Self {
            sender_id: sender.id,
            sender_name: sender.name.clone(),
            received: 0,
            applied: 0,
            kept: 0,
            failed: 0,
            rejected: 0,
            dismissed: 0,
            duplicates: 0,
            late: 0,
            last_at: None,
        }
    }

    fn add(&mut self, count: &rows::Count) {
        self.received += count.messages;
        self.late += count.late;
        self.last_at = self.last_at.max(Some(count.last_at));
        let place = match count.state {
            MessageState::Applied => &mut self.applied,
            MessageState::Kept => &mut self.kept,
            MessageState::Failed | MessageState::Replaying => &mut self.failed,
            MessageState::Rejected => &mut self.rejected,
            MessageState::Dismissed => &mut self.dismissed,
        };
        *place += count.messages;
    }
}
