//! What holds for an app on top of what holds for whom it acts for.
//!
//! A type or a right that was not granted is refused with `insufficient_scope`. Within what was, rows
//! outside the launch patient's compartment are not there: [`AppEye`] stands in every statement, beside
//! the condition of [`crate::access::Eye`].

use fhir::search::{Criterion, Include, Query};
use kernel::{Actor, AppGrant, AppLevel, AppReach, AppRight, DataScope, Error, Result};
use store::{Composed, Tx};

use crate::access::Alias;
use crate::prepare::Prepared;
use crate::{hash, kinds};

/// The types a condition is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kinds {
    All,
    These(Vec<i64>),
}

impl Kinds {
    fn of(grant: &AppGrant, right: AppRight, level: fn(AppLevel) -> bool) -> Self {
        let mut numbers = Vec::new();
        for scope in &grant.scopes {
            if !level(scope.level) || !scope.rights.has(right) {
                continue;
            }
            if scope.resource == "*" {
                return Self::All;
            }
            numbers.extend(kinds::number(&scope.resource));
        }
        numbers.sort_unstable();
        numbers.dedup();
        Self::These(numbers)
    }

    /// Adds the condition that the resource of `alias` is of one of these types.
    fn push(&self, sql: &mut Composed, alias: &Alias) {
        match self {
            Self::All => sql.push("1 = 1"),
            Self::These(numbers) if numbers.is_empty() => sql.push("1 = 0"),
            Self::These(numbers) => {
                sql.push(alias.kind).push(" IN (");
                sql.bind_all(numbers.iter().copied()).push(")")
            }
        };
    }
}

/// What of all resources an app sees, for one right.
#[derive(Clone, Debug)]
pub(crate) struct AppEye {
    everywhere: Kinds,
    /// The launch patient's address, and of which types their compartment is seen.
    compartment: Option<(i64, Kinds)>,
}

impl AppEye {
    /// The app through which the actor acts, if there is one.
    pub(crate) fn of(actor: &Actor, right: AppRight) -> Option<Self> {
        let grant = actor.app.as_ref()?;
        let compartment = grant.patient_id.map(|patient| {
            let address = hash::address("Patient", &patient.to_string());
            let of_patient = Kinds::of(grant, right, |level| level == AppLevel::Patient);
            (address, of_patient)
        });
        Some(Self {
            everywhere: Kinds::of(grant, right, |level| level != AppLevel::Patient),
            compartment,
        })
    }

    /// Adds ` AND (…)`. Of patients, only the launch patient lies in their own compartment: a link to
    /// another does not bring that other in.
    pub(crate) fn push(&self, sql: &mut Composed, alias: &Alias) {
        sql.push(" AND (");
        self.everywhere.push(sql, alias);
        if let Some((address, of_patient)) = &self.compartment {
            sql.push(" OR (");
            of_patient.push(sql, alias);
            sql.push(" AND ((").push(alias.kind).push(" = ");
            sql.bind(kinds::number("Patient"));
            sql.push(" AND ")
                .push(alias.address)
                .push(" = ")
                .bind(*address);
            sql.push(") OR (").push(alias.kind).push(" <> ");
            sql.bind(kinds::number("Patient"));
            sql.push(" AND EXISTS (SELECT 1 FROM fhir_compartment AS ac WHERE ac.key = ");
            sql.push(alias.key);
            sql.push(" AND ac.code = 0 AND ac.patient = ")
                .bind(*address)
                .push("))))");
        }
        sql.push(")");
    }
}

/// The letter of a right, as scopes write it.
fn letter(right: AppRight) -> &'static str {
    match right {
        AppRight::Create => "c",
        AppRight::Read => "r",
        AppRight::Update => "u",
        AppRight::Delete => "d",
        AppRight::Search => "s",
    }
}

fn refuse(grant: &AppGrant, kind: &str, right: AppRight) -> Error {
    let level = match grant.scopes.first().map(|scope| scope.level) {
        Some(AppLevel::System) => "system",
        Some(AppLevel::User) => "user",
        _ => "patient",
    };
    http::insufficient_scope(&[level, "/", kind, ".", letter(right)].concat())
}

/// May the actor do this at all, if it is through an app?
pub(crate) fn may(actor: &Actor, kind: &str, right: AppRight) -> bool {
    actor
        .app
        .as_ref()
        .is_none_or(|grant| grant.reach(kind, right).is_some())
}

/// Refuses an app a right that it was not granted among resources of a type.
///
/// # Errors
/// `access.insufficient-scope`.
pub(crate) fn require(actor: &Actor, kind: &str, right: AppRight) -> Result<()> {
    match &actor.app {
        Some(grant) if grant.reach(kind, right).is_none() => Err(refuse(grant, kind, right)),
        _ => Ok(()),
    }
}

/// [`require`] for one address; another patient than the launch patient is refused whether it is there
/// or not.
///
/// # Errors
/// `access.insufficient-scope`.
pub(crate) fn require_one(actor: &Actor, kind: &str, id: &str, right: AppRight) -> Result<()> {
    let Some(grant) = &actor.app else {
        return Ok(());
    };
    match grant.reach(kind, right) {
        Some(AppReach::Everything) => Ok(()),
        Some(AppReach::Patient(patient)) if kind != "Patient" || patient.to_string() == id => {
            Ok(())
        }
        _ => Err(refuse(grant, kind, right)),
    }
}

/// Refuses an app that does not reach further than one patient: for what is about no patient, such as
/// terminology, or about all, such as matching.
///
/// # Errors
/// `access.insufficient-scope`.
pub(crate) fn require_everywhere(actor: &Actor, kind: &str, right: AppRight) -> Result<()> {
    let Some(grant) = &actor.app else {
        return Ok(());
    };
    match grant.reach(kind, right) {
        Some(AppReach::Everything) => Ok(()),
        _ => Err(http::insufficient_scope(
            &["user/", kind, ".", letter(right)].concat(),
        )),
    }
}

/// Does an app reach so far as a system? Whoever uses no app does.
fn as_system(grant: &AppGrant, kind: &str, right: AppRight) -> bool {
    grant.scopes.iter().any(|scope| {
        scope.level == AppLevel::System && scope.covers(kind) && scope.rights.has(right)
    })
}

/// Refuses an app what is for systems only: export and import in bulk.
///
/// # Errors
/// `access.insufficient-scope`.
pub(crate) fn require_system(actor: &Actor, kind: &str, right: AppRight) -> Result<()> {
    match &actor.app {
        Some(grant) if !as_system(grant, kind, right) => Err(http::insufficient_scope(
            &["system/", kind, ".", letter(right)].concat(),
        )),
        _ => Ok(()),
    }
}

/// The types an app exports: those asked for, which it must all have been granted, or of all types
/// those it was granted.
///
/// # Errors
/// `access.insufficient-scope`.
pub(crate) fn export_types(actor: &Actor, asked: &[String], all: bool) -> Result<Vec<String>> {
    let Some(grant) = &actor.app else {
        return Ok(asked.to_vec());
    };
    let mut types = Vec::new();
    for kind in asked {
        if as_system(grant, kind, AppRight::Read) {
            types.push(kind.clone());
        } else if !all {
            require_system(actor, kind, AppRight::Read)?;
        }
    }
    if types.is_empty() {
        return Err(http::insufficient_scope("system/*.r"));
    }
    Ok(types)
}

/// Refuses an app a search that looks at types it may not search, on whatever way.
///
/// # Errors
/// `access.insufficient-scope`.
pub(crate) fn require_query(actor: &Actor, query: &Query) -> Result<()> {
    if actor.app.is_none() {
        return Ok(());
    }
    for kind in &query.types {
        require(actor, kind, AppRight::Search)?;
    }
    for clause in &query.clauses {
        require_criterion(actor, &clause.criterion)?;
    }
    for include in &query.include {
        require_include(actor, include)?;
    }
    for include in &query.revinclude {
        require(actor, include.source, AppRight::Search)?;
    }
    Ok(())
}

fn require_criterion(actor: &Actor, criterion: &Criterion) -> Result<()> {
    match criterion {
        Criterion::Chain { targets, .. } => {
            let mut open = targets
                .iter()
                .filter(|(kind, _)| may(actor, kind, AppRight::Search))
                .peekable();
            if let (None, Some((kind, _))) = (open.peek(), targets.first()) {
                return require(actor, kind, AppRight::Search);
            }
            for (_, criterion) in open {
                require_criterion(actor, criterion)?;
            }
            Ok(())
        }
        Criterion::Has {
            source, criterion, ..
        } => {
            require(actor, source, AppRight::Search)?;
            require_criterion(actor, criterion)
        }
        Criterion::List(_) => require(actor, "List", AppRight::Search),
        Criterion::Compartment(patient) => require_compartment(actor, patient),
        _ => Ok(()),
    }
}

/// Whose compartment is asked for is plain from the address.
fn require_compartment(actor: &Actor, patient: &str) -> Result<()> {
    let Some(grant) = &actor.app else {
        return Ok(());
    };
    let further = |scope: &DataScope| scope.level != AppLevel::Patient;
    let own = grant.patient_id.is_some_and(|id| id.to_string() == patient);
    if own || grant.scopes.iter().any(further) {
        return Ok(());
    }
    Err(refuse(grant, "Patient", AppRight::Search))
}

fn require_include(actor: &Actor, include: &Include) -> Result<()> {
    match include.target {
        Some(kind) => require(actor, kind, AppRight::Search),
        None => Ok(()),
    }
}

/// Refuses an app a change that it was not granted: what is written must lie in the launch patient's
/// compartment and name nobody else, where it reaches no further. What was there before must be seen
/// too, which the caller checks.
///
/// # Errors
/// `access.insufficient-scope`; `fhir.app-subscription`.
pub(crate) fn require_change(
    tx: &Tx<'_>,
    kind: &str,
    right: AppRight,
    prepared: Option<&Prepared>,
) -> Result<()> {
    let Some(grant) = &tx.actor().app else {
        return Ok(());
    };
    if kind == "Subscription" {
        // It would go on sending what the account may see, when the app's token has long run out.
        let text = "an app makes no subscriptions: use the account of a system";
        return Err(Error::forbidden("fhir.app-subscription", text));
    }
    let patient = match grant.reach(kind, right) {
        None => return Err(refuse(grant, kind, right)),
        Some(AppReach::Everything) => return Ok(()),
        Some(AppReach::Patient(patient)) => patient.to_string(),
    };
    let Some(prepared) = prepared else {
        return Ok(());
    };
    let address = hash::address("Patient", &patient);
    let within = prepared
        .rows
        .compartment
        .iter()
        .any(|(of, code, _)| *of == address && *code == 0);
    let alone = prepared.rows.patients.iter().all(|named| *named == patient);
    if within && alone {
        Ok(())
    } else {
        Err(refuse(grant, kind, right))
    }
}
