//! `Patient/$match`: who might this be, answered by the patient index.
//!
//! Like the exact search over the consortium it needs a permission of its own, is counted and
//! audited, and shows strangers masked: enough to recognize somebody one already knows.

use fhir::{IssueCode, Resource, View};
use kernel::Result;
use kernel::identity::Sex;
use record::IdentifierKind;
use record::index::{Candidate, Demographics, SourceIdentifier};
use serde_json::json;
use store::Tx;

use crate::access;
use crate::answer::{Bundle, quoted};
use crate::{refusal, rows};

const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";
/// Candidates when the client names no number, and at most.
const COUNT_MAX: usize = 20;
/// Characters of a word that is compared.
const TEXT_CHARS_MAX: usize = 200;
/// Numbers of one person that are compared.
const IDENTIFIERS_MAX: usize = 10;

/// What is asked.
#[derive(Clone)]
pub(crate) struct Asked {
    told: Demographics,
    certain_only: bool,
    count: usize,
}

/// Reads the Parameters of a match, or the Patient alone.
///
/// # Errors
/// What of them can't be read.
pub(crate) fn asked(body: &Resource) -> Result<Asked> {
    if body.type_name() == "Patient" {
        return Ok(Asked {
            told: demographics(body.root()),
            certain_only: false,
            count: COUNT_MAX,
        });
    }
    let mut asked = Asked {
        told: Demographics::default(),
        certain_only: false,
        count: COUNT_MAX,
    };
    let mut given = false;
    for one in body
        .root()
        .get("parameter")
        .into_iter()
        .flat_map(View::items)
    {
        let name = one.get("name").and_then(View::as_plain).unwrap_or("");
        match name {
            "resource" => {
                let patient = one.get("resource");
                let kind = patient.and_then(|it| it.get("resourceType"));
                if let Some(patient) = patient
                    && kind.and_then(View::as_plain) == Some("Patient")
                {
                    asked.told = demographics(patient);
                    given = true;
                }
            }
            "onlyCertainMatches" => {
                let value = one.get("valueBoolean").and_then(View::as_bool);
                asked.certain_only = value.ok_or_else(|| wrong(name))?;
            }
            "count" => {
                let value = one.get("valueInteger").and_then(View::as_number);
                let count = value.and_then(|text| text.parse::<usize>().ok());
                asked.count = count.ok_or_else(|| wrong(name))?.clamp(1, COUNT_MAX);
            }
            _ => {
                let text = "$match takes resource, onlyCertainMatches and count";
                return Err(refusal::refuse(IssueCode::NotSupported, name, text));
            }
        }
    }
    if given {
        return Ok(asked);
    }
    let text = "name the Patient to match in the parameter resource";
    Err(refusal::refuse(
        IssueCode::Required,
        "Parameters.parameter",
        text,
    ))
}

fn wrong(name: &str) -> kernel::Error {
    refusal::refuse(IssueCode::Value, name, "this value can't be read")
}

/// The candidates as a searchset; notes the looks at those that are shown whole.
///
/// # Errors
/// `access.forbidden`, `record.query-empty`, `record.search-limit`.
pub(crate) fn run(tx: &mut Tx<'_>, asked: &Asked, base: &str) -> Result<String> {
    let candidates = record::index::ask(tx, &asked.told)?;
    let wanted = candidates
        .into_iter()
        .filter(|one| one.certain || !asked.certain_only);
    let mut entries = Vec::new();
    for candidate in wanted.take(asked.count) {
        entries.push((resource(tx, &candidate)?, candidate));
    }
    let total = i64::try_from(entries.len()).ok();
    let mut bundle = Bundle::new("searchset", total, &[]);
    for (body, candidate) in entries {
        let url = quoted(&format!("{base}/Patient/{}", candidate.id()));
        let score = format!("{:.3}", candidate.probability.clamp(0.0, 1.0));
        let grade = json!([{ "url": GRADE, "valueCode": grade(&candidate) }]);
        let search = format!(r#"{{"extension":{grade},"mode":"match","score":{score}}}"#);
        bundle.entry(&[("fullUrl", &url), ("resource", &body), ("search", &search)]);
    }
    Ok(bundle.finish())
}

fn grade(candidate: &Candidate) -> &'static str {
    if candidate.certain {
        "certain"
    } else if candidate.probability >= 0.5 {
        "probable"
    } else {
        "possible"
    }
}

/// The stored resource where there is a basis, and what the exact search shows where there is none.
fn resource(tx: &mut Tx<'_>, candidate: &Candidate) -> Result<String> {
    let id = candidate.id().to_string();
    if let Some(header) = rows::seen(tx, "Patient", &id)?.filter(|header| !header.deleted)
        && let Some(body) = rows::body(tx, header.key, header.version)?
    {
        access::note(tx, [&header].into_iter(), "fhir.match")?;
        return Ok(body);
    }
    let brief = &candidate.patient;
    let mut body = json!({
        "resourceType": "Patient",
        "id": id,
        "meta": { "security": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
            "code": "MASKED",
        }] },
        "name": [{ "text": brief.name }],
        "gender": match brief.sex {
            Sex::Male => "male",
            Sex::Female => "female",
            Sex::Other => "other",
            Sex::Unknown => "unknown",
        },
    });
    if let Some(birth_date) = brief.birth_date {
        body["birthDate"] = json!(birth_date);
    }
    Ok(body.to_string())
}

/// What a Patient says of a person, in the words of the index.
fn demographics(patient: View<'_>) -> Demographics {
    let mut told = Demographics::default();
    for name in patient
        .get("name")
        .into_iter()
        .flat_map(View::items)
        .take(5)
    {
        let Some(whole) = whole_name(name) else {
            continue;
        };
        let old = name.get("use").and_then(View::as_plain) == Some("old");
        if old || told.name.is_some() {
            told.former_names.push(whole);
        } else {
            told.name = Some(whole);
        }
    }
    told.sex = match text_of(patient, "gender").as_deref() {
        Some("male") => Some(Sex::Male),
        Some("female") => Some(Sex::Female),
        Some("other") => Some(Sex::Other),
        _ => None,
    };
    told.birth_date = text_of(patient, "birthDate");
    let mut telecoms = patient.get("telecom").into_iter().flat_map(View::items);
    told.phone = telecoms
        .find(|one| matches!(text_of(*one, "system").as_deref(), Some("phone" | "sms")))
        .and_then(|one| text_of(one, "value"));
    if let Some(address) = patient.get("address").and_then(|all| all.items().next()) {
        told.address = text_of(address, "text");
        told.village = text_of(address, "district");
    }
    let identifiers = patient.get("identifier").into_iter().flat_map(View::items);
    told.identifiers = identifiers
        .filter_map(identifier)
        .take(IDENTIFIERS_MAX)
        .collect();
    told
}

/// `text`, or family and given name as they are written together in Chinese.
fn whole_name(name: View<'_>) -> Option<String> {
    if let Some(text) = text_of(name, "text") {
        return Some(text);
    }
    let family = text_of(name, "family").unwrap_or_default();
    let given: Vec<String> = name
        .get("given")
        .into_iter()
        .flat_map(View::items)
        .filter_map(|one| one.as_str().map(|text| text.into_owned()))
        .collect();
    let together = [family, given.concat()].concat();
    (!together.is_empty()).then(|| together.chars().take(TEXT_CHARS_MAX).collect())
}

fn identifier(view: View<'_>) -> Option<SourceIdentifier> {
    const KINDS: [IdentifierKind; 6] = [
        IdentifierKind::ResidentId,
        IdentifierKind::HealthCard,
        IdentifierKind::Insurance,
        IdentifierKind::Passport,
        IdentifierKind::BirthCertificate,
        IdentifierKind::HospitalNumber,
    ];
    let system = text_of(view, "system")?;
    let word = system.strip_prefix("urn:lianti:identifier:")?;
    let kind = KINDS.into_iter().find(|kind| kind.word() == word)?;
    let assigner = view.at(&["assigner", "reference"]).and_then(View::as_plain);
    let org_id = assigner.and_then(|text| text.strip_prefix("Organization/")?.parse().ok());
    Some(SourceIdentifier {
        kind,
        value: text_of(view, "value")?,
        org_id,
    })
}

fn text_of(view: View<'_>, name: &str) -> Option<String> {
    let text = view.get(name)?.as_str()?;
    let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
    (!text.is_empty()).then_some(text)
}
