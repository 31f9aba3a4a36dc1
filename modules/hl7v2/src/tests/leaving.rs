//! What leaves, for whom, in which words.

use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, on_each_engine};

use super::outbound::{
    ALL, Station, close_care, create, kind, later, listed, open_care, receiver, register, report,
    set_up, states, work,
};
use super::world::{World, message, modules, pid, send, world};

/// A hospital whose system listens, and a clinic whose doctor writes.
struct Case {
    world: World,
    station: Station,
    doctor: Client,
}

async fn case(app: &TestApp, change: impl FnOnce(&mut Value)) -> Case {
    let world = world(app).await;
    let station = Station::default();
    let mut body = receiver(world.lead, station.start().await);
    change(&mut body);
    set_up(&world.admin, body).await;
    Case {
        doctor: app.client("village-doctor", world.village).await,
        world,
        station,
    }
}

#[test]
fn a_patient_is_told_when_there_is_a_basis_and_not_before() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        let patient = register(&case.doctor, "王小明").await;
        work(&app).await;
        assert_eq!(listed(&case.world.admin, "").await.len(), 0);
        let document = open_care(&app, patient, case.world.lead).await;
        work(&app).await;
        let told = case.station.taken();
        assert_eq!(told.iter().map(kind).collect::<Vec<_>>(), ["ADT^A28"]);
        for (path, value) in [
            ("MSH-3", "LIANTI"),
            ("MSH-5", "HIS"),
            ("MSH-6", "L1"),
            ("MSH-9.3", "ADT_A05"),
            ("MSH-11", "P"),
            ("MSH-18", "UNICODE UTF-8"),
            ("PID-3.1", &patient.to_string()),
            ("PID-3.4", "LIANTI"),
            ("PID-5", "王小明"),
            ("PID-7", "19610304"),
            ("PID-8", "F"),
            ("PID-11.1", "甲县乙镇|丙村5号"),
        ] {
            assert_eq!(told[0].get(path).as_deref(), Some(value), "{path}");
        }
        // Opened once more, it is known already; a change is A31.
        open_care(&app, patient, case.world.lead).await;
        let shown = case
            .doctor
            .get(&format!("/api/patients/{patient}"))
            .await
            .expect(200);
        let change = json!({ "address": "丁镇" });
        let path = format!("/api/patients/{patient}");
        let changed = case
            .doctor
            .seeing(shown.version())
            .send(
                "PATCH",
                &path,
                Some("application/json"),
                axum::body::Body::from(change.to_string()),
            )
            .await;
        assert!(changed.status.is_success(), "{}", changed.json);
        work(&app).await;
        assert_eq!(case.station.kinds(), ["ADT^A31"]);
        // The basis ends while a change waits: it is not sent, and not kept.
        let request = Request::system("test");
        let pause = app.store().write(&request, |tx| {
            const PAUSE: &str = "UPDATE hl7_receiver SET state = 'paused'";
            tx.execute(PAUSE, &[]).map(|_| ())
        });
        pause.await.unwrap();
        report(&case.doctor, patient, "R1").await;
        work(&app).await;
        close_all(&app, patient, document).await;
        let resume = app.store().write(&request, |tx| {
            const RESUME: &str = "UPDATE hl7_receiver SET state = 'active'";
            tx.execute(RESUME, &[]).map(|_| ())
        });
        resume.await.unwrap();
        work(&app).await;
        assert_eq!(case.station.kinds(), [""; 0]);
        let rows = listed(&case.world.admin, "?state=withheld").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["reason"]["code"], "hl7.not-visible");
        app.assert_audit_whole().await;
    });
}

async fn close_all(app: &TestApp, patient: Id, document: Id) {
    close_care(app, document).await;
    let request = Request::system("test");
    let closed = app.store().write(&request, move |tx| {
        const CLOSE: &str = "UPDATE care SET closed_at = 1 WHERE patient_id = $1";
        tx.execute(CLOSE, &store::params![patient]).map(|_| ())
    });
    closed.await.unwrap();
}

#[test]
fn a_result_of_another_member_is_sent_to_the_digit() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |body| {
            body["mapping"] = json!({
                "codes": { "unit": { "10^9/L": "10*9/L" }, "sex": { "2": "female" } },
                "items": { "WBC": { "system": "http://loinc.org", "code": "6690-2" } },
            });
        })
        .await;
        let patient = register(&case.doctor, "王小明").await;
        open_care(&app, patient, case.world.lead).await;
        report(&case.doctor, patient, "R1").await;
        work(&app).await;
        let told = case.station.taken();
        assert_eq!(
            told.iter().map(kind).collect::<Vec<_>>(),
            ["ADT^A28", "ORU^R01"]
        );
        for (path, value) in [
            ("PID-8", "2"),
            ("OBR-3.1", "R1"),
            ("OBR-4.2", "血常规"),
            ("OBR-22", "20261120100000+0800"),
            ("OBR-24", "HM"),
            ("OBR-25", "F"),
            ("NTE-3", "未见异常\n请结合临床"),
            ("OBX-2", "NM"),
            ("OBX-3.1", "WBC"),
            ("OBX-3.4", "6690-2"),
            ("OBX-3.6", "LN"),
            ("OBX-5", "5.60"),
            ("OBX-6.1", "10^9/L"),
            ("OBX-7", "3.5-9.5"),
            ("OBX-8", "N"),
            ("OBX-11", "F"),
            ("OBX-14", "20261120080000+0800"),
            ("OBX-15.1", "V1"),
        ] {
            assert_eq!(told[1].get(path).as_deref(), Some(value), "{path}");
        }
        // What the hospital itself writes is not sent to it.
        report(&case.world.doctor, patient, "R2").await;
        work(&app).await;
        assert_eq!(case.station.kinds(), [""; 0]);
    });
}

#[test]
fn what_is_sensitive_does_not_leave() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        let patient = register(&case.doctor, "王小明").await;
        open_care(&app, patient, case.world.lead).await;
        work(&app).await;
        assert_eq!(case.station.kinds(), ["ADT^A28"]);
        let subject = json!({ "reference": format!("Patient/{patient}") });
        let secret = json!({ "resourceType": "DiagnosticReport", "status": "final",
            "code": { "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10", "code": "F32.9" }] },
            "subject": subject });
        create(&case.doctor, "DiagnosticReport", secret).await;
        // Of a plain report, the sensitive result is left out.
        let hidden = json!({ "resourceType": "Observation", "status": "final", "subject": subject,
            "code": { "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10", "code": "F32.9" }] },
            "valueString": "秘密" });
        let hidden = create(&case.doctor, "Observation", hidden).await;
        let open = json!({ "resourceType": "Observation", "status": "final", "subject": subject,
            "code": { "text": "体温" }, "valueString": "正常" });
        let open = create(&case.doctor, "Observation", open).await;
        let plain = json!({ "resourceType": "DiagnosticReport", "status": "final",
            "code": { "text": "检查" }, "subject": subject,
            "result": [{ "reference": format!("Observation/{hidden}") },
                { "reference": format!("Observation/{open}") }] });
        create(&case.doctor, "DiagnosticReport", plain).await;
        work(&app).await;
        let told = case.station.taken();
        assert_eq!(told.iter().map(kind).collect::<Vec<_>>(), ["ORU^R01"]);
        let text = told[0].text();
        assert!(
            text.contains("正常") && !text.contains("秘密") && !text.contains("F32"),
            "{text}"
        );
        assert_eq!(listed(&case.world.admin, "").await.len(), 2);
    });
}

#[test]
fn documents_are_sent_in_gb18030_and_corrected() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |body| body["charset"] = json!("gb18030")).await;
        let patient = register(&case.doctor, "王小龘").await;
        open_care(&app, patient, case.world.lead).await;
        let body = |status: &str, data: &str| {
            json!({ "resourceType": "DocumentReference", "status": status,
                "subject": { "reference": format!("Patient/{patient}") },
                "type": { "text": "随访记录" },
                "content": [{ "attachment": { "contentType": "text/plain; charset=utf-8",
                    "data": data, "title": "随访" } }] })
        };
        let id = create(
            &case.doctor,
            "DocumentReference",
            body("current", "5Ye66Zmi"),
        )
        .await;
        work(&app).await;
        let told = case.station.taken();
        assert_eq!(
            told.iter().map(kind).collect::<Vec<_>>(),
            ["ADT^A28", "MDM^T02"]
        );
        assert_eq!(told[0].get("PID-5").as_deref(), Some("王小龘"));
        assert_eq!(told[1].get("OBX-5").as_deref(), Some("出院"));
        assert_eq!(told[1].get("TXA-2.2").as_deref(), Some("随访记录"));
        let raw = case.station.raw.lock().unwrap().clone();
        assert!(std::str::from_utf8(&raw[1]).is_err());
        let mut wrong = body("entered-in-error", "5Ye66Zmi");
        wrong["id"] = json!(id);
        let path = format!("/fhir/DocumentReference/{id}");
        let text = axum::body::Body::from(wrong.to_string());
        let put = case
            .doctor
            .send("PUT", &path, Some("application/fhir+json"), text);
        put.await.expect(200);
        work(&app).await;
        let told = case.station.taken();
        assert_eq!(told.iter().map(kind).collect::<Vec<_>>(), ["MDM^T11"]);
        assert_eq!(told[0].get("OBX-5"), None);
    });
}

#[test]
fn a_merge_is_told_to_those_who_knew_both() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        let stays = register(&case.doctor, "王小明").await;
        let goes = register(&case.doctor, "李小红").await;
        open_care(&app, stays, case.world.lead).await;
        open_care(&app, goes, case.world.lead).await;
        work(&app).await;
        assert_eq!(case.station.kinds(), ["ADT^A28", "ADT^A28"]);
        let request = Request::system("test");
        let merged = app.store().write(&request, move |tx| {
            record::index::merge(tx, stays, goes, "同一人", None, &[]).map(|_| ())
        });
        merged.await.unwrap();
        work(&app).await;
        let told = case.station.taken();
        let merge = told.iter().find(|one| kind(one) == "ADT^A40").unwrap();
        assert_eq!(merge.get("PID-3.1"), Some(stays.to_string()));
        assert_eq!(merge.get("MRG-1.1"), Some(goes.to_string()));
    });
}

/// An event as the modules of referrals and places write it.
async fn happens(
    app: &TestApp,
    event: &'static str,
    (kind, id, patient): (&'static str, Id, Id),
    (org_id, peer_org_id): (Id, Id),
    detail: Value,
) {
    let request = Request::system("test");
    let noted = app.store().write(&request, move |tx| {
        let subject = store::Subject {
            kind,
            id,
            org_id: Some(org_id),
            peer_org_id: Some(peer_org_id),
            patient_id: Some(patient),
        };
        tx.record(store::Change::new(event).detail(detail.clone()), subject)
    });
    noted.await.unwrap();
}

#[test]
fn a_referral_and_its_appointment_are_told_and_taken_back() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        let (lead, village) = (case.world.lead, case.world.village);
        let patient = register(&case.doctor, "王小明").await;
        let document = open_care(&app, patient, lead).await;
        let request = Request::system("test");
        let (referral, hold) = app
            .store()
            .write(&request, |tx| Ok((tx.new_id(), tx.new_id())))
            .await
            .unwrap();
        let of_case = ("referral", referral, patient);
        let of_hold = ("hold", hold, patient);
        let place = json!({ "place": { "kind": "slot", "slot_id": hold }, "owner_id": referral,
            "start_at": "2026-11-25T01:00:00Z" });
        happens(
            &app,
            "referral.accepted",
            of_case,
            (village, lead),
            json!({ "kind": "clinic" }),
        )
        .await;
        happens(
            &app,
            "hold.confirmed",
            of_hold,
            (lead, village),
            place.clone(),
        )
        .await;
        happens(
            &app,
            "referral.admitted",
            of_case,
            (village, lead),
            json!({}),
        )
        .await;
        work(&app).await;
        let told = case.station.taken();
        let kinds: Vec<String> = told.iter().map(kind).collect();
        assert_eq!(kinds, ["ADT^A28", "REF^I12", "SIU^S12", "ADT^A01"]);
        assert_eq!(told[1].get("PRD-7.1").as_deref(), Some("V1"));
        assert_eq!(
            told[2].get("SCH-11.4").as_deref(),
            Some("20261125010000+0000")
        );
        assert_eq!(told[2].get("AIL-3.4").as_deref(), Some("L1"));
        assert_eq!(told[3].get("PV1-2").as_deref(), Some("I"));
        // The end comes after the basis has ended: by number alone, to those who were told.
        close_care(&app, document).await;
        happens(&app, "hold.released", of_hold, (lead, village), place).await;
        happens(
            &app,
            "referral.withdrawn",
            of_case,
            (village, lead),
            json!({}),
        )
        .await;
        happens(&app, "referral.closed", of_case, (village, lead), json!({})).await;
        work(&app).await;
        let told = case.station.taken();
        let kinds: Vec<String> = told.iter().map(kind).collect();
        assert_eq!(kinds, ["SIU^S15", "REF^I14", "ADT^A03"]);
        for one in &told {
            assert_eq!(one.get("PID-3.1"), Some(patient.to_string()));
            assert_eq!(one.get("PID-5"), None);
        }
    });
}

#[test]
fn nobody_hears_their_own_words() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |body| body["own"] = json!(true)).await;
        // What the hospital's own system sent is known to it.
        send(&app, &message("ADT^A28", "M1", &pid("1001", "王小明"))).await;
        work(&app).await;
        assert_eq!(case.station.kinds(), [""; 0]);
        // What its people enter here is not, and `own` asks for it.
        register(&case.world.doctor, "李小红").await;
        work(&app).await;
        assert_eq!(case.station.kinds(), ["ADT^A28"]);
    });
}

#[test]
fn wrong_receivers_are_refused_with_the_field() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        for (field, value, at) in [
            ("port", json!(0), "port"),
            ("port", json!(70_000), "port"),
            ("host", json!("his.example:2575"), "host"),
            ("host", json!(""), "host"),
            ("charset", json!("latin1"), "charset"),
            ("charset", json!("ascii"), "charset"),
            ("kinds", json!(["ADT^A28", "ZZZ^Z01"]), "kinds[1]"),
            ("kinds", json!([]), "kinds"),
            ("kinds", json!(["ADT^A28", "ADT^A28"]), "kinds[1]"),
            ("name", json!(" "), "name"),
            ("application", json!(""), "application"),
            ("processing", json!("X"), "processing"),
            ("hl7_version", json!("3.0"), "hl7_version"),
            ("answer_seconds", json!(0), "answer_seconds"),
            ("tries_max", json!(1_000), "tries_max"),
            ("tls", json!({ "ca_pem": "no certificate" }), "tls.ca_pem"),
            (
                "mapping",
                json!({ "paths": { "name": ["PID-5"] } }),
                "mapping.paths",
            ),
            (
                "mapping",
                json!({ "codes": { "sex": { "1": "man" } } }),
                "mapping.codes.sex.1",
            ),
        ] {
            let mut body = receiver(world.lead, 2575);
            body[field] = value;
            let refused = world
                .admin
                .post("/api/hl7/receivers", body)
                .await
                .expect(400);
            assert_eq!(refused.json["errors"][0]["path"], at, "{}", refused.json);
        }
        // Somebody of another member does not see it.
        let stranger = app.client("director", world.village).await;
        let id = set_up(&world.admin, receiver(world.lead, 2575)).await;
        let path = format!("/api/hl7/receivers/{id}");
        stranger.get(&path).await.expect(404);
        let shown = world.admin.get(&path).await.expect(200);
        let mut body = receiver(world.lead, 2576);
        body["kinds"] = json!(ALL[..3]);
        world
            .admin
            .seeing(9)
            .put(&path, body.clone())
            .await
            .expect(412);
        let changed = world
            .admin
            .seeing(shown.version())
            .put(&path, body.clone())
            .await;
        assert_eq!(changed.expect(200).json["port"], 2576);
        body["org_id"] = json!(world.village);
        let moved = world.admin.seeing(2).put(&path, body).await.expect(400);
        assert_eq!(moved.json["errors"][0]["path"], "org_id");
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_trial_shows_message_and_answer_and_queues_nothing() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let station = Station::default();
        let id = set_up(&world.admin, receiver(world.lead, station.start().await)).await;
        let path = format!("/api/hl7/receivers/{id}/try");
        let tried = world.admin.post(&path, json!({})).await.expect(200).json;
        assert_eq!(tried["outcome"], "accepted");
        assert!(tried["answer"].as_str().unwrap().contains("MSA|AA|"));
        let got = station.taken();
        assert_eq!(got[0].get("MSH-11").as_deref(), Some("T"));
        assert_eq!(got[0].text(), tried["text"].as_str().unwrap());
        station.then([super::outbound::Act::Say("AE", "|no such patient")]);
        let tried = world.admin.post(&path, json!({})).await.expect(200).json;
        assert_eq!(tried["outcome"], "refused");
        assert_eq!(tried["reason"]["detail"], "AE: no such patient");
        // What is no acknowledgement is not shown: this is no way to read other ports.
        station.then([super::outbound::Act::Bytes(b"\x0bSSH-2.0 secret\x1c\r")]);
        let tried = world.admin.post(&path, json!({})).await.expect(200).json;
        assert_eq!(tried["outcome"], "hl7.answer-unreadable");
        assert_eq!(tried["answer"], Value::Null);
        let dead = set_up(&world.admin, receiver(world.lead, 1)).await;
        let path = format!("/api/hl7/receivers/{dead}/try");
        let tried = world.admin.post(&path, json!({})).await.expect(200).json;
        assert_eq!(tried["outcome"], "hl7.unreachable");
        assert_eq!(tried["reason"]["at"], json!(["host", "port"]));
        assert_eq!(listed(&world.admin, "").await.len(), 0);
        later(&app, Span::minutes(1)).await;
        assert_eq!(states(&world.admin).await, [""; 0]);
    });
}
