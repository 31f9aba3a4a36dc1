//! Accounts as the administration screen shows them.

use http::signin::{Account, AccountState, Assignment};
use kernel::{Cursor, Id, Instant, Page, Result, text};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned, params};

use crate::accounts::{assignments_of, in_force};

/// An account as the administration screen shows it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// What it is assigned to, past and future too.
    pub assignments: Vec<AssignmentView>,
    /// Locked after failed sign-ins until then.
    pub locked_until: Option<Instant>,
    /// Has a second factor.
    pub totp_enabled: bool,
    /// Must choose a new password at the next sign-in.
    pub must_change_password: bool,
    /// When the password was set.
    pub password_at: Option<Instant>,
    /// Sessions open now.
    pub sessions: i64,
}

/// An assignment as the administration screen shows it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AssignmentView {
    /// The assignment.
    pub assignment: Assignment,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Holds today.
    pub in_force: bool,
}

/// Narrowing a list of accounts.
#[derive(Clone, Default)]
pub struct Filter {
    /// Beginning of the user name, or of the name's pinyin.
    pub q: Option<String>,
    /// Active or disabled only.
    pub state: Option<AccountState>,
    /// Assigned at this organization.
    pub org_id: Option<Id>,
    /// Assigned in this role.
    pub role: Option<String>,
}

const LIST: &str = "SELECT a.version, a.body FROM account AS a WHERE a.id < $1
    AND ($2 = 1 OR EXISTS (SELECT 1 FROM assignment AS g WHERE g.account_id = a.id AND (g.org_id = $3
      OR g.org_id IN (SELECT s.org_id FROM org_scope AS s WHERE s.viewer_id = $3 AND s.scope = $4))))
    AND (CAST($5 AS TEXT) IS NULL OR a.state = CAST($5 AS TEXT))
    AND (CAST($6 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM assignment AS h
      WHERE h.account_id = a.id AND h.org_id = CAST($6 AS TEXT)))
    AND (CAST($7 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM assignment AS r
      WHERE r.account_id = a.id AND r.role = CAST($7 AS TEXT)))
    AND (CAST($8 AS TEXT) IS NULL OR (a.username >= CAST($8 AS TEXT) AND a.username < CAST($9 AS TEXT))
      OR (a.name_key >= CAST($10 AS TEXT) AND a.name_key < CAST($11 AS TEXT)))
    ORDER BY a.id DESC LIMIT $12";
const CREDENTIAL: &str =
    "SELECT password_at, must_change, totp_secret, locked_until FROM credential
    WHERE account_id = $1";
const SESSIONS: &str =
    "SELECT COUNT(*) AS count FROM session WHERE account_id = $1 AND expires_at > $2";
/// The accounts within reach, newest first.
///
/// # Errors
/// Whatever the database reports.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: Option<Cursor>,
    size: u32,
) -> Result<Page<AccountView>> {
    let viewer = tx.actor().org_id;
    let scope = tx.scope().unwrap_or(kernel::Scope::Own).table_word();
    let state = filter.state.map(state_word);
    let folded = filter
        .q
        .as_deref()
        .map(text::fold)
        .filter(|q| !q.is_empty());
    let (username, key) = (
        folded.as_ref().map(|q| q.to_lowercase()),
        folded.as_ref().map(|q| text::pinyin_key(q)),
    );
    let values = params![
        after.map_or(Id::MAX, |cursor| cursor.id),
        viewer == Id::NIL,
        viewer,
        scope,
        state,
        filter.org_id,
        &filter.role,
        &username,
        username.as_ref().map(|q| format!("{q}\u{10ffff}")),
        &key,
        key.as_ref().map(|q| format!("{q}\u{10ffff}")),
        size + 1,
    ];
    let found: Vec<Versioned<Account>> = tx.find(LIST, &values)?;
    let page = Page::from_rows(found, size, |account| Cursor {
        key: 0,
        id: account.id,
    });
    let mut items = Vec::with_capacity(page.items.len());
    for account in page.items {
        items.push(view(tx, account)?);
    }
    Ok(Page {
        items,
        next: page.next,
    })
}

const fn state_word(state: AccountState) -> &'static str {
    match state {
        AccountState::Active => "active",
        AccountState::Disabled => "disabled",
    }
}

/// The account as the screen shows it.
///
/// # Errors
/// Whatever the database reports.
pub fn view(tx: &mut Tx<'_>, account: Versioned<Account>) -> Result<AccountView> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Credential {
        password_at: Option<Instant>,
        must_change: bool,
        totp_secret: Option<String>,
        locked_until: Instant,
    }
    let (now, today) = (tx.now(), tx.now().date());
    let credential: Option<Credential> = tx.query_opt(CREDENTIAL, &params![account.id])?;
    let sessions = tx.count(SESSIONS, &params![account.id, now])?;
    let assignments = assignments_of(tx, account.id)?;
    let assignments = assignments.into_iter().map(|one| AssignmentView {
        version: one.version,
        in_force: in_force(&one, today),
        assignment: one.data,
    });
    let locked = credential
        .as_ref()
        .map(|one| one.locked_until)
        .filter(|&until| until > now);
    Ok(AccountView {
        version: account.version,
        account: account.data,
        assignments: assignments.collect(),
        locked_until: locked,
        totp_enabled: credential
            .as_ref()
            .is_some_and(|one| one.totp_secret.is_some()),
        must_change_password: credential.as_ref().is_some_and(|one| one.must_change),
        password_at: credential.and_then(|one| one.password_at),
        sessions,
    })
}
