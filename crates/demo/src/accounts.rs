//! Departments, the people in them, and their accounts. Nobody gets a password; the accounts of the
//! demonstration roles are offered for one-click sign-in.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::signin::{self, Account, RoleMatrix};
use kernel::{Actor, ActorKind, Date, Error, Id, Result};
use network::commands::{self as net, PractitionerInput};
use network::model::{DepartmentKind, LicenceKind, Profession, SiteKind, StaffStatus, TitleRank};
use store::{Change, Tx};

use crate::cast::Person;
use crate::names;
use crate::shape::{self, Practitioner, Role, Shape};
use crate::world::World;

/// Roles offered for one-click sign-in: organization, department or none, role.
const OFFERED: &[(&str, &str, &str)] = &[
    ("village-1-1", "", "village-doctor"),
    ("village-2-3", "", "village-doctor"),
    ("town-1", "general-practice", "general-practitioner"),
    ("community-1", "general-practice", "general-practitioner"),
    ("lead", "", "referral-office"),
    ("branch", "", "referral-office"),
    ("town-1", "", "referral-office"),
    ("lead", "cardiology", "attending-doctor"),
    ("lead", "neurology", "attending-doctor"),
    ("lead", "emergency", "attending-doctor"),
    ("branch", "rehabilitation", "attending-doctor"),
    ("lead", "cardiology", "ward-nurse"),
    ("town-1", "inpatient", "ward-nurse"),
    ("lead", "", "bed-manager"),
    ("lead", "", "duty-chief"),
    ("branch", "", "duty-chief"),
    ("lead", "", "dispatcher"),
    ("lead", "imaging", "technician"),
    ("lead", "pharmacy", "pharmacist"),
    ("lead", "", "director"),
    ("lead", "", "privacy-officer"),
    ("lead", "", "security-admin"),
    ("lead", "", "system-admin"),
    ("lead", "", "audit-admin"),
    ("bureau", "", "health-bureau"),
];

/// People of one transaction.
const BATCH: usize = 60;

/// Makes departments, practitioners and accounts.
pub(crate) async fn hire(world: &mut World, progress: &mut (dyn FnMut(&str) + Send)) -> Result<()> {
    let (shape, ids) = (world.shape.clone(), world.organizations.clone());
    world.departments = world
        .as_system(move |tx| departments(tx, &shape, &ids))
        .await?;
    for batch in world.shape.practitioners.chunks(BATCH) {
        let (batch, shape) = (batch.to_vec(), world.shape.clone());
        let (ids, rooms) = (world.organizations.clone(), world.departments.clone());
        let made = world
            .as_system(move |tx| practitioners(tx, &batch, &shape, &ids, &rooms))
            .await?;
        world.practitioners.extend(made);
    }
    let hires = hires(world)?;
    let offered = hires.iter().filter(|hire| hire.offered).count();
    for batch in hires.chunks(BATCH) {
        let again = batch.to_vec();
        let people = world.as_system(move |tx| accounts(tx, &again)).await?;
        for (hire, actor) in batch.iter().zip(people) {
            world.cast.add(Person {
                organization: hire.organization.clone(),
                actor: Arc::new(actor),
                phone: hire.phone.clone(),
            });
        }
    }
    progress(&format!(
        "{} departments, {} practitioners, {} accounts, {offered} of them for one-click sign-in",
        world.departments.len(),
        world.practitioners.len(),
        world.cast.len(),
    ));
    Ok(())
}

fn departments(
    tx: &mut Tx<'_>,
    shape: &Shape,
    ids: &BTreeMap<String, Id>,
) -> Result<BTreeMap<String, Id>> {
    let mut made = BTreeMap::new();
    for one in &shape.departments {
        let code = one.key.rsplit('/').next().unwrap_or_default();
        let input = net::DepartmentInput {
            org_id: known(ids, &one.organization)?,
            code: code.to_uppercase(),
            name: one.name.clone(),
            name_en: Some(one.name_en.clone()),
            kind: department_kind(code),
            specialty: Some(one.specialty.to_owned()).filter(|specialty| !specialty.is_empty()),
            phone: None,
            location: None,
            state: None,
        };
        made.insert(one.key.clone(), net::create_department(tx, &input)?.id);
    }
    Ok(made)
}

fn known(ids: &BTreeMap<String, Id>, key: &str) -> Result<Id> {
    ids.get(key)
        .copied()
        .ok_or_else(|| Error::internal(format!("nothing has the key {key}")))
}

fn department_kind(code: &str) -> DepartmentKind {
    match code {
        "pharmacy" => DepartmentKind::Pharmacy,
        "imaging" | "ultrasound" | "endoscopy" | "examination" => DepartmentKind::Diagnostic,
        "administration" | "referral-office" | "medical-affairs" => DepartmentKind::Administration,
        "public-health" => DepartmentKind::PublicHealth,
        _ => DepartmentKind::Clinical,
    }
}

fn practitioners(
    tx: &mut Tx<'_>,
    batch: &[Practitioner],
    shape: &Shape,
    ids: &BTreeMap<String, Id>,
    rooms: &BTreeMap<String, Id>,
) -> Result<BTreeMap<String, Id>> {
    let mut made = BTreeMap::new();
    for person in batch {
        let department = shape
            .departments
            .iter()
            .find(|one| one.key == person.department);
        let home_org_id = known(ids, &person.employer)?;
        let input = PractitionerInput {
            code: person.key.to_uppercase(),
            name: person.name.clone(),
            sex: Some(person.sex),
            profession: profession(person.role),
            title_rank: Some(title_rank(person.title)),
            title: Some(person.title.to_owned()).filter(|title| !title.is_empty()),
            specialty: department
                .map(|one| one.specialty.to_owned())
                .filter(|specialty| !specialty.is_empty()),
            home_org_id,
            staff_status: Some(match person.staff_status {
                "established" => StaffStatus::Established,
                _ if person.role == Role::VillageDoctor => StaffStatus::VillageEmployed,
                _ => StaffStatus::Contract,
            }),
            pay_grade: None,
            resident_id: Some(person.resident_id.clone()),
            identity_reason: None,
            phone: Some(person.phone.clone()),
            decision_id: None,
        };
        let hired = net::create_practitioner(tx, &input)?;
        let sites = sites(tx.now().date(), person, home_org_id, ids, rooms)?;
        let placed = net::set_sites(tx, hired.id, hired.version, &sites)?;
        let licences: Vec<_> = person.licences.iter().map(licence).collect();
        if !licences.is_empty() {
            net::set_licences(tx, hired.id, placed.version, &licences)?;
        }
        made.insert(person.key.clone(), hired.id);
    }
    Ok(made)
}

fn sites(
    today: Date,
    person: &Practitioner,
    home_org_id: Id,
    ids: &BTreeMap<String, Id>,
    rooms: &BTreeMap<String, Id>,
) -> Result<Vec<net::WorkSiteInput>> {
    let mut sites = vec![net::WorkSiteInput {
        id: None,
        org_id: home_org_id,
        department_id: Some(known(rooms, &person.department)?),
        kind: SiteKind::Home,
        role: person.role.account_role().to_owned(),
        days_per_week: None,
        starts_on: today.plus_days(-365),
        ends_on: None,
    }];
    for site in &person.work_sites {
        sites.push(net::WorkSiteInput {
            id: None,
            org_id: known(ids, &site.organization)?,
            department_id: rooms
                .get(&format!("{}/general-practice", site.organization))
                .copied(),
            kind: SiteKind::VisitingClinic,
            role: person.role.account_role().to_owned(),
            days_per_week: Some(1),
            starts_on: site.starts_on,
            ends_on: Some(site.ends_on),
        });
    }
    Ok(sites)
}

fn licence(licence: &shape::Licence) -> net::LicenceInput {
    net::LicenceInput {
        id: None,
        kind: match licence.kind {
            "nurse" => LicenceKind::NursePractice,
            "pharmacist" => LicenceKind::Pharmacist,
            "technician" => LicenceKind::Technician,
            "village-doctor" => LicenceKind::VillageDoctorPractice,
            _ => LicenceKind::DoctorPractice,
        },
        number: licence.number.clone(),
        scope: None,
        issued_on: Some(licence.issued_on),
        expires_on: licence.valid_until,
    }
}

fn profession(role: Role) -> Profession {
    match role {
        Role::Director | Role::DutyChief | Role::AttendingDoctor => Profession::Doctor,
        Role::GeneralPractitioner => Profession::GeneralPractitioner,
        Role::VillageDoctor => Profession::VillageDoctor,
        Role::WardNurse | Role::ReferralOffice | Role::Dispatcher | Role::BedManager => {
            Profession::Nurse
        }
        Role::Technician => Profession::Technician,
        Role::Pharmacist => Profession::Pharmacist,
        Role::PublicHealthDoctor => Profession::PublicHealth,
        Role::HealthBureau | Role::SystemAdmin | Role::PrivacyOfficer => Profession::Manager,
    }
}

fn title_rank(title: &str) -> TitleRank {
    if title.is_empty() || title.starts_with("乡村") {
        TitleRank::NoTitle
    } else if title.starts_with("主任") {
        TitleRank::Senior
    } else if title.starts_with("副主任") {
        TitleRank::DeputySenior
    } else if title.starts_with("主") {
        TitleRank::Intermediate
    } else {
        TitleRank::Junior
    }
}

/// An account to make.
#[derive(Clone)]
struct Hire {
    organization: String,
    org_id: Id,
    department_id: Option<Id>,
    practitioner_id: Option<Id>,
    username: String,
    name: String,
    role: &'static str,
    phone: String,
    offered: bool,
}

/// The offered accounts first, in the order in which a newcomer reads them; then everybody else.
fn hires(world: &mut World) -> Result<Vec<Hire>> {
    let mut left: Vec<Practitioner> = world.shape.practitioners.clone();
    let mut hires = Vec::with_capacity(left.len() + 4);
    let mut random = world.random.fork("accounts");
    for (at, (organization, department, role)) in OFFERED.iter().enumerate() {
        let department = format!("{organization}/{department}");
        let fits = |one: &Practitioner| {
            one.employer == *organization
                && one.role.account_role() == *role
                && (department.ends_with('/') || one.department == department)
        };
        let mut hire = match left.iter().position(fits) {
            Some(found) => hire_of(world, &left.remove(found))?,
            None => {
                let sex = kernel::identity::Sex::Female;
                let surname = names::surname(&mut random);
                Hire {
                    organization: (*organization).to_owned(),
                    org_id: world.organization(organization)?,
                    department_id: None,
                    practitioner_id: None,
                    username: format!("{role}-{at}"),
                    name: names::person_name(&mut random, surname, sex, 1988),
                    role,
                    phone: String::new(),
                    offered: true,
                }
            }
        };
        hire.offered = true;
        hires.push(hire);
    }
    for person in &left {
        hires.push(hire_of(world, person)?);
    }
    Ok(hires)
}

fn hire_of(world: &World, person: &Practitioner) -> Result<Hire> {
    Ok(Hire {
        organization: person.employer.clone(),
        org_id: world.organization(&person.employer)?,
        department_id: Some(world.department(&person.department)?),
        practitioner_id: world.practitioners.get(&person.key).copied(),
        username: person.key.clone(),
        name: person.name.clone(),
        role: person.role.account_role(),
        phone: person.phone.clone(),
        offered: false,
    })
}

fn accounts(tx: &mut Tx<'_>, batch: &[Hire]) -> Result<Vec<Actor>> {
    let matrix: RoleMatrix = signin::role_matrix(tx)?;
    batch
        .iter()
        .map(|hire| account(tx, &matrix, hire))
        .collect()
}

/// Makes an account; one that is offered can be opened with one click.
pub(crate) fn make(tx: &mut Tx<'_>, new: &admin::NewAccount, offered: bool) -> Result<Id> {
    let mut account = admin::create(tx, new, |tx, id| network::org(tx, id).map(|org| org.name))?;
    let id = account.id;
    if offered {
        account.data.demo = true;
        let offered: store::Versioned<Account> = account;
        tx.update(&offered, Change::new("account.offered"))?;
    }
    Ok(id)
}

fn account(tx: &mut Tx<'_>, matrix: &RoleMatrix, hire: &Hire) -> Result<Actor> {
    let new = admin::NewAccount {
        username: hire.username.clone(),
        name: hire.name.clone(),
        practitioner_id: hire.practitioner_id,
        system: false,
        assignment: admin::NewAssignment {
            role: hire.role.to_owned(),
            org_id: hire.org_id,
            department_id: hire.department_id,
            valid_from: None,
            valid_to: None,
        },
    };
    let id = make(tx, &new, hire.offered)?;
    Ok(Actor {
        id,
        kind: ActorKind::Person,
        name: hire.name.clone(),
        practitioner_id: hire.practitioner_id,
        role: hire.role.to_owned(),
        org_id: hire.org_id,
        department_id: hire.department_id,
        grants: matrix.grants(hire.role),
        app: None,
    })
}
