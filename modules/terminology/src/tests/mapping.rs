//! Maps, the workshop, coverage.

use serde_json::json;

use super::versions::{LOCAL, bring, local_system, put_in_force};
use super::*;
use crate::arrivals::{Arrival, arrived};

const SHARED: &str = "code,zh,en,unit\nGLU,葡萄糖,Glucose,mmol/L\nHBA1C,糖化血红蛋白,HbA1c,%\nHGB,血红蛋白,Haemoglobin,g/L\nK,钾,Potassium,mmol/L\n";
const OWN: &str = "编码,名称,单位\n1001,血清葡萄糖测定,mmol/L\n1002,血清钾测定,mmol/L\n1003,HbA1c糖化血红蛋白,%\n1004,院内质控,\n";

/// Two catalogues and a map from the local one to the shared one; answers the map.
async fn world(app: &TestApp, admin: &Client) -> Reply {
    local_system(admin).await;
    let shared = json!({ "system": "lab-shared", "name_zh": "共享检验项目" });
    admin
        .post("/api/terminology/systems", shared)
        .await
        .expect(201);
    for (system, file) in [(LOCAL, OWN), ("lab-shared", SHARED)] {
        let draft = bring(admin, system, "edition=1", file.as_bytes())
            .await
            .expect(201);
        put_in_force(admin, system, &draft).await.expect(200);
    }
    come(app, "1002", 5).await;
    come(app, "1001", 2).await;
    come(app, "9999", 1).await;
    let map = json!({ "code": "lab-north-shared", "name_zh": "北院检验对照",
        "source": "urn:lianti:lab-north", "target": "urn:lianti:lab-shared" });
    admin.post("/api/terminology/maps", map).await.expect(201)
}

async fn come(app: &TestApp, code: &'static str, times: usize) {
    let write = move |tx: &mut Tx<'_>| {
        for _ in 0..times {
            let arrival = Arrival {
                org_id: Id::NIL,
                system: "urn:lianti:lab-north".to_owned(),
                code: code.to_owned(),
                name: format!("来自消息的{code}"),
                unit: "mmol/L".to_owned(),
                accompanied: false,
                at: tx.now(),
            };
            arrived(tx, &arrival)?;
        }
        Ok(())
    };
    app.store()
        .write(&Request::system("test"), write)
        .await
        .unwrap();
}

async fn say(admin: &Client, map: &Reply, code: &str, targets: Value, state: &str) -> Reply {
    let body = json!({ "code": code, "name": "", "targets": targets, "state": state });
    admin
        .post(&format!("/api/terminology/maps/{}/entries", map.id()), body)
        .await
}

/// The version of what a map says of a code.
async fn map_entry(admin: &Client, map: &Reply, code: &str) -> i64 {
    let path = format!("/api/terminology/maps/{}/entries?q={code}", map.id());
    let reply = admin.get(&path).await.expect(200);
    reply.json["items"][0]["version"].as_i64().unwrap()
}

async fn work(admin: &Client, map: &Reply) -> Vec<String> {
    let path = format!("/api/terminology/maps/{}/work", map.id());
    codes(&admin.get(&path).await.expect(200))
}

async fn share(admin: &Client) -> Vec<(String, i64)> {
    let reply = admin.get("/api/terminology/coverage").await.expect(200);
    let figures = reply.json["figures"].as_array().unwrap();
    let told = figures.iter().map(|one| {
        (
            one["status"].as_str().unwrap().to_owned(),
            one["arrivals"].as_i64().unwrap(),
        )
    });
    told.collect()
}

#[test]
fn a_local_catalogue_is_mapped_in_the_workshop() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        let map = world(&app, &admin).await;
        // By frequency; what only stands in the catalogue comes last.
        assert_eq!(
            work(&admin, &map).await,
            ["1002", "1001", "9999", "1003", "1004"]
        );
        assert_eq!(share(&admin).await, [("unmapped".to_owned(), 8)]);

        for (code, first, reason) in [
            ("1002", "K", "same-name"),
            ("1003", "HBA1C", "alike-name"),
            ("1001", "GLU", "same-name"),
        ] {
            let path = format!("/api/terminology/maps/{}/suggestions?code={code}", map.id());
            let reply = admin.get(&path).await.expect(200);
            assert_eq!(
                reply.json["items"][0]["concept"]["code"], first,
                "{code}: {}",
                reply.json
            );
            assert_eq!(reply.json["items"][0]["reasons"][0], reason, "{code}");
        }
        let target = json!([{ "code": "K", "relation": "equivalent" }]);
        let said = say(&admin, &map, "1002", target.clone(), "confirmed")
            .await
            .expect(200);
        assert_eq!(said.json["targets"][0]["name"], "钾");
        say(&admin, &map, "1004", json!([]), "confirmed")
            .await
            .expect(200);
        say(
            &admin,
            &map,
            "1001",
            json!([{ "code": "GLU", "relation": "wider" }]),
            "proposed",
        )
        .await
        .expect(200);
        assert_eq!(work(&admin, &map).await, ["1001", "9999", "1003"]);
        let expected = [
            ("mapped".to_owned(), 5),
            ("proposed".to_owned(), 2),
            ("unmapped".to_owned(), 1),
        ];
        assert_eq!(share(&admin).await, expected);

        // What is rejected is to be decided anew, and not suggested again.
        let proposed = map_entry(&admin, &map, "1001").await;
        let wrong = json!([{ "code": "GLU", "relation": "wider" }]);
        say(&admin.seeing(proposed), &map, "1001", wrong, "rejected")
            .await
            .expect(200);
        assert_eq!(work(&admin, &map).await, ["1001", "9999", "1003"]);
        let path = format!("/api/terminology/maps/{}/suggestions?code=1001", map.id());
        let again = admin.get(&path).await.expect(200);
        assert!(!again.json["items"].to_string().contains("\"GLU\""));

        // Somebody else decided meanwhile; a code that is not there; twice the same.
        say(&admin, &map, "1002", target.clone(), "rejected")
            .await
            .expect(412);
        say(
            &admin.seeing(said.version()),
            &map,
            "1002",
            target,
            "rejected",
        )
        .await
        .expect(200);
        let nowhere = json!([{ "code": "NOPE", "relation": "equivalent" }]);
        say(&admin, &map, "1003", nowhere, "confirmed")
            .await
            .expect(400)
            .expect_code("terminology.map-entry");
        let path = format!("/api/terminology/maps/{}/history?code=1002", map.id());
        assert_eq!(
            admin
                .get(&path)
                .await
                .expect(200)
                .json
                .as_array()
                .unwrap()
                .len(),
            2
        );
        doctor(&app)
            .await
            .get("/api/terminology/maps")
            .await
            .expect(403);
        app.assert_audit_whole().await;
    });
}

#[test]
fn maps_go_out_come_back_and_translate() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        let map = world(&app, &admin).await;
        let path = format!("/api/terminology/maps/{}", map.id());
        let csv = "源编码,源名称,目标编码,关系,备注\n1001,血糖,GLU,等同,\n1003,糖化,HBA1C,,\n1003,糖化,HGB,wider,其次\n1004,质控,,无对应,\n";
        let send = |query: &'static str, bytes: Vec<u8>| {
            let (admin, path) = (&admin, format!("{path}/import{query}"));
            async move {
                admin
                    .send(
                        "POST",
                        &path,
                        Some("application/octet-stream"),
                        Body::from(bytes),
                    )
                    .await
            }
        };
        let dry = send("", csv.into()).await.expect(200);
        assert_eq!(
            (&dry.json["applied"], &dry.json["added"]),
            (&json!(false), &json!(3))
        );
        let bad = send(
            "?dry_run=false",
            "源编码,目标编码,关系\nA,NOPE,\n,GLU,\nB,GLU,likely\n".into(),
        )
        .await
        .expect(200);
        assert_eq!(
            (&bad.json["applied"], &bad.json["problem_count"]),
            (&json!(false), &json!(3))
        );
        send("?dry_run=false", csv.into()).await.expect(200);
        for form in ["xlsx", "fhir"] {
            let file = admin
                .get(&format!("{path}/export?form={form}"))
                .await
                .expect(200)
                .bytes;
            let again = send("?dry_run=false", file.to_vec()).await.expect(200);
            assert_eq!(
                (&again.json["unchanged"], &again.json["problem_count"]),
                (&json!(3), &json!(0)),
                "{form}"
            );
        }
        let ask = |code: &'static str, system: &'static str, reverse: bool| {
            let store = app.store().clone();
            async move {
                let run = move |tx: &mut Tx<'_>| {
                    let asked = Asked {
                        system,
                        code,
                        other: None,
                        map: None,
                    };
                    let all = translate(tx, asked, reverse)?;
                    Ok(all
                        .into_iter()
                        .map(|one| (one.code.unwrap_or_default(), one.relation))
                        .collect::<Vec<_>>())
                };
                store.read(&Request::system("test"), run).await.unwrap()
            }
        };
        let own = "urn:lianti:lab-north";
        let both = [
            ("HBA1C".to_owned(), Relation::Equivalent),
            ("HGB".to_owned(), Relation::Wider),
        ];
        assert_eq!(ask("1003", own, false).await, both);
        assert_eq!(
            ask("1004", own, false).await,
            [(String::new(), Relation::Unmatched)]
        );
        assert_eq!(
            ask("HGB", "urn:lianti:lab-shared", true).await,
            [("1003".to_owned(), Relation::Narrower)]
        );

        let shown = admin.get(&path).await.expect(200);
        assert_eq!(
            shown.json["counts"],
            json!({ "mapped": 2, "unmatched": 1, "proposed": 0, "rejected": 0 })
        );
        let released = admin
            .seeing(shown.version())
            .post(&format!("{path}/releases"), json!({ "edition": "2026-11" }))
            .await
            .expect(200);
        assert_eq!(released.json["releases"][0]["confirmed"], 3);
        let file = admin.get(&format!("{path}/releases/1")).await.expect(200);
        assert_eq!(file.json["version"], "2026-11");
    });
}

#[test]
fn coverage_is_listed_paged_and_written_out() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        world(&app, &admin).await;
        let first = admin
            .get("/api/terminology/coverage/codes?limit=2")
            .await
            .expect(200);
        assert_eq!(codes(&first), ["1002", "1001"]);
        let next: String = first.json["next"]
            .as_str()
            .unwrap()
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        let rest = admin
            .get(&format!(
                "/api/terminology/coverage/codes?limit=2&after={next}"
            ))
            .await
            .expect(200);
        assert_eq!(codes(&rest), ["9999"]);
        let none = admin
            .get("/api/terminology/coverage/codes?status=mapped")
            .await
            .expect(200);
        assert!(codes(&none).is_empty());
        let file = admin
            .get("/api/terminology/coverage/export")
            .await
            .expect(200);
        assert!(file.bytes.starts_with(b"PK"));
        admin
            .get("/api/terminology/coverage/codes?after=x")
            .await
            .expect(400);
    });
}

#[test]
fn the_sample_of_the_demonstration_is_partly_mapped() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        for _ in 0..2 {
            let made = |tx: &mut Tx<'_>| sample(tx, Id::NIL);
            let request = Request::system("test");
            app.store().write(&request, made).await.unwrap();
        }
        let maps = admin.get("/api/terminology/maps").await.expect(200);
        let counts = &maps.json[0]["counts"];
        assert!(counts["mapped"].as_i64().unwrap() >= 8, "{counts}");
        assert_eq!(
            (&counts["unmatched"], &counts["proposed"]),
            (&json!(1), &json!(1))
        );
    });
}
