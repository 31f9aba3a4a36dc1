//! Which ranges of which indexes a list reads, and what narrows them.

use kernel::{Cursor, Error, Id, Result, Span};
use store::{Tx, Value, params};

use super::{ListQuery, ListView, Mailbox};
use crate::model::NEVER;
use crate::words::{Kind, Phase, Priority, State};

/// How far back a list of all or ended cases looks unless it is told.
const LOOK_BACK: Span = Span::days(92);
/// The filters that every list statement shares, as $5 to $8 after organization, cursor and end.
macro_rules! filters {
    ($department:literal) => {
        concat!(
            " AND (CAST($5 AS TEXT) IS NULL OR CAST($5 AS TEXT) LIKE '%,' || state || ',%')
              AND (CAST($6 AS TEXT) IS NULL OR CAST($6 AS TEXT) LIKE '%,' || kind || ',%')
              AND (CAST($7 AS TEXT) IS NULL OR priority = $7)
              AND (CAST($8 AS TEXT) IS NULL OR ",
            $department,
            " = $8)"
        )
    };
}

/// Live cases by limit: $2, $3 the last row seen, $4 the limit to stop before.
macro_rules! live {
    ($org:literal, $department:literal) => {
        concat!(
            "SELECT id, due_at AS key FROM referral WHERE ",
            $org,
            " = $1 AND phase = 'live' AND (due_at, id) > ($2, $3) AND due_at < $4",
            filters!($department),
            " ORDER BY due_at, id LIMIT $9"
        )
    };
}

/// All cases by age: $2, $3 the last row seen, $4 the moment to stop at.
macro_rules! newest {
    ($org:literal, $department:literal) => {
        concat!(
            "SELECT id, created_at AS key FROM referral WHERE ",
            $org,
            " = $1 AND (created_at, id) < ($2, $3) AND created_at >= $4",
            filters!($department),
            " ORDER BY created_at DESC, id DESC LIMIT $9"
        )
    };
}

/// Cases of one state by age, inside the index of that state.
macro_rules! of_state {
    ($org:literal, $department:literal) => {
        concat!(
            "SELECT id, created_at AS key FROM referral WHERE ",
            $org,
            " = $1 AND state = $5 AND (created_at, id) < ($2, $3) AND created_at >= $4
              AND (CAST($6 AS TEXT) IS NULL OR CAST($6 AS TEXT) LIKE '%,' || kind || ',%')
              AND (CAST($7 AS TEXT) IS NULL OR priority = $7)
              AND (CAST($8 AS TEXT) IS NULL OR ",
            $department,
            " = $8) ORDER BY created_at DESC, id DESC LIMIT $9"
        )
    };
}

const LIVE_TO: &str = live!("to_org_id", "to_department_id");
const LIVE_FROM: &str = live!("from_org_id", "from_department_id");
const LIVE_COMMUNITY: &str = live!("community_org_id", "to_department_id");
const NEWEST_TO: &str = newest!("to_org_id", "to_department_id");
const NEWEST_FROM: &str = newest!("from_org_id", "from_department_id");
const NEWEST_COMMUNITY: &str = newest!("community_org_id", "to_department_id");
const STATE_TO: &str = of_state!("to_org_id", "to_department_id");
const STATE_FROM: &str = of_state!("from_org_id", "from_department_id");
const STATE_COMMUNITY: &str = of_state!("community_org_id", "to_department_id");

/// The one state a list by age asks for, where it asks for one.
fn only_state(query: &ListQuery) -> Option<&str> {
    let asked = query.state.as_deref().map(str::trim).unwrap_or_default();
    match query.view {
        ListView::Live => None,
        ListView::Drafts => Some("draft"),
        ListView::Ended | ListView::All => {
            (!asked.is_empty() && !asked.contains(',')).then_some(asked)
        }
    }
}

/// The statements whose answers make the list.
pub(super) fn statements(query: &ListQuery) -> &'static [&'static str] {
    let one = only_state(query).is_some();
    match (query.mailbox, query.view) {
        (_, ListView::Drafts) => &[STATE_FROM],
        (Mailbox::Inbox, ListView::Live) => &[LIVE_TO, LIVE_COMMUNITY],
        (Mailbox::Outbox, ListView::Live) => &[LIVE_FROM],
        (Mailbox::AllBelow, ListView::Live) => &[LIVE_TO, LIVE_FROM, LIVE_COMMUNITY],
        (Mailbox::Outbox, _) if one => &[STATE_FROM],
        (Mailbox::Inbox, _) if one => &[STATE_TO, STATE_COMMUNITY],
        (Mailbox::AllBelow, _) if one => &[STATE_TO, STATE_FROM, STATE_COMMUNITY],
        (Mailbox::Outbox, _) => &[NEWEST_FROM],
        (Mailbox::Inbox, _) => &[NEWEST_TO, NEWEST_COMMUNITY],
        (Mailbox::AllBelow, _) => &[NEWEST_TO, NEWEST_FROM, NEWEST_COMMUNITY],
    }
}

/// Parameters $2 to $9.
pub(super) fn filter_values(tx: &Tx<'_>, query: &ListQuery, size: u32) -> Result<Vec<Value>> {
    let cursor = Cursor::after(query.after.as_deref())?;
    let now = tx.now();
    let (key, id, stop) = if query.view == ListView::Live {
        let (key, id) = cursor.map_or((i64::MIN, Id::NIL), |cursor| (cursor.key, cursor.id));
        (
            key,
            id,
            if query.overdue {
                now.micros()
            } else {
                NEVER.micros() + 1
            },
        )
    } else {
        let end = query
            .to
            .map_or(i64::MAX, |to| to.plus_days(1).start().micros());
        let (key, id) = cursor.map_or((end, Id::NIL), |cursor| (cursor.key, cursor.id));
        let from = query.from.map_or(now - LOOK_BACK, kernel::Date::start);
        (key, id, from.micros())
    };
    Ok(params![
        key,
        id,
        stop,
        match only_state(query) {
            Some("draft") if query.view != ListView::Drafts => Some(String::new()),
            Some(state) => state_filter(query)?.map(|_| state.to_owned()),
            None => state_filter(query)?,
        },
        word_filter("kind", query.kind.as_deref(), |word| {
            Kind::ALL.iter().any(|kind| kind.word() == word)
        })?,
        query.priority.map(Priority::word),
        query.department_id,
        size + 1,
    ]
    .to_vec())
}

pub(super) fn state_filter(query: &ListQuery) -> Result<Option<String>> {
    let asked = word_filter("state", query.state.as_deref(), |word| {
        State::ALL.iter().any(|state| state.word() == word)
    })?;
    let of_phase = |phases: &[Phase]| {
        let states = State::ALL
            .iter()
            .filter(|state| phases.contains(&state.phase()));
        let words: Vec<&str> = states.map(|state| state.word()).collect();
        Some(format!(",{},", words.join(",")))
    };
    Ok(match (query.view, asked) {
        (ListView::Drafts, _) => of_phase(&[Phase::Draft]),
        (_, Some(asked)) => Some(asked.replace("draft,", "")),
        (ListView::Live, None) => None,
        (ListView::Ended, None) => of_phase(&[Phase::Ended]),
        (ListView::All, None) => of_phase(&[Phase::Live, Phase::Ended]),
    })
}

/// `,submitted,in-review,` of `submitted, in-review`; words nobody knows are refused.
fn word_filter(
    field: &'static str,
    asked: Option<&str>,
    known: impl Fn(&str) -> bool,
) -> Result<Option<String>> {
    let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) else {
        return Ok(None);
    };
    let words: Vec<&str> = asked.split(',').map(str::trim).collect();
    match words.iter().find(|word| !known(word)) {
        None => Ok(Some(format!(",{},", words.join(",")))),
        Some(word) => {
            let detail = format!("there is no such {field}: {word}");
            Err(Error::invalid("referral.filter", field, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_take_known_words_only() {
        let query = |state: &str| ListQuery {
            state: Some(state.into()),
            ..ListQuery::default()
        };
        assert_eq!(
            state_filter(&query("submitted, asked")).unwrap().unwrap(),
            ",submitted,asked,"
        );
        assert!(state_filter(&query("submitted' OR 1=1")).is_err());
        assert!(state_filter(&query("%")).is_err());
    }
}
