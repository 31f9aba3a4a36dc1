//! Departments, techniques, capability surveys, catchments.

use kernel::{Id, Result, Scope};
use store::{Tx, Versioned, params};

use crate::model::{Catchment, Department, Survey, Technique};

const DEPARTMENTS: &str = "SELECT d.version, d.body FROM department AS d
    WHERE (CAST($1 AS BIGINT) = 1 OR d.org_id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND (CAST($4 AS TEXT) IS NULL OR d.org_id = $4)
      AND (CAST($5 AS TEXT) IS NULL OR d.specialty = $5)
      AND (CAST($6 AS TEXT) IS NULL OR d.state = $6)
      AND d.id > $7
    ORDER BY d.id LIMIT $8";
const DEPARTMENTS_OF: &str =
    "SELECT version, body FROM department WHERE org_id = $1 ORDER BY name_key, id";
const DEPARTMENT_BY_CODE: &str =
    "SELECT version, body FROM department WHERE org_id = $1 AND code = $2";
const TECHNIQUES: &str = "SELECT t.version, t.body FROM technique AS t
    WHERE (CAST($1 AS BIGINT) = 1 OR t.org_id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND (CAST($4 AS TEXT) IS NULL OR t.org_id = $4)
      AND (CAST($5 AS TEXT) IS NULL OR t.code = $5)
      AND (CAST($6 AS TEXT) IS NULL OR t.state = $6)
      AND t.search_key LIKE $7 ESCAPE '!'
      AND t.id > $8
    ORDER BY t.id LIMIT $9";
const OFFERED: &str = "SELECT version, body FROM technique WHERE code = $1 AND state = 'offered'
    ORDER BY id";
const OFFERED_BY: &str =
    "SELECT version, body FROM technique WHERE org_id = $1 AND code = $2 AND state = 'offered'";
const SURVEYS: &str = "SELECT s.version, s.body FROM capability_survey AS s
    WHERE (CAST($1 AS BIGINT) = 1 OR s.org_id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND (CAST($4 AS TEXT) IS NULL OR s.org_id = $4)
      AND s.id < $5
    ORDER BY s.id DESC LIMIT $6";
const BASELINE: &str =
    "SELECT version, body FROM capability_survey WHERE org_id = $1 AND is_baseline = 1";
const SURVEY_ON: &str =
    "SELECT version, body FROM capability_survey WHERE org_id = $1 AND surveyed_on = $2";
const CATCHMENTS: &str = "SELECT c.version, c.body FROM catchment AS c
    WHERE (CAST($1 AS BIGINT) = 1 OR c.org_id IN
        (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND (CAST($4 AS TEXT) IS NULL OR c.org_id = $4)
      AND (CAST($5 AS TEXT) IS NULL OR c.area_code = $5)
      AND c.id > $6
    ORDER BY c.id LIMIT $7";
const CATCHMENT_LIVE: &str =
    "SELECT version, body FROM catchment WHERE area_code = $1 AND ends_on IS NULL";

/// What a list of a member's things is narrowed by; a field that a list does not have is ignored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) everywhere: bool,
    pub(crate) q: Option<String>,
    pub(crate) org_id: Option<Id>,
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) after: Option<Id>,
}

fn viewer(tx: &Tx<'_>) -> (Id, &'static str) {
    (
        tx.actor().org_id,
        tx.scope().unwrap_or(Scope::Region).table_word(),
    )
}

pub(crate) fn departments(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Department>>> {
    let (viewer, scope) = viewer(tx);
    let after = filter.after.unwrap_or(Id::NIL);
    let values = params![
        filter.everywhere,
        viewer,
        scope,
        filter.org_id,
        &filter.code,
        &filter.state,
        after,
        limit,
    ];
    tx.find(DEPARTMENTS, &values)
}

pub(crate) fn departments_of(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Department>>> {
    tx.find(DEPARTMENTS_OF, &params![org_id])
}

pub(crate) fn department_by_code(
    tx: &mut Tx<'_>,
    org_id: Id,
    code: &str,
) -> Result<Option<Versioned<Department>>> {
    Ok(tx.find(DEPARTMENT_BY_CODE, &params![org_id, code])?.pop())
}

pub(crate) fn techniques(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Technique>>> {
    let (viewer, scope) = viewer(tx);
    let after = filter.after.unwrap_or(Id::NIL);
    let values = params![
        filter.everywhere,
        viewer,
        scope,
        filter.org_id,
        &filter.code,
        &filter.state,
        super::pattern(filter.q.as_deref()),
        after,
        limit,
    ];
    tx.find(TECHNIQUES, &values)
}

pub(crate) fn offered(tx: &mut Tx<'_>, code: &str) -> Result<Vec<Versioned<Technique>>> {
    tx.find(OFFERED, &params![code])
}

pub(crate) fn offered_by(
    tx: &mut Tx<'_>,
    org_id: Id,
    code: &str,
) -> Result<Option<Versioned<Technique>>> {
    Ok(tx.find(OFFERED_BY, &params![org_id, code])?.pop())
}

pub(crate) fn surveys(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Survey>>> {
    let (viewer, scope) = viewer(tx);
    let before = filter.after.unwrap_or(Id::MAX);
    let values = params![
        filter.everywhere,
        viewer,
        scope,
        filter.org_id,
        before,
        limit
    ];
    tx.find(SURVEYS, &values)
}

pub(crate) fn baseline(tx: &mut Tx<'_>, org_id: Id) -> Result<Option<Versioned<Survey>>> {
    Ok(tx.find(BASELINE, &params![org_id])?.pop())
}

pub(crate) fn survey_on(
    tx: &mut Tx<'_>,
    org_id: Id,
    day: kernel::Date,
) -> Result<Option<Versioned<Survey>>> {
    Ok(tx.find(SURVEY_ON, &params![org_id, day])?.pop())
}

pub(crate) fn catchments(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Catchment>>> {
    let (viewer, scope) = viewer(tx);
    let after = filter.after.unwrap_or(Id::NIL);
    let values = params![
        filter.everywhere,
        viewer,
        scope,
        filter.org_id,
        &filter.code,
        after,
        limit
    ];
    tx.find(CATCHMENTS, &values)
}

pub(crate) fn live_catchment(
    tx: &mut Tx<'_>,
    area_code: &str,
) -> Result<Option<Versioned<Catchment>>> {
    Ok(tx.find(CATCHMENT_LIVE, &params![area_code])?.pop())
}
