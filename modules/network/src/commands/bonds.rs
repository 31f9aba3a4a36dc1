//! Alliances across the tree, and bonds between two organizations.

use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::groups::check_evidence;
use super::{not_future, open_org, ordered, reaches_everything, require_reach};
use crate::model::{
    Alliance, AllianceMember, AllianceState, Bond, BondKind, BondState, CouncilClass,
};
use crate::rules::{Refusal, optional_text, required_code, required_text};
use crate::store::groups;

const NAME_LENGTH_MAX: usize = 100;
const LINE_LENGTH_MAX: usize = 200;
const TEXT_LENGTH_MAX: usize = 2_000;

/// A specialty alliance; its lead becomes the first member.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceInput {
    /// Its name.
    pub name: String,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Specialty code of the national list.
    pub specialty: String,
    /// The lead.
    pub lead_org_id: Id,
    /// From; today if absent.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// Files that prove it, uploaded before.
    #[serde(default)]
    pub evidence_ids: Vec<Id>,
}

/// What of an alliance may be changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceUpdate {
    /// Its name.
    pub name: String,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Specialty code of the national list.
    pub specialty: String,
    /// Files that prove it, uploaded before.
    #[serde(default)]
    pub evidence_ids: Vec<Id>,
}

/// Who joins an alliance.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllianceMemberInput {
    /// The organization, of any group and city.
    pub org_id: Id,
    /// Its seat on the alliance's council.
    pub council_class: CouncilClass,
    /// From; today if absent.
    #[serde(default)]
    pub joined_on: Option<Date>,
}

/// A bond between two organizations.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BondInput {
    /// What sort.
    pub kind: BondKind,
    /// The side that gives: manages, supports, trains.
    pub from_org_id: Id,
    /// The side that receives.
    pub to_org_id: Id,
    /// The group it belongs to, if any.
    #[serde(default)]
    pub group_id: Option<Id>,
    /// Title of the agreement.
    pub title: String,
    /// Number of the agreement.
    #[serde(default)]
    pub number: Option<String>,
    /// What was agreed: fee, powers, outputs.
    #[serde(default)]
    pub terms: Option<String>,
    /// From.
    pub starts_on: Date,
    /// Until.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// Files that prove it, uploaded before.
    #[serde(default)]
    pub evidence_ids: Vec<Id>,
}

/// Founds an alliance.
///
/// # Errors
/// Names the field at fault; `network.organization-closed`, `network.not-provider`.
pub fn create_alliance(tx: &mut Tx<'_>, input: &AllianceInput) -> Result<Versioned<Alliance>> {
    require_reach(tx, input.lead_org_id)?;
    provider(tx, input.lead_org_id, "lead_org_id")?;
    check_evidence(tx, &input.evidence_ids, "evidence_ids")?;
    let starts_on = input.starts_on.unwrap_or(tx.now().date());
    let lead = AllianceMember {
        org_id: input.lead_org_id,
        council_class: CouncilClass::Chair,
        joined_on: starts_on,
        left_on: None,
    };
    let alliance = Alliance {
        id: tx.new_id(),
        name: required_text(&input.name, "name", NAME_LENGTH_MAX)?,
        name_en: optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?,
        specialty: required_code(&input.specialty, "specialty")?,
        lead_org_id: input.lead_org_id,
        state: AllianceState::Active,
        starts_on,
        ends_on: None,
        end_reason: None,
        members: vec![lead],
        evidence_ids: input.evidence_ids.clone(),
    };
    groups::save_alliance(
        tx,
        &Versioned {
            version: 0,
            data: alliance,
        },
        Change::new("alliance.created"),
    )
}

/// Changes names, specialty or files.
///
/// # Errors
/// Names the field at fault; `network.ended`.
pub fn update_alliance(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &AllianceUpdate,
) -> Result<Versioned<Alliance>> {
    let mut alliance = load_alliance(tx, id, version)?;
    require_reach(tx, alliance.lead_org_id)?;
    check_evidence(tx, &input.evidence_ids, "evidence_ids")?;
    alliance.name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    alliance.name_en = optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?;
    alliance.specialty = required_code(&input.specialty, "specialty")?;
    alliance.evidence_ids.clone_from(&input.evidence_ids);
    groups::save_alliance(tx, &alliance, Change::new("alliance.changed"))
}

/// Takes an organization into an alliance.
///
/// # Errors
/// `network.already-member`, `network.ended`, `network.organization-closed`.
pub fn add_alliance_member(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &AllianceMemberInput,
) -> Result<Versioned<Alliance>> {
    let mut alliance = load_alliance(tx, id, version)?;
    require_reach(tx, alliance.lead_org_id)?;
    provider(tx, input.org_id, "org_id")?;
    let mut live = alliance
        .members
        .iter()
        .filter(|member| member.left_on.is_none());
    if live.any(|member| member.org_id == input.org_id) {
        return Err(Error::from(Refusal::AlreadyMember).at("org_id"));
    }
    let joined_on = input.joined_on.unwrap_or(tx.now().date());
    let member = AllianceMember {
        org_id: input.org_id,
        council_class: input.council_class,
        joined_on,
        left_on: None,
    };
    alliance.members.push(member);
    let change =
        Change::new("alliance.joined").detail(serde_json::json!({ "org_id": input.org_id }));
    groups::save_alliance(tx, &alliance, change)
}

/// Takes an organization out of an alliance, at the lead's wish or its own.
///
/// # Errors
/// `network.not-member`, `network.lead-stays`, `network.ended`.
pub fn leave_alliance(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    org_id: Id,
) -> Result<Versioned<Alliance>> {
    let mut alliance = load_alliance(tx, id, version)?;
    if !reaches_everything(tx) && !http::access::covers(tx, org_id)? {
        require_reach(tx, alliance.lead_org_id)?;
    }
    if org_id == alliance.lead_org_id {
        return Err(Refusal::LeadStays.into());
    }
    let today = tx.now().date();
    let mut live = alliance
        .data
        .members
        .iter_mut()
        .filter(|member| member.left_on.is_none());
    let Some(member) = live.find(|member| member.org_id == org_id) else {
        return Err(Refusal::NotMember.into());
    };
    member.left_on = Some(today.max(member.joined_on));
    let change = Change::new("alliance.left").detail(serde_json::json!({ "org_id": org_id }));
    groups::save_alliance(tx, &alliance, change)
}

/// Ends an alliance.
///
/// # Errors
/// `network.ended`.
pub fn end_alliance(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    reason: &str,
) -> Result<Versioned<Alliance>> {
    let mut alliance = load_alliance(tx, id, version)?;
    require_reach(tx, alliance.lead_org_id)?;
    let today = tx.now().date();
    for member in alliance
        .members
        .iter_mut()
        .filter(|member| member.left_on.is_none())
    {
        member.left_on = Some(today.max(member.joined_on));
    }
    alliance.end_reason = Some(required_text(reason, "reason", LINE_LENGTH_MAX)?);
    alliance.ends_on = Some(today.max(alliance.starts_on));
    alliance.state = AllianceState::Ended;
    groups::save_alliance(tx, &alliance, Change::new("alliance.ended"))
}

/// Records a bond; either side may.
///
/// # Errors
/// Names the field at fault; `network.no-evidence` for entrusted management without its contract.
pub fn create_bond(tx: &mut Tx<'_>, input: &BondInput) -> Result<Versioned<Bond>> {
    let blank = Bond {
        id: tx.new_id(),
        kind: input.kind,
        from_org_id: input.from_org_id,
        to_org_id: input.to_org_id,
        group_id: None,
        title: String::new(),
        number: None,
        terms: None,
        starts_on: input.starts_on,
        ends_on: None,
        state: BondState::Active,
        end_reason: None,
        evidence_ids: Vec::new(),
        created_at: tx.now(),
    };
    let bond = filled(tx, blank, input)?;
    tx.insert(
        &bond,
        Change::new("bond.created").detail(serde_json::json!({ "kind": bond.kind })),
    )
}

/// Corrects a bond, or adds files.
///
/// # Errors
/// As [`create_bond`]; `network.ended`.
pub fn update_bond(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &BondInput,
) -> Result<Versioned<Bond>> {
    let bond = load_bond(tx, id, version)?;
    let version = bond.version;
    let data = filled(tx, bond.data, input)?;
    tx.update(&Versioned { version, data }, Change::new("bond.changed"))
}

/// Ends a bond, today or on an earlier day.
///
/// # Errors
/// `network.ended`, `network.future-date`, `network.dates-reversed`.
pub fn end_bond(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    reason: &str,
    ends_on: Option<Date>,
) -> Result<Versioned<Bond>> {
    let mut bond = load_bond(tx, id, version)?;
    let ends_on = ends_on.unwrap_or(tx.now().date());
    not_future(tx, ends_on, "ends_on")?;
    ordered(bond.starts_on, Some(ends_on), "ends_on")?;
    bond.ends_on = Some(ends_on);
    bond.end_reason = Some(required_text(reason, "reason", LINE_LENGTH_MAX)?);
    bond.state = BondState::Ended;
    tx.update(&bond, Change::new("bond.ended"))
}

fn filled(tx: &mut Tx<'_>, mut bond: Bond, input: &BondInput) -> Result<Bond> {
    reach_one_of(tx, input.from_org_id, input.to_org_id)?;
    if input.from_org_id == input.to_org_id {
        let detail = "a bond ties two different organizations";
        return Err(Error::invalid(
            "network.bond-with-itself",
            "to_org_id",
            detail,
        ));
    }
    open_org(tx, input.from_org_id, "from_org_id")?;
    open_org(tx, input.to_org_id, "to_org_id")?;
    ordered(input.starts_on, input.ends_on, "ends_on")?;
    check_evidence(tx, &input.evidence_ids, "evidence_ids")?;
    // Powers over another's affairs rest on a document, not on a word.
    if input.kind == BondKind::EntrustedManagement && input.evidence_ids.is_empty() {
        return Err(Refusal::NoEvidence.into());
    }
    if let Some(group_id) = input.group_id {
        tx.load::<crate::model::Group>(group_id)
            .map_err(|error| error.at("group_id"))?;
    }
    bond.kind = input.kind;
    bond.from_org_id = input.from_org_id;
    bond.to_org_id = input.to_org_id;
    bond.group_id = input.group_id;
    bond.title = required_text(&input.title, "title", LINE_LENGTH_MAX)?;
    bond.number = optional_text(input.number.as_deref(), "number", LINE_LENGTH_MAX)?;
    bond.terms = optional_text(input.terms.as_deref(), "terms", TEXT_LENGTH_MAX)?;
    bond.starts_on = input.starts_on;
    bond.ends_on = input.ends_on;
    bond.evidence_ids.clone_from(&input.evidence_ids);
    Ok(bond)
}

fn reach_one_of(tx: &mut Tx<'_>, from: Id, to: Id) -> Result<()> {
    if reaches_everything(tx) || http::access::covers(tx, from)? {
        return Ok(());
    }
    require_reach(tx, to)
}

fn provider(tx: &mut Tx<'_>, id: Id, field: &str) -> Result<()> {
    if open_org(tx, id, field)?.kind.is_provider() {
        return Ok(());
    }
    Err(Error::from(Refusal::NotProvider).at(field))
}

fn load_alliance(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Alliance>> {
    let alliance = tx.load::<Alliance>(id)?;
    tx.check_version(&alliance, version)?;
    if alliance.state == AllianceState::Ended {
        Err(Refusal::Ended.into())
    } else {
        Ok(alliance)
    }
}

fn load_bond(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Bond>> {
    let bond = tx.load::<Bond>(id)?;
    reach_one_of(tx, bond.from_org_id, bond.to_org_id)?;
    tx.check_version(&bond, version)?;
    if bond.state == BondState::Ended {
        Err(Refusal::Ended.into())
    } else {
        Ok(bond)
    }
}
