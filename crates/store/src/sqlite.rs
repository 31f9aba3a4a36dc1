//! SQLite: one writer thread with group commit, readers on connections of their own.

pub(crate) mod tables;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use kernel::{Error, Kind, Result};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection as Raw, ErrorCode, OpenFlags};

use crate::chain::ChainHead;
use crate::engine::{self, Connection, Session, Task, lock, spawn, submit};
use crate::{Row, Value};

/// Commands that share one commit.
const BATCH_MAX: usize = 512;
/// Commands that may wait for the writer; beyond it callers are told to back off.
const WRITE_QUEUE_MAX: usize = 4_096;
/// Reads that may wait for a reader.
const READ_QUEUE_MAX: usize = 4_096;
/// Prepared statements kept a connection.
const STATEMENT_CACHE: usize = 512;
/// Above this the write-ahead log is cut back to nothing at the next checkpoint.
const WAL_BYTES_MAX: i64 = 64 * 1024 * 1024;

/// `secure_delete`: what is deleted is overwritten where that costs no further write, so that the
/// clear text of a secret sealed since does not lie on in the file.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA busy_timeout = 5000;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16384;
    PRAGMA mmap_size = 268435456;
    PRAGMA secure_delete = FAST;
";

/// The embedded engine.
pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Mutex<Option<SyncSender<Task>>>,
    readers: Mutex<Option<SyncSender<Task>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Sqlite {
    pub(crate) fn open(
        path: &Path,
        readers: usize,
        committed: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let connection = connect(path)?;
        let (writer, write_queue) = sync_channel(WRITE_QUEUE_MAX);
        let (reader, read_queue) = sync_channel(READ_QUEUE_MAX);
        let read_queue = Arc::new(Mutex::new(read_queue));
        let mut threads = vec![spawn("store-writer", move || {
            write_loop(&connection, &write_queue, committed);
        })?];
        for number in 0..readers {
            let connection = connect(path)?;
            connection
                .execute_batch("PRAGMA query_only = ON")
                .map_err(failure)?;
            let queue = Arc::clone(&read_queue);
            threads.push(spawn(&format!("store-reader-{number}"), move || {
                read_loop(&connection, &queue);
            })?);
        }
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(Some(writer)),
            readers: Mutex::new(Some(reader)),
            threads: Mutex::new(threads),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn submit_write(&self, task: Task) {
        submit(&self.writer, task);
    }

    pub(crate) fn submit_read(&self, task: Task) {
        submit(&self.readers, task);
    }

    /// Finishes what is queued, then closes the database.
    pub(crate) fn close(&self) {
        lock(&self.writer).take();
        lock(&self.readers).take();
        for thread in lock(&self.threads).drain(..) {
            // A store thread that panicked has logged it; closing goes on with the others.
            drop(thread.join());
        }
    }
}

fn connect(path: &Path) -> Result<Raw> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Raw::open_with_flags(path, flags).map_err(failure)?;
    connection.execute_batch(PRAGMAS).map_err(failure)?;
    connection
        .pragma_update(None, "journal_size_limit", WAL_BYTES_MAX)
        .map_err(failure)?;
    // A statement is planned once, not again at each value bound to it: comparing a bound value with
    // the condition of a partial index made SQLite prepare the statement anew every time.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(connection)
}

fn write_loop(connection: &Raw, queue: &Receiver<Task>, committed: impl Fn()) {
    let mut writer = Writer {
        connection,
        head: None,
        data_version: None,
    };
    let mut broken: Option<String> = None;
    while let Ok(first) = queue.recv() {
        if let Some(reason) = &broken {
            (first.done)(Err(read_only(reason)));
            continue;
        }
        match writer.write_batch(queue, first) {
            Ok(()) => committed(),
            Err(reason) => {
                // After a failed sync the kernel may have dropped dirty pages: nothing written from
                // here on could be trusted, so the process only reads until it is restarted.
                tracing::error!(reason, "the database failed to write; only reads go on");
                broken = Some(reason);
            }
        }
    }
}

fn read_only(reason: &str) -> Error {
    Error::new(
        Kind::Unavailable,
        "store.read-only",
        "the database failed to write earlier, so only reading is possible until the server is restarted",
    )
    .because(reason.to_owned())
}

/// A command that ran and waits for the commit it shares.
struct Pending {
    task: Task,
    result: Result<()>,
}

/// Why a whole batch came to nothing.
struct Lost {
    code: Option<ErrorCode>,
    text: String,
}

impl Lost {
    fn new(error: &rusqlite::Error) -> Self {
        Self {
            code: error.sqlite_error_code(),
            text: error.to_string(),
        }
    }

    fn error(&self) -> Error {
        match self.code {
            Some(ErrorCode::DiskFull) => engine::full(Text(self.text.clone())),
            Some(ErrorCode::ConstraintViolation) => engine::constraint(Text(self.text.clone())),
            _ => read_only(&self.text),
        }
    }
}

struct Writer<'a> {
    connection: &'a Raw,
    /// The newest link of the event chain, kept between batches.
    head: Option<ChainHead>,
    /// Moves when another process, such as the command line, wrote to the same database.
    data_version: Option<i64>,
}

impl Writer<'_> {
    /// Runs queued commands, each in its own savepoint, inside one transaction that is committed
    /// and synced once; nobody is answered before. `Err` means that the disk can't be trusted.
    fn write_batch(&mut self, queue: &Receiver<Task>, first: Task) -> Result<(), String> {
        if let Err(error) = self.begin() {
            (first.done)(Err(error));
            return Ok(());
        }
        let before = self.head.clone();
        let mut pending: Vec<Pending> = Vec::new();
        let mut next = Some(first);
        let mut lost = None;
        while let Some(mut task) = next.take() {
            let (result, loss) = self.in_savepoint(&mut task);
            pending.push(Pending { task, result });
            lost = loss;
            if lost.is_none() && pending.len() < BATCH_MAX {
                next = queue.try_recv().ok();
            }
        }
        match lost.map_or_else(|| self.commit(), Err) {
            Ok(()) => {
                pending
                    .into_iter()
                    .for_each(|one| (one.task.done)(one.result));
                Ok(())
            }
            Err(lost) => {
                self.head = before;
                self.after_loss(pending, &lost)
            }
        }
    }

    /// What becomes of the commands whose shared transaction was lost.
    fn after_loss(&mut self, pending: Vec<Pending>, lost: &Lost) -> Result<(), String> {
        // A deferred constraint speaks only at the commit: each command gets a commit of its own,
        // so that one culprit does not fail the others.
        if lost.code == Some(ErrorCode::ConstraintViolation) && pending.len() > 1 {
            return pending.into_iter().try_for_each(|one| self.alone(one.task));
        }
        for one in pending {
            (one.task.done)(one.result.and(Err(lost.error())));
        }
        match lost.code {
            Some(ErrorCode::DiskFull | ErrorCode::ConstraintViolation) => Ok(()),
            _ => Err(lost.text.clone()),
        }
    }

    fn alone(&mut self, mut task: Task) -> Result<(), String> {
        if let Err(error) = self.begin() {
            (task.done)(Err(error));
            return Ok(());
        }
        let before = self.head.clone();
        let (result, loss) = self.in_savepoint(&mut task);
        match loss.map_or_else(|| self.commit(), Err) {
            Ok(()) => {
                (task.done)(result);
                Ok(())
            }
            Err(lost) => {
                self.head = before;
                self.after_loss(vec![Pending { task, result }], &lost)
            }
        }
    }

    fn begin(&mut self) -> Result<()> {
        self.connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(failure)?;
        let loaded = self.load_head();
        if loaded.is_err() {
            self.roll_back();
        }
        loaded
    }

    fn load_head(&mut self) -> Result<()> {
        let version: i64 = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(failure)?;
        if self.head.is_none() || self.data_version != Some(version) {
            self.head = ChainHead::load(&mut Connection::Sqlite(self.connection))?;
            self.data_version = Some(version);
        }
        Ok(())
    }

    fn commit(&self) -> Result<(), Lost> {
        self.connection.execute_batch("COMMIT").map_err(|error| {
            let lost = Lost::new(&error);
            self.roll_back();
            lost
        })
    }

    fn roll_back(&self) {
        // SQLite may have rolled back by itself; a second rollback then says so and changes nothing.
        drop(self.connection.execute_batch("ROLLBACK"));
    }

    /// Runs one command. The second value tells that SQLite gave up the whole transaction, as it
    /// does when the disk is full or fails.
    fn in_savepoint(&mut self, task: &mut Task) -> (Result<()>, Option<Lost>) {
        if let Err(error) = self.connection.execute_batch("SAVEPOINT command") {
            let lost = self.connection.is_autocommit().then(|| Lost::new(&error));
            return (Err(failure(error)), lost);
        }
        let before = self.head.clone();
        let mut session = Session {
            connection: Connection::Sqlite(self.connection),
            chain: self.head.as_mut(),
        };
        let mut result = task.attempt(&mut session);
        if self.connection.is_autocommit() {
            self.head = before;
            // Only a full disk is known to heal; anything else must be looked at by a person.
            let full = result
                .as_ref()
                .is_err_and(|error| error.kind() == Kind::Full);
            let code = full.then_some(ErrorCode::DiskFull);
            let text = "SQLite gave up the transaction".to_owned();
            return (result, Some(Lost { code, text }));
        }
        if result.is_ok() {
            result = self
                .connection
                .execute_batch("RELEASE command")
                .map_err(failure);
        }
        if result.is_err() {
            self.head = before;
            let undone = self
                .connection
                .execute_batch("ROLLBACK TO command; RELEASE command");
            if let Err(error) = undone {
                self.roll_back();
                return (result, Some(Lost::new(&error)));
            }
        }
        (result, None)
    }
}

fn read_loop(connection: &Raw, queue: &Mutex<Receiver<Task>>) {
    loop {
        let Ok(mut task) = lock(queue).recv() else {
            return;
        };
        let result = connection
            .execute_batch("BEGIN")
            .map_err(failure)
            .and_then(|()| {
                let mut session = Session {
                    connection: Connection::Sqlite(connection),
                    chain: None,
                };
                task.attempt(&mut session)
            });
        drop(connection.execute_batch("ROLLBACK"));
        (task.done)(result);
    }
}

pub(crate) fn execute(connection: &Raw, sql: &str, params: &[Value]) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    bind(&mut statement, sql, params)?;
    let rows = statement.raw_execute().map_err(failure)?;
    Ok(rows as u64)
}

pub(crate) fn query(connection: &Raw, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    bind(&mut statement, sql, params)?;
    let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    let mut answer = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        let mut values = Vec::with_capacity(columns.len());
        for index in 0..columns.len() {
            values.push(match row.get_ref(index).map_err(failure)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Int(value),
                ValueRef::Text(bytes) => {
                    Value::Text(String::from_utf8(bytes.to_vec()).map_err(Error::internal)?)
                }
                ValueRef::Real(_) | ValueRef::Blob(_) => {
                    return Err(Error::internal(format!(
                        "a float or blob came back from: {sql}"
                    )));
                }
            });
        }
        answer.push(Row {
            columns: Arc::clone(&columns),
            values,
        });
    }
    Ok(answer)
}

/// SQLite numbers `$n` parameters by first occurrence, PostgreSQL by `n`: bind by name.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, sql: &str, params: &[Value]) -> Result<()> {
    const NAMES: [&str; 40] = [
        "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14",
        "$15", "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27",
        "$28", "$29", "$30", "$31", "$32", "$33", "$34", "$35", "$36", "$37", "$38", "$39", "$40",
    ];
    if statement.parameter_count() != params.len() {
        return Err(Error::internal(format!(
            "{} parameters for a statement of {}: {sql}",
            params.len(),
            statement.parameter_count()
        )));
    }
    for (at, value) in params.iter().enumerate() {
        let name = NAMES.get(at).map_or_else(
            || Cow::Owned(format!("${}", at + 1)),
            |&name| Cow::Borrowed(name),
        );
        let index = statement
            .parameter_index(&name)
            .map_err(failure)?
            .ok_or_else(|| Error::internal(format!("{name} is not used in: {sql}")))?;
        statement
            .raw_bind_parameter(index, value)
            .map_err(failure)?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

/// Runs a script of many statements, for migrations.
pub(crate) fn run_script(connection: &Raw, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(failure)
}

/// A cause that is only text.
#[derive(Debug)]
struct Text(String);

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Text {}

pub(crate) fn failure(error: rusqlite::Error) -> Error {
    use rusqlite::ffi;
    let extended = match &error {
        rusqlite::Error::SqliteFailure(code, _) => code.extended_code,
        _ => 0,
    };
    match (error.sqlite_error_code(), extended) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            engine::duplicate(error)
        }
        (Some(ErrorCode::ConstraintViolation), _) => engine::constraint(error),
        (Some(ErrorCode::DiskFull), _) => engine::full(error),
        (Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => engine::contention(error),
        _ => Error::internal(error),
    }
}
