//! Bad input, wrong people, races: each refused by name, and nothing changed.

use serde_json::json;
use testkit::on_each_engine;

use super::fixture::{
    act, bed, live_holds, modules, patient, people, plan, read, send, sheet, world,
};

#[test]
fn a_second_live_request_is_refused_and_the_form_says_so_first() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let id = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        let asked = json!({
            "kind": "up", "patient_id": patient_id,
            "content": { "diagnoses": [{ "code": "I50.1", "display": "左心衰竭" }], "service": "inpatient" },
        });
        let preflight = people
            .village_doctor
            .post("/api/referrals/preflight", asked)
            .await
            .expect(200);
        assert_eq!(preflight.json["live"]["id"], json!(id));
        assert_eq!(preflight.json["suggestion"]["verdict"], "refer");
        assert_eq!(preflight.json["suggestion"]["targets"][0]["name"], "二院");
        let second = people
            .village_doctor
            .post(
                "/api/referrals",
                sheet("up", patient_id, world.member, "I50"),
            )
            .await
            .expect(201)
            .id();
        let refused = act(&people.village_doctor, second, "submit", json!({})).await;
        refused.expect(409).expect_code("referral.live-exists");
        // Another clinic learns nothing of a patient it has no basis for.
        let asked = json!({ "kind": "up", "patient_id": patient_id, "content": {} });
        let blind = people
            .other_village_doctor
            .post("/api/referrals/preflight", asked)
            .await
            .expect(200);
        assert!(blind.json["live"].is_null() && blind.json["basis"].is_null());
        people
            .other_village_doctor
            .post("/api/referrals", sheet("up", patient_id, world.lead, "J18"))
            .await
            .expect(403)
            .expect_code("record.no-basis");
    });
}

#[test]
fn wrong_input_names_the_field() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let good = sheet("up", patient_id, world.lead, "I50");
        let check = async |path: &str, value: serde_json::Value, code: &str, field: &str| {
            let mut wrong = good.clone();
            *wrong.pointer_mut(path).unwrap() = value;
            let reply = people.village_doctor.post("/api/referrals", wrong).await;
            assert_eq!(reply.code(), code, "{path}: {reply:?}");
            assert!(
                reply.json["errors"].to_string().contains(field),
                "{path}: {reply:?}"
            );
        };
        check(
            "/to_org_id",
            json!(world.stranger),
            "referral.not-in-group",
            "to_org_id",
        )
        .await;
        check(
            "/to_org_id",
            json!(world.village),
            "referral.same-side",
            "to_org_id",
        )
        .await;
        check("/to_org_id", json!(kernel::Id::MAX), "organization", "").await;
        check(
            "/content/diagnoses/0/code",
            json!("ZZZ"),
            "terminology.unknown-code",
            "content.diagnoses.0.code",
        )
        .await;
        check(
            "/content/vital_signs/pulse_bpm",
            json!(900),
            "referral.vital-implausible",
            "pulse_bpm",
        )
        .await;
        check(
            "/content/vital_signs/diastolic_mmhg",
            json!(150),
            "referral.vital-implausible",
            "diastolic",
        )
        .await;
        check(
            "/content/condition",
            json!("长".repeat(5000)),
            "referral.text-too-long",
            "content.condition",
        )
        .await;
        check("/kind", json!("sideways"), "request.json", "kind").await;

        let submit = async |path: &str, value: serde_json::Value, code: &str| {
            let mut wrong = good.clone();
            *wrong.pointer_mut(path).unwrap() = value;
            let id = people
                .village_doctor
                .post("/api/referrals", wrong)
                .await
                .expect(201)
                .id();
            act(&people.village_doctor, id, "submit", json!({}))
                .await
                .expect_code(code);
            assert_eq!(
                read(&people.village_doctor, id).await.json["state"],
                "draft"
            );
        };
        submit("/content/consent", json!(null), "referral.consent-needed").await;
        submit(
            "/content/consent/at",
            json!("2027-01-01T00:00:00Z"),
            "referral.time-in-future",
        )
        .await;
        submit(
            "/content/consent/given_by",
            json!("emergency"),
            "referral.consent-needed",
        )
        .await;
        submit("/content/condition", json!("  "), "referral.missing").await;
        submit("/content/diagnoses", json!([]), "referral.missing").await;
        // SQL and script are only words here.
        let mut words = good.clone();
        words["content"]["condition"] =
            json!("'; DROP TABLE referral; -- <script>alert(1)</script>");
        let id = people
            .village_doctor
            .post("/api/referrals", words.clone())
            .await
            .expect(201)
            .id();
        assert_eq!(
            read(&people.village_doctor, id).await.json["content"]["condition"],
            words["content"]["condition"]
        );
    });
}

#[test]
fn going_another_way_than_the_rules_needs_a_reason() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        // A heart attack sent to the township centre as routine.
        let mut wrong = sheet("up", patient_id, world.town, "I21");
        wrong["content"]["priority"] = json!("routine");
        let id = people
            .village_doctor
            .post("/api/referrals", wrong)
            .await
            .expect(201)
            .id();
        let refused = act(&people.village_doctor, id, "submit", json!({})).await;
        let refused = refused.expect(400).expect_code("referral.override-needed");
        assert_eq!(
            refused.json["data"]["points"],
            json!(["level-too-low", "less-urgent"])
        );
        let explained = json!({ "override_reason": "家属要求就近，已联系 120" });
        let sent = act(&people.village_doctor, id, "submit", explained)
            .await
            .expect(200);
        assert_eq!(sent.json["suggestion"]["overridden"], json!(true));
    });
}

#[test]
fn a_bed_is_held_once_and_the_loser_is_offered_others() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let one = patient(&people.village_doctor).await;
        let two = patient(&people.village_doctor).await;
        let first = send(&people.village_doctor, sheet("up", one, world.lead, "I50")).await;
        let second = send(&people.village_doctor, sheet("up", two, world.lead, "I50")).await;
        act(&people.office, first, "accept", bed(world.beds[0]))
            .await
            .expect(200);
        let taken = act(&people.office, second, "accept", bed(world.beds[0])).await;
        let taken = taken.expect(409).expect_code("resources.taken");
        assert!(
            !taken.json["data"]["alternatives"]
                .as_array()
                .unwrap()
                .is_empty(),
            "{taken:?}"
        );
        assert_eq!(
            read(&people.office, second).await.json["state"],
            "submitted"
        );
        // Another organization's bed is not this side's to give.
        act(&people.office, second, "accept", bed(world.member_beds[0]))
            .await
            .expect(400)
            .expect_code("referral.place-elsewhere");
        // Taking a request back frees the bed at once.
        let reason = json!({ "reason_code": "patient-declined" });
        act(&people.village_doctor, first, "withdraw", reason)
            .await
            .expect(200);
        assert_eq!(live_holds(&app, first).await, 0);
        act(&people.office, second, "accept", bed(world.beds[0]))
            .await
            .expect(200);
        // So does passing it on.
        let on = json!({ "org_id": world.member, "reason_code": "no-bed" });
        act(&people.office, second, "reassign", on)
            .await
            .expect(200);
        assert_eq!(live_holds(&app, second).await, 0);
        people
            .office
            .get(&format!("/api/referrals/{second}"))
            .await
            .expect(404);
        assert_eq!(
            read(&people.member_office, second).await.json["state"],
            "submitted"
        );
    });
}

#[test]
fn versions_keys_and_sides_are_kept() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let id = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        let path = format!("/api/referrals/{id}/review");
        people
            .office
            .post(&path, json!({}))
            .await
            .expect(400)
            .expect_code("request.if-match");
        people
            .office
            .seeing(1)
            .post(&path, json!({}))
            .await
            .expect(412)
            .expect_code("store.stale-version");
        let version = read(&people.office, id).await.version();
        let once = people
            .office
            .seeing(version)
            .with("idempotency-key", "double-click");
        let first = once.post(&path, json!({})).await.expect(200);
        let again = once.post(&path, json!({})).await.expect(200);
        assert_eq!(first.version(), again.version());
        for outsider in [
            &people.stranger,
            &people.other_village_doctor,
            &people.member_office,
        ] {
            outsider
                .get(&format!("/api/referrals/{id}"))
                .await
                .expect(404);
            outsider
                .get(&format!("/api/referrals/{id}/fhir"))
                .await
                .expect(404);
        }
        people
            .bureau
            .get(&format!("/api/referrals/{id}"))
            .await
            .expect(403);
        let statistics = people
            .bureau
            .get("/api/referrals/statistics?month=2026-11")
            .await
            .expect(200);
        assert!(
            !statistics.json.to_string().contains("测试"),
            "figures carry no names"
        );
        let wrong = json!({ "reason_code": "no-such-reason" });
        act(&people.office, id, "reject", wrong)
            .await
            .expect(400)
            .expect_code("terminology.unknown-code");
        act(
            &people.office,
            id,
            "reject",
            json!({ "reason_code": "local-care" }),
        )
        .await
        .expect(400)
        .expect_code("referral.missing");
        act(&people.office, id, "reject", json!({}))
            .await
            .expect_code("referral.reason-needed");
        act(&people.nurse, id, "arrive", json!({}))
            .await
            .expect(422)
            .expect_code("referral.not-now");
    });
}

#[test]
fn files_are_told_by_content_and_only_downloaded() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        let id = send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        let path = format!("/api/referrals/{id}/attachments");
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
        let page = b"<html><script>alert(1)</script></html>";
        let added = people
            .village_doctor
            .upload(&path, "../../心电图.png", png, &[])
            .await
            .expect(201);
        people
            .village_doctor
            .upload(&path, "x.png", page, &[])
            .await
            .expect(400)
            .expect_code("referral.file-type");
        people
            .other_village_doctor
            .upload(&path, "x.png", png, &[])
            .await
            .expect(404);
        let file = people
            .office
            .get(&format!("{path}/{}", added.id()))
            .await
            .expect(200);
        let disposition = file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            disposition.starts_with("attachment;") && !disposition.contains(".."),
            "{disposition}"
        );
        assert_eq!(&*file.bytes, png);
        let large = vec![b'%'; 21 * 1024 * 1024];
        people
            .village_doctor
            .upload(&path, "x.pdf", &large, &[])
            .await
            .expect(413)
            .expect_code("referral.file-too-large");
    });
}

#[test]
fn an_unstable_patient_is_not_referred_down() {
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
        act(&people.nurse, id, "arrive", json!({}))
            .await
            .expect(200);
        act(&people.nurse, id, "admit", json!({})).await.expect(200);
        let mut unstable = plan();
        unstable["stability"]["vitals-stable"] = json!(false);
        act(
            &people.attending,
            id,
            "propose-down",
            json!({ "plan": unstable }),
        )
        .await
        .expect(422)
        .expect_code("referral.not-stable");
        act(
            &people.attending,
            id,
            "propose-down",
            json!({ "plan": plan() }),
        )
        .await
        .expect(200);
        let declined = json!({ "reason_code": "no-service" });
        let back = act(&people.village_doctor, id, "decline-down", declined)
            .await
            .expect(200);
        assert_eq!(back.json["state"], "admitted");
    });
}
