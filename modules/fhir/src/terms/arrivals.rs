//! Which codes come with resources: read behind the writes and counted by the module `terminology`,
//! so that the coverage board knows what cannot be mapped. Nothing is added to a write.

use std::collections::BTreeSet;

use fhir::{Resource, View};
use kernel::{Error, Id, Result};
use store::{Event, Follower, Tx};
use terminology::Arrival;

use super::text;
use crate::rows;

/// Counts codes of what is stored by others: over `/fhir` and by HL7 v2.
pub(crate) const FOLLOWER: Follower = Follower {
    name: "fhir.arrivals",
    topics: &["fhir.created", "fhir.updated"],
    run: count,
};

/// What is coded in resources that care is read from: its type and the elements.
const CODED: &[(&str, &[&str])] = &[
    ("Observation", &["code", "valueCodeableConcept"]),
    ("DiagnosticReport", &["code"]),
    ("Condition", &["code"]),
    ("Procedure", &["code"]),
    ("AllergyIntolerance", &["code"]),
    ("Immunization", &["vaccineCode"]),
    ("ServiceRequest", &["code"]),
    ("MedicationRequest", &["medicationCodeableConcept"]),
    ("MedicationStatement", &["medicationCodeableConcept"]),
    ("MedicationAdministration", &["medicationCodeableConcept"]),
    ("MedicationDispense", &["medicationCodeableConcept"]),
    ("Medication", &["code"]),
];
/// Codings of one resource that are counted.
const CODINGS_MAX: usize = 20;

fn count(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let detail = event.detail_json();
    let kind = detail["type"].as_str().unwrap_or_default();
    let Some((kind, elements)) = CODED.iter().find(|(known, _)| *known == kind) else {
        return Ok(());
    };
    let id = detail["id"].as_str().unwrap_or_default();
    let (Some(org_id), Some(header)) = (event.org_id, rows::head(tx, kind, id)?) else {
        return Ok(());
    };
    let version = detail["version"].as_i64().unwrap_or(header.version);
    let Some(body) = rows::body(tx, header.key, version)? else {
        return Ok(());
    };
    let resource = Resource::parse(body.as_bytes())
        .map_err(|issue| Error::internal(format!("{kind}: {}", issue.details)))?;
    for arrival in found(tx, &resource, elements, (org_id, event.at))? {
        terminology::arrived(tx, &arrival)?;
    }
    Ok(())
}

fn found(
    tx: &mut Tx<'_>,
    resource: &Resource,
    elements: &[&str],
    (org_id, at): (Id, kernel::Instant),
) -> Result<Vec<Arrival>> {
    let root = resource.root();
    let quantity = root.get("valueQuantity");
    let unit = quantity.and_then(|one| text(one, "code").or_else(|| text(one, "unit")));
    let mut arrivals: Vec<Arrival> = Vec::new();
    let mut seen = BTreeSet::new();
    for element in elements {
        let Some(concept) = root.get(element) else {
            continue;
        };
        let codings: Vec<View<'_>> = concept
            .get("coding")
            .into_iter()
            .flat_map(View::items)
            .take(CODINGS_MAX)
            .collect();
        let mut shared = Vec::with_capacity(codings.len());
        for coding in &codings {
            let system = text(*coding, "system").unwrap_or_default();
            shared.push(terminology::is_shared(tx, &system)?);
        }
        let any_shared = shared.contains(&true);
        for (coding, is_shared) in codings.into_iter().zip(shared) {
            let system = text(coding, "system").unwrap_or_default();
            let code = text(coding, "code").unwrap_or_default();
            if system.is_empty() || code.is_empty() || !seen.insert((system.clone(), code.clone()))
            {
                continue;
            }
            let name = text(coding, "display").or_else(|| text(concept, "text"));
            arrivals.push(Arrival {
                org_id,
                system,
                code,
                name: name.unwrap_or_default(),
                unit: unit
                    .clone()
                    .filter(|_| *element == "code")
                    .unwrap_or_default(),
                accompanied: any_shared && !is_shared,
                at,
            });
        }
    }
    Ok(arrivals)
}
