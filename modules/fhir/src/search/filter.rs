//! What must hold of a resource, as conditions that probe its own rows by key.
//!
//! Every fragment is a constant and every value bound; see [`store::Composed`]. A chain walks from
//! one alias to the next, and each resource on the way must be one the actor may see.

use fhir::IssueCode;
use fhir::search::{
    Criterion, DateMatch, Modifier, NumberMatch, Parameter, ParameterKind, Prefix, QueryValue,
    TIME_MAX, TIME_MIN,
};
use kernel::{Error, Result};
use store::{Composed, Tx};

use super::value_set;
use crate::access::{ALIASES, Alias, Eye};
use crate::hash::{self, Param, sortable};
use crate::index::{PLACES, code_name, short, system_name};
use crate::{kinds, refusal};

/// Parameters one statement may bind; engines have limits of their own far above.
const BOUND_MAX: usize = 4_000;

/// A statement in the making.
pub(super) struct Writer<'a, 'tx> {
    pub tx: &'a mut Tx<'tx>,
    pub sql: Composed,
    pub eye: Eye,
}

impl<'a, 'tx> Writer<'a, 'tx> {
    /// Begins a statement. The condition of [`Eye`] must be pushed before it ends.
    pub(super) fn new(tx: &'a mut Tx<'tx>) -> Self {
        let mut sql = Composed::new();
        let eye = Eye::bind(tx, &mut sql);
        Self { tx, sql, eye }
    }

    /// Adds ` AND …` for a criterion on the resource of the alias at `depth`.
    pub(super) fn and(
        &mut self,
        kind: &'static str,
        criterion: &Criterion,
        depth: usize,
    ) -> Result<()> {
        if self.sql.bound() > BOUND_MAX {
            let text = "the search has too many values; ask in several steps";
            return Err(refusal::refuse(IssueCode::TooCostly, "", text));
        }
        self.sql.push(" AND ");
        self.criterion(kind, criterion, depth)
    }

    fn criterion(&mut self, kind: &'static str, criterion: &Criterion, depth: usize) -> Result<()> {
        let alias = alias_at(depth)?;
        match criterion {
            Criterion::Id(ids) => {
                self.sql.push(alias.address).push(" IN (");
                let addresses = ids.iter().map(|id| hash::address(kind, id));
                self.sql.bind_all(addresses).push(")");
            }
            Criterion::LastUpdated(any) => self.last_updated(alias, any),
            Criterion::Value {
                parameter,
                modifier,
                any,
            } => {
                self.value(alias, kind, parameter, *modifier, any)?;
            }
            Criterion::Missing { parameter, missing } => {
                self.missing(alias, parameter.code, *missing);
            }
            Criterion::Chain { parameter, targets } => {
                self.chain(kind, parameter, targets, depth)?;
            }
            Criterion::Has {
                source,
                parameter,
                criterion,
            } => {
                self.has(source, parameter, criterion, depth)?;
            }
            Criterion::List(id) => self.list(alias, id),
            Criterion::Words { .. } => {
                let text = "_text and _content are not supported";
                return Err(refusal::refuse(IssueCode::NotSupported, "", text));
            }
        }
        Ok(())
    }

    fn last_updated(&mut self, alias: &Alias, any: &[DateMatch]) {
        self.any(any.len(), |writer, at| {
            let asked = &any[at];
            // A moment has no width: it is its own low end, and its high end lies just behind it.
            let column = alias.updated_at;
            let sql = &mut writer.sql;
            match asked.prefix {
                Prefix::Eq | Prefix::Ap => {
                    sql.push("(").push(column).push(" >= ").bind(asked.low);
                    sql.push(" AND ")
                        .push(column)
                        .push(" < ")
                        .bind(asked.high)
                        .push(")");
                }
                Prefix::Ne => {
                    sql.push("(").push(column).push(" < ").bind(asked.low);
                    sql.push(" OR ")
                        .push(column)
                        .push(" >= ")
                        .bind(asked.high)
                        .push(")");
                }
                Prefix::Gt | Prefix::Sa => {
                    sql.push(column).push(" >= ").bind(asked.high);
                }
                Prefix::Ge => {
                    sql.push(column).push(" >= ").bind(asked.low);
                }
                Prefix::Lt | Prefix::Eb => {
                    sql.push(column).push(" < ").bind(asked.low);
                }
                Prefix::Le => {
                    sql.push(column).push(" < ").bind(asked.high);
                }
            }
        });
    }

    fn missing(&mut self, alias: &Alias, code: &str, missing: bool) {
        self.sql
            .push(alias.present)
            .push(if missing { " NOT LIKE " } else { " LIKE " });
        let pattern = ["% ", &escaped(code), " %"].concat();
        self.sql.bind(pattern).push(" ESCAPE '\\'");
    }

    /// `(a OR b OR …)`; nothing to choose from is never true.
    fn any(&mut self, count: usize, mut each: impl FnMut(&mut Self, usize)) {
        if count == 0 {
            self.sql.push("1 = 0");
            return;
        }
        self.sql.push("(");
        for at in 0..count {
            if at > 0 {
                self.sql.push(" OR ");
            }
            each(self, at);
        }
        self.sql.push(")");
    }

    fn value(
        &mut self,
        alias: &Alias,
        kind: &'static str,
        parameter: &'static Parameter,
        modifier: Modifier,
        any: &[QueryValue],
    ) -> Result<()> {
        let param = Param {
            kind,
            code: parameter.code,
        };
        match modifier {
            Modifier::Not => self.sql.push("NOT "),
            Modifier::NotIn => self.sql.push("NOT "),
            _ => &mut self.sql,
        };
        if matches!(modifier, Modifier::In | Modifier::NotIn) {
            let values = value_set::tokens(self.tx, any)?;
            let hashes: Vec<i64> = values.iter().map(|(s, c)| param.token(s, c)).collect();
            self.tokens(alias, &hashes);
            return Ok(());
        }
        let hierarchy = matches!(modifier, Modifier::Above | Modifier::Below);
        if hierarchy && parameter.kind == ParameterKind::Token {
            let text =
                "no hierarchy of this code system is known here: ask for the codes themselves";
            return Err(refusal::refuse(
                IssueCode::NotSupported,
                parameter.code,
                text,
            ));
        }
        let hashes: Option<Vec<i64>> = any
            .iter()
            .map(|value| token_hash(param, modifier, value))
            .collect();
        if let Some(hashes) = hashes {
            self.tokens(alias, &hashes);
            return Ok(());
        }
        let mut refused: Option<Error> = None;
        self.any(any.len(), |writer, at| {
            let result = writer.one(alias, param, modifier, &any[at]);
            if let Err(error) = result {
                refused.get_or_insert(error);
            }
        });
        refused.map_or(Ok(()), Err)
    }

    /// The resource has one of these tokens.
    fn tokens(&mut self, alias: &Alias, hashes: &[i64]) {
        if hashes.is_empty() {
            self.sql.push("1 = 0");
            return;
        }
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_token AS t WHERE t.hash IN (");
        self.sql.bind_all(hashes.iter().copied());
        self.sql.push(") AND t.key = ").push(alias.key).push(")");
    }

    /// One alternative of a clause that is not a plain token.
    fn one(
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

    fn chain(
        &mut self,
        kind: &'static str,
        parameter: &'static Parameter,
        targets: &[(&'static str, Criterion)],
        depth: usize,
    ) -> Result<()> {
        let (here, next) = (alias_at(depth)?, alias_at(depth + 1)?);
        let param = Param {
            kind,
            code: parameter.code,
        }
        .plain();
        self.sql.push("EXISTS (SELECT 1 FROM ").push(next.reference);
        self.sql.push(" CROSS JOIN ").push(next.table);
        self.sql
            .push(" WHERE ")
            .push(next.reference_key)
            .push(" = ")
            .push(here.key);
        self.sql
            .push(" AND ")
            .push(next.reference_param)
            .push(" = ")
            .bind(param);
        self.sql
            .push(" AND ")
            .push(next.address)
            .push(" = ")
            .push(next.reference_target);
        self.sql.push(" AND ");
        self.eye.push_live(&mut self.sql, next);
        self.sql.push(" AND (1 = 0");
        for (target, criterion) in targets {
            self.sql.push(" OR (").push(next.kind).push(" = ");
            self.sql.bind(kinds::number(target));
            self.and(target, criterion, depth + 1)?;
            self.sql.push(")");
        }
        self.sql.push("))");
        Ok(())
    }

    fn has(
        &mut self,
        source: &'static str,
        parameter: &'static Parameter,
        criterion: &Criterion,
        depth: usize,
    ) -> Result<()> {
        let (here, next) = (alias_at(depth)?, alias_at(depth + 1)?);
        let param = Param {
            kind: source,
            code: parameter.code,
        }
        .plain();
        self.sql.push("EXISTS (SELECT 1 FROM ").push(next.reference);
        self.sql.push(" CROSS JOIN ").push(next.table);
        self.sql
            .push(" WHERE ")
            .push(next.reference_target)
            .push(" = ")
            .push(here.address);
        self.sql
            .push(" AND ")
            .push(next.reference_param)
            .push(" = ")
            .bind(param);
        self.sql
            .push(" AND ")
            .push(next.key)
            .push(" = ")
            .push(next.reference_key);
        self.sql.push(" AND ");
        self.eye.push_live(&mut self.sql, next);
        self.and(source, criterion, depth + 1)?;
        self.sql.push(")");
        Ok(())
    }

    fn list(&mut self, alias: &Alias, id: &str) {
        let param = Param {
            kind: "List",
            code: "item",
        }
        .plain();
        let next = &ALIASES[ALIASES.len() - 1];
        self.sql.push("EXISTS (SELECT 1 FROM ").push(next.table);
        self.sql.push(" CROSS JOIN ").push(next.reference);
        self.sql
            .push(" WHERE ")
            .push(next.address)
            .push(" = ")
            .bind(hash::address("List", id));
        self.sql
            .push(" AND ")
            .push(next.reference_key)
            .push(" = ")
            .push(next.key);
        self.sql
            .push(" AND ")
            .push(next.reference_param)
            .push(" = ")
            .bind(param);
        self.sql
            .push(" AND ")
            .push(next.reference_target)
            .push(" = ")
            .push(alias.address);
        self.sql.push(" AND ");
        self.eye.push_live(&mut self.sql, next);
        self.sql.push(")");
    }
}

/// The alias at a depth.
pub(super) fn alias_at(depth: usize) -> Result<&'static Alias> {
    ALIASES.get(depth).ok_or_else(|| {
        let text = "the chain has too many links";
        refusal::refuse(IssueCode::TooCostly, "", text)
    })
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
fn escaped(text: &str) -> String {
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
