//! `lianti-bench`: what the product does on this machine, beside what its disk and engines can do.
//!
//! `--small` loads less; `--server FILE` names the server's binary; `--output FILE` the results.
//! `--only commands,reads,fhir` measures a part and keeps the other figures of the file.
//! `--fhir-resources N` sets the larger size of the FHIR part; `--fhir-base URL` (and
//! `--fhir-token TOKEN`) sends the same FHIR requests to another server.
//! PostgreSQL is measured where `LIANTI_TEST_POSTGRES` names one (`cargo xtask bench` starts it).
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on fails loudly"
)]
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod commands;
mod fhir;
mod machine;
mod plan;
mod process;
mod raw;
mod reads;
mod table;

use std::path::Path;

use bench::clock::Stopwatch;
use bench::world::World;
use plan::{Part, Plan};
use serde_json::{Value, json};
use store::{Options, Store};
use tempfile::TempDir;

fn main() -> Result<(), String> {
    let plan = Plan::read()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let begun = Stopwatch::start();
    let mut results = known(&plan);
    let facts = machine::facts(plan.postgres.as_deref());
    if plan.is_partial() {
        results["partly"] = facts;
    } else {
        results = facts;
    }
    results["small"] = json!(plan.small);
    let mut engines = vec![Engine::Sqlite];
    engines.extend(plan.postgres.clone().map(Engine::Postgres));
    if plan.wants(Part::Commands) {
        for engine in &engines {
            results[engine.name()] = measure_commands(&runtime, engine);
        }
    }
    if plan.wants(Part::Reads) {
        let (reads, process) = measure_size(&runtime, &plan);
        results["reads"] = reads;
        results["process"] = process;
    }
    if plan.wants(Part::Fhir) {
        results["fhir"] = measure_fhir(&runtime, &plan, &engines);
    }
    results["seconds"] = json!(begun.elapsed().as_secs());
    table::print(&results);
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

/// What the file of results says already, where only a part is measured anew.
fn known(plan: &Plan) -> Value {
    let text = std::fs::read_to_string(&plan.output).unwrap_or_default();
    let known = serde_json::from_str(&text).ok();
    known
        .filter(|_| plan.is_partial())
        .unwrap_or_else(|| json!({}))
}

fn measure_fhir(runtime: &tokio::runtime::Runtime, plan: &Plan, engines: &[Engine]) -> Value {
    let sizes = plan.fhir_sizes();
    let mut results = json!({});
    for engine in engines {
        results[engine.name()] = fhir::measure(runtime, engine, &plan.server, &sizes);
    }
    if let Some(base) = &plan.fhir_base {
        results["other"] = fhir::measure_other(base, plan.fhir_token.clone(), &sizes);
    }
    results
}

/// Which engine, in a database of the bench's own.
enum Engine {
    Sqlite,
    Postgres(String),
}

impl Engine {
    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
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

/// What the engine's database takes on disk.
fn database_bytes(engine: &Engine, folder: &Path) -> u64 {
    match engine {
        Engine::Sqlite => ["lianti.db", "lianti.db-wal"]
            .iter()
            .filter_map(|name| std::fs::metadata(folder.join(name)).ok())
            .map(|file| file.len())
            .sum(),
        Engine::Postgres(url) => {
            const SIZE: &str =
                "SELECT CAST(COALESCE(sum(pg_total_relation_size(c.oid)), 0) AS BIGINT)
                FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relkind = 'r'";
            let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
            let bytes: i64 = client.query_one(SIZE, &[&SCHEMA]).unwrap().get(0);
            u64::try_from(bytes).unwrap_or(0)
        }
    }
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
