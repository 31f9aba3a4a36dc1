//! Organizations: create, change, move, close, reopen.

use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::{reaches_everything, require_reach};
use crate::model::{
    Funding, InputMode, Level, Org, OrgKind, OrgState, Organization, Ownership, Position,
    Positioning,
};
use crate::rules::{
    Refusal, check_organization_codes, check_place, optional_text, required_code, required_text,
};
use crate::store::{groups, organizations, scopes};

/// Everything about an organization that a person may enter. A change replaces all of it; fields of
/// the six unchanged keep their values unless `decision_id` is given.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationInput {
    /// The consortium's own code; unique.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name where there is little room; the full name if absent.
    #[serde(default)]
    pub short_name: Option<String>,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// What sort of institution.
    pub kind: OrgKind,
    /// Its level in the tree.
    pub level: Level,
    /// The organization or region it belongs to; absent at the top of the tree.
    #[serde(default)]
    pub parent_id: Option<Id>,
    /// Who owns it.
    #[serde(default)]
    pub ownership: Option<Ownership>,
    /// What it is there for.
    #[serde(default)]
    pub positioning: Option<Positioning>,
    /// Funding channel.
    #[serde(default)]
    pub funding: Option<Funding>,
    /// Input mode.
    #[serde(default)]
    pub input_mode: Option<InputMode>,
    /// Unified social credit code.
    #[serde(default)]
    pub credit_code: Option<String>,
    /// Health institution registration number.
    #[serde(default)]
    pub institution_code: Option<String>,
    /// Why codes that fail their check are right all the same.
    #[serde(default)]
    pub identity_reason: Option<String>,
    /// Has a legal person of its own.
    #[serde(default)]
    pub legal_person: bool,
    /// Grade, such as 三级甲等.
    #[serde(default)]
    pub grade: Option<String>,
    /// Address.
    #[serde(default)]
    pub address: Option<String>,
    /// Telephone of the institution.
    #[serde(default)]
    pub phone: Option<String>,
    /// Place on the map.
    #[serde(default)]
    pub position: Option<Position>,
    /// Opened on.
    #[serde(default)]
    pub opened_on: Option<Date>,
    /// The decision that allows a change of the six unchanged; for changes only.
    #[serde(default)]
    pub decision_id: Option<Id>,
}

/// Where an organization is to hang.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkMoveInput)]
pub struct MoveInput {
    /// The new parent; absent for the top of the tree.
    pub parent_id: Option<Id>,
    /// The decision that allows it.
    pub decision_id: Option<Id>,
}

/// Why and when an organization closes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkCloseInput)]
pub struct CloseInput {
    /// Why.
    pub reason: String,
    /// The last day; today if absent.
    #[serde(default)]
    pub closed_on: Option<Date>,
}

impl From<&Organization> for OrganizationInput {
    fn from(org: &Organization) -> Self {
        let org = org.clone();
        Self {
            code: org.code,
            name: org.name,
            short_name: Some(org.short_name),
            name_en: org.name_en,
            kind: org.kind,
            level: org.level,
            parent_id: org.parent_id,
            ownership: org.ownership,
            positioning: org.positioning,
            funding: org.funding,
            input_mode: org.input_mode,
            credit_code: org.credit_code,
            institution_code: org.institution_code,
            identity_reason: org.identity_reason,
            legal_person: org.legal_person,
            grade: org.grade,
            address: org.address,
            phone: org.phone,
            position: org.position,
            opened_on: org.opened_on,
            decision_id: None,
        }
    }
}

/// Longest name.
const NAME_LENGTH_MAX: usize = 100;
/// Longest line of text.
const LINE_LENGTH_MAX: usize = 200;

/// Records a new organization.
///
/// # Errors
/// Names the field at fault; `network.code-taken`, `network.wrong-place`, `network.identity-check`.
pub fn create_organization(
    tx: &mut Tx<'_>,
    input: &OrganizationInput,
) -> Result<Versioned<Organization>> {
    let created = create_without_scopes(tx, input)?;
    scopes::refresh(tx)?;
    Ok(created)
}

/// Creates one of many; the caller refreshes the scopes once at the end.
pub(crate) fn create_without_scopes(
    tx: &mut Tx<'_>,
    input: &OrganizationInput,
) -> Result<Versioned<Organization>> {
    match input.parent_id {
        Some(parent) => require_reach(tx, parent)?,
        None if reaches_everything(tx) => {}
        None => return Err(Refusal::TopOfTree.into()),
    }
    let now = tx.now();
    let blank = Organization {
        id: tx.new_id(),
        code: String::new(),
        name: String::new(),
        short_name: String::new(),
        name_en: None,
        kind: input.kind,
        level: input.level,
        parent_id: None,
        state: OrgState::Open,
        ownership: None,
        positioning: None,
        funding: None,
        input_mode: None,
        credit_code: None,
        institution_code: None,
        identity_reason: None,
        legal_person: false,
        grade: None,
        address: None,
        phone: None,
        position: None,
        opened_on: None,
        closed_on: None,
        close_reason: None,
        created_at: now,
        updated_at: now,
    };
    let org = filled(tx, blank, input)?;
    check_parent(tx, &org)?;
    organizations::insert(tx, &org)
}

/// Replaces what is known of an organization.
///
/// # Errors
/// As [`create_organization`]; `network.needs-decision` and its kin for the six unchanged.
pub fn update_organization(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &OrganizationInput,
) -> Result<Versioned<Organization>> {
    let updated = update_without_scopes(tx, id, version, input)?;
    scopes::refresh(tx)?;
    Ok(updated)
}

/// Updates one of many; the caller refreshes the scopes once at the end.
pub(crate) fn update_without_scopes(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &OrganizationInput,
) -> Result<Versioned<Organization>> {
    require_reach(tx, id)?;
    let before = organizations::load(tx, id)?;
    stale(before.version, version)?;
    let after = filled(tx, before.data.clone(), input)?;
    if let Some(parent) = after
        .parent_id
        .filter(|_| after.parent_id != before.parent_id)
    {
        require_reach(tx, parent)?;
    }
    let place = |org: &Organization| (org.parent_id, org.kind, org.level);
    if place(&after) != place(&before) {
        check_parent(tx, &after)?;
    }
    let change = Change::new("organization.changed").detail(changed_fields(&before.data, &after));
    organizations::save(tx, &before, after, input.decision_id, change)
}

/// Hangs an organization elsewhere in the tree: its affiliation, one of the six unchanged.
///
/// # Errors
/// `network.needs-decision` and its kin, `network.wrong-place`.
pub fn move_organization(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &MoveInput,
) -> Result<Versioned<Organization>> {
    require_reach(tx, id)?;
    if let Some(parent) = input.parent_id {
        require_reach(tx, parent)?;
    }
    let before = organizations::load(tx, id)?;
    stale(before.version, version)?;
    let mut after = before.data.clone();
    after.parent_id = input.parent_id;
    after.updated_at = tx.now();
    check_parent(tx, &after)?;
    let detail = serde_json::json!({ "from": before.parent_id, "to": after.parent_id });
    let change = Change::new("organization.moved").detail(detail);
    let moved = organizations::save(tx, &before, after, input.decision_id, change)?;
    scopes::refresh(tx)?;
    Ok(moved)
}

/// Closes an organization and ends its memberships.
///
/// # Errors
/// `network.organization-closed`, `network.has-open-children`, `network.leads-group`,
/// `network.future-date`.
pub fn close_organization(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &CloseInput,
) -> Result<Versioned<Organization>> {
    require_reach(tx, id)?;
    let before = organizations::load(tx, id)?;
    stale(before.version, version)?;
    let closed_on = input.closed_on.unwrap_or(tx.now().date());
    super::not_future(tx, closed_on, "closed_on")?;
    let reason = required_text(&input.reason, "reason", LINE_LENGTH_MAX)?;
    if before.state == OrgState::Closed {
        return Err(Refusal::OrganizationClosed.into());
    }
    if organizations::open_children(tx, id)? > 0 {
        return Err(Refusal::HasOpenChildren.into());
    }
    if !groups::led_by(tx, id)?.is_empty() {
        return Err(Refusal::LeadsGroup.into());
    }
    for membership in groups::memberships_of(tx, id)? {
        if membership.left_on.is_none() {
            super::groups::end_membership(tx, membership, closed_on, &reason)?;
        }
    }
    let mut after = before.data.clone();
    after.state = OrgState::Closed;
    after.closed_on = Some(closed_on);
    after.close_reason = Some(reason);
    after.updated_at = tx.now();
    let change =
        Change::new("organization.closed").detail(serde_json::json!({ "closed_on": closed_on }));
    let closed = organizations::save(tx, &before, after, None, change)?;
    scopes::refresh(tx)?;
    Ok(closed)
}

/// Opens a closed organization again; memberships are joined anew.
///
/// # Errors
/// `network.organization-open`, or `network.organization-closed` when its parent is closed.
pub fn reopen_organization(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
) -> Result<Versioned<Organization>> {
    require_reach(tx, id)?;
    let before = organizations::load(tx, id)?;
    stale(before.version, version)?;
    if before.state == OrgState::Open {
        return Err(Refusal::OrganizationOpen.into());
    }
    let mut after = before.data.clone();
    after.state = OrgState::Open;
    after.closed_on = None;
    after.close_reason = None;
    after.updated_at = tx.now();
    check_parent(tx, &after)?;
    organizations::save(
        tx,
        &before,
        after,
        None,
        Change::new("organization.reopened"),
    )
}

/// Creates or changes the organization with the input's code; the caller refreshes the scopes.
pub(crate) fn put_without_scopes(
    tx: &mut Tx<'_>,
    input: &OrganizationInput,
) -> Result<Versioned<Organization>> {
    match organizations::by_code(tx, &input.code)? {
        Some(known) => update_without_scopes(tx, known.id, known.version, input),
        None => create_without_scopes(tx, input),
    }
}

/// Refuses a version other than the one the caller saw.
pub(super) fn stale(current: i64, seen: i64) -> Result<()> {
    if current == seen {
        return Ok(());
    }
    Err(Error::new(
        kernel::Kind::StaleVersion,
        "store.stale-version",
        "somebody changed this since you opened it; load it again and repeat what still applies",
    )
    .with(serde_json::json!({ "version": current })))
}

fn filled(
    tx: &mut Tx<'_>,
    mut org: Organization,
    input: &OrganizationInput,
) -> Result<Organization> {
    org.code = required_code(&input.code, "code")?;
    org.name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    let short = optional_text(input.short_name.as_deref(), "short_name", NAME_LENGTH_MAX)?;
    org.short_name = short.unwrap_or_else(|| org.name.clone());
    org.name_en = optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?;
    org.kind = input.kind;
    org.level = input.level;
    org.parent_id = input.parent_id;
    org.ownership = input.ownership;
    org.positioning = input.positioning;
    org.funding = input.funding;
    org.input_mode = input.input_mode;
    org.identity_reason = optional_text(
        input.identity_reason.as_deref(),
        "identity_reason",
        LINE_LENGTH_MAX,
    )?;
    let blank = |text: &Option<String>| {
        text.clone()
            .filter(|text| !kernel::text::fold(text).is_empty())
    };
    (org.credit_code, org.institution_code) = check_organization_codes(
        blank(&input.credit_code).as_deref(),
        blank(&input.institution_code).as_deref(),
        org.identity_reason.as_deref(),
    )?;
    org.legal_person = input.legal_person;
    org.grade = optional_text(input.grade.as_deref(), "grade", LINE_LENGTH_MAX)?;
    org.address = optional_text(input.address.as_deref(), "address", LINE_LENGTH_MAX)?;
    org.phone = optional_text(input.phone.as_deref(), "phone", LINE_LENGTH_MAX)?;
    org.position = input.position.map(checked_position).transpose()?;
    org.opened_on = input.opened_on;
    if let Some(opened_on) = input.opened_on {
        super::not_future(tx, opened_on, "opened_on")?;
    }
    org.updated_at = tx.now();
    check_codes_free(tx, &org)?;
    Ok(org)
}

fn checked_position(position: Position) -> Result<Position> {
    const DEGREE: i64 = 1_000_000;
    let inside = position.latitude_microdegrees.abs() <= 90 * DEGREE
        && position.longitude_microdegrees.abs() <= 180 * DEGREE;
    let detail = "latitude lies within 90 degrees, longitude within 180, in millionths of a degree";
    if inside {
        Ok(position)
    } else {
        Err(Error::invalid("network.position", "position", detail))
    }
}

fn check_codes_free(tx: &mut Tx<'_>, org: &Organization) -> Result<()> {
    if organizations::by_code(tx, &org.code)?.is_some_and(|other| other.id != org.id) {
        return Err(Refusal::CodeTaken.into());
    }
    if let Some(code) = &org.institution_code
        && organizations::by_institution_code(tx, code)?.is_some_and(|other| other.id != org.id)
    {
        return Err(Refusal::InstitutionCodeTaken.into());
    }
    Ok(())
}

fn check_parent(tx: &mut Tx<'_>, org: &Organization) -> Result<()> {
    let Some(parent) = org.parent_id else {
        return if reaches_everything(tx) {
            Ok(())
        } else {
            Err(Refusal::TopOfTree.into())
        };
    };
    super::known_org(tx, parent, "parent_id")?;
    let path = organizations::path_up(tx, parent)?;
    let path: Vec<Org> = path.into_iter().map(|above| above.data.into()).collect();
    check_place(org.id, org.kind, org.level, &path).map_err(|refusal| match refusal {
        Refusal::OrganizationClosed => Error::from(refusal).at("parent_id"),
        other => other.into(),
    })
}

/// The names of the fields that differ, for the audit entry.
fn changed_fields(before: &Organization, after: &Organization) -> serde_json::Value {
    let (old, new) = (serde_json::json!(before), serde_json::json!(after));
    let fields: Vec<&String> = match (old.as_object(), new.as_object()) {
        (Some(old), Some(new)) => new
            .iter()
            .filter(|(name, value)| name.as_str() != "updated_at" && old.get(*name) != Some(value))
            .map(|(name, _)| name)
            .collect(),
        _ => Vec::new(),
    };
    serde_json::json!({ "fields": fields })
}
