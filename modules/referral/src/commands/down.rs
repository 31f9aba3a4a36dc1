//! The referral down: propose, accept, decline.

use kernel::{Error, Id, Result};
use serde_json::{Value, json};
use store::{Rule, Tx};

use super::answer::set_reason;
use super::bodies::{DeclineDown, ProposeDown};
use super::draft::party;
use crate::content::check_text;
use crate::down::{DownPlan, PlanContent};
use crate::model::Referral;
use crate::rules::plan::{FollowUpRule, Formulary, Stability};
use crate::words::Kind;
use crate::{formulary, suggest};

/// Does the stability checklist hold?
pub(super) fn is_stable(tx: &mut Tx<'_>, plan: &PlanContent) -> Result<bool> {
    let checklist: Rule<Stability> = tx.rule("referral.stability")?;
    Ok(checklist.body.unmet(plan).is_empty())
}

/// A plan as it is stored: checked, with each drug against the community's formulary.
pub(super) fn checked_plan(
    tx: &mut Tx<'_>,
    plan: &PlanContent,
    from_org_id: Id,
    community_id: Id,
) -> Result<DownPlan> {
    if plan.diagnoses.is_empty() {
        let detail = "name the diagnoses at hand-over";
        return Err(Error::invalid("referral.missing", "plan.diagnoses", detail));
    }
    for (at, diagnosis) in plan.diagnoses.iter().enumerate() {
        terminology::require(
            tx,
            terminology::ICD10,
            &diagnosis.code,
            &format!("plan.diagnoses.{at}.code"),
        )?;
    }
    for (at, drug) in plan.drugs.iter().enumerate() {
        terminology::require(
            tx,
            terminology::DRUG,
            &drug.code,
            &format!("plan.drugs.{at}.code"),
        )?;
    }
    if plan.rehabilitation_goal.trim().is_empty() {
        let detail = "write the goal the community works towards";
        return Err(Error::invalid(
            "referral.missing",
            "plan.rehabilitation_goal",
            detail,
        ));
    }
    check_text("plan.rehabilitation_goal", &plan.rehabilitation_goal)?;
    check_text("plan.precautions", &plan.precautions)?;
    if plan.starts_on.is_some_and(|on| on < tx.now().date()) {
        let detail = "the follow-ups can't count from a day that is over";
        return Err(Error::invalid(
            "referral.time-in-past",
            "plan.starts_on",
            detail,
        ));
    }
    let community = network::require_open(tx, community_id).map_err(|error| error.at("org_id"))?;
    let rule: Rule<FollowUpRule> = tx.rule("referral.follow-up")?;
    let rule_set: Rule<Formulary> = tx.rule("referral.formulary")?;
    let own = formulary::own_on(tx, community_id, tx.now().date())?;
    let kind = suggest::kind_word(community.kind);
    Ok(DownPlan {
        proposed_at: tx.now(),
        proposed_by: tx.actor().name.clone(),
        proposed_by_org_id: from_org_id,
        formulary: rule_set.body.check(kind, &own, &plan.drugs),
        formulary_rule_version: rule_set.version,
        follow_up_days: rule.body.days_of(plan)?,
        plan: plan.clone(),
        accepted_at: None,
    })
}

/// Proposes that the community take the patient.
pub(super) fn propose(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &ProposeDown,
) -> Result<Value> {
    let community_id = body.org_id.unwrap_or(referral.from.org_id);
    if community_id == referral.to.org_id {
        let detail = "choose another organization than the one the patient is in";
        return Err(Error::invalid("referral.same-side", "org_id", detail));
    }
    if community_id != referral.from.org_id
        && !network::same_group(tx, referral.to.org_id, community_id)?
    {
        let detail = "this organization is not in a group with yours";
        return Err(Error::rule("referral.not-in-group", detail).at("org_id"));
    }
    let plan = checked_plan(tx, &body.plan, referral.to.org_id, community_id)?;
    let lacking = plan
        .formulary
        .iter()
        .filter(|check| !check.available)
        .count();
    referral.community = Some(party(tx, community_id, None, None, "community")?);
    referral.down_plan = Some(plan);
    Ok(json!({ "community_org_id": community_id, "drugs_lacking": lacking }))
}

/// The community takes the patient.
pub(super) fn accept(tx: &Tx<'_>, referral: &mut Referral) -> Value {
    let now = tx.now();
    if let Some(plan) = &mut referral.down_plan {
        plan.accepted_at = Some(now);
    }
    if let Some(community) = &mut referral.community {
        community.practitioner_id = tx.actor().practitioner_id;
        community.doctor_name = Some(tx.actor().name.clone());
    }
    json!({ "accepted_at": now })
}

/// The community can't take the patient.
pub(super) fn decline(
    tx: &mut Tx<'_>,
    referral: &mut Referral,
    body: &DeclineDown,
) -> Result<Value> {
    let system = Some(terminology::REFERRAL_REFUSAL);
    let detail = set_reason(
        tx,
        referral,
        &body.reason_code,
        body.reason_text.as_deref(),
        system,
    )?;
    drop_plan(referral);
    Ok(detail)
}

/// A proposal that did not come to be leaves the case as it was; its history keeps the plan.
pub(super) fn drop_plan(referral: &mut Referral) {
    if referral.kind != Kind::Down {
        referral.community = None;
        referral.down_plan = None;
    }
}
