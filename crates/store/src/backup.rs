//! Backup and restore in one portable form: a county can move from one engine to the other.
//!
//! A backup is a folder: `manifest.json`, one compressed file of JSON lines a table (`tables/`),
//! the files kept outside the database (`blobs/`), the witnesses of the audit chain (`witness/`)
//! and, only when asked for, the keys (`keys/`), which belong in another safe than the data.

use std::path::Path;

use kernel::{Error, Instant, Result};
use serde::{Deserialize, Serialize};

use crate::{Migration, Store, Tx, Verification};

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupManifest {
    /// Version of this form of backup.
    pub format: u32,
    /// When the snapshot was taken.
    pub at: Instant,
    /// The engine it was taken from; it may be restored into either.
    pub engine: String,
    /// Migrations of the database, in the order they were applied.
    pub migrations: Vec<BackupMigration>,
    /// Tables and their rows.
    pub tables: Vec<TableCount>,
    /// Number of the newest entry of the audit chain; 0 where there is none.
    pub chain_seq: i64,
    /// Its hash.
    pub chain_hash: String,
    /// When the newest entry was made: what happened later is not in this backup.
    pub newest_event_at: Option<Instant>,
    /// Every file of the backup besides this one.
    pub files: Vec<BackupFile>,
}

/// A migration the backup was taken after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupMigration {
    /// The module.
    pub module: String,
    /// Its number within the module.
    pub number: u32,
    /// SHA-256 of its text, in hex.
    pub sha256: String,
}

/// A table and how many rows it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableCount {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: i64,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupFile {
    /// Its path within the backup.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
}

/// What the trial restore of a backup showed.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BackupReport {
    /// Nothing is wrong: this backup can be relied on.
    pub good: bool,
    /// When the backup was taken.
    pub taken_at: Instant,
    /// When it was tried.
    pub verified_at: Instant,
    /// When the newest entry in it was made: the recovery point.
    pub newest_event_at: Option<Instant>,
    /// How long the restore took: the recovery time.
    pub restore_millis: i64,
    /// How long the checks after it took.
    pub check_millis: i64,
    /// Rows restored, over all tables.
    pub rows: i64,
    /// Files outside the database whose content was checked.
    pub blobs: i64,
    /// What the audit chain showed; absent when the restore failed.
    pub audit: Option<Verification>,
    /// Everything that is wrong, in words.
    pub problems: Vec<String>,
}

/// Looks for disagreement within what a module keeps, such as a hold without its owner, and says
/// each in a sentence.
pub type LedgerCheck = fn(&mut Tx<'_>) -> Result<Vec<String>>;

impl Store {
    /// Writes a backup into `folder`, which must not exist yet, from one consistent snapshot, while
    /// the server goes on working.
    ///
    /// # Errors
    /// `backup.folder` when the folder is there already; whatever the database or the disk reports.
    pub fn backup(&self, folder: &Path, with_keys: bool) -> Result<BackupManifest> {
        let _ = (folder, with_keys);
        Err(Error::internal("not written yet"))
    }

    /// Fills this store, which must be empty, from the backup in `folder`; all or nothing.
    ///
    /// # Errors
    /// `restore.not-empty`, `restore.damaged`, `restore.unknown-migration`; whatever the database or
    /// the disk reports.
    pub fn restore(&self, folder: &Path, migrations: &[Migration]) -> Result<BackupManifest> {
        let _ = (folder, migrations);
        Err(Error::internal("not written yet"))
    }
}

/// Restores the backup in `folder` into a scratch database, checks what came out, removes it again,
/// and leaves `verification.json` beside the manifest.
///
/// # Errors
/// Only what keeps the report from being made; what is wrong with the backup is in the report.
pub fn verify_backup(
    folder: &Path,
    migrations: &[Migration],
    checks: &[LedgerCheck],
) -> Result<BackupReport> {
    let _ = (folder, migrations, checks);
    Err(Error::internal("not written yet"))
}
