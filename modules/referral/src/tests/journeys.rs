//! The main job and its side roads, over the wire, on every engine.

use kernel::Span;
use serde_json::{Value, json};
use testkit::on_each_engine;

use super::fixture::{
    act, bed, live_care, live_holds, modules, patient, people, plan, read, send, sheet, world,
};

fn state(reply: &testkit::Reply) -> &str {
    reply.json["state"].as_str().unwrap()
}

fn allowed(reply: &testkit::Reply) -> Vec<String> {
    let actions = reply.json["actions"].as_array().unwrap();
    let open = actions
        .iter()
        .filter(|action| action["allowed"] == json!(true));
    open.map(|action| action["action"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_patient_goes_up_is_treated_comes_down_and_is_followed_up() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let id = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;

        let seen = read(&people.office, id).await;
        assert_eq!(state(&seen), "submitted");
        assert_eq!(seen.json["sides"], json!(["receiver"]));
        assert!(allowed(&seen).contains(&"accept".to_owned()));
        assert!(!allowed(&seen).contains(&"withdraw".to_owned()));
        assert!(seen.json["due_at"].is_string());
        assert_eq!(live_care(&app, id).await, 1);

        act(
            &people.office,
            id,
            "review",
            json!({ "department_id": world.cardiology }),
        )
        .await
        .expect(200);
        // A hospital accepts with a place only.
        act(&people.office, id, "accept", json!({}))
            .await
            .expect(400)
            .expect_code("referral.place-needed");
        let accepted = act(&people.office, id, "accept", bed(world.beds[0]))
            .await
            .expect(200);
        assert_eq!(state(&accepted), "accepted");
        assert_eq!(
            accepted.json["hold"]["pick_up_code"]
                .as_str()
                .unwrap()
                .len(),
            6
        );
        assert_eq!(live_holds(&app, id).await, 1);

        act(&people.nurse, id, "arrive", json!({}))
            .await
            .expect(200);
        let admitted = act(&people.nurse, id, "admit", json!({ "number": "ZY001" }))
            .await
            .expect(200);
        assert_eq!(state(&admitted), "admitted");
        assert!(admitted.json["hold"].is_null());
        assert_eq!(live_holds(&app, id).await, 0);

        app.advance(Span::days(5)).await;
        let summary = json!({ "summary": {
            "diagnoses": [{ "code": "I50", "display": "心力衰竭" }],
            "findings": "射血分数 42%", "treatment": "利尿、扩血管", "advice": "限盐",
            "discharged_on": "2026-11-28",
        }});
        act(&people.attending, id, "return-results", summary)
            .await
            .expect(200);
        let proposal = json!({ "org_id": world.town, "plan": plan() });
        let proposed = act(&people.attending, id, "propose-down", proposal)
            .await
            .expect(200);
        assert_eq!(
            proposed.json["down_plan"]["formulary"][0]["available"],
            json!(true)
        );
        // The centre sees the case from now on; the other clinic never does.
        read(&people.town_doctor, id).await;
        people
            .other_village_doctor
            .get(&format!("/api/referrals/{id}"))
            .await
            .expect(404);

        let taken = act(&people.town_doctor, id, "accept-down", json!({}))
            .await
            .expect(200);
        assert_eq!(state(&taken), "community-accepted");
        assert_eq!(taken.json["follow_ups"].as_array().unwrap().len(), 3);
        follow_up(&people.town_doctor, Span::days(3), &app, None).await;
        follow_up(&people.town_doctor, Span::days(4), &app, None).await;
        follow_up(&people.town_doctor, Span::days(23), &app, None).await;
        assert_eq!(state(&read(&people.town_doctor, id).await), "followed-up");
        let outcome = json!({ "outcome": { "result": "improved", "satisfaction": 5 } });
        let closed = act(&people.town_doctor, id, "close", outcome)
            .await
            .expect(200);
        assert_eq!(state(&closed), "closed");
        assert_eq!(live_care(&app, id).await, 0);

        let from = people
            .village_doctor
            .get(&format!("/api/referrals/{id}/timeline"))
            .await
            .expect(200);
        let to = people
            .office
            .get(&format!("/api/referrals/{id}/timeline"))
            .await
            .expect(200);
        assert_eq!(from.json, to.json, "both sides see the same");
        let events: Vec<&str> = from
            .json
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["event"].as_str().unwrap())
            .collect();
        assert_eq!(events[0], "referral.drafted");
        assert_eq!(events[events.len() - 1], "referral.closed");
        app.assert_audit_whole().await;
    });
}

/// Records the follow-up that is due next.
async fn follow_up(
    doctor: &testkit::Client,
    after: Span,
    app: &testkit::TestApp,
    readmitted: Option<bool>,
) {
    app.advance(after).await;
    let list = doctor.get("/api/referrals/follow-ups").await.expect(200);
    let first = &list.json["items"][0];
    let record = json!({
        "way": "home-visit", "done_on": app.clock().now().date(),
        "form": { "general": "良好", "symptoms": "no" }, "takes_drugs": true, "readmitted": readmitted,
    });
    let path = format!(
        "/api/referrals/follow-ups/{}/record",
        first["id"].as_str().unwrap()
    );
    doctor
        .seeing(first["version"].as_i64().unwrap())
        .post(&path, record)
        .await
        .expect(200);
}

#[test]
fn an_unanswered_request_escalates_and_expires() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let id = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        app.advance(Span::hours(3)).await;
        assert_eq!(state(&read(&people.office, id).await), "escalated");
        let notices = people.duty_chief.get("/api/notices").await;
        assert!(
            notices.json.to_string().contains("referral.escalated"),
            "{notices:?}"
        );
        app.advance(Span::hours(47)).await;
        assert_eq!(state(&read(&people.village_doctor, id).await), "expired");
        assert_eq!(live_care(&app, id).await, 0);
        // The problem is free again.
        send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
    });
}

#[test]
fn a_patient_who_does_not_come_gives_the_bed_back() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let id = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        act(&people.office, id, "accept", bed(world.beds[0]))
            .await
            .expect(200);
        app.advance(Span::hours(30)).await;
        let seen = read(&people.office, id).await;
        assert!(
            ["no-show", "in-review"].contains(&state(&seen)),
            "{}",
            state(&seen)
        );
        assert_eq!(live_holds(&app, id).await, 0);
    });
}

#[test]
fn an_examination_holds_the_machine_and_brings_the_result_back() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let mut exam = sheet("exam", patient_id, world.lead, "R51");
        exam["content"]["service"] = json!("exam");
        exam["content"]["exam"] = json!({ "item_code": "CT-HEAD", "item_display": "颅脑CT平扫" });
        let id = send(&people.village_doctor, exam).await;
        let start = "2026-11-23T02:00:00Z";
        let place = json!({ "place": { "kind": "equipment", "equipment_id": world.ct, "start": start, "minutes": 10 } });
        let accepted = act(&people.office, id, "accept", place).await.expect(200);
        assert_eq!(accepted.json["expected_at"], json!(start));
        app.clock().set(start.parse().unwrap());
        act(&people.technician, id, "arrive", json!({}))
            .await
            .expect(200);
        act(&people.technician, id, "see", json!({ "number": "CT001" }))
            .await
            .expect(200);
        let summary = json!({ "summary": { "findings": "颅内未见异常" } });
        let back = act(&people.technician, id, "return-results", summary)
            .await
            .expect(200);
        assert_eq!(state(&back), "results-returned");
        assert_eq!(live_holds(&app, id).await, 0);
        let bundle = people
            .village_doctor
            .get(&format!("/api/referrals/{id}/fhir"))
            .await
            .expect(200);
        check_bundle(&bundle.json);
    });
}

/// Well-formed: every entry has type and id, every reference inside resolves, no array is empty.
fn check_bundle(bundle: &Value) {
    assert_eq!(bundle["resourceType"], "Bundle");
    let entries = bundle["entry"].as_array().unwrap();
    let addresses: Vec<&str> = entries
        .iter()
        .map(|entry| entry["fullUrl"].as_str().unwrap())
        .collect();
    for entry in entries {
        assert!(entry["resource"]["resourceType"].is_string());
        assert!(entry["resource"]["id"].as_str().unwrap().len() <= 64);
        check_value(&entry["resource"], &addresses);
    }
    for needed in [
        "ServiceRequest",
        "Task",
        "Patient",
        "Organization",
        "Composition",
        "Encounter",
        "Appointment",
    ] {
        assert!(
            addresses
                .iter()
                .any(|address| address.contains(&format!("/{needed}/"))),
            "{needed}"
        );
    }
}

fn check_value(value: &Value, addresses: &[&str]) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("reference") {
                assert!(
                    addresses.contains(&reference.as_str().unwrap()),
                    "{reference}"
                );
            }
            fields
                .values()
                .for_each(|inner| check_value(inner, addresses));
        }
        Value::Array(items) => {
            assert!(!items.is_empty(), "an empty array is not FHIR");
            items.iter().for_each(|inner| check_value(inner, addresses));
        }
        Value::Null => panic!("null is not FHIR"),
        _ => {}
    }
}

#[test]
fn an_answered_question_becomes_a_referral() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let mut question = sheet("advice", patient_id, world.lead, "I50");
        question["content"]["question"] = json!("是否需要住院？");
        let id = send(&people.village_doctor, question).await;
        assert_eq!(state(&read(&people.attending, id).await), "asked");
        let answer = json!({ "text": "建议住院评估", "suggests": "refer" });
        act(&people.attending, id, "answer", answer)
            .await
            .expect(200);
        let became = act(&people.village_doctor, id, "become-referral", json!({}))
            .await
            .expect(200);
        let draft = became.json["advice"]["became_id"].as_str().unwrap();
        let draft = people
            .village_doctor
            .get(&format!("/api/referrals/{draft}"))
            .await
            .expect(200);
        assert_eq!(state(&draft), "draft");
        assert_eq!(draft.json["origin_id"], json!(id));
        // A draft is the writer's own.
        people
            .office
            .get(&format!("/api/referrals/{}", draft.id()))
            .await
            .expect(404);
    });
}

#[test]
fn an_admission_closes_other_requests_and_a_return_is_flagged() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let heart = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        let chest = send(
            &people.village_doctor,
            sheet("up", patient_id, world.member, "J18"),
        )
        .await;
        act(
            &people.member_office,
            chest,
            "accept",
            bed(world.member_beds[0]),
        )
        .await
        .expect(200);
        act(&people.office, heart, "accept", bed(world.beds[0]))
            .await
            .expect(200);
        act(&people.nurse, heart, "arrive", json!({}))
            .await
            .expect(200);
        act(&people.nurse, heart, "admit", json!({}))
            .await
            .expect(200);
        assert_eq!(
            state(&read(&people.member_office, chest).await),
            "closed-elsewhere"
        );
        assert_eq!(live_holds(&app, chest).await, 0);
        let summary = json!({ "summary": { "findings": "好转" } });
        act(&people.attending, heart, "return-results", summary)
            .await
            .expect(200);
        let outcome = json!({ "outcome": { "result": "improved" } });
        act(&people.village_doctor, heart, "close", outcome)
            .await
            .expect(200);

        app.advance(Span::days(12)).await;
        let again = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        act(&people.office, again, "accept", bed(world.beds[1]))
            .await
            .expect(200);
        act(&people.nurse, again, "arrive", json!({}))
            .await
            .expect(200);
        let returned = act(&people.nurse, again, "admit", json!({}))
            .await
            .expect(200);
        assert_eq!(returned.json["readmission"]["days"], json!(12));
        let first = read(&people.village_doctor, heart).await;
        assert_eq!(first.json["readmission"]["referral_id"], json!(again));
    });
}

#[test]
fn a_hospital_refers_down_with_a_plan_and_lacking_drugs_show() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.attending).await;
        let mut down = sheet("down", patient_id, world.town, "I50");
        down["content"]["service"] = json!("community");
        down["content"]["reason_code"] = json!("stable");
        down["down_plan"] = plan();
        down["down_plan"]["drugs"].as_array_mut().unwrap().push(
            json!({ "code": "C07AG02-TAB", "display": "卡维地洛片", "dose": "6.25 mg 每日两次" }),
        );
        let reply = people.attending.post("/api/referrals", down.clone()).await;
        if reply.status.as_u16() != 201 {
            // The starter catalogue may not have these codes; the plan is refused by name.
            assert!(
                ["terminology.unknown-code"].contains(&reply.code()),
                "{reply:?}"
            );
            down["content"]["reason_code"] = json!("diagnosis-unclear");
            down["down_plan"] = plan();
        }
        let id = send(&people.attending, down).await;
        assert_eq!(state(&read(&people.town_doctor, id).await), "down-proposed");
        act(&people.town_doctor, id, "accept-down", json!({}))
            .await
            .expect(200);
        follow_up(&people.town_doctor, Span::days(3), &app, Some(true)).await;
        let seen = read(&people.attending, id).await;
        assert_eq!(seen.json["readmission"]["days"], json!(3));
        // Nobody does the others: they are missed, and the case closes by its clock.
        app.advance(Span::days(35)).await;
        assert_eq!(state(&read(&people.attending, id).await), "followed-up");
        app.advance(Span::days(8)).await;
        assert_eq!(state(&read(&people.attending, id).await), "closed");
    });
}
