//! What is sensitive, on the ways that do not end in an answer to a question: notices, exports,
//! documents, attachments, imports.

use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, on_each_engine};

use super::export::export;
use super::sensitive::{Case, case, condition, open_care};
use super::subscribing::{Receiver, allow, on_each, status, subscription, work};
use super::world::{create, ids, modules, pressure, send};

/// Opens psychiatric entries to the lead hospital; answers the consent.
async fn open_psychiatric(app: &TestApp, case: &Case) -> Id {
    let consents = format!("/api/patients/{}/consents", case.patient);
    let end = app.clock().now() + Span::days(30);
    let body = json!({ "reach": "org", "grantee_org_id": case.world.lead, "purpose": "会诊",
        "expires_at": end, "sensitive": ["psychiatric"] });
    let given = case.world.doctor.post(&consents, body).await.expect(201);
    given.id()
}

async fn withdraw(client: &Client, consent: Id) {
    let path = format!("/api/consents/{consent}/withdraw");
    client.seeing(1).post(&path, json!({})).await.expect(200);
}

/// A condition of a patient again, so that it is told once more.
async fn touch(client: &Client, id: &str) {
    let path = format!("/fhir/Condition/{id}");
    let body = client.get(&path).await.expect(200).json;
    send(client, "PUT", &path, body.to_string())
        .await
        .expect(200);
}

#[test]
fn no_notice_tells_of_it() {
    on_each(async |app| {
        let case = case(&app).await;
        let (doctor, lead) = (&case.world.doctor, &case.world.lead_doctor);
        app.settle().await;
        let receiver = Receiver::default();
        let host = receiver.start().await;
        allow(&app, &host, 1).await;
        let with_payload = subscription(&host, "Condition", true);
        create(lead, "Subscription", with_payload).await;
        let bare = subscription(&host, "Condition", false);
        create(lead, "Subscription", bare).await;
        // A chain and the other way round: neither resource on the way is told of.
        let chained = subscription(
            &host,
            "Patient?_has:Condition:patient:code=F32.9&_has:Condition:patient:code=I11",
            true,
        );
        create(lead, "Subscription", chained).await;
        work(&app).await;
        touch(doctor, &case.plain).await;
        work(&app).await;
        let mut taken: Vec<String> = receiver.taken().into_iter().map(|one| one.0).collect();
        taken.sort();
        let plain = format!("PUT /in/Condition/{}", case.plain);
        assert_eq!(taken, ["POST /in".to_owned(), plain]);

        touch(doctor, &case.secret).await;
        let more = condition(case.patient, "F20.0", "2026-10-05");
        create(doctor, "Condition", more).await;
        work(&app).await;
        assert_eq!(receiver.taken().len(), 0);
        let consent = open_psychiatric(&app, &case).await;
        touch(doctor, &case.secret).await;
        work(&app).await;
        assert_eq!(receiver.taken().len(), 2);
        // What was noted while it was open is not sent when it is not any more.
        touch(doctor, &case.secret).await;
        app.settle().await;
        withdraw(doctor, consent).await;
        work(&app).await;
        assert_eq!(receiver.taken().len(), 0);
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_search_that_fails_buries_and_counts_only_what_may_be_seen() {
    on_each(async |app| {
        let case = case(&app).await;
        let (doctor, lead) = (&case.world.doctor, &case.world.lead_doctor);
        app.settle().await;
        allow(&app, "127.0.0.1:9", 1).await;
        let broken = subscription("127.0.0.1:9", "Condition?code:in=urn:gone", true);
        let id = create(lead, "Subscription", broken).await;
        work(&app).await;
        touch(doctor, &case.secret).await;
        work(&app).await;
        assert_eq!(status(lead, &id).await["status"], "active");
        let retry = format!("/api/fhir/subscriptions/{id}/retry");
        let count = lead.post(&retry, json!({})).await.expect(200).json["count"].clone();
        assert_eq!(count, 0);
        let consent = open_psychiatric(&app, &case).await;
        touch(doctor, &case.plain).await;
        touch(doctor, &case.secret).await;
        work(&app).await;
        assert_eq!(status(lead, &id).await["status"], "error");
        let letters = || async { lead.get("/api/fhir/dead-letters").await.expect(200).json };
        assert_eq!(letters().await.as_array().unwrap().len(), 2);
        withdraw(doctor, consent).await;
        let shown = letters().await;
        assert_eq!(shown.as_array().unwrap().len(), 1, "{shown}");
        assert_eq!(shown[0]["resource_id"], case.plain);
        let count = lead.post(&retry, json!({})).await.expect(200).json["count"].clone();
        assert_eq!(count, 1);
    });
}

#[test]
fn no_export_holds_or_counts_it() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let office = app.client("referral-office", case.world.lead).await;
        let group = json!({ "resourceType": "Group", "type": "person", "actual": true,
            "member": [{ "entity": { "reference": format!("Patient/{}", case.patient) } }] });
        let group = create(&case.world.lead_doctor, "Group", group.to_string()).await;
        let ways = [
            "/fhir/$export?_type=Condition".to_owned(),
            "/fhir/Patient/$export?_type=Condition".to_owned(),
            format!("/fhir/Group/{group}/$export?_type=Condition"),
        ];
        // Each file's count is compared with its lines by the reader of exports.
        for path in &ways {
            let found = export(&app, &office, path).await;
            assert_eq!(found.len(), 1, "{path}: {found:?}");
            assert_eq!(found[0]["id"], case.plain);
        }
        let everything = export(&app, &office, "/fhir/$export").await;
        assert!(!json!(everything).to_string().contains("F32"));
        open_psychiatric(&app, &case).await;
        for path in &ways {
            assert_eq!(export(&app, &office, path).await.len(), 2, "{path}");
        }
    });
}

#[test]
fn no_document_list_or_inclusion_holds_it() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let (doctor, lead, patient) = (&case.world.doctor, &case.world.lead_doctor, case.patient);
        let subject = json!({ "reference": format!("Patient/{patient}") });
        let hiv = pressure(patient, "1", "2026-10-03").replace("8480-6", "75622-1");
        let hiv = create(doctor, "Observation", hiv).await;
        let usual = pressure(patient, "120", "2026-10-03");
        let usual = create(doctor, "Observation", usual).await;
        let composition = json!({ "resourceType": "Composition", "status": "final", "title": "小结",
            "type": { "text": "小结" }, "date": "2026-10-04", "subject": subject,
            "author": [{ "reference": format!("Organization/{}", case.world.village) }],
            "section": [{ "entry": [{ "reference": format!("Condition/{}", case.secret) },
                { "reference": format!("Condition/{}", case.plain) },
                { "reference": format!("Observation/{hiv}") }] }] });
        let composition = create(doctor, "Composition", composition.to_string()).await;
        let encounter = json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": subject,
            "diagnosis": [{ "condition": { "reference": format!("Condition/{}", case.secret) } }] });
        let encounter = create(doctor, "Encounter", encounter.to_string()).await;
        let path = format!("/fhir/Composition/{composition}/$document");
        let held = |reply: &testkit::Reply| {
            let entries = reply.json["entry"].as_array().cloned().unwrap_or_default();
            let ids = entries.iter().map(|one| one["resource"]["id"].clone());
            ids.filter_map(|id| id.as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        let all = held(&doctor.get(&path).await.expect(200));
        assert!(all.contains(&case.secret) && all.contains(&hiv), "{all:?}");
        let some = held(&lead.get(&path).await.expect(200));
        assert!(some.contains(&case.plain), "{some:?}");
        assert!(!some.contains(&case.secret) && !some.contains(&hiv));

        let last = format!("/fhir/Observation/$lastn?patient={patient}&max=3");
        assert_eq!(ids(&doctor.get(&last).await.expect(200).json).len(), 2);
        assert_eq!(ids(&lead.get(&last).await.expect(200).json), [usual]);
        let by_code = format!("{last}&code=http://loinc.org|75622-1");
        let none = lead.get(&by_code).await.expect(200).json;
        assert!(ids(&none).is_empty());
        for path in [
            format!("/fhir/Encounter?_id={encounter}&_include=Encounter:diagnosis"),
            format!(
                "/fhir/Encounter?_id={encounter}&_include=Encounter:patient\
                 &_revinclude:iterate=Condition:patient&_revinclude:iterate=Observation:patient"
            ),
            format!(
                "/fhir/Patient?_id={patient}&_revinclude=Condition:patient&_revinclude=Observation:patient"
            ),
            format!("/fhir/Composition?_id={composition}&_include=Composition:entry"),
        ] {
            let reply = lead.get(&path).await.expect(200);
            let found = held(&reply);
            assert!(
                !found.contains(&case.secret) && !found.contains(&hiv),
                "{path}: {found:?}"
            );
        }
        for (path, expected) in [
            ("/fhir/Encounter?diagnosis:Condition.code=F32.9", 0),
            (
                "/fhir/Encounter?diagnosis:Condition.onset-date=2026-10-02",
                0,
            ),
            ("/fhir/Composition?entry:Observation.code=75622-1", 0),
            ("/fhir/Composition?entry:Condition.code=I10", 1),
            ("/fhir/Patient?_has:Observation:patient:code=75622-1", 0),
            (
                "/fhir/Patient?_has:Encounter:patient:diagnosis:Condition.code=F32.9",
                0,
            ),
        ] {
            for form in ["", "&_summary=count", "&_total=accurate"] {
                let reply = lead.get(&format!("{path}{form}")).await;
                let reply = reply.expect(200);
                let total = reply.json["total"].as_i64().unwrap_or(expected);
                assert_eq!(total, expected, "{path}{form}");
                assert!(form == "&_summary=count" || ids(&reply.json).len() as i64 == expected);
            }
        }
    });
}

fn document(patient: Id, kind: &Value, attachment: &Value) -> String {
    json!({ "resourceType": "DocumentReference", "status": "current", "type": kind,
        "subject": { "reference": format!("Patient/{patient}") },
        "content": [{ "attachment": attachment }] })
    .to_string()
}

fn binary(context: &str) -> String {
    json!({ "resourceType": "Binary", "contentType": "text/plain", "data": "5oqR6YOB",
        "securityContext": { "reference": context } })
    .to_string()
}

#[test]
fn an_attachment_is_seen_as_the_document_it_belongs_to() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let (doctor, lead, patient) = (&case.world.doctor, &case.world.lead_doctor, case.patient);
        let kind = json!({ "text": "精神科病程", "coding": [{ "system":
            "http://hl7.org/fhir/sid/icd-10", "code": "F32.9" }] });
        let link = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e1";
        let text = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e2";
        let hidden = document(patient, &kind, &json!({ "url": text }));
        let hidden: Value = serde_json::from_str(&hidden).unwrap();
        let of_hidden: Value = serde_json::from_str(&binary(link)).unwrap();
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            { "fullUrl": text, "resource": of_hidden, "request": { "method": "POST", "url": "Binary" } },
            { "fullUrl": link, "resource": hidden,
              "request": { "method": "POST", "url": "DocumentReference" } }] });
        let stored = send(doctor, "POST", "/fhir", bundle.to_string())
            .await
            .expect(200);
        let place = |entry: usize| {
            let place = stored.json["entry"][entry]["response"]["location"]
                .as_str()
                .unwrap();
            let at = place.find("/_history").unwrap();
            let address = place[..at].rsplit('/').take(2).collect::<Vec<_>>();
            format!("/fhir/{}/{}", address[1], address[0])
        };
        let (secret, secret_document) = (place(0), place(1));
        let plain = document(
            patient,
            &json!({ "text": "门诊病历" }),
            &json!({ "title": "病历" }),
        );
        let plain = create(doctor, "DocumentReference", plain).await;
        let open = binary(&format!("DocumentReference/{plain}"));
        let open = format!("/fhir/Binary/{}", create(doctor, "Binary", open).await);
        let of_patient = create(doctor, "Binary", binary(&format!("Patient/{patient}"))).await;
        let of_patient = format!("/fhir/Binary/{of_patient}");
        for path in [&secret, &open, &of_patient] {
            doctor.get(path).await.expect(200);
            case.world.stranger.get(path).await.expect(404);
        }
        for path in [&open, &of_patient] {
            lead.get(path).await.expect(200);
        }
        lead.get(&secret_document).await.expect(404);
        let id = secret.rsplit('/').next().unwrap();
        for path in [
            secret.clone(),
            format!("{secret}/_history"),
            format!("{secret}/_history/1"),
        ] {
            lead.get(&path).await.expect(404);
        }
        let all = lead.get("/fhir/Binary/_history").await.expect(200).json;
        assert!(!all.to_string().contains(id), "{all}");
        let found = lead
            .get(&format!("/fhir/Binary?_id={id}"))
            .await
            .expect(200);
        assert!(ids(&found.json).is_empty());
        let consent = open_psychiatric(&app, &case).await;
        lead.get(&secret).await.expect(200);
        withdraw(doctor, consent).await;
        lead.get(&secret).await.expect(404);
        // What a document becomes, its attachment is from then on.
        let path = format!("/fhir/DocumentReference/{plain}");
        let mut body = doctor.get(&path).await.expect(200).json;
        body["type"] = json!({ "text": "HIV抗体确证" });
        send(doctor, "PUT", &path, body.to_string())
            .await
            .expect(200);
        lead.get(&open).await.expect(404);
        doctor.get(&open).await.expect(200);
        // Even its own author does not see it when there is no basis any more.
        let theirs = create(lead, "Binary", binary(&format!("Patient/{patient}"))).await;
        let theirs = format!("/fhir/Binary/{theirs}");
        lead.get(&theirs).await.expect(200);
        let deny = json!({ "decision": "deny", "reach": "everyone", "purpose": "不愿他人调阅" });
        let consents = format!("/api/patients/{patient}/consents");
        doctor.post(&consents, deny).await.expect(201);
        lead.get(&theirs).await.expect(200);
        let request = Request::system("test");
        const CLOSE: &str = "UPDATE care SET closed_at = 1 WHERE patient_id = $1";
        let closed = app.store().write(&request, move |tx| {
            tx.execute(CLOSE, &store::params![patient]).map(|_| ())
        });
        closed.await.unwrap();
        lead.get(&theirs).await.expect(404);
        doctor.get(&theirs).await.expect(200);
        app.assert_audit_whole().await;
    });
}

#[test]
fn the_words_of_a_text_count_as_those_of_its_title() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let (doctor, lead, patient) = (&case.world.doctor, &case.world.lead_doctor, case.patient);
        for (content_type, seen) in [("text/plain; charset=utf-8", 404), ("application/pdf", 200)] {
            let attachment = json!({ "contentType": content_type, "data": "6Im+5ruL55eF" });
            let body = document(patient, &json!({ "text": "出院小结" }), &attachment);
            let id = create(doctor, "DocumentReference", body).await;
            let path = format!("/fhir/DocumentReference/{id}");
            lead.get(&path).await.expect(seen);
            doctor.get(&path).await.expect(200);
        }
    });
}

#[test]
fn what_is_imported_is_labelled_and_tells_nothing() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let (doctor, lead, patient) = (&case.world.doctor, &case.world.lead_doctor, case.patient);
        open_care(&app, patient, case.world.outside).await;
        let import = "/fhir/$import?dry_run=false";
        let lines = [
            condition(patient, "F20.0", "2026-10-05"),
            condition(patient, "I11", "2026-10-06"),
        ];
        let body = axum::body::Body::from(lines.join("\n"));
        let ndjson = Some("application/fhir+ndjson");
        let reply = doctor.send("POST", import, ndjson, body).await.expect(200);
        assert!(
            reply
                .json
                .to_string()
                .contains(r#""name":"stored","valueInteger":2"#)
        );
        let search = format!("/fhir/Condition?patient={patient}&_total=accurate");
        assert_eq!(doctor.get(&search).await.expect(200).json["total"], 4);
        for client in [lead, &case.world.stranger] {
            let seen = client.get(&search).await.expect(200).json;
            assert_eq!(seen["total"], 2);
            assert!(!seen["entry"].to_string().contains("F20"));
        }
        // A line that would replace it is refused as if it were not there, and changes nothing.
        let mut line: Value =
            serde_json::from_str(&condition(patient, "I12", "2026-10-07")).unwrap();
        line["id"] = json!(case.secret);
        let body = axum::body::Body::from(line.to_string());
        let reply = lead.send("POST", import, ndjson, body).await.expect(200);
        let text = reply.json.to_string();
        assert!(
            text.contains("fhir.resource") && !text.contains("F32"),
            "{text}"
        );
        let path = format!("/fhir/Condition/{}", case.secret);
        let kept = doctor.get(&path).await.expect(200).json;
        assert_eq!(kept["meta"]["versionId"], "1");
    });
}
