//! Reading the values of a query: prefixes, escapes, parts.

use rust_decimal::Decimal;

use super::Modifier;
use super::parse::wrong;
use crate::decimal;
use crate::definitions;
use crate::issue::{Issue, short};
use crate::search::value::{DateMatch, NumberMatch, Prefix, QueryValue, TIME_MAX, TIME_MIN};
use crate::search::{Parameter, ParameterKind, folded};
use crate::temporal::Temporal;
use crate::ucum;
use crate::validate::is_id;

/// Parts of a value at a mark that is not escaped.
pub(super) fn split(text: &str, mark: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (index, letter) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == mark {
            parts.push(&text[start..index]);
            start = index + letter.len_utf8();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A part with `\,`, `\|`, `\$` and `\\` resolved.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escapes = letter == '\\' && matches!(letters.peek(), Some(',' | '|' | '$' | '\\'));
        plain.push(if escapes {
            letters.next().unwrap_or(letter)
        } else {
            letter
        });
    }
    plain
}

/// One value of a parameter; `only` is the type a reference's modifier names.
pub(super) fn value(
    parameter: &Parameter,
    modifier: Modifier,
    only: Option<&'static str>,
    name: &str,
    text: &str,
) -> Result<QueryValue, Issue> {
    match modifier {
        Modifier::Text => return Ok(QueryValue::Text(folded(&plain(text)))),
        Modifier::In | Modifier::NotIn => return Ok(QueryValue::ValueSet(plain(text))),
        Modifier::OfType => return of_type(name, text),
        Modifier::Identifier => {
            let (system, code) = token(text);
            return Ok(QueryValue::Identifier { system, code });
        }
        _ => {}
    }
    match parameter.kind {
        ParameterKind::Reference => {
            let types = match only {
                Some(only) => vec![only],
                None => parameter.targets.clone(),
            };
            Ok(reference(types, &plain(text)))
        }
        ParameterKind::Composite => composite(parameter, name, text),
        kind => of_kind(kind, name, text),
    }
}

fn of_kind(kind: ParameterKind, name: &str, text: &str) -> Result<QueryValue, Issue> {
    Ok(match kind {
        ParameterKind::Token => {
            let (system, code) = token(text);
            QueryValue::Token { system, code }
        }
        ParameterKind::String => {
            let exact = plain(text);
            QueryValue::String {
                folded: folded(&exact),
                exact,
            }
        }
        ParameterKind::Date => QueryValue::Date(date(name, text)?),
        ParameterKind::Number => QueryValue::Number(number(name, text)?.0),
        ParameterKind::Quantity => quantity(name, text)?,
        ParameterKind::Reference => reference(Vec::new(), &plain(text)),
        _ => QueryValue::Uri(plain(text)),
    })
}

fn composite(parameter: &Parameter, name: &str, text: &str) -> Result<QueryValue, Issue> {
    let parts = split(text, '$');
    if parts.len() != parameter.components.len() {
        let codes: Vec<&str> = parameter.components.iter().map(|part| part.code).collect();
        let details = format!("{} takes {}", parameter.code, codes.join("$"));
        return Err(wrong(name, details));
    }
    let values: Result<Vec<QueryValue>, Issue> = parameter
        .components
        .iter()
        .zip(parts)
        .map(|(component, text)| of_kind(component.kind, name, text))
        .collect();
    Ok(QueryValue::Composite(values?))
}

/// `system|code`: no mark, any system; nothing before it, none.
fn token(text: &str) -> (Option<String>, Option<String>) {
    match split(text, '|').as_slice() {
        [code] => (None, Some(plain(code))),
        [system, rest @ ..] => {
            let code = plain(&rest.join("|"));
            (
                Some(plain(system)),
                Some(code).filter(|code| !code.is_empty()),
            )
        }
        [] => (None, None),
    }
}

fn of_type(name: &str, text: &str) -> Result<QueryValue, Issue> {
    match split(text, '|').as_slice() {
        [system, code, value] if !code.is_empty() && !value.is_empty() => Ok(QueryValue::OfType {
            system: Some(plain(system)).filter(|system| !system.is_empty()),
            code: plain(code),
            value: plain(value),
        }),
        _ => Err(wrong(name, ":of-type takes system|type|value")),
    }
}

fn reference(types: Vec<&'static str>, text: &str) -> QueryValue {
    let (path, version) = match text.split_once("/_history/") {
        Some((path, version)) => (path, Some(version.to_owned())),
        None => (text, None),
    };
    let absolute = path.contains("://") || path.starts_with("urn:");
    if !absolute && let Some((kind, id)) = path.split_once('/') {
        if let Some(kind) = definitions::resource_name(kind) {
            let id = Some(id.to_owned());
            return QueryValue::Reference {
                types: vec![kind],
                id,
                version,
                url: None,
            };
        }
    } else if !absolute {
        // What can be an id of one of the targets is one; anything else may be a canonical name.
        let is_id = !types.is_empty() && is_id(path);
        return QueryValue::Reference {
            types,
            id: Some(path.to_owned()),
            version,
            url: (!is_id).then(|| path.to_owned()),
        };
    }
    let (url, canonical_version) = match path.split_once('|') {
        Some((url, version)) => (url, Some(version.to_owned())),
        None => (path, None),
    };
    let version = version.or(canonical_version);
    QueryValue::Reference {
        types,
        id: None,
        version,
        url: Some(url.to_owned()),
    }
}

fn prefix(text: &str) -> (Prefix, &str) {
    let prefix = match text.get(..2) {
        Some("eq") => Prefix::Eq,
        Some("ne") => Prefix::Ne,
        Some("gt") => Prefix::Gt,
        Some("ge") => Prefix::Ge,
        Some("lt") => Prefix::Lt,
        Some("le") => Prefix::Le,
        Some("sa") => Prefix::Sa,
        Some("eb") => Prefix::Eb,
        Some("ap") => Prefix::Ap,
        _ => return (Prefix::Eq, text),
    };
    (prefix, &text[2..])
}

/// A date with its prefix.
pub(super) fn date(name: &str, text: &str) -> Result<DateMatch, Issue> {
    let (prefix, text) = prefix(text);
    // A plus sign that stood in the address unescaped arrives as a blank.
    let text = text.replace(' ', "+");
    let Some(moment) = Temporal::parse(&text) else {
        let details = format!("{} is no date that exists", short(&text));
        return Err(wrong(name, details));
    };
    let (mut low, mut high) = moment.range();
    if prefix == Prefix::Ap {
        let length = high - low;
        low = low.saturating_sub(length).max(TIME_MIN + 1);
        high = high.saturating_add(length).min(TIME_MAX - 1);
    }
    Ok(DateMatch { prefix, low, high })
}

/// Exact value and bounds of a number asked.
struct Bounds {
    value: Decimal,
    low: Decimal,
    high: Decimal,
}

fn number(name: &str, text: &str) -> Result<(NumberMatch, Bounds), Issue> {
    let (prefix, text) = prefix(text);
    let refused = || wrong(name, format!("{} is no number", short(text)));
    let value = decimal::parse(text).ok_or_else(refused)?;
    let half = match prefix {
        Prefix::Ap => value.abs().checked_mul(Decimal::new(1, 1)),
        _ => decimal::half_unit(text),
    };
    let half = half.ok_or_else(refused)?;
    let low = value.checked_sub(half).ok_or_else(refused)?;
    let high = value.checked_add(half).ok_or_else(refused)?;
    let asked = NumberMatch {
        prefix,
        value: decimal::to_double(value),
        low: decimal::to_double(low),
        high: decimal::to_double(high),
    };
    Ok((asked, Bounds { value, low, high }))
}

fn quantity(name: &str, text: &str) -> Result<QueryValue, Issue> {
    let parts = split(text, '|');
    let part = |index: usize| {
        parts
            .get(index)
            .map(|text| plain(text))
            .filter(|text| !text.is_empty())
    };
    let shape = matches!(parts.len(), 1 | 3);
    let first = parts.first().copied().filter(|_| shape);
    let first = first.ok_or_else(|| wrong(name, "a quantity is number or number|system|code"))?;
    let (number, bounds) = number(name, first)?;
    let (system, unit) = (part(1), part(2));
    let is_ucum = system
        .as_deref()
        .is_none_or(|system| system == ucum::SYSTEM);
    let canonical = unit.as_deref().filter(|_| is_ucum).and_then(|unit| {
        let (value, code) = ucum::quantity(bounds.value, unit)?;
        let (low, _) = ucum::quantity(bounds.low, unit)?;
        let (high, _) = ucum::quantity(bounds.high, unit)?;
        Some((
            NumberMatch {
                prefix: number.prefix,
                value,
                low,
                high,
            },
            code,
        ))
    });
    Ok(QueryValue::Quantity {
        number,
        system,
        unit,
        canonical,
    })
}
