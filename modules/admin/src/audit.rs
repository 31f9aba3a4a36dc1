//! Reading the audit chain: by time, actor, patient, event, organization and thing.

use kernel::{Cursor, Error, Id, Instant, Page, Result, Span};
use serde::{Deserialize, Serialize};
use store::{AuditHead, Event, Tx, Value, params};

/// What to look for. At most one of patient, actor and entity is looked up by its index; the others
/// narrow what it gives.
#[derive(Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// From this moment on; 30 days before `to` if left out.
    pub from: Option<Instant>,
    /// Before this moment; now if left out.
    pub to: Option<Instant>,
    /// Who acted.
    pub actor_id: Option<Id>,
    /// About which patient.
    pub patient_id: Option<Id>,
    /// Which event, or a beginning such as `referral.`.
    pub event: Option<String>,
    /// Acted for, belonging to, or on the other side: this organization.
    pub org_id: Option<Id>,
    /// Which kind of thing.
    pub kind: Option<String>,
    /// Which thing.
    pub entity_id: Option<Id>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page, at most 200.
    pub limit: Option<u32>,
}

/// How far back a search looks unless told otherwise.
const WINDOW: Span = Span::days(30);

macro_rules! columns {
    () => {
        "SELECT e.id, e.seq, e.at, e.event, e.kind, e.entity_id, e.version, e.org_id, e.peer_org_id,
         e.patient_id, e.actor_id, e.actor_name, e.role, e.actor_org_id, e.request_id, e.address,
         e.basis, e.detail, e.body_sha256, e.hash FROM event AS e "
    };
}

/// What every search has in common. $1 to $2 is the time, $3 and $4 the last row seen, $5 to $11 the
/// filters, $12 to $14 the reach of the viewer, $15 the size.
macro_rules! conditions {
    () => {
        " e.at >= $1 AND e.at < $2 AND (e.at, e.id) < ($3, $4)
         AND (CAST($5 AS TEXT) IS NULL OR e.actor_id = CAST($5 AS TEXT))
         AND (CAST($6 AS TEXT) IS NULL OR e.patient_id = CAST($6 AS TEXT))
         AND (CAST($7 AS TEXT) IS NULL OR e.entity_id = CAST($7 AS TEXT))
         AND (CAST($8 AS TEXT) IS NULL OR (e.event >= CAST($8 AS TEXT) AND e.event < CAST($9 AS TEXT)))
         AND (CAST($10 AS TEXT) IS NULL OR e.kind = CAST($10 AS TEXT))
         AND (CAST($11 AS TEXT) IS NULL OR e.org_id = CAST($11 AS TEXT)
           OR e.peer_org_id = CAST($11 AS TEXT) OR e.actor_org_id = CAST($11 AS TEXT))
         AND ($12 = 1 OR e.actor_org_id = $13 OR e.org_id = $13 OR e.peer_org_id = $13
           OR e.actor_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $13 AND scope = $14)
           OR e.org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $13 AND scope = $14)
           OR e.peer_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $13 AND scope = $14))
         ORDER BY e.at DESC, e.id DESC LIMIT $15"
    };
}

// The same search four times, so that each begins at its index whatever else narrows it.
const BY_TIME: &str = concat!(columns!(), "WHERE", conditions!());
const BY_ACTOR: &str = concat!(columns!(), "WHERE e.actor_id = $5 AND", conditions!());
const BY_PATIENT: &str = concat!(columns!(), "WHERE e.patient_id = $6 AND", conditions!());
const BY_ENTITY: &str = concat!(columns!(), "WHERE e.entity_id = $7 AND", conditions!());

const HEADS: &str = "SELECT seq, hash, at, public_key, signature FROM audit_head
    WHERE seq < $1 ORDER BY seq DESC LIMIT $2";

/// One page of entries, newest first.
///
/// # Errors
/// `admin.audit-window` when the time is upside down; `page.cursor`.
pub fn search(tx: &mut Tx<'_>, query: &AuditQuery, size: u32) -> Result<Page<Event>> {
    let to = query.to.unwrap_or(tx.now() + Span::seconds(1));
    let from = query.from.unwrap_or(to - WINDOW);
    if from >= to {
        let detail = "`from` lies before `to`";
        return Err(Error::invalid("admin.audit-window", "from", detail));
    }
    let after = Cursor::after(query.after.as_deref())?;
    let (at, last) = after.map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let viewer = tx.actor().org_id;
    let scope = tx.scope().unwrap_or(kernel::Scope::Own).table_word();
    let text = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let event = text(&query.event);
    // A beginning ends in a dot; anything else is one event.
    let event_end = event.as_ref().map(|event| {
        if event.ends_with('.') {
            format!("{event}\u{10ffff}")
        } else {
            format!("{event}\u{1}")
        }
    });
    let values: [Value; 15] = params![
        from,
        to,
        at,
        last,
        query.actor_id,
        query.patient_id,
        query.entity_id,
        event,
        event_end,
        text(&query.kind),
        query.org_id,
        viewer == Id::NIL,
        viewer,
        scope,
        size + 1,
    ];
    let sql = match (query.entity_id, query.patient_id, query.actor_id) {
        (Some(_), _, _) => BY_ENTITY,
        (None, Some(_), _) => BY_PATIENT,
        (None, None, Some(_)) => BY_ACTOR,
        (None, None, None) => BY_TIME,
    };
    let rows: Vec<Event> = tx.query(sql, &values)?;
    Ok(Page::from_rows(rows, size, |row| Cursor {
        key: row.at.micros(),
        id: row.id,
    }))
}

/// Signed heads before `before`, newest first.
///
/// # Errors
/// Whatever the database reports.
pub fn heads(tx: &mut Tx<'_>, before: Option<i64>, limit: u32) -> Result<Vec<AuditHead>> {
    tx.query(HEADS, &params![before.unwrap_or(i64::MAX), limit])
}
