//! The engines alone: one small row, one commit, made safe each time.

use std::path::Path;
use std::time::Duration;

use bench::clock::{Stopwatch, per_second};

/// As many connections as there are clients later.
const CONNECTIONS: usize = 64;
const TIME: Duration = Duration::from_secs(3);

/// Rows committed a second.
pub fn commits_per_second(url: &str, folder: &Path) -> u64 {
    if url.starts_with("sqlite:") {
        sqlite(folder)
    } else {
        postgres(url)
    }
}

/// One connection: SQLite has one writer, so more would only wait for each other.
fn sqlite(folder: &Path) -> u64 {
    let path = folder.join("raw.db");
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE raw (id TEXT PRIMARY KEY, body TEXT NOT NULL);",
    )
    .unwrap();
    let mut insert = raw
        .prepare("INSERT INTO raw (id, body) VALUES (?1, ?2)")
        .unwrap();
    let (watch, mut count) = (Stopwatch::start(), 0);
    while watch.elapsed() < TIME {
        insert
            .execute((format!("{count:012}"), "one small row"))
            .unwrap();
        count += 1;
    }
    per_second(count, watch.elapsed())
}

/// Many connections: PostgreSQL shares a sync between commits that wait at the same time.
fn postgres(url: &str) -> u64 {
    let mut first = postgres::Client::connect(url, postgres::NoTls).unwrap();
    first
        .batch_execute("CREATE TABLE raw (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
        .unwrap();
    let watch = Stopwatch::start();
    let count: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|thread| {
                scope.spawn(move || {
                    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                    let insert = client
                        .prepare("INSERT INTO raw (id, body) VALUES ($1, $2)")
                        .unwrap();
                    let mut count = 0;
                    while watch.elapsed() < TIME {
                        let id = format!("{thread}-{count:012}");
                        client.execute(&insert, &[&id, &"one small row"]).unwrap();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    let rate = per_second(count, watch.elapsed());
    first.batch_execute("DROP TABLE raw").unwrap();
    rate
}
