//! Orders, prescriptions, appointments and documents.

use documents::base64;
use serde_json::json;
use testkit::on_each_engine;

use super::world::{effects, message, modules, pid, resource, said, send, world};

#[test]
fn an_order_follows_its_messages() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let order = |control: &str, id: &str| {
            let lines = pid("1001", "王小明")
                + "\nORC|"
                + control
                + "|P1|||||||20261122073000\nOBR|1|P1||CT^胸部CT平扫^L";
            message("ORM^O01", id, &lines)
        };
        assert_eq!(said(&send(&app, &order("NW", "O1")).await), "AA");
        let stored = effects(&world.admin, "order-stored").await.remove(0);
        let shown = resource(&world.doctor, &stored).await;
        assert_eq!(
            (&shown["status"], &shown["intent"]),
            (&json!("active"), &json!("order"))
        );
        assert_eq!(shown["code"]["text"], "胸部CT平扫");
        assert_eq!(shown["authoredOn"], "2026-11-22T07:30:00+08:00");
        assert_eq!(said(&send(&app, &order("CA", "O2")).await), "AA");
        assert_eq!(resource(&world.doctor, &stored).await["status"], "revoked");
        let nameless = order("NW", "O3").replace("|P1|", "||");
        assert_eq!(
            said(&send(&app, &nameless).await),
            "AE hl7.field-missing ORC^1^2"
        );
        let none = message("OML^O21", "O4", &pid("1001", "王小明"));
        assert_eq!(
            said(&send(&app, &none).await),
            "AE hl7.segment-missing OBR^1"
        );
        let drug = pid("1001", "王小明")
            + "\nORC|NW|D1\nRXE|^每日三次|A01^阿莫西林胶囊^L|0.5||g|||||\nRXR|PO^口服";
        assert_eq!(
            said(&send(&app, &message("RDE^O11", "O5", &drug)).await),
            "AA"
        );
        let stored = effects(&world.admin, "prescription-stored").await.remove(0);
        let shown = resource(&world.doctor, &stored).await;
        assert_eq!(shown["medicationCodeableConcept"]["text"], "阿莫西林胶囊");
        assert_eq!(shown["dosageInstruction"][0]["text"], "0.5g 每日三次 口服");
    });
}

#[test]
fn an_appointment_follows_its_messages() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let told = |trigger: &str, id: &str, times: &str| {
            let lines = format!(
                "SCH||S1|||||^复诊||30|min|^^30^{times}\n{}",
                pid("1001", "王小明")
            );
            message(&format!("SIU^{trigger}"), id, &lines)
        };
        let times = "202611231000^202611231030";
        let mut stored = String::new();
        for (number, (trigger, status)) in [
            ("S12", "booked"),
            ("S13", "booked"),
            ("S26", "noshow"),
            ("S15", "cancelled"),
        ]
        .iter()
        .enumerate()
        {
            let text = told(trigger, &format!("S{number}"), times);
            assert_eq!(said(&send(&app, &text).await), "AA", "{trigger}");
            let now = effects(&world.admin, "appointment-stored").await.remove(0);
            assert!(stored.is_empty() || stored == now);
            stored = now;
            let shown = resource(&world.doctor, &stored).await;
            assert_eq!(shown["status"], *status);
            assert_eq!(shown["start"], "2026-11-23T10:00:00+08:00");
        }
        let odd = told("S12", "S9", "202611311000^202611231030");
        assert_eq!(said(&send(&app, &odd).await), "AE hl7.time SCH^1^11");
        assert_eq!(
            said(&send(&app, &told("S12", "S10", "")).await),
            "AE hl7.field-missing SCH^1^11"
        );
    });
}

#[test]
fn a_document_is_kept_with_its_text() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let told = |id: &str, results: &str| {
            let lines = pid("1001", "王小明")
                + "\nTXA|1|DS^出院小结^L|TX|20261122100000||||||||D1|||||LA\n"
                + results;
            message("MDM^T02", id, &lines)
        };
        let text = told("T1", "OBX|1|TX|||诊断：肺炎\nOBX|2|TX|||好转出院");
        assert_eq!(said(&send(&app, &text).await), "AA");
        let stored = effects(&world.admin, "document-stored").await.remove(0);
        let shown = resource(&world.doctor, &stored).await;
        assert_eq!(
            (&shown["status"], &shown["docStatus"]),
            (&json!("current"), &json!("final"))
        );
        assert_eq!(shown["type"]["text"], "出院小结");
        let attachment = &shown["content"][0]["attachment"];
        assert_eq!(
            attachment["data"],
            "6K+K5pat77ya6IK654KOCuWlvei9rOWHuumZog=="
        );
        let enclosed = told("T2", "OBX|1|ED|||^application^pdf^Base64^JVBERi0=");
        assert_eq!(said(&send(&app, &enclosed).await), "AA");
        assert_eq!(
            effects(&world.admin, "document-stored").await,
            [stored.as_str()]
        );
        let shown = resource(&world.doctor, &stored).await;
        assert_eq!(
            shown["content"][0]["attachment"]["contentType"],
            "application/pdf"
        );
        let odd = told("T3", "OBX|1|ED|||^application^pdf^A^JVBERi0=");
        assert_eq!(said(&send(&app, &odd).await), "AE hl7.attachment OBX^1^5");
    });
}

#[test]
fn a_clinical_document_in_a_message_goes_where_all_of_them_go() {
    const SUMMARY: &str =
        include_str!("../../../../crates/cda/tests/samples/discharge-summary.xml");
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let told = |id: &str, trigger: &str, document: &str| {
            let data = base64::encode(document.as_bytes());
            let lines = pid("1001", "王小明").replace("19610304", "19491231")
                + "\nTXA|1|DS^出院小结^L|TX|20261122100000||||||||D1|||||LA\n"
                + &format!("OBX|1|ED|||^multipart^x-hl7-cda-level-one^Base64^{data}");
            message(&format!("MDM^{trigger}"), id, &lines)
        };
        assert_eq!(said(&send(&app, &told("C1", "T02", SUMMARY)).await), "AA");
        let stored = effects(&world.admin, "document-stored").await.remove(0);
        let shown = resource(&world.doctor, &stored).await;
        assert_eq!(shown["type"]["coding"][0]["code"], "C0053");
        assert_eq!(shown["identifier"][1]["value"], "D1");
        // The same document over HTTP is the same one.
        let body = axum::body::Body::from(SUMMARY);
        let path = "/api/documents?dry_run=true";
        let again = world
            .doctor
            .send("POST", path, Some("application/xml"), body)
            .await;
        again.expect(422).expect_code("documents.patient-unknown");
        assert_eq!(said(&send(&app, &told("C2", "T02", SUMMARY)).await), "AA");
        assert_eq!(
            effects(&world.admin, "document-stored").await,
            [stored.as_str()]
        );
        let bomb = SUMMARY.replacen("<ClinicalDocument", "<!DOCTYPE a><ClinicalDocument", 1);
        let refused = send(&app, &told("C3", "T02", &bomb)).await;
        assert_eq!(said(&refused), "AE cda.doctype OBX^1^5");
        let other = SUMMARY
            .replace("王小明", "张三")
            .replace("19491231", "19500101");
        let refused = send(
            &app,
            &told("C4", "T02", &other.replace("DS-2026-0007", "DS-8")),
        )
        .await;
        assert_eq!(said(&refused), "AE documents.patient-differs OBX^1^5");
        // Taken back by its number.
        let lines = pid("1001", "王小明") + "\nTXA|1|DS|TX|||||||||D1|||||CA";
        let back = message("MDM^T11", "C5", &lines);
        assert_eq!(said(&send(&app, &back).await), "AA");
        let shown = resource(&world.doctor, &stored).await;
        assert_eq!(shown["status"], "entered-in-error");
    });
}
