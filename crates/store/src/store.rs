//! The store: opens an engine, queues work on it, answers when it is safe.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Actor, ActorKind, Error, Id, Kind, Result, Scope};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::{oneshot, watch};

use crate::clock::{Clock, Ids};
use crate::engine::{self, Connection, Task};
use crate::follow::Looked;
use crate::postgres::Postgres;
use crate::seal::{Keyring, Keys};
use crate::sqlite::Sqlite;
use crate::tx::{Access, Tx};
use crate::{Value, params};

/// How to open a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`, the latter with `sslmode` and `sslrootcert`.
    pub url: String,
    /// Where blobs, keys and audit witnesses lie.
    pub data_dir: PathBuf,
    /// Where time comes from.
    pub clock: Clock,
    /// Where ids come from.
    pub ids: Ids,
    /// Threads that read.
    pub readers: usize,
    /// Threads that write; the embedded engine always has one.
    pub writers: usize,
}

impl Options {
    /// The machine's clock and random ids.
    pub fn new(url: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            url: url.into(),
            data_dir: data_dir.into(),
            clock: Clock::System,
            ids: Ids::random(),
            readers: 4,
            writers: 8,
        }
    }
}

/// The first answer to a command is kept under this key, so that repeating it is harmless.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// Chosen by the caller.
    pub key: String,
    /// SHA-256 of method, path and body, so that a key can't be used for another command.
    pub request_sha256: String,
}

/// Who asks, from where, and under which key.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who acts.
    pub actor: Arc<Actor>,
    /// How far the permission needed reaches for this actor.
    pub scope: Option<Scope>,
    /// Names the request in logs and problem documents.
    pub request_id: String,
    /// The network address it came from.
    pub address: String,
    /// The key, where the caller sent one.
    pub idempotency: Option<IdempotencyKey>,
}

impl Request {
    /// A request of this server itself: jobs, followers, the command line.
    pub fn system(name: &str) -> Self {
        let actor = Actor {
            id: SYSTEM_ID,
            kind: ActorKind::System,
            name: name.to_owned(),
            practitioner_id: None,
            role: "system".to_owned(),
            org_id: SYSTEM_ID,
            department_id: None,
            grants: std::collections::BTreeMap::new(),
            app: None,
        };
        Self {
            actor: Arc::new(actor),
            scope: None,
            request_id: name.to_owned(),
            address: "local".to_owned(),
            idempotency: None,
        }
    }
}

/// The actor id of this server: all zeros.
const SYSTEM_ID: Id = Id::NIL;

enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// A handle to the store; clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    clock: Clock,
    ids: Ids,
    data_dir: PathBuf,
    changed: watch::Sender<u64>,
    readable: Mutex<()>,
    keys: Arc<Keys>,
    looked: Looked,
}

impl Store {
    /// Opens the database; does not migrate it.
    ///
    /// # Errors
    /// `store.url` for one that can't be read, `store.tls-root`, `store.tls-missing`,
    /// `store.tls-refused`, `store.unreachable`, `store.collation`.
    pub fn open(options: &Options) -> Result<Self> {
        std::fs::create_dir_all(&options.data_dir).map_err(|error| {
            Error::new(
                Kind::Unavailable,
                "store.data-dir",
                format!(
                    "the data folder {} can't be made",
                    options.data_dir.display()
                ),
            )
            .because(error)
        })?;
        let (changed, _) = watch::channel(0_u64);
        let bump = changed.clone();
        let committed = move || bump.send_modify(|count| *count = count.wrapping_add(1));
        let engine = if let Some(path) = options.url.strip_prefix("sqlite:") {
            Engine::Sqlite(Sqlite::open(Path::new(path), options.readers, committed)?)
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://")
        {
            Engine::Postgres(Postgres::open(
                &options.url,
                options.writers,
                options.readers,
                committed,
            )?)
        } else {
            let detail = "a database URL begins with sqlite: or postgres://";
            return Err(Error::new(Kind::Unsupported, "store.url", detail));
        };
        Ok(Self(Arc::new(Inner {
            engine,
            clock: options.clock.clone(),
            ids: options.ids.clone(),
            data_dir: options.data_dir.clone(),
            changed,
            readable: Mutex::new(()),
            keys: Arc::new(Keys::new(options.data_dir.join("keys"))),
            looked: Looked::default(),
        })))
    }

    /// Where time comes from.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Where ids come from.
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Where blobs, keys and audit witnesses lie.
    pub fn data_dir(&self) -> &Path {
        &self.0.data_dir
    }

    /// The keys of this installation, read at first use; the first key is made then.
    ///
    /// # Errors
    /// `secret.key-damaged`; whatever the disk reports.
    pub fn keyring(&self) -> Result<Arc<Keyring>> {
        self.0.keys.ring()
    }

    pub(crate) fn looked(&self) -> &Looked {
        &self.0.looked
    }

    /// `sqlite` or `postgres`, for status pages.
    pub fn engine_name(&self) -> &'static str {
        match &self.0.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Changes whenever events may have been added: a wake-up, not the truth.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Finishes what is queued and closes the database.
    pub fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.close(),
            Engine::Postgres(engine) => engine.close(),
        }
    }

    /// Runs a closure that changes things, and answers once the change is on disk.
    ///
    /// # Errors
    /// What the closure answers, or whatever the database reports; then nothing was changed.
    pub async fn write<T, F>(&self, request: &Request, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.submit(request, true, move |tx| run(tx))
            .await
            .map(|(value, _)| value)
    }

    /// Like [`Store::write`], and remembers the answer under the request's idempotency key.
    ///
    /// # Errors
    /// As [`Store::write`]; `idempotency.key-reused` when the key came with another command.
    pub async fn command<T, F>(&self, request: &Request, run: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let Some(key) = request.idempotency.clone() else {
            return self.write(request, run).await;
        };
        let again = key.clone();
        let result = self
            .write(request, move |tx| {
                if let Some(reply) = earlier_reply(tx, &key)? {
                    return Ok(reply);
                }
                let reply = run(tx)?;
                keep_reply(tx, &key, &reply)?;
                Ok(reply)
            })
            .await;
        let Err(error) = result else { return result };
        // A twin of this command may have got in while this one ran: then what stood in the way,
        // such as a place already taken, was its own doing, and its reply is the answer.
        match self
            .read(request, move |tx| earlier_reply(tx, &again))
            .await
        {
            Ok(Some(reply)) => Ok(reply),
            _ => Err(error),
        }
    }

    /// Runs a closure that only reads, on a snapshot. Reads of patients' data it noted are audited
    /// before this answers.
    ///
    /// # Errors
    /// What the closure answers, or whatever the database reports.
    pub async fn read<T, F>(&self, request: &Request, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (value, accesses) = self.submit(request, false, run).await?;
        if !accesses.is_empty() {
            self.write(request, move |tx| tx.write_accesses(&accesses))
                .await?;
        }
        Ok(value)
    }

    async fn submit<T, F>(
        &self,
        request: &Request,
        writable: bool,
        run: F,
    ) -> Result<(T, Vec<Access>)>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        let (request, clock, ids) = (request.clone(), self.0.clock.clone(), self.0.ids.clone());
        let keys = Arc::clone(&self.0.keys);
        let task = Task {
            run: Box::new(move |session| {
                let mut tx = Tx::new(
                    session.borrow(),
                    &request,
                    &ids,
                    &keys,
                    clock.now(),
                    writable,
                );
                let answer = (run(&mut tx)?, tx.into_accesses());
                *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
                Ok(())
            }),
            done: Box::new(move |result| {
                let answer = result.and_then(|()| {
                    slot.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .take()
                        .ok_or_else(engine::stopped)
                });
                // The caller may have gone away; its command is committed all the same.
                drop(sender.send(answer));
            }),
        };
        match (&self.0.engine, writable) {
            (Engine::Sqlite(engine), true) => engine.submit_write(task),
            (Engine::Sqlite(engine), false) => engine.submit_read(task),
            (Engine::Postgres(engine), true) => engine.submit_write(task),
            (Engine::Postgres(engine), false) => engine.submit_read(task),
        }
        receiver.await.map_err(|_| engine::stopped())?
    }

    /// [`Store::write`] for the command line and tests, outside an async runtime.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_now<T, F>(&self, request: &Request, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        block_on(self.write(request, run))
    }

    /// [`Store::read`] for the command line and tests, outside an async runtime.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_now<T, F>(&self, request: &Request, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        block_on(self.read(request, run))
    }

    /// A connection of its own outside the queues, for migrations, backup and restore.
    pub(crate) fn with_plain_connection<T>(
        &self,
        run: impl FnOnce(&mut Connection<'_>) -> Result<T>,
    ) -> Result<T> {
        let _one_at_a_time = self
            .0
            .readable
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &self.0.engine {
            Engine::Sqlite(engine) => {
                let raw =
                    rusqlite::Connection::open(engine.path()).map_err(crate::sqlite::failure)?;
                raw.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000")
                    .map_err(crate::sqlite::failure)?;
                run(&mut Connection::Sqlite(&raw))
            }
            Engine::Postgres(engine) => {
                let mut connection = engine.connection().without_limits()?;
                run(&mut Connection::Postgres(&mut connection))
            }
        }
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(Error::internal)?
        .block_on(future)
}

const EARLIER: &str =
    "SELECT request_sha256, reply FROM idempotency WHERE actor_id = $1 AND key = $2";
const KEEP: &str = "INSERT INTO idempotency (actor_id, key, at, request_sha256, reply)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (actor_id, key) DO NOTHING";

fn earlier_reply<T: DeserializeOwned>(tx: &mut Tx<'_>, key: &IdempotencyKey) -> Result<Option<T>> {
    #[derive(Deserialize)]
    struct Earlier {
        request_sha256: String,
        reply: String,
    }
    let actor_id = tx.actor().id;
    let Some(earlier) = tx.query_opt::<Earlier>(EARLIER, &params![actor_id, key.key.as_str()])?
    else {
        return Ok(None);
    };
    if earlier.request_sha256 != key.request_sha256 {
        return Err(Error::rule(
            "idempotency.key-reused",
            "this idempotency key was used for another command; choose a new key",
        ));
    }
    serde_json::from_str(&earlier.reply)
        .map(Some)
        .map_err(Error::internal)
}

fn keep_reply<T: Serialize>(tx: &mut Tx<'_>, key: &IdempotencyKey, reply: &T) -> Result<()> {
    let reply = serde_json::to_string(reply).map_err(Error::internal)?;
    let (actor_id, now): (Value, Value) = (tx.actor().id.into(), tx.now().into());
    let values = [
        actor_id,
        key.key.as_str().into(),
        now,
        key.request_sha256.as_str().into(),
        reply.into(),
    ];
    // A twin of this command got in first: run again and answer with its reply.
    if tx.execute(KEEP, &values)? == 0 {
        return Err(engine::contention(
            "the same idempotency key at the same time",
        ));
    }
    Ok(())
}
