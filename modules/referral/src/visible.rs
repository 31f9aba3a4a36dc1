//! Who sees a case: its sides, as far as the permission in force reaches. Everybody else is told
//! that there is no such thing.

use http::access;
use kernel::{Basis, Error, Id, Result, Scope};
use store::{Tx, Versioned};

use crate::model::Referral;
use crate::words::{Phase, Role, Side};

/// The case, if the actor stands on one of its sides.
///
/// # Errors
/// `NotFound` with code `referral`.
pub fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Referral>> {
    let referral: Versioned<Referral> = tx.load(id)?;
    if sides(tx, &referral)?.is_empty() {
        return Err(Error::not_found("referral"));
    }
    Ok(referral)
}

/// The case, with the access noted: what a person is shown.
///
/// # Errors
/// As [`load`].
pub fn load_to_show(tx: &mut Tx<'_>, id: Id, what: &str) -> Result<Versioned<Referral>> {
    let referral = load(tx, id)?;
    let basis = Basis::Care {
        document: "referral".to_owned(),
        id,
    };
    tx.note_access(
        referral.patient_id,
        Some(referral.from.org_id),
        &basis,
        what,
    )?;
    Ok(referral)
}

/// The sides on which the actor stands, as far as the permission of the operation in hand reaches.
///
/// # Errors
/// Whatever the database reports.
pub fn sides(tx: &mut Tx<'_>, referral: &Referral) -> Result<Vec<Side>> {
    let scope = tx.scope();
    sides_within(tx, referral, scope)
}

/// The sides on which the actor stands, as far as `scope` reaches: an operation over all modules has
/// no permission of its own.
///
/// # Errors
/// Whatever the database reports.
pub fn sides_within(
    tx: &mut Tx<'_>,
    referral: &Referral,
    scope: Option<Scope>,
) -> Result<Vec<Side>> {
    let role = Role::of(&tx.actor().role);
    match role {
        Some(Role::System) => return Ok(vec![Side::System]),
        // Government sees figures, and residents have their own way to their record.
        Some(Role::HealthBureau | Role::Resident) | None => return Ok(Vec::new()),
        Some(_) => {}
    }
    if !named_on(tx, referral, scope) {
        return Ok(Vec::new());
    }
    let mut sides = Vec::new();
    let orgs: Vec<Id> = referral.parties().map(|party| party.org_id).collect();
    for org_id in orgs {
        let covered = match scope {
            Some(scope) => access::covers_as(tx, scope, org_id)?,
            None => access::covers(tx, org_id)?,
        };
        if covered {
            for side in referral.sides_of(org_id) {
                if !sides.contains(&side) {
                    sides.push(side);
                }
            }
        }
    }
    if referral.phase() == Phase::Draft {
        sides.retain(|side| *side == Side::Sender);
    }
    Ok(sides)
}

/// Scopes narrower than an organization reach what the actor made, is named on, or whose department
/// is a side.
fn named_on(tx: &Tx<'_>, referral: &Referral, scope: Option<Scope>) -> bool {
    let actor = tx.actor();
    match scope {
        Some(Scope::Own) => {
            referral.made_by == actor.id
                || actor.practitioner_id.is_some()
                    && referral
                        .parties()
                        .any(|party| party.practitioner_id == actor.practitioner_id)
        }
        Some(Scope::Department) => {
            actor.department_id.is_some()
                && referral
                    .parties()
                    .any(|party| party.department_id == actor.department_id)
        }
        _ => true,
    }
}

/// Cases of a patient with results or a discharge summary that the actor's organization sent back, the
/// latest first; the look is noted as `what`.
///
/// # Errors
/// Whatever the database reports.
pub fn answered_by_actor(
    tx: &mut Tx<'_>,
    patient_id: Id,
    what: &str,
) -> Result<Vec<Versioned<Referral>>> {
    let org_id = tx.actor().org_id;
    let mut cases = crate::store::discharged_since(tx, patient_id, kernel::Instant::default())?;
    cases.retain(|case| case.to.org_id == org_id && case.discharge.is_some());
    for case in &cases {
        load_to_show(tx, case.id, what)?;
    }
    Ok(cases)
}
