//! What the two engines have in common: a connection that runs statements, and queued work.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use kernel::{Error, Kind, Result};

use crate::chain::ChainHead;
use crate::postgres::PgConnection;
use crate::{Row, Value};

/// The most text one parameter may carry; bodies are limited well below this on the wire.
const PARAMETER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A connection inside a transaction.
pub(crate) enum Connection<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut PgConnection),
}

impl Connection<'_> {
    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        check_params(params)?;
        match self {
            Self::Sqlite(connection) => crate::sqlite::execute(connection, sql, params),
            Self::Postgres(connection) => connection.execute(sql, params),
        }
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        check_params(params)?;
        match self {
            Self::Sqlite(connection) => crate::sqlite::query(connection, sql, params),
            Self::Postgres(connection) => connection.query(sql, params),
        }
    }
}

/// PostgreSQL has no text with U+0000 in it, so neither engine takes one.
fn check_params(params: &[Value]) -> Result<()> {
    for param in params {
        if let Value::Text(text) = param {
            if text.contains('\0') || text.contains("\\u0000") {
                return Err(Error::new(
                    Kind::Invalid,
                    "text.nul-character",
                    "a text holds the character U+0000; remove it",
                ));
            }
            if text.len() > PARAMETER_BYTES_MAX {
                return Err(Error::new(
                    Kind::TooLarge,
                    "text.too-large",
                    "a text is larger than 8 MiB",
                ));
            }
        }
    }
    Ok(())
}

/// What a queued closure works with.
pub(crate) struct Session<'a> {
    pub(crate) connection: Connection<'a>,
    /// The head of the event chain, where events are numbered inside the transaction.
    pub(crate) chain: Option<&'a mut ChainHead>,
}

impl Session<'_> {
    /// The same session for a shorter while.
    pub(crate) fn borrow(&mut self) -> Session<'_> {
        let connection = match &mut self.connection {
            Connection::Sqlite(connection) => Connection::Sqlite(connection),
            Connection::Postgres(connection) => Connection::Postgres(connection),
        };
        Session {
            connection,
            chain: self.chain.as_deref_mut(),
        }
    }
}

type Run = Box<dyn FnMut(&mut Session<'_>) -> Result<()> + Send>;

/// Work for an engine: `run` may be called more than once, `done` is called once, after the commit.
pub(crate) struct Task {
    pub(crate) run: Run,
    pub(crate) done: Box<dyn FnOnce(Result<()>) + Send>,
}

impl Task {
    /// Runs the closure and turns a panic into an error, so that one defect takes down one command.
    pub(crate) fn attempt(&mut self, session: &mut Session<'_>) -> Result<()> {
        let run = std::panic::AssertUnwindSafe(|| (self.run)(session));
        std::panic::catch_unwind(run).unwrap_or_else(|panic| {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
            Err(Error::internal(format!("a store closure panicked: {text}")))
        })
    }
}

/// The queue is full: the caller should back off.
pub(crate) fn overloaded() -> Error {
    Error::new(
        Kind::Unavailable,
        "store.overloaded",
        "too many requests are waiting; try again shortly",
    )
}

/// The engine's threads are gone: the server is stopping.
pub(crate) fn stopped() -> Error {
    Error::new(
        Kind::Unavailable,
        "store.stopped",
        "the server is stopping; try again shortly",
    )
}

/// A constraint said no to a duplicate.
pub(crate) fn duplicate(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::conflict("store.duplicate", "there is already one like this").because(cause)
}

/// A constraint other than uniqueness said no.
pub(crate) fn constraint(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::conflict(
        "store.constraint",
        "this would break a rule that the database keeps",
    )
    .because(cause)
}

/// No room on the disk; nothing was written, reads go on.
pub(crate) fn full(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(
        Kind::Full,
        "store.full",
        "the disk is full; nothing was changed; the operator must free space",
    )
    .because(cause)
}

/// Another transaction was in the way; the engine runs the closure again.
pub(crate) fn contention(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(
        Kind::Unavailable,
        CONTENTION,
        "too many people changed this at once; try again",
    )
    .because(cause)
}

/// The code of errors after which a closure is run again.
pub(crate) const CONTENTION: &str = "store.contention";

/// The value behind a mutex; one left by a panicking thread is as good as any other.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Queues a task, or answers it at once that there is no room or that the server is stopping.
pub(crate) fn submit(queue: &Mutex<Option<SyncSender<Task>>>, task: Task) {
    let sender = lock(queue).clone();
    let Some(sender) = sender else {
        return (task.done)(Err(stopped()));
    };
    match sender.try_send(task) {
        Ok(()) => {}
        Err(TrySendError::Full(task)) => (task.done)(Err(overloaded())),
        Err(TrySendError::Disconnected(task)) => (task.done)(Err(stopped())),
    }
}

/// Starts a named thread of an engine.
pub(crate) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(Error::internal)
}
