//! The patient index: sources, the queue, survivorship, newborns, quality.

use kernel::{Id, Span};
use serde_json::{Value, json};
use testkit::{Client, on_each_engine};

use super::{WANG, event_names, modules, register, wang, world};

/// A registration of another system, by member, number and what it says.
pub(super) fn source(org_id: Id, number: &str, told: Value) -> Value {
    let mut body = json!({ "org_id": org_id, "system": "his", "local_number": number });
    body["demographics"] = told;
    body
}

async fn receive(client: &Client, body: Value) -> Value {
    client
        .post("/api/patient-index/sources", body)
        .await
        .expect(200)
        .json
}

fn wang_as_source() -> Value {
    json!({ "name": "王小明", "birth_date": "1949-12-31", "sex": "female", "phone": "13800000012",
        "address": "甲县乙镇丙村3组5号",
        "identifiers": [{ "kind": "resident-id", "value": WANG }] })
}

#[test]
fn a_source_is_linked_shown_or_new() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let village = app.client("village-doctor", world.village).await;
        let lead = app.client("referral-office", world.lead).await;
        let known = register(&village, wang()).await;
        // The same card: one patient, and the lead hospital's own.
        let linked = receive(&lead, source(world.lead, "1", wang_as_source())).await;
        assert_eq!(linked["outcome"], "linked");
        assert_eq!(linked["patient_id"], json!(known));
        let again = receive(&lead, source(world.lead, "1", wang_as_source())).await;
        assert_eq!(again["source_id"], linked["source_id"]);
        // Describing somebody well links, and gives no basis to read.
        let mut described = wang_as_source();
        described["identifiers"] = json!([]);
        let stranger = app.client("village-doctor", world.other_village).await;
        let told = receive(&stranger, source(world.other_village, "9", described)).await;
        assert_eq!(
            (&told["outcome"], &told["patient_id"]),
            (&json!("linked"), &json!(known))
        );
        stranger
            .get(&format!("/api/patients/{known}"))
            .await
            .expect(403);
        // Somebody else.
        let other = json!({ "name": "李建国", "birth_date": "1971-03-04", "sex": "male",
            "phone": "13911110000" });
        let new = receive(&lead, source(world.lead, "2", other.clone())).await;
        assert_eq!(new["outcome"], "new");
        // The same name and birth date alone are for a person to decide.
        let like = json!({ "name": "李建国", "birth_date": "1971-03-04" });
        let review = receive(&lead, source(world.lead, "3", like.clone())).await;
        assert_eq!(review["outcome"], "review");
        assert_eq!(review["review_ids"].as_array().unwrap().len(), 1);
        // Telling the same again asks nobody twice.
        let once_more = receive(&lead, source(world.lead, "3", like)).await;
        assert_eq!(once_more["patient_id"], review["patient_id"]);
        let queue = lead.get("/api/patient-index/reviews").await.expect(200);
        assert_eq!(queue.json["items"].as_array().unwrap().len(), 1);
        let shown = lead
            .get(&format!("/api/patients/{known}/sources"))
            .await
            .expect(200);
        assert_eq!(
            shown.json["sources"][0]["demographics"]["phone"],
            "138****0012"
        );
        let text = String::from_utf8_lossy(&shown.bytes).into_owned();
        assert!(!text.contains(WANG) && !text.contains("13800000012"));
        app.assert_audit_whole().await;
    });
}

#[test]
fn placeholders_and_wrong_values_are_kept_and_counted() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let lead = app.client("referral-office", world.lead).await;
        let nobody = json!({ "name": "无名氏", "birth_date": "1900-01-01", "phone": "11111111111",
            "identifiers": [{ "kind": "resident-id", "value": "111111111111111111" }] });
        let wrong = json!({ "name": "赵六", "birth_date": "2026-02-30", "sex": "male",
            "phone": "123", "address": "甲县",
            "identifiers": [{ "kind": "resident-id", "value": "110105194912310021" }] });
        let first = receive(&lead, source(world.lead, "1", nobody.clone())).await;
        let second = receive(&lead, source(world.lead, "2", nobody)).await;
        // Two who are not known are not one.
        assert_eq!(
            (&first["outcome"], &second["outcome"]),
            (&json!("new"), &json!("new"))
        );
        assert_ne!(first["patient_id"], second["patient_id"]);
        receive(&lead, source(world.lead, "3", wrong)).await;
        receive(&lead, source(world.lead, "4", wang_as_source())).await;
        let report = lead
            .get("/api/patient-index/quality")
            .await
            .expect(200)
            .json;
        let row = |field: &str| {
            let mut rows = report.as_array().unwrap().iter();
            let found = rows.find(|row| row["field"] == field).unwrap();
            ["good", "missing", "invalid", "placeholder", "records"]
                .map(|key| found[key].as_i64().unwrap())
        };
        assert_eq!(row("name"), [2, 0, 0, 2, 4]);
        assert_eq!(row("sex"), [2, 2, 0, 0, 4]);
        assert_eq!(row("birth-date"), [1, 0, 1, 2, 4]);
        assert_eq!(row("resident-id"), [1, 0, 1, 2, 4]);
        assert_eq!(row("phone"), [1, 0, 1, 2, 4]);
        assert_eq!(row("address"), [2, 2, 0, 0, 4]);
        let sheet = lead
            .get("/api/patient-index/quality/export")
            .await
            .expect(200);
        assert!(sheet.bytes.starts_with(b"PK"));
        // Nobody outside the group counts them.
        let outside = app.client("referral-office", world.outside).await;
        let theirs = outside.get("/api/patient-index/quality").await.expect(200);
        assert_eq!(theirs.json, json!([]));
    });
}

#[test]
fn a_decision_is_remembered_until_something_changes() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let lead = app.client("referral-office", world.lead).await;
        let one = json!({ "name": "李建国", "birth_date": "1971-03-04", "phone": "13911110000" });
        let two = json!({ "name": "李建国", "birth_date": "1971-03-04" });
        receive(&lead, source(world.lead, "1", one)).await;
        let review = receive(&lead, source(world.lead, "2", two.clone())).await;
        let id = review["review_ids"][0].as_str().unwrap().to_owned();
        let path = format!("/api/patient-index/reviews/{id}");
        let pair = lead.get(&path).await.expect(200);
        assert_eq!(pair.json["review"]["fields"].as_array().unwrap().len(), 10);
        assert_eq!(
            pair.json["low_side"]["sources"].as_array().unwrap().len(),
            1
        );
        let decide = |verdict: &str, reason: &str| json!({ "verdict": verdict, "reason": reason });
        let decide_path = format!("{path}/decide");
        lead.seeing(pair.version())
            .post(&decide_path, decide("different", "否"))
            .await
            .expect(400)
            .expect_code("record.reason-too-short");
        let postponed = lead
            .seeing(pair.version())
            .post(&decide_path, decide("postpone", "等居民来院核对"))
            .await
            .expect(200);
        assert_eq!(postponed.json["review"]["state"], "postponed");
        let different = lead
            .seeing(postponed.version())
            .post(&decide_path, decide("different", "电话核实为两人"))
            .await
            .expect(200);
        assert_eq!(different.json["review"]["state"], "different");
        lead.seeing(pair.version())
            .post(&decide_path, decide("same", "误操作测试"))
            .await
            .expect(412);
        // The same again is not asked; something new is.
        let same = receive(&lead, source(world.lead, "2", two)).await;
        assert_eq!(same["review_ids"], json!([]));
        app.advance(Span::hours(1)).await;
        let changed =
            json!({ "name": "李建国", "birth_date": "1971-03-04", "phone": "13911110000" });
        let asked = receive(&lead, source(world.lead, "2", changed)).await;
        assert_eq!(asked["review_ids"], json!([id]));
        // A pair of another group is nobody's business.
        let outside = app.client("referral-office", world.outside).await;
        outside.get(&path).await.expect(404);
    });
}

#[test]
fn fields_come_from_the_source_the_rule_prefers() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let village = app.client("village-doctor", world.village).await;
        let lead = app.client("referral-office", world.lead).await;
        let mut told = wang_as_source();
        told["name"] = json!("王晓明");
        let first = receive(&village, source(world.village, "v", told)).await;
        let id: Id = first["patient_id"].as_str().unwrap().parse().unwrap();
        app.advance(Span::hours(1)).await;
        let mut told = wang_as_source();
        told["card_verified"] = json!(true);
        told["phone"] = json!("13900000099");
        receive(&lead, source(world.lead, "l", told)).await;
        app.advance(Span::hours(1)).await;
        // Later and not verified: the telephone is newer, the name is not better.
        let mut told = wang_as_source();
        told["name"] = json!("王小名");
        told["phone"] = json!("13700000077");
        receive(&village, source(world.village, "v", told)).await;
        let shown = lead.get(&format!("/api/patients/{id}")).await.expect(200);
        assert_eq!(shown.json["patient"]["name"], "王小明");
        assert_eq!(shown.json["patient"]["phone"], "137****0077");
        let sources = lead
            .get(&format!("/api/patients/{id}/sources"))
            .await
            .expect(200);
        let from = sources.json["provenance"].as_array().unwrap();
        let of = |field: &str| from.iter().find(|one| one["field"] == field).unwrap();
        assert_eq!(
            (&of("name")["by"], &of("name")["org_id"]),
            (&json!("verified-card"), &json!(world.lead))
        );
        assert_eq!(
            (&of("phone")["by"], &of("phone")["org_id"]),
            (&json!("newest"), &json!(world.village))
        );
        // What was a name once finds the person still.
        assert_eq!(shown.json["patient"]["former_names"], json!(["王晓明"]));
    });
}

#[test]
fn newborns_are_linked_to_their_mother_and_twins_stay_two() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let mother = register(&doctor, wang()).await;
        let path = format!("/api/patients/{mother}/newborns");
        let today = app.clock().now().date();
        let child = |order: u8, of: u8| json!({ "sex": "male", "birth_date": today, "order": order, "of": of });
        let first = doctor.post(&path, child(1, 2)).await.expect(201);
        assert_eq!(first.json["patient"]["name"], "王小明之婴甲");
        assert_eq!(first.json["patient"]["mother_id"], json!(mother));
        assert_eq!(first.json["patient"]["guardian"]["relation"], "母亲");
        let second = doctor.post(&path, child(2, 2)).await.expect(201);
        assert_eq!(second.json["patient"]["name"], "王小明之婴乙");
        let again = doctor.post(&path, child(2, 2)).await.expect(409);
        again.expect_code("record.newborn-registered");
        doctor
            .post(&path, child(3, 2))
            .await
            .expect(400)
            .expect_code("record.newborn-order");
        let old = json!({ "sex": "male", "birth_date": "2020-01-01" });
        doctor
            .post(&path, old)
            .await
            .expect(400)
            .expect_code("record.newborn-date");
        let id: Id = first.json["patient"]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let names = event_names(&app, id).await;
        assert!(names.contains(&"record.newborn-linked".to_owned()));
    });
}
