//! Parsed queries.

mod criteria;
mod parse;
mod values;

use super::{Parameter, QueryValue};

pub use parse::{parse_criteria, parse_query};

/// How many clauses (values of all parameters counted) a query may have.
pub const CLAUSES_MAX: usize = 500;
/// How many links a chain (or `_has` in `_has`) may have.
pub const CHAIN_MAX: usize = 4;
/// The largest page.
pub const COUNT_MAX: u32 = 1_000;

/// A search request, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The types asked: one for `/Type`, those of `_type` (or none: all) for the whole server.
    pub types: Vec<&'static str>,
    /// All must hold.
    pub clauses: Vec<Clause>,
    /// Order, most significant first; empty: the server's own.
    pub sort: Vec<Sort>,
    /// Page size asked, at most [`COUNT_MAX`]; 0 asks for the total only.
    pub count: Option<u32>,
    /// Whether a total is wanted.
    pub total: Option<Total>,
    /// Which part of each resource.
    pub summary: Option<Summary>,
    /// Elements wanted; empty: all.
    pub elements: Vec<String>,
    /// `_include`.
    pub include: Vec<Include>,
    /// `_revinclude`.
    pub revinclude: Vec<Include>,
    /// The place to go on from: the value of `_cursor`, a parameter of this server's own links.
    pub cursor: Option<String>,
    /// Parameters that were not understood and left out (lenient only).
    pub ignored: Vec<String>,
    /// The parameters that were understood, as given, for the self link (without `_cursor`).
    pub used: Vec<(String, String)>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The parameter as the request named it, for messages.
    pub name: String,
    /// What must hold.
    pub criterion: Criterion,
}

/// What must hold of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// `_id`: one of these.
    Id(Vec<String>),
    /// `_lastUpdated`: one of these.
    LastUpdated(Vec<super::DateMatch>),
    /// A parameter has one of the values.
    Value {
        /// The parameter, as it is defined for each type asked (all of one kind).
        parameter: &'static Parameter,
        /// How values are compared.
        modifier: Modifier,
        /// Alternatives.
        any: Vec<QueryValue>,
    },
    /// `:missing`.
    Missing {
        /// The parameter.
        parameter: &'static Parameter,
        /// `true`: has no value.
        missing: bool,
    },
    /// A chain: the resource a reference points at meets a condition. One entry a target type.
    Chain {
        /// The reference.
        parameter: &'static Parameter,
        /// Target types with what must hold of a resource of that type; one must hold.
        targets: Vec<(&'static str, Criterion)>,
    },
    /// `_has`: a resource of `source` whose `parameter` points here meets a condition.
    Has {
        /// Type of the other resource.
        source: &'static str,
        /// Its reference parameter.
        parameter: &'static Parameter,
        /// What must hold of it.
        criterion: Box<Criterion>,
    },
    /// `_list`: member of the List with this id.
    List(String),
    /// In the compartment of the patient with this id: asked by the address, `Patient/{id}/{type}`.
    Compartment(String),
    /// `_text` or `_content`: words in the narrative or anywhere.
    Words {
        /// Whether only the narrative counts.
        narrative: bool,
        /// Folded words, all of which must occur.
        words: Vec<String>,
    },
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Modifier {
    /// As the kind of parameter says.
    #[default]
    None,
    /// Strings: letter by letter.
    Exact,
    /// Strings: anywhere within.
    Contains,
    /// Tokens: no value is one of these.
    Not,
    /// Tokens: display text starts with it.
    Text,
    /// Tokens: in a value set.
    In,
    /// Tokens: not in a value set.
    NotIn,
    /// Tokens, references and URIs: this or an ancestor.
    Above,
    /// Tokens, references and URIs: this or a descendant.
    Below,
    /// Identifiers by type.
    OfType,
    /// References by identifier.
    Identifier,
}

/// One `_sort` key.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// From highest to lowest.
    pub descending: bool,
}

/// What a result is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum SortBy {
    /// `_id`.
    Id,
    /// `_lastUpdated`.
    LastUpdated,
    /// A parameter's lowest value (highest when descending).
    Parameter(&'static Parameter),
}

/// `_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// No count.
    None,
    /// A guess is enough.
    Estimate,
    /// Exactly.
    Accurate,
}

/// `_summary`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summary {
    /// Summary elements and mandatory ones.
    True,
    /// Everything.
    False,
    /// Narrative, id, meta and mandatory elements.
    Text,
    /// Everything but the narrative.
    Data,
    /// Only how many.
    Count,
}

/// `_include` or `_revinclude`.
#[derive(Clone, Debug, PartialEq)]
pub struct Include {
    /// The type that has the reference.
    pub source: &'static str,
    /// Its reference parameters: one, or all of them for `*`.
    pub parameters: Vec<&'static Parameter>,
    /// Only targets of this type.
    pub target: Option<&'static str>,
    /// Also from resources that were included.
    pub iterate: bool,
}
