//! What an app may do in somebody's name: never more than they may, and only what it was granted.
//!
//! The words are those of SMART on FHIR 2: `patient/Observation.rs`, `user/*.cruds`, `system/*.rs`;
//! those of version 1 (`patient/*.read`) mean the same rights.

use serde::{Deserialize, Serialize};

use crate::Id;

/// Whose resources a scope is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppLevel {
    /// The one patient the app was launched for.
    Patient,
    /// All that the user may see.
    User,
    /// All that the system's account may see.
    System,
}

impl AppLevel {
    /// How scopes begin.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::User => "user",
            Self::System => "system",
        }
    }
}

/// One thing that is done with resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppRight {
    /// Make a new one.
    Create,
    /// Read one that is known: read, vread, its history.
    Read,
    /// Change one.
    Update,
    /// Take one away.
    Delete,
    /// Look for some: search, history of a type.
    Search,
}

/// A set of rights, kept as the letters of SMART 2 in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppRights(u8);

const LETTERS: [(char, AppRight); 5] = [
    ('c', AppRight::Create),
    ('r', AppRight::Read),
    ('u', AppRight::Update),
    ('d', AppRight::Delete),
    ('s', AppRight::Search),
];

impl AppRights {
    /// Everything.
    pub const ALL: Self = Self(0b1_1111);

    /// Reads the letters `cruds`, each at most once and in this order, or a word of version 1.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "read" => return Self::parse("rs"),
            "write" => return Self::parse("cud"),
            "*" => return Some(Self::ALL),
            "" => return None,
            _ => {}
        }
        let (mut rights, mut from) = (0, 0);
        for letter in text.chars() {
            let place = LETTERS.iter().position(|(one, _)| *one == letter)?;
            if place < from {
                return None;
            }
            rights |= 1 << place;
            from = place + 1;
        }
        Some(Self(rights))
    }

    /// Is the right among them?
    pub fn has(self, right: AppRight) -> bool {
        LETTERS
            .iter()
            .position(|(_, one)| *one == right)
            .is_some_and(|place| self.0 & (1 << place) != 0)
    }

    /// Those that both have.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that one of them has.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Are there none?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The letters.
    pub fn letters(self) -> String {
        LETTERS
            .iter()
            .enumerate()
            .filter(|(place, _)| self.0 & (1 << place) != 0)
            .map(|(_, (letter, _))| *letter)
            .collect()
    }
}

/// A scope on data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataScope {
    /// Whose resources.
    pub level: AppLevel,
    /// Of which type; `*` for all.
    pub resource: String,
    /// What may be done with them.
    pub rights: AppRights,
}

impl DataScope {
    /// Reads `level/Type.rights`. What narrows a scope by a query is not understood, and so is `None`
    /// like everything else that is not a scope on data.
    pub fn parse(text: &str) -> Option<Self> {
        let (level, rest) = text.split_once('/')?;
        let (resource, rights) = rest.split_once('.')?;
        let level = match level {
            "patient" => AppLevel::Patient,
            "user" => AppLevel::User,
            "system" => AppLevel::System,
            _ => return None,
        };
        let named = resource.starts_with(|c: char| c.is_ascii_uppercase())
            && resource.chars().all(|c| c.is_ascii_alphabetic());
        if resource != "*" && !named {
            return None;
        }
        Some(Self {
            level,
            resource: resource.to_owned(),
            rights: AppRights::parse(rights)?,
        })
    }

    /// The scope in the words of SMART 2.
    pub fn text(&self) -> String {
        let (level, letters) = (self.level.word(), self.rights.letters());
        format!("{level}/{}.{letters}", self.resource)
    }

    /// Is it about resources of this type?
    pub fn covers(&self, kind: &str) -> bool {
        self.resource == "*" || self.resource == kind
    }
}

/// How far an app reaches with one right among resources of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppReach {
    /// As far as whom it acts for.
    Everything,
    /// The compartment of this patient.
    Patient(Id),
}

/// What an app was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppGrant {
    /// The app.
    pub app_id: Id,
    /// What it is called, for logs that people read.
    pub name: String,
    /// The patient it was launched for.
    pub patient_id: Option<Id>,
    /// What it may do with data.
    pub scopes: Vec<DataScope>,
}

impl AppGrant {
    /// How far the app reaches; `None` means not at all.
    pub fn reach(&self, kind: &str, right: AppRight) -> Option<AppReach> {
        let granted = |level: fn(AppLevel) -> bool| {
            self.scopes
                .iter()
                .any(|scope| level(scope.level) && scope.covers(kind) && scope.rights.has(right))
        };
        if granted(|level| level != AppLevel::Patient) {
            return Some(AppReach::Everything);
        }
        let patient = self.patient_id?;
        granted(|level| level == AppLevel::Patient).then_some(AppReach::Patient(patient))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_both_versions_are_read_and_others_are_not() {
        for (text, same) in [
            ("patient/Observation.rs", "patient/Observation.rs"),
            ("patient/Observation.read", "patient/Observation.rs"),
            ("user/*.write", "user/*.cud"),
            ("system/*.*", "system/*.cruds"),
            ("user/Patient.cruds", "user/Patient.cruds"),
        ] {
            assert_eq!(DataScope::parse(text).unwrap().text(), same);
        }
        for text in [
            "patient/Observation.sr",
            "patient/Observation.rr",
            "patient/Observation.",
            "patient/observation.rs",
            "patient/Observation.rs?category=laboratory",
            "everybody/*.rs",
            "patient/*",
            "launch/patient",
            "openid",
            "patient/Obs ervation.rs",
        ] {
            assert_eq!(DataScope::parse(text), None, "{text}");
        }
    }

    #[test]
    fn reach_is_the_widest_level_that_has_the_right() {
        let patient: Id = "01928f0e-0000-7000-8000-000000000000".parse().unwrap();
        let mut grant = AppGrant {
            app_id: patient,
            name: String::new(),
            patient_id: Some(patient),
            scopes: vec![
                DataScope::parse("patient/*.r").unwrap(),
                DataScope::parse("user/Organization.rs").unwrap(),
            ],
        };
        let reach = |grant: &AppGrant, kind, right| grant.reach(kind, right);
        let one = Some(AppReach::Patient(patient));
        assert_eq!(reach(&grant, "Observation", AppRight::Read), one);
        assert_eq!(reach(&grant, "Observation", AppRight::Search), None);
        let all = Some(AppReach::Everything);
        assert_eq!(reach(&grant, "Organization", AppRight::Search), all);
        grant.patient_id = None;
        assert_eq!(reach(&grant, "Observation", AppRight::Read), None);
    }
}
