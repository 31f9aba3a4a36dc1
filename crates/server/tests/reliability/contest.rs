//! A4: thousands at one slot. A5: many attempts over many slots, repeated. A7: commands sent several
//! times over lines that break.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bench::clock::{Stopwatch, percentile_micros};
use kernel::Id;
use serde_json::json;
use testkit::{TestEngine, is_full};

use crate::server::{Answer, Caller, Place};

/// Connections at once.
const CONNECTIONS: usize = 128;

fn slots(place: &Place, count: usize) -> Vec<Id> {
    let world = place.world.clone();
    place
        .store(|store, runtime| runtime.block_on(bench::world::add_slots(store, &world, 10, count)))
}

fn hold(caller: &Caller, address: &str, slot: Id, key: &str) -> Option<Answer> {
    let body = json!({ "place": { "kind": "slot", "slot_id": slot }, "channel": "routine" });
    caller.post(
        &format!("{address}/api/resources/holds"),
        &[("idempotency-key", key)],
        &body,
    )
}

/// Shares `count` attempts among the connections and collects what each answered.
fn attempts<T: Send>(
    count: usize,
    attempt: impl Fn(usize, &Caller) -> T + Sync,
    token: &str,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let (caller, mut answers) = (Caller::new(token), Vec::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return answers;
                        }
                        answers.push(attempt(number, &caller));
                    }
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn of_ten_thousand_at_one_slot_one_wins_and_nobody_meets_a_failure() {
    for engine in TestEngine::all() {
        let count = if is_full() || matches!(engine, TestEngine::Sqlite) {
            10_000
        } else {
            4_000
        };
        let place = Place::new(&engine);
        let slot = slots(&place, 1)[0];
        let server = place.serve();
        let answers = attempts(
            count,
            |number, caller| {
                let watch = Stopwatch::start();
                let reply = hold(caller, &server.address, slot, &format!("one-{number}"));
                (reply.map_or(0, |reply| reply.status), watch.elapsed())
            },
            &place.world.office_token,
        );
        let with = |wanted: u16| {
            answers
                .iter()
                .filter(|(status, _)| *status == wanted)
                .count()
        };
        assert_eq!((with(201), with(409)), (1, count - 1), "{engine:?}");
        let mut durations: Vec<Duration> = answers.iter().map(|(_, duration)| *duration).collect();
        let p99 = percentile_micros(&mut durations, 990);
        assert!(
            p99 < 2_000_000,
            "{engine:?}: {p99} µs at the 99th percentile"
        );
        server.kill();
        place.assert_whole();
    }
}

#[test]
fn every_slot_is_booked_once_whatever_is_repeated() {
    for engine in TestEngine::all() {
        let (count, wanted) = if is_full() {
            (10_000, 500)
        } else {
            (2_400, 200)
        };
        let place = Place::new(&engine);
        let slots = slots(&place, wanted);
        let server = place.serve();
        let answers = attempts(
            count,
            |number, caller| {
                // Each third attempt repeats the one before it, key and all.
                let turn = number - usize::from(number % 3 == 2);
                let slot = slots[turn * 7 % slots.len()];
                let reply = hold(caller, &server.address, slot, &format!("turn-{turn}")).unwrap();
                assert!(matches!(reply.status, 201 | 409), "{reply:?}");
                reply.json["id"]
                    .as_str()
                    .filter(|_| reply.status == 201)
                    .map(str::to_owned)
            },
            &place.world.office_token,
        );
        let mut won: Vec<String> = answers.into_iter().flatten().collect();
        won.sort();
        won.dedup();
        assert_eq!(won.len(), wanted, "{engine:?}: one hold a slot");
        server.kill();
        place.assert_whole();
    }
}

#[test]
fn a_command_sent_again_over_a_broken_line_has_one_effect_and_one_answer() {
    let count = if is_full() { 10_000 } else { 400 };
    for engine in TestEngine::all() {
        let place = Place::new(&engine);
        let slots = slots(&place, count.min(1_500));
        let server = place.serve();
        let replies = attempts(
            slots.len(),
            |number, caller| {
                let (slot, key) = (slots[number], format!("again-{number}"));
                for _ in 0..number % 4 {
                    send_and_hang_up(&server.address, &place.world.office_token, slot, &key);
                }
                let first = hold(caller, &server.address, slot, &key).unwrap();
                let second = hold(caller, &server.address, slot, &key).unwrap();
                assert_eq!(
                    (first.status, second.status),
                    (201, 201),
                    "{first:?} {second:?}"
                );
                assert_eq!(first.json, second.json, "the same answer");
            },
            &place.world.office_token,
        );
        assert_eq!(replies.len(), slots.len());
        server.kill();
        place.assert_whole();
    }
}

/// Sends the whole command and cuts the line before the answer.
fn send_and_hang_up(address: &str, token: &str, slot: Id, key: &str) {
    let host = address.trim_start_matches("http://");
    let body =
        json!({ "place": { "kind": "slot", "slot_id": slot }, "channel": "routine" }).to_string();
    let mut line = TcpStream::connect(host).unwrap();
    write!(
        line,
        "POST /api/resources/holds HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    line.set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    // Sometimes the answer has begun when the line is cut.
    drop(line.read(&mut [0_u8; 16]));
}
