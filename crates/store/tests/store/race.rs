//! Two handles on one database, as two servers: one winner, one chain.

use store::{Change, Store};

use crate::support::{Thing, assert_whole, at_once, insert, on_each, request};

const COUNT: &str = "SELECT COUNT(*) AS count FROM thing";

fn take(store: &Store, place: &str) -> bool {
    let place = place.to_owned();
    let taken = store.write_now(&request(), move |tx| {
        let thing = Thing {
            place: Some(place.clone()),
            ..Thing::new(tx.new_id(), "占位")
        };
        tx.insert(&thing, Change::new("thing.made"))
    });
    match taken {
        Ok(_) => true,
        Err(error) if error.code() == "store.duplicate" => false,
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn of_many_at_one_place_through_two_writers_one_wins() {
    on_each(|store| {
        let second = store.open_again();
        for round in 0..10 {
            let place = format!("place {round}");
            let winners = at_once(8, |index| {
                take(
                    if index % 2 == 0 {
                        &store.store
                    } else {
                        &second
                    },
                    &place,
                )
            });
            assert_eq!(
                winners.into_iter().filter(|won| *won).count(),
                1,
                "round {round}"
            );
        }
        second.close();
        assert_whole(&store.store);
    });
}

#[test]
fn two_writers_make_one_chain_without_gaps() {
    on_each(|store| {
        let second = store.open_again();
        at_once(6, |index| {
            let handle = if index % 2 == 0 {
                &store.store
            } else {
                &second
            };
            for number in 0..25 {
                let name = format!("{index}/{number}");
                handle
                    .write_now(&request(), move |tx| insert(tx, &name))
                    .unwrap();
            }
        });
        assert_eq!(
            second
                .read_now(&request(), |tx| tx.count(COUNT, &[]))
                .unwrap(),
            150
        );
        second.close();
        assert_whole(&store.store);
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.last_seq())
                .unwrap(),
            150
        );
    });
}
