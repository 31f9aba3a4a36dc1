//! The error queue, mappings by sender, trials, and who may see what.

use serde_json::{Value, json};
use testkit::on_each_engine;

use super::world::{
    effects, listed, message, modules, newest, pid, resource, said, send, sender, world,
};

#[test]
fn a_message_is_mended_and_done_again() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let wrong = message("ADT^A04", "M1", &pid("", "王小明"));
        assert_eq!(
            said(&send(&app, &wrong).await),
            "AE hl7.field-missing PID^1^3"
        );
        let shown = newest(&world.admin).await;
        assert_eq!(shown.json["actions"], json!(["replay", "dismiss"]));
        let id = shown.json["message"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/hl7/messages/{id}/replay");
        let seen = world.admin.seeing(shown.version());
        seen.post(&path, json!({ "reason": "no" }))
            .await
            .expect(400)
            .expect_code("hl7.reason-missing");
        // As it is, it fails again and stays in the queue.
        let again = seen
            .post(&path, json!({ "reason": "再试一次" }))
            .await
            .expect(200);
        assert_eq!(again.json["message"]["state"], "failed");
        seen.post(&path, json!({ "reason": "再试一次" }))
            .await
            .expect(412);
        let mended = wrong
            .replace("||^^^L1^PI|", "||1001^^^L1^PI|")
            .replace('\r', "\n");
        let body = json!({ "text": mended, "reason": "补录门诊号" });
        let done = world
            .admin
            .seeing(again.version())
            .post(&path, body)
            .await
            .expect(200);
        assert_eq!(done.json["message"]["state"], "applied", "{}", done.json);
        assert_eq!(done.json["message"]["effects"][0]["what"], "patient-new");
        assert_eq!(done.json["texts"][0]["text"], json!(wrong));
        assert_eq!(done.json["texts"][1]["number"], 2);
        assert_eq!(done.json["message"]["edits"][1]["reason"], "补录门诊号");
        assert_eq!(done.json["message"]["edits"][1]["changed"], true);
        let more = world
            .admin
            .seeing(done.version())
            .post(&path, json!({ "reason": "再试一次" }))
            .await;
        more.expect(409).expect_code("hl7.not-queued");
        // The sender hears that it is done when it sends it once more.
        assert_eq!(said(&send(&app, &wrong).await), "AA");
        // Another may be set aside.
        send(&app, &message("ADT^A04", "M2", &pid("", "李小红"))).await;
        let shown = newest(&world.admin).await;
        let id = shown.json["message"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/hl7/messages/{id}/dismiss");
        let aside = world
            .admin
            .seeing(shown.version())
            .post(&path, json!({ "reason": "测试消息" }))
            .await;
        assert_eq!(aside.expect(200).json["message"]["state"], "dismissed");
        app.assert_audit_whole().await;
    });
}

#[test]
fn bytes_in_another_charset_are_mended() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let text = message("ADT^A04", "M1", &pid("1001", "王小明"));
        let bytes = hl7v2::encode(&text, hl7v2::Charset::Gb18030).unwrap();
        super::world::send_bytes(&app, &bytes).await;
        let shown = newest(&world.admin).await;
        // The text is shown as it was meant, and is what is edited.
        assert_eq!(shown.json["texts"][0]["text"], json!(text));
        let id = shown.json["message"]["id"].as_str().unwrap();
        let body = json!({ "text": shown.json["texts"][0]["text"], "reason": "字符集声明有误" });
        let path = format!("/api/hl7/messages/{id}/replay");
        let done = world
            .admin
            .seeing(shown.version())
            .post(&path, body)
            .await
            .expect(200);
        assert_eq!(done.json["message"]["state"], "applied", "{}", done.json);
    });
}

#[test]
fn each_sender_is_read_by_its_own_mapping() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let lis = world
            .admin
            .post("/api/hl7/senders", sender(world.lead, "LIS", ""))
            .await
            .expect(201);
        let path = format!("/api/hl7/senders/{}/mappings", lis.id());
        let mapping = json!({
            "system": "lis",
            "paths": { "patient-number": ["PID-2"], "name": ["ZNM-1"] },
            "codes": { "sex": { "甲": "female" }, "unit": { "个": "{count}" } },
            "items": { "WBC": { "system": "http://loinc.org", "code": "6690-2", "display": "白细胞" } },
        });
        let body = json!({ "note": "按厂商文档", "mapping": mapping });
        let made = world
            .admin
            .seeing(lis.version())
            .post(&path, body)
            .await
            .expect(201);
        assert_eq!(made.json["number"], 2);
        let text = "MSH|^~\\&|LIS||||20261122080000||ORU^R01|1|P|2.4||||||UTF-8\r\
            PID|1|L77|||||19610304|甲\rZNM|孙小兰\r\
            OBR|1||F1|CBC^血常规\rOBX|1|NM|WBC^白细胞计数||12|个||||||F\r";
        let by = |mapping: Option<Value>| {
            let (admin, path) = (
                world.admin.clone(),
                format!("/api/hl7/senders/{}/try", lis.id()),
            );
            async move {
                let body = json!({ "text": text.replace('\r', "\n"), "mapping": mapping });
                admin.post(&path, body).await.expect(200).json
            }
        };
        // Tried, by the mapping in force and by another; nothing is kept.
        let trial = by(None).await;
        assert_eq!(
            (&trial["ack"], &trial["state"]),
            (&json!("AA"), &json!("applied")),
            "{trial}"
        );
        assert_eq!(trial["effects"][0]["what"], "patient-new");
        let trial = by(Some(json!({ "paths": { "patient-number": ["PID-9"] } }))).await;
        assert_eq!(trial["reason"]["at"], json!(["PID^1^9"]), "{trial}");
        assert!(listed(&world.admin, "").await.is_empty());
        let refused = world
            .admin
            .post(
                &format!("/api/hl7/senders/{}/try", lis.id()),
                json!({ "text": "hello" }),
            )
            .await
            .expect(200);
        assert_eq!(refused.json["reason"]["code"], "hl7.no-msh");
        // And for real.
        assert_eq!(said(&send(&app, text).await), "AA");
        let observation = effects(&world.admin, "observation-stored").await.remove(0);
        let shown = resource(&world.doctor, &observation).await;
        assert_eq!(shown["code"]["coding"][0]["code"], "6690-2");
        assert_eq!(shown["valueQuantity"]["code"], "{count}");
        let versions = world.admin.get(&path).await.expect(200);
        assert_eq!(versions.json["in_force"], 2);
        assert_eq!(versions.json["items"][1]["number"], 1);
        let wrong = json!({ "note": "按厂商文档", "mapping": { "paths": { "nose": [] } } });
        let wrong = world
            .admin
            .seeing(made.version())
            .post(&path, wrong)
            .await
            .expect(400);
        assert_eq!(wrong.code(), "hl7.mapping");
        let stale = json!({ "note": "按厂商文档", "mapping": {} });
        world.admin.seeing(1).post(&path, stale).await.expect(412);
        let taken = world
            .admin
            .post("/api/hl7/senders", sender(world.lead, "LIS", ""))
            .await;
        taken.expect(409).expect_code("hl7.sender-taken");
        let default = world
            .admin
            .get("/api/hl7/mapping-default")
            .await
            .expect(200);
        assert_eq!(default.json["codes"]["sex"]["男"], "male");
    });
}

#[test]
fn messages_are_read_with_a_basis_and_noted() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        send(&app, &message("ADT^A04", "M1", &pid("1001", "王小明"))).await;
        let row = listed(&world.admin, "").await.remove(0);
        assert!(!row.to_string().contains("王小明"));
        let path = format!("/api/hl7/messages/{}", row["id"].as_str().unwrap());
        world.stranger.get(&path).await.expect(404);
        world
            .doctor
            .get(&path)
            .await
            .expect(403)
            .expect_code("access.forbidden");
        world.doctor.get("/api/hl7/messages").await.expect(403);
        let director = app.client("director", world.lead).await;
        assert_eq!(listed(&director, "").await.len(), 1);
        director.get(&path).await.expect(403);
        let shown = world.admin.get(&path).await.expect(200);
        let patient = shown.json["message"]["patient_id"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            listed(&world.admin, &format!("?patient_id={patient}"))
                .await
                .len(),
            1
        );
        let clinic = app.client("director", world.village).await;
        assert!(
            listed(&clinic, &format!("?patient_id={patient}"))
                .await
                .is_empty()
        );
        const NOTED: &str = "SELECT COUNT(*) AS count FROM event WHERE event = 'record.read'
            AND patient_id = $1 AND actor_id = $2";
        let account = world.admin.account_id;
        let request = store::Request::system("test");
        let noted = app.store().read(&request, move |tx| {
            tx.count(NOTED, &store::params![patient.as_str(), account])
        });
        assert_eq!(noted.await.unwrap(), 1);
    });
}
