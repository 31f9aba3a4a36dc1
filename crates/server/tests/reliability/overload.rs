//! A14: more requests than the server takes. It says "later" and when, stays small, and is quick
//! again at once.

use std::time::Duration;

use bench::clock::{Stopwatch, percentile_micros};
use testkit::{TestEngine, is_full};

use crate::server::{Caller, Place};

/// More than the server lets in at once.
const CONNECTIONS: usize = 700;
const MEMORY_KIB_MAX: u64 = 600 * 1024;

#[test]
fn overload_is_shed_and_passes() {
    let place = Place::new(&TestEngine::Sqlite);
    let server = place.serve();
    let url = format!("{}/api/notices", server.address);
    let time = if is_full() {
        Duration::from_secs(300)
    } else {
        Duration::from_secs(6)
    };
    let watch = Stopwatch::start();
    let answers: Vec<(u16, bool, Duration)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                std::thread::Builder::new()
                    .stack_size(256 * 1024)
                    .spawn_scoped(scope, || {
                        let (caller, mut answers) =
                            (Caller::new(&place.world.office_token), Vec::new());
                        while watch.elapsed() < time {
                            let request = Stopwatch::start();
                            let reply = caller.get(&url);
                            let (status, told) =
                                reply.map_or((0, false), |reply| (reply.status, reply.retry_after));
                            answers.push((status, told, request.elapsed()));
                            if status != 200 {
                                std::thread::sleep(Duration::from_millis(50));
                            }
                        }
                        answers
                    })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.unwrap().join().unwrap())
            .collect()
    });
    let strange: Vec<u16> = answers
        .iter()
        .map(|answer| answer.0)
        .filter(|status| !matches!(status, 200 | 429 | 503))
        .collect();
    assert!(
        strange.is_empty(),
        "{} other answers, such as {:?}",
        strange.len(),
        strange.first()
    );
    let shed = answers.iter().filter(|answer| answer.0 != 200);
    assert!(
        shed.clone().all(|answer| answer.1),
        "who is sent away is told when to come back"
    );
    let mut accepted: Vec<Duration> = answers
        .iter()
        .filter(|answer| answer.0 == 200)
        .map(|answer| answer.2)
        .collect();
    let p99 = percentile_micros(&mut accepted, 990);
    println!(
        "{} accepted, {} shed, p99 {p99} µs, {} KiB",
        accepted.len(),
        shed.count(),
        server.memory().0
    );
    assert!(server.memory().0 < MEMORY_KIB_MAX);
    let after = Stopwatch::start();
    assert_eq!(
        Caller::new(&place.world.office_token)
            .get(&url)
            .unwrap()
            .status,
        200
    );
    assert!(
        after.elapsed() < Duration::from_secs(1),
        "quick again: {:?}",
        after.elapsed()
    );
}
