//! Departments, techniques, capability surveys.

use std::collections::BTreeSet;

use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::{not_future, open_org, require_reach};
use crate::model::{
    Department, DepartmentKind, EquipmentCount, OpenTo, OrgState, StaffCounts, Survey, Technique,
    TechniqueKind, TechniqueState,
};
use crate::rules::{Refusal, optional_text, required_code, required_text};
use crate::store::catalogue;

const NAME_LENGTH_MAX: usize = 100;
const LINE_LENGTH_MAX: usize = 200;
const TEXT_LENGTH_MAX: usize = 2_000;
const COUNTED_MAX: usize = 500;

/// A department.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentInput {
    /// The organization; can't be changed later.
    pub org_id: Id,
    /// The organization's own code for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// What it does.
    pub kind: DepartmentKind,
    /// Specialty code of the national list.
    #[serde(default)]
    pub specialty: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Building and floor.
    #[serde(default)]
    pub location: Option<String>,
    /// Open or closed; open if absent.
    #[serde(default)]
    pub state: Option<OrgState>,
}

/// A service or technique that a member offers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TechniqueInput {
    /// The member that offers it; can't be changed later.
    pub org_id: Id,
    /// Code of the technique catalogue.
    pub code: String,
    /// Its name.
    pub name: String,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Service or technique.
    pub kind: TechniqueKind,
    /// The department that carries it out.
    #[serde(default)]
    pub department_id: Option<Id>,
    /// Who may use it.
    pub open_to: OpenTo,
    /// Conditions, in words.
    #[serde(default)]
    pub note: Option<String>,
    /// Offered since; today if absent.
    #[serde(default)]
    pub starts_on: Option<Date>,
}

/// What a member can do on a day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyInput {
    /// The member.
    pub org_id: Id,
    /// The day it describes.
    pub surveyed_on: Date,
    /// People.
    pub staff: StaffCounts,
    /// Beds approved.
    pub beds_approved: u32,
    /// Beds in use.
    pub beds_open: u32,
    /// Of those, intensive care.
    #[serde(default)]
    pub beds_intensive: u32,
    /// Devices.
    #[serde(default)]
    pub equipment: Vec<EquipmentCount>,
    /// Technique codes carried out.
    #[serde(default)]
    pub technique_codes: BTreeSet<String>,
    /// Remarks.
    #[serde(default)]
    pub note: Option<String>,
}

/// Records a department.
///
/// # Errors
/// Names the field at fault; `network.code-taken`.
pub fn create_department(
    tx: &mut Tx<'_>,
    input: &DepartmentInput,
) -> Result<Versioned<Department>> {
    require_reach(tx, input.org_id)?;
    open_org(tx, input.org_id, "org_id")?;
    let blank = Department {
        id: tx.new_id(),
        org_id: input.org_id,
        code: String::new(),
        name: String::new(),
        name_en: None,
        kind: input.kind,
        specialty: None,
        phone: None,
        location: None,
        state: OrgState::Open,
    };
    let department = department_filled(tx, blank, input)?;
    tx.insert(&department, Change::new("department.created"))
}

/// Replaces what is known of a department; closing it is a change of its state.
///
/// # Errors
/// As [`create_department`].
pub fn update_department(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &DepartmentInput,
) -> Result<Versioned<Department>> {
    let before = tx.load::<Department>(id)?;
    require_reach(tx, before.org_id)?;
    tx.check_version(&before, version)?;
    same_org(before.org_id, input.org_id)?;
    let after = department_filled(tx, before.data.clone(), input)?;
    if after == before.data {
        return Ok(before);
    }
    tx.update(
        &Versioned {
            version,
            data: after,
        },
        Change::new("department.changed"),
    )
}

fn department_filled(
    tx: &mut Tx<'_>,
    mut department: Department,
    input: &DepartmentInput,
) -> Result<Department> {
    department.code = required_code(&input.code, "code")?;
    department.name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    department.name_en = optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?;
    department.kind = input.kind;
    department.specialty = optional_text(input.specialty.as_deref(), "specialty", LINE_LENGTH_MAX)?;
    department.phone = optional_text(input.phone.as_deref(), "phone", LINE_LENGTH_MAX)?;
    department.location = optional_text(input.location.as_deref(), "location", LINE_LENGTH_MAX)?;
    department.state = input.state.unwrap_or(OrgState::Open);
    let other = catalogue::department_by_code(tx, department.org_id, &department.code)?;
    if other.is_some_and(|other| other.id != department.id) {
        return Err(Refusal::CodeTaken.into());
    }
    Ok(department)
}

/// Offers a service or technique.
///
/// # Errors
/// Names the field at fault; `network.code-taken` when it is offered already.
pub fn create_technique(tx: &mut Tx<'_>, input: &TechniqueInput) -> Result<Versioned<Technique>> {
    require_reach(tx, input.org_id)?;
    open_org(tx, input.org_id, "org_id")?;
    let blank = Technique {
        id: tx.new_id(),
        org_id: input.org_id,
        code: String::new(),
        name: String::new(),
        name_en: None,
        kind: input.kind,
        department_id: None,
        open_to: OpenTo::Own,
        note: None,
        starts_on: tx.now().date(),
        state: TechniqueState::Offered,
    };
    let technique = technique_filled(tx, blank, input)?;
    let detail = serde_json::json!({ "code": technique.code, "open_to": technique.open_to });
    tx.insert(&technique, Change::new("technique.offered").detail(detail))
}

/// Changes what is offered, or to whom.
///
/// # Errors
/// As [`create_technique`]; `network.ended` once stopped.
pub fn update_technique(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &TechniqueInput,
) -> Result<Versioned<Technique>> {
    let before = load_offered(tx, id, version)?;
    same_org(before.org_id, input.org_id)?;
    let data = technique_filled(tx, before.data, input)?;
    let detail = serde_json::json!({ "code": data.code, "open_to": data.open_to });
    tx.update(
        &Versioned { version, data },
        Change::new("technique.changed").detail(detail),
    )
}

/// Stops offering it.
///
/// # Errors
/// `network.ended` once stopped.
pub fn stop_technique(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Technique>> {
    let mut technique = load_offered(tx, id, version)?;
    technique.state = TechniqueState::Stopped;
    tx.update(&technique, Change::new("technique.stopped"))
}

fn load_offered(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Technique>> {
    let technique = tx.load::<Technique>(id)?;
    require_reach(tx, technique.org_id)?;
    tx.check_version(&technique, version)?;
    if technique.state == TechniqueState::Stopped {
        Err(Refusal::Ended.into())
    } else {
        Ok(technique)
    }
}

fn technique_filled(
    tx: &mut Tx<'_>,
    mut technique: Technique,
    input: &TechniqueInput,
) -> Result<Technique> {
    technique.code = required_code(&input.code, "code")?;
    technique.name = required_text(&input.name, "name", NAME_LENGTH_MAX)?;
    technique.name_en = optional_text(input.name_en.as_deref(), "name_en", LINE_LENGTH_MAX)?;
    technique.kind = input.kind;
    technique.note = optional_text(input.note.as_deref(), "note", TEXT_LENGTH_MAX)?;
    if let Some(starts_on) = input.starts_on {
        technique.starts_on = starts_on;
    }
    if let Some(department_id) = input.department_id {
        department_of(tx, department_id, technique.org_id)?;
    }
    technique.department_id = input.department_id;
    if let OpenTo::Members { org_ids } = &input.open_to {
        for org_id in org_ids {
            super::known_org(tx, *org_id, "open_to.org_ids")?;
        }
    }
    technique.open_to = input.open_to.clone();
    let other = catalogue::offered_by(tx, technique.org_id, &technique.code)?;
    if other.is_some_and(|other| other.id != technique.id) {
        return Err(Refusal::CodeTaken.into());
    }
    Ok(technique)
}

/// The department, which must belong to `org_id`.
pub(super) fn department_of(tx: &mut Tx<'_>, id: Id, org_id: Id) -> Result<()> {
    let found = tx
        .load_opt::<Department>(id)?
        .filter(|department| department.org_id == org_id);
    found
        .map(|_| ())
        .ok_or_else(|| Error::not_found("department").at("department_id"))
}

/// Enters a capability survey; an organization's first becomes its baseline.
///
/// # Errors
/// Names the field at fault; `network.survey-on-record` for a second one on the same day.
pub fn create_survey(tx: &mut Tx<'_>, input: &SurveyInput) -> Result<Versioned<Survey>> {
    require_reach(tx, input.org_id)?;
    open_org(tx, input.org_id, "org_id")?;
    let survey = Survey {
        id: tx.new_id(),
        org_id: input.org_id,
        surveyed_on: input.surveyed_on,
        is_baseline: catalogue::baseline(tx, input.org_id)?.is_none(),
        staff: input.staff,
        beds_approved: 0,
        beds_open: 0,
        beds_intensive: 0,
        equipment: Vec::new(),
        technique_codes: BTreeSet::new(),
        note: None,
        created_at: tx.now(),
    };
    let survey = survey_filled(tx, survey, input)?;
    tx.insert(&survey, Change::new("capability-survey.entered"))
}

/// Corrects what was counted; the version before stays in its history.
///
/// # Errors
/// As [`create_survey`]; `store.stale-version`.
pub fn correct_survey(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &SurveyInput,
) -> Result<Versioned<Survey>> {
    let before = tx.load::<Survey>(id)?;
    require_reach(tx, before.org_id)?;
    tx.check_version(&before, version)?;
    same_org(before.org_id, input.org_id)?;
    let data = survey_filled(tx, before.data, input)?;
    tx.update(
        &Versioned { version, data },
        Change::new("capability-survey.corrected"),
    )
}

fn survey_filled(tx: &mut Tx<'_>, mut survey: Survey, input: &SurveyInput) -> Result<Survey> {
    not_future(tx, input.surveyed_on, "surveyed_on")?;
    let same_day = catalogue::survey_on(tx, survey.org_id, input.surveyed_on)?;
    if same_day.is_some_and(|other| other.id != survey.id) {
        let detail = "there is a survey of this day already";
        return Err(Error::conflict("network.survey-on-record", detail).at("surveyed_on"));
    }
    if input.beds_intensive > input.beds_open {
        let detail = "intensive-care beds are part of the beds in use";
        return Err(Error::invalid(
            "network.survey-beds",
            "beds_intensive",
            detail,
        ));
    }
    if input.equipment.len() > COUNTED_MAX || input.technique_codes.len() > COUNTED_MAX {
        return Err(Error::invalid(
            "network.too-many",
            "equipment",
            "at most 500 kinds fit here",
        ));
    }
    let count = |item: &EquipmentCount| {
        let kind = required_text(&item.kind, "equipment", LINE_LENGTH_MAX)?;
        Ok(EquipmentCount {
            kind,
            count: item.count,
        })
    };
    let code = |code: &String| required_code(code, "technique_codes");
    survey.surveyed_on = input.surveyed_on;
    survey.staff = input.staff;
    survey.beds_approved = input.beds_approved;
    survey.beds_open = input.beds_open;
    survey.beds_intensive = input.beds_intensive;
    survey.equipment = input.equipment.iter().map(count).collect::<Result<_>>()?;
    survey.technique_codes = input
        .technique_codes
        .iter()
        .map(code)
        .collect::<Result<_>>()?;
    survey.note = optional_text(input.note.as_deref(), "note", TEXT_LENGTH_MAX)?;
    Ok(survey)
}

/// Makes a survey the baseline of its organization.
///
/// # Errors
/// `store.stale-version`.
pub fn set_baseline(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Survey>> {
    let mut survey = tx.load::<Survey>(id)?;
    require_reach(tx, survey.org_id)?;
    tx.check_version(&survey, version)?;
    if survey.is_baseline {
        return Ok(survey);
    }
    if let Some(mut former) = catalogue::baseline(tx, survey.org_id)? {
        former.is_baseline = false;
        tx.update(&former, Change::new("capability-survey.baseline-moved"))?;
    }
    survey.is_baseline = true;
    tx.update(&survey, Change::new("capability-survey.baseline-set"))
}

fn same_org(before: Id, after: Id) -> Result<()> {
    let detail = "it stays with its organization; record a new one elsewhere";
    if before == after {
        Ok(())
    } else {
        Err(Error::invalid("network.org-fixed", "org_id", detail))
    }
}
