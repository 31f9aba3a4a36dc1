//! The matrix, rule sets, the audit chain, jobs and status.

use kernel::Span;
use serde_json::json;
use store::{Change, Request, Subject};
use testkit::on_each_engine;

use super::{HERE, admins, create, elsewhere, modules};

#[test]
fn the_matrix_changes_by_version_and_keeps_duties_apart() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let shown = admins.security.get("/api/roles").await.expect(200);
        let mut roles = shown.json["matrix"]["roles"].clone();
        assert!(
            shown.json["permissions"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["duty"] == "audit")
        );
        let at = roles
            .as_array()
            .unwrap()
            .iter()
            .position(|role| role["code"] == "security-admin")
            .unwrap();
        let preview = |roles: &serde_json::Value| {
            let (client, body) = (admins.security.clone(), json!({ "roles": roles }));
            async move {
                client
                    .post("/api/roles/preview", body)
                    .await
                    .expect(200)
                    .json
            }
        };
        let mut greedy = roles.clone();
        greedy[at]["grants"]["audit.read"] = json!("group");
        let seen = preview(&greedy).await;
        assert_eq!(seen["code"], "admin.duties-mixed");
        let mut unknown = roles.clone();
        unknown[at]["grants"]["king.rule"] = json!("group");
        assert_eq!(preview(&unknown).await["code"], "admin.permission-unknown");
        let mut nobody = roles.clone();
        nobody[at]["grants"] = json!({});
        assert_eq!(preview(&nobody).await["code"], "admin.locked-out");
        let director = roles
            .as_array()
            .unwrap()
            .iter()
            .position(|role| role["code"] == "director")
            .unwrap();
        roles[director]["grants"]["job.read"] = json!("org");
        let seen = preview(&roles).await;
        assert_eq!(seen["valid"], true);
        assert_eq!(
            seen["changes"][0]["path"],
            format!("roles[{director}].grants.job.read")
        );
        let change = |roles: &serde_json::Value| json!({ "effective_from": "2026-11-22", "source": "理事会决定", "roles": roles });
        admins
            .security
            .seeing(shown.version())
            .put("/api/roles", change(&greedy))
            .await
            .expect(422)
            .expect_code("admin.duties-mixed");
        admins
            .audit
            .seeing(shown.version())
            .put("/api/roles", change(&roles))
            .await
            .expect(403);
        let director = app.client("director", HERE).await;
        director.get("/api/jobs").await.expect(403);
        admins
            .security
            .seeing(shown.version())
            .put("/api/roles", change(&roles))
            .await
            .expect(201);
        director.get("/api/jobs").await.expect(200);
        admins
            .security
            .seeing(shown.version())
            .put("/api/roles", change(&roles))
            .await
            .expect(412)
            .expect_code("rule.newer-exists");
    });
}

#[test]
fn a_matrix_that_mixes_the_duties_of_somebody_is_refused_by_name() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        for number in 0..23 {
            let name = format!("two-{number:02}");
            let (id, _) = create(&admins.security, &name, "director").await;
            let role = json!({ "role": "security-admin", "org_id": HERE });
            let path = format!("/api/accounts/{id}/assignments");
            admins
                .security
                .seeing(1)
                .post(&path, role)
                .await
                .expect(201);
        }
        create(&admins.security, "one", "director").await;
        let shown = admins.security.get("/api/roles").await.expect(200);
        let mut roles = shown.json["matrix"]["roles"].clone();
        let list = roles.as_array_mut().unwrap();
        let director = list.iter_mut().find(|role| role["code"] == "director");
        director.unwrap()["grants"]["audit.read"] = json!("org");
        let seen = admins
            .security
            .post("/api/roles/preview", json!({ "roles": roles }))
            .await
            .expect(200);
        assert_eq!(seen.json["code"], "admin.duties-held");
        let change =
            |day: &str| json!({ "effective_from": day, "source": "理事会决定", "roles": roles });
        let put = |version: i64, day: &str| {
            let (client, body) = (admins.security.seeing(version), change(day));
            async move { client.put("/api/roles", body).await }
        };
        let refused = put(shown.version(), "2026-11-22").await.expect(422);
        let refused = refused.expect_code("admin.duties-held");
        assert_eq!(refused.json["data"]["count"], 23);
        let accounts = refused.json["data"]["accounts"].as_array().unwrap();
        assert_eq!(
            (accounts.len(), &accounts[0]["username"]),
            (20, &json!("two-00"))
        );
        assert_eq!(accounts[0]["roles"], json!(["director", "security-admin"]));
        assert!(
            refused.json["detail"]
                .as_str()
                .unwrap()
                .contains("23 个账号")
        );

        // Roles that end before the day do not count, and what comes later is kept in mind.
        const END: &str = "UPDATE assignment SET valid_to = '2026-11-30'
            WHERE role = 'security-admin' AND account_id <> $1";
        let keep = admins.security.account_id;
        let request = Request::system("test");
        let ended = app
            .store()
            .write(&request, move |tx| tx.execute(END, &store::params![keep]));
        assert_eq!(ended.await.unwrap(), 23);
        put(shown.version(), "2026-11-30").await.expect(422);
        put(shown.version(), "2026-12-01").await.expect(201);
        let (id, _) = create(&admins.security, "later", "director").await;
        let role = json!({ "role": "security-admin", "org_id": HERE });
        admins
            .security
            .seeing(1)
            .post(&format!("/api/accounts/{id}/assignments"), role)
            .await
            .expect(422)
            .expect_code("admin.duties-mixed");
    });
}

#[test]
fn a_rule_set_is_previewed_then_versioned() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let list = admins.system.get("/api/rule-sets").await.expect(200);
        let codes: Vec<_> = list
            .json
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["newest"]["code"].clone())
            .collect();
        assert!(
            codes.contains(&json!("access.passwords")) && codes.contains(&json!("access.roles"))
        );
        let path = "/api/rule-sets/access.sessions";
        let bad = json!({ "body": { "idle_minutes_max": "soon", "age_hours_max": 12 } });
        let seen = admins
            .system
            .post(&format!("{path}/preview"), bad.clone())
            .await
            .expect(200);
        assert_eq!(
            (&seen.json["valid"], &seen.json["code"]),
            (&json!(false), &json!("rule.unreadable"))
        );
        let good = json!({ "after": 1, "effective_from": "2026-12-01", "source": "本地设定",
            "body": { "idle_minutes_max": 30, "age_hours_max": 12 } });
        let seen = admins
            .system
            .post(&format!("{path}/preview"), json!({ "body": good["body"] }))
            .await;
        assert_eq!(
            seen.expect(200).json["changes"][0]["path"],
            "idle_minutes_max"
        );
        admins
            .system
            .post(&format!("{path}/versions"), good.clone())
            .await
            .expect(403)
            .expect_code("admin.security-rule");
        let add = "/api/security-rules/access.sessions/versions";
        admins.system.post(add, good.clone()).await.expect(403);
        let mut past = good.clone();
        past["effective_from"] = json!("2026-11-21");
        admins
            .security
            .post(add, past)
            .await
            .expect(400)
            .expect_code("admin.rule-in-past");
        let mut unsourced = good.clone();
        unsourced["source"] = json!(" ");
        admins
            .security
            .post(add, unsourced)
            .await
            .expect(400)
            .expect_code("admin.rule-source");
        let mut wrong = good.clone();
        wrong["body"] = bad["body"].clone();
        admins
            .security
            .post(add, wrong)
            .await
            .expect(400)
            .expect_code("rule.unreadable");
        let keyed = admins.security.with("idempotency-key", "rule-1");
        keyed.post(add, good.clone()).await.expect(201);
        keyed.post(add, good.clone()).await.expect(201);
        admins
            .security
            .post(add, good)
            .await
            .expect(412)
            .expect_code("rule.newer-exists");
        let view = admins.audit.get(path).await.expect(200);
        assert_eq!(
            (&view.json["in_force"], &view.json["newest"]),
            (&json!(1), &json!(2))
        );
        let diff = admins
            .system
            .get(&format!("{path}/diff?from=1&to=2"))
            .await
            .expect(200);
        assert_eq!(
            diff.json[0],
            json!({ "path": "idle_minutes_max", "before": 60, "after": 30 })
        );
        admins
            .system
            .get(&format!("{path}/diff?from=1&to=9"))
            .await
            .expect(404);
        admins
            .system
            .get("/api/rule-sets/no.such")
            .await
            .expect(404)
            .expect_code("rule-set");
        let roles = "/api/security-rules/access.roles/versions";
        let sneaky =
            json!({ "after": 1, "effective_from": "2026-12-01", "source": "x", "body": {} });
        admins.security.post(roles, sneaky).await.expect(404);
    });
}

#[test]
fn the_chain_is_searched_within_reach_and_verified() {
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let (id, _) = create(&admins.security, "qian", "village-doctor").await;
        let request = Request::system("test");
        let far = app.store().write(&request, |tx| {
            let subject = Subject {
                org_id: Some(elsewhere()),
                ..Subject::new("thing", kernel::Id::from_parts(5, [5; 10]))
            };
            tx.record(
                Change::new("thing.done").detail(json!({ "note": "=cmd|' /C calc'!A0" })),
                subject,
            )
        });
        far.await.unwrap();
        app.settle().await;
        let events = |reply: &testkit::Reply| -> Vec<String> {
            let items = reply.json["items"].as_array().unwrap().iter();
            items
                .map(|item| item["event"].as_str().unwrap().to_owned())
                .collect()
        };
        let found = admins
            .audit
            .get(&format!("/api/audit?entity_id={id}"))
            .await
            .expect(200);
        assert_eq!(events(&found), ["account.created"]);
        let by = format!(
            "/api/audit?actor_id={}&event=assignment.",
            admins.security.account_id
        );
        assert_eq!(
            events(&admins.audit.get(&by).await.expect(200)),
            ["assignment.created"]
        );
        let none = admins
            .audit
            .get("/api/audit?event=account")
            .await
            .expect(200);
        assert_eq!(events(&none), Vec::<String>::new());
        let hidden = admins.audit.get("/api/audit?kind=thing").await.expect(200);
        assert_eq!(events(&hidden), Vec::<String>::new());
        let all = app.client("audit-admin", kernel::Id::NIL).await;
        assert_eq!(
            events(&all.get("/api/audit?kind=thing").await.expect(200)),
            ["thing.done"]
        );
        let page = all.get("/api/audit?limit=2").await.expect(200);
        let next = page.json["next"].as_str().unwrap();
        assert_eq!(
            events(
                &all.get(&format!("/api/audit?limit=2&after={next}"))
                    .await
                    .expect(200)
            )
            .len(),
            2
        );
        all.get("/api/audit?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z")
            .await
            .expect(400)
            .expect_code("admin.audit-window");
        let export = all.get("/api/audit/export?kind=thing").await.expect(200);
        assert_eq!(&export.bytes[..2], b"PK");
        for other in [&admins.security, &admins.system] {
            other.get("/api/audit").await.expect(403);
            other
                .post("/api/audit/verification", json!({}))
                .await
                .expect(403);
        }
        app.store().sign_head().await.unwrap();
        let verified = admins
            .audit
            .post("/api/audit/verification", json!({}))
            .await
            .expect(200);
        assert_eq!(verified.json["findings"], json!([]));
        assert!(verified.json["entries"].as_i64().unwrap() > 5);
        let heads = admins.audit.get("/api/audit/heads").await.expect(200);
        assert_eq!(heads.json["items"].as_array().unwrap().len(), 1);
        let lines = admins
            .audit
            .get("/api/audit/heads/export")
            .await
            .expect(200);
        assert!(String::from_utf8_lossy(&lines.bytes).contains("\"signature\""));
        let watched = all.get("/api/audit?event=audit.").await.expect(200);
        assert!(events(&watched).contains(&"audit.verified".to_owned()));
        assert!(events(&watched).contains(&"audit.exported".to_owned()));
    });
}

#[test]
fn an_edited_entry_is_named() {
    const EDIT: &str =
        "UPDATE event SET detail = '{}' WHERE event = 'account.created' AND seq = $1";
    const SEQ: &str = "SELECT MIN(seq) AS count FROM event WHERE event = 'account.created'";
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        app.settle().await;
        let request = Request::system("test");
        let edited = app.store().write(&request, |tx| {
            let seq = tx.count(SEQ, &[])?;
            const REWRITE: &str = "UPDATE event SET actor_name = 'nobody' WHERE seq = $1";
            tx.execute(EDIT, &store::params![seq])?;
            tx.execute(REWRITE, &store::params![seq])?;
            Ok(seq)
        });
        let seq = edited.await.unwrap();
        let verified = admins
            .audit
            .post("/api/audit/verification", json!({}))
            .await
            .expect(200);
        assert_eq!(verified.json["findings"][0]["what"], "edited");
        assert_eq!(verified.json["findings"][0]["seq"], seq);
    });
}

#[test]
fn jobs_followers_and_status_are_shown() {
    const KILL: &str = "UPDATE job SET state = 'dead', last_error = 'x' WHERE kind = 'test.job'";
    on_each_engine(modules, |app| async move {
        let admins = admins(&app).await;
        let request = Request::system("test");
        let killed = app.store().write(&request, |tx| {
            let later = tx.now() + Span::days(1);
            tx.schedule("test.job", "a", later, &json!({}))?;
            tx.execute(KILL, &[])
        });
        killed.await.unwrap();
        let dead = admins.system.get("/api/jobs").await.expect(200);
        let id = dead.json["items"][0]["id"].as_str().unwrap().to_owned();
        let status = admins.system.get("/api/system").await.expect(200);
        assert_eq!(status.json["jobs_dead"], 1);
        assert_eq!(status.json["schema_current"], true);
        assert!(["sqlite", "postgres"].contains(&status.json["engine"].as_str().unwrap()));
        let retry = format!("/api/jobs/{id}/retry");
        admins.audit.post(&retry, json!({})).await.expect(403);
        admins.system.post(&retry, json!({})).await.expect(204);
        admins
            .system
            .post(&retry, json!({}))
            .await
            .expect(422)
            .expect_code("admin.job-not-dead");
        let nobody = kernel::Id::from_parts(3, [3; 10]);
        admins
            .system
            .post(&format!("/api/jobs/{nobody}/retry"), json!({}))
            .await
            .expect(404)
            .expect_code("job");
        let waiting = admins
            .system
            .get("/api/jobs?state=waiting&limit=1")
            .await
            .expect(200);
        let next = waiting.json["next"].as_str().unwrap();
        admins
            .system
            .get(&format!("/api/jobs?state=waiting&limit=1&after={next}"))
            .await
            .expect(200);
        admins.system.get("/api/jobs?state=lost").await.expect(400);
        admins.system.get("/api/followers").await.expect(200);
    });
}
