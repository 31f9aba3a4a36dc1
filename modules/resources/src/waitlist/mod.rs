//! The waitlist: who waits for a place of one sort at one member, in which order, and what happens
//! when one becomes free.

pub(crate) mod api;
pub(crate) mod store;

use ::store::{Change, Entity, Tx, Value, Versioned, params};
use kernel::{Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};

use crate::beds::{self, Bed, BedState};
use crate::equipment::{self, Equipment, EquipmentState, calendar};
use crate::holds::{self, Taking};
use crate::model::{Channel, Hold, Place, PlaceKind, WaitRequest};
use crate::rules::{self, EquipmentRules, HoldRules, require_range};
use crate::slots::{self, SlotState};
use crate::{neighbours, text};

/// How many from the front of the line are asked whether a place suits them.
const LINE_MAX: i64 = 50;
/// Offers made of one stretch of free equipment time.
const FILLS_MAX: usize = 50;

/// Where a request in the waitlist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaitState {
    /// In the line.
    Waiting,
    /// A place is held for it and waits for the answer.
    Offered,
    /// The place was confirmed.
    Taken,
    /// Taken out of the line.
    Left,
    /// No answer in time, or nothing free in time.
    Lapsed,
}

impl WaitState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Taken => "taken",
            Self::Left => "left",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A request in the waitlist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Its id.
    pub id: Id,
    /// What it waits for, and for whom.
    pub request: WaitRequest,
    /// Since when.
    pub since: Instant,
    /// Where it stands.
    pub state: WaitState,
    /// The hold made for it.
    pub hold_id: Option<Id>,
}

impl Waiting {
    /// The green channel stands in front; then who came first.
    const fn rank(channel: Channel) -> i64 {
        match channel {
            Channel::Green => 0,
            Channel::Referral => 1,
            Channel::Routine => 2,
        }
    }
}

impl Entity for Waiting {
    const KIND: &'static str = "waiting";
    const TABLE: &'static str = "waitlist";
    const COLUMNS: &'static [&'static str] = &[
        "kind",
        "org_id",
        "query_key",
        "for_org_id",
        "owner_kind",
        "owner_id",
        "patient_id",
        "rank",
        "since",
        "state",
        "hold_id",
        "until_at",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.request.org_id)
    }
    fn peer_org_id(&self) -> Option<Id> {
        Some(self.request.for_org_id)
    }
    fn patient_id(&self) -> Option<Id> {
        self.request.patient_id
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.request.kind.word(),
            self.request.org_id,
            self.request.key.as_str(),
            self.request.for_org_id,
            self.request.owner_kind.as_str(),
            self.request.owner_id,
            self.request.patient_id,
            Self::rank(self.request.channel),
            self.since,
            self.state.word(),
            self.hold_id,
            self.request.to,
        ]
        .to_vec()
    }
}

/// Puts a request in the line.
///
/// # Errors
/// What is wrong with it, field by field; `resources.waiting-already` for a second request of one
/// owner for the same sort of place.
pub(crate) fn wait(tx: &mut Tx<'_>, request: &WaitRequest) -> Result<Versioned<Waiting>> {
    let now = tx.now();
    let rules = tx.rule::<HoldRules>(rules::HOLDS)?.body;
    neighbours::require_open(tx, request.org_id)?;
    neighbours::require_open(tx, request.for_org_id).map_err(|error| error.at("for_org_id"))?;
    neighbours::require_same_group(tx, request.for_org_id, request.org_id)?;
    if let Some(department_id) = request.department_id {
        neighbours::require_department(tx, request.org_id, department_id)?;
    }
    if request.to <= now || request.to <= request.from {
        let detail = "the waiting ends after it begins, and in the future";
        return Err(Error::invalid("resources.past", "to", detail));
    }
    let days = (request.to - now).whole_minutes() / (24 * 60);
    require_range("days", days, 0, rules.waitlist_days_max).map_err(|error| error.at("to"))?;
    let mut request = request.clone();
    request.key = text::code("key", &request.key)?;
    if request.kind == PlaceKind::Equipment {
        let limits = tx.rule::<EquipmentRules>(rules::EQUIPMENT)?.body;
        request.key = request.key.to_uppercase();
        let minutes = request.minutes.unwrap_or(0);
        require_range("minutes", minutes, 1, limits.booking_minutes_max)?;
        request.minutes = Some(calendar::whole_cells(minutes));
    }
    let is_twin = |one: &Versioned<Waiting>| {
        let twin = &one.request;
        one.state == WaitState::Waiting
            && (twin.kind, twin.org_id, twin.key.as_str())
                == (request.kind, request.org_id, request.key.as_str())
    };
    if store::for_owner(tx, &request.owner_kind, request.owner_id)?
        .iter()
        .any(is_twin)
    {
        let detail = "this request stands in the line already; one place a request is enough";
        return Err(Error::conflict("resources.waiting-already", detail));
    }
    let waiting = Waiting {
        id: tx.new_id(),
        request,
        since: now,
        state: WaitState::Waiting,
        hold_id: None,
    };
    let change = Change::new("waiting.joined").detail(detail(&waiting));
    tx.insert(&waiting, change)
}

/// Takes a request out of the line; a place offered to it goes to the next.
///
/// # Errors
/// `resources.waiting-over` when it has its place, or has lapsed.
pub(crate) fn leave(
    tx: &mut Tx<'_>,
    mut waiting: Versioned<Waiting>,
) -> Result<Versioned<Waiting>> {
    match waiting.state {
        WaitState::Left => return Ok(waiting),
        WaitState::Taken | WaitState::Lapsed => {
            let detail = "this request is not in the line any more";
            return Err(Error::conflict("resources.waiting-over", detail));
        }
        WaitState::Waiting | WaitState::Offered => {}
    }
    let offered = waiting.hold_id.take();
    waiting.state = WaitState::Left;
    let change = Change::new("waiting.left").detail(detail(&waiting));
    let waiting = tx.update(&waiting, change)?;
    if let Some(hold_id) = offered {
        let hold = tx.load::<Hold>(hold_id)?;
        if hold.state.is_live() {
            holds::release(tx, hold, "waitlist-left")?;
        }
    }
    Ok(waiting)
}

/// A hold made for a request in the line was confirmed or used (`taken`), or ended without.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn answered(tx: &mut Tx<'_>, hold_id: Id, is_taken: bool) -> Result<()> {
    let Some(mut waiting) = store::offered(tx, hold_id)? else {
        return Ok(());
    };
    waiting.state = if is_taken {
        WaitState::Taken
    } else {
        WaitState::Lapsed
    };
    let event = if is_taken {
        "waiting.taken"
    } else {
        "waiting.lapsed"
    };
    let change = Change::new(event).detail(detail(&waiting));
    tx.update(&waiting, change).map(|_| ())
}

/// Ends requests that waited in vain; answers how many.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn lapse_due(tx: &mut Tx<'_>, limit: i64) -> Result<i64> {
    let due = store::due(tx, limit)?;
    let count = i64::try_from(due.len()).unwrap_or(limit);
    for mut waiting in due {
        waiting.state = WaitState::Lapsed;
        let change = Change::new("waiting.lapsed").detail(detail(&waiting));
        tx.update(&waiting, change)?;
    }
    Ok(count)
}

/// A bed became free: the first whom it suits gets it.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn fill_bed(tx: &mut Tx<'_>, bed: &Bed) -> Result<()> {
    if bed.state != BedState::Open || beds::store::hold_id(tx, bed.id)?.is_some() {
        return Ok(());
    }
    let line = store::line(tx, PlaceKind::Bed, bed.org_id, &bed.specialty, LINE_MAX)?;
    for waiting in line {
        let request = &waiting.request;
        let suits = request
            .department_id
            .is_none_or(|id| id == bed.department_id)
            && request.from <= tx.now()
            && (!request.isolation || bed.isolation)
            && beds::store::suits(bed.sex_rule, request.patient_sex);
        if suits && offer(tx, waiting, Place::Bed { bed_id: bed.id })? {
            return Ok(());
        }
    }
    Ok(())
}

/// A slot became free: the first whom it suits gets it.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn fill_slot(tx: &mut Tx<'_>, slot_id: Id) -> Result<()> {
    let slot = slots::store::slot(tx, slot_id)?;
    if slot.state != SlotState::Open || slot.start_at <= tx.now() {
        return Ok(());
    }
    let line = store::line(tx, PlaceKind::Slot, slot.org_id, &slot.specialty, LINE_MAX)?;
    for waiting in line {
        let request = &waiting.request;
        let suits = request
            .department_id
            .is_none_or(|id| id == slot.department_id)
            && request.from <= slot.start_at
            && slot.start_at < request.to;
        if suits && offer(tx, waiting, Place::Slot { slot_id })? {
            return Ok(());
        }
    }
    Ok(())
}

/// Time on a device became free: those whom it suits get it, in their order.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn fill_equipment(
    tx: &mut Tx<'_>,
    equipment: &Equipment,
    start: Instant,
    end: Instant,
) -> Result<()> {
    if equipment.state != EquipmentState::InService {
        return Ok(());
    }
    let start = calendar::ceiling(start.max(tx.now()));
    let line = store::line(
        tx,
        PlaceKind::Equipment,
        equipment.org_id,
        &equipment.kind,
        LINE_MAX,
    )?;
    let mut filled = 0;
    for waiting in line {
        let request = waiting.request.clone();
        if request
            .department_id
            .is_some_and(|id| equipment.department_id != Some(id))
        {
            continue;
        }
        let (from, to) = (start.max(request.from), end.min(request.to));
        let minutes = request.minutes.unwrap_or(calendar::whole_cells(1));
        let wanted = calendar::Wanted {
            from,
            to,
            minutes,
            limit: 1,
        };
        let taken = equipment::store::taken(tx, equipment.id, from, to)?;
        let gap = calendar::gaps(&equipment.hours, &taken, &wanted, |channel, _| {
            channel == Channel::Routine || request.channel == Channel::Green
        });
        let Some((start, _)) = gap.first().copied() else {
            continue;
        };
        let place = Place::Equipment {
            equipment_id: equipment.id,
            start,
            minutes,
        };
        if offer(tx, waiting, place)? {
            filled += 1;
            if filled >= FILLS_MAX {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Holds `place` for a request in the line; answers `false` when a rule says no, so that the next
/// is asked.
fn offer(tx: &mut Tx<'_>, mut waiting: Versioned<Waiting>, place: Place) -> Result<bool> {
    let rules = tx.rule::<HoldRules>(rules::HOLDS)?.body;
    let request = &waiting.request;
    let taking = Taking {
        place,
        owner_kind: request.owner_kind.clone(),
        owner_id: request.owner_id,
        patient_id: request.patient_id,
        patient_sex: request.patient_sex,
        for_org_id: request.for_org_id,
        channel: request.channel,
        until: tx.now() + Span::minutes(rules.waitlist_response_minutes),
    };
    let hold = match holds::hold(tx, &taking) {
        Ok(hold) => hold,
        Err(error) if holds::is_refusal(&error) => return Ok(false),
        Err(error) => return Err(error),
    };
    waiting.state = WaitState::Offered;
    waiting.hold_id = Some(hold.id);
    let mut facts = detail(&waiting);
    facts["expires_at"] = serde_json::json!(hold.expires_at);
    let waiting = tx.update(&waiting, Change::new("waiting.offered").detail(facts))?;
    let data = serde_json::json!({
        "hold_id": hold.id,
        "place": hold.place_name,
        "start_at": hold.start_at,
        "expires_at": hold.expires_at,
        "org": neighbours::short_name(tx, hold.org_id)?,
        "owner_kind": waiting.request.owner_kind,
        "owner_id": waiting.request.owner_id,
    });
    let role = neighbours::desk_role(tx, hold.for_org_id)?;
    let audience = http::notice::Audience::Role {
        org_id: hold.for_org_id,
        role,
    };
    let link = holds::link(&hold);
    http::notice::send(tx, &audience, "resources.waitlist-offered", &data, &link)?;
    Ok(true)
}

/// What followers and timelines need; no names.
fn detail(waiting: &Waiting) -> serde_json::Value {
    serde_json::json!({
        "owner_kind": waiting.request.owner_kind,
        "owner_id": waiting.request.owner_id,
        "kind": waiting.request.kind,
        "key": waiting.request.key,
        "hold_id": waiting.hold_id,
    })
}
