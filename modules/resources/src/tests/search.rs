//! The search: what it finds, in which order, and that SQL and Rust agree on reserves.

use kernel::Span;
use testkit::on_each_engine;

use super::fixture::{modules, monday, request, slots_on, world, write};
use crate::rules::{Reserve, may_take};
use crate::{Channel, Place, PlaceKind, Search, Sort};

#[test]
fn slots_are_found_by_specialty_and_what_lies_above_it() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let office = app.client("referral-office", world.town).await;
        for (query, expected) in [
            ("specialty=03.04", 13),
            ("specialty=03", 13),
            ("specialty=03.0", 0),
            ("specialty=04", 0),
            ("specialty=03.04&channel=green", 14),
            ("specialty=03.04&channel=routine", 7),
            ("specialty=03.04&limit=2", 2),
        ] {
            // Monday from nine, the day the tests begin: four slots are over, and by seven the
            // reserves for referrals have opened.
            let path = format!(
                "/api/resources/search?kind=slot&from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z&{query}"
            );
            let found = office.get(&path).await.expect(200);
            let offers = found.json["offers"].as_array().unwrap().len();
            let at_most = |count: usize| count.min(16);
            assert!(
                offers == expected || offers == at_most(expected + 2),
                "{query}: {offers}"
            );
        }
        let path = "/api/resources/search?kind=slot&specialty=03.04";
        let offers = office.get(path).await.expect(200).json["offers"].clone();
        assert_eq!(offers[0]["org_name"], "中心医院");
        assert_eq!(offers[0]["practitioner"], "甲医生");
        assert_eq!(offers[0]["price"], 2500);
        assert!(offers[0]["distance_meters"].as_i64().unwrap() > 5_000);
        office
            .get("/api/resources/search?kind=slot")
            .await
            .expect_code("resources.search-specialty");
        office
            .get("/api/resources/search?kind=slot&specialty=03&to=2020-01-01T00:00:00Z")
            .await
            .expect_code("resources.search-window");
        office
            .get("/api/resources/search?kind=ward")
            .await
            .expect(400)
            .expect_code("request.query");
        office
            .get("/api/resources/search?kind=equipment")
            .await
            .expect_code("resources.empty");
        let hostile = "/api/resources/search?kind=slot&specialty=%27%20OR%201%3D1%20--";
        let found = office.get(hostile).await.expect(200);
        assert_eq!(found.json["offers"].as_array().unwrap().len(), 0);
        let stranger = app.client("referral-office", world.stranger).await;
        let found = stranger.get(path).await.expect(200);
        assert_eq!(found.json["offers"].as_array().unwrap().len(), 0);
    });
}

#[test]
fn beds_are_found_by_sex_and_isolation() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let office = app.client("referral-office", world.town).await;
        for (query, names) in [
            ("sex=female", vec!["心内一病区 2", "心内一病区 3"]),
            ("sex=male", vec!["心内一病区 1", "心内一病区 3"]),
            ("isolation=true", vec!["心内一病区 3"]),
            ("sex=female&channel=routine", vec!["心内一病区 3"]),
            (
                "sex=female&channel=green",
                vec!["心内一病区 2", "心内一病区 3", "心内一病区 4"],
            ),
        ] {
            let path = format!("/api/resources/search?kind=bed&specialty=03.04&{query}");
            let found = office.get(&path).await.expect(200);
            let offers = found.json["offers"].as_array().unwrap();
            let got: Vec<&str> = offers
                .iter()
                .map(|offer| offer["name"].as_str().unwrap())
                .collect();
            assert_eq!(got, names, "{query}");
        }
        let now = app.clock().now();
        let ask = request(
            Place::Bed {
                bed_id: world.beds[2],
            },
            world.town,
            Channel::Referral,
            now,
        );
        write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let path = "/api/resources/search?kind=bed&specialty=03.04&isolation=true";
        let found = office.get(path).await.expect(200);
        assert_eq!(found.json["offers"].as_array().unwrap().len(), 0);
        let summary = office.get("/api/resources/summary").await.expect(200);
        assert_eq!(summary.json["orgs"][0]["beds_held"], 1);
        assert_eq!(summary.json["orgs"][0]["beds_open"], 3);
    });
}

#[test]
fn sql_and_rust_agree_on_who_may_take_what() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let slots = slots_on(&app, monday().plus_days(2)).await;
        for hours in [0_i64, 24, 23, 1] {
            app.clock().advance(Span::hours(hours));
            let now = app.clock().now();
            for for_org_id in [world.town, world.village, world.lead] {
                for channel in [Channel::Routine, Channel::Referral, Channel::Green] {
                    let from = monday().plus_days(2).start();
                    let to = monday().plus_days(3).start();
                    let mut search = Search::new(PlaceKind::Slot, for_org_id, from, to);
                    search.specialty = Some("03.04".to_owned());
                    search.channel = channel;
                    let found = write(&app, move |tx| crate::find(tx, &search))
                        .await
                        .unwrap();
                    let mut found: Vec<_> = found.iter().map(|offer| offer.place.id()).collect();
                    let mut expected: Vec<_> = slots
                        .iter()
                        .filter(|slot| slot.start_at >= now)
                        .filter(|slot| {
                            let reserve = Reserve {
                                channel: slot.channel,
                                quota_org_id: slot.quota_org_id,
                                release_at: Some(slot.release_at),
                            };
                            may_take(reserve, channel, for_org_id, now)
                        })
                        .map(|slot| slot.id)
                        .collect();
                    found.sort();
                    expected.sort();
                    assert_eq!(found, expected, "{for_org_id} {channel:?} +{hours}h");
                }
            }
        }
    });
}

#[test]
fn what_is_offered_on_a_device_can_be_held() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let (from, to) = (monday().at(0, 0), monday().plus_days(1).at(0, 0));
        for (minute, channel) in [
            (0, Channel::Referral),
            (70, Channel::Routine),
            (250, Channel::Green),
            (275, Channel::Routine),
        ] {
            app.clock().set(monday().at(7, 0) + Span::minutes(minute));
            let mut search = Search::new(PlaceKind::Equipment, world.town, from, to);
            search.equipment_kind = Some("CT".to_owned());
            search.exam = Some("CT-HEAD".to_owned());
            search.channel = channel;
            search.sort = Sort::Price;
            search.limit = 3;
            let town = world.town;
            let offers = write(&app, move |tx| crate::find(tx, &search))
                .await
                .unwrap();
            assert!(!offers.is_empty(), "{minute} {channel:?}");
            let now = app.clock().now();
            write(&app, move |tx| {
                for offer in &offers {
                    crate::hold(tx, &request(offer.place, town, channel, now))?;
                }
                Ok(())
            })
            .await
            .unwrap();
        }
        app.settle().await;
        super::fixture::assert_ledger_whole(&app).await;
    });
}
