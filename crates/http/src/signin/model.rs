//! Accounts and assignments: documents without secrets.

use kernel::{Date, Id};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

/// May the account sign in?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// Yes.
    Active,
    /// No.
    Disabled,
}

/// Somebody, or some system, that can sign in.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Account {
    /// Its id.
    pub id: Id,
    /// What is typed at sign-in; unique, lower case.
    pub username: String,
    /// The name shown.
    pub name: String,
    /// The practitioner behind it, where there is one.
    pub practitioner_id: Option<Id>,
    /// May it sign in?
    pub state: AccountState,
    /// Offered for one-click sign-in in demonstration mode.
    #[serde(default)]
    pub demo: bool,
    /// Belongs to a system, which uses API tokens and no password.
    #[serde(default)]
    pub system: bool,
}

impl Entity for Account {
    const KIND: &'static str = "account";
    const TABLE: &'static str = "account";
    const COLUMNS: &'static [&'static str] = &[
        "username",
        "state",
        "practitioner_id",
        "name_key",
        "demo",
        "system",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        None
    }
    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            AccountState::Active => "active",
            AccountState::Disabled => "disabled",
        };
        let key = kernel::text::pinyin_key(&self.name);
        params![
            self.username.as_str(),
            state,
            self.practitioner_id,
            key,
            self.demo,
            self.system
        ]
        .to_vec()
    }
}

/// A role at an organization, with dates.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Assignment {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub account_id: Id,
    /// The role code.
    pub role: String,
    /// Where.
    pub org_id: Id,
    /// In which department.
    pub department_id: Option<Id>,
    /// From this day.
    pub valid_from: Date,
    /// To this day, included; open when absent.
    pub valid_to: Option<Date>,
}

impl Entity for Assignment {
    const KIND: &'static str = "assignment";
    const TABLE: &'static str = "assignment";
    const COLUMNS: &'static [&'static str] = &[
        "account_id",
        "role",
        "org_id",
        "department_id",
        "valid_from",
        "valid_to",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.account_id,
            self.role.as_str(),
            self.org_id,
            self.department_id,
            self.valid_from,
            self.valid_to,
        ]
        .to_vec()
    }
}
