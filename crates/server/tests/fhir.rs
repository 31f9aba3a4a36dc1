//! The FHIR interface over a living demonstration: what it shows is valid R4, it is all there, and a
//! stranger finds nothing of it.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use kernel::Id;
use serde_json::Value;
use testkit::{Client, TestApp, on_postgres, on_sqlite};

/// Types that modules keep or that follow from them.
const TYPES: [&str; 10] = [
    "Patient",
    "AllergyIntolerance",
    "Condition",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Location",
    "Schedule",
    "ServiceRequest",
    "Task",
];

async fn resources(client: &Client, kind: &str) -> Vec<Value> {
    let page = client
        .get(&format!("/fhir/{kind}?_count=60"))
        .await
        .expect(200);
    let entries = page.json["entry"].as_array().cloned().unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| entry["resource"].clone())
        .collect()
}

async fn lead(app: &TestApp) -> Id {
    const LEAD: &str =
        "SELECT id FROM organization WHERE kind = 'lead-hospital' ORDER BY id LIMIT 1";
    #[derive(serde::Deserialize)]
    struct Found {
        id: Id,
    }
    let request = store::Request::system("test");
    let found: Found = app
        .store()
        .read(&request, |tx| tx.query_one(LEAD, &[]))
        .await
        .unwrap();
    found.id
}

async fn is_shown_to_those_with_a_basis(app: TestApp) {
    demo::small(&app.app, 7).await.unwrap();
    app.settle().await;
    let doctor = app.client("attending-doctor", lead(&app).await).await;
    let elsewhere: Id = "01928f0e-2222-7000-8000-000000000000".parse().unwrap();
    let stranger = app.client("attending-doctor", elsewhere).await;
    for kind in TYPES {
        let found = resources(&doctor, kind).await;
        assert!(!found.is_empty(), "no {kind} is shown");
        for resource in found {
            let path = format!("/fhir/{kind}/$validate");
            let reply = doctor.post(&path, resource.clone()).await.expect(200);
            let severity = reply.json["issue"][0]["severity"].as_str().unwrap();
            assert!(
                severity != "error" && severity != "fatal",
                "{}\n{resource}",
                reply.json
            );
        }
        assert_eq!(
            resources(&stranger, kind).await,
            Vec::<Value>::new(),
            "{kind}"
        );
    }
    let chain = "/fhir/Task?patient.gender=male&_include=Task:patient&_count=5";
    doctor.get(chain).await.expect(200);
}

#[test]
fn what_modules_keep_is_valid_and_needs_a_basis() {
    on_sqlite(lianti::modules::all, is_shown_to_those_with_a_basis);
}

#[test]
fn what_modules_keep_is_valid_and_needs_a_basis_on_postgres() {
    on_postgres(lianti::modules::all, is_shown_to_those_with_a_basis);
}
