//! How one value asked for is compared with the rows of a resource.

use fhir::IssueCode;
use fhir::search::{DateMatch, Modifier, NumberMatch, Prefix, QueryValue, TIME_MAX, TIME_MIN};
use kernel::Result;

use super::filter::Writer;
use crate::access::Alias;
use crate::hash::{self, Param, sortable};
use crate::index::{PLACES, code_name, short, system_name};
use crate::refusal;

impl Writer<'_, '_> {
    /// One alternative of a clause that is not a plain token.
    pub(super) fn one(
        &mut self,
        alias: &Alias,
        param: Param<'_>,
        modifier: Modifier,
        value: &QueryValue,
    ) -> Result<()> {
        match value {
            QueryValue::String { exact, folded } => {
                self.string(alias, param, modifier, exact, folded);
            }
            QueryValue::Text(text) => self.text(alias, param, text),
            QueryValue::Uri(uri) => self.uri(alias, param, modifier, uri),
            QueryValue::Date(asked) => self.date(alias, param.plain(), asked),
            QueryValue::Number(asked) => self.number(alias, param.plain(), asked),
            QueryValue::Quantity {
                number,
                system,
                unit,
                canonical,
            } => {
                let (param, number) = quantity_of(param, number, system, unit, canonical.as_ref());
                self.number(alias, param, &number);
            }
            QueryValue::Reference { types, id, url, .. } => {
                self.reference(alias, param, types, id.as_deref(), url.as_deref());
            }
            QueryValue::Composite(parts) => self.composite(alias, param, parts)?,
            other => match token_hash(param, modifier, other) {
                Some(hash) => self.tokens(alias, &[hash]),
                None => {
                    let text = "this form of the parameter is not supported";
                    return Err(refusal::refuse(IssueCode::NotSupported, param.code, text));
                }
            },
        }
        Ok(())
    }

    fn string(
        &mut self,
        alias: &Alias,
        param: Param<'_>,
        modifier: Modifier,
        exact: &str,
        folded: &str,
    ) {
        let folded = short(folded);
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_string AS s WHERE s.key = ")
            .push(alias.key);
        match modifier {
            Modifier::Exact => {
                self.sql.push(" AND s.param = ").bind(param.plain());
                self.sql.push(" AND s.folded = ").bind(folded);
                self.sql
                    .push(" AND COALESCE(s.exact, s.folded) = ")
                    .bind(exact);
            }
            Modifier::Contains => {
                self.sql
                    .push(" AND s.param IN (")
                    .bind_all([param.plain(), param.pinyin()]);
                let pattern = ["%", &escaped(&folded), "%"].concat();
                self.sql
                    .push(") AND s.folded LIKE ")
                    .bind(pattern)
                    .push(" ESCAPE '\\'");
            }
            _ => {
                self.sql
                    .push(" AND s.param IN (")
                    .bind_all([param.plain(), param.pinyin()]);
                self.sql.push(") AND s.folded >= ").bind(folded.as_str());
                self.sql.push(" AND s.folded < ").bind(behind(&folded));
            }
        }
        self.sql.push(")");
    }

    fn text(&mut self, alias: &Alias, param: Param<'_>, text: &str) {
        let text = escaped(&short(text));
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_string AS s WHERE s.key = ")
            .push(alias.key);
        self.sql.push(" AND s.param = ").bind(param.text());
        self.sql
            .push(" AND (s.folded LIKE ")
            .bind([&text, "%"].concat());
        self.sql
            .push(" ESCAPE '\\' OR s.folded LIKE ")
            .bind(["% ", &text, "%"].concat());
        self.sql.push(" ESCAPE '\\'))");
    }

    fn uri(&mut self, alias: &Alias, param: Param<'_>, modifier: Modifier, uri: &str) {
        let uri = short(uri);
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_string AS s WHERE s.key = ")
            .push(alias.key);
        self.sql.push(" AND s.param = ").bind(param.plain());
        match modifier {
            Modifier::Below => {
                let inside = [uri.trim_end_matches('/'), "/"].concat();
                self.sql.push(" AND (s.folded = ").bind(uri.as_str());
                self.sql.push(" OR (s.folded >= ").bind(inside.as_str());
                self.sql
                    .push(" AND s.folded < ")
                    .bind(behind(&inside))
                    .push("))");
            }
            Modifier::Above => {
                self.sql
                    .push(" AND s.folded IN (")
                    .bind_all(starts_of(&uri))
                    .push(")");
            }
            _ => {
                self.sql.push(" AND s.folded = ").bind(uri);
            }
        }
        self.sql.push(")");
    }

    fn date(&mut self, alias: &Alias, param: i64, asked: &DateMatch) {
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_date AS d WHERE d.key = ")
            .push(alias.key);
        self.sql.push(" AND d.param = ").bind(param).push(" AND ");
        let (low, high) = (asked.low, asked.high);
        let sql = &mut self.sql;
        match asked.prefix {
            Prefix::Eq => {
                sql.push("d.low >= ")
                    .bind(low)
                    .push(" AND d.high <= ")
                    .bind(high);
            }
            Prefix::Ne => {
                sql.push("(d.low < ")
                    .bind(low)
                    .push(" OR d.high > ")
                    .bind(high)
                    .push(")");
            }
            Prefix::Gt => {
                sql.push("d.high > ").bind(high);
            }
            Prefix::Ge => {
                sql.push("(d.high > ")
                    .bind(high)
                    .push(" OR (d.low >= ")
                    .bind(low);
                sql.push(" AND d.high <= ").bind(high).push("))");
            }
            Prefix::Lt => {
                sql.push("d.low < ").bind(low);
            }
            Prefix::Le => {
                sql.push("(d.low < ")
                    .bind(low)
                    .push(" OR (d.low >= ")
                    .bind(low);
                sql.push(" AND d.high <= ").bind(high).push("))");
            }
            Prefix::Sa => {
                sql.push("d.low >= ")
                    .bind(high)
                    .push(" AND d.low > ")
                    .bind(TIME_MIN);
            }
            Prefix::Eb => {
                sql.push("d.high <= ")
                    .bind(low)
                    .push(" AND d.high < ")
                    .bind(TIME_MAX);
            }
            Prefix::Ap => {
                sql.push("d.low < ")
                    .bind(high)
                    .push(" AND d.high > ")
                    .bind(low);
            }
        }
        sql.push(")");
    }

    fn number(&mut self, alias: &Alias, param: i64, asked: &NumberMatch) {
        let (value, low, high) = (
            sortable(asked.value),
            sortable(asked.low),
            sortable(asked.high),
        );
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_quantity AS q WHERE q.key = ")
            .push(alias.key);
        self.sql.push(" AND q.param = ").bind(param).push(" AND ");
        let sql = &mut self.sql;
        match asked.prefix {
            Prefix::Eq => {
                sql.push("q.low >= ")
                    .bind(low)
                    .push(" AND q.high < ")
                    .bind(high);
            }
            Prefix::Ne => {
                sql.push("(q.low < ")
                    .bind(low)
                    .push(" OR q.high >= ")
                    .bind(high)
                    .push(")");
            }
            Prefix::Gt => {
                sql.push("q.high > ").bind(value);
            }
            Prefix::Ge => {
                sql.push("q.high >= ").bind(value);
            }
            Prefix::Lt => {
                sql.push("q.low < ").bind(value);
            }
            Prefix::Le => {
                sql.push("q.low <= ").bind(value);
            }
            Prefix::Sa => {
                sql.push("q.low > ").bind(value);
            }
            Prefix::Eb => {
                sql.push("q.high < ").bind(value);
            }
            Prefix::Ap => {
                sql.push("q.low < ")
                    .bind(high)
                    .push(" AND q.high >= ")
                    .bind(low);
            }
        }
        sql.push(")");
    }

    fn reference(
        &mut self,
        alias: &Alias,
        param: Param<'_>,
        types: &[&str],
        id: Option<&str>,
        url: Option<&str>,
    ) {
        let targets: Vec<i64> = id
            .map(|id| types.iter().map(|kind| hash::address(kind, id)).collect())
            .unwrap_or_default();
        self.sql.push("(");
        if targets.is_empty() {
            self.sql.push("1 = 0");
        } else {
            self.sql
                .push("EXISTS (SELECT 1 FROM fhir_reference AS e WHERE e.key = ")
                .push(alias.key);
            self.sql.push(" AND e.param = ").bind(param.plain());
            self.sql
                .push(" AND e.target IN (")
                .bind_all(targets)
                .push("))");
        }
        if let Some(url) = url {
            self.sql.push(" OR ");
            self.uri(alias, param, Modifier::None, url);
        }
        self.sql.push(")");
    }

    /// The first part stands in the parameter of the others.
    fn composite(&mut self, alias: &Alias, param: Param<'_>, parts: &[QueryValue]) -> Result<()> {
        let Some((first, rest)) = parts.split_first() else {
            self.sql.push("1 = 0");
            return Ok(());
        };
        let Some(name) = first_name(first) else {
            let text = "the first part of a composite needs a code";
            return Err(refusal::refuse(IssueCode::NotSupported, param.code, text));
        };
        self.sql.push("(1 = 1");
        for (place, value) in rest.iter().enumerate() {
            self.sql.push(" AND ");
            let name = [name.as_str(), "$", PLACES[place.min(2)]].concat();
            param.with_first(&name, |param| self.one(alias, param, Modifier::None, value))?;
        }
        self.sql.push(")");
        Ok(())
    }
}

/// The hash that a plain token (or identifier of a reference) is found by.
pub(super) fn token_hash(param: Param<'_>, modifier: Modifier, value: &QueryValue) -> Option<i64> {
    match value {
        QueryValue::Token { system, code } => match (system.as_deref(), code.as_deref()) {
            (Some(system), Some(code)) => Some(param.token(system, code)),
            (None, Some(code)) => Some(param.token_code(code)),
            (Some(system), None) => Some(param.token_system(system)),
            (None, None) => None,
        },
        QueryValue::OfType {
            system,
            code,
            value,
        } => Some(param.token_of_type(system.as_deref().unwrap_or(""), code, value)),
        QueryValue::Identifier { system, code } if modifier == Modifier::Identifier => {
            let code = code.as_deref()?;
            Some(match system {
                Some(system) => param.reference_identifier(system, code),
                None => param.reference_identifier_code(code),
            })
        }
        _ => None,
    }
}

/// The rows a quantity is compared with: canonical where both units are known.
pub(super) fn quantity_of(
    param: Param<'_>,
    number: &NumberMatch,
    system: &Option<String>,
    unit: &Option<String>,
    canonical: Option<&(NumberMatch, String)>,
) -> (i64, NumberMatch) {
    match (canonical, unit) {
        (Some((number, unit)), _) => (param.quantity_canonical(unit), *number),
        (None, Some(unit)) => (
            param.quantity_unit(system.as_deref().unwrap_or(""), unit),
            *number,
        ),
        (None, None) => (param.plain(), *number),
    }
}

fn first_name(first: &QueryValue) -> Option<String> {
    match first {
        QueryValue::Token {
            system,
            code: Some(code),
        } => Some(match system {
            Some(system) => system_name(system, code),
            None => code_name(code),
        }),
        QueryValue::Reference {
            types,
            id: Some(id),
            ..
        } => Some(code_name(&[types.first()?, "/", id].concat())),
        QueryValue::Reference { url: Some(url), .. } | QueryValue::Uri(url) => Some(code_name(url)),
        QueryValue::String { folded, .. } => Some(code_name(folded)),
        _ => None,
    }
}

/// A text that means itself in LIKE.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// What lies behind every text that begins with `start`.
pub(super) fn behind(start: &str) -> String {
    [start, "\u{10FFFF}"].concat()
}

/// A URL and the URLs it lies below.
fn starts_of(uri: &str) -> Vec<String> {
    let mut starts = vec![uri.to_owned()];
    for (at, _) in uri.match_indices('/') {
        let start = &uri[..at];
        if !start.is_empty() && !start.ends_with('/') && !start.ends_with(':') {
            starts.push(start.to_owned());
        }
    }
    starts
}
