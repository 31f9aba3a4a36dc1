//! An app that proves who it is by its own key (`private_key_jwt`, RFC 7523; SMART backend services).

use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::{Error, Instant, Result, Span};
use serde::Deserialize;
use serde_json::Value;
use store::{Tx, sha256_hex};

use crate::model::App;
use crate::oauth::{Decided, Refusal};
use crate::rows;

/// The type of a client assertion.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The algorithms that are taken: those that SMART names.
pub(crate) const ALGORITHMS: [&str; 2] = ["RS384", "ES384"];
const TAKEN: [Algorithm; 2] = [Algorithm::RS384, Algorithm::ES384];
/// How far in the future an assertion may end (SMART: five minutes), and how much clocks may differ.
const LIFE_MAX: Span = Span::minutes(5);
const CLOCKS_DIFFER_MAX: Span = Span::seconds(30);
/// Bytes of a set of keys, seconds until it must be here, characters of an assertion and of a `jti`.
const KEYS_BYTES_MAX: u64 = 64 * 1024;
const KEYS_SECONDS_MAX: u64 = 5;
const ASSERTION_CHARS_MAX: usize = 8 * 1024;
const JTI_CHARS_MAX: usize = 256;

/// The claims of an assertion.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    jti: String,
    nbf: Option<i64>,
    iat: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

fn refuse(why: &str) -> Refusal {
    Refusal::new("invalid_client", why)
}

/// Who an assertion says it is of, before anything of it is believed.
pub(crate) fn claimed(assertion: &str) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    if assertion.len() > ASSERTION_CHARS_MAX {
        return Err(refuse("the assertion is too long"));
    }
    let read = jsonwebtoken::dangerous::insecure_decode_claims::<Issuer>(assertion);
    read.map(|issuer| issuer.iss)
        .map_err(|_| refuse("the assertion can't be read"))
}

/// Checks the signature with the app's keys, and answers the claims.
///
/// # Errors
/// `invalid_client`.
pub(crate) fn verified(assertion: &str, keys: &JwkSet) -> Result<Claims, Refusal> {
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| {
        refuse("the assertion's header can't be read, or its algorithm is not known")
    })?;
    if !TAKEN.contains(&header.alg) {
        return Err(refuse("the assertion is signed by RS384 or ES384"));
    }
    let kid = header
        .kid
        .as_deref()
        .ok_or_else(|| refuse("the assertion's header names its key (kid)"))?;
    let mut validation = Validation::new(header.alg);
    // Times and audience are compared below, by the clock of this server.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims = ["exp", "iss", "sub", "aud"].map(str::to_owned).into();
    for key in keys.keys.iter().filter(|key| is_named(key, kid)) {
        let Ok(key) = DecodingKey::from_jwk(key) else {
            continue;
        };
        if let Ok(token) = jsonwebtoken::decode::<Claims>(assertion, &key, &validation) {
            return Ok(token.claims);
        }
    }
    Err(refuse(
        "no key of the app verifies the assertion, or a claim is missing",
    ))
}

fn is_named(key: &Jwk, kid: &str) -> bool {
    key.common.key_id.as_deref() == Some(kid)
}

/// Checks what the claims say, and takes the assertion: it is good once.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn take(tx: &mut Tx<'_>, app: &App, claims: &Claims, audience: &str) -> Decided<()> {
    if let Err(refusal) = check(app, claims, audience, tx.now()) {
        return Ok(Err(refusal));
    }
    let jti = sha256_hex(claims.jti.as_bytes());
    let until = seconds(claims.exp) + CLOCKS_DIFFER_MAX;
    if rows::take_assertion(tx, app.id, &jti, until)? {
        return Ok(Ok(()));
    }
    Ok(Err(refuse("the assertion was used before (jti)")))
}

fn check(app: &App, claims: &Claims, audience: &str, now: Instant) -> Result<(), Refusal> {
    let id = app.id.to_string();
    if claims.iss != id || claims.sub != id {
        return Err(refuse("iss and sub of the assertion are the client_id"));
    }
    let addressed = match &claims.aud {
        Audience::One(one) => one == audience,
        Audience::Several(several) => several.iter().any(|one| one == audience),
    };
    if !addressed {
        return Err(refuse(
            "aud of the assertion is the address of the token endpoint",
        ));
    }
    if claims.jti.is_empty() || claims.jti.len() > JTI_CHARS_MAX {
        return Err(refuse("the assertion has a jti"));
    }
    let ends = seconds(claims.exp);
    if ends + CLOCKS_DIFFER_MAX <= now {
        return Err(refuse("the assertion has expired"));
    }
    if ends > now + LIFE_MAX + CLOCKS_DIFFER_MAX {
        return Err(refuse("the assertion ends within five minutes"));
    }
    let begins = [claims.nbf, claims.iat];
    if begins
        .into_iter()
        .flatten()
        .any(|at| seconds(at) > now + CLOCKS_DIFFER_MAX)
    {
        return Err(refuse("the assertion is from the future"));
    }
    Ok(())
}

/// A NumericDate; one that no clock shows is the end of time.
fn seconds(at: i64) -> Instant {
    Instant::from_micros(at.clamp(0, 4_102_444_800) * 1_000_000)
}

/// Reads a set of keys: public ones, each with a name.
///
/// # Errors
/// `smart.jwks`.
pub(crate) fn key_set(value: &Value) -> Result<JwkSet> {
    let refuse = |text: &str| Err(Error::invalid("smart.jwks", "jwks", text));
    let private = |key: &Value| {
        ["d", "p", "q", "k"]
            .iter()
            .any(|name| key.get(name).is_some())
    };
    let keys = value["keys"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if keys.is_empty() || keys.len() > 10 {
        return refuse("a JWK Set has one to ten keys");
    }
    if keys.iter().any(private) {
        return refuse("this is a private key: keep it, and give the public one");
    }
    let Ok(set) = serde_json::from_value::<JwkSet>(value.clone()) else {
        return refuse("this is no JWK Set");
    };
    let usable = |key: &Jwk| key.common.key_id.is_some() && DecodingKey::from_jwk(key).is_ok();
    if set.keys.iter().all(usable) {
        Ok(set)
    } else {
        refuse("each key is RSA or EC, and has a kid")
    }
}

/// Fetches the keys of an app from where it keeps them. No redirects: they would lead away from the
/// hosts that are allowed.
///
/// # Errors
/// In words.
pub(crate) fn fetch(url: &str) -> std::result::Result<JwkSet, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(KEYS_SECONDS_MAX)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let mut answer = agent.get(url).call().map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(format!(
            "the address of the keys answered {}",
            answer.status()
        ));
    }
    let body = answer.body_mut().with_config().limit(KEYS_BYTES_MAX);
    let text = body.read_to_string().map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    key_set(&value).map_err(|error| error.detail().to_owned())
}
