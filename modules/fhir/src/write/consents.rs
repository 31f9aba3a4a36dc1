//! A Consent that a client sends: read into the record's own command. What the command can't say is
//! refused with its place and what to send instead, and nothing is stored.

use fhir::Resource;
use kernel::{Date, Error, Id, Instant, Result};
use record::sensitive::LABEL_SYSTEM;
use record::{Category, Decision, NewConsent, PurposeOfUse, Reach, Withdrawal};
use serde_json::Value;
use store::Tx;

use super::command::{self, refuse, target};
use crate::project::consent::{
    self, CATEGORY, DOCUMENT, EVIDENCE, POLICY, PURPOSE, REACH, REASON, SCOPE,
};
use crate::refusal;

/// Where a field of the command stands in the resource.
const PLACES: &[(&str, &str)] = &[
    ("expires_at", "Consent.provision.period.end"),
    ("grantee_org_id", "Consent.provision.actor"),
    ("data_to", "Consent.provision.dataPeriod.end"),
    ("sensitive", "Consent.provision.securityLabel"),
    ("purpose", "Consent.provision.purpose.display"),
    ("given_by", "Consent.performer"),
    ("given_by.name", "Consent.contained.name"),
    ("given_by.relation", "Consent.contained.relationship"),
    ("given_by.phone", "Consent.contained.telecom"),
    ("evidence_sha256", "Consent.extension"),
    ("reason", "Consent.extension"),
];

fn placed(error: Error) -> Error {
    command::placed(error, PLACES)
}

/// What recording and withdrawing a consent needs, beside the right to write resources.
pub(super) const PERMISSION: &str = "record.consent";

/// Records a new consent under the id that the resource gets.
///
/// # Errors
/// What can't be said; what the record refuses.
pub(super) fn create(tx: &mut Tx<'_>, id: &str, resource: &Resource) -> Result<()> {
    let id: Id = id.parse().map_err(|_| {
        refuse(
            "Consent.id",
            "this server gives consents their ids: create it with POST",
        )
    })?;
    let body = resource.root().to_value();
    check_frame(&body)?;
    if body["status"] != "active" {
        let text = "a consent begins as active; what is not given yet is not recorded";
        return Err(refuse("Consent.status", text));
    }
    let new = new_consent(&body)?;
    let patient = patient_of(tx, &body)?;
    record::grant_consent_as(tx, id, &patient, &new).map_err(placed)?;
    consent::project(tx, id)
}

fn patient_of(tx: &mut Tx<'_>, body: &Value) -> Result<store::Versioned<record::Patient>> {
    let text = "it names a patient that is not registered, or that you have no basis for";
    let nobody = || Error::rule("fhir.no-patient", text).at("Consent.patient");
    let id = target(&body["patient"], "Patient").ok_or_else(nobody)?;
    if record::basis(tx, id)?.is_none() {
        return Err(nobody());
    }
    record::patient(tx, id).map_err(|_| nobody())
}

/// Withdraws a consent: all that changes of one once it is given.
///
/// # Errors
/// `record.consent-withdrawn`; whatever else was changed, with its place.
pub(super) fn change(tx: &mut Tx<'_>, id: &str, resource: &Resource) -> Result<()> {
    let id: Id = id.parse().map_err(|_| refusal::not_found())?;
    let known = record::consent_to_withdraw(tx, id)?;
    let sent = resource.root().to_value();
    let mut stored = consent::body(&known);
    if sent["status"] == stored["status"] && sent["status"] == "active" {
        return unchanged(&sent, &stored);
    }
    if !matches!(
        sent["status"].as_str(),
        Some("inactive" | "entered-in-error")
    ) {
        let text = "a consent is withdrawn by status inactive; nothing else becomes of it";
        return Err(refuse("Consent.status", text));
    }
    let reason = extension(&sent, REASON)?
        .or_else(|| (sent["status"] == "entered-in-error").then(|| "entered-in-error".to_owned()));
    stored["status"] = sent["status"].clone();
    unchanged(&sent, &stored)?;
    let withdrawal = Withdrawal { reason };
    record::withdraw_consent(tx, known, &withdrawal).map_err(placed)?;
    consent::project(tx, id)
}

/// Refuses another element than it was; what the server sets, and the reason, may differ.
fn unchanged(sent: &Value, stored: &Value) -> Result<()> {
    let empty = serde_json::Map::new();
    let (sent, stored) = (
        sent.as_object().unwrap_or(&empty),
        stored.as_object().unwrap_or(&empty),
    );
    for name in sent.keys().chain(stored.keys()) {
        let free = matches!(name.as_str(), "meta" | "text" | "extension");
        if !free && sent.get(name) != stored.get(name) {
            let place = ["Consent.", name].concat();
            let text = "a consent is not changed once it is given: withdraw it (status inactive, all \
                        else as it was) and create another";
            return Err(refuse(&place, text));
        }
    }
    Ok(())
}

/// Elements that are understood, at the top and in the provision.
const KNOWN: &[&str] = &[
    "resourceType",
    "id",
    "meta",
    "text",
    "status",
    "scope",
    "category",
    "patient",
    "dateTime",
    "organization",
    "policyRule",
    "provision",
    "extension",
    "contained",
    "performer",
    "language",
    "identifier",
];
const KNOWN_IN_PROVISION: &[&str] = &[
    "type",
    "period",
    "actor",
    "purpose",
    "class",
    "securityLabel",
    "dataPeriod",
    "action",
];

fn check_frame(body: &Value) -> Result<()> {
    only(body, "Consent", KNOWN)?;
    only(&body["provision"], "Consent.provision", KNOWN_IN_PROVISION)?;
    let coded = |value: &Value, (system, code): (&str, &str)| {
        let codings = value["coding"].as_array().cloned().unwrap_or_default();
        codings.len() == 1 && codings[0]["system"] == system && codings[0]["code"] == code
    };
    if !coded(&body["scope"], SCOPE) {
        let text = "only privacy consents are kept: scope consentscope|patient-privacy";
        return Err(refuse("Consent.scope", text));
    }
    let categories = body["category"].as_array().cloned().unwrap_or_default();
    if categories.len() != 1 || !coded(&categories[0], DOCUMENT) {
        let text = "name one category: http://loinc.org|59284-0";
        return Err(refuse("Consent.category", text));
    }
    if body["identifier"].is_array() {
        let text = "identifiers are not kept with a consent: find it by its id";
        return Err(refuse("Consent.identifier", text));
    }
    let actions = body["provision"]["action"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let reads = |action: &Value| {
        coded(
            action,
            (
                "http://terminology.hl7.org/CodeSystem/consentaction",
                "access",
            ),
        )
    };
    if !actions.iter().all(reads) {
        let text = "a consent is about reading: leave action out, or name consentaction|access";
        return Err(refuse("Consent.provision.action", text));
    }
    Ok(())
}

fn only(value: &Value, place: &str, known: &[&str]) -> Result<()> {
    let members = value.as_object().into_iter().flatten();
    for (name, _) in members {
        if !known.contains(&name.as_str()) {
            let text = match name.as_str() {
                "provision" => "provisions are not nested: create one consent for each",
                "code" | "data" => {
                    "single codes and resources are not told apart: name parts of \
                                    the record by class, sensitive ones by securityLabel"
                }
                _ => "this element can't be kept; leave it out",
            };
            return Err(refuse(&[place, ".", name].concat(), text));
        }
    }
    Ok(())
}

fn new_consent(body: &Value) -> Result<NewConsent> {
    let provision = &body["provision"];
    let decision = decision_of(body)?;
    let (reach, grantee_org_id) = actor_of(provision, decision)?;
    let (purpose_of_use, purpose) = purpose_of(provision)?;
    let period = &provision["dataPeriod"];
    Ok(NewConsent {
        decision,
        reach,
        grantee_org_id,
        purpose,
        purpose_of_use,
        data_from: day_of(&period["start"], "Consent.provision.dataPeriod.start")?,
        data_to: day_of(&period["end"], "Consent.provision.dataPeriod.end")?,
        categories: categories_of(provision)?,
        sensitive: sensitive_of(provision)?,
        given_by: guardian_of(body)?,
        evidence_sha256: extension(body, EVIDENCE)?,
        expires_at: moment_of(&provision["period"]["end"], "Consent.provision.period.end")?,
    })
}

fn decision_of(body: &Value) -> Result<Decision> {
    let place = "Consent.provision.type";
    let decision = match body["provision"]["type"].as_str() {
        Some("permit") => Decision::Permit,
        Some("deny") => Decision::Deny,
        _ => return Err(refuse(place, "say permit or deny")),
    };
    let policies = body["policyRule"]["coding"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let says = |coding: &Value| {
        coding["system"] == POLICY && coding["code"] == consent::policy_code(decision)
    };
    if !policies.iter().all(says) {
        let text = "the policy is v3-ActCode|OPTIN for a permit, OPTOUT for a denial";
        return Err(refuse("Consent.policyRule", text));
    }
    Ok(decision)
}

fn actor_of(provision: &Value, decision: Decision) -> Result<(Reach, Option<Id>)> {
    let place = "Consent.provision.actor";
    let actors = provision["actor"].as_array().cloned().unwrap_or_default();
    let actor = match actors.as_slice() {
        [] if decision == Decision::Deny => return Ok((Reach::Everyone, None)),
        [one] => one,
        _ => {
            let text = "name one organization; create one consent for each";
            return Err(refuse(place, text));
        }
    };
    let org_id = target(&actor["reference"], "Organization").ok_or_else(|| {
        let text = "people read for their organization: refer to an Organization of this server";
        refuse("Consent.provision.actor.reference", text)
    })?;
    let roles = actor["role"]["coding"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let group = roles
        .iter()
        .any(|role| role["system"] == REACH && role["code"] == "group");
    Ok((if group { Reach::Group } else { Reach::Org }, Some(org_id)))
}

fn purpose_of(provision: &Value) -> Result<(PurposeOfUse, String)> {
    let purposes = provision["purpose"].as_array().cloned().unwrap_or_default();
    let one = match purposes.as_slice() {
        [] => return Ok((PurposeOfUse::Treatment, "诊疗".to_owned())),
        [one] if one["system"] == PURPOSE => one,
        _ => {
            let text = "name one purpose: v3-ActReason|TREAT or HRESCH";
            return Err(refuse("Consent.provision.purpose", text));
        }
    };
    let (purpose, text) = match one["code"].as_str() {
        Some("TREAT") => (PurposeOfUse::Treatment, "诊疗"),
        Some("HRESCH") => (PurposeOfUse::Research, "科研"),
        _ => {
            let text = "purposes are told apart as v3-ActReason|TREAT and HRESCH";
            return Err(refuse("Consent.provision.purpose", text));
        }
    };
    Ok((purpose, one["display"].as_str().unwrap_or(text).to_owned()))
}

fn categories_of(provision: &Value) -> Result<Vec<Category>> {
    let classes = provision["class"].as_array().cloned().unwrap_or_default();
    let category = |class: &Value| {
        let code = class["code"]
            .as_str()
            .filter(|_| class["system"] == CATEGORY);
        let known = Category::ALL
            .into_iter()
            .find(|one| Some(one.word()) == code);
        known.ok_or_else(|| {
            let text = "parts of the record are named under urn:lianti:record-category: visits, \
                        diagnoses, medications, results, procedures, documents, allergies, \
                        immunizations, plans, other";
            refuse("Consent.provision.class", text)
        })
    };
    classes.iter().map(category).collect()
}

fn sensitive_of(provision: &Value) -> Result<Vec<String>> {
    let labels = provision["securityLabel"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let label = |coding: &Value| {
        let code = coding["code"]
            .as_str()
            .filter(|_| coding["system"] == LABEL_SYSTEM);
        code.map(str::to_owned).ok_or_else(|| {
            let text = "sensitive categories are named under urn:lianti:sensitive, by the rule set \
                        record.sensitive";
            refuse("Consent.provision.securityLabel", text)
        })
    };
    labels.iter().map(label).collect()
}

/// Who said it, where that was not the patient: a contained RelatedPerson.
fn guardian_of(body: &Value) -> Result<Option<record::ContactInput>> {
    let performers = body["performer"].as_array().cloned().unwrap_or_default();
    let contained = body["contained"].as_array().cloned().unwrap_or_default();
    let person = match (performers.as_slice(), contained.as_slice()) {
        ([], []) => return Ok(None),
        ([one], []) if one["reference"] == body["patient"]["reference"] => return Ok(None),
        ([one], [person])
            if person["resourceType"] == "RelatedPerson"
                && one["reference"]
                    .as_str()
                    .and_then(|text| text.strip_prefix('#'))
                    == person["id"].as_str() =>
        {
            person
        }
        _ => {
            let text = "the patient gives consent (leave performer out), or a guardian: one \
                        contained RelatedPerson with name, relationship and telecom";
            return Err(refuse("Consent.performer", text));
        }
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(Some(record::ContactInput {
        name: text(&person["name"][0]["text"]).unwrap_or_default(),
        relation: text(&person["relationship"][0]["text"]).unwrap_or_default(),
        phone: text(&person["telecom"][0]["value"]),
    }))
}

/// A text that R4 has no place for. Other extensions are refused.
fn extension(body: &Value, url: &str) -> Result<Option<String>> {
    let extensions = body["extension"].as_array().cloned().unwrap_or_default();
    let unknown = |one: &Value| one["url"] != EVIDENCE && one["url"] != REASON;
    if extensions.iter().any(unknown) {
        let text = "extensions urn:lianti:evidence-sha256 and urn:lianti:withdrawal-reason are \
                    kept; leave others out";
        return Err(refuse("Consent.extension", text));
    }
    let found = extensions.iter().find(|one| one["url"] == url);
    Ok(found
        .and_then(|one| one["valueString"].as_str())
        .map(str::to_owned))
}

/// Entries are told apart by day.
fn day_of(value: &Value, place: &str) -> Result<Option<Date>> {
    let Some(text) = value.as_str() else {
        return Ok(None);
    };
    match text.parse() {
        Ok(day) => Ok(Some(day)),
        Err(_) => Err(refuse(place, "give a whole day, such as 2026-01-31")),
    }
}

/// The end of a consent: a moment, or the end of a day.
fn moment_of(value: &Value, place: &str) -> Result<Option<Instant>> {
    let Some(text) = value.as_str() else {
        return Ok(None);
    };
    if let Ok(day) = text.parse::<Date>() {
        return Ok(Some(day.plus_days(1).start()));
    }
    match text.parse() {
        Ok(moment) => Ok(Some(moment)),
        Err(_) => Err(refuse(place, "give a day or a moment")),
    }
}
