//! Data in and out: roster import, export, backup, restore.

use std::path::Path;
use std::process::ExitCode;

use exchange::Severity;
use kernel::{Error, Result};
use store::{LedgerCheck, Request, SchemaState, Store};

use super::{block_on, open_ready};
use crate::config::{ImportCommand, Resolved};
use crate::serve;

/// What each module checks of its own ledgers after a restore.
const LEDGERS: &[LedgerCheck] = &[resources::ledger_check];

pub(super) fn import(resolved: &Resolved, command: ImportCommand) -> Result<ExitCode> {
    let ImportCommand::Roster { file, apply } = command;
    let bytes = std::fs::read(&file).map_err(|error| {
        Error::invalid(
            "import.file",
            "FILE",
            format!("{} can't be read: {error}", file.display()),
        )
    })?;
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("roster.xlsx")
        .to_owned();
    let app = open_ready(resolved)?;
    let request = Request::system("command line");
    let report = block_on(async {
        app.prepare().await?;
        exchange::import_roster(app.store(), &request, &bytes, &name, !apply).await
    })?;
    app.store().close();
    for sheet in &report.sheets {
        println!(
            "{}: {} rows, {} new, {} changed, {} as they are",
            sheet.name, sheet.rows, sheet.created, sheet.changed, sheet.unchanged
        );
    }
    for finding in &report.findings {
        let severity = match finding.severity {
            Severity::Error => "错误 error",
            Severity::Warning => "提醒 warning",
            Severity::Note => "说明 note",
        };
        let (sheet, cell) = (&finding.sheet, &finding.cell);
        println!(
            "{severity}  {sheet}!{cell}: {} / {}",
            finding.message_zh, finding.message_en
        );
    }
    if report.error_count > 0 {
        println!(
            "{} error(s): nothing was imported; correct the cells and try again",
            report.error_count
        );
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "{}",
        if report.applied {
            "imported"
        } else {
            "a dry run: repeat with --apply to import"
        }
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) fn export(resolved: &Resolved, folder: &Path) -> Result<()> {
    let app = open_ready(resolved)?;
    let tables = app.store().export(folder)?;
    for table in &tables {
        println!("{:>10} rows  {}", table.rows, table.table);
    }
    println!("{} tables written to {}", tables.len(), folder.display());
    app.store().close();
    Ok(())
}

pub(super) fn backup(resolved: &Resolved, folder: &Path, with_keys: bool) -> Result<()> {
    let app = open_ready(resolved)?;
    let manifest = app.store().backup(folder, with_keys)?;
    let rows: i64 = manifest.tables.iter().map(|table| table.rows).sum();
    println!(
        "{} tables with {rows} rows and {} files written to {}; audit chain up to entry {}",
        manifest.tables.len(),
        manifest.files.len(),
        folder.display(),
        manifest.chain_seq
    );
    if !with_keys {
        println!(
            "the keys are not in it: keep a copy of {}/keys in another safe; without secret.key, second \
             factors must be set up anew after a restore",
            resolved.data.display()
        );
    }
    println!(
        "check it now and then: lianti backup verify {}",
        folder.display()
    );
    app.store().close();
    Ok(())
}

pub(super) fn verify_backup(resolved: &Resolved, folder: &Path) -> Result<ExitCode> {
    let (app, _) = serve::open(resolved, false)?;
    let report = store::verify_backup(folder, app.migrations(), LEDGERS)?;
    app.store().close();
    println!(
        "{}",
        serde_json::to_string_pretty(&report).map_err(Error::internal)?
    );
    if report.good {
        println!(
            "the backup is good: {} rows restored in {} ms",
            report.rows, report.restore_millis
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!("DO NOT RELY ON THIS BACKUP:");
    for problem in &report.problems {
        println!("  {problem}");
    }
    Ok(ExitCode::FAILURE)
}

pub(super) fn restore(resolved: &Resolved, folder: &Path) -> Result<()> {
    let (app, _) = serve::open(resolved, false)?;
    if app.store().schema_state(app.migrations())? != SchemaState::Empty {
        return Err(Error::conflict(
            "restore.not-empty",
            "a backup is restored into an empty database only; name a new --data folder or database",
        ));
    }
    let manifest = app.store().restore(folder, app.migrations())?;
    println!(
        "restored the state of {} with {} tables",
        manifest.at,
        manifest.tables.len()
    );
    say_what_is_lost(resolved, app.store())?;
    println!("now prove it: lianti audit verify");
    app.store().close();
    Ok(())
}

/// A backup without the keys brings second factors back that nobody can check.
fn say_what_is_lost(resolved: &Resolved, store: &Store) -> Result<()> {
    let keys = store.keyring()?;
    let lost = store.read_now(&Request::system("restore"), move |tx| {
        http::signin::unreadable_totp(tx, &keys)
    })?;
    if lost > 0 {
        let folder = resolved.data.join("keys");
        println!(
            "WITHOUT THE KEY: {lost} account(s) have a second factor that can't be checked here, so \
             they can't sign in. Either copy the old installation's keys/secret.key to \
             {}/secret-old.key, or have a security administrator remove those second factors; they \
             are then set up anew. If no security administrator can sign in: lianti admin create \
             --role security-admin",
            folder.display()
        );
    }
    Ok(())
}
