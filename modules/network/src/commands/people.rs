//! Practitioners: record, change, work sites, licences, leaving.

use kernel::identity::Sex;
use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::organizations::stale;
use super::{not_future, open_org, ordered, require_reach};
use crate::model::{
    Licence, LicenceKind, Pay, Practitioner, PractitionerState, Profession, SiteKind, StaffStatus,
    TitleRank, WorkSite,
};
use crate::rules::{Refusal, check_resident_id, optional_text, required_code, required_text};
use crate::store::people;

const NAME_LENGTH_MAX: usize = 60;
const LINE_LENGTH_MAX: usize = 200;
const LIST_MAX: usize = 50;

/// Everything about a practitioner that a person may enter. A change replaces all of it; staff
/// status and home employer keep their values unless `decision_id` is given.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PractitionerInput {
    /// The home employer's staff number.
    pub code: String,
    /// Name.
    pub name: String,
    /// Sex.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// By training.
    pub profession: Profession,
    /// Rank of the title; none if absent.
    #[serde(default)]
    pub title_rank: Option<TitleRank>,
    /// The title in words.
    #[serde(default)]
    pub title: Option<String>,
    /// Specialty code of the national list.
    #[serde(default)]
    pub specialty: Option<String>,
    /// The employer.
    pub home_org_id: Id,
    /// How employed.
    #[serde(default)]
    pub staff_status: Option<StaffStatus>,
    /// Post grade with the employer that pays; that is the home employer, wherever the work is.
    #[serde(default)]
    pub pay_grade: Option<String>,
    /// Resident ID number.
    #[serde(default)]
    pub resident_id: Option<String>,
    /// Why a number that fails its check is right all the same.
    #[serde(default)]
    pub identity_reason: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// The decision that allows a change of staff status or employer; for changes only.
    #[serde(default)]
    pub decision_id: Option<Id>,
}

/// A place of work and the role there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkSiteInput {
    /// Its id, for one that stays; absent for a new one.
    #[serde(default)]
    pub id: Option<Id>,
    /// The organization.
    pub org_id: Id,
    /// The department there.
    #[serde(default)]
    pub department_id: Option<Id>,
    /// Why there.
    pub kind: SiteKind,
    /// The role there, in words.
    pub role: String,
    /// Working days a week.
    #[serde(default)]
    pub days_per_week: Option<u8>,
    /// From.
    pub starts_on: Date,
    /// Until.
    #[serde(default)]
    pub ends_on: Option<Date>,
}

/// A licence.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NetworkLicenceInput)]
pub struct LicenceInput {
    /// Its id, for one that stays; absent for a new one.
    #[serde(default)]
    pub id: Option<Id>,
    /// What it allows.
    pub kind: LicenceKind,
    /// Its number.
    pub number: String,
    /// Scope of practice.
    #[serde(default)]
    pub scope: Option<String>,
    /// Issued on.
    #[serde(default)]
    pub issued_on: Option<Date>,
    /// Runs out on.
    #[serde(default)]
    pub expires_on: Option<Date>,
}

/// Where somebody works, and with which licences.
pub type WorkInputs = (Vec<WorkSiteInput>, Vec<LicenceInput>);

impl From<&Practitioner> for PractitionerInput {
    fn from(person: &Practitioner) -> Self {
        let person = person.clone();
        Self {
            code: person.code,
            name: person.name,
            sex: person.sex,
            profession: person.profession,
            title_rank: Some(person.title_rank),
            title: person.title,
            specialty: person.specialty,
            home_org_id: person.home_org_id,
            staff_status: person.staff_status,
            pay_grade: person.pay.grade,
            resident_id: person.resident_id,
            identity_reason: person.identity_reason,
            phone: person.phone,
            decision_id: None,
        }
    }
}

/// Records a practitioner.
///
/// # Errors
/// Names the field at fault; `network.code-taken`, `network.person-on-record`,
/// `network.identity-check`.
pub fn create_practitioner(
    tx: &mut Tx<'_>,
    input: &PractitionerInput,
) -> Result<Versioned<Practitioner>> {
    create_with_work(tx, input, &|_| (Vec::new(), Vec::new()))
}

/// Records a practitioner with work sites and licences as one version. `work` says which, for the
/// person as the input reads.
pub(crate) fn create_with_work(
    tx: &mut Tx<'_>,
    input: &PractitionerInput,
    work: &dyn Fn(&Practitioner) -> WorkInputs,
) -> Result<Versioned<Practitioner>> {
    require_reach(tx, input.home_org_id)?;
    open_org(tx, input.home_org_id, "home_org_id")?;
    let blank = Practitioner {
        id: tx.new_id(),
        code: String::new(),
        name: String::new(),
        sex: None,
        profession: input.profession,
        title_rank: TitleRank::NoTitle,
        title: None,
        specialty: None,
        home_org_id: input.home_org_id,
        staff_status: None,
        pay: Pay {
            org_id: input.home_org_id,
            grade: None,
        },
        resident_id: None,
        identity_reason: None,
        phone: None,
        state: PractitionerState::Active,
        left_on: None,
        sites: Vec::new(),
        licences: Vec::new(),
        created_at: tx.now(),
    };
    let mut person = filled(tx, blank, input)?;
    let (sites, licences) = work(&person);
    person.sites = sites_of(tx, &[], &sites)?;
    person.licences = licences_of(tx, &[], &licences)?;
    people::insert(tx, &person)
}

/// Replaces what is known of a practitioner, work sites and licences apart.
///
/// # Errors
/// As [`create_practitioner`]; `network.needs-decision` and its kin.
pub fn update_practitioner(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &PractitionerInput,
) -> Result<Versioned<Practitioner>> {
    let before = load_managed(tx, id, version)?;
    if input.home_org_id != before.home_org_id {
        open_org(tx, input.home_org_id, "home_org_id")?;
    }
    let after = filled(tx, before.data.clone(), input)?;
    people::save(
        tx,
        &before,
        after,
        input.decision_id,
        Change::new("practitioner.changed"),
    )
}

/// Replaces the work sites. Working elsewhere changes neither employer, status nor pay.
///
/// # Errors
/// Names the field at fault; `network.person-left`.
pub fn set_sites(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    inputs: &[WorkSiteInput],
) -> Result<Versioned<Practitioner>> {
    let before = load_managed(tx, id, version)?;
    let mut after = before.data.clone();
    after.sites = sites_of(tx, &before.sites, inputs)?;
    let orgs: Vec<Id> = after.sites.iter().map(|site| site.org_id).collect();
    let change =
        Change::new("practitioner.sites-changed").detail(serde_json::json!({ "org_ids": orgs }));
    people::save(tx, &before, after, None, change)
}

/// Replaces the licences.
///
/// # Errors
/// Names the field at fault; `network.person-left`.
pub fn set_licences(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    inputs: &[LicenceInput],
) -> Result<Versioned<Practitioner>> {
    let before = load_managed(tx, id, version)?;
    let mut after = before.data.clone();
    after.licences = licences_of(tx, &before.licences, inputs)?;
    people::save(
        tx,
        &before,
        after,
        None,
        Change::new("practitioner.licences-changed"),
    )
}

/// Notes that somebody has left; open work sites end on the same day.
///
/// # Errors
/// `network.person-left`, `network.future-date`.
pub fn leave_practitioner(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    left_on: Option<Date>,
) -> Result<Versioned<Practitioner>> {
    let before = load_managed(tx, id, version)?;
    let left_on = left_on.unwrap_or(tx.now().date());
    not_future(tx, left_on, "left_on")?;
    let mut after = before.data.clone();
    after.state = PractitionerState::Left;
    after.left_on = Some(left_on);
    for site in &mut after.sites {
        if site.ends_on.is_none_or(|end| end > left_on) {
            site.ends_on = Some(left_on.max(site.starts_on));
        }
    }
    people::save(tx, &before, after, None, Change::new("practitioner.left"))
}

fn load_managed(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Practitioner>> {
    let person = people::load(tx, id)?;
    require_reach(tx, person.home_org_id)?;
    stale(person.version, version)?;
    if person.state == PractitionerState::Left {
        Err(Refusal::PersonLeft.into())
    } else {
        Ok(person)
    }
}

fn filled(
    tx: &mut Tx<'_>,
    mut person: Practitioner,
    input: &PractitionerInput,
) -> Result<Practitioner> {
    person.code = required_code(&input.code, "code")?;
    person.name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    person.profession = input.profession;
    person.title_rank = input.title_rank.unwrap_or(TitleRank::NoTitle);
    person.title = optional_text(input.title.as_deref(), "title", LINE_LENGTH_MAX)?;
    person.specialty = optional_text(input.specialty.as_deref(), "specialty", LINE_LENGTH_MAX)?;
    person.home_org_id = input.home_org_id;
    person.staff_status = input.staff_status;
    let grade = optional_text(input.pay_grade.as_deref(), "pay_grade", LINE_LENGTH_MAX)?;
    person.pay = Pay {
        org_id: input.home_org_id,
        grade,
    };
    person.identity_reason = optional_text(
        input.identity_reason.as_deref(),
        "identity_reason",
        LINE_LENGTH_MAX,
    )?;
    let number = optional_text(input.resident_id.as_deref(), "resident_id", LINE_LENGTH_MAX)?;
    person.resident_id = number
        .map(|text| check_resident_id(&text, person.identity_reason.as_deref()))
        .transpose()?;
    let told = person
        .resident_id
        .as_deref()
        .and_then(|number| kernel::identity::resident_id(number).ok());
    person.sex = input.sex.or(told.map(|told| told.sex));
    person.phone = optional_text(input.phone.as_deref(), "phone", LINE_LENGTH_MAX)?;
    if people::by_code(tx, person.home_org_id, &person.code)?
        .is_some_and(|other| other.id != person.id)
    {
        return Err(Refusal::CodeTaken.into());
    }
    if let Some(number) = &person.resident_id
        && people::by_resident_id(tx, number)?.is_some_and(|other| other.id != person.id)
    {
        return Err(Refusal::PersonOnRecord.into());
    }
    Ok(person)
}

fn sites_of(
    tx: &mut Tx<'_>,
    before: &[WorkSite],
    inputs: &[WorkSiteInput],
) -> Result<Vec<WorkSite>> {
    at_most(inputs.len(), "sites")?;
    let mut sites = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        let known = before.iter().find(|site| Some(site.id) == input.id);
        let site = site_of(tx, input, known);
        sites.push(site.map_err(|error| error.at(format!("sites[{index}]")))?);
    }
    Ok(sites)
}

fn licences_of(
    tx: &mut Tx<'_>,
    before: &[Licence],
    inputs: &[LicenceInput],
) -> Result<Vec<Licence>> {
    at_most(inputs.len(), "licences")?;
    let mut licences = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        let known = before.iter().any(|licence| Some(licence.id) == input.id);
        let licence = licence_of(tx, input, known);
        licences.push(licence.map_err(|error| error.at(format!("licences[{index}]")))?);
    }
    Ok(licences)
}

fn site_of(tx: &mut Tx<'_>, input: &WorkSiteInput, known: Option<&WorkSite>) -> Result<WorkSite> {
    if known.is_none_or(|site| site.org_id != input.org_id) {
        open_org(tx, input.org_id, "org_id")?;
    }
    if let Some(department_id) = input.department_id {
        super::catalogue::department_of(tx, department_id, input.org_id)?;
    }
    ordered(input.starts_on, input.ends_on, "ends_on")?;
    if input
        .days_per_week
        .is_some_and(|days| !(1..=7).contains(&days))
    {
        return Err(Error::invalid(
            "network.days-per-week",
            "days_per_week",
            "a week has 1 to 7 days",
        ));
    }
    Ok(WorkSite {
        id: known.map_or_else(|| tx.new_id(), |site| site.id),
        org_id: input.org_id,
        department_id: input.department_id,
        kind: input.kind,
        role: required_text(&input.role, "role", LINE_LENGTH_MAX)?,
        days_per_week: input.days_per_week,
        starts_on: input.starts_on,
        ends_on: input.ends_on,
    })
}

fn licence_of(tx: &mut Tx<'_>, input: &LicenceInput, known: bool) -> Result<Licence> {
    if let Some(issued_on) = input.issued_on {
        not_future(tx, issued_on, "issued_on")?;
        ordered(issued_on, input.expires_on, "expires_on")?;
    }
    let id = input.id.filter(|_| known);
    Ok(Licence {
        id: id.unwrap_or_else(|| tx.new_id()),
        kind: input.kind,
        number: required_text(&input.number, "number", LINE_LENGTH_MAX)?,
        scope: optional_text(input.scope.as_deref(), "scope", LINE_LENGTH_MAX)?,
        issued_on: input.issued_on,
        expires_on: input.expires_on,
    })
}

fn at_most(count: usize, field: &str) -> Result<()> {
    let detail = "at most 50 fit here";
    if count > LIST_MAX {
        Err(Error::invalid("network.too-many", field, detail))
    } else {
        Ok(())
    }
}
