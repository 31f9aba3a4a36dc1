//! What is compared of a person: as a source gave it ([`Person`]), and cleaned, cut and keyed once so
//! that a comparison is quick ([`Prepared`]).

use std::fmt;

use kernel::identity::{Check, Sex, resident_id};
use kernel::text;

use crate::address::Address;
use crate::hash;
use crate::name::{Name, PreparedName};
use crate::placeholder::Placeholders;

/// The kind word of a resident ID number; its number is checked and compared by itself.
pub const RESIDENT_ID: &str = "resident-id";

/// A birth date as it was written: a source may hold a day that no calendar has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Birth {
    /// Year.
    pub year: i16,
    /// Month, 1 to 12 where it is right.
    pub month: u8,
    /// Day, 1 to 31 where it is right.
    pub day: u8,
}

impl Birth {
    /// Of a calendar date.
    pub fn of(date: kernel::Date) -> Self {
        let (year, month, day) = date.parts();
        Self {
            year,
            month: month.unsigned_abs(),
            day: day.unsigned_abs(),
        }
    }

    /// Reads `YYYYMMDD` or `YYYY-MM-DD` (any separator); what is no number is no date.
    pub fn read(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() != 8 {
            return None;
        }
        Some(Self {
            year: digits[..4].parse().ok()?,
            month: digits[4..6].parse().ok()?,
            day: digits[6..].parse().ok()?,
        })
    }

    /// `YYYY-MM-DD`.
    pub fn text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    fn hash(self) -> u64 {
        let year = u64::from(self.year.unsigned_abs());
        hash::mix(year << 16 | u64::from(self.month) << 8 | u64::from(self.day))
    }
}

/// A number that identifies a person.
#[derive(Clone)]
pub struct Identifier {
    /// What sort: [`RESIDENT_ID`], `insurance`, `passport` …
    pub kind: String,
    /// Who gave it, where the number says nothing without that; else empty.
    pub issuer: String,
    /// The number.
    pub value: String,
}

/// A person as a source describes them. Everything may be missing.
#[derive(Clone, Default)]
pub struct Person {
    /// Names: the present one, former ones, the one in another script.
    pub names: Vec<Name>,
    /// Birth date.
    pub birth: Option<Birth>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Telephones.
    pub phones: Vec<String>,
    /// Where they live.
    pub address: Address,
    /// Numbers.
    pub identifiers: Vec<Identifier>,
}

/// Nobody's data appear in a log.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

/// A person ready to be compared: placeholder values gone, names cut and sounded, numbers checked.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) names: Box<[PreparedName]>,
    pub(crate) birth: Option<Birth>,
    pub(crate) birth_as_lunar: Option<Birth>,
    pub(crate) sex: Option<Sex>,
    pub(crate) phones: Box<[u64]>,
    pub(crate) locality: Box<str>,
    pub(crate) street: Box<str>,
    pub(crate) house: Box<str>,
    pub(crate) postcode: Box<str>,
    pub(crate) resident_id: Option<Box<str>>,
    /// The check character of the resident ID number agrees.
    pub(crate) resident_id_valid: bool,
    pub(crate) identifiers: Box<[(u64, Box<str>)]>,
}

/// Nobody's data appear in a log.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared(…)")
    }
}

/// Names, telephones and numbers of one person that are compared at most.
const VALUES_MAX: usize = 8;

impl Prepared {
    /// Cleans and keys a person.
    pub fn new(person: &Person, placeholders: &Placeholders) -> Self {
        let names = person.names.iter().take(VALUES_MAX);
        let names = names.filter_map(|name| PreparedName::new(name, placeholders));
        let birth = person.birth.filter(|&birth| !placeholders.is_birth(birth));
        let phones = person.phones.iter().take(VALUES_MAX);
        let (mut resident, mut valid, mut others) = (None, false, Vec::new());
        for identifier in person.identifiers.iter().take(VALUES_MAX) {
            let value = compact(&identifier.value);
            if placeholders.is_identifier(&value) {
                continue;
            }
            if identifier.kind != RESIDENT_ID {
                let kind = hash::pair(
                    hash::text(&identifier.kind),
                    hash::text(&compact(&identifier.issuer)),
                );
                others.push((kind, value.into_boxed_str()));
                continue;
            }
            let passed = resident_id(&value).is_ok_and(|read| read.check == Check::Passed);
            if resident.is_none() || (passed && !valid) {
                (resident, valid) = (Some(value.into_boxed_str()), passed);
            }
        }
        let address = person.address.cleaned(placeholders);
        Self {
            names: names.collect(),
            birth,
            birth_as_lunar: birth.and_then(crate::lunar::of),
            sex: person.sex.filter(|&sex| sex != Sex::Unknown),
            phones: phones
                .filter_map(|phone| phone_number(phone, placeholders))
                .collect(),
            locality: address.locality.into_boxed_str(),
            street: address.street.into_boxed_str(),
            house: address.house.into_boxed_str(),
            postcode: address.postcode.into_boxed_str(),
            resident_id: resident,
            resident_id_valid: valid,
            identifiers: others.into_boxed_slice(),
        }
    }

    /// Stands for the birth date in keys.
    pub(crate) fn birth_hash(&self) -> Option<u64> {
        self.birth.map(Birth::hash)
    }
}

/// Letters and digits in upper case; blanks, dashes and dots are how people group them.
pub(crate) fn compact(value: &str) -> String {
    let folded = text::fold(value);
    let kept = folded.chars().filter(|letter| letter.is_alphanumeric());
    kept.flat_map(char::to_uppercase).collect()
}

/// The digits of a telephone as one number, without the country's code.
fn phone_number(phone: &str, placeholders: &Placeholders) -> Option<u64> {
    let folded = text::fold(phone);
    let mut digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    if digits.len() > 11 && digits.starts_with("86") {
        digits.drain(..2);
    }
    if !(6..=15).contains(&digits.len()) || placeholders.is_phone(&digits) {
        return None;
    }
    digits.parse().ok()
}
