//! Followers read on by number: nothing is missed, nothing appears late, each effect happens once.

use std::sync::atomic::{AtomicBool, Ordering};

use kernel::{Error, Result, Span};
use store::{Event, Follower, Store, Tx, params};
use testkit::TestStore;

use crate::support::{Raw, assert_whole, at_once, insert, on_each, request, wait, wait_numbered};

const ADD: &str = "INSERT INTO tally (name, count) VALUES ($1, 1)
    ON CONFLICT (name) DO UPDATE SET count = tally.count + 1";
const TALLY: &str = "SELECT COUNT(*) AS count FROM tally";
const MOST: &str = "SELECT MAX(count) AS count FROM tally";

#[test]
fn a_reader_by_number_sees_every_event_once_and_in_order_while_many_write() {
    const WRITERS: usize = 6;
    const EACH: usize = 60;
    on_each(|store| {
        let second = store.open_again();
        let writing = AtomicBool::new(true);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| follow(&store.store, &writing));
            at_once(WRITERS, |index| {
                let handle = if index % 2 == 0 {
                    &store.store
                } else {
                    &second
                };
                for number in 0..EACH {
                    let name = format!("{index}/{number}");
                    handle
                        .write_now(&request(), move |tx| insert(tx, &name))
                        .unwrap();
                }
            });
            wait_numbered(&store.store);
            writing.store(false, Ordering::SeqCst);
            let seen = reader.join().unwrap();
            let expected: Vec<i64> = (1..=i64::try_from(WRITERS * EACH).unwrap()).collect();
            assert_eq!(seen, expected, "{}", store.store.engine_name());
        });
        second.close();
    });
}

/// Reads on from the last number seen, never looking back, as a follower does.
fn follow(store: &Store, writing: &AtomicBool) -> Vec<i64> {
    let mut seen: Vec<i64> = Vec::new();
    loop {
        let more_to_come = writing.load(Ordering::SeqCst);
        let last = seen.last().copied().unwrap_or(0);
        let events = store
            .read_now(&request(), move |tx| tx.events_after(last, 50))
            .unwrap();
        if events.is_empty() && !more_to_come {
            return seen;
        }
        seen.extend(events.iter().map(|event| event.seq.unwrap()));
    }
}

fn count_each(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    tx.execute(ADD, &params![event.entity_id]).map(|_| ())
}

const COUNTING: &[Follower] = &[
    Follower {
        name: "counting",
        topics: &["thing."],
        run: count_each,
    },
    Follower {
        name: "deaf",
        topics: &["nothing."],
        run: |_, _| Err(Error::internal("never called")),
    },
];

fn tallies(store: &TestStore) -> (i64, i64) {
    store
        .store
        .read_now(&request(), |tx| {
            Ok((tx.count(TALLY, &[])?, tx.count(MOST, &[])?))
        })
        .unwrap()
}

#[test]
fn two_runners_give_each_event_its_effect_exactly_once() {
    on_each(|store| {
        let second = store.open_again();
        store
            .store
            .write_now(&request(), |tx| {
                (0..500).try_for_each(|_| insert(tx, "x").map(|_| ()))
            })
            .unwrap();
        wait_numbered(&store.store);
        at_once(4, |index| {
            let handle = if index % 2 == 0 {
                &store.store
            } else {
                &second
            };
            wait(handle.run_followers(COUNTING));
        });
        wait(store.store.run_followers(COUNTING));
        assert_eq!(tallies(store), (500, 1));
        second.close();
        assert_whole(&store.store);
    });
}

#[test]
fn a_follower_goes_on_after_a_restart_where_it_stood() {
    on_each(|store| {
        store
            .store
            .write_now(&request(), |tx| insert(tx, "before"))
            .unwrap();
        wait_numbered(&store.store);
        wait(store.store.run_followers(COUNTING));
        let second = store.open_again();
        store.store.close();
        second
            .write_now(&request(), |tx| insert(tx, "after"))
            .unwrap();
        wait_numbered(&second);
        wait(second.run_followers(COUNTING));
        let counted = second.read_now(&request(), |tx| {
            Ok((tx.count(TALLY, &[])?, tx.count(MOST, &[])?))
        });
        assert_eq!(counted.unwrap(), (2, 1));
        second.close();
    });
}

fn refuse_until_told(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    const MAY: &str = "SELECT COUNT(*) AS count FROM tally WHERE name = 'now it works'";
    if tx.count(MAY, &[])? == 0 {
        return Err(Error::rule("test.refused", "not yet"));
    }
    count_each(tx, event)
}

#[test]
fn a_follower_that_fails_is_tried_again_later_and_delays_no_other() {
    const FOLLOWERS: &[Follower] = &[
        Follower {
            name: "failing",
            topics: &["thing."],
            run: refuse_until_told,
        },
        Follower {
            name: "counting",
            topics: &["thing."],
            run: count_each,
        },
    ];
    on_each(|store| {
        store
            .store
            .write_now(&request(), |tx| insert(tx, "x"))
            .unwrap();
        wait_numbered(&store.store);
        wait(store.store.run_followers(FOLLOWERS));
        assert_eq!(tallies(store), (1, 1), "the other follower has run");
        Raw::open(store).run("INSERT INTO tally (name, count) VALUES ('now it works', 1)");
        wait(store.store.run_followers(FOLLOWERS));
        assert_eq!(tallies(store), (2, 1), "it pauses first");
        store.clock.advance(Span::minutes(11));
        wait(store.store.run_followers(FOLLOWERS));
        assert_eq!(tallies(store), (2, 2), "then it catches up");
    });
}

#[test]
fn the_wake_up_comes_after_a_commit() {
    on_each(|store| {
        let mut changed = store.store.changed();
        changed.borrow_and_update();
        store
            .store
            .write_now(&request(), |tx| insert(tx, "x"))
            .unwrap();
        wait(async {
            let woken =
                tokio::time::timeout(std::time::Duration::from_secs(5), changed.changed()).await;
            woken
                .expect("woken within the time")
                .map_err(Error::internal)
        });
        wait_numbered(&store.store);
    });
}
