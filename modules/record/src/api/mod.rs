//! Operations under `/api/patients`, `/api/consents` and `/api/break-glass`.

mod care;
mod clinical;
mod holds;
mod index;
mod patients;
mod privacy;

use http::App;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

/// Every operation of this module.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(patients::routes())
        .merge(clinical::routes())
        .merge(care::routes())
        .merge(privacy::routes())
        .merge(holds::routes())
        .merge(index::routes())
}

/// Where a list goes on, and how long a page is.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

impl PageQuery {
    fn cursor(&self) -> kernel::Result<Option<kernel::Cursor>> {
        kernel::Cursor::after(self.after.as_deref())
    }

    fn size(&self) -> u32 {
        kernel::page::page_size(self.limit)
    }
}
