//! The bed map: wards counted, beds with their state, their hold and what may be done.

use ::store::{Tx, Versioned};
use kernel::identity::Sex;
use kernel::{Date, Error, Id, Instant, Money, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::api::{BedQuery, chosen_org};
use super::store::BedRow;
use super::{Bed, BedState, SexRule, Ward, WardState};
use crate::model::{Channel, HoldState};
use crate::neighbours;
use http::Etag;

/// A ward with its beds counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesWard)]
pub(crate) struct WardView {
    pub(super) id: Id,
    pub(super) version: i64,
    pub(super) org_id: Id,
    pub(super) department_id: Id,
    pub(super) specialty: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) state: WardState,
    /// Beds that are not closed.
    pub(super) beds_total: i64,
    /// Open and not held.
    pub(super) beds_open: i64,
    /// Open and held.
    pub(super) beds_held: i64,
    pub(super) beds_occupied: i64,
    pub(super) beds_cleaning: i64,
}

/// A bed as the map shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesBed)]
pub(crate) struct BedView {
    pub(super) id: Id,
    pub(super) version: i64,
    pub(super) org_id: Id,
    pub(super) ward_id: Id,
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) specialty: String,
    pub(super) sex_rule: SexRule,
    pub(super) isolation: bool,
    pub(super) channel: Channel,
    pub(super) quota_org_id: Option<Id>,
    pub(super) price: Money,
    pub(super) state: BedState,
    /// In its state since.
    pub(super) since: Instant,
    /// Sex of the patient in it.
    pub(super) patient_sex: Option<Sex>,
    /// The patient in it; only for the member itself.
    pub(super) patient_id: Option<Id>,
    pub(super) leave_on: Option<Date>,
    pub(super) note: Option<String>,
    /// Who holds it, while somebody does.
    pub(super) hold: Option<BedHold>,
    /// What this viewer may do now.
    pub(super) actions: Vec<String>,
}

/// The live hold on a bed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ResourcesBedHold)]
pub(crate) struct BedHold {
    pub(super) id: Id,
    pub(super) state: HoldState,
    pub(super) until: Instant,
    /// Short name of the member on whose account it is.
    pub(super) for_org: String,
    /// Kind of the thing it belongs to.
    pub(super) owner_kind: String,
    /// That thing, for the two members concerned.
    pub(super) owner_id: Option<Id>,
}

/// The wards of a member and their beds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ResourcesBedMap)]
pub(crate) struct BedMap {
    pub(super) org_id: Id,
    pub(super) wards: Vec<WardView>,
    pub(super) beds: Vec<BedView>,
}

pub(super) fn map(tx: &mut Tx<'_>, query: &BedQuery) -> Result<BedMap> {
    let ward = query.ward_id.map(|id| tx.load::<Ward>(id)).transpose()?;
    let org_id = chosen_org(tx, ward.map(|ward| ward.org_id).or(query.org_id))?;
    let mut wards = ward_views(tx, org_id)?;
    wards.retain(|ward| query.ward_id.is_none_or(|id| id == ward.id));
    let rows = super::store::bed_rows(tx, org_id, query.ward_id)?;
    let beds = rows
        .into_iter()
        .map(|row| bed_view(tx, row))
        .collect::<Result<_>>()?;
    Ok(BedMap {
        org_id,
        wards,
        beds,
    })
}

pub(super) fn ward_views(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<WardView>> {
    let counts = super::store::counts(tx, org_id)?;
    let wards = super::store::wards(tx, org_id)?;
    Ok(wards.iter().map(|ward| ward_view(ward, &counts)).collect())
}

fn ward_view(ward: &Versioned<Ward>, counts: &[super::store::BedCount]) -> WardView {
    let beds = |state| {
        let mut rows = counts
            .iter()
            .filter(move |row| row.ward_id == ward.id && row.state == state);
        rows.next().map_or((0, 0), |row| (row.beds, row.held))
    };
    let (open, held) = beds(BedState::Open);
    let (occupied, cleaning) = (beds(BedState::Occupied).0, beds(BedState::Cleaning).0);
    WardView {
        id: ward.id,
        version: ward.version,
        org_id: ward.org_id,
        department_id: ward.department_id,
        specialty: ward.specialty.clone(),
        code: ward.code.clone(),
        name: ward.name.clone(),
        state: ward.state,
        beds_total: open + occupied + cleaning,
        beds_open: open - held,
        beds_held: held,
        beds_occupied: occupied,
        beds_cleaning: cleaning,
    }
}

pub(super) fn ward_answer(tx: &mut Tx<'_>, ward: &Versioned<Ward>) -> Result<Etag<WardView>> {
    let counts = super::store::counts(tx, ward.org_id)?;
    Ok(Etag::new(ward.version, ward_view(ward, &counts)))
}

pub(super) fn bed_answer(tx: &mut Tx<'_>, bed: &Versioned<Bed>) -> Result<Etag<BedView>> {
    let rows = super::store::bed_rows(tx, bed.org_id, Some(bed.ward_id))?;
    let row = rows
        .into_iter()
        .find(|row| row.body.id == bed.id)
        .ok_or_else(|| Error::not_found("bed"))?;
    Ok(Etag::new(bed.version, bed_view(tx, row)?))
}

fn bed_view(tx: &mut Tx<'_>, row: BedRow) -> Result<BedView> {
    let viewer = tx.actor().org_id;
    let bed = row.body.0;
    let is_own = viewer == bed.org_id;
    let hold = match (row.hold_id, row.hold_state, row.for_org_id, row.expires_at) {
        (Some(id), Some(state), Some(for_org_id), Some(until)) => Some(BedHold {
            id,
            state,
            until,
            for_org: neighbours::short_name(tx, for_org_id)?,
            owner_kind: row.owner_kind.unwrap_or_default(),
            owner_id: row.owner_id.filter(|_| is_own || viewer == for_org_id),
        }),
        _ => None,
    };
    let may_act = tx.actor().scope("resources.beds").is_some() && is_own;
    let actions = if may_act {
        open_actions(bed.state, hold.is_some())
    } else {
        Vec::new()
    };
    Ok(BedView {
        id: bed.id,
        version: row.version,
        org_id: bed.org_id,
        ward_id: bed.ward_id,
        code: bed.code,
        kind: bed.kind,
        specialty: bed.specialty,
        sex_rule: bed.sex_rule,
        isolation: bed.isolation,
        channel: bed.channel,
        quota_org_id: bed.quota_org_id,
        price: bed.price,
        state: bed.state,
        since: bed.since,
        patient_sex: bed.patient_sex.filter(|_| is_own),
        patient_id: bed.patient_id.filter(|_| is_own),
        leave_on: bed.leave_on,
        note: bed.note.filter(|_| is_own),
        hold,
        actions,
    })
}

fn open_actions(state: BedState, is_held: bool) -> Vec<String> {
    let words: &[&str] = match state {
        BedState::Open if is_held => &["close"],
        BedState::Open => &["occupy", "close"],
        BedState::Occupied => &["free", "leave"],
        BedState::Cleaning => &["clean", "close"],
        BedState::Closed => &["reopen"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}
