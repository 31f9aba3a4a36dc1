//! What the wall shows, put together from the modules that know.

use std::collections::HashMap;

use kernel::{Id, Instant, Result, Scope, Span};
use network::Org;
use serde::{Deserialize, Serialize};
use store::{Event, Tx};

use crate::model::{self, Message};

/// Everything on the wall.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Wall {
    /// As of this moment.
    pub at: Instant,
    /// Beds, slots and devices, a line a member that has any.
    pub members: Vec<WallMember>,
    /// Devices by kind over all members.
    pub equipment: Vec<resources::KindSummary>,
    /// What waits, over all members.
    pub queue: referral::Queue,
    /// What went wrong lately, newest first.
    pub alerts: Vec<WallAlert>,
    /// What the dispatcher tells everybody.
    pub messages: Vec<WallMessage>,
}

/// A member's pooled places.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WallMember {
    /// The member.
    pub org_id: Id,
    /// Its short name.
    pub name: String,
    /// Beds, slots and devices.
    pub places: resources::Summary,
}

/// Something that went wrong.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WallAlert {
    /// Number of its event.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What: the event's code, which the interface translates.
    pub event: String,
    /// The thing.
    pub entity_id: Id,
    /// Short name of the member it belongs to.
    pub org: String,
    /// Short name of the member on the other side.
    pub peer: Option<String>,
}

/// A message and the version to withdraw it with.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WallMessage {
    /// The version, for `If-Match`.
    pub version: i64,
    /// The message.
    #[serde(flatten)]
    pub message: Message,
}

/// Events that the wall shows as alerts.
const ALERTS: [&str; 5] = [
    "referral.escalated",
    "referral.expired",
    "referral.no-show",
    "hold.expired",
    "clinic-session.stopped",
];
/// How far back alerts go.
const ALERTS_SINCE: Span = Span::hours(4);
/// Events looked through for alerts.
const EVENTS_MAX: u32 = 1_000;
/// Alerts shown.
const ALERTS_MAX: usize = 12;

pub(crate) fn read(tx: &mut Tx<'_>) -> Result<Wall> {
    let scope = tx.scope().unwrap_or(Scope::Org);
    let ids = http::access::visible_orgs(tx, scope)?;
    let orgs: HashMap<Id, Org> = network::orgs(tx, &ids)?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let mut members: Vec<WallMember> = resources::summary(tx, &ids)?
        .into_iter()
        .filter(has_places)
        .filter_map(|places| {
            let org = orgs.get(&places.org_id?)?;
            Some(WallMember {
                org_id: org.id,
                name: org.short_name.clone(),
                places,
            })
        })
        .collect();
    members.sort_by_key(|member| {
        (
            -member.places.beds_total,
            -member.places.equipment_total,
            member.org_id,
        )
    });
    Ok(Wall {
        at: tx.now(),
        members,
        equipment: resources::equipment_by_kind(tx, &ids)?,
        queue: referral::queue(tx, &ids)?,
        alerts: alerts(tx, &orgs)?,
        messages: model::live(tx)?
            .into_iter()
            .map(|message| WallMessage {
                version: message.version,
                message: message.data,
            })
            .collect(),
    })
}

fn has_places(places: &resources::Summary) -> bool {
    places.beds_total + places.slots_left_today + places.equipment_total > 0
}

fn alerts(tx: &mut Tx<'_>, orgs: &HashMap<Id, Org>) -> Result<Vec<WallAlert>> {
    let since = tx.now() - ALERTS_SINCE;
    let last = tx.last_seq()?;
    let events = tx.events_after(last - i64::from(EVENTS_MAX), EVENTS_MAX)?;
    let name = |id: Option<Id>| {
        id.and_then(|id| orgs.get(&id))
            .map(|org| org.short_name.clone())
    };
    let shown = |event: &&Event| {
        event.at >= since
            && ALERTS.contains(&event.event.as_str())
            && [event.org_id, event.peer_org_id]
                .into_iter()
                .flatten()
                .any(|id| orgs.contains_key(&id))
    };
    let alerts = events
        .iter()
        .rev()
        .filter(shown)
        .take(ALERTS_MAX)
        .map(|event| WallAlert {
            seq: event.seq.unwrap_or(0),
            at: event.at,
            event: event.event.clone(),
            entity_id: event.entity_id,
            org: name(event.org_id).unwrap_or_default(),
            peer: name(event.peer_org_id),
        });
    Ok(alerts.collect())
}
