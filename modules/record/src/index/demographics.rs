//! What a source says of a person, as it came.

use kernel::Id;
use kernel::identity::{Check, Sex, resident_id};
use linkage::{Address, Birth, Identifier, Name, Person, Placeholders};
use serde::{Deserialize, Serialize};

use crate::model::{IdentifierKind, Patient};

/// A number as a source holds it; nothing has been checked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceIdentifier {
    /// What sort of number.
    pub kind: IdentifierKind,
    /// The number.
    pub value: String,
    /// Who gave it, for hospital numbers.
    #[serde(default)]
    pub org_id: Option<Id>,
}

/// What a source says of a person. Everything may be missing or wrong; it is kept as it came.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = SourceDemographics)]
pub struct Demographics {
    /// Name.
    pub name: Option<String>,
    /// Names the person had before.
    pub former_names: Vec<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Birth date, `YYYY-MM-DD` where it is one.
    pub birth_date: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address in words.
    pub address: Option<String>,
    /// Village or neighbourhood.
    pub village: Option<String>,
    /// Numbers.
    pub identifiers: Vec<SourceIdentifier>,
    /// The member has read the identity card by machine, or compared it with the person.
    pub card_verified: bool,
}

/// Logs carry ids only.
impl std::fmt::Debug for Demographics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Demographics(…)")
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// It is not there.
    Missing,
    /// It cannot be right: a date no calendar has, a number that fails its check.
    Invalid,
    /// It stands for "not known".
    Placeholder,
}

impl Flaw {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::Placeholder => "placeholder",
        }
    }
}

/// Fields whose quality is counted.
pub(crate) const MEASURED: [&str; 6] = [
    "name",
    "sex",
    "birth-date",
    "resident-id",
    "phone",
    "address",
];

impl Demographics {
    /// What a patient's own document says, as if it were a source.
    pub fn of_patient(patient: &Patient) -> Self {
        let live = patient.live_identifiers();
        Self {
            name: patient.identified.then(|| patient.name.clone()),
            former_names: patient.former_names.clone(),
            sex: Some(patient.sex).filter(|&sex| sex != Sex::Unknown),
            birth_date: patient.birth_date.map(|date| date.to_string()),
            phone: patient.phone.clone(),
            address: patient.address.clone(),
            village: patient.village.clone(),
            identifiers: live
                .map(|one| SourceIdentifier {
                    kind: one.kind,
                    value: one.value.clone(),
                    org_id: one.org_id,
                })
                .collect(),
            card_verified: false,
        }
    }

    /// The view of it that the matching engine compares.
    pub fn person(&self) -> Person {
        let names = self.name.iter().chain(&self.former_names);
        let identifiers = self.identifiers.iter().map(|one| Identifier {
            kind: one.kind.word().to_owned(),
            issuer: one.org_id.map(|id| id.to_string()).unwrap_or_default(),
            value: one.value.clone(),
        });
        let written = self.address.as_deref().or(self.village.as_deref());
        let mut address = written.map(Address::from_text).unwrap_or_default();
        if address.locality.is_empty() {
            address.locality = self.village.clone().unwrap_or_default();
        }
        Person {
            names: names.cloned().map(Name::Whole).collect(),
            birth: self.birth_date.as_deref().and_then(Birth::read),
            sex: self.sex,
            phones: self.phone.iter().cloned().collect(),
            address,
            identifiers: identifiers.collect(),
        }
    }

    /// The resident ID number, and whether its check character agrees.
    pub fn resident_id(&self) -> Option<(&str, bool)> {
        let mut all = self.identifiers.iter();
        let one = all.find(|one| one.kind == IdentifierKind::ResidentId)?;
        let passed = resident_id(&one.value).is_ok_and(|read| read.check == Check::Passed);
        Some((&one.value, passed))
    }

    /// What is wrong with each of [`MEASURED`]; fields that are right are not listed.
    pub fn flaws(&self, placeholders: &Placeholders) -> Vec<(&'static str, Flaw)> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let of_name = match self.name.as_deref() {
            None | Some("") => Some(Flaw::Missing),
            Some(name) if placeholders.is_name(name) => Some(Flaw::Placeholder),
            Some(_) => None,
        };
        let of_sex = self.sex.is_none_or(|sex| sex == Sex::Unknown);
        let of_birth = match (self.birth_date.as_deref(), self.birth()) {
            (None | Some(""), _) => Some(Flaw::Missing),
            (Some(written), None) if Birth::read(written).is_none() => Some(Flaw::Invalid),
            (Some(written), _) if is_placeholder_date(written, placeholders) => {
                Some(Flaw::Placeholder)
            }
            (Some(_), None) => Some(Flaw::Invalid),
            (Some(_), Some(_)) => None,
        };
        let of_id = match self.resident_id() {
            None => Some(Flaw::Missing),
            Some((number, _)) if placeholders.is_identifier(number) => Some(Flaw::Placeholder),
            Some((_, false)) => Some(Flaw::Invalid),
            Some((_, true)) => None,
        };
        let digits: String = text(&self.phone)
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let of_phone = match digits.len() {
            0 => Some(Flaw::Missing),
            _ if placeholders.is_phone(&digits) => Some(Flaw::Placeholder),
            6..=15 => None,
            _ => Some(Flaw::Invalid),
        };
        let address = text(&self.address) + &text(&self.village);
        let of_address = match address.as_str() {
            "" => Some(Flaw::Missing),
            words if placeholders.is_address(words) => Some(Flaw::Placeholder),
            _ => None,
        };
        let all = [
            of_name,
            of_sex.then_some(Flaw::Missing),
            of_birth,
            of_id,
            of_phone,
            of_address,
        ];
        let named = MEASURED.into_iter().zip(all);
        named
            .filter_map(|(field, flaw)| Some((field, flaw?)))
            .collect()
    }

    /// The birth date, where a calendar has it.
    pub fn birth(&self) -> Option<kernel::Date> {
        let read = Birth::read(self.birth_date.as_deref()?)?;
        let small = |part: u8| i8::try_from(part).unwrap_or(0);
        kernel::Date::new(read.year, small(read.month), small(read.day)).ok()
    }
}

fn is_placeholder_date(written: &str, placeholders: &Placeholders) -> bool {
    Birth::read(written).is_some_and(|birth| placeholders.is_birth(birth))
}
