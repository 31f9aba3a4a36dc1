//! A1: the server is killed under 32 writers, again and again, on the embedded database; nothing
//! that was acknowledged is lost, nothing is done twice. A16: it is up again at once.

use std::time::Duration;

use bench::clock::Stopwatch;
use testkit::{TestEngine, is_full};

use crate::server::{Place, wanted};
use crate::writers::{assert_kept, work, writers};

/// How long writers work before the server dies.
const RUN: Duration = Duration::from_millis(250);
/// A16.
const READY_MAX: Duration = Duration::from_secs(5);

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let cycles = wanted("LIANTI_CRASH_CYCLES", if is_full() { 1_000 } else { 100 });
    let place = Place::new(&TestEngine::Sqlite);
    let mut people = writers(&place);
    let mut slowest = Duration::ZERO;
    for cycle in 0..cycles {
        let watch = Stopwatch::start();
        let server = place.serve();
        slowest = slowest.max(watch.elapsed());
        let address = server.address.clone();
        work(&mut people, &address, |_| {
            std::thread::sleep(RUN);
            server.kill();
        });
        if cycle % 25 == 24 {
            assert_kept(&place, &people);
        }
    }
    let acknowledged = assert_kept(&place, &people);
    assert!(
        acknowledged > cycles,
        "only {acknowledged} writes in {cycles} cycles"
    );
    assert!(slowest < READY_MAX, "{slowest:?} until it was ready");
    place.assert_whole();
    println!("{cycles} cycles, {acknowledged} holds acknowledged, ready after at most {slowest:?}");
}
