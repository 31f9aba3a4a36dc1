//! One page of a search, and its total.

use fhir::IssueCode;
use fhir::search::{Criterion, ParameterKind, Query, Sort, SortBy, TIME_MAX, TIME_MIN};
use kernel::{AppRight, Instant, Result};
use serde::Deserialize;
use store::{Composed, Tx};

use super::cursor::{Mark, Place};
use super::driver::{self, Driver};
use super::filter::Writer;
use super::{PAGE_DEFAULT, PAGE_MAX, standing};
use crate::access::ALIASES;
use crate::hash::Param;
use crate::rows::{HEADER, Header};
use crate::{app, kinds, refusal};

/// Keys one search is sorted by at most.
const SORTS_MAX: usize = 3;

/// A page of resources, in order.
pub(crate) struct Found {
    pub headers: Vec<Header>,
    /// Where the next page begins, when there is one.
    pub next: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sorted {
    key: i64,
    address: i64,
    kind: i64,
    id: String,
    version: i64,
    updated_at: Instant,
    patient_id: Option<String>,
    org_id: String,
    owner: Option<String>,
    deleted: bool,
    s1: Mark,
    s2: Mark,
    s3: Mark,
}

impl Sorted {
    fn place(&self, sorts: usize) -> Place {
        let marks = [&self.s1, &self.s2, &self.s3];
        Place {
            kind: self.kind,
            marks: marks.into_iter().take(sorts).cloned().collect(),
            key: self.key,
        }
    }

    fn header(self) -> Header {
        Header {
            key: self.key,
            address: self.address,
            kind: self.kind,
            id: self.id,
            version: self.version,
            updated_at: self.updated_at,
            patient_id: self.patient_id,
            org_id: self.org_id,
            owner: self.owner,
            deleted: self.deleted,
        }
    }
}

/// The page a query asks for.
///
/// # Errors
/// What of the query is not supported; whatever the database reports.
pub(crate) fn page(tx: &mut Tx<'_>, query: &Query) -> Result<Found> {
    app::require_query(tx.actor(), query)?;
    let query = &*standing::of(tx, query)?;
    let limit = query.count.unwrap_or(PAGE_DEFAULT).min(PAGE_MAX);
    let sorts = check_sort(query)?;
    let place = query
        .cursor
        .as_deref()
        .map(|text| Place::parse(text, sorts))
        .transpose()?;
    let mut rows: Vec<Sorted> = Vec::new();
    if limit == 0 {
        return Ok(Found {
            headers: Vec::new(),
            next: None,
        });
    }
    for (number, kind) in types_of(tx, query) {
        let here = place.as_ref().filter(|place| place.kind == number);
        let wanted = limit + 1 - u32::try_from(rows.len()).unwrap_or(limit);
        if place.as_ref().is_some_and(|place| place.kind > number) || wanted == 0 {
            continue;
        }
        rows.extend(of_type(tx, query, kind, here, wanted)?);
    }
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|last| last.place(sorts).text());
    Ok(Found {
        headers: rows.into_iter().map(Sorted::header).collect(),
        next,
    })
}

/// How many resources a query finds in all.
///
/// # Errors
/// As [`page`].
pub(crate) fn total(tx: &mut Tx<'_>, query: &Query) -> Result<i64> {
    #[derive(Deserialize)]
    struct Count {
        count: i64,
    }
    app::require_query(tx.actor(), query)?;
    let query = &*standing::of(tx, query)?;
    check_sort(query)?;
    let mut total = 0;
    for (_, kind) in types_of(tx, query) {
        let criteria = criteria_of(query);
        let driver = driver::choose(tx, kind, &criteria, &[])?;
        let mut writer = Writer::new(tx);
        writer.sql.push("SELECT COUNT(*) AS count FROM ");
        body(&mut writer, kind, &criteria, &driver)?;
        let sql = writer.sql;
        let rows: Vec<Count> = tx.query_composed(&sql)?;
        total += rows.first().map_or(0, |row| row.count);
    }
    Ok(total)
}

fn criteria_of(query: &Query) -> Vec<&Criterion> {
    query
        .clauses
        .iter()
        .map(|clause| &clause.criterion)
        .collect()
}

/// The types a query is about, in the order pages go through them; of all types those that an app may
/// search.
fn types_of(tx: &Tx<'_>, query: &Query) -> Vec<(i64, &'static str)> {
    let asked: Vec<&'static str> = if query.types.is_empty() {
        fhir::definitions::resource_types().to_vec()
    } else {
        query.types.clone()
    };
    let mut types: Vec<(i64, &'static str)> = asked
        .into_iter()
        .filter(|name| app::may(tx.actor(), name, AppRight::Search))
        .filter_map(|name| Some((kinds::number(name)?, name)))
        .collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// How many keys results are sorted by.
fn check_sort(query: &Query) -> Result<usize> {
    let refuse = |text: &str| Err(refusal::refuse(IssueCode::NotSupported, "_sort", text));
    if query.sort.len() > SORTS_MAX {
        return refuse("a search is sorted by three keys at most");
    }
    if !query.sort.is_empty() && query.types.len() != 1 {
        return refuse("only searches of one type are sorted");
    }
    let unsortable = query.sort.iter().any(|sort| match &sort.by {
        SortBy::Parameter(parameter) => !matches!(
            parameter.kind,
            ParameterKind::Date
                | ParameterKind::String
                | ParameterKind::Number
                | ParameterKind::Quantity
                | ParameterKind::Uri
        ),
        _ => false,
    });
    if unsortable {
        return refuse(
            "results are sorted by dates, words, numbers and quantities, _id and _lastUpdated",
        );
    }
    Ok(query.sort.len())
}

fn of_type(
    tx: &mut Tx<'_>,
    query: &Query,
    kind: &'static str,
    place: Option<&Place>,
    limit: u32,
) -> Result<Vec<Sorted>> {
    let criteria = criteria_of(query);
    let driver = driver::choose(tx, kind, &criteria, &query.sort)?;
    let mut writer = Writer::new(tx);
    if query.sort.is_empty() {
        writer
            .sql
            .push("SELECT ")
            .push(HEADER)
            .push(", 0 AS s1, 0 AS s2, 0 AS s3 FROM ");
        body(&mut writer, kind, &criteria, &driver)?;
        let key = if matches!(driver, Driver::All) {
            "r.key"
        } else {
            "d.key"
        };
        if let Some(place) = place {
            writer
                .sql
                .push(" AND ")
                .push(key)
                .push(" < ")
                .bind(place.key);
        }
        writer
            .sql
            .push(" ORDER BY ")
            .push(key)
            .push(" DESC LIMIT ")
            .bind(limit);
    } else if by_compartment_date(kind, &driver, &query.sort) {
        writer
            .sql
            .push("SELECT ")
            .push(HEADER)
            .push(", d.date AS s1, 0 AS s2, 0 AS s3 FROM ");
        body(&mut writer, kind, &criteria, &driver)?;
        if let Some(Place { marks, key, .. }) = place {
            writer.sql.push(" AND (d.date, d.key) < (").bind(&marks[0]);
            writer.sql.push(", ").bind(*key).push(")");
        }
        writer
            .sql
            .push(" ORDER BY d.date DESC, d.key DESC LIMIT ")
            .bind(limit);
    } else {
        writer.sql.push("SELECT * FROM (SELECT ").push(HEADER);
        sort_columns(&mut writer.sql, kind, &query.sort);
        writer.sql.push(" FROM ");
        body(&mut writer, kind, &criteria, &driver)?;
        writer.sql.push(") AS q");
        if let Some(place) = place {
            behind(&mut writer.sql, &query.sort, place);
        }
        order(&mut writer.sql, &query.sort);
        writer.sql.push(" LIMIT ").bind(limit);
    }
    let sql = writer.sql;
    tx.query_composed(&sql)
}

/// `(driver) AS d CROSS JOIN fhir_resource AS r WHERE …`: what both pages and totals begin with.
fn body(
    writer: &mut Writer<'_, '_>,
    kind: &'static str,
    criteria: &[&Criterion],
    driver: &Driver,
) -> Result<()> {
    if matches!(driver, Driver::All) {
        writer.sql.push("fhir_resource AS r WHERE ");
    } else {
        writer.sql.push("(");
        driver.push(&mut writer.sql);
        writer
            .sql
            .push(") AS d CROSS JOIN fhir_resource AS r WHERE r.key = d.key AND ");
    }
    writer
        .sql
        .push("r.kind = ")
        .bind(kinds::number(kind))
        .push(" AND ");
    writer.eye.push_live(&mut writer.sql, &ALIASES[0]);
    for criterion in criteria {
        writer.and(kind, criterion, 0)?;
    }
    Ok(())
}

/// Whether the rows of the driver already come in the order asked.
fn by_compartment_date(kind: &str, driver: &Driver, sort: &[Sort]) -> bool {
    let [
        Sort {
            by: SortBy::Parameter(parameter),
            descending: true,
        },
    ] = sort
    else {
        return false;
    };
    matches!(driver, Driver::Compartment { .. })
        && kinds::compartment_keys(kind).0.contains(&parameter.code)
}

/// One column a sort key; a resource without a value comes last either way.
fn sort_columns(sql: &mut Composed, kind: &'static str, sort: &[Sort]) {
    const NAMES: [&str; SORTS_MAX] = [" AS s1", " AS s2", " AS s3"];
    for (at, name) in NAMES.into_iter().enumerate() {
        sql.push(", ");
        match sort.get(at) {
            None => {
                sql.push("0");
            }
            Some(Sort { by: SortBy::Id, .. }) => {
                sql.push("r.id");
            }
            Some(Sort {
                by: SortBy::LastUpdated,
                ..
            }) => {
                sql.push("r.updated_at");
            }
            Some(Sort {
                by: SortBy::Parameter(parameter),
                descending,
            }) => {
                let codes = kinds::codes_of(kind, parameter).iter();
                let params = codes.map(|&code| Param { kind, code }.plain());
                let words = matches!(parameter.kind, ParameterKind::String | ParameterKind::Uri);
                let lowest =
                    !descending || kinds::compartment_keys(kind).0.contains(&parameter.code);
                let extreme = if lowest { "MIN(" } else { "MAX(" };
                sql.push("COALESCE((SELECT ").push(extreme);
                sql.push(match parameter.kind {
                    ParameterKind::Date => "o.low) FROM fhir_date AS o",
                    _ if words => "o.folded) FROM fhir_string AS o",
                    _ => "o.low) FROM fhir_quantity AS o",
                });
                sql.push(" WHERE o.key = r.key AND o.param IN (")
                    .bind_all(params)
                    .push(")), ");
                match (words, descending) {
                    (true, false) => sql.bind("\u{10FFFF}"),
                    (true, true) => sql.bind(""),
                    (false, false) => sql.bind(TIME_MAX),
                    (false, true) => sql.bind(TIME_MIN),
                };
                sql.push(")");
            }
        }
        sql.push(name);
    }
}

const COLUMNS: [&str; SORTS_MAX] = ["q.s1", "q.s2", "q.s3"];

/// ` WHERE` the row comes behind a place, in the order of the sort keys and then newest first.
fn behind(sql: &mut Composed, sort: &[Sort], place: &Place) {
    sql.push(" WHERE (1 = 0");
    // Equal in the first keys and behind in the next one; equal in all and an older key.
    for level in 0..=sort.len() {
        sql.push(" OR (1 = 1");
        for (column, mark) in COLUMNS.iter().zip(&place.marks).take(level) {
            sql.push(" AND ").push(column).push(" = ").bind(mark);
        }
        match (sort.get(level), COLUMNS.get(level), place.marks.get(level)) {
            (Some(sort), Some(column), Some(mark)) => {
                let sign = if sort.descending { " < " } else { " > " };
                sql.push(" AND ").push(column).push(sign).bind(mark);
            }
            _ => {
                sql.push(" AND q.key < ").bind(place.key);
            }
        }
        sql.push(")");
    }
    sql.push(")");
}

fn order(sql: &mut Composed, sort: &[Sort]) {
    sql.push(" ORDER BY ");
    for (column, sort) in COLUMNS.iter().zip(sort) {
        sql.push(column)
            .push(if sort.descending { " DESC, " } else { ", " });
    }
    sql.push("q.key DESC");
}
