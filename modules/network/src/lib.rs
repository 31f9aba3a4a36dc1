//! Organizations, groups, alliances, bonds, people: who belongs to whom.
//!
//! The public face is this file: queries that other modules need, and the commands that the roster
//! import and the demonstration play. README.md says what the module is for.

pub mod api;
pub mod commands;
mod jobs;
mod messages;
pub mod model;
pub mod rules;
mod search;
mod store;

use ::store::{Migration, RuleSeed, Tx, Versioned, check_body};
use http::{Grant, Module, Permission};
use kernel::{Id, Result, Scope};

pub use crate::model::{Department, Level, Org, OrgKind, OrgState, Organization, Practitioner};
use crate::rules::{Refusal, distance_meters as meters_between};
use crate::store::{catalogue, groups, organizations, people};

/// Sees the directory.
pub const PERMISSION_READ: &str = "network.read";
/// Changes organizations, groups, bonds and catalogues.
pub const PERMISSION_MANAGE: &str = "network.manage";
/// Changes people.
pub const PERMISSION_PEOPLE: &str = "network.people";
/// Records government decisions and approvals.
pub const PERMISSION_DECIDE: &str = "network.decide";
/// Uploads evidence.
pub const PERMISSION_EVIDENCE: &str = "network.evidence";
/// Puts organizations at the top of the tree, and so reaches all of them.
pub const PERMISSION_FOUND: &str = "network.found";

/// The capability as the server takes it in.
pub fn module() -> Module {
    let mut module = Module::new("network", api::routes());
    module.permissions = PERMISSIONS;
    module.grants = GRANTS;
    module.migrations = MIGRATIONS;
    module.jobs = jobs::JOBS;
    module.rule_seeds = RULE_SEEDS;
    module.messages = messages::MESSAGES;
    module.work = Some(jobs::work);
    module.search = Some(search::search);
    module.seed = Some(store::people::fill_words);
    module
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "network",
        number: 1,
        name: "organizations, groups, bonds, people, capability",
        sql: include_str!("../sql/0001_network.sql"),
    },
    Migration {
        module: "network",
        number: 2,
        name: "words by which people are found",
        sql: include_str!("../sql/0002_practitioner_word.sql"),
    },
];

const RULE_SEEDS: &[RuleSeed] = &[RuleSeed {
    code: "network.licences",
    title_zh: "执业证照到期提醒",
    title_en: "Notice of licences that run out",
    source: "本地设定",
    body: r#"{"notice_days_ahead": [60, 30, 7, 0]}"#,
    check: check_body::<jobs::LicenceRules>,
}];

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: PERMISSION_READ,
        title_zh: "查看机构与人员目录",
        title_en: "See the directory",
    },
    Permission {
        code: PERMISSION_MANAGE,
        title_zh: "维护机构、集团、纽带与目录",
        title_en: "Maintain organizations, groups, bonds and catalogues",
    },
    Permission {
        code: PERMISSION_PEOPLE,
        title_zh: "维护医务人员",
        title_en: "Maintain practitioners",
    },
    Permission {
        code: PERMISSION_DECIDE,
        title_zh: "登记政府决定与组建批复",
        title_en: "Record government decisions and formation approvals",
    },
    Permission {
        code: PERMISSION_EVIDENCE,
        title_zh: "上传证明文件",
        title_en: "Upload evidence",
    },
    Permission {
        code: PERMISSION_FOUND,
        title_zh: "新建顶层机构(全系统)",
        title_en: "Put organizations at the top of the tree (whole system)",
    },
];

const GRANTS: &[Grant] = &[
    Grant::new("village-doctor", PERMISSION_READ, Scope::Group),
    Grant::new("general-practitioner", PERMISSION_READ, Scope::Group),
    Grant::new("referral-office", PERMISSION_READ, Scope::Group),
    Grant::new("attending-doctor", PERMISSION_READ, Scope::Group),
    Grant::new("ward-nurse", PERMISSION_READ, Scope::Group),
    Grant::new("bed-manager", PERMISSION_READ, Scope::Group),
    Grant::new("duty-chief", PERMISSION_READ, Scope::Group),
    Grant::new("dispatcher", PERMISSION_READ, Scope::Group),
    Grant::new("technician", PERMISSION_READ, Scope::Group),
    Grant::new("pharmacist", PERMISSION_READ, Scope::Group),
    Grant::new("director", PERMISSION_READ, Scope::Group),
    Grant::new("director", PERMISSION_MANAGE, Scope::Below),
    Grant::new("director", PERMISSION_PEOPLE, Scope::Below),
    Grant::new("director", PERMISSION_EVIDENCE, Scope::Org),
    Grant::new("privacy-officer", PERMISSION_READ, Scope::Group),
    Grant::new("security-admin", PERMISSION_READ, Scope::Group),
    Grant::new("system-admin", PERMISSION_READ, Scope::Group),
    Grant::new("system-admin", PERMISSION_MANAGE, Scope::Region),
    Grant::new("system-admin", PERMISSION_PEOPLE, Scope::Region),
    Grant::new("system-admin", PERMISSION_EVIDENCE, Scope::Org),
    Grant::new("system-admin", PERMISSION_FOUND, Scope::Region),
    Grant::new("audit-admin", PERMISSION_READ, Scope::Group),
    Grant::new("health-bureau", PERMISSION_READ, Scope::Region),
    Grant::new("health-bureau", PERMISSION_DECIDE, Scope::Region),
    Grant::new("health-bureau", PERMISSION_EVIDENCE, Scope::Org),
    Grant::new("resident", PERMISSION_READ, Scope::Group),
];

/// The organization.
///
/// # Errors
/// NotFound `organization`.
pub fn org(tx: &mut Tx<'_>, id: Id) -> Result<Org> {
    organizations::load(tx, id).map(|org| org.data.into())
}

/// The organization, which must be open.
///
/// # Errors
/// NotFound `organization`; `network.organization-closed`.
pub fn require_open(tx: &mut Tx<'_>, id: Id) -> Result<Org> {
    let org = org(tx, id)?;
    if org.is_open() {
        Ok(org)
    } else {
        Err(Refusal::OrganizationClosed.into())
    }
}

/// These organizations, in the order asked for; unknown ones are left out.
///
/// # Errors
/// Whatever the database reports.
pub fn orgs(tx: &mut Tx<'_>, ids: &[Id]) -> Result<Vec<Org>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(organizations::load_opt(tx, *id)?.map(|org| Org::from(org.data)));
    }
    Ok(found)
}

/// The organization with the consortium's own code.
///
/// # Errors
/// Whatever the database reports.
pub fn org_by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Org>> {
    Ok(organizations::by_code(tx, code)?.map(|org| org.data.into()))
}

/// Open members of the active groups an organization belongs to, itself left out, by name. Those
/// below a member in the tree belong to the group too.
///
/// # Errors
/// Whatever the database reports.
pub fn group_peers(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Org>> {
    let today = tx.now().date();
    Ok(groups::peers(tx, org_id, today)?
        .into_iter()
        .map(Org::from)
        .collect())
}

/// Are the two in one active group (or one and the same)?
///
/// # Errors
/// Whatever the database reports.
pub fn same_group(tx: &mut Tx<'_>, a: Id, b: Id) -> Result<bool> {
    if a == b {
        return Ok(true);
    }
    let today = tx.now().date();
    groups::is_peer(tx, a, b, today)
}

/// Metres between two organizations; `None` when a position is not known.
///
/// # Errors
/// NotFound `organization`.
pub fn distance_meters(tx: &mut Tx<'_>, a: Id, b: Id) -> Result<Option<i64>> {
    let (a, b) = (org(tx, a)?, org(tx, b)?);
    Ok(a.position
        .zip(b.position)
        .map(|(a, b)| meters_between(a, b)))
}

/// The organization itself, its parent, and so on to the top of the tree.
///
/// # Errors
/// Whatever the database reports.
pub fn path_up(tx: &mut Tx<'_>, id: Id) -> Result<Vec<Org>> {
    Ok(organizations::path_up(tx, id)?
        .into_iter()
        .map(|org| org.data.into())
        .collect())
}

/// The department.
///
/// # Errors
/// NotFound `department`.
pub fn department(tx: &mut Tx<'_>, id: Id) -> Result<Department> {
    tx.load::<Department>(id).map(|department| department.data)
}

/// The departments of an organization, by name, closed ones too.
///
/// # Errors
/// Whatever the database reports.
pub fn departments(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Department>> {
    Ok(catalogue::departments_of(tx, org_id)?
        .into_iter()
        .map(|department| department.data)
        .collect())
}

/// The practitioner.
///
/// # Errors
/// NotFound `practitioner`.
pub fn practitioner(tx: &mut Tx<'_>, id: Id) -> Result<Practitioner> {
    people::load(tx, id).map(|person| person.data)
}

/// Open organizations that offer a technique to `for_org`: nearest first where positions are known,
/// then by name.
///
/// # Errors
/// NotFound `organization`.
pub fn technique_providers(tx: &mut Tx<'_>, code: &str, for_org: Id) -> Result<Vec<Org>> {
    let asker = org(tx, for_org)?;
    let today = tx.now().date();
    let above: Vec<Id> = path_up(tx, for_org)?.iter().map(|org| org.id).collect();
    let mut found: Vec<(i64, String, Org)> = Vec::new();
    for technique in catalogue::offered(tx, code)? {
        let may_use = technique.org_id == for_org
            || match &technique.open_to {
                model::OpenTo::Own => false,
                model::OpenTo::Below => above.contains(&technique.org_id),
                model::OpenTo::Group => groups::is_peer(tx, for_org, technique.org_id, today)?,
                model::OpenTo::Members { org_ids } => org_ids.contains(&for_org),
            };
        let provider = org(tx, technique.org_id)?;
        if may_use && provider.is_open() && technique.starts_on <= today {
            let distance = asker
                .position
                .zip(provider.position)
                .map(|(a, b)| meters_between(a, b));
            let key = kernel::text::pinyin_key(&provider.name);
            found.push((distance.unwrap_or(i64::MAX), key, provider));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1, a.2.id).cmp(&(b.0, &b.1, b.2.id)));
    Ok(found.into_iter().map(|(_, _, provider)| provider).collect())
}

/// What the roster import needs and nobody else: look-ups by code with versions, and creation in
/// bulk with one refresh of the scopes at the end.
pub mod roster {
    use super::{Department, Id, Organization, Practitioner, Result, Tx, Versioned};
    use super::{catalogue, commands, organizations, people};
    use crate::commands::{
        OrganizationInput, PractitionerInput, WorkInputs, create_with_work, put_without_scopes,
    };
    use crate::store::scopes;

    /// The organization with this code.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn organization(tx: &mut Tx<'_>, code: &str) -> Result<Option<Versioned<Organization>>> {
        organizations::by_code(tx, code)
    }

    /// Every organization there is.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn organizations(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Organization>>> {
        organizations::all(tx)
    }

    /// The department of an organization with this code.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn department(
        tx: &mut Tx<'_>,
        org_id: Id,
        code: &str,
    ) -> Result<Option<Versioned<Department>>> {
        catalogue::department_by_code(tx, org_id, code)
    }

    /// The practitioner with this staff number at this employer.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn practitioner(
        tx: &mut Tx<'_>,
        org_id: Id,
        code: &str,
    ) -> Result<Option<Versioned<Practitioner>>> {
        people::by_code(tx, org_id, code)
    }

    /// Records a practitioner with work sites and licences in one go, where a form would take three:
    /// `work` says which, for the person as the input reads.
    ///
    /// # Errors
    /// As the commands.
    pub fn create_practitioner(
        tx: &mut Tx<'_>,
        input: &PractitionerInput,
        work: &dyn Fn(&Practitioner) -> WorkInputs,
    ) -> Result<Versioned<Practitioner>> {
        create_with_work(tx, input, work)
    }

    /// People at work who are employed by an organization or have worked there.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn practitioners_at(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Practitioner>>> {
        people::at(tx, org_id)
    }

    /// Creates an organization, or changes the one with the same code; call [`finish`] at the end.
    ///
    /// # Errors
    /// As the commands.
    pub fn put_organization(
        tx: &mut Tx<'_>,
        input: &OrganizationInput,
    ) -> Result<Versioned<Organization>> {
        put_without_scopes(tx, input)
    }

    /// Brings the scopes in step after a bulk change of the tree.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn finish(tx: &mut Tx<'_>) -> Result<()> {
        scopes::refresh(tx)
    }

    /// May the actor import rows about this organization?
    ///
    /// # Errors
    /// `access.out-of-scope`.
    pub fn require_reach(tx: &mut Tx<'_>, org_id: Id) -> Result<()> {
        commands::require_reach(tx, org_id)
    }
}

#[cfg(test)]
mod tests;
