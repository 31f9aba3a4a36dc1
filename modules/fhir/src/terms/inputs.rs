//! What a terminology operation is asked with: the pairs of an address, or Parameters.

use fhir::{IssueCode, Resource, View};
use kernel::Result;

use crate::refusal;
use crate::shape::Pairs;

/// Characters of one value.
const VALUE_CHARS_MAX: usize = 1_000;

/// The parameters by name; a coding stands as `system`, `code` and `display`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    values: Pairs,
    /// A value set that came along.
    pub value_set: Option<Resource>,
}

impl Inputs {
    /// From an address.
    pub(crate) fn of_pairs(pairs: &Pairs) -> Self {
        Self {
            values: pairs.clone(),
            value_set: None,
        }
    }

    /// Adds what a Parameters resource says.
    ///
    /// # Errors
    /// What of it can't be read.
    pub(crate) fn add(&mut self, body: &Resource) -> Result<()> {
        if body.type_name() != "Parameters" {
            let text = "the operation takes Parameters";
            return Err(refusal::refuse(IssueCode::Invalid, "resourceType", text));
        }
        for one in body
            .root()
            .get("parameter")
            .into_iter()
            .flat_map(View::items)
        {
            let name = super::text(one, "name").unwrap_or_default();
            if let Some(resource) = one.get("resource") {
                if name != "valueSet" {
                    return Err(unknown(&name));
                }
                self.value_set = Some(resource.to_resource().map_err(refusal::of_issue)?);
                continue;
            }
            if let Some(coding) = one.get("valueCoding") {
                self.add_coding(coding);
                continue;
            }
            if let Some(concept) = one.get("valueCodeableConcept") {
                let first = concept.get("coding").and_then(|all| all.items().next());
                first.into_iter().for_each(|coding| self.add_coding(coding));
                continue;
            }
            let value = one
                .members()
                .find(|member| member.name().starts_with("value"));
            let value = value.and_then(|value| match value.as_str() {
                Some(text) => Some(text.into_owned()),
                None => value
                    .as_number()
                    .map(str::to_owned)
                    .or_else(|| value.as_bool().map(|flag| flag.to_string())),
            });
            let value = value.ok_or_else(|| unknown(&name))?;
            self.values.push((name, value));
        }
        Ok(())
    }

    fn add_coding(&mut self, coding: View<'_>) {
        for name in ["system", "code", "display"] {
            if let Some(value) = super::text(coding, name) {
                self.values.push((name.to_owned(), value));
            }
        }
    }

    /// Refuses parameters that the operation would leave out.
    ///
    /// # Errors
    /// Names the first.
    pub(crate) fn only(&self, names: &[&str]) -> Result<()> {
        for (name, value) in &self.values {
            if !names.contains(&name.as_str()) {
                return Err(unknown(name));
            }
            if value.chars().count() > VALUE_CHARS_MAX {
                let text = "this value is too long";
                return Err(refusal::refuse(IssueCode::TooLong, name, text));
            }
        }
        Ok(())
    }

    /// A value that may be left out.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A value that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn require(&self, name: &str) -> Result<&str> {
        let missing = || {
            let text = format!("the parameter {name} is needed");
            refusal::refuse(IssueCode::Required, name, text)
        };
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(missing)
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u32>> {
        let wrong = |_| refusal::refuse(IssueCode::Value, name, "this is no whole number");
        self.get(name)
            .map(|text| text.parse::<u32>().map_err(wrong))
            .transpose()
    }

    /// A truth value; no where it is left out.
    ///
    /// # Errors
    /// When it is neither.
    pub(crate) fn flag(&self, name: &str) -> Result<bool> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(refusal::refuse(IssueCode::Value, name, "true or false")),
        }
    }
}

fn unknown(name: &str) -> kernel::Error {
    let name: String = name.chars().take(60).collect();
    let text = "this parameter is not supported by the operation";
    refusal::refuse(IssueCode::NotSupported, &name, text)
}
