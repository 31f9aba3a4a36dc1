//! PostgreSQL: worker threads, each with one connection; SERIALIZABLE with bounded retry.

mod address;
pub(crate) mod tables;
mod value;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use kernel::{Error, Kind, Result};
use postgres::types::ToSql;
use postgres::{Client, Statement};

use crate::chain::{ChainHead, number_events};
use address::Address;
use value::failure;

use crate::engine::{CONTENTION, Connection, Session, Task, lock, spawn, submit};
use crate::{Row, Value};

/// How often a closure is run before its caller is told to try again.
const ATTEMPTS_MAX: u32 = 40;
/// After so many attempts a closure gets the writers of this process for itself: under a crowd at one
/// place, optimism only makes everybody run again.
const ALONE_AFTER: u32 = 3;
/// The longest pause between two attempts.
const PAUSE_MILLIS_MAX: u64 = 40;
/// Tasks that may wait for a worker; beyond it callers are told to back off.
const QUEUE_MAX: usize = 4_096;
/// Prepared statements kept a connection.
const STATEMENT_CACHE: usize = 1_024;
/// How long the numbering step waits for a commit here before it looks for those of other servers.
const NUMBERING_POLL: Duration = Duration::from_millis(250);
/// How long a statement may run before the server gives up on it, and no compiling: what the
/// conditions of access are estimated to cost made the engine compile statements for seconds that
/// run in milliseconds. Engines that know no such setting are left alone.
const SESSION: &str =
    "SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s';
    SET lock_timeout = '20s'; SET client_min_messages = warning;
    SELECT set_config('jit', 'off', false) FROM pg_settings WHERE name = 'jit'";
/// A scan of a whole small table would make every command on it conflict with every other.
const WRITER: &str = "SET enable_seqscan = off";

/// The engine that speaks PostgreSQL's protocol.
pub(crate) struct Postgres {
    address: Arc<Address>,
    writers: Mutex<Option<SyncSender<Task>>>,
    readers: Mutex<Option<SyncSender<Task>>>,
    numbering: Mutex<Option<SyncSender<()>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// The code of errors after which the connection is of no more use.
const UNREACHABLE: &str = "store.unreachable";

/// One connection with its prepared statements; it reconnects when the server went away.
pub(crate) struct PgConnection {
    address: Arc<Address>,
    live: Option<(Client, HashMap<String, Statement>)>,
    /// What this connection wants besides [`SESSION`].
    setting: &'static str,
}

impl Postgres {
    pub(crate) fn open(
        url: &str,
        writers: usize,
        readers: usize,
        numbered: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let address = Arc::new(Address::parse(url)?);
        let mut first = PgConnection::new(&address);
        first.check_collation()?;
        let (number, wake) = sync_channel(1);
        let (writer, write_queue) = sync_channel(QUEUE_MAX);
        let (reader, read_queue) = sync_channel(QUEUE_MAX);
        let write_queue = Arc::new(Mutex::new(write_queue));
        let read_queue = Arc::new(Mutex::new(read_queue));
        let gate = Arc::new(RwLock::new(()));
        let mut threads = vec![spawn("store-numbering", {
            move || numbering_loop(first, &wake, numbered)
        })?];
        for index in 0..writers {
            let connection = PgConnection {
                setting: WRITER,
                ..PgConnection::new(&address)
            };
            let queue = Arc::clone(&write_queue);
            let (number, gate) = (number.clone(), Arc::clone(&gate));
            let run = move || {
                work_loop(connection, &queue, &|connection, task| {
                    let result = write(connection, &gate, task);
                    if result.is_ok() {
                        // Full means that the numbering step is about to look anyway.
                        let _ = number.try_send(());
                    }
                    result
                });
            };
            threads.push(spawn(&format!("store-writer-{index}"), run)?);
        }
        for index in 0..readers {
            let connection = PgConnection::new(&address);
            let queue = Arc::clone(&read_queue);
            let run = move || work_loop(connection, &queue, &read);
            threads.push(spawn(&format!("store-reader-{index}"), run)?);
        }
        Ok(Self {
            address,
            writers: Mutex::new(Some(writer)),
            readers: Mutex::new(Some(reader)),
            numbering: Mutex::new(Some(number)),
            threads: Mutex::new(threads),
        })
    }

    /// A connection of its own, outside the queues.
    pub(crate) fn connection(&self) -> PgConnection {
        PgConnection::new(&self.address)
    }

    pub(crate) fn submit_write(&self, task: Task) {
        submit(&self.writers, task);
    }

    pub(crate) fn submit_read(&self, task: Task) {
        submit(&self.readers, task);
    }

    /// Finishes what is queued, then disconnects.
    pub(crate) fn close(&self) {
        lock(&self.writers).take();
        lock(&self.readers).take();
        lock(&self.numbering).take();
        for thread in lock(&self.threads).drain(..) {
            // A store thread that panicked has logged it; closing goes on with the others.
            drop(thread.join());
        }
    }
}

fn work_loop(
    mut connection: PgConnection,
    queue: &Mutex<Receiver<Task>>,
    work: &dyn Fn(&mut PgConnection, &mut Task) -> Result<()>,
) {
    loop {
        let Ok(mut task) = lock(queue).recv() else {
            return;
        };
        let result = work(&mut connection, &mut task);
        (task.done)(result);
    }
}

fn write(connection: &mut PgConnection, gate: &RwLock<()>, task: &mut Task) -> Result<()> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let result = if attempt > ALONE_AFTER {
            let _alone = gate
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            write_once(connection, task)
        } else {
            let _together = gate
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            write_once(connection, task)
        };
        match result {
            Err(error) if error.code() == CONTENTION && attempt < ATTEMPTS_MAX => {
                let longest = (1_u64 << attempt.min(6)).min(PAUSE_MILLIS_MAX);
                // Pauses differ from connection to connection, or two losers would meet again.
                let mark = std::ptr::from_ref(connection).addr() as u64;
                let uneven = mark
                    .rotate_right(7)
                    .wrapping_mul(u64::from(attempt) * 2_654_435_761);
                std::thread::sleep(Duration::from_millis(1 + (uneven >> 32) % longest));
            }
            other => return other,
        }
    }
}

fn write_once(connection: &mut PgConnection, task: &mut Task) -> Result<()> {
    connection.begin("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
    let mut session = Session {
        connection: Connection::Postgres(connection),
        chain: None,
    };
    match task.attempt(&mut session) {
        Ok(()) => connection.commit(),
        Err(error) => {
            connection.roll_back();
            Err(error)
        }
    }
}

fn read(connection: &mut PgConnection, task: &mut Task) -> Result<()> {
    connection.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let mut session = Session {
        connection: Connection::Postgres(connection),
        chain: None,
    };
    let result = task.attempt(&mut session);
    connection.roll_back();
    result
}

/// Gives committed events their place in the chain, in batches, one server at a time. Followers
/// read by that number, so nothing ever appears behind what they have already seen.
fn numbering_loop(mut connection: PgConnection, wake: &Receiver<()>, numbered: impl Fn()) {
    use std::sync::mpsc::RecvTimeoutError;
    loop {
        let stopping = matches!(
            wake.recv_timeout(NUMBERING_POLL),
            Err(RecvTimeoutError::Disconnected)
        );
        loop {
            match number_batch(&mut connection) {
                Ok(0) => break,
                Ok(_) => numbered(),
                Err(error) => {
                    tracing::warn!(?error, "numbering of events failed; it is tried again");
                    break;
                }
            }
        }
        if stopping {
            return;
        }
    }
}

const LOCK_NUMBERING: &str = "SELECT CAST(pg_try_advisory_xact_lock(hashtext('lianti-numbering-' || current_schema())) AS INT) AS mine";

fn number_batch(connection: &mut PgConnection) -> Result<usize> {
    connection.begin("BEGIN ISOLATION LEVEL READ COMMITTED")?;
    let result = (|| {
        let mine = connection.query(LOCK_NUMBERING, &[])?;
        if mine.first().and_then(|row| row.get("mine")) != Some(&Value::Int(1)) {
            return Ok(0);
        }
        let mut session = Connection::Postgres(connection);
        match ChainHead::load(&mut session)? {
            Some(head) => number_events(&mut session, head),
            None => Ok(0),
        }
    })();
    match result {
        Ok(count) => connection.commit().map(|()| count),
        Err(error) => {
            connection.roll_back();
            Err(error)
        }
    }
}

impl PgConnection {
    fn new(address: &Arc<Address>) -> Self {
        Self {
            address: Arc::clone(address),
            live: None,
            setting: "",
        }
    }

    /// Lifts the limits that protect requests, for migrations, backup and restore.
    pub(crate) fn without_limits(mut self) -> Result<Self> {
        self.batch("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")?;
        Ok(self)
    }

    fn client(&mut self) -> Result<&mut (Client, HashMap<String, Statement>)> {
        if self
            .live
            .as_ref()
            .is_none_or(|(client, _)| client.is_closed())
        {
            let mut client = self.address.connect()?;
            client.batch_execute(SESSION).map_err(failure)?;
            client.batch_execute(self.setting).map_err(failure)?;
            self.live = Some((client, HashMap::new()));
        }
        Ok(self.live.as_mut().expect("connected just above"))
    }

    /// Text sorts by code point on both engines, or keyset pages would differ between them.
    fn check_collation(&mut self) -> Result<()> {
        const COLLATION: &str = "SELECT CAST(datcollate AS TEXT) AS name FROM pg_database WHERE datname = current_database()";
        let rows = self.query(COLLATION, &[])?;
        match rows.first().and_then(|row| row.get("name")) {
            Some(Value::Text(name)) if name == "C" || name == "POSIX" || name.starts_with("C.") => {
                Ok(())
            }
            other => Err(Error::new(
                Kind::Unsupported,
                "store.collation",
                format!(
                    "the database sorts text by {other:?}; create it with: \
                     CREATE DATABASE lianti TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                ),
            )),
        }
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let (client, _) = self.client()?;
        client.batch_execute(sql).map_err(failure)
    }

    /// Begins a transaction. A connection that broke while it was idle, as when the database was
    /// restarted, is made anew: nothing has been done on it yet.
    fn begin(&mut self, sql: &str) -> Result<()> {
        let idle = self.live.is_some();
        match self.batch(sql) {
            Err(error) if idle && error.code() == UNREACHABLE => {
                self.live = None;
                self.batch(sql)
            }
            other => other,
        }
    }

    /// A connection lost during COMMIT leaves the outcome unknown: the caller repeats the command
    /// with its idempotency key, and gets the first answer if there was one.
    pub(crate) fn commit(&mut self) -> Result<()> {
        match self.batch("COMMIT") {
            Err(error) if error.code() == UNREACHABLE => {
                self.live = None;
                Err(Error::new(
                    Kind::Unavailable,
                    "store.outcome-unknown",
                    "the database went away during the commit; repeat the command with the same idempotency key",
                )
                .because(error))
            }
            Err(error) => {
                self.roll_back();
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    pub(crate) fn roll_back(&mut self) {
        if let Some((client, _)) = &mut self.live
            && client.batch_execute("ROLLBACK").is_err()
        {
            self.live = None;
        }
    }

    /// Sends many rows to one table: `rows` gives them in the text form of COPY until it is empty.
    pub(crate) fn copy_in(
        &mut self,
        sql: &str,
        rows: impl Iterator<Item = Result<Vec<u8>>>,
    ) -> Result<u64> {
        use std::io::Write;
        let (client, _) = self.client()?;
        let mut writer = client.copy_in(sql).map_err(failure)?;
        for row in rows {
            writer.write_all(&row?).map_err(Error::internal)?;
        }
        writer.finish().map_err(failure)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let (client, cache) = self.client()?;
        let statement = prepare(client, cache, sql)?;
        client.execute(&statement, &refer(params)).map_err(failure)
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let (client, cache) = self.client()?;
        let statement = prepare(client, cache, sql)?;
        let rows = client.query(&statement, &refer(params)).map_err(failure)?;
        let columns: Arc<[String]> = statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        rows.iter()
            .map(|row| {
                let values = (0..columns.len()).map(|index| row.try_get(index).map_err(failure));
                Ok(Row {
                    columns: Arc::clone(&columns),
                    values: values.collect::<Result<_>>()?,
                })
            })
            .collect()
    }
}

fn prepare(
    client: &mut Client,
    cache: &mut HashMap<String, Statement>,
    sql: &str,
) -> Result<Statement> {
    if let Some(statement) = cache.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(sql).map_err(|error| {
        let mistake = error
            .code()
            .is_some_and(|state| state.code().starts_with("42"));
        // Class 42 is a mistake in the statement: the operator's log shows which one.
        if mistake {
            return Error::internal(format!("{}: {sql}", describe(&error)));
        }
        failure(error)
    })?;
    // Composed statements have many shapes; forgetting all now and then bounds what is kept.
    if cache.len() >= STATEMENT_CACHE {
        cache.clear();
    }
    cache.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn describe(error: &postgres::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

fn refer(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect()
}
