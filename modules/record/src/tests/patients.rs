//! Registering, finding and changing patients.

use serde_json::json;
use testkit::on_each_engine;

use super::{WANG, event_names, modules, register, wang, world};

#[test]
fn a_patient_is_registered_once_and_masked() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let reply = doctor
            .with("idempotency-key", "one")
            .post("/api/patients", wang())
            .await
            .expect(201);
        assert_eq!(reply.version(), 1);
        let patient = &reply.json["patient"];
        assert_eq!(patient["birth_date"], "1949-12-31");
        assert_eq!(patient["sex"], "female");
        assert_eq!(patient["identifiers"][0]["value"], "110***********002X");
        assert_eq!(patient["phone"], "138****0012");
        assert_eq!(reply.json["basis"]["kind"], "own-patient");
        // The same command again is the same answer; another command meets the first.
        let again = doctor
            .with("idempotency-key", "one")
            .post("/api/patients", wang())
            .await
            .expect(201);
        assert_eq!(again.json, reply.json);
        let twin = doctor.post("/api/patients", wang()).await.expect(409);
        let twin = twin.expect_code("record.duplicate-identifier");
        assert_eq!(twin.json["errors"][0]["path"], "identifiers[0].value");
        assert_eq!(
            twin.json["data"]["matches"][0]["patient"]["id"],
            patient["id"]
        );
        // Elsewhere the match does not even tell the name.
        let stranger = app.client("village-doctor", world.other_village).await;
        let met = stranger.post("/api/patients", wang()).await.expect(409);
        assert_eq!(met.json["data"]["matches"][0]["patient"]["name"], "王**");
        assert!(!String::from_utf8_lossy(&met.bytes).contains("王小明"));
        let id = patient["id"].as_str().unwrap().parse().unwrap();
        let events = event_names(&app, id).await;
        assert_eq!(
            events,
            [
                "record.registered",
                "record.duplicate-shown",
                "record.duplicate-shown"
            ]
        );
        app.assert_audit_whole().await;
    });
}

#[test]
fn bad_input_names_its_field_and_changes_nothing() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let number = |value: &str| json!([{ "kind": "resident-id", "value": value }]);
        let unknown_org = kernel::Id::from_parts(1, [9; 10]);
        let cases = [
            (json!({}), 400, "record.name-missing", "name"),
            (
                json!({ "name": "甲", "birth_date": "1980-01-01" }),
                400,
                "record.sex-missing",
                "sex",
            ),
            (
                json!({ "name": "甲", "sex": "male" }),
                400,
                "record.birth-date-missing",
                "birth_date",
            ),
            (
                json!({ "name": "甲", "identifiers": number("110105194912310021") }),
                422,
                "record.identifier-check",
                "identifiers[0].value",
            ),
            (
                json!({ "name": "甲", "identifiers": number("123") }),
                400,
                "identity.resident-id-shape",
                "identifiers[0].value",
            ),
            (
                json!({ "name": "甲", "sex": "male", "identifiers": number(WANG) }),
                400,
                "record.sex-contradicts",
                "sex",
            ),
            (
                json!({ "name": "甲", "birth_date": "1950-01-01", "identifiers": number(WANG) }),
                400,
                "record.birth-date-contradicts",
                "birth_date",
            ),
            (
                json!({ "name": "甲", "sex": "male", "birth_date": "2027-01-01" }),
                400,
                "record.birth-date-future",
                "birth_date",
            ),
            (
                json!({ "name": "甲".repeat(61), "sex": "male", "birth_date": "1980-01-01" }),
                400,
                "record.text-too-long",
                "name",
            ),
            (
                json!({ "name": "甲", "sex": "male", "birth_date": "1980-01-01", "phone": "call me" }),
                400,
                "record.phone-shape",
                "phone",
            ),
            (
                json!({ "name": "甲", "sex": "male", "birth_date": "1980-02-30" }),
                400,
                "request.json",
                "birth_date",
            ),
            (
                json!({ "name": "甲", "sex": "male", "birth_date": "1980-01-01", "colour": 1 }),
                400,
                "request.json",
                "colour",
            ),
            (
                json!({ "name": "甲", "sex": "male", "birth_date": "1980-01-01", "org_id": unknown_org }),
                403,
                "access.out-of-scope",
                "org_id",
            ),
            (
                json!({ "name": "甲", "sex": "male", "birth_date": "1980-01-01", "catchment_org_id": unknown_org }),
                404,
                "organization",
                "catchment_org_id",
            ),
        ];
        for (body, status, code, field) in cases {
            let reply = doctor
                .post("/api/patients", body.clone())
                .await
                .expect(status)
                .expect_code(code);
            assert_eq!(reply.json["errors"][0]["path"], field, "{body}");
        }
        let list = doctor.get("/api/patients").await.expect(200);
        assert_eq!(list.json["items"], json!([]));
        let taken = json!({ "name": "甲", "identifiers": [{ "kind": "resident-id",
            "value": "110105194912310021", "override_reason": "证件如此,已核对" }] });
        doctor.post("/api/patients", taken).await.expect(201);
    });
}

#[test]
fn possible_duplicates_are_shown_first() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let first = register(&doctor, wang()).await;
        let query =
            json!({ "name": "汪晓明", "birth_date": "1949-12-31", "phone": "138 0000 0012" });
        let matches = doctor
            .post("/api/patients/matches", query.clone())
            .await
            .expect(200);
        assert_eq!(matches.json[0]["patient"]["id"], json!(first));
        assert_eq!(
            matches.json[0]["reasons"],
            json!(["same-name-and-birth-date", "same-phone"])
        );
        let mut twin = query;
        twin["sex"] = json!("male");
        let refused = doctor.post("/api/patients", twin.clone()).await.expect(409);
        let refused = refused.expect_code("record.possible-duplicate");
        twin["not_same_as"] = refused.json["data"]["patient_ids"].clone();
        let second = register(&doctor, twin).await;
        assert_ne!(first, second);
        doctor
            .post("/api/patients/matches", json!({ "name": "王" }))
            .await
            .expect_code("record.query-empty");
    });
}

#[test]
fn exact_search_is_masked_limited_and_audited() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let office = app.client("referral-office", world.lead).await;
        let by_number =
            json!({ "identifier": { "kind": "resident-id", "value": "１１０１０５19491231002x" } });
        let found = office
            .post("/api/patients/find", by_number.clone())
            .await
            .expect(200);
        assert_eq!(found.json[0]["patient"]["name"], "王**");
        assert_eq!(found.json[0]["patient"]["identifier"], "110***********002X");
        assert_eq!(found.json[0]["readable"], false);
        let by_name = json!({ "name": "王小明", "birth_date": "1949-12-31" });
        let found = doctor
            .post("/api/patients/find", by_name.clone())
            .await
            .expect(200);
        assert_eq!(found.json[0]["patient"]["name"], "王小明");
        let nobody = json!({ "identifier": { "kind": "health-card", "value": "0000000" } });
        assert_eq!(
            office
                .post("/api/patients/find", nobody)
                .await
                .expect(200)
                .json,
            json!([])
        );
        office
            .post("/api/patients/find", json!({ "name": "王小明" }))
            .await
            .expect_code("record.query-empty");
        let both = json!({ "name": "王小明", "birth_date": "1949-12-31",
            "identifier": { "kind": "resident-id", "value": WANG } });
        office
            .post("/api/patients/find", both)
            .await
            .expect_code("record.query-empty");
        let nurse = app.client("ward-nurse", world.lead).await;
        nurse
            .post("/api/patients/find", by_name)
            .await
            .expect(403)
            .expect_code("access.forbidden");
        assert_eq!(
            event_names(&app, id).await,
            ["record.registered", "record.found", "record.found"]
        );
        for _ in 0..197 {
            office
                .post("/api/patients/find", by_number.clone())
                .await
                .expect(200);
        }
        let last = office.post("/api/patients/find", by_number.clone()).await;
        last.expect(200);
        office
            .post("/api/patients/find", by_number)
            .await
            .expect(429)
            .expect_code("record.search-limit");
    });
}

#[test]
fn a_record_keeps_history_and_texts_as_typed() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let path = format!("/api/patients/{id}");
        let nasty = "Robert'); DROP TABLE patient;-- <script>alert(1)</script> =1+1 %_\\ 🏥 {x}";
        let short = "a'); DROP TABLE x;--<script>";
        let change = json!({ "name": short, "address": nasty, "village": short,
            "guardian": { "name": short, "relation": short, "phone": "13900000034" },
            "contacts": [{ "name": short, "relation": "<b>", "phone": null }] });
        doctor
            .send(
                "PATCH",
                &path,
                Some("application/json"),
                change.to_string().into(),
            )
            .await
            .expect(400)
            .expect_code("request.if-match");
        let seeing = doctor.seeing(1);
        let changed = seeing
            .send(
                "PATCH",
                &path,
                Some("application/json"),
                change.to_string().into(),
            )
            .await;
        let changed = changed.expect(200);
        assert_eq!(changed.version(), 2);
        let stale = seeing
            .send(
                "PATCH",
                &path,
                Some("application/json"),
                change.to_string().into(),
            )
            .await;
        assert_eq!(
            stale.expect(412).expect_code("store.stale-version").json["data"]["version"],
            2
        );
        let added = doctor
            .seeing(2)
            .post(
                &format!("{path}/allergies"),
                json!({ "kind": "drug",
            "substance": nasty, "reaction": nasty, "severity": "severe" }),
            )
            .await
            .expect(200);
        let added = doctor
            .seeing(added.version())
            .post(
                &format!("{path}/problems"),
                json!({
            "code": "I10", "title": nasty, "chronic": true, "since": "2020-01-01" }),
            )
            .await
            .expect(200);
        doctor
            .seeing(added.version())
            .post(
                &format!("{path}/problems"),
                json!({
            "code": "I10", "title": nasty }),
            )
            .await
            .expect(409)
            .expect_code("record.problem-listed");
        let shown = doctor.get(&path).await.expect(200);
        let patient = &shown.json["patient"];
        assert_eq!(patient["name"], short);
        assert_eq!(patient["address"], nasty);
        assert_eq!(patient["guardian"]["relation"], short);
        assert_eq!(patient["guardian"]["phone"], "139****0034");
        assert_eq!(patient["contacts"][0]["relation"], "<b>");
        assert_eq!(patient["allergies"][0]["substance"], nasty);
        assert_eq!(patient["problems"][0]["title"], nasty);
        let (allergy, problem) = (
            &patient["allergies"][0]["id"],
            &patient["problems"][0]["id"],
        );
        let end = format!("{path}/allergies/{}/end", allergy.as_str().unwrap());
        let ended = doctor
            .seeing(shown.version())
            .post(&end, json!({}))
            .await
            .expect(200);
        let end = format!("{path}/problems/{}/end", problem.as_str().unwrap());
        let ended = doctor
            .seeing(ended.version())
            .post(&end, json!({}))
            .await
            .expect(200);
        assert!(ended.json["patient"]["problems"][0]["ended_at"].is_string());
        let list = doctor.get("/api/patients?q=a%27").await.expect(200);
        assert_eq!(list.json["items"][0]["name"], short);
        app.assert_audit_whole().await;
    });
}

#[test]
fn an_unknown_person_is_identified_later() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("attending-doctor", world.lead).await;
        let reply = doctor
            .post("/api/patients", json!({ "unknown": true }))
            .await
            .expect(201);
        let patient = &reply.json["patient"];
        assert_eq!(patient["identified"], false);
        assert_eq!(patient["sex"], "unknown");
        let path = format!("/api/patients/{}", patient["id"].as_str().unwrap());
        let named = doctor
            .seeing(1)
            .post(
                &format!("{path}/identifiers"),
                json!({ "kind": "resident-id", "value": WANG }),
            )
            .await
            .expect(200);
        assert_eq!(named.json["patient"]["birth_date"], "1949-12-31");
        let change = json!({ "name": "王小明" }).to_string();
        let named = doctor
            .seeing(2)
            .send("PATCH", &path, Some("application/json"), change.into())
            .await;
        assert_eq!(named.expect(200).json["patient"]["identified"], true);
        let number = doctor.get(&path).await.json["patient"]["identifiers"][0]["id"].clone();
        let retire = format!("{path}/identifiers/{}/retire", number.as_str().unwrap());
        doctor.seeing(3).post(&retire, json!({})).await.expect(200);
        let find = json!({ "identifier": { "kind": "resident-id", "value": WANG } });
        assert_eq!(
            doctor
                .post("/api/patients/find", find)
                .await
                .expect(200)
                .json,
            json!([])
        );
        // The number is free for whom it belongs to.
        let mut other = wang();
        other["not_same_as"] = json!([patient["id"]]);
        doctor.post("/api/patients", other).await.expect(201);
    });
}

#[test]
fn lists_and_search_stay_within_reach() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        for (name, birth) in [
            ("张三", "1980-01-01"),
            ("张山", "1981-01-01"),
            ("李四", "1982-01-01"),
        ] {
            register(
                &doctor,
                json!({ "name": name, "sex": "male", "birth_date": birth,
                "identifiers": [{ "kind": "hospital-number", "value": format!("H-{birth}") }] }),
            )
            .await;
        }
        let names = |reply: &testkit::Reply| -> Vec<String> {
            let items = reply.json["items"].as_array().unwrap().iter();
            items
                .map(|item| item["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let page = doctor.get("/api/patients?limit=2").await.expect(200);
        assert_eq!(names(&page), ["李四", "张山"]);
        let next = page.json["next"].as_str().unwrap();
        let page = doctor
            .get(&format!("/api/patients?limit=2&after={next}"))
            .await
            .expect(200);
        assert_eq!(names(&page), ["张三"]);
        for (q, found) in [
            ("zs", 2),
            ("zhangsh", 1),
            ("%E5%BC%A0%E5%B1%B1", 1),
            ("ls", 1),
            ("H-1982-01-01", 1),
            ("x%25", 0),
        ] {
            let page = doctor
                .get(&format!("/api/patients?q={q}"))
                .await
                .expect(200);
            assert_eq!(names(&page).len(), found, "{q}");
        }
        let page = doctor
            .get("/api/patients?q=%E5%BC%A0%E4%B8%89")
            .await
            .expect(200);
        assert_eq!(names(&page)[0], "张三");
        let stranger = app.client("village-doctor", world.other_village).await;
        for q in ["", "?q=zs", "?q=H-1982-01-01"] {
            let page = stranger.get(&format!("/api/patients{q}")).await.expect(200);
            assert_eq!(page.json["items"], json!([]), "{q}");
        }
        let search = doctor.get("/api/search?q=lisi").await.expect(200);
        assert_eq!(search.json["groups"][0]["items"][0]["title"], "李四");
        let bureau = app.client("health-bureau", world.lead).await;
        assert_eq!(
            bureau.get("/api/search?q=lisi").await.expect(200).json["groups"],
            json!([])
        );
        bureau
            .get("/api/patients")
            .await
            .expect(403)
            .expect_code("access.forbidden");
    });
}
