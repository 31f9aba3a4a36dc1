//! Bulk export: what the account may see and no more, in the background, gone when it ends.

use kernel::Span;
use serde_json::{Value, json};
use testkit::{Client, Reply, TestApp, on_each_engine};

use super::world::{create, modules, pressure, register, world};

fn location(reply: &Reply) -> String {
    let place = reply.headers["content-location"].to_str().unwrap();
    place[place.find("/fhir/").unwrap()..].to_owned()
}

async fn begin(client: &Client, path: &str) -> String {
    let reply = client
        .with("prefer", "respond-async")
        .get(path)
        .await
        .expect(202);
    location(&reply)
}

/// All resources of an export that is done.
async fn resources(client: &Client, place: &str) -> Vec<Value> {
    let manifest = client.get(place).await.expect(200).json;
    let mut all = Vec::new();
    for file in manifest["output"].as_array().unwrap() {
        let url = file["url"].as_str().unwrap();
        let reply = client
            .get(&url[url.find("/fhir/").unwrap()..])
            .await
            .expect(200);
        let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(file["count"], lines.len());
        assert!(lines.iter().all(|one| one["resourceType"] == file["type"]));
        all.extend(lines);
    }
    all
}

pub(super) async fn export(app: &TestApp, client: &Client, path: &str) -> Vec<Value> {
    let place = begin(client, path).await;
    app.settle().await;
    resources(client, &place).await
}

fn ids(resources: &[Value]) -> Vec<&str> {
    resources
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect()
}

#[test]
fn an_export_holds_what_its_account_may_see() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let office = app.client("referral-office", world.village).await;
        let (mine, other) = (
            register(&world.doctor, "王小明").await,
            register(&world.doctor, "李四").await,
        );
        let theirs = register(&world.lead_doctor, "赵六").await;
        app.settle().await;
        let a = create(
            &world.doctor,
            "Observation",
            pressure(mine, "120", "2026-11-01"),
        )
        .await;
        let laid_out = pressure(other, "130", "2026-11-01").replace(',', ",\n ");
        let b = create(&world.doctor, "Observation", laid_out).await;
        let hidden = create(
            &world.lead_doctor,
            "Observation",
            pressure(theirs, "140", "2026-11-01"),
        )
        .await;
        let group = json!({ "resourceType": "Group", "type": "person", "actual": true,
            "member": [{ "entity": { "reference": format!("Patient/{mine}") } }] });
        let group = create(&world.doctor, "Group", group.to_string()).await;

        let all = export(&app, &office, "/fhir/$export").await;
        let text = json!(all).to_string();
        assert!(text.contains(&a) && text.contains(&b) && text.contains("Organization"));
        assert!(!text.contains(&hidden) && !text.contains("赵六"));
        let patients = export(
            &app,
            &office,
            "/fhir/Patient/$export?_type=Patient,Observation",
        )
        .await;
        assert_eq!(patients.len(), 4);
        let of_group = export(
            &app,
            &office,
            &format!("/fhir/Group/{group}/$export?_type=Observation"),
        )
        .await;
        assert_eq!(ids(&of_group), [a.as_str()]);

        app.clock().advance(Span::minutes(1));
        let since = app.clock().now();
        app.clock().advance(Span::minutes(1));
        let late = create(
            &world.doctor,
            "Observation",
            pressure(mine, "125", "2026-11-02"),
        )
        .await;
        let path = format!("/fhir/$export?_type=Observation&_since={since}");
        assert_eq!(ids(&export(&app, &office, &path).await), [late.as_str()]);

        // Others neither see the export nor its files, and not the group either.
        let place = begin(&office, "/fhir/$export?_type=Observation").await;
        app.settle().await;
        let stranger = app.client("referral-office", world.outside).await;
        let colleague = app.client("referral-office", world.village).await;
        for client in [&stranger, &colleague] {
            client.get(&place).await.expect(404);
            client.get(&format!("{place}/1")).await.expect(404);
            client.delete(&place).await.expect(404);
        }
        let asking = stranger.with("prefer", "respond-async");
        asking
            .get(&format!("/fhir/Group/{group}/$export"))
            .await
            .expect(404);
        let none = export(&app, &stranger, "/fhir/Patient/$export").await;
        assert!(none.is_empty());
        let end = kernel::Instant::from_micros(i64::MAX);
        let request = store::Request::system("test");
        let events = app.store().read(&request, move |tx| {
            tx.events_of_patient(mine, (end, kernel::Id::MAX), 200)
        });
        let events = events.await.unwrap();
        let exported = events
            .iter()
            .filter(|event| event.detail.contains("fhir.export"))
            .count();
        assert!(exported >= 3, "{exported} looks were noted");
        app.assert_audit_whole().await;
    });
}

#[test]
fn an_export_is_asked_rightly_limited_cancelled_and_runs_out() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let office = app.client("referral-office", world.village).await;
        let patient = register(&world.doctor, "王小明").await;
        create(
            &world.doctor,
            "Observation",
            pressure(patient, "120", "2026-11-01"),
        )
        .await;
        app.settle().await;
        office.get("/fhir/$export").await.expect(400);
        let asking = office.with("prefer", "respond-async");
        for bad in [
            "_type=Colour",
            "_since=yesterday",
            "_outputFormat=csv",
            "patient=x",
        ] {
            let reply = asking
                .get(&format!("/fhir/$export?{bad}"))
                .await
                .expect(400);
            assert_eq!(reply.json["resourceType"], "OperationOutcome", "{bad}");
        }
        world
            .doctor
            .with("prefer", "respond-async")
            .get("/fhir/$export")
            .await
            .expect(403);
        office.get("/fhir/$export/none").await.expect(404);

        let first = begin(&office, "/fhir/$export").await;
        let second = begin(&office, "/fhir/$export").await;
        asking
            .get("/fhir/$export")
            .await
            .expect(429)
            .expect_code("fhir.export-limit");
        let waiting = office.get(&first).await.expect(202);
        assert!(waiting.headers.contains_key("x-progress"));
        office.get(&format!("{first}/1")).await.expect(404);
        office.delete(&first).await.expect(202);
        office.get(&first).await.expect(404);
        app.settle().await;
        assert!(!resources(&office, &second).await.is_empty());
        office.delete(&second).await.expect(202);
        office.get(&second).await.expect(404);

        // What an account may do is what it may do at each step.
        let third = begin(&office, "/fhir/$export").await;
        app.store()
            .write(&store::Request::system("test"), |tx| {
                const DISABLE: &str =
                    "UPDATE assignment SET valid_to = '2001-01-01' WHERE role = 'referral-office'";
                tx.execute(DISABLE, &[]).map(|_| ())
            })
            .await
            .unwrap();
        app.settle().await;
        app.store()
            .write(&store::Request::system("test"), |tx| {
                const ENABLE: &str =
                    "UPDATE assignment SET valid_to = NULL WHERE role = 'referral-office'";
                tx.execute(ENABLE, &[]).map(|_| ())
            })
            .await
            .unwrap();
        let failed = office.get(&third).await;
        assert!(failed.status.is_client_error(), "{failed:?}");
        let fourth = begin(&office, "/fhir/$export").await;
        app.settle().await;
        office.get(&fourth).await.expect(200);
        app.advance(Span::hours(25)).await;
        office.get(&fourth).await.expect(404);
        app.assert_audit_whole().await;
    });
}
