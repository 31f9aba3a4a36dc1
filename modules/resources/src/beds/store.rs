//! The statements of wards and beds.

use kernel::identity::Sex;
use kernel::{Id, Instant, Money, Result};
use serde::Deserialize;
use store::{Tx, Versioned, params};

use super::{Bed, SexRule, Ward};
use crate::model::{Channel, PlaceKind};

/// Wards of one member on one screen.
const WARDS_MAX: i64 = 500;
/// Beds of one member on one screen.
const BEDS_MAX: i64 = 5_000;

const WARD_BY_CODE: &str = "SELECT version, body FROM ward WHERE org_id = $1 AND code = $2";
const BED_BY_CODE: &str = "SELECT version, body FROM bed WHERE ward_id = $1 AND code = $2";
const WARDS: &str = "SELECT version, body FROM ward WHERE org_id = $1 ORDER BY code, id LIMIT $2";
const BEDS_OF_ORG: &str =
    "SELECT b.version, b.body, b.hold_id, h.state AS hold_state, h.for_org_id,
    h.expires_at, h.owner_kind, h.owner_id
    FROM bed AS b LEFT JOIN hold AS h ON h.id = b.hold_id
    WHERE b.org_id = $1 AND ($2 = '' OR b.ward_id = $2)
    ORDER BY b.ward_id, b.code, b.id LIMIT $3";
const HOLD_ID: &str = "SELECT hold_id FROM bed WHERE id = $1";
const TAKE: &str =
    "UPDATE bed SET hold_id = $2 WHERE id = $1 AND state = 'open' AND hold_id IS NULL";
const GIVE_BACK: &str = "UPDATE bed SET hold_id = NULL WHERE id = $1 AND hold_id = $2";
const NOTE_OFFERING: &str = "INSERT INTO offering (kind, org_id, specialty, department_id)
    VALUES ($1, $2, $3, $4) ON CONFLICT (kind, org_id, specialty, department_id) DO NOTHING";
const COUNTS: &str = "SELECT ward_id, state, COUNT(*) AS beds, COUNT(hold_id) AS held
    FROM bed WHERE org_id = $1 GROUP BY ward_id, state ORDER BY ward_id, state";
const FREE: &str = "SELECT b.id, b.code, b.sex_rule, b.isolation, b.channel, b.quota_org_id,
    b.price_fen, w.body ->> 'name' AS ward_name
    FROM bed AS b JOIN ward AS w ON w.id = b.ward_id
    WHERE b.org_id = $1 AND b.specialty = $2 AND b.state = 'open' AND b.hold_id IS NULL
      AND w.state = 'open' AND ($3 = '' OR w.department_id = $3)
    ORDER BY b.price_fen, b.id LIMIT $4";

pub(crate) fn ward_by_code(
    tx: &mut Tx<'_>,
    org_id: Id,
    code: &str,
) -> Result<Option<Versioned<Ward>>> {
    Ok(tx.find(WARD_BY_CODE, &params![org_id, code])?.pop())
}

pub(crate) fn bed_by_code(
    tx: &mut Tx<'_>,
    ward_id: Id,
    code: &str,
) -> Result<Option<Versioned<Bed>>> {
    Ok(tx.find(BED_BY_CODE, &params![ward_id, code])?.pop())
}

pub(crate) fn wards(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Ward>>> {
    tx.find(WARDS, &params![org_id, WARDS_MAX])
}

/// A bed beside its live hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BedRow {
    pub version: i64,
    pub body: store::Json<Bed>,
    pub hold_id: Option<Id>,
    pub hold_state: Option<crate::model::HoldState>,
    pub for_org_id: Option<Id>,
    pub expires_at: Option<Instant>,
    pub owner_kind: Option<String>,
    pub owner_id: Option<Id>,
}

/// The beds of a member, or of one ward of it.
pub(crate) fn bed_rows(tx: &mut Tx<'_>, org_id: Id, ward_id: Option<Id>) -> Result<Vec<BedRow>> {
    let ward_id = ward_id.map_or_else(String::new, |id| id.to_string());
    tx.query(BEDS_OF_ORG, &params![org_id, ward_id, BEDS_MAX])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOf {
    hold_id: Option<Id>,
}

/// The live hold on a bed.
pub(crate) fn hold_id(tx: &mut Tx<'_>, bed_id: Id) -> Result<Option<Id>> {
    Ok(tx
        .query_opt::<HoldOf>(HOLD_ID, &params![bed_id])?
        .and_then(|row| row.hold_id))
}

/// Marks an open, free bed as held; answers whether it was one.
pub(crate) fn take(tx: &mut Tx<'_>, bed_id: Id, hold_id: Id) -> Result<bool> {
    Ok(tx.execute(TAKE, &params![bed_id, hold_id])? == 1)
}

/// Takes the mark of this hold off its bed.
pub(crate) fn give_back(tx: &mut Tx<'_>, bed_id: Id, hold_id: Id) -> Result<()> {
    tx.execute(GIVE_BACK, &params![bed_id, hold_id]).map(|_| ())
}

/// Remembers that a department offers a specialty, so that searches look there.
pub(crate) fn note_offering(
    tx: &mut Tx<'_>,
    kind: PlaceKind,
    org_id: Id,
    specialty: &str,
    department_id: Id,
) -> Result<()> {
    tx.execute(
        NOTE_OFFERING,
        &params![kind.word(), org_id, specialty, department_id],
    )
    .map(|_| ())
}

/// Beds of one ward in one state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BedCount {
    pub ward_id: Id,
    pub state: super::BedState,
    pub beds: i64,
    pub held: i64,
}

/// How many beds of a member are in which state, ward by ward.
pub(crate) fn counts(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<BedCount>> {
    tx.query(COUNTS, &params![org_id])
}

/// An open bed that nobody holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreeBed {
    pub id: Id,
    pub code: String,
    pub sex_rule: SexRule,
    pub isolation: bool,
    pub channel: Channel,
    pub quota_org_id: Option<Id>,
    pub price_fen: Money,
    pub ward_name: String,
}

/// The open beds of one member in one specialty, cheapest first.
pub(crate) fn free_beds(
    tx: &mut Tx<'_>,
    org_id: Id,
    specialty: &str,
    department_id: Option<Id>,
    limit: i64,
) -> Result<Vec<FreeBed>> {
    let department_id = department_id.map_or_else(String::new, |id| id.to_string());
    tx.query(FREE, &params![org_id, specialty, department_id, limit])
}

/// The sexes a room's rule lets in, for the map.
pub(crate) fn suits(rule: SexRule, sex: Option<Sex>) -> bool {
    crate::rules::require_sex(rule, sex).is_ok()
}
