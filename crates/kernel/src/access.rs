//! Who acts, within which scope, and on which basis a patient's data is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{AppGrant, Id};

/// How far a permission reaches, from narrow to wide.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Only what the actor made or is named on.
    Own,
    /// The actor's department.
    Department,
    /// The actor's organization.
    Org,
    /// The actor's organization and those below it in the tree.
    Below,
    /// Every member of the groups the organization belongs to.
    Group,
    /// Every organization of the region a government body supervises.
    Region,
}

impl Scope {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Department => "department",
            Self::Org => "org",
            Self::Below => "below",
            Self::Group => "group",
            Self::Region => "region",
        }
    }

    /// The word under which `org_scope` rows are stored: a scope narrower than an organization is
    /// looked up as the organization, and the module narrows further.
    pub const fn table_word(self) -> &'static str {
        match self {
            Self::Own | Self::Department | Self::Org => "org",
            Self::Below => "below",
            Self::Group => "group",
            Self::Region => "region",
        }
    }
}

/// What stands behind an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A person signed in.
    Person,
    /// A system with an API token, or a job of this server.
    System,
}

/// A person in a role at an organization, or a system.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account.
    pub id: Id,
    /// Person or system.
    pub kind: ActorKind,
    /// The name shown in timelines.
    pub name: String,
    /// The practitioner behind the account, where there is one.
    pub practitioner_id: Option<Id>,
    /// The role code in force, such as `village-doctor`.
    pub role: String,
    /// The organization the actor works for in this role.
    pub org_id: Id,
    /// The department, where the role has one.
    pub department_id: Option<Id>,
    /// Permission code → how far it reaches.
    pub grants: BTreeMap<String, Scope>,
    /// The app through which the actor acts, where it is one.
    pub app: Option<Arc<AppGrant>>,
}

impl Actor {
    /// How far `permission` reaches for this actor; `None` means no.
    pub fn scope(&self, permission: &str) -> Option<Scope> {
        self.grants.get(permission).copied()
    }
}

/// Why an actor may read a patient's data held by another member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Basis {
    /// The patient is registered with, or treated at, the actor's own organization.
    OwnPatient,
    /// A live care relation: referral, consultation, shared diagnosis, family-doctor contract.
    Care {
        /// Kind of the document that makes the relation, such as `referral`.
        document: String,
        /// Its id.
        id: Id,
    },
    /// The patient's own record, or that of somebody they are guardian of.
    Oneself,
    /// The patient's consent.
    Consent {
        /// The consent record.
        id: Id,
    },
    /// Emergency access with a reason; alerts the patient's organization and the privacy officer.
    BreakGlass {
        /// The break-glass record.
        id: Id,
    },
}
