//! Cases follow their patient when two records become one.

use serde_json::json;
use testkit::on_each_engine;

use super::fixture::{act, modules, patient, people, read, send, sheet, world};

#[test]
fn two_live_cases_of_one_problem_are_settled_before_a_merge() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let stays = patient(&people.village_doctor).await;
        let told = json!({ "name": "周远", "sex": "male", "birth_date": "1961-07-09" });
        let registered = people
            .village_doctor
            .post("/api/patients", told)
            .await
            .expect(201);
        let goes: kernel::Id = registered.json["patient"]["id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let kept = sheet("up", stays, world.lead, "I50");
        send(&people.village_doctor, kept).await;
        let same = send(&people.village_doctor, sheet("up", goes, world.lead, "I50")).await;
        let other = send(&people.village_doctor, sheet("up", goes, world.lead, "J18")).await;
        let body = json!({ "winner_id": stays, "loser_id": goes, "reason": "核对证件为同一人" });
        let path = "/api/patient-index/merges";
        let refused = people.office.post(path, body.clone()).await.expect(409);
        refused.expect_code("referral.merge-live-case");
        assert_eq!(
            read(&people.village_doctor, other).await.json["patient_id"],
            json!(goes)
        );
        let reason = json!({ "reason_code": "improved" });
        act(&people.village_doctor, same, "withdraw", reason)
            .await
            .expect(200);
        let merged = people.office.post(path, body).await.expect(201);
        let moved = merged.json["references"].as_array().unwrap();
        let cases = moved.iter().filter(|one| one["kind"] == "referral").count();
        assert_eq!(cases, 2);
        assert_eq!(
            read(&people.village_doctor, other).await.json["patient_id"],
            json!(stays)
        );
        let undone = people
            .office
            .seeing(1)
            .post(
                &format!("{path}/{}/undo", merged.id()),
                json!({ "reason": "实为两人，撤销" }),
            )
            .await;
        undone.expect(200);
        for id in [same, other] {
            assert_eq!(
                read(&people.village_doctor, id).await.json["patient_id"],
                json!(goes)
            );
        }
    });
}
