//! The search parameters of R4, from the generated table.

use crate::fhirpath::Expression;

/// The kind of a search parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Codes and identifiers.
    Token,
    /// Words.
    String,
    /// Dates and periods.
    Date,
    /// Numbers.
    Number,
    /// Numbers with units.
    Quantity,
    /// References.
    Reference,
    /// URIs.
    Uri,
    /// Values that stand together.
    Composite,
    /// Needs code of its own (`Location.near`).
    Special,
}

/// One search parameter of one resource type.
pub struct Parameter {
    /// The name in a query, such as `birthdate`.
    pub code: &'static str,
    /// The type it is of; `Resource` or `DomainResource` for the common ones.
    pub base: &'static str,
    /// How its values compare.
    pub kind: ParameterKind,
    /// Types a reference may point at; empty: any.
    pub targets: &'static [&'static str],
    /// The parts of a composite.
    pub components: Vec<Component>,
    /// Where its values are, as FHIRPath.
    pub expression_text: &'static str,
    /// The last part of its definition's URL, unique: `http://hl7.org/fhir/SearchParameter/{url_name}`.
    pub url_name: &'static str,
    pub(crate) expression: Expression,
}

/// One part of a composite parameter.
pub struct Component {
    /// The code of the parameter it compares like.
    pub code: &'static str,
    /// Its kind.
    pub kind: ParameterKind,
    /// Where its value is, from the composite's own element.
    pub expression_text: &'static str,
    pub(crate) expression: Expression,
}

/// The parameters of a type: its own and the common ones. Empty for names that are no type.
pub fn parameters(type_name: &str) -> &'static [&'static Parameter] {
    let _ = type_name;
    &[]
}

/// The parameters every type has.
pub fn common_parameters() -> &'static [&'static Parameter] {
    &[]
}

/// The parameter `code` of a type.
pub fn parameter(type_name: &str, code: &str) -> Option<&'static Parameter> {
    parameters(type_name).iter().find(|parameter| parameter.code == code).copied()
}

impl PartialEq for Parameter {
    fn eq(&self, other: &Self) -> bool {
        self.base == other.base && self.code == other.code
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.base, self.code)
    }
}
