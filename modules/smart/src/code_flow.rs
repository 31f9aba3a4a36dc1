//! An authorization request: what must hold before anybody is asked for consent.
//!
//! What is wrong with the app or with where it wants people sent back to is told to the person and goes
//! nowhere; everything else is told to the app (RFC 6749 §4.1.2.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{AppLevel, Error, Id, Kind, Result};
use sha2::{Digest, Sha256};
use store::{Tx, Versioned, sha256_hex};
use subtle::ConstantTimeEq;

use crate::model::{App, ClientKind};
use crate::oauth::{Form, Refusal};
use crate::rows;
use crate::scopes::Scopes;

/// Characters of a state, a nonce and a challenge at most; of a challenge and a verifier at least.
const TEXT_CHARS_MAX: usize = 2_000;
const VERIFIER_CHARS: std::ops::RangeInclusive<usize> = 43..=128;

/// A request that may be put before somebody.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub app: App,
    pub redirect_uri: String,
    pub state: String,
    pub challenge: String,
    pub nonce: Option<String>,
    /// What the app gets if they agree.
    pub scopes: Scopes,
    /// The patient of a launch from their page, with the launch.
    pub launch: Option<(Id, String)>,
    /// Is a patient to be picked?
    pub picks_patient: bool,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// It may be put before somebody.
    Ask(Box<Asked>),
    /// The app is told why not, at this address.
    Return {
        location: String,
        refusal: Refusal,
        app: Box<App>,
    },
}

/// Checks a request; `base` is the FHIR address of this server.
///
/// # Errors
/// `smart.app-unknown`, `smart.redirect`, `smart.app-not-yours`.
pub(crate) fn check(tx: &mut Tx<'_>, form: &Form, base: &str) -> Result<Outcome> {
    let app = app_of(tx, form)?;
    let redirect_uri = form.get("redirect_uri").unwrap_or("").to_owned();
    if !app.redirect_uris.contains(&redirect_uri) {
        let text = "the app asks to send you to an address that is not registered for it";
        return Err(Error::new(Kind::Invalid, "smart.redirect", text).at("redirect_uri"));
    }
    if !app.is_for(tx.actor().org_id) {
        let text = "this app is switched off, or not for people of your organization";
        return Err(Error::forbidden("smart.app-not-yours", text));
    }
    let state = form.get("state").unwrap_or("").to_owned();
    match asked(tx, &app, form, base)? {
        Ok(asked) => Ok(Outcome::Ask(Box::new(Asked {
            redirect_uri,
            state,
            ..asked
        }))),
        Err(refusal) => Ok(Outcome::Return {
            location: refused(&redirect_uri, &state, &refusal),
            refusal,
            app: Box::new(app),
        }),
    }
}

fn app_of(tx: &mut Tx<'_>, form: &Form) -> Result<App> {
    let unknown = || {
        let text = "no app is registered under this client_id";
        Error::new(Kind::Invalid, "smart.app-unknown", text).at("client_id")
    };
    let id: Id = form
        .get("client_id")
        .and_then(|id| id.parse().ok())
        .ok_or_else(unknown)?;
    let app: Option<Versioned<App>> = tx.load_opt(id)?;
    let app = app.ok_or_else(unknown)?.data;
    if app.client == ClientKind::Backend {
        return Err(unknown());
    }
    Ok(app)
}

/// Everything the app itself is told of.
fn asked(
    tx: &mut Tx<'_>,
    app: &App,
    form: &Form,
    base: &str,
) -> Result<std::result::Result<Asked, Refusal>> {
    let checked = match form_of(app, form, base) {
        Ok(checked) => checked,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let launch = match launch_of(tx, app, form)? {
        Ok(launch) => launch,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let wants_patient =
        checked.scopes.has("launch/patient") || checked.scopes.has_level(AppLevel::Patient);
    Ok(Ok(Asked {
        picks_patient: wants_patient && launch.is_none(),
        launch,
        ..checked
    }))
}

fn form_of(app: &App, form: &Form, base: &str) -> std::result::Result<Asked, Refusal> {
    let refuse = |error, why: &str| Err(Refusal::new(error, why));
    match form.require("response_type")? {
        "code" => {}
        _ => return refuse("unsupported_response_type", "response_type is code"),
    }
    let state = form.require("state")?;
    if state.len() > TEXT_CHARS_MAX {
        return refuse("invalid_request", "state is too long");
    }
    if form.require("aud")?.trim_end_matches('/') != base {
        let why = format!("aud is the FHIR address of this server, {base}");
        return Err(Refusal::new("invalid_request", why));
    }
    let challenge = form.require("code_challenge")?;
    if form.get("code_challenge_method") != Some("S256") {
        return refuse("invalid_request", "code_challenge_method is S256");
    }
    let whole = URL_SAFE_NO_PAD
        .decode(challenge)
        .is_ok_and(|bytes| bytes.len() == 32);
    if !whole {
        return refuse(
            "invalid_request",
            "code_challenge is no SHA-256 in base64url",
        );
    }
    let nonce = form.get("nonce").map(str::to_owned);
    if nonce
        .as_ref()
        .is_some_and(|nonce| nonce.len() > TEXT_CHARS_MAX)
    {
        return refuse("invalid_request", "nonce is too long");
    }
    let scopes = Scopes::parse(form.require("scope")?)
        .map_err(|wrong| Refusal::new("invalid_scope", format!("{wrong} is not understood")))?;
    if scopes.has_level(AppLevel::System) {
        return refuse("invalid_scope", "system scopes are for backend services");
    }
    if scopes.has("offline_access") && scopes.has("online_access") {
        return refuse("invalid_scope", "offline_access or online_access, not both");
    }
    let allowed = Scopes::kept(app.scopes.iter().map(String::as_str));
    let granted = scopes.within(&allowed);
    if granted.data().next().is_none() && !granted.has("openid") {
        return refuse(
            "invalid_scope",
            "the app is registered for none of these scopes",
        );
    }
    Ok(Asked {
        app: app.clone(),
        redirect_uri: String::new(),
        state: String::new(),
        challenge: challenge.to_owned(),
        nonce,
        scopes: granted,
        launch: None,
        picks_patient: false,
    })
}

/// The patient of a launch: it was made for this app by whoever is signed in, lately, and is good once.
fn launch_of(
    tx: &mut Tx<'_>,
    app: &App,
    form: &Form,
) -> Result<std::result::Result<Option<(Id, String)>, Refusal>> {
    let Some(secret) = form.get("launch") else {
        return Ok(Ok(None));
    };
    let sha256 = sha256_hex(secret.as_bytes());
    let (actor, now) = (tx.actor().id, tx.now());
    let found = rows::launch(tx, &sha256)?.filter(|launch| {
        launch.app_id == app.id
            && launch.account_id == actor
            && launch.expires_at > now
            && launch.used_at.is_none()
    });
    Ok(match found {
        Some(launch) => Ok(Some((launch.patient_id, sha256))),
        None => {
            let why = "the launch has expired, was used, or is another's: open the app again";
            Err(Refusal::new("invalid_request", why))
        }
    })
}

/// Where the app is told of a refusal.
pub(crate) fn refused(redirect_uri: &str, state: &str, refusal: &Refusal) -> String {
    let pairs = [
        ("error", refusal.error),
        ("error_description", refusal.why.as_str()),
        ("state", state),
    ];
    with_query(redirect_uri, &pairs)
}

/// An address with more parameters; those without a value are left out.
pub(crate) fn with_query(address: &str, pairs: &[(&str, &str)]) -> String {
    let mut text = address.to_owned();
    let mut sign = if address.contains('?') { '&' } else { '?' };
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(sign);
        text.push_str(name);
        text.push('=');
        push_encoded(&mut text, value);
        sign = '&';
    }
    text
}

/// RFC 3986: all but unreserved characters.
fn push_encoded(text: &mut String, value: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// Does the verifier give the challenge (RFC 7636 §4.6)?
pub(crate) fn proves(verifier: &str, challenge: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !VERIFIER_CHARS.contains(&verifier.len()) || !verifier.chars().all(plain) {
        return false;
    }
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_proves_its_challenge_only() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(&verifier.replace('d', "e"), challenge));
        assert!(!proves("short", challenge));
        assert!(!proves(challenge, challenge));
    }

    #[test]
    fn addresses_keep_the_query_they_have() {
        let pairs = [("code", "a b&c"), ("state", ""), ("x", "中")];
        let whole = with_query("https://app.example/cb?tenant=1", &pairs);
        let wanted = "https://app.example/cb?tenant=1&code=a%20b%26c&x=%E4%B8%AD";
        assert_eq!(whole, wanted);
    }
}
