//! Every operation × every role, generated from the OpenAPI document and the role matrix, so that no
//! operation is born without its authorization test.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use axum::body::Body;
use http::signin::{Account, role_matrix, set_password};
use kernel::Id;
use store::Request;
use testkit::{Client, TestApp, on_each_engine};

struct Operation {
    method: String,
    path: String,
    permission: String,
}

fn operations(app: &TestApp) -> Vec<Operation> {
    let json = serde_json::to_value(&app.document).unwrap();
    let mut operations = Vec::new();
    for (path, methods) in json["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: fill(path),
                permission: operation["x-permission"].as_str().unwrap_or("").to_owned(),
            });
        }
    }
    assert!(
        operations.len() > 50,
        "only {} operations",
        operations.len()
    );
    operations
}

/// Puts ids of nothing in the place of path parameters.
fn fill(path: &str) -> String {
    const NOTHING: &str = "01928f0e-0000-7000-8000-000000000000";
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { NOTHING } else { part });
    parts.collect::<Vec<_>>().join("/")
}

async fn call(client: &Client, operation: &Operation) -> testkit::Reply {
    let body = if operation.method == "GET" {
        Body::empty()
    } else {
        Body::from("{}")
    };
    client
        .send(
            &operation.method,
            &operation.path,
            Some("application/json"),
            body,
        )
        .await
}

#[test]
fn nobody_gets_in_without_signing_in() {
    on_each_engine(lianti::modules::all, async |app| {
        let anonymous = app.anonymous();
        for operation in operations(&app) {
            let reply = call(&anonymous, &operation).await;
            let refused = reply.status.as_u16() == 401;
            let public = operation.permission == "public";
            // The sign-in itself refuses an empty body, which is not the layer's refusal.
            assert!(
                public != (refused && reply.code() == "access.not-signed-in"),
                "{} {}: {}",
                operation.method,
                operation.path,
                reply.status
            );
        }
    });
}

#[test]
fn each_role_does_what_the_matrix_says_and_nothing_else() {
    on_each_engine(lianti::modules::all, async |app| {
        let matrix = app
            .store()
            .read(&Request::system("test"), role_matrix)
            .await
            .unwrap();
        let org_id: Id = "01928f0e-1111-7000-8000-000000000000".parse().unwrap();
        for role in &matrix.roles {
            let client = app.client(&role.code, org_id).await;
            for operation in operations(&app) {
                let open = matches!(operation.permission.as_str(), "public" | "signed-in");
                let allowed = open || role.grants.contains_key(&operation.permission);
                // A live stream never ends, so its body can't be waited for.
                if operation.path == "/api/events" {
                    continue;
                }
                let reply = call(&client, &operation).await;
                let refused = reply.code() == "access.forbidden";
                let name = format!("{} {} as {}", operation.method, operation.path, role.code);
                assert_eq!(
                    refused,
                    !allowed,
                    "{name}: {} {}",
                    reply.status,
                    reply.code()
                );
                assert!(
                    reply.status.as_u16() < 500,
                    "{name}: {} {}",
                    reply.status,
                    reply.json
                );
            }
        }
    });
}

/// Somebody signed in with a password that was given by somebody else.
async fn with_given_password(app: &TestApp, role: &str, org_id: Id) -> Client {
    const PASSWORD: &str = "Correct-horse-7";
    let id = app.client(role, org_id).await.account_id;
    let hash = app.app.hash_password(PASSWORD.to_owned()).await.unwrap();
    let request = Request::system("test");
    let username = app.store().write(&request, move |tx| {
        set_password(tx, id, &hash, true)?;
        Ok(tx.load::<Account>(id)?.data.username)
    });
    let body = serde_json::json!({ "username": username.await.unwrap(), "password": PASSWORD });
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

#[test]
fn a_given_password_is_changed_before_anything_else() {
    on_each_engine(lianti::modules::all, async |app| {
        let org_id: Id = "01928f0e-1111-7000-8000-000000000000".parse().unwrap();
        for role in ["director", "security-admin"] {
            let client = with_given_password(&app, role, org_id).await;
            let mut open = Vec::new();
            for operation in operations(&app) {
                let name = format!("{} {}", operation.method, operation.path);
                // Signing out is open too, and would end the walk.
                if operation.permission == "public" || name == "DELETE /api/session" {
                    continue;
                }
                let reply = call(&client, &operation).await;
                if reply.code() != "session.password-change-required" {
                    open.push(name);
                } else {
                    assert_eq!(reply.status.as_u16(), 403, "{name}");
                }
            }
            assert_eq!(open, ["GET /api/session", "POST /api/session/password"]);
            client.delete("/api/session").await.expect(204);
        }
    });
}
