//! Sending and deciding: submit, review, accept, refuse, pass on, answer.

use kernel::{Error, Id, Result, text};
use serde_json::{Value, json};
use store::Tx;

use super::apply::live_exists;
use super::bodies::{Accept, AnswerQuestion, Exit, Reassign, Review, Submit};
use super::draft::{NewReferral, party, write_draft};
use crate::content::{Content, check_text};
use crate::model::{AnswerKind, ExitReason, Referral, SuggestionTaken};
use crate::outcome::{Advice, AdviceSuggests};
use crate::rules::catalogue::departures;
use crate::store as sql;
use crate::suggest;
use crate::words::{Kind, Priority, Service};

/// Checks the sheet against the rules and sends it.
pub(super) fn submit(tx: &mut Tx<'_>, referral: &mut Referral, body: &Submit) -> Result<Value> {
    let now = tx.now();
    referral.content.check_complete(referral.kind, now)?;
    network::require_open(tx, referral.to.org_id).map_err(|error| error.at("to_org_id"))?;
    if referral.kind == Kind::Down && referral.down_plan.is_none() {
        let detail = "a referral down needs its plan before it is sent";
        return Err(Error::invalid("referral.missing", "down_plan", detail));
    }
    if let Some(live) = sql::live_of_problem(tx, referral.patient_id, &referral.problem_key)? {
        let hidden = crate::visible::sides(tx, &live)?.is_empty();
        let data = if hidden {
            json!({})
        } else {
            json!({ "id": live.id, "number": live.number })
        };
        return Err(live_exists().with(data));
    }
    referral.suggestion = Some(take_suggestion(tx, referral, body)?);
    referral.submitted_at = Some(now);
    if let Some(down_plan) = &mut referral.down_plan {
        down_plan.proposed_at = now;
        down_plan.proposed_by = tx.actor().name.clone();
    }
    Ok(json!({
        "number": referral.number,
        "priority": referral.content.priority,
        "overridden": referral.suggestion.as_ref().is_some_and(|taken| taken.overridden),
    }))
}

/// What the rules say of the sheet as it is, and whether going another way is explained.
fn take_suggestion(tx: &mut Tx<'_>, referral: &Referral, body: &Submit) -> Result<SuggestionTaken> {
    let suggestion =
        suggest::without_targets(tx, referral.kind, referral.from.org_id, &referral.content)?;
    let to_level = suggest::level_of_org(tx, referral.to.org_id)?;
    let points = departures(
        &suggestion,
        referral.kind,
        referral.content.priority,
        to_level,
    );
    let reason = body
        .override_reason
        .as_deref()
        .map(text::fold)
        .filter(|reason| !reason.is_empty());
    if !points.is_empty() && reason.is_none() {
        let detail = "the rules suggest another way; go that way, or say why not";
        return Err(
            Error::invalid("referral.override-needed", "override_reason", detail)
                .with(json!({ "points": points, "suggestion": suggestion })),
        );
    }
    Ok(SuggestionTaken {
        rule_version: suggestion.rule_version,
        reasons: suggestion
            .because
            .into_iter()
            .map(|because| because.code)
            .collect(),
        red_flags: suggestion
            .red_flags
            .into_iter()
            .map(|flag| flag.code)
            .collect(),
        overridden: !points.is_empty(),
        override_reason: reason.filter(|_| !points.is_empty()),
    })
}

/// Leaves a path with a reason; `system` is the catalogue its code comes from, where it has one.
pub(super) fn leave(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &Exit,
    system: Option<&'static str>,
) -> Result<Value> {
    set_reason(
        tx,
        referral,
        &body.reason_code,
        body.reason_text.as_deref(),
        system,
    )
}

/// Notes why, once the catalogue knows the code.
pub(super) fn set_reason(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    code: &str,
    text: Option<&str>,
    system: Option<&'static str>,
) -> Result<Value> {
    let code = code.trim();
    if code.is_empty() {
        return Ok(json!({}));
    }
    let words = text.map(text::fold).filter(|words| !words.is_empty());
    if let Some(words) = &words {
        check_text("reason_text", words)?;
    }
    if let Some(system) = system {
        let concept = terminology::require(tx, system, code, "reason_code")?;
        if concept.flag("needs_text") && words.is_none() {
            let detail = "this reason needs to be explained in words";
            return Err(Error::invalid("referral.missing", "reason_text", detail));
        }
    }
    referral.reason = Some(ExitReason {
        code: code.to_owned(),
        text: words,
        at: tx.now(),
        by_name: tx.actor().name.clone(),
        org_id: tx.actor().org_id,
    });
    Ok(json!({ "reason_code": code }))
}

/// Takes it up, and gives it to a department.
pub(super) fn review(tx: &mut Tx<'_>, referral: &mut Referral, body: &Review) -> Result<Value> {
    if let Some(department_id) = body.department_id {
        let practitioner_id = referral.to.practitioner_id;
        referral.to = party(
            tx,
            referral.to.org_id,
            Some(department_id),
            practitioner_id,
            "to",
        )?;
    }
    Ok(json!({ "department_id": referral.to.department_id }))
}

/// Accepts; the place is held by the step after this one.
pub(super) fn accept(tx: &mut Tx<'_>, referral: &mut Referral, body: &Accept) -> Result<Value> {
    if body.expected_at.is_some_and(|at| at < tx.now()) {
        let detail = "the patient can't be expected in the past";
        return Err(Error::invalid(
            "referral.time-in-past",
            "expected_at",
            detail,
        ));
    }
    if let Some(note) = &body.note {
        check_text("note", note)?;
    }
    if body.department_id.is_some() || body.practitioner_id.is_some() {
        let department_id = body.department_id.or(referral.to.department_id);
        let practitioner_id = body.practitioner_id.or(referral.to.practitioner_id);
        referral.to = party(tx, referral.to.org_id, department_id, practitioner_id, "to")?;
    }
    referral.expected_at = body.expected_at;
    referral.acceptance_note = body.note.clone();
    answered(tx, referral, AnswerKind::Accepted);
    Ok(json!({ "department_id": referral.to.department_id }))
}

/// Refuses.
pub(super) fn reject(tx: &mut Tx<'_>, referral: &mut Referral, body: &Exit) -> Result<Value> {
    let detail = leave(tx, referral, body, Some(terminology::REFERRAL_REFUSAL))?;
    answered(tx, referral, AnswerKind::Rejected);
    Ok(detail)
}

/// The first answer counts for the time it took.
pub(super) fn answered(tx: &Tx<'_>, referral: &mut Referral, kind: AnswerKind) {
    if referral.answered_at.is_none() {
        referral.answered_at = Some(tx.now());
        referral.answer_kind = Some(kind);
    }
}

/// Passes it on; the new side's time starts anew.
pub(super) fn reassign(tx: &mut Tx<'_>, referral: &mut Referral, body: &Reassign) -> Result<Value> {
    let from = (referral.to.org_id, referral.to.department_id);
    if from == (body.org_id, body.department_id) {
        let detail = "choose another organization or department";
        return Err(Error::invalid("referral.same-side", "org_id", detail));
    }
    if body.org_id == referral.from.org_id && body.department_id.is_none() {
        let detail = "the asking organization can't be asked itself; refuse instead";
        return Err(Error::invalid("referral.same-side", "org_id", detail));
    }
    network::require_open(tx, body.org_id).map_err(|error| error.at("org_id"))?;
    if body.org_id != referral.from.org_id
        && !network::same_group(tx, referral.from.org_id, body.org_id)?
    {
        let detail = "this organization is not in a group with the asking one";
        return Err(Error::rule("referral.not-in-group", detail).at("org_id"));
    }
    let system = Some(terminology::REFERRAL_REFUSAL);
    let mut detail = set_reason(
        tx,
        referral,
        &body.reason_code,
        body.reason_text.as_deref(),
        system,
    )?;
    detail["from_org_id"] = json!(referral.to.org_id);
    detail["to_org_id"] = json!(body.org_id);
    referral.to = party(tx, body.org_id, body.department_id, None, "to")?;
    referral.submitted_at = Some(tx.now());
    referral.answered_at = None;
    referral.answer_kind = None;
    referral.escalated_at = None;
    referral.expected_at = None;
    Ok(detail)
}

/// Answers a question.
pub(super) fn reply(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &AnswerQuestion,
) -> Result<Value> {
    if body.text.trim().is_empty() {
        return Err(Error::invalid(
            "referral.missing",
            "text",
            "write the answer",
        ));
    }
    check_text("text", &body.text)?;
    referral.advice = Some(Advice {
        text: body.text.clone(),
        suggests: body.suggests,
        by_name: tx.actor().name.clone(),
        at: tx.now(),
        became_id: None,
    });
    answered(tx, referral, AnswerKind::Replied);
    Ok(json!({ "suggests": body.suggests }))
}

/// Writes a draft of a referral with what the question and its answer already say.
pub(super) fn become_referral(tx: &mut Tx<'_>, referral: &mut Referral) -> Result<Value> {
    let draft = write_draft(tx, &grown_from(referral), Some(referral.id))?;
    let id: Id = draft.id;
    if let Some(advice) = &mut referral.advice {
        advice.became_id = Some(id);
    }
    Ok(json!({ "became_id": id }))
}

fn grown_from(referral: &Referral) -> NewReferral {
    let at_once = referral
        .advice
        .as_ref()
        .is_some_and(|advice| advice.suggests == AdviceSuggests::ReferNow);
    let priority = if at_once {
        Priority::Urgent
    } else {
        referral.content.priority
    };
    NewReferral {
        kind: Kind::Up,
        patient_id: referral.patient_id,
        from_org_id: Some(referral.from.org_id),
        from_department_id: referral.from.department_id,
        from_phone: referral.from.phone.clone(),
        to_org_id: referral.to.org_id,
        to_department_id: referral.to.department_id,
        to_practitioner_id: referral.to.practitioner_id,
        content: Content {
            question: None,
            service: Service::Outpatient,
            priority,
            wanted_on: None,
            ..referral.content.clone()
        },
        down_plan: None,
    }
}
