//! Sessions and API tokens: from a secret to an actor.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderMap, Method, header};
use kernel::{Actor, ActorKind, Date, Error, Id, Instant, Kind, Result, Scope, Span};
use serde::{Deserialize, Serialize};
use store::{Tx, params, sha256_hex};
use subtle::ConstantTimeEq;

use super::password::is_due;
use super::roles::role_matrix;
use super::unauthenticated;
use crate::App;
use crate::module::AppTokenFn;

/// Cookie of the session; HttpOnly.
pub(super) const COOKIE: &str = "lianti_session";
/// Cookie with the token that scripts of our own pages send back; readable by them.
pub(super) const CSRF_COOKIE: &str = "lianti_csrf";
const CSRF_HEADER: &str = "x-csrf-token";
/// How often a session's last use is written down.
const SEEN_EVERY: Span = Span::minutes(1);

/// Rule set `access.sessions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRules {
    /// Minutes without a request after which a session ends.
    pub idle_minutes_max: i64,
    /// Hours after which it ends in any case.
    pub age_hours_max: i64,
}

/// A session in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    /// The secret's hash, the session's key.
    pub token_sha256: String,
    /// The assignment in force.
    pub assignment_id: Id,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionRow {
    account_id: Id,
    assignment_id: Id,
    seen_at: Instant,
    expires_at: Instant,
    name: String,
    practitioner_id: Option<Id>,
    system: bool,
    state: super::AccountState,
    role: String,
    org_id: Id,
    department_id: Option<Id>,
    valid_from: Date,
    valid_to: Option<Date>,
    demo: bool,
    must_change: bool,
    password_at: Option<Instant>,
}

const BY_COOKIE: &str = "SELECT s.account_id, s.assignment_id, s.seen_at, s.expires_at,
    a.body ->> 'name' AS name, a.practitioner_id, a.system, a.state,
    g.role, g.org_id, g.department_id, g.valid_from, g.valid_to,
    a.demo, COALESCE(c.must_change, 0) AS must_change, c.password_at
    FROM session AS s JOIN account AS a ON a.id = s.account_id JOIN assignment AS g ON g.id = s.assignment_id
    LEFT JOIN credential AS c ON c.account_id = s.account_id
    WHERE s.token_sha256 = $1";
const BY_TOKEN: &str = "SELECT t.account_id, t.assignment_id, COALESCE(t.used_at, 0) AS seen_at, t.expires_at,
    a.body ->> 'name' AS name, a.practitioner_id, a.system, a.state,
    g.role, g.org_id, g.department_id, g.valid_from, g.valid_to,
    a.demo, 0 AS must_change, CAST(NULL AS BIGINT) AS password_at
    FROM api_token AS t JOIN account AS a ON a.id = t.account_id JOIN assignment AS g ON g.id = t.assignment_id
    WHERE t.token_sha256 = $1 AND t.revoked_at IS NULL";
const SEEN: &str = "UPDATE session SET seen_at = $2, expires_at = $3 WHERE token_sha256 = $1";
const USED: &str = "UPDATE api_token SET used_at = $2 WHERE token_sha256 = $1";
const CREATE: &str =
    "INSERT INTO session (token_sha256, account_id, assignment_id, created_at, seen_at,
    expires_at, address, agent) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)";
const SWITCH: &str = "UPDATE session SET assignment_id = $2 WHERE token_sha256 = $1";
const END: &str = "DELETE FROM session WHERE token_sha256 = $1";
const END_ALL: &str = "DELETE FROM session WHERE account_id = $1";
const OPEN: &str =
    "SELECT COUNT(*) AS count FROM session WHERE token_sha256 = $1 AND expires_at > $2";
const CREATED_AT: &str = "SELECT created_at FROM session WHERE token_sha256 = $1";

/// What a request's credentials stand for.
pub(crate) struct Caller {
    pub(crate) actor: Arc<Actor>,
    pub(crate) session: Option<LiveSession>,
    /// A new password comes before everything else.
    pub(crate) password_due: bool,
}

/// What somebody who must choose a new password may do before that; the rest waits, whatever the
/// interface shows.
const BEFORE_PASSWORD: [(Method, &str); 3] = [
    (Method::GET, "/api/session"),
    (Method::DELETE, "/api/session"),
    (Method::POST, "/api/session/password"),
];

impl Caller {
    /// Refuses all but a few operations while a new password is due.
    ///
    /// # Errors
    /// `session.password-change-required`.
    pub(crate) fn may_go_on(&self, method: &Method, path: &str) -> Result<()> {
        let early = BEFORE_PASSWORD
            .iter()
            .any(|(one, open)| one == method && *open == path);
        if !self.password_due || early {
            return Ok(());
        }
        let detail = "choose a new password first; everything else waits until then";
        Err(Error::forbidden("session.password-change-required", detail))
    }
}

/// Finds the actor behind a request's cookie or bearer token.
///
/// # Errors
/// `access.not-signed-in` when there is none or it ended; `access.csrf` when an unsafe request
/// lacks the page's token.
pub(crate) async fn authenticate(
    app: &App,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller> {
    let store = app.store();
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::to_owned);
    let (secret, by_token) = match (bearer, cookie(headers, COOKIE)) {
        (Some(token), _) => (token, true),
        (None, Some(token)) => (token, false),
        (None, None) => return Err(not_signed_in()),
    };
    if !by_token && !method.is_safe() {
        check_csrf(headers, &secret)?;
    }
    let token_sha256 = sha256_hex(secret.as_bytes());
    let request = store::Request::system("sign-in");
    let key = token_sha256.clone();
    if by_token && secret.starts_with(crate::APP_TOKEN_START) {
        let finders = app.app_tokens().to_vec();
        return store
            .read(&request, move |tx| find_app(tx, &finders, &key))
            .await;
    }
    let (caller, seen) = store
        .read(&request, move |tx| find_caller(tx, &key, by_token))
        .await?;
    if store.clock().now() - seen > SEEN_EVERY {
        store
            .write(&request, move |tx| touch(tx, &token_sha256, by_token))
            .await?;
    }
    Ok(caller)
}

fn find_caller(tx: &mut Tx<'_>, token_sha256: &str, by_token: bool) -> Result<(Caller, Instant)> {
    let sql = if by_token { BY_TOKEN } else { BY_COOKIE };
    let row: SessionRow = tx
        .query_opt(sql, &params![token_sha256])?
        .ok_or_else(not_signed_in)?;
    let now = tx.now();
    if row.expires_at <= now || !is_live(&row, now.date()) {
        return Err(not_signed_in());
    }
    let grants = role_matrix(tx)?.grants(&row.role);
    let seen = row.seen_at;
    let password_due = !by_token && is_due(tx, row.demo, row.must_change, row.password_at)?;
    let session = (!by_token).then(|| LiveSession {
        token_sha256: token_sha256.to_owned(),
        assignment_id: row.assignment_id,
    });
    Ok((
        Caller {
            actor: Arc::new(actor_of(row, grants)),
            session,
            password_due,
        },
        seen,
    ))
}

const IN_ASSIGNMENT: &str =
    "SELECT a.id AS account_id, g.id AS assignment_id, 0 AS seen_at, 0 AS expires_at,
    a.body ->> 'name' AS name, a.practitioner_id, a.system, a.state,
    g.role, g.org_id, g.department_id, g.valid_from, g.valid_to,
    a.demo, 0 AS must_change, CAST(NULL AS BIGINT) AS password_at
    FROM account AS a JOIN assignment AS g ON g.account_id = a.id
    WHERE a.id = $1 AND g.id = $2";

/// The account an app acts for, as long as it may act itself.
fn find_app(tx: &mut Tx<'_>, finders: &[AppTokenFn], token_sha256: &str) -> Result<Caller> {
    let mut found = None;
    for find in finders {
        found = found.or(find(tx, token_sha256)?);
    }
    let bearer = found.ok_or_else(not_signed_in)?;
    let actor = actor_of_assignment(tx, bearer.account_id, bearer.assignment_id)?;
    let mut actor = actor.ok_or_else(not_signed_in)?;
    actor.app = Some(bearer.app);
    Ok(Caller {
        actor: Arc::new(actor),
        session: None,
        password_due: false,
    })
}

/// The actor that an account is today under one of its assignments; `None` when it may not act so.
///
/// # Errors
/// Whatever the database reports.
pub fn actor_of_assignment(
    tx: &mut Tx<'_>,
    account_id: Id,
    assignment_id: Id,
) -> Result<Option<Actor>> {
    let row: Option<SessionRow> =
        tx.query_opt(IN_ASSIGNMENT, &params![account_id, assignment_id])?;
    let today = tx.now().date();
    let Some(row) = row.filter(|row| is_live(row, today)) else {
        return Ok(None);
    };
    let grants = role_matrix(tx)?.grants(&row.role);
    Ok(Some(actor_of(row, grants)))
}

fn is_live(row: &SessionRow, today: Date) -> bool {
    row.state == super::AccountState::Active
        && row.valid_from <= today
        && row.valid_to.is_none_or(|last| last >= today)
}

const IN_ROLE: &str =
    "SELECT a.id AS account_id, g.id AS assignment_id, 0 AS seen_at, 0 AS expires_at,
    a.body ->> 'name' AS name, a.practitioner_id, a.system, a.state,
    g.role, g.org_id, g.department_id, g.valid_from, g.valid_to,
    a.demo, 0 AS must_change, CAST(NULL AS BIGINT) AS password_at
    FROM account AS a JOIN assignment AS g ON g.account_id = a.id
    WHERE a.id = $1 AND g.role = $2 AND g.org_id = $3 ORDER BY g.valid_from DESC, g.id";

/// The actor that an account is today in one of its roles, for work it asked for earlier; `None` when
/// it may not act so any more.
///
/// # Errors
/// Whatever the database reports.
pub fn actor_in_role(
    tx: &mut Tx<'_>,
    account_id: Id,
    role: &str,
    org_id: Id,
) -> Result<Option<Arc<Actor>>> {
    let rows: Vec<SessionRow> = tx.query(IN_ROLE, &params![account_id, role, org_id])?;
    let today = tx.now().date();
    let Some(row) = rows.into_iter().find(|row| is_live(row, today)) else {
        return Ok(None);
    };
    let grants = role_matrix(tx)?.grants(&row.role);
    Ok(Some(Arc::new(actor_of(row, grants))))
}

fn actor_of(row: SessionRow, grants: BTreeMap<String, Scope>) -> Actor {
    Actor {
        id: row.account_id,
        kind: if row.system {
            ActorKind::System
        } else {
            ActorKind::Person
        },
        name: row.name,
        practitioner_id: row.practitioner_id,
        role: row.role,
        org_id: row.org_id,
        department_id: row.department_id,
        grants,
        app: None,
    }
}

fn touch(tx: &mut Tx<'_>, token_sha256: &str, by_token: bool) -> Result<()> {
    #[derive(Deserialize)]
    struct Created {
        created_at: Instant,
    }
    let now = tx.now();
    if by_token {
        return tx.execute(USED, &params![token_sha256, now]).map(|_| ());
    }
    let created: Option<Created> = tx.query_opt(CREATED_AT, &params![token_sha256])?;
    let Some(created) = created else {
        return Ok(());
    };
    let rules: SessionRules = tx.rule("access.sessions")?.body;
    let idle_end = now + Span::minutes(rules.idle_minutes_max);
    let end = idle_end.min(created.created_at + Span::hours(rules.age_hours_max));
    tx.execute(SEEN, &params![token_sha256, now, end])
        .map(|_| ())
}

/// Opens a session for `secret`.
pub(super) fn open(
    tx: &mut Tx<'_>,
    secret: &str,
    account_id: Id,
    assignment_id: Id,
    address: &str,
    agent: &str,
) -> Result<Instant> {
    let rules: SessionRules = tx.rule("access.sessions")?.body;
    let now = tx.now();
    let expires_at = now + Span::minutes(rules.idle_minutes_max);
    let token = sha256_hex(secret.as_bytes());
    let values = params![
        token,
        account_id,
        assignment_id,
        now,
        expires_at,
        address,
        agent
    ];
    tx.execute(CREATE, &values)?;
    Ok(expires_at)
}

pub(super) fn switch(tx: &mut Tx<'_>, token_sha256: &str, assignment_id: Id) -> Result<()> {
    tx.execute(SWITCH, &params![token_sha256, assignment_id])
        .map(|_| ())
}

pub(super) fn end(tx: &mut Tx<'_>, token_sha256: &str) -> Result<()> {
    tx.execute(END, &params![token_sha256]).map(|_| ())
}

/// Is the session with this key still open?
///
/// # Errors
/// Whatever the database reports.
pub fn is_open(tx: &mut Tx<'_>, token_sha256: &str) -> Result<bool> {
    let now = tx.now();
    Ok(tx.count(OPEN, &params![token_sha256, now])? > 0)
}

/// Ends every session of an account.
///
/// # Errors
/// Whatever the database reports.
pub fn end_sessions_of(tx: &mut Tx<'_>, account_id: Id) -> Result<()> {
    tx.execute(END_ALL, &params![account_id]).map(|_| ())
}

/// The token that our own pages must send with every change: a page of another site can make the
/// browser send the cookie, but can't read this.
pub(super) fn csrf_of(secret: &str) -> String {
    sha256_hex(format!("csrf:{secret}").as_bytes())
}

fn check_csrf(headers: &HeaderMap, secret: &str) -> Result<()> {
    let sent = headers
        .get(CSRF_HEADER)
        .map(|value| value.as_bytes())
        .unwrap_or_default();
    if bool::from(csrf_of(secret).as_bytes().ct_eq(sent)) {
        return Ok(());
    }
    let detail = "the page is out of date; load it again and repeat the change";
    Err(Error::new(Kind::Forbidden, "access.csrf", detail).at("X-CSRF-Token"))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

pub(super) fn not_signed_in() -> Error {
    unauthenticated("access.not-signed-in", "sign in first")
}

/// A device on which an account is signed in.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Device {
    /// Names the session; not the secret.
    pub id: String,
    /// Signed in at.
    pub created_at: Instant,
    /// Last used at, to the minute.
    pub seen_at: Instant,
    /// Network address it signed in from.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
    /// Is it the one asking?
    pub current: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceRow {
    token_sha256: String,
    created_at: Instant,
    seen_at: Instant,
    address: String,
    agent: String,
}

const DEVICES: &str = "SELECT token_sha256, created_at, seen_at, address, agent FROM session
    WHERE account_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, token_sha256 LIMIT 100";
const END_ONE: &str =
    "DELETE FROM session WHERE account_id = $1 AND substr(token_sha256, 1, 16) = $2";
/// Characters of a session's hash that name it.
const DEVICE_ID_CHARS: usize = 16;

/// Where the actor is signed in.
pub(super) fn devices(tx: &mut Tx<'_>, current: Option<&LiveSession>) -> Result<Vec<Device>> {
    let (account_id, now) = (tx.actor().id, tx.now());
    let rows: Vec<DeviceRow> = tx.query(DEVICES, &params![account_id, now])?;
    let device = |row: DeviceRow| Device {
        id: row.token_sha256[..DEVICE_ID_CHARS].to_owned(),
        current: current.is_some_and(|live| live.token_sha256 == row.token_sha256),
        created_at: row.created_at,
        seen_at: row.seen_at,
        address: row.address,
        agent: row.agent,
    };
    Ok(rows.into_iter().map(device).collect())
}

/// Ends one of the actor's sessions.
pub(super) fn end_device(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    let account_id = tx.actor().id;
    if tx.execute(END_ONE, &params![account_id, id])? == 0 {
        return Err(Error::not_found("session"));
    }
    Ok(())
}
