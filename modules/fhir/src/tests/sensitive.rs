//! What is sensitive, and what the patient denied, on every way to it.

use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, on_each_engine};

use super::world::{World, create, ids, modules, pressure, register, send, world};

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";

pub(super) fn condition(patient: Id, code: &str, onset: &str) -> String {
    json!({ "resourceType": "Condition", "subject": { "reference": format!("Patient/{patient}") },
        "code": { "coding": [{ "system": ICD10, "code": code }] }, "onsetDateTime": onset })
    .to_string()
}

pub(super) async fn open_care(app: &TestApp, patient: Id, org_id: Id) {
    let request = Request::system("test");
    let opened = app.store().write(&request, move |tx| {
        let document = tx.new_id();
        record::open_care(tx, patient, org_id, "referral", document)
    });
    opened.await.unwrap();
}

/// A patient of the village, in care at the lead hospital, with a plain and a sensitive condition.
pub(super) struct Case {
    pub world: World,
    pub patient: Id,
    pub plain: String,
    pub secret: String,
}

pub(super) async fn case(app: &TestApp) -> Case {
    let world = world(app).await;
    let patient = register(&world.doctor, "王小明").await;
    app.settle().await;
    open_care(app, patient, world.lead).await;
    let plain = condition(patient, "I10", "2026-10-01");
    let plain = create(&world.doctor, "Condition", plain).await;
    let secret = condition(patient, "F32.9", "2026-10-02");
    let secret = create(&world.doctor, "Condition", secret).await;
    Case {
        world,
        patient,
        plain,
        secret,
    }
}

async fn conditions(client: &Client, patient: Id) -> Vec<String> {
    let path = format!("/fhir/Condition?patient={patient}&_sort=onset-date");
    ids(&client.get(&path).await.expect(200).json)
}

/// Every way by which the sensitive condition might be learnt of.
fn ways(patient: Id, secret: &str) -> Vec<String> {
    vec![
        format!("/fhir/Condition/{secret}"),
        format!("/fhir/Condition/{secret}/_history"),
        format!("/fhir/Condition/{secret}/_history/1"),
        format!("/fhir/Condition?_id={secret}"),
        format!("/fhir/Condition?code={ICD10}|F32.9&_summary=count"),
        "/fhir/Condition?code=F32.9&_total=accurate&_count=0".to_owned(),
        format!("/fhir/Patient/{patient}/$everything?_type=Condition"),
        format!("/fhir/Patient?_id={patient}&_revinclude=Condition:subject"),
        "/fhir/Patient?_has:Condition:patient:code=F32.9".to_owned(),
        "/fhir/Observation?subject:Patient._has:Condition:patient:code=F32.9".to_owned(),
        "/fhir/Encounter?diagnosis:Condition.code=F32.9".to_owned(),
        "/fhir/Condition/_history".to_owned(),
        "/fhir/_history?_count=500".to_owned(),
        "/fhir?_type=Condition&_lastUpdated=ge2020".to_owned(),
        format!("/api/patients/{patient}/timeline"),
    ]
}

#[test]
fn a_sensitive_entry_is_hidden_on_every_way_until_it_is_opened() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let (world, patient) = (&case.world, case.patient);
        assert_eq!(conditions(&world.doctor, patient).await.len(), 2);
        assert_eq!(
            conditions(&world.lead_doctor, patient).await,
            std::slice::from_ref(&case.plain)
        );
        let encounter = json!({ "resourceType": "Encounter", "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": { "reference": format!("Patient/{patient}") },
            "diagnosis": [{ "condition": { "reference": format!("Condition/{}", case.secret) } }] });
        let encounter = create(&world.doctor, "Encounter", encounter.to_string()).await;
        for path in ways(patient, &case.secret) {
            let reply = world.lead_doctor.get(&path).await;
            let text = String::from_utf8_lossy(&reply.bytes).into_owned();
            let told = reply.json["entry"]
                .to_string()
                .contains(&format!("Condition/{}", case.secret))
                || reply.json["items"].to_string().contains(&case.secret)
                || (path.contains("F32.9") && reply.json["total"].as_i64().unwrap_or(0) > 0)
                || (path.contains("F32.9") && reply.json["entry"].is_array())
                || text.contains("F32");
            let found = path.starts_with("/fhir/Condition/") && !path.ends_with("_history");
            assert!(!(found && reply.status == 200), "{path}: {text}");
            // The encounter itself names the condition, and is no secret of its own.
            let named = path.contains("_history?") && text.contains(&encounter);
            let links = reply.json["link"].to_string();
            let only_in_link = links.contains("F32") && !reply.json["entry"].is_array();
            assert!(!told || named || only_in_link, "{path}: {text}");
        }
        let included = format!("/fhir/Encounter?_id={encounter}&_include=Encounter:diagnosis");
        let included = world.lead_doctor.get(&included).await.expect(200);
        assert_eq!(included.json["entry"].as_array().unwrap().len(), 1);
        // Neither does a write tell of it, nor change it.
        let write = condition(patient, "F32.9", "2026-10-02");
        let mut write: Value = serde_json::from_str(&write).unwrap();
        write["id"] = json!(case.secret);
        let path = format!("/fhir/Condition/{}", case.secret);
        let stale = world.lead_doctor.with("if-match", "W/\"7\"");
        send(&stale, "PUT", &path, write.to_string())
            .await
            .expect(404);
        world.lead_doctor.delete(&path).await.expect(404);
        let patch = json!([{ "op": "remove", "path": "/onsetDateTime" }]).to_string();
        let body = axum::body::Body::from(patch);
        let json_patch = Some("application/json-patch+json");
        let reply = world
            .lead_doctor
            .send("PATCH", &path, json_patch, body)
            .await;
        reply.expect(404);
        hidden(&world.lead_doctor, patient, true).await;
        hidden(&world.doctor, patient, false).await;
        opened_one_category_at_a_time(&app, &case).await;
    });
}

async fn hidden(client: &Client, patient: Id, is: bool) {
    let reply = client
        .get(&format!("/api/fhir/patients/{patient}/hidden"))
        .await;
    assert_eq!(reply.expect(200).json, json!({ "hidden": is }));
}

async fn opened_one_category_at_a_time(app: &TestApp, case: &Case) {
    let (world, patient) = (&case.world, case.patient);
    let hiv = pressure(patient, "1", "2026-10-03").replace("8480-6", "75622-1");
    let hiv = create(&world.doctor, "Observation", hiv).await;
    let hiv = format!("/fhir/Observation/{hiv}");
    let secret = format!("/fhir/Condition/{}", case.secret);
    let consents = format!("/api/patients/{patient}/consents");
    let end = app.clock().now() + Span::days(30);
    let consent = |sensitive: Value| {
        json!({ "reach": "org", "grantee_org_id": world.lead, "purpose": "会诊",
            "expires_at": end, "sensitive": sensitive })
    };
    let unknown = world.doctor.post(&consents, consent(json!(["x"]))).await;
    unknown.expect(400).expect_code("record.consent-sensitive");
    world
        .doctor
        .post(&consents, consent(json!([])))
        .await
        .expect(201);
    world.lead_doctor.get(&secret).await.expect(404);
    let opening = world
        .doctor
        .post(&consents, consent(json!(["psychiatric"])))
        .await
        .expect(201);
    world.lead_doctor.get(&secret).await.expect(200);
    world.lead_doctor.get(&hiv).await.expect(404);
    // That a category was opened is told to both sides, to nobody else who treats the patient.
    open_care(app, patient, world.outside).await;
    app.settle().await;
    let face = format!("/fhir/Consent/{}", opening.id());
    world.lead_doctor.get(&face).await.expect(200);
    world.stranger.get(&face).await.expect(404);
    let known = world.stranger.get(&consents).await.expect(200);
    assert_eq!(known.json.as_array().unwrap().len(), 1);
    let withdraw = format!("/api/consents/{}/withdraw", opening.id());
    world
        .doctor
        .seeing(1)
        .post(&withdraw, json!({}))
        .await
        .expect(200);
    world.lead_doctor.get(&secret).await.expect(404);
    let glass = format!("/api/patients/{patient}/break-glass");
    let reason = "病人意识不清,需了解精神科用药";
    let plain = world
        .lead_doctor
        .post(&glass, json!({ "reason": reason }))
        .await;
    plain.expect(422).expect_code("record.basis-exists");
    let whole = json!({ "reason": reason, "hidden": true });
    world
        .lead_doctor
        .post(&glass, whole.clone())
        .await
        .expect(201);
    world.lead_doctor.get(&secret).await.expect(200);
    world.lead_doctor.get(&hiv).await.expect(200);
    let again = world.lead_doctor.post(&glass, whole).await;
    again.expect(422).expect_code("record.basis-exists");
    let resident = app.client("resident", world.village).await;
    let account = resident.account_id;
    let request = Request::system("test");
    let linked = app.store().write(&request, move |tx| {
        let patient = record::patient(tx, patient)?;
        record::link_account(tx, &patient, account)
    });
    linked.await.unwrap();
    resident.get(&secret).await.expect(200);
    resident.get(&hiv).await.expect(200);
    app.clock().advance(Span::days(1));
    world.lead_doctor.get(&secret).await.expect(404);
    app.assert_audit_whole().await;
}

#[test]
fn labels_come_from_codes_anywhere_words_and_the_author_and_follow_the_rule_set() {
    on_each_engine(modules, async |app| {
        let case = case(&app).await;
        let (world, patient) = (&case.world, case.patient);
        let subject = json!({ "reference": format!("Patient/{patient}") });
        let class = json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "AMB" });
        let labelled = [
            json!({ "resourceType": "Encounter", "status": "finished", "class": class,
                "subject": subject, "reasonCode": [{ "coding": [{ "system": ICD10, "code": "O04.9" }] }] }),
            json!({ "resourceType": "Condition", "subject": subject, "code": { "text": "艾滋病待查" } }),
            json!({ "resourceType": "Condition", "subject": subject, "code": { "text": "发热" },
                "meta": { "security": [{ "system": "urn:lianti:sensitive", "code": "restricted" }] } }),
            json!({ "resourceType": "MedicationRequest", "status": "active", "intent": "order",
                "subject": subject, "medicationReference": { "reference": "#m" },
                "contained": [{ "resourceType": "Medication", "id": "m", "code": { "coding": [
                    { "system": "http://www.whocc.no/atc", "code": "J05AR10" }] } }] }),
            json!({ "resourceType": "DiagnosticReport", "status": "final", "subject": subject,
                "code": { "text": "检验" }, "conclusionCode": [{ "coding": [{ "code": "A53.9" }] }] }),
        ];
        for body in labelled {
            let kind = body["resourceType"].as_str().unwrap().to_owned();
            let id = create(&world.doctor, &kind, body.to_string()).await;
            let path = format!("/fhir/{kind}/{id}");
            world.lead_doctor.get(&path).await.expect(404);
            world.doctor.get(&path).await.expect(200);
        }
        // What an older version told stays hidden when the newer one does not tell it.
        let path = format!("/fhir/Condition/{}", case.secret);
        let mut body = world.doctor.get(&path).await.expect(200).json;
        body["code"] = json!({ "coding": [{ "system": ICD10, "code": "I11" }] });
        send(&world.doctor, "PUT", &path, body.to_string())
            .await
            .expect(200);
        world.lead_doctor.get(&path).await.expect(200);
        world
            .lead_doctor
            .get(&format!("{path}/_history/1"))
            .await
            .expect(404);
        world
            .lead_doctor
            .get(&format!("{path}/_history/2"))
            .await
            .expect(200);
        let history = world
            .lead_doctor
            .get(&format!("{path}/_history"))
            .await
            .expect(200);
        assert_eq!(history.json["entry"].as_array().unwrap().len(), 1);
        // A new version of the rule set labels what is stored anew.
        let seeds = record::module().rule_seeds;
        let seed = seeds
            .iter()
            .find(|seed| seed.code == "record.sensitive")
            .unwrap();
        let rule = json!({ "categories": [{ "code": "heart", "title_zh": "心", "title_en": "Heart",
            "source": "x", "codes": [{ "system": ICD10, "ranges": "I10" }], "words": [] }] });
        let request = Request::system("test");
        app.store()
            .write(&request, move |tx| {
                let today = tx.now().date();
                tx.add_rule_version(seed, 1, today, "测试", &rule)
                    .map(|_| ())
            })
            .await
            .unwrap();
        app.settle().await;
        let seen = conditions(&world.lead_doctor, patient).await;
        assert!(!seen.contains(&case.plain), "{seen:?}");
        assert!(seen.contains(&case.secret));
        world
            .lead_doctor
            .get(&format!("{path}/_history/1"))
            .await
            .expect(200);
    });
}

#[test]
fn a_denial_leaves_what_one_wrote_care_and_emergencies() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        let (lead, outside) = (world.lead, world.outside);
        for org in [lead, outside] {
            app.store()
                .write(&Request::system("test"), move |tx| {
                    record::note_treatment(tx, patient, org)
                })
                .await
                .unwrap();
        }
        app.settle().await;
        let ours = create(
            &world.doctor,
            "Condition",
            condition(patient, "I10", "2026-10-01"),
        )
        .await;
        let theirs = condition(patient, "I11", "2026-10-02");
        let theirs = create(&world.lead_doctor, "Condition", theirs).await;
        let both = vec![ours.clone(), theirs.clone()];
        assert_eq!(conditions(&world.lead_doctor, patient).await, both);
        let consents = format!("/api/patients/{patient}/consents");
        let deny = json!({ "decision": "deny", "reach": "everyone", "purpose": "不愿他人调阅" });
        let denied = world.doctor.post(&consents, deny.clone()).await.expect(201);
        // The author keeps all; others what they wrote, and who the patient is.
        assert_eq!(conditions(&world.doctor, patient).await, both);
        assert_eq!(
            conditions(&world.lead_doctor, patient).await,
            std::slice::from_ref(&theirs)
        );
        assert_eq!(
            conditions(&world.stranger, patient).await,
            Vec::<String>::new()
        );
        hidden(&world.stranger, patient, true).await;
        let person = format!("/fhir/Patient/{patient}");
        world.stranger.get(&person).await.expect(200);
        world
            .stranger
            .get(&format!("/fhir/Condition/{ours}"))
            .await
            .expect(404);
        // Whom it keeps out does not take it back.
        let withdraw = format!("/api/consents/{}/withdraw", denied.id());
        world
            .stranger
            .seeing(1)
            .post(&withdraw, json!({}))
            .await
            .expect(403);
        // A permit that names one is more exact than a denial to everyone; one to a group is too.
        let end = app.clock().now() + Span::days(30);
        let permit = json!({ "reach": "org", "grantee_org_id": outside, "purpose": "会诊",
            "expires_at": end, "categories": ["diagnoses"], "data_from": "2026-10-02" });
        world.doctor.post(&consents, permit).await.expect(201);
        assert_eq!(
            conditions(&world.stranger, patient).await,
            std::slice::from_ref(&theirs)
        );
        // A denial that names the same one beats it.
        let exact = json!({ "decision": "deny", "reach": "org", "grantee_org_id": outside,
            "purpose": "不愿该院调阅" });
        world.doctor.post(&consents, exact).await.expect(201);
        assert_eq!(
            conditions(&world.stranger, patient).await,
            Vec::<String>::new()
        );
        open_care(&app, patient, outside).await;
        assert_eq!(conditions(&world.stranger, patient).await, both);
        world
            .doctor
            .seeing(1)
            .post(&withdraw, json!({}))
            .await
            .expect(200);
        assert_eq!(conditions(&world.lead_doctor, patient).await, both);
        for (wrong, code) in [
            (
                json!({ "reach": "everyone", "purpose": "x", "expires_at": end }),
                "record.consent-grantee",
            ),
            (
                json!({ "decision": "deny", "reach": "org", "purpose": "x" }),
                "record.consent-grantee",
            ),
            (
                json!({ "reach": "org", "grantee_org_id": lead, "purpose": "x" }),
                "record.consent-expiry",
            ),
            (
                json!({ "decision": "deny", "reach": "everyone", "purpose": "x", "sensitive": ["hiv"] }),
                "record.consent-sensitive",
            ),
            (
                json!({ "decision": "deny", "reach": "everyone", "purpose": "x",
                "data_from": "2026-02-01", "data_to": "2026-01-01" }),
                "record.consent-period",
            ),
        ] {
            world
                .doctor
                .post(&consents, wrong)
                .await
                .expect(400)
                .expect_code(code);
        }
    });
}

#[test]
fn a_legal_hold_forbids_every_deletion_until_it_is_released() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "王小明").await;
        app.settle().await;
        let plain = condition(patient, "I10", "2026-10-01");
        let id = create(&world.doctor, "Condition", plain).await;
        let officer = app.client("privacy-officer", world.village).await;
        let elsewhere = app.client("privacy-officer", world.lead).await;
        let holds = format!("/api/patients/{patient}/legal-holds");
        let reason = json!({ "reason": "医疗纠纷，法院调证函〔2026〕7 号" });
        world.doctor.post(&holds, reason.clone()).await.expect(403);
        elsewhere.post(&holds, reason.clone()).await.expect(404);
        officer
            .post(&holds, json!({ "reason": " " }))
            .await
            .expect(400);
        let set = officer.post(&holds, reason.clone()).await.expect(201);
        let path = format!("/fhir/Condition/{id}");
        let refused = world.doctor.delete(&path).await.expect(422);
        refused.expect_code("record.legal-hold");
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
            { "request": { "method": "DELETE", "url": format!("Condition/{id}") } }] });
        let refused = send(&world.doctor, "POST", "/fhir", bundle.to_string())
            .await
            .expect(422);
        refused.expect_code("record.legal-hold");
        let where_ = format!("/fhir/Condition?_id={id}");
        world.doctor.delete(&where_).await.expect(422);
        world.doctor.get(&path).await.expect(200);
        let release = format!("/api/legal-holds/{}/release", set.id());
        elsewhere
            .seeing(1)
            .post(&release, reason.clone())
            .await
            .expect(404);
        officer
            .seeing(1)
            .post(&release, reason.clone())
            .await
            .expect(200);
        let again = officer.seeing(2).post(&release, reason).await.expect(422);
        again.expect_code("record.hold-released");
        let list = officer.get(&holds).await.expect(200);
        assert_eq!(list.json[0]["state"], "released");
        let periods = officer.get("/api/retention-periods").await.expect(200);
        assert_eq!(periods.json[0]["years"], 15);
        world.doctor.delete(&path).await.expect(204);
        // What was deleted stays in its history.
        let history = world
            .doctor
            .get(&format!("{path}/_history"))
            .await
            .expect(200);
        assert_eq!(history.json["entry"].as_array().unwrap().len(), 2);
        app.assert_audit_whole().await;
    });
}
