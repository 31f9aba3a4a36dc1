//! A2: the server, the database, or both are killed under 32 writers on PostgreSQL.

use std::time::Duration;

use tempfile::TempDir;
use testkit::is_full;

use crate::cluster::Cluster;
use crate::server::{Place, wanted};
use crate::writers::{assert_kept, work, writers};

const RUN: Duration = Duration::from_millis(400);

#[test]
fn nothing_acknowledged_is_lost_when_server_or_database_is_killed() {
    let Some(cluster) = Cluster::start() else {
        println!("skipped: PostgreSQL's programs are not installed");
        return;
    };
    let cycles = wanted(
        "LIANTI_CRASH_CYCLES_POSTGRES",
        if is_full() { 300 } else { 20 },
    );
    let place = Place::in_database(TempDir::new().unwrap(), cluster.url());
    let mut people = writers(&place);
    for cycle in 0..cycles {
        let server = place.serve();
        let address = server.address.clone();
        work(&mut people, &address, |_| {
            std::thread::sleep(RUN);
            match cycle % 3 {
                0 => server.kill(),
                1 => {
                    // The server stays up, says "later", and goes on when the database is back.
                    cluster.kill();
                    cluster.run();
                    std::thread::sleep(RUN);
                    server.kill();
                }
                _ => {
                    cluster.kill();
                    server.kill();
                    cluster.run();
                }
            }
        });
    }
    let acknowledged = assert_kept(&place, &people);
    assert!(
        acknowledged > cycles,
        "only {acknowledged} writes in {cycles} cycles"
    );
    place.assert_whole();
    println!("{cycles} cycles, {acknowledged} holds acknowledged");
}
