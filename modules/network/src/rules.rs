//! Decisions on values: the six unchanged, the tree, formation, identity, reach. No I/O.

mod guard;
mod identity;
mod reach;
mod text;
mod tree;

pub use guard::{Guarded, guard_unchanged};
pub(crate) use identity::{check_organization_codes, check_resident_id};
pub(crate) use reach::{Node, reach_of_all};
pub(crate) use text::{optional_text, required_code, required_text};
pub(crate) use tree::{check_place, distance_meters};

use kernel::{Error, Kind};
use serde_json::json;

use crate::model::{GroupState, GuardedField};

/// Why the network refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One of the six unchanged would change without a decision.
    #[error(
        "this changes {0:?}, which needs a government-level decision on record; cite its id as decision_id"
    )]
    NeedsDecision(Vec<GuardedField>),
    /// The decision cited does not cover the change.
    #[error("the decision cited does not cover {0:?} of this organization or person")]
    DecisionDoesNotCover(Vec<GuardedField>),
    /// The decision cited has been used for this change before.
    #[error(
        "the decision cited was already carried out for {0:?}; another change needs another decision"
    )]
    DecisionSpent(Vec<GuardedField>),
    /// The decision cited was withdrawn or is dated in the future.
    #[error("the decision cited is not in force")]
    DecisionNotInForce,
    /// The organization is closed.
    #[error("this organization is closed")]
    OrganizationClosed,
    /// The organization is open already.
    #[error("this organization is open")]
    OrganizationOpen,
    /// Open organizations hang below it.
    #[error("close or move the open organizations below it first")]
    HasOpenChildren,
    /// It leads a group that is not dissolved.
    #[error("it leads a group; dissolve the group or give the lead to another first")]
    LeadsGroup,
    /// The place in the tree makes no sense.
    #[error("{0}")]
    Place(&'static str),
    /// Only somebody who founds may put an organization at the top of the tree.
    #[error(
        "only an administrator of the whole system may put an organization at the top of the tree"
    )]
    TopOfTree,
    /// An identifier fails its check character.
    #[error(
        "the check character of {0} does not agree; correct it, or say in identity_reason why it is right"
    )]
    IdentityCheck(&'static str),
    /// A group needs its formation approval first.
    #[error("record the formation approval before the group becomes active")]
    NotApproved,
    /// The group's state does not allow it.
    #[error("a group that is {} can't do this", crate::model::word(.0))]
    GroupStateForbids(GroupState),
    /// Not an institution that treats patients.
    #[error("a region or bureau can't be a member; choose an institution that treats patients")]
    NotProvider,
    /// It is a member already.
    #[error("this organization is a member already")]
    AlreadyMember,
    /// It is no member.
    #[error("this organization is not a member")]
    NotMember,
    /// The lead can't leave.
    #[error("the lead can't leave its own group or alliance")]
    LeadStays,
    /// Two dates in the wrong order.
    #[error("the end can't lie before the start")]
    DatesReversed,
    /// A date in the future where only the past makes sense.
    #[error("this date lies in the future")]
    FutureDate,
    /// It is over already.
    #[error("this has ended already")]
    Ended,
    /// Somebody else has this code.
    #[error("this code is taken; codes are unique")]
    CodeTaken,
    /// Somebody else has this registration number.
    #[error("another organization has this registration number")]
    InstitutionCodeTaken,
    /// The same resident ID number belongs to another person.
    #[error("somebody with this resident ID number is on record already")]
    PersonOnRecord,
    /// The person has left.
    #[error("this person has left")]
    PersonLeft,
    /// Files are needed as proof.
    #[error("attach at least one file that proves it")]
    NoEvidence,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeedsDecision(_) => "network.needs-decision",
            Self::DecisionDoesNotCover(_) => "network.decision-does-not-cover",
            Self::DecisionSpent(_) => "network.decision-spent",
            Self::DecisionNotInForce => "network.decision-not-in-force",
            Self::OrganizationClosed => "network.organization-closed",
            Self::OrganizationOpen => "network.organization-open",
            Self::HasOpenChildren => "network.has-open-children",
            Self::LeadsGroup => "network.leads-group",
            Self::Place(_) => "network.wrong-place",
            Self::TopOfTree => "network.top-of-tree",
            Self::IdentityCheck(_) => "network.identity-check",
            Self::NotApproved => "network.not-approved",
            Self::GroupStateForbids(_) => "network.group-state",
            Self::NotProvider => "network.not-provider",
            Self::AlreadyMember => "network.already-member",
            Self::NotMember => "network.not-member",
            Self::LeadStays => "network.lead-stays",
            Self::DatesReversed => "network.dates-reversed",
            Self::FutureDate => "network.future-date",
            Self::Ended => "network.ended",
            Self::CodeTaken => "network.code-taken",
            Self::InstitutionCodeTaken => "network.institution-code-taken",
            Self::PersonOnRecord => "network.person-on-record",
            Self::PersonLeft => "network.person-left",
            Self::NoEvidence => "network.no-evidence",
        }
    }

    /// The field at fault, where it is always the same one.
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NeedsDecision(_)
            | Self::DecisionDoesNotCover(_)
            | Self::DecisionSpent(_)
            | Self::DecisionNotInForce => Some("decision_id"),
            Self::Place(_) | Self::TopOfTree => Some("parent_id"),
            Self::IdentityCheck(field) => Some(field),
            Self::CodeTaken => Some("code"),
            Self::InstitutionCodeTaken => Some("institution_code"),
            Self::PersonOnRecord => Some("resident_id"),
            Self::NoEvidence => Some("evidence_ids"),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal {
            Refusal::CodeTaken
            | Refusal::InstitutionCodeTaken
            | Refusal::PersonOnRecord
            | Refusal::AlreadyMember => Kind::Conflict,
            Refusal::TopOfTree => Kind::Forbidden,
            _ => Kind::Rule,
        };
        let mut error = Self::new(kind, refusal.code(), refusal.to_string());
        if let Some(field) = refusal.field() {
            error = error.at(field);
        }
        match refusal {
            Refusal::NeedsDecision(fields)
            | Refusal::DecisionDoesNotCover(fields)
            | Refusal::DecisionSpent(fields) => error.with(json!({ "fields": fields })),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests;
