//! `/api/wall`: the wall and its messages.

use http::{App, Created, Ctx, Etag, Json, Path, Result};
use kernel::{Error, Id};
use store::{Change, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::model::{Message, NewMessage};
use crate::wall::{self, Wall};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(wall_show))
        .routes(routes!(wall_message_post))
        .routes(routes!(wall_message_withdraw))
}

/// Beds, slots, equipment, the referral queue, alerts and messages of all members in reach. No
/// patient is named: a wall is read by whoever passes.
#[utoipa::path(get, path = "/api/wall", tag = "dispatch", responses((status = 200, body = Wall)),
    extensions(("x-permission" = json!("dispatch.wall"))))]
async fn wall_show(ctx: Ctx) -> Result<Json<Wall>> {
    Ok(Json(ctx.read(wall::read).await?))
}

/// Post a message to everybody who sees the wall.
#[utoipa::path(post, path = "/api/wall/messages", tag = "dispatch", request_body = NewMessage,
    responses((status = 201, body = Message)), extensions(("x-permission" = json!("dispatch.message"))))]
async fn wall_message_post(ctx: Ctx, Json(body): Json<NewMessage>) -> Result<Created<Message>> {
    let saved = ctx
        .write(move |tx| {
            let message = body.clone().into_message(tx)?;
            let change = Change::new("dispatch-message.posted");
            let saved = tx.insert(&message, change)?;
            Ok(Etag::new(saved.version, saved.data))
        })
        .await?;
    Ok(Created(saved))
}

/// Take a message back before it ends.
#[utoipa::path(post, path = "/api/wall/messages/{id}/withdraw", tag = "dispatch",
    params(("id" = Id, Path, description = "the message")), responses((status = 200, body = Message)),
    extensions(("x-permission" = json!("dispatch.message"))))]
async fn wall_message_withdraw(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<Message>> {
    let seen = ctx.if_match()?;
    Ok(ctx.write(move |tx| withdraw(tx, id, seen)).await?)
}

fn withdraw(tx: &mut Tx<'_>, id: Id, seen: i64) -> kernel::Result<Etag<Message>> {
    let mut message = tx.load::<Message>(id)?;
    if !http::access::covers(tx, message.org_id)? {
        return Err(Error::not_found("dispatch-message"));
    }
    if message.org_id != tx.actor().org_id {
        let detail = "only the organization that posted a message can take it back";
        return Err(Error::forbidden("dispatch.message-not-yours", detail));
    }
    tx.check_version(&message, seen)?;
    if message.withdrawn || message.valid_until <= tx.now() {
        return Err(Error::conflict(
            "dispatch.message-ended",
            "the message has ended already",
        ));
    }
    message.withdrawn = true;
    let saved = tx.update(&message, Change::new("dispatch-message.withdrawn"))?;
    Ok(Etag::new(saved.version, saved.data))
}
