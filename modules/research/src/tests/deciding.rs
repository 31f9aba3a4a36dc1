//! Asking, deciding, taking back, running out, and what is refused.

use kernel::{Id, Span};
use serde_json::{Value, json};
use store::{Change, Versioned, params};
use testkit::{TestApp, on_each_engine};

use crate::model::Extract;

use super::world::{Person, World, file, made, modules, settle_in, table, world};

const WORK: &str =
    "SELECT (SELECT COUNT(*) FROM research_subject) + (SELECT COUNT(*) FROM research_entry)
    + (SELECT COUNT(*) FROM research_count) + (SELECT COUNT(*) FROM research_code) AS count";
const KEYS: &str =
    "SELECT (SELECT COUNT(*) FROM research_run) + (SELECT COUNT(*) FROM research_part) AS count";

fn people(count: usize) -> Vec<Person> {
    (0..count)
        .map(|n| Person {
            female: n % 2 == 0,
            year: 1950 + i16::try_from(n % 9).unwrap(),
            county: 0,
            clinic: n % 2,
            diagnosis: n % 2,
            results: 1,
        })
        .collect()
}

async fn counted(app: &TestApp, sql: &'static str) -> i64 {
    let request = store::Request::system("test");
    let read = app
        .store()
        .read(&request, move |tx| tx.count(sql, &params![]));
    read.await.unwrap()
}

async fn ask(world: &World, body: Value) -> (String, i64) {
    let asked = world
        .director
        .post("/api/research-extracts", body)
        .await
        .expect(201);
    (
        format!("/api/research-extracts/{}", asked.id()),
        asked.version(),
    )
}

#[test]
fn an_extract_goes_its_way_and_its_end_takes_files_and_key_along() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        settle_in(&app, &world, &people(40), 0).await;
        let preview = world
            .director
            .post("/api/research-extracts/preview", table(&world))
            .await;
        let preview = preview.expect(200).json;
        assert_eq!(
            (&preview["patients_found"], &preview["holds"]),
            (&json!(40), &json!(true))
        );
        assert!(preview["before"]["alone"].as_i64() >= preview["after"]["alone"].as_i64());

        let extract = made(&app, &world, table(&world)).await;
        assert_eq!(extract.json["state"], "ready", "{}", extract.json);
        assert_eq!(extract.json["report"]["patients"], preview["patients"]);
        assert_eq!(extract.json["actions"], json!(["withdraw", "download"]));
        assert_eq!(
            (counted(&app, WORK).await, counted(&app, KEYS).await),
            (0, 2)
        );
        let path = format!("/api/research-extracts/{}", extract.id());
        let first = file(&world, &extract, "table", "csv").await;
        assert_eq!(first, file(&world, &extract, "table", "csv").await);
        let sheet = world
            .director
            .get(&format!("{path}/files/table?format=xlsx"))
            .await
            .expect(200);
        assert!(sheet.bytes.starts_with(b"PK"));
        let wrong = world
            .director
            .get(&format!("{path}/files/table?format=ndjson"))
            .await;
        wrong.expect(400).expect_code("research.format");
        world
            .director
            .get(&format!("{path}/files/other?format=csv"))
            .await
            .expect(404);
        let now = world.director.get(&path).await.expect(200).json;
        assert_eq!(
            (&now["state"], &now["downloads"]),
            (&json!("downloaded"), &json!(3))
        );
        // Those who decide see it, and fetch nothing; others don't see it.
        world.officer.get(&path).await.expect(200);
        let theirs = world
            .officer
            .get(&format!("{path}/files/table?format=csv"))
            .await;
        theirs.expect(403);
        let stranger = app.client("director", world.outside).await;
        stranger.get(&path).await.expect(404);
        let list = stranger
            .get("/api/research-extracts")
            .await
            .expect(200)
            .json;
        assert_eq!(list["items"], json!([]));

        app.advance(Span::days(8)).await;
        let ended = world.director.get(&path).await.expect(200).json;
        assert_eq!(
            (&ended["state"], &ended["files"]),
            (&json!("expired"), &json!([]))
        );
        let gone = world
            .director
            .get(&format!("{path}/files/table?format=csv"))
            .await;
        gone.expect(422).expect_code("research.state");
        assert_eq!(counted(&app, KEYS).await, 0);
        app.assert_audit_whole().await;
    });
}

#[test]
fn somebody_else_decides_and_every_state_has_its_way_out() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        settle_in(&app, &world, &people(30), 0).await;
        let (path, version) = ask(&world, table(&world)).await;
        // Somebody who has both roles does not do both.
        let (own, _) = ask(&world, table(&world)).await;
        asked_by_officer(
            &app,
            &world,
            own.rsplit('/').next().unwrap().parse().unwrap(),
        )
        .await;
        let refused = world
            .officer
            .seeing(2)
            .post(&format!("{own}/approve"), json!({}))
            .await;
        let refused = refused.expect(422).expect_code("research.own-request");
        assert_eq!(refused.json["errors"][0]["path"], "approver");
        // Whoever does not reach every organization does not decide.
        let village = app.client("privacy-officer", world.outside).await;
        village
            .seeing(version)
            .post(&format!("{path}/approve"), json!({}))
            .await
            .expect(404);
        let officer = world.officer.seeing(version);
        officer
            .post(&format!("{path}/refuse"), json!({}))
            .await
            .expect(400)
            .expect_code("research.note-missing");
        let refused = officer
            .post(&format!("{path}/refuse"), json!({ "note": "缺伦理批件" }))
            .await
            .expect(200);
        assert_eq!(refused.json["state"], "refused");
        let late = world
            .officer
            .seeing(refused.version())
            .post(&format!("{path}/approve"), json!({}))
            .await;
        late.expect(422).expect_code("research.state");

        // Taken back while it runs: the work and the key are gone.
        let (path, version) = ask(&world, table(&world)).await;
        let approved = world
            .officer
            .seeing(version)
            .post(&format!("{path}/approve"), json!({}))
            .await
            .expect(200);
        assert_eq!(approved.json["state"], "running");
        let back = world.director.seeing(approved.version());
        let back = back
            .post(&format!("{path}/withdraw"), json!({ "note": "申请有误" }))
            .await
            .expect(200);
        assert_eq!(back.json["state"], "withdrawn");
        app.settle().await;
        assert_eq!(
            (counted(&app, WORK).await, counted(&app, KEYS).await),
            (0, 0)
        );

        // k that can't be met makes no file.
        let mut body = table(&world);
        body["k"] = json!(31);
        body["suppressed_permille"] = json!(0);
        let unmet = made(&app, &world, body).await;
        assert_eq!(
            (&unmet.json["state"], &unmet.json["files"]),
            (&json!("unmet"), &json!([]))
        );
        assert_eq!(counted(&app, KEYS).await, 0);

        // Nobody decided: the request runs out.
        let (path, _) = ask(&world, table(&world)).await;
        app.advance(Span::days(31)).await;
        let ended = world.director.get(&path).await.expect(200).json;
        assert_eq!(ended["state"], "expired");
    });
}

/// As if the officer had asked, who in another role may.
async fn asked_by_officer(app: &TestApp, world: &World, id: Id) {
    let officer = world.officer.account_id;
    let request = store::Request::system("test");
    let done = app.store().write(&request, move |tx| {
        let mut extract: Versioned<Extract> = tx.load(id)?;
        extract.requested.account_id = officer;
        tx.update(&extract, Change::new("research.requested"))
            .map(|_| ())
    });
    done.await.unwrap();
}

#[test]
fn what_cannot_be_asked_is_refused_by_its_field() {
    on_each_engine(modules, async |app| {
        let world = world(&app).await;
        for (field, value, code, at) in [
            (
                "purpose",
                json!("  "),
                "research.purpose-missing",
                "purpose",
            ),
            ("columns", json!([]), "research.no-columns", "columns"),
            (
                "columns",
                json!(["sex", "sex"]),
                "research.column-twice",
                "columns.1",
            ),
            ("columns", json!(["name"]), "request.body", "columns[0]"),
            (
                "kinds",
                json!(["Condition"]),
                "research.kind-shape",
                "kinds",
            ),
            (
                "quasi_identifiers",
                json!(["results"]),
                "research.quasi-identifier",
                "quasi_identifiers.0",
            ),
            (
                "quasi_identifiers",
                json!(["sex"]),
                "research.quasi-identifier-left-out",
                "quasi_identifiers",
            ),
            (
                "sensitive",
                json!("sex"),
                "research.sensitive-column",
                "sensitive",
            ),
            (
                "organizations",
                json!([world.outside]),
                "research.organization",
                "organizations.0",
            ),
            ("to", json!("2025-12-31"), "research.period-empty", "to"),
            ("to", json!("2126-12-31"), "research.period-future", "to"),
            (
                "from",
                json!("1926-01-01"),
                "research.period-too-long",
                "from",
            ),
            ("k", json!(4), "research.k-too-low", "k"),
            (
                "suppressed_permille",
                json!(101),
                "research.suppression",
                "suppressed_permille",
            ),
        ] {
            let mut body = table(&world);
            body[field] = value;
            for path in ["/api/research-extracts", "/api/research-extracts/preview"] {
                let refused = world.director.post(path, body.clone()).await.expect(400);
                if code != "request.body" {
                    assert_eq!(refused.code(), code, "{field}");
                    assert_eq!(refused.json["errors"][0]["path"], at, "{}", refused.json);
                }
            }
        }
        let mut body = table(&world);
        body["shape"] = json!("fhir");
        for (columns, kinds, code) in [
            (
                json!(["sex", "diagnosis"]),
                json!(["Condition"]),
                "research.column-shape",
            ),
            (json!(["sex"]), json!([]), "research.no-kinds"),
            (
                json!(["sex"]),
                json!(["DocumentReference"]),
                "research.kind-unknown",
            ),
        ] {
            (body["columns"], body["kinds"]) = (columns, kinds);
            let refused = world
                .director
                .post("/api/research-extracts", body.clone())
                .await;
            refused.expect(400).expect_code(code);
        }
        world
            .officer
            .post("/api/research-extracts", table(&world))
            .await
            .expect(403);
        app.assert_audit_whole().await;
    });
}
