//! Practitioners: masked for others, licences noticed in time, work sites apart from employers.

use kernel::Span;
use serde_json::json;

use super::*;

fn person(home: Id) -> Value {
    json!({
        "code": "0001", "name": "林知远", "profession": "doctor", "title_rank": "deputy-senior",
        "home_org_id": home, "staff_status": "established", "pay_grade": "七级",
        "resident_id": "11010519491231002X", "phone": "13800000012"
    })
}

#[test]
fn work_elsewhere_changes_neither_employer_nor_pay() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        let made = director
            .post("/api/practitioners", person(county.lead))
            .await
            .expect(201);
        assert_eq!(made.json["sex"], "female", "told by the ID number");
        let path = format!("/api/practitioners/{}", made.id());
        let department = json!({ "org_id": county.township, "code": "QK", "name": "全科门诊", "kind": "clinical" });
        let theirs = app.client("director", county.township).await;
        let department = theirs
            .post("/api/departments", department)
            .await
            .expect(201);
        let sites = json!({ "sites": [
            { "org_id": county.lead, "kind": "home", "role": "副主任医师", "starts_on": "2020-01-01" },
            { "org_id": county.township, "department_id": department.id(), "kind": "secondment", "role": "带教",
              "days_per_week": 3, "starts_on": "2026-06-01", "ends_on": "2026-12-31" },
        ]});
        let moved = director
            .seeing(1)
            .put(&format!("{path}/sites"), sites)
            .await
            .expect(200);
        assert_eq!(moved.json["home_org_id"], json!(county.lead));
        assert_eq!(moved.json["pay"]["org_id"], json!(county.lead));
        assert_eq!(moved.json["staff_status"], "established");

        // The township sees who works there, masked; it does not manage another's people.
        let at = get(
            &theirs,
            &format!("/api/practitioners?site_org_id={}", county.township),
        )
        .await;
        assert_eq!(at.json["items"][0]["phone"], "138****0012");
        let seen = get(&theirs, &path).await;
        assert_eq!(seen.json["resident_id"], "110***********002X");
        assert_eq!(get(&director, &path).await.json["phone"], "13800000012");
        let reply = theirs.seeing(2).put(&path, person(county.lead)).await;
        reply.expect(403).expect_code("access.out-of-scope");
        let in_department = get(
            &theirs,
            &format!("/api/practitioners?department_id={}", department.id()),
        )
        .await;
        assert_eq!(in_department.json["items"].as_array().unwrap().len(), 1);
        let hits = get(&theirs, "/api/search?q=lzy").await;
        assert_eq!(hits.json["groups"][0]["kind"], "practitioner");
        // As written, by pinyin, by initials, by the given name, by number; not by what lies inside.
        let cases = ["lz", "LinZhi", "zy", "0001", "zhongyuan", "inz"];
        let mut found = Vec::new();
        for typed in cases {
            let list = get(&theirs, &format!("/api/practitioners?q={typed}")).await;
            found.push(list.json["items"].as_array().unwrap().len());
        }
        assert_eq!(found, [1, 1, 1, 1, 0, 0], "{cases:?}");

        let wrong = json!({ "sites": [
            { "org_id": county.lead, "department_id": department.id(), "kind": "home", "role": "医师", "starts_on": "2026-01-01" }
        ]});
        director
            .seeing(2)
            .put(&format!("{path}/sites"), wrong)
            .await
            .expect(404)
            .expect_code("department");
        let left = director
            .seeing(2)
            .post(&format!("{path}/leave"), json!({}))
            .await
            .expect(200);
        assert_eq!(left.json["sites"][1]["ends_on"], "2026-11-22");
        director
            .seeing(3)
            .post(&format!("{path}/leave"), json!({}))
            .await
            .expect_code("network.person-left");
        let export = get(&director, "/api/practitioners/export").await;
        assert!(export.bytes.starts_with(b"PK"));
    });
}

#[test]
fn the_same_person_or_number_is_not_recorded_twice() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        director
            .post("/api/practitioners", person(county.lead))
            .await
            .expect(201);
        director
            .post("/api/practitioners", person(county.lead))
            .await
            .expect_code("network.code-taken");
        let mut other = person(county.lead);
        other["code"] = json!("0002");
        director
            .post("/api/practitioners", other.clone())
            .await
            .expect(409)
            .expect_code("network.person-on-record");
        other["resident_id"] = json!("110105194912310021");
        director
            .post("/api/practitioners", other.clone())
            .await
            .expect_code("network.identity-check");
        other["identity_reason"] = json!("户籍部门证明");
        director.post("/api/practitioners", other).await.expect(201);
    });
}

#[test]
fn a_licence_is_noticed_sixty_days_ahead_and_once_a_step() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        let made = director
            .post("/api/practitioners", person(county.lead))
            .await
            .expect(201);
        let path = format!("/api/practitioners/{}/licences", made.id());
        let licence = |expires_on: &str| json!({ "licences": [{ "kind": "doctor-practice", "number": "110000000000001", "expires_on": expires_on }] });
        director
            .seeing(1)
            .put(&path, licence("2027-01-31"))
            .await
            .expect(200);
        app.settle().await;
        let count = |notices: Reply| notices.json["items"].as_array().unwrap().len();
        assert_eq!(
            count(get(&director, "/api/notices").await),
            0,
            "70 days left"
        );
        for day in 1..=11 {
            app.advance(Span::days(1)).await;
            assert_eq!(
                count(get(&director, "/api/notices").await),
                usize::from(day >= 10),
                "day {day}"
            );
        }
        let work = get(&director, "/api/work").await;
        assert_eq!(work.json["items"][0]["reason"], "network.licence-expires");
        app.advance(Span::days(40)).await;
        assert_eq!(
            count(get(&director, "/api/notices").await),
            2,
            "30 days left"
        );
        // A renewed licence starts afresh.
        let id = get(&director, &format!("/api/practitioners/{}", made.id()))
            .await
            .json["licences"][0]["id"]
            .clone();
        let mut renewed = licence("2032-01-31");
        renewed["licences"][0]["id"] = id;
        director.seeing(2).put(&path, renewed).await.expect(200);
        app.advance(Span::days(60)).await;
        assert_eq!(count(get(&director, "/api/notices").await), 2);
        assert_eq!(get(&director, "/api/work").await.json["items"], json!([]));
    });
}
