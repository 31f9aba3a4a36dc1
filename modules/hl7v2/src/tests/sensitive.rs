//! What is sensitive in a message is kept apart like what comes over FHIR.

use serde_json::json;
use store::Request;
use testkit::{Client, on_each_engine};

use super::world::{effects, message, modules, pid, said, send, world};

/// 抗 HIV 阳性, by words, and by a code that members share; beside them what everybody may see.
const REPORT: &str = "OBR|1||F1|PRE^术前检查^L|||20261122063000|||||||||||||||20261122073000||LAB|F
    OBX|1|NM|WBC^白细胞计数^L||5.60|10^9/L|3.5-9.5|N|||F
    OBX|2|ST|A1^艾滋病抗体初筛^L||阳性||||||F
    OBX|3|ST|75622-1^HIV 1+2 Ab^LN||Positive||||||F";
const SENSITIVE_REPORT: &str =
    "OBR|1||F2|A1^艾滋病抗体确证^L|||20261122063000|||||||||||||||20261122073000||LAB|F
    OBX|1|ST|A2^条带^L||见报告||||||F";

async fn statuses(client: &Client, references: &[String]) -> Vec<u16> {
    let mut found = Vec::new();
    for reference in references {
        let reply = client.get(&format!("/fhir/{reference}")).await;
        found.push(reply.status.as_u16());
    }
    found
}

#[test]
fn results_orders_and_documents_of_a_sensitive_kind_are_labelled() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let text = message("ORU^R01", "R1", &(pid("1001", "王小明") + "\n" + REPORT));
        assert_eq!(said(&send(&app, &text).await), "AA");
        let results = effects(&world.admin, "observation-stored").await;
        let report = effects(&world.admin, "report-stored").await;
        let text = message(
            "ORU^R01",
            "R2",
            &(pid("1001", "王小明") + "\n" + SENSITIVE_REPORT),
        );
        assert_eq!(said(&send(&app, &text).await), "AA");
        let sensitive = effects(&world.admin, "report-stored").await;
        let shown = world
            .doctor
            .get(&format!("/fhir/{}", report[0]))
            .await
            .expect(200);
        let patient = shown.json["subject"]["reference"].as_str().unwrap();
        let patient: kernel::Id = patient.strip_prefix("Patient/").unwrap().parse().unwrap();
        let village = world.village;
        let request = Request::system("test");
        let opened = app.store().write(&request, move |tx| {
            let document = tx.new_id();
            record::open_care(tx, patient, village, "referral", document)
        });
        opened.await.unwrap();
        let other = app.client("village-doctor", village).await;
        assert_eq!(statuses(&world.doctor, &results).await, [200, 200, 200]);
        assert_eq!(statuses(&other, &results).await, [200, 404, 404]);
        assert_eq!(statuses(&other, &report).await, [200]);
        assert_eq!(statuses(&world.doctor, &sensitive).await, [200]);
        assert_eq!(statuses(&other, &sensitive).await, [404]);
        let path = format!("/fhir/Observation?patient={patient}&_total=accurate");
        assert_eq!(other.get(&path).await.expect(200).json["total"], 2);
        let count = "/fhir/Observation?code=75622-1&_summary=count";
        assert_eq!(other.get(count).await.expect(200).json["total"], 0);
        assert_eq!(world.doctor.get(count).await.expect(200).json["total"], 1);

        // A document whose title tells nothing, and whose text does.
        for (number, words, seen) in [
            ("D1", "一般情况可", 200),
            ("D2", "抗HIV确证阳性，艾滋病", 404),
        ] {
            let lines = format!(
                "{}\nTXA|1|DS^出院小结|TX|20261122080000||||||||{number}|||||AU\nOBX|1|TX|T^正文||{words}",
                pid("1001", "王小明")
            );
            let text = message("MDM^T02", number, &lines);
            assert_eq!(said(&send(&app, &text).await), "AA");
            let stored = effects(&world.admin, "document-stored").await;
            assert_eq!(statuses(&world.doctor, &stored).await, [200]);
            assert_eq!(statuses(&other, &stored).await, [seen], "{words}");
        }
        // A consent opens what a message brought as it opens all else.
        let consents = format!("/api/patients/{patient}/consents");
        let end = app.clock().now() + kernel::Span::days(3);
        let body = json!({ "reach": "org", "grantee_org_id": village, "purpose": "会诊",
            "expires_at": end, "sensitive": ["hiv"] });
        world.doctor.post(&consents, body).await.expect(201);
        assert_eq!(statuses(&other, &results).await, [200, 200, 200]);
        assert_eq!(statuses(&other, &sensitive).await, [200]);
    });
}
