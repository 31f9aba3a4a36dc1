//! The server as it ships: how big, how fast up, how much memory.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bench::clock::Stopwatch;
use bench::server::Server;
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
    let server = Server::start(server, database, data);
    let ready = ask(&server.address, "/api/openapi.json", None);
    let started = watch.elapsed();
    std::thread::sleep(IDLE);
    let idle = server.memory();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..REQUESTS / 8 {
                    ask(
                        &server.address,
                        "/api/referrals?box=inbox&limit=50",
                        Some(&world.office_token),
                    );
                }
            });
        }
    });
    let loaded = server.memory();
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

fn ask(address: &str, path: &str, token: Option<&str>) -> bool {
    let mut request = ureq::get(format!("{address}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request
        .call()
        .is_ok_and(|mut reply| reply.body_mut().read_to_vec().is_ok())
}
