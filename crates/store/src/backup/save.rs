//! Writing a backup from one snapshot.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::{Error, Instant, Result};
use serde::Deserialize;

use super::catalogue::{self, Table};
use super::{
    BackupFile, BackupManifest, BackupMigration, FORMAT, Hashing, MANIFEST, PAGE_ROWS, TableCount,
    on_disk,
};
use crate::blob::blob_path;
use crate::engine::Connection;
use crate::migrate::{read_applied, run_script};
use crate::{AuditHead, Row, Store, Value, hex, params};

/// Tables whose rows are secrets or mean nothing elsewhere; an export leaves them out.
const NOT_EXPORTED: [&str; 4] = ["credential", "session", "api_token", "idempotency"];

const HEAD: &str = "SELECT seq, hash FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
const NEWEST: &str = "SELECT at FROM event ORDER BY at DESC, id DESC LIMIT 1";
const BLOBS: &str = "SELECT sha256 FROM blob WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";

impl Store {
    /// Writes a backup into `folder`, which must not exist yet, from one consistent snapshot, while
    /// the server goes on working. The folder appears only when it is whole.
    ///
    /// # Errors
    /// `backup.folder` when the folder is there already; whatever the database or the disk reports.
    pub fn backup(&self, folder: &Path, with_keys: bool) -> Result<BackupManifest> {
        write_whole(folder, |part| {
            let mut manifest = self.with_plain_connection(|connection| {
                in_snapshot(connection, |connection| self.save_tables(connection, part))
            })?;
            self.save_files(part, &mut manifest, with_keys)?;
            let text = serde_json::to_vec_pretty(&manifest).map_err(Error::internal)?;
            crate::blob::write_synced(&part.join(MANIFEST), &text, "manifest")?;
            Ok(manifest)
        })
    }

    /// Writes every table as JSON lines into `folder`, which must not exist yet, for other programs
    /// to read. Password hashes, sessions and tokens stay behind.
    ///
    /// # Errors
    /// As [`Store::backup`].
    pub fn export(&self, folder: &Path) -> Result<Vec<TableCount>> {
        write_whole(folder, |part| {
            self.with_plain_connection(|connection| {
                in_snapshot(connection, |connection| {
                    let tables = catalogue::tables(connection)?;
                    tables
                        .iter()
                        .filter(|table| !NOT_EXPORTED.contains(&table.name.as_str()))
                        .map(|table| export_table(connection, part, table))
                        .collect()
                })
            })
        })
    }

    fn save_tables(&self, connection: &mut Connection<'_>, part: &Path) -> Result<BackupManifest> {
        let migrations = read_applied(connection)?
            .into_iter()
            .map(|row| BackupMigration {
                module: row.module,
                number: row.number,
                sha256: row.sha256,
            });
        let migrations = migrations.collect();
        let (mut tables, mut files) = (Vec::new(), Vec::new());
        for table in catalogue::tables(connection)? {
            let (count, file) = save_table(connection, part, &table)?;
            tables.push(count);
            files.push(file);
        }
        let head = connection.query(HEAD, &[])?.pop();
        let newest = connection
            .query(NEWEST, &[])?
            .pop()
            .and_then(|row| match row.get("at") {
                Some(Value::Int(at)) => Some(Instant::from_micros(*at)),
                _ => None,
            });
        let chain_seq = match head.as_ref().and_then(|row| row.get("seq")) {
            Some(Value::Int(seq)) => *seq,
            _ => 0,
        };
        let chain_hash = head
            .map(|row| row.text("hash"))
            .transpose()?
            .unwrap_or_default();
        let (blobs, missing_blobs) = self.save_blobs(connection, part)?;
        files.extend(blobs);
        Ok(BackupManifest {
            format: FORMAT,
            at: self.clock().now(),
            engine: self.engine_name().to_owned(),
            migrations,
            tables,
            chain_seq,
            chain_hash,
            newest_event_at: newest,
            audit_keys: self
                .verifying_keys()?
                .iter()
                .map(|key| hex(key.as_bytes()))
                .collect(),
            missing_blobs,
            files,
        })
    }

    fn save_blobs(
        &self,
        connection: &mut Connection<'_>,
        part: &Path,
    ) -> Result<(Vec<BackupFile>, Vec<String>)> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Name {
            sha256: String,
        }
        let (mut files, mut missing, mut after) = (Vec::new(), Vec::new(), String::new());
        loop {
            let names = connection.query(BLOBS, &params![after.as_str(), PAGE_ROWS])?;
            let names: Vec<Name> = names.into_iter().map(Row::decode).collect::<Result<_>>()?;
            let Some(last) = names.last() else {
                return Ok((files, missing));
            };
            after.clone_from(&last.sha256);
            for name in names {
                let from = blob_path(self.data_dir(), &name.sha256);
                if from.exists() {
                    let path = format!("blobs/{}/{}", &name.sha256[..2], name.sha256);
                    files.push(save_file(&from, part, path)?);
                } else {
                    missing.push(name.sha256);
                }
            }
        }
    }

    /// The witness up to the snapshot, and the keys where they are asked for.
    fn save_files(
        &self,
        part: &Path,
        manifest: &mut BackupManifest,
        with_keys: bool,
    ) -> Result<()> {
        let witness = self.witness_path();
        if witness.exists() {
            let text = fs::read_to_string(&witness).map_err(on_disk(&witness))?;
            // Heads signed since the snapshot would say that its tail was cut off.
            let kept = text.lines().filter(|line| {
                serde_json::from_str::<AuditHead>(line)
                    .is_ok_and(|head| head.seq <= manifest.chain_seq)
            });
            let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
            let path = "witness/audit-heads.jsonl".to_owned();
            manifest
                .files
                .push(save_bytes(kept.as_bytes(), part, path)?);
        }
        let keys = self.data_dir().join("keys");
        if with_keys && keys.exists() {
            for entry in fs::read_dir(&keys).map_err(on_disk(&keys))? {
                let entry = entry.map_err(on_disk(&keys))?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                manifest
                    .files
                    .push(save_file(&entry.path(), part, format!("keys/{name}"))?);
            }
        }
        Ok(())
    }
}

/// Fills a folder beside the one wanted and renames it at the end.
fn write_whole<T>(folder: &Path, fill: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    if folder.exists() {
        let detail = format!("{} is there already; name a new folder", folder.display());
        return Err(Error::conflict("backup.folder", detail));
    }
    let mut part = folder.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    if part.exists() {
        fs::remove_dir_all(&part).map_err(on_disk(&part))?;
    }
    fs::create_dir_all(&part).map_err(on_disk(&part))?;
    let filled = fill(&part).and_then(|value| {
        fs::rename(&part, folder).map_err(on_disk(folder))?;
        Ok(value)
    });
    if filled.is_err() {
        // What is left of a failed try is only in the way.
        drop(fs::remove_dir_all(&part));
    }
    filled
}

fn in_snapshot<T>(
    connection: &mut Connection<'_>,
    read: impl FnOnce(&mut Connection<'_>) -> Result<T>,
) -> Result<T> {
    let begin = match connection {
        Connection::Sqlite(_) => "BEGIN",
        Connection::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    run_script(connection, begin)?;
    let value = read(connection);
    // Nothing was written, so there is nothing to lose with it.
    drop(run_script(connection, "ROLLBACK"));
    value
}

/// Gives every row of a table to `take`, in key order.
fn each_row(
    connection: &mut Connection<'_>,
    table: &Table,
    mut take: impl FnMut(Row) -> Result<()>,
) -> Result<i64> {
    let (first, next) = (table.first_page(PAGE_ROWS)?, table.next_page(PAGE_ROWS)?);
    let mut rows = connection.query(first, &[])?;
    let mut count = 0_i64;
    loop {
        let Some(last) = rows.last() else {
            return Ok(count);
        };
        let key: Vec<Value> = table
            .key
            .iter()
            .map(|&at| last.values[at].clone())
            .collect();
        count += i64::try_from(rows.len()).map_err(Error::internal)?;
        let full = rows.len() == PAGE_ROWS as usize;
        rows.into_iter().try_for_each(&mut take)?;
        if !full {
            return Ok(count);
        }
        rows = connection.query(next, &key)?;
    }
}

fn json_of(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(number) => number.into(),
        Value::Text(text) => text.into(),
    }
}

/// One line naming the columns, then one array a row.
fn save_table(
    connection: &mut Connection<'_>,
    part: &Path,
    table: &Table,
) -> Result<(TableCount, BackupFile)> {
    let path = format!("tables/{}.jsonl.gz", table.name);
    let target = part.join(&path);
    let failed = on_disk(&target);
    let file = create(&target)?;
    let mut packed = GzEncoder::new(Hashing::new(BufWriter::new(file)), Compression::fast());
    let header = serde_json::json!({ "table": table.name, "columns": table.columns });
    writeln!(packed, "{header}").map_err(&failed)?;
    let rows = each_row(connection, table, |row| {
        let values: Vec<serde_json::Value> = row.values.into_iter().map(json_of).collect();
        serde_json::to_writer(&mut packed, &values).map_err(|error| failed(error.into()))?;
        packed.write_all(b"\n").map_err(&failed)
    })?;
    let mut hashing = packed.finish().map_err(&failed)?;
    hashing
        .flush()
        .and_then(|()| hashing.inner.get_ref().sync_all())
        .map_err(&failed)?;
    Ok((
        TableCount {
            table: table.name.clone(),
            rows,
        },
        hashing.describe(path),
    ))
}

/// One object a row.
fn export_table(connection: &mut Connection<'_>, part: &Path, table: &Table) -> Result<TableCount> {
    let target = part.join(format!("{}.jsonl", table.name));
    let failed = on_disk(&target);
    let mut file = BufWriter::new(create(&target)?);
    let rows = each_row(connection, table, |row| {
        let names = row.columns.iter().cloned();
        let values = row.values.into_iter().map(json_of);
        let object: serde_json::Map<String, serde_json::Value> = names.zip(values).collect();
        serde_json::to_writer(&mut file, &object).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(&failed)
    })?;
    file.flush().map_err(&failed)?;
    Ok(TableCount {
        table: table.name.clone(),
        rows,
    })
}

fn create(target: &Path) -> Result<File> {
    let parent = target.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent).map_err(on_disk(parent))?;
    File::create(target).map_err(on_disk(target))
}

fn save_file(from: &Path, part: &Path, path: String) -> Result<BackupFile> {
    let mut source = File::open(from).map_err(on_disk(from))?;
    save_stream(&mut source, part, path)
}

fn save_bytes(mut bytes: &[u8], part: &Path, path: String) -> Result<BackupFile> {
    save_stream(&mut bytes, part, path)
}

fn save_stream(source: &mut impl io::Read, part: &Path, path: String) -> Result<BackupFile> {
    let target = part.join(&path);
    let mut hashing = Hashing::new(create(&target)?);
    io::copy(source, &mut hashing).map_err(on_disk(&target))?;
    hashing.inner.sync_all().map_err(on_disk(&target))?;
    Ok(hashing.describe(path))
}
