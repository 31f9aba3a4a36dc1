//! Scopes as they are asked for, and as far as they are granted.

use kernel::{AppLevel, AppRights, DataScope};

/// Characters of a scope parameter at most.
const TEXT_CHARS_MAX: usize = 4_000;

/// Words that are no scopes on data.
const WORDS: [&str; 8] = [
    "openid",
    "fhirUser",
    "profile",
    "launch",
    "launch/patient",
    "offline_access",
    "online_access",
    "launch/encounter",
];
/// The last of [`WORDS`] is known, and not offered.
const WORDS_OFFERED: usize = 7;

/// One scope that was asked for or granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// One of the words.
    Word(&'static str),
    /// Data, with the text it was asked in.
    Data(DataScope, String),
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        if let Some(word) = WORDS[..WORDS_OFFERED].iter().find(|word| **word == text) {
            return Some(Self::Word(word));
        }
        let data = DataScope::parse(text)?;
        let known =
            data.resource == "*" || fhir::definitions::resource_type(&data.resource).is_some();
        known.then(|| Self::Data(data, text.to_owned()))
    }

    fn text(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Data(_, text) => text,
        }
    }
}

/// Several scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes(pub Vec<Scope>);

impl Scopes {
    /// Reads a scope parameter; one that is not understood is the error.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > TEXT_CHARS_MAX {
            return Err("(too many)".to_owned());
        }
        let mut scopes: Vec<Scope> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let scope = Scope::parse(word).ok_or_else(|| word.to_owned())?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Ok(Self(scopes))
    }

    /// Reads scopes that were checked before.
    pub(crate) fn kept<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().filter_map(Scope::parse).collect())
    }

    /// Is the word among them?
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0
            .iter()
            .any(|scope| matches!(scope, Scope::Word(one) if *one == word))
    }

    /// Those on data.
    pub(crate) fn data(&self) -> impl Iterator<Item = &DataScope> {
        self.0.iter().filter_map(|scope| match scope {
            Scope::Data(data, _) => Some(data),
            Scope::Word(_) => None,
        })
    }

    /// Is one of them about the data of this level?
    pub(crate) fn has_level(&self, level: AppLevel) -> bool {
        self.data().any(|data| data.level == level)
    }

    /// As a scope parameter.
    pub(crate) fn text(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(Scope::text).collect();
        words.join(" ")
    }

    /// As much of these as `allowed` allows: a type or a right that is not is left out.
    #[must_use]
    pub(crate) fn within(&self, allowed: &Self) -> Self {
        let mut granted: Vec<Scope> = Vec::new();
        for scope in &self.0 {
            match scope {
                Scope::Word(word) if allowed.has(word) => granted.push(scope.clone()),
                Scope::Word(_) => {}
                Scope::Data(asked, text) => {
                    for part in narrowed(asked, text, allowed) {
                        if !granted.contains(&part) {
                            granted.push(part);
                        }
                    }
                }
            }
        }
        Self(granted)
    }

    /// Does `wider` allow all of these?
    pub(crate) fn lie_within(&self, wider: &Self) -> bool {
        self.within(wider) == *self
    }
}

/// The parts of one scope that are allowed; the scope as it was written where it is allowed whole.
fn narrowed(asked: &DataScope, text: &str, allowed: &Scopes) -> Vec<Scope> {
    let none = AppRights::default();
    let of_level = || allowed.data().filter(|one| one.level == asked.level);
    let whole = of_level()
        .filter(|one| one.resource == "*" || one.resource == asked.resource)
        .fold(none, |rights, one| rights.with(one.rights))
        .common(asked.rights);
    let mut parts = Vec::new();
    if whole == asked.rights {
        parts.push(Scope::Data(asked.clone(), text.to_owned()));
        return parts;
    }
    let mut add = |resource: &str, rights: AppRights| {
        if !rights.is_empty() {
            let data = DataScope {
                level: asked.level,
                resource: resource.to_owned(),
                rights,
            };
            let text = data.text();
            parts.push(Scope::Data(data, text));
        }
    };
    add(&asked.resource, whole);
    if asked.resource == "*" {
        for one in of_level().filter(|one| one.resource != "*") {
            add(&one.resource, one.rights.common(asked.rights));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, wrong) in [
            ("openid patient/*.rs admin", "admin"),
            ("patient/Observations.rs", "patient/Observations.rs"),
            ("launch/encounter", "launch/encounter"),
            (
                "patient/Observation.rs?code=1",
                "patient/Observation.rs?code=1",
            ),
        ] {
            assert_eq!(Scopes::parse(text), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn scopes_are_narrowed_to_what_is_allowed() {
        let cases = [
            ("patient/*.rs", "patient/*.rs openid", "patient/*.rs"),
            ("patient/*.read", "patient/*.cruds", "patient/*.read"),
            (
                "patient/*.rs",
                "patient/Observation.rs patient/Condition.r",
                "patient/Observation.rs patient/Condition.r",
            ),
            (
                "patient/Observation.cruds",
                "patient/*.rs",
                "patient/Observation.rs",
            ),
            ("user/*.rs", "patient/*.rs", ""),
            ("openid offline_access", "openid", "openid"),
            (
                "system/*.rs",
                "system/*.r system/Patient.s",
                "system/*.r system/Patient.s",
            ),
        ];
        for (asked, allowed, granted) in cases {
            let (asked, allowed) = (Scopes::parse(asked), Scopes::parse(allowed));
            let (asked, allowed) = (asked.unwrap(), allowed.unwrap());
            let within = asked.within(&allowed);
            assert_eq!(within.text(), granted);
            assert!(within.lie_within(&allowed));
        }
    }
}
