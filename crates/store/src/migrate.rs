//! Schema migrations: one text for both engines, applied once, known by checksum.

use kernel::{Error, Kind, Result};
use serde::Deserialize;

use crate::chain::sha256_hex;
use crate::engine::Connection;
use crate::{Store, Value, params};

/// One migration of one module. Applied migrations are never edited; a new one is appended.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The module, such as `referral`.
    pub module: &'static str,
    /// 1, 2, 3 … within the module.
    pub number: u32,
    /// What it does, in a few words.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// How a database stands against the migrations this program knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// Nothing in it yet.
    Empty,
    /// Up to date.
    Current,
    /// These are still to be applied.
    Behind(Vec<String>),
}

pub(crate) const OWN: Migration = Migration {
    module: "store",
    number: 1,
    name: "history, events, jobs, rule sets, blobs",
    sql: include_str!("../sql/0001_store.sql"),
};

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    module TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'done')),
    at BIGINT NOT NULL,
    PRIMARY KEY (module, number))";
const HAS_TABLE_SQLITE: &str =
    "SELECT COUNT(*) AS count FROM sqlite_master WHERE type = 'table' AND name = 'migration'";
const HAS_TABLE_POSTGRES: &str = "SELECT COUNT(*) AS count FROM pg_tables
    WHERE schemaname = current_schema() AND tablename = 'migration'";
const APPLIED: &str = "SELECT module, number, sha256, state FROM migration ORDER BY module, number";
const START: &str = "INSERT INTO migration (module, number, name, sha256, state, at)
    VALUES ($1, $2, $3, $4, 'started', $5)";
const FINISH: &str = "UPDATE migration SET state = 'done' WHERE module = $1 AND number = $2";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Applied {
    pub(crate) module: String,
    pub(crate) number: u32,
    pub(crate) sha256: String,
    state: String,
}

/// Is there a migration table at all?
pub(crate) fn has_migration_table(connection: &mut Connection<'_>) -> Result<bool> {
    let sql = match connection {
        Connection::Sqlite(_) => HAS_TABLE_SQLITE,
        Connection::Postgres(_) => HAS_TABLE_POSTGRES,
    };
    let rows = connection.query(sql, &[])?;
    Ok(rows.first().and_then(|row| row.get("count")) == Some(&Value::Int(1)))
}

impl Store {
    /// Compares the database with `migrations`.
    ///
    /// # Errors
    /// `migrate.half-applied`, `migrate.newer` or `migrate.changed`: what is wrong and what to do.
    pub fn schema_state(&self, migrations: &[Migration]) -> Result<SchemaState> {
        let known = with_own(migrations);
        self.with_plain_connection(|connection| state_of(connection, &known))
    }

    /// Applies what is missing, each migration in a transaction of its own.
    ///
    /// # Errors
    /// As [`Store::schema_state`], and whatever the database reports.
    pub fn migrate(&self, migrations: &[Migration]) -> Result<Vec<String>> {
        let known = with_own(migrations);
        let now = self.clock().now();
        self.with_plain_connection(|connection| {
            in_lock(connection, create_table)?;
            let SchemaState::Behind(_) = state_of(connection, &known)? else {
                return Ok(Vec::new());
            };
            let mut done = Vec::new();
            for migration in &known {
                if apply(connection, migration, now.micros())? {
                    done.push(label(migration));
                }
            }
            Ok(done)
        })
    }
}

pub(crate) fn with_own(migrations: &[Migration]) -> Vec<Migration> {
    std::iter::once(OWN)
        .chain(migrations.iter().copied())
        .collect()
}

fn label(migration: &Migration) -> String {
    format!(
        "{}/{:04} {}",
        migration.module, migration.number, migration.name
    )
}

pub(crate) fn read_applied(connection: &mut Connection<'_>) -> Result<Vec<Applied>> {
    connection
        .query(APPLIED, &[])?
        .into_iter()
        .map(crate::Row::decode)
        .collect()
}

fn state_of(connection: &mut Connection<'_>, known: &[Migration]) -> Result<SchemaState> {
    if !has_migration_table(connection)? {
        return Ok(SchemaState::Empty);
    }
    let applied = read_applied(connection)?;
    for row in &applied {
        let name = format!("{}/{:04}", row.module, row.number);
        let migration = known
            .iter()
            .find(|one| one.module == row.module && one.number == row.number);
        if row.state != "done" {
            let detail =
                format!("migration {name} was begun and never finished; restore the last backup");
            return Err(Error::new(
                Kind::Unsupported,
                "migrate.half-applied",
                detail,
            ));
        }
        let Some(migration) = migration else {
            let detail = format!(
                "the database has migration {name}, which this program does not know: \
                 it was used by a newer version; start that version or restore a backup"
            );
            return Err(Error::new(Kind::Unsupported, "migrate.newer", detail));
        };
        if row.sha256 != sha256_hex(migration.sql.as_bytes()) {
            let detail =
                format!("migration {name} was applied with another text; use the released program");
            return Err(Error::new(Kind::Unsupported, "migrate.changed", detail));
        }
    }
    let missing: Vec<String> = known
        .iter()
        .filter(|one| {
            !applied
                .iter()
                .any(|row| row.module == one.module && row.number == one.number)
        })
        .map(label)
        .collect();
    Ok(if missing.is_empty() {
        SchemaState::Current
    } else {
        SchemaState::Behind(missing)
    })
}

/// Applies a migration unless it is there already; answers whether it did.
fn apply(connection: &mut Connection<'_>, migration: &Migration, at: i64) -> Result<bool> {
    in_lock(connection, |connection| {
        let applied = read_applied(connection)?;
        let is_there =
            |row: &Applied| row.module == migration.module && row.number == migration.number;
        if applied.iter().any(is_there) {
            return Ok(false);
        }
        apply_in_transaction(connection, migration, at).map(|()| true)
    })
}

/// Applies a migration in the transaction at hand.
pub(crate) fn apply_in_transaction(
    connection: &mut Connection<'_>,
    migration: &Migration,
    at: i64,
) -> Result<()> {
    let sha256 = sha256_hex(migration.sql.as_bytes());
    let (module, number) = (migration.module, migration.number);
    let values = params![module, number, migration.name, sha256, at];
    connection.execute(START, &values)?;
    run_script(connection, migration.sql)?;
    connection
        .execute(FINISH, &params![module, number])
        .map(|_| ())
}

/// Makes the table that lists migrations.
pub(crate) fn create_table(connection: &mut Connection<'_>) -> Result<()> {
    connection.execute(CREATE_TABLE, &[]).map(|_| ())
}

/// Runs `work` in a transaction that only one server at a time is in: two that start together must
/// not both migrate.
pub(crate) fn in_lock<T>(
    connection: &mut Connection<'_>,
    work: impl FnOnce(&mut Connection<'_>) -> Result<T>,
) -> Result<T> {
    let begin = match connection {
        Connection::Sqlite(_) => "BEGIN IMMEDIATE",
        Connection::Postgres(_) => {
            "BEGIN; SELECT pg_advisory_xact_lock(hashtext('lianti-migrate-' || current_schema()))"
        }
    };
    run_script(connection, begin)?;
    match work(connection).and_then(|value| run_script(connection, "COMMIT").map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => {
            // The first error is the one to report; a failed rollback adds nothing to it.
            drop(run_script(connection, "ROLLBACK"));
            Err(error)
        }
    }
}

pub(crate) fn run_script(connection: &mut Connection<'_>, sql: &str) -> Result<()> {
    match connection {
        Connection::Sqlite(raw) => crate::sqlite::run_script(raw, sql),
        Connection::Postgres(connection) => connection.batch(sql),
    }
}
