//! The second factor: time-based one-time passwords (RFC 6238, SHA-1, 30 s, six digits), which every
//! authenticator app speaks. Their secrets lie sealed in the database (`store::Keyring`).

use hmac::{Hmac, KeyInit, Mac};
use kernel::{Error, Id, Instant, Result};
use serde::Deserialize;
use sha1::Sha1;
use store::{Keyring, Tx, params};
use subtle::ConstantTimeEq;

const STEP_SECONDS: i64 = 30;
/// Codes of the step before and after are taken too, for clocks that differ.
const DRIFT_STEPS: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code of a step (RFC 4226 §5.3).
fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 0x0f);
    let number = u32::from_be_bytes([
        digest[at] & 0x7f,
        digest[at + 1],
        digest[at + 2],
        digest[at + 3],
    ]);
    format!("{:06}", number % 1_000_000)
}

/// The code an authenticator shows at `now` for a base32 secret; `None` when it is not base32.
pub fn code_at(secret: &str, now: Instant) -> Option<String> {
    from_base32(secret).map(|secret| code(&secret, step_at(now)))
}

fn step_at(now: Instant) -> i64 {
    now.micros().div_euclid(1_000_000 * STEP_SECONDS)
}

/// The step whose code this is, if it lies after `last_step`: a code works once.
pub(super) fn matching_step(
    secret: &str,
    typed: &str,
    now: Instant,
    last_step: i64,
) -> Option<i64> {
    let secret = from_base32(secret)?;
    let current = step_at(now);
    (current - DRIFT_STEPS..=current + DRIFT_STEPS).find(|&step| {
        let expected = code(&secret, step);
        step > last_step && bool::from(expected.as_bytes().ct_eq(typed.trim().as_bytes()))
    })
}

pub(super) fn to_base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut buffer, mut bits) = (0_u32, 0);
    for &byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[((buffer >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(BASE32[((buffer << (5 - bits)) & 31) as usize]));
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut buffer, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes() {
        let value = u32::try_from(BASE32.iter().position(|&c| c == byte)?).ok()?;
        buffer = (buffer << 5) | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// What a secret is sealed for: one account's cannot be put in another's place.
fn place(account_id: Id) -> String {
    format!("account {account_id}: second factor")
}

/// A secret as the database keeps it.
pub(super) fn sealed(keys: &Keyring, account_id: Id, secret: &str) -> Result<String> {
    keys.seal(&place(account_id), secret)
}

/// The secret behind what the database keeps.
pub(super) fn opened(keys: &Keyring, account_id: Id, sealed: &str) -> Result<String> {
    keys.open(&place(account_id), sealed).ok_or_else(|| {
        let detail = "the second factor can't be checked, because the key it was sealed with is \
                      missing; ask an administrator to remove it, then set it up anew";
        Error::forbidden("totp.unreadable", detail)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    account_id: Id,
    totp_secret: Option<String>,
    totp_pending: Option<String>,
}

const NOT_SEALED_SO: &str = "SELECT account_id, totp_secret, totp_pending FROM credential
    WHERE substr(totp_secret, 1, $1) <> $2 OR substr(totp_pending, 1, $1) <> $2 ORDER BY account_id";
const KEEP: &str =
    "UPDATE credential SET totp_secret = $2, totp_pending = $3 WHERE account_id = $1";

/// Seals with the key in use what lies there in clear, as releases before this one left it, or under
/// a key from before. What can't be opened stays as it is: its key may come back.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn seal_secrets(tx: &mut Tx<'_>, keys: &Keyring) -> Result<()> {
    for kept in kept_otherwise(tx, keys)? {
        let anew = |text: Option<String>| -> Result<Option<String>> {
            let Some(text) = text else { return Ok(None) };
            match keys.open(&place(kept.account_id), &text) {
                Some(secret) => sealed(keys, kept.account_id, &secret).map(Some),
                None => Ok(Some(text)),
            }
        };
        let (secret, pending) = (anew(kept.totp_secret)?, anew(kept.totp_pending)?);
        tx.execute(KEEP, &params![kept.account_id, secret, pending])?;
    }
    Ok(())
}

fn kept_otherwise(tx: &mut Tx<'_>, keys: &Keyring) -> Result<Vec<Kept>> {
    let start = keys.current_start();
    tx.query(NOT_SEALED_SO, &params![start.len() as i64, start])
}

/// How many accounts have a second factor that no key here opens, as after a restore without the
/// keys: they can't sign in until the key comes back or the factor is removed.
///
/// # Errors
/// Whatever the database reports.
pub fn unreadable_totp(tx: &mut Tx<'_>, keys: &Keyring) -> Result<usize> {
    let lost = kept_otherwise(tx, keys)?.into_iter().filter(|kept| {
        let secret = kept.totp_secret.as_deref();
        secret.is_some_and(|text| keys.open(&place(kept.account_id), text).is_none())
    });
    Ok(lost.count())
}

const PENDING: &str = "UPDATE credential SET totp_pending = $2 WHERE account_id = $1";
const CONFIRM: &str = "UPDATE credential SET totp_secret = totp_pending, totp_pending = NULL, totp_step = $2 WHERE account_id = $1";
const RESET: &str = "UPDATE credential SET totp_secret = NULL, totp_pending = NULL, totp_step = 0 WHERE account_id = $1";
const STEP: &str = "UPDATE credential SET totp_step = $2 WHERE account_id = $1 AND totp_step < $2";

pub(super) fn propose(tx: &mut Tx<'_>, account_id: Id, secret: &str) -> Result<()> {
    tx.execute(PENDING, &params![account_id, secret])
        .map(|_| ())
}

pub(super) fn confirm(tx: &mut Tx<'_>, account_id: Id, step: i64) -> Result<()> {
    tx.execute(CONFIRM, &params![account_id, step]).map(|_| ())
}

/// Marks a code as used; refuses one that was used a moment ago.
pub(super) fn use_step(tx: &mut Tx<'_>, account_id: Id, step: i64) -> Result<()> {
    if tx.execute(STEP, &params![account_id, step])? == 1 {
        return Ok(());
    }
    Err(code_wrong())
}

/// Removes an account's second factor, for those who lost their telephone.
///
/// # Errors
/// Whatever the database reports.
pub fn reset_totp(tx: &mut Tx<'_>, account_id: Id) -> Result<()> {
    tx.execute(RESET, &params![account_id]).map(|_| ())
}

pub(super) fn code_wrong() -> Error {
    super::unauthenticated(
        "session.code-wrong",
        "the code is wrong or was used already",
    )
    .at("code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_rfc_6238() {
        // Appendix B, SHA-1, the last six of eight digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, seconds / STEP_SECONDS), expected);
        }
    }

    #[test]
    fn base32_round_trips_and_codes_work_once() {
        let secret = to_base32(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let now = Instant::from_micros(59_000_000);
        assert_eq!(matching_step(&secret, "287082", now, 0), Some(1));
        assert_eq!(matching_step(&secret, "287082", now, 1), None);
        assert_eq!(matching_step(&secret, "287083", now, 0), None);
    }
}
