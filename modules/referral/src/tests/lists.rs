//! Lists, counts, searches, bulk commands, figures and their files; formularies; what waits for whom.

use http::Language;
use http::export::Cell;
use kernel::Span;
use serde_json::{Value, json};
use store::Request;
use testkit::{TestApp, on_each_engine};

use super::fixture::{act, bed, modules, patient, people, plan, send, sheet, world};
use crate::figures::{Statistics, sheet as figure_sheet};

#[test]
fn lists_counts_search_bulk_and_figures() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let mut items = Vec::new();
        for diagnosis in ["I50", "I20", "I48"] {
            let patient_id = patient(&people.village_doctor).await;
            let id = send(
                &people.village_doctor,
                sheet("up", patient_id, world.lead, diagnosis),
            )
            .await;
            app.clock().advance(Span::minutes(1));
            items.push(json!({ "id": id, "version": 2 }));
        }
        let first = people
            .office
            .get("/api/referrals?box=inbox&limit=2")
            .await
            .expect(200);
        assert_eq!(first.json["items"].as_array().unwrap().len(), 2);
        let next = first.json["next"].as_str().unwrap();
        let rest = people
            .office
            .get(&format!("/api/referrals?box=inbox&limit=2&after={next}"))
            .await
            .expect(200);
        assert_eq!(rest.json["items"].as_array().unwrap().len(), 1);
        let own = people
            .village_doctor
            .get("/api/referrals?box=outbox&state=submitted")
            .await
            .expect(200);
        assert_eq!(own.json["items"].as_array().unwrap().len(), 3);
        people
            .office
            .get("/api/referrals?state=nonsense")
            .await
            .expect(400)
            .expect_code("referral.filter");
        let counts = people.office.get("/api/referrals/counts").await.expect(200);
        assert_eq!(counts.json["inbox"]["submitted"], json!(3));
        let number = own.json["items"][0]["number"].as_str().unwrap();
        let found = people
            .office
            .get(&format!("/api/referrals?q={number}"))
            .await
            .expect(200);
        assert_eq!(found.json["items"].as_array().unwrap().len(), 1);
        let by_name = people
            .office
            .get("/api/referrals?q=ceshi")
            .await
            .expect(200);
        assert_eq!(by_name.json["items"].as_array().unwrap().len(), 3);
        let by_initials = people
            .village_doctor
            .get("/api/referrals?q=cs")
            .await
            .expect(200);
        assert_eq!(by_initials.json["items"].as_array().unwrap().len(), 3);
        let everywhere = people.office.get("/api/search?q=CS").await.expect(200);
        let groups = everywhere.json["groups"].as_array().unwrap();
        assert!(
            groups.iter().any(|group| group["kind"] == "referral"),
            "{groups:?}"
        );
        let hidden = people
            .stranger
            .get(&format!("/api/referrals?q={number}"))
            .await
            .expect(200);
        assert!(hidden.json["items"].as_array().unwrap().is_empty());

        items.push(json!({ "id": kernel::Id::MAX, "version": 1 }));
        let bulk = json!({ "items": items, "department_id": world.cardiology });
        let results = people
            .office
            .post("/api/referrals/bulk", bulk)
            .await
            .expect(200);
        let done = results
            .json
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["done"] == json!(true));
        assert_eq!(done.count(), 3);
        assert_eq!(results.json[3]["code"], "referral");
        act(
            &people.office,
            rest.json["items"][0]["id"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap(),
            "reject",
            json!({ "reason_code": "no-bed" }),
        )
        .await
        .expect(200);
        let figures = people
            .office
            .get(&format!(
                "/api/referrals/statistics?month=2026-11&org_id={}",
                world.lead
            ))
            .await
            .expect(200);
        let of = |code: &str| {
            let all = figures.json["members"][0]["indicators"].as_array().unwrap();
            all.iter().find(|one| one["code"] == code).unwrap().clone()
        };
        assert_eq!(of("up-received")["numerator"], json!(3));
        assert_eq!(of("rejection-rate")["per_mille"], json!(1000));
        assert!(
            of("no-show-rate")["per_mille"].is_null(),
            "unknown is not zero"
        );
        assert_eq!(figures.json["members"][0]["refusals"][0]["code"], "no-bed");
        the_sheet_says_what_was_counted(&app, &figures.json).await;
        let file = people
            .office
            .get("/api/referrals/statistics/export?month=2026-11")
            .await
            .expect(200);
        assert_eq!(&file.bytes[..2], b"PK");
        // Whoever may not see the table does not get the file.
        people
            .nurse
            .get("/api/referrals/statistics/export?month=2026-11")
            .await
            .expect(403)
            .expect_code("access.forbidden");
        let rows = format!(
            "/api/referrals/statistics/rows?month=2026-11&org_id={}&indicator=rejection-rate",
            world.lead
        );
        assert_eq!(
            people.office.get(&rows).await.expect(200).json["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let file = people
            .office
            .get("/api/referrals/export?view=all")
            .await
            .expect(200);
        assert_eq!(&file.bytes[..2], b"PK");
    });
}

/// Numerator and denominator of each figure, reasons in words, texts as texts.
async fn the_sheet_says_what_was_counted(app: &TestApp, figures: &Value) {
    let mut statistics: Statistics = serde_json::from_value(figures.clone()).unwrap();
    statistics.members[0].org_name = "=1+1".to_owned();
    for (language, refusal, reason) in [
        (Language::Zh, "拒绝率", "拒绝理由："),
        (Language::En, "Refusal", "Refused: "),
    ] {
        let statistics = statistics.clone();
        let rows = app
            .store()
            .read(&Request::system("test"), move |tx| {
                figure_sheet::rows(tx, &statistics, language)
            })
            .await
            .unwrap();
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Empty => String::new(),
        };
        let lines: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(text).collect())
            .collect();
        let width = figure_sheet::headers(language).len();
        assert!(lines.iter().all(|line| line.len() == width));
        let line = lines.iter().find(|line| line[2] == refusal).unwrap();
        assert_eq!(line[3..6], ["1", "1", "100.0%"]);
        assert!(
            matches!(&rows[0][1], Cell::Text(name) if name == "=1+1"),
            "a name stays a text"
        );
        let why = lines.iter().find(|line| line[2].starts_with(reason));
        assert_eq!(why.unwrap()[3..5], ["1", "1"]);
    }
}

#[test]
fn a_member_says_itself_which_drugs_it_has() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let pharmacist = app.client("pharmacist", world.town).await;
        let path = "/api/referrals/formulary";
        let amlodipine = json!({ "drug_code": "C08CA01-TAB", "available": false, "note": "缺货",
            "ends_on": "2026-11-30" });
        let missing = pharmacist.post(path, amlodipine).await.expect(201);
        let added = json!({ "drug_code": "B01AF01-TAB", "available": true });
        pharmacist.post(path, added).await.expect(201);
        let own = pharmacist.get(path).await.expect(200);
        assert_eq!(own.json["own"].as_array().unwrap().len(), 2);
        assert_eq!(own.json["own"][1]["holds"], json!(true));
        let of_kind = own.json["of_kind"].as_array().unwrap();
        assert!(of_kind.contains(&json!("C08CA01")));

        // The hospital's plan is checked with what the centre says.
        let patient_id = patient(&people.village_doctor).await;
        let asking = sheet("up", patient_id, world.lead, "I50");
        let id = send(&people.village_doctor, asking).await;
        act(&people.office, id, "accept", bed(world.beds[0]))
            .await
            .expect(200);
        act(&people.nurse, id, "arrive", json!({}))
            .await
            .expect(200);
        act(&people.nurse, id, "admit", json!({})).await.expect(200);
        let mut proposal = json!({ "org_id": world.town, "plan": plan() });
        let rivaroxaban =
            json!({ "code": "B01AF01-TAB", "display": "利伐沙班片", "dose": "15 mg 每日一次" });
        let drugs = proposal["plan"]["drugs"].as_array_mut().unwrap();
        drugs.push(rivaroxaban);
        let proposed = act(&people.attending, id, "propose-down", proposal.clone())
            .await
            .expect(200);
        let checks = &proposed.json["down_plan"]["formulary"];
        assert_eq!(
            (&checks[0]["available"], &checks[0]["own"]),
            (&json!(false), &json!(true))
        );
        let instead = checks[0]["alternatives"].as_array().unwrap();
        assert!(!instead.contains(&json!("C08CA01")), "{instead:?}");
        assert_eq!(checks[1]["available"], json!(true));

        // Another member's plan is not concerned, and the entry ends by itself or by hand.
        act(&people.attending, id, "recall-down", json!({}))
            .await
            .expect(200);
        let mut elsewhere = proposal.clone();
        elsewhere["org_id"] = json!(world.village);
        let there = act(&people.attending, id, "propose-down", elsewhere)
            .await
            .expect(200);
        let checks = &there.json["down_plan"]["formulary"];
        assert_eq!(checks[0]["available"], json!(true));
        assert_eq!(checks[1]["available"], json!(false));
        act(&people.attending, id, "recall-down", json!({}))
            .await
            .expect(200);
        let end = format!("{path}/{}/end", missing.id());
        pharmacist.seeing(7).post(&end, json!({})).await.expect(412);
        pharmacist.seeing(1).post(&end, json!({})).await.expect(200);
        let again = pharmacist.seeing(2).post(&end, json!({})).await;
        again.expect(409).expect_code("referral.formulary-ended");
        let back = act(&people.attending, id, "propose-down", proposal)
            .await
            .expect(200);
        let first = &back.json["down_plan"]["formulary"][0];
        assert_eq!(
            (&first["available"], &first["own"]),
            (&json!(true), &json!(false))
        );
    });
}

#[test]
fn a_formulary_is_kept_by_its_own_people() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let path = "/api/referrals/formulary";
        let entry = json!({ "drug_code": "C08CA01-TAB", "available": false });
        let pharmacist = app.client("pharmacist", world.town).await;
        let director = app.client("director", world.town).await;
        // A centre keeps the list of a clinic below it; a clinic has no pharmacist.
        let mut below = entry.clone();
        below["org_id"] = json!(world.village);
        let made = director.post(path, below.clone()).await.expect(201);
        let shown = pharmacist
            .get(&format!("{path}?org_id={}", world.village))
            .await;
        assert_eq!(
            shown.expect(200).json["own"][0]["entry"]["id"],
            json!(made.id())
        );
        below["org_id"] = json!(world.lead);
        let refused = pharmacist.post(path, below).await.expect(403);
        refused.expect_code("access.out-of-scope");
        people
            .town_doctor
            .post(path, entry.clone())
            .await
            .expect(403);
        let lead = app.client("pharmacist", world.stranger).await;
        let end = format!("{path}/{}/end", made.id());
        let hidden = lead.seeing(1).post(&end, json!({})).await.expect(404);
        hidden.expect_code("formulary-entry");
        let wrong = |field: &str, value: Value| {
            let mut body = entry.clone();
            body[field] = value;
            body
        };
        for (body, code) in [
            (wrong("drug_code", json!("X99")), "terminology.unknown-code"),
            (
                wrong("starts_on", json!("2026-11-01")),
                "referral.time-in-past",
            ),
            (
                wrong("ends_on", json!("2026-11-01")),
                "referral.formulary-dates",
            ),
        ] {
            pharmacist
                .post(path, body)
                .await
                .expect(400)
                .expect_code(code);
        }
    });
}

#[test]
fn titles_of_work_hold_no_words_of_one_language() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let people = people(&app, &world).await;
        let patient_id = patient(&people.village_doctor).await;
        send(
            &people.village_doctor,
            sheet("up", patient_id, world.lead, "I50"),
        )
        .await;
        app.clock().advance(Span::minutes(1));
        let work = people.office.get("/api/work").await.expect(200);
        let item = &work.json["items"][0];
        assert_eq!(
            (&item["module"], &item["kind"], &item["reason"]),
            (&json!("referral"), &json!("up"), &json!("referral.answer"))
        );
        let title = item["title"].as_str().unwrap();
        assert!(
            title.starts_with("测试") && !title.contains("上转"),
            "{title}"
        );
    });
}
