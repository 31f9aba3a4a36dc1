//! Profiles in force: what they ask is asked on every way a resource comes in.

use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, on_each_engine};

use super::world::{create, modules, pressure, register, send, world};

const URL: &str = "urn:test:blood-pressure";

fn definition() -> Value {
    json!({ "resourceType": "StructureDefinition", "url": URL, "name": "Pressure", "status": "active",
        "kind": "resource", "abstract": false, "type": "Observation", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Observation",
        "differential": { "element": [
            { "id": "Observation.effective[x]", "path": "Observation.effective[x]", "min": 1, "type": [{ "code": "dateTime" }] },
            { "id": "Observation.code", "path": "Observation.code", "binding": { "strength": "required",
                "valueSet": "urn:test:codes" } },
            { "id": "Observation.valueQuantity.code", "path": "Observation.valueQuantity.code", "patternCode": "mm[Hg]" },
        ] } })
}

async fn rule(app: &TestApp, days: i64, body: Value) -> kernel::Result<()> {
    let seeds = crate::module().rule_seeds;
    let seed = seeds
        .iter()
        .find(|seed| seed.code == "fhir.profiles")
        .unwrap();
    let request = Request::system("test");
    let known = app.store().read(&request, |tx| {
        Ok(tx
            .rule_versions("fhir.profiles")?
            .first()
            .map_or(0, |newest| newest.version))
    });
    let known = known.await.unwrap();
    let added = app.store().write(&request, move |tx| {
        let from = (tx.now() + kernel::Span::days(days)).date();
        tx.add_rule_version(seed, known, from, "测试", &body)
            .map(|_| ())
    });
    added.await
}

async fn in_force(app: &TestApp, binds: &str) {
    let body = json!({ "profiles": [{ "binds": binds, "definition": definition() }] });
    rule(app, 0, body).await.unwrap();
}

fn places(outcome: &Value) -> Vec<String> {
    let issues = outcome["issue"].as_array().unwrap();
    let wrong = issues.iter().filter(|issue| issue["severity"] == "error");
    wrong
        .map(|issue| issue["expression"][0].as_str().unwrap().to_owned())
        .collect()
}

async fn codes(doctor: &Client) {
    let set = json!({ "resourceType": "ValueSet", "url": "urn:test:codes", "status": "active",
        "compose": { "include": [{ "system": "http://loinc.org",
            "concept": [{ "code": "8480-6" }, { "code": "8462-4" }] }] } });
    create(doctor, "ValueSet", set.to_string()).await;
}

#[test]
fn what_a_profile_asks_is_asked_on_every_way_in() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        codes(doctor).await;
        let patient = register(doctor, "王小明").await;
        app.settle().await;
        let good = pressure(patient, "120", "2026-11-01");
        let other_code = good.replace("8480-6", "8867-4");
        let two_wrong = good
            .replace(r#""effectiveDateTime":"2026-11-01","#, "")
            .replace(r#""code":"mm[Hg]""#, r#""code":"kPa""#);
        create(doctor, "Observation", two_wrong.clone()).await;
        in_force(&app, "always").await;
        let id = create(doctor, "Observation", good.clone()).await;
        let refused = send(doctor, "POST", "/fhir/Observation", two_wrong.clone()).await;
        assert!((400..500).contains(&refused.status.as_u16()));
        let expected = ["Observation.effective", "Observation.value.code"];
        assert_eq!(places(&refused.json), expected);
        assert!(refused.json.to_string().contains(URL));
        let refused = send(doctor, "POST", "/fhir/Observation", other_code.clone()).await;
        assert_eq!(places(&refused.json), ["Observation.code"]);
        assert!(refused.json.to_string().contains("urn:test:codes"));

        let mut update: Value = serde_json::from_str(&two_wrong).unwrap();
        update["id"] = json!(id);
        let path = format!("/fhir/Observation/{id}");
        let refused = send(doctor, "PUT", &path, update.to_string()).await;
        assert_eq!(places(&refused.json), expected);
        let patch = json!([{ "op": "remove", "path": "/effectiveDateTime" }]).to_string();
        let patch = axum::body::Body::from(patch);
        let json_patch = Some("application/json-patch+json");
        let refused = doctor.send("PATCH", &path, json_patch, patch).await;
        assert_eq!(places(&refused.json), ["Observation.effective"]);
        let wrong: Value = serde_json::from_str(&two_wrong).unwrap();
        let fine: Value = serde_json::from_str(&good).unwrap();
        let entry = |resource: &Value| json!({ "resource": resource, "request": { "method": "POST", "url": "Observation" } });
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction",
            "entry": [entry(&fine), entry(&wrong)] });
        let refused = send(doctor, "POST", "/fhir", bundle.to_string()).await;
        let expected = ["effective", "value.code"]
            .map(|name| format!("Bundle.entry[1].resource.Observation.{name}"));
        assert_eq!(places(&refused.json), expected);
        for path in ["/fhir/$import", "/fhir/$import?dry_run=false"] {
            let lines = axum::body::Body::from(format!("{good}\n{two_wrong}"));
            let ndjson = Some("application/fhir+ndjson");
            let told = doctor.send("POST", path, ndjson, lines).await.expect(200);
            let parameters = told.json["parameter"].as_array().unwrap();
            assert_eq!(parameters[1]["valueInteger"], 1, "{path}");
            assert_eq!(parameters[2]["valueInteger"], 1, "{path}");
        }
        let count = "/fhir/Observation?_summary=count";
        assert_eq!(doctor.get(count).await.expect(200).json["total"], 3);
        app.assert_audit_whole().await;
    });
}

#[test]
fn one_that_binds_who_claims_it_binds_nobody_else_and_validate_asks_for_any() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        codes(doctor).await;
        let patient = register(doctor, "王小明").await;
        app.settle().await;
        let wrong = pressure(patient, "120", "2026-11-01").replace("8480-6", "8867-4");
        let mut claimed: Value = serde_json::from_str(&wrong).unwrap();
        claimed["meta"] = json!({ "profile": [format!("{URL}|1.0")] });
        create(doctor, "Observation", claimed.to_string()).await;
        let validate = async |query: &str, body: &str| {
            let path = format!("/fhir/Observation/$validate{query}");
            let told = send(doctor, "POST", &path, body).await;
            (told.status.as_u16(), told.json)
        };
        let by = format!("?profile={URL}");
        assert_eq!(validate(&by, &wrong).await.0, 404);
        // One that is stored can be asked for, and does not bind anybody.
        create(doctor, "StructureDefinition", definition().to_string()).await;
        assert_eq!(places(&validate(&by, &wrong).await.1), ["Observation.code"]);
        assert_eq!(places(&validate("", &wrong).await.1), Vec::<String>::new());
        create(doctor, "Observation", claimed.to_string()).await;

        in_force(&app, "claimed").await;
        create(doctor, "Observation", wrong.clone()).await;
        let refused = send(doctor, "POST", "/fhir/Observation", claimed.to_string()).await;
        assert_eq!(places(&refused.json), ["Observation.code"]);
        assert_eq!(
            places(&validate("", &claimed.to_string()).await.1),
            ["Observation.code"]
        );
        let parameters = json!({ "resourceType": "Parameters", "parameter": [
            { "name": "profile", "valueUri": URL },
            { "name": "resource", "resource": serde_json::from_str::<Value>(&wrong).unwrap() }] });
        let told = validate("", &parameters.to_string()).await;
        assert_eq!(places(&told.1), ["Observation.code"]);
        let statement = doctor.get("/fhir/metadata").await.expect(200).json;
        let types = statement["rest"][0]["resource"].as_array().unwrap();
        let observation = types
            .iter()
            .find(|one| one["type"] == "Observation")
            .unwrap();
        assert_eq!(observation["supportedProfile"], json!([URL]));
        let patient = types.iter().find(|one| one["type"] == "Patient").unwrap();
        assert!(patient.get("supportedProfile").is_none());
    });
}

#[test]
fn a_profile_is_in_force_from_its_day_and_only_if_all_of_it_is_checked_or_accepted() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        let doctor = &world.doctor;
        codes(doctor).await;
        let patient = register(doctor, "王小明").await;
        app.settle().await;
        let wrong = pressure(patient, "120", "2026-11-01").replace("8480-6", "8867-4");
        let body = json!({ "profiles": [{ "binds": "always", "definition": definition() }] });
        rule(&app, 2, body.clone()).await.unwrap();
        create(doctor, "Observation", wrong.clone()).await;
        app.clock().advance(kernel::Span::days(2));
        let refused = send(doctor, "POST", "/fhir/Observation", wrong).await;
        assert_eq!(places(&refused.json), ["Observation.code"]);

        let mut partly = body.clone();
        partly["profiles"][0]["definition"]["differential"]["element"][2]["maxValueInteger"] =
            json!(3);
        let refused = rule(&app, 3, partly.clone()).await.unwrap_err();
        assert_eq!(refused.code(), "fhir.profile-unchecked");
        assert!(refused.to_string().contains("maxValueInteger"), "{refused}");
        partly["profiles"][0]["accept_unchecked"] = json!(true);
        rule(&app, 3, partly).await.unwrap();
        for (place, value) in [
            ("/profiles/0/binds", json!("sometimes")),
            ("/profiles/0/definition/type", json!("Colour")),
            (
                "/profiles/0/definition/differential/element/0/path",
                json!("Observation.colour"),
            ),
            ("/profiles/0/definition/url", json!(7)),
        ] {
            let mut odd = body.clone();
            *odd.pointer_mut(place).unwrap() = value;
            assert!(rule(&app, 4, odd).await.is_err(), "{place}");
        }
        let twice = json!({ "profiles": [body["profiles"][0], body["profiles"][0]] });
        assert_eq!(
            rule(&app, 4, twice).await.unwrap_err().code(),
            "fhir.profile-rule"
        );

        // What could not be put in force is told when the definition is checked.
        let mut odd = definition();
        for name in ["id", "path"] {
            odd["differential"]["element"][0][name] = json!("Observation.colour");
        }
        let told = send(
            doctor,
            "POST",
            "/fhir/StructureDefinition/$validate",
            odd.to_string(),
        )
        .await;
        assert!(
            told.json.to_string().contains("no element colour"),
            "{:?}",
            told.json
        );
    });
}
