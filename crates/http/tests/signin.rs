//! Sign-in as people and attackers try it, on both engines.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use axum::body::Body;
use kernel::{Id, Span};
use lianti_http as http;
use lianti_http::signin::{Account, AccountState, Assignment, set_password};
use serde_json::json;
use store::{Change, Request, Tx, params};
use testkit::{Client, Reply, TestApp, on_each_engine};

const PASSWORD: &str = "Correct-horse-7";

async fn create(app: &TestApp, username: &'static str, roles: &'static [&'static str]) -> Id {
    let hash = app.app.hash_password(PASSWORD.to_owned()).await.unwrap();
    let make = move |tx: &mut Tx<'_>| {
        let account = Account {
            id: tx.new_id(),
            username: username.to_owned(),
            name: "王小明".to_owned(),
            practitioner_id: None,
            state: AccountState::Active,
            demo: false,
            system: false,
        };
        tx.insert(&account, Change::new("account.created"))?;
        for role in roles {
            let assignment = Assignment {
                id: tx.new_id(),
                account_id: account.id,
                role: (*role).to_owned(),
                org_id: tx.new_id(),
                department_id: None,
                valid_from: tx.now().date(),
                valid_to: None,
            };
            tx.insert(&assignment, Change::new("assignment.created"))?;
        }
        set_password(tx, account.id, &hash, false)?;
        Ok(account.id)
    };
    app.store()
        .write(&Request::system("test"), make)
        .await
        .unwrap()
}

async fn sign_in(app: &TestApp, password: &str, code: Option<&str>) -> Reply {
    let mut body = json!({ "username": " WANG ", "password": password });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    app.anonymous().post("/api/session", body).await
}

/// The client with the cookies of a successful sign-in; the second is the page's token.
fn with_cookies(app: &TestApp, reply: &Reply) -> (Client, String) {
    let cookies: Vec<&str> = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert!(
        cookies[0].contains("HttpOnly") && cookies[0].contains("SameSite=Strict"),
        "{cookies:?}"
    );
    let pairs: Vec<&str> = cookies
        .iter()
        .map(|cookie| cookie.split(';').next().unwrap())
        .collect();
    let csrf = pairs[1].split('=').nth(1).unwrap().to_owned();
    (app.anonymous().with("cookie", pairs.join("; ")), csrf)
}

#[test]
fn a_person_signs_in_changes_role_and_signs_out() {
    on_each_engine(Vec::new, async |app| {
        create(&app, "wang", &["attending-doctor", "duty-chief"]).await;
        let reply = sign_in(&app, PASSWORD, None).await.expect(204);
        let (browser, csrf) = with_cookies(&app, &reply);
        let me = browser.get("/api/session").await.expect(200);
        assert_eq!(me.json["assignment"]["role"], "attending-doctor");
        assert_eq!(me.json["assignments"][1]["role_name"], "总值班");
        let other = me.json["assignments"][1]["id"].clone();
        let body = json!({ "assignment_id": other });
        browser
            .post("/api/session/assignment", body.clone())
            .await
            .expect(403)
            .expect_code("access.csrf");
        let page = browser.with("x-csrf-token", &csrf);
        page.post("/api/session/assignment", body).await.expect(204);
        assert_eq!(
            browser.get("/api/session").await.json["assignment"]["role"],
            "duty-chief"
        );
        let stranger = json!({ "assignment_id": Id::MAX });
        page.post("/api/session/assignment", stranger)
            .await
            .expect(403)
            .expect_code("session.assignment");
        page.delete("/api/session").await.expect(204);
        browser
            .get("/api/session")
            .await
            .expect(401)
            .expect_code("access.not-signed-in");
        app.assert_audit_whole().await;
    });
}

#[test]
fn wrong_passwords_lock_the_account_for_longer_and_longer() {
    on_each_engine(Vec::new, async |app| {
        create(&app, "wang", &["director"]).await;
        for _ in 0..5 {
            sign_in(&app, "Wrong-horse-7", None)
                .await
                .expect(401)
                .expect_code("session.wrong");
        }
        let locked = sign_in(&app, PASSWORD, None)
            .await
            .expect(429)
            .expect_code("session.locked");
        assert_eq!(locked.headers["retry-after"], "60");
        app.clock().advance(Span::seconds(61));
        sign_in(&app, "Wrong-horse-7", None).await.expect(401);
        assert_eq!(
            sign_in(&app, PASSWORD, None).await.expect(429).headers["retry-after"],
            "120"
        );
        app.clock().advance(Span::seconds(121));
        sign_in(&app, PASSWORD, None).await.expect(204);
        sign_in(&app, "Wrong-horse-7", None).await.expect(401);
        sign_in(&app, PASSWORD, None).await.expect(204);
    });
}

#[test]
fn an_unknown_name_looks_like_a_wrong_password() {
    on_each_engine(Vec::new, async |app| {
        let reply = sign_in(&app, PASSWORD, None)
            .await
            .expect(401)
            .expect_code("session.wrong");
        assert_eq!(reply.json["errors"][0]["path"], "password");
    });
}

#[test]
fn a_session_ends_when_idle_and_after_its_longest_age() {
    on_each_engine(Vec::new, async |app| {
        create(&app, "wang", &["director"]).await;
        let (browser, _) = with_cookies(&app, &sign_in(&app, PASSWORD, None).await.expect(204));
        for _ in 0..14 {
            app.clock().advance(Span::minutes(50));
            browser.get("/api/session").await.expect(200);
        }
        app.clock().advance(Span::minutes(50));
        browser.get("/api/session").await.expect(401);
        let (browser, _) = with_cookies(&app, &sign_in(&app, PASSWORD, None).await.expect(204));
        app.clock().advance(Span::minutes(61));
        browser.get("/api/session").await.expect(401);
    });
}

#[test]
fn the_password_is_changed_by_rule_and_other_sessions_end() {
    on_each_engine(Vec::new, async |app| {
        create(&app, "wang", &["director"]).await;
        let (here, csrf) = with_cookies(&app, &sign_in(&app, PASSWORD, None).await.expect(204));
        let (there, _) = with_cookies(&app, &sign_in(&app, PASSWORD, None).await.expect(204));
        let page = here.with("x-csrf-token", &csrf);
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let path = "/api/session/password";
        page.post(path, change("Wrong", "New-horse-789"))
            .await
            .expect(400)
            .expect_code("password.current");
        page.post(path, change(PASSWORD, "short"))
            .await
            .expect(400)
            .expect_code("password.weak");
        page.post(path, change(PASSWORD, PASSWORD))
            .await
            .expect(400)
            .expect_code("password.reused");
        page.post(path, change(PASSWORD, "New-horse-789"))
            .await
            .expect(204);
        here.get("/api/session").await.expect(200);
        there.get("/api/session").await.expect(401);
        sign_in(&app, PASSWORD, None).await.expect(401);
        sign_in(&app, "New-horse-789", None).await.expect(204);
    });
}

#[test]
fn a_second_factor_is_asked_for_and_works_once() {
    on_each_engine(Vec::new, async |app| {
        create(&app, "wang", &["director"]).await;
        let (browser, csrf) = with_cookies(&app, &sign_in(&app, PASSWORD, None).await.expect(204));
        let page = browser.with("x-csrf-token", &csrf);
        let proposal = page.post("/api/session/totp", json!({})).await.expect(200);
        let secret = proposal.json["secret"].as_str().unwrap().to_owned();
        assert_eq!(secret.len(), 32);
        let wrong = json!({ "code": "000000" });
        page.put("/api/session/totp", wrong)
            .await
            .expect(400)
            .expect_code("session.code-wrong");
        let code = http::signin::code_at(&secret, app.clock().now()).unwrap();
        page.put("/api/session/totp", json!({ "code": code }))
            .await
            .expect(204);
        sign_in(&app, PASSWORD, None)
            .await
            .expect(401)
            .expect_code("session.code-needed");
        sign_in(&app, PASSWORD, Some(&code))
            .await
            .expect(401)
            .expect_code("session.code-wrong");
        app.clock().advance(Span::seconds(30));
        let next = http::signin::code_at(&secret, app.clock().now()).unwrap();
        sign_in(&app, PASSWORD, Some(&next)).await.expect(204);
        sign_in(&app, PASSWORD, Some(&next))
            .await
            .expect(401)
            .expect_code("session.code-wrong");
    });
}

/// What the database keeps of the only account's second factor.
async fn kept_secret(app: &TestApp) -> String {
    const SECRET: &str =
        "SELECT totp_secret AS secret FROM credential WHERE totp_secret IS NOT NULL";
    #[derive(serde::Deserialize)]
    struct Kept {
        secret: String,
    }
    let request = Request::system("test");
    let read = app
        .store()
        .read(&request, |tx| tx.query_one::<Kept>(SECRET, &[]));
    read.await.unwrap().secret
}

/// The same database as a second server opens it; the plain client brings a runtime, which may not
/// start inside the test's.
fn open_again(app: &TestApp) -> store::Store {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| app.test_store().open_again());
        thread.join().unwrap()
    })
}

async fn put_secret(app: &TestApp, secret: &str) {
    const PUT: &str = "UPDATE credential SET totp_secret = $1, totp_pending = $1";
    let secret = secret.to_owned();
    let request = Request::system("test");
    let write = app.store().write(&request, move |tx| {
        tx.execute(PUT, &params![secret.as_str()])
    });
    assert_eq!(write.await.unwrap(), 1);
}

#[test]
fn the_secret_of_a_second_factor_lies_sealed() {
    on_each_engine(Vec::new, async |app| {
        create(&app, "wang", &["director"]).await;
        // As a release left it that did not seal yet.
        let clear = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        put_secret(&app, clear).await;
        app.app.prepare().await.unwrap();
        let sealed = kept_secret(&app).await;
        assert!(
            sealed.starts_with("sealed:1:") && !sealed.contains(clear),
            "{sealed}"
        );
        app.app.prepare().await.unwrap();
        assert_eq!(kept_secret(&app).await, sealed, "sealed once");
        let code = http::signin::code_at(clear, app.clock().now()).unwrap();
        sign_in(&app, PASSWORD, Some(&code)).await.expect(204);

        // The same database under a new key, with the old one kept to open what it sealed.
        let keys = app.store().data_dir().join("keys");
        std::fs::rename(keys.join("secret.key"), keys.join("secret-old.key")).unwrap();
        let prepare = |store: store::Store| async {
            let config = http::Config {
                demo: false,
                name: "test".to_owned(),
                secure_cookies: false,
                trusted_proxies: Vec::new(),
                org_name: |_, id| Ok(id.to_string()),
                pages: None,
            };
            let (other, _, _) = http::build(Vec::new(), store, config).unwrap();
            other.prepare().await.unwrap();
        };
        prepare(open_again(&app)).await;
        let under_new = kept_secret(&app).await;
        assert_ne!(under_new[..26], sealed[..26]);

        // And without either: nobody guesses, and the administrator removes the factor.
        std::fs::remove_dir_all(&keys).unwrap();
        prepare(open_again(&app)).await;
        assert_eq!(kept_secret(&app).await, under_new, "its key may come back");
        let request = Request::system("test");
        let lost = app.store().read(&request, {
            let keys = open_again(&app).keyring().unwrap();
            move |tx| http::signin::unreadable_totp(tx, &keys)
        });
        assert_eq!(lost.await.unwrap(), 1);
        app.clock().advance(Span::seconds(30));
        let code = http::signin::code_at(clear, app.clock().now()).unwrap();
        sign_in(&app, PASSWORD, Some(&code))
            .await
            .expect(403)
            .expect_code("totp.unreadable");
    });
}

#[test]
fn a_password_given_by_somebody_else_or_too_old_comes_before_everything() {
    on_each_engine(Vec::new, async |app| {
        let id = create(&app, "wang", &["director", "duty-chief"]).await;
        let hash = app.app.hash_password(PASSWORD.to_owned()).await.unwrap();
        let request = Request::system("test");
        let due = app
            .store()
            .write(&request, move |tx| set_password(tx, id, &hash, true));
        due.await.unwrap();
        let due = "session.password-change-required";
        let change = |current: &str, new: &str| json!({ "current": current, "new": new });
        let (browser, csrf) = with_cookies(&app, &sign_in(&app, PASSWORD, None).await.expect(204));
        let page = browser.with("x-csrf-token", &csrf);
        let me = page.get("/api/session").await.expect(200);
        assert_eq!(me.json["must_change_password"], true);
        let refused = page.get("/api/work").await.expect(403).expect_code(due);
        assert!(
            refused.json["detail"]
                .as_str()
                .unwrap()
                .starts_with("请先修改密码")
        );
        let english = page.with("accept-language", "en").get("/api/notices").await;
        assert!(
            english.json["detail"]
                .as_str()
                .unwrap()
                .contains("new password")
        );
        let other = json!({ "assignment_id": me.json["assignments"][1]["id"] });
        page.post("/api/session/assignment", other)
            .await
            .expect_code(due);
        page.post("/api/session/totp", json!({}))
            .await
            .expect_code(due);
        page.get("/api/status").await.expect(200);
        page.post("/api/session/password", change(PASSWORD, "New-horse-789"))
            .await
            .expect(204);
        page.get("/api/work").await.expect(200);

        app.clock().advance(Span::days(91));
        let again = sign_in(&app, "New-horse-789", None).await.expect(204);
        let (browser, csrf) = with_cookies(&app, &again);
        let page = browser.with("x-csrf-token", &csrf);
        page.get("/api/work").await.expect(403).expect_code(due);
        page.delete("/api/session").await.expect(204);
    });
}

#[test]
fn demonstration_sign_in_does_not_exist_outside_demonstration() {
    on_each_engine(Vec::new, async |app| {
        let id = create(&app, "wang", &["director"]).await;
        app.anonymous()
            .get("/api/demo/accounts")
            .await
            .expect(404)
            .expect_code("demo.off");
        let body = json!({ "account_id": id });
        app.anonymous()
            .post("/api/demo/session", body)
            .await
            .expect(404)
            .expect_code("demo.off");
    });
}

#[test]
fn bad_requests_are_refused_in_the_callers_language_with_the_field() {
    on_each_engine(Vec::new, async |app| {
        let nobody = app.anonymous();
        let english = nobody.with("accept-language", "en-GB,en;q=0.9");
        let missing = json!({ "username": "wang" });
        let reply = nobody
            .post("/api/session", missing.clone())
            .await
            .expect(400)
            .expect_code("request.json");
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        assert!(
            reply.json["detail"].as_str().unwrap().contains("内容格式"),
            "{}",
            reply.json
        );
        assert!(!reply.json["trace_id"].as_str().unwrap().is_empty());
        let reply = english.post("/api/session", missing).await.expect(400);
        assert!(
            reply.json["detail"]
                .as_str()
                .unwrap()
                .contains("missing field `password`")
        );
        let typed = json!({ "username": 7, "password": "x" });
        let reply = english.post("/api/session", typed).await.expect(400);
        assert_eq!(reply.json["errors"][0]["path"], "username");
        let form = Some("application/x-www-form-urlencoded");
        let reply = nobody
            .send("POST", "/api/session", form, Body::from("a=b"))
            .await;
        reply.expect(400).expect_code("request.content-type");
        let json_type = Some("application/json");
        let broken = Body::from(vec![b'"', 0xff, 0xfe, b'"']);
        let reply = nobody.send("POST", "/api/session", json_type, broken).await;
        reply.expect(400).expect_code("request.utf8");
        let huge = Body::from(vec![b' '; 100 * 1024 * 1024]);
        nobody
            .send("POST", "/api/session", json_type, huge)
            .await
            .expect(413)
            .expect_code("request.body");
        nobody
            .get("/api/nowhere")
            .await
            .expect(404)
            .expect_code("request.unknown");
        nobody
            .put("/api/session", json!({}))
            .await
            .expect(405)
            .expect_code("request.method");
        let injected =
            json!({ "username": "' OR 1=1 --", "password": "<script>alert(1)</script>" });
        nobody
            .post("/api/session", injected)
            .await
            .expect(401)
            .expect_code("session.wrong");
    });
}

#[test]
fn answers_carry_headers_that_keep_browsers_from_guessing() {
    on_each_engine(Vec::new, async |app| {
        let reply = app.anonymous().get("/api/status").await.expect(200);
        assert!(
            reply.headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.headers["cache-control"], "no-store");
    });
}
