//! One file a command group; each says on standard output what it did.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to its user"
)]

mod admin;
mod data;
mod demo;

use std::process::ExitCode;

use http::App;
use kernel::{Error, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{AuditCommand, BackupCommand, Cli, Command, Resolved};
use crate::serve;

/// Runs what the command line asks for.
///
/// # Errors
/// What the command reports, as a sentence for the operator.
pub fn run(cli: Cli) -> Result<ExitCode> {
    log_to_stderr(&cli.settings.log);
    let resolved = cli.settings.resolve()?;
    match cli.command {
        Command::Serve => serve_command(&resolved).map(|()| ExitCode::SUCCESS),
        Command::Demo {
            days,
            seed,
            prepare_only,
        } => demo::run(&resolved, days, seed, prepare_only).map(|()| ExitCode::SUCCESS),
        Command::Migrate => migrate(&resolved).map(|()| ExitCode::SUCCESS),
        Command::Admin(command) => admin::run(&resolved, command).map(|()| ExitCode::SUCCESS),
        Command::Import(command) => data::import(&resolved, command),
        Command::Export { folder } => data::export(&resolved, &folder).map(|()| ExitCode::SUCCESS),
        Command::Backup {
            check: Some(BackupCommand::Verify { folder }),
            ..
        } => data::verify_backup(&resolved, &folder),
        Command::Backup {
            folder: Some(folder),
            with_keys,
            check: None,
        } => data::backup(&resolved, &folder, with_keys).map(|()| ExitCode::SUCCESS),
        Command::Backup { folder: None, .. } => Err(Error::invalid(
            "backup.folder",
            "FOLDER",
            "name a new folder: lianti backup backups/2026-11-22",
        )),
        Command::Restore { folder } => {
            data::restore(&resolved, &folder).map(|()| ExitCode::SUCCESS)
        }
        Command::Audit(AuditCommand::Verify) => audit_verify(&resolved),
    }
}

/// Says what went wrong, and why where that helps.
pub fn complain(error: &Error) {
    eprintln!("lianti: {}", error.detail());
    if !error.fields().is_empty() {
        eprintln!("  at: {}", error.fields().join(", "));
    }
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
}

fn log_to_stderr(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

/// The runtime of commands that wait for the store or serve.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(worker_threads())
        .enable_all()
        .build()
        .map_err(Error::internal)?;
    runtime.block_on(future)
}

fn worker_threads() -> usize {
    std::thread::available_parallelism()
        .map_or(2, std::num::NonZero::get)
        .clamp(2, 8)
}

/// Opens a database whose tables are there, for commands that work on it.
fn open_ready(resolved: &Resolved) -> Result<App> {
    let (app, _) = serve::open(resolved, false)?;
    serve::check_schema(&app)?;
    Ok(app)
}

fn serve_command(resolved: &Resolved) -> Result<()> {
    let (app, router) = serve::open(resolved, false)?;
    serve::check_schema(&app)?;
    block_on(async {
        app.prepare().await?;
        let engine = app.store().engine_name();
        serve::run(app, router, resolved, |address| {
            println!("Lianti serves http://{address} on {engine}. No account yet? lianti admin create --help");
        })
        .await
    })
}

fn migrate(resolved: &Resolved) -> Result<()> {
    let (app, _) = serve::open(resolved, false)?;
    let applied = app.store().migrate(app.migrations())?;
    for name in &applied {
        println!("applied {name}");
    }
    block_on(app.prepare())?;
    println!(
        "{} migration(s) applied; the database is up to date",
        applied.len()
    );
    app.store().close();
    Ok(())
}

fn audit_verify(resolved: &Resolved) -> Result<ExitCode> {
    let app = open_ready(resolved)?;
    let verification = block_on(app.store().verify_audit())?;
    println!(
        "{} entries and {} signed heads checked; newest hash {}",
        verification.entries, verification.heads, verification.head_hash
    );
    for finding in &verification.findings {
        println!(
            "WRONG: {}",
            serde_json::to_string(finding).map_err(Error::internal)?
        );
    }
    app.store().close();
    if verification.is_whole() {
        println!("the audit chain is whole");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "the audit chain is damaged: keep this database as evidence and restore the last verified backup"
    );
    Ok(ExitCode::FAILURE)
}
