//! Group commit: commands share a transaction and a sync, and nothing else.

use std::sync::atomic::Ordering;

use kernel::{Error, Kind};
use store::{Change, params};

use crate::support::{Counter, Raw, Thing, assert_whole, at_once, insert, on_each, request};

const COUNT: &str = "SELECT COUNT(*) AS count FROM thing";
const ADD_NODE: &str = "INSERT INTO node (id, parent_id) VALUES ($1, $2)";

#[test]
fn what_was_answered_is_there_for_a_second_reader() {
    on_each(|store| {
        at_once(8, |index| {
            for number in 0..20 {
                let name = format!("{index}-{number}");
                let id = store
                    .store
                    .write_now(&request(), move |tx| insert(tx, &name))
                    .unwrap();
                let seen = store
                    .store
                    .read_now(&request(), move |tx| tx.load::<Thing>(id))
                    .unwrap();
                assert_eq!(seen.version, 1);
            }
        });
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            160
        );
        assert_whole(&store.store);
    });
}

#[test]
fn one_command_that_fails_or_panics_does_not_harm_the_others() {
    on_each(|store| {
        let answers = at_once(24, |index| {
            store.store.write_now(&request(), move |tx| {
                insert(tx, &format!("thing {index}"))?;
                match index % 3 {
                    0 => Ok(()),
                    1 => Err(Error::rule("test.refused", "no")),
                    _ => panic!("a defect in a closure"),
                }
            })
        });
        for (index, answer) in answers.into_iter().enumerate() {
            match (index % 3, answer) {
                (0, Ok(())) => {}
                (1, Err(error)) => assert_eq!(error.code(), "test.refused"),
                (2, Err(error)) => assert_eq!(error.kind(), Kind::Internal),
                (_, other) => panic!("command {index}: {other:?}"),
            }
        }
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            8
        );
        assert_whole(&store.store);
    });
}

#[test]
fn a_statement_that_fails_inside_a_command_can_be_reported_with_nothing_left_behind() {
    on_each(|store| {
        let taken = |place: &str| {
            let place = place.to_owned();
            store.store.write_now(&request(), move |tx| {
                let thing = Thing {
                    place: Some(place.clone()),
                    ..Thing::new(tx.new_id(), "x")
                };
                tx.insert(&thing, Change::new("thing.made"))
            })
        };
        taken("A").unwrap();
        let refused = taken("A").unwrap_err();
        assert_eq!(
            (refused.kind(), refused.code()),
            (Kind::Conflict, "store.duplicate")
        );
        let negative = store.store.write_now(&request(), |tx| {
            let thing = Thing {
                rank: -1,
                ..Thing::new(tx.new_id(), "x")
            };
            tx.insert(&thing, Change::new("thing.made"))
        });
        assert_eq!(negative.unwrap_err().code(), "store.constraint");
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            1
        );
        assert_whole(&store.store);
    });
}

#[test]
fn a_constraint_that_speaks_at_the_commit_fails_only_its_own_command() {
    on_each(|store| {
        let answers = at_once(16, |index| {
            store.store.write_now(&request(), move |tx| {
                let parent = (index % 4 == 0).then(|| "nobody".to_owned());
                tx.execute(ADD_NODE, &params![format!("n{index}"), parent])?;
                insert(tx, "beside the node").map(|_| ())
            })
        });
        for (index, answer) in answers.into_iter().enumerate() {
            let code = answer.err().map(|error| error.code().to_owned());
            let expected = (index % 4 == 0).then(|| "store.constraint".to_owned());
            assert_eq!(code, expected, "command {index}");
        }
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            12
        );
        store
            .store
            .write_now(&request(), |tx| insert(tx, "writing goes on"))
            .unwrap();
        assert_whole(&store.store);
    });
}

#[test]
fn a_closure_is_run_again_when_another_transaction_was_in_the_way() {
    const READ: &str = "SELECT count FROM tally WHERE name = 'all'";
    const SET: &str = "UPDATE tally SET count = $1 WHERE name = 'all'";
    on_each(|store| {
        Raw::open(store).run("INSERT INTO tally (name, count) VALUES ('all', 0)");
        let runs = Counter::default();
        at_once(8, |_| {
            for _ in 0..10 {
                let runs = Counter::clone(&runs);
                let add = store.store.write_now(&request(), move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    // Read, think, write: only isolation or a retry keeps this count right.
                    let count = tx.count(READ, &[])?;
                    std::thread::yield_now();
                    tx.execute(SET, &params![count + 1]).map(|_| ())
                });
                add.unwrap();
            }
        });
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(READ, &[]))
                .unwrap(),
            80
        );
        if store.store.engine_name() == "postgres" {
            assert!(
                runs.load(Ordering::Relaxed) > 80,
                "nothing was ever run again"
            );
        }
    });
}

#[test]
fn text_that_one_engine_could_not_store_is_refused_by_both() {
    on_each(|store| {
        let nul = store
            .store
            .write_now(&request(), |tx| insert(tx, "a\0b"))
            .unwrap_err();
        assert_eq!(
            (nul.kind(), nul.code()),
            (Kind::Invalid, "text.nul-character")
        );
        let large = "长".repeat(3 * 1024 * 1024);
        let large = store
            .store
            .write_now(&request(), move |tx| insert(tx, &large))
            .unwrap_err();
        assert_eq!(large.code(), "text.too-large");
    });
}
