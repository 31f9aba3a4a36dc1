//! The module's operations.

mod actions;
mod documents;
mod drafts;
mod figures;
mod files;
mod follow_ups;
mod formulary;
mod lists;

use http::{App, Etag};
use kernel::Result;
use store::{Tx, Versioned};
use utoipa_axum::router::OpenApiRouter;

use crate::model::Referral;
use crate::view::{self, ReferralView};

/// Every route of the module.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(drafts::routes())
        .merge(actions::routes())
        .merge(lists::routes())
        .merge(follow_ups::routes())
        .merge(figures::routes())
        .merge(formulary::routes())
        .merge(files::routes())
        .merge(documents::routes())
}

/// A case and its version, as the writer sees it after a command.
fn answer(tx: &mut Tx<'_>, referral: Versioned<Referral>) -> Result<Etag<ReferralView>> {
    let view = view::of(tx, referral)?;
    Ok(Etag::new(view.version, view))
}
