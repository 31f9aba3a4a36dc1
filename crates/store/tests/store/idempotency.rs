//! The same key again gives the first answer, whoever sends it how often.

use kernel::{Error, Id, Kind};
use store::{Change, IdempotencyKey, Request};

use crate::support::{Thing, assert_whole, at_once, insert, on_each, request};

const COUNT: &str = "SELECT COUNT(*) AS count FROM thing";

fn keyed(key: &str, content: &str) -> Request {
    let idempotency = IdempotencyKey {
        key: key.to_owned(),
        request_sha256: store::sha256_hex(content.as_bytes()),
    };
    Request {
        idempotency: Some(idempotency),
        ..request()
    }
}

#[test]
fn the_same_key_from_many_at_once_has_one_effect_and_one_answer() {
    on_each(|store| {
        for round in 0..5 {
            let key = format!("key {round}");
            let answers = at_once(12, |_| {
                let request = keyed(&key, "same");
                let command = store
                    .store
                    .command(&request, |tx| insert(tx, "once").map(|id| id.to_string()));
                crate::support::wait(command)
            });
            assert!(
                answers.windows(2).all(|pair| pair[0] == pair[1]),
                "{answers:?}"
            );
        }
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            5
        );
        assert_whole(&store.store);
    });
}

#[test]
fn a_twin_that_finds_the_place_taken_by_its_own_doing_gets_the_first_answer() {
    on_each(|store| {
        for round in 0..10 {
            let place = format!("slot {round}");
            let answers = at_once(6, |_| {
                let place = place.clone();
                let keyed = keyed(&place, "book");
                let command = store.store.command(&keyed, move |tx| {
                    let thing = Thing {
                        place: Some(place.clone()),
                        ..Thing::new(tx.new_id(), "预约")
                    };
                    tx.insert(&thing, Change::new("thing.made"))
                        .map(|thing| thing.data.id)
                });
                crate::support::wait(command)
            });
            assert!(
                answers.windows(2).all(|pair| pair[0] == pair[1]),
                "{answers:?}"
            );
        }
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            10
        );
    });
}

#[test]
fn the_key_of_another_command_is_refused() {
    on_each(|store| {
        let first = keyed("k", "first");
        let run = |request: &Request| {
            let command = store.store.command(request, |tx| insert(tx, "x"));
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(command)
        };
        let id: Id = run(&first).unwrap();
        let error = run(&keyed("k", "second")).unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (Kind::Rule, "idempotency.key-reused")
        );
        assert_eq!(run(&first).unwrap(), id);
    });
}

#[test]
fn a_refused_command_leaves_its_key_free() {
    on_each(|store| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let request = keyed("again", "x");
        let refused = store
            .store
            .command::<Id, _>(&request, |_| Err(Error::rule("test.refused", "not today")));
        assert_eq!(
            runtime.block_on(refused).unwrap_err().code(),
            "test.refused"
        );
        runtime
            .block_on(
                store
                    .store
                    .command(&request, |tx| insert(tx, "now it works")),
            )
            .unwrap();
    });
}

#[test]
fn the_answer_is_there_after_a_restart() {
    on_each(|store| {
        let request = keyed("restart", "x");
        let first = crate::support::wait(store.store.command(&request, |tx| insert(tx, "x")));
        let second = store.open_again();
        store.store.close();
        let again = crate::support::wait(second.command(&request, |tx| insert(tx, "x")));
        assert_eq!(first, again);
        second.close();
    });
}
