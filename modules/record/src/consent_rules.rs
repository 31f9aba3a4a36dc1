//! What is checked of a consent before it is recorded.

use kernel::{Error, Result, Span};
use store::Tx;

use crate::consent::{NewConsent, Reach};
use crate::model::Patient;
use crate::provisions::{Decision, PurposeOfUse};
use crate::rules::{self, IdentityRule};
use crate::sensitive;

/// Checks whom and what a consent is about.
///
/// # Errors
/// `record.consent-grantee`, `record.consent-period`, `record.consent-sensitive`,
/// `network.organization-closed`.
pub(crate) fn check(tx: &mut Tx<'_>, new: &NewConsent) -> Result<()> {
    let deny = new.decision == Decision::Deny;
    match (new.reach, new.grantee_org_id) {
        (Reach::Everyone, None) if deny => {}
        (Reach::Org | Reach::Group, Some(org_id)) if deny => {
            network::org(tx, org_id).map_err(|error| error.at("grantee_org_id"))?;
        }
        (Reach::Org | Reach::Group, Some(org_id)) => {
            network::require_open(tx, org_id).map_err(|error| error.at("grantee_org_id"))?;
        }
        _ => {
            let detail = "name the organization that it is about; only a denial is about everyone, \
                          and then names none";
            return Err(Error::invalid(
                "record.consent-grantee",
                "grantee_org_id",
                detail,
            ));
        }
    }
    if let (Some(from), Some(to)) = (new.data_from, new.data_to)
        && from > to
    {
        let detail = "the period of the entries ends before it begins";
        return Err(Error::invalid("record.consent-period", "data_to", detail));
    }
    if new.sensitive.is_empty() {
        return Ok(());
    }
    if deny || new.purpose_of_use != PurposeOfUse::Treatment {
        let detail = "what is sensitive is closed until a permit for treatment opens it: leave it out, \
                      or withdraw the consent that opened it";
        return Err(Error::invalid(
            "record.consent-sensitive",
            "sensitive",
            detail,
        ));
    }
    let rule = sensitive::rule(tx)?;
    match new.sensitive.iter().find(|code| !rule.has(code)) {
        None => Ok(()),
        Some(code) => {
            let detail = format!("{code} is no sensitive category of rule set record.sensitive");
            let error = Error::invalid("record.consent-sensitive", "sensitive", detail);
            Err(error.with(serde_json::json!({ "category": code })))
        }
    }
}

/// A permit ends; a denial may hold until it is withdrawn.
pub(crate) fn check_expiry(tx: &Tx<'_>, new: &NewConsent, days: i64) -> Result<()> {
    let fine = match new.expires_at {
        None => new.decision == Decision::Deny,
        Some(end) => end > tx.now() && end <= tx.now() + Span::days(days),
    };
    if fine {
        return Ok(());
    }
    let detail = format!("a consent ends in the future, within {days} days");
    let error = Error::invalid("record.consent-expiry", "expires_at", detail);
    Err(error.with(serde_json::json!({ "days": days })))
}

pub(crate) fn check_guardian(
    tx: &Tx<'_>,
    patient: &Patient,
    new: &NewConsent,
    rule: &IdentityRule,
) -> Result<()> {
    let age = patient.age_years(tx.now().date());
    if new.given_by.is_none() && age.is_some_and(|age| age < rule.guardian_age_years) {
        let years = rule.guardian_age_years;
        let detail = format!("for a child under {years} the guardian gives consent: say who");
        let error = Error::invalid("record.guardian-needed", "given_by", detail);
        return Err(error.with(serde_json::json!({ "years": years })));
    }
    match &new.given_by {
        Some(guardian) => rules::check_contact("given_by", guardian),
        None => Ok(()),
    }
}

pub(crate) fn checked_sha256(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = rules::clean(text) else {
        return Ok(None);
    };
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(text.to_ascii_lowercase()));
    }
    let detail = "the SHA-256 of the signed form has 64 hexadecimal digits";
    Err(Error::invalid(
        "record.evidence-shape",
        "evidence_sha256",
        detail,
    ))
}
