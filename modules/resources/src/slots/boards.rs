//! The slot calendar: sessions with their slots and quota bars.

use ::store::{Tx, Versioned};
use kernel::{Date, Error, Id, Instant, Money, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::SlotRow;
use super::{Quota, Session, SessionState, SlotState, Template, TemplateState, store};
use crate::model::{Channel, Hold};
use crate::neighbours;
use crate::rules::{Reserve, may_take};

/// A template with its version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesTemplate)]
pub(crate) struct TemplateView {
    id: Id,
    version: i64,
    org_id: Id,
    department_id: Id,
    specialty: String,
    code: String,
    name: String,
    practitioner_id: Option<Id>,
    practitioner: Option<String>,
    room: Option<String>,
    weekdays: Vec<u8>,
    start: String,
    end: String,
    slot_minutes: i64,
    /// Slots a session has.
    slots: i64,
    quotas: Vec<Quota>,
    price: Money,
    valid_from: Date,
    valid_to: Option<Date>,
    state: TemplateState,
}

pub(crate) fn template_view(template: &Versioned<Template>) -> TemplateView {
    let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    TemplateView {
        id: template.id,
        version: template.version,
        org_id: template.org_id,
        department_id: template.department_id,
        specialty: template.specialty.clone(),
        code: template.code.clone(),
        name: template.name.clone(),
        practitioner_id: template.practitioner_id,
        practitioner: template.practitioner.clone(),
        room: template.room.clone(),
        weekdays: template.weekdays.clone(),
        start: clock(template.start_minutes),
        end: clock(template.end_minutes),
        slot_minutes: template.slot_minutes,
        slots: (template.end_minutes - template.start_minutes) / template.slot_minutes.max(1),
        quotas: template.quotas.clone(),
        price: template.price,
        valid_from: template.valid_from,
        valid_to: template.valid_to,
        state: template.state,
    }
}

/// How much of a quota is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesQuotaBar)]
pub(crate) struct QuotaBar {
    /// Its door.
    pub channel: Channel,
    /// For one member only.
    pub org_id: Option<Id>,
    /// That member's short name.
    pub org_name: Option<String>,
    /// Open to everybody from then on.
    pub release_at: Option<Instant>,
    /// Places of the quota.
    pub places: i64,
    /// Held or used.
    pub taken: i64,
}

/// One slot.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesSlot)]
pub(crate) struct SlotView {
    id: Id,
    number: i64,
    start_at: Instant,
    end_at: Instant,
    channel: Channel,
    quota_org_id: Option<Id>,
    release_at: Instant,
    price: Money,
    state: SlotState,
    /// Short name of the member that holds it.
    held_for: Option<String>,
    held_until: Option<Instant>,
    /// Can this viewer's organization take it by referral now?
    is_open_to_me: bool,
}

/// A session with its bars, and on its own page its slots.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesSession)]
pub(crate) struct SessionView {
    id: Id,
    version: i64,
    template_id: Id,
    org_id: Id,
    department_id: Id,
    specialty: String,
    name: String,
    date: Date,
    start_at: Instant,
    end_at: Instant,
    practitioner_id: Option<Id>,
    practitioner: Option<String>,
    substituted: Option<String>,
    room: Option<String>,
    price: Money,
    state: SessionState,
    reason: Option<String>,
    slots_total: i64,
    slots_open: i64,
    slots_held: i64,
    slots_used: i64,
    quotas: Vec<QuotaBar>,
    /// Only on the session's own page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    slots: Vec<SlotView>,
    /// What this viewer may do now.
    actions: Vec<String>,
}

/// A session as the calendar shows it; `with_slots` on its own page.
pub(crate) fn session_view(
    tx: &mut Tx<'_>,
    session: &Versioned<Session>,
    with_slots: bool,
) -> Result<SessionView> {
    let rows = store::slots_of(tx, session.id)?;
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let quotas = bars(tx, &rows)?;
    let slots = match with_slots {
        true => rows
            .iter()
            .map(|row| slot_view(tx, row))
            .collect::<Result<_>>()?,
        false => Vec::new(),
    };
    Ok(SessionView {
        id: session.id,
        version: session.version,
        template_id: session.template_id,
        org_id: session.org_id,
        department_id: session.department_id,
        specialty: session.specialty.clone(),
        name: session.name.clone(),
        date: session.date,
        start_at: session.start_at,
        end_at: session.end_at,
        practitioner_id: session.practitioner_id,
        practitioner: session.practitioner.clone(),
        substituted: session.substituted.clone(),
        room: session.room.clone(),
        price: session.price,
        state: session.state,
        reason: session.reason.clone(),
        slots_total: whole(rows.len())?,
        slots_open: whole(count(SlotState::Open))?,
        slots_held: whole(count(SlotState::Held))?,
        slots_used: whole(count(SlotState::Used))?,
        quotas,
        slots,
        actions: actions(tx, session),
    })
}

fn whole(count: usize) -> Result<i64> {
    i64::try_from(count).map_err(Error::internal)
}

fn actions(tx: &Tx<'_>, session: &Session) -> Vec<String> {
    let may_act =
        tx.actor().scope("resources.manage").is_some() && tx.actor().org_id == session.org_id;
    let words: &[&str] = match (may_act && session.end_at > tx.now(), session.state) {
        (false, _) => &[],
        (true, SessionState::Open) => &["stop", "substitute"],
        (true, SessionState::Stopped) => &["resume"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn bars(tx: &mut Tx<'_>, rows: &[SlotRow]) -> Result<Vec<QuotaBar>> {
    let mut bars: Vec<QuotaBar> = Vec::new();
    for row in rows {
        let is_taken = matches!(row.state, SlotState::Held | SlotState::Used);
        let known = bars
            .iter_mut()
            .find(|bar| bar.channel == row.channel && bar.org_id == row.quota_org_id);
        match known {
            Some(bar) => {
                bar.places += 1;
                bar.taken += i64::from(is_taken);
            }
            None => {
                let org_name = row
                    .quota_org_id
                    .map(|org_id| neighbours::short_name(tx, org_id))
                    .transpose()?;
                bars.push(QuotaBar {
                    channel: row.channel,
                    org_id: row.quota_org_id,
                    org_name,
                    release_at: Some(row.release_at).filter(|_| row.channel != Channel::Routine),
                    places: 1,
                    taken: i64::from(is_taken),
                });
            }
        }
    }
    bars.sort_by_key(|bar| (bar.channel, bar.org_id));
    Ok(bars)
}

fn slot_view(tx: &mut Tx<'_>, row: &SlotRow) -> Result<SlotView> {
    let hold = match row.hold_id {
        Some(hold_id) => tx.load_opt::<Hold>(hold_id)?,
        None => None,
    };
    let held_for = match &hold {
        Some(hold) => Some(neighbours::short_name(tx, hold.for_org_id)?),
        None => None,
    };
    let reserve = Reserve {
        channel: row.channel,
        quota_org_id: row.quota_org_id,
        release_at: Some(row.release_at),
    };
    let now = tx.now();
    let is_open_to_me = row.state == SlotState::Open
        && row.start_at > now
        && may_take(reserve, Channel::Referral, tx.actor().org_id, now);
    Ok(SlotView {
        id: row.id,
        number: row.number,
        start_at: row.start_at,
        end_at: row.end_at,
        channel: row.channel,
        quota_org_id: row.quota_org_id,
        release_at: row.release_at,
        price: row.price_fen,
        state: row.state,
        held_for,
        held_until: hold
            .filter(|hold| hold.state.is_live())
            .map(|hold| hold.expires_at),
        is_open_to_me,
    })
}
