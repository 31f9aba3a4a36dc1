//! What must hold of a resource, as conditions that probe its own rows by key.
//!
//! Every fragment is a constant and every value bound; see [`store::Composed`]. A chain walks from
//! one alias to the next, and each resource on the way must be one the actor may see.

use fhir::IssueCode;
use fhir::search::{Criterion, DateMatch, Modifier, Parameter, ParameterKind, Prefix, QueryValue};
use kernel::{Error, Result};
use store::{Composed, Tx};

use super::value_set;
use super::values::{escaped, token_hash};
use crate::access::{ALIASES, Alias, Eye};
use crate::hash::{self, Param};
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
        let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Search);
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
            Criterion::Compartment(patient) => self.compartment(alias, patient),
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
        if matches!(modifier, Modifier::Not | Modifier::NotIn) {
            self.sql.push("NOT ");
        }
        let codes = kinds::codes_of(kind, parameter);
        let mut refused: Option<Error> = None;
        self.any(codes.len(), |writer, at| {
            let param = Param {
                kind,
                code: codes[at],
            };
            if let Err(error) = writer.value_of(alias, param, parameter, modifier, any) {
                refused.get_or_insert(error);
            }
        });
        refused.map_or(Ok(()), Err)
    }

    /// The resource has one of these values in the rows of `param`.
    fn value_of(
        &mut self,
        alias: &Alias,
        param: Param<'_>,
        parameter: &'static Parameter,
        modifier: Modifier,
        any: &[QueryValue],
    ) -> Result<()> {
        let hierarchy = matches!(modifier, Modifier::Above | Modifier::Below)
            && parameter.kind == ParameterKind::Token;
        if hierarchy || matches!(modifier, Modifier::In | Modifier::NotIn) {
            let values = if hierarchy {
                value_set::hierarchy(self.tx, parameter, modifier, any)?
            } else {
                value_set::tokens(self.tx, any)?
            };
            let hashes: Vec<i64> = values.iter().map(|(s, c)| param.token(s, c)).collect();
            self.tokens(alias, &hashes);
            return Ok(());
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
    pub(super) fn tokens(&mut self, alias: &Alias, hashes: &[i64]) {
        if hashes.is_empty() {
            self.sql.push("1 = 0");
            return;
        }
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_token AS t WHERE t.hash IN (");
        self.sql.bind_all(hashes.iter().copied());
        self.sql.push(") AND t.key = ").push(alias.key).push(")");
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
        same(&mut self.sql, " WHERE ", next.reference_key, here.key);
        self.sql
            .push(" AND ")
            .push(next.reference_param)
            .push(" = ")
            .bind(param);
        same(&mut self.sql, " AND ", next.address, next.reference_target);
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
        same(
            &mut self.sql,
            " WHERE ",
            next.reference_target,
            here.address,
        );
        self.sql
            .push(" AND ")
            .push(next.reference_param)
            .push(" = ")
            .bind(param);
        same(&mut self.sql, " AND ", next.key, next.reference_key);
        self.sql.push(" AND ");
        self.eye.push_live(&mut self.sql, next);
        self.and(source, criterion, depth + 1)?;
        self.sql.push(")");
        Ok(())
    }

    fn compartment(&mut self, alias: &Alias, patient: &str) {
        self.sql
            .push("EXISTS (SELECT 1 FROM fhir_compartment AS cc WHERE cc.key = ")
            .push(alias.key);
        self.sql
            .push(" AND cc.code = 0 AND cc.patient = ")
            .bind(hash::address("Patient", patient))
            .push(")");
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
        same(&mut self.sql, " AND ", next.reference_key, next.key);
        self.sql
            .push(" AND ")
            .push(next.reference_param)
            .push(" = ")
            .bind(param);
        same(&mut self.sql, " AND ", next.reference_target, alias.address);
        self.sql.push(" AND ");
        self.eye.push_live(&mut self.sql, next);
        self.sql.push(")");
    }
}

/// `left = right` of two columns, behind a word.
fn same(sql: &mut Composed, word: &'static str, left: &'static str, right: &'static str) {
    sql.push(word).push(left).push(" = ").push(right);
}

/// The alias at a depth.
pub(super) fn alias_at(depth: usize) -> Result<&'static Alias> {
    ALIASES.get(depth).ok_or_else(|| {
        let text = "the chain has too many links";
        refusal::refuse(IssueCode::TooCostly, "", text)
    })
}
