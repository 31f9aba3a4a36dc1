//! What may be written about a patient: decisions on values only.

use kernel::identity::{self, Check, Sex};
use kernel::{Date, Error, Id, Result, text};
use serde::{Deserialize, Serialize};

use crate::input::{ContactInput, IdentifierInput, NewPatient};
use crate::model::{Contact, IdentifierKind};

/// Rule set `record.identity`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityRule {
    /// Shortest reason for taking a number whose check character disagrees.
    pub override_reason_characters_min: usize,
    /// Below this age a guardian gives consent.
    pub guardian_age_years: u16,
    /// A birth date that makes somebody older is taken for a mistake.
    pub age_years_max: u16,
    /// Exact searches over the whole consortium one account may make in an hour.
    pub searches_per_hour_max: i64,
    /// The longest time a consent may hold.
    pub consent_days_max: i64,
}

/// Rule set `record.break-glass`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassRule {
    /// How long the emergency access lasts.
    pub minutes: i64,
    /// Shortest reason.
    pub reason_characters_min: usize,
}

/// Checks a body of `record.identity`.
///
/// # Errors
/// `rule.unreadable`, with the field at fault.
pub fn check_identity_rule(body: &serde_json::Value) -> Result<()> {
    store::check_body::<IdentityRule>(body)?;
    let rule: IdentityRule = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    let positive = rule.searches_per_hour_max > 0 && rule.consent_days_max > 0;
    if positive && rule.age_years_max >= 100 {
        return Ok(());
    }
    let detail = "limits are greater than zero, and the greatest age is at least 100";
    Err(Error::invalid("rule.unreadable", "body", detail))
}

/// Checks a body of `record.break-glass`.
///
/// # Errors
/// `rule.unreadable`, with the field at fault.
pub fn check_break_glass_rule(body: &serde_json::Value) -> Result<()> {
    store::check_body::<BreakGlassRule>(body)?;
    let rule: BreakGlassRule = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    if (1..=7 * 24 * 60).contains(&rule.minutes) {
        return Ok(());
    }
    let detail = "emergency access lasts from one minute to seven days";
    Err(Error::invalid("rule.unreadable", "body.minutes", detail))
}

/// The stored word of a sex.
pub const fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}

/// The key under which an identifier is found. An issuer counts only for numbers an organization
/// gives; spelling of letters, widths and blanks does not.
pub fn lookup_sha256(kind: IdentifierKind, issuer: Option<Id>, value: &str) -> String {
    let issuer = issuer.filter(|_| kind == IdentifierKind::HospitalNumber);
    let issuer = issuer.map(|id| id.to_string()).unwrap_or_default();
    let number = squeeze(value);
    store::sha256_hex(format!("{}|{issuer}|{number}", kind.word()).as_bytes())
}

/// The key under which a telephone number is found: its digits, without the country code.
pub fn phone_sha256(phone: &str) -> String {
    let digits: String = text::fold(phone)
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let national = digits
        .strip_prefix("86")
        .filter(|rest| rest.len() == 11)
        .unwrap_or(&digits);
    store::sha256_hex(format!("phone|{national}").as_bytes())
}

/// The first character of a name and a star for each other one.
pub fn mask_name(name: &str) -> String {
    let mut chars = name.chars();
    let first: String = chars.next().into_iter().collect();
    first + &"*".repeat(chars.count().min(8))
}

fn squeeze(value: &str) -> String {
    text::fold(value)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_ascii_uppercase()
}

/// A number as it will be kept, and what it says about its holder.
pub struct CheckedIdentifier {
    /// What sort of number.
    pub kind: IdentifierKind,
    /// The number, folded.
    pub value: String,
    /// Who gave it.
    pub org_id: Option<Id>,
    /// Why it was taken in spite of its check character.
    pub override_reason: Option<String>,
    /// Birth date and sex, where the number tells.
    pub says: Option<(Date, Sex)>,
}

/// Checks one number; `field` is its path in the input, `org_id` who gives hospital numbers.
///
/// # Errors
/// `identity.*` for what can't be such a number, `record.identifier-shape`,
/// `record.identifier-check` when the check character disagrees and no reason is given.
pub fn check_identifier(
    input: &IdentifierInput,
    field: &str,
    org_id: Id,
    rule: &IdentityRule,
) -> Result<CheckedIdentifier> {
    let value_field = format!("{field}.value");
    let number = squeeze(&input.value);
    if input.kind == IdentifierKind::ResidentId {
        return check_resident_id(input, field, rule);
    }
    let (least, most, shape) = shape_of(input.kind);
    let allowed = |c: char| match input.kind {
        IdentifierKind::HospitalNumber => !c.is_control(),
        _ => c.is_ascii_alphanumeric(),
    };
    if !(least..=most).contains(&number.chars().count()) || !number.chars().all(allowed) {
        return Err(Error::invalid(
            "record.identifier-shape",
            value_field,
            shape,
        ));
    }
    let issuer = input.org_id.unwrap_or(org_id);
    Ok(CheckedIdentifier {
        kind: input.kind,
        value: number,
        org_id: (input.kind == IdentifierKind::HospitalNumber).then_some(issuer),
        override_reason: None,
        says: None,
    })
}

fn check_resident_id(
    input: &IdentifierInput,
    field: &str,
    rule: &IdentityRule,
) -> Result<CheckedIdentifier> {
    let value_field = format!("{field}.value");
    let read = identity::resident_id(&squeeze(&input.value)).map_err(|error| {
        Error::invalid(error.code(), value_field.clone(), error.detail().to_owned())
    })?;
    let reason = clean(input.override_reason.as_deref());
    if read.check == Check::Failed {
        let long_enough = reason
            .as_ref()
            .is_some_and(|reason| reason.chars().count() >= rule.override_reason_characters_min);
        if !long_enough {
            let right = char::from(identity::resident_id_check(&read.number.as_bytes()[..17]));
            let detail = format!(
                "the last character of this number should be {right}; correct it, or give an \
                 override_reason of at least {} characters if the card really shows it",
                rule.override_reason_characters_min
            );
            let data = serde_json::json!({
                "expected": right.to_string(),
                "characters_min": rule.override_reason_characters_min,
            });
            return Err(Error::rule("record.identifier-check", detail)
                .at(value_field)
                .with(data));
        }
    }
    Ok(CheckedIdentifier {
        kind: input.kind,
        value: read.number,
        org_id: None,
        override_reason: reason.filter(|_| read.check == Check::Failed),
        says: Some((read.birth_date, read.sex)),
    })
}

fn shape_of(kind: IdentifierKind) -> (usize, usize, &'static str) {
    match kind {
        IdentifierKind::ResidentId => (18, 18, "a resident ID number has 18 characters"),
        IdentifierKind::HealthCard => (6, 32, "a health card number has 6 to 32 letters or digits"),
        IdentifierKind::Insurance => (6, 32, "an insurance number has 6 to 32 letters or digits"),
        IdentifierKind::Passport => (5, 20, "a passport number has 5 to 20 letters or digits"),
        IdentifierKind::BirthCertificate => (
            6,
            20,
            "a birth certificate number has 6 to 20 letters or digits",
        ),
        IdentifierKind::HospitalNumber => (1, 32, "a hospital number has 1 to 32 characters"),
    }
}

/// Sex and birth date, filled from what the numbers say and never against it.
///
/// # Errors
/// `record.birth-date-contradicts`, `record.sex-contradicts`, `record.birth-date-missing`,
/// `record.sex-missing`, `record.birth-date-future`, `record.birth-date-too-early`.
pub fn settle_identity(
    sex: Option<Sex>,
    birth_date: Option<Date>,
    says: Option<(Date, Sex)>,
    needs_birth_date: bool,
    today: Date,
    rule: &IdentityRule,
) -> Result<(Sex, Option<Date>)> {
    if let (Some((said, _)), Some(given)) = (says, birth_date)
        && said != given
    {
        let detail = format!("the resident ID number says {said}; correct one of the two");
        let data = serde_json::json!({ "said": said });
        let error = Error::invalid("record.birth-date-contradicts", "birth_date", detail);
        return Err(error.with(data));
    }
    if let (Some((_, said)), Some(given)) = (says, sex)
        && said != given
    {
        let detail = format!(
            "the resident ID number says {}; correct one of the two",
            sex_word(said)
        );
        let data = serde_json::json!({ "said": sex_word(said) });
        return Err(Error::invalid("record.sex-contradicts", "sex", detail).with(data));
    }
    let birth_date = birth_date.or(says.map(|(date, _)| date));
    let sex = sex.or(says.map(|(_, sex)| sex)).ok_or_else(|| {
        let detail = "give the sex, or a resident ID number that tells it";
        Error::invalid("record.sex-missing", "sex", detail)
    })?;
    if birth_date.is_none() && needs_birth_date {
        let detail = "give the birth date, or a resident ID number that tells it";
        return Err(Error::invalid(
            "record.birth-date-missing",
            "birth_date",
            detail,
        ));
    }
    if let Some(date) = birth_date {
        check_birth_date(date, today, rule)?;
    }
    Ok((sex, birth_date))
}

fn check_birth_date(date: Date, today: Date, rule: &IdentityRule) -> Result<()> {
    if date > today {
        let detail = "a birth date does not lie in the future";
        return Err(Error::invalid(
            "record.birth-date-future",
            "birth_date",
            detail,
        ));
    }
    if date.age_on(today) > rule.age_years_max {
        let years = rule.age_years_max;
        let detail = format!("this birth date makes the patient older than {years} years");
        let error = Error::invalid("record.birth-date-too-early", "birth_date", detail);
        return Err(error.with(serde_json::json!({ "years": years })));
    }
    Ok(())
}

/// Checks the texts of a new patient and answers the name to keep.
///
/// # Errors
/// `record.name-missing`, `record.text-too-long`, `record.phone-shape`.
pub fn check_texts(new: &NewPatient) -> Result<()> {
    if clean(new.name.as_deref()).is_none() && !new.unknown {
        let detail = "give the name; for an unknown person in an emergency set unknown to true";
        return Err(Error::invalid("record.name-missing", "name", detail));
    }
    check_length("name", new.name.as_deref(), 60)?;
    check_length("address", new.address.as_deref(), 200)?;
    check_length("village", new.village.as_deref(), 60)?;
    check_phone("phone", new.phone.as_deref())?;
    if let Some(guardian) = &new.guardian {
        check_contact("guardian", guardian)?;
    }
    for (at, contact) in new.contacts.iter().enumerate() {
        check_contact(&format!("contacts[{at}]"), contact)?;
    }
    check_count("contacts", new.contacts.len(), 5)?;
    check_count("identifiers", new.identifiers.len(), 10)
}

/// Checks one contact.
///
/// # Errors
/// `record.name-missing`, `record.text-too-long`, `record.phone-shape`.
pub fn check_contact(field: &str, contact: &ContactInput) -> Result<()> {
    if clean(Some(&contact.name)).is_none() {
        let detail = "give the name of the contact";
        return Err(Error::invalid(
            "record.name-missing",
            format!("{field}.name"),
            detail,
        ));
    }
    check_length(&format!("{field}.name"), Some(&contact.name), 60)?;
    check_length(&format!("{field}.relation"), Some(&contact.relation), 30)?;
    check_phone(&format!("{field}.phone"), contact.phone.as_deref())
}

/// The contact as it will be kept.
pub fn kept_contact(contact: &ContactInput) -> Contact {
    Contact {
        name: contact.name.trim().to_owned(),
        relation: contact.relation.trim().to_owned(),
        phone: clean(contact.phone.as_deref()),
    }
}

/// The text without blanks at its ends; nothing for an empty one. What is inside stays as typed.
pub fn clean(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Refuses a text longer than its field.
///
/// # Errors
/// `record.text-too-long`.
pub fn check_length(field: &str, text: Option<&str>, characters_max: usize) -> Result<()> {
    let length = text.map_or(0, |text| text.chars().count());
    if length <= characters_max {
        return Ok(());
    }
    let detail = format!("{field} has {length} characters; at most {characters_max} fit");
    let data = serde_json::json!({ "characters_max": characters_max });
    Err(Error::invalid("record.text-too-long", field, detail).with(data))
}

/// Refuses an empty text and one longer than its field; answers it without blanks at its ends.
///
/// # Errors
/// `record.text-missing`, `record.text-too-long`.
pub fn required_text(field: &str, text: &str, characters_max: usize) -> Result<String> {
    check_length(field, Some(text), characters_max)?;
    clean(Some(text)).ok_or_else(|| {
        Error::invalid(
            "record.text-missing",
            field,
            format!("{field} must not be empty"),
        )
    })
}

/// Refuses a list longer than its limit.
///
/// # Errors
/// `record.too-many`.
pub fn check_count(field: &str, count: usize, count_max: usize) -> Result<()> {
    if count <= count_max {
        return Ok(());
    }
    let detail = format!("{field} holds at most {count_max}");
    let data = serde_json::json!({ "count_max": count_max });
    Err(Error::invalid("record.too-many", field, detail).with(data))
}

/// Refuses what can't be a telephone number.
///
/// # Errors
/// `record.phone-shape`.
pub fn check_phone(field: &str, phone: Option<&str>) -> Result<()> {
    let Some(phone) = clean(phone) else {
        return Ok(());
    };
    let folded = text::fold(&phone);
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    let allowed = folded
        .chars()
        .all(|c| c.is_ascii_digit() || "+-() ".contains(c));
    if allowed && (5..=15).contains(&digits) && folded.chars().count() <= 24 {
        return Ok(());
    }
    let detail =
        "a telephone number has 5 to 15 digits; +, -, blanks and brackets may stand between";
    Err(Error::invalid("record.phone-shape", field, detail))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
