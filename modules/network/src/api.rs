//! Handlers; the OpenAPI document follows from them.

mod alliances;
mod bonds;
mod catchments;
mod decisions;
mod departments;
mod evidence;
mod graph;
mod groups;
mod organizations;
mod practitioners;
mod surveys;
mod techniques;

use http::{App, Etag};
use kernel::{Cursor, Date, Id, Page, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::model::{Level, Org, OrgKind, OrgState, Organization};
use crate::store::organizations as organization_rows;

/// Every operation of the module.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(organizations::routes())
        .merge(groups::routes())
        .merge(alliances::routes())
        .merge(bonds::routes())
        .merge(evidence::routes())
        .merge(decisions::routes())
        .merge(graph::routes())
        .merge(departments::routes())
        .merge(practitioners::routes())
        .merge(techniques::routes())
        .merge(surveys::routes())
        .merge(catchments::routes())
}

/// An organization in a list or beside a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrgBrief {
    /// Its id.
    pub id: Id,
    /// The consortium's own code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name where there is little room.
    pub short_name: String,
    /// English name.
    pub name_en: Option<String>,
    /// What sort of institution.
    pub kind: OrgKind,
    /// Its level in the tree.
    pub level: Level,
    /// Open or closed.
    pub state: OrgState,
}

impl From<Organization> for OrgBrief {
    fn from(org: Organization) -> Self {
        Org::from(org).into()
    }
}

impl From<Org> for OrgBrief {
    fn from(org: Org) -> Self {
        Self {
            id: org.id,
            code: org.code,
            name: org.name,
            short_name: org.short_name,
            name_en: org.name_en,
            kind: org.kind,
            level: org.level,
            state: org.state,
        }
    }
}

/// Why something ends.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkReason)]
pub struct Reason {
    /// Why.
    pub reason: String,
    /// The last day; today if absent. Only bonds take an earlier one.
    #[serde(default)]
    pub ends_on: Option<Date>,
}

/// Which page of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// `next` of the page before.
    pub(crate) after: Option<String>,
    /// Rows a page, at most 200.
    pub(crate) limit: Option<u32>,
}

fn etag<T>(versioned: Versioned<T>) -> Etag<T> {
    Etag::new(versioned.version, versioned.data)
}

/// The id of the last row seen.
fn after_id(after: Option<&str>) -> Result<Option<Id>> {
    Ok(Cursor::after(after)?.map(|cursor| cursor.id))
}

fn page<T, U>(
    rows: Vec<Versioned<T>>,
    limit: u32,
    id: impl Fn(&U) -> Id,
    view: impl Fn(Versioned<T>) -> U,
) -> Page<U> {
    Page::from_rows(rows.into_iter().map(view).collect(), limit, |row| Cursor {
        key: 0,
        id: id(row),
    })
}

fn brief(tx: &mut Tx<'_>, id: Id) -> Result<OrgBrief> {
    organization_rows::load(tx, id).map(|org| org.data.into())
}
