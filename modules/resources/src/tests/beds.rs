//! The ward's day: occupied, freed, cleaned, closed.

use kernel::Span;
use kernel::identity::Sex;
use serde_json::json;
use testkit::on_each_engine;

use super::fixture::{assert_ledger_whole, modules, request, world, write};
use crate::{BedState, Channel, HoldState, Place};

#[test]
fn a_bed_goes_round_and_every_step_needs_the_version_seen() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let nurse = app.client("ward-nurse", world.lead).await;
        let elsewhere = app.client("ward-nurse", world.town).await;
        let path = format!("/api/resources/beds/{}", world.beds[1]);
        let bed = nurse.get(&path).await.expect(200);
        assert_eq!(bed.json["actions"], json!(["occupy", "close"]));
        elsewhere.get(&path).await.expect(200);
        elsewhere
            .seeing(1)
            .post(&format!("{path}/occupy"), json!({}))
            .await
            .expect(404);
        nurse
            .post(&format!("{path}/occupy"), json!({}))
            .await
            .expect(400)
            .expect_code("request.if-match");
        let wrong = nurse
            .seeing(1)
            .post(&format!("{path}/occupy"), json!({ "sex": "male" }))
            .await;
        wrong.expect(422).expect_code("resources.sex-rule");
        let past = json!({ "sex": "female", "leave_on": "2020-01-01" });
        nurse
            .seeing(1)
            .post(&format!("{path}/occupy"), past)
            .await
            .expect_code("resources.past");
        let body = json!({ "sex": "female", "leave_on": "2026-11-30" });
        let bed = nurse
            .seeing(1)
            .post(&format!("{path}/occupy"), body.clone())
            .await
            .expect(200);
        assert_eq!(bed.json["state"], "occupied");
        nurse
            .seeing(1)
            .post(&format!("{path}/free"), json!({}))
            .await
            .expect(412);
        let twice = nurse
            .seeing(bed.version())
            .post(&format!("{path}/occupy"), body)
            .await;
        twice.expect(409).expect_code("resources.bed-occupied");
        let leave = json!({ "leave_on": "2026-12-01" });
        let bed = nurse
            .seeing(bed.version())
            .put(&format!("{path}/leave"), leave)
            .await
            .expect(200);
        let bed = nurse
            .seeing(bed.version())
            .post(&format!("{path}/free"), json!({}))
            .await
            .expect(200);
        assert_eq!(bed.json["state"], "cleaning");
        let bed = nurse
            .seeing(bed.version())
            .post(&format!("{path}/clean"), json!({}))
            .await
            .expect(200);
        let shut = json!({ "reason": "维修" });
        let bed = nurse
            .seeing(bed.version())
            .post(&format!("{path}/close"), shut)
            .await
            .expect(200);
        let wards = nurse.get("/api/resources/wards").await.expect(200);
        assert_eq!(wards.json[0]["beds_total"], 3);
        let bed = nurse
            .seeing(bed.version())
            .post(&format!("{path}/reopen"), json!({}))
            .await
            .expect(200);
        assert_eq!(bed.json["state"], "open");
        nurse.get("/api/resources/beds/export").await.expect(200);
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_hold_brings_the_patient_and_the_stay_ends_by_it() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let mut ask = request(
            Place::Bed {
                bed_id: world.beds[1],
            },
            world.town,
            Channel::Referral,
            now,
        );
        ask.patient_sex = Some(Sex::Female);
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let nurse = app.client("ward-nurse", world.lead).await;
        let path = format!("/api/resources/beds/{}", world.beds[1]);
        let bed = nurse.get(&path).await.expect(200);
        assert_eq!(bed.json["hold"]["for_org"], "东镇卫生院");
        assert_eq!(bed.json["actions"], json!(["close"]));
        nurse
            .seeing(1)
            .post(&format!("{path}/occupy"), json!({ "sex": "female" }))
            .await
            .expect(409)
            .expect_code("resources.bed-held");
        let (id, bed_id) = (held.id, world.beds[1]);
        write(&app, move |tx| crate::consume(tx, id)).await.unwrap();
        assert_ledger_whole(&app).await;
        write(&app, move |tx| {
            crate::free_bed(tx, id)?;
            crate::free_bed(tx, id)?;
            crate::clean_bed(tx, bed_id)?;
            let bed = tx.load::<crate::Bed>(bed_id)?;
            assert_eq!((bed.state, bed.stay_hold_id), (BedState::Open, None));
            Ok(())
        })
        .await
        .unwrap();
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn closing_takes_holds_back_and_tells_who_asked() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let place = Place::Bed {
            bed_id: world.beds[2],
        };
        let ask = request(place, world.town, Channel::Referral, now);
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let manager = app.client("bed-manager", world.lead).await;
        let ward = format!("/api/resources/wards/{}", world.ward);
        manager
            .seeing(1)
            .post(&format!("{ward}/close"), json!({}))
            .await
            .expect(200);
        let id = held.id;
        let hold = write(&app, move |tx| crate::hold_of(tx, id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (hold.state, hold.reason.as_deref()),
            (HoldState::Released, Some("ward-closed"))
        );
        let doctor = app.client("general-practitioner", world.town).await;
        let notices = doctor.get("/api/notices").await.expect(200);
        assert_eq!(notices.json["items"][0]["code"], "resources.hold-withdrawn");
        let ask = request(place, world.town, Channel::Referral, now + Span::minutes(1));
        let refused = write(&app, move |tx| crate::hold(tx, &ask))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.ward-closed");
        manager
            .seeing(2)
            .post(&format!("{ward}/reopen"), json!({}))
            .await
            .expect(200);
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn a_ward_names_the_field_at_fault() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let manager = app.client("bed-manager", world.lead).await;
        let nurse = app.client("ward-nurse", world.lead).await;
        let ward = |org_id, department_id, code: &str| json!({ "org_id": org_id, "department_id": department_id, "code": code, "name": "二病区" });
        let path = "/api/resources/wards";
        nurse
            .put(path, ward(world.lead, world.cardiology, "W2"))
            .await
            .expect(403);
        manager
            .put(path, ward(world.lead, world.ward, "W2"))
            .await
            .expect_code("resources.department");
        manager
            .put(path, ward(world.town, world.cardiology, "W2"))
            .await
            .expect(403);
        manager
            .put(path, ward(world.lead, world.cardiology, " "))
            .await
            .expect_code("resources.empty");
        manager
            .put(path, ward(world.lead, world.cardiology, "W2"))
            .await
            .expect(201);
        manager
            .put(path, ward(world.lead, world.cardiology, "W2"))
            .await
            .expect(409)
            .expect_code("resources.exists");
        manager
            .seeing(7)
            .put(path, ward(world.lead, world.cardiology, "W2"))
            .await
            .expect(412);
        manager
            .seeing(1)
            .put(path, ward(world.lead, world.cardiology, "W2"))
            .await
            .expect(201);
        let bed = json!({ "ward_id": world.ward, "code": "9", "channel": "routine", "quota_org_id": world.town });
        manager
            .put("/api/resources/beds", bed)
            .await
            .expect_code("resources.quota-channel");
        let script = json!({ "ward_id": world.ward, "code": "'; DROP TABLE bed; --" });
        manager.put("/api/resources/beds", script).await.expect(201);
        let sum = json!({ "ward_id": world.ward, "code": "=1+1" });
        manager.put("/api/resources/beds", sum).await.expect(201);
        manager.get("/api/resources/beds/export").await.expect(200);
    });
}
