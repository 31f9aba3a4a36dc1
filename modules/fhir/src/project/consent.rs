//! A patient's word on who may read the record, as Consent. Whoever sends one sends this form too; see
//! [`crate::write`].

use kernel::{Date, Id, Result};
use record::{Category, Consent, Decision, PurposeOfUse, Reach};
use serde_json::{Value, json};
use store::{Tx, Versioned};

use super::{Projected, put, put_list, reference};

/// Systems and codes of the form.
pub(crate) const SCOPE: (&str, &str) = (
    "http://terminology.hl7.org/CodeSystem/consentscope",
    "patient-privacy",
);
pub(crate) const DOCUMENT: (&str, &str) = ("http://loinc.org", "59284-0");
pub(crate) const REACH: &str = "urn:lianti:consent-reach";
pub(crate) const CATEGORY: &str = "urn:lianti:record-category";
pub(crate) const PURPOSE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
pub(crate) const POLICY: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
pub(crate) const EVIDENCE: &str = "urn:lianti:evidence-sha256";
pub(crate) const REASON: &str = "urn:lianti:withdrawal-reason";

/// The code of a purpose.
pub(crate) fn purpose_code(purpose: PurposeOfUse) -> &'static str {
    match purpose {
        PurposeOfUse::Treatment => "TREAT",
        PurposeOfUse::Research => "HRESCH",
    }
}

/// The code of whether one agrees or not.
pub(crate) fn policy_code(decision: Decision) -> &'static str {
    match decision {
        Decision::Permit => "OPTIN",
        Decision::Deny => "OPTOUT",
    }
}

/// Stores a consent of the record.
pub(crate) fn project(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let consent: Versioned<Consent> = tx.load(id)?;
    let projected = Projected {
        kind: "Consent",
        id,
        org_id: consent.org_id,
        owner: "record",
        body: body(&consent),
    };
    put(tx, &projected)
}

/// The consent as FHIR says it.
pub(crate) fn body(consent: &Consent) -> Value {
    let withdrawn = consent.withdrawn_at.is_some();
    let mut body = json!({
        "resourceType": "Consent",
        "id": consent.id,
        "status": if withdrawn { "inactive" } else { "active" },
        "scope": { "coding": [{ "system": SCOPE.0, "code": SCOPE.1 }] },
        "category": [{ "coding": [{ "system": DOCUMENT.0, "code": DOCUMENT.1 }] }],
        "patient": reference("Patient", consent.patient_id),
        "dateTime": consent.given_at,
        "organization": [reference("Organization", consent.org_id)],
        "policyRule": { "coding": [{ "system": POLICY, "code": policy_code(consent.decision) }] },
        "provision": provision(consent),
    });
    let mut extensions = Vec::new();
    if let Some(sha256) = &consent.evidence_sha256 {
        extensions.push(json!({ "url": EVIDENCE, "valueString": sha256 }));
    }
    if let Some(reason) = &consent.withdrawal_reason {
        extensions.push(json!({ "url": REASON, "valueString": reason }));
    }
    put_list(&mut body, "extension", extensions);
    if let Some(guardian) = &consent.given_by {
        let mut person = json!({
            "resourceType": "RelatedPerson",
            "id": "guardian",
            "patient": reference("Patient", consent.patient_id),
            "name": [{ "text": guardian.name }],
        });
        if !guardian.relation.is_empty() {
            person["relationship"] = json!([{ "text": guardian.relation }]);
        }
        if let Some(phone) = &guardian.phone {
            person["telecom"] = json!([{ "system": "phone", "value": phone }]);
        }
        body["contained"] = json!([person]);
        body["performer"] = json!([{ "reference": "#guardian" }]);
    }
    body
}

fn provision(consent: &Consent) -> Value {
    let mut provision = json!({
        "type": consent.decision.word(),
        "period": { "start": consent.given_at },
        "purpose": [{
            "system": PURPOSE,
            "code": purpose_code(consent.purpose_of_use),
            "display": consent.purpose,
        }],
    });
    if let Some(end) = consent.expires_at {
        provision["period"]["end"] = json!(end);
    }
    if let Some(org_id) = consent.grantee_org_id {
        let reach = if consent.reach == Reach::Group {
            "group"
        } else {
            "org"
        };
        provision["actor"] = json!([{
            "role": { "coding": [{ "system": REACH, "code": reach }] },
            "reference": reference("Organization", org_id),
        }]);
    }
    let classes = consent.categories.iter().copied().map(Category::word);
    let classes = classes.map(|code| json!({ "system": CATEGORY, "code": code }));
    put_list(&mut provision, "class", classes.collect());
    let labels = consent.sensitive.iter();
    let labels =
        labels.map(|code| json!({ "system": record::sensitive::LABEL_SYSTEM, "code": code }));
    put_list(&mut provision, "securityLabel", labels.collect());
    if let Some(period) = days(consent.data_from, consent.data_to) {
        provision["dataPeriod"] = period;
    }
    provision
}

fn days(from: Option<Date>, to: Option<Date>) -> Option<Value> {
    match (from, to) {
        (None, None) => None,
        (Some(from), None) => Some(json!({ "start": from })),
        (None, Some(to)) => Some(json!({ "end": to })),
        (Some(from), Some(to)) => Some(json!({ "start": from, "end": to })),
    }
}
