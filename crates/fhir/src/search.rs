//! Searching: the parameters of each type, the values a store indexes, and parsed queries.
//!
//! [`extract`] turns a resource into the rows of a search index; [`parse_query`] turns the words of
//! a request into a [`Query`] that a planner runs over those rows. Both speak of the same
//! [`Parameter`]s, and neither knows how the index is stored.

mod extract;
mod parameter;
mod query;
mod text;
mod value;

pub use extract::extract;
pub(crate) use parameter::Lazy;
pub use parameter::{Component, Parameter, ParameterKind, common_parameters, parameter, parameters};
pub use query::{SortBy,
    Clause, Criterion, Include, Modifier, Query, Sort, Summary, Total, parse_criteria, parse_query,
    CLAUSES_MAX, CHAIN_MAX, COUNT_MAX,
};
pub use text::{folded, has_chinese};
pub use value::{DateMatch, IndexEntry, IndexValue, NumberMatch, Prefix, QueryValue, Reference,
    TIME_MAX, TIME_MIN};
