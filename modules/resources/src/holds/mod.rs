//! Holding places: hold, confirm, consume, release, expire. Each exit gives the place back in the
//! same transaction, and the waitlist is served before anybody else sees it free.

pub(crate) mod api;
pub(crate) mod place;
pub(crate) mod state;
pub(crate) mod store;
pub(crate) mod sweep;

use ::store::{Change, Tx, Versioned};
use kernel::identity::Sex;
use kernel::{Error, Id, Instant, Kind, Result, Span};

use crate::model::{Channel, Hold, HoldRequest, HoldState, Place, PlaceKind};
use crate::rules::{self, HoldRules, require_may_take, require_sex};
use crate::slots::Session;
use crate::{neighbours, search, waitlist};
use place::Spot;
use state::{Command, Outcome};

/// A request with an owner whose kind was read from the database.
pub(crate) struct Taking {
    pub place: Place,
    pub owner_kind: String,
    pub owner_id: Id,
    pub patient_id: Option<Id>,
    pub patient_sex: Option<Sex>,
    pub for_org_id: Id,
    pub channel: Channel,
    pub until: Instant,
}

impl From<&HoldRequest> for Taking {
    fn from(request: &HoldRequest) -> Self {
        Self {
            place: request.place,
            owner_kind: request.owner_kind.to_owned(),
            owner_id: request.owner_id,
            patient_id: request.patient_id,
            patient_sex: request.patient_sex,
            for_org_id: request.for_org_id,
            channel: request.channel,
            until: request.until,
        }
    }
}

/// Holds a place. A refusal leaves nothing behind, so the caller may try another place in the same
/// transaction.
///
/// # Errors
/// `resources.taken` with who has it and what else is free; else what rule says no.
pub(crate) fn hold(tx: &mut Tx<'_>, taking: &Taking) -> Result<Versioned<Hold>> {
    let rules = tx.rule::<HoldRules>(rules::HOLDS)?;
    let now = tx.now();
    let mut spot = place::look(tx, taking.place, &rules.body)?;
    if let Some(holder) = spot.holder
        && is_over(tx, holder)?
    {
        // The sweep has not come by yet; the waitlist goes first all the same.
        expire(tx, holder)?;
        spot = place::look(tx, taking.place, &rules.body)?;
    }
    if spot.holder.is_some() {
        return Err(taken(tx, &spot, taking)?);
    }
    require_sex(spot.sex_rule, taking.patient_sex)?;
    require_may_take(spot.reserve, taking.channel, taking.for_org_id, now)?;
    neighbours::require_open(tx, spot.org_id)?;
    neighbours::require_open(tx, taking.for_org_id).map_err(|error| error.at("for_org_id"))?;
    neighbours::require_same_group(tx, taking.for_org_id, spot.org_id)?;
    let longest = Span::minutes(rules.body.held_minutes_max);
    let expires_at = rules
        .body
        .expiry(taking.until, longest, spot.start_at, now)?;
    let id = tx.new_id();
    if !place::take(tx, spot.place, id)? {
        return Err(taken(tx, &spot, taking)?);
    }
    let hold = Hold {
        id,
        place: spot.place,
        org_id: spot.org_id,
        department_id: spot.department_id,
        place_name: spot.name,
        start_at: spot.start_at,
        end_at: spot.end_at,
        for_org_id: taking.for_org_id,
        channel: taking.channel,
        owner_kind: taking.owner_kind.clone(),
        owner_id: taking.owner_id,
        patient_id: taking.patient_id,
        patient_sex: taking.patient_sex,
        state: HoldState::Held,
        expires_at,
        held_at: now,
        ended_at: None,
        reason: None,
        price: spot.price,
        rule_version: rules.version,
    };
    match store::claim_cell(tx, taking.for_org_id, id, rules.body.open_max) {
        Err(error) if is_refusal(&error) => {
            place::give_back(tx, &hold)?;
            return Err(error);
        }
        other => other?,
    }
    tx.insert(&hold, Change::new("hold.held").detail(detail(&hold)))
}

/// The patient is expected: keeps the place until `until`, at most until the appointment is over.
///
/// # Errors
/// `resources.hold-…` when the hold has ended.
pub(crate) fn confirm(
    tx: &mut Tx<'_>,
    mut hold: Versioned<Hold>,
    until: Instant,
) -> Result<Versioned<Hold>> {
    let now = tx.now();
    let rules = tx.rule::<HoldRules>(rules::HOLDS)?.body;
    state::decide(hold.state, Command::Confirm, hold.expires_at, now)?;
    let longest = Span::days(rules.confirmed_days_max);
    let expires_at = rules.expiry(until, longest, hold.start_at, now)?;
    if hold.state == HoldState::Confirmed && hold.expires_at == expires_at {
        return Ok(hold);
    }
    hold.state = HoldState::Confirmed;
    hold.expires_at = expires_at;
    waitlist::answered(tx, hold.id, true)?;
    let change = Change::new("hold.confirmed").detail(detail(&hold));
    tx.update(&hold, change)
}

/// The patient came: the bed is occupied, the slot or the time on the device used.
///
/// # Errors
/// `resources.hold-…` when the hold has ended.
pub(crate) fn consume(tx: &mut Tx<'_>, mut hold: Versioned<Hold>) -> Result<Versioned<Hold>> {
    let now = tx.now();
    if state::decide(hold.state, Command::Consume, hold.expires_at, now)? == Outcome::Stays {
        return Ok(hold);
    }
    hold.state = HoldState::Consumed;
    hold.ended_at = Some(now);
    store::free_cell(tx, hold.id)?;
    waitlist::answered(tx, hold.id, true)?;
    let change = Change::new("hold.consumed").detail(detail(&hold));
    let hold = tx.update(&hold, change)?;
    place::use_up(tx, &hold)?;
    Ok(hold)
}

/// Gives the place back; the first in the waitlist gets it.
///
/// # Errors
/// `resources.hold-consumed` when the patient has come.
pub(crate) fn release(
    tx: &mut Tx<'_>,
    hold: Versioned<Hold>,
    reason: &str,
) -> Result<Versioned<Hold>> {
    let reason = crate::text::note("reason", reason)?;
    let now = tx.now();
    if state::decide(hold.state, Command::Release, hold.expires_at, now)? == Outcome::Stays {
        return Ok(hold);
    }
    let hold = end(tx, hold, HoldState::Released, reason, "hold.released")?;
    place::offer_on(tx, &hold)?;
    Ok(hold)
}

/// Ends a hold whose time is over; the first in the waitlist gets the place.
///
/// # Errors
/// `resources.hold-not-due`.
pub(crate) fn expire(tx: &mut Tx<'_>, hold_id: Id) -> Result<()> {
    let hold = tx.load::<Hold>(hold_id)?;
    let now = tx.now();
    if state::decide(hold.state, Command::Expire, hold.expires_at, now)? == Outcome::Stays {
        return Ok(());
    }
    let hold = end(
        tx,
        hold,
        HoldState::Expired,
        "expired".to_owned(),
        "hold.expired",
    )?;
    place::offer_on(tx, &hold)
}

/// The member that owns the place takes it back. Nobody is told yet: the owner closes all the places
/// concerned first, so that none of them is offered instead of another. Only live holds are taken back.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn take_back(
    tx: &mut Tx<'_>,
    hold_id: Id,
    reason: &'static str,
) -> Result<Option<Versioned<Hold>>> {
    let hold = tx.load::<Hold>(hold_id)?;
    if !hold.state.is_live() {
        return Ok(None);
    }
    let (state, event) = (HoldState::Released, "hold.withdrawn");
    end(tx, hold, state, reason.to_owned(), event).map(Some)
}

/// Tells the requesting member that its place was taken back, with the next free ones.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn tell_withdrawn(tx: &mut Tx<'_>, hold: &Hold, reason: &'static str) -> Result<()> {
    let alternatives = search::instead_of(tx, hold)?;
    let data = serde_json::json!({
        "hold_id": hold.id,
        "reason": reason,
        "place": hold.place_name,
        "start_at": hold.start_at,
        "org": neighbours::short_name(tx, hold.org_id)?,
        "owner_kind": hold.owner_kind,
        "owner_id": hold.owner_id,
        "alternatives": alternatives,
    });
    notify(tx, hold, "resources.hold-withdrawn", &data)
}

/// Takes back whatever live hold a bed has.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn take_back_bed(
    tx: &mut Tx<'_>,
    bed_id: Id,
    reason: &'static str,
) -> Result<Option<Versioned<Hold>>> {
    match store::live_at(tx, PlaceKind::Bed, bed_id)? {
        Some(hold) => take_back(tx, hold.id, reason),
        None => Ok(None),
    }
}

/// Tells the requesting member that another doctor sees the patient.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn notify_substitute(tx: &mut Tx<'_>, hold_id: Id, session: &Session) -> Result<()> {
    let hold = tx.load::<Hold>(hold_id)?;
    let data = serde_json::json!({
        "hold_id": hold.id,
        "place": hold.place_name,
        "start_at": hold.start_at,
        "practitioner": session.practitioner,
        "substituted": session.substituted,
        "owner_kind": hold.owner_kind,
        "owner_id": hold.owner_id,
    });
    notify(tx, &hold, "resources.session-substituted", &data)
}

fn end(
    tx: &mut Tx<'_>,
    mut hold: Versioned<Hold>,
    state: HoldState,
    reason: String,
    event: &'static str,
) -> Result<Versioned<Hold>> {
    place::give_back(tx, &hold)?;
    store::free_cell(tx, hold.id)?;
    waitlist::answered(tx, hold.id, false)?;
    hold.state = state;
    hold.ended_at = Some(tx.now());
    hold.reason = Some(reason);
    let change = Change::new(event).detail(detail(&hold));
    tx.update(&hold, change)
}

fn notify(
    tx: &mut Tx<'_>,
    hold: &Hold,
    code: &'static str,
    data: &serde_json::Value,
) -> Result<()> {
    let role = neighbours::desk_role(tx, hold.for_org_id)?;
    let audience = http::notice::Audience::Role {
        org_id: hold.for_org_id,
        role,
    };
    http::notice::send(tx, &audience, code, data, &link(hold))
}

/// Where the requesting member goes on: to the case, or to the list of holds.
pub(crate) fn link(hold: &Hold) -> String {
    match hold.owner_kind.as_str() {
        "referral" => format!("/referral/{}", hold.owner_id),
        _ => format!("/resources/holds/{}", hold.id),
    }
}

fn is_over(tx: &mut Tx<'_>, hold_id: Id) -> Result<bool> {
    let now = tx.now();
    Ok(tx
        .load_opt::<Hold>(hold_id)?
        .is_some_and(|hold| hold.state.is_live() && hold.expires_at <= now))
}

/// What followers and timelines need; no names.
fn detail(hold: &Hold) -> serde_json::Value {
    serde_json::json!({
        "owner_kind": hold.owner_kind,
        "owner_id": hold.owner_id,
        "place": hold.place,
        "start_at": hold.start_at,
        "expires_at": hold.expires_at,
        "channel": hold.channel,
        "reason": hold.reason,
    })
}

/// "Taken": by whose system, when, and what else is free.
fn taken(tx: &mut Tx<'_>, spot: &Spot, taking: &Taking) -> Result<Error> {
    let holder = match spot.holder {
        Some(id) => tx.load_opt::<Hold>(id)?,
        None => store::live_at(tx, spot.place.kind(), spot.place.id())?,
    };
    let (by, at) = match &holder {
        Some(hold) => (
            Some(neighbours::short_name(tx, hold.for_org_id)?),
            Some(hold.held_at),
        ),
        None => (None, None),
    };
    let alternatives = search::alternatives(tx, spot, taking)?;
    let detail = match &by {
        Some(name) => {
            format!("{name} took this place a moment ago; choose one of the alternatives")
        }
        None => "this place was taken a moment ago; choose one of the alternatives".to_owned(),
    };
    Ok(
        Error::conflict("resources.taken", detail).with(serde_json::json!({
            "taken_by_org": by.unwrap_or_default(),
            "taken_at": at,
            "alternatives": alternatives,
        })),
    )
}

/// Refusals are answers about the request, after which the transaction may go on. What the database
/// itself refuses ends it: PostgreSQL takes no further statement.
pub(crate) fn is_refusal(error: &Error) -> bool {
    let is_answer = matches!(
        error.kind(),
        Kind::Rule | Kind::Conflict | Kind::Invalid | Kind::NotFound
    );
    is_answer && !error.code().starts_with("store.")
}
