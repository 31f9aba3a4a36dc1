//! Which app is it that asks? By secret, by its own key, or, where it can keep neither, by its word.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Ctx;
use kernel::{Id, Result};
use store::{Tx, Versioned, sha256_hex};
use subtle::ConstantTimeEq;

use crate::assertion::{self, ASSERTION_TYPE, Claims};
use crate::authorize::note_refusal;
use crate::model::{App, AppState, ClientKind};
use crate::oauth::{Decided, Form, Refusal};
use crate::{rows, settings};

/// An app that was told apart, with what is still to be checked in the transaction.
#[derive(Clone)]
pub(crate) struct Client {
    pub app: App,
    proof: Proof,
}

#[derive(Clone)]
enum Proof {
    Word,
    Secret(String),
    Assertion(Claims),
}

fn invalid(why: &str) -> Refusal {
    Refusal::new("invalid_client", why)
}

/// What the request says of who asks.
enum Said {
    Word(String),
    Secret(String, String),
    Assertion(String),
}

fn said(form: &Form, headers: &HeaderMap) -> Result<Said, Refusal> {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let assertion = form.get("client_assertion");
    if form.get("client_secret").is_some() {
        return Err(invalid(
            "a secret goes into the Authorization header (Basic)",
        ));
    }
    match (basic, assertion) {
        (Some(_), Some(_)) => Err(Refusal::new(
            "invalid_request",
            "an app proves who it is in one way only",
        )),
        (Some(basic), None) => {
            let (id, secret) = basic_pair(basic)
                .ok_or_else(|| invalid("the Authorization header can't be read"))?;
            match form.get("client_id") {
                Some(other) if other != id => {
                    Err(Refusal::new("invalid_request", "two different client_id"))
                }
                _ => Ok(Said::Secret(id, secret)),
            }
        }
        (None, Some(assertion)) => {
            if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
                return Err(Refusal::new(
                    "invalid_request",
                    format!("client_assertion_type is {ASSERTION_TYPE}"),
                ));
            }
            Ok(Said::Assertion(assertion.to_owned()))
        }
        (None, None) => match form.get("client_id") {
            Some(id) => Ok(Said::Word(id.to_owned())),
            None => Err(invalid("the request does not say which app asks")),
        },
    }
}

/// Name and secret, each encoded as a form has it (RFC 6749 §2.3.1).
fn basic_pair(value: &str) -> Option<(String, String)> {
    let encoded = value
        .strip_prefix("Basic ")
        .or_else(|| value.strip_prefix("basic "))?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let form = Form::parse(["i=", id, "&s=", secret].concat().as_bytes()).ok()?;
    Some((form.get("i")?.to_owned(), form.get("s")?.to_owned()))
}

/// Tells which app asks, and fetches its keys where they lie elsewhere. Nothing is written but the
/// refusal.
///
/// # Errors
/// Whatever the database reports.
pub(crate) async fn identify(ctx: &Ctx, form: &Form, headers: &HeaderMap) -> Decided<Client> {
    let said = match said(form, headers) {
        Ok(said) => said,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let id = match &said {
        Said::Word(id) | Said::Secret(id, _) => id.clone(),
        Said::Assertion(text) => match assertion::claimed(text) {
            Ok(id) => id,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    let Ok(id) = id.parse::<Id>() else {
        return Ok(Err(invalid("there is no such app")));
    };
    let found: Option<Versioned<App>> = ctx.read(move |tx| tx.load_opt(id)).await?;
    let Some(app) = found else {
        return Ok(Err(invalid("there is no such app")));
    };
    let app = app.data;
    let proof = match (said, app.client) {
        (_, _) if app.state == AppState::Stopped => Err(invalid("the app is switched off")),
        (Said::Word(_), ClientKind::Public) => Ok(Proof::Word),
        (Said::Secret(_, secret), ClientKind::Secret) => {
            Ok(Proof::Secret(sha256_hex(secret.as_bytes())))
        }
        (Said::Assertion(text), ClientKind::Keys | ClientKind::Backend) => {
            by_key(ctx, &app, &text).await?.map(Proof::Assertion)
        }
        _ => Err(invalid(
            "the app is registered to prove who it is in another way",
        )),
    };
    match proof {
        Ok(proof) => Ok(Ok(Client { app, proof })),
        Err(refusal) => {
            let (app, told) = (app, refusal.clone());
            ctx.store()
                .write(ctx.request(), move |tx| {
                    note_refusal(tx, &app, "client", &told)
                })
                .await?;
            Ok(Err(refusal))
        }
    }
}

async fn by_key(ctx: &Ctx, app: &App, text: &str) -> Decided<Claims> {
    let keys = match (&app.jwks, &app.jwks_url) {
        (Some(kept), _) => assertion::key_set(kept).map_err(|_| "the app's keys can't be read"),
        (None, Some(url)) => {
            let rule = ctx.read(settings::rule).await?;
            let demo = ctx.app().config().demo;
            if !may_fetch(url, &rule.key_hosts, demo) {
                return Ok(Err(invalid(
                    "the host of the app's keys is not among those allowed",
                )));
            }
            let url = url.clone();
            let fetched = tokio::task::spawn_blocking(move || assertion::fetch(&url));
            let fetched = fetched.await.map_err(kernel::Error::internal)?;
            fetched.map_err(|_| "the app's keys can't be fetched")
        }
        (None, None) => Err("the app has no keys"),
    };
    Ok(match keys {
        Ok(keys) => assertion::verified(text, &keys),
        Err(why) => Err(invalid(why)),
    })
}

/// May keys be fetched from there? TLS, and a host of the rule; without TLS only from the machine
/// itself, in a demonstration.
fn may_fetch(url: &str, hosts: &[String], demo: bool) -> bool {
    let (plain, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (false, rest),
        (None, Some(rest)) => (true, rest),
        (None, None) => return false,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    if host.contains('@') || (plain && !(demo && loopback)) {
        return false;
    }
    hosts.iter().any(|allowed| allowed == host)
}

impl Client {
    /// Finishes the proof within the transaction that acts on it: an assertion is good once.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub(crate) fn prove(&self, tx: &mut Tx<'_>, audience: &str) -> Decided<()> {
        let proved = match &self.proof {
            Proof::Word => Ok(()),
            Proof::Secret(sha256) => {
                let kept = rows::secret(tx, self.app.id)?.unwrap_or_default();
                if bool::from(kept.as_bytes().ct_eq(sha256.as_bytes())) {
                    Ok(())
                } else {
                    Err(invalid("the secret is wrong"))
                }
            }
            Proof::Assertion(claims) => assertion::take(tx, &self.app, claims, audience)?,
        };
        if let Err(refusal) = &proved {
            note_refusal(tx, &self.app, "client", refusal)?;
        }
        Ok(proved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_fetched_from_allowed_hosts_by_tls() {
        let hosts = ["keys.example".to_owned(), "127.0.0.1:9000".to_owned()];
        for (url, demo, allowed) in [
            ("https://keys.example/jwks.json", false, true),
            ("https://keys.example:8443/jwks.json", false, false),
            ("https://keys.example@evil.example/", false, false),
            ("https://evil.example/keys.example", false, false),
            ("http://keys.example/jwks.json", true, false),
            ("http://127.0.0.1:9000/jwks", true, true),
            ("http://127.0.0.1:9000/jwks", false, false),
            ("file:///etc/keys", true, false),
        ] {
            assert_eq!(may_fetch(url, &hosts, demo), allowed, "{url}");
        }
    }
}
