//! Filling an empty database of either engine from a backup.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use kernel::{Error, Kind, Result};
use serde::Deserialize;

use super::catalogue::{self, Table};
use super::{BackupManifest, FORMAT, Hashing, MANIFEST, damaged, on_disk};
use crate::chain::{ChainHead, number_events, sha256_hex};
use crate::engine::Connection;
use crate::migrate::{apply_in_transaction, create_table, has_migration_table, in_lock, with_own};
use crate::sqlite::tables::{dangling, keep_foreign_keys};
use crate::{Migration, Store, Value, seal};

impl Store {
    /// Fills this store, which must be empty, from the backup in `folder`; all or nothing. Newer
    /// migrations are applied afterwards, so that an old backup fits a newer program.
    ///
    /// # Errors
    /// `restore.not-empty`, `restore.damaged`, `restore.unknown-migration`; whatever the database or
    /// the disk reports.
    pub fn restore(&self, folder: &Path, migrations: &[Migration]) -> Result<BackupManifest> {
        let manifest = read_manifest(folder)?;
        check_files(folder, &manifest)?;
        self.restore_tables(folder, &manifest, migrations)?;
        self.restore_files(folder, &manifest)?;
        self.migrate(migrations)?;
        Ok(manifest)
    }

    /// The database alone, in one transaction.
    pub(super) fn restore_tables(
        &self,
        folder: &Path,
        manifest: &BackupManifest,
        migrations: &[Migration],
    ) -> Result<()> {
        let wanted = wanted_migrations(manifest, migrations)?;
        let at = self.clock().now().micros();
        self.with_plain_connection(|connection| {
            let embedded = matches!(connection, Connection::Sqlite(_));
            if embedded {
                // Rows come table by table; that all point to something is checked at the end.
                keep_foreign_keys(connection, false)?;
            }
            in_lock(connection, |connection| {
                if has_migration_table(connection)? {
                    let detail = "a backup is restored into an empty database only; name a new one";
                    return Err(Error::conflict("restore.not-empty", detail));
                }
                create_table(connection)?;
                for migration in &wanted {
                    apply_in_transaction(connection, migration, at)?;
                }
                load(connection, folder, manifest)?;
                if embedded && let Some(table) = dangling(connection)? {
                    return Err(damaged(format!(
                        "a row of {table} points to one that is not there"
                    )));
                }
                number_the_rest(connection, manifest)
            })
        })
    }

    fn restore_files(&self, folder: &Path, manifest: &BackupManifest) -> Result<()> {
        for file in &manifest.files {
            let own = ["blobs/", "witness/", "keys/"]
                .iter()
                .any(|start| file.path.starts_with(start));
            let target = self.data_dir().join(&file.path);
            if let Some(name) = file
                .path
                .strip_prefix("keys/")
                .filter(|name| seal::is_key(name))
            {
                let source = folder.join(&file.path);
                let bytes = fs::read(&source).map_err(on_disk(&source))?;
                seal::keep_restored(&self.data_dir().join("keys"), name, &bytes)?;
            } else if own && !target.exists() {
                let source = folder.join(&file.path);
                let bytes = fs::read(&source).map_err(on_disk(&source))?;
                crate::blob::write_synced(&target, &bytes, "restored")?;
                if file.path.starts_with("keys/") {
                    crate::audit::restrict(&target)?;
                }
            }
        }
        for key in &manifest.audit_keys {
            self.trust_key(key)?;
        }
        Ok(())
    }
}

/// Reads what the backup says of itself.
pub(super) fn read_manifest(folder: &Path) -> Result<BackupManifest> {
    let path = folder.join(MANIFEST);
    let bytes = fs::read(&path).map_err(|error| {
        let detail = format!("there is no backup in {}: no {MANIFEST}", folder.display());
        Error::new(Kind::Unsupported, "restore.no-backup", detail).because(error)
    })?;
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let known: Format =
        serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if known.format != FORMAT {
        let detail = format!(
            "the backup has form {}, this program reads {FORMAT}",
            known.format
        );
        return Err(Error::new(Kind::Unsupported, "restore.format", detail));
    }
    serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))
}

/// Every file must be there as it was written.
pub(super) fn check_files(folder: &Path, manifest: &BackupManifest) -> Result<()> {
    for file in &manifest.files {
        let path = Path::new(&file.path);
        let inside = path
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err(damaged(format!("{} lies outside the backup", file.path)));
        }
        let mut source = File::open(folder.join(path))
            .map_err(|_| damaged(format!("{} is missing", file.path)))?;
        let mut hashing = Hashing::new(io::sink());
        io::copy(&mut source, &mut hashing).map_err(on_disk(path))?;
        let found = hashing.describe(file.path.clone());
        if found != *file {
            return Err(damaged(format!("{} was changed", file.path)));
        }
    }
    Ok(())
}

/// The migrations the backup was taken after, in the order this program applies them.
fn wanted_migrations(
    manifest: &BackupManifest,
    migrations: &[Migration],
) -> Result<Vec<Migration>> {
    let known = with_own(migrations);
    for one in &manifest.migrations {
        let name = format!("{}/{:04}", one.module, one.number);
        let same = known
            .iter()
            .find(|known| known.module == one.module && known.number == one.number);
        let detail = match same {
            None => format!("the backup has migration {name}, which this program does not know"),
            Some(known) if sha256_hex(known.sql.as_bytes()) != one.sha256 => {
                format!("migration {name} of the backup has another text than this program's")
            }
            Some(_) => continue,
        };
        let detail =
            format!("{detail}; restore with the version that wrote the backup, then upgrade");
        return Err(Error::new(
            Kind::Unsupported,
            "restore.unknown-migration",
            detail,
        ));
    }
    let in_backup = |migration: &Migration| {
        manifest
            .migrations
            .iter()
            .any(|one| one.module == migration.module && one.number == migration.number)
    };
    Ok(known.into_iter().filter(in_backup).collect())
}

fn load(connection: &mut Connection<'_>, folder: &Path, manifest: &BackupManifest) -> Result<()> {
    let tables = catalogue::tables(connection)?;
    for counted in &manifest.tables {
        if !tables.iter().any(|table| table.name == counted.table) {
            return Err(damaged(format!(
                "it has a table {} that no migration makes",
                counted.table
            )));
        }
    }
    // Migrations may have put rows into their tables; the backup has them as they became.
    for table in tables.iter().rev() {
        connection.execute(table.delete_all(), &[])?;
    }
    for table in &tables {
        let Some(counted) = manifest.tables.iter().find(|one| one.table == table.name) else {
            return Err(damaged(format!("it has no table {}", table.name)));
        };
        load_table(connection, folder, table)?;
        let rows = connection.query(table.count(), &[])?;
        if rows.first().and_then(|row| row.get("count")) != Some(&Value::Int(counted.rows)) {
            return Err(damaged(format!(
                "table {} has not {} rows",
                table.name, counted.rows
            )));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    table: String,
    columns: Vec<String>,
}

fn load_table(connection: &mut Connection<'_>, folder: &Path, table: &Table) -> Result<()> {
    let path = folder.join(format!("tables/{}.jsonl.gz", table.name));
    let file = File::open(&path).map_err(on_disk(&path))?;
    let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file))).lines();
    let header = lines
        .next()
        .transpose()
        .map_err(on_disk(&path))?
        .unwrap_or_default();
    let header: Header =
        serde_json::from_str(&header).map_err(|error| damaged(error.to_string()))?;
    let mut expected = table.columns.clone();
    let mut found = header.columns.clone();
    expected.sort();
    found.sort();
    if expected != found || header.table != table.name {
        return Err(damaged(format!("table {} has other columns", table.name)));
    }
    let target = Table {
        columns: header.columns,
        ..table.clone()
    };
    let rows = lines.map(|line| read_row(&line.map_err(on_disk(&path))?, target.columns.len()));
    match connection {
        Connection::Postgres(connection) => {
            let rows = rows.map(|row| row.map(|values| copy_line(&values)));
            connection.copy_in(&target.copy_in(), rows).map(|_| ())
        }
        Connection::Sqlite(_) => {
            let insert = target.insert();
            for row in rows {
                connection.execute(insert, &row?)?;
            }
            Ok(())
        }
    }
}

fn read_row(line: &str, columns: usize) -> Result<Vec<Value>> {
    let values: Vec<serde_json::Value> =
        serde_json::from_str(line).map_err(|error| damaged(error.to_string()))?;
    if values.len() != columns {
        return Err(damaged("a row has another number of columns"));
    }
    let value_of = |value: serde_json::Value| match value {
        serde_json::Value::Null => Ok(Value::Null),
        serde_json::Value::String(text) => Ok(Value::Text(text)),
        serde_json::Value::Number(number) => number
            .as_i64()
            .map(Value::Int)
            .ok_or_else(|| damaged("a number is too large")),
        other => Err(damaged(format!("a column holds {other}"))),
    };
    values.into_iter().map(value_of).collect()
}

/// The text form of COPY: tabs between columns, a backslash before what would be mistaken.
fn copy_line(values: &[Value]) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            line.push(b'\t');
        }
        match value {
            Value::Null => line.extend_from_slice(b"\\N"),
            Value::Int(number) => line.extend_from_slice(number.to_string().as_bytes()),
            Value::Text(text) => {
                for byte in text.bytes() {
                    match byte {
                        b'\\' => line.extend_from_slice(b"\\\\"),
                        b'\n' => line.extend_from_slice(b"\\n"),
                        b'\r' => line.extend_from_slice(b"\\r"),
                        b'\t' => line.extend_from_slice(b"\\t"),
                        other => line.push(other),
                    }
                }
            }
        }
    }
    line.push(b'\n');
    line
}

/// Entries that waited for their number when the snapshot was taken get it now.
fn number_the_rest(connection: &mut Connection<'_>, manifest: &BackupManifest) -> Result<()> {
    let Some(head) = ChainHead::load(connection)? else {
        return Err(damaged("it has no audit chain"));
    };
    if manifest.chain_seq != head.seq || (head.seq > 0 && manifest.chain_hash != head.hash) {
        return Err(damaged(
            "its audit chain ends elsewhere than its manifest says",
        ));
    }
    let mut head = Some(head);
    while let Some(now) = head.take() {
        if number_events(connection, now)? > 0 {
            head = ChainHead::load(connection)?;
        }
    }
    Ok(())
}

/// Where a folder of this name beside `folder` lies.
pub(super) fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
