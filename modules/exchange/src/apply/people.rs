//! Rows of departments and people.

use kernel::{Date, Id, Result};
use network::commands::{self, DepartmentInput, LicenceInput, PractitionerInput, WorkSiteInput};
use network::model::{
    DepartmentKind, LicenceKind, Practitioner, Profession, SiteKind, TitleRank, WorkSite,
};
use network::roster;
use store::{Tx, Versioned};

use super::organizations::keep;
use super::{Known, Outcome, RowResult, carried};
use crate::line::Line;
use crate::words;

pub(super) fn department(tx: &mut Tx<'_>, known: &mut Known, line: &mut Line<'_, '_>) -> RowResult {
    let Some(org_id) = known.org_of(tx, line)? else {
        return Ok(None);
    };
    let (Some(code), Some(name)) = (line.required("code"), line.required("name")) else {
        return Ok(None);
    };
    let existing = roster::department(tx, org_id, &code)?;
    let before = existing.as_ref().map(|department| DepartmentInput {
        org_id,
        code: department.code.clone(),
        name: department.name.clone(),
        name_en: department.name_en.clone(),
        kind: department.kind,
        specialty: department.specialty.clone(),
        phone: department.phone.clone(),
        location: department.location.clone(),
        state: Some(department.state),
    });
    let mut input = before.clone().unwrap_or(DepartmentInput {
        org_id,
        code,
        name: String::new(),
        name_en: None,
        kind: DepartmentKind::Clinical,
        specialty: None,
        phone: None,
        location: None,
        state: None,
    });
    input.name = name;
    keep(&mut input.name_en, line.text("name_en"));
    input.kind = line
        .one_of("kind", words::DEPARTMENT_KINDS)
        .unwrap_or(input.kind);
    keep(&mut input.specialty, line.text("specialty"));
    keep(&mut input.phone, line.text("phone"));
    keep(&mut input.location, line.text("location"));
    if line.failed {
        return Ok(None);
    }
    if before.is_some_and(|before| serde_json::json!(before) == serde_json::json!(input)) {
        return Ok(Some(Outcome::Unchanged));
    }
    let saved = match &existing {
        Some(department) => {
            commands::update_department(tx, department.id, department.version, &input)
        }
        None => commands::create_department(tx, &input),
    };
    known.forget_departments(org_id);
    let saved = carried(line, saved)?;
    let outcome = if existing.is_some() {
        Outcome::Changed
    } else {
        Outcome::Created
    };
    Ok(saved.map(|_| outcome))
}

pub(super) fn person(tx: &mut Tx<'_>, known: &mut Known, line: &mut Line<'_, '_>) -> RowResult {
    let Some(org_id) = known.org_of(tx, line)? else {
        return Ok(None);
    };
    let Some(code) = line.required("code") else {
        return Ok(None);
    };
    let existing = roster::practitioner(tx, org_id, &code)?;
    let before = existing
        .as_ref()
        .map(|person| PractitionerInput::from(&person.data));
    let input = person_filled(line, org_id, &code, before.clone());
    let department_id = known.department_of(tx, org_id, line)?;
    let work = Work {
        department_id,
        role: line.text("role"),
        hired_on: line.date("hired_on"),
        licence: licence(line),
    };
    let Some(input) = input.filter(|_| !line.failed) else {
        return Ok(None);
    };
    let Some(person) = existing else {
        return new_person(tx, known, line, &input, &work);
    };
    let is_same =
        before.is_some_and(|before| serde_json::json!(before) == serde_json::json!(input));
    let saved = if is_same {
        Ok(person)
    } else {
        commands::update_practitioner(tx, person.id, person.version, &input)
    };
    let Some(saved) = carried(line, saved)? else {
        return Ok(None);
    };
    known.people.remove(&org_id);
    let Some(changed_work) = put_work(tx, line, saved, &work)? else {
        return Ok(None);
    };
    Ok(Some(if is_same && !changed_work {
        Outcome::Unchanged
    } else {
        Outcome::Changed
    }))
}

/// Somebody new is saved once, with work site and licence: on the embedded database everybody else's
/// commands wait while a file is taken in.
fn new_person(
    tx: &mut Tx<'_>,
    known: &mut Known,
    line: &mut Line<'_, '_>,
    input: &PractitionerInput,
    work: &Work,
) -> RowResult {
    let today = tx.now().date();
    let saved = roster::create_practitioner(tx, input, &|person| {
        let sites = sites_with(person, work, today).unwrap_or_default();
        (sites, licences_with(person, work).unwrap_or_default())
    });
    known.people.remove(&input.home_org_id);
    Ok(carried(line, saved)?.map(|_| Outcome::Created))
}

/// Where somebody works at home, and the licence on the row.
struct Work {
    department_id: Option<Id>,
    role: Option<String>,
    hired_on: Option<Date>,
    licence: Option<(String, Option<Date>, Option<Date>)>,
}

fn licence(line: &mut Line<'_, '_>) -> Option<(String, Option<Date>, Option<Date>)> {
    let number = line.text("licence_number");
    let (issued_on, expires_on) = (
        line.date("licence_issued_on"),
        line.date("licence_expires_on"),
    );
    number.map(|number| (number, issued_on, expires_on))
}

fn person_filled(
    line: &mut Line<'_, '_>,
    org_id: Id,
    code: &str,
    before: Option<PractitionerInput>,
) -> Option<PractitionerInput> {
    let name = line.required("name");
    let profession = line.required_of("profession", words::PROFESSIONS);
    let mut input = before.unwrap_or(PractitionerInput {
        code: code.to_owned(),
        name: String::new(),
        sex: None,
        profession: Profession::Other,
        title_rank: None,
        title: None,
        specialty: None,
        home_org_id: org_id,
        staff_status: None,
        pay_grade: None,
        resident_id: None,
        identity_reason: None,
        phone: None,
        decision_id: None,
    });
    input.name = name.unwrap_or_default();
    input.profession = profession.unwrap_or(input.profession);
    keep(&mut input.sex, line.one_of("sex", words::SEXES));
    let title = line.text("title");
    let rank = line.one_of("title_rank", words::TITLE_RANKS);
    let told = title.as_deref().and_then(words::rank_of_title);
    keep(&mut input.title_rank, rank.or(told));
    input.title_rank = input.title_rank.or(Some(TitleRank::NoTitle));
    keep(&mut input.title, title);
    keep(&mut input.specialty, line.text("specialty"));
    keep(
        &mut input.staff_status,
        line.one_of("staff_status", words::STAFF_STATUSES),
    );
    keep(&mut input.pay_grade, line.text("pay_grade"));
    let number = line.text("resident_id").map(|number| number.to_uppercase());
    keep(&mut input.resident_id, number);
    keep(&mut input.identity_reason, line.text("identity_reason"));
    keep(&mut input.phone, line.text("phone"));
    (!line.failed).then_some(input)
}

/// Brings the home work site and the licence in step; answers whether anything changed.
fn put_work(
    tx: &mut Tx<'_>,
    line: &mut Line<'_, '_>,
    mut person: Versioned<Practitioner>,
    work: &Work,
) -> Result<Option<bool>> {
    let mut changed = false;
    let today = tx.now().date();
    if let Some(sites) = sites_with(&person, work, today) {
        let saved = commands::set_sites(tx, person.id, person.version, &sites);
        let Some(saved) = carried(line, saved)? else {
            return Ok(None);
        };
        (person, changed) = (saved, true);
    }
    if let Some(licences) = licences_with(&person, work) {
        let saved = commands::set_licences(tx, person.id, person.version, &licences);
        if carried(line, saved)?.is_none() {
            return Ok(None);
        }
        changed = true;
    }
    Ok(Some(changed))
}

/// The work sites with the home site as the row says; `None` when that is how they are.
fn sites_with(person: &Practitioner, work: &Work, today: Date) -> Option<Vec<WorkSiteInput>> {
    let is_home =
        |site: &&WorkSite| site.kind == SiteKind::Home && site.org_id == person.home_org_id;
    let home = person.sites.iter().find(is_home);
    let role = work
        .role
        .clone()
        .or_else(|| home.map(|site| site.role.clone()));
    let role = role
        .or_else(|| person.title.clone())
        .unwrap_or_else(|| words::choices_of(person.profession));
    let wanted = WorkSiteInput {
        id: home.map(|site| site.id),
        org_id: person.home_org_id,
        department_id: work
            .department_id
            .or_else(|| home.and_then(|site| site.department_id)),
        kind: SiteKind::Home,
        role,
        days_per_week: home.and_then(|site| site.days_per_week),
        starts_on: work
            .hired_on
            .or(home.map(|site| site.starts_on))
            .unwrap_or(today),
        ends_on: home.and_then(|site| site.ends_on),
    };
    if home.is_some_and(|site| serde_json::json!(site) == serde_json::json!(wanted)) {
        return None;
    }
    let others = person
        .sites
        .iter()
        .filter(|site| home.is_none_or(|home| home.id != site.id));
    let others = others.map(|site| WorkSiteInput {
        id: Some(site.id),
        org_id: site.org_id,
        department_id: site.department_id,
        kind: site.kind,
        role: site.role.clone(),
        days_per_week: site.days_per_week,
        starts_on: site.starts_on,
        ends_on: site.ends_on,
    });
    Some(std::iter::once(wanted).chain(others).collect())
}

/// The licences with the row's one; `None` when that is how they are.
fn licences_with(person: &Practitioner, work: &Work) -> Option<Vec<LicenceInput>> {
    let (number, issued_on, expires_on) = work.licence.clone()?;
    let known = person
        .licences
        .iter()
        .find(|licence| licence.number == number);
    let wanted = LicenceInput {
        id: known.map(|licence| licence.id),
        kind: known.map_or_else(|| licence_kind(person.profession), |licence| licence.kind),
        number,
        scope: known.and_then(|licence| licence.scope.clone()),
        issued_on: issued_on.or(known.and_then(|licence| licence.issued_on)),
        expires_on: expires_on.or(known.and_then(|licence| licence.expires_on)),
    };
    if known.is_some_and(|licence| serde_json::json!(licence) == serde_json::json!(wanted)) {
        return None;
    }
    let others = person
        .licences
        .iter()
        .filter(|licence| known.is_none_or(|known| known.id != licence.id));
    let others = others.map(|licence| LicenceInput {
        id: Some(licence.id),
        kind: licence.kind,
        number: licence.number.clone(),
        scope: licence.scope.clone(),
        issued_on: licence.issued_on,
        expires_on: licence.expires_on,
    });
    Some(std::iter::once(wanted).chain(others).collect())
}

fn licence_kind(profession: Profession) -> LicenceKind {
    match profession {
        Profession::Doctor | Profession::GeneralPractitioner | Profession::PublicHealth => {
            LicenceKind::DoctorPractice
        }
        Profession::VillageDoctor => LicenceKind::VillageDoctorPractice,
        Profession::Nurse => LicenceKind::NursePractice,
        Profession::Technician => LicenceKind::Technician,
        Profession::Pharmacist => LicenceKind::Pharmacist,
        Profession::Manager | Profession::Other => LicenceKind::Special,
    }
}
