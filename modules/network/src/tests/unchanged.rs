//! The six unchanged: every operation of the module is tried at them. The list of operations comes
//! from the API document, so a new one fails this test until somebody has thought of it.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::model::GuardedField;

/// What an operation gets thrown at it: the method and path with `{id}` filled, and bodies that try
/// to change what must not change. `None`: it has no way to name an organization or a person that
/// exists, or only reads its path.
struct Attempt {
    path: String,
    bodies: Vec<Value>,
    /// Every body must be refused for want of a decision; otherwise it may also succeed, as long as
    /// nothing guarded has changed.
    must_refuse: bool,
}

/// The guarded values of the lead hospital and of its doctor, as stored.
async fn guarded(app: &TestApp, org: Id, person: Id) -> (Value, Value) {
    app.store()
        .read(&store::Request::system("test"), move |tx| {
            let org = json!(crate::store::organizations::load(tx, org)?.data);
            let person = json!(crate::practitioner(tx, person)?);
            let pick = |from: &Value, names: &[&str]| {
                names
                    .iter()
                    .map(|name| ((*name).to_owned(), from[*name].clone()))
                    .collect::<Value>()
            };
            let six = [
                "ownership",
                "parent_id",
                "kind",
                "positioning",
                "funding",
                "input_mode",
            ];
            Ok((
                pick(&org, &six),
                pick(&person, &["staff_status", "home_org_id"]),
            ))
        })
        .await
        .unwrap()
}

fn operations(app: &TestApp) -> BTreeSet<String> {
    let document = serde_json::to_value(&app.document).unwrap();
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let ours = operation["tags"]
                .as_array()
                .is_some_and(|tags| tags.contains(&json!("network")));
            if ours && method != "get" {
                operations.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    operations
}

/// The body of a change of the lead hospital with one field set to something else.
fn organization_bodies(county: &County, decision: Option<Id>) -> Vec<Value> {
    let mut as_it_is = organization(
        "L",
        "县人民医院",
        "lead-hospital",
        "district",
        Some(county.region),
    );
    as_it_is["ownership"] = json!("government");
    as_it_is["positioning"] = json!("acute-complex");
    as_it_is["funding"] = json!("partial-budget");
    as_it_is["input_mode"] = json!("per-post");
    as_it_is["decision_id"] = json!(decision);
    let changes = [
        ("ownership", json!("enterprise")),
        ("ownership", json!(null)),
        ("parent_id", json!(county.outside)),
        ("parent_id", json!(null)),
        ("kind", json!("member-hospital")),
        ("positioning", json!("primary")),
        ("funding", json!("no-budget")),
        ("input_mode", json!("no-input")),
    ];
    let with = |(field, value): (&str, Value)| {
        let mut body = as_it_is.clone();
        body[field] = value;
        body
    };
    changes.into_iter().map(with).collect()
}

fn person_bodies(county: &County, decision: Option<Id>) -> Vec<Value> {
    let base = json!({
        "code": "0001", "name": "林知远", "profession": "doctor", "home_org_id": county.lead,
        "staff_status": "established", "decision_id": decision
    });
    let changes = [
        ("staff_status", json!("contract")),
        ("staff_status", json!(null)),
        ("home_org_id", json!(county.township)),
    ];
    let with = |(field, value): (&str, Value)| {
        let mut body = base.clone();
        body[field] = value;
        body
    };
    changes.into_iter().map(with).collect()
}

/// The attempt for each operation; a new operation without one fails the test.
#[expect(
    clippy::too_many_lines,
    reason = "one line an operation, read as a table"
)]
fn attempt(
    operation: &str,
    county: &County,
    person: Id,
    irrelevant_decision: Id,
) -> Option<Attempt> {
    let (lead, group) = (county.lead, county.group);
    let free = |path: String, bodies: Vec<Value>| Attempt {
        path,
        bodies,
        must_refuse: false,
    };
    let hard = |path: String, bodies: Vec<Value>| Attempt {
        path,
        bodies,
        must_refuse: true,
    };
    let reason = || vec![json!({ "reason": "试试" })];
    let unknown = Id::MAX;
    Some(match operation {
        "POST /api/organizations" => free(
            "/api/organizations".into(),
            organization_bodies(county, None),
        ),
        "PUT /api/organizations/{id}" => {
            let mut bodies = organization_bodies(county, None);
            bodies.extend(organization_bodies(county, Some(irrelevant_decision)));
            hard(format!("/api/organizations/{lead}"), bodies)
        }
        "POST /api/organizations/{id}/move" => hard(
            format!("/api/organizations/{lead}/move"),
            vec![
                json!({ "parent_id": county.outside, "decision_id": null }),
                json!({ "parent_id": county.outside, "decision_id": irrelevant_decision }),
                json!({ "parent_id": null, "decision_id": null }),
            ],
        ),
        "POST /api/organizations/{id}/close" => {
            free(format!("/api/organizations/{lead}/close"), reason())
        }
        "POST /api/organizations/{id}/reopen" => {
            free(format!("/api/organizations/{lead}/reopen"), vec![json!({})])
        }
        "POST /api/groups" => free(
            "/api/groups".into(),
            vec![
                json!({ "name": "统一法人集团", "form": "urban-group", "lead_org_id": lead, "legal_person_mode": "unified" }),
            ],
        ),
        "PUT /api/groups/{id}" => free(
            format!("/api/groups/{group}"),
            vec![
                json!({ "name": "统一法人", "form": "county-community", "legal_person_mode": "unified" }),
            ],
        ),
        "POST /api/groups/{id}/approval" => free(
            format!("/api/groups/{group}/approval"),
            vec![
                json!({ "issuer": "某局", "number": "2", "approved_on": "2026-01-01", "scope": "改为企业所有" }),
            ],
        ),
        "POST /api/groups/{id}/activate" => {
            free(format!("/api/groups/{group}/activate"), vec![json!({})])
        }
        "POST /api/groups/{id}/members" => free(
            format!("/api/groups/{group}/members"),
            vec![
                json!({ "org_id": county.outside, "role": "branch", "cooperation_mode": "entrusted", "council_class": "chair" }),
            ],
        ),
        "POST /api/groups/{id}/dissolve" => free(format!("/api/groups/{group}/dissolve"), reason()),
        "PUT /api/memberships/{id}" => free(
            format!("/api/memberships/{unknown}"),
            vec![
                json!({ "role": "lead", "cooperation_mode": "entrusted", "council_class": "chair" }),
            ],
        ),
        "POST /api/memberships/{id}/leave" => {
            free(format!("/api/memberships/{unknown}/leave"), reason())
        }
        "POST /api/alliances" => free(
            "/api/alliances".into(),
            vec![json!({ "name": "联盟", "specialty": "10", "lead_org_id": lead })],
        ),
        "PUT /api/alliances/{id}" => free(
            format!("/api/alliances/{unknown}"),
            vec![json!({ "name": "联盟", "specialty": "10" })],
        ),
        "POST /api/alliances/{id}/members" => free(
            format!("/api/alliances/{unknown}/members"),
            vec![json!({ "org_id": lead, "council_class": "chair" })],
        ),
        "POST /api/alliances/{id}/leave" => free(
            format!("/api/alliances/{unknown}/leave"),
            vec![json!({ "org_id": lead })],
        ),
        "POST /api/alliances/{id}/end" => free(format!("/api/alliances/{unknown}/end"), reason()),
        "POST /api/bonds" => free(
            "/api/bonds".into(),
            vec![
                json!({ "kind": "agreement", "from_org_id": county.outside, "to_org_id": lead,
                "title": "资产划转协议", "starts_on": "2026-01-01" }),
            ],
        ),
        "PUT /api/bonds/{id}" => free(
            format!("/api/bonds/{unknown}"),
            vec![
                json!({ "kind": "agreement", "from_org_id": county.outside, "to_org_id": lead,
                "title": "资产划转协议", "starts_on": "2026-01-01" }),
            ],
        ),
        "POST /api/bonds/{id}/end" => free(format!("/api/bonds/{unknown}/end"), reason()),
        "POST /api/network/evidence" => free("/api/network/evidence".into(), vec![json!({})]),
        "POST /api/decisions" => free(
            "/api/decisions".into(),
            vec![
                json!({ "issuer": "某市政府", "number": "3", "title": "划转", "level": "city", "decided_on": "2026-01-01",
                "items": [{ "kind": "organization", "id": lead, "fields": ["ownership"] }] }),
            ],
        ),
        "POST /api/decisions/{id}/withdraw" => free(
            format!("/api/decisions/{irrelevant_decision}/withdraw"),
            reason(),
        ),
        "POST /api/departments" => free(
            "/api/departments".into(),
            vec![json!({ "org_id": lead, "code": "D1", "name": "内科", "kind": "clinical" })],
        ),
        "PUT /api/departments/{id}" => free(
            format!("/api/departments/{unknown}"),
            vec![json!({ "org_id": lead, "code": "D1", "name": "内科", "kind": "clinical" })],
        ),
        "POST /api/practitioners" => free("/api/practitioners".into(), person_bodies(county, None)),
        "PUT /api/practitioners/{id}" => {
            let mut bodies = person_bodies(county, None);
            bodies.extend(person_bodies(county, Some(irrelevant_decision)));
            hard(format!("/api/practitioners/{person}"), bodies)
        }
        "PUT /api/practitioners/{id}/sites" => free(
            format!("/api/practitioners/{person}/sites"),
            vec![
                json!({ "sites": [{ "org_id": county.township, "kind": "home", "role": "医师", "starts_on": "2026-01-01" }] }),
            ],
        ),
        "PUT /api/practitioners/{id}/licences" => free(
            format!("/api/practitioners/{person}/licences"),
            vec![json!({ "licences": [{ "kind": "special", "number": "1" }] })],
        ),
        "POST /api/practitioners/{id}/leave" => free(
            format!("/api/practitioners/{person}/leave"),
            vec![json!({})],
        ),
        "POST /api/techniques" | "PUT /api/techniques/{id}" => {
            let path = if operation.starts_with("PUT") {
                format!("/api/techniques/{unknown}")
            } else {
                "/api/techniques".into()
            };
            free(
                path,
                vec![
                    json!({ "org_id": lead, "code": "PCI", "name": "介入", "kind": "technique", "open_to": { "to": "group" } }),
                ],
            )
        }
        "POST /api/techniques/{id}/stop" => {
            free(format!("/api/techniques/{unknown}/stop"), vec![json!({})])
        }
        "POST /api/capability-surveys" => free(
            "/api/capability-surveys".into(),
            vec![json!({ "org_id": lead })],
        ),
        "PUT /api/capability-surveys/{id}" => free(
            format!("/api/capability-surveys/{unknown}"),
            vec![json!({ "org_id": lead })],
        ),
        "POST /api/capability-surveys/{id}/baseline" => free(
            format!("/api/capability-surveys/{unknown}/baseline"),
            vec![json!({})],
        ),
        "POST /api/catchments" => free(
            "/api/catchments".into(),
            vec![json!({ "area_code": "1", "area_name": "村", "org_id": lead })],
        ),
        "PUT /api/catchments/{id}" => free(
            format!("/api/catchments/{unknown}"),
            vec![json!({ "area_name": "村" })],
        ),
        "POST /api/catchments/{id}/end" => {
            free(format!("/api/catchments/{unknown}/end"), vec![json!({})])
        }
        _ => return None,
    })
}

async fn doctor(director: &Client, county: &County) -> Id {
    let input = json!({
        "code": "0001", "name": "林知远", "profession": "doctor", "home_org_id": county.lead,
        "staff_status": "established"
    });
    director
        .post("/api/practitioners", input)
        .await
        .expect(201)
        .id()
}

async fn decide(bureau: &Client, number: &str, kind: &str, id: Id, fields: Value) -> Id {
    let input = json!({
        "issuer": "某市人民政府", "number": number, "title": "决定", "level": "city",
        "decided_on": "2026-11-01", "items": [{ "kind": kind, "id": id, "fields": fields }]
    });
    bureau.post("/api/decisions", input).await.expect(201).id()
}

#[test]
fn no_command_changes_the_six_without_a_decision() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let admin = app.client("system-admin", county.lead).await;
        let bureau = app.client("health-bureau", county.bureau).await;
        let person = doctor(&admin, &county).await;
        // A decision about somebody else: citing it must not help.
        let irrelevant = decide(
            &bureau,
            "无关",
            "organization",
            county.township,
            json!(["ownership", "affiliation"]),
        )
        .await;
        let before = guarded(&app, county.lead, person).await;
        for operation in operations(&app) {
            let attempt = attempt(&operation, &county, person, irrelevant).unwrap_or_else(|| {
                panic!("{operation} is new: say here how it is tried at the six unchanged")
            });
            let method = operation.split(' ').next().unwrap();
            for body in attempt.bodies {
                for client in [&admin, &bureau] {
                    for version in 1..=4 {
                        let text = axum::body::Body::from(body.to_string());
                        let reply = client
                            .seeing(version)
                            .send(method, &attempt.path, Some("application/json"), text)
                            .await;
                        assert!(
                            !reply.status.is_server_error(),
                            "{operation} {body}: {reply:?}"
                        );
                        if attempt.must_refuse {
                            assert!(
                                !reply.status.is_success(),
                                "{operation} {body} went through: {reply:?}"
                            );
                        }
                        assert_eq!(
                            guarded(&app, county.lead, person).await,
                            before,
                            "{operation} {body}"
                        );
                    }
                }
            }
        }
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_decision_lets_each_field_change_once() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let admin = app.client("system-admin", county.lead).await;
        let bureau = app.client("health-bureau", county.bureau).await;
        let person = doctor(&admin, &county).await;
        let status = decide(
            &bureau,
            "丙",
            "practitioner",
            person,
            json!(["staff-status"]),
        )
        .await;
        let body = json!({
            "code": "0001", "name": "林知远", "profession": "doctor", "home_org_id": county.lead,
            "staff_status": "contract", "decision_id": status
        });
        let changed = admin
            .seeing(1)
            .put(&format!("/api/practitioners/{person}"), body)
            .await
            .expect(200);
        assert_eq!(changed.json["staff_status"], "contract");
        let lead = format!("/api/organizations/{}", county.lead);
        let move_to = |parent: Option<Id>, decision: Option<Id>| json!({ "parent_id": parent, "decision_id": decision });
        let refused = admin
            .seeing(1)
            .post(&format!("{lead}/move"), move_to(None, None))
            .await;
        let refused = refused.expect(422).expect_code("network.needs-decision");
        assert_eq!(
            refused.json["data"]["fields"],
            json!([GuardedField::Affiliation])
        );

        let affiliation = decide(
            &bureau,
            "甲",
            "organization",
            county.lead,
            json!(["affiliation"]),
        )
        .await;
        admin
            .seeing(1)
            .post(&format!("{lead}/move"), move_to(None, Some(affiliation)))
            .await
            .expect(200);
        let back = admin
            .seeing(2)
            .post(
                &format!("{lead}/move"),
                move_to(Some(county.region), Some(affiliation)),
            )
            .await;
        back.expect(422).expect_code("network.decision-spent");
        let used = get(&bureau, &format!("/api/decisions/{affiliation}")).await;
        assert_eq!(used.json["uses"][0]["field"], "affiliation");

        // The six in one decision, changed by one update.
        let all = json!([
            "ownership",
            "affiliation",
            "institution-type",
            "positioning",
            "funding",
            "input-mode"
        ]);
        let six = decide(&bureau, "乙", "organization", county.township, all).await;
        let mut body = organization(
            "T",
            "青禾镇卫生院",
            "branch-hospital",
            "town",
            Some(county.lead),
        );
        body["ownership"] = json!("enterprise");
        body["decision_id"] = json!(six);
        admin
            .seeing(1)
            .put(&format!("/api/organizations/{}", county.township), body)
            .await
            .expect(200);

        app.assert_audit_whole().await;
    });
}

#[test]
fn only_government_records_decisions() {
    on_each_engine(modules, |app| async move {
        let county = county(&app).await;
        let input = |number: &str, id: Id, fields: Value| {
            json!({
                "issuer": "某市人民政府", "number": number, "title": "决定", "level": "city",
                "decided_on": "2026-11-01", "items": [{ "kind": "organization", "id": id, "fields": fields }]
            })
        };
        for role in ["director", "system-admin", "referral-office"] {
            let client = app.client(role, county.lead).await;
            let reply = client
                .post(
                    "/api/decisions",
                    input("1", county.lead, json!(["ownership"])),
                )
                .await;
            reply.expect(403).expect_code("access.forbidden");
        }
        let bureau = app.client("health-bureau", county.bureau).await;
        let post = |body: Value| {
            let bureau = bureau.clone();
            async move { bureau.post("/api/decisions", body).await }
        };
        post(input("1", county.outside, json!(["ownership"])))
            .await
            .expect(403);
        post(input("1", county.lead, json!([])))
            .await
            .expect_code("network.decision-fields");
        post(input("1", county.lead, json!(["staff-status"])))
            .await
            .expect_code("network.decision-fields");
        let mut future = input("1", county.lead, json!(["ownership"]));
        future["decided_on"] = json!("2026-11-23");
        post(future).await.expect_code("network.future-date");
        let mut nothing = input("1", county.lead, json!([]));
        nothing["items"] = json!([]);
        post(nothing).await.expect_code("network.decision-items");
        let kept = post(input("1", county.lead, json!(["ownership"])))
            .await
            .expect(201);
        post(input("1", county.lead, json!(["ownership"])))
            .await
            .expect_code("network.decision-on-record");
        let path = format!("/api/decisions/{}/withdraw", kept.id());
        bureau
            .seeing(1)
            .post(&path, json!({ "reason": "文件有误" }))
            .await
            .expect(200);
        let director = app.client("director", county.lead).await;
        assert_eq!(
            get(&director, "/api/decisions").await.json["items"][0]["state"],
            "withdrawn"
        );
        let mut body = organization(
            "L",
            "县人民医院",
            "lead-hospital",
            "district",
            Some(county.region),
        );
        body["ownership"] = json!("social");
        body["positioning"] = json!("acute-complex");
        body["funding"] = json!("partial-budget");
        body["input_mode"] = json!("per-post");
        body["decision_id"] = json!(kept.id());
        let reply = director
            .seeing(1)
            .put(&format!("/api/organizations/{}", county.lead), body)
            .await;
        reply.expect_code("network.decision-not-in-force");
    });
}
