//! `lianti-bench`: what the product does on this machine, beside what its disk and engines can do.
//!
//! `--small` loads less; `--server FILE` names the server's binary; `--output FILE` the results.
//! PostgreSQL is measured where `LIANTI_TEST_POSTGRES` names one (`cargo xtask bench` starts it).
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on fails loudly"
)]
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod commands;
mod machine;
mod process;
mod raw;
mod reads;

use std::path::PathBuf;

use bench::clock::Stopwatch;
use bench::world::World;
use serde_json::{Value, json};
use store::{Options, Store};
use tempfile::TempDir;

/// What is measured, and how much of it.
struct Plan {
    small: bool,
    output: PathBuf,
    server: PathBuf,
    postgres: Option<String>,
}

impl Plan {
    /// Sizes of the two databases that reads are compared on: referrals and slots.
    fn sizes(&self) -> [(usize, usize); 2] {
        if self.small {
            [(10_000, 20_000), (50_000, 100_000)]
        } else {
            [(10_000, 20_000), (1_000_000, 2_000_000)]
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line and its environment are read here, once"
)]
fn plan() -> Result<Plan, String> {
    let beside = std::env::current_exe()
        .map_err(|error| error.to_string())?
        .with_file_name("lianti");
    let mut plan = Plan {
        small: false,
        output: PathBuf::from("bench/results.json"),
        server: beside,
        postgres: std::env::var("LIANTI_TEST_POSTGRES").ok(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut file = || {
            words
                .next()
                .map(PathBuf::from)
                .ok_or_else(|| format!("{word} needs a file"))
        };
        match word.as_str() {
            "--small" => plan.small = true,
            "--output" => plan.output = file()?,
            "--server" => plan.server = file()?,
            other => {
                return Err(format!(
                    "unknown word {other}: --small, --output FILE, --server FILE"
                ));
            }
        }
    }
    Ok(plan)
}

fn main() -> Result<(), String> {
    let plan = plan()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let begun = Stopwatch::start();
    let mut results = machine::facts(plan.postgres.as_deref());
    results["small"] = json!(plan.small);
    let sqlite = measure_commands(&runtime, &Engine::Sqlite);
    results["sqlite"] = sqlite;
    if let Some(url) = &plan.postgres {
        results["postgres"] = measure_commands(&runtime, &Engine::Postgres(url.clone()));
    }
    let (reads, process) = measure_size(&runtime, &plan);
    results["reads"] = reads;
    results["process"] = process;
    results["seconds"] = json!(begun.elapsed().as_secs());
    machine::print_table(&results);
    if let Some(folder) = plan.output.parent() {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let text = serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?;
    std::fs::write(&plan.output, text + "\n").map_err(|error| error.to_string())?;
    println!(
        "\nwritten to {} after {} s",
        plan.output.display(),
        begun.elapsed().as_secs()
    );
    Ok(())
}

/// Which engine, in a database of the bench's own.
enum Engine {
    Sqlite,
    Postgres(String),
}

const SCHEMA: &str = "lianti_bench";

/// A fresh database of the engine, its URL, and the folder that vanishes with it.
fn fresh(engine: &Engine) -> (String, TempDir) {
    // Beside the results, not in a folder that may lie in memory.
    let folder = TempDir::new_in(".").unwrap();
    let url = match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.path().join("lianti.db").display()),
        Engine::Postgres(url) => {
            let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
            client
                .batch_execute(&format!(
                    "DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}"
                ))
                .unwrap();
            let mark = if url.contains('?') { '&' } else { '?' };
            format!("{url}{mark}options=-c%20search_path%3D{SCHEMA}")
        }
    };
    (url, folder)
}

/// Commands beside the raw engine, in the same minute.
fn measure_commands(runtime: &tokio::runtime::Runtime, engine: &Engine) -> Value {
    let (url, folder) = fresh(engine);
    println!("commands on {}", url.split(':').next().unwrap_or("?"));
    let fdatasyncs = machine::fdatasyncs_per_second(folder.path());
    let raw_rate = raw::commits_per_second(&url, folder.path());
    let store = Store::open(&Options::new(url, folder.path())).unwrap();
    let mut answer = runtime.block_on(async {
        let world = World::build(&store).await;
        commands::measure(&store, &world).await
    });
    let whole = runtime.block_on(store.verify_audit()).unwrap().is_whole();
    store.close();
    answer["fdatasyncs_per_second"] = json!(fdatasyncs);
    answer["raw_commits_per_second"] = json!(raw_rate);
    for name in ["referral_submit", "hold_confirm"] {
        let rate = answer[name]["commands_per_second"].as_u64().unwrap_or(0);
        answer[name]["tenths_of_raw"] = json!(rate * 10 / raw_rate.max(1));
    }
    answer["audit_whole"] = json!(whole);
    answer
}

/// Reads at two sizes, and the server process over the larger one.
fn measure_size(runtime: &tokio::runtime::Runtime, plan: &Plan) -> (Value, Value) {
    let (url, folder) = fresh(&Engine::Sqlite);
    let store = Store::open(&Options::new(url.clone(), folder.path())).unwrap();
    let (world, reads) = runtime.block_on(async {
        let world = World::build(&store).await;
        let reads = reads::measure(&store, &world, &plan.sizes()).await;
        (world, reads)
    });
    store.close();
    let bytes = std::fs::metadata(folder.path().join("lianti.db")).map_or(0, |file| file.len());
    let mut process = process::measure(&plan.server, &url, folder.path(), &world);
    process["database_mib"] = json!(bytes / 1_048_576);
    (reads, process)
}
