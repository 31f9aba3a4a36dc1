//! Messages of the dispatcher.

use kernel::{Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};
use store::{Entity, Tx, Value, Versioned, params};

/// How loud a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DispatchLevel)]
pub enum Level {
    /// For information.
    Info,
    /// Needs attention.
    Warning,
    /// Everybody must act.
    Emergency,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Emergency => "emergency",
        }
    }
}

/// A message on the wall.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = DispatchMessage)]
pub struct Message {
    /// Its id.
    pub id: Id,
    /// The organization that sent it; all members of its groups see it.
    pub org_id: Id,
    /// How loud it is.
    pub level: Level,
    /// What it says; no patient is named on a wall.
    pub text: String,
    /// When it was sent.
    pub sent_at: Instant,
    /// By whom.
    pub sent_by: String,
    /// Shown until then.
    pub valid_until: Instant,
    /// Taken back early.
    pub withdrawn: bool,
}

impl Entity for Message {
    const KIND: &'static str = "dispatch-message";
    const TABLE: &'static str = "dispatch_message";
    const COLUMNS: &'static [&'static str] = &["org_id", "level", "valid_until", "withdrawn"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.org_id,
            self.level.word(),
            self.valid_until,
            self.withdrawn
        ]
        .to_vec()
    }
}

/// A message to be sent.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDispatchMessage)]
pub struct NewMessage {
    /// How loud it is.
    pub level: Level,
    /// What it says: 1 to 200 characters, without patients' names.
    pub text: String,
    /// Shown for so many minutes, at most a week.
    pub minutes: i64,
}

/// The longest text that can be read from three metres away.
const TEXT_CHARS_MAX: usize = 200;
/// The longest a message stands.
const MINUTES_MAX: i64 = 7 * 24 * 60;

impl NewMessage {
    /// The message as it will be stored.
    ///
    /// # Errors
    /// `dispatch.message-text` or `dispatch.message-minutes`.
    pub fn into_message(self, tx: &Tx<'_>) -> Result<Message> {
        let text = kernel::text::tidy(&self.text);
        if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX {
            let detail = "a message on the wall has 1 to 200 characters";
            return Err(Error::invalid("dispatch.message-text", "text", detail));
        }
        if !(1..=MINUTES_MAX).contains(&self.minutes) {
            let detail = "a message is shown for 1 minute to 7 days (10080 minutes)";
            return Err(Error::invalid(
                "dispatch.message-minutes",
                "minutes",
                detail,
            ));
        }
        Ok(Message {
            id: tx.new_id(),
            org_id: tx.actor().org_id,
            level: self.level,
            text,
            sent_at: tx.now(),
            sent_by: tx.actor().name.clone(),
            valid_until: tx.now() + Span::minutes(self.minutes),
            withdrawn: false,
        })
    }
}

const LIVE: &str = "SELECT version, body FROM dispatch_message
    WHERE withdrawn = 0 AND valid_until > $1
      AND (org_id = $2 OR org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
    ORDER BY valid_until, id LIMIT 20";

/// Messages that stand now for the actor.
///
/// # Errors
/// Whatever the database reports.
pub fn live(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Message>>> {
    let now = tx.now();
    let (viewer, scope) = (
        tx.actor().org_id,
        tx.scope().unwrap_or(kernel::Scope::Org).table_word(),
    );
    tx.find::<Message>(LIVE, &params![now, viewer, scope])
}
