//! The enhanced mode: storing and doing are answered apart, as far as the sender asks.

use hl7v2::Message;
use testkit::{TestApp, on_each_engine};

use super::world::{ADDRESS, effects, message, modules, pid, resource, said, send, world};

/// A message with MSH-15 and MSH-16.
fn asking(accept: &str, application: &str, number: &str, name: &str) -> String {
    let text = message("ADT^A28", number, &pid("1001", name));
    let asked = format!("|2.5.1|||{accept}|{application}||UNICODE");
    text.replace("|2.5.1||||||UNICODE", &asked)
}

async fn answers(app: &TestApp, text: &str) -> Vec<String> {
    let answer = crate::receive(&app.app, text.as_bytes(), ADDRESS).await;
    let read = |bytes: &Vec<u8>| {
        let ack = Message::parse(&String::from_utf8_lossy(bytes)).unwrap();
        let get = |path: &str| ack.get(path).unwrap_or_default();
        format!("{} {}", get("MSA-1"), get("MSA-2"))
    };
    answer.frames.iter().map(read).collect()
}

#[test]
fn each_condition_is_kept() {
    on_each_engine(modules, |app| async move {
        world(&app).await;
        let none: [&str; 0] = [];
        for (at, (accept, application, fine, wrong)) in [
            ("AL", "AL", &["CA", "AA"][..], &["CA", "AE"][..]),
            ("AL", "NE", &["CA"], &["CA"]),
            ("NE", "AL", &["AA"], &["AE"]),
            ("ER", "ER", &none, &["AE"]),
            ("SU", "SU", &["CA", "AA"], &["CA"]),
            ("AL", "", &["CA"], &["CA"]),
            ("NE", "NE", &none, &none),
            ("", "AL", &["AA"], &["AE"]),
        ]
        .into_iter()
        .enumerate()
        {
            let number = format!("M{at}");
            let wanted = |words: &[&str], number: &str| {
                let words = words.iter().map(|word| format!("{word} {number}"));
                words.collect::<Vec<_>>()
            };
            let text = asking(accept, application, &number, "王小明");
            assert_eq!(
                answers(&app, &text).await,
                wanted(fine, &number),
                "{accept} {application}"
            );
            // A repetition is answered in the same way, and not done again.
            assert_eq!(
                answers(&app, &text).await,
                wanted(fine, &number),
                "{accept} {application}"
            );
            let number = format!("W{at}");
            let text = asking(accept, application, &number, "王小明").replace("1001^", "^");
            assert_eq!(
                answers(&app, &text).await,
                wanted(wrong, &number),
                "{accept} {application}"
            );
        }
        // What is no message of a sender that is known is not stored: CR, and nothing behind it.
        let text = asking("AL", "AL", "S1", "王小明").replace("|HIS|", "|WHO|");
        assert_eq!(answers(&app, &text).await, ["CR S1"]);
        let text = asking("AL", "AL", "P1", "王小明").replace("|P|2.5.1", "|D|2.5.1");
        assert_eq!(answers(&app, &text).await, ["CR P1"]);
    });
}

#[test]
fn what_a_pharmacy_handed_out_is_a_dispense() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        send(&app, &message("ADT^A28", "M0", &pid("1001", "王小明"))).await;
        let lines = |amount: &str, control: &str| {
            format!(
                "{}\nORC|{control}|O77\nRXD|1|AMLO^氨氯地平片^99L|20261121090000|{amount}|盒|||||餐后服用",
                pid("1001", "王小明")
            )
        };
        let told = send(&app, &message("RDS^O13", "M1", &lines("2.50", "NW"))).await;
        assert_eq!(said(&told), "AA");
        let reference = effects(&world.admin, "dispense-stored").await.remove(0);
        let path = format!("/fhir/{reference}");
        let shown = world.doctor.get(&path).await.expect(200);
        let text = String::from_utf8_lossy(&shown.bytes).into_owned();
        assert!(text.contains("2.50"), "{text}");
        assert_eq!(shown.json["status"], "completed");
        assert_eq!(shown.json["quantity"]["unit"], "盒");
        assert_eq!(shown.json["whenHandedOver"], "2026-11-21T09:00:00+08:00");
        assert_eq!(
            shown.json["authorizingPrescription"][0]["identifier"]["value"],
            "O77"
        );
        // Taken back: the same dispense.
        send(&app, &message("RDS^O13", "M2", &lines("2.50", "CA"))).await;
        assert_eq!(
            resource(&world.doctor, &reference).await["status"],
            "cancelled"
        );
        for (number, lines, wanted) in [
            ("M3", pid("1001", "王小明"), "AE hl7.segment-missing RXD^1"),
            ("M4", lines("many", "NW"), "AE hl7.field-missing RXD^1^4"),
            (
                "M5",
                lines("1", "NW").replace("|O77", "|"),
                "AE hl7.field-missing RXD^1^7",
            ),
            (
                "M6",
                lines("1", "NW").replace("20261121", "20261131"),
                "AE hl7.time RXD^1^3",
            ),
        ] {
            let told = send(&app, &message("RDS^O13", number, &lines)).await;
            assert_eq!(said(&told), wanted);
        }
    });
}
