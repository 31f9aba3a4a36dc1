//! What apps do wrong, and what they are told.

use kernel::Span;
use serde_json::json;
use testkit::on_each_engine;

use super::world::{
    REDIRECT, agree, app_input, bearer, events, exchange, form, modules, parameter, post_form,
    query, register, world,
};

#[test]
fn a_request_that_is_not_right_asks_nobody() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (id, _) = register(&world, app_input(&world, "public", &["patient/*.rs"])).await;
        let ask = async |query: String| {
            let body = json!({ "query": query });
            world.session.post("/api/smart/requests", body).await
        };
        let scope = "patient/*.rs";
        for uri in [
            "https://app.example/callback/",
            "https://app.example/callback?x=1",
            "https://APP.example/callback",
            "https://evil.example/callback",
            "",
        ] {
            let reply = ask(query(&id, scope, &[("redirect_uri", uri)])).await;
            reply.expect(400).expect_code("smart.redirect");
        }
        let reply = ask(query("01928f0e-0000-7000-8000-000000000000", scope, &[])).await;
        reply.expect(400).expect_code("smart.app-unknown");
        let twice = format!("{}&scope=openid", query(&id, scope, &[]));
        ask(twice).await.expect(400).expect_code("smart.request");
        for (changes, error) in [
            (("aud", "https://other.example/fhir"), "invalid_request"),
            (("aud", ""), "invalid_request"),
            (("state", ""), "invalid_request"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("response_type", "token"), "unsupported_response_type"),
            (("scope", "patient/*.rs nonsense"), "invalid_scope"),
            (("scope", "patient/*.rs?x=1"), "invalid_scope"),
            (("scope", "system/*.rs"), "invalid_scope"),
            (("scope", "user/*.rs"), "invalid_scope"),
            (("launch", "made-up"), "invalid_request"),
        ] {
            let reply = ask(query(&id, scope, &[changes])).await.expect(200);
            let location = reply.json["location"].as_str().unwrap();
            assert!(location.starts_with(REDIRECT), "{location}");
            assert_eq!(parameter(location, "error").unwrap(), error, "{changes:?}");
            assert_eq!(reply.json["consent"], json!(null));
        }
        let refused = events(&app, "smart.refused").await;
        assert!(refused.iter().all(|one| one["app"]["id"] == id));
        // Whoever does not agree, and whoever has no session.
        let body = json!({ "query": query(&id, scope, &[]), "allow": false });
        let reply = world
            .session
            .post("/api/smart/decisions", body.clone())
            .await;
        let location = reply.expect(200).json["location"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(parameter(&location, "error").unwrap(), "access_denied");
        let reply = world.doctor.post("/api/smart/decisions", body).await;
        reply.expect(403).expect_code("smart.session");
        // A patient must be picked, and one whom the doctor has a basis for.
        let body = json!({ "query": query(&id, scope, &[]), "allow": true });
        let reply = world.session.post("/api/smart/decisions", body).await;
        reply.expect(400).expect_code("smart.patient-needed");
        let nobody = "01928f0e-0000-7000-8000-000000000000";
        let body = json!({ "query": query(&id, scope, &[]), "allow": true, "patient_id": nobody });
        let reply = world.session.post("/api/smart/decisions", body).await;
        reply.expect(404).expect_code("smart.patient");
    });
}

#[test]
fn an_app_is_for_people_of_its_organization_unless_it_is_for_all() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (id, _) = register(&world, app_input(&world, "public", &["user/*.rs"])).await;
        let elsewhere = "01928f0e-2222-7000-8000-000000000000".parse().unwrap();
        let stranger = app.client("attending-doctor", elsewhere).await;
        let body = json!({ "query": query(&id, "user/*.rs", &[]) });
        let reply = stranger.post("/api/smart/requests", body.clone()).await;
        reply.expect(403).expect_code("smart.app-not-yours");
        let found = world.admin.get(&format!("/api/smart/apps/{id}")).await;
        let mut input = app_input(&world, "public", &["user/*.rs"]);
        input["everyone"] = json!(true);
        let admin = world.admin.seeing(found.version());
        let path = format!("/api/smart/apps/{id}");
        admin.put(&path, input).await.expect(200);
        let reply = stranger.post("/api/smart/requests", body).await;
        reply.expect(200);
    });
}

#[test]
fn a_code_is_good_once_for_a_minute_for_its_app_with_its_verifier() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let scopes = ["user/*.rs"];
        let (id, _) = register(&world, app_input(&world, "public", &scopes)).await;
        let (other, _) = register(&world, app_input(&world, "public", &scopes)).await;
        let code = async || {
            let location = agree(&world.session, &query(&id, "user/*.rs", &[]), None).await;
            parameter(&location, "code").unwrap()
        };
        let wrong_verifier = "x".repeat(50);
        for changes in [
            ("code_verifier", wrong_verifier.as_str()),
            ("code_verifier", "short"),
            ("redirect_uri", "https://app.example/other"),
            ("redirect_uri", ""),
            ("client_id", other.as_str()),
            ("code", "made-up"),
        ] {
            let code = code().await;
            let reply = exchange(&app, &id, &code, &[changes]).await.expect(400);
            assert_eq!(reply.json["error"], "invalid_grant", "{changes:?}");
        }
        let late = code().await;
        app.clock().advance(Span::seconds(61));
        let reply = exchange(&app, &id, &late, &[]).await.expect(400);
        assert_eq!(reply.json["error"], "invalid_grant");
        // A code that comes twice was stolen: what it gave ends too.
        let code = code().await;
        let first = exchange(&app, &id, &code, &[]).await.expect(200).json;
        let client = bearer(&app, first["access_token"].as_str().unwrap());
        client.get("/fhir/Observation").await.expect(200);
        let reply = exchange(&app, &id, &code, &[]).await.expect(400);
        assert_eq!(reply.json["error"], "invalid_grant");
        client.get("/fhir/Observation").await.expect(401);
        assert_eq!(events(&app, "smart.revoked").await[0]["why"], "code-reused");
    });
}

#[test]
fn an_app_with_a_secret_needs_it() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (id, secret) = register(&world, app_input(&world, "secret", &["user/*.rs"])).await;
        let secret = secret.unwrap();
        let basic = |secret: &str| {
            use base64::Engine;
            let text = format!("{id}:{secret}");
            let text = base64::engine::general_purpose::STANDARD.encode(text);
            app.anonymous()
                .with("authorization", format!("Basic {text}"))
        };
        let location = agree(&world.session, &query(&id, "user/*.rs", &[]), None).await;
        let code = parameter(&location, "code").unwrap();
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", super::world::VERIFIER),
        ]);
        let reply = exchange(&app, &id, &code, &[]).await.expect(401);
        assert_eq!(reply.json["error"], "invalid_client");
        let reply = post_form(&basic("wrong"), "/smart/token", body.clone()).await;
        assert_eq!(reply.expect(401).json["error"], "invalid_client");
        let path = format!("/api/smart/apps/{id}/secret");
        let changed = world.admin.post(&path, json!({}));
        let new = changed.await.expect(200).json["secret"]
            .as_str()
            .unwrap()
            .to_owned();
        let reply = post_form(&basic(&secret), "/smart/token", body.clone()).await;
        reply.expect(401);
        post_form(&basic(&new), "/smart/token", body)
            .await
            .expect(200);
        // Neither secret nor token lies in the database.
        let refused = events(&app, "smart.refused").await;
        assert!(refused.iter().all(|one| !one.to_string().contains(&new)));
    });
}

#[test]
fn the_token_endpoint_refuses_what_it_does_not_know() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (id, _) = register(&world, app_input(&world, "public", &["user/*.rs"])).await;
        for (body, status, error) in [
            (String::new(), 401, "invalid_client"),
            ("client_id=x".to_owned(), 401, "invalid_client"),
            (format!("client_id={id}"), 400, "invalid_request"),
            (
                format!("client_id={id}&grant_type=password"),
                400,
                "unsupported_grant_type",
            ),
            (
                format!("client_id={id}&grant_type=client_credentials&scope=system/*.rs"),
                400,
                "unauthorized_client",
            ),
            (
                format!("client_id={id}&client_id={id}"),
                400,
                "invalid_request",
            ),
            (
                format!("client_id={id}&grant_type=refresh_token&refresh_token=x"),
                400,
                "invalid_grant",
            ),
            ("\u{0}".to_owned(), 400, "invalid_request"),
        ] {
            let reply = post_form(&app.anonymous(), "/smart/token", body.clone()).await;
            assert_eq!(reply.status.as_u16(), status, "{body}");
            assert_eq!(reply.json["error"], error, "{body}");
        }
    });
}

#[test]
fn an_app_is_registered_as_it_should_be() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let good = app_input(&world, "public", &["user/*.rs"]);
        for (field, value) in [
            ("name", json!("")),
            ("redirect_uris", json!([])),
            ("redirect_uris", json!(["http://app.example/"])),
            ("redirect_uris", json!(["https://app.example/#x"])),
            ("launch_url", json!("javascript:alert(1)")),
            ("scopes", json!([])),
            ("scopes", json!(["user/*.rs openid"])),
            ("scopes", json!(["user/Nothing.rs"])),
            ("scopes", json!(["system/*.rs"])),
            ("jwks_url", json!("https://keys.example/")),
            ("client", json!("keys")),
            ("client", json!("backend")),
        ] {
            let mut input = good.clone();
            input[field] = value;
            let reply = world.admin.post("/api/smart/apps", input.clone()).await;
            assert_eq!(reply.status.as_u16(), 400, "{input}: {}", reply.json);
        }
        let reply = world.doctor.post("/api/smart/apps", good).await;
        reply.expect(403);
    });
}
