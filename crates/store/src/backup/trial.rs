//! The drill: restoring a backup where it can do no harm, and looking at what came out.

use std::fs;
use std::path::Path;

use kernel::{Error, Result};

use super::restore::{beside, check_files, read_manifest};
use super::{BackupManifest, BackupReport, LedgerCheck, on_disk};
use crate::store::block_on;
use crate::{Clock, Migration, Options, Request, Store};

/// Restores the backup in `folder` into a scratch database beside it, checks what came out, removes
/// it again, and leaves `verification.json` beside the manifest. Call it outside an async runtime.
///
/// # Errors
/// Only what keeps the report from being made; what is wrong with the backup is in the report.
pub fn verify_backup(
    folder: &Path,
    migrations: &[Migration],
    checks: &[LedgerCheck],
) -> Result<BackupReport> {
    let scratch = beside(folder, ".trial");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(on_disk(&scratch))?;
    }
    let manifest = read_manifest(folder)?;
    let report = run(folder, &scratch, &manifest, migrations, checks);
    fs::remove_dir_all(&scratch).map_err(on_disk(&scratch))?;
    let report = report?;
    let text = serde_json::to_vec_pretty(&report).map_err(Error::internal)?;
    crate::blob::write_synced(&folder.join("verification.json"), &text, "verification")?;
    Ok(report)
}

fn run(
    folder: &Path,
    scratch: &Path,
    manifest: &BackupManifest,
    migrations: &[Migration],
    checks: &[LedgerCheck],
) -> Result<BackupReport> {
    let clock = Clock::System;
    let mut report = BackupReport {
        good: false,
        taken_at: manifest.at,
        verified_at: clock.now(),
        newest_event_at: manifest.newest_event_at,
        restore_millis: 0,
        check_millis: 0,
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        blobs: blobs_of(manifest),
        audit: None,
        problems: Vec::new(),
    };
    for sha256 in &manifest.missing_blobs {
        report.problems.push(format!(
            "file {sha256} was missing when the backup was taken"
        ));
    }
    fs::create_dir_all(scratch).map_err(on_disk(scratch))?;
    let url = format!("sqlite:{}", scratch.join("trial.db").display());
    let store = Store::open(&Options {
        readers: 1,
        ..Options::new(url, scratch)
    })?;
    let restored = restore(&store, folder, manifest, migrations);
    report.restore_millis = millis_since(&clock, report.verified_at);
    let begun = clock.now();
    match restored {
        Err(error) => report.problems.push(error.detail().to_owned()),
        Ok(()) => look(&store, manifest, checks, &mut report)?,
    }
    store.close();
    report.check_millis = millis_since(&clock, begun);
    report.good = report.problems.is_empty();
    Ok(report)
}

/// Files are checked where they lie; copying them too would only take room.
fn restore(
    store: &Store,
    folder: &Path,
    manifest: &BackupManifest,
    migrations: &[Migration],
) -> Result<()> {
    check_files(folder, manifest)?;
    store.restore_tables(folder, manifest, migrations)?;
    for key in &manifest.audit_keys {
        store.trust_key(key)?;
    }
    let witness = folder.join("witness/audit-heads.jsonl");
    if witness.exists() {
        let bytes = fs::read(&witness).map_err(on_disk(&witness))?;
        crate::blob::write_synced(&store.witness_path(), &bytes, "witness")?;
    }
    store.migrate(migrations).map(|_| ())
}

fn look(
    store: &Store,
    manifest: &BackupManifest,
    checks: &[LedgerCheck],
    report: &mut BackupReport,
) -> Result<()> {
    const QUICK_CHECK: &str = "SELECT quick_check AS verdict FROM pragma_quick_check LIMIT 1";
    let verdict = store.with_plain_connection(|connection| connection.query(QUICK_CHECK, &[]))?;
    let verdict = verdict
        .first()
        .map(|row| row.text("verdict"))
        .transpose()?
        .unwrap_or_default();
    if verdict != "ok" {
        report
            .problems
            .push(format!("the restored database is damaged: {verdict}"));
    }
    let audit = block_on(store.verify_audit())?;
    for finding in &audit.findings {
        let finding = serde_json::to_string(finding).map_err(Error::internal)?;
        report
            .problems
            .push(format!("the audit chain is damaged: {finding}"));
    }
    if audit.entries < manifest.chain_seq {
        let sentence = format!(
            "the audit chain has {} entries, not {}",
            audit.entries, manifest.chain_seq
        );
        report.problems.push(sentence);
    }
    report.audit = Some(audit);
    for check in checks {
        let check = *check;
        match store.read_now(&Request::system("backup verify"), check) {
            Ok(sentences) => report.problems.extend(sentences),
            Err(error) => report.problems.push(format!("a check failed: {error}")),
        }
    }
    Ok(())
}

fn blobs_of(manifest: &BackupManifest) -> i64 {
    let blobs = manifest
        .files
        .iter()
        .filter(|file| file.path.starts_with("blobs/"))
        .count();
    i64::try_from(blobs).unwrap_or(i64::MAX)
}

fn millis_since(clock: &Clock, begun: kernel::Instant) -> i64 {
    (clock.now().micros() - begun.micros()) / 1_000
}
