//! Terminology operations on local code systems and on what clients stored.

use serde_json::{Value, json};
use testkit::{Client, on_each_engine};

use super::world::{create, ids, modules, register, send, world};

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10";

async fn get(client: &Client, path: &str) -> Value {
    client.get(path).await.expect(200).json
}

/// The value of the first parameter of a name.
fn value<'a>(parameters: &'a Value, name: &str, kind: &str) -> &'a Value {
    let all = parameters["parameter"].as_array().unwrap();
    let one = all.iter().find(|one| one["name"] == name);
    one.map_or(&Value::Null, |one| &one[kind])
}

fn codes(expansion: &Value) -> Vec<String> {
    let contains = expansion["expansion"]["contains"].as_array();
    let all = contains.into_iter().flatten();
    all.map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn local_codes_are_looked_up_checked_and_listed() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let found = get(
            doctor,
            &format!("/fhir/CodeSystem/$lookup?system={ICD10}&code=A01.0"),
        )
        .await;
        assert_eq!(value(&found, "display", "valueString"), "伤寒");
        assert!(found.to_string().contains("Typhoid fever"));
        assert!(found.to_string().contains("shanghan"));
        let english =
            format!("/fhir/CodeSystem/$lookup?system={ICD10}&code=A01.0&displayLanguage=en");
        assert_eq!(
            value(&get(doctor, &english).await, "display", "valueString"),
            "Typhoid fever"
        );
        let cases = [
            ("code=A01.0", true),
            ("code=A01.0&display=伤寒", true),
            ("code=A01.0&display=typhoid fever", true),
            ("code=A01.0&display=霍乱", false),
            ("code=Z99.Z", false),
        ];
        for (query, expected) in cases {
            let path = format!("/fhir/CodeSystem/$validate-code?url={ICD10}&{query}");
            let path = path.replace(' ', "%20");
            let told = get(doctor, &path).await;
            assert_eq!(value(&told, "result", "valueBoolean"), expected, "{query}");
        }
        let path = format!("/fhir/ValueSet/$expand?url={ICD10}%3Ffhir_vs&count=3");
        let first = get(doctor, &path).await;
        assert_eq!(codes(&first), ["A00", "A01", "A01.0"]);
        assert!(first["expansion"]["total"].as_i64().unwrap() > 500);
        let second = get(doctor, &format!("{path}&offset=2")).await;
        assert_eq!(codes(&second)[0], "A01.0");
        for filter in ["伤寒", "sh", "shanghan", "typhoid", "A01"] {
            let found = get(doctor, &format!("{path}0&filter={filter}")).await;
            assert!(
                codes(&found).iter().any(|code| code.starts_with("A01")),
                "{filter}"
            );
        }
        let below = format!("/fhir/ValueSet/$expand?url={ICD10}%3Ffhir_vs%3Disa/A01");
        assert!(codes(&get(doctor, &below).await).contains(&"A01.0".to_owned()));
        for bad in [
            "/fhir/CodeSystem/$lookup?system=urn:none&code=1",
            "/fhir/CodeSystem/$lookup?system=urn:lianti:exam&code=none",
            "/fhir/ValueSet/$expand?url=urn:none",
            "/fhir/ValueSet/none/$expand",
        ] {
            doctor.get(bad).await.expect(404);
        }
        for bad in [
            "/fhir/CodeSystem/$lookup?code=1",
            "/fhir/ValueSet/$expand?url=urn:lianti:exam%3Ffhir_vs&count=many",
            "/fhir/ValueSet/$expand?url=urn:lianti:exam%3Ffhir_vs&date=2020",
        ] {
            let reply = doctor.get(bad).await.expect(400);
            assert_eq!(reply.json["resourceType"], "OperationOutcome", "{bad}");
        }
    });
}

#[test]
fn stored_value_sets_and_hierarchies_are_put_together() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let system = json!({ "resourceType": "CodeSystem", "url": "urn:test:wounds", "status": "active",
            "content": "complete", "name": "Wounds", "concept": [
                { "code": "w", "display": "伤口", "concept": [
                    { "code": "w1", "display": "割伤", "concept": [{ "code": "w11", "display": "指割伤" }] },
                    { "code": "w2", "display": "咬伤" }] },
                { "code": "x", "display": "其他" }] });
        create(doctor, "CodeSystem", system.to_string()).await;
        let set = |url: &str, compose: Value| {
            json!({ "resourceType": "ValueSet", "url": url, "status": "active", "compose": compose })
                .to_string()
        };
        let filter = json!([{ "property": "concept", "op": "is-a", "value": "w" }]);
        let part = json!({ "include": [
                { "system": "urn:test:wounds", "filter": filter },
                { "system": ICD10, "concept": [{ "code": "A01.0", "display": "伤寒病" }] }],
            "exclude": [{ "system": "urn:test:wounds", "concept": [{ "code": "w2" }] }] });
        let first = create(doctor, "ValueSet", set("urn:test:part", part)).await;
        let both =
            json!({ "include": [{ "valueSet": ["urn:test:part"], "system": "urn:test:wounds" }] });
        create(doctor, "ValueSet", set("urn:test:both", both)).await;
        let found = get(doctor, &format!("/fhir/ValueSet/{first}/$expand")).await;
        assert_eq!(codes(&found), ["w", "w1", "w11", "A01.0"]);
        let found = get(doctor, "/fhir/ValueSet/$expand?url=urn:test:both&filter=ge").await;
        assert_eq!(codes(&found), ["w1"]);
        for (system, code, expected) in [
            ("urn:test:wounds", "w11", true),
            ("urn:test:wounds", "w2", false),
            ("urn:test:wounds", "x", false),
            (ICD10, "A01.0", true),
        ] {
            let path = format!(
                "/fhir/ValueSet/$validate-code?url=urn:test:part&system={system}&code={code}"
            );
            assert_eq!(
                value(&get(doctor, &path).await, "result", "valueBoolean"),
                expected,
                "{code}"
            );
        }
        // Beyond its organization's reach nobody learns of it.
        world
            .stranger
            .get("/fhir/ValueSet/$expand?url=urn:test:part")
            .await
            .expect(404);
        world
            .stranger
            .get(&format!("/fhir/ValueSet/{first}/$expand"))
            .await
            .expect(404);

        let circle = json!({ "include": [{ "valueSet": ["urn:test:circle"] }] });
        create(doctor, "ValueSet", set("urn:test:circle", circle)).await;
        doctor
            .get("/fhir/ValueSet/$expand?url=urn:test:circle")
            .await
            .expect(400);
        let sent = json!({ "resourceType": "Parameters", "parameter": [
            { "name": "valueSet", "resource": { "resourceType": "ValueSet", "status": "active",
                "compose": { "include": [{ "system": "urn:test:wounds" }] } } },
            { "name": "filter", "valueString": "咬" }] });
        let found = send(doctor, "POST", "/fhir/ValueSet/$expand", sent.to_string())
            .await
            .expect(200);
        assert_eq!(codes(&found.json), ["w2"]);

        let patient = register(doctor, "王小明").await;
        let wound = |code: &str| {
            json!({ "resourceType": "Condition", "subject": { "reference": format!("Patient/{patient}") },
                "code": { "coding": [{ "system": "urn:test:wounds", "code": code }] } }).to_string()
        };
        let cut = create(doctor, "Condition", wound("w11")).await;
        let bite = create(doctor, "Condition", wound("w2")).await;
        let other = create(doctor, "Condition", wound("x")).await;
        let mut cases = vec![
            ("code:below=urn:test:wounds|w", vec![&cut, &bite]),
            ("code:below=urn:test:wounds|w1", vec![&cut]),
            ("code:above=urn:test:wounds|w11", vec![&cut]),
            ("code:in=urn:test:part", vec![&cut]),
            ("code:not-in=urn:test:part", vec![&bite, &other]),
        ];
        for (query, expected) in &mut cases {
            let mut found = ids(&get(doctor, &format!("/fhir/Condition?{query}")).await);
            found.sort();
            expected.sort();
            assert_eq!(found.iter().collect::<Vec<_>>(), *expected, "{query}");
        }
        doctor.get("/fhir/Condition?code:below=w").await.expect(400);
        doctor
            .get("/fhir/Condition?code:below=urn:none|w")
            .await
            .expect(400);
    });
}

#[test]
fn stored_maps_translate_both_ways() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        let map = json!({ "resourceType": "ConceptMap", "url": "urn:test:map", "status": "active",
            "group": [{ "source": "urn:test:local", "target": ICD10, "element": [
                { "code": "sh", "target": [{ "code": "A01.0", "display": "伤寒", "equivalence": "wider" }] },
                { "code": "none", "target": [{ "equivalence": "unmatched" }] }] }] });
        let id = create(doctor, "ConceptMap", map.to_string()).await;
        let ways = [
            "/fhir/ConceptMap/$translate?url=urn:test:map&system=urn:test:local&code=sh".to_owned(),
            "/fhir/ConceptMap/$translate?system=urn:test:local&code=sh".to_owned(),
            format!(
                "/fhir/ConceptMap/{id}/$translate?system=urn:test:local&code=sh&targetsystem={ICD10}"
            ),
        ];
        for way in ways {
            let found = get(doctor, &way).await;
            assert_eq!(value(&found, "result", "valueBoolean"), true, "{way}");
            assert!(found.to_string().contains("A01.0"), "{way}");
        }
        let back = format!("/fhir/ConceptMap/$translate?system={ICD10}&code=A01.0&reverse=true");
        let found = get(doctor, &back).await;
        assert!(found.to_string().contains("narrower") && found.to_string().contains(r#""sh""#));
        let none = "/fhir/ConceptMap/$translate?url=urn:test:map&system=urn:test:local&code=none";
        assert_eq!(
            value(&get(doctor, none).await, "result", "valueBoolean"),
            false
        );
        world
            .stranger
            .get("/fhir/ConceptMap/$translate?url=urn:test:map&system=urn:test:local&code=sh")
            .await
            .expect(404);
        let unknown = world
            .stranger
            .get("/fhir/ConceptMap/$translate?system=urn:test:local&code=sh")
            .await;
        assert_eq!(
            value(&unknown.expect(200).json, "result", "valueBoolean"),
            false
        );
    });
}

const ITEMS: &str = "urn:test:lab-item";

/// A shared catalogue, a map to it from the hospital's own codes; answers the administrator.
async fn kept_map(app: &testkit::TestApp, lead: kernel::Id) -> Client {
    let admin = app.client("system-admin", lead).await;
    let system = json!({ "system": "lab-shared", "name_zh": "共享检验项目", "url": ITEMS });
    admin
        .post("/api/terminology/systems", system)
        .await
        .expect(201);
    let path = "/api/terminology/lab-shared/import?dry_run=false&edition=1";
    let csv = "code,zh,unit\nGLU,葡萄糖,mmol/L\n";
    let body = axum::body::Body::from(csv);
    admin
        .send("POST", path, Some("text/csv"), body)
        .await
        .expect(200);
    let map = json!({ "code": "lead-lab", "name_zh": "检验对照", "source": "urn:test:own",
        "target": ITEMS, "org_id": lead });
    let map = admin
        .post("/api/terminology/maps", map)
        .await
        .expect(201)
        .id();
    let said = json!({ "code": "1001", "name": "血糖", "state": "confirmed",
        "targets": [{ "code": "GLU", "relation": "equivalent" }] });
    admin
        .post(&format!("/api/terminology/maps/{map}/entries"), said)
        .await
        .expect(200);
    admin
}

#[test]
fn maps_of_the_workshop_translate_and_what_arrives_is_counted() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let admin = kept_map(&app, world.lead).await;
        let doctor = &world.doctor;
        for query in [
            "system=urn:test:own&code=1001",
            "url=urn:lianti:map:lead-lab&system=urn:test:own&code=1001",
        ] {
            let found = get(doctor, &format!("/fhir/ConceptMap/$translate?{query}")).await;
            assert_eq!(value(&found, "result", "valueBoolean"), true, "{found}");
            assert!(found.to_string().contains("葡萄糖"), "{found}");
        }
        let path = format!("/fhir/ConceptMap/$translate?system={ITEMS}&code=GLU&reverse=true");
        assert!(get(doctor, &path).await.to_string().contains("1001"));
        let path = format!("/fhir/CodeSystem/$lookup?system={ITEMS}&code=GLU");
        assert_eq!(
            value(&get(doctor, &path).await, "display", "valueString"),
            "葡萄糖"
        );

        let patient = register(&world.lead_doctor, "计数").await;
        for code in ["1001", "1001", "1002"] {
            let body = json!({ "resourceType": "Observation", "status": "final",
                "code": { "coding": [{ "system": "urn:test:own", "code": code, "display": "某项" }] },
                "subject": { "reference": format!("Patient/{patient}") },
                "effectiveDateTime": "2026-11-01T08:00:00+08:00",
                "valueQuantity": { "value": 5, "unit": "mmol/L" } });
            create(&world.lead_doctor, "Observation", body.to_string()).await;
        }
        let both = json!({ "resourceType": "Observation", "status": "final",
            "code": { "coding": [{ "system": "urn:test:own", "code": "1003" },
                { "system": ITEMS, "code": "GLU" }, { "system": ITEMS, "code": "NO" }] },
            "subject": { "reference": format!("Patient/{patient}") } });
        create(&world.lead_doctor, "Observation", both.to_string()).await;
        app.settle().await;
        let codes = admin
            .get("/api/terminology/coverage/codes")
            .await
            .expect(200);
        let mut told: Vec<(String, i64, String)> = codes.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let text = |name: &str| one[name].as_str().unwrap().to_owned();
                (
                    text("code"),
                    one["arrivals"].as_i64().unwrap(),
                    text("status"),
                )
            })
            .collect();
        told.sort();
        let expected = [
            ("1001", 2, "mapped"),
            ("1002", 1, "unmapped"),
            ("1003", 1, "mapped"),
            ("GLU", 1, "shared"),
            ("NO", 1, "invalid"),
        ]
        .map(|(code, count, status)| (code.to_owned(), count, status.to_owned()));
        assert_eq!(told, expected);
    });
}
