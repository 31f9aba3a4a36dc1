//! Organizations, groups and what each viewer sees of them.

use serde_json::json;

use super::*;

fn names(reply: &Reply) -> Vec<String> {
    let items = reply.json["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_viewer_sees_as_far_as_the_role_reaches() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let cases = [
            ("village-doctor", county.clinic, vec!["C", "L", "T", "V"]),
            ("director", county.lead, vec!["C", "L", "T", "V"]),
            ("director", county.outside, vec!["X"]),
            (
                "health-bureau",
                county.bureau,
                vec!["B", "C", "L", "R", "T", "V"],
            ),
            (
                "system-admin",
                county.lead,
                vec!["B", "C", "L", "R", "T", "V", "X"],
            ),
        ];
        for (role, org, mut expected) in cases {
            let client = app.client(role, org).await;
            let mut seen = names(&get(&client, "/api/organizations").await);
            seen.sort();
            expected.sort_unstable();
            assert_eq!(seen, expected, "{role}");
        }
        let doctor = app.client("village-doctor", county.clinic).await;
        doctor
            .get(&format!("/api/organizations/{}", county.outside))
            .await
            .expect(404);
        let page = get(&doctor, &format!("/api/organizations/{}", county.township)).await;
        assert_eq!(page.json["groups"][0]["cooperation_mode"], "tight");
        assert_eq!(page.json["ancestors"][0]["code"], "R");
        assert_eq!(page.json["actions"], json!([]));
        app.anonymous().get("/api/organizations").await.expect(401);
        app.assert_audit_whole().await;
    });
}

#[test]
fn the_directory_is_searched_paged_and_exported() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        for (q, code) in [
            ("青禾", "T"),
            ("qinghe", "T"),
            ("qhz", "T"),
            ("ｖ", "V"),
            ("shiqiao", "V"),
        ] {
            let found = get(
                &director,
                &format!("/api/organizations?q={}", urlencoded(q)),
            )
            .await;
            assert!(
                names(&found).contains(&code.to_owned()),
                "{q}: {:?}",
                names(&found)
            );
        }
        assert!(
            names(&get(&director, "/api/organizations?q=%25").await).is_empty(),
            "% is no wildcard"
        );
        let mut seen = Vec::new();
        let mut path = "/api/organizations?limit=2".to_owned();
        loop {
            let page = get(&director, &path).await;
            seen.extend(names(&page));
            let Some(next) = page.json["next"].as_str() else {
                break;
            };
            path = format!("/api/organizations?limit=2&after={next}");
        }
        assert_eq!(seen.len(), 4, "{seen:?}");
        let kinds = get(
            &director,
            "/api/organizations?kind=village-clinic&state=open&level=village",
        )
        .await;
        assert_eq!(names(&kinds), ["V"]);
        let members = get(
            &director,
            &format!("/api/organizations?group_id={}", county.group),
        )
        .await;
        assert_eq!(names(&members).len(), 3);
        let below = get(
            &director,
            &format!("/api/organizations?parent_id={}", county.township),
        )
        .await;
        assert_eq!(names(&below), ["V"]);
        let file = get(&director, "/api/organizations/export").await;
        assert!(file.bytes.starts_with(b"PK"));
        let hits = get(&director, "/api/search?q=qhz").await;
        assert_eq!(hits.json["groups"][0]["kind"], "organization");
        director
            .get("/api/organizations?kind=nonsense")
            .await
            .expect(400);
        director
            .get("/api/organizations?after=nonsense")
            .await
            .expect(400)
            .expect_code("page.cursor");
    });
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn the_tree_and_the_graph() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let doctor = app.client("village-doctor", county.clinic).await;
        let tree = get(&doctor, "/api/organizations/tree").await;
        let lines = tree.json["nodes"].as_array().unwrap();
        let shape: Vec<(&str, u64, bool)> = lines
            .iter()
            .map(|node| {
                let code = node["code"].as_str().unwrap();
                (
                    code,
                    node["depth"].as_u64().unwrap(),
                    node["is_waypoint"].as_bool().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            shape,
            [
                ("R", 0, true),
                ("C", 1, false),
                ("T", 1, false),
                ("V", 2, false),
                ("L", 1, false)
            ]
        );

        let director = app.client("director", county.lead).await;
        let bond = json!({
            "kind": "training", "from_org_id": county.lead, "to_org_id": county.township,
            "title": "带教协议", "starts_on": "2026-01-01"
        });
        let bond = director.post("/api/bonds", bond).await.expect(201);
        let graph = get(&doctor, "/api/network/graph").await;
        let edges = graph.json["edges"].as_array().unwrap();
        let count = |kind: &str| edges.iter().filter(|edge| edge["kind"] == kind).count();
        assert_eq!((count("membership"), count("bond")), (2, 1));
        assert_eq!(graph.json["nodes"].as_array().unwrap().len(), 4);
        let around = get(
            &doctor,
            &format!("/api/network/graph?org_id={}", county.clinic),
        )
        .await;
        assert_eq!(around.json["nodes"].as_array().unwrap().len(), 2);

        let path = format!("/api/bonds/{}/end", bond.id());
        let ended = director
            .seeing(1)
            .post(&path, json!({ "reason": "到期" }))
            .await
            .expect(200);
        assert_eq!(ended.json["state"], "ended");
        director
            .seeing(1)
            .post(&path, json!({ "reason": "到期" }))
            .await
            .expect(412);
        director
            .seeing(2)
            .post(&path, json!({ "reason": "到期" }))
            .await
            .expect_code("network.ended");
    });
}

#[test]
fn organizations_are_created_changed_closed_and_reopened() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.township).await;
        let input = organization(
            "V2",
            "柳溪村卫生室",
            "village-clinic",
            "village",
            Some(county.township),
        );
        let made = director
            .post("/api/organizations", input.clone())
            .await
            .expect(201);
        director
            .post("/api/organizations", input.clone())
            .await
            .expect(409)
            .expect_code("network.code-taken");
        let path = format!("/api/organizations/{}", made.id());

        // The new clinic is in the group at once, through its township.
        let doctor = app.client("village-doctor", made.id()).await;
        assert_eq!(names(&get(&doctor, "/api/organizations").await).len(), 5);

        let mut named = input.clone();
        named["name"] = json!("柳溪村第一卫生室");
        director
            .put(&path, named.clone())
            .await
            .expect(400)
            .expect_code("request.if-match");
        let changed = director
            .seeing(1)
            .put(&path, named.clone())
            .await
            .expect(200);
        assert_eq!(changed.version(), 2);
        director
            .seeing(1)
            .put(&path, named)
            .await
            .expect(412)
            .expect_code("store.stale-version");

        let close = format!("{path}/close");
        director
            .seeing(2)
            .post(&close, json!({ "reason": "" }))
            .await
            .expect(400)
            .expect_code("network.text-missing");
        let future = json!({ "reason": "撤并", "closed_on": "2027-01-01" });
        director
            .seeing(2)
            .post(&close, future)
            .await
            .expect_code("network.future-date");
        director
            .seeing(2)
            .post(&close, json!({ "reason": "撤并" }))
            .await
            .expect(200);
        director
            .seeing(3)
            .post(&close, json!({ "reason": "撤并" }))
            .await
            .expect_code("network.organization-closed");
        director
            .seeing(3)
            .post(&format!("{path}/reopen"), json!({}))
            .await
            .expect(200);

        let history = get(&director, &format!("{path}/history")).await;
        let events: Vec<&str> = history.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["event"].as_str().unwrap())
            .collect();
        let newest_first = [
            "organization.reopened",
            "organization.closed",
            "organization.changed",
            "organization.created",
        ];
        assert_eq!(events, newest_first);
        assert_eq!(
            history.json["items"][3]["organization"]["name"],
            "柳溪村卫生室"
        );

        // A township can't close while clinics below it are open; a lead can't while it leads.
        let lead = app.client("system-admin", county.lead).await;
        let township = lead
            .seeing(1)
            .post(
                &format!("/api/organizations/{}/close", county.township),
                json!({ "reason": "撤并" }),
            )
            .await;
        township
            .expect(422)
            .expect_code("network.has-open-children");
        let leading = lead
            .seeing(1)
            .post(
                &format!("/api/organizations/{}/close", county.lead),
                json!({ "reason": "撤并" }),
            )
            .await;
        leading.expect(422).expect_code("network.leads-group");
        app.assert_audit_whole().await;
    });
}

#[test]
fn bad_input_names_the_field() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let director = app.client("director", county.lead).await;
        let good = || {
            organization(
                "N1",
                "新分院",
                "branch-hospital",
                "district",
                Some(county.lead),
            )
        };
        let unknown = "01928f0e-0000-7000-8000-000000000000";
        let cases = [
            ("name", json!(""), "network.text-missing", 400),
            (
                "name",
                json!("一".repeat(101)),
                "network.text-too-long",
                400,
            ),
            (
                "code",
                json!("x'; DROP TABLE organization; --"),
                "network.code-malformed",
                400,
            ),
            ("kind", json!("castle"), "request.json", 400),
            ("parent_id", json!(unknown), "access.out-of-scope", 403),
            (
                "parent_id",
                json!(county.outside),
                "access.out-of-scope",
                403,
            ),
            ("parent_id", json!(null), "network.top-of-tree", 403),
            (
                "credit_code",
                json!("91350100M000100Y44"),
                "network.identity-check",
                422,
            ),
            (
                "credit_code",
                json!("1234"),
                "identity.credit-code-shape",
                400,
            ),
            (
                "institution_code",
                json!("1234"),
                "identity.institution-code-shape",
                400,
            ),
            ("opened_on", json!("2027-01-01"), "network.future-date", 422),
            ("opened_on", json!("2026-02-30"), "request.json", 400),
            ("level", json!("city"), "network.wrong-place", 422),
            (
                "position",
                json!({ "latitude_microdegrees": 91_000_000, "longitude_microdegrees": 0 }),
                "network.position",
                400,
            ),
            ("surprise", json!(1), "request.json", 400),
        ];
        for (field, value, code, status) in cases {
            let mut input = good();
            input[field] = value;
            let reply = director.post("/api/organizations", input).await;
            let reply = reply.expect(status).expect_code(code);
            if status != 403 && field != "surprise" && field != "level" {
                assert!(
                    reply.json["errors"][0]["path"]
                        .as_str()
                        .unwrap()
                        .contains(field),
                    "{field}: {reply:?}"
                );
            }
        }
        // A wrong check character passes with a reason, and the reason stays on record.
        let mut vouched = good();
        vouched["credit_code"] = json!("91350100M000100Y44");
        vouched["identity_reason"] = json!("早年发放，登记机关已核实");
        director
            .post("/api/organizations", vouched)
            .await
            .expect(201);
        // Script and SQL in free text are kept as typed and harm nothing.
        let mut script = good();
        script["code"] = json!("N2");
        script["name"] = json!("<script>alert(1)</script>'; DROP TABLE bond; --");
        let kept = director
            .post("/api/organizations", script)
            .await
            .expect(201);
        assert_eq!(
            kept.json["name"],
            "<script>alert(1)</script>'; DROP TABLE bond; --"
        );
        let utf8 = axum::body::Body::from(vec![b'{', 0xff, b'}']);
        let reply = director
            .send("POST", "/api/organizations", Some("application/json"), utf8)
            .await;
        reply.expect(400).expect_code("request.utf8");
    });
}

#[test]
fn a_group_is_approved_before_it_is_active() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let admin = app.client("system-admin", county.outside).await;
        let bureau = app.client("health-bureau", county.bureau).await;
        let input = json!({
            "name": "第二城市医疗集团", "form": "urban-group", "lead_org_id": county.lead,
            "legal_person_mode": "separate"
        });
        let director = app.client("director", county.lead).await;
        let group = director.post("/api/groups", input).await.expect(201);
        let path = format!("/api/groups/{}", group.id());
        let work = get(&bureau, "/api/work").await;
        assert_eq!(
            work.json["items"][0]["reason"],
            "network.group-needs-approval"
        );
        director
            .seeing(1)
            .post(&format!("{path}/activate"), json!({}))
            .await
            .expect_code("network.not-approved");
        let approval = json!({ "issuer": "某市卫生健康委", "number": "〔2026〕9号", "approved_on": "2026-11-01", "scope": "城区" });
        let own = director
            .seeing(1)
            .post(&format!("{path}/approval"), approval.clone())
            .await;
        own.expect(403).expect_code("access.forbidden");
        bureau
            .seeing(1)
            .post(&format!("{path}/approval"), approval)
            .await
            .expect(200);
        director
            .seeing(2)
            .post(&format!("{path}/activate"), json!({}))
            .await
            .expect(200);

        // One organization may be in several groups; joining twice is refused.
        let join = |org_id: Id| json!({ "org_id": org_id, "role": "member", "cooperation_mode": "loose", "council_class": "member" });
        let joined = admin
            .post(&format!("{path}/members"), join(county.outside))
            .await
            .expect(201);
        let again = admin
            .post(&format!("{path}/members"), join(county.outside))
            .await;
        again.expect(409).expect_code("network.already-member");
        let bureau_joins = admin
            .post(&format!("{path}/members"), join(county.bureau))
            .await;
        bureau_joins.expect_code("network.not-provider");
        let outside = app.client("director", county.outside).await;
        let seen = names(&get(&outside, "/api/organizations").await);
        assert!(
            seen.contains(&"L".to_owned()) && !seen.contains(&"T".to_owned()),
            "{seen:?}"
        );

        let seat = json!({ "role": "member", "cooperation_mode": "entrusted", "council_class": "standing-member" });
        let membership = format!("/api/memberships/{}", joined.id());
        let changed = director.seeing(1).put(&membership, seat).await.expect(200);
        assert_eq!(changed.json["council_class"], "standing-member");
        director
            .seeing(2)
            .post(
                &format!("{membership}/leave"),
                json!({ "reason": "协议到期" }),
            )
            .await
            .expect(200);
        assert_eq!(names(&get(&outside, "/api/organizations").await), ["X"]);
        let detail = get(&director, &path).await;
        assert_eq!(
            detail.json["members"].as_array().unwrap().len(),
            2,
            "past members stay on record"
        );
        director
            .seeing(3)
            .post(&format!("{path}/dissolve"), json!({ "reason": "合并" }))
            .await
            .expect(200);
        app.assert_audit_whole().await;
    });
}
