//! Who reads the log of whom: the patient's organizations, and those told of an emergency access.

use serde_json::json;
use testkit::on_each_engine;

use super::{modules, register, wang, world};

#[test]
fn who_was_told_of_an_emergency_access_reads_the_log_and_nothing_else() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let other = json!({ "name": "李小红", "birth_date": "1990-02-03", "sex": "female" });
        let other_id = register(&doctor, other).await;
        let log = format!("/api/patients/{id}/access-log");
        let officer = app.client("privacy-officer", world.lead).await;
        let refused = officer.get(&log).await.expect(403);
        refused.expect_code("record.log-not-yours");
        let attending = app.client("attending-doctor", world.lead).await;
        let reason = json!({ "reason": "病人昏迷送入急诊，需立即了解过敏史" });
        let opened = attending
            .post(&format!("/api/patients/{id}/break-glass"), reason)
            .await
            .expect(201);
        let seen = officer.get(&log).await.expect(200);
        let events: Vec<&str> = seen.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| entry["event"].as_str())
            .collect();
        assert!(events.contains(&"record.break-glass"), "{events:?}");
        // The look itself is in the log, on the emergency access as its basis.
        let again = officer.get(&log).await.expect(200);
        let own = again.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["detail"]["what"] == "access-log");
        assert_eq!(own.unwrap()["basis"]["kind"], "break-glass");
        // Nothing but the log, no other patient, and nobody else.
        let record = format!("/api/patients/{id}");
        officer.get(&record).await.expect(403);
        let timeline = format!("{record}/timeline");
        officer.get(&timeline).await.expect(403);
        let others = format!("/api/patients/{other_id}/access-log");
        officer.get(&others).await.expect(403);
        for org_id in [world.outside, world.other_village] {
            let stranger = app.client("privacy-officer", org_id).await;
            let refused = stranger.get(&log).await.expect(403);
            refused.expect_code("record.log-not-yours");
        }
        let resident = app.client("resident", world.lead).await;
        resident.get(&log).await.expect(403);
        attending.get(&log).await.expect(403);
        // Reviewed or not: the review can be looked at again.
        let review = format!("/api/break-glass/{}/review", opened.id());
        let outcome = json!({ "outcome": "justified", "note": "已核对急诊记录" });
        officer.seeing(1).post(&review, outcome).await.expect(200);
        officer.get(&log).await.expect(200);
        app.assert_audit_whole().await;
    });
}
