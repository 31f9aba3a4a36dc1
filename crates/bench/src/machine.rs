//! What machine this is, what its disk can do, and the table people read.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use bench::clock::{Stopwatch, per_second};
use serde_json::{Value, json};

/// Cores, memory, kernel, versions.
pub fn facts(postgres: Option<&str>) -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or("");
        line.split(':').nth(1).unwrap_or("").trim().to_owned()
    };
    let versions = postgres.map(|url| {
        let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
        let mut show = |name: &str| -> String { client.query_one(&format!("SHOW {name}"), &[]).unwrap().get(0) };
        json!({ "version": show("server_version"), "fsync": show("fsync"),
                "synchronous_commit": show("synchronous_commit"), "shared_buffers": show("shared_buffers") })
    });
    json!({
        "product": env!("CARGO_PKG_VERSION"),
        "at": store::Clock::System.now(),
        "machine": {
            "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            "processor": field(&read("/proc/cpuinfo"), "model name"),
            "memory": field(&read("/proc/meminfo"), "MemTotal"),
            "kernel": read("/proc/sys/kernel/osrelease").trim(),
            "load_average": read("/proc/loadavg").split(' ').next().unwrap_or(""),
            "sqlite": rusqlite::version(),
            "postgres": versions,
            "build": if cfg!(debug_assertions) { "debug" } else { "release" },
        },
    })
}

/// How often a second this disk makes a small write safe.
pub fn fdatasyncs_per_second(folder: &Path) -> u64 {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path).unwrap();
    file.write_all(&[0_u8; 1 << 20]).unwrap();
    file.sync_all().unwrap();
    let watch = Stopwatch::start();
    let mut count = 0;
    while watch.elapsed() < Duration::from_secs(2) {
        file.seek(SeekFrom::Start(4_096 * (count % 256) as u64))
            .unwrap();
        file.write_all(&[1_u8; 4_096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    fs::remove_file(path).unwrap();
    per_second(count, watch.elapsed())
}
