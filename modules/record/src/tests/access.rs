//! The basis of access: who may open what, and what is left behind.

use kernel::{Id, Span};
use serde_json::json;
use store::Request;
use testkit::{TestApp, on_each_engine};

use super::{WANG, event_names, events, modules, register, wang, world};

async fn open_care(app: &TestApp, patient_id: Id, org_id: Id, document_id: Id) {
    let request = Request::system("test");
    let opened = app.store().write(&request, move |tx| {
        crate::open_care(tx, patient_id, org_id, "referral", document_id)
    });
    opened.await.unwrap();
}

#[test]
fn another_village_is_refused_and_the_refusal_is_kept() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let stranger = app.client("village-doctor", world.other_village).await;
        let office = app.client("referral-office", world.lead).await;
        for path in ["", "/timeline", "/consents"] {
            let reply = stranger
                .get(&format!("/api/patients/{id}{path}"))
                .await
                .expect(403);
            let reply = reply.expect_code("record.no-basis");
            assert_eq!(
                reply.json["data"]["ways"],
                json!(["registration", "care", "consent", "break-glass"])
            );
            assert!(!String::from_utf8_lossy(&reply.bytes).contains("王"));
        }
        office
            .get(&format!("/api/patients/{id}"))
            .await
            .expect(403)
            .expect_code("record.no-basis");
        let unmask = json!({ "field": "phone" });
        stranger
            .post(&format!("/api/patients/{id}/unmask"), unmask)
            .await
            .expect(403);
        let allergy = json!({ "kind": "drug", "substance": "x" });
        let writes = stranger
            .seeing(1)
            .post(&format!("/api/patients/{id}/allergies"), allergy)
            .await;
        writes.expect(403).expect_code("record.no-basis");
        let brief = stranger
            .get(&format!("/api/patients/{id}/brief"))
            .await
            .expect(200);
        assert_eq!(brief.json["name"], "王**");
        assert_eq!(brief.json["village"], json!(null));
        let nobody = Id::from_parts(1, [9; 10]);
        stranger
            .get(&format!("/api/patients/{nobody}"))
            .await
            .expect(404)
            .expect_code("patient");
        let kept = events(&app, id).await;
        let refused = kept
            .iter()
            .filter(|event| event.event == "record.read-refused");
        let by: Vec<_> = refused.map(|event| event.actor_id).collect();
        assert_eq!(by.len(), 6);
        assert!(by.contains(&stranger.account_id) && by.contains(&office.account_id));
        app.assert_audit_whole().await;
    });
}

#[test]
fn care_opens_and_closes_with_its_document() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let attending = app.client("attending-doctor", world.lead).await;
        let referral = Id::from_parts(7, [1; 10]);
        let path = format!("/api/patients/{id}");
        open_care(&app, id, world.lead, referral).await;
        open_care(&app, id, world.lead, referral).await;
        let shown = attending.get(&path).await.expect(200);
        assert_eq!(
            shown.json["basis"],
            json!({ "kind": "care", "document": "referral", "id": referral })
        );
        let list = attending.get("/api/patients?q=wangxm").await.expect(200);
        assert_eq!(list.json["items"], json!([]));
        let list = attending.get("/api/patients?q=wxm").await.expect(200);
        assert_eq!(list.json["items"][0]["name"], "王小明");
        let number = format!("/api/patients?q={WANG}");
        assert_eq!(
            attending.get(&number).await.expect(200).json["items"][0]["id"],
            json!(id)
        );
        let close = |app: &TestApp| {
            let store = app.store().clone();
            async move {
                store
                    .write(&Request::system("test"), move |tx| {
                        crate::close_care(tx, referral)
                    })
                    .await
                    .unwrap();
            }
        };
        close(&app).await;
        close(&app).await;
        attending
            .get(&path)
            .await
            .expect(403)
            .expect_code("record.no-basis");
        assert_eq!(
            attending.get("/api/patients?q=wxm").await.expect(200).json["items"],
            json!([])
        );
        // Reopened, for one organization closed again.
        open_care(&app, id, world.lead, referral).await;
        attending.get(&path).await.expect(200);
        let lead = world.lead;
        app.store()
            .write(&Request::system("test"), move |tx| {
                crate::close_care_of(tx, referral, lead)
            })
            .await
            .unwrap();
        attending.get(&path).await.expect(403);
        app.store()
            .write(&Request::system("test"), move |tx| {
                crate::note_treatment(tx, id, lead)
            })
            .await
            .unwrap();
        assert_eq!(
            attending.get(&path).await.expect(200).json["basis"]["kind"],
            "own-patient"
        );
        let names = event_names(&app, id).await;
        let count = |name: &str| names.iter().filter(|event| *event == name).count();
        assert_eq!(
            (count("record.care-opened"), count("record.care-closed")),
            (2, 2)
        );
    });
}

#[test]
fn a_patient_who_comes_with_the_card_is_registered_here_too() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let other = app.client("village-doctor", world.other_village).await;
        let path = format!("/api/patients/{id}/registrations");
        let proof = |value: &str| json!({ "proof": { "kind": "resident-id", "value": value } });
        let wrong = other
            .post(&path, proof("110105194912310021"))
            .await
            .expect(422);
        wrong.expect_code("record.proof-differs");
        other.post(&path, proof(WANG)).await.expect(200);
        other
            .post(&path, proof(WANG))
            .await
            .expect(409)
            .expect_code("record.own-already");
        other.get(&format!("/api/patients/{id}")).await.expect(200);
        assert!(
            event_names(&app, id)
                .await
                .contains(&"record.org-joined".to_owned())
        );
    });
}

#[test]
fn consent_opens_for_one_organization_or_the_group_until_it_ends() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let path = format!("/api/patients/{id}");
        let consents = format!("{path}/consents");
        let at_lead = app.client("attending-doctor", world.lead).await;
        let at_other = app.client("village-doctor", world.other_village).await;
        let outside = app.client("attending-doctor", world.outside).await;
        let end = app.clock().now() + Span::days(30);
        let consent = |reach: &str, org: Id| json!({ "reach": reach, "grantee_org_id": org, "purpose": "上级医院会诊", "expires_at": end });
        at_lead
            .post(&consents, consent("org", world.lead))
            .await
            .expect(403)
            .expect_code("record.no-basis");
        let given = doctor
            .post(&consents, consent("org", world.lead))
            .await
            .expect(201);
        assert_eq!(
            at_lead.get(&path).await.expect(200).json["basis"]["kind"],
            "consent"
        );
        at_other.get(&path).await.expect(403);
        // Reading by consent does not let one write, or pass the consent on.
        at_lead
            .post(&consents, consent("org", world.outside))
            .await
            .expect(403);
        let allergy = json!({ "kind": "drug", "substance": "x" });
        at_lead
            .seeing(1)
            .post(&format!("{path}/allergies"), allergy)
            .await
            .expect(403);
        let withdraw = format!("/api/consents/{}/withdraw", given.id());
        outside
            .seeing(1)
            .post(&withdraw, json!({}))
            .await
            .expect(404);
        doctor
            .post(&withdraw, json!({}))
            .await
            .expect(400)
            .expect_code("request.if-match");
        doctor
            .seeing(1)
            .post(&withdraw, json!({ "reason": "本人要求" }))
            .await
            .expect(200);
        doctor
            .seeing(2)
            .post(&withdraw, json!({}))
            .await
            .expect(422)
            .expect_code("record.consent-withdrawn");
        at_lead.get(&path).await.expect(403);
        doctor
            .post(&consents, consent("group", world.lead))
            .await
            .expect(201);
        at_lead.get(&path).await.expect(200);
        at_other.get(&path).await.expect(200);
        outside.get(&path).await.expect(403);
        app.clock().advance(Span::days(31));
        at_other.get(&path).await.expect(403);
        let past = consent("group", world.lead);
        let late = doctor
            .post(&consents, past)
            .await
            .expect(400)
            .expect_code("record.consent-expiry");
        assert_eq!(late.json["errors"][0]["path"], "expires_at");
        let list = doctor.get(&consents).await.expect(200);
        assert_eq!(list.json.as_array().unwrap().len(), 2);
        assert_eq!(list.json[1]["version"], 2);
    });
}

#[test]
fn a_childs_guardian_consents() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let child = json!({ "name": "小明", "sex": "male", "birth_date": "2020-05-01" });
        let id = register(&doctor, child).await;
        let consent = json!({ "reach": "org", "grantee_org_id": world.lead, "purpose": "会诊",
            "expires_at": app.clock().now() + Span::days(1) });
        let path = format!("/api/patients/{id}/consents");
        doctor
            .post(&path, consent.clone())
            .await
            .expect(400)
            .expect_code("record.guardian-needed");
        let mut guarded = consent.clone();
        guarded["given_by"] = json!({ "name": "王父", "relation": "父亲" });
        doctor.post(&path, guarded).await.expect(201);
        // A day before the fourteenth birthday, on it, and behind it.
        let today = app.clock().now().date();
        let (year, month, day) = today.parts();
        let birthday = kernel::Date::new(year - 14, month, day).unwrap();
        for (days, name, allowed) in [(1, "甲甲", false), (0, "乙乙", true), (-1, "丙丙", true)]
        {
            let born = birthday.plus_days(days);
            let person = json!({ "name": name, "sex": "male", "birth_date": born });
            let id = register(&doctor, person).await;
            let reply = doctor
                .post(&format!("/api/patients/{id}/consents"), consent.clone())
                .await;
            if allowed {
                reply.expect(201);
            } else {
                reply.expect(400).expect_code("record.guardian-needed");
            }
        }
    });
}

#[test]
fn breaking_the_glass_is_short_loud_and_reviewed() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let path = format!("/api/patients/{id}");
        let glass = format!("{path}/break-glass");
        let attending = app.client("attending-doctor", world.lead).await;
        let colleague = app.client("attending-doctor", world.lead).await;
        let officer = app.client("privacy-officer", world.village).await;
        let own_officer = app.client("privacy-officer", world.lead).await;
        let outside = app.client("privacy-officer", world.outside).await;
        let reason = |text: &str| json!({ "reason": text });
        let short = attending.post(&glass, reason("急诊")).await.expect(400);
        assert_eq!(
            short.expect_code("record.reason-too-short").json["data"]["characters_min"],
            10
        );
        let nurse = app.client("ward-nurse", world.lead).await;
        let long = "病人昏迷送入急诊,需立即了解过敏史 <script>'--";
        nurse
            .post(&glass, reason(long))
            .await
            .expect(403)
            .expect_code("access.forbidden");
        let opened = attending.post(&glass, reason(long)).await.expect(201);
        assert_eq!(
            attending.get(&path).await.expect(200).json["basis"]["kind"],
            "break-glass"
        );
        attending
            .post(&glass, reason(long))
            .await
            .expect(422)
            .expect_code("record.basis-exists");
        doctor
            .post(&glass, reason(long))
            .await
            .expect(422)
            .expect_code("record.basis-exists");
        // For one person, for four hours.
        colleague.get(&path).await.expect(403);
        app.clock().advance(Span::minutes(239));
        attending.get(&path).await.expect(200);
        app.clock().advance(Span::minutes(1));
        attending.get(&path).await.expect(403);
        // Told to the patient's organization and to one's own, to nobody else.
        for (who, told) in [(&officer, 1), (&own_officer, 1), (&outside, 0)] {
            let notices = who.get("/api/notices").await.expect(200);
            assert_eq!(notices.json["items"].as_array().unwrap().len(), told);
            let list = who.get("/api/break-glass").await.expect(200);
            assert_eq!(list.json["items"].as_array().unwrap().len(), told);
            let work = who.get("/api/work").await.expect(200);
            assert_eq!(work.json["items"].as_array().unwrap().len(), told);
        }
        let row = officer
            .get(&format!("/api/break-glass/{}", opened.id()))
            .await
            .expect(200);
        assert_eq!(row.json["access"]["reason"], long);
        assert_eq!(row.json["patient"]["name"], "王**");
        let review = format!("/api/break-glass/{}/review", opened.id());
        let outcome = json!({ "outcome": "justified", "note": "已核对急诊记录" });
        outside
            .seeing(1)
            .post(&review, outcome.clone())
            .await
            .expect(404);
        officer
            .seeing(1)
            .post(&review, json!({ "outcome": "justified", "note": " " }))
            .await
            .expect(400)
            .expect_code("record.text-missing");
        officer
            .seeing(1)
            .post(&review, outcome.clone())
            .await
            .expect(200);
        own_officer
            .seeing(2)
            .post(&review, outcome)
            .await
            .expect(422)
            .expect_code("record.reviewed");
        let done = own_officer
            .get("/api/break-glass?state=reviewed")
            .await
            .expect(200);
        assert_eq!(
            done.json["items"][0]["access"]["review"]["outcome"],
            "justified"
        );
        let told = attending.get("/api/notices").await.expect(200);
        assert_eq!(told.json["items"][0]["code"], "record.break-glass-reviewed");
        app.assert_audit_whole().await;
    });
}

#[test]
fn unmasking_is_noted_and_the_patient_sees_who_looked() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let doctor = app.client("village-doctor", world.village).await;
        let id = register(&doctor, wang()).await;
        let path = format!("/api/patients/{id}");
        let shown = doctor.get(&path).await.expect(200);
        let number = &shown.json["patient"]["identifiers"][0]["id"];
        let unmask = format!("{path}/unmask");
        let one = json!({ "field": "identifier", "identifier_id": number });
        let keyed = doctor.with("idempotency-key", "unmask-1");
        assert_eq!(
            keyed.post(&unmask, one).await.expect(200).json["values"],
            json!([WANG])
        );
        let phone = doctor
            .post(&unmask, json!({ "field": "phone" }))
            .await
            .expect(200);
        assert_eq!(phone.json["values"], json!(["13800000012"]));
        doctor
            .post(&unmask, json!({ "field": "contacts" }))
            .await
            .expect_code("record.unmask-nothing");
        doctor
            .post(&unmask, json!({ "field": "password" }))
            .await
            .expect(400);
        let log = format!("{path}/access-log");
        let resident = app.client("resident", world.village).await;
        resident
            .get(&log)
            .await
            .expect(403)
            .expect_code("record.log-not-yours");
        doctor
            .get(&log)
            .await
            .expect(403)
            .expect_code("access.forbidden");
        let stranger = app.client("privacy-officer", world.lead).await;
        stranger
            .get(&log)
            .await
            .expect(403)
            .expect_code("record.log-not-yours");
        let link = json!({ "account_id": resident.account_id });
        doctor
            .seeing(1)
            .post(&format!("{path}/accounts"), link.clone())
            .await
            .expect(200);
        doctor
            .seeing(1)
            .post(&format!("{path}/accounts"), link)
            .await
            .expect_code("record.account-linked");
        let mine = resident.get("/api/my/patients").await.expect(200);
        assert_eq!(mine.json[0]["id"], json!(id));
        resident.get("/api/break-glass").await.expect(403);
        let officer = app.client("privacy-officer", world.village).await;
        for reader in [&resident, &officer] {
            let seen = reader.get(&log).await.expect(200);
            let events: Vec<_> = seen.json["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["event"].clone())
                .collect();
            assert_eq!(
                events,
                ["record.unmasked", "record.unmasked", "record.read"]
            );
            assert_eq!(seen.json["items"][2]["basis"]["kind"], "own-patient");
        }
        let page = officer.get(&format!("{log}?limit=2")).await.expect(200);
        let next = page.json["next"].as_str().unwrap();
        let rest = officer
            .get(&format!("{log}?limit=2&after={next}"))
            .await
            .expect(200);
        assert_eq!(rest.json["items"].as_array().unwrap().len(), 1);
        let timeline = doctor.get(&format!("{path}/timeline")).await.expect(200);
        let done: Vec<_> = timeline.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["event"].clone())
            .collect();
        assert_eq!(done, ["record.account-linked", "record.registered"]);

        let linked = doctor.get(&format!("{path}/accounts")).await.expect(200);
        assert_eq!(linked.json[0]["account_id"], json!(resident.account_id));
        let own = resident.get(&path).await.expect(200);
        assert_eq!(own.json["basis"]["kind"], "oneself");
        // The village's other patients are no concern of theirs.
        let other = doctor
            .post(
                "/api/patients",
                json!({ "name": "邻居", "sex": "female", "birth_date": "1960-03-04" }),
            )
            .await
            .expect(201);
        let other = format!(
            "/api/patients/{}",
            other.json["patient"]["id"].as_str().unwrap()
        );
        resident.get(&other).await.expect_code("record.no-basis");
        let list = resident.get("/api/patients").await.expect(200);
        assert_eq!(list.json["items"].as_array().unwrap().len(), 1);
        let found = resident.get("/api/patients?q=邻").await.expect(200);
        assert_eq!(found.json["items"], json!([]));
        let unlink = format!("{path}/accounts/{}", resident.account_id);
        resident.seeing(1).delete(&unlink).await.expect(403);
        stranger.get(&format!("{path}/accounts")).await.expect(403);
        doctor.seeing(1).delete(&unlink).await.expect(200);
        doctor.seeing(1).delete(&unlink).await.expect(404);
        let mine = resident.get("/api/my/patients").await.expect(200);
        assert_eq!(mine.json, json!([]));
        resident.get(&log).await.expect(403);
    });
}

#[test]
fn a_closed_organization_registers_nobody() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let village = world.village;
        app.store()
            .write(&Request::system("test"), move |tx| {
                let close = serde_json::from_value(json!({ "reason": "合并" })).unwrap();
                network::commands::close_organization(tx, village, 1, &close).map(|_| ())
            })
            .await
            .unwrap();
        let doctor = app.client("village-doctor", village).await;
        doctor
            .post("/api/patients", wang())
            .await
            .expect_code("network.organization-closed");
    });
}
