//! The engines tests run on.

use std::sync::atomic::{AtomicU32, Ordering};

use kernel::Instant;
use store::{Clock, Ids, Migration, Options, Store};
use tempfile::TempDir;

/// Where the test's time begins: a Sunday morning in China.
const START: &str = "2026-11-22T08:00:00+08:00";

/// One of the engines.
#[derive(Clone, Debug)]
pub enum TestEngine {
    /// The embedded one.
    Sqlite,
    /// The one behind this URL.
    Postgres(String),
}

impl TestEngine {
    /// SQLite, and PostgreSQL where a URL is given.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests learn of the server from the environment"
    )]
    pub fn all() -> Vec<Self> {
        let postgres = std::env::var("LIANTI_TEST_POSTGRES")
            .ok()
            .map(Self::Postgres);
        std::iter::once(Self::Sqlite).chain(postgres).collect()
    }
}

/// An open store that cleans up after itself.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Its clock.
    pub clock: Clock,
    /// The URL it was opened with, to open it again.
    pub url: String,
    /// Its folder.
    pub dir: TempDir,
    schema: Option<(String, String)>,
}

impl TestStore {
    /// Opens a fresh, migrated store.
    pub fn open(engine: &TestEngine, migrations: &[Migration]) -> Self {
        Self::open_in(TempDir::new().unwrap(), engine, migrations)
    }

    /// Opens a store over a copy of the files in `filled`.
    pub(crate) fn open_filled(
        engine: &TestEngine,
        migrations: &[Migration],
        filled: &std::path::Path,
    ) -> Self {
        let dir = TempDir::new().unwrap();
        crate::prepared::copy_folder(filled, dir.path());
        Self::open_in(dir, engine, migrations)
    }

    fn open_in(dir: TempDir, engine: &TestEngine, migrations: &[Migration]) -> Self {
        let (url, schema) = match engine {
            TestEngine::Sqlite => (
                format!("sqlite:{}", dir.path().join("lianti.db").display()),
                None,
            ),
            TestEngine::Postgres(url) => {
                let schema = make_schema(url);
                let mark = if url.contains('?') { '&' } else { '?' };
                (
                    format!("{url}{mark}options=-c%20search_path%3D{schema}"),
                    Some((url.clone(), schema)),
                )
            }
        };
        let clock = Clock::manual(START.parse::<Instant>().unwrap());
        let store = Self::open_at(&url, dir.path(), clock.clone());
        store.migrate(migrations).unwrap();
        Self {
            store,
            clock,
            url,
            dir,
            schema,
        }
    }

    /// Opens the same database once more, as a second server would.
    pub fn open_again(&self) -> Store {
        Self::open_at(&self.url, self.dir.path(), self.clock.clone())
    }

    /// The schema it lives in on PostgreSQL.
    pub(crate) fn schema(&self) -> &str {
        self.schema.as_ref().map_or("", |(_, schema)| schema)
    }

    /// The server and the schema, which from now on outlives this.
    pub(crate) fn keep_schema(&mut self) -> Option<(String, String)> {
        self.schema.take()
    }

    fn open_at(url: &str, dir: &std::path::Path, clock: Clock) -> Store {
        let options = Options {
            clock,
            ids: Ids::random(),
            readers: 2,
            writers: 4,
            ..Options::new(url, dir)
        };
        Store::open(&options).unwrap()
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        self.store.close();
        if let Some((url, schema)) = self.schema.take() {
            drop(run_sql(url, format!("DROP SCHEMA {schema} CASCADE")));
        }
    }
}

/// Asks the server on a thread of its own: the plain client brings a runtime, which may not start inside
/// the test's.
pub(crate) fn on_server<T: Send + 'static>(
    url: String,
    ask: impl FnOnce(&mut postgres::Client) -> T + Send + 'static,
) -> std::thread::Result<T> {
    let run = move || ask(&mut postgres::Client::connect(&url, postgres::NoTls).unwrap());
    std::thread::spawn(run).join()
}

fn run_sql(url: String, sql: String) -> std::thread::Result<()> {
    on_server(url, move |client| client.batch_execute(&sql).unwrap())
}

fn make_schema(url: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let nanos = Clock::System.now().micros();
    let schema = format!("t_{}_{number}_{nanos}", std::process::id());
    run_sql(url.to_owned(), format!("CREATE SCHEMA {schema}")).unwrap();
    schema
}

/// Runs `test` once an engine with a fresh store of `migrations`.
pub fn on_each_store(migrations: &[Migration], test: impl Fn(&TestStore)) {
    for engine in TestEngine::all() {
        test(&TestStore::open(&engine, migrations));
    }
}
