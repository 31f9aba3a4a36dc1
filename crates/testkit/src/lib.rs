//! Runs a test on every engine there is: always SQLite in a scratch folder, and PostgreSQL when
//! `LIANTI_TEST_POSTGRES` holds a URL (`cargo xtask test` starts one). The clock is set by hand.
#![expect(clippy::unwrap_used, reason = "a test harness fails loudly")]

mod app;
mod engine;
mod prepared;

pub use app::{Client, Reply, TestApp, make_token};
pub use engine::{TestEngine, TestStore, on_each_store};

use http::Module;

/// Runs `test` once an engine, each time with a fresh application of `modules`.
pub fn on_each_engine<F, Fut>(modules: fn() -> Vec<Module>, test: F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in TestEngine::all() {
        on_engine(engine, modules, &test);
    }
}

/// Runs `test` on SQLite: half of a long test, whose other half is [`on_postgres`], so that both run at
/// the same time.
pub fn on_sqlite<F, Fut>(modules: fn() -> Vec<Module>, test: F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    on_engine(TestEngine::Sqlite, modules, &test);
}

/// Runs `test` on PostgreSQL, where there is a server.
pub fn on_postgres<F, Fut>(modules: fn() -> Vec<Module>, test: F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    for engine in TestEngine::all() {
        if matches!(engine, TestEngine::Postgres(_)) {
            on_engine(engine, modules, &test);
        }
    }
}

fn on_engine<F, Fut>(engine: TestEngine, modules: fn() -> Vec<Module>, test: &F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        show_errors();
        let app = TestApp::new(engine, modules).await;
        let store = app.store().clone();
        test(app).await;
        store.close();
    });
}

/// Were the long versions of long tests asked for, with `LIANTI_RELIABILITY=full`?
#[expect(
    clippy::disallowed_methods,
    reason = "tests learn from the environment how thorough they are to be"
)]
pub fn is_full() -> bool {
    std::env::var("LIANTI_RELIABILITY").is_ok_and(|wanted| wanted == "full")
}

/// Prints what the server logs as an error, so that a failing test shows the cause.
pub fn show_errors() {
    let filter = tracing_subscriber::EnvFilter::new("error");
    // A second test of the same process finds it set, which is as good.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_test_writer()
        .try_init();
}
