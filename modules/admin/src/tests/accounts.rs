//! Accounts, roles and tokens.

use kernel::{Id, Span};
use serde_json::json;
use store::Request;
use testkit::on_each_engine;

use super::{HERE, admins, create, elsewhere, modules, new_account, sign_in};

#[test]
fn a_new_account_signs_in_once_with_its_one_time_password() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let (id, password) = create(&admins.security, "Qian.Yi", "village-doctor").await;
        sign_in(&app, "qian.yi", &password).await.expect(204);
        sign_in(&app, "qian.yi", "wrong").await.expect(401);
        let path = format!("/api/accounts/{id}");
        let shown = admins.security.get(&path).await.expect(200);
        assert_eq!(shown.json["must_change_password"], true);
        assert_eq!(shown.json["sessions"], 1);
        assert!(!String::from_utf8_lossy(&shown.bytes).contains("argon2"));
        let reset = format!("{path}/password-reset");
        let again = admins
            .security
            .seeing(1)
            .post(&reset, json!({}))
            .await
            .expect(200);
        sign_in(&app, "qian.yi", &password).await.expect(401);
        sign_in(
            &app,
            "qian.yi",
            again.json["one_time_password"].as_str().unwrap(),
        )
        .await
        .expect(204);
        for act in ["sign-out", "totp-reset", "unlock"] {
            admins
                .security
                .seeing(1)
                .post(&format!("{path}/{act}"), json!({}))
                .await
                .expect(200);
        }
        assert_eq!(
            admins.security.get(&path).await.expect(200).json["sessions"],
            0
        );
        admins
            .security
            .seeing(1)
            .post(&format!("{path}/disable"), json!({}))
            .await
            .expect(200);
        let now = again.json["one_time_password"].as_str().unwrap();
        sign_in(&app, "qian.yi", now)
            .await
            .expect_code("session.disabled");
        admins
            .security
            .seeing(1)
            .post(&format!("{path}/enable"), json!({}))
            .await
            .expect(412);
        admins
            .security
            .seeing(2)
            .post(&format!("{path}/enable"), json!({}))
            .await
            .expect(200);
        sign_in(&app, "qian.yi", now).await.expect(204);
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_lock_out_ends_by_hand() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let (id, password) = create(&admins.security, "qian", "village-doctor").await;
        for _ in 0..5 {
            sign_in(&app, "qian", "wrong").await.expect(401);
        }
        sign_in(&app, "qian", &password)
            .await
            .expect_code("session.locked");
        let shown = admins
            .security
            .get(&format!("/api/accounts/{id}"))
            .await
            .expect(200);
        assert!(shown.json["locked_until"].is_string());
        admins
            .security
            .seeing(1)
            .post(&format!("/api/accounts/{id}/unlock"), json!({}))
            .await
            .expect(200);
        sign_in(&app, "qian", &password).await.expect(204);
    });
}

#[test]
fn bad_input_names_its_field() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        create(&admins.security, "qian", "village-doctor").await;
        let with = |field: &str, value: serde_json::Value| {
            let mut body = new_account("sun", "village-doctor");
            body[field] = value;
            body
        };
        let assigned = |assignment: serde_json::Value| with("assignment", assignment);
        let cases = [
            (
                with("username", json!("QIAN")),
                409,
                "admin.username-taken",
                "username",
            ),
            (
                with("username", json!("a b' --")),
                400,
                "admin.username-shape",
                "username",
            ),
            (with("name", json!(" ")), 400, "admin.name-shape", "name"),
            (
                assigned(json!({ "role": "king", "org_id": HERE })),
                400,
                "admin.role-unknown",
                "role",
            ),
            (
                assigned(json!({ "role": "resident", "org_id": elsewhere() })),
                403,
                "access.out-of-scope",
                "org_id",
            ),
            (
                assigned(json!({ "role": "resident", "org_id": HERE, "valid_to": "2020-01-01" })),
                400,
                "admin.dates",
                "valid_to",
            ),
        ];
        for (body, status, code, field) in cases {
            let reply = admins
                .security
                .post("/api/accounts", body)
                .await
                .expect(status)
                .expect_code(code);
            assert_eq!(reply.json["errors"][0]["path"], field, "{code}");
        }
        let list = admins.security.get("/api/accounts?q=sun").await.expect(200);
        assert_eq!(list.json["items"], json!([]));
        let nasty = "<script>alert(1)</script>'); DROP TABLE account;--";
        let made = admins
            .security
            .post("/api/accounts", with("name", json!(nasty)))
            .await
            .expect(201);
        assert_eq!(made.json["account"]["account"]["name"], nasty);
        for other in [&admins.system, &admins.audit] {
            other
                .post("/api/accounts", new_account("zhao", "resident"))
                .await
                .expect(403);
        }
    });
}

#[test]
fn duties_stay_apart_and_nobody_serves_themselves() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let own = format!("/api/accounts/{}/assignments", admins.security.account_id);
        let audit = json!({ "role": "audit-admin", "org_id": HERE });
        admins
            .security
            .post(&own, audit.clone())
            .await
            .expect(403)
            .expect_code("admin.own-account");
        let disable = format!("/api/accounts/{}/disable", admins.security.account_id);
        admins
            .security
            .seeing(1)
            .post(&disable, json!({}))
            .await
            .expect(403)
            .expect_code("admin.own-account");
        let theirs = format!("/api/accounts/{}/assignments", admins.system.account_id);
        let mixed = admins.security.post(&theirs, audit).await.expect(422);
        assert_eq!(
            mixed.expect_code("admin.duties-mixed").json["data"]["duties"],
            json!(["system", "audit"])
        );
        let director = json!({ "role": "director", "org_id": HERE });
        let given = admins
            .security
            .post(&theirs, director.clone())
            .await
            .expect(201);
        admins
            .security
            .post(&theirs, director)
            .await
            .expect(409)
            .expect_code("admin.assigned-already");
        let end = format!(
            "/api/assignments/{}/end",
            given.json["assignment"]["id"].as_str().unwrap()
        );
        admins
            .security
            .post(&end, json!({}))
            .await
            .expect(400)
            .expect_code("request.if-match");
        let ended = admins
            .security
            .seeing(1)
            .post(&end, json!({}))
            .await
            .expect(200);
        assert_eq!(ended.json["in_force"], false);
        admins
            .security
            .seeing(2)
            .post(&end, json!({}))
            .await
            .expect(400)
            .expect_code("admin.dates");
        // Once ended, the duty is free for another.
        let (id, _) = create(&admins.security, "qian", "system-admin").await;
        let first = admins
            .security
            .get(&format!("/api/accounts/{id}"))
            .await
            .expect(200);
        let held = first.json["assignments"][0]["assignment"]["id"]
            .as_str()
            .unwrap();
        let end = format!("/api/assignments/{held}/end");
        admins
            .security
            .seeing(1)
            .post(&end, json!({}))
            .await
            .expect(200);
        let path = format!("/api/accounts/{id}/assignments");
        admins
            .security
            .post(&path, json!({ "role": "audit-admin", "org_id": HERE }))
            .await
            .expect(201);
    });
}

#[test]
fn the_last_security_administrator_stays() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let (id, _) = create(&admins.security, "qian", "security-admin").await;
        let second = app.client("security-admin", HERE).await;
        second
            .seeing(1)
            .post(&format!("/api/accounts/{id}/disable"), json!({}))
            .await
            .expect(200);
        let first = format!("/api/accounts/{}/disable", admins.security.account_id);
        second.seeing(1).post(&first, json!({})).await.expect(200);
        admins.security.get("/api/accounts").await.expect(401);
        // Only `second` is left, whom not even the server itself may disable.
        let gone = second.account_id;
        let request = Request::system("test");
        let refused = app
            .store()
            .write(&request, move |tx| {
                let account = tx.load::<http::signin::Account>(gone)?;
                crate::accounts::set_state(tx, account, http::signin::AccountState::Disabled)
                    .map(|_| ())
            })
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "admin.last-security-admin");
    });
}

#[test]
fn administration_ends_where_its_reach_does() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let stranger = app.client("security-admin", elsewhere()).await;
        let (id, _) = create(&admins.security, "qian", "village-doctor").await;
        let path = format!("/api/accounts/{id}");
        stranger.get(&path).await.expect(404).expect_code("account");
        stranger
            .seeing(1)
            .post(&format!("{path}/disable"), json!({}))
            .await
            .expect(404);
        let list = stranger.get("/api/accounts").await.expect(200);
        assert_eq!(list.json["items"].as_array().unwrap().len(), 1);
        // Somebody who also works elsewhere is disabled by those who reach both.
        stranger
            .post(
                &format!("{path}/assignments"),
                json!({ "role": "resident", "org_id": elsewhere() }),
            )
            .await
            .expect(404);
        let installation = app.client("security-admin", Id::NIL).await;
        installation
            .post(
                &format!("{path}/assignments"),
                json!({ "role": "director", "org_id": elsewhere() }),
            )
            .await
            .expect(201);
        admins
            .security
            .seeing(1)
            .post(&format!("{path}/disable"), json!({}))
            .await
            .expect(403)
            .expect_code("admin.shared-account");
        installation
            .seeing(1)
            .post(&format!("{path}/disable"), json!({}))
            .await
            .expect(200);
        let page = installation.get("/api/accounts?limit=2").await.expect(200);
        let next = page.json["next"].as_str().unwrap();
        installation
            .get(&format!("/api/accounts?limit=2&after={next}"))
            .await
            .expect(200);
        for (query, count) in [
            ("role=village-doctor", 1),
            ("state=disabled", 1),
            ("q=qianys", 0),
            ("q=qianyi", 1),
        ] {
            let found = installation
                .get(&format!("/api/accounts?{query}"))
                .await
                .expect(200);
            assert_eq!(
                found.json["items"].as_array().unwrap().len(),
                count,
                "{query}"
            );
        }
    });
}

#[test]
fn a_systems_token_is_shown_once_and_revoked() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let mut body = new_account("his-a", "audit-admin");
        body["system"] = json!(true);
        let made = admins
            .security
            .post("/api/accounts", body)
            .await
            .expect(201);
        assert_eq!(made.json["one_time_password"], json!(null));
        let account = &made.json["account"];
        let id = account["account"]["id"].as_str().unwrap();
        let assignment = &account["assignments"][0]["assignment"]["id"];
        let tokens = format!("/api/accounts/{id}/tokens");
        let end = app.clock().now() + Span::days(30);
        let new = json!({ "name": "HIS 接口", "assignment_id": assignment, "expires_at": end });
        admins.audit.post(&tokens, new.clone()).await.expect(403);
        let token = admins.security.post(&tokens, new.clone()).await.expect(201);
        admins
            .security
            .post(&tokens, new.clone())
            .await
            .expect(409)
            .expect_code("admin.token-exists");
        let secret = token.json["secret"].as_str().unwrap().to_owned();
        let bearer = app
            .anonymous()
            .with("authorization", format!("Bearer {secret}"));
        bearer.get("/api/audit").await.expect(200);
        let list = admins.security.get(&tokens).await.expect(200);
        assert!(!String::from_utf8_lossy(&list.bytes).contains(&secret));
        let revoke = format!(
            "/api/tokens/{}/revoke",
            list.json[0]["id"].as_str().unwrap()
        );
        admins.security.post(&revoke, json!({})).await.expect(204);
        admins.security.post(&revoke, json!({})).await.expect(204);
        bearer.get("/api/audit").await.expect(401);
        let mut late = new.clone();
        late["expires_at"] = json!(app.clock().now());
        admins
            .security
            .post(&tokens, late)
            .await
            .expect(400)
            .expect_code("admin.token-expiry");
        let (person, _) = create(&admins.security, "qian", "village-doctor").await;
        admins
            .security
            .post(&format!("/api/accounts/{person}/tokens"), new)
            .await
            .expect(422)
            .expect_code("admin.token-for-person");
        app.clock().advance(Span::days(31));
        bearer.get("/api/audit").await.expect(401);
    });
}

#[test]
fn the_command_line_makes_the_first_administrator() {
    on_each_engine(modules, |app| async move {
        let hash = app
            .app
            .hash_password("Correct-horse7".to_owned())
            .await
            .unwrap();
        let request = Request::system("command line");
        let make = |role: &'static str| {
            let hash = hash.clone();
            app.store().write(&request, move |tx| {
                crate::create_admin(
                    tx,
                    &crate::NewAdmin {
                        username: "root.admin",
                        name: "管理员",
                        role,
                        org_id: Id::NIL,
                        password_hash: &hash,
                        must_change: false,
                    },
                )
            })
        };
        assert_eq!(make("king").await.unwrap_err().code(), "admin.role-unknown");
        make("security-admin").await.unwrap();
        assert_eq!(
            make("security-admin").await.unwrap_err().code(),
            "admin.username-taken"
        );
        sign_in(&app, "root.admin", "Correct-horse7")
            .await
            .expect(204);
    });
}
