//! Many at once: one winner a place, quotas kept, repeated commands harmless.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{Id, Span};
use serde_json::json;
use store::{IdempotencyKey, Request};
use testkit::on_each_engine;
use tokio::task::JoinSet;

use super::fixture::{
    assert_ledger_whole, modules, monday, request, slots_on, world, write, write_to,
};
use crate::{Channel, Place};

#[test]
fn one_of_many_wins_each_place() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let slots = slots_on(&app, monday().plus_days(2)).await;
        let places = [
            Place::Slot {
                slot_id: slots[1].id,
            },
            Place::Bed {
                bed_id: world.beds[2],
            },
            Place::Equipment {
                equipment_id: world.ct,
                start: monday().at(9, 0),
                minutes: 30,
            },
        ];
        for place in places {
            let mut attempts = JoinSet::new();
            for turn in 0..64_i64 {
                let store = app.store().clone();
                let (town, village) = (world.town, world.village);
                // On a device the attempts overlap without being the same.
                let place = match place {
                    Place::Equipment {
                        equipment_id,
                        start,
                        minutes,
                    } => Place::Equipment {
                        equipment_id,
                        start: start + Span::minutes(turn % 3 * 10),
                        minutes,
                    },
                    other => other,
                };
                let for_org = if turn % 2 == 0 { town } else { village };
                let ask = request(place, for_org, Channel::Green, now);
                attempts
                    .spawn(async move { write_to(&store, move |tx| crate::hold(tx, &ask)).await });
            }
            let results = attempts.join_all().await;
            let won = results.iter().filter(|result| result.is_ok()).count();
            assert_eq!(won, 1, "{place:?}");
            for error in results.iter().filter_map(|result| result.as_ref().err()) {
                assert_eq!(error.code(), "resources.taken", "{error:?}");
            }
        }
        assert_ledger_whole(&app).await;
        app.assert_audit_whole().await;
    });
}

/// Attempts at the slots of a week, each sent up to three times under one key.
#[test]
fn slots_are_booked_once_whatever_is_repeated() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let mut slots = Vec::new();
        for day in [0, 2, 7, 9, 14] {
            slots.extend(slots_on(&app, monday().plus_days(day)).await);
        }
        let mut attempts = JoinSet::new();
        let orgs = [world.town, world.village, world.lead];
        for turn in 0..1_200_usize {
            let store = app.store().clone();
            // A third of the commands are repeats of the one before.
            let command = turn - usize::from(turn % 3 == 2);
            let slot_id = slots[command * 7 % slots.len()].id;
            let ask = request(
                Place::Slot { slot_id },
                orgs[command % 3],
                Channel::Referral,
                now,
            );
            let mut sender = Request::system("test");
            sender.idempotency = Some(IdempotencyKey {
                key: format!("command-{command}"),
                request_sha256: format!("{command}"),
            });
            attempts.spawn(async move {
                let result = store
                    .command(&sender, move |tx| crate::hold(tx, &ask))
                    .await;
                (command, result.map(|hold| (hold.id, hold.place)))
            });
        }
        let mut by_command: HashMap<usize, Id> = HashMap::new();
        let mut by_slot: HashMap<Place, Id> = HashMap::new();
        for (command, result) in attempts.join_all().await {
            match result {
                Ok((id, place)) => {
                    assert_eq!(
                        *by_command.entry(command).or_insert(id),
                        id,
                        "one effect a key"
                    );
                    assert_eq!(*by_slot.entry(place).or_insert(id), id, "one hold a slot");
                }
                Err(error) => assert!(
                    matches!(
                        error.code(),
                        "resources.taken" | "resources.reserved" | "resources.past"
                    ),
                    "{error:?}"
                ),
            }
        }
        assert!(by_slot.len() > 40, "{}", by_slot.len());
        let quotas: HashMap<Id, Option<Id>> = slots
            .iter()
            .map(|slot| (slot.id, slot.quota_org_id))
            .collect();
        let holds = write(&app, |tx| {
            tx.find::<crate::Hold>("SELECT version, body FROM hold ORDER BY id", &[])
        })
        .await
        .unwrap();
        assert_eq!(holds.len(), by_slot.len());
        for hold in &holds {
            let quota = quotas[&hold.place.id()];
            let slot = slots
                .iter()
                .find(|slot| slot.id == hold.place.id())
                .unwrap();
            let own = quota.is_none_or(|org_id| org_id == hold.for_org_id);
            assert!(
                own || slot.release_at <= now,
                "a quota was given to another"
            );
        }
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn a_double_click_books_once_over_http() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let office = Arc::new(
            app.client("referral-office", world.town)
                .await
                .with("idempotency-key", "click-1"),
        );
        let body = json!({ "place": { "kind": "bed", "bed_id": world.beds[2] } });
        let mut clicks = JoinSet::new();
        for _ in 0..4 {
            let (office, body) = (Arc::clone(&office), body.clone());
            clicks.spawn(async move { office.post("/api/resources/holds", body).await });
        }
        let replies = clicks.join_all().await;
        let first = replies[0].id();
        assert!(
            replies
                .iter()
                .all(|reply| reply.status == 201 && reply.id() == first),
            "{replies:?}"
        );
        let other = json!({ "place": { "kind": "bed", "bed_id": world.beds[1] } });
        office
            .post("/api/resources/holds", other)
            .await
            .expect_code("idempotency.key-reused");
        assert_ledger_whole(&app).await;
    });
}
