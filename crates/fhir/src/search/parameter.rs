//! The search parameters of R4, from the generated table.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::definitions::{self, rows};
use crate::fhirpath::Expression;

const SEARCH: &str = include_str!("../../definitions/search.tsv");

/// An expression that is read at its first use.
pub(crate) type Lazy = LazyLock<Option<Expression>, Box<dyn FnOnce() -> Option<Expression> + Send>>;

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
    pub targets: Vec<&'static str>,
    /// The parts of a composite.
    pub components: Vec<Component>,
    /// Where its values are, as FHIRPath.
    pub expression_text: &'static str,
    /// The last part of its definition's URL, unique: `http://hl7.org/fhir/SearchParameter/{url_name}`.
    pub url_name: &'static str,
    pub(crate) expression: Lazy,
}

/// One part of a composite parameter.
pub struct Component {
    /// The code of the parameter it compares like.
    pub code: &'static str,
    /// Its kind.
    pub kind: ParameterKind,
    /// Where its value is, from the composite's own element.
    pub expression_text: &'static str,
    pub(crate) expression: Lazy,
}

static ALL: LazyLock<Vec<Parameter>> =
    LazyLock::new(|| rows(SEARCH).map(|row| read(&row)).collect());
static BY_TYPE: LazyLock<HashMap<&'static str, Vec<&'static Parameter>>> = LazyLock::new(|| {
    let common = || ALL.iter().filter(|parameter| parameter.is_common());
    let mut by_type: HashMap<&str, Vec<&Parameter>> = HashMap::with_capacity(160);
    for name in definitions::resource_types() {
        by_type.insert(name, common().collect());
    }
    for parameter in ALL.iter().filter(|parameter| !parameter.is_common()) {
        by_type.entry(parameter.base).or_default().push(parameter);
    }
    for list in by_type.values_mut() {
        list.sort_unstable_by_key(|parameter| parameter.code);
    }
    by_type
});
static COMMON: LazyLock<Vec<&'static Parameter>> = LazyLock::new(|| {
    ALL.iter()
        .filter(|parameter| parameter.is_common())
        .collect()
});

/// The parameters of a type: its own and the common ones. Empty for names that are no type.
pub fn parameters(type_name: &str) -> &'static [&'static Parameter] {
    BY_TYPE.get(type_name).map_or(&[], Vec::as_slice)
}

/// The parameters every type has.
pub fn common_parameters() -> &'static [&'static Parameter] {
    &COMMON
}

fn read(row: &[&'static str]) -> Parameter {
    let column = |index: usize| row.get(index).copied().unwrap_or_default();
    let components = column(6).split(';').filter_map(|text| {
        let mut parts = text.splitn(3, '~');
        let (code, kind) = (parts.next()?, parts.next()?);
        let expression_text = parts.next()?;
        Some(Component {
            code,
            kind: kind_named(kind),
            expression_text,
            expression: lazily(expression_text),
        })
    });
    Parameter {
        base: column(0),
        code: column(1),
        kind: kind_named(column(2)),
        url_name: column(3),
        targets: column(4)
            .split(',')
            .filter(|target| !target.is_empty())
            .collect(),
        expression_text: column(5),
        expression: lazily(column(5)),
        components: components.collect(),
    }
}

fn lazily(text: &'static str) -> Lazy {
    LazyLock::new(Box::new(move || match text {
        "" => None,
        text => Expression::parse(text).ok(),
    }))
}

fn kind_named(word: &str) -> ParameterKind {
    match word {
        "token" => ParameterKind::Token,
        "string" => ParameterKind::String,
        "date" => ParameterKind::Date,
        "number" => ParameterKind::Number,
        "quantity" => ParameterKind::Quantity,
        "reference" => ParameterKind::Reference,
        "uri" => ParameterKind::Uri,
        "composite" => ParameterKind::Composite,
        _ => ParameterKind::Special,
    }
}

impl Parameter {
    /// Whether every type has it.
    pub fn is_common(&self) -> bool {
        matches!(self.base, "Resource" | "DomainResource")
    }
}

/// The parameter `code` of a type.
pub fn parameter(type_name: &str, code: &str) -> Option<&'static Parameter> {
    let known = parameters(type_name);
    let at = known
        .binary_search_by_key(&code, |parameter| parameter.code)
        .ok()?;
    known.get(at).copied()
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
