//! Alliances, techniques, surveys, catchments, evidence.

use serde_json::json;

use super::*;

#[test]
fn an_alliance_crosses_the_tree() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        let input =
            json!({ "name": "眼科专科联盟", "specialty": "10", "lead_org_id": county.lead });
        let alliance = director.post("/api/alliances", input).await.expect(201);
        let path = format!("/api/alliances/{}", alliance.id());
        let join = json!({ "org_id": county.outside, "council_class": "member" });
        director
            .seeing(1)
            .post(&format!("{path}/members"), join.clone())
            .await
            .expect(200);
        director
            .seeing(2)
            .post(&format!("{path}/members"), join)
            .await
            .expect_code("network.already-member");

        // Being allied is public; it opens no directory and no patients.
        let outside = app.client("director", county.outside).await;
        assert_eq!(
            get(&outside, "/api/alliances").await.json["items"][0]["orgs"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        outside
            .get(&format!("/api/organizations/{}", county.lead))
            .await
            .expect(404);
        let page = get(&outside, &format!("/api/organizations/{}", county.outside)).await;
        assert_eq!(page.json["alliances"][0]["leads"], false);
        let change = json!({ "name": "眼科联盟", "name_en": "Eye alliance", "specialty": "10" });
        director
            .seeing(1)
            .put(&path, change.clone())
            .await
            .expect(412);
        let changed = director
            .seeing(2)
            .put(&path, change.clone())
            .await
            .expect(200);
        assert_eq!(changed.json["name"], "眼科联盟");
        assert_eq!(changed.json["members"].as_array().unwrap().len(), 2);
        outside.seeing(3).put(&path, change).await.expect(403);
        let leave = json!({ "org_id": county.outside });
        outside
            .seeing(3)
            .post(&format!("{path}/leave"), leave.clone())
            .await
            .expect(200);
        outside
            .seeing(4)
            .post(&format!("{path}/leave"), leave)
            .await
            .expect_code("network.not-member");
        director
            .seeing(4)
            .post(&format!("{path}/end"), json!({ "reason": "期满" }))
            .await
            .expect(200);
    });
}

#[test]
fn techniques_are_found_by_those_who_may_use_them() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let offer = |org_id: Id, open_to: Value| json!({ "org_id": org_id, "code": "PCI", "name": "经皮冠状动脉介入治疗", "kind": "technique", "open_to": open_to });
        let lead = app.client("director", county.lead).await;
        let technique = lead
            .post(
                "/api/techniques",
                offer(county.lead, json!({ "to": "own" })),
            )
            .await
            .expect(201);
        let again = lead
            .post(
                "/api/techniques",
                offer(county.lead, json!({ "to": "own" })),
            )
            .await;
        again.expect(409).expect_code("network.code-taken");
        let doctor = app.client("village-doctor", county.clinic).await;
        let mut version = 1;
        let cases = [
            (json!({ "to": "own" }), 0),
            (json!({ "to": "group" }), 1),
            (json!({ "to": "below" }), 0),
            (json!({ "to": "members", "org_ids": [county.clinic] }), 1),
            (json!({ "to": "members", "org_ids": [county.community] }), 0),
        ];
        for (open_to, expected) in cases {
            let path = format!("/api/techniques/{}", technique.id());
            lead.seeing(version)
                .put(&path, offer(county.lead, open_to.clone()))
                .await
                .expect(200);
            version += 1;
            let found = get(&doctor, "/api/techniques/providers?code=PCI").await;
            assert_eq!(
                found.json["items"].as_array().unwrap().len(),
                expected,
                "{open_to}"
            );
        }
        lead.seeing(version)
            .post(
                &format!("/api/techniques/{}/stop", technique.id()),
                json!({}),
            )
            .await
            .expect(200);
        assert_eq!(
            get(&lead, "/api/techniques/providers?code=PCI").await.json["items"],
            json!([])
        );
    });
}

#[test]
fn peers_distances_and_departments_for_other_modules() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let (lead, township, clinic, outside) =
            (county.lead, county.township, county.clinic, county.outside);
        app.store()
            .read(&store::Request::system("test"), move |tx| {
                let codes = |orgs: Vec<crate::Org>| {
                    orgs.into_iter().map(|org| org.code).collect::<Vec<_>>()
                };
                assert_eq!(codes(crate::group_peers(tx, clinic)?), ["C", "T", "L"]);
                assert!(crate::group_peers(tx, outside)?.is_empty());
                assert!(
                    crate::same_group(tx, clinic, lead)?
                        && !crate::same_group(tx, clinic, outside)?
                );
                assert_eq!(crate::distance_meters(tx, lead, township)?, Some(11_119));
                assert_eq!(crate::distance_meters(tx, lead, clinic)?, None);
                assert_eq!(
                    crate::org_by_code(tx, "T")?.map(|org| org.id),
                    Some(township)
                );
                assert_eq!(crate::orgs(tx, &[clinic, kernel::Id::MAX, lead])?.len(), 2);
                assert_eq!(
                    crate::org(tx, kernel::Id::MAX).unwrap_err().code(),
                    "organization"
                );
                assert_eq!(codes(crate::path_up(tx, clinic)?), ["V", "T", "R"]);
                Ok(())
            })
            .await
            .unwrap();
        let director = app.client("director", clinic).await;
        director
            .seeing(1)
            .post(
                &format!("/api/organizations/{clinic}/close"),
                json!({ "reason": "撤并" }),
            )
            .await
            .expect(200);
        app.store()
            .read(&store::Request::system("test"), move |tx| {
                assert_eq!(
                    crate::require_open(tx, clinic).unwrap_err().code(),
                    "network.organization-closed"
                );
                Ok(())
            })
            .await
            .unwrap();
    });
}

#[test]
fn a_survey_is_compared_with_the_baseline() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.township).await;
        let survey = |day: &str, doctors: u32, ct: Option<u32>, techniques: &[&str]| {
            let equipment: Vec<Value> = ct
                .iter()
                .map(|count| json!({ "kind": "CT", "count": count }))
                .collect();
            json!({
                "org_id": county.township, "surveyed_on": day, "beds_approved": 40, "beds_open": 36,
                "staff": { "doctors": doctors, "general_practitioners": 4, "doctors_intermediate_up": 3,
                    "nurses": 20, "technicians": 3, "pharmacists": 2, "public_health": 5,
                    "village_doctors": 0, "others": 6 },
                "equipment": equipment, "technique_codes": techniques
            })
        };
        let path = "/api/capability-surveys";
        let first = director
            .post(path, survey("2025-12-31", 12, None, &["ECG", "B-US"]))
            .await
            .expect(201);
        assert_eq!(first.json["is_baseline"], true);
        director
            .post(path, survey("2025-12-31", 12, None, &[]))
            .await
            .expect_code("network.survey-on-record");
        director
            .post(path, survey("2027-01-01", 12, None, &[]))
            .await
            .expect_code("network.future-date");
        let second = director
            .post(path, survey("2026-11-01", 14, Some(1), &["ECG", "CT"]))
            .await
            .expect(201);
        let correction = survey("2026-11-01", 15, Some(1), &["ECG", "CT"]);
        let second_path = format!("{path}/{}", second.id());
        let corrected = director
            .seeing(1)
            .put(&second_path, correction.clone())
            .await
            .expect(200);
        assert_eq!(corrected.json["staff"]["doctors"], 15);
        director
            .seeing(1)
            .put(&second_path, correction)
            .await
            .expect(412);
        director
            .seeing(2)
            .put(&second_path, survey("2025-12-31", 15, None, &[]))
            .await
            .expect_code("network.survey-on-record");
        let compared = get(&director, &format!("{path}/{}/comparison", second.id())).await;
        let figure = |name: &str| {
            let figures = compared.json["figures"].as_array().unwrap();
            figures
                .iter()
                .find(|figure| figure["figure"] == name)
                .unwrap()
                .clone()
        };
        assert_eq!(figure("staff.doctors")["difference"], 3);
        assert_eq!(
            figure("equipment.CT")["baseline"],
            json!(null),
            "not counted is not zero"
        );
        assert_eq!(compared.json["techniques_gained"], json!(["CT"]));
        assert_eq!(compared.json["techniques_lost"], json!(["B-US"]));
        director
            .seeing(2)
            .post(&format!("{path}/{}/baseline", second.id()), json!({}))
            .await
            .expect(200);
        let compared = get(&director, &format!("{path}/{}/comparison", second.id())).await;
        assert_eq!(compared.json["baseline"]["id"], json!(second.id()));
    });
}

#[test]
fn one_organization_answers_for_an_area() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let admin = app.client("system-admin", county.lead).await;
        let area = |org_id: Id, day: &str| json!({ "area_code": "370199001001", "area_name": "石桥村", "org_id": org_id, "starts_on": day });
        admin
            .post("/api/catchments", area(county.township, "2026-01-01"))
            .await
            .expect(201);
        let same = admin
            .post("/api/catchments", area(county.township, "2026-02-01"))
            .await;
        same.expect(409).expect_code("network.catchment-unchanged");
        let early = admin
            .post("/api/catchments", area(county.community, "2025-01-01"))
            .await;
        early.expect_code("network.dates-reversed");
        let moved = admin
            .post("/api/catchments", area(county.community, "2026-06-01"))
            .await
            .expect(201);
        let all = get(&admin, "/api/catchments?area_code=370199001001").await;
        assert_eq!(all.json["items"][0]["ends_on"], "2026-06-01");
        assert_eq!(all.json["items"].as_array().unwrap().len(), 2);
        let path = format!("/api/catchments/{}", moved.id());
        let correction = json!({ "area_name": "石桥新村", "grid": "三号网格", "population": 812 });
        let corrected = admin
            .seeing(1)
            .put(&path, correction.clone())
            .await
            .expect(200);
        assert_eq!(corrected.json["population"], 812);
        assert_eq!(corrected.json["org_id"], json!(county.community));
        assert_eq!(get(&admin, &path).await.json["area_name"], "石桥新村");
        admin
            .seeing(1)
            .post(&format!("{path}/end"), json!({}))
            .await
            .expect(412);
        admin
            .seeing(2)
            .post(&format!("{path}/end"), json!({}))
            .await
            .expect(200);
        admin
            .seeing(3)
            .put(&path, correction)
            .await
            .expect_code("network.ended");
        let outside = app.client("director", county.outside).await;
        outside.get(&path).await.expect(404);
    });
}

#[test]
fn evidence_is_told_by_its_content_and_only_downloaded() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        let path = "/api/network/evidence";
        let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";
        let kept = director
            .upload(path, "../../合作协议.pdf", pdf, &[])
            .await
            .expect(201);
        assert_eq!(
            (kept.json["name"].as_str(), kept.json["media_type"].as_str()),
            (Some("合作协议.pdf"), Some("application/pdf"))
        );
        let file = get(&director, &format!("{path}/{}/file", kept.id())).await;
        assert_eq!(&*file.bytes, pdf);
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
        assert!(
            file.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );

        for disguised in [
            &b"MZ\x90\x00\x03program"[..],
            b"<html><script>alert(1)</script>",
            b"plain words",
        ] {
            director
                .upload(path, "协议.pdf", disguised, &[])
                .await
                .expect(400)
                .expect_code("network.upload-type");
        }
        director
            .upload(path, "空.pdf", b"", &[])
            .await
            .expect(400)
            .expect_code("network.upload");
        let mut large = pdf.to_vec();
        large.resize(20 * 1024 * 1024 + 1, b' ');
        director
            .upload(path, "大.pdf", &large, &[])
            .await
            .expect(413)
            .expect_code("network.upload-too-large");
        large.resize(22 * 1024 * 1024, b' ');
        director
            .upload(path, "更大.pdf", &large, &[])
            .await
            .expect(413);
        director.post(path, json!({})).await.expect(400);

        // A stranger learns nothing; entrusted management needs its contract.
        let outside = app.client("director", county.outside).await;
        outside
            .get(&format!("{path}/{}/file", kept.id()))
            .await
            .expect(404);
        let mut bond = json!({
            "kind": "entrusted-management", "from_org_id": county.lead, "to_org_id": county.township,
            "title": "委托管理合同", "starts_on": "2026-01-01", "ends_on": "2028-12-31"
        });
        director
            .post("/api/bonds", bond.clone())
            .await
            .expect_code("network.no-evidence");
        bond["evidence_ids"] = json!([kept.id()]);
        let made = director.post("/api/bonds", bond.clone()).await.expect(201);
        let shown = get(&director, &format!("/api/bonds/{}", made.id())).await;
        assert_eq!(shown.json["evidence"][0]["name"], "合作协议.pdf");
        bond["ends_on"] = json!("2025-12-31");
        director
            .post("/api/bonds", bond)
            .await
            .expect_code("network.dates-reversed");
    });
}
