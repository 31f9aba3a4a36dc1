//! Where a statement begins: the clause that leaves the fewest rows.
//!
//! The choice rests on what kind of clause it is and, where that is not enough, on counting a few
//! hundred index rows. No statistics of the engine are needed, so it is right from the first row on.

use fhir::definitions::compartment;
use fhir::search::{Criterion, Modifier, Parameter, Prefix, QueryValue, Sort, SortBy};
use kernel::Result;
use store::{Composed, Tx};

use super::values::{behind, quantity_of, token_hash};
use crate::hash::{self, Param};
use crate::index::short;
use crate::kinds;

/// Index rows that are counted before a clause is taken for a wide one.
const COUNTED_MAX: i64 = 300;

/// The source of candidates. Each may give too many resources, never too few; the filters decide.
#[derive(Clone, Debug)]
pub(super) enum Driver {
    /// These addresses.
    Addresses(Vec<i64>),
    /// What is known of a patient, by type, code (0: any), newest first.
    Compartment { patient: i64, kind: i64, code: i64 },
    /// Tokens.
    Tokens(Vec<i64>),
    /// References to these.
    References { param: i64, targets: Vec<i64> },
    /// Resources whose reference points at what another driver gives, one for each type that the
    /// reference may point at.
    Chain { param: i64, inner: Vec<Driver> },
    /// Resources that what another driver gives points at.
    Has { param: i64, inner: Box<Driver> },
    /// Strings from here to there.
    Strings {
        params: Vec<i64>,
        low: String,
        high: String,
    },
    /// Dates that begin before `below` and end behind `above`.
    DatesFrom { param: i64, above: i64 },
    /// Dates that begin in a range.
    DatesIn { param: i64, low: i64, high: i64 },
    /// Quantities from here to there.
    Quantities { param: i64, low: i64, high: i64 },
    /// Every resource of the type: the statement begins with the resources themselves.
    All,
}

impl Driver {
    /// Rough worth: lower is better.
    fn rank(&self) -> u32 {
        match self {
            Self::Addresses(_) => 0,
            Self::Compartment { code, .. } => 2 + u32::from(*code == 0),
            Self::Tokens(_) => 5,
            Self::References { .. } => 4,
            Self::Chain { inner, .. } => 4 + inner.iter().map(Self::rank).max().unwrap_or(0),
            Self::Has { inner, .. } => 4 + inner.rank(),
            Self::Quantities { .. } | Self::DatesIn { .. } => 12,
            Self::Strings { low, .. } => {
                if low.chars().count() > 1 {
                    8
                } else {
                    13
                }
            }
            Self::DatesFrom { .. } => 14,
            Self::All => 20,
        }
    }

    /// Writes `SELECT … AS key` of the candidates, each once.
    pub(super) fn push(&self, sql: &mut Composed) {
        match self {
            Self::Addresses(addresses) => {
                sql.push("SELECT a.key AS key FROM fhir_resource AS a WHERE a.address IN (");
                sql.bind_all(addresses.iter().copied()).push(")");
            }
            Self::Compartment {
                patient,
                kind,
                code,
            } => {
                sql.push("SELECT c.key AS key, c.date AS date FROM fhir_compartment AS c WHERE c.patient = ");
                sql.bind(*patient).push(" AND c.kind = ").bind(*kind);
                sql.push(" AND c.code = ").bind(*code);
            }
            Self::Tokens(hashes) => {
                sql.push(select(hashes.len()));
                sql.push(" k.key AS key FROM fhir_token AS k WHERE k.hash IN (");
                sql.bind_all(hashes.iter().copied()).push(")");
            }
            Self::References { param, targets } => {
                sql.push(select(targets.len()));
                sql.push(" g.key AS key FROM fhir_reference AS g WHERE g.param = ")
                    .bind(*param);
                sql.push(" AND g.target IN (")
                    .bind_all(targets.iter().copied())
                    .push(")");
            }
            Self::Chain { param, inner, .. } => {
                sql.push("SELECT DISTINCT h.key AS key FROM (");
                for (at, one) in inner.iter().enumerate() {
                    sql.push(if at == 0 {
                        "SELECT u.key AS key FROM ("
                    } else {
                        " UNION ALL SELECT u.key AS key FROM ("
                    });
                    one.push(sql);
                    sql.push(") AS u");
                }
                sql.push(
                    ") AS i CROSS JOIN fhir_resource AS o CROSS JOIN fhir_reference AS h
                    WHERE o.key = i.key AND h.target = o.address AND h.param = ",
                )
                .bind(*param);
            }
            Self::Has { param, inner, .. } => {
                sql.push("SELECT DISTINCT o.key AS key FROM (");
                inner.push(sql);
                sql.push(
                    ") AS i CROSS JOIN fhir_reference AS h CROSS JOIN fhir_resource AS o
                    WHERE h.key = i.key AND o.address = h.target AND h.param = ",
                )
                .bind(*param);
            }
            _ => self.push_range(sql),
        }
    }

    /// Candidates from a range of values.
    fn push_range(&self, sql: &mut Composed) {
        match self {
            Self::Strings { params, low, high } => {
                sql.push("SELECT DISTINCT w.key AS key FROM fhir_string AS w WHERE w.param IN (");
                sql.bind_all(params.iter().copied());
                sql.push(") AND w.folded >= ").bind(low.as_str());
                sql.push(" AND w.folded < ").bind(high.as_str());
            }
            Self::DatesFrom { param, above } => {
                sql.push("SELECT DISTINCT m.key AS key FROM fhir_date AS m WHERE m.param = ");
                sql.bind(*param).push(" AND m.high > ").bind(*above);
            }
            Self::DatesIn { param, low, high } => {
                sql.push("SELECT DISTINCT m.key AS key FROM fhir_date AS m WHERE m.param = ");
                sql.bind(*param).push(" AND m.low >= ").bind(*low);
                sql.push(" AND m.low < ").bind(*high);
            }
            Self::Quantities { param, low, high } => {
                sql.push("SELECT DISTINCT n.key AS key FROM fhir_quantity AS n WHERE n.param = ");
                sql.bind(*param).push(" AND n.low >= ").bind(*low);
                sql.push(" AND n.low <= ").bind(*high);
            }
            _ => {
                sql.push("SELECT z.key AS key FROM fhir_resource AS z");
            }
        }
    }
}

/// Several values may give the same resource more than once.
fn select(values: usize) -> &'static str {
    if values == 1 {
        "SELECT"
    } else {
        "SELECT DISTINCT"
    }
}

/// The best place to begin.
pub(super) fn choose(
    tx: &mut Tx<'_>,
    kind: &'static str,
    criteria: &[&Criterion],
    sort: &[Sort],
) -> Result<Driver> {
    let mut drivers: Vec<Driver> = criteria.iter().filter_map(|one| of(kind, one)).collect();
    if let Some(compartment) = in_compartment(kind, criteria, sort) {
        drivers.push(compartment);
    }
    drivers.sort_by_key(Driver::rank);
    let rivals = drivers.iter().filter(|driver| driver.rank() >= 4).count();
    let needs_count = drivers.first().is_some_and(|best| best.rank() >= 4) && rivals > 1;
    if !needs_count {
        return Ok(drivers.into_iter().next().unwrap_or(Driver::All));
    }
    let mut best: Option<(i64, Driver)> = None;
    for driver in drivers.into_iter().take(4) {
        let count = counted(tx, &driver)?;
        if best.as_ref().is_none_or(|(least, _)| count < *least) {
            best = Some((count, driver));
        }
    }
    Ok(best.map_or(Driver::All, |(_, driver)| driver))
}

fn counted(tx: &mut Tx<'_>, driver: &Driver) -> Result<i64> {
    #[derive(serde::Deserialize)]
    struct Count {
        count: i64,
    }
    let mut sql = Composed::new();
    sql.push("SELECT COUNT(*) AS count FROM (SELECT 1 AS one FROM (");
    driver.push(&mut sql);
    sql.push(") AS x LIMIT ").bind(COUNTED_MAX).push(") AS y");
    let rows: Vec<Count> = tx.query_composed(&sql)?;
    Ok(rows.first().map_or(0, |row| row.count))
}

/// What a clause can begin with; `None` for those that only exclude.
fn of(kind: &'static str, criterion: &Criterion) -> Option<Driver> {
    match criterion {
        Criterion::Id(ids) => Some(Driver::Addresses(
            ids.iter().map(|id| hash::address(kind, id)).collect(),
        )),
        Criterion::Compartment(patient) => Some(Driver::Compartment {
            patient: hash::address("Patient", patient),
            kind: kinds::number(kind)?,
            code: 0,
        }),
        Criterion::Value {
            parameter,
            modifier,
            any,
        } => of_value(kind, parameter, *modifier, any),
        Criterion::Chain { parameter, targets } => {
            let inner: Option<Vec<Driver>> = targets
                .iter()
                .map(|(target, criterion)| of(target, criterion))
                .collect();
            let param = Param {
                kind,
                code: parameter.code,
            }
            .plain();
            Some(Driver::Chain {
                param,
                inner: inner.filter(|inner| !inner.is_empty())?,
            })
        }
        Criterion::Has {
            source,
            parameter,
            criterion,
        } => {
            let param = Param {
                kind: source,
                code: parameter.code,
            }
            .plain();
            Some(Driver::Has {
                param,
                inner: Box::new(of(source, criterion)?),
            })
        }
        _ => None,
    }
}

fn of_value(
    kind: &'static str,
    parameter: &'static Parameter,
    modifier: Modifier,
    any: &[QueryValue],
) -> Option<Driver> {
    if matches!(
        modifier,
        Modifier::Not | Modifier::NotIn | Modifier::In | Modifier::Above | Modifier::Below
    ) {
        return None;
    }
    let codes = kinds::codes_of(kind, parameter).iter();
    let params: Vec<Param<'_>> = codes.map(|&code| Param { kind, code }).collect();
    let pairs = params
        .iter()
        .flat_map(|param| any.iter().map(move |value| (*param, value)));
    let hashes: Option<Vec<i64>> = pairs
        .map(|(param, value)| token_hash(param, modifier, value))
        .collect();
    if let Some(hashes) = hashes {
        return Some(Driver::Tokens(hashes));
    }
    let ([param], false) = (params.as_slice(), any.is_empty()) else {
        return None;
    };
    if let Some(targets) = targets_of(any) {
        return Some(Driver::References {
            param: param.plain(),
            targets,
        });
    }
    let [one] = any else { return None };
    of_range(*param, modifier, one)
}

/// What a single value that is no token or reference begins with.
fn of_range(param: Param<'_>, modifier: Modifier, one: &QueryValue) -> Option<Driver> {
    match one {
        QueryValue::String { folded, .. }
            if modifier != Modifier::Contains && !folded.is_empty() =>
        {
            let low = short(folded);
            let high = behind(&low);
            Some(Driver::Strings {
                params: vec![param.plain(), param.pinyin()],
                low,
                high,
            })
        }
        QueryValue::Uri(uri) => {
            let low = short(uri);
            let high = behind(&low);
            Some(Driver::Strings {
                params: vec![param.plain()],
                low,
                high,
            })
        }
        QueryValue::Date(asked) => match asked.prefix {
            Prefix::Eq => Some(Driver::DatesIn {
                param: param.plain(),
                low: asked.low,
                high: asked.high,
            }),
            Prefix::Gt | Prefix::Ge | Prefix::Sa => Some(Driver::DatesFrom {
                param: param.plain(),
                above: asked.low,
            }),
            _ => None,
        },
        QueryValue::Quantity {
            number,
            system,
            unit,
            canonical,
        } => {
            let (param, number) = quantity_of(param, number, system, unit, canonical.as_ref());
            (number.prefix == Prefix::Eq).then(|| Driver::Quantities {
                param,
                low: hash::sortable(number.low),
                high: hash::sortable(number.high),
            })
        }
        _ => None,
    }
}

fn targets_of(any: &[QueryValue]) -> Option<Vec<i64>> {
    let mut targets = Vec::new();
    for value in any {
        match value {
            QueryValue::Reference {
                types,
                id: Some(id),
                url: None,
                ..
            } => {
                targets.extend(types.iter().map(|kind| hash::address(kind, id)));
            }
            _ => return None,
        }
    }
    (!targets.is_empty()).then_some(targets)
}

/// The compartment of one patient, when a clause names one and results may come by date.
fn in_compartment(kind: &'static str, criteria: &[&Criterion], sort: &[Sort]) -> Option<Driver> {
    let members = compartment("Patient", kind);
    let patient = criteria.iter().find_map(|criterion| match criterion {
        Criterion::Value {
            parameter,
            modifier: Modifier::None,
            any,
        } if members.contains(&parameter.code)
            || matches!(parameter.code, "patient" | "subject") =>
        {
            let [
                QueryValue::Reference {
                    types,
                    id: Some(id),
                    url: None,
                    ..
                },
            ] = any.as_slice()
            else {
                return None;
            };
            // R4 lets `patient` find patients only, whatever its targets are said to be.
            let patients_only = types.as_slice() == ["Patient"] || parameter.code == "patient";
            patients_only.then(|| hash::address("Patient", id))
        }
        _ => None,
    })?;
    let (dates, codes) = kinds::compartment_keys(kind);
    let by_date = sort.first().is_none_or(|first| {
        matches!(&first.by, SortBy::Parameter(parameter) if dates.contains(&parameter.code))
    });
    let code = criteria.iter().find_map(|criterion| match criterion {
        Criterion::Value {
            parameter,
            modifier: Modifier::None,
            any,
        } if codes.contains(&parameter.code) => {
            let [
                QueryValue::Token {
                    code: Some(code), ..
                },
            ] = any.as_slice()
            else {
                return None;
            };
            Some(hash::of(&[code]))
        }
        _ => None,
    });
    if !by_date && code.is_none() {
        return None;
    }
    Some(Driver::Compartment {
        patient,
        kind: kinds::number(kind)?,
        code: code.unwrap_or(0),
    })
}
