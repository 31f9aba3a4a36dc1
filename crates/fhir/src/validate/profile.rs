//! Profiles of the consortium: rules as data, on top of the base definitions.

use serde::Deserialize;

use super::ISSUES_MAX;
use crate::fhirpath::{Element, Expression, Item};
use crate::issue::{Issue, IssueCode};
use crate::json::Resource;

/// What a consortium asks beyond R4, for one resource type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its canonical URL; resources claim it in `meta.profile`.
    pub url: String,
    /// The resource type it is about.
    pub kind: String,
    /// Whether it is asked of every resource of the type, claimed or not.
    #[serde(default)]
    pub always: bool,
    /// What it asks.
    pub rules: Vec<Rule>,
}

/// One rule of a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The elements it is about, as FHIRPath from the resource, such as `Patient.identifier`.
    pub path: String,
    /// How many there must be.
    #[serde(default)]
    pub min: usize,
    /// How many there may be.
    #[serde(default)]
    pub max: Option<usize>,
    /// Codes they must be of: a code, or `system|code`.
    #[serde(default)]
    pub codes: Vec<String>,
    /// What must hold of each, as FHIRPath.
    #[serde(default)]
    pub expression: Option<String>,
    /// Whether breaking it is only a warning.
    #[serde(default)]
    pub warning: bool,
    /// The sentence for whoever breaks it.
    pub message: String,
}

impl Profile {
    /// What is wrong with the profile itself: paths and expressions that cannot be read.
    pub fn problems(&self) -> Vec<String> {
        let expressions = self
            .rules
            .iter()
            .flat_map(|rule| std::iter::once(rule.path.as_str()).chain(rule.expression.as_deref()));
        expressions
            .filter_map(|text| Expression::parse(text).err())
            .collect()
    }

    pub(super) fn check(&self, resource: &Resource, issues: &mut Vec<Issue>) {
        if resource.type_name() != self.kind || !(self.always || self.is_claimed(resource)) {
            return;
        }
        for rule in &self.rules {
            if issues.len() < ISSUES_MAX && !rule.holds(resource) {
                let mut issue = Issue::error(
                    IssueCode::BusinessRule,
                    rule.path.clone(),
                    rule.message.clone(),
                );
                if rule.warning {
                    issue.severity = crate::issue::Severity::Warning;
                }
                issues.push(issue);
            }
        }
    }

    fn is_claimed(&self, resource: &Resource) -> bool {
        let claimed = resource
            .root()
            .at(&["meta"])
            .and_then(|meta| meta.get("profile"));
        let mut urls = claimed.into_iter().flat_map(crate::json::View::items);
        urls.any(|url| {
            url.as_str()
                .is_some_and(|url| url.split('|').next() == Some(&self.url))
        })
    }
}

impl Rule {
    fn holds(&self, resource: &Resource) -> bool {
        let Ok(path) = Expression::parse(&self.path) else {
            return false;
        };
        let Ok(items) = path.evaluate(resource) else {
            return false;
        };
        let count = items.len();
        if count < self.min || self.max.is_some_and(|max| count > max) {
            return false;
        }
        if !self.codes.is_empty() && !items.iter().all(|item| self.has_code(item)) {
            return false;
        }
        let Some(expression) = &self.expression else {
            return true;
        };
        let Ok(expression) = Expression::parse(expression) else {
            return false;
        };
        let root = Element::root(resource);
        let context = crate::fhirpath::Context::new(root);
        let elements = items.iter().filter_map(Item::element);
        elements
            .into_iter()
            .all(|element| expression.holds(element, &context) != Some(false))
    }

    fn has_code(&self, item: &Item<'_>) -> bool {
        let known = |system: Option<&str>, code: &str| {
            self.codes
                .iter()
                .any(|wanted| match wanted.rsplit_once('|') {
                    Some((of, wanted)) => system == Some(of) && wanted == code,
                    None => wanted == code,
                })
        };
        let Some(element) = item.element() else {
            return false;
        };
        let Some(view) = element.view else {
            return false;
        };
        let coding = |view: crate::json::View<'_>| {
            let system = view.get("system").and_then(crate::json::View::as_str);
            let code = view.get("code").and_then(crate::json::View::as_str);
            code.is_some_and(|code| known(system.as_deref(), &code))
        };
        match element.kind.name {
            "Coding" => coding(view),
            "CodeableConcept" => view
                .get("coding")
                .into_iter()
                .flat_map(crate::json::View::items)
                .any(coding),
            _ => element.text().is_some_and(|code| known(None, &code)),
        }
    }
}
