//! The wall and its messages, on both engines.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use http::Module;
use kernel::{Id, Span};
use serde_json::json;
use testkit::on_each_engine;

fn modules() -> Vec<Module> {
    vec![
        lianti_dispatch::module(),
        network::module(),
        record::module(),
        referral::module(),
        resources::module(),
    ]
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

const LEAD: &str = "01928f0e-1111-7000-8000-000000000001";
const OTHER: &str = "01928f0e-1111-7000-8000-000000000002";

#[test]
fn a_message_stands_until_it_ends_or_is_withdrawn() {
    on_each_engine(modules, async |app| {
        let dispatcher = app.client("dispatcher", id(LEAD)).await;
        let post =
            json!({ "level": "warning", "text": "  东区停电，急诊请转　主院区 ", "minutes": 30 });
        let posted = dispatcher
            .post("/api/wall/messages", post.clone())
            .await
            .expect(201);
        assert_eq!(posted.json["text"], "东区停电，急诊请转 主院区");
        let path = format!("/api/wall/messages/{}/withdraw", posted.id());
        let wall = dispatcher.get("/api/wall").await.expect(200);
        assert_eq!(wall.json["messages"][0]["id"], posted.json["id"]);
        assert_eq!(wall.json["messages"][0]["version"], 1);

        let stranger = app.client("dispatcher", id(OTHER)).await;
        assert_eq!(
            stranger.get("/api/wall").await.expect(200).json["messages"],
            json!([])
        );
        stranger.seeing(1).post(&path, json!({})).await.expect(404);

        dispatcher
            .post(&path, json!({}))
            .await
            .expect(400)
            .expect_code("request.if-match");
        dispatcher
            .seeing(7)
            .post(&path, json!({}))
            .await
            .expect(412)
            .expect_code("store.stale-version");
        dispatcher
            .seeing(1)
            .post(&path, json!({}))
            .await
            .expect(200);
        let again = dispatcher.seeing(2).post(&path, json!({})).await;
        again.expect(409).expect_code("dispatch.message-ended");

        dispatcher
            .post("/api/wall/messages", post)
            .await
            .expect(201);
        app.advance(Span::minutes(31)).await;
        assert_eq!(
            dispatcher.get("/api/wall").await.json["messages"],
            json!([])
        );
        app.assert_audit_whole().await;
    });
}

#[test]
fn bad_messages_name_the_field() {
    on_each_engine(modules, async |app| {
        let dispatcher = app.client("dispatcher", id(LEAD)).await;
        let path = "/api/wall/messages";
        let send = |text: &str, minutes: i64| {
            let body = json!({ "level": "info", "text": text, "minutes": minutes });
            let dispatcher = dispatcher.clone();
            async move { dispatcher.post(path, body).await }
        };
        send("", 5)
            .await
            .expect(400)
            .expect_code("dispatch.message-text");
        send(&"长".repeat(201), 5)
            .await
            .expect(400)
            .expect_code("dispatch.message-text");
        send("好", 0)
            .await
            .expect(400)
            .expect_code("dispatch.message-minutes");
        send("好", 10_081)
            .await
            .expect(400)
            .expect_code("dispatch.message-minutes");
        let script = "<script>alert(1)</script>'; DROP TABLE dispatch_message; --";
        assert_eq!(send(script, 5).await.expect(201).json["text"], script);
        let unknown = json!({ "level": "loud", "text": "好", "minutes": 5 });
        let refused = dispatcher
            .post(path, unknown)
            .await
            .expect(400)
            .expect_code("request.json");
        assert_eq!(refused.json["errors"][0]["path"], "level");
        let doctor = app.client("village-doctor", id(LEAD)).await;
        doctor
            .get("/api/wall")
            .await
            .expect(403)
            .expect_code("access.forbidden");
    });
}

#[test]
fn a_message_sent_twice_under_one_key_stands_once() {
    on_each_engine(modules, async |app| {
        let dispatcher = app
            .client("dispatcher", id(LEAD))
            .await
            .with("idempotency-key", "wall-1");
        let body = json!({ "level": "info", "text": "好", "minutes": 5 });
        let first = dispatcher
            .post("/api/wall/messages", body.clone())
            .await
            .expect(201);
        let second = dispatcher
            .post("/api/wall/messages", body)
            .await
            .expect(201);
        assert_eq!(first.json, second.json);
        let wall = dispatcher.get("/api/wall").await;
        assert_eq!(wall.json["messages"].as_array().unwrap().len(), 1);
        let other = json!({ "level": "info", "text": "别的", "minutes": 5 });
        let refused = dispatcher.post("/api/wall/messages", other).await;
        refused.expect(422).expect_code("idempotency.key-reused");
    });
}
