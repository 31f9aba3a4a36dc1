//! Profiles of the consortium: StructureDefinitions that constrain R4, read once and checked on top
//! of the base definitions.
//!
//! What of a profile is not checked is listed when it is read, so that nothing is ignored in silence;
//! what makes no sense is refused.

mod check;
mod path;
mod read;

use std::sync::Arc;

use serde_json::Value;

use crate::definitions::ValueSet;
use crate::fhirpath::Expression;
use crate::issue::Issue;
use crate::json::{Resource, View};

/// A profile that can be checked.
#[derive(Clone)]
pub struct Profile {
    /// Its canonical URL; resources claim it in `meta.profile`.
    pub url: String,
    /// The resource type it is about.
    pub kind: &'static str,
    /// What of it is not checked, with the place.
    pub not_checked: Vec<String>,
    root: Node,
}

/// What is wrong with a resource by a profile, and what a terminology has yet to decide.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong.
    pub issues: Vec<Issue>,
    /// Codes to look up.
    pub codes: Vec<CodeCheck>,
}

/// Codes of which one must be in a value set that R4 does not list.
#[derive(Clone, Debug)]
pub struct CodeCheck {
    /// The value set's URL.
    pub value_set: String,
    /// System and code; a primitive code has no system.
    pub codings: Vec<(Option<String>, String)>,
    /// Where they stand.
    pub place: String,
    /// The profile that asks.
    pub profile: String,
}

/// What a profile asks of the elements of one name, and below them.
#[derive(Clone, Default)]
struct Node {
    /// As the profile writes it: `identifier`, `value[x]`, `valueQuantity`; the name of a slice.
    name: String,
    min: usize,
    max: Option<usize>,
    /// Types a choice may have; empty: those of R4.
    types: Vec<String>,
    /// Types a reference may point at; empty: those of R4.
    targets: Vec<String>,
    wanted: Option<Wanted>,
    binding: Option<Binding>,
    max_length: Option<usize>,
    constraints: Vec<Constraint>,
    slicing: Option<Slicing>,
    slices: Vec<Node>,
    children: Vec<Node>,
}

/// The value an element must have.
#[derive(Clone)]
enum Wanted {
    /// Exactly this.
    Fixed(Value),
    /// At least this.
    Pattern(Value),
}

/// The codes an element must be of.
#[derive(Clone)]
enum Binding {
    Base(&'static ValueSet),
    Local(String),
}

#[derive(Clone)]
struct Constraint {
    key: String,
    human: String,
    error: bool,
    expression: Arc<Expression>,
}

#[derive(Clone, Default)]
struct Slicing {
    /// The paths by which the slices are told apart.
    discriminators: Vec<Vec<String>>,
    /// Nothing may stand outside the slices.
    closed: bool,
}

impl Profile {
    /// Reads a StructureDefinition.
    ///
    /// # Errors
    /// What makes it no profile that could be checked, each with its place.
    pub fn read(definition: &Resource) -> Result<Self, Vec<Issue>> {
        read::read(definition)
    }

    /// Whether a resource claims it in `meta.profile`.
    pub fn is_claimed(&self, resource: &Resource) -> bool {
        let claimed = resource.root().at(&["meta", "profile"]);
        let mut urls = claimed.into_iter().flat_map(View::items);
        urls.any(|url| {
            url.as_str()
                .is_some_and(|url| url.split('|').next() == Some(&self.url))
        })
    }

    /// Checks a resource that is sound by the base definitions.
    pub fn check(&self, resource: &Resource) -> Checked {
        if resource.type_name() != self.kind {
            return Checked::default();
        }
        check::check(self, resource)
    }
}

impl Node {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    fn child(&self, name: &str) -> Option<&Node> {
        let plain = |node: &&Node| node.name.strip_suffix("[x]").unwrap_or(&node.name) == name;
        self.children.iter().find(plain)
    }
}

impl Wanted {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Fixed(wanted) => wanted == value,
            Self::Pattern(pattern) => is_within(pattern, value),
        }
    }

    fn value(&self) -> &Value {
        match self {
            Self::Fixed(value) | Self::Pattern(value) => value,
        }
    }
}

/// Whether a value has all that a pattern has; of an array, each item somewhere.
fn is_within(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::Object(wanted), Value::Object(found)) => wanted
            .iter()
            .all(|(name, one)| found.get(name).is_some_and(|other| is_within(one, other))),
        (Value::Array(wanted), Value::Array(found)) => wanted
            .iter()
            .all(|one| found.iter().any(|other| is_within(one, other))),
        _ => pattern == value,
    }
}
