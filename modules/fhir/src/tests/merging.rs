//! Two patients become one and two again: what refers to them follows, and comes back as it was.

use kernel::Id;
use serde_json::json;
use testkit::{Client, TestApp, on_each_engine};

use super::world::{create, ids, modules, pressure, register, send, world};

struct Merged {
    winner: Id,
    loser: Id,
    merge: String,
    office: Client,
}

async fn merge(app: &TestApp, lead: Id, winner: Id, loser: Id) -> Merged {
    let office = app.client("referral-office", lead).await;
    let body = json!({ "winner_id": winner, "loser_id": loser, "reason": "同一人两次登记" });
    let reply = office
        .post("/api/patient-index/merges", body)
        .await
        .expect(201);
    Merged {
        winner,
        loser,
        merge: reply.id().to_string(),
        office,
    }
}

impl Merged {
    async fn undo(&self) {
        let path = format!("/api/patient-index/merges/{}/undo", self.merge);
        let body = json!({ "reason": "核对后不是同一人" });
        self.office.seeing(1).post(&path, body).await.expect(200);
    }
}

async fn body(client: &Client, path: &str) -> serde_json::Value {
    let mut json = client.get(path).await.expect(200).json;
    json.as_object_mut().unwrap().remove("meta");
    json
}

#[test]
fn resources_follow_a_merge_and_come_back_as_they_were() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let winner = register(&world.lead_doctor, "王小明").await;
        let loser = register(doctor, "张大海").await;
        app.settle().await;
        let observation = create(
            doctor,
            "Observation",
            pressure(loser, "133.0", "2026-11-20"),
        )
        .await;
        let later = create(doctor, "Observation", pressure(loser, "134", "2026-11-21")).await;
        let gone = create(doctor, "Observation", pressure(loser, "150", "2026-11-21")).await;
        doctor
            .delete(&format!("/fhir/Observation/{gone}"))
            .await
            .expect(204);
        let path = format!("/fhir/Observation/{observation}");
        let before = body(doctor, &path).await;
        // The lead hospital knows the winner only.
        world.lead_doctor.get(&path).await.expect(404);

        let merged = merge(&app, world.lead, winner, loser).await;
        for settled in [false, true] {
            if settled {
                app.settle().await;
            }
            for client in [doctor, &world.lead_doctor] {
                let now = body(client, &path).await;
                assert_eq!(now["subject"]["reference"], format!("Patient/{winner}"));
                for patient in [winner, loser] {
                    let ways = [
                        format!("/fhir/Observation?patient={patient}"),
                        format!(
                            "/fhir/Observation?subject=Patient/{patient}&code=8480-6&_sort=-date"
                        ),
                        format!("/fhir/Observation?subject:Patient._id={patient}"),
                        format!("/fhir/Observation/$lastn?patient={patient}&max=5"),
                    ];
                    for way in ways {
                        let found = client.get(&way).await.expect(200);
                        assert_eq!(ids(&found.json).len(), 2, "{way}");
                    }
                    let found = client.get(&format!("/fhir/Patient?_id={patient}")).await;
                    assert_eq!(ids(&found.expect(200).json), [winner.to_string()]);
                    let everything = format!("/fhir/Patient/{patient}/$everything");
                    assert!(ids(&client.get(&everything).await.expect(200).json).len() >= 3);
                }
                client
                    .get(&format!("/fhir/Observation/{gone}"))
                    .await
                    .expect(410);
                client.get(&format!("{path}/_history/1")).await.expect(200);
            }
        }
        let old = body(doctor, &format!("/fhir/Patient/{loser}")).await;
        assert_eq!(old["link"][0]["type"], "replaced-by");
        assert!(old.get("name").is_none());
        let stands = body(doctor, &format!("/fhir/Patient/{winner}")).await;
        assert_eq!(
            stands["link"][0]["other"]["reference"],
            format!("Patient/{loser}")
        );
        world
            .stranger
            .get(&format!("/fhir/Patient/{loser}"))
            .await
            .expect(404);
        let write = pressure(loser, "140", "2026-11-22");
        send(doctor, "POST", "/fhir/Observation", write.clone())
            .await
            .expect(422)
            .expect_code("fhir.patient-replaced");
        send(&world.stranger, "POST", "/fhir/Observation", write)
            .await
            .expect_code("fhir.no-patient");
        // Changed while they were one.
        let patch = json!([{ "op": "replace", "path": "/status", "value": "amended" }]).to_string();
        let body_of_patch = axum::body::Body::from(patch);
        doctor
            .send(
                "PATCH",
                &format!("/fhir/Observation/{later}"),
                Some("application/json-patch+json"),
                body_of_patch,
            )
            .await
            .expect(200);
        // Written for the one that stands: stays with it.
        let own = create(
            &world.lead_doctor,
            "Observation",
            pressure(winner, "120", "2026-11-22"),
        )
        .await;

        merged.undo().await;
        app.settle().await;
        assert_eq!(body(doctor, &path).await, before);
        let amended = body(doctor, &format!("/fhir/Observation/{later}")).await;
        assert_eq!(amended["status"], "amended");
        assert_eq!(amended["subject"]["reference"], format!("Patient/{loser}"));
        world.lead_doctor.get(&path).await.expect(404);
        doctor
            .get(&format!("/fhir/Observation/{own}"))
            .await
            .expect(404);
        doctor
            .get(&format!("/fhir/Observation/{gone}"))
            .await
            .expect(410);
        world
            .lead_doctor
            .get(&format!("/fhir/Observation/{gone}"))
            .await
            .expect(404);
        // What was written while they were one names the other.
        doctor.get(&format!("{path}/_history/1")).await.expect(200);
        doctor.get(&format!("{path}/_history/2")).await.expect(404);
        doctor.get(&format!("{path}/_history/3")).await.expect(200);
        let history = doctor.get(&format!("{path}/_history")).await.expect(200);
        assert!(!history.json.to_string().contains(&winner.to_string()));
        let back = body(doctor, &format!("/fhir/Patient/{loser}")).await;
        assert_eq!(back["name"][0]["text"], "张大海");
        let stands = body(&world.lead_doctor, &format!("/fhir/Patient/{winner}")).await;
        assert!(stands.get("link").is_none());
        let _ = (merged.winner, merged.loser);
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_resource_of_both_gives_back_only_what_was_the_replaced_ones() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let (one, two) = (
            register(doctor, "赵一").await,
            register(doctor, "钱二").await,
        );
        let three = register(doctor, "孙三").await;
        let body_of = json!({ "resourceType": "Provenance", "recorded": "2026-11-22T00:00:00Z",
            "target": [{ "reference": format!("Patient/{one}") }, { "reference": format!("Patient/{two}") }],
            "agent": [{ "who": { "reference": format!("Organization/{}", world.village) } }] });
        let id = create(doctor, "Provenance", body_of.to_string()).await;
        let path = format!("/fhir/Provenance/{id}");
        app.settle().await;
        let first = merge(&app, world.lead, one, two).await;
        app.settle().await;
        let second = merge(&app, world.lead, three, one).await;
        app.settle().await;
        let now = body(doctor, &path).await;
        assert_eq!(now["target"][1]["reference"], format!("Patient/{three}"));
        let found = doctor
            .get(&format!("/fhir/Provenance?patient={two}"))
            .await
            .expect(200);
        assert_eq!(ids(&found.json), std::slice::from_ref(&id));
        second.undo().await;
        app.settle().await;
        // Changed since the first merge, so it is rewritten, not given back.
        let patch =
            json!([{ "op": "add", "path": "/activity", "value": { "text": "核对" } }]).to_string();
        let patch = axum::body::Body::from(patch);
        doctor
            .send("PATCH", &path, Some("application/json-patch+json"), patch)
            .await
            .expect(200);
        first.undo().await;
        app.settle().await;
        let now = body(doctor, &path).await;
        assert_eq!(now["target"], body_of["target"]);
        assert_eq!(now["activity"]["text"], "核对");
        app.assert_audit_whole().await;
    });
}
