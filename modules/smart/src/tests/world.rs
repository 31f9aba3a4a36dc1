//! Two members, patients of both, people who sign in, and apps.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Module;
use http::signin::{Account, set_password};
use kernel::Id;
use network::commands;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::Request;
use testkit::{Client, Reply, TestApp};

pub(super) const REDIRECT: &str = "https://app.example/callback";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const BASE: &str = "http://localhost/fhir";
const PASSWORD: &str = "Correct-horse-7";

pub(super) fn modules() -> Vec<Module> {
    vec![
        admin::module(),
        network::module(),
        terminology::module(),
        record::module(),
        fhir_server::module(),
        crate::module(),
    ]
}

pub(super) struct World {
    pub village: Id,
    /// Registers apps.
    pub admin: Client,
    /// A village doctor with a token of the platform.
    pub doctor: Client,
    /// The same doctor, signed in by password.
    pub session: Client,
    /// Patients of the village, each with an observation and a condition.
    pub patients: Vec<Id>,
    pub observations: Vec<String>,
}

pub(super) async fn world(app: &TestApp) -> World {
    let request = Request::system("test");
    let village = app.store().write(&request, |tx| {
        let input = json!({ "code": "V1", "name": "甲村卫生室", "kind": "village-clinic",
            "level": "village" });
        commands::create_organization(tx, &serde_json::from_value(input).unwrap()).map(|org| org.id)
    });
    let village = village.await.unwrap();
    let doctor = app.client("village-doctor", village).await;
    let session = signed_in(app, doctor.account_id).await;
    let mut world = World {
        village,
        admin: app.client("security-admin", village).await,
        doctor,
        session,
        patients: Vec::new(),
        observations: Vec::new(),
    };
    for name in ["王小明", "李晓红"] {
        let body = json!({ "name": name, "sex": "female", "birth_date": "1961-03-04" });
        let reply = world.doctor.post("/api/patients", body).await.expect(201);
        let patient = reply.json["patient"]["id"].as_str().unwrap().to_owned();
        app.settle().await;
        let subject = json!({ "reference": format!("Patient/{patient}") });
        let observation = json!({ "resourceType": "Observation", "status": "final",
            "code": { "coding": [{ "system": "http://loinc.org", "code": "8480-6" }] },
            "subject": subject, "effectiveDateTime": "2026-11-20",
            "valueQuantity": { "value": 133, "unit": "mmHg" } });
        world
            .observations
            .push(create(&world.doctor, observation).await);
        let encounter = json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": subject });
        create(&world.doctor, encounter).await;
        world.patients.push(patient.parse().unwrap());
    }
    app.settle().await;
    world
}

pub(super) async fn create(client: &Client, body: Value) -> String {
    let path = format!("/fhir/{}", body["resourceType"].as_str().unwrap());
    let reply = fhir(client, "POST", &path, &body).await.expect(201);
    reply.json["id"].as_str().unwrap().to_owned()
}

pub(super) async fn fhir(client: &Client, method: &str, path: &str, body: &Value) -> Reply {
    let text = if body.is_null() {
        axum::body::Body::empty()
    } else {
        axum::body::Body::from(body.to_string())
    };
    let kind = (!body.is_null()).then_some("application/fhir+json");
    client.send(method, path, kind, text).await
}

/// The account's holder, signed in by password, as browsers are.
pub(super) async fn signed_in(app: &TestApp, account_id: Id) -> Client {
    let hash = app.app.hash_password(PASSWORD.to_owned()).await.unwrap();
    let request = Request::system("test");
    let username = app.store().write(&request, move |tx| {
        set_password(tx, account_id, &hash, false)?;
        Ok(tx.load::<Account>(account_id)?.data.username)
    });
    let body = json!({ "username": username.await.unwrap(), "password": PASSWORD });
    let reply = app.anonymous().post("/api/session", body).await.expect(204);
    let cookies = reply.headers.get_all("set-cookie").iter();
    let pairs: Vec<&str> = cookies
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect();
    let csrf = pairs[1].split_once('=').unwrap().1;
    app.anonymous()
        .with("cookie", pairs.join("; "))
        .with("x-csrf-token", csrf)
}

/// Whoever bears an access token.
pub(super) fn bearer(app: &TestApp, token: &str) -> Client {
    app.anonymous()
        .with("authorization", format!("Bearer {token}"))
}

pub(super) fn app_input(world: &World, client: &str, scopes: &[&str]) -> Value {
    json!({ "org_id": world.village, "name": "测试应用", "description": "", "client": client,
        "redirect_uris": [REDIRECT], "launch_url": "https://app.example/launch", "scopes": scopes,
        "jwks": null, "jwks_url": null, "account": null, "everyone": false, "state": "active" })
}

/// Registers an app; answers its id and secret.
pub(super) async fn register(world: &World, input: Value) -> (String, Option<String>) {
    let reply = world.admin.post("/api/smart/apps", input).await.expect(201);
    let id = reply.json["app"]["id"].as_str().unwrap().to_owned();
    let secret = reply.json["secret"].as_str().map(str::to_owned);
    (id, secret)
}

pub(super) fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

pub(super) fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The query with which an app sends somebody here, with some parameters changed; one without a value
/// is left out.
pub(super) fn query(app_id: &str, scope: &str, changes: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", app_id),
        ("redirect_uri", REDIRECT),
        ("scope", scope),
        ("state", "st-1"),
        ("aud", BASE),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(one, _)| one != name);
        pairs.push((name, value));
    }
    pairs.retain(|(_, value)| !value.is_empty());
    form(&pairs)
}

/// Agrees to a request; answers where the person goes.
pub(super) async fn agree(session: &Client, query: &str, patient: Option<Id>) -> String {
    let body = json!({ "query": query, "allow": true, "patient_id": patient });
    let reply = session.post("/api/smart/decisions", body).await.expect(200);
    reply.json["location"].as_str().unwrap().to_owned()
}

/// A parameter of an address.
pub(super) fn parameter(location: &str, name: &str) -> Option<String> {
    let uri: axum::http::Uri = location.parse().unwrap();
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).unwrap();
    let found = pairs.0.into_iter().find(|(one, _)| one == name);
    found.map(|(_, value)| value)
}

pub(super) async fn post_form(client: &Client, path: &str, body: String) -> Reply {
    let kind = Some("application/x-www-form-urlencoded");
    client.send("POST", path, kind, body.into()).await
}

/// Exchanges a code, with some parameters changed.
pub(super) async fn exchange(
    app: &TestApp,
    app_id: &str,
    code: &str,
    changes: &[(&str, &str)],
) -> Reply {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("client_id", app_id),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        pairs.retain(|(one, _)| one != name);
        pairs.push((name, value));
    }
    post_form(&app.anonymous(), "/smart/token", form(&pairs)).await
}

/// A public app with these scopes, through which the doctor acts for a patient; the answer of the
/// token endpoint and the app's id.
pub(super) async fn granted(
    app: &TestApp,
    world: &World,
    scopes: &[&str],
    patient: Option<Id>,
) -> (Value, String) {
    let (id, _) = register(world, app_input(world, "public", scopes)).await;
    let location = agree(&world.session, &query(&id, &scopes.join(" "), &[]), patient).await;
    let code = parameter(&location, "code").unwrap();
    let reply = exchange(app, &id, &code, &[]).await.expect(200);
    (reply.json, id)
}

/// The details of the events of a name, oldest first.
pub(super) async fn events(app: &TestApp, name: &'static str) -> Vec<Value> {
    #[derive(serde::Deserialize)]
    struct Row {
        detail: String,
    }
    const SQL: &str = "SELECT detail FROM event WHERE event = $1 ORDER BY at, id";
    let rows: Vec<Row> = app
        .store()
        .read(&Request::system("test"), move |tx| {
            tx.query(SQL, &store::params![name])
        })
        .await
        .unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(&row.detail).unwrap())
        .collect()
}
