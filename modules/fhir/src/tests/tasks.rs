//! A case by its Task: what an outside system sends does what a click does, or nothing.

use http::Module;
use kernel::Id;
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, Reply, TestApp, on_each_engine};

use super::world::{World, register, send, world};

fn modules() -> Vec<Module> {
    let mut modules = super::world::modules();
    modules.push(resources::module());
    modules.push(referral::module());
    modules
}

/// A bed of the lead hospital, in its department of cardiology.
async fn bed(app: &TestApp, world: &World) -> (Id, Id) {
    let lead = world.lead;
    let request = Request::system("test");
    let made = app.store().write(&request, move |tx| {
        let department = json!({ "org_id": lead, "code": "XN", "name": "心血管内科",
            "kind": "clinical", "specialty": "03.04" });
        let department = serde_json::from_value(department).unwrap();
        let department = network::commands::create_department(tx, &department)?.id;
        let ward = json!({ "org_id": lead, "department_id": department, "code": "W1",
            "name": "一病区" });
        let ward = resources::import_ward(tx, &serde_json::from_value(ward).unwrap())?;
        let bed = json!({ "ward_id": ward.id, "code": "1", "sex_rule": "any", "isolation": false,
            "channel": "referral", "price": 5000 });
        let bed = resources::import_bed(tx, &serde_json::from_value(bed).unwrap())?;
        Ok((department, bed.id))
    });
    made.await.unwrap()
}

async fn submitted(app: &TestApp, world: &World, patient: Id) -> Id {
    let sheet = json!({
        "kind": "up", "patient_id": patient, "to_org_id": world.lead,
        "content": {
            "reason_code": "diagnosis-unclear", "reason_text": "进一步诊治",
            "diagnoses": [{ "code": "I50", "display": "心力衰竭" }],
            "condition": "胸闷三天", "treatment": "对症处理", "precautions": "",
            "no_known_allergies": true,
            "vital_signs": { "systolic_mmhg": 138, "diastolic_mmhg": 86, "pulse_bpm": 82 },
            "consent": { "given_by": "patient", "form": "written", "at": "2026-01-01T01:00:00Z" },
            "service": "inpatient", "priority": "urgent",
        },
    });
    let made = world.doctor.post("/api/referrals", sheet).await.expect(201);
    let id = made.id();
    let reason = json!({ "override_reason": "与上级沟通过" });
    let path = format!("/api/referrals/{id}/submit");
    world.doctor.seeing(1).post(&path, reason).await.expect(200);
    app.settle().await;
    id
}

async fn task(client: &Client, id: Id) -> Value {
    client
        .get(&format!("/fhir/Task/{id}"))
        .await
        .expect(200)
        .json
}

async fn put(client: &Client, task: &Value) -> Reply {
    let id = task["id"].as_str().unwrap();
    send(client, "PUT", &format!("/fhir/Task/{id}"), task.to_string()).await
}

fn input(word: &str, element: &str, value: impl Into<Value>) -> Value {
    json!({ "type": { "coding": [{ "system": "urn:lianti:referral-input", "code": word }] },
        element: value.into() })
}

fn wants(task: &Value, state: &str) -> Value {
    let mut wanted = task.clone();
    wanted["businessStatus"] = json!({ "coding": [{ "system": "urn:lianti:referral-state",
        "code": state }] });
    wanted
}

async fn state(client: &Client, id: Id) -> Value {
    let case = client.get(&format!("/api/referrals/{id}")).await;
    case.expect(200).json["state"].clone()
}

#[test]
fn a_case_goes_its_way_by_its_task() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let (department, bed) = bed(&app, &world).await;
        let patient = register(&world.doctor, "王小明").await;
        let id = submitted(&app, &world, patient).await;
        let hospital = &world.lead_doctor;

        let mut sent = task(hospital, id).await;
        sent["status"] = json!("received");
        sent["input"] = json!([input("department", "valueId", department.to_string())]);
        let kept = put(hospital, &sent).await.expect(200).json;
        assert_eq!(kept["status"], json!("received"));
        assert_eq!(kept["input"], Value::Null);

        let patch = json!([
            { "op": "replace", "path": "/status", "value": "accepted" },
            { "op": "add", "path": "/input", "value": [
                input("bed", "valueReference", json!({ "reference": format!("Location/{bed}") })),
                input("note", "valueString", "带上既往片子"),
            ] },
        ]);
        let path = format!("/fhir/Task/{id}");
        let body = axum::body::Body::from(patch.to_string());
        let form = Some("application/json-patch+json");
        let accepted = hospital.send("PATCH", &path, form, body).await.expect(200);
        assert_eq!(
            accepted.json["businessStatus"]["coding"][0]["code"],
            json!("accepted")
        );
        let case = hospital
            .get(&format!("/api/referrals/{id}"))
            .await
            .expect(200);
        assert_eq!(case.json["state"], json!("accepted"), "{}", case.json);

        for (next, inputs) in [
            ("arrived", json!([])),
            ("admitted", json!([input("number", "valueString", "ZY-1")])),
        ] {
            let mut sent = wants(&task(hospital, id).await, next);
            if next == "arrived" {
                sent["status"] = json!("in-progress");
            } else {
                sent["input"] = inputs;
            }
            put(hospital, &sent).await.expect(200);
            assert_eq!(state(hospital, id).await, json!(next));
        }
        app.settle().await;
        let shown = task(&world.doctor, id).await;
        assert_eq!(shown["status"], json!("in-progress"));
    });
}

#[test]
fn a_task_asks_for_nothing_that_a_click_may_not() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        bed(&app, &world).await;
        let patient = register(&world.doctor, "王小明").await;
        let id = submitted(&app, &world, patient).await;
        let hospital = &world.lead_doctor;
        let before = task(hospital, id).await;
        let refused = async |who: &Client, sent: Value, status: u16, place: Option<&str>| {
            let answer = put(who, &sent).await.expect(status);
            if let Some(place) = place {
                let place = json!([place]);
                assert_eq!(
                    answer.json["issue"][0]["expression"], place,
                    "{}",
                    answer.json
                );
            }
            assert_eq!(state(&world.doctor, id).await, json!("submitted"));
        };
        let with = |name: &str, value: Value| {
            let mut sent = before.clone();
            sent[name] = value;
            sent
        };
        // The sending side does not accept, and the receiving one does not withdraw.
        refused(&world.doctor, with("status", json!("accepted")), 403, None).await;
        refused(hospital, with("status", json!("cancelled")), 403, None).await;
        refused(
            &world.stranger,
            with("status", json!("accepted")),
            404,
            None,
        )
        .await;
        // A refusal needs a reason, and a known one.
        let place = Some("Task.statusReason.coding");
        refused(hospital, with("status", json!("rejected")), 400, place).await;
        let mut sent = with("status", json!("rejected"));
        sent["statusReason"] = json!({ "coding": [{ "code": "because" }] });
        refused(hospital, sent, 400, place).await;
        // What is not the command's to change.
        let moved = with(
            "for",
            json!({ "reference": "Patient/01928f0e-2222-7000-8000-000000000000" }),
        );
        refused(hospital, moved, 400, Some("Task.for")).await;
        refused(
            hospital,
            with("description", json!("另有说明")),
            400,
            Some("Task.description"),
        )
        .await;
        // What can't be said.
        let place = Some("Task.businessStatus");
        refused(hospital, with("status", json!("in-progress")), 400, place).await;
        refused(hospital, wants(&before, "results-returned"), 400, place).await;
        refused(hospital, wants(&before, "no-such-state"), 400, place).await;
        let mut crossed = wants(&before, "accepted");
        crossed["status"] = json!("rejected");
        refused(hospital, crossed, 400, Some("Task.status")).await;
        let mut sent = with("status", json!("received"));
        sent["input"] = json!([input("departement", "valueId", "x")]);
        refused(hospital, sent.clone(), 400, Some("Task.input[0].type")).await;
        sent["input"] = json!([input("department", "valueString", "x")]);
        refused(hospital, sent.clone(), 400, Some("Task.input[0]")).await;
        sent["input"] = json!([input("department", "valueId", "x")]);
        refused(hospital, sent, 400, Some("Task.input")).await;
        let delete = hospital.delete(&format!("/fhir/Task/{id}")).await;
        delete.expect(422);

        // The case has moved on since the Task was stored: nothing is done on what is no longer so.
        let path = format!("/api/referrals/{id}/review");
        let version = hospital.get(&format!("/api/referrals/{id}")).await.json["version"].clone();
        let version = version.as_i64().unwrap();
        hospital
            .seeing(version)
            .post(&path, json!({}))
            .await
            .expect(200);
        put(hospital, &with("status", json!("accepted")))
            .await
            .expect(412);
        app.settle().await;

        // Refused with a reason: ended, and a Task of a client's own is nobody's command.
        let mut sent = task(hospital, id).await;
        sent["status"] = json!("rejected");
        sent["statusReason"] = json!({ "coding": [{ "code": "no-bed" }], "text": "暂无床位" });
        put(hospital, &sent).await.expect(200);
        assert_eq!(state(hospital, id).await, json!("rejected"));
        let own = json!({ "resourceType": "Task", "status": "requested", "intent": "order",
            "for": { "reference": format!("Patient/{patient}") } });
        let own = send(&world.doctor, "POST", "/fhir/Task", own.to_string())
            .await
            .expect(201);
        let mut own = own.json;
        own["status"] = json!("accepted");
        put(&world.doctor, &own).await.expect(200);
    });
}
