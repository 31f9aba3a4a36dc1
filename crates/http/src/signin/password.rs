//! Passwords: argon2id, rules as data, lock-out that grows with every failure.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

/// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Longer passwords only cost time.
const LENGTH_MAX: usize = 256;

/// Rule set `access.passwords`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRules {
    /// Fewest characters.
    pub length_min: usize,
    /// Fewest of: lower case, upper case, digits, others.
    pub classes_min: usize,
    /// Days after which a new one must be chosen.
    pub age_days_max: i64,
    /// Failures before the account is locked for a while.
    pub failures_max: i64,
    /// Length of the first lock; each further failure doubles it.
    pub lock_minutes_first: i64,
    /// Longest lock.
    pub lock_minutes_max: i64,
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, 1, None).expect("the parameters lie within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password; slow by design, so run it off the async threads.
pub(crate) fn hash(password: &str, salt: &[u8; 16]) -> Result<String> {
    let hashed = argon2().hash_password_with_salt(password.as_bytes(), salt);
    hashed
        .map(|hash| hash.to_string())
        .map_err(|error| Error::internal(error.to_string()))
}

/// Compares; slow by design. An unreadable hash matches nothing.
pub(crate) fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Refuses a password that the rules do not allow.
///
/// # Errors
/// `password.weak`, with what is wanted in its data.
pub fn check_password(rules: &PasswordRules, username: &str, password: &str) -> Result<()> {
    let has = |class: fn(char) -> bool| usize::from(password.chars().any(class));
    let classes = has(|c| c.is_lowercase())
        + has(|c| c.is_uppercase())
        + has(|c| c.is_numeric())
        + has(|c| !c.is_alphanumeric());
    let length = password.chars().count();
    let holds_name = password.to_lowercase().contains(&username.to_lowercase());
    if length >= rules.length_min
        && length <= LENGTH_MAX
        && classes >= rules.classes_min
        && !holds_name
    {
        return Ok(());
    }
    let detail = format!(
        "a password has {} to {LENGTH_MAX} characters of at least {} kinds (lower case, upper case, digits, \
         others) and does not contain the user name",
        rules.length_min, rules.classes_min
    );
    let wanted =
        serde_json::json!({ "length_min": rules.length_min, "classes_min": rules.classes_min });
    Err(Error::invalid("password.weak", "password", detail).with(wanted))
}

const SET: &str = "INSERT INTO credential (account_id, password_hash, password_at, must_change, totp_step,
    failures, locked_until) VALUES ($1, $2, $3, $4, 0, 0, 0)
    ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash,
    password_at = excluded.password_at, must_change = excluded.must_change, failures = 0, locked_until = 0";
const FAILED: &str =
    "UPDATE credential SET failures = failures + 1, locked_until = $2 WHERE account_id = $1";
const CLEAR: &str = "UPDATE credential SET failures = 0, locked_until = 0 WHERE account_id = $1";

/// Stores the hash of a password that [`check_password`] let pass; `must_change` asks for a new one
/// at the next sign-in.
///
/// # Errors
/// Whatever the database reports.
pub fn set_password(tx: &mut Tx<'_>, account_id: Id, hash: &str, must_change: bool) -> Result<()> {
    let now = tx.now();
    tx.execute(SET, &params![account_id, hash, now, must_change])
        .map(|_| ())
}

/// Must a new password be chosen before anything else: because the present one was given by somebody
/// else, or is too old? Those of demonstration accounts are nobody's secret.
pub(super) fn is_due(
    tx: &mut Tx<'_>,
    demo: bool,
    must_change: bool,
    password_at: Option<Instant>,
) -> Result<bool> {
    if demo || must_change {
        return Ok(!demo);
    }
    let Some(at) = password_at else {
        return Ok(false);
    };
    let rules: PasswordRules = tx.rule("access.passwords")?.body;
    Ok(tx.now() - at > Span::days(rules.age_days_max))
}

/// Ends a lock-out.
///
/// # Errors
/// Whatever the database reports.
pub fn unlock(tx: &mut Tx<'_>, account_id: Id) -> Result<()> {
    tx.execute(CLEAR, &params![account_id]).map(|_| ())
}

/// Counts a failure; answers until when the account is locked, if it is.
pub(super) fn note_failure(
    tx: &mut Tx<'_>,
    account_id: Id,
    failures: i64,
) -> Result<Option<Instant>> {
    let rules: PasswordRules = tx.rule("access.passwords")?.body;
    let over = failures + 1 - rules.failures_max;
    let locked = (over >= 0).then(|| {
        let minutes = rules
            .lock_minutes_first
            .saturating_mul(1_i64 << over.clamp(0, 20));
        tx.now() + Span::minutes(minutes.min(rules.lock_minutes_max))
    });
    let until = locked.unwrap_or_default();
    tx.execute(FAILED, &params![account_id, until])?;
    Ok(locked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_password_only() {
        let hash = hash("Correct-horse7", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("Correct-horse7", &hash));
        assert!(!verify("correct-horse7", &hash));
        assert!(!verify("Correct-horse7", "not a hash"));
    }

    #[test]
    fn rules_name_what_is_wanted() {
        let rules = PasswordRules {
            length_min: 10,
            classes_min: 3,
            age_days_max: 90,
            failures_max: 5,
            lock_minutes_first: 1,
            lock_minutes_max: 60,
        };
        assert!(check_password(&rules, "wang", "Aa1-567890").is_ok());
        for weak in [
            "short1A-",
            "alllowercase1",
            "Wang-1234567",
            &"Aa1".repeat(100),
        ] {
            assert_eq!(
                check_password(&rules, "wang", weak).unwrap_err().code(),
                "password.weak",
                "{weak}"
            );
        }
    }
}
