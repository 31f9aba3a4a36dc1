//! Senders and the versions of their mappings; trying a message out.

use std::net::IpAddr;

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Error, Id, Page, Result, page};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{etag, reason};
use crate::intake;
use crate::intake::Trial;
use crate::listener::MESSAGE_BYTES_MAX;
use crate::mapping::Mapping;
use crate::model::{CharsetWord, MappingVersion, Sender, SenderState};
use crate::rows;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hl7_mapping_default))
        .routes(routes!(hl7_sender_list, hl7_sender_create))
        .routes(routes!(hl7_sender_get, hl7_sender_update))
        .routes(routes!(hl7_mapping_list, hl7_mapping_create))
        .routes(routes!(hl7_try))
}

/// Characters of a name, an application or a facility at most.
const NAME_CHARACTERS_MAX: usize = 100;
/// Addresses of one sender at most.
const ADDRESSES_MAX: usize = 50;
/// Minutes after which a message is late: at most thirty days.
const LATE_MINUTES_MAX: u32 = 30 * 24 * 60;

/// A sender as it is entered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7SenderInput)]
struct SenderInput {
    /// What people call it.
    name: String,
    /// The organization in whose name it speaks.
    org_id: Id,
    /// MSH-3.1 of its messages.
    application: String,
    /// MSH-4.1 of its messages; may be empty.
    #[serde(default)]
    facility: String,
    /// The charset of messages without MSH-18.
    #[serde(default = "utf8")]
    charset: CharsetWord,
    /// MSH-11 that it must send.
    #[serde(default = "production")]
    processing: String,
    /// A message older than this when it comes counts as late.
    #[serde(default = "an_hour")]
    late_minutes: u32,
    /// Network addresses it may send from; empty for any.
    #[serde(default)]
    addresses: Vec<String>,
    /// Is it listened to?
    #[serde(default = "active")]
    state: SenderState,
}

const fn utf8() -> CharsetWord {
    CharsetWord::Utf8
}

fn production() -> String {
    "P".to_owned()
}

const fn an_hour() -> u32 {
    60
}

const fn active() -> SenderState {
    SenderState::Active
}

impl SenderInput {
    fn checked(&self) -> Result<Self> {
        let mut input = self.clone();
        let refuse =
            |field: &str, detail: &str| Err(Error::invalid("hl7.sender-field", field, detail));
        for (field, text) in [
            ("name", &mut input.name),
            ("application", &mut input.application),
            ("facility", &mut input.facility),
        ] {
            *text = kernel::text::tidy(text);
            let wanted = usize::from(field != "facility")..=NAME_CHARACTERS_MAX;
            if !wanted.contains(&text.chars().count()) || text.chars().any(char::is_control) {
                return refuse(field, "it has at most 100 characters, and is not empty");
            }
        }
        if !matches!(input.processing.as_str(), "P" | "T" | "D") {
            return refuse(
                "processing",
                "P for production, T for training or D for debugging",
            );
        }
        if input.late_minutes == 0 || input.late_minutes > LATE_MINUTES_MAX {
            return refuse("late_minutes", "from one minute to thirty days");
        }
        if input.addresses.len() > ADDRESSES_MAX {
            return refuse("addresses", "a sender has at most 50 addresses");
        }
        for (at, address) in input.addresses.iter_mut().enumerate() {
            match address.trim().parse::<IpAddr>() {
                Ok(read) => *address = read.to_canonical().to_string(),
                Err(_) => return refuse(&format!("addresses[{at}]"), "this is no IP address"),
            }
        }
        Ok(input)
    }
}

/// Which senders to list.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SenderQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Senders within reach.
#[utoipa::path(get, path = "/api/hl7/senders", tag = "hl7v2", params(SenderQuery),
    responses((status = 200, body = Page<Sender>)), extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_sender_list(
    ctx: Ctx,
    Query(query): Query<SenderQuery>,
) -> http::Result<Json<Page<Sender>>> {
    let size = page::page_size(query.limit);
    let after = Cursor::after(query.after.as_deref())?.map(|cursor| cursor.id);
    Ok(Json(
        ctx.read(move |tx| rows::senders(tx, after, size)).await?,
    ))
}

/// One sender.
#[utoipa::path(get, path = "/api/hl7/senders/{id}", tag = "hl7v2", params(("id" = Id, Path)),
    responses((status = 200, body = Sender)), extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_sender_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Sender>> {
    Ok(ctx.read(move |tx| rows::sender(tx, id).map(etag)).await?)
}

/// Set up a sender, with the default mapping.
#[utoipa::path(post, path = "/api/hl7/senders", tag = "hl7v2", request_body = SenderInput,
    responses((status = 201, body = Sender)), extensions(("x-permission" = json!("hl7.manage"))))]
async fn hl7_sender_create(
    ctx: Ctx,
    Json(body): Json<SenderInput>,
) -> http::Result<Created<Sender>> {
    let created = ctx.write(move |tx| {
        let input = body.checked()?;
        require_org(tx, input.org_id)?;
        require_free(tx, &input, None)?;
        let sender = Sender {
            id: tx.new_id(),
            name: input.name,
            org_id: input.org_id,
            application: input.application,
            facility: input.facility,
            charset: input.charset,
            processing: input.processing,
            late_minutes: input.late_minutes,
            addresses: input.addresses,
            state: input.state,
            mapping: 1,
            created_at: tx.now(),
        };
        let sender = tx.insert(&sender, Change::new("hl7.sender-created"))?;
        keep_mapping(
            tx,
            &sender,
            1,
            "默认映射 default mapping",
            Mapping::default(),
        )?;
        Ok(etag(sender))
    });
    Ok(Created(created.await?))
}

/// Change a sender, or stop listening to it.
#[utoipa::path(put, path = "/api/hl7/senders/{id}", tag = "hl7v2", params(("id" = Id, Path)),
    request_body = SenderInput, responses((status = 200, body = Sender)),
    extensions(("x-permission" = json!("hl7.manage"))))]
async fn hl7_sender_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<SenderInput>,
) -> http::Result<Etag<Sender>> {
    let seen = ctx.if_match()?;
    let updated = ctx.write(move |tx| {
        let input = body.checked()?;
        let mut sender = rows::sender(tx, id)?;
        tx.check_version(&sender, seen)?;
        if input.org_id != sender.org_id {
            // What it sent stays the other organization's: a new sender speaks in a new name.
            let detail = "a sender keeps its organization; set up another one";
            return Err(Error::invalid("hl7.sender-field", "org_id", detail));
        }
        require_free(tx, &input, Some(id))?;
        sender.name = input.name;
        sender.application = input.application;
        sender.facility = input.facility;
        sender.charset = input.charset;
        sender.processing = input.processing;
        sender.late_minutes = input.late_minutes;
        sender.addresses = input.addresses;
        sender.state = input.state;
        tx.update(&sender, Change::new("hl7.sender-changed"))
            .map(etag)
    });
    Ok(updated.await?)
}

/// Refuses an organization that is closed or out of reach.
pub(super) fn require_org(tx: &mut Tx<'_>, org_id: Id) -> Result<()> {
    network::require_open(tx, org_id).map_err(|error| error.at("org_id"))?;
    if rows::reaches(tx, org_id)? {
        return Ok(());
    }
    http::access::require_org(tx, org_id)
}

fn require_free(tx: &mut Tx<'_>, input: &SenderInput, own: Option<Id>) -> Result<()> {
    let known = rows::sender_by_name(tx, &input.application, &input.facility)?;
    if known.is_none_or(|one| Some(one.id) == own) {
        return Ok(());
    }
    let detail = "another sender has this MSH-3 and MSH-4";
    Err(Error::conflict("hl7.sender-taken", detail).at("application"))
}

fn keep_mapping(
    tx: &mut Tx<'_>,
    sender: &Sender,
    number: u32,
    note: &str,
    mapping: Mapping,
) -> Result<MappingVersion> {
    let version = MappingVersion {
        id: tx.new_id(),
        sender_id: sender.id,
        org_id: sender.org_id,
        number,
        note: note.to_owned(),
        by: tx.actor().name.clone(),
        at: tx.now(),
        mapping,
    };
    let detail = json!({ "number": number });
    let kept = tx.insert(&version, Change::new("hl7.mapping-created").detail(detail))?;
    Ok(kept.data)
}

/// Every field, code map and code of the default mapping, written out.
#[utoipa::path(get, path = "/api/hl7/mapping-default", tag = "hl7v2",
    responses((status = 200, body = Mapping)), extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_mapping_default(_: Ctx) -> http::Result<Json<Mapping>> {
    Ok(Json(Mapping::complete()))
}

/// Versions of a sender's mapping.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7MappingVersions)]
struct MappingVersions {
    /// The number in force.
    in_force: u32,
    /// The versions, the newest first.
    items: Vec<MappingVersion>,
}

/// The versions of a sender's mapping, the newest first.
#[utoipa::path(get, path = "/api/hl7/senders/{id}/mappings", tag = "hl7v2",
    params(("id" = Id, Path)), responses((status = 200, body = MappingVersions)),
    extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_mapping_list(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<MappingVersions>> {
    let versions = ctx.read(move |tx| {
        let sender = rows::sender(tx, id)?;
        Ok(MappingVersions {
            in_force: sender.mapping,
            items: rows::mappings(tx, id)?,
        })
    });
    Ok(Json(versions.await?))
}

/// A new version of a mapping.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7MappingInput)]
struct MappingInput {
    /// Why it changes.
    note: String,
    /// The mapping; what it does not name is read as the default mapping says.
    mapping: Mapping,
}

/// Put a new version of a sender's mapping in force; `If-Match` is the sender's version.
#[utoipa::path(post, path = "/api/hl7/senders/{id}/mappings", tag = "hl7v2",
    params(("id" = Id, Path)), request_body = MappingInput,
    responses((status = 201, body = MappingVersion)),
    extensions(("x-permission" = json!("hl7.manage"))))]
async fn hl7_mapping_create(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<MappingInput>,
) -> http::Result<Created<MappingVersion>> {
    let seen = ctx.if_match()?;
    let created = ctx.write(move |tx| {
        let note = reason(&body.note).map_err(|error| error.at("note"))?;
        body.mapping.check()?;
        let mut sender = rows::sender(tx, id)?;
        tx.check_version(&sender, seen)?;
        let last = rows::last_mapping(tx, id)?;
        let number = u32::try_from(last + 1).map_err(Error::internal)?;
        let version = keep_mapping(tx, &sender, number, &note, body.mapping.clone())?;
        sender.mapping = number;
        let sender = tx.update(&sender, Change::new("hl7.sender-changed"))?;
        Ok(Etag::new(sender.version, version))
    });
    Ok(Created(created.await?))
}

/// A message to try out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7TryInput)]
struct TryInput {
    /// The message as it was pasted.
    text: String,
    /// A mapping to read it by instead of the one in force.
    #[serde(default)]
    mapping: Option<Mapping>,
}

/// Say what a pasted message would do; nothing is stored but that somebody tried.
#[utoipa::path(post, path = "/api/hl7/senders/{id}/try", tag = "hl7v2", params(("id" = Id, Path)),
    request_body = TryInput, responses((status = 200, body = Trial)),
    extensions(("x-permission" = json!("hl7.content"))))]
async fn hl7_try(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<TryInput>,
) -> http::Result<Json<Trial>> {
    check_length(&body.text)?;
    if let Some(mapping) = &body.mapping {
        mapping.check()?;
    }
    let own = body.mapping.clone();
    let noted = ctx.store().write(ctx.request(), move |tx| {
        let sender = rows::sender(tx, id)?;
        let mapping = match &own {
            Some(mapping) => mapping.clone(),
            None => rows::mapping(tx, id, sender.mapping)?.mapping,
        };
        tx.record(Change::new("hl7.message-tried"), Subject::of(&sender.data))?;
        Ok((sender.data, mapping))
    });
    let (sender, mapping) = noted.await?;
    Ok(Json(
        intake::try_out(ctx.app(), sender, mapping, &body.text).await?,
    ))
}

/// Refuses a text that no message is as long as.
pub(super) fn check_length(text: &str) -> Result<()> {
    if text.len() <= MESSAGE_BYTES_MAX {
        return Ok(());
    }
    let detail = "a message has at most 1 MiB";
    Err(Error::invalid("hl7.text-too-long", "text", detail))
}
