//! Templates make sessions, sessions are stopped, taken up again, and given to another doctor.

use kernel::{Id, Span};
use serde_json::json;
use testkit::on_each_engine;

use super::fixture::{assert_ledger_whole, modules, monday, request, slots_on, world, write};
use crate::{Channel, HoldState, Place, SlotState};

#[test]
fn each_day_is_made_once_and_the_calendar_moves_on() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        assert_eq!(slots_on(&app, monday().plus_days(14)).await.len(), 16);
        assert_eq!(slots_on(&app, monday().plus_days(16)).await.len(), 0);
        let template = world.template;
        let made = write(&app, move |tx| {
            crate::generate(tx, template, monday().plus_days(14))
        })
        .await;
        assert_eq!(made.unwrap(), crate::Generated::default());
        app.advance(Span::days(2)).await;
        assert_eq!(slots_on(&app, monday().plus_days(16)).await.len(), 16);
        let counts = slots_on(&app, monday().plus_days(9)).await;
        let kept = |channel, quota: Option<Id>| {
            counts
                .iter()
                .filter(|slot| slot.channel == channel && slot.quota_org_id == quota)
                .count()
        };
        assert_eq!(kept(Channel::Referral, Some(world.town)), 4);
        assert_eq!(kept(Channel::Referral, None), 2);
        assert_eq!(kept(Channel::Green, None), 1);
        assert_eq!(kept(Channel::Routine, None), 9);
        let manager = app.client("bed-manager", world.lead).await;
        let ended = format!("/api/resources/templates/{template}/end");
        manager.seeing(1).post(&ended, json!({})).await.expect(200);
        app.advance(Span::days(2)).await;
        assert_eq!(slots_on(&app, monday().plus_days(21)).await.len(), 0);
        let list = manager.get("/api/resources/templates").await.expect(200);
        assert_eq!(list.json[0]["slots"], 16);
    });
}

#[test]
fn a_stopped_session_gives_its_places_back_and_can_be_resumed() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let slots = slots_on(&app, monday().plus_days(2)).await;
        let (slot_id, session_id) = (slots[1].id, slots[0].session_id);
        let ask = request(Place::Slot { slot_id }, world.town, Channel::Green, now);
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let manager = app.client("bed-manager", world.lead).await;
        let other = app.client("bed-manager", world.town).await;
        let path = format!("/api/resources/sessions/{session_id}");
        let reason = json!({ "reason": "医生外出" });
        other
            .seeing(1)
            .post(&format!("{path}/stop"), reason.clone())
            .await
            .expect(404);
        let stopped = manager
            .seeing(1)
            .post(&format!("{path}/stop"), reason.clone())
            .await
            .expect(200);
        assert_eq!(stopped.json["slots_open"], 0);
        let id = held.id;
        let hold = write(&app, move |tx| crate::hold_of(tx, id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (hold.state, hold.reason.as_deref()),
            (HoldState::Released, Some("session-stopped"))
        );
        // The member that had it is told, with the next three of other sessions.
        let told = app.client("general-practitioner", world.town).await;
        let notices = told.get("/api/notices").await.expect(200);
        let notice = &notices.json["items"][0];
        assert_eq!(notice["code"], "resources.hold-withdrawn");
        let instead = notice["data"]["alternatives"].as_array().unwrap();
        assert_eq!(instead.len(), 3, "{instead:?}");
        for offer in instead {
            let slot_id = &offer["place"]["slot_id"];
            assert!(
                slots.iter().all(|slot| json!(slot.id) != *slot_id),
                "a slot of the stopped session is offered: {offer}"
            );
        }
        let after = slots_on(&app, monday().plus_days(2)).await;
        assert!(
            after.iter().all(|slot| slot.state == SlotState::Stopped),
            "{after:?}"
        );
        let ask = request(Place::Slot { slot_id }, world.town, Channel::Green, now);
        let refused = write(&app, move |tx| crate::hold(tx, &ask))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.session-stopped");
        let twice = manager
            .seeing(stopped.version())
            .post(&format!("{path}/stop"), reason)
            .await;
        twice.expect(409);
        let again = manager
            .seeing(stopped.version())
            .post(&format!("{path}/resume"), json!({}))
            .await
            .expect(200);
        assert_eq!(again.json["slots_open"], 16);
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn another_doctor_takes_over_and_holders_are_told() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let slots = slots_on(&app, monday().plus_days(2)).await;
        let ask = request(
            Place::Slot {
                slot_id: slots[1].id,
            },
            world.village,
            Channel::Green,
            now,
        );
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let manager = app.client("bed-manager", world.lead).await;
        let path = format!("/api/resources/sessions/{}", slots[0].session_id);
        let body = |id| json!({ "practitioner_id": id, "reason": "外出会诊" });
        let same = manager
            .seeing(1)
            .post(&format!("{path}/substitute"), body(world.doctor))
            .await;
        same.expect(400).expect_code("resources.same-practitioner");
        let done = manager
            .seeing(1)
            .post(&format!("{path}/substitute"), body(world.other_doctor))
            .await
            .expect(200);
        assert_eq!(
            (&done.json["practitioner"], &done.json["substituted"]),
            (&json!("乙医生"), &json!("甲医生"))
        );
        let id = held.id;
        let hold = write(&app, move |tx| crate::hold_of(tx, id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(hold.state, HoldState::Held);
        let doctor = app.client("village-doctor", world.village).await;
        let notices = doctor.get("/api/notices").await.expect(200);
        assert_eq!(
            notices.json["items"][0]["code"],
            "resources.session-substituted"
        );
    });
}

#[test]
fn the_calendar_shows_quota_bars() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let slots = slots_on(&app, monday().plus_days(2)).await;
        let own = slots
            .iter()
            .find(|slot| slot.quota_org_id == Some(world.town))
            .unwrap()
            .id;
        let ask = request(
            Place::Slot { slot_id: own },
            world.town,
            Channel::Referral,
            now,
        );
        write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let office = app.client("referral-office", world.town).await;
        let path = format!(
            "/api/resources/sessions?org_id={}&from=2026-11-24&to=2026-12-01&limit=1",
            world.lead
        );
        let page = office.get(&path).await.expect(200);
        assert_eq!(page.json["items"].as_array().unwrap().len(), 1);
        let bars = page.json["items"][0]["quotas"].as_array().unwrap();
        let bar = bars
            .iter()
            .find(|bar| bar["org_name"] == "东镇卫生院")
            .unwrap();
        assert_eq!((&bar["places"], &bar["taken"]), (&json!(4), &json!(1)));
        let next = page.json["next"].as_str().unwrap();
        let second = office
            .get(&format!("{path}&after={next}"))
            .await
            .expect(200);
        assert_eq!(second.json["items"].as_array().unwrap().len(), 1);
        office
            .get("/api/resources/sessions?from=2026-11-24&to=2027-11-24")
            .await
            .expect(400);
        office
            .get("/api/resources/sessions?from=24.11.2026")
            .await
            .expect(400);
        let one = format!("/api/resources/sessions/{}", slots[0].session_id);
        let one = office.get(&one).await.expect(200);
        assert_eq!(one.json["slots"].as_array().unwrap().len(), 16);
        let stranger = app.client("referral-office", world.stranger).await;
        stranger.get(&path).await.expect(404);
        app.client("bed-manager", world.lead)
            .await
            .get("/api/resources/sessions/export")
            .await
            .expect(200);
    });
}
