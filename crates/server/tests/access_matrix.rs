//! Every operation × every role, generated from the OpenAPI document and the role matrix, so that no
//! operation is born without its authorization test.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use axum::body::Body;
use http::signin::role_matrix;
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
