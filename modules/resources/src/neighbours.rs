//! What this module asks of the network: who is open, who belongs together, how far it is.

use kernel::{Error, Id, Kind, Result};
use network::{Department, Org, OrgState};
use store::Tx;

use crate::model::Channel;

/// The organization, which must be open.
pub(crate) fn require_open(tx: &mut Tx<'_>, org_id: Id) -> Result<Org> {
    network::require_open(tx, org_id).map_err(|error| error.at("org_id"))
}

/// The specialty a department works in: the one given, or its own.
///
/// # Errors
/// `resources.department` when it is not an open department of this member;
/// `resources.specialty-missing` when neither says a specialty.
pub(crate) fn specialty_of(
    tx: &mut Tx<'_>,
    org_id: Id,
    department_id: Id,
    given: Option<&str>,
) -> Result<String> {
    let department = open_department(tx, org_id, department_id)?;
    match given
        .map(kernel::text::fold)
        .filter(|text| !text.is_empty())
        .or(department.specialty)
    {
        Some(specialty) => crate::text::code("specialty", &specialty),
        None => Err(Error::invalid(
            "resources.specialty-missing",
            "specialty",
            "the department has no specialty of its own; say which one",
        )),
    }
}

/// Refuses a quota that can't be used: for a member of another group, or outside the referral door.
pub(crate) fn require_quota(
    tx: &mut Tx<'_>,
    org_id: Id,
    quota_org_id: Id,
    channel: Channel,
) -> Result<()> {
    if channel != Channel::Referral {
        let detail = "a quota for one member is kept in the referral channel";
        return Err(Error::invalid("resources.quota-channel", "channel", detail));
    }
    require_open(tx, quota_org_id).map_err(|error| error.at("quota_org_id"))?;
    require_same_group(tx, org_id, quota_org_id)
}

/// Refuses two members that share no group: places are pooled within a group.
pub(crate) fn require_same_group(tx: &mut Tx<'_>, org_id: Id, other_id: Id) -> Result<()> {
    if org_id == other_id || network::same_group(tx, org_id, other_id)? {
        return Ok(());
    }
    Err(Error::rule(
        "resources.not-in-group",
        "the two organizations share no group; places are pooled within a group",
    ))
}

/// The open members that pool their places with `org_id`, itself first.
pub(crate) fn peers(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Org>> {
    let mut peers = vec![network::org(tx, org_id)?];
    peers.extend(
        network::group_peers(tx, org_id)?
            .into_iter()
            .filter(|org| org.id != org_id),
    );
    Ok(peers)
}

/// Which of `org_ids` are open members, with their names.
pub(crate) fn open_orgs(tx: &mut Tx<'_>, org_ids: &[Id]) -> Result<Vec<Org>> {
    let orgs = network::orgs(tx, org_ids)?;
    Ok(orgs.into_iter().filter(Org::is_open).collect())
}

/// What an organization is called where there is little room.
pub(crate) fn short_name(tx: &mut Tx<'_>, org_id: Id) -> Result<String> {
    network::org(tx, org_id).map(|org| org.short_name)
}

/// Is it open?
pub(crate) fn is_open(tx: &mut Tx<'_>, org_id: Id) -> Result<bool> {
    Ok(network::org(tx, org_id)?.is_open())
}

/// Refuses a department that is not an open one of this member.
pub(crate) fn require_department(tx: &mut Tx<'_>, org_id: Id, department_id: Id) -> Result<()> {
    open_department(tx, org_id, department_id).map(|_| ())
}

fn open_department(tx: &mut Tx<'_>, org_id: Id, department_id: Id) -> Result<Department> {
    let refused = || {
        let detail =
            "this is not an open department of this organization; choose one from its list";
        Error::invalid("resources.department", "department_id", detail)
    };
    match network::department(tx, department_id) {
        Ok(one) if one.org_id == org_id && one.state == OrgState::Open => Ok(one),
        Ok(_) => Err(refused()),
        Err(error) if error.kind() == Kind::NotFound => Err(refused()),
        Err(error) => Err(error),
    }
}
/// The role that looks after requests at a member: small ones have no referral office.
pub(crate) fn desk_role(tx: &mut Tx<'_>, org_id: Id) -> Result<&'static str> {
    use network::OrgKind::{CommunityCentre, TownshipCentre, VillageClinic};
    Ok(match network::org(tx, org_id)?.kind {
        VillageClinic => "village-doctor",
        TownshipCentre | CommunityCentre => "general-practitioner",
        _ => "referral-office",
    })
}
