mod mapping;
mod versions;

use axum::body::Body;
use kernel::{Id, Span};
use serde_json::Value;
use store::Request;
use testkit::{Client, Reply, TestApp, on_each_engine};

use super::*;

fn modules() -> Vec<Module> {
    vec![module()]
}

async fn doctor(app: &TestApp) -> Client {
    app.client("village-doctor", Id::NIL).await
}

async fn administrator(app: &TestApp) -> Client {
    app.client("system-admin", Id::NIL).await
}

async fn found(client: &Client, system: &str, typed: &str) -> Vec<String> {
    let typed: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let reply = client
        .get(&format!(
            "/api/terminology/{system}/concepts?q={typed}&limit=50"
        ))
        .await;
    codes(&reply.expect(200))
}

fn codes(reply: &Reply) -> Vec<String> {
    let items = reply.json["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

async fn import(client: &Client, system: &str, query: &str, csv: &[u8]) -> Reply {
    let path = format!("/api/terminology/{system}/import{query}");
    client
        .send("POST", &path, Some("text/csv"), Body::from(csv.to_vec()))
        .await
}

#[test]
fn diagnoses_are_found_the_way_doctors_type() {
    on_each_engine(modules, |app| async move {
        let client = doctor(&app).await;
        // What is typed, and what must come first.
        let cases = [
            ("I10", "I10"),
            ("i63.9", "I63.9"),
            ("I639", "I63.9"),
            ("ｉ６３．９", "I63.9"),
            ("高血压", "I10"),
            ("gxy", "I10"),
            ("gaoxueya", "I10"),
            ("脑梗", "I63"),
            ("xg", "I21.9"),
            ("慢阻肺", "J44"),
            ("lwy", "K35.8"),
            ("股骨颈", "S72.0"),
            ("宫外孕", "O00"),
            ("appendicitis", "K35"),
            ("COPD with acute exac", "J44.1"),
        ];
        for (typed, first) in cases {
            let answer = found(&client, ICD10, typed).await;
            let place = answer.iter().position(|code| code == first);
            assert!(
                place.is_some_and(|at| at < 3),
                "{typed}: {first} is not among {answer:?}"
            );
        }
        let inside = found(&client, ICD10, "颈骨折").await;
        assert!(inside.contains(&"S72.0".to_owned()), "{inside:?}");
        assert!(found(&client, ICD10, "%' OR 1=1 --").await.is_empty());
        assert!(found(&client, ICD10, "。，（）").await.is_empty());
    });
}

#[test]
fn codes_come_before_names_and_names_before_sounds() {
    on_each_engine(modules, |app| async move {
        let client = doctor(&app).await;
        let reply = client
            .get("/api/terminology/exam/concepts?q=ct&limit=50")
            .await
            .expect(200);
        let items = reply.json["items"].as_array().unwrap();
        assert!(items.len() >= 16 && items.len() <= 50);
        let order = ["code", "name", "sound", "inside"];
        let ranks = items
            .iter()
            .map(|item| order.iter().position(|word| item["matched"] == *word));
        let ranks: Vec<usize> = ranks.map(Option::unwrap).collect();
        assert!(ranks.is_sorted() && ranks[0] == 0, "{ranks:?}");
        let head = &items
            .iter()
            .find(|item| item["code"] == "CT-HEAD-CE")
            .unwrap()["attributes"];
        assert_eq!(
            (&head["duration_minutes"], &head["contrast"]),
            (&Value::from(20), &Value::from(true))
        );
        let one = client
            .get("/api/terminology/icd10/concepts?q=a&limit=1")
            .await
            .expect(200);
        assert_eq!(codes(&one), ["A00"]);
        let many = client
            .get("/api/terminology/icd10/concepts?q=a&limit=9999")
            .await
            .expect(200);
        assert_eq!(codes(&many).len(), 50);
    });
}

#[test]
fn catalogues_can_be_listed_and_read() {
    on_each_engine(modules, |app| async move {
        let client = doctor(&app).await;
        let systems = client.get("/api/terminology/systems").await.expect(200);
        let counts = systems.json.as_array().unwrap().iter();
        let counts: Vec<i64> = counts
            .map(|one| one["concepts"].as_i64().unwrap())
            .collect();
        assert!(
            counts.len() == 10 && counts.iter().all(|count| *count >= 10),
            "{counts:?}"
        );

        let first = client
            .get("/api/terminology/specialty/concepts?limit=50")
            .await
            .expect(200);
        let last = codes(&first).pop().unwrap();
        let rest = client
            .get(&format!(
                "/api/terminology/specialty/concepts?limit=50&after={last}"
            ))
            .await;
        assert_eq!(codes(&first).len() + codes(&rest.expect(200)).len(), 79);
        let below = client
            .get("/api/terminology/specialty/concepts?parent=03&limit=50")
            .await
            .expect(200);
        assert_eq!(codes(&below).len(), 10);

        let one = client
            .get("/api/terminology/icd10/concepts/I63.9")
            .await
            .expect(200);
        assert_eq!(
            (one.json["zh"].as_str(), one.json["parent"].as_str()),
            (Some("脑梗死，未特指"), Some("I63"))
        );
        client
            .get("/api/terminology/icd10/concepts/I99.9")
            .await
            .expect(404)
            .expect_code("terminology.concept");
        client
            .get("/api/terminology/nothing/concepts?q=a")
            .await
            .expect(404)
            .expect_code("terminology.system");
        app.anonymous()
            .get("/api/terminology/systems")
            .await
            .expect(401);
    });
}

#[test]
fn an_import_is_tried_first_and_then_changes_what_is_found() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        let csv = "code,zh,en,synonyms,parent,direction\n\
                   exam,影像转检,Referral for imaging,做CT,,exam\n\
                   tele,远程会诊后转诊,After a teleconsultation,云会诊,,up\n";
        let dry = import(&admin, REFERRAL_REASON, "", csv.as_bytes())
            .await
            .expect(200);
        assert_eq!(
            (&dry.json["applied"], &dry.json["added"]),
            (&Value::from(false), &Value::from(1))
        );
        assert!(found(&admin, REFERRAL_REASON, "云会诊").await.is_empty());

        let (gb18030, _, _) = encoding_rs::GB18030.encode(csv);
        let query = "?dry_run=false&edition=2026-11";
        let done = import(&admin, REFERRAL_REASON, query, &gb18030)
            .await
            .expect(200);
        assert_eq!(
            (&done.json["applied"], &done.json["changed"]),
            (&Value::from(true), &Value::from(1))
        );
        assert_eq!(found(&admin, REFERRAL_REASON, "yhz").await, ["tele"]);
        assert_eq!(found(&admin, REFERRAL_REASON, "影像").await, ["exam"]);
        // A name that the file dropped finds nothing any more.
        assert!(found(&admin, REFERRAL_REASON, "做磁共振").await.is_empty());

        let again = import(&admin, REFERRAL_REASON, query, csv.as_bytes())
            .await
            .expect(200);
        assert_eq!(
            (&again.json["unchanged"], &again.json["changed"]),
            (&Value::from(2), &Value::from(0))
        );
        let systems = admin.get("/api/terminology/systems").await.expect(200);
        let reasons = systems
            .json
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["system"] == REFERRAL_REASON);
        assert_eq!(reasons.unwrap()["edition"], "2026-11");
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_bad_file_changes_nothing_and_names_its_cells() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        let bad = "code,zh,en,parent\nnew-one,新的,New,\n,没有编码,No code,\nodd,怪,Odd,nowhere\n";
        let reply = import(&admin, REFERRAL_REFUSAL, "?dry_run=false", bad.as_bytes())
            .await
            .expect(200);
        assert_eq!(
            (&reply.json["applied"], &reply.json["problem_count"]),
            (&Value::from(false), &Value::from(2))
        );
        assert_eq!(reply.json["problems"][0]["line"], 3);
        admin
            .get("/api/terminology/referral-refusal/concepts/new-one")
            .await
            .expect(404);
        let headless = import(&admin, REFERRAL_REFUSAL, "", b"a,b\n1,2\n").await;
        headless.expect(400).expect_code("terminology.columns");
        let elsewhere = import(&admin, "nothing", "", bad.as_bytes()).await;
        elsewhere.expect(404).expect_code("terminology.system");
        import(&doctor(&app).await, REFERRAL_REFUSAL, "", bad.as_bytes())
            .await
            .expect(403);
    });
}

#[test]
fn a_retired_concept_is_kept_for_old_records_only() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        let today = app.clock().now().date();
        let csv = format!(
            "code,zh,en,active_to\nother,其他,Other,{}\ncost,费用,Cost,{today}\n",
            today.plus_days(-1)
        );
        import(
            &admin,
            REFERRAL_WITHDRAWAL,
            "?dry_run=false",
            csv.as_bytes(),
        )
        .await
        .expect(200);
        assert!(found(&admin, REFERRAL_WITHDRAWAL, "other").await.is_empty());
        assert_eq!(found(&admin, REFERRAL_WITHDRAWAL, "cost").await, ["cost"]);
        admin
            .get("/api/terminology/referral-withdrawal/concepts/other")
            .await
            .expect(200);
        let refused = |code: &'static str| {
            let store = app.store().clone();
            async move {
                let run = move |tx: &mut Tx<'_>| {
                    Ok(require(tx, REFERRAL_WITHDRAWAL, code, "reason")
                        .err()
                        .map(|error| error.code()))
                };
                store.read(&Request::system("test"), run).await.unwrap()
            }
        };
        assert_eq!(refused("other").await, Some("terminology.retired-code"));
        assert_eq!(refused("nothing").await, Some("terminology.unknown-code"));
        assert_eq!(refused("cost").await, None);
        app.advance(Span::days(1)).await;
        assert_eq!(refused("cost").await, Some("terminology.retired-code"));
    });
}

#[test]
fn a_second_start_changes_nothing() {
    on_each_engine(modules, |app| async move {
        let admin = administrator(&app).await;
        let csv = "code,zh,en\nother,另有原因,Another reason\n";
        import(&admin, REFERRAL_REFUSAL, "?dry_run=false", csv.as_bytes())
            .await
            .expect(200);
        app.store()
            .write(&Request::system("test"), seed)
            .await
            .unwrap();
        let kept = admin
            .get("/api/terminology/referral-refusal/concepts/other")
            .await
            .expect(200);
        assert_eq!(kept.json["zh"], "另有原因");
        assert_eq!(found(&admin, REFERRAL_REFUSAL, "另有").await, ["other"]);
    });
}

#[test]
fn a_search_finds_what_reading_every_key_would_find() {
    on_each_engine(modules, |app| async move {
        let run = |tx: &mut Tx<'_>| {
            let all = sql::all(tx, TECHNIQUE)?;
            for typed in ["手术", "ct", "xt", "溶栓", "rehab", "t", "zs", "内镜", "z"] {
                let prefix = keys::search_key(typed);
                let mut expected: Vec<&String> = all
                    .iter()
                    .filter(|one| {
                        keys::keys_of(one)
                            .iter()
                            .any(|(_, key)| key.starts_with(&prefix))
                    })
                    .map(|one| &one.code)
                    .collect();
                let hits = search(tx, TECHNIQUE, typed, Some(LIMIT_MAX))?;
                let mut answer: Vec<&String> = hits.iter().map(|hit| &hit.concept.code).collect();
                answer.sort_unstable();
                expected.sort_unstable();
                assert!(
                    expected.len() > 50 || answer == expected,
                    "{typed}: {answer:?} {expected:?}"
                );
            }
            Ok(())
        };
        app.store()
            .read(&Request::system("test"), run)
            .await
            .unwrap();
    });
}
