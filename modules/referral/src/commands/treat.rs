//! The patient on the receiving side: arrival, admission, results, the end of the case.

use kernel::{Error, Instant, Result};
use serde_json::{Value, json};
use store::Tx;

use super::answer::answered;
use super::bodies::{Admit, Arrive, Close, CloseElsewhere, RecordDeath, ReturnResults, See};
use crate::content::check_text;
use crate::model::{AnswerKind, Encounter, Referral};
use crate::outcome::{Discharge, Outcome, OutcomeResult};

/// Arrivals are entered at most this long after they happened.
const ARRIVAL_LATE_MAX: kernel::Span = kernel::Span::days(3);

/// The patient has come.
pub(super) fn arrive(tx: &mut Tx<'_>, referral: &mut Referral, body: &Arrive) -> Result<Value> {
    let now = tx.now();
    let at = body.arrived_at.unwrap_or(now);
    if at > now {
        let detail = "an arrival can't lie in the future";
        return Err(Error::invalid(
            "referral.time-in-future",
            "arrived_at",
            detail,
        ));
    }
    if at < now - ARRIVAL_LATE_MAX || referral.submitted_at.is_some_and(|sent| at < sent) {
        let detail = "an arrival lies after the request and at most three days back";
        return Err(Error::invalid(
            "referral.time-in-past",
            "arrived_at",
            detail,
        ));
    }
    // An emergency that comes before anybody answered is answered by its arrival.
    answered(tx, referral, AnswerKind::Accepted);
    encounter(referral).arrived_at = Some(at);
    Ok(json!({ "arrived_at": at }))
}

fn encounter(referral: &mut Referral) -> &mut Encounter {
    referral.encounter.get_or_insert_with(Encounter::default)
}

/// The patient is in a bed.
pub(super) fn admit(tx: &mut Tx<'_>, referral: &mut Referral, body: &Admit) -> Result<Value> {
    record::note_treatment(tx, referral.patient_id, referral.to.org_id)?;
    let now = tx.now();
    let held_name = referral.hold.as_ref().map(|held| held.place_name.clone());
    let encounter = encounter(referral);
    encounter.admitted_at = Some(now);
    encounter.place_text = body.place_text.clone().or(held_name);
    encounter.number = body.number.clone().or(encounter.number.take());
    encounter.doctor_name = body.doctor_name.clone().or(encounter.doctor_name.take());
    Ok(json!({ "admitted_at": now }))
}

/// The patient was seen or examined.
pub(super) fn see(tx: &mut Tx<'_>, referral: &mut Referral, body: &See) -> Result<Value> {
    record::note_treatment(tx, referral.patient_id, referral.to.org_id)?;
    let (now, name) = (tx.now(), tx.actor().name.clone());
    let encounter = encounter(referral);
    encounter.seen_at = Some(now);
    encounter.number = body.number.clone();
    encounter.doctor_name = Some(body.doctor_name.clone().unwrap_or(name));
    Ok(json!({ "seen_at": now }))
}

/// Results or the discharge summary go back to the asking side.
pub(super) fn return_results(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &ReturnResults,
) -> Result<Value> {
    let summary = &body.summary;
    if summary.findings.trim().is_empty() {
        let detail = "write the findings or the result";
        return Err(Error::invalid(
            "referral.missing",
            "summary.findings",
            detail,
        ));
    }
    let texts = [
        ("summary.findings", &summary.findings),
        ("summary.treatment", &summary.treatment),
        ("summary.condition", &summary.condition),
        ("summary.advice", &summary.advice),
    ];
    for (field, text) in texts {
        check_text(field, text)?;
    }
    for (at, diagnosis) in summary.diagnoses.iter().enumerate() {
        terminology::require(
            tx,
            terminology::ICD10,
            &diagnosis.code,
            &format!("summary.diagnoses.{at}.code"),
        )?;
    }
    super::talk::require_attachments(tx, referral.id, &summary.attachment_ids)?;
    let now = tx.now();
    if summary.discharged_on.is_some_and(|on| on > now.date()) {
        let detail = "a discharge can't lie in the future";
        return Err(Error::invalid(
            "referral.time-in-future",
            "summary.discharged_on",
            detail,
        ));
    }
    let admitted = referral
        .encounter
        .as_ref()
        .and_then(|encounter| encounter.admitted_at);
    let discharged_at = admitted.map(|admitted| discharge_time(body, admitted, now));
    referral.discharge = Some(Discharge {
        returned_at: now,
        by_name: tx.actor().name.clone(),
        discharged_at,
        summary: summary.clone(),
    });
    Ok(json!({ "discharged_at": discharged_at }))
}

/// The end of the day of discharge, but neither before the admission nor in the future.
fn discharge_time(body: &ReturnResults, admitted: Instant, now: Instant) -> Instant {
    let day = body.summary.discharged_on.map_or(now, |on| on.at(23, 59));
    day.max(admitted).min(now)
}

/// How the case ended.
pub(super) fn close(referral: &mut Referral, body: &Close) -> Result<Value> {
    if body
        .outcome
        .satisfaction
        .is_some_and(|score| !(1..=5).contains(&score))
    {
        let detail = "satisfaction is 1 to 5, or left out where nobody asked";
        return Err(Error::invalid(
            "referral.satisfaction",
            "outcome.satisfaction",
            detail,
        ));
    }
    if let Some(text) = &body.outcome.text {
        check_text("outcome.text", text)?;
    }
    referral.outcome = Some(body.outcome.clone());
    Ok(json!({ "result": body.outcome.result, "satisfaction": body.outcome.satisfaction }))
}

/// The patient has died.
pub(super) fn record_death(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &RecordDeath,
) -> Result<Value> {
    if body.died_on > tx.now().date() {
        let detail = "this day has not come yet";
        return Err(Error::invalid("referral.time-in-future", "died_on", detail));
    }
    if let Some(text) = &body.text {
        check_text("text", text)?;
    }
    referral.outcome = Some(Outcome {
        result: OutcomeResult::Died,
        text: body.text.clone(),
        satisfaction: None,
    });
    Ok(json!({ "died_on": body.died_on }))
}

/// The patient was admitted elsewhere.
pub(super) fn close_elsewhere(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &CloseElsewhere,
) -> Result<Value> {
    if body.text.trim().is_empty() {
        let detail = "say where the patient was admitted";
        return Err(Error::invalid("referral.missing", "text", detail));
    }
    check_text("text", &body.text)?;
    referral.reason = Some(crate::model::ExitReason {
        code: "admitted-elsewhere".to_owned(),
        text: Some(body.text.clone()),
        at: tx.now(),
        by_name: tx.actor().name.clone(),
        org_id: tx.actor().org_id,
    });
    Ok(json!({ "by_referral_id": body.referral_id }))
}
