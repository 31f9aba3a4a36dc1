//! Reading a query.

use super::criteria::Reader;
use super::{COUNT_MAX, Include, Query, Sort, SortBy, Summary, Total};
use crate::definitions;
use crate::issue::{Issue, IssueCode, short};
use crate::search::{Parameter, ParameterKind, parameter, parameters};

/// Longer names and values are refused.
const TEXT_MAX: usize = 8_192;
/// How many includes one query may have.
const INCLUDES_MAX: usize = 50;
/// How many sort keys one query may have.
const SORTS_MAX: usize = 5;

/// Reads the decoded pairs of a search request. `type_name` is `None` for the whole server.
///
/// A parameter that is not known is refused, unless the client asked for leniency.
pub fn parse_query(
    type_name: Option<&str>,
    pairs: &[(String, String)],
    lenient: bool,
) -> Result<Query, Vec<Issue>> {
    let mut query = Query {
        types: types(type_name, pairs).map_err(|issue| vec![issue])?,
        ..Query::default()
    };
    let mut reader = Reader::default();
    let mut issues = Vec::new();
    for (name, value) in pairs {
        match read_pair(&mut query, &mut reader, name, value) {
            Ok(()) if name != "_cursor" => query.used.push((name.clone(), value.clone())),
            Ok(()) => {}
            Err(Refusal::Unknown(_)) if lenient => query.ignored.push(name.clone()),
            Err(Refusal::Unknown(issue)) => issues.push(issue),
            Err(Refusal::Wrong(issue)) => {
                let stop = issue.code == IssueCode::TooCostly;
                issues.push(issue);
                if stop {
                    break;
                }
            }
        }
    }
    if issues.is_empty() {
        Ok(query)
    } else {
        Err(issues)
    }
}

/// Reads the criteria of a conditional create or update: filters only, percent-encoded.
pub fn parse_criteria(type_name: &str, text: &str) -> Result<Query, Vec<Issue>> {
    let pairs: Vec<(String, String)> = text
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect();
    let query = parse_query(Some(type_name), &pairs, false)?;
    let plain = Query {
        types: query.types.clone(),
        clauses: query.clauses.clone(),
        used: query.used.clone(),
        ..Query::default()
    };
    if query.clauses.is_empty() || query != plain {
        let details = "a condition needs one search parameter at least, and no others than filters";
        return Err(vec![Issue::error(IssueCode::Invalid, "", details)]);
    }
    Ok(query)
}

/// Resolves `%41` and `+`; bytes that are no UTF-8 are replaced.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |index: usize| {
            bytes
                .get(index)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => plain.push(b' '),
            (other, ..) => plain.push(other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Why a pair was not taken.
pub(super) enum Refusal {
    /// There is no such parameter.
    Unknown(Issue),
    /// The parameter is known, and its value or modifier is wrong.
    Wrong(Issue),
}

impl From<Issue> for Refusal {
    fn from(issue: Issue) -> Self {
        Self::Wrong(issue)
    }
}

pub(super) fn wrong(name: &str, details: impl Into<String>) -> Issue {
    Issue::error(IssueCode::Invalid, name, details)
}

fn types(type_name: Option<&str>, pairs: &[(String, String)]) -> Result<Vec<&'static str>, Issue> {
    let named = |name: &str| {
        definitions::resource_name(name)
            .ok_or_else(|| wrong("_type", format!("R4 has no resource type {}", short(name))))
    };
    if let Some(name) = type_name {
        return Ok(vec![named(name)?]);
    }
    let mut types = Vec::new();
    for (_, value) in pairs.iter().filter(|(name, _)| name == "_type") {
        for name in value.split(',').filter(|name| !name.is_empty()) {
            let name = named(name)?;
            if !types.contains(&name) {
                types.push(name);
            }
        }
    }
    Ok(types)
}

fn read_pair(
    query: &mut Query,
    reader: &mut Reader,
    name: &str,
    value: &str,
) -> Result<(), Refusal> {
    if name.len() > TEXT_MAX || value.len() > TEXT_MAX {
        return Err(
            Issue::error(IssueCode::TooLong, short(name), "the parameter is too long").into(),
        );
    }
    let (plain, modifier) = name.split_once(':').unwrap_or((name, ""));
    match plain {
        "_type" | "_format" | "_pretty" | "_contained" | "_containedType"
            if modifier.is_empty() =>
        {
            if plain == "_contained" && value != "false" {
                return Err(wrong(name, "contained resources are not searched").into());
            }
        }
        "_cursor" => query.cursor = Some(value.to_owned()),
        "_sort" => sort(query, value)?,
        "_count" => {
            let count: u32 = value
                .parse()
                .map_err(|_| wrong(name, "_count takes a whole number from 0 up"))?;
            query.count = Some(count.min(COUNT_MAX));
        }
        "_total" => {
            query.total = Some(
                total(value)
                    .ok_or_else(|| wrong(name, "_total takes none, estimate or accurate"))?,
            );
        }
        "_summary" => {
            let details = "_summary takes true, false, text, data or count";
            query.summary = Some(summary(value).ok_or_else(|| wrong(name, details))?);
        }
        "_elements" => {
            let elements = value.split(',').map(|name| name.trim().to_owned());
            query
                .elements
                .extend(elements.filter(|name| !name.is_empty()));
        }
        "_include" | "_revinclude" => {
            let include = include(name, plain, modifier, value)?;
            let list = if plain == "_include" {
                &mut query.include
            } else {
                &mut query.revinclude
            };
            if list.len() >= INCLUDES_MAX {
                return Err(Issue::error(IssueCode::TooCostly, name, "too many includes").into());
            }
            list.push(include);
        }
        "_filter" | "_query" | "_score" => {
            let details = format!("{plain} is not supported");
            return Err(Issue::error(IssueCode::NotSupported, name, details).into());
        }
        _ => {
            let criterion = reader.criterion(&query.types, name, value, 0)?;
            let name = name.to_owned();
            query.clauses.push(super::Clause { name, criterion });
        }
    }
    Ok(())
}

fn total(word: &str) -> Option<Total> {
    Some(match word {
        "none" => Total::None,
        "estimate" => Total::Estimate,
        "accurate" => Total::Accurate,
        _ => return None,
    })
}

fn summary(word: &str) -> Option<Summary> {
    Some(match word {
        "true" => Summary::True,
        "false" => Summary::False,
        "text" => Summary::Text,
        "data" => Summary::Data,
        "count" => Summary::Count,
        _ => return None,
    })
}

fn sort(query: &mut Query, value: &str) -> Result<(), Issue> {
    for key in value
        .split(',')
        .map(str::trim)
        .filter(|key| !key.is_empty())
    {
        let (code, descending) = match key.strip_prefix('-') {
            Some(code) => (code, true),
            None => (key, false),
        };
        let by = match code {
            "_id" => SortBy::Id,
            "_lastUpdated" => SortBy::LastUpdated,
            _ => {
                let known = shared_parameter(&query.types, code).filter(|parameter| {
                    !matches!(
                        parameter.kind,
                        ParameterKind::Composite | ParameterKind::Special
                    )
                });
                let unknown = || wrong("_sort", format!("{} cannot be sorted by", short(code)));
                SortBy::Parameter(known.ok_or_else(unknown)?)
            }
        };
        if query.sort.len() >= SORTS_MAX {
            return Err(Issue::error(
                IssueCode::TooCostly,
                "_sort",
                "too many sort keys",
            ));
        }
        query.sort.push(Sort { by, descending });
    }
    Ok(())
}

/// The parameter `code` of all of `types`; they must agree on its kind. Without types, a common one.
pub(super) fn shared_parameter(types: &[&'static str], code: &str) -> Option<&'static Parameter> {
    let Some((first, rest)) = types.split_first() else {
        let common = crate::search::common_parameters();
        return common
            .iter()
            .find(|parameter| parameter.code == code)
            .copied();
    };
    let found = parameter(first, code)?;
    let agree = rest
        .iter()
        .all(|other| parameter(other, code).is_some_and(|other| other.kind == found.kind));
    agree.then_some(found)
}

fn include(name: &str, plain: &str, modifier: &str, value: &str) -> Result<Include, Issue> {
    let iterate = match modifier {
        "" => false,
        "iterate" | "recurse" => true,
        _ => {
            return Err(wrong(
                name,
                format!("{plain} has no modifier {}", short(modifier)),
            ));
        }
    };
    let details = "an include is Type:parameter or Type:parameter:TargetType";
    let mut parts = value.split(':');
    let source = parts.next().and_then(definitions::resource_name);
    let (Some(source), Some(code)) = (source, parts.next()) else {
        return Err(wrong(name, details));
    };
    let target = match parts.next() {
        None | Some("") => None,
        Some(target) => {
            Some(definitions::resource_name(target).ok_or_else(|| wrong(name, details))?)
        }
    };
    if parts.next().is_some() {
        return Err(wrong(name, details));
    }
    let matches = |parameter: &&&'static Parameter| {
        parameter.kind == ParameterKind::Reference && (code == "*" || parameter.code == code)
    };
    let found: Vec<&'static Parameter> =
        parameters(source).iter().filter(matches).copied().collect();
    if found.is_empty() {
        let details = format!("{source} has no reference parameter {}", short(code));
        return Err(wrong(name, details));
    }
    Ok(Include {
        source,
        parameters: found,
        target,
        iterate,
    })
}
