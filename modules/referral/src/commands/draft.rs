//! Writing a referral.

use http::access;
use kernel::{Basis, Error, Id, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Tx, Versioned};

use super::apply::{authorized, decide_for, facts_of};
use crate::content::Content;
use crate::down::PlanContent;
use crate::model::{Party, PatientCard, Referral, least_priority, number_of, problem_key};
use crate::rules::catalogue::Catalogue;
use crate::rules::vitals::VitalRanges;
use crate::words::{Action, Kind, State};

/// A referral as its writer gives it, for a new one or a change of a draft.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferral {
    /// What sort.
    pub kind: Kind,
    /// The patient; somebody the writer's organization may read.
    pub patient_id: Id,
    /// The asking organization; the writer's own when absent.
    #[serde(default)]
    pub from_org_id: Option<Id>,
    /// The asking department; the writer's own when absent.
    #[serde(default)]
    pub from_department_id: Option<Id>,
    /// Where the asking doctor is called.
    #[serde(default)]
    pub from_phone: Option<String>,
    /// Who is asked.
    pub to_org_id: Id,
    /// Which department is asked.
    #[serde(default)]
    pub to_department_id: Option<Id>,
    /// Which doctor is asked.
    #[serde(default)]
    pub to_practitioner_id: Option<Id>,
    /// The clinical content.
    pub content: Content,
    /// The plan, for a referral down.
    #[serde(default)]
    pub down_plan: Option<PlanContent>,
}

/// Writes a draft.
///
/// # Errors
/// `record.no-basis`, `network.organization-closed`, `referral.same-side`, what is malformed.
pub fn create_draft(tx: &mut Tx<'_>, new: &NewReferral) -> Result<Versioned<Referral>> {
    write_draft(tx, new, None)
}

/// Writes a draft that grew from another document.
pub(super) fn write_draft(
    tx: &mut Tx<'_>,
    new: &NewReferral,
    origin_id: Option<Id>,
) -> Result<Versioned<Referral>> {
    let basis = basis_for(tx, new.patient_id)?;
    let id = tx.new_id();
    let from_org_id = new.from_org_id.unwrap_or(tx.actor().org_id);
    let org = network::require_open(tx, from_org_id)?;
    let number = number_of(&org.code, tx.now().date(), id);
    let mut referral = blank(tx, id, number, new)?;
    referral.origin_id = origin_id;
    fill(tx, &mut referral, new)?;
    authorized(tx, &referral, Action::Edit)?;
    let detail = json!({ "kind": referral.kind, "number": referral.number });
    tx.insert(
        &referral,
        Change::new("referral.drafted").basis(basis).detail(detail),
    )
}

/// Changes a draft.
///
/// # Errors
/// As [`create_draft`]; `store.stale-version`; `referral.not-now` once it was sent.
pub fn edit_draft(
    tx: &mut Tx<'_>,
    id: Id,
    seen: i64,
    new: &NewReferral,
) -> Result<Versioned<Referral>> {
    let mut referral = crate::visible::load(tx, id)?;
    tx.check_version(&referral, seen)?;
    let facts = facts_of(&referral.data);
    decide_for(tx, &referral.data, Action::Edit, &facts)?;
    let basis = basis_for(tx, new.patient_id)?;
    fill(tx, &mut referral.data, new)?;
    authorized(tx, &referral.data, Action::Edit)?;
    tx.update(&referral, Change::new(Action::Edit.event()).basis(basis))
}

fn basis_for(tx: &mut Tx<'_>, patient_id: Id) -> Result<Basis> {
    let (_, basis) = record::view(tx, patient_id, "referral-draft")?;
    Ok(basis)
}

fn blank(tx: &mut Tx<'_>, id: Id, number: String, new: &NewReferral) -> Result<Referral> {
    let party = Party {
        org_id: new.to_org_id,
        org_name: String::new(),
        department_id: None,
        department_name: None,
        practitioner_id: None,
        doctor_name: None,
        phone: None,
    };
    Ok(Referral {
        id,
        number,
        kind: new.kind,
        state: State::Draft,
        patient_id: new.patient_id,
        patient: card(tx, new.patient_id)?,
        from: party.clone(),
        to: party,
        community: None,
        content: Content::default(),
        problem_key: String::new(),
        suggestion: None,
        made_by: tx.actor().id,
        created_at: tx.now(),
        submitted_at: None,
        answered_at: None,
        answer_kind: None,
        escalated_at: None,
        due_at: None,
        reminded_at: None,
        clock_rule_version: 0,
        expected_at: None,
        acceptance_note: None,
        hold: None,
        encounter: None,
        discharge: None,
        down_plan: None,
        advice: None,
        reason: None,
        outcome: None,
        readmission: None,
        origin_id: None,
        ended_at: None,
    })
}

/// Puts what was written into the document.
fn fill(tx: &mut Tx<'_>, referral: &mut Referral, new: &NewReferral) -> Result<()> {
    let from_org_id = new.from_org_id.unwrap_or(tx.actor().org_id);
    if !access::covers(tx, from_org_id)? {
        let detail = "you may write referrals for organizations within your permission only";
        return Err(Error::forbidden("access.out-of-scope", detail).at("from_org_id"));
    }
    check_sides(tx, new, from_org_id)?;
    new.content.check_sizes()?;
    tx.rule::<VitalRanges>("referral.vitals")?
        .body
        .check(&new.content.vital_signs)?;
    check_codes(tx, &new.content)?;
    referral.kind = new.kind;
    referral.patient_id = new.patient_id;
    referral.patient = card(tx, new.patient_id)?;
    referral.from = sending_party(tx, new, from_org_id)?;
    referral.to = party(
        tx,
        new.to_org_id,
        new.to_department_id,
        new.to_practitioner_id,
        "to",
    )?;
    referral.content = new.content.clone();
    referral.content.priority = least_priority(new.kind, new.content.priority);
    referral.problem_key = problem_key(new.kind, &referral.content);
    // In a referral down the side asked is the community.
    referral.community = (new.kind == Kind::Down).then(|| referral.to.clone());
    referral.down_plan = match &new.down_plan {
        Some(plan) if new.kind == Kind::Down => Some(super::down::checked_plan(
            tx,
            plan,
            from_org_id,
            new.to_org_id,
        )?),
        _ => None,
    };
    Ok(())
}

/// The two sides are open, different places that may work with each other.
fn check_sides(tx: &mut Tx<'_>, new: &NewReferral, from_org_id: Id) -> Result<()> {
    network::require_open(tx, from_org_id).map_err(|error| error.at("from_org_id"))?;
    network::require_open(tx, new.to_org_id).map_err(|error| error.at("to_org_id"))?;
    let inside = new.to_org_id == from_org_id;
    if inside && (new.to_department_id.is_none() || new.to_department_id == new.from_department_id)
    {
        let detail = "choose another organization, or another department of this one";
        return Err(Error::invalid("referral.same-side", "to_org_id", detail));
    }
    if !inside && !network::same_group(tx, from_org_id, new.to_org_id)? {
        let detail = "this organization is not in a group with the asking one";
        return Err(Error::rule("referral.not-in-group", detail).at("to_org_id"));
    }
    Ok(())
}

/// Diagnoses and ticked signs must exist; free words belong into the text fields.
fn check_codes(tx: &mut Tx<'_>, content: &Content) -> Result<()> {
    for (at, diagnosis) in content.diagnoses.iter().enumerate() {
        terminology::require(
            tx,
            terminology::ICD10,
            &diagnosis.code,
            &format!("content.diagnoses.{at}.code"),
        )?;
    }
    if !content.reason_code.is_empty() {
        terminology::require(
            tx,
            terminology::REFERRAL_REASON,
            &content.reason_code,
            "content.reason_code",
        )?;
    }
    if let Some(exam) = &content.exam {
        terminology::require(
            tx,
            terminology::EXAM,
            &exam.item_code,
            "content.exam.item_code",
        )?;
    }
    if content.danger_signs.is_empty() {
        return Ok(());
    }
    let catalogue = tx.rule::<Catalogue>("referral.catalogue")?.body;
    let known = |code: &String| catalogue.danger_signs.iter().any(|sign| sign.code == *code);
    match content.danger_signs.iter().position(|code| !known(code)) {
        None => Ok(()),
        Some(at) => {
            let field = format!("content.danger_signs.{at}");
            Err(Error::invalid(
                "referral.danger-sign",
                field,
                "the rules know no such danger sign",
            ))
        }
    }
}

fn sending_party(tx: &mut Tx<'_>, new: &NewReferral, from_org_id: Id) -> Result<Party> {
    let own = from_org_id == tx.actor().org_id;
    let department_id = new
        .from_department_id
        .or_else(|| tx.actor().department_id.filter(|_| own));
    let mut party = party(tx, from_org_id, department_id, None, "from")?;
    party.practitioner_id = tx.actor().practitioner_id;
    party.doctor_name = Some(tx.actor().name.clone());
    party.phone = new.from_phone.clone().or(party.phone);
    Ok(party)
}

/// One side as the sheet names it.
pub(super) fn party(
    tx: &mut Tx<'_>,
    org_id: Id,
    department_id: Option<Id>,
    practitioner_id: Option<Id>,
    field: &str,
) -> Result<Party> {
    let org = network::org(tx, org_id)?;
    let department = match department_id {
        None => None,
        Some(id) => {
            let found = network::department(tx, id)?;
            if found.org_id != org_id {
                let detail = "this department belongs to another organization";
                let field = format!("{field}_department_id");
                return Err(Error::invalid("referral.department", field, detail));
            }
            Some(found)
        }
    };
    let doctor_name = match practitioner_id {
        None => None,
        Some(id) => Some(network::practitioner(tx, id)?.name),
    };
    let phone = department
        .as_ref()
        .and_then(|department| department.phone.clone());
    Ok(Party {
        org_id,
        org_name: org.short_name,
        department_id,
        department_name: department.map(|department| department.name),
        practitioner_id,
        doctor_name,
        phone: phone.or(org.phone),
    })
}

fn card(tx: &mut Tx<'_>, patient_id: Id) -> Result<PatientCard> {
    let brief = record::brief(tx, patient_id)?;
    if brief.deceased {
        let detail = "the record says that this patient has died";
        return Err(Error::rule("referral.patient-deceased", detail).at("patient_id"));
    }
    Ok(PatientCard {
        name: brief.name,
        sex: brief.sex,
        birth_date: brief.birth_date,
        phone_masked: brief.phone,
        identifier_masked: brief.identifier,
    })
}
