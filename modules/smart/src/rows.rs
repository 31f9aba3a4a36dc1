//! Every statement on grants, codes, tokens and launches.

use http::{Moved, PatientMove};
use kernel::{Id, Instant, Result};
use serde::Deserialize;
use store::{Job, Tx, Versioned, params};

use crate::model::App;

/// Rows of one kind that one purge takes away.
const SPENT_DAYS_KEPT: i64 = 30;

const INSERT_GRANT: &str = "INSERT INTO smart_grant (id, app_id, account_id, assignment_id,
    patient_id, scope, session_sha256, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const GRANT: &str =
    "SELECT id, app_id, account_id, assignment_id, patient_id, scope, session_sha256,
    created_at, ends_at, revoked_at FROM smart_grant WHERE id = $1";
const USED_GRANT: &str = "UPDATE smart_grant SET used_at = $2 WHERE id = $1";
const REVOKE_GRANT: &str =
    "UPDATE smart_grant SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
const REVOKE_ALL: &str = "UPDATE smart_grant SET revoked_at = $2 WHERE app_id = $1 AND revoked_at IS NULL AND ends_at > $2";
const INSERT_CODE: &str = "INSERT INTO smart_code (code_sha256, grant_id, redirect_uri, challenge,
    nonce, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const CODE: &str = "SELECT grant_id, redirect_uri, challenge, nonce, expires_at
    FROM smart_code WHERE code_sha256 = $1";
const USE_CODE: &str =
    "UPDATE smart_code SET used_at = $2 WHERE code_sha256 = $1 AND used_at IS NULL";
const INSERT_TOKEN: &str =
    "INSERT INTO smart_token (token_sha256, grant_id, kind, scope, created_at,
    expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
const TOKEN: &str = "SELECT grant_id, kind, scope, created_at, expires_at, used_at FROM smart_token
    WHERE token_sha256 = $1";
const USE_TOKEN: &str =
    "UPDATE smart_token SET used_at = $2 WHERE token_sha256 = $1 AND used_at IS NULL";
const SECRET: &str = "SELECT secret_sha256 FROM smart_secret WHERE app_id = $1";
const SET_SECRET: &str =
    "INSERT INTO smart_secret (app_id, secret_sha256, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (app_id) DO UPDATE SET secret_sha256 = excluded.secret_sha256,
    created_at = excluded.created_at";
const TAKE_ASSERTION: &str =
    "INSERT INTO smart_assertion (app_id, jti_sha256, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (app_id, jti_sha256) DO NOTHING";
const INSERT_LAUNCH: &str =
    "INSERT INTO smart_launch (launch_sha256, app_id, account_id, patient_id,
    expires_at) VALUES ($1, $2, $3, $4, $5)";
const LAUNCH: &str = "SELECT app_id, account_id, patient_id, expires_at, used_at FROM smart_launch
    WHERE launch_sha256 = $1";
const USE_LAUNCH: &str =
    "UPDATE smart_launch SET used_at = $2 WHERE launch_sha256 = $1 AND used_at IS NULL";
const APPS: &str = "SELECT version, body FROM smart_app ORDER BY name_key, id LIMIT 500";
const LIVE_APPS: &str =
    "SELECT version, body FROM smart_app WHERE state = 'active' ORDER BY name_key, id LIMIT 500";
const USE_OF_APPS: &str = "SELECT app_id, MAX(used_at) AS used_at,
    COUNT(*) FILTER (WHERE revoked_at IS NULL AND ends_at > $1) AS live
    FROM smart_grant GROUP BY app_id";
const OF_PATIENT: &str = "SELECT id FROM smart_grant WHERE patient_id = $1 ORDER BY id";
const MOVE: &str = "UPDATE smart_grant SET patient_id = $2 WHERE id = $1";
const OLD_TOKENS: &str = "DELETE FROM smart_token WHERE expires_at < $1";
const OLD_CODES: &str = "DELETE FROM smart_code WHERE expires_at < $1";
const OLD_ASSERTIONS: &str = "DELETE FROM smart_assertion WHERE expires_at < $1";
const OLD_LAUNCHES: &str = "DELETE FROM smart_launch WHERE expires_at < $1";

/// What an app was granted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantRow {
    pub id: Id,
    pub app_id: Id,
    pub account_id: Id,
    pub assignment_id: Id,
    pub patient_id: Option<Id>,
    pub scope: String,
    /// The session with which it ends, where it does.
    pub session_sha256: Option<String>,
    pub created_at: Instant,
    pub ends_at: Instant,
    pub revoked_at: Option<Instant>,
}

/// A code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeRow {
    pub grant_id: Id,
    pub redirect_uri: String,
    pub challenge: String,
    pub nonce: Option<String>,
    pub expires_at: Instant,
}

/// A token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRow {
    pub grant_id: Id,
    pub kind: TokenKind,
    pub scope: String,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenKind {
    Access,
    Refresh,
}

/// A launch from a patient's page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaunchRow {
    pub app_id: Id,
    pub account_id: Id,
    pub patient_id: Id,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

pub(crate) fn insert_grant(tx: &mut Tx<'_>, grant: &GrantRow) -> Result<()> {
    let values = params![
        grant.id,
        grant.app_id,
        grant.account_id,
        grant.assignment_id,
        grant.patient_id,
        grant.scope.as_str(),
        grant.session_sha256.as_deref(),
        grant.created_at,
        grant.ends_at
    ];
    tx.execute(INSERT_GRANT, &values).map(|_| ())
}

pub(crate) fn grant(tx: &mut Tx<'_>, id: Id) -> Result<Option<GrantRow>> {
    tx.query_opt(GRANT, &params![id])
}

pub(crate) fn touch_grant(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let now = tx.now();
    tx.execute(USED_GRANT, &params![id, now]).map(|_| ())
}

/// Ends a grant with all its tokens; answers whether it stood.
pub(crate) fn revoke_grant(tx: &mut Tx<'_>, id: Id) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(REVOKE_GRANT, &params![id, now])? == 1)
}

/// Ends all grants of an app; answers how many stood.
pub(crate) fn revoke_all(tx: &mut Tx<'_>, app_id: Id) -> Result<u64> {
    let now = tx.now();
    tx.execute(REVOKE_ALL, &params![app_id, now])
}

pub(crate) fn insert_code(tx: &mut Tx<'_>, sha256: &str, code: &CodeRow) -> Result<()> {
    let now = tx.now();
    let values = params![
        sha256,
        code.grant_id,
        code.redirect_uri.as_str(),
        code.challenge.as_str(),
        code.nonce.as_deref(),
        now,
        code.expires_at
    ];
    tx.execute(INSERT_CODE, &values).map(|_| ())
}

pub(crate) fn code(tx: &mut Tx<'_>, sha256: &str) -> Result<Option<CodeRow>> {
    tx.query_opt(CODE, &params![sha256])
}

/// Spends a code; answers whether it was not spent before.
pub(crate) fn use_code(tx: &mut Tx<'_>, sha256: &str) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(USE_CODE, &params![sha256, now])? == 1)
}

pub(crate) fn insert_token(tx: &mut Tx<'_>, sha256: &str, token: &TokenRow) -> Result<()> {
    let kind = match token.kind {
        TokenKind::Access => "access",
        TokenKind::Refresh => "refresh",
    };
    let values = params![
        sha256,
        token.grant_id,
        kind,
        token.scope.as_str(),
        token.created_at,
        token.expires_at
    ];
    tx.execute(INSERT_TOKEN, &values).map(|_| ())
}

pub(crate) fn token(tx: &mut Tx<'_>, sha256: &str) -> Result<Option<TokenRow>> {
    tx.query_opt(TOKEN, &params![sha256])
}

/// Spends a refresh token; answers whether it was not spent before.
pub(crate) fn use_token(tx: &mut Tx<'_>, sha256: &str) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(USE_TOKEN, &params![sha256, now])? == 1)
}

pub(crate) fn secret(tx: &mut Tx<'_>, app_id: Id) -> Result<Option<String>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Secret {
        secret_sha256: String,
    }
    let found: Option<Secret> = tx.query_opt(SECRET, &params![app_id])?;
    Ok(found.map(|found| found.secret_sha256))
}

pub(crate) fn set_secret(tx: &mut Tx<'_>, app_id: Id, sha256: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(SET_SECRET, &params![app_id, sha256, now])
        .map(|_| ())
}

/// Takes an assertion; answers whether it was not taken before.
pub(crate) fn take_assertion(
    tx: &mut Tx<'_>,
    app_id: Id,
    jti_sha256: &str,
    until: Instant,
) -> Result<bool> {
    Ok(tx.execute(TAKE_ASSERTION, &params![app_id, jti_sha256, until])? == 1)
}

pub(crate) fn insert_launch(tx: &mut Tx<'_>, sha256: &str, launch: &LaunchRow) -> Result<()> {
    let values = params![
        sha256,
        launch.app_id,
        launch.account_id,
        launch.patient_id,
        launch.expires_at
    ];
    tx.execute(INSERT_LAUNCH, &values).map(|_| ())
}

pub(crate) fn launch(tx: &mut Tx<'_>, sha256: &str) -> Result<Option<LaunchRow>> {
    tx.query_opt(LAUNCH, &params![sha256])
}

/// Spends a launch; answers whether it was not spent before.
pub(crate) fn use_launch(tx: &mut Tx<'_>, sha256: &str) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(USE_LAUNCH, &params![sha256, now])? == 1)
}

/// All apps by name.
pub(crate) fn apps(tx: &mut Tx<'_>) -> Result<Vec<Versioned<App>>> {
    tx.find(APPS, &[])
}

/// Apps that are let in, by name.
pub(crate) fn live_apps(tx: &mut Tx<'_>) -> Result<Vec<Versioned<App>>> {
    tx.find(LIVE_APPS, &[])
}

/// How an app is used.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppUse {
    pub app_id: Id,
    pub used_at: Option<Instant>,
    pub live: i64,
}

pub(crate) fn use_of_apps(tx: &mut Tx<'_>) -> Result<Vec<AppUse>> {
    let now = tx.now();
    tx.query(USE_OF_APPS, &params![now])
}

/// Grants for a patient that was merged are for the one that stands.
pub(crate) fn move_patient(tx: &mut Tx<'_>, moving: &PatientMove<'_>) -> Result<Vec<Moved>> {
    const KIND: &str = "smart-grant";
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        id: Id,
    }
    let rows: Vec<Row> = tx.query(OF_PATIENT, &params![moving.from])?;
    let mut moved = Vec::new();
    for row in rows.into_iter().filter(|row| moving.takes(KIND, row.id)) {
        tx.execute(MOVE, &params![row.id, moving.to])?;
        moved.push(Moved::new(KIND, row.id));
    }
    Ok(moved)
}

/// Takes away what has run out. Codes and refresh tokens stay a while, so that one that comes again is
/// known for what it is.
pub(crate) fn purge(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    let now = tx.now();
    let before = now - kernel::Span::days(SPENT_DAYS_KEPT);
    for sql in [OLD_TOKENS, OLD_CODES] {
        tx.execute(sql, &params![before])?;
    }
    for sql in [OLD_ASSERTIONS, OLD_LAUNCHES] {
        tx.execute(sql, &params![now])?;
    }
    Ok(())
}
