//! Roster import: organizations, departments, people, beds, equipment and schedules from the
//! spreadsheets a consortium has, looked at cell by cell, taken in whole or not at all.

mod api;
mod apply;
mod columns;
mod header;
mod line;
mod messages;
mod model;
mod report;
mod template;
mod values;
mod words;

use std::sync::Arc;

use http::{Grant, Module, Permission};
use kernel::{Error, Kind, Result, Scope};
use store::{Migration, Request, Store, Tx};

pub use model::{Import, ImportState};
pub use report::{Finding, ImportReport, Severity, SheetKind, SheetReport};

/// Looks at rosters and takes them in.
pub const PERMISSION_IMPORT: &str = "exchange.import";

/// The capability as the server takes it in.
pub fn module() -> Module {
    let mut module = Module::new("exchange", api::routes());
    module.permissions = PERMISSIONS;
    module.grants = GRANTS;
    module.migrations = MIGRATIONS;
    module.messages = messages::REFUSALS;
    module
}

const MIGRATIONS: &[Migration] = &[Migration {
    module: "exchange",
    number: 1,
    name: "roster imports",
    sql: include_str!("../sql/0001_exchange.sql"),
}];

const PERMISSIONS: &[Permission] = &[Permission {
    code: PERMISSION_IMPORT,
    title_zh: "导入花名册",
    title_en: "Import rosters",
}];

const GRANTS: &[Grant] = &[
    Grant::new("system-admin", PERMISSION_IMPORT, Scope::Region),
    Grant::new("director", PERMISSION_IMPORT, Scope::Below),
];

/// The code under which a look that changes nothing ends its transaction.
const LOOKED: &str = "import.looked";

/// Looks at a roster file, and takes it in unless `dry_run` or the report has errors: all of it in
/// one transaction, or nothing.
///
/// # Errors
/// What keeps the file from being read at all (`import.file-type`, `import.encoding` …), or whatever
/// the database reports. Errors in cells are no error: they are in the report.
pub async fn import_roster(
    store: &Store,
    request: &Request,
    bytes: &[u8],
    file_name: &str,
    dry_run: bool,
) -> Result<ImportReport> {
    let workbook = Arc::new(sheet::read(bytes, file_name)?);
    let file_name = report::echo(file_name);
    let take_in = move |tx: &mut Tx<'_>| {
        let report = look(tx, &workbook, &file_name)?;
        if dry_run || report.error_count > 0 {
            return Err(looked(&report));
        }
        Ok(report)
    };
    match store.write(request, take_in).await {
        Ok(report) => Ok(ImportReport {
            applied: true,
            ..report
        }),
        Err(error) => report_in(error),
    }
}

/// Carries out every row in the transaction at hand.
fn look(tx: &mut Tx<'_>, workbook: &sheet::Workbook, file_name: &str) -> Result<ImportReport> {
    let mut report = ImportReport {
        file: file_name.to_owned(),
        encoding: workbook.encoding.to_owned(),
        ..ImportReport::default()
    };
    let sheets: Vec<header::Headed<'_>> = workbook
        .sheets
        .iter()
        .filter_map(|sheet| header::understand(sheet, &mut report))
        .collect();
    if sheets.is_empty() && report.error_count == 0 {
        let place = report::Place {
            sheet: report.file.clone(),
            row: 1,
            column: 0,
            heading: None,
        };
        report.say(Severity::Error, &place, "import.nothing-known", &[], None);
    }
    apply::run(tx, &sheets, &mut report)?;
    Ok(report)
}

/// Ends a transaction without a trace, with the report as the reason.
fn looked(report: &ImportReport) -> Error {
    Error::new(Kind::Rule, LOOKED, "looked at only").with(serde_json::json!(report))
}

/// The report a look ended with; any other error stays one.
fn report_in(error: Error) -> Result<ImportReport> {
    match error.data() {
        Some(data) if error.code() == LOOKED => {
            serde_json::from_value(data.clone()).map_err(Error::internal)
        }
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests;
