//! Checks of identifiers that carry a check character.
//!
//! Some real legacy codes fail their own check, so a failed check is a warning that a person may
//! override with a reason; what can't be a code at all (length, alphabet) is refused.

use serde::{Deserialize, Serialize};

use crate::{Date, Error, Result};

/// Administrative sex, GB/T 2261.1 as FHIR `administrative-gender` words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
    /// 未说明
    Other,
    /// 未知
    Unknown,
}

/// How an identifier stands up to its check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The check character agrees.
    Passed,
    /// Right shape, wrong check character: may be a legacy code; override needs a reason.
    Failed,
}

/// What a resident ID number says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResidentId {
    /// The number with `X` in upper case.
    pub number: String,
    /// Birth date, digits 7 to 14.
    pub birth_date: Date,
    /// Sex, parity of digit 17.
    pub sex: Sex,
    /// Does the check character agree?
    pub check: Check,
}

/// Reads an 18-character resident identity number (GB 11643-1999: Σ aᵢ·2^(18−i) mod 11).
///
/// # Errors
/// `identity.resident-id-shape` or `identity.resident-id-date`: it can't be such a number.
pub fn resident_id(text: &str) -> Result<ResidentId> {
    let number = crate::text::fold(text).to_ascii_uppercase();
    let bytes = number.as_bytes();
    let shaped = bytes.len() == 18
        && bytes[..17].iter().all(u8::is_ascii_digit)
        && (bytes[17].is_ascii_digit() || bytes[17] == b'X');
    if !shaped {
        return Err(Error::invalid(
            "identity.resident-id-shape",
            "identifier",
            "a resident ID number has 17 digits and a last digit or X",
        ));
    }
    let digits = |from: usize, to: usize| number[from..to].parse::<i16>().unwrap_or(-1);
    let month = i8::try_from(digits(10, 12)).unwrap_or(0);
    let day = i8::try_from(digits(12, 14)).unwrap_or(0);
    let birth_date = Date::new(digits(6, 10), month, day).map_err(|_| {
        Error::invalid(
            "identity.resident-id-date",
            "identifier",
            "digits 7 to 14 of a resident ID number are the birth date",
        )
    })?;
    let check = if resident_id_check(&bytes[..17]) == bytes[17] {
        Check::Passed
    } else {
        Check::Failed
    };
    let sex = if (bytes[16] - b'0') % 2 == 1 {
        Sex::Male
    } else {
        Sex::Female
    };
    Ok(ResidentId {
        number,
        birth_date,
        sex,
        check,
    })
}

/// The check character of the first 17 digits.
pub fn resident_id_check(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(index, digit)| u32::from(digit - b'0') * (1_u32 << (17 - index)))
        .sum();
    b"10X98765432"[(sum % 11) as usize]
}

const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks an 18-character unified social credit code (GB 32100-2015: Σ cᵢ·3^(i−1) mod 31).
/// Answers the code in upper case.
///
/// # Errors
/// `identity.credit-code-shape`: it can't be such a code.
pub fn credit_code(text: &str) -> Result<(String, Check)> {
    let code = crate::text::fold(text).to_ascii_uppercase();
    let values: Option<Vec<u32>> = code
        .bytes()
        .map(|byte| {
            CREDIT_ALPHABET
                .iter()
                .position(|&c| c == byte)
                .and_then(|at| u32::try_from(at).ok())
        })
        .collect();
    let Some(values) = values.filter(|values| values.len() == 18) else {
        return Err(Error::invalid(
            "identity.credit-code-shape",
            "credit_code",
            "a unified social credit code has 18 characters, digits and capitals without I, O, S, V, Z",
        ));
    };
    let expected = credit_code_check(&values[..17]);
    let check = if expected == values[17] {
        Check::Passed
    } else {
        Check::Failed
    };
    Ok((code, check))
}

fn credit_code_check(values: &[u32]) -> u32 {
    let mut weight = 1;
    let mut sum = 0;
    for value in values {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    (31 - sum % 31) % 31
}

/// Completes 17 characters of a credit code with the check character; `None` for a wrong alphabet
/// or length.
pub fn complete_credit_code(prefix: &str) -> Option<String> {
    let values: Vec<u32> = prefix
        .bytes()
        .map(|byte| {
            CREDIT_ALPHABET
                .iter()
                .position(|&c| c == byte)
                .and_then(|at| u32::try_from(at).ok())
        })
        .collect::<Option<_>>()?;
    if values.len() != 17 {
        return None;
    }
    let check = CREDIT_ALPHABET[credit_code_check(&values) as usize];
    Some(format!("{prefix}{}", char::from(check)))
}

/// Checks the shape of a health institution registration number: 22 letters or digits. Which
/// positions carry what is set by the registering authority, so no check character is assumed.
///
/// # Errors
/// `identity.institution-code-shape`: it can't be such a number.
pub fn institution_code(text: &str) -> Result<String> {
    let code = crate::text::fold(text).to_ascii_uppercase();
    if code.len() == 22 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(code);
    }
    Err(Error::invalid(
        "identity.institution-code-shape",
        "institution_code",
        "a health institution registration number has 22 letters or digits",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_examples_hold() {
        let read = resident_id("11010519491231002x").unwrap();
        assert_eq!(read.check, Check::Passed);
        assert_eq!(read.birth_date.to_string(), "1949-12-31");
        assert_eq!(read.sex, Sex::Female);
        assert_eq!(credit_code("91350100M000100Y43").unwrap().1, Check::Passed);
        assert_eq!(
            complete_credit_code("91350100M000100Y4").unwrap(),
            "91350100M000100Y43"
        );
    }

    #[test]
    fn wrong_shapes_are_refused_and_wrong_checks_are_warnings() {
        assert_eq!(
            resident_id("110105194912310021").unwrap().check,
            Check::Failed
        );
        assert_eq!(
            resident_id("110105194902300021").unwrap_err().code(),
            "identity.resident-id-date"
        );
        assert_eq!(
            resident_id("1101051949123100").unwrap_err().code(),
            "identity.resident-id-shape"
        );
        assert_eq!(credit_code("91350100M000100Y44").unwrap().1, Check::Failed);
        assert!(credit_code("91350100M000100YI3").is_err());
        assert_eq!(
            resident_id("１１０１０５１９４９１２３１００２Ｘ")
                .unwrap()
                .check,
            Check::Passed
        );
    }
}
