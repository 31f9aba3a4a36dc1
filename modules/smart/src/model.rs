//! An app as it is registered.

use kernel::{Id, Instant};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::{Entity, Value, params};
use utoipa::ToSchema;

/// How an app proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SmartClientKind)]
pub enum ClientKind {
    /// It can't: it runs on its user's device.
    Public,
    /// By a secret.
    Secret,
    /// By its own key (`private_key_jwt`), for people.
    Keys,
    /// By its own key, as a system without a person (backend services).
    Backend,
}

/// Is an app let in?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = SmartAppState)]
pub enum AppState {
    /// Yes.
    Active,
    /// No: none of its tokens works.
    Stopped,
}

/// An app.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SmartApp)]
pub struct App {
    /// Its id, which is its `client_id`.
    pub id: Id,
    /// The organization that answers for it.
    pub org_id: Id,
    /// What people call it.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// How it proves who it is.
    pub client: ClientKind,
    /// Where people may be sent back to, letter by letter.
    pub redirect_uris: Vec<String>,
    /// Where it is opened from a patient's page.
    pub launch_url: Option<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Its public keys (JWK Set).
    #[schema(value_type = Option<Object>)]
    pub jwks: Option<Json>,
    /// Where its public keys are.
    pub jwks_url: Option<String>,
    /// The assignment under which a system acts.
    pub assignment_id: Option<Id>,
    /// The system's account.
    pub account_id: Option<Id>,
    /// May people of all members use it, or of its organization only?
    pub everyone: bool,
    /// Is it let in?
    pub state: AppState,
    /// When it was registered.
    pub created_at: Instant,
}

impl App {
    /// May somebody who works for `org_id` use it?
    pub(crate) fn is_for(&self, org_id: Id) -> bool {
        self.state == AppState::Active && (self.everyone || self.org_id == org_id)
    }
}

impl Entity for App {
    const KIND: &'static str = "smart-app";
    const TABLE: &'static str = "smart_app";
    const COLUMNS: &'static [&'static str] = &["org_id", "state", "name_key"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            AppState::Active => "active",
            AppState::Stopped => "stopped",
        };
        let key = kernel::text::pinyin_key(&self.name);
        params![self.org_id, state, key].to_vec()
    }
}
