//! Systems without a person, which prove who they are by their own key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::signin::{Account, Assignment};
use kernel::{Id, Span};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use store::{Change, Request};
use testkit::{Reply, TestApp, on_each_engine};

use super::world::{World, app_input, bearer, create, form, modules, post_form, register, world};
use crate::assertion::ASSERTION_TYPE;

const AUDIENCE: &str = "http://localhost/smart/token";

struct Keys(EcdsaKeyPair);

impl Keys {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap())
    }

    fn public(&self) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(48);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let key = json!({ "kty": "EC", "crv": "P-384", "kid": "k1", "alg": "ES384", "use": "sig",
            "x": x, "y": y });
        json!({ "keys": [key] })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self
            .0
            .sign(&SystemRandom::new(), message.as_bytes())
            .unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// The account of a system at an organization.
async fn system_account(app: &TestApp, role: &'static str, org_id: Id) -> String {
    let request = Request::system("test");
    let made = app.store().write(&request, move |tx| {
        let account = Account {
            id: tx.new_id(),
            username: "lis".to_owned(),
            name: "检验系统".to_owned(),
            practitioner_id: None,
            state: http::signin::AccountState::Active,
            demo: false,
            system: true,
        };
        tx.insert(&account, Change::new("account.created"))?;
        let assignment = Assignment {
            id: tx.new_id(),
            account_id: account.id,
            role: role.to_owned(),
            org_id,
            department_id: None,
            valid_from: "2000-01-01".parse()?,
            valid_to: None,
        };
        tx.insert(&assignment, Change::new("assignment.created"))?;
        Ok(account.username)
    });
    made.await.unwrap()
}

async fn service(app: &TestApp, world: &World, keys: &Keys, scopes: &[&str]) -> String {
    let account = system_account(app, "referral-office", world.village).await;
    let mut input = app_input(world, "backend", scopes);
    input["redirect_uris"] = json!([]);
    input["launch_url"] = json!(null);
    input["jwks"] = keys.public();
    input["account"] = json!(account);
    register(world, input).await.0
}

async fn ask(app: &TestApp, assertion: &str, scope: &str) -> Reply {
    let body = form(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
        ("scope", scope),
    ]);
    post_form(&app.anonymous(), "/smart/token", body).await
}

#[test]
fn a_system_gets_a_token_for_an_assertion_that_is_right_and_new() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let keys = Keys::new();
        let id = service(&app, &world, &keys, &["system/*.rs"]).await;
        let now = app.clock().now().micros() / 1_000_000;
        let header = json!({ "alg": "ES384", "typ": "JWT", "kid": "k1" });
        let claims = |jti: &str| {
            json!({ "iss": id, "sub": id, "aud": AUDIENCE, "exp": now + 240, "iat": now,
                "jti": jti })
        };
        let good = keys.sign(&header, &claims("1"));
        let reply = ask(&app, &good, "system/*.rs").await.expect(200);
        assert_eq!(reply.json["refresh_token"], json!(null));
        let client = bearer(&app, reply.json["access_token"].as_str().unwrap());
        let found = client.get("/fhir/Observation").await.expect(200).json;
        assert_eq!(found["entry"].as_array().unwrap().len(), 2);
        // The same one again, and each thing wrong with one.
        let replayed = ask(&app, &good, "system/*.rs").await.expect(401);
        assert_eq!(replayed.json["error"], "invalid_client");
        let with = |name: &str, value: Value| {
            let mut claims = claims(name);
            claims[name] = value;
            keys.sign(&header, &claims)
        };
        let other = Keys::new();
        let plain = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = json!({ "alg": "none", "typ": "JWT", "kid": "k1" });
        let hmac = json!({ "alg": "HS256", "typ": "JWT", "kid": "k1" });
        let nobody = "01928f0e-0000-7000-8000-000000000000";
        let wrong = [
            with("aud", json!("https://other.example/smart/token")),
            with("aud", json!([])),
            with("iss", json!(nobody)),
            with("sub", json!(nobody)),
            with("exp", json!(now - 60)),
            with("exp", json!(now + 3_600)),
            with("exp", json!("soon")),
            with("nbf", json!(now + 600)),
            with("jti", json!("")),
            other.sign(&header, &claims("other-key")),
            keys.sign(&json!({ "alg": "ES384", "kid": "k2" }), &claims("kid")),
            keys.sign(&json!({ "alg": "ES384" }), &claims("no-kid")),
            keys.sign(&json!({ "alg": "ES256", "kid": "k1" }), &claims("alg")),
            format!("{}.{}.", plain(&none), plain(&claims("none"))),
            format!("{}.{}.AAAA", plain(&hmac), plain(&claims("hmac"))),
            format!("{good}x"),
            "a.b.c".to_owned(),
        ];
        for (at, assertion) in wrong.iter().enumerate() {
            let reply = ask(&app, assertion, "system/*.rs").await;
            assert_eq!(reply.status.as_u16(), 401, "{at}: {}", reply.json);
            assert_eq!(reply.json["error"], "invalid_client", "{at}");
        }
        for (at, scope) in ["", "user/*.rs", "system/*.rs openid", "system/*.cud", "x"]
            .iter()
            .enumerate()
        {
            let assertion = keys.sign(&header, &claims(&format!("scope-{at}")));
            let reply = ask(&app, &assertion, scope).await;
            assert_eq!(reply.status.as_u16(), 400, "{scope}: {}", reply.json);
        }
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_system_exports_the_types_it_was_granted() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let keys = Keys::new();
        let scopes = ["system/Patient.rs", "system/Observation.r"];
        let id = service(&app, &world, &keys, &scopes).await;
        let token = async |jti: &str| {
            let now = app.clock().now().micros() / 1_000_000;
            let header = json!({ "alg": "ES384", "kid": "k1" });
            let claims =
                json!({ "iss": id, "sub": id, "aud": AUDIENCE, "exp": now + 60, "jti": jti });
            let reply = ask(&app, &keys.sign(&header, &claims), "system/*.rs").await;
            let body = reply.expect(200).json;
            assert_eq!(body["scope"], "system/Patient.rs system/Observation.r");
            bearer(&app, body["access_token"].as_str().unwrap())
        };
        let client = token("1").await;
        let export = client.with("prefer", "respond-async");
        let reply = export.get("/fhir/$export?_type=Encounter").await;
        reply.expect(403).expect_code("access.insufficient-scope");
        let reply = export.get("/fhir/$export").await.expect(202);
        let place = reply.headers["content-location"]
            .to_str()
            .unwrap()
            .to_owned();
        let path = place.trim_start_matches("http://localhost").to_owned();
        app.settle().await;
        let list = client.get(&path).await.expect(200).json;
        let types: Vec<&str> = list["output"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["type"].as_str().unwrap())
            .collect();
        assert_eq!(types, ["Observation", "Patient"]);
        let file = list["output"][0]["url"].as_str().unwrap();
        let file = file.trim_start_matches("http://localhost").to_owned();
        client.get(&file).await.expect(200);
        // Writing was not granted, and neither was importing.
        let body = json!({ "resourceType": "Basic", "code": { "text": "x" } });
        let reply = super::world::fhir(&client, "POST", "/fhir/Basic", &body).await;
        reply.expect(403);
        let line = "{}".to_owned();
        let reply = client
            .send(
                "POST",
                "/fhir/$import",
                Some("application/fhir+ndjson"),
                line.into(),
            )
            .await;
        reply.expect(403);
        app.clock().advance(Span::minutes(61));
        client.get(&file).await.expect(401);
        token("2").await.get(&file).await.expect(200);
    });
}

#[test]
fn a_token_for_people_exports_nothing() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let office = app.client("referral-office", world.village).await;
        let session = super::world::signed_in(&app, office.account_id).await;
        let world = World { session, ..world };
        let (body, _) = super::world::granted(&app, &world, &["user/*.rs"], None).await;
        let client = bearer(&app, body["access_token"].as_str().unwrap());
        let export = client.with("prefer", "respond-async");
        let reply = export.get("/fhir/$export").await.expect(403);
        reply.expect_code("access.insufficient-scope");
        create(
            &world.doctor,
            json!({ "resourceType": "Basic", "code": { "text": "x" } }),
        )
        .await;
    });
}
