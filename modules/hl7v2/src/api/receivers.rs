//! Receivers: the list, the form, a trial.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Cursor, Error, Id, Page, Result, page};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::etag;
use super::senders::require_org;
use crate::mapping::Mapping;
use crate::model::CharsetWord;
use crate::outbound::{
    self, AckMode, KINDS, Receiver, ReceiverState, ReceiverTrial, Tls, check_tls, rows,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hl7_receiver_list, hl7_receiver_create))
        .routes(routes!(hl7_receiver_get, hl7_receiver_update))
        .routes(routes!(hl7_receiver_try))
}

/// Characters of a name, an application or a facility at most.
const NAME_CHARACTERS_MAX: usize = 100;
/// Characters of a host name at most (RFC 1035).
const HOST_CHARACTERS_MAX: usize = 253;
/// Characters of certificates at most.
const PEM_CHARACTERS_MAX: usize = 64 * 1024;
/// Seconds an answer may take at most.
const ANSWER_SECONDS_MAX: u32 = 120;
/// Tries of one message at most.
const TRIES_MAX: u32 = 100;
/// Versions that messages are written in.
const VERSIONS: [&str; 6] = ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.8"];

/// A receiver as it is entered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7ReceiverInput)]
struct ReceiverInput {
    /// What people call it.
    name: String,
    /// The organization whose system it is.
    org_id: Id,
    /// Where it listens.
    host: String,
    /// On which port, 1 to 65535.
    port: u32,
    /// How its certificate is checked; without it, messages go in clear text.
    #[serde(default)]
    tls: Option<Tls>,
    /// `utf8` or `gb18030`.
    #[serde(default = "utf8")]
    charset: String,
    /// MSH-5 of what it is sent.
    application: String,
    /// MSH-6 of what it is sent; may be empty.
    #[serde(default)]
    facility: String,
    /// MSH-3: what it calls this platform.
    #[serde(default = "platform")]
    own_application: String,
    /// MSH-4; may be empty.
    #[serde(default)]
    own_facility: String,
    /// MSH-11.
    #[serde(default = "production")]
    processing: String,
    /// MSH-12.
    #[serde(default = "usual_version")]
    hl7_version: String,
    /// What it is asked to answer.
    #[serde(default = "original")]
    acknowledgement: AckMode,
    /// How long an answer may take, 1 to 120.
    #[serde(default = "half_a_minute")]
    answer_seconds: u32,
    /// How often a message is tried before it is set aside, 1 to 100.
    #[serde(default = "twenty")]
    tries_max: u32,
    /// The kinds of messages it is sent: `ADT^A28`.
    kinds: Vec<String>,
    /// Is it also told what its own organization enters here?
    #[serde(default)]
    own: bool,
    /// Its codes, in the words of a sender's mapping.
    #[serde(default)]
    mapping: Mapping,
    /// Is something sent to it?
    #[serde(default = "active")]
    state: ReceiverState,
}

fn utf8() -> String {
    "utf8".to_owned()
}

fn platform() -> String {
    "LIANTI".to_owned()
}

fn production() -> String {
    "P".to_owned()
}

fn usual_version() -> String {
    "2.5.1".to_owned()
}

const fn original() -> AckMode {
    AckMode::Original
}

const fn half_a_minute() -> u32 {
    30
}

const fn twenty() -> u32 {
    20
}

const fn active() -> ReceiverState {
    ReceiverState::Active
}

fn refuse<T>(field: impl Into<String>, detail: &str) -> Result<T> {
    Err(Error::invalid("hl7.receiver-field", field, detail))
}

impl ReceiverInput {
    /// The receiver it describes.
    fn checked(&self, id: Id, created_at: kernel::Instant) -> Result<Receiver> {
        let charset = match self.charset.as_str() {
            "utf8" => CharsetWord::Utf8,
            "gb18030" => CharsetWord::Gb18030,
            _ => return refuse("charset", "utf8 or gb18030"),
        };
        let Some(port) = u16::try_from(self.port).ok().filter(|port| *port > 0) else {
            return refuse("port", "a port is a number from 1 to 65535");
        };
        let host = self.host.trim().to_owned();
        if !is_host(&host) {
            return refuse(
                "host",
                "the name or the IP address of a machine, without a port",
            );
        }
        let tls = self.tls.clone();
        if let Some(tls) = &tls {
            if tls.ca_pem.len() > PEM_CHARACTERS_MAX {
                return refuse("tls.ca_pem", "at most 64 KiB of certificates");
            }
            check_tls(tls, &host)?;
        }
        self.check_words()?;
        self.check_mapping()?;
        Ok(Receiver {
            id,
            name: named("name", &self.name, 1)?,
            org_id: self.org_id,
            host,
            port,
            tls,
            charset,
            application: named("application", &self.application, 1)?,
            facility: named("facility", &self.facility, 0)?,
            own_application: named("own_application", &self.own_application, 1)?,
            own_facility: named("own_facility", &self.own_facility, 0)?,
            processing: self.processing.clone(),
            hl7_version: self.hl7_version.clone(),
            acknowledgement: self.acknowledgement,
            answer_seconds: self.answer_seconds,
            tries_max: self.tries_max,
            kinds: self.kinds.clone(),
            own: self.own,
            mapping: self.mapping.clone(),
            state: self.state,
            created_at,
        })
    }

    fn check_words(&self) -> Result<()> {
        if !matches!(self.processing.as_str(), "P" | "T" | "D") {
            return refuse(
                "processing",
                "P for production, T for training or D for debugging",
            );
        }
        if !VERSIONS.contains(&self.hl7_version.as_str()) {
            return refuse("hl7_version", "2.3.1, 2.4, 2.5, 2.5.1, 2.6 or 2.8");
        }
        if !(1..=ANSWER_SECONDS_MAX).contains(&self.answer_seconds) {
            return refuse("answer_seconds", "from 1 to 120 seconds");
        }
        if !(1..=TRIES_MAX).contains(&self.tries_max) {
            return refuse("tries_max", "from 1 to 100 tries");
        }
        if self.kinds.is_empty() {
            return refuse("kinds", "a receiver is sent at least one kind of message");
        }
        for (at, kind) in self.kinds.iter().enumerate() {
            if !KINDS.iter().any(|(known, _)| known == kind) {
                return refuse(format!("kinds[{at}]"), "messages of this kind do not leave");
            }
            if self.kinds[..at].contains(kind) {
                return refuse(format!("kinds[{at}]"), "this kind is named twice");
            }
        }
        Ok(())
    }

    fn check_mapping(&self) -> Result<()> {
        if !self.mapping.paths.is_empty() {
            let detail = "paths are for senders: what is sent has its fields where HL7 has them";
            return Err(Error::invalid("hl7.mapping", "mapping.paths", detail));
        }
        self.mapping.check().map_err(|error| {
            let field = error.fields().first().cloned().unwrap_or_default();
            Error::invalid("hl7.mapping", format!("mapping.{field}"), error.detail())
        })
    }
}

fn named(field: &str, text: &str, least: usize) -> Result<String> {
    let text = kernel::text::tidy(text);
    let fits = (least..=NAME_CHARACTERS_MAX).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    refuse(field, "it has at most 100 characters, and is not empty")
}

/// A name of letters, digits, hyphens and points, or an IP address.
fn is_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    // Digits alone in the last part would be an address, and a wrong one.
    let last = host.rsplit('.').next().unwrap_or_default();
    let number = last.bytes().all(|byte| byte.is_ascii_digit());
    host.len() <= HOST_CHARACTERS_MAX && !number && host.split('.').all(label)
}

/// Which receivers to list.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReceiverQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// Receivers within reach.
#[utoipa::path(get, path = "/api/hl7/receivers", tag = "hl7v2", params(ReceiverQuery),
    responses((status = 200, body = Page<Receiver>)),
    extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_receiver_list(
    ctx: Ctx,
    Query(query): Query<ReceiverQuery>,
) -> http::Result<Json<Page<Receiver>>> {
    let size = page::page_size(query.limit);
    let after = Cursor::after(query.after.as_deref())?.map(|cursor| cursor.id);
    let listed = ctx.read(move |tx| rows::receivers(tx, after, size));
    Ok(Json(listed.await?))
}

/// One receiver.
#[utoipa::path(get, path = "/api/hl7/receivers/{id}", tag = "hl7v2", params(("id" = Id, Path)),
    responses((status = 200, body = Receiver)), extensions(("x-permission" = json!("hl7.read"))))]
async fn hl7_receiver_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Receiver>> {
    Ok(ctx.read(move |tx| rows::receiver(tx, id).map(etag)).await?)
}

/// Set up a receiver.
#[utoipa::path(post, path = "/api/hl7/receivers", tag = "hl7v2", request_body = ReceiverInput,
    responses((status = 201, body = Receiver)), extensions(("x-permission" = json!("hl7.manage"))))]
async fn hl7_receiver_create(
    ctx: Ctx,
    Json(body): Json<ReceiverInput>,
) -> http::Result<Created<Receiver>> {
    let created = ctx.write(move |tx| {
        let receiver = body.checked(tx.new_id(), tx.now())?;
        require_org(tx, receiver.org_id)?;
        if rows::count(tx)? >= rows::RECEIVERS_MAX {
            let detail = "an installation has at most 200 receivers";
            return Err(Error::rule("hl7.receiver-limit", detail));
        }
        let receiver = tx.insert(&receiver, Change::new("hl7.receiver-created"))?;
        rows::add_outlet(tx, receiver.id)?;
        rows::route(tx, &receiver)?;
        Ok(etag(receiver))
    });
    Ok(Created(created.await?))
}

/// Change a receiver, pause it or stop it. What waits is sent by what is in force then.
#[utoipa::path(put, path = "/api/hl7/receivers/{id}", tag = "hl7v2", params(("id" = Id, Path)),
    request_body = ReceiverInput, responses((status = 200, body = Receiver)),
    extensions(("x-permission" = json!("hl7.manage"))))]
async fn hl7_receiver_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<ReceiverInput>,
) -> http::Result<Etag<Receiver>> {
    let seen = ctx.if_match()?;
    let updated = ctx.write(move |tx| {
        let mut receiver = rows::receiver(tx, id)?;
        tx.check_version(&receiver, seen)?;
        let changed = body.checked(id, receiver.created_at)?;
        if changed.org_id != receiver.org_id {
            // What waits was noted for what the other organization may read.
            let detail = "a receiver keeps its organization; set up another one";
            return refuse("org_id", detail);
        }
        receiver.data = changed;
        let receiver = tx.update(&receiver, Change::new("hl7.receiver-changed"))?;
        rows::route(tx, &receiver)?;
        rows::at_once(tx, id)?;
        Ok(etag(receiver))
    });
    Ok(updated.await?)
}

/// Send a message about nobody to a receiver, as training (MSH-11 `T`), and say what it answered.
#[utoipa::path(post, path = "/api/hl7/receivers/{id}/try", tag = "hl7v2",
    params(("id" = Id, Path)), responses((status = 200, body = ReceiverTrial)),
    extensions(("x-permission" = json!("hl7.manage"))))]
async fn hl7_receiver_try(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<ReceiverTrial>> {
    let noted = ctx.store().write(ctx.request(), move |tx: &mut Tx<'_>| {
        let receiver = rows::receiver(tx, id)?;
        let subject = Subject::of(&receiver.data);
        tx.record(Change::new("hl7.receiver-tried"), subject)?;
        Ok(receiver.data)
    });
    let receiver = noted.await?;
    Ok(Json(outbound::try_out(ctx.app(), receiver).await?))
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn hosts_are_names_or_addresses() {
        for (host, fine) in [
            ("his.example", true),
            ("localhost", true),
            ("10.0.0.9", true),
            ("::1", true),
            ("[::1]", true),
            ("", false),
            ("10.0.0.900", false),
            ("his.example:2575", false),
            ("http://his", false),
            ("a b", false),
            (".his", false),
            ("his..a", false),
        ] {
            assert_eq!(is_host(host), fine, "{host}");
        }
    }
}
