//! Searches of every kind, pages that stay right, includes and sorting.

use serde_json::json;
use testkit::{Client, on_each_engine};

use super::world::{create, ids, modules, pressure, register, send, world};

/// Asks and compares the ids, in whatever order.
async fn finds(client: &Client, path: &str, expected: &[&str]) {
    let reply = client.get(path).await.expect(200);
    let mut found = ids(&reply.json);
    let mut expected: Vec<String> = expected.iter().map(|id| (*id).to_owned()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{path}");
    let count = client
        .get(&format!("{path}&_summary=count"))
        .await
        .expect(200);
    assert_eq!(count.json["total"], expected.len(), "{path} counted");
}

#[test]
fn each_kind_of_parameter_finds_what_it_should() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let first = register(doctor, "王小明").await;
        let second = register(doctor, "李大华").await;
        app.settle().await;
        let a = create(doctor, "Observation", pressure(first, "120", "2026-11-01")).await;
        let b = create(
            doctor,
            "Observation",
            pressure(first, "150", "2026-11-20T08:30:00+08:00"),
        )
        .await;
        let c = create(
            doctor,
            "Observation",
            pressure(second, "118.5", "2025-12-31"),
        )
        .await;
        let (a, b, c) = (a.as_str(), b.as_str(), c.as_str());
        let compartment = format!("/fhir/Patient/{first}/Observation?code=8480-6");
        finds(doctor, &compartment, &[a, b]).await;
        let all = format!("/fhir/Patient/{second}/*?_type=Observation,Encounter");
        finds(doctor, &all, &[c]).await;
        doctor
            .get(&format!("/fhir/Group/{first}/Observation"))
            .await
            .expect(400);
        let cases: Vec<(String, Vec<&str>)> = vec![
            ("code=8480-6".into(), vec![a, b, c]),
            ("code=http://loinc.org|8480-6".into(), vec![a, b, c]),
            ("code=http://loinc.org|".into(), vec![a, b, c]),
            ("code=http://snomed.info/sct|8480-6".into(), vec![]),
            ("code=8480-6,8462-4".into(), vec![a, b, c]),
            ("code:not=8480-6".into(), vec![]),
            ("code:text=收缩".into(), vec![a, b, c]),
            (format!("subject=Patient/{first}"), vec![a, b]),
            (format!("subject={first}"), vec![a, b]),
            (format!("patient={second}"), vec![c]),
            (
                format!("patient={first}&code=8480-6&_sort=-date"),
                vec![a, b],
            ),
            ("date=2026-11-20".into(), vec![b]),
            ("date=ge2026-11-01".into(), vec![a, b]),
            ("date=lt2026-01-01".into(), vec![c]),
            ("date=2025".into(), vec![c]),
            ("date=ne2025".into(), vec![a, b]),
            ("date=sa2026-11-02&date=eb2026-12-01".into(), vec![b]),
            ("value-quantity=gt119".into(), vec![a, b]),
            (
                "value-quantity=118.5|http://unitsofmeasure.org|mm[Hg]".into(),
                vec![c],
            ),
            ("value-quantity=lt119||mmHg".into(), vec![]),
            ("code-value-quantity=8480-6$gt140".into(), vec![b]),
            (
                "code-value-quantity=http://loinc.org|8480-6$lt119".into(),
                vec![c],
            ),
            ("subject:Patient.name=wang".into(), vec![a, b]),
            ("subject:Patient.name=李".into(), vec![c]),
            ("patient.gender=male".into(), vec![]),
            ("status=final&category=vital-signs".into(), vec![a, b, c]),
            ("encounter:missing=true".into(), vec![a, b, c]),
            ("status:missing=true".into(), vec![]),
            (format!("_id={a},{c}"), vec![a, c]),
            ("_lastUpdated=ge2026-11-22".into(), vec![a, b, c]),
            ("_lastUpdated=lt2026-11-22".into(), vec![]),
        ];
        for (query, expected) in cases {
            finds(doctor, &format!("/fhir/Observation?{query}"), &expected).await;
        }
        let path = "/fhir/Patient?_has:Observation:subject:value-quantity=gt140";
        finds(doctor, path, &[&first.to_string()]).await;
        finds(
            doctor,
            "/fhir/Patient?name:contains=大华",
            &[&second.to_string()],
        )
        .await;
        finds(
            doctor,
            "/fhir/Patient?name:exact=李大华",
            &[&second.to_string()],
        )
        .await;
        finds(doctor, "/fhir/Patient?name:exact=李大", &[]).await;
        finds(
            doctor,
            "/fhir/Patient?birthdate=1961-03-04",
            &[&first.to_string(), &second.to_string()],
        )
        .await;
        let form = axum::body::Body::from("code=8480-6&date=2025");
        let reply = doctor
            .send(
                "POST",
                "/fhir/Observation/_search",
                Some("application/x-www-form-urlencoded"),
                form,
            )
            .await;
        assert_eq!(ids(&reply.expect(200).json), [c]);
        let all = doctor
            .get("/fhir?_type=Observation,Patient&_lastUpdated=ge2020")
            .await
            .expect(200);
        assert_eq!(ids(&all.json).len(), 5);
    });
}

#[test]
fn pages_stay_right_while_data_changes() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "钱多").await;
        let mut made = Vec::new();
        for day in 1..=9 {
            let body = pressure(patient, &format!("12{day}"), &format!("2026-10-0{day}"));
            made.push(create(&world.doctor, "Observation", body).await);
        }
        for sort in [
            "",
            "&_sort=-date",
            "&_sort=date",
            "&_sort=-value-quantity,date",
            "&_sort=_lastUpdated",
            "&_sort=-_id",
        ] {
            let mut path = format!("/fhir/Observation?patient={patient}&_count=2{sort}");
            let mut seen: Vec<String> = Vec::new();
            let mut pages = 0;
            loop {
                let page = world.doctor.get(&path).await.expect(200);
                seen.extend(ids(&page.json));
                pages += 1;
                let body = pressure(patient, "199", "2027-01-01");
                if sort == "&_sort=-date" || sort.is_empty() {
                    create(&world.doctor, "Observation", body).await;
                }
                let links = page.json["link"].as_array().unwrap().clone();
                let Some(next) = links.iter().find(|link| link["relation"] == "next") else {
                    break;
                };
                path = [
                    "/fhir",
                    next["url"].as_str().unwrap().split_once("/fhir").unwrap().1,
                ]
                .concat();
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "{sort}: something came twice");
            assert!(
                made.iter().all(|id| seen.contains(id)),
                "{sort}: something was left out"
            );
            assert!(pages >= 5, "{sort}");
            if sort == "&_sort=date" {
                assert_eq!(seen[..9], made[..], "{sort}");
            }
        }
    });
}

#[test]
fn includes_bring_what_belongs_and_stay_within_bounds() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let patient = register(&world.doctor, "冯程").await;
        app.settle().await;
        let id = create(
            &world.doctor,
            "Observation",
            pressure(patient, "120", "2026-11-01"),
        )
        .await;
        let path = format!(
            "/fhir/Observation?_id={id}&_include=Observation:subject&_include:iterate=Patient:organization"
        );
        let reply = world.doctor.get(&path).await.expect(200);
        let included: Vec<&str> = reply.json["entry"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["search"]["mode"] == "include")
            .map(|entry| entry["resource"]["resourceType"].as_str().unwrap())
            .collect();
        assert_eq!(included, ["Patient", "Organization"]);
        let path = format!("/fhir/Patient?_id={patient}&_revinclude=Observation:subject");
        let reply = world.doctor.get(&path).await.expect(200);
        assert_eq!(reply.json["entry"].as_array().unwrap().len(), 2);
        let older = pressure(patient, "110", "2026-01-01");
        create(&world.doctor, "Observation", older).await;
        let last = format!("/fhir/Observation/$lastn?patient={patient}&category=vital-signs");
        let last = world.doctor.get(&last).await.expect(200);
        assert_eq!(super::world::ids(&last.json), [id]);
        world
            .doctor
            .get("/fhir/Observation/$lastn?code=1")
            .await
            .expect(400);
        let everything = world
            .doctor
            .get(&format!("/fhir/Patient/{patient}/$everything?_count=1"))
            .await
            .expect(200);
        assert_eq!(everything.json["entry"].as_array().unwrap().len(), 1);
        assert_eq!(everything.json["link"][1]["relation"], "next");
    });
}

#[test]
fn what_is_not_understood_is_refused_unless_lenient() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        world
            .doctor
            .get("/fhir/Observation?colour=red")
            .await
            .expect(400);
        let lenient = world.doctor.with("prefer", "handling=lenient");
        let reply = lenient
            .get("/fhir/Observation?colour=red")
            .await
            .expect(200);
        assert_eq!(reply.json["entry"][0]["search"]["mode"], "outcome");
        world.doctor.get("/fhir/Colour?code=red").await.expect(404);
        world
            .doctor
            .get("/fhir/Observation?_cursor=zz")
            .await
            .expect(400);
        let value_set = json!({ "resourceType": "ValueSet", "status": "active", "url": "urn:test:pressure",
            "compose": { "include": [{ "system": "http://loinc.org", "concept": [{ "code": "8480-6" }] }] } });
        create(&world.doctor, "ValueSet", value_set.to_string()).await;
        let patient = register(&world.doctor, "陈平").await;
        let id = create(
            &world.doctor,
            "Observation",
            pressure(patient, "120", "2026-11-01"),
        )
        .await;
        finds(
            &world.doctor,
            "/fhir/Observation?code:in=urn:test:pressure",
            &[&id],
        )
        .await;
        finds(
            &world.doctor,
            "/fhir/Observation?code:not-in=urn:test:pressure",
            &[],
        )
        .await;
        let gone = send(
            &world.doctor,
            "DELETE",
            &format!("/fhir/Observation?_id={id}"),
            "",
        )
        .await;
        gone.expect(204);
        finds(&world.doctor, "/fhir/Observation?code=8480-6", &[]).await;
    });
}
