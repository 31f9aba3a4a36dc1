//! What a file does not get past: its own errors, the six unchanged, the reach of whoever brings it.

use serde_json::json;
use testkit::on_each_engine;

use super::*;

#[test]
fn one_wrong_cell_keeps_everything_out() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let rows = sheet(
            "机构",
            &[
                &[
                    "机构编码",
                    "机构名称",
                    "机构类型",
                    "上级机构",
                    "级别",
                    "成立日期",
                    "独立法人",
                    "统一社会信用代码",
                    "纬度",
                    "经度",
                ],
                &[
                    "T01",
                    "青禾镇卫生院",
                    "卫生院",
                    "没有的机构",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
                &["T02", "白塔镇卫生院", "城堡", "H0", "", "", "", "", "", ""],
                &["T03", "", "卫生院", "H0", "", "", "", "", "", ""],
                &[
                    "T04",
                    "南溪镇卫生院",
                    "卫生院",
                    "H0",
                    "乡镇",
                    "2026年2月30日",
                    "",
                    "",
                    "",
                    "",
                ],
                &[
                    "T05",
                    "北山镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "也许",
                    "",
                    "",
                    "",
                ],
                &[
                    "T06",
                    "西岭镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "",
                    "91350100M000100Y44",
                    "",
                    "",
                ],
                &[
                    "T07",
                    "东湖镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "",
                    "",
                    "30.1",
                    "",
                ],
                &[
                    "T08",
                    "中和镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "2030-01-01",
                    "",
                    "",
                    "",
                    "",
                ],
                &[
                    "T09",
                    "<script>alert(1)</script>",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
                &[
                    "=1+1",
                    "公式镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
                &[
                    "T10",
                    "甲镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
                &[
                    "T10",
                    "乙镇卫生院",
                    "卫生院",
                    "H0",
                    "镇",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
            ],
        );
        let looked = upload(&admin, "错.xlsx", &file(vec![rows])).await;
        let mut found = findings(&looked);
        found.sort();
        let mut expected = vec![
            "D2 import.org-unknown",
            "C3 import.word",
            "B4 import.cell-missing",
            "F5 import.date",
            "G6 import.yes-no",
            "H7 network.identity-check",
            "J8 import.position-half",
            "F9 network.future-date",
            "A11 network.code-malformed",
            "A13 import.conflicting-row",
        ];
        expected.sort_unstable();
        assert_eq!(found, expected);
        let refused = apply(&admin, &looked)
            .await
            .expect(422)
            .expect_code("import.has-errors");
        assert_eq!(findings(&refused).len(), 10);
        let none = admin.get("/api/organizations?q=T").await.expect(200);
        assert_eq!(none.json["items"], json!([]), "nothing half-imported");
    });
}

#[test]
fn a_roster_does_not_get_past_the_six_unchanged() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let first = file(vec![
            sheet(
                "机构",
                &[
                    &["机构编码", "机构名称", "机构类型"],
                    &["H0", "县人民医院", "牵头医院"],
                ],
            ),
            sheet(
                "人员",
                &[
                    &["所属机构", "工号", "姓名", "人员类别", "人员身份"],
                    &["H0", "1", "林知远", "医师", "在编"],
                ],
            ),
        ]);
        let looked = upload(&admin, "一.xlsx", &first).await;
        apply(&admin, &looked).await.expect(200);
        let second = file(vec![
            sheet(
                "机构",
                &[
                    &["机构编码", "机构名称", "机构类型", "所有制"],
                    &["H0", "县人民医院", "分院", "民营"],
                ],
            ),
            sheet(
                "人员",
                &[
                    &["所属机构", "工号", "姓名", "人员类别", "人员身份"],
                    &["H0", "1", "林知远", "医师", "合同制"],
                ],
            ),
        ]);
        let looked = upload(&admin, "二.xlsx", &second).await;
        assert_eq!(
            findings(&looked),
            ["D2 network.needs-decision", "E2 network.needs-decision"]
        );
        apply(&admin, &looked).await.expect(422);
        let org = admin.get("/api/organizations?q=H0").await.expect(200).json["items"][0].clone();
        assert_eq!(
            (org["kind"].as_str(), org["ownership"].as_str()),
            (Some("lead-hospital"), Some("government"))
        );
    });
}

#[test]
fn a_director_imports_below_and_nowhere_else() {
    on_each_engine(modules, |app| async move {
        let (admin, lead) = start(&app).await;
        let looked = upload(
            &admin,
            "外.xlsx",
            &file(vec![sheet(
                "机构",
                &[
                    &["机构编码", "机构名称", "机构类型"],
                    &["X", "邻县医院", "医院"],
                ],
            )]),
        )
        .await;
        apply(&admin, &looked).await.expect(200);
        let director = app.client("director", lead).await;
        let bytes = file(vec![
            sheet(
                "机构",
                &[
                    &["机构编码", "机构名称", "机构类型", "上级机构"],
                    &["B1", "东院区", "分院", "H0"],
                ],
            ),
            sheet(
                "科室",
                &[
                    &["所属机构", "科室编码", "科室名称"],
                    &["B1", "NK", "内科"],
                    &["X", "NK", "内科"],
                ],
            ),
        ]);
        let looked = upload(&director, "内.xlsx", &bytes).await;
        assert_eq!(findings(&looked), ["A3 access.out-of-scope"]);
        for role in ["village-doctor", "health-bureau", "resident"] {
            let client = app.client(role, lead).await;
            client
                .upload("/api/imports", "内.xlsx", &bytes, &[])
                .await
                .expect(403);
            client
                .get(&format!("/api/imports/{}", looked.id()))
                .await
                .expect(403);
        }
    });
}
