//! Who waits gets what is given back, in order, within a time to answer.

use kernel::identity::Sex;
use kernel::{Id, Span};
use serde_json::json;
use testkit::{TestApp, on_each_engine};

use super::fixture::{World, assert_ledger_whole, modules, monday, request, world, write};
use crate::{Channel, HoldState, Place, PlaceKind, WaitRequest, WaitState};

fn waiting(world: &World, owner: u8, for_org_id: Id, channel: Channel) -> WaitRequest {
    WaitRequest {
        kind: PlaceKind::Bed,
        org_id: world.lead,
        department_id: None,
        key: "03.04".to_owned(),
        minutes: None,
        isolation: false,
        from: monday().at(0, 0),
        to: monday().plus_days(7).at(0, 0),
        owner_kind: "test".to_owned(),
        owner_id: Id::from_parts(1, [owner; 10]),
        patient_id: None,
        patient_sex: Some(Sex::Female),
        for_org_id,
        channel,
    }
}

/// Holds every bed that a woman may have through the green channel.
async fn fill_beds(app: &TestApp, world: &World) -> Vec<Id> {
    let mut holds = Vec::new();
    for bed_id in world.beds[1..].iter().copied() {
        let mut ask = request(
            Place::Bed { bed_id },
            world.town,
            Channel::Green,
            app.clock().now(),
        );
        ask.patient_sex = Some(Sex::Female);
        ask.until = ask.until + Span::hours(20);
        holds.push(
            write(app, move |tx| crate::hold(tx, &ask))
                .await
                .unwrap()
                .id,
        );
    }
    holds
}

async fn states(app: &TestApp) -> Vec<(u8, WaitState)> {
    write(app, |tx| {
        const ALL: &str = "SELECT version, body FROM waitlist ORDER BY id";
        let all = tx.find::<crate::Waiting>(ALL, &[])?;
        let owner = |one: &crate::Waiting| {
            (0..9_u8)
                .find(|owner| one.request.owner_id == Id::from_parts(1, [*owner; 10]))
                .unwrap_or(99)
        };
        Ok(all.iter().map(|one| (owner(one), one.state)).collect())
    })
    .await
    .unwrap()
}

#[test]
fn places_go_to_the_green_channel_first_and_then_in_order() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let holds = fill_beds(&app, &world).await;
        for (owner, org, channel) in [
            (1, world.town, Channel::Referral),
            (2, world.village, Channel::Referral),
            (3, world.village, Channel::Green),
        ] {
            let ask = waiting(&world, owner, org, channel);
            write(&app, move |tx| crate::wait(tx, &ask)).await.unwrap();
            app.clock().advance(Span::seconds(1));
        }
        let twin = waiting(&world, 1, world.town, Channel::Referral);
        let refused = write(&app, move |tx| crate::wait(tx, &twin))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.waiting-already");
        let first = holds[1];
        write(&app, move |tx| crate::release(tx, first, "not needed"))
            .await
            .unwrap();
        use WaitState::{Lapsed, Offered, Taken, Waiting};
        assert_eq!(
            states(&app).await,
            [(1, Waiting), (2, Waiting), (3, Offered)]
        );
        let second = holds[0];
        write(&app, move |tx| crate::release(tx, second, "not needed"))
            .await
            .unwrap();
        assert_eq!(
            states(&app).await,
            [(1, Offered), (2, Waiting), (3, Offered)]
        );
        // The first confirms; the other does not answer in time, and the next gets the bed.
        let owner = Id::from_parts(1, [1; 10]);
        let until = app.clock().now() + Span::hours(5);
        write(&app, move |tx| {
            let hold = crate::holds_for(tx, "test", owner)?.remove(0);
            crate::confirm(tx, hold.id, until)
        })
        .await
        .unwrap();
        app.advance(Span::minutes(31)).await;
        assert_eq!(states(&app).await, [(1, Taken), (2, Offered), (3, Lapsed)]);
        let doctor = app.client("village-doctor", world.village).await;
        let notices = doctor.get("/api/notices").await.expect(200);
        assert_eq!(
            notices.json["items"][0]["code"],
            "resources.waitlist-offered"
        );
        assert_ledger_whole(&app).await;
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_place_that_does_not_suit_is_passed_on() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let holds = fill_beds(&app, &world).await;
        let mut man = waiting(&world, 1, world.town, Channel::Referral);
        man.patient_sex = Some(Sex::Male);
        write(&app, move |tx| crate::wait(tx, &man)).await.unwrap();
        let woman = waiting(&world, 2, world.town, Channel::Referral);
        write(&app, move |tx| crate::wait(tx, &woman))
            .await
            .unwrap();
        // The first bed is for women, the last is kept for the green channel.
        let (female, green) = (holds[0], holds[2]);
        write(&app, move |tx| {
            crate::release(tx, green, "not needed")?;
            crate::release(tx, female, "not needed").map(|_| ())
        })
        .await
        .unwrap();
        use WaitState::{Offered, Waiting};
        assert_eq!(states(&app).await, [(1, Waiting), (2, Offered)]);
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn who_leaves_hands_the_offer_on_and_who_waits_too_long_lapses() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let holds = fill_beds(&app, &world).await;
        let office = app.client("general-practitioner", world.town).await;
        let body = json!({ "kind": "bed", "org_id": world.lead, "key": "03.04",
            "to": monday().plus_days(3).at(0, 0), "patient_sex": "female" });
        let joined = office
            .post("/api/resources/waitlist", body)
            .await
            .expect(201);
        assert_eq!(joined.json["ahead"], 0);
        let next = waiting(&world, 2, world.village, Channel::Referral);
        write(&app, move |tx| crate::wait(tx, &next)).await.unwrap();
        let first = holds[1];
        write(&app, move |tx| crate::release(tx, first, "not needed"))
            .await
            .unwrap();
        let work = office.get("/api/work").await.expect(200);
        assert_eq!(
            work.json["items"][0]["reason"],
            "resources.waitlist-offered"
        );
        let path = format!("/api/resources/waitlist/{}/leave", joined.id());
        office.seeing(2).post(&path, json!({})).await.expect(200);
        use WaitState::{Lapsed, Left, Offered, Waiting};
        assert_eq!(states(&app).await, [(99, Left), (2, Offered)]);
        let third = waiting(&world, 3, world.village, Channel::Referral);
        write(&app, move |tx| crate::wait(tx, &third))
            .await
            .unwrap();
        assert_eq!(states(&app).await[2], (3, Waiting));
        // The bed that nobody answered for goes to the third, who has it until its own time is over.
        app.advance(Span::minutes(31)).await;
        assert_eq!(states(&app).await, [(99, Left), (2, Lapsed), (3, Offered)]);
        let owner = Id::from_parts(1, [3; 10]);
        write(&app, move |tx| crate::stop_waiting(tx, "test", owner))
            .await
            .unwrap();
        let live = write(&app, move |tx| crate::holds_for(tx, "test", owner))
            .await
            .unwrap();
        assert!(live.iter().all(|hold| hold.state == HoldState::Released));
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn time_on_a_device_is_handed_on_where_it_fits() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let whole = Place::Equipment {
            equipment_id: world.ct,
            start: monday().at(8, 0),
            minutes: 240,
        };
        let mut ask = request(whole, world.town, Channel::Referral, now);
        ask.owner_kind = "first";
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        for (owner, minutes) in [(1, 300), (2, 30), (3, 45)] {
            let mut ask = waiting(&world, owner, world.village, Channel::Referral);
            ask.kind = PlaceKind::Equipment;
            ask.key = "ct".to_owned();
            ask.minutes = Some(minutes);
            write(&app, move |tx| crate::wait(tx, &ask)).await.unwrap();
        }
        let id = held.id;
        write(&app, move |tx| crate::release(tx, id, "not needed"))
            .await
            .unwrap();
        use WaitState::{Offered, Waiting};
        assert_eq!(
            states(&app).await,
            [(1, Waiting), (2, Offered), (3, Offered)]
        );
        assert_ledger_whole(&app).await;
    });
}
