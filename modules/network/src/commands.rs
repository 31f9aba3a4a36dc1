//! Commands: load, decide, save. Handlers, the roster import and the demonstration all call these.

mod bonds;
mod catalogue;
mod catchments;
mod decisions;
mod groups;
mod organizations;
mod people;

pub use bonds::{
    AllianceInput, AllianceMemberInput, AllianceUpdate, BondInput, add_alliance_member,
    create_alliance, create_bond, end_alliance, end_bond, leave_alliance, update_alliance,
    update_bond,
};
pub use catalogue::{
    DepartmentInput, SurveyInput, TechniqueInput, correct_survey, create_department, create_survey,
    create_technique, set_baseline, stop_technique, update_department, update_technique,
};
pub use catchments::{
    CatchmentCorrection, CatchmentInput, correct_catchment, create_catchment, end_catchment,
    readable_catchment,
};
pub use decisions::{DecisionInput, record_decision, withdraw_decision};
pub use groups::{
    ApprovalInput, GroupInput, GroupUpdate, MembershipInput, MembershipUpdate, activate_group,
    approve_group, create_group, dissolve_group, join_group, leave_group, update_group,
    update_membership,
};
pub(crate) use organizations::put_without_scopes;
pub use organizations::{
    CloseInput, MoveInput, OrganizationInput, close_organization, create_organization,
    move_organization, reopen_organization, update_organization,
};
pub(crate) use people::create_with_work;
pub use people::{
    LicenceInput, PractitionerInput, WorkInputs, WorkSiteInput, create_practitioner,
    leave_practitioner, set_licences, set_sites, update_practitioner,
};

use kernel::{Date, Error, Id, Result};
use store::Tx;

use crate::PERMISSION_FOUND;
use crate::model::{Org, Organization};
use crate::rules::Refusal;
use crate::store::organizations as rows;

/// Sees and manages the whole installation: the server itself, and those who may put organizations
/// at the top of the tree.
pub fn reaches_everything(tx: &Tx<'_>) -> bool {
    tx.actor().role == "system" || tx.actor().scope(PERMISSION_FOUND).is_some()
}

/// Refuses an organization outside the actor's reach.
pub(crate) fn require_reach(tx: &mut Tx<'_>, org_id: Id) -> Result<()> {
    if reaches_everything(tx) {
        Ok(())
    } else {
        http::access::require_org(tx, org_id)
    }
}

/// The organization named in `field`, open.
pub(crate) fn open_org(tx: &mut Tx<'_>, id: Id, field: &str) -> Result<Organization> {
    let org = known_org(tx, id, field)?;
    if Org::from(org.clone()).is_open() {
        return Ok(org);
    }
    Err(Error::from(Refusal::OrganizationClosed).at(field))
}

/// The organization named in `field`.
pub(crate) fn known_org(tx: &mut Tx<'_>, id: Id, field: &str) -> Result<Organization> {
    let found = rows::load_opt(tx, id)?;
    found
        .map(|org| org.data)
        .ok_or_else(|| Error::not_found("organization").at(field))
}

/// Refuses an end before its start.
pub(crate) fn ordered(start: Date, end: Option<Date>, field: &str) -> Result<()> {
    if end.is_some_and(|end| end < start) {
        return Err(Error::from(Refusal::DatesReversed).at(field));
    }
    Ok(())
}

/// Refuses a day that has not come yet.
pub(crate) fn not_future(tx: &Tx<'_>, day: Date, field: &str) -> Result<()> {
    if day > tx.now().date() {
        return Err(Error::from(Refusal::FutureDate).at(field));
    }
    Ok(())
}
