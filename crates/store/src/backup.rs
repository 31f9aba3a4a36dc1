//! Backup and restore in one portable form: a county can move from one engine to the other.
//!
//! A backup is a folder: `manifest.json`, one compressed file of JSON lines a table (`tables/`),
//! the files kept outside the database (`blobs/`), the witnesses of the audit chain (`witness/`)
//! and, only when asked for, the keys (`keys/`), which belong in another safe than the data.

pub(crate) mod catalogue;
mod restore;
mod save;
mod trial;

use std::io::{self, Write};
use std::path::Path;

use kernel::{Error, Instant, Kind, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Tx, Verification, hex};

pub use trial::verify_backup;

/// The form of backup this program writes and reads.
const FORMAT: u32 = 1;
/// Rows read from a table at once.
const PAGE_ROWS: u32 = 1_000;
/// The list of what is in a backup.
const MANIFEST: &str = "manifest.json";

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
    /// Public keys, in hex, whose signatures of the chain's heads count.
    pub audit_keys: Vec<String>,
    /// Files outside the database that its rows speak of and that were not there any more.
    pub missing_blobs: Vec<String>,
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

/// Counts and hashes what goes through to `inner`.
struct Hashing<W> {
    inner: W,
    hasher: Sha256,
    size_bytes: u64,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            size_bytes: 0,
        }
    }

    fn describe(self, path: String) -> BackupFile {
        BackupFile {
            path,
            size_bytes: self.size_bytes,
            sha256: hex(&self.hasher.finalize()),
        }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size_bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// An error of the file system, in a backup or beside it.
fn on_disk(path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.display().to_string();
    move |error| {
        let full = error.kind() == io::ErrorKind::StorageFull;
        let kind = if full { Kind::Full } else { Kind::Unavailable };
        Error::new(
            kind,
            "backup.disk",
            format!("{path} can't be read or written: {error}"),
        )
        .because(error)
    }
}

fn damaged(reason: impl Into<String>) -> Error {
    let detail = format!(
        "the backup is damaged: {}; take an earlier one",
        reason.into()
    );
    Error::new(Kind::Unsupported, "restore.damaged", detail)
}
