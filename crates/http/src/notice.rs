//! Notices: short messages to the people of an organization in a role, or to one account.

use kernel::{Cursor, Id, Instant, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

/// A notice as its reader sees it. The interface translates `code` with `data`.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Notice {
    /// Its id.
    pub id: Id,
    /// When it was sent.
    pub at: Instant,
    /// What it says: `referral.escalated`.
    pub code: String,
    /// What the sentence is filled with; no names or free text of patients.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
    /// Address in the web interface.
    pub link: String,
    /// When this reader read it.
    pub read_at: Option<Instant>,
}

/// Who gets a notice.
#[derive(Clone, Debug)]
pub enum Audience {
    /// Everybody in this role at this organization.
    Role {
        /// The organization.
        org_id: Id,
        /// The role code.
        role: &'static str,
    },
    /// One account.
    Account(Id),
}

const SEND: &str = "INSERT INTO notice (id, at, org_id, role, account_id, code, data, link)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "SELECT n.id, n.at, n.code, n.data, n.link, r.read_at
    FROM notice AS n LEFT JOIN notice_read AS r ON r.notice_id = n.id AND r.account_id = $1
    WHERE (n.account_id = $1 OR (n.org_id = $2 AND n.role = $3)) AND (n.at, n.id) < ($4, $5)
    ORDER BY n.at DESC, n.id DESC LIMIT $6";
const READ: &str = "INSERT INTO notice_read (notice_id, account_id, read_at)
    SELECT n.id, $2, $3 FROM notice AS n
    WHERE n.id = $1 AND (n.account_id = $2 OR (n.org_id = $4 AND n.role = $5))
    ON CONFLICT (notice_id, account_id) DO NOTHING";

/// Sends a notice.
///
/// # Errors
/// Whatever the database reports.
pub fn send(
    tx: &mut Tx<'_>,
    audience: &Audience,
    code: &'static str,
    data: &serde_json::Value,
    link: &str,
) -> Result<()> {
    let (org_id, role, account_id) = match audience {
        Audience::Role { org_id, role } => (Some(*org_id), Some(*role), None),
        Audience::Account(id) => (None, None, Some(*id)),
    };
    let values = params![
        tx.new_id(),
        tx.now(),
        org_id,
        role,
        account_id,
        code,
        data,
        link
    ];
    tx.execute(SEND, &values).map(|_| ())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeRow {
    id: Id,
    at: Instant,
    code: String,
    data: store::Json<serde_json::Value>,
    link: String,
    read_at: Option<Instant>,
}

/// The actor's notices, newest first.
///
/// # Errors
/// Whatever the database reports.
pub fn list(tx: &mut Tx<'_>, after: Option<Cursor>, size: u32) -> Result<Page<Notice>> {
    let (id, org_id, role) = (tx.actor().id, tx.actor().org_id, tx.actor().role.clone());
    let (at, last) = after.map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let rows: Vec<NoticeRow> = tx.query(LIST, &params![id, org_id, role, at, last, size + 1])?;
    let notices = rows.into_iter().map(|row| Notice {
        id: row.id,
        at: row.at,
        code: row.code,
        data: row.data.0,
        link: row.link,
        read_at: row.read_at,
    });
    Ok(Page::from_rows(notices.collect(), size, |notice| Cursor {
        key: notice.at.micros(),
        id: notice.id,
    }))
}

/// Marks notices as read by the actor; others' notices are left alone.
///
/// # Errors
/// Whatever the database reports.
pub fn mark_read(tx: &mut Tx<'_>, ids: &[Id]) -> Result<()> {
    let (account, org_id, role) = (tx.actor().id, tx.actor().org_id, tx.actor().role.clone());
    let now = tx.now();
    for id in ids {
        tx.execute(READ, &params![id, account, now, org_id, role.as_str()])?;
    }
    Ok(())
}
