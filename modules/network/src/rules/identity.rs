//! Identifiers with a check character: wrong shapes are refused, wrong checks need a reason,
//! because some real legacy codes fail their own check.

use kernel::Result;
use kernel::identity::{Check, credit_code, institution_code, resident_id};

use super::{Refusal, required_code};

/// Answers the codes in upper case.
pub(crate) fn check_organization_codes(
    credit: Option<&str>,
    institution: Option<&str>,
    reason: Option<&str>,
) -> Result<(Option<String>, Option<String>)> {
    let credit = match credit {
        Some(text) => {
            let (code, check) = credit_code(text)?;
            if check == Check::Failed && reason.is_none() {
                return Err(Refusal::IdentityCheck("credit_code").into());
            }
            Some(code)
        }
        None => None,
    };
    let institution = match (
        institution.map(|text| (text, institution_code(text))),
        reason,
    ) {
        (None, _) => None,
        (Some((_, Ok(code))), _) => Some(code),
        (Some((_, Err(error))), None) => return Err(error),
        // Registration numbers of older schemes are shorter; a person vouches for this one.
        (Some((text, Err(_))), Some(_)) => Some(required_code(text, "institution_code")?),
    };
    Ok((credit, institution))
}

/// Answers the number in upper case.
pub(crate) fn check_resident_id(text: &str, reason: Option<&str>) -> Result<String> {
    let read = resident_id(text).map_err(|error| {
        kernel::Error::invalid(error.code(), "resident_id", error.detail().to_owned())
    })?;
    if read.check == Check::Failed && reason.is_none() {
        return Err(Refusal::IdentityCheck("resident_id").into());
    }
    Ok(read.number)
}
