//! Discharge summaries: filled in, previewed, issued, replaced, and read by our own reader.

use serde_json::{Value, json};
use testkit::{Client, on_each_engine};

use super::world::{found, modules, send, world};

async fn create(client: &Client, kind: &str, body: Value) -> String {
    let body = axum::body::Body::from(body.to_string());
    let reply = client
        .send(
            "POST",
            &format!("/fhir/{kind}"),
            Some("application/fhir+json"),
            body,
        )
        .await
        .expect(201);
    reply.json["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_stay_becomes_a_document() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let subject = json!({ "reference": format!("Patient/{}", world.patient) });
        let class =
            json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP" });
        let stay = create(
            doctor,
            "Encounter",
            json!({ "resourceType": "Encounter", "status": "finished",
            "class": class, "subject": subject, "identifier": [{ "value": "ZY0007" }],
            "period": { "start": "2026-11-02T09:00:00+08:00", "end": "2026-11-10T10:00:00+08:00" },
            "serviceProvider": { "reference": format!("Organization/{}", world.lead) } }),
        )
        .await;
        let encounter = json!({ "reference": format!("Encounter/{stay}") });
        create(doctor, "Condition", json!({ "resourceType": "Condition", "subject": subject,
            "encounter": encounter, "code": { "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10",
            "code": "J15.9" }], "text": "细菌性肺炎 <重>" } })).await;
        let pressure = format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"text":"白细胞"}},
            "subject":{subject},"encounter":{encounter},"effectiveDateTime":"2026-11-03T08:00:00+08:00",
            "valueQuantity":{{"value":5.60,"unit":"10^9/L"}}}}"#
        );
        create(
            doctor,
            "Observation",
            serde_json::from_str(&pressure.replace("5.60", "5.6")).unwrap(),
        )
        .await;
        let stays = doctor
            .get(&format!(
                "/api/documents/stays?patient_id={}",
                world.patient
            ))
            .await
            .expect(200);
        assert_eq!(
            (&stays.json[0]["id"], &stays.json[0]["number"]),
            (&json!(stay), &json!("ZY0007"))
        );
        let asked = json!({ "patient_id": world.patient, "source": "encounter", "stay_id": stay });
        let mut content = doctor
            .post("/api/documents/discharge-summaries/draft", asked.clone())
            .await
            .expect(200)
            .json;
        assert_eq!(
            content["diagnoses"],
            json!([{ "code": "J15.9", "display": "细菌性肺炎 <重>" }])
        );
        assert_eq!(content["results"][0]["value"], "5.6 10^9/L");
        assert_eq!(content["discharged_on"], "2026-11-10");
        let issue = "/api/documents/discharge-summaries";
        doctor
            .post(issue, content.clone())
            .await
            .expect(400)
            .expect_code("documents.missing");
        content["course"] = json!("抗感染治疗\n复查好转");
        content["advice"] = json!("休息；<b>两周</b>后复查");
        let preview = doctor
            .post(&format!("{issue}/preview"), content.clone())
            .await
            .expect(200)
            .json;
        assert_eq!(
            preview["sections"][0]["html"],
            "<ol><li>细菌性肺炎 &lt;重&gt; (J15.9)</li></ol>"
        );
        assert!(found(doctor, "DocumentReference").await.is_empty());
        let first = doctor.post(issue, content.clone()).await.expect(201).id();
        let original = doctor
            .get(&format!("/api/documents/{first}/original"))
            .await
            .expect(200);
        let read = cda::read(&original.bytes).unwrap();
        assert_eq!(
            read.header.patient.ids[1].extension.as_deref(),
            Some("11010519491231002X")
        );
        assert_eq!(
            read.header.custodian.ids[0].extension.as_deref(),
            Some("L1")
        );
        assert_eq!(
            read.sections()[0]
                .codes
                .iter()
                .filter(|code| code.code.as_deref() == Some("J15.9"))
                .count(),
            1
        );
        let shown = doctor
            .get(&format!("/api/documents/{first}"))
            .await
            .expect(200)
            .json;
        assert_eq!(shown["sections"].as_array().unwrap().len(), 4);
        assert_eq!(shown["sha256"], store::sha256_hex(&original.bytes));
        // A corrected one takes its place; that one only once.
        content["replaces_id"] = json!(first);
        content["condition"] = json!("好转");
        let second = doctor.post(issue, content.clone()).await.expect(201).id();
        let shown = doctor
            .get(&format!("/api/documents/{second}"))
            .await
            .expect(200)
            .json;
        assert_eq!(shown["version_number"], 2);
        let shown = doctor
            .get(&format!("/api/documents/{first}"))
            .await
            .expect(200)
            .json;
        assert_eq!(
            (&shown["state"], &shown["replaced_by"]),
            (&json!("superseded"), &json!(second))
        );
        doctor
            .post(issue, content.clone())
            .await
            .expect(422)
            .expect_code("documents.replaced");
        // What was issued may be sent on, and comes back as known.
        send(doctor, original.bytes.to_vec()).await.expect(200);
        // Stays are summarised by who had the patient.
        world
            .stranger
            .post(&format!("{issue}/draft"), asked)
            .await
            .expect(403);
        content["replaces_id"] = Value::Null;
        content["discharged_on"] = json!("2999-01-01");
        doctor
            .post(issue, content)
            .await
            .expect(400)
            .expect_code("documents.period");
        app.assert_audit_whole().await;
    });
}
