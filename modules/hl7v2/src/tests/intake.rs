//! What is taken, what is refused, and what is answered.

use hl7v2::{Charset, encode};
use serde_json::json;
use testkit::on_each_engine;

use super::world::{listed, message, modules, newest, pid, said, send, send_bytes, sender, world};

#[test]
fn an_acknowledged_message_is_stored_as_it_came() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let text = message(
            "ADT^A04",
            "M1",
            &(pid("1001", "王^小明") + "\nZPD|1|自定义^a&b~c|\"\"||"),
        );
        let ack = send(&app, &text).await;
        assert_eq!(said(&ack), "AA");
        assert_eq!(ack.get("MSA-2").as_deref(), Some("M1"));
        let shown = newest(&world.admin).await.json;
        assert_eq!(shown["texts"][0]["text"], json!(text));
        assert_eq!(shown["message"]["state"], "applied");
        assert_eq!(shown["message"]["charset"], "UNICODE UTF-8");
        assert_eq!(shown["segments"][2]["name"], "ZPD");
        assert_eq!(shown["segments"][1]["fields"][2]["text"], "王^小明");
        assert_eq!(shown["patient"]["phone"], "138****0012", "{shown}");
        assert_eq!(shown["actions"], json!([]));
        app.assert_audit_whole().await;
    });
}

#[test]
fn what_is_no_message_of_a_known_sender_is_rejected() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let fine = message("ADT^A04", "M1", &pid("1001", "王小明"));
        let unterminated = fine.trim_end().to_owned();
        for (text, wanted) in [
            ("PID|1\r".to_owned(), "AR hl7.no-msh MSH^1"),
            (String::new(), "AR hl7.no-msh MSH^1"),
            (
                fine.replace("|HIS|", "|OTHER|"),
                "AR hl7.sender-unknown MSH^1^3",
            ),
            (unterminated, "AR hl7.truncated PID^1^13"),
            (
                fine.replace("|P|2.5.1", "|T|2.5.1"),
                "AR hl7.processing MSH^1^11",
            ),
            (fine.replace("|2.5.1|", "|3.0|"), "AR hl7.version MSH^1^12"),
            (fine.replace("|M1|", "||"), "AR hl7.field-missing MSH^1^10"),
            (
                fine.replace("UNICODE UTF-8", "BIG-5"),
                "AR hl7.charset-unknown MSH^1^18",
            ),
            (
                fine.replace("UNICODE UTF-8", "ASCII"),
                "AR hl7.charset PID^1^5",
            ),
            (
                fine.replace("UNICODE UTF-8", "GB 18030-2000"),
                "AR hl7.charset PID^1^5",
            ),
        ] {
            assert_eq!(said(&send(&app, &text).await), wanted, "{text:?}");
        }
        let gb_bytes = encode(&fine, Charset::Gb18030).unwrap();
        let ack = send_bytes(&app, &gb_bytes).await;
        assert_eq!(
            said(&ack),
            "AR hl7.charset PID^1^5",
            "declared UTF-8, sent GB 18030"
        );
        // Refused messages of the sender are kept with their bytes; those of strangers are not shown.
        let shown = newest(&world.admin).await.json;
        assert_eq!(shown["texts"][0]["form"], "hex");
        assert!(
            shown["texts"][0]["text"]
                .as_str()
                .unwrap()
                .contains("王小明")
        );
        let rejected = listed(&world.admin, "?state=rejected").await;
        assert_eq!(rejected.len(), 11);
        let stranger = &rejected
            .iter()
            .find(|row| row["sender_id"].is_null())
            .unwrap()["id"];
        let path = format!("/api/hl7/messages/{}", stranger.as_str().unwrap());
        let detail = world.admin.get(&path).await.expect(404);
        assert_eq!(detail.code(), "hl7-message");
        // The number was not used up: the message may come as it should.
        assert_eq!(said(&send(&app, &fine).await), "AA");
    });
}

#[test]
fn gb18030_is_read_and_answered() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let text = message("ADT^A04", "M1", &pid("1001", "王倈亅"))
            .replace("UNICODE UTF-8", "GB 18030-2000");
        let bytes = encode(&text, Charset::Gb18030).unwrap();
        assert_eq!(said(&send_bytes(&app, &bytes).await), "AA");
        let shown = newest(&world.admin).await.json;
        assert_eq!(shown["texts"][0]["text"], json!(text));
        assert_eq!(shown["message"]["charset"], "GB 18030-2000");
        // A sender's usual charset holds where it declares none.
        let mut lis = sender(world.lead, "LIS", "L1");
        lis["charset"] = json!("gb18030");
        world.admin.post("/api/hl7/senders", lis).await.expect(201);
        let text = message("ADT^A04", "M1", &pid("1002", "李小红"))
            .replace("|HIS|", "|LIS|")
            .replace("||||||UNICODE UTF-8", "");
        let bytes = encode(&text, Charset::Gb18030).unwrap();
        assert_eq!(said(&send_bytes(&app, &bytes).await), "AA");
    });
}

#[test]
fn a_repeated_message_gets_the_same_answer_and_is_not_done_twice() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let text = message("ADT^A04", "M1", &pid("1001", "王小明"));
        let first = send(&app, &text).await;
        let second = send(&app, &text).await;
        assert_eq!(first.text(), second.text());
        assert_eq!(listed(&world.admin, "").await.len(), 1);
        assert_eq!(newest(&world.admin).await.json["duplicates"], 1);
        // Another message under the number of one that was taken is not lost, and not done.
        let other = message("ADT^A04", "M1", &pid("1002", "李小红"));
        assert_eq!(
            said(&send(&app, &other).await),
            "AE hl7.control-id-reused MSH^1^10"
        );
        assert_eq!(
            said(&send(&app, &other).await),
            "AE hl7.control-id-reused MSH^1^10"
        );
        assert_eq!(listed(&world.admin, "?state=failed").await.len(), 1);
        // One that was not taken may be mended by its sender.
        let wrong = message("ADT^A04", "M2", "PID|1||||李小红");
        assert_eq!(
            said(&send(&app, &wrong).await),
            "AE hl7.field-missing PID^1^3"
        );
        assert_eq!(
            said(&send(&app, &wrong).await),
            "AE hl7.field-missing PID^1^3"
        );
        let mended = message("ADT^A04", "M2", &pid("1002", "李小红"));
        assert_eq!(said(&send(&app, &mended).await), "AA");
        let figures = world.admin.get("/api/hl7/statistics").await.expect(200);
        let figures = &figures.json["items"][0];
        let counts =
            ["received", "applied", "failed", "duplicates", "late"].map(|key| figures[key].clone());
        assert_eq!(counts, [json!(4), json!(2), json!(2), json!(3), json!(0)]);
    });
}

#[test]
fn late_and_unknown_messages_and_strange_addresses() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let late = message("ADT^A31", "M1", &pid("1001", "王小明"))
            .replace("20261122080000+0800", "20261122065959");
        assert_eq!(said(&send(&app, &late).await), "AA");
        assert_eq!(listed(&world.admin, "").await[0]["late"], true);
        let order = message("DFT^P03", "M2", &pid("1001", "王小明"));
        assert_eq!(said(&send(&app, &order).await), "AA");
        assert_eq!(listed(&world.admin, "").await[0]["state"], "kept");
        let odd = message("XYZ^Z01", "M3", &pid("1001", "王小明"));
        assert_eq!(said(&send(&app, &odd).await), "AE hl7.type-unknown MSH^1^9");
        let path = format!("/api/hl7/senders/{}", world.sender);
        let mut body = sender(world.lead, "HIS", "L1");
        body["addresses"] = json!(["10.0.0.1"]);
        let changed = world
            .admin
            .seeing(1)
            .put(&path, body.clone())
            .await
            .expect(200);
        let next = message("ADT^A31", "M4", &pid("1001", "王小明"));
        assert_eq!(
            said(&send(&app, &next).await),
            "AR hl7.sender-address MSH^1^3"
        );
        body["addresses"] = json!([]);
        body["state"] = json!("stopped");
        world
            .admin
            .seeing(changed.version())
            .put(&path, body)
            .await
            .expect(200);
        assert_eq!(
            said(&send(&app, &next).await),
            "AR hl7.sender-stopped MSH^1^3"
        );
        assert_eq!(
            listed(&world.admin, "?kind=ADT^A31&state=applied")
                .await
                .len(),
            1
        );
    });
}
