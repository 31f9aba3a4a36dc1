//! Groups: formation, approval, activation; who joins and leaves.

use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::{not_future, open_org, require_reach};
use crate::model::{
    Approval, CooperationMode, CouncilClass, Evidence, Group, GroupForm, GroupState,
    LegalPersonMode, MemberRole, Membership,
};
use crate::rules::{Refusal, optional_text, required_text};
use crate::store::{groups, scopes};

const NAME_LENGTH_MAX: usize = 100;
const LINE_LENGTH_MAX: usize = 200;
const TEXT_LENGTH_MAX: usize = 2_000;

/// A group to be formed; its lead becomes the first member.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupInput {
    /// Its name.
    pub name: String,
    /// Name where there is little room; the name if absent.
    #[serde(default)]
    pub short_name: Option<String>,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Its form.
    pub form: GroupForm,
    /// The lead hospital.
    pub lead_org_id: Id,
    /// Legal persons kept or united.
    pub legal_person_mode: LegalPersonMode,
}

/// What of a group may be changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupUpdate {
    /// Its name.
    pub name: String,
    /// Name where there is little room; the name if absent.
    #[serde(default)]
    pub short_name: Option<String>,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Its form.
    pub form: GroupForm,
    /// Legal persons kept or united.
    pub legal_person_mode: LegalPersonMode,
}

/// The formation approval as on the document.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkApprovalInput)]
pub struct ApprovalInput {
    /// The body that approved.
    pub issuer: String,
    /// Document number (文号).
    pub number: String,
    /// Date of the document.
    pub approved_on: Date,
    /// What was approved: the members and area named.
    pub scope: String,
    /// The file that proves it, uploaded before.
    #[serde(default)]
    pub evidence_id: Option<Id>,
}

/// An organization that joins a group.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipInput {
    /// Who joins.
    pub org_id: Id,
    /// Branch or member.
    pub role: MemberRole,
    /// How close.
    pub cooperation_mode: CooperationMode,
    /// Seat on the council.
    pub council_class: CouncilClass,
    /// From; today if absent.
    #[serde(default)]
    pub joined_on: Option<Date>,
}

/// What of a membership may be changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipUpdate {
    /// Branch or member; the lead stays the lead.
    pub role: MemberRole,
    /// How close.
    pub cooperation_mode: CooperationMode,
    /// Seat on the council.
    pub council_class: CouncilClass,
}

/// Starts the formation of a group.
///
/// # Errors
/// Names the field at fault; `network.organization-closed`, `network.not-provider`.
pub fn create_group(tx: &mut Tx<'_>, input: &GroupInput) -> Result<Versioned<Group>> {
    require_reach(tx, input.lead_org_id)?;
    let lead = open_org(tx, input.lead_org_id, "lead_org_id")?;
    if !lead.kind.is_provider() {
        return Err(Error::from(Refusal::NotProvider).at("lead_org_id"));
    }
    let name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    let short = optional_text(input.short_name.as_deref(), "short_name", NAME_LENGTH_MAX)?;
    let group = Group {
        id: tx.new_id(),
        short_name: short.unwrap_or_else(|| name.clone()),
        name,
        name_en: optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?,
        form: input.form,
        lead_org_id: lead.id,
        state: GroupState::Forming,
        legal_person_mode: input.legal_person_mode,
        approval: None,
        active_on: None,
        dissolved_on: None,
        dissolve_reason: None,
        created_at: tx.now(),
    };
    let created = tx.insert(&group, Change::new("group.created"))?;
    let first = Membership {
        id: tx.new_id(),
        group_id: group.id,
        org_id: lead.id,
        role: MemberRole::Lead,
        cooperation_mode: CooperationMode::Tight,
        council_class: CouncilClass::Chair,
        joined_on: tx.now().date(),
        left_on: None,
        leave_reason: None,
    };
    tx.insert(&first, Change::new("membership.joined"))?;
    Ok(created)
}

/// Changes name, form or legal-person mode.
///
/// # Errors
/// Names the field at fault; `network.group-state` once dissolved.
pub fn update_group(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &GroupUpdate,
) -> Result<Versioned<Group>> {
    let mut group = load_managed(tx, id, version)?;
    if group.state == GroupState::Dissolved {
        return Err(Refusal::GroupStateForbids(group.state).into());
    }
    let before = group.legal_person_mode;
    group.name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    let short = optional_text(input.short_name.as_deref(), "short_name", NAME_LENGTH_MAX)?;
    group.short_name = short.unwrap_or_else(|| group.name.clone());
    group.name_en = optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?;
    group.form = input.form;
    group.legal_person_mode = input.legal_person_mode;
    let detail = serde_json::json!({ "legal_person_mode": { "from": before, "to": input.legal_person_mode } });
    tx.update(&group, Change::new("group.changed").detail(detail))
}

/// Records the formation approval; a health bureau's act.
///
/// # Errors
/// Names the field at fault; `network.group-state` unless the group is forming.
pub fn approve_group(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &ApprovalInput,
) -> Result<Versioned<Group>> {
    let mut group = load_managed(tx, id, version)?;
    if group.state != GroupState::Forming {
        return Err(Refusal::GroupStateForbids(group.state).into());
    }
    not_future(tx, input.approved_on, "approved_on")?;
    check_evidence(tx, input.evidence_id.as_slice(), "evidence_id")?;
    group.approval = Some(Approval {
        issuer: required_text(&input.issuer, "issuer", LINE_LENGTH_MAX)?,
        number: required_text(&input.number, "number", LINE_LENGTH_MAX)?,
        approved_on: input.approved_on,
        scope: required_text(&input.scope, "scope", TEXT_LENGTH_MAX)?,
        evidence_id: input.evidence_id,
        recorded_by_org_id: tx.actor().org_id,
        recorded_at: tx.now(),
    });
    let detail = serde_json::json!({ "number": input.number });
    tx.update(&group, Change::new("group.approved").detail(detail))
}

/// Lets an approved group begin: from now on its members see each other.
///
/// # Errors
/// `network.not-approved`, `network.group-state`.
pub fn activate_group(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Group>> {
    let mut group = load_managed(tx, id, version)?;
    if group.state != GroupState::Forming {
        return Err(Refusal::GroupStateForbids(group.state).into());
    }
    if group.approval.is_none() {
        return Err(Refusal::NotApproved.into());
    }
    group.state = GroupState::Active;
    group.active_on = Some(tx.now().date());
    let saved = tx.update(&group, Change::new("group.activated"))?;
    scopes::refresh(tx)?;
    Ok(saved)
}

/// Ends a group and all its memberships.
///
/// # Errors
/// `network.group-state` when it is over already.
pub fn dissolve_group(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    reason: &str,
) -> Result<Versioned<Group>> {
    let mut group = load_managed(tx, id, version)?;
    if group.state == GroupState::Dissolved {
        return Err(Refusal::GroupStateForbids(group.state).into());
    }
    let reason = required_text(reason, "reason", LINE_LENGTH_MAX)?;
    let today = tx.now().date();
    for membership in groups::members(tx, id)? {
        if membership.left_on.is_none() {
            end_membership(tx, membership, today, &reason)?;
        }
    }
    group.state = GroupState::Dissolved;
    group.dissolved_on = Some(today);
    group.dissolve_reason = Some(reason);
    let saved = tx.update(&group, Change::new("group.dissolved"))?;
    scopes::refresh(tx)?;
    Ok(saved)
}

/// Takes an organization into a group.
///
/// # Errors
/// `network.already-member`, `network.not-provider`, `network.organization-closed`.
pub fn join_group(
    tx: &mut Tx<'_>,
    group_id: Id,
    input: &MembershipInput,
) -> Result<Versioned<Membership>> {
    let group = tx.load::<Group>(group_id)?;
    require_reach(tx, group.lead_org_id)?;
    if group.state == GroupState::Dissolved {
        return Err(Refusal::GroupStateForbids(group.state).into());
    }
    let org = open_org(tx, input.org_id, "org_id")?;
    if !org.kind.is_provider() {
        return Err(Error::from(Refusal::NotProvider).at("org_id"));
    }
    if input.role == MemberRole::Lead {
        return Err(Error::from(Refusal::LeadStays).at("role"));
    }
    let mut live = groups::members(tx, group_id)?
        .into_iter()
        .filter(|one| one.left_on.is_none());
    if live.any(|membership| membership.org_id == input.org_id) {
        return Err(Error::from(Refusal::AlreadyMember).at("org_id"));
    }
    let membership = Membership {
        id: tx.new_id(),
        group_id,
        org_id: input.org_id,
        role: input.role,
        cooperation_mode: input.cooperation_mode,
        council_class: input.council_class,
        joined_on: input.joined_on.unwrap_or(tx.now().date()),
        left_on: None,
        leave_reason: None,
    };
    let detail =
        serde_json::json!({ "group_id": group_id, "cooperation_mode": input.cooperation_mode });
    let joined = tx.insert(&membership, Change::new("membership.joined").detail(detail))?;
    scopes::refresh(tx)?;
    Ok(joined)
}

/// Changes role, closeness or council seat.
///
/// # Errors
/// `network.not-member` when it has left, `network.lead-stays`.
pub fn update_membership(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &MembershipUpdate,
) -> Result<Versioned<Membership>> {
    let mut membership = load_membership(tx, id, version)?;
    if (membership.role == MemberRole::Lead) != (input.role == MemberRole::Lead) {
        return Err(Error::from(Refusal::LeadStays).at("role"));
    }
    let detail = serde_json::json!({
        "cooperation_mode": { "from": membership.cooperation_mode, "to": input.cooperation_mode },
        "council_class": { "from": membership.council_class, "to": input.council_class },
    });
    membership.role = input.role;
    membership.cooperation_mode = input.cooperation_mode;
    membership.council_class = input.council_class;
    tx.update(
        &membership,
        Change::new("membership.changed").detail(detail),
    )
}

/// Ends a membership today.
///
/// # Errors
/// `network.not-member` when it has left, `network.lead-stays`.
pub fn leave_group(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    reason: &str,
) -> Result<Versioned<Membership>> {
    let membership = load_membership(tx, id, version)?;
    if membership.role == MemberRole::Lead {
        return Err(Refusal::LeadStays.into());
    }
    let reason = required_text(reason, "reason", LINE_LENGTH_MAX)?;
    let today = tx.now().date();
    let left = end_membership(tx, membership, today, &reason)?;
    scopes::refresh(tx)?;
    Ok(left)
}

pub(super) fn end_membership(
    tx: &mut Tx<'_>,
    mut membership: Versioned<Membership>,
    left_on: Date,
    reason: &str,
) -> Result<Versioned<Membership>> {
    // One that was to begin later ends on the day it would have begun.
    membership.left_on = Some(left_on.max(membership.joined_on));
    membership.leave_reason = Some(reason.to_owned());
    let detail = serde_json::json!({ "group_id": membership.group_id });
    tx.update(&membership, Change::new("membership.left").detail(detail))
}

/// Files that a document refers to must have been uploaded.
pub(super) fn check_evidence(tx: &mut Tx<'_>, ids: &[Id], field: &str) -> Result<()> {
    const EVIDENCE_MAX: usize = 50;
    if ids.len() > EVIDENCE_MAX {
        return Err(Error::invalid(
            "network.too-many",
            field,
            "at most 50 files fit here",
        ));
    }
    for id in ids {
        tx.load::<Evidence>(*id).map_err(|error| error.at(field))?;
    }
    Ok(())
}

fn load_managed(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Group>> {
    let group = tx.load::<Group>(id)?;
    require_reach(tx, group.lead_org_id)?;
    tx.check_version(&group, version)?;
    Ok(group)
}

fn load_membership(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Membership>> {
    let membership = tx.load::<Membership>(id)?;
    let group = tx.load::<Group>(membership.group_id)?;
    require_reach(tx, group.lead_org_id)?;
    tx.check_version(&membership, version)?;
    if membership.left_on.is_some() {
        return Err(Refusal::NotMember.into());
    }
    Ok(membership)
}
