//! Starting, asking and killing the real server.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use bench::server::Server;
use bench::world::World;
use serde_json::Value;
use store::{Options, Store};
use tempfile::TempDir;
use testkit::TestEngine;

const BINARY: &str = env!("CARGO_BIN_EXE_lianti");

/// A number from the environment, or the usual one.
#[expect(
    clippy::disallowed_methods,
    reason = "how much to test is the caller's choice"
)]
pub fn wanted(name: &str, usual: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

/// A consortium in a database, and a folder for the server's data.
pub struct Place {
    /// Its folder.
    pub folder: TempDir,
    /// The database.
    pub url: String,
    /// Who is in it.
    pub world: World,
}

impl Place {
    /// Builds the consortium in a database of the engine. A PostgreSQL one gets a schema of its own.
    pub fn new(engine: &TestEngine) -> Self {
        let folder = TempDir::new().unwrap();
        let url = match engine {
            TestEngine::Sqlite => format!("sqlite:{}", folder.path().join("lianti.db").display()),
            TestEngine::Postgres(url) => {
                let schema = format!(
                    "r_{}_{}",
                    std::process::id(),
                    store::Clock::System.now().micros()
                );
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                client
                    .batch_execute(&format!("CREATE SCHEMA {schema}"))
                    .unwrap();
                let mark = if url.contains('?') { '&' } else { '?' };
                format!("{url}{mark}options=-c%20search_path%3D{schema}")
            }
        };
        Self::in_database(folder, url)
    }

    /// Builds the consortium in this database.
    pub fn in_database(folder: TempDir, url: String) -> Self {
        let world = with_store(&url, folder.path(), |store, runtime| {
            runtime.block_on(World::build(store))
        });
        Self { folder, url, world }
    }

    /// Works on the database while no server runs.
    pub fn store<T>(&self, work: impl FnOnce(&Store, &tokio::runtime::Runtime) -> T) -> T {
        with_store(&self.url, self.folder.path(), work)
    }

    /// Starts a server over it.
    pub fn serve(&self) -> Server {
        Server::start(Path::new(BINARY), &self.url, self.folder.path())
    }

    /// Runs another command of the binary over it, with words on its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(BINARY)
            .args(arguments)
            .args(["--database", &self.url, "--data"])
            .arg(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    /// Fails unless the chain is whole, the holds are in order and none outlives its time.
    pub fn assert_whole(&self) {
        self.store(|store, runtime| {
            runtime.block_on(async {
                let (app, _) = bench::world::application(store);
                bench::world::settle(&app).await;
                let verification = store.verify_audit().await.unwrap();
                assert!(verification.is_whole(), "{:#?}", verification.findings);
                let request = store::Request::system("test");
                let problems = store
                    .write(&request, resources::ledger_check)
                    .await
                    .unwrap();
                assert!(problems.is_empty(), "{problems:#?}");
                let overdue = store.read(&request, overdue_holds).await.unwrap();
                assert_eq!(overdue, 0, "holds past their time");
            });
        });
    }
}

fn overdue_holds(tx: &mut store::Tx<'_>) -> kernel::Result<i64> {
    const OVERDUE: &str = "SELECT COUNT(*) AS count FROM hold WHERE state IN ('held', 'confirmed') AND expires_at < $1";
    let now = tx.now();
    tx.count(OVERDUE, &store::params![now])
}

fn with_store<T>(
    url: &str,
    folder: &Path,
    work: impl FnOnce(&Store, &tokio::runtime::Runtime) -> T,
) -> T {
    let store = Store::open(&Options::new(url, folder)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let value = work(&store, &runtime);
    store.close();
    value
}

/// Somebody with a connection that is kept open.
#[derive(Clone)]
pub struct Caller {
    agent: ureq::Agent,
    token: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its ETag, as a version.
    pub version: Option<i64>,
    /// Was the caller told when to come back?
    pub retry_after: bool,
    /// Its body.
    pub json: Value,
}

impl Caller {
    /// Whoever bears `token`.
    pub fn new(token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)));
        Self {
            agent: config.build().new_agent(),
            token: token.to_owned(),
        }
    }

    /// GET; `None` when the line broke.
    pub fn get(&self, url: &str) -> Option<Answer> {
        let request = self
            .agent
            .get(url)
            .header("authorization", format!("Bearer {}", self.token));
        answer(request.call())
    }

    /// POST with headers; `None` when the line broke.
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &Value) -> Option<Answer> {
        let mut request = self
            .agent
            .post(url)
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // The bytes decide whether a repeated key is the same command, so they are spelt here once.
        let request = request.header("content-type", "application/json");
        answer(request.send(body.to_string()))
    }
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut response = result.ok()?;
    let headers = response.headers();
    let version = headers
        .get("etag")
        .and_then(|tag| tag.to_str().ok()?.trim_matches('"').parse().ok());
    let (status, retry_after) = (
        response.status().as_u16(),
        headers.contains_key("retry-after"),
    );
    // Half an answer is none: the command may or may not have been done.
    let text = response.body_mut().read_to_string().ok()?;
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Some(Answer {
        status,
        version,
        retry_after,
        json,
    })
}
