//! An app for people, from the question to the data.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::Span;
use serde_json::{Value, json};
use testkit::on_each_engine;

use super::world::{
    BASE, agree, app_input, bearer, events, exchange, form, granted, modules, parameter, post_form,
    query, register, world,
};

#[test]
fn an_app_gets_what_somebody_agreed_to() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let scopes = ["openid", "fhirUser", "launch/patient", "patient/*.rs"];
        let (id, _) = register(&world, app_input(&world, "public", &scopes)).await;
        let asked = "openid fhirUser profile launch/patient patient/Observation.rs user/*.rs";
        let query = query(&id, asked, &[("nonce", "n-1")]);
        let body = json!({ "query": format!("?{query}") });
        let reply = world
            .session
            .post("/api/smart/requests", body)
            .await
            .expect(200);
        let consent = &reply.json["consent"];
        assert_eq!(consent["app"], "测试应用");
        assert_eq!(consent["returns_to"], "app.example");
        assert_eq!(consent["picks_patient"], true);
        let data = json!([{ "level": "patient", "resource": "Observation", "rights": "rs" }]);
        assert_eq!(consent["data"], data);
        let location = agree(&world.session, &query, Some(world.patients[0])).await;
        assert_eq!(parameter(&location, "state").unwrap(), "st-1");
        let code = parameter(&location, "code").unwrap();
        let reply = exchange(&app, &id, &code, &[]).await.expect(200);
        assert_eq!(reply.headers["cache-control"], "no-store");
        let body = reply.json;
        assert_eq!(body["patient"], json!(world.patients[0]));
        assert_eq!(body["expires_in"], 3600);
        let granted = "openid fhirUser launch/patient patient/Observation.rs";
        assert_eq!(body["scope"], granted);
        assert_eq!(body["refresh_token"], Value::Null);
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let path = format!("/fhir/Observation/{}", world.observations[0]);
        client.get(&path).await.expect(200);
        check_identity(&app, &body, &id, &world.doctor.account_id.to_string()).await;
        // The patient's log names the app, and so does everything that was done for it.
        let looks = events(&app, "record.read").await;
        let named = |look: &Value| look["app"]["name"] == "测试应用";
        assert!(looks.iter().any(named), "{looks:?}");
        for event in ["smart.granted", "smart.token-issued"] {
            assert_eq!(events(&app, event).await[0]["app"]["id"], id, "{event}");
        }
        app.assert_audit_whole().await;
    });
}

async fn check_identity(app: &testkit::TestApp, body: &Value, id: &str, account: &str) {
    let keys = app.anonymous().get("/smart/jwks").await.expect(200).json;
    assert_eq!(keys["keys"][0].get("d"), None);
    let keys: JwkSet = serde_json::from_value(keys).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&[id]);
    validation.set_issuer(&[BASE]);
    let key = DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let token = body["id_token"].as_str().unwrap();
    let read = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    assert_eq!(read.header.kid, keys.keys[0].common.key_id);
    assert_eq!(read.claims["sub"], account);
    assert_eq!(read.claims["nonce"], "n-1");
    assert_eq!(read.claims.get("name"), None);
}

#[test]
fn a_token_works_under_fhir_only_and_ends() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (body, id) = granted(&app, &world, &["user/*.rs", "user/*.cud"], None).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        client.get("/fhir/Observation").await.expect(200);
        for path in ["/api/session", "/api/patients", "/api/events"] {
            client
                .get(path)
                .await
                .expect(403)
                .expect_code("access.app-token");
        }
        let change = json!({ "name": "x" });
        let reply = client.post("/api/patients", change).await.expect(403);
        reply.expect_code("access.app-token");
        let refused = events(&app, "app.refused").await;
        assert_eq!(refused[0]["code"], "access.app-token");
        assert_eq!(refused[0]["app"]["id"], id);
        app.clock().advance(Span::minutes(61));
        client.get("/fhir/Observation").await.expect(401);
    });
}

#[test]
fn what_ends_an_app_ends_its_tokens() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (body, id) = granted(&app, &world, &["user/*.rs"], None).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        client.get("/fhir/Observation").await.expect(200);
        let path = format!("/api/smart/apps/{id}");
        let found = world.admin.get(&path).await.expect(200);
        assert_eq!(found.json["grants"], 1);
        assert!(found.json["used_at"].is_string());
        // A scope that is struck off is gone at once.
        let mut input = app_input(&world, "public", &["user/Patient.rs"]);
        let admin = world.admin.seeing(found.version());
        let found = admin.put(&path, input.clone()).await.expect(200);
        client.get("/fhir/Observation").await.expect(403);
        client.get("/fhir/Patient").await.expect(200);
        input["state"] = json!("stopped");
        let admin = world.admin.seeing(found.version());
        let found = admin.put(&path, input.clone()).await.expect(200);
        client.get("/fhir/Patient").await.expect(401);
        input["state"] = json!("active");
        let admin = world.admin.seeing(found.version());
        admin.put(&path, input).await.expect(200);
        client.get("/fhir/Patient").await.expect(200);
        let all = format!("{path}/revoke");
        let reply = world.admin.post(&all, json!({})).await.expect(200);
        assert_eq!(reply.json["grants"], 1);
        client.get("/fhir/Patient").await.expect(401);
    });
}

#[test]
fn a_token_is_introspected_and_given_back_by_its_app() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (body, id) = granted(&app, &world, &["patient/*.rs"], Some(world.patients[1])).await;
        let (other, _) = register(&world, app_input(&world, "public", &["user/*.rs"])).await;
        let token = body["access_token"].as_str().unwrap();
        let anonymous = app.anonymous();
        let ask = async |path: &str, id: &str| {
            let body = form(&[("client_id", id), ("token", token)]);
            post_form(&anonymous, path, body).await.expect(200).json
        };
        let worth = ask("/smart/introspect", &id).await;
        assert_eq!(worth["active"], true);
        assert_eq!(worth["patient"], json!(world.patients[1]));
        assert_eq!(
            ask("/smart/introspect", &other).await,
            json!({ "active": false })
        );
        ask("/smart/revoke", &other).await;
        assert_eq!(ask("/smart/introspect", &id).await["active"], true);
        ask("/smart/revoke", &id).await;
        assert_eq!(
            ask("/smart/introspect", &id).await,
            json!({ "active": false })
        );
        bearer(&app, token).get("/fhir/Patient").await.expect(401);
    });
}

#[test]
fn the_server_says_what_it_offers() {
    on_each_engine(modules, async |app| {
        let anonymous = app.anonymous();
        let found = anonymous
            .get("/fhir/.well-known/smart-configuration")
            .await
            .expect(200)
            .json;
        assert_eq!(found["token_endpoint"], "http://localhost/smart/token");
        assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));
        let metadata = anonymous.get("/fhir/metadata").await.expect(200).json;
        let told = metadata["rest"][0]["security"]["extension"][0]["extension"].as_array();
        let told: Vec<&str> = told
            .unwrap()
            .iter()
            .map(|one| one["valueUri"].as_str().unwrap())
            .collect();
        for name in ["authorization", "token", "introspection", "revocation"] {
            let address = found[format!("{name}_endpoint")].as_str().unwrap();
            assert!(told.contains(&address), "{address}");
        }
        // A page of another origin may ask, without cookies.
        let page = anonymous.with("origin", "https://app.example");
        let reply = page.get("/fhir/metadata").await.expect(200);
        assert_eq!(reply.headers["access-control-allow-origin"], "*");
        assert!(
            !reply
                .headers
                .contains_key("access-control-allow-credentials")
        );
        let asking = page.with("access-control-request-method", "POST");
        let reply = asking
            .send("OPTIONS", "/smart/token", None, axum::body::Body::empty())
            .await
            .expect(204);
        assert_eq!(reply.headers["access-control-allow-origin"], "*");
        let reply = page.get("/api/status").await.expect(200);
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
    });
}
