//! The six unchanged (六个不变): what stays as it is unless a government-level decision says
//! otherwise. Every save of an organization or practitioner passes here.

use kernel::{Date, Id};

use super::Refusal;
use crate::model::{
    Decision, DecisionState, DecisionUse, GuardedField, Organization, Practitioner, SubjectKind,
    word,
};

/// The guarded values of one organization or person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    kind: SubjectKind,
    id: Id,
    values: Vec<(GuardedField, Guard)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Guard {
    /// Not recorded yet: recording it is no change.
    Unknown,
    /// Known to be this; an empty text stands for the top of the tree.
    Known(String),
}

impl From<&Organization> for Guarded {
    fn from(org: &Organization) -> Self {
        let parent = org.parent_id.map(|id| id.to_string()).unwrap_or_default();
        Self {
            kind: SubjectKind::Organization,
            id: org.id,
            values: vec![
                (GuardedField::Ownership, guard(org.ownership.as_ref())),
                (GuardedField::Affiliation, Guard::Known(parent)),
                (GuardedField::InstitutionType, guard(Some(&org.kind))),
                (GuardedField::Positioning, guard(org.positioning.as_ref())),
                (GuardedField::Funding, guard(org.funding.as_ref())),
                (GuardedField::InputMode, guard(org.input_mode.as_ref())),
            ],
        }
    }
}

impl From<&Practitioner> for Guarded {
    fn from(person: &Practitioner) -> Self {
        Self {
            kind: SubjectKind::Practitioner,
            id: person.id,
            values: vec![
                (
                    GuardedField::StaffStatus,
                    guard(person.staff_status.as_ref()),
                ),
                (
                    GuardedField::HomeEmployer,
                    Guard::Known(person.home_org_id.to_string()),
                ),
            ],
        }
    }
}

fn guard<T: serde::Serialize>(value: Option<&T>) -> Guard {
    value.map_or(Guard::Unknown, |value| Guard::Known(word(value)))
}

/// Which guarded fields change; refused unless `decision` covers each of them and was not carried
/// out for it before.
///
/// # Errors
/// [`Refusal::NeedsDecision`] and the other refusals that speak of decisions.
pub fn guard_unchanged(
    before: &Guarded,
    after: &Guarded,
    decision: Option<&Decision>,
    today: Date,
) -> Result<Vec<GuardedField>, Refusal> {
    assert_eq!(
        (before.kind, before.id),
        (after.kind, after.id),
        "one subject is compared with itself"
    );
    let pairs = before.values.iter().zip(&after.values);
    let changed: Vec<GuardedField> = pairs
        .filter(|((_, old), (_, new))| *old != Guard::Unknown && old != new)
        .map(|((field, _), _)| *field)
        .collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    let Some(decision) = decision else {
        return Err(Refusal::NeedsDecision(changed));
    };
    if decision.state != DecisionState::InForce || decision.decided_on > today {
        return Err(Refusal::DecisionNotInForce);
    }
    let is_covered = |field: &GuardedField| {
        let mut items = decision.items.iter();
        items.any(|item| {
            item.kind == before.kind && item.id == before.id && item.fields.contains(field)
        })
    };
    let uncovered: Vec<_> = changed
        .iter()
        .copied()
        .filter(|field| !is_covered(field))
        .collect();
    if !uncovered.is_empty() {
        return Err(Refusal::DecisionDoesNotCover(uncovered));
    }
    let is_spent = |field: &GuardedField| {
        decision
            .uses
            .iter()
            .any(|used: &DecisionUse| used.id == before.id && used.field == *field)
    };
    let spent: Vec<_> = changed
        .iter()
        .copied()
        .filter(|field| is_spent(field))
        .collect();
    if spent.is_empty() {
        Ok(changed)
    } else {
        Err(Refusal::DecisionSpent(spent))
    }
}
