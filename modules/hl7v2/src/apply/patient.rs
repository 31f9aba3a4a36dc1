//! PID becomes a registration of the sender's member in the patient index.

use hl7v2::{Location, Message, Path};
use kernel::{Id, Result};
use record::IdentifierKind;
use record::index::{
    Demographics, NewSource, Outcome, SourceIdentifier, patient_of_number, receive,
};
use store::Tx;

use super::{Applied, Work, located};

/// Registers whom PID names, or brings the registration up to date.
pub(super) fn register(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<Id> {
    let new = NewSource {
        org_id: work.sender.org_id,
        system: work.mapping.system.clone(),
        local_number: work.required("patient-number")?,
        demographics: demographics(work, applied),
    };
    let received =
        receive(tx, &new).map_err(|error| located(error, &Location::segment("PID", 1)))?;
    let what = match received.outcome {
        Outcome::New => "patient-new",
        Outcome::Linked => "patient-linked",
        Outcome::Review => "patient-review",
    };
    applied.did(what, format!("Patient/{}", received.patient_id));
    applied.patient_id = Some(received.patient_id);
    Ok(received.patient_id)
}

/// Whom PID names; registers somebody who is not known.
pub(super) fn known(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<Id> {
    let number = work.required("patient-number")?;
    let org_id = work.sender.org_id;
    if let Some(id) = patient_of_number(tx, org_id, &work.mapping.system, &number)? {
        applied.patient_id = Some(id);
        return Ok(id);
    }
    // Nobody is made of a number alone.
    work.required("name")?;
    register(tx, work, applied)
}

fn demographics(work: Work<'_>, applied: &mut Applied) -> Demographics {
    let sex_code = work.value("sex");
    let sex = sex_code.as_deref().and_then(|code| work.mapping.sex(code));
    if sex.is_none()
        && let Some(code) = &sex_code
    {
        applied.note("hl7.sex-unmapped", Some(code));
    }
    // A date that no calendar has stays in the source record, where the quality report counts it.
    let birth_date = work.value("birth-date").map(|text| {
        if let Some(time) = work.time(&text) {
            return time.date.to_string();
        }
        applied.note("hl7.birth-date-invalid", Some(&text));
        text
    });
    let numbers = [
        ("patient-number", IdentifierKind::HospitalNumber),
        ("resident-id", IdentifierKind::ResidentId),
        ("health-card", IdentifierKind::HealthCard),
        ("insurance", IdentifierKind::Insurance),
    ];
    let identifiers = numbers.into_iter().filter_map(|(field, kind)| {
        let value = work.value(field)?;
        let org_id = (kind == IdentifierKind::HospitalNumber).then_some(work.sender.org_id);
        Some(SourceIdentifier {
            kind,
            value,
            org_id,
        })
    });
    Demographics {
        name: joined(work, "name", &[1, 2], name),
        former_names: Vec::new(),
        sex,
        birth_date,
        phone: work.value("phone"),
        // Province, city, county, street, as they are written one after another.
        address: joined(work, "address", &[4, 3, 9, 1, 2], |parts| parts.concat()),
        village: work.value("village"),
        identifiers: identifiers.collect(),
        card_verified: false,
    }
}

/// A field of several components as one text; a path that names a component is taken by itself.
fn joined(
    work: Work<'_>,
    field: &str,
    components: &[usize],
    join: fn(&[String]) -> String,
) -> Option<String> {
    let paths = work.mapping.paths_of(field);
    paths.iter().find_map(|path| {
        if path.component().is_some() {
            return work.message.value(path);
        }
        let parts = components_of(work.message, path, components);
        (!parts.is_empty()).then(|| join(&parts))
    })
}

fn components_of(message: &Message, path: &Path, components: &[usize]) -> Vec<String> {
    let parts = components.iter();
    let values = parts.filter_map(|&component| message.value(&path.at_component(component)));
    values.collect()
}

/// Chinese names are written without a blank.
fn name(parts: &[String]) -> String {
    let latin = parts.iter().all(|part| part.is_ascii());
    parts.join(if latin { " " } else { "" })
}
