//! A small module of things, and a raw connection beside the store.

use std::sync::Arc;

use kernel::{Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Entity, Migration, Request, Store, Tx, Value, params};
use testkit::TestStore;

/// The tables of these tests.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "thing",
    number: 1,
    name: "things and places",
    sql: "
        CREATE TABLE thing (
          id TEXT PRIMARY KEY,
          version BIGINT NOT NULL,
          name TEXT NOT NULL,
          rank BIGINT NOT NULL CHECK (rank >= 0),
          place TEXT,
          body JSONB NOT NULL
        );
        CREATE UNIQUE INDEX thing_place ON thing (place) WHERE place IS NOT NULL;
        CREATE INDEX thing_name ON thing (name, id);
        CREATE TABLE node (
          id TEXT PRIMARY KEY,
          parent_id TEXT REFERENCES node (id) DEFERRABLE INITIALLY DEFERRED
        );
        CREATE TABLE tally (name TEXT PRIMARY KEY, count BIGINT NOT NULL);",
}];

/// Something with a name, a rank and perhaps a place that only one thing may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Not negative.
    pub rank: i64,
    /// Unique where there is one.
    pub place: Option<String>,
}

impl Entity for Thing {
    const KIND: &'static str = "thing";
    const TABLE: &'static str = "thing";
    const COLUMNS: &'static [&'static str] = &["name", "rank", "place"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        None
    }
    fn columns(&self) -> Vec<Value> {
        params![&self.name, self.rank, &self.place].to_vec()
    }
}

impl Thing {
    /// A thing without a place.
    pub fn new(id: Id, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            rank: 0,
            place: None,
        }
    }
}

/// Who acts in these tests.
pub fn request() -> Request {
    Request::system("test")
}

/// Stores a thing.
pub fn insert(tx: &mut Tx<'_>, name: &str) -> Result<Id> {
    let id = tx.new_id();
    tx.insert(&Thing::new(id, name), Change::new("thing.made"))?;
    Ok(id)
}

/// Runs `test` once an engine.
pub fn on_each(test: impl Fn(&TestStore)) {
    testkit::on_each_store(MIGRATIONS, test);
}

/// Waits until every event has its number.
pub fn wait_numbered(store: &Store) {
    const UNNUMBERED: &str = "SELECT COUNT(*) AS count FROM event WHERE seq IS NULL";
    for _ in 0..1_000 {
        if store
            .read_now(&request(), |tx| tx.count(UNNUMBERED, &[]))
            .unwrap()
            == 0
        {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("events stay without a number");
}

/// Fails unless the audit chain is whole.
pub fn assert_whole(store: &Store) {
    wait_numbered(store);
    let verification = wait(store.verify_audit());
    assert!(verification.is_whole(), "{:#?}", verification.findings);
}

/// Runs a future to its end on this thread.
pub fn wait<T>(future: impl Future<Output = Result<T>>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
        .unwrap()
}

/// Runs `work` on `count` threads at once and collects what they answer.
pub fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|index| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(index)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

/// A connection of its own that knows nothing of the store.
pub enum Raw {
    /// To the file.
    Sqlite(rusqlite::Connection),
    /// To the server.
    Postgres(postgres::Client),
}

impl Raw {
    /// Opens one to the same database.
    pub fn open(store: &TestStore) -> Self {
        match store.url.strip_prefix("sqlite:") {
            Some(path) => {
                let raw = rusqlite::Connection::open(path).unwrap();
                raw.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF")
                    .unwrap();
                Self::Sqlite(raw)
            }
            None => Self::Postgres(postgres::Client::connect(&store.url, postgres::NoTls).unwrap()),
        }
    }

    /// Runs statements.
    pub fn run(&mut self, sql: &str) {
        match self {
            Self::Sqlite(raw) => raw
                .execute_batch(sql)
                .unwrap_or_else(|error| panic!("{error}: {sql}")),
            Self::Postgres(raw) => raw
                .batch_execute(sql)
                .unwrap_or_else(|error| panic!("{error}: {sql}")),
        }
    }
}

/// Numbers that look random and are the same in each run.
pub struct Dice(store::Ids);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(store::Ids::seeded(seed))
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        let bytes = self.0.random_bytes::<8>();
        usize::try_from(u64::from_be_bytes(bytes) % limit as u64).unwrap()
    }
}

/// Shared counters of closures, which may run more than once.
pub type Counter = Arc<std::sync::atomic::AtomicUsize>;
