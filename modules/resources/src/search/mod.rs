//! One search over the members that pool their places: slots, beds, equipment, by wait, distance or
//! price.
//!
//! Its cost grows with the members and departments that offer something, not with the slots
//! stored: each department is asked through one index for its first free ones.

pub(crate) mod api;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use ::store::{Tx, Versioned};
use kernel::identity::Sex;
use kernel::{Error, Id, Instant, Result, Span};
use network::Org;

use crate::beds::{self, Bed, SexRule};
use crate::equipment::{self, Equipment, calendar};
use crate::holds::Taking;
use crate::holds::place::Spot;
use crate::model::{Channel, Hold, Offer, Place, PlaceKind, SEARCH_MAX, Search, Sort};
use crate::rules::{self, EquipmentRules, HoldRules, Reserve, may_take};
use crate::slots::{self, Session};
use crate::{neighbours, text};

/// Alternatives offered beside "taken" and "taken back".
const ALTERNATIVES: usize = 3;
/// Beds of one specialty one member may add to a search.
const BEDS_MAX: i64 = 500;
/// Gaps one device may add to a search.
const GAPS_MAX: usize = 12;

/// Looks for places at the members that pool theirs with the one that asks.
///
/// # Errors
/// `resources.search-…` when the question makes no sense.
pub(crate) fn find(tx: &mut Tx<'_>, search: &Search) -> Result<Vec<Offer>> {
    let orgs = neighbours::peers(tx, search.for_org_id)?;
    find_among(tx, search, &orgs)
}

/// Looks for places at these members.
///
/// # Errors
/// As [`find`].
pub(crate) fn find_among(tx: &mut Tx<'_>, search: &Search, orgs: &[Org]) -> Result<Vec<Offer>> {
    let search = checked(tx, search)?;
    let mut offers = Vec::new();
    for org in orgs
        .iter()
        .filter(|org| org.is_open() && search.org_id.is_none_or(|id| id == org.id))
    {
        match search.kind {
            PlaceKind::Slot => offers.extend(slot_offers(tx, &search, org)?),
            PlaceKind::Bed => offers.extend(bed_offers(tx, &search, org)?),
            PlaceKind::Equipment => offers.extend(equipment_offers(tx, &search, org)?),
        }
    }
    measure(tx, &search, &mut offers)?;
    sort(&mut offers, search.sort);
    offers.truncate(search.limit.min(SEARCH_MAX));
    name_slots(tx, &mut offers)?;
    Ok(offers)
}

/// A place that somebody wanted and does not get: what another has to have in common with it.
struct Missed {
    kind: PlaceKind,
    org_id: Id,
    department_id: Option<Id>,
    /// Specialty, or kind of equipment.
    key: String,
    minutes: Option<i64>,
    start_at: Option<Instant>,
    for_org_id: Id,
    channel: Channel,
    sex: Option<Sex>,
}

/// The next places like one that was taken by somebody else.
pub(crate) fn alternatives(tx: &mut Tx<'_>, spot: &Spot, taking: &Taking) -> Result<Vec<Offer>> {
    let missed = Missed {
        kind: spot.place.kind(),
        org_id: spot.org_id,
        department_id: spot.department_id,
        key: spot.key.clone(),
        minutes: spot.place.minutes(),
        start_at: spot.start_at,
        for_org_id: taking.for_org_id,
        channel: taking.channel,
        sex: taking.patient_sex,
    };
    next_like(tx, missed)
}

/// The next places like one whose owner took it back.
pub(crate) fn instead_of(tx: &mut Tx<'_>, hold: &Hold) -> Result<Vec<Offer>> {
    let key = match hold.place {
        Place::Bed { bed_id } => tx.load::<Bed>(bed_id)?.data.specialty,
        Place::Slot { slot_id } => slots::store::slot(tx, slot_id)?.specialty,
        Place::Equipment { equipment_id, .. } => tx.load::<Equipment>(equipment_id)?.data.kind,
    };
    let missed = Missed {
        kind: hold.place.kind(),
        org_id: hold.org_id,
        department_id: hold.department_id,
        key,
        minutes: hold.place.minutes(),
        start_at: hold.start_at,
        for_org_id: hold.for_org_id,
        channel: hold.channel,
        sex: hold.patient_sex,
    };
    next_like(tx, missed)
}

/// Of the same department first, then of the group.
fn next_like(tx: &mut Tx<'_>, missed: Missed) -> Result<Vec<Offer>> {
    let now = tx.now();
    let from = missed.start_at.map_or(now, |start| start.max(now));
    let days = tx.rule::<HoldRules>(rules::HOLDS)?.body.search_days_max;
    let to = from + Span::days(days);
    let mut search = Search::new(missed.kind, missed.for_org_id, from, to);
    search.org_id = Some(missed.org_id);
    search.department_id = missed.department_id;
    search.channel = missed.channel;
    search.sex = missed.sex;
    search.limit = ALTERNATIVES;
    search.minutes = missed.minutes;
    match missed.kind {
        PlaceKind::Equipment => search.equipment_kind = Some(missed.key),
        PlaceKind::Bed | PlaceKind::Slot => search.specialty = Some(missed.key),
    }
    let own = [network::org(tx, missed.org_id)?];
    let mut offers = find_among(tx, &search, &own)?;
    if offers.len() < ALTERNATIVES {
        search.org_id = None;
        search.department_id = None;
        let known: Vec<Place> = offers.iter().map(|offer| offer.place).collect();
        let more = find(tx, &search)?;
        offers.extend(
            more.into_iter()
                .filter(|offer| !known.contains(&offer.place)),
        );
        offers.truncate(ALTERNATIVES);
    }
    Ok(offers)
}

/// The question, within its limits.
fn checked(tx: &mut Tx<'_>, search: &Search) -> Result<Search> {
    let rules = tx.rule::<HoldRules>(rules::HOLDS)?.body;
    let mut search = search.clone();
    let now = tx.now();
    search.from = search.from.max(now);
    if search.to <= search.from {
        let detail = "the window ends after it begins, and in the future";
        return Err(Error::invalid("resources.search-window", "to", detail));
    }
    search.to = search
        .to
        .min(search.from + Span::days(rules.search_days_max));
    search.limit = search.limit.clamp(1, SEARCH_MAX);
    search.specialty = search
        .specialty
        .map(|word| text::code("specialty", &word))
        .transpose()?;
    match search.kind {
        PlaceKind::Equipment => {
            let kind = search.equipment_kind.as_deref().unwrap_or("");
            search.equipment_kind = Some(text::code("equipment_kind", kind)?.to_uppercase());
            if let Some(minutes) = search.minutes {
                let limits = tx.rule::<EquipmentRules>(rules::EQUIPMENT)?.body;
                rules::require_range("minutes", minutes, 1, limits.booking_minutes_max)?;
            }
        }
        PlaceKind::Bed | PlaceKind::Slot => {
            if search.specialty.is_none() && search.department_id.is_none() {
                let detail = "say which specialty or which department";
                return Err(Error::invalid(
                    "resources.search-specialty",
                    "specialty",
                    detail,
                ));
            }
        }
    }
    Ok(search)
}

fn slot_offers(tx: &mut Tx<'_>, search: &Search, org: &Org) -> Result<Vec<Offer>> {
    let offerings = slots::store::offerings(
        tx,
        PlaceKind::Slot,
        org.id,
        search.specialty.as_deref(),
        search.department_id,
    )?;
    let limit = i64::try_from(search.limit).unwrap_or(slots::store::OPEN_SLOTS_MAX);
    let mut offers = Vec::new();
    for offering in offerings {
        for slot in slots::store::open_slots(tx, &offering, search, limit)? {
            offers.push(Offer {
                place: Place::Slot { slot_id: slot.id },
                org_id: org.id,
                org_name: org.short_name.clone(),
                department_id: Some(slot.department_id),
                specialty: Some(slot.specialty),
                // The session is looked up later, for those that stay in the answer.
                name: slot.session_id.to_string(),
                practitioner: None,
                start_at: slot.start_at,
                end_at: Some(slot.end_at),
                channel: slot.channel,
                wait_minutes: wait(tx, slot.start_at),
                distance_meters: None,
                price: slot.price_fen,
                preparation: None,
            });
        }
    }
    Ok(offers)
}

fn bed_offers(tx: &mut Tx<'_>, search: &Search, org: &Org) -> Result<Vec<Offer>> {
    let offerings = slots::store::offerings(
        tx,
        PlaceKind::Bed,
        org.id,
        search.specialty.as_deref(),
        search.department_id,
    )?;
    let now = tx.now();
    let mut offers = Vec::new();
    for offering in offerings {
        let department = Some(offering.department_id);
        for bed in beds::store::free_beds(tx, org.id, &offering.specialty, department, BEDS_MAX)? {
            let reserve = Reserve {
                channel: bed.channel,
                quota_org_id: bed.quota_org_id,
                release_at: None,
            };
            let suits = (!search.isolation || bed.isolation)
                && (bed.sex_rule == SexRule::Any || beds::store::suits(bed.sex_rule, search.sex))
                && may_take(reserve, search.channel, search.for_org_id, now);
            if suits {
                offers.push(Offer {
                    place: Place::Bed { bed_id: bed.id },
                    org_id: org.id,
                    org_name: org.short_name.clone(),
                    department_id: department,
                    specialty: Some(offering.specialty.clone()),
                    name: format!("{} {}", bed.ward_name, bed.code),
                    practitioner: None,
                    start_at: now,
                    end_at: None,
                    channel: bed.channel,
                    wait_minutes: 0,
                    distance_meters: None,
                    price: bed.price_fen,
                    preparation: None,
                });
            }
        }
    }
    Ok(offers)
}

fn equipment_offers(tx: &mut Tx<'_>, search: &Search, org: &Org) -> Result<Vec<Offer>> {
    let kind = search.equipment_kind.clone().unwrap_or_default();
    let mut offers = Vec::new();
    for equipment in equipment::store::of_kind(tx, org.id, &kind)? {
        if search
            .department_id
            .is_none_or(|id| equipment.department_id == Some(id))
        {
            offers.extend(gap_offers(tx, search, org, &equipment)?);
        }
    }
    Ok(offers)
}

fn gap_offers(
    tx: &mut Tx<'_>,
    search: &Search,
    org: &Org,
    equipment: &Versioned<Equipment>,
) -> Result<Vec<Offer>> {
    let exam = match &search.exam {
        Some(code) => match equipment.exams.iter().find(|exam| exam.code == *code) {
            Some(exam) => Some(exam),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let Some(minutes) = exam.map(|exam| exam.minutes).or(search.minutes) else {
        let detail = "say which examination, or how many minutes";
        return Err(Error::invalid("resources.search-minutes", "exam", detail));
    };
    let minutes = calendar::whole_cells(minutes);
    let now = tx.now();
    let release = Span::minutes(
        tx.rule::<EquipmentRules>(rules::EQUIPMENT)?
            .body
            .green_release_minutes,
    );
    let taken = equipment::store::taken(tx, equipment.id, search.from, search.to)?;
    let limit = search.limit.min(GAPS_MAX);
    let wanted = calendar::Wanted {
        from: search.from,
        to: search.to,
        minutes,
        limit,
    };
    let gaps = calendar::gaps(&equipment.hours, &taken, &wanted, |channel, start| {
        let reserve = Reserve {
            channel,
            quota_org_id: None,
            release_at: Some(start - release),
        };
        may_take(reserve, search.channel, search.for_org_id, now)
    });
    Ok(gaps
        .into_iter()
        .map(|(start, channel)| Offer {
            place: Place::Equipment {
                equipment_id: equipment.id,
                start,
                minutes,
            },
            org_id: org.id,
            org_name: org.short_name.clone(),
            department_id: equipment.department_id,
            specialty: None,
            name: equipment.name.clone(),
            practitioner: None,
            start_at: start,
            end_at: Some(start + Span::minutes(minutes)),
            channel,
            wait_minutes: (start - now).whole_minutes(),
            distance_meters: None,
            price: exam.map(|exam| exam.price).unwrap_or_default(),
            preparation: exam.and_then(|exam| exam.preparation.clone()),
        })
        .collect())
}

fn wait(tx: &Tx<'_>, start_at: Instant) -> i64 {
    (start_at - tx.now()).whole_minutes()
}

/// Fills in how far each member is; one question a member.
fn measure(tx: &mut Tx<'_>, search: &Search, offers: &mut [Offer]) -> Result<()> {
    let mut known: HashMap<Id, Option<i64>> = HashMap::from([(search.for_org_id, Some(0))]);
    for offer in offers {
        let meters = match known.get(&offer.org_id) {
            Some(meters) => *meters,
            None => {
                let meters = network::distance_meters(tx, search.for_org_id, offer.org_id)?;
                known.insert(offer.org_id, meters);
                meters
            }
        };
        offer.distance_meters = meters;
    }
    Ok(())
}

/// A total order, so that the same question gets the same answer.
fn sort(offers: &mut [Offer], by: Sort) {
    offers.sort_by_key(|offer| {
        let meters = offer.distance_meters.unwrap_or(i64::MAX);
        let fen = offer.price.as_fen();
        let first = match by {
            Sort::Wait => offer.wait_minutes,
            Sort::Distance => meters,
            Sort::Price => fen,
        };
        (
            first,
            offer.wait_minutes,
            meters,
            fen,
            offer.place.id(),
            offer.start_at,
        )
    });
}

/// Puts the session's name and doctor in the offers that are answered.
fn name_slots(tx: &mut Tx<'_>, offers: &mut [Offer]) -> Result<()> {
    let mut known: HashMap<Id, (String, Option<String>)> = HashMap::new();
    for offer in offers
        .iter_mut()
        .filter(|offer| offer.place.kind() == PlaceKind::Slot)
    {
        let session_id: Id = offer.name.parse()?;
        let (name, practitioner) = match known.entry(session_id) {
            Entry::Occupied(named) => named.into_mut(),
            Entry::Vacant(unnamed) => {
                let session = tx.load::<Session>(session_id)?.data;
                unnamed.insert((session.name, session.practitioner))
            }
        };
        offer.name.clone_from(name);
        offer.practitioner.clone_from(practitioner);
    }
    Ok(())
}
