//! Reading a query.

use super::Query;
use crate::issue::Issue;

/// Reads the decoded pairs of a search request. `type_name` is `None` for the whole server.
///
/// A parameter that is not known is refused, unless the client asked for leniency.
pub fn parse_query(
    type_name: Option<&str>,
    pairs: &[(String, String)],
    lenient: bool,
) -> Result<Query, Vec<Issue>> {
    let _ = (type_name, pairs, lenient);
    Ok(Query::default())
}

/// Reads the criteria of a conditional create or update: filters only, percent-encoded.
pub fn parse_criteria(type_name: &str, text: &str) -> Result<Query, Vec<Issue>> {
    let _ = (type_name, text);
    Ok(Query::default())
}
