//! The module in process, on every engine.

mod accounts;
mod governance;

use http::Module;
use kernel::{Id, Scope};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp};

fn modules() -> Vec<Module> {
    vec![crate::module()]
}

const HERE: Id = Id::MAX;

fn elsewhere() -> Id {
    Id::from_parts(1, [9; 10])
}

/// The hospital's security, system and audit administrators.
struct Admins {
    security: Client,
    system: Client,
    audit: Client,
}

async fn admins(app: &TestApp) -> Admins {
    let request = Request::system("test");
    let scopes = app.store().write(&request, |tx| {
        http::access::set_scope(tx, HERE, Scope::Group, &[HERE])?;
        http::access::set_scope(tx, elsewhere(), Scope::Group, &[elsewhere()])
    });
    scopes.await.unwrap();
    Admins {
        security: app.client("security-admin", HERE).await,
        system: app.client("system-admin", HERE).await,
        audit: app.client("audit-admin", HERE).await,
    }
}

fn new_account(username: &str, role: &str) -> Value {
    json!({ "username": username, "name": "钱医生", "assignment": { "role": role, "org_id": HERE } })
}

async fn create(security: &Client, username: &str, role: &str) -> (Id, String) {
    let made = security
        .post("/api/accounts", new_account(username, role))
        .await
        .expect(201);
    let id = made.json["account"]["account"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let password = made.json["one_time_password"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (id, password)
}

async fn sign_in(app: &TestApp, username: &str, password: &str) -> testkit::Reply {
    let body = json!({ "username": username, "password": password });
    app.anonymous().post("/api/session", body).await
}
