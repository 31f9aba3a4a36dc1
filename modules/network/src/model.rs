//! The network's types: organizations and what ties them, decisions, people, capability.

mod bond;
mod catalogue;
mod decision;
mod group;
mod organization;
mod people;

pub use bond::{Alliance, AllianceMember, AllianceState, Bond, BondKind, BondState, Evidence};
pub use catalogue::{
    Catchment, Department, DepartmentKind, EquipmentCount, OpenTo, StaffCounts, Survey, Technique,
    TechniqueKind, TechniqueState,
};
pub use decision::{
    Decision, DecisionItem, DecisionLevel, DecisionState, DecisionUse, GuardedField, SubjectKind,
};
pub use group::{
    Approval, CooperationMode, CouncilClass, Group, GroupForm, GroupState, LegalPersonMode,
    MemberRole, Membership,
};
pub use organization::{
    Funding, InputMode, Level, Org, OrgKind, OrgState, Organization, Ownership, Position,
    Positioning,
};
pub use people::{
    Licence, LicenceKind, Pay, Practitioner, PractitionerState, Profession, SiteKind, StaffStatus,
    TitleRank, WorkSite,
};

use serde::Serialize;

/// The stored word of an enum: the one JSON shows.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// One lower-case line that a search looks through: the texts, and the pinyin of the names.
pub(crate) fn search_key(names: &[&str], codes: &[&str]) -> String {
    let mut line = String::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        for part in [
            kernel::text::fold(name).to_lowercase(),
            kernel::text::pinyin_key(name),
            kernel::text::pinyin_initials(name),
        ] {
            line.push_str(&part);
            line.push(' ');
        }
    }
    for code in codes.iter().filter(|code| !code.is_empty()) {
        line.push_str(&code.to_lowercase());
        line.push(' ');
    }
    line
}
