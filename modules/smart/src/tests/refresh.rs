//! Apps that go on later.

use kernel::Span;
use serde_json::{Value, json};
use testkit::{Reply, TestApp, on_each_engine};

use super::world::{bearer, events, form, granted, modules, post_form, world};

async fn refresh(app: &TestApp, id: &str, token: &str, scope: &str) -> Reply {
    let mut pairs = vec![
        ("grant_type", "refresh_token"),
        ("client_id", id),
        ("refresh_token", token),
    ];
    if !scope.is_empty() {
        pairs.push(("scope", scope));
    }
    post_form(&app.anonymous(), "/smart/token", form(&pairs)).await
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap()
}

#[test]
fn a_refresh_token_is_good_once_and_its_reuse_ends_the_family() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let scopes = ["offline_access", "patient/*.rs"];
        let (first, id) = granted(&app, &world, &scopes, Some(world.patients[0])).await;
        // Signing out does not end what was granted for later.
        world.session.delete("/api/session").await.expect(204);
        app.clock().advance(Span::hours(5));
        let second = refresh(&app, &id, text(&first, "refresh_token"), "").await;
        let second = second.expect(200).json;
        assert_eq!(second["patient"], json!(world.patients[0]));
        let narrowed = "offline_access patient/Observation.r";
        let third = refresh(&app, &id, text(&second, "refresh_token"), narrowed).await;
        let third = third.expect(200).json;
        assert_eq!(third["scope"], narrowed);
        let wide = refresh(&app, &id, text(&third, "refresh_token"), "patient/*.rs").await;
        assert_eq!(wide.expect(400).json["error"], "invalid_scope");
        let client = bearer(&app, text(&third, "access_token"));
        let path = format!("/fhir/Observation/{}", world.observations[0]);
        client.get(&path).await.expect(200);
        client.get("/fhir/Encounter").await.expect(403);
        // Somebody has the first one too: nothing of this family works any more.
        let stolen = refresh(&app, &id, text(&first, "refresh_token"), "").await;
        assert_eq!(stolen.expect(400).json["error"], "invalid_grant");
        client.get(&path).await.expect(401);
        let last = refresh(&app, &id, text(&third, "refresh_token"), "").await;
        assert_eq!(last.expect(400).json["error"], "invalid_grant");
        let why = events(&app, "smart.revoked").await;
        assert_eq!(why[0]["why"], "refresh-token-reused");
    });
}

#[test]
fn what_was_granted_runs_out_and_online_access_ends_with_the_session() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (body, id) = granted(&app, &world, &["online_access", "user/*.rs"], None).await;
        let next = refresh(&app, &id, text(&body, "refresh_token"), "").await;
        let next = next.expect(200).json;
        let client = bearer(&app, text(&next, "access_token"));
        client.get("/fhir/Patient").await.expect(200);
        world.session.delete("/api/session").await.expect(204);
        client.get("/fhir/Patient").await.expect(401);
        let reply = refresh(&app, &id, text(&next, "refresh_token"), "").await;
        assert_eq!(reply.expect(400).json["error"], "invalid_grant");
        let session = super::world::signed_in(&app, world.doctor.account_id).await;
        let world = super::world::World { session, ..world };
        let (body, id) = granted(&app, &world, &["offline_access", "user/*.rs"], None).await;
        app.clock().advance(Span::days(91));
        let reply = refresh(&app, &id, text(&body, "refresh_token"), "").await;
        assert_eq!(reply.expect(400).json["error"], "invalid_grant");
        app.settle().await;
    });
}

#[test]
fn an_account_that_is_disabled_takes_its_apps_along() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (body, id) = granted(&app, &world, &["offline_access", "user/*.rs"], None).await;
        let client = bearer(&app, text(&body, "access_token"));
        client.get("/fhir/Patient").await.expect(200);
        let account_id = world.doctor.account_id;
        let request = store::Request::system("test");
        let disabled = app.store().write(&request, move |tx| {
            let mut account = tx.load::<http::signin::Account>(account_id)?;
            account.state = http::signin::AccountState::Disabled;
            tx.update(&account, store::Change::new("account.disabled"))
                .map(|_| ())
        });
        disabled.await.unwrap();
        client.get("/fhir/Patient").await.expect(401);
        let reply = refresh(&app, &id, text(&body, "refresh_token"), "").await;
        assert_eq!(reply.expect(400).json["error"], "invalid_grant");
    });
}
