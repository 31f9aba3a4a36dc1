//! What messages do: registrations, visits, merges, results.

use serde_json::json;
use testkit::on_each_engine;

use super::world::{effects, message, modules, pid, resource, said, send, world};

#[test]
fn a_person_is_registered_and_brought_up_to_date() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        for (number, trigger) in ["A28", "A04", "A08", "A31"].iter().enumerate() {
            let kind = format!("ADT^{trigger}");
            let name = if *trigger == "A31" {
                "王^小敏"
            } else {
                "王^小明"
            };
            let text = message(&kind, &format!("M{number}"), &pid("1001", name));
            assert_eq!(said(&send(&app, &text).await), "AA", "{trigger}");
        }
        let linked = effects(&world.admin, "patient-linked").await;
        let id = linked[0].strip_prefix("Patient/").unwrap();
        let patient = world
            .doctor
            .get(&format!("/api/patients/{id}"))
            .await
            .expect(200);
        assert_eq!(patient.json["patient"]["name"], "王小敏");
        assert_eq!(patient.json["patient"]["birth_date"], "1961-03-04");
        // A code that is not mapped is left out and said.
        let odd = message(
            "ADT^A31",
            "M9",
            &pid("1001", "王小敏").replace("|F|", "|7|"),
        );
        assert_eq!(said(&send(&app, &odd).await), "AA");
        assert_eq!(effects(&world.admin, "note").await, ["hl7.sex-unmapped"]);
        let never = pid("1002", "李^不详").replace("19610304", "19900230");
        assert_eq!(
            said(&send(&app, &message("ADT^A31", "M11", &never)).await),
            "AA"
        );
        let notes = effects(&world.admin, "note").await;
        assert!(
            notes.contains(&"hl7.birth-date-invalid".to_owned()),
            "{notes:?}"
        );
        let missing = message("ADT^A04", "M10", "EVN||20261122");
        assert_eq!(
            said(&send(&app, &missing).await),
            "AE hl7.segment-missing PID^1"
        );
    });
}

/// A message about the visit V1 at a time of the day.
fn visit(trigger: &str, hour: &str, place: &str) -> String {
    let lines = format!(
        "EVN||20261122{hour}\n{}\nPV1|1|I|{place}||||||||||||||||V1",
        pid("1001", "王小明")
    );
    message(
        &format!("ADT^{trigger}"),
        &format!("{trigger}-{hour}"),
        &lines,
    )
}

#[test]
fn a_visit_follows_its_messages() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let mut reference = String::new();
        for (trigger, hour, place, status, shown, ended) in [
            (
                "A01",
                "0800",
                "内科^01^3床",
                "in-progress",
                "内科 01 3床",
                false,
            ),
            (
                "A02",
                "0900",
                "外科^02^1床",
                "in-progress",
                "外科 02 1床",
                false,
            ),
            ("A12", "0910", "", "in-progress", "内科 01 3床", false),
            ("A03", "1000", "", "finished", "内科 01 3床", true),
            ("A13", "1010", "", "in-progress", "内科 01 3床", false),
            ("A03", "1100", "", "finished", "内科 01 3床", true),
            ("A11", "1200", "", "cancelled", "内科 01 3床", true),
        ] {
            assert_eq!(
                said(&send(&app, &visit(trigger, hour, place)).await),
                "AA",
                "{trigger}"
            );
            let stored = effects(&world.admin, "visit-stored").await;
            assert!(reference.is_empty() || reference == stored[0]);
            reference = stored[0].clone();
            let encounter = resource(&world.doctor, &reference).await;
            assert_eq!(encounter["status"], status, "{trigger} {hour}");
            assert_eq!(encounter["class"]["code"], "IMP");
            assert_eq!(encounter["location"][0]["location"]["display"], shown);
            assert_eq!(
                encounter["period"]["end"].is_string(),
                ended,
                "{trigger} {hour}"
            );
        }
        // A message that was overtaken changes nothing.
        assert_eq!(said(&send(&app, &visit("A02", "0905", "儿科")).await), "AA");
        assert_eq!(effects(&world.admin, "note").await, ["hl7.visit-older"]);
        let unknown = visit("A11", "1300", "").replace("|V1\r", "|V2\r");
        assert_eq!(
            said(&send(&app, &unknown).await),
            "AE hl7.visit-unknown PV1^1^19"
        );
        let other = visit("A02", "1400", "儿科")
            .replace("|1001^", "|1002^")
            .replace("王小明", "钱多多")
            .replace("|19610304|", "|19950607|")
            .replace("13800000012", "13900000034");
        assert_eq!(
            said(&send(&app, &other).await),
            "AE hl7.visit-other-patient PV1^1^19"
        );
        let odd = visit("A02", "1500", "儿科").replace("202611221500", "202602301500");
        assert_eq!(said(&send(&app, &odd).await), "AE hl7.time EVN^1^2");
    });
}

#[test]
fn two_numbers_become_one_patient() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        send(&app, &message("ADT^A04", "M1", &pid("1001", "王小明"))).await;
        let other = pid("1002", "钱多多")
            .replace("19610304", "19950607")
            .replace("13800000012", "13900000034");
        send(&app, &message("ADT^A04", "M2", &other)).await;
        let loser = effects(&world.admin, "patient-new").await.remove(0);
        let admitted = visit("A01", "0900", "内科")
            .replace("|1001^", "|1002^")
            .replace("王小明", "钱多多");
        send(
            &app,
            &admitted
                .replace("|19610304|", "|19950607|")
                .replace("13800000012", "13900000034"),
        )
        .await;
        let stay = effects(&world.admin, "visit-stored").await.remove(0);
        let itself = pid("1001", "王小明") + "\nMRG|1001^^^L1^PI";
        let ack = send(&app, &message("ADT^A40", "M3", &itself)).await;
        assert_eq!(said(&ack), "AE hl7.merge-itself MRG^1^1");
        let merge = pid("1001", "王小明") + "\nMRG|1002^^^L1^PI";
        assert_eq!(
            said(&send(&app, &message("ADT^A40", "M4", &merge)).await),
            "AA"
        );
        let winner = effects(&world.admin, "patient-merged").await.remove(0);
        assert_ne!(winner, loser);
        let old = loser.strip_prefix("Patient/").unwrap();
        let shown = world
            .doctor
            .get(&format!("/api/patients/{old}"))
            .await
            .expect(200);
        assert_eq!(
            format!("Patient/{}", shown.json["patient"]["id"].as_str().unwrap()),
            winner
        );
        // What was told of the number that went goes on, with the patient that stays.
        let discharged = visit("A03", "1000", "")
            .replace("|1001^", "|1002^")
            .replace("王小明", "钱多多");
        assert_eq!(said(&send(&app, &discharged).await), "AA");
        assert_eq!(effects(&world.admin, "visit-stored").await, [stay.as_str()]);
        let encounter = resource(&world.doctor, &stay).await;
        assert_eq!(
            (&encounter["status"], &encounter["subject"]["reference"]),
            (&json!("finished"), &json!(winner))
        );
        // Telling it again, or of somebody unknown, changes nothing and says so.
        assert_eq!(
            said(&send(&app, &message("ADT^A40", "M5", &merge)).await),
            "AA"
        );
        assert_eq!(effects(&world.admin, "note").await, ["hl7.merge-already"]);
        let unknown = pid("1001", "王小明") + "\nMRG|1003^^^L1^PI";
        assert_eq!(
            said(&send(&app, &message("ADT^A40", "M6", &unknown)).await),
            "AA"
        );
        assert_eq!(
            effects(&world.admin, "note").await,
            ["hl7.merge-nothing-known"]
        );
        app.assert_audit_whole().await;
    });
}

const REPORT: &str = "OBR|1|P1|F1|CBC^血常规^L|||20261122063000|||||||||||||||20261122073000||HM|F
    NTE|1||标本轻度溶血
    OBX|1|NM|WBC^白细胞计数^L||5.60|10^9/L|3.5-9.5|N|||F
    OBX|2|NM|HGB^血红蛋白^L||98|g/L|≥115|↓|||F
    NTE|1||已复查
    OBX|3|SN|CRP^C反应蛋白^L||<^0.5|mg/L|<8|N|||F
    OBX|4|CE|ABO^血型^L||A^A型^L||||||F
    OBX|5|ST|COM^镜检^L||未见异常\\.br\\建议复查||||||P
    OBX|6|NM|XYZ^某项^L||阴性|某单位|||||F";

#[test]
fn results_become_a_report_with_observations() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let text = message("ORU^R01", "R1", &(pid("1001", "王小明") + "\n" + REPORT));
        assert_eq!(said(&send(&app, &text).await), "AA");
        let report = effects(&world.admin, "report-stored").await.remove(0);
        let results = effects(&world.admin, "observation-stored").await;
        assert_eq!(results.len(), 6);
        let shown = resource(&world.doctor, &report).await;
        assert_eq!(shown["status"], "final");
        assert_eq!(shown["conclusion"], "标本轻度溶血");
        assert_eq!(shown["effectiveDateTime"], "2026-11-22T06:30:00+08:00");
        assert_eq!(shown["result"].as_array().unwrap().len(), 6);
        let white = world
            .doctor
            .get(&format!("/fhir/{}", results[0]))
            .await
            .expect(200);
        let text = String::from_utf8_lossy(&white.bytes).into_owned();
        assert!(text.contains(r#""valueQuantity":{"value":5.60,"#), "{text}");
        assert_eq!(white.json["valueQuantity"]["code"], "10*9/L");
        assert_eq!(white.json["category"][0]["coding"][0]["code"], "laboratory");
        assert_eq!(white.json["referenceRange"][0]["text"], "3.5-9.5");
        assert!(text.contains(r#""low":{"value":3.5,"#), "{text}");
        let red = resource(&world.doctor, &results[1]).await;
        assert_eq!(red["interpretation"][0]["coding"][0]["code"], "L");
        assert_eq!(red["note"][0]["text"], "已复查");
        assert_eq!(
            red["code"]["coding"][0]["code"], "HGB",
            "a code without a map is kept"
        );
        let protein = resource(&world.doctor, &results[2]).await;
        assert_eq!(protein["valueQuantity"]["comparator"], "<");
        let words = resource(&world.doctor, &results[4]).await;
        assert_eq!(words["valueString"], "未见异常\n建议复查");
        assert_eq!(words["status"], "preliminary");
        let odd = resource(&world.doctor, &results[5]).await;
        assert_eq!(odd["valueString"], "阴性");
        // A corrected report changes the same resources.
        let corrected = message("ORU^R01", "R2", &(pid("1001", "王小明") + "\n" + REPORT))
            .replace("|5.60|", "|5.70|")
            .replace("|N|||F\r", "|N|||C\r")
            .replace("|||F\rNTE", "|||C\rNTE");
        assert_eq!(said(&send(&app, &corrected).await), "AA");
        assert_eq!(
            effects(&world.admin, "report-stored").await,
            [report.as_str()]
        );
        let white = resource(&world.doctor, &results[0]).await;
        assert_eq!(
            (&white["status"], &white["meta"]["versionId"]),
            (&json!("corrected"), &json!("2"))
        );
    });
}

#[test]
fn lines_of_a_text_under_one_code_do_not_overwrite_each_other() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let lines = pid("1001", "王小明")
            + "\nOBR|1||F1|CT^胸部CT\nOBX|1|TX|FIND^所见||第一行\nOBX|2|TX|FIND^所见||第二行"
            + "\nOBR|2||F1|CT^胸部CT\nOBX|1|TX|FIND^所见||另一份";
        for (number, control_id) in ["R1", "R2"].iter().enumerate() {
            let text = message("ORU^R01", control_id, &lines);
            assert_eq!(said(&send(&app, &text).await), "AA");
            let mut results = effects(&world.admin, "observation-stored").await;
            assert_eq!(effects(&world.admin, "report-stored").await.len(), 2);
            results.sort_unstable();
            results.dedup();
            assert_eq!(results.len(), 3, "{number}");
        }
    });
}

#[test]
fn results_that_cannot_be_stored_leave_nothing_behind() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let whole = pid("1001", "王小明") + "\n" + REPORT;
        for (number, (from, to, wanted)) in [
            ("OBR|1|P1|F1|", "OBR|1|||", "AE hl7.field-missing OBR^1^3"),
            ("CRP^C反应蛋白^L", "", "AE hl7.field-missing OBX^3^3"),
            (
                "|20261122063000|",
                "|20260230063000|",
                "AE hl7.time OBR^1^7",
            ),
            ("OBR|1|", "ZBR|1|", "AE hl7.segment-missing OBR^1"),
            ("王小明", "", "AE hl7.field-missing PID^1^5"),
        ]
        .into_iter()
        .enumerate()
        {
            let text = message("ORU^R01", &format!("R{number}"), &whole.replace(from, to));
            assert_eq!(said(&send(&app, &text).await), wanted, "{from}");
        }
        const STORED: &str =
            "SELECT COUNT(*) AS count FROM fhir_resource WHERE patient_id IS NOT NULL";
        let request = store::Request::system("test");
        let count = app
            .store()
            .read(&request, |tx| tx.count(STORED, &[]))
            .await
            .unwrap();
        assert_eq!(count, 0);
        let figures = world.admin.get("/api/hl7/statistics").await.expect(200);
        assert_eq!(figures.json["items"][0]["failed"], 5);
    });
}
