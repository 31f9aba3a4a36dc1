//! The server as it ships: how big, how fast up, how much memory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bench::clock::Stopwatch;
use bench::world::World;
use serde_json::{Value, json};

/// Requests sent before the memory under load is read.
const REQUESTS: usize = 4_000;
/// Settling time before the idle memory is read.
const IDLE: Duration = Duration::from_secs(2);

/// Starts the server over the database and measures it; says so where there is no binary.
pub fn measure(server: &Path, database: &str, data: &Path, world: &World) -> Value {
    let Ok(binary) = fs::metadata(server) else {
        return json!({ "missing": format!("no server at {}; build it first", server.display()) });
    };
    let watch = Stopwatch::start();
    let mut child = Command::new(server)
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database",
            database,
            "--data",
        ])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address = address_of(&mut child);
    let ready = ask(&address, "/api/openapi.json", None);
    let started = watch.elapsed();
    std::thread::sleep(IDLE);
    let idle = memory(child.id());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..REQUESTS / 8 {
                    ask(
                        &address,
                        "/api/referrals?box=inbox&limit=50",
                        Some(&world.office_token),
                    );
                }
            });
        }
    });
    let loaded = memory(child.id());
    drop(child.kill());
    drop(child.wait());
    json!({
        "ready": ready,
        "start_millis": u64::try_from(started.as_millis()).unwrap_or(u64::MAX),
        "idle_rss_kib": idle.0,
        "idle_anonymous_kib": idle.1,
        "loaded_rss_kib": loaded.0,
        "loaded_anonymous_kib": loaded.1,
        "binary_kib": binary.len() / 1_024,
    })
}

/// The server says where it listens on its first line.
fn address_of(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let start = line
        .find("http://")
        .unwrap_or_else(|| panic!("the server did not start: {line:?}"));
    line[start..]
        .split_whitespace()
        .next()
        .unwrap_or("")
        .to_owned()
}

fn ask(address: &str, path: &str, token: Option<&str>) -> bool {
    let mut request = ureq::get(format!("{address}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request
        .call()
        .is_ok_and(|mut reply| reply.body_mut().read_to_vec().is_ok())
}

/// Resident memory, and the part of it that is not pages of files: the database is mapped, and the
/// system takes those pages back when it needs them.
fn memory(process: u32) -> (u64, u64) {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let of = |name: &str| {
        let line = status
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or("");
        line.split_whitespace()
            .nth(1)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    (of("VmRSS:"), of("RssAnon:"))
}
