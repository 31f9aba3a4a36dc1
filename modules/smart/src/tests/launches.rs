//! Apps that are opened from a patient's page.

use kernel::Span;
use serde_json::json;
use testkit::on_each_engine;

use super::world::{
    BASE, agree, app_input, exchange, modules, parameter, query, register, signed_in, world,
};

#[test]
fn a_launch_carries_its_patient_once_for_who_began_it() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let scopes = ["launch", "patient/*.rs"];
        let (id, _) = register(&world, app_input(&world, "public", &scopes)).await;
        let offered = world.session.get("/api/smart/launchable").await.expect(200);
        assert_eq!(offered.json[0]["id"], id);
        let open = async || {
            let body = json!({ "app_id": id, "patient_id": world.patients[1] });
            let reply = world.session.post("/api/smart/launches", body).await;
            let location = reply.expect(200).json["location"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(location.starts_with("https://app.example/launch?"));
            assert_eq!(parameter(&location, "iss").unwrap(), BASE);
            parameter(&location, "launch").unwrap()
        };
        let launch = open().await;
        let asked = query(&id, "launch patient/*.rs", &[("launch", &launch)]);
        let body = json!({ "query": asked });
        let reply = world
            .session
            .post("/api/smart/requests", body.clone())
            .await;
        let consent = reply.expect(200).json["consent"].clone();
        assert_eq!(consent["patient"]["name"], "李晓红");
        assert_eq!(consent["picks_patient"], false);
        // Another person can't use it.
        let other = app.client("village-doctor", world.village).await;
        let other = signed_in(&app, other.account_id).await;
        let reply = other
            .post("/api/smart/requests", body.clone())
            .await
            .expect(200);
        assert!(reply.json["location"].as_str().unwrap().contains("error="));
        let location = agree(&world.session, &asked, None).await;
        let code = parameter(&location, "code").unwrap();
        let reply = exchange(&app, &id, &code, &[]).await.expect(200);
        assert_eq!(reply.json["patient"], json!(world.patients[1]));
        // Nor is it good twice, or late.
        let reply = world
            .session
            .post("/api/smart/requests", body)
            .await
            .expect(200);
        assert!(reply.json["location"].as_str().unwrap().contains("error="));
        let launch = open().await;
        app.clock().advance(Span::minutes(6));
        let asked = query(&id, "launch patient/*.rs", &[("launch", &launch)]);
        let body = json!({ "query": asked });
        let reply = world
            .session
            .post("/api/smart/requests", body)
            .await
            .expect(200);
        assert!(reply.json["location"].as_str().unwrap().contains("error="));
        let nobody = "01928f0e-0000-7000-8000-000000000000";
        let body = json!({ "app_id": id, "patient_id": nobody });
        let reply = world.session.post("/api/smart/launches", body).await;
        reply.expect(404).expect_code("smart.patient");
    });
}
