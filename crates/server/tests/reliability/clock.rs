//! A10: the clock jumps while people work. Ids stay in order, nothing held is given back early, what
//! is due is given back once the time has really come.

use bench::world::{World, add_slots, settle};
use kernel::{Id, Span};
use serde_json::json;
use testkit::{TestApp, TestEngine};

#[test]
fn a_clock_that_jumps_breaks_no_order_and_frees_no_place_early() {
    for engine in TestEngine::all() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(jump(engine));
    }
}

async fn jump(engine: TestEngine) {
    let app = TestApp::new(engine, bench::world::modules).await;
    let world = World::build(app.store()).await;
    let (_, router) = bench::world::application(app.store());
    let office = world.office(&router);
    let slots = add_slots(app.store(), &world, 30, 8).await;
    let begun = app.clock().now();
    let until = begun + Span::hours(4);
    let mut ids: Vec<Id> = Vec::new();
    let jumps = [
        Span::days(-1),
        Span::hours(1),
        Span::hours(-1),
        Span::days(1),
        Span::hours(1),
        Span::hours(-1),
        Span::minutes(30),
        Span::minutes(30),
    ];
    for (slot, span) in slots.into_iter().zip(jumps) {
        app.clock().advance(span);
        let body = json!({
            "place": { "kind": "slot", "slot_id": slot }, "channel": "routine", "until": until,
        });
        ids.push(
            office
                .post("/api/resources/holds", body)
                .await
                .expect(201)
                .id(),
        );
        settle(&app.app).await;
        assert!(app.clock().now() < until);
        for id in &ids {
            let path = format!("/api/resources/holds/{id}");
            let hold = office.get(&path).await.expect(200);
            assert_eq!(hold.json["state"], "held", "nothing is given back early");
        }
    }
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!(ids, sorted, "ids stay in the order they were made");
    app.clock().set(until + Span::minutes(2));
    app.settle().await;
    for id in &ids {
        let path = format!("/api/resources/holds/{id}");
        let hold = office.get(&path).await.expect(200);
        assert_eq!(hold.json["state"], "expired");
    }
    app.assert_audit_whole().await;
}
