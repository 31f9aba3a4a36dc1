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
pub use parameter::{
    Component, Parameter, ParameterKind, common_parameters, parameter, parameters,
};
pub use query::{
    CHAIN_MAX, CLAUSES_MAX, COUNT_MAX, Clause, Criterion, Include, Modifier, Query, Sort, SortBy,
    Summary, Total, parse_criteria, parse_query,
};
pub use text::{folded, has_chinese};
pub use value::{
    DateMatch, IndexEntry, IndexValue, NumberMatch, Prefix, QueryValue, Reference, TIME_MAX,
    TIME_MIN,
};
