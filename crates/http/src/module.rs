//! What a capability hands to the server.

use std::sync::Arc;

use kernel::{AppGrant, Id, Instant, Result, Scope};
use serde::{Deserialize, Serialize};
use store::{Follower, JobKind, Migration, RuleSeed, Tx};
use utoipa_axum::router::OpenApiRouter;

use crate::App;

/// Answers what waits for the actor.
pub type WorkFn = fn(&mut Tx<'_>) -> Result<Vec<WorkItem>>;
/// Answers at most so many hits of a search.
pub type SearchFn = fn(&mut Tx<'_>, &str, u32) -> Result<Vec<SearchHit>>;

/// Finds what an app's access token stands for, by its SHA-256; `None` when it is none, or no more.
pub type AppTokenFn = fn(&mut Tx<'_>, &str) -> Result<Option<AppBearer>>;

/// What an app's access token stands for.
#[derive(Clone, Debug)]
pub struct AppBearer {
    /// The account in whose name the app acts.
    pub account_id: Id,
    /// In which of its roles.
    pub assignment_id: Id,
    /// The app and what it was granted.
    pub app: Arc<AppGrant>,
}

/// Moves a capability's references from one patient to another, within the transaction that merges
/// the two or takes the merge back; answers what moved.
pub type MoveFn = fn(&mut Tx<'_>, &PatientMove<'_>) -> Result<Vec<Moved>>;

/// References of one patient that become another's.
#[derive(Clone, Copy, Debug)]
pub struct PatientMove<'a> {
    /// Whose they are.
    pub from: Id,
    /// Whose they become.
    pub to: Id,
    /// Only these: what a merge moved goes back when it is taken back. Without it, all there are.
    pub only: Option<&'a [Moved]>,
}

impl PatientMove<'_> {
    /// Is this thing to be moved?
    pub fn takes(&self, kind: &str, id: Id) -> bool {
        let listed = |only: &&[Moved]| only.iter().any(|one| one.kind == kind && one.id == id);
        self.only.as_ref().is_none_or(listed)
    }
}

/// A thing whose patient changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Kind of the thing, such as `referral`.
    pub kind: String,
    /// Its id.
    pub id: Id,
}

impl Moved {
    /// A thing of a kind.
    pub fn new(kind: &str, id: Id) -> Self {
        Self {
            kind: kind.to_owned(),
            id,
        }
    }
}

/// One capability: its routes, its words, its background work, its tables.
pub struct Module {
    /// Its name, equal to its folder.
    pub name: &'static str,
    /// Its operations, all under `/api/`.
    pub routes: OpenApiRouter<App>,
    /// What an actor may be allowed to do here.
    pub permissions: &'static [Permission],
    /// Which roles have which permissions until the consortium says otherwise.
    pub grants: &'static [Grant],
    /// Its tables.
    pub migrations: &'static [Migration],
    /// Its background work.
    pub jobs: &'static [JobKind],
    /// What reacts to events.
    pub followers: &'static [Follower],
    /// Rules a consortium may change.
    pub rule_seeds: &'static [RuleSeed],
    /// Chinese sentences for its error codes; `{name}` is filled from the error's data.
    pub messages: &'static [(&'static str, &'static str)],
    /// What waits for the actor in this capability.
    pub work: Option<WorkFn>,
    /// What of this capability matches a search over everything.
    pub search: Option<SearchFn>,
    /// How its references to a patient move when two patients become one.
    pub moves: Option<MoveFn>,
    /// Who finds apps' access tokens.
    pub app_tokens: Option<AppTokenFn>,
    /// Fills catalogues; runs at every start and changes nothing when all is there.
    pub seed: Option<fn(&mut Tx<'_>) -> Result<()>>,
}

impl Module {
    /// A module with a name and routes; set the other fields on it.
    pub fn new(name: &'static str, routes: OpenApiRouter<App>) -> Self {
        Self {
            name,
            routes,
            permissions: &[],
            grants: &[],
            migrations: &[],
            jobs: &[],
            followers: &[],
            rule_seeds: &[],
            messages: &[],
            work: None,
            search: None,
            moves: None,
            app_tokens: None,
            seed: None,
        }
    }
}

/// Something an actor may be allowed to do.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// `module.verb`.
    pub code: &'static str,
    /// Chinese name on the matrix screen.
    pub title_zh: &'static str,
    /// English name.
    pub title_en: &'static str,
}

/// A role has a permission this far.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// The role code.
    pub role: &'static str,
    /// The permission code.
    pub permission: &'static str,
    /// How far.
    pub scope: Scope,
}

impl Grant {
    /// One cell of the matrix.
    pub const fn new(role: &'static str, permission: &'static str, scope: Scope) -> Self {
        Self {
            role,
            permission,
            scope,
        }
    }
}

/// Something that waits for the actor.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WorkItem {
    /// The thing's id.
    pub id: Id,
    /// The module it belongs to.
    pub module: String,
    /// Kind of thing: `referral`.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// Waits since.
    pub since: Instant,
    /// Its limit, where there is one.
    pub due: Option<Instant>,
    /// Why it is this actor's: a code the interface translates.
    pub reason: String,
    /// Address in the web interface.
    pub link: String,
    /// The organization it comes from or belongs to.
    pub org_id: Option<Id>,
    /// `emergency`, `urgent` or `routine`.
    pub priority: String,
}

/// A hit of the search over everything.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchHit {
    /// Kind of thing.
    pub kind: String,
    /// Its id.
    pub id: Id,
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// Code of the state it is in, of kinds that have states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Address in the web interface.
    pub link: String,
}
