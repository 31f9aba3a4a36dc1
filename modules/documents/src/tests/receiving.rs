//! Documents that are sent: kept to the byte, once, in the right record, or refused with their place.

use serde_json::json;
use testkit::on_each_engine;

use super::world::{SUMMARY, found, modules, send, send_to, world};

/// As hospitals' older systems write.
fn gb18030(text: &str) -> Vec<u8> {
    let text = text.replace("UTF-8", "GB18030");
    encoding_rs::GB18030.encode(&text).0.into_owned()
}

const REFERENCES: &str = "DocumentReference?_count=50";

#[test]
fn a_document_is_kept_to_the_byte_and_indexed_by_its_header() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let trial = send_to(doctor, "/api/documents?dry_run=true", SUMMARY)
            .await
            .expect(200);
        assert_eq!(
            (&trial.json["trial"], &trial.json["id"]),
            (&json!(true), &json!(null))
        );
        assert!(found(doctor, REFERENCES).await.is_empty());
        let bytes = gb18030(SUMMARY);
        let reply = send(doctor, bytes.clone()).await.expect(201);
        assert_eq!(reply.json["patient_id"], json!(world.patient));
        let id = reply.id();
        // The same again, also at once, is the same document.
        assert_eq!(send(doctor, bytes.clone()).await.expect(200).id(), id);
        let all = found(doctor, REFERENCES).await;
        assert_eq!(all.len(), 1);
        let shown = &all[0];
        assert_eq!(shown["type"]["coding"][0]["code"], "C0053");
        assert_eq!(shown["type"]["text"], "出院小结");
        assert_eq!(shown["date"], "2026-11-20T15:30:00+08:00");
        assert_eq!(
            shown["custodian"]["reference"],
            format!("Organization/{}", world.lead)
        );
        assert_eq!(shown["author"][0]["display"], "李医生 · 丙县人民医院");
        assert_eq!(shown["authenticator"]["display"], "赵主任");
        assert_eq!(
            (&shown["status"], &shown["docStatus"]),
            (&json!("current"), &json!("final"))
        );
        assert_eq!(shown["masterIdentifier"]["value"], "DS-2026-0007");
        assert_eq!(
            shown["relatesTo"][0]["target"]["identifier"]["value"],
            "DS-2026-0006"
        );
        let sha256 = store::sha256_hex(&bytes);
        assert_eq!(
            shown["content"][0]["attachment"]["extension"][0]["valueString"],
            sha256
        );
        let original = doctor
            .get(&format!("/api/documents/{id}/original"))
            .await
            .expect(200);
        assert_eq!(&original.bytes[..], &bytes[..]);
        assert_eq!(original.headers["x-content-type-options"], "nosniff");
        let view = doctor
            .get(&format!("/api/documents/{id}"))
            .await
            .expect(200)
            .json;
        assert_eq!(view["sections"][0]["title"], "出院诊断");
        assert_eq!(view["sections"][2]["depth"], 1);
        assert_eq!(
            (&view["made_at"], &view["sha256"]),
            (&json!("2026-11-20 15:30"), &json!(sha256))
        );
        assert!(!view.to_string().contains("alert"));
        // Found by what its header says.
        for query in [
            "type=C0053",
            "identifier=DS-2026-0007-SET",
            "date=2026-11-20",
        ] {
            let query = format!(
                "DocumentReference?{query}&patient=Patient/{}",
                world.patient
            );
            assert_eq!(found(doctor, &query).await.len(), 1, "{query}");
        }
        // Nobody without a basis sees any of it.
        for path in [
            format!("/api/documents/{id}"),
            format!("/api/documents/{id}/original"),
        ] {
            world
                .stranger
                .get(&path)
                .await
                .expect(404)
                .expect_code("document");
        }
        assert!(found(&world.stranger, REFERENCES).await.is_empty());
        assert!(found(&world.stranger, "Binary?_count=50").await.is_empty());
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_later_version_takes_the_place_of_an_earlier_one_whichever_comes_first() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let state = async |id: kernel::Id| {
            let shown = doctor
                .get(&format!("/fhir/DocumentReference/{id}"))
                .await
                .expect(200);
            shown.json["status"].as_str().unwrap().to_owned()
        };
        let second = send(doctor, SUMMARY).await.expect(201).id();
        // What it replaces comes behind it.
        let first = SUMMARY
            .replace("extension=\"DS-2026-0007\"", "extension=\"DS-2026-0006\"")
            .replace("DS-2026-0007-SET", "another-set");
        let first = &first[..first.find("<relatedDocument").unwrap()];
        let rest = &SUMMARY[SUMMARY.find("<componentOf>").unwrap()..];
        let reply = send(doctor, [first, rest].concat()).await.expect(201);
        assert_eq!(reply.json["state"], "superseded");
        assert_eq!(state(reply.id()).await, "superseded");
        let view = doctor
            .get(&format!("/api/documents/{}", reply.id()))
            .await
            .expect(200);
        assert_eq!(view.json["replaced_by"], json!(second));
        // A higher version of the set.
        let third = SUMMARY
            .replace(
                "<id root=\"2.16.156.10011.1.1\" extension=\"DS-2026-0007\"",
                "<id root=\"2.16.156.10011.1.1\" extension=\"DS-2026-0008\"",
            )
            .replace("versionNumber value=\"1\"", "versionNumber value=\"2\"");
        let third = send(doctor, third).await.expect(201).id();
        assert_eq!(
            (state(second).await.as_str(), state(third).await.as_str()),
            ("superseded", "current")
        );
        // Something else under a number that is taken.
        send(doctor, SUMMARY.replace("李医生", "王医生"))
            .await
            .expect(409)
            .expect_code("documents.number-taken");
    });
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let place = |reply: &testkit::Reply| {
            reply.json["errors"][0]["path"]
                .as_str()
                .unwrap_or("")
                .to_owned()
        };
        let unknown = SUMMARY.replace("11010519491231002X", "110101199003070070");
        let reply = send(doctor, unknown)
            .await
            .expect(422)
            .expect_code("documents.patient-unknown");
        assert_eq!(
            place(&reply),
            "/ClinicalDocument/recordTarget/patientRole/id"
        );
        // Whoever has no basis learns no more than of somebody who is not there.
        let hidden = send(&world.stranger, SUMMARY).await.expect(422);
        assert_eq!(hidden.json["detail"], reply.json["detail"]);
        let other = SUMMARY
            .replace("王小明", "张三")
            .replace("19491231\"/>", "19500101\"/>");
        let reply = send(doctor, other)
            .await
            .expect(422)
            .expect_code("documents.patient-differs");
        assert_eq!(
            place(&reply),
            "/ClinicalDocument/recordTarget/patientRole/patient"
        );
        let bomb = SUMMARY.replacen(
            "<ClinicalDocument",
            "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><ClinicalDocument",
            1,
        );
        send(doctor, bomb)
            .await
            .expect(400)
            .expect_code("cda.doctype");
        let cut = &SUMMARY.as_bytes()[..2000];
        let reply = send(doctor, cut)
            .await
            .expect(400)
            .expect_code("cda.truncated");
        assert!(place(&reply).starts_with("/ClinicalDocument/"), "{reply:?}");
        send(doctor, &b"\xff\xfe\0"[..])
            .await
            .expect(400)
            .expect_code("cda.charset");
        send(doctor, vec![b' '; cda::BYTES_MAX + 1])
            .await
            .expect(413);
        doctor
            .post("/api/documents", json!({}))
            .await
            .expect(400)
            .expect_code("documents.format");
        assert!(found(doctor, REFERENCES).await.is_empty());
        assert!(found(doctor, "Binary?_count=50").await.is_empty());
    });
}

#[test]
fn a_sensitive_document_is_kept_apart_with_its_bytes() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        // The words alone say it; the code would too.
        let words = SUMMARY.replace("高血压 2 级", "艾滋病");
        let id = send(&world.doctor, words).await.expect(201).id();
        let shown = found(&world.doctor, REFERENCES).await.remove(0);
        assert!(
            shown["securityLabel"].to_string().contains("\"hiv\""),
            "{shown}"
        );
        let binary = shown["content"][0]["attachment"]["url"]
            .as_str()
            .unwrap()
            .to_owned();
        // The clinic treats the patient, and is not shown this.
        let request = store::Request::system("test");
        let (patient, village) = (world.patient, world.village_org);
        let opened = app.store().write(&request, move |tx| {
            let document = tx.new_id();
            record::open_care(tx, patient, village, "referral", document)
        });
        opened.await.unwrap();
        let plain = send(
            &world.doctor,
            SUMMARY.replace("DS-2026-0007", "DS-2026-0009"),
        )
        .await
        .expect(201)
        .id();
        world
            .village
            .get(&format!("/api/documents/{plain}"))
            .await
            .expect(200);
        world
            .village
            .get(&format!("/api/documents/{id}"))
            .await
            .expect(404);
        world
            .village
            .get(&format!("/fhir/{binary}"))
            .await
            .expect(404);
        world
            .doctor
            .get(&format!("/fhir/{binary}"))
            .await
            .expect(200);
        assert_eq!(found(&world.village, REFERENCES).await.len(), 1);
    });
}
