//! Item codes read by a map that people keep in the workshop.

use serde_json::json;
use testkit::on_each_engine;

use super::world::{effects, message, modules, pid, resource, said, send, world};

const REPORT: &str = "OBR|1|P1|F1|CBC^血常规^L|||20261122063000|||||||||||||||20261122073000||HM|F
    OBX|1|NM|GLU^血糖^L||5.60|mmol/L|3.9-6.1|N|||F";

#[test]
fn a_code_decided_in_the_workshop_holds_from_the_next_message_on() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let source = format!("urn:lianti:hl7:{}:L", world.sender);
        let map = json!({ "code": "his-lab", "name_zh": "检验对照", "source": source,
            "target": "http://loinc.org", "org_id": world.lead });
        let map = world
            .admin
            .post("/api/terminology/maps", map)
            .await
            .expect(201)
            .id();
        let path = format!("/api/hl7/senders/{}/mappings", world.sender);
        let now = world.admin.get(&path).await.expect(200);
        let mut mapping = now.json["items"][0]["mapping"].clone();
        mapping["maps"] = json!(["his-lab"]);
        let body = json!({ "note": "用对照表", "mapping": mapping });
        let sender = world
            .admin
            .get(&format!("/api/hl7/senders/{}", world.sender))
            .await
            .expect(200);
        world
            .admin
            .seeing(sender.version())
            .post(&path, body)
            .await
            .expect(201);

        let report =
            |number: &str| message("ORU^R01", number, &(pid("1001", "王小明") + "\n" + REPORT));
        assert_eq!(said(&send(&app, &report("R1")).await), "AA");
        assert_eq!(
            effects(&world.admin, "note").await,
            ["hl7.item-unmapped"; 2]
        );
        app.settle().await;
        let work = format!("/api/terminology/maps/{map}/work");
        let work = world.admin.get(&work).await.expect(200);
        assert_eq!(
            work.json["items"].as_array().unwrap().len(),
            2,
            "{}",
            work.json
        );

        let said_so = json!({ "code": "GLU", "name": "血糖", "state": "confirmed",
            "targets": [{ "code": "2345-7", "name": "葡萄糖", "relation": "equivalent" }] });
        let entries = format!("/api/terminology/maps/{map}/entries");
        world.admin.post(&entries, said_so).await.expect(200);
        assert_eq!(said(&send(&app, &report("R2")).await), "AA");
        let results = effects(&world.admin, "observation-stored").await;
        let shown = resource(&world.doctor, &results[0]).await;
        assert_eq!(shown["code"]["coding"][0]["code"], "2345-7");
        assert_eq!(shown["code"]["coding"][1]["code"], "GLU");
    });
}
