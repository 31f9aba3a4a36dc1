//! Devices: lanes, maintenance, out of service, the idle report.

use serde_json::json;
use testkit::on_each_engine;

use super::fixture::{assert_ledger_whole, modules, monday, request, world, write};
use crate::{Channel, HoldState, Place};

#[test]
fn maintenance_takes_time_back_and_gives_it_again() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let now = app.clock().now();
        let place = Place::Equipment {
            equipment_id: world.ct,
            start: monday().at(10, 0),
            minutes: 20,
        };
        let ask = request(place, world.town, Channel::Referral, now);
        let held = write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        let technician = app.client("technician", world.lead).await;
        let path = format!("/api/resources/equipment/{}/maintenance", world.ct);
        let window = json!({ "start_at": monday().at(9, 31), "end_at": monday().at(10, 58), "reason": "球管更换" });
        let planned = technician.post(&path, window.clone()).await.expect(201);
        let id = held.id;
        let hold = write(&app, move |tx| crate::hold_of(tx, id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (hold.state, hold.reason.as_deref()),
            (HoldState::Released, Some("maintenance"))
        );
        technician
            .post(&path, window)
            .await
            .expect(409)
            .expect_code("resources.maintenance-overlap");
        let ask = request(place, world.town, Channel::Referral, now);
        let refused = write(&app, move |tx| crate::hold(tx, &ask))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "resources.maintenance");
        let lanes = technician
            .get("/api/resources/equipment/lanes")
            .await
            .expect(200);
        let pieces = lanes.json[0]["pieces"].as_array().unwrap();
        let kinds: Vec<&str> = pieces
            .iter()
            .map(|piece| piece["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["open", "maintenance", "open", "open"]);
        let idle = technician
            .get("/api/resources/equipment/idle?from=2026-11-23&to=2026-11-23")
            .await
            .expect(200);
        assert_eq!(idle.json[0]["open_minutes"], 300);
        assert_eq!(idle.json[0]["maintenance_minutes"], 90);
        assert_eq!(idle.json[0]["idle_minutes"], 210);
        let cancel = format!("/api/resources/maintenance/{}/cancel", planned.id());
        technician
            .seeing(1)
            .post(&cancel, json!({}))
            .await
            .expect(200);
        technician
            .seeing(2)
            .post(&cancel, json!({}))
            .await
            .expect(409);
        let ask = request(place, world.town, Channel::Referral, now);
        write(&app, move |tx| crate::hold(tx, &ask)).await.unwrap();
        assert_ledger_whole(&app).await;
    });
}

#[test]
fn a_broken_device_is_not_offered() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let technician = app.client("technician", world.lead).await;
        let path = format!("/api/resources/equipment/{}", world.ct);
        let search = "/api/resources/search?kind=equipment&equipment_kind=ct&exam=CT-HEAD";
        let found = technician.get(search).await.expect(200);
        assert_eq!(found.json["offers"][0]["preparation"], "去除头部金属饰物");
        assert_eq!(found.json["offers"][0]["price"], 20_000);
        let reason = json!({ "reason": "故障" });
        let off = technician
            .seeing(1)
            .post(&format!("{path}/out-of-service"), reason)
            .await
            .expect(200);
        let found = technician.get(search).await.expect(200);
        assert_eq!(found.json["offers"].as_array().unwrap().len(), 0);
        let summary = technician.get("/api/resources/summary").await.expect(200);
        assert_eq!(summary.json["equipment"][0]["down"], 1);
        technician
            .seeing(off.version())
            .post(&format!("{path}/in-service"), json!({}))
            .await
            .expect(200);
        technician.get(&path).await.expect(200);
        technician
            .get("/api/resources/equipment/idle/export")
            .await
            .expect(200);
    });
}
