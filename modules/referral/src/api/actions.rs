//! One operation an action. Each takes the version the caller saw (`If-Match`) and may be repeated
//! under an idempotency key.

use http::{App, Ctx, Etag, Json, Path, Result};
use kernel::Id;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer;
use crate::commands::{
    Accept, Admit, AnswerQuestion, Arrive, Close, CloseElsewhere, Command, DeclineDown, Exit,
    ProposeDown, Reassign, RecordDeath, ReturnResults, Review, See, Submit, act,
};
use crate::view::ReferralView;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(referral_submit))
        .routes(routes!(referral_withdraw))
        .routes(routes!(referral_review))
        .routes(routes!(referral_accept))
        .routes(routes!(referral_reject))
        .routes(routes!(referral_reassign))
        .routes(routes!(referral_return_to_review))
        .routes(routes!(referral_arrive))
        .routes(routes!(referral_admit))
        .routes(routes!(referral_see))
        .routes(routes!(referral_no_show))
        .routes(routes!(referral_return_results))
        .routes(routes!(referral_propose_down))
        .routes(routes!(referral_recall_down))
        .routes(routes!(referral_accept_down))
        .routes(routes!(referral_decline_down))
        .routes(routes!(referral_answer))
        .routes(routes!(referral_become_referral))
        .routes(routes!(referral_close))
        .routes(routes!(referral_record_death))
        .routes(routes!(referral_close_elsewhere))
}

async fn run(ctx: Ctx, id: Id, command: Command) -> Result<Etag<ReferralView>> {
    let seen = ctx.if_match()?;
    let answered = ctx
        .write(move |tx| {
            let referral = act(tx, id, Some(seen), &command)?;
            answer(tx, referral)
        })
        .await?;
    Ok(answered)
}

/// Sends a draft: a request waits for the receiving side, a question for the specialist, a referral
/// down for the community.
#[utoipa::path(
    post, path = "/api/referrals/{id}/submit", tag = "referral", operation_id = "referral_submit",
    params(("id" = Id, Path)), request_body = Submit, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.write"))),
)]
async fn referral_submit(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Submit>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Submit(body)).await
}

/// Takes a request back, or throws a draft away. Gives back what was held.
#[utoipa::path(
    post, path = "/api/referrals/{id}/withdraw", tag = "referral", operation_id = "referral_withdraw",
    params(("id" = Id, Path)), request_body = Exit, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.write"))),
)]
async fn referral_withdraw(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Exit>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Withdraw(body)).await
}

/// Takes a request up and gives it to a department.
#[utoipa::path(
    post, path = "/api/referrals/{id}/review", tag = "referral", operation_id = "referral_review",
    params(("id" = Id, Path)), request_body = Review, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_review(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Review>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Review(body)).await
}

/// Accepts a request and holds the bed, appointment or machine time in the same transaction. When
/// somebody else took it a moment ago, the refusal offers the next three.
#[utoipa::path(
    post, path = "/api/referrals/{id}/accept", tag = "referral", operation_id = "referral_accept",
    params(("id" = Id, Path)), request_body = Accept, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_accept(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Accept>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Accept(body)).await
}

/// Refuses a request with a reason.
#[utoipa::path(
    post, path = "/api/referrals/{id}/reject", tag = "referral", operation_id = "referral_reject",
    params(("id" = Id, Path)), request_body = Exit, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_reject(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Exit>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Reject(body)).await
}

/// Passes a request to another department or organization; it waits there as submitted.
#[utoipa::path(
    post, path = "/api/referrals/{id}/reassign", tag = "referral", operation_id = "referral_reassign",
    params(("id" = Id, Path)), request_body = Reassign, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_reassign(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Reassign>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Reassign(body)).await
}

/// Gives the held place back and decides again.
#[utoipa::path(
    post, path = "/api/referrals/{id}/return-to-review", tag = "referral", operation_id = "referral_return_to_review",
    params(("id" = Id, Path)), request_body = Exit, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_return_to_review(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Exit>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::ReturnToReview(body)).await
}

/// The patient has come.
#[utoipa::path(
    post, path = "/api/referrals/{id}/arrive", tag = "referral", operation_id = "referral_arrive",
    params(("id" = Id, Path)), request_body = Arrive, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_arrive(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Arrive>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Arrive(body)).await
}

/// The patient is in a bed. Closes what else waits for a bed for the same patient.
#[utoipa::path(
    post, path = "/api/referrals/{id}/admit", tag = "referral", operation_id = "referral_admit",
    params(("id" = Id, Path)), request_body = Admit, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_admit(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Admit>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Admit(body)).await
}

/// The patient was seen or examined.
#[utoipa::path(
    post, path = "/api/referrals/{id}/see", tag = "referral", operation_id = "referral_see",
    params(("id" = Id, Path)), request_body = See, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_see(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<See>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::See(body)).await
}

/// The patient did not come.
#[utoipa::path(
    post, path = "/api/referrals/{id}/no-show", tag = "referral", operation_id = "referral_no_show",
    params(("id" = Id, Path)), responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_no_show(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::MarkNoShow).await
}

/// Sends results or the discharge summary back.
#[utoipa::path(
    post, path = "/api/referrals/{id}/return-results", tag = "referral", operation_id = "referral_return_results",
    params(("id" = Id, Path)), request_body = ReturnResults, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_return_results(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<ReturnResults>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::ReturnResults(body)).await
}

/// Proposes that the community take the patient back.
#[utoipa::path(
    post, path = "/api/referrals/{id}/propose-down", tag = "referral", operation_id = "referral_propose_down",
    params(("id" = Id, Path)), request_body = ProposeDown, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_propose_down(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<ProposeDown>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::ProposeDown(body)).await
}

/// Takes such a proposal back.
#[utoipa::path(
    post, path = "/api/referrals/{id}/recall-down", tag = "referral", operation_id = "referral_recall_down",
    params(("id" = Id, Path)), request_body = Exit, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.treat"))),
)]
async fn referral_recall_down(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Exit>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::RecallDown(body)).await
}

/// The community takes the patient; the follow-ups become tasks.
#[utoipa::path(
    post, path = "/api/referrals/{id}/accept-down", tag = "referral", operation_id = "referral_accept_down",
    params(("id" = Id, Path)), responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.follow-up"))),
)]
async fn referral_accept_down(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::AcceptDown).await
}

/// The community can't take the patient.
#[utoipa::path(
    post, path = "/api/referrals/{id}/decline-down", tag = "referral", operation_id = "referral_decline_down",
    params(("id" = Id, Path)), request_body = DeclineDown, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.follow-up"))),
)]
async fn referral_decline_down(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<DeclineDown>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::DeclineDown(body)).await
}

/// Answers a question.
#[utoipa::path(
    post, path = "/api/referrals/{id}/answer", tag = "referral", operation_id = "referral_answer",
    params(("id" = Id, Path)), request_body = AnswerQuestion, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.decide"))),
)]
async fn referral_answer(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<AnswerQuestion>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Answer(body)).await
}

/// Makes a draft referral of an answered question; its id is in `advice.became_id`.
#[utoipa::path(
    post, path = "/api/referrals/{id}/become-referral", tag = "referral", operation_id = "referral_become_referral",
    params(("id" = Id, Path)), responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.write"))),
)]
async fn referral_become_referral(ctx: Ctx, Path(id): Path<Id>) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::BecomeReferral).await
}

/// Ends the case with its outcome.
#[utoipa::path(
    post, path = "/api/referrals/{id}/close", tag = "referral", operation_id = "referral_close",
    params(("id" = Id, Path)), request_body = Close, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.take-part"))),
)]
async fn referral_close(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Close>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::Close(body)).await
}

/// Records the patient's death. Gives back what was held.
#[utoipa::path(
    post, path = "/api/referrals/{id}/record-death", tag = "referral", operation_id = "referral_record_death",
    params(("id" = Id, Path)), request_body = RecordDeath, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.take-part"))),
)]
async fn referral_record_death(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<RecordDeath>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::RecordDeath(body)).await
}

/// Ends the case because the patient was admitted elsewhere.
#[utoipa::path(
    post, path = "/api/referrals/{id}/close-elsewhere", tag = "referral", operation_id = "referral_close_elsewhere",
    params(("id" = Id, Path)), request_body = CloseElsewhere, responses((status = 200, body = ReferralView)),
    extensions(("x-permission" = json!("referral.take-part"))),
)]
async fn referral_close_elsewhere(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<CloseElsewhere>,
) -> Result<Etag<ReferralView>> {
    run(ctx, id, Command::CloseElsewhere(body)).await
}
