//! Takes a file in, inside one transaction, through the same commands people use: a rule that holds
//! for a form holds for a file. What a command refuses is said of the cell it is about.

mod organizations;
mod people;
mod places;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Error, Id, Kind, Result};
use network::roster;
use store::Tx;

use crate::header::{Headed, is_footer, repeats_headings, shown};
use crate::line::Line;
use crate::report::{ImportReport, Severity, SheetKind};
use sheet::Row;

/// What a row did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Changed,
    Unchanged,
}

/// A row's own end: it was read and carried out, or the report says why not.
pub(crate) type RowResult = Result<Option<Outcome>>;

/// What rows refer to, as it stands while the file is taken in.
#[derive(Default)]
pub(crate) struct Known {
    by_code: BTreeMap<String, Id>,
    by_name: BTreeMap<String, BTreeSet<Id>>,
    departments: BTreeMap<(Id, String), Option<Id>>,
    people: BTreeMap<Id, Vec<(Id, String, String)>>,
    wards: BTreeMap<(Id, String), Id>,
    reached: BTreeSet<Id>,
}

/// Runs every row of every sheet. The caller rolls back when the report has errors.
pub(crate) fn run(tx: &mut Tx<'_>, sheets: &[Headed<'_>], report: &mut ImportReport) -> Result<()> {
    let mut known = Known::default();
    for org in roster::organizations(tx)? {
        known.add_org(org.id, &org.code, &[&org.name, &org.short_name]);
    }
    let of = |kind: SheetKind| sheets.iter().filter(move |sheet| sheet.layout.kind == kind);
    let orgs: Vec<&Headed<'_>> = of(SheetKind::Organizations).collect();
    organizations::run(tx, &orgs, &mut known, report)?;
    type Step = fn(&mut Tx<'_>, &mut Known, &mut Line<'_, '_>) -> RowResult;
    let steps: [(SheetKind, Step); 5] = [
        (SheetKind::Departments, people::department),
        (SheetKind::People, people::person),
        (SheetKind::Beds, places::bed),
        (SheetKind::Equipment, places::equipment),
        (SheetKind::Schedules, places::schedule),
    ];
    for (kind, step) in steps {
        let mut seen = Seen::default();
        for headed in of(kind) {
            for row in data_rows(headed, &mut seen, report) {
                let mut line = Line {
                    headed,
                    row,
                    report,
                    failed: false,
                };
                if let Some(outcome) = step(tx, &mut known, &mut line)? {
                    count(report, headed, outcome);
                }
            }
        }
    }
    Ok(())
}

/// Columns that say what a row is about.
fn key_columns(kind: SheetKind) -> &'static [&'static str] {
    match kind {
        SheetKind::Organizations => &["code"],
        SheetKind::Departments
        | SheetKind::People
        | SheetKind::Equipment
        | SheetKind::Schedules => &["org", "code"],
        SheetKind::Beds => &["org", "ward", "code"],
    }
}

/// Keys seen in the sheets of one kind, with the row they were on and all it said.
#[derive(Default)]
pub(crate) struct Seen(BTreeMap<Vec<String>, (u32, Vec<String>)>);

/// The rows of data: repeated headings, footers and duplicates left out, and said so.
pub(crate) fn data_rows<'a>(
    headed: &Headed<'a>,
    seen: &mut Seen,
    report: &mut ImportReport,
) -> Vec<&'a Row> {
    let mut rows = Vec::new();
    for row in headed.data() {
        let place = crate::report::Place {
            heading: None,
            ..headed.place(row.number, "")
        };
        if repeats_headings(headed, row) {
            report.say(Severity::Note, &place, "import.header-repeated", &[], None);
            continue;
        }
        if is_footer(headed, row) {
            report.say(Severity::Note, &place, "import.footer", &[], None);
            continue;
        }
        if let Some(summary) = report
            .sheets
            .iter_mut()
            .find(|sheet| sheet.name == headed.sheet.name)
        {
            summary.rows += 1;
        }
        if is_fresh(headed, row, seen, report) {
            rows.push(row);
        }
    }
    rows
}

fn is_fresh(headed: &Headed<'_>, row: &Row, seen: &mut Seen, report: &mut ImportReport) -> bool {
    let cell = |key: &str| {
        let found = headed
            .columns
            .get(key)
            .and_then(|(column, _)| row.cells.get(column));
        found.map_or_else(String::new, |raw| kernel::text::fold(shown(raw)))
    };
    let columns = key_columns(headed.layout.kind);
    let key: Vec<String> = columns.iter().map(|column| cell(column)).collect();
    if key.iter().any(String::is_empty) {
        return true;
    }
    let all: Vec<String> = headed.columns.keys().map(|column| cell(column)).collect();
    let Some((first, said)) = seen.0.get(&key) else {
        seen.0.insert(key, (row.number, all));
        return true;
    };
    let is_same = *said == all;
    let first = first.to_string();
    let (severity, code) = if is_same {
        (Severity::Warning, "import.duplicate-row")
    } else {
        (Severity::Error, "import.conflicting-row")
    };
    let place = headed.place(row.number, "code");
    report.say(
        severity,
        &place,
        code,
        &[("row", &first)],
        Some(&cell("code")),
    );
    false
}

pub(crate) fn count(report: &mut ImportReport, headed: &Headed<'_>, outcome: Outcome) {
    let summary = report
        .sheets
        .iter_mut()
        .find(|sheet| sheet.name == headed.sheet.name);
    let Some(summary) = summary else { return };
    match outcome {
        Outcome::Created => summary.created += 1,
        Outcome::Changed => summary.changed += 1,
        Outcome::Unchanged => summary.unchanged += 1,
    }
}

/// A command's answer; its refusal becomes a finding at the cell it is about.
pub(crate) fn carried<T>(line: &mut Line<'_, '_>, answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        // After a refusal by the database itself nothing more can be tried in this transaction.
        Err(error) if error.code().starts_with("store.") || is_failure(error.kind()) => Err(error),
        Err(error) => {
            let key = column_of_field(&error);
            line.refuse(key, error.code(), crate::messages::of_error(&error));
            Ok(None)
        }
    }
}

fn is_failure(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Internal | Kind::Unavailable | Kind::Full | Kind::StaleVersion
    )
}

/// The column a refusal is about.
fn column_of_field(error: &Error) -> &'static str {
    let guarded = error.data().and_then(|data| data["fields"][0].as_str());
    let field = guarded
        .or_else(|| error.fields().first().map(String::as_str))
        .unwrap_or_default();
    const FIELDS: &[(&str, &str)] = &[
        ("name", "name"),
        ("short_name", "short_name"),
        ("name_en", "name_en"),
        ("kind", "kind"),
        ("institution-type", "kind"),
        ("level", "level"),
        ("parent_id", "parent"),
        ("affiliation", "parent"),
        ("ownership", "ownership"),
        ("positioning", "positioning"),
        ("funding", "funding"),
        ("input-mode", "input_mode"),
        ("credit_code", "credit_code"),
        ("institution_code", "institution_code"),
        ("identity_reason", "identity_reason"),
        ("grade", "grade"),
        ("address", "address"),
        ("phone", "phone"),
        ("position", "latitude"),
        ("opened_on", "opened_on"),
        ("org_id", "org"),
        ("home_org_id", "org"),
        ("home-employer", "org"),
        ("staff-status", "staff_status"),
        ("resident_id", "resident_id"),
        ("title", "title"),
        ("specialty", "specialty"),
        ("pay_grade", "pay_grade"),
        ("department_id", "department"),
        ("role", "role"),
        ("starts_on", "hired_on"),
        ("number", "licence_number"),
        ("issued_on", "licence_issued_on"),
        ("expires_on", "licence_expires_on"),
        ("location", "location"),
        ("ward_id", "ward"),
        ("sex_rule", "sex_rule"),
        ("price", "price"),
        ("model", "model"),
        ("hours", "hours"),
        ("start", "hours"),
        ("end", "hours"),
        ("exams", "exams"),
        ("weekdays", "weekdays"),
        ("slot_minutes", "slot_minutes"),
        ("room", "room"),
        ("quotas", "referral_places"),
        ("practitioner_id", "practitioner"),
        ("valid_from", "valid_from"),
        ("valid_to", "valid_to"),
    ];
    let plain = field.split(['[', '.']).next().unwrap_or_default();
    FIELDS
        .iter()
        .find(|(name, _)| *name == plain)
        .map_or("code", |(_, key)| *key)
}

impl Known {
    pub(crate) fn add_org(&mut self, id: Id, code: &str, names: &[&str]) {
        self.by_code.insert(code.to_owned(), id);
        for name in names {
            self.by_name
                .entry(kernel::text::fold(name))
                .or_default()
                .insert(id);
        }
    }

    /// The organization with this code, else with this name.
    pub(crate) fn org(&self, text: &str) -> Result<Id, &'static str> {
        if let Some(id) = self.by_code.get(text) {
            return Ok(*id);
        }
        match self.by_name.get(text) {
            Some(ids) if ids.len() == 1 => ids.first().copied().ok_or("import.org-unknown"),
            Some(_) => Err("import.org-ambiguous"),
            None => Err("import.org-unknown"),
        }
    }

    /// The organization a row is about, if the actor may import for it.
    pub(crate) fn org_of(
        &mut self,
        tx: &mut Tx<'_>,
        line: &mut Line<'_, '_>,
    ) -> Result<Option<Id>> {
        let Some(text) = line.required("org") else {
            return Ok(None);
        };
        let id = match self.org(&text) {
            Ok(id) => id,
            Err(code) => {
                line.fault("org", code, &[]);
                return Ok(None);
            }
        };
        if self.reached.contains(&id) {
            return Ok(Some(id));
        }
        let reach = roster::require_reach(tx, id).map_err(|error| error.at("org_id"));
        if carried(line, reach)?.is_none() {
            return Ok(None);
        }
        self.reached.insert(id);
        Ok(Some(id))
    }

    /// The department of an organization with this code, else with this name.
    pub(crate) fn department(
        &mut self,
        tx: &mut Tx<'_>,
        org_id: Id,
        text: &str,
    ) -> Result<Option<Id>> {
        let key = (org_id, text.to_owned());
        if let Some(found) = self.departments.get(&key) {
            return Ok(*found);
        }
        let all = network::departments(tx, org_id)?;
        let by_code = all.iter().find(|department| department.code == text);
        let by_name = all
            .iter()
            .find(|department| kernel::text::fold(&department.name) == text);
        let found = by_code.or(by_name).map(|department| department.id);
        self.departments.insert(key, found);
        Ok(found)
    }

    /// The department a row names; a fault when there is no such one.
    pub(crate) fn department_of(
        &mut self,
        tx: &mut Tx<'_>,
        org_id: Id,
        line: &mut Line<'_, '_>,
    ) -> Result<Option<Id>> {
        let Some(text) = line.text("department") else {
            return Ok(None);
        };
        let found = self.department(tx, org_id, &text)?;
        if found.is_none() {
            line.fault("department", "import.department-unknown", &[]);
        }
        Ok(found)
    }

    /// Departments of an organization have changed.
    pub(crate) fn forget_departments(&mut self, org_id: Id) {
        self.departments.retain(|(org, _), _| *org != org_id);
    }
}
