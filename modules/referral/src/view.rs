//! A case as a viewer sees it: the document, what this viewer may do with it, its timeline.

use kernel::{Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};

use crate::commands::facts_of;
use crate::down::FollowUp;
use crate::model::Referral;
use crate::rules::{Facts, Refusal, decide};
use crate::store as sql;
use crate::store::{Attachment, Message};
use crate::visible;
use crate::words::{Action, Role, Side, State};

/// A case with what this viewer may do.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReferralView {
    /// The document.
    #[serde(flatten)]
    pub referral: Referral,
    /// Its version; send it back in `If-Match`.
    pub version: i64,
    /// On which sides the viewer stands.
    pub sides: Vec<Side>,
    /// Every action, and whether it is open to this viewer now.
    pub actions: Vec<OpenAction>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Follow-ups of the community.
    pub follow_ups: Vec<FollowUpView>,
}

/// An action and whether it is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OpenAction {
    /// The action.
    pub action: Action,
    /// Is it open?
    pub allowed: bool,
    /// Why not: a code of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Where the case would stand afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<State>,
}

/// A follow-up with its version.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FollowUpView {
    /// The follow-up.
    #[serde(flatten)]
    pub follow_up: FollowUp,
    /// Its version; send it back in `If-Match`.
    pub version: i64,
    /// Past its day and not done.
    pub overdue: bool,
}

impl FollowUpView {
    /// The view on `now`.
    pub(crate) fn of(follow_up: Versioned<FollowUp>, now: Instant) -> Self {
        let waiting = follow_up.state == crate::down::FollowUpState::Waiting;
        let overdue = waiting && follow_up.due_on < now.date();
        Self {
            version: follow_up.version,
            follow_up: follow_up.data,
            overdue,
        }
    }
}

/// One entry of the timeline both sides see.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Instant,
    /// What: an event code, or `message`.
    pub event: String,
    /// Who.
    pub by_name: String,
    /// In which role.
    pub role: String,
    /// For which organization.
    pub org_id: Id,
    /// That organization's name, where it is a side.
    pub org_name: Option<String>,
    /// What changed.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// What was written, for a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The view of a case for the actor in hand.
pub(crate) fn of(tx: &mut Tx<'_>, referral: Versioned<Referral>) -> Result<ReferralView> {
    let sides = visible::sides(tx, &referral)?;
    let now = tx.now();
    let follow_ups = if referral.down_plan.is_some() {
        sql::follow_ups_of(tx, referral.id)?
    } else {
        Vec::new()
    };
    Ok(ReferralView {
        actions: actions(tx, &referral, &sides),
        attachments: sql::attachments(tx, referral.id)?,
        follow_ups: follow_ups
            .into_iter()
            .map(|one| FollowUpView::of(one, now))
            .collect(),
        version: referral.version,
        referral: referral.data,
        sides,
    })
}

/// Every action a person can take, and whether this viewer can now.
fn actions(tx: &Tx<'_>, referral: &Referral, sides: &[Side]) -> Vec<OpenAction> {
    let facts = facts_of(referral);
    let role = Role::of(&tx.actor().role);
    let by_people = Action::ALL
        .iter()
        .filter(|action| !matches!(action, Action::Escalate | Action::Expire | Action::Remind));
    by_people
        .map(|action| {
            let granted = tx.actor().scope(action.permission()).is_some();
            let answer = open_to(referral.state, *action, sides, role, &facts);
            match answer {
                Ok(then) if granted => OpenAction {
                    action: *action,
                    allowed: true,
                    reason_code: None,
                    then: Some(then),
                },
                Ok(_) => closed(*action, "access.forbidden"),
                Err(refusal) => closed(*action, refusal.code()),
            }
        })
        .collect()
}

fn closed(action: Action, code: &str) -> OpenAction {
    OpenAction {
        action,
        allowed: false,
        reason_code: Some(code.to_owned()),
        then: None,
    }
}

fn open_to(
    state: State,
    action: Action,
    sides: &[Side],
    role: Option<Role>,
    facts: &Facts,
) -> Result<State, Refusal> {
    let Some(role) = role else {
        return Err(Refusal::OtherRole);
    };
    let mut closest = Refusal::OtherSide;
    for side in sides {
        match decide(state, action, *side, role, facts) {
            Ok(transition) => return Ok(transition.to),
            Err(Refusal::OtherSide) => {}
            Err(refusal) => closest = refusal,
        }
    }
    Err(closest)
}

/// Events and messages of a case in one order.
pub(crate) fn timeline(tx: &mut Tx<'_>, referral: &Referral) -> Result<Vec<TimelineEntry>> {
    let events = tx.events_of(referral.id)?;
    let messages = sql::messages(tx, referral.id)?;
    let name_of = |org_id: Id| {
        let party = referral.parties().find(|party| party.org_id == org_id);
        party.map(|party| party.org_name.clone())
    };
    let events = events
        .into_iter()
        .filter(|event| event.event != "referral.message-posted");
    let mut entries: Vec<TimelineEntry> = events
        .map(|event| TimelineEntry {
            id: event.id,
            at: event.at,
            detail: event.detail_json(),
            event: event.event,
            by_name: event.actor_name,
            role: event.role,
            org_id: event.actor_org_id,
            org_name: name_of(event.actor_org_id),
            text: None,
        })
        .chain(
            messages
                .into_iter()
                .map(|message| of_message(message, &name_of)),
        )
        .collect();
    entries.sort_by_key(|entry| (entry.at, entry.id));
    Ok(entries)
}

fn of_message(message: Message, name_of: &impl Fn(Id) -> Option<String>) -> TimelineEntry {
    TimelineEntry {
        id: message.id,
        at: message.at,
        event: "message".to_owned(),
        by_name: message.author_name,
        role: message.role,
        org_id: message.org_id,
        org_name: name_of(message.org_id),
        detail: serde_json::json!({}),
        text: Some(message.text),
    }
}
