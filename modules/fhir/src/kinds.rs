//! Resource types by number. R4 is closed, so a type's place in its sorted list never changes.

use std::collections::HashMap;
use std::sync::LazyLock;

use fhir::definitions;
use fhir::search::Parameter;
use record::{Category, IDENTITY_BIT};

static NUMBERS: LazyLock<HashMap<&'static str, i64>> = LazyLock::new(|| {
    let mut names = definitions::resource_types().to_vec();
    names.sort_unstable();
    names.into_iter().zip(1..).collect()
});
static NAMES: LazyLock<HashMap<i64, &'static str>> = LazyLock::new(|| {
    NUMBERS
        .iter()
        .map(|(&name, &number)| (number, name))
        .collect()
});

/// Types whose resources of no patient are seen by everybody in reach: directories and definitions.
const SHARED: &[&str] = &[
    "ActivityDefinition",
    "CapabilityStatement",
    "ChargeItemDefinition",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "Endpoint",
    "EventDefinition",
    "GraphDefinition",
    "HealthcareService",
    "ImplementationGuide",
    "Library",
    "Location",
    "Measure",
    "Medication",
    "MedicationKnowledge",
    "MessageDefinition",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "Schedule",
    "SearchParameter",
    "Slot",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Substance",
    "TerminologyCapabilities",
    "TestScript",
    "ValueSet",
];

/// Types that stand for a module's own objects, with the interface that makes and changes them.
const OWNED: &[(&str, &str)] = &[
    ("Organization", "/api/organizations"),
    ("Patient", "/api/patients"),
    ("Practitioner", "/api/practitioners"),
    ("PractitionerRole", "/api/practitioners"),
    ("Schedule", "/api/slot-templates"),
    ("Slot", "/api/slots"),
];

/// The part of the record that resources of a type lie in; `None` for who the patient is, and for
/// what the patient said on who may read.
pub(crate) fn category(name: &str) -> Option<Category> {
    let category = match name {
        "Patient" | "Consent" => return None,
        "Encounter" | "EpisodeOfCare" | "ClinicalImpression" => Category::Visits,
        "Condition" | "FamilyMemberHistory" | "RiskAssessment" | "DetectedIssue" => {
            Category::Diagnoses
        }
        "MedicationRequest"
        | "MedicationStatement"
        | "MedicationDispense"
        | "MedicationAdministration" => Category::Medications,
        "Observation" | "DiagnosticReport" | "ImagingStudy" | "Specimen" | "Media"
        | "MolecularSequence" | "BodyStructure" => Category::Results,
        "Procedure" => Category::Procedures,
        "Binary"
        | "DocumentReference"
        | "DocumentManifest"
        | "Composition"
        | "QuestionnaireResponse"
        | "Communication" => Category::Documents,
        "AllergyIntolerance" | "AdverseEvent" => Category::Allergies,
        "Immunization" | "ImmunizationEvaluation" | "ImmunizationRecommendation" => {
            Category::Immunizations
        }
        "ServiceRequest"
        | "Task"
        | "CarePlan"
        | "CareTeam"
        | "Goal"
        | "Appointment"
        | "AppointmentResponse"
        | "CommunicationRequest"
        | "NutritionOrder"
        | "DeviceRequest"
        | "RequestGroup" => Category::Plans,
        _ => Category::Other,
    };
    Some(category)
}

/// The bit that says so in a row.
pub(crate) fn category_bit(name: &str) -> i64 {
    category(name).map_or(IDENTITY_BIT, Category::bit)
}

/// The number of a type.
pub(crate) fn number(name: &str) -> Option<i64> {
    NUMBERS.get(name).copied()
}

/// The type of a number.
pub(crate) fn name(number: i64) -> Option<&'static str> {
    NAMES.get(&number).copied()
}

/// Whether resources of this type that are about no patient are shared.
pub(crate) fn is_shared(name: &str) -> bool {
    SHARED.contains(&name)
}

/// The interface that makes resources of this type, when no FHIR client may.
pub(crate) fn owner_api(name: &str) -> Option<&'static str> {
    OWNED
        .iter()
        .find(|(owned, _)| *owned == name)
        .map(|(_, api)| *api)
}

/// The parameters whose rows answer for this one: itself, but for the `combo-` parameters of
/// Observation. R4 defines those as what the observation or one of its components holds, so they need
/// no rows of their own.
pub(crate) fn codes_of(kind: &str, parameter: &'static Parameter) -> &'static [&'static str] {
    match (kind, parameter.code) {
        ("Observation", "combo-code") => &["code", "component-code"],
        ("Observation", "combo-code-value-concept") => {
            &["code-value-concept", "component-code-value-concept"]
        }
        ("Observation", "combo-code-value-quantity") => {
            &["code-value-quantity", "component-code-value-quantity"]
        }
        ("Observation", "combo-data-absent-reason") => {
            &["data-absent-reason", "component-data-absent-reason"]
        }
        ("Observation", "combo-value-concept") => &["value-concept", "component-value-concept"],
        ("Observation", "combo-value-quantity") => &["value-quantity", "component-value-quantity"],
        _ => std::slice::from_ref(&parameter.code),
    }
}

/// For the patient compartment: the parameters that give a resource its date and its code.
pub(crate) fn compartment_keys(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    let date: &[&str] = match name {
        "AllergyIntolerance"
        | "Appointment"
        | "ClinicalImpression"
        | "Composition"
        | "Consent"
        | "DiagnosticReport"
        | "DocumentReference"
        | "Encounter"
        | "FamilyMemberHistory"
        | "Immunization"
        | "List"
        | "Observation"
        | "Procedure"
        | "RiskAssessment"
        | "CarePlan"
        | "CareTeam" => &["date"],
        "Condition" => &["onset-date"],
        "MedicationRequest" => &["authoredon"],
        "ServiceRequest" => &["authored"],
        "Task" => &["authored-on"],
        "MedicationAdministration" => &["effective-time"],
        "MedicationStatement" => &["effective"],
        "ImagingStudy" => &["started"],
        "QuestionnaireResponse" => &["authored"],
        _ => &[],
    };
    let code: &[&str] = match name {
        "Immunization" => &["vaccine-code"],
        "Composition" | "DocumentReference" | "Encounter" => &["type"],
        "CarePlan" | "Appointment" => &["category"],
        _ => &["code"],
    };
    (date, code)
}
