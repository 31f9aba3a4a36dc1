//! The monitor of messages, the error queue, senders and their mappings; receivers and their queues.

mod messages;
mod outbound;
mod receivers;
mod senders;

use http::{App, Etag};
use kernel::{Error, Result};
use store::Versioned;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<App> {
    messages::routes()
        .merge(senders::routes())
        .merge(outbound::routes())
        .merge(receivers::routes())
}

fn etag<T>(versioned: Versioned<T>) -> Etag<T> {
    Etag::new(versioned.version, versioned.data)
}

/// Characters of a reason at least and at most.
const REASON_CHARACTERS: std::ops::RangeInclusive<usize> = 4..=500;

/// A reason as somebody wrote it.
fn reason(text: &str) -> Result<String> {
    let text = kernel::text::tidy(text);
    if REASON_CHARACTERS.contains(&text.chars().count()) {
        return Ok(text);
    }
    let detail = "say why, in 4 to 500 characters";
    Err(Error::invalid("hl7.reason-missing", "reason", detail))
}
