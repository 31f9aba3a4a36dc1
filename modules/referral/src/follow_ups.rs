//! Lists of follow-ups.

use kernel::page::page_size;
use kernel::{Cursor, Date, Id, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned, params};

use crate::down::{FollowUp, FollowUpState};
use crate::view::FollowUpView;

/// What a list of follow-ups is narrowed by.
#[derive(Clone, Debug, Default, Deserialize, Serialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FollowUpQuery {
    /// One state; those that wait when absent.
    #[param(inline)]
    pub state: Option<FollowUpState>,
    /// Only those past their day.
    pub overdue: bool,
    /// Due in this month, `2026-11`.
    pub month: Option<String>,
    /// Another organization than the caller's own, within the permission.
    pub org_id: Option<Id>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page.
    pub limit: Option<u32>,
}

/// Waiting ones by their own partial index.
const WAITING: &str = "SELECT version, body FROM referral_follow_up
    WHERE org_id = $1 AND state = 'waiting' AND (due_on, id) > ($2, $3) AND due_on < $4
    AND (CAST($5 AS TEXT) IS NULL OR month = $5) ORDER BY due_on, id LIMIT $6";
const ENDED: &str = "SELECT version, body FROM referral_follow_up
    WHERE org_id = $1 AND month = $2 AND state = $3 AND (due_on, id) > ($4, $5)
    ORDER BY due_on, id LIMIT $6";

/// One page, the first due first.
///
/// # Errors
/// `page.cursor`, `referral.month`.
pub(crate) fn list(tx: &mut Tx<'_>, query: &FollowUpQuery) -> Result<Page<FollowUpView>> {
    let org_id = query.org_id.unwrap_or(tx.actor().org_id);
    let size = page_size(query.limit);
    let now = tx.now();
    let today = now.date();
    let cursor = Cursor::after(query.after.as_deref())?;
    let (day, id) = cursor.map_or((Date::new(1, 1, 1)?, Id::NIL), |cursor| {
        (epoch().plus_days(cursor.key), cursor.id)
    });
    if let Some(month) = &query.month {
        crate::model::month_days(month)?;
    }
    let state = query.state.unwrap_or(FollowUpState::Waiting);
    let rows: Vec<Versioned<FollowUp>> = if state == FollowUpState::Waiting {
        let end = if query.overdue {
            today
        } else {
            today.plus_days(3_660)
        };
        tx.find(
            WAITING,
            &params![org_id, day, id, end, query.month.clone(), size + 1],
        )?
    } else {
        let month = query
            .month
            .clone()
            .unwrap_or_else(|| crate::model::month_of(now));
        tx.find(
            ENDED,
            &params![org_id, month, state.word(), day, id, size + 1],
        )?
    };
    let page = Page::from_rows(rows, size, |row| Cursor {
        key: epoch().days_until(row.due_on),
        id: row.id,
    });
    let items = page
        .items
        .into_iter()
        .map(|row| FollowUpView::of(row, now))
        .collect();
    Ok(Page {
        items,
        next: page.next,
    })
}

fn epoch() -> Date {
    kernel::Instant::from_micros(0).date()
}
