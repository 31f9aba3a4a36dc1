//! Backup and restore as plain text, the same for both engines.

use serde::{Deserialize, Serialize};

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BackupManifest {
    /// Tables and their rows.
    pub tables: Vec<TableCount>,
}

/// A table and how many rows it has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableCount {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: i64,
}
