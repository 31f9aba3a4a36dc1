//! Decisions of government level: recording and withdrawing them.

use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::groups::check_evidence;
use super::{known_org, not_future, require_reach};
use crate::model::{
    Decision, DecisionItem, DecisionLevel, DecisionState, GuardedField, SubjectKind,
};
use crate::rules::{Refusal, required_text};
use crate::store::{groups, people};

const LINE_LENGTH_MAX: usize = 200;
const ITEMS_MAX: usize = 1_000;

/// A decision as on its document.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    /// The body that decided.
    pub issuer: String,
    /// Document number (文号).
    pub number: String,
    /// Title of the document.
    pub title: String,
    /// Level of government.
    pub level: DecisionLevel,
    /// Date of the document.
    pub decided_on: Date,
    /// What it lets change.
    pub items: Vec<DecisionItem>,
    /// Files that prove it, uploaded before.
    #[serde(default)]
    pub evidence_ids: Vec<Id>,
}

/// Records a decision.
///
/// # Errors
/// Names the field at fault; `network.decision-on-record` when the number is known.
pub fn record_decision(tx: &mut Tx<'_>, input: &DecisionInput) -> Result<Versioned<Decision>> {
    not_future(tx, input.decided_on, "decided_on")?;
    check_evidence(tx, &input.evidence_ids, "evidence_ids")?;
    if input.items.is_empty() || input.items.len() > ITEMS_MAX {
        let detail =
            "name between 1 and 1000 organizations or people and the fields that may change";
        return Err(Error::invalid("network.decision-items", "items", detail));
    }
    for (index, item) in input.items.iter().enumerate() {
        check_item(tx, item).map_err(|error| error.at(format!("items[{index}]")))?;
    }
    let decision = Decision {
        id: tx.new_id(),
        issuer: required_text(&input.issuer, "issuer", LINE_LENGTH_MAX)?,
        number: required_text(&input.number, "number", LINE_LENGTH_MAX)?,
        title: required_text(&input.title, "title", LINE_LENGTH_MAX)?,
        level: input.level,
        decided_on: input.decided_on,
        state: DecisionState::InForce,
        items: input.items.clone(),
        uses: Vec::new(),
        evidence_ids: input.evidence_ids.clone(),
        recorded_by_org_id: tx.actor().org_id,
        withdraw_reason: None,
        created_at: tx.now(),
    };
    if groups::decision_by_number(tx, &decision.issuer, &decision.number)?.is_some() {
        let detail = "this decision is on record already";
        return Err(Error::conflict("network.decision-on-record", detail).at("number"));
    }
    let detail = serde_json::json!({ "number": decision.number, "items": decision.items });
    tx.insert(&decision, Change::new("decision.recorded").detail(detail))
}

/// Withdraws a decision: nothing more can be changed under it; what was changed stays.
///
/// # Errors
/// `network.decision-not-in-force` when it was withdrawn before.
pub fn withdraw_decision(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    reason: &str,
) -> Result<Versioned<Decision>> {
    let mut decision = tx.load::<Decision>(id)?;
    require_reach(tx, decision.recorded_by_org_id)?;
    tx.check_version(&decision, version)?;
    if decision.state != DecisionState::InForce {
        return Err(Refusal::DecisionNotInForce.into());
    }
    decision.state = DecisionState::Withdrawn;
    decision.withdraw_reason = Some(required_text(reason, "reason", LINE_LENGTH_MAX)?);
    tx.update(&decision, Change::new("decision.withdrawn"))
}

fn check_item(tx: &mut Tx<'_>, item: &DecisionItem) -> Result<()> {
    let person_field = |field: &GuardedField| {
        matches!(
            field,
            GuardedField::StaffStatus | GuardedField::HomeEmployer
        )
    };
    let is_person = item.kind == SubjectKind::Practitioner;
    if item.fields.is_empty()
        || item
            .fields
            .iter()
            .any(|field| person_field(field) != is_person)
    {
        let detail = "name fields of an organization for organizations, of a person for people";
        return Err(Error::new(
            kernel::Kind::Invalid,
            "network.decision-fields",
            detail,
        ));
    }
    if is_person {
        let person = people::load(tx, item.id)?;
        return require_reach(tx, person.home_org_id);
    }
    known_org(tx, item.id, "id")?;
    require_reach(tx, item.id)
}
