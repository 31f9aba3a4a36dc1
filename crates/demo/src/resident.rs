//! The resident among the demonstration roles: somebody who was in hospital and is home again.

use kernel::Result;
use store::Tx;

use crate::accounts;
use crate::play::Play;

/// Old enough to ask for themselves.
const AGE_YEARS_LEAST: u16 = 18;

/// Opens an account for the patient of the first case that a community took back; for any patient of
/// a case where there was none in so few days.
pub(crate) async fn open_account(play: &mut Play) -> Result<()> {
    let today = play.world.today();
    let of_age = |patient: usize| {
        let resident = &play.world.residents[patient].resident;
        resident.birth_date.age_on(today) >= AGE_YEARS_LEAST
    };
    let mut cases = play
        .cases
        .iter()
        .filter(|case| !case.dead && of_age(case.patient));
    let first = cases.clone().next();
    let Some(case) = cases.find(|case| case.community.is_some()).or(first) else {
        return Ok(());
    };
    let registered = &play.world.residents[case.patient];
    let served_by = &play.world.shape.places[registered.resident.place].served_by;
    let patient_id = registered.id;
    let new = admin::NewAccount {
        username: "resident-1".to_owned(),
        name: registered.resident.name.clone(),
        practitioner_id: None,
        system: false,
        assignment: admin::NewAssignment {
            role: "resident".to_owned(),
            org_id: play.world.organization(served_by)?,
            department_id: None,
            valid_from: None,
            valid_to: None,
        },
    };
    let open = move |tx: &mut Tx<'_>| {
        let account_id = accounts::make(tx, &new, true)?;
        let patient = record::patient(tx, patient_id)?;
        record::link_account(tx, &patient, account_id)
    };
    play.world.as_system(open).await
}
