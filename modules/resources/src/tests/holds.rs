//! Holding, confirming, releasing and expiring; and what bad requests are told.

use kernel::identity::Sex;
use kernel::{Id, Span};
use serde_json::json;
use testkit::on_each_engine;

use super::fixture::{assert_ledger_whole, modules, monday, request, slots_on, world, write};
use crate::{Channel, HoldState, Place};

fn slot(slot_id: Id) -> Place {
    Place::Slot { slot_id }
}

#[test]
fn a_slot_is_held_confirmed_and_used() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let slots = slots_on(&app, monday().plus_days(2)).await;
        assert_eq!(slots.len(), 16);
        let free = slots
            .iter()
            .find(|slot| slot.channel == Channel::Routine)
            .unwrap()
            .clone();
        let ask = request(slot(free.id), world.town, Channel::Referral, now);
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        assert_eq!(
            (held.state, held.expires_at),
            (HoldState::Held, now + Span::hours(2))
        );
        assert_eq!(held.org_id, world.lead);
        let id = held.id;
        let confirmed = write(&app, move |tx| {
            crate::confirm(tx, id, now + Span::days(300))
        })
        .await
        .unwrap();
        // No longer than the appointment and its grace.
        assert_eq!(confirmed.expires_at, free.start_at + Span::minutes(120));
        app.advance(Span::hours(49)).await;
        let used = write(&app, move |tx| crate::consume(tx, id)).await.unwrap();
        assert_eq!(used.state, HoldState::Consumed);
        let again = write(&app, move |tx| crate::consume(tx, id)).await.unwrap();
        assert_eq!(again.state, HoldState::Consumed);
        let refused = write(&app, move |tx| crate::release(tx, id, "late"))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.hold-consumed");
        let after = slots_on(&app, monday().plus_days(2)).await;
        let used = after.iter().find(|slot| slot.id == free.id).unwrap();
        assert_eq!(used.state, crate::SlotState::Used);
        assert_ledger_whole(&app).await;
        app.assert_audit_whole().await;
    });
}

#[test]
fn taken_says_by_whom_and_offers_the_next_three() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let free = slots_on(&app, monday().plus_days(2)).await;
        let place = slot(
            free.iter()
                .find(|slot| slot.channel == Channel::Routine)
                .unwrap()
                .id,
        );
        let first = request(place, world.town, Channel::Referral, now);
        write(&app, move |tx| crate::hold(tx, &first))
            .await
            .unwrap();
        let second = request(place, world.village, Channel::Referral, now);
        let error = write(&app, move |tx| crate::hold(tx, &second))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "resources.taken");
        let data = error.data().unwrap();
        assert_eq!(data["taken_by_org"], "东镇卫生院");
        assert_eq!(data["alternatives"].as_array().unwrap().len(), 3);
        assert_eq!(data["alternatives"][0]["name"], "心内科专家门诊");
        // The offer can be held as it is.
        let offered: Place =
            serde_json::from_value(data["alternatives"][0]["place"].clone()).unwrap();
        let third = request(offered, world.village, Channel::Referral, now);
        write(&app, move |tx| crate::hold(tx, &third))
            .await
            .unwrap();
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn what_cannot_be_held_is_refused_and_leaves_nothing() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let today = slots_on(&app, monday()).await;
        let later = slots_on(&app, monday().plus_days(9)).await;
        let for_town = later
            .iter()
            .find(|slot| slot.quota_org_id == Some(world.town))
            .unwrap()
            .id;
        let green = later
            .iter()
            .find(|slot| slot.channel == Channel::Green)
            .unwrap()
            .id;
        let free = later
            .iter()
            .find(|slot| slot.channel == Channel::Routine)
            .unwrap()
            .id;
        let ct = |hour: u8, minute: u8, minutes: i64| Place::Equipment {
            equipment_id: world.ct,
            start: monday().at(hour, minute),
            minutes,
        };
        let bed = |index: usize| Place::Bed {
            bed_id: world.beds[index],
        };
        let cases = [
            (slot(Id::MAX), world.town, Channel::Referral, None, "slot"),
            (
                Place::Bed { bed_id: Id::MAX },
                world.town,
                Channel::Referral,
                None,
                "bed",
            ),
            (
                slot(for_town),
                world.village,
                Channel::Referral,
                None,
                "resources.reserved",
            ),
            (
                slot(for_town),
                world.town,
                Channel::Routine,
                None,
                "resources.reserved",
            ),
            (
                slot(green),
                world.town,
                Channel::Referral,
                None,
                "resources.reserved",
            ),
            (
                slot(free),
                world.stranger,
                Channel::Referral,
                None,
                "resources.not-in-group",
            ),
            (slot(free), Id::MAX, Channel::Referral, None, "organization"),
            (
                bed(0),
                world.town,
                Channel::Referral,
                Some(Sex::Female),
                "resources.sex-rule",
            ),
            (
                bed(1),
                world.town,
                Channel::Referral,
                Some(Sex::Male),
                "resources.sex-rule",
            ),
            (
                bed(1),
                world.town,
                Channel::Referral,
                None,
                "resources.sex-unknown",
            ),
            (
                bed(3),
                world.town,
                Channel::Referral,
                None,
                "resources.reserved",
            ),
            (
                ct(7, 0, 10),
                world.town,
                Channel::Referral,
                None,
                "resources.equipment-closed",
            ),
            (
                ct(11, 55, 10),
                world.town,
                Channel::Referral,
                None,
                "resources.reserved",
            ),
            (
                ct(12, 55, 10),
                world.town,
                Channel::Green,
                None,
                "resources.equipment-closed",
            ),
            (
                ct(8, 3, 10),
                world.town,
                Channel::Referral,
                None,
                "resources.grid",
            ),
            (
                ct(8, 0, 0),
                world.town,
                Channel::Referral,
                None,
                "resources.out-of-range",
            ),
            (
                ct(8, 0, 9_999),
                world.town,
                Channel::Referral,
                None,
                "resources.out-of-range",
            ),
        ];
        for (place, for_org, channel, sex, code) in cases {
            let mut ask = request(place, for_org, channel, now);
            ask.patient_sex = sex;
            let refused = write(&app, move |tx| crate::hold(tx, &ask))
                .await
                .unwrap_err();
            assert_eq!(refused.code(), code, "{place:?} {channel:?}");
        }
        let mut late = request(slot(free), world.town, Channel::Referral, now);
        late.until = now;
        let refused = write(&app, move |tx| crate::hold(tx, &late))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.until-past");
        app.advance(Span::hours(3)).await;
        let past = request(
            slot(today[0].id),
            world.town,
            Channel::Referral,
            app.clock().now(),
        );
        let refused = write(&app, move |tx| crate::hold(tx, &past))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.past");
        let held = write(&app, |tx| {
            tx.count("SELECT COUNT(*) AS count FROM hold", &[])
        })
        .await
        .unwrap();
        assert_eq!(held, 0);
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn a_refusal_leaves_room_for_another_try_in_the_same_transaction() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let at = |minute: u8| Place::Equipment {
            equipment_id: world.ct,
            start: monday().at(9, minute),
            minutes: 20,
        };
        let first = request(at(10), world.town, Channel::Referral, now);
        write(&app, move |tx| crate::hold(tx, &first))
            .await
            .unwrap();
        let (town, overlapping, beside) = (world.town, at(0), at(30));
        let held = write(&app, move |tx| {
            let refused = crate::hold(tx, &request(overlapping, town, Channel::Referral, now));
            assert_eq!(refused.unwrap_err().code(), "resources.taken");
            crate::hold(tx, &request(beside, town, Channel::Referral, now))
        })
        .await
        .unwrap();
        assert_eq!(held.place, at(30));
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn the_sweep_ends_what_time_has_ended_and_says_so() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let free = slots_on(&app, monday().plus_days(9)).await;
        let ids: Vec<Id> = free
            .iter()
            .filter(|slot| slot.channel == Channel::Routine)
            .map(|slot| slot.id)
            .collect();
        let (town, count) = (world.town, ids.len());
        write(&app, move |tx| {
            for id in &ids {
                crate::hold(tx, &request(slot(*id), town, Channel::Referral, now))?;
            }
            Ok(())
        })
        .await
        .unwrap();
        app.advance(Span::hours(2)).await;
        app.advance(Span::minutes(1)).await;
        const EXPIRED: &str = "SELECT COUNT(*) AS count FROM event WHERE event = 'hold.expired'";
        const LIVE: &str =
            "SELECT COUNT(*) AS count FROM hold WHERE state IN ('held', 'confirmed')";
        const CELLS: &str = "SELECT COUNT(*) AS count FROM hold_cell";
        let (expired, live, cells) = write(&app, |tx| {
            Ok((
                tx.count(EXPIRED, &[])?,
                tx.count(LIVE, &[])?,
                tx.count(CELLS, &[])?,
            ))
        })
        .await
        .unwrap();
        assert_eq!(
            (expired, live, cells),
            (i64::try_from(count).unwrap(), 0, 0)
        );
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn a_place_whose_hold_ran_out_is_free_before_the_sweep_comes_by() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let place = Place::Bed {
            bed_id: world.beds[2],
        };
        let first = request(place, world.town, Channel::Referral, now);
        let held = write(&app, move |tx| crate::hold(tx, &first))
            .await
            .unwrap();
        app.clock().advance(Span::hours(3));
        let id = held.id;
        let refused = write(&app, move |tx| crate::consume(tx, id))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.hold-expired");
        let second = request(place, world.village, Channel::Referral, app.clock().now());
        write(&app, move |tx| crate::hold(tx, &second))
            .await
            .unwrap();
        let first = write(&app, move |tx| crate::hold_of(tx, id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(first.state, HoldState::Expired);
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn a_member_holds_at_most_so_many_places() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        write(&app, |tx| {
            let seed = crate::rules::SEEDS[0];
            let mut body: serde_json::Value = serde_json::from_str(seed.body).unwrap();
            body["open_max"] = json!(2);
            let today = tx.now().date();
            tx.add_rule_version(&seed, 1, today, "test", &body)
        })
        .await
        .unwrap();
        let free = slots_on(&app, monday().plus_days(9)).await;
        let ids: Vec<Id> = free
            .iter()
            .filter(|slot| slot.channel == Channel::Routine)
            .map(|slot| slot.id)
            .collect();
        let mut held = Vec::new();
        for id in ids.iter().take(2).copied() {
            let ask = request(slot(id), world.town, Channel::Referral, now);
            held.push(
                write(&app, move |tx| crate::hold(tx, &ask))
                    .await
                    .unwrap()
                    .id,
            );
        }
        let third = ids[2];
        let ask = request(slot(third), world.town, Channel::Referral, now);
        let refused = write(&app, move |tx| crate::hold(tx, &ask))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.too-many-holds");
        let first = held[0];
        write(&app, move |tx| crate::release(tx, first, "not needed"))
            .await
            .unwrap();
        let ask = request(slot(third), world.town, Channel::Referral, now);
        write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn people_hold_over_http_and_cases_keep_theirs() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let office = app.client("referral-office", world.town).await;
        let nurse = app.client("ward-nurse", world.lead).await;
        let stranger = app.client("referral-office", world.stranger).await;
        let bed = json!({ "place": { "kind": "bed", "bed_id": world.beds[2] } });
        let held = office
            .post("/api/resources/holds", bed.clone())
            .await
            .expect(201);
        office
            .post("/api/resources/holds", bed)
            .await
            .expect(409)
            .expect_code("resources.taken");
        let path = format!("/api/resources/holds/{}", held.id());
        stranger.get(&path).await.expect(404);
        let stale = office
            .seeing(9)
            .post(&format!("{path}/release"), json!({ "reason": "x" }))
            .await;
        stale.expect(412);
        let body = json!({ "until": now + Span::hours(30) });
        let confirmed = office
            .seeing(held.version())
            .post(&format!("{path}/confirm"), body)
            .await
            .expect(200);
        // Who comes is seen at the ward, not at the desk that asked.
        office
            .seeing(confirmed.version())
            .post(&format!("{path}/consume"), json!({}))
            .await
            .expect(404);
        nurse
            .seeing(confirmed.version())
            .post(&format!("{path}/consume"), json!({}))
            .await
            .expect(200);
        let map = nurse.get("/api/resources/beds").await.expect(200);
        let beds = map.json["beds"].as_array().unwrap();
        let third = beds.iter().find(|bed| bed["code"] == "3").unwrap();
        assert_eq!(third["state"], "occupied");
        let case = request(
            Place::Bed {
                bed_id: world.beds[0],
            },
            world.town,
            Channel::Referral,
            now,
        );
        let case = write(&app, move |tx| {
            let mut case = case.clone();
            case.patient_sex = Some(Sex::Male);
            crate::hold(tx, &case)
        })
        .await
        .unwrap();
        office
            .seeing(1)
            .post(
                &format!("/api/resources/holds/{}/release", case.id),
                json!({ "reason": "x" }),
            )
            .await
            .expect(422)
            .expect_code("resources.owned-elsewhere");
        let list = office
            .get("/api/resources/holds?side=requesting")
            .await
            .expect(200);
        assert_eq!(list.json["items"].as_array().unwrap().len(), 2);
        nurse
            .get("/api/resources/holds/export?side=owning")
            .await
            .expect(200);
        app.assert_audit_whole().await;
    });
}
