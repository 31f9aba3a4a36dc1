//! Registering apps and taking back what they were granted; the list of all routes.

use std::collections::HashMap;

use axum::extract::DefaultBodyLimit;
use http::signin::{Account, Assignment};
use http::{App as Application, Created, Ctx, Etag, Json, Path};
use kernel::{AppLevel, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Change, Tx, Versioned, hex, sha256_hex};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::authorize::{named, subject, without_key};
use crate::model::{App, AppState, ClientKind};
use crate::scopes::Scopes;
use crate::{assertion, authorize, discovery, launch, rows, token, token_use};

/// Bytes of a body here.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Characters of a name, a description and an address at most; addresses and scopes of one app.
const NAME_CHARS_MAX: usize = 60;
const DESCRIPTION_CHARS_MAX: usize = 300;
const ADDRESS_CHARS_MAX: usize = 500;
const ADDRESSES_MAX: usize = 10;
const SCOPES_MAX: usize = 200;

pub(crate) fn routes() -> OpenApiRouter<Application> {
    OpenApiRouter::new()
        .routes(routes!(discovery::smart_configuration))
        .routes(routes!(discovery::smart_openid_configuration))
        .routes(routes!(discovery::smart_jwks))
        .routes(routes!(token::smart_token))
        .routes(routes!(token_use::smart_introspect))
        .routes(routes!(token_use::smart_revoke))
        .routes(routes!(authorize::smart_request))
        .routes(routes!(authorize::smart_decide))
        .routes(routes!(launch::smart_launchable))
        .routes(routes!(launch::smart_launch))
        .routes(routes!(smart_app_list, smart_app_create))
        .routes(routes!(smart_app_get, smart_app_update))
        .routes(routes!(smart_app_secret))
        .routes(routes!(smart_app_revoke))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// An app as it is entered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SmartAppInput)]
struct AppInput {
    /// The organization that answers for it.
    org_id: Id,
    /// What people call it.
    name: String,
    /// What it is for, in a sentence.
    #[serde(default)]
    description: String,
    /// How it proves who it is.
    client: ClientKind,
    /// Where people may be sent back to, letter by letter.
    #[serde(default)]
    redirect_uris: Vec<String>,
    /// Where it is opened from a patient's page.
    launch_url: Option<String>,
    /// What it may ask for.
    scopes: Vec<String>,
    /// Its public keys (JWK Set).
    #[schema(value_type = Option<Object>)]
    jwks: Option<Value>,
    /// Where its public keys are.
    jwks_url: Option<String>,
    /// The user name of the system's account under which it acts, of backend services.
    account: Option<String>,
    /// May people of all members use it, or of its organization only?
    #[serde(default)]
    everyone: bool,
    /// Is it let in?
    state: AppState,
}

/// An app with how it is used.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartAppView)]
struct AppView {
    /// The app.
    #[serde(flatten)]
    app: App,
    /// The user name of the system's account.
    account: Option<String>,
    /// When a token was last issued for it.
    used_at: Option<Instant>,
    /// Grants that stand.
    grants: i64,
}

/// A new app; its secret is shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SmartAppCreated)]
struct AppCreated {
    /// The app.
    app: App,
    /// Its secret, where it has one.
    secret: Option<String>,
}

/// A new secret, shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SmartSecret)]
struct Secret {
    /// The secret.
    secret: String,
}

/// What was taken back.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SmartRevoked)]
struct Revoked {
    /// Grants that stood until now.
    grants: u64,
}

fn refuse(field: &str, text: &str) -> Error {
    Error::invalid("smart.app-field", field, text)
}

impl AppInput {
    fn checked(&self) -> Result<Self> {
        let mut input = self.clone();
        input.name = kernel::text::tidy(&input.name);
        input.description = kernel::text::tidy(&input.description);
        if !(1..=NAME_CHARS_MAX).contains(&input.name.chars().count()) {
            return Err(refuse("name", "a name has 1 to 60 characters"));
        }
        if input.description.chars().count() > DESCRIPTION_CHARS_MAX {
            return Err(refuse("description", "at most 300 characters"));
        }
        input.check_addresses()?;
        input.check_keys()?;
        input.check_scopes()?;
        Ok(input)
    }

    fn check_addresses(&mut self) -> Result<()> {
        let backend = self.client == ClientKind::Backend;
        if backend != self.redirect_uris.is_empty() || self.redirect_uris.len() > ADDRESSES_MAX {
            let text = "an app for people has 1 to 10 redirect addresses, a backend service none";
            return Err(refuse("redirect_uris", text));
        }
        for (at, address) in self.redirect_uris.iter().enumerate() {
            if !is_redirect(address) {
                let text = "write https://…, http:// to the device itself, or a scheme of the app's \
                            own with a dot in it; without #";
                return Err(refuse(&format!("redirect_uris[{at}]"), text));
            }
        }
        self.launch_url = self.launch_url.take().filter(|url| !url.is_empty());
        match &self.launch_url {
            Some(_) if backend => Err(refuse(
                "launch_url",
                "a backend service is opened by nobody",
            )),
            Some(url) if !is_web(url) => Err(refuse(
                "launch_url",
                "write https://…, or http:// to the device itself",
            )),
            _ => Ok(()),
        }
    }

    fn check_keys(&mut self) -> Result<()> {
        let wants = matches!(self.client, ClientKind::Keys | ClientKind::Backend);
        self.jwks_url = self.jwks_url.take().filter(|url| !url.is_empty());
        if wants != (self.jwks.is_some() || self.jwks_url.is_some())
            || (self.jwks.is_some() && self.jwks_url.is_some())
        {
            let text = "an app that proves itself by a key has either keys or their address, and no \
                        other app has";
            return Err(refuse("jwks", text));
        }
        if let Some(keys) = &self.jwks {
            assertion::key_set(keys)?;
        }
        match &self.jwks_url {
            Some(url) if !is_web(url) => Err(refuse("jwks_url", "write https://…")),
            _ => Ok(()),
        }
    }

    fn check_scopes(&self) -> Result<()> {
        if self.scopes.is_empty() || self.scopes.len() > SCOPES_MAX {
            return Err(refuse("scopes", "an app has 1 to 200 scopes"));
        }
        let backend = self.client == ClientKind::Backend;
        for (at, text) in self.scopes.iter().enumerate() {
            let place = format!("scopes[{at}]");
            let read = Scopes::parse(text).ok().filter(|read| read.0.len() == 1);
            let Some(read) = read else {
                let text = "this scope is not understood: write patient/Observation.rs";
                return Err(refuse(&place, text));
            };
            let system = read.has_level(AppLevel::System);
            if system != backend {
                let text = "system scopes are for backend services, and they have no others";
                return Err(refuse(&place, text));
            }
        }
        Ok(())
    }
}

/// TLS, or the device itself.
fn is_web(address: &str) -> bool {
    let loopback = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let local = loopback.iter().any(|start| {
        address
            .strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    let secure = address
        .strip_prefix("https://")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['));
    (secure || local) && is_plain(address)
}

fn is_plain(address: &str) -> bool {
    let fine = |c: char| c.is_ascii_graphic() && !"#\"<>\\^`{|}@".contains(c);
    address.len() <= ADDRESS_CHARS_MAX && address.chars().all(fine)
}

/// [`is_web`], or a scheme that an app on a device claims as its own (RFC 8252 §7.1).
fn is_redirect(address: &str) -> bool {
    let own = address.split_once(":/").is_some_and(|(scheme, _)| {
        scheme.contains('.')
            && scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
    });
    is_web(address) || (own && is_plain(address))
}

/// The account and assignment of a backend service: a system's, at the app's organization.
fn acting_as(tx: &mut Tx<'_>, input: &AppInput) -> Result<(Option<Id>, Option<Id>)> {
    let username = input.account.as_deref().unwrap_or("").trim();
    if input.client != ClientKind::Backend {
        return Ok((None, None));
    }
    // Its key opens what the account may see: that is giving out a token, which is another's duty.
    if tx.actor().scope("token.manage").is_none() {
        let text = "backend services are registered by those who give out tokens of systems";
        return Err(Error::forbidden("smart.backend-duty", text));
    }
    let text = "name the account of a system that has a role at the app's organization";
    let account: Option<Account> = http::signin::account_named(tx, username)?;
    let account = account.filter(|account| account.system);
    let account = account.ok_or_else(|| refuse("account", text))?;
    let assignments: Vec<Assignment> = http::signin::assignments_of(tx, account.id)?;
    let found = assignments
        .into_iter()
        .find(|one| one.org_id == input.org_id);
    let found = found.ok_or_else(|| refuse("account", text))?;
    Ok((Some(account.id), Some(found.id)))
}

fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<App>> {
    let app: Versioned<App> = tx.load(id)?;
    if http::access::covers(tx, app.org_id)? {
        return Ok(app);
    }
    Err(Error::not_found("smart-app"))
}

fn views(tx: &mut Tx<'_>, apps: Vec<Versioned<App>>) -> Result<Vec<AppView>> {
    let uses: HashMap<Id, rows::AppUse> = rows::use_of_apps(tx)?
        .into_iter()
        .map(|one| (one.app_id, one))
        .collect();
    let mut views = Vec::with_capacity(apps.len());
    for app in apps {
        let app = app.data;
        let account = match app.account_id {
            Some(id) => Some(tx.load::<Account>(id)?.data.username),
            None => None,
        };
        let used = uses.get(&app.id);
        views.push(AppView {
            account,
            used_at: used.and_then(|one| one.used_at),
            grants: used.map_or(0, |one| one.live),
            app,
        });
    }
    Ok(views)
}

/// Apps within reach, by name.
#[utoipa::path(get, path = "/api/smart/apps", tag = "smart",
    responses((status = 200, body = Vec<AppView>)), extensions(("x-permission" = json!("smart.read"))))]
async fn smart_app_list(ctx: Ctx) -> http::Result<Json<Vec<AppView>>> {
    let list = ctx.read(|tx| {
        let mut seen = Vec::new();
        for app in rows::apps(tx)? {
            if http::access::covers(tx, app.org_id)? {
                seen.push(app);
            }
        }
        views(tx, seen)
    });
    Ok(Json(list.await?))
}

/// One app.
#[utoipa::path(get, path = "/api/smart/apps/{id}", tag = "smart", params(("id" = Id, Path)),
    responses((status = 200, body = AppView)), extensions(("x-permission" = json!("smart.read"))))]
async fn smart_app_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<AppView>> {
    let found = ctx.read(move |tx| {
        let app = load(tx, id)?;
        let version = app.version;
        let view = views(tx, vec![app])?.pop();
        let view = view.ok_or_else(|| Error::not_found("smart-app"))?;
        Ok(Etag::new(version, view))
    });
    Ok(found.await?)
}

/// Register an app. Its secret, where it has one, is shown in this answer only.
#[utoipa::path(post, path = "/api/smart/apps", tag = "smart", request_body = AppInput,
    responses((status = 201, body = AppCreated)), extensions(("x-permission" = json!("smart.manage"))))]
async fn smart_app_create(
    ctx: Ctx,
    Json(body): Json<AppInput>,
) -> http::Result<Created<AppCreated>> {
    // Not under an idempotency key: its store of replies must not hold the secret.
    let request = without_key(&ctx);
    let created = ctx.store().write(&request, move |tx| {
        let input = body.checked()?;
        http::access::require_org(tx, input.org_id)?;
        let (account_id, assignment_id) = acting_as(tx, &input)?;
        let app = App {
            id: tx.new_id(),
            org_id: input.org_id,
            name: input.name,
            description: input.description,
            client: input.client,
            redirect_uris: input.redirect_uris,
            launch_url: input.launch_url,
            scopes: input.scopes,
            jwks: input.jwks,
            jwks_url: input.jwks_url,
            assignment_id,
            account_id,
            everyone: input.everyone,
            state: input.state,
            created_at: tx.now(),
        };
        let app = tx.insert(&app, Change::new("smart.app-created"))?;
        let secret = match app.client {
            ClientKind::Secret => Some(new_secret(tx, app.id)?),
            _ => None,
        };
        let version = app.version;
        let app = app.data;
        Ok(Etag::new(version, AppCreated { app, secret }))
    });
    Ok(Created(created.await?))
}

fn new_secret(tx: &mut Tx<'_>, app_id: Id) -> Result<String> {
    let secret = hex(&tx.random_bytes::<32>());
    rows::set_secret(tx, app_id, &sha256_hex(secret.as_bytes()))?;
    Ok(secret)
}

/// Change an app. How it proves who it is, and whose it is, stay.
#[utoipa::path(put, path = "/api/smart/apps/{id}", tag = "smart", params(("id" = Id, Path)),
    request_body = AppInput, responses((status = 200, body = AppView)),
    extensions(("x-permission" = json!("smart.manage"))))]
async fn smart_app_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AppInput>,
) -> http::Result<Etag<AppView>> {
    let seen = ctx.if_match()?;
    let request = without_key(&ctx);
    let changed = ctx.store().write(&request, move |tx| {
        let mut app = load(tx, id)?;
        tx.check_version(&app, seen)?;
        let input = body.checked()?;
        if input.client != app.client || input.org_id != app.org_id {
            let text = "register a new app where it proves itself otherwise or is another's";
            return Err(refuse("client", text));
        }
        (app.account_id, app.assignment_id) = acting_as(tx, &input)?;
        let stopped = app.state == AppState::Active && input.state == AppState::Stopped;
        app.name = input.name;
        app.description = input.description;
        app.redirect_uris = input.redirect_uris;
        app.launch_url = input.launch_url;
        app.scopes = input.scopes;
        app.jwks = input.jwks;
        app.jwks_url = input.jwks_url;
        app.everyone = input.everyone;
        app.state = input.state;
        let event = if stopped {
            "smart.app-stopped"
        } else {
            "smart.app-changed"
        };
        let app = tx.update(&app, Change::new(event))?;
        let version = app.version;
        let view = views(tx, vec![app])?.pop();
        let view = view.ok_or_else(|| Error::not_found("smart-app"))?;
        Ok(Etag::new(version, view))
    });
    Ok(changed.await?)
}

/// Give an app a new secret; the old one works no more. Shown in this answer only.
#[utoipa::path(post, path = "/api/smart/apps/{id}/secret", tag = "smart", params(("id" = Id, Path)),
    responses((status = 200, body = Secret)), extensions(("x-permission" = json!("smart.manage"))))]
async fn smart_app_secret(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Secret>> {
    let request = without_key(&ctx);
    let made = ctx.store().write(&request, move |tx| {
        let app = load(tx, id)?;
        if app.client != ClientKind::Secret {
            let text = "this app proves itself without a secret";
            return Err(Error::rule("smart.no-secret", text));
        }
        let secret = new_secret(tx, app.id)?;
        let change = Change::new("smart.secret-changed").detail(json!({ "app": named(&app) }));
        tx.record(change, subject(&app))?;
        Ok(Secret { secret })
    });
    Ok(Json(made.await?))
}

/// Take back everything an app was granted: none of its tokens works any more.
#[utoipa::path(post, path = "/api/smart/apps/{id}/revoke", tag = "smart", params(("id" = Id, Path)),
    responses((status = 200, body = Revoked)), extensions(("x-permission" = json!("smart.manage"))))]
async fn smart_app_revoke(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<Revoked>> {
    let done = ctx.write(move |tx| {
        let app = load(tx, id)?;
        let grants = rows::revoke_all(tx, app.id)?;
        let detail = json!({ "app": named(&app), "grants": grants, "why": "administrator" });
        tx.record(Change::new("smart.revoked").detail(detail), subject(&app))?;
        Ok(Revoked { grants })
    });
    Ok(Json(done.await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_back_over_tls_or_to_their_own_device() {
        for (address, fine) in [
            ("https://app.example/callback", true),
            ("https://app.example:8443/cb?tenant=1", true),
            ("http://127.0.0.1:7777/cb", true),
            ("http://localhost/cb", true),
            ("cn.example.app:/callback", true),
            ("http://app.example/cb", false),
            ("http://localhost.evil.example/cb", false),
            ("https://user@app.example/cb", false),
            ("https://app.example/cb#part", false),
            ("javascript:/alert(1)", false),
            ("https://", false),
            ("/callback", false),
            ("https://app.example/c b", false),
        ] {
            assert_eq!(is_redirect(address), fine, "{address}");
        }
    }
}
