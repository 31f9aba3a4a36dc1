//! Subscriptions: what is new goes to the endpoint, in the subscriber's name, as long as they may.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{Request as HttpRequest, StatusCode};
use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, TestEngine};

use super::world::{create, modules, pressure, register, send, world};

/// Somebody who takes what is sent.
#[derive(Clone, Default)]
pub(super) struct Receiver {
    got: Arc<Mutex<Vec<(String, String, String)>>>,
    broken: Arc<Mutex<bool>>,
}

impl Receiver {
    pub(super) async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(take).with_state(self.clone());
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        address.to_string()
    }

    pub(super) fn taken(&self) -> Vec<(String, String, String)> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    fn break_down(&self, broken: bool) {
        *self.broken.lock().unwrap() = broken;
    }
}

async fn take(
    State(receiver): State<Receiver>,
    request: HttpRequest<axum::body::Body>,
) -> StatusCode {
    if *receiver.broken.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let head = format!("{} {}", request.method(), request.uri().path());
    let secret = request
        .headers()
        .get("x-secret")
        .map(|value| value.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(request.into_body(), 1_000_000)
        .await
        .unwrap();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    receiver
        .got
        .lock()
        .unwrap()
        .push((head, secret.unwrap_or_default(), body));
    StatusCode::OK
}

/// Runs on each engine as a demonstration, which may speak to the machine itself without TLS.
pub(super) fn on_each(test: impl AsyncFn(TestApp)) {
    for engine in TestEngine::all() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let app = TestApp::with_config(engine, modules, |config| config.demo = true).await;
            test(app).await;
        });
    }
}

pub(super) async fn allow(app: &TestApp, host: &str, tries_max: i64) {
    let body = json!({ "hosts": [host], "tries_max": tries_max, "of_organization_max": 3 });
    let request = Request::system("test");
    let rule = app.store().write(&request, move |tx| {
        const SET: &str = "UPDATE rule_set SET body = $1 WHERE code = 'fhir.subscriptions'";
        tx.execute(SET, &store::params![body.to_string()])
            .map(|_| ())
    });
    rule.await.unwrap();
}

pub(super) fn subscription(host: &str, criteria: &str, payload: bool) -> String {
    let mut channel = json!({ "type": "rest-hook", "endpoint": format!("http://{host}/in"),
        "header": ["X-Secret: abc"] });
    if payload {
        channel["payload"] = json!("application/fhir+json");
    }
    json!({ "resourceType": "Subscription", "status": "requested", "reason": "同步",
        "criteria": criteria, "channel": channel })
    .to_string()
}

pub(super) async fn status(client: &Client, id: &str) -> Value {
    client
        .get(&format!("/fhir/Subscription/{id}"))
        .await
        .expect(200)
        .json
}

pub(super) async fn work(app: &TestApp) {
    app.settle().await;
    while crate::deliver(&app.app).await.unwrap() > 0 {}
}

async fn open_care(app: &TestApp, patient: Id, org_id: Id) -> Id {
    let request = Request::system("test");
    let opened = app.store().write(&request, move |tx| {
        let document = tx.new_id();
        record::open_care(tx, patient, org_id, "referral", document)?;
        Ok(document)
    });
    opened.await.unwrap()
}

#[test]
fn what_matches_and_may_be_seen_is_sent() {
    on_each(async |app| {
        let world = world(&app).await;
        let receiver = Receiver::default();
        let host = receiver.start().await;
        let sub = subscription(&host, "Observation?code=8480-6", true);
        send(
            &world.lead_doctor,
            "POST",
            "/fhir/Subscription",
            sub.clone(),
        )
        .await
        .expect(422)
        .expect_code("fhir.subscription-endpoint");
        allow(&app, &host, 3).await;
        let id = create(&world.lead_doctor, "Subscription", sub).await;
        assert_eq!(status(&world.lead_doctor, &id).await["status"], "requested");
        work(&app).await;
        assert_eq!(status(&world.lead_doctor, &id).await["status"], "active");

        let mine = register(&world.lead_doctor, "王小明").await;
        let theirs = register(&world.doctor, "李四").await;
        let a = create(
            &world.lead_doctor,
            "Observation",
            pressure(mine, "120.50", "2026-11-01"),
        )
        .await;
        create(
            &world.doctor,
            "Observation",
            pressure(theirs, "130", "2026-11-01"),
        )
        .await;
        let other = pressure(mine, "120", "2026-11-01").replace("8480-6", "8462-4");
        create(&world.lead_doctor, "Observation", other).await;
        work(&app).await;
        let taken = receiver.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert_eq!(taken[0].0, format!("PUT /in/Observation/{a}"));
        assert_eq!(taken[0].1, "abc");
        assert!(taken[0].2.contains("120.50"));

        // A care relation is a basis, and its end is the end of it.
        let document = open_care(&app, theirs, world.lead).await;
        create(
            &world.doctor,
            "Observation",
            pressure(theirs, "131", "2026-11-02"),
        )
        .await;
        work(&app).await;
        assert_eq!(receiver.taken().len(), 1);
        let request = Request::system("test");
        let closed = app
            .store()
            .write(&request, move |tx| record::close_care(tx, document));
        closed.await.unwrap();
        create(
            &world.doctor,
            "Observation",
            pressure(theirs, "132", "2026-11-03"),
        )
        .await;
        work(&app).await;
        assert!(receiver.taken().is_empty());

        // Turned off it sends nothing, and without a payload only that something happened.
        let mut off = status(&world.lead_doctor, &id).await;
        off["status"] = json!("off");
        let path = format!("/fhir/Subscription/{id}");
        send(&world.lead_doctor, "PUT", &path, off.to_string())
            .await
            .expect(200);
        let bare = subscription(&host, "Observation?patient.gender=female", false);
        create(&world.lead_doctor, "Subscription", bare).await;
        work(&app).await;
        create(
            &world.lead_doctor,
            "Observation",
            pressure(mine, "121", "2026-11-04"),
        )
        .await;
        work(&app).await;
        let taken = receiver.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert_eq!((taken[0].0.as_str(), taken[0].2.as_str()), ("POST /in", ""));
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_dead_endpoint_is_tried_again_then_set_aside() {
    on_each(async |app| {
        let world = world(&app).await;
        let receiver = Receiver::default();
        let host = receiver.start().await;
        allow(&app, &host, 3).await;
        let doctor = &world.lead_doctor;
        let id = create(
            doctor,
            "Subscription",
            subscription(&host, "Observation", true),
        )
        .await;
        work(&app).await;
        let patient = register(doctor, "王小明").await;
        receiver.break_down(true);
        let a = create(
            doctor,
            "Observation",
            pressure(patient, "120", "2026-11-01"),
        )
        .await;
        for _ in 0..3 {
            work(&app).await;
            app.clock().advance(Span::hours(2));
        }
        let broken = status(doctor, &id).await;
        assert_eq!(broken["status"], "error");
        assert!(broken["error"].as_str().unwrap().contains("503"));
        let letters = doctor.get("/api/fhir/dead-letters").await.expect(200).json;
        assert_eq!(letters[0]["resource_id"], a);
        assert_eq!(letters[0]["tries"], 3);
        let others = world
            .stranger
            .get("/api/fhir/dead-letters")
            .await
            .expect(200)
            .json;
        assert_eq!(others, json!([]));
        let retry = format!("/api/fhir/subscriptions/{id}/retry");
        world.stranger.post(&retry, json!({})).await.expect(404);
        // What comes meanwhile is kept, and all of it arrives.
        let b = create(
            doctor,
            "Observation",
            pressure(patient, "121", "2026-11-02"),
        )
        .await;
        receiver.break_down(false);
        assert_eq!(
            doctor.post(&retry, json!({})).await.expect(200).json["count"],
            1
        );
        work(&app).await;
        let taken: Vec<String> = receiver.taken().into_iter().map(|one| one.0).collect();
        assert_eq!(
            taken,
            [
                format!("PUT /in/Observation/{a}"),
                format!("PUT /in/Observation/{b}")
            ]
        );
        let works = status(doctor, &id).await;
        assert_eq!(works["status"], "active");
        assert!(works.get("error").is_none());
        app.assert_audit_whole().await;
    });
}

#[test]
fn what_would_not_be_sent_is_refused() {
    on_each(async |app| {
        let world = world(&app).await;
        allow(&app, "his.example", 3).await;
        let good =
            subscription("his.example", "Observation?code=1", true).replace("http://", "https://");
        let bad = [
            good.replace("https://his.example", "http://his.example"),
            good.replace("his.example", "169.254.169.254"),
            good.replace("rest-hook", "email"),
            good.replace("Observation?code=1", "Observation?colour=red"),
            good.replace("Observation?code=1", "Colour?code=1"),
            good.replace("X-Secret: abc", "Host: other"),
            good.replace("application/fhir+json", "application/fhir+xml"),
        ];
        for body in bad {
            let reply = send(&world.doctor, "POST", "/fhir/Subscription", body.clone()).await;
            assert!(
                (400..500).contains(&reply.status.as_u16()),
                "{body}: {reply:?}"
            );
            assert_eq!(reply.json["resourceType"], "OperationOutcome");
        }
        for _ in 0..3 {
            create(&world.doctor, "Subscription", good.clone()).await;
        }
        send(&world.doctor, "POST", "/fhir/Subscription", good)
            .await
            .expect(422)
            .expect_code("fhir.subscription-limit");
    });
}
