//! A stranger learns nothing: every read of every kind of thing, by those nearest to patients, from an organization
//! that shares no group with the consortium, over a living demonstration. No answer may hold a name,
//! number or telephone of a patient, and no search, count or export may either.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;

use axum::body::Body;
use http::signin::role_matrix;
use kernel::Id;
use serde::Deserialize;
use store::Request;
use testkit::{TestApp, is_full, on_each_engine};

const PATIENTS: &str =
    "SELECT body FROM history WHERE kind = 'patient' ORDER BY entity_id LIMIT 400";
/// Things that have to do with a patient, and a few that do not.
const THINGS: &str = "SELECT DISTINCT kind, entity_id, CASE WHEN patient_id IS NULL THEN 0 ELSE 1 END AS rank
    FROM event WHERE version > 0 AND kind NOT IN ('account', 'assignment') ORDER BY rank DESC, kind, entity_id";
/// Things of one kind that are tried.
const TRIED_MAX: usize = 2;
/// Each stranger tries one thing in so many at each address; together they try them all.
/// `LIANTI_RELIABILITY=full` has each try everything.
const SHARE: usize = 3;
/// People elsewhere whose work comes nearest to patients. What a role may not do at all is refused before
/// anything is read, which the access matrix shows.
const STRANGERS: [&str; 7] = [
    "village-doctor",
    "referral-office",
    "attending-doctor",
    "dispatcher",
    "privacy-officer",
    "health-bureau",
    "audit-admin",
];

#[derive(Deserialize)]
struct Body1 {
    body: String,
}

#[derive(Deserialize)]
struct Thing {
    kind: String,
    entity_id: Id,
    rank: i64,
}

/// What must never be seen: names of three characters or more (shorter ones are common words),
/// identifiers and telephones of patients.
async fn secrets(app: &TestApp) -> BTreeSet<String> {
    let rows: Vec<Body1> = app
        .store()
        .read(&Request::system("test"), |tx| tx.query(PATIENTS, &[]))
        .await
        .unwrap();
    let mut secrets = BTreeSet::new();
    for row in rows {
        let patient: serde_json::Value = serde_json::from_str(&row.body).unwrap();
        secrets.extend(
            patient["name"]
                .as_str()
                .filter(|name| name.chars().count() >= 3)
                .map(str::to_owned),
        );
        for identifier in patient["identifiers"].as_array().into_iter().flatten() {
            secrets.extend(identifier["value"].as_str().map(str::to_owned));
        }
        for contact in patient["contacts"].as_array().into_iter().flatten() {
            secrets.extend(contact["phone"].as_str().map(str::to_owned));
        }
        secrets.extend(patient["phone"].as_str().map(str::to_owned));
    }
    assert!(
        secrets.len() > 400,
        "only {} secrets: the test would prove nothing",
        secrets.len()
    );
    secrets
}

async fn things(app: &TestApp) -> Vec<Id> {
    let rows: Vec<Thing> = app
        .store()
        .read(&Request::system("test"), |tx| tx.query(THINGS, &[]))
        .await
        .unwrap();
    let mut chosen: Vec<Thing> = Vec::new();
    for row in rows {
        let most = if row.rank == 1 { TRIED_MAX } else { 1 };
        let tried = chosen.iter().filter(|other| other.kind == row.kind).count();
        if tried < most {
            chosen.push(row);
        }
    }
    assert!(chosen.len() > 20, "only {} things", chosen.len());
    chosen.into_iter().map(|thing| thing.entity_id).collect()
}

/// The address of a read.
struct Address {
    path: String,
    permission: String,
    /// Does it hold an id in the place of a parameter?
    names_a_thing: bool,
}

/// Addresses of all reads with the permission each needs, each id in the place of each parameter.
fn addresses(app: &TestApp, ids: &[Id]) -> Vec<Address> {
    let json = serde_json::to_value(&app.document).unwrap();
    let mut addresses = Vec::new();
    for (path, methods) in json["paths"].as_object().unwrap() {
        // A live stream never ends; what it shows is narrowed by organization where it is made.
        let Some(read) = methods.get("get").filter(|_| path != "/api/events") else {
            continue;
        };
        let permission = read["x-permission"].as_str().unwrap_or("").to_owned();
        let names_a_thing = path.contains('{');
        let tried = if names_a_thing { ids } else { &ids[..1] };
        for id in tried.iter().map(Id::to_string) {
            let filled = path
                .split('/')
                .map(|part| if part.starts_with('{') { &id } else { part });
            addresses.push(Address {
                path: filled.collect::<Vec<_>>().join("/"),
                permission: permission.clone(),
                names_a_thing,
            });
        }
    }
    addresses
}

#[test]
fn a_stranger_sees_no_patient_anywhere() {
    on_each_engine(lianti::modules::all, async |app| {
        demo::small(&app.app, 7).await.unwrap();
        let (secrets, ids) = (secrets(&app).await, things(&app).await);
        let mut addresses = addresses(&app, &ids);
        let matrix = app
            .store()
            .read(&Request::system("test"), role_matrix)
            .await
            .unwrap();
        let elsewhere: Id = "01928f0e-2222-7000-8000-000000000000".parse().unwrap();
        let name = secrets
            .iter()
            .find(|secret| secret.chars().all(|c| !c.is_ascii()))
            .unwrap();
        let mut answered = 0;
        addresses.push(Address {
            path: format!("/api/search?q={}", encode(name)),
            permission: "signed-in".to_owned(),
            names_a_thing: false,
        });
        let strangers = matrix
            .roles
            .iter()
            .filter(|role| STRANGERS.contains(&role.code.as_str()));
        let share = if is_full() { 1 } else { SHARE };
        for (turn, role) in strangers.enumerate() {
            let stranger = app.client(&role.code, elsewhere).await;
            for (place, address) in addresses.iter().enumerate() {
                let permission = &address.permission;
                let forbidden = permission.contains('.') && !role.grants.contains_key(permission);
                let anothers = address.names_a_thing && (place + turn) % share != 0;
                if forbidden || anothers {
                    continue;
                }
                let path = &address.path;
                let reply = stranger.send("GET", path, None, Body::empty()).await;
                let shown = String::from_utf8_lossy(&reply.bytes);
                let leak = secrets
                    .iter()
                    .find(|secret| shown.contains(secret.as_str()));
                assert_eq!(leak, None, "{path} as {}: {}", role.code, reply.status);
                assert!(
                    reply.status.as_u16() < 500,
                    "{path} as {}: {shown}",
                    role.code
                );
                answered += usize::from(reply.status.is_success());
            }
        }
        assert!(
            answered > 100,
            "only {answered} answers: the test would prove nothing"
        );
        app.assert_audit_whole().await;
    });
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
