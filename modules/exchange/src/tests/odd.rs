//! Oddities of cells: each understood, or named by its cell.

use testkit::on_each_engine;

use super::*;

#[test]
fn cells_that_are_not_what_they_seem() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let mut people = sheet(
            "人员",
            &[
                &[
                    "所属机构",
                    "工号",
                    "姓名",
                    "人员类别",
                    "身份证号",
                    "手机",
                    "参加工作日期",
                    "科室",
                    "性别",
                ],
                &["H0", "1", "林知远", "医师", "", "", "", "", ""],
                &["H0", "2", "周禾", "医师", "", "", "", "", ""],
                &[
                    "H0",
                    "3",
                    "吴砚",
                    "医师",
                    "110105194912310021",
                    "",
                    "",
                    "",
                    "",
                ],
                &["H0", "4", "郑岚", "医师", "", "", "", "没有的科室", ""],
                &["H0", "5", "沈青", "医师", "", "", "2026", "", "未知物"],
                &["H0", "6", "何川", "医师", "", "", "", "", ""],
                &["X9", "7", "方圆", "医师", "", "", "", "", ""],
                &["H0", "", "无工号", "医师", "", "", "", "", ""],
            ],
        );
        people
            .write_number(1, 4, 110_105_194_912_310_020_f64)
            .unwrap();
        people.write_number(1, 5, 13_800_000_012_f64).unwrap();
        people
            .write_number_with_format(2, 1, 45_000, &date_format())
            .unwrap();
        people
            .write_formula(
                6,
                2,
                rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!"),
            )
            .unwrap();
        let looked = upload(&admin, "人员.xlsx", &file(vec![people])).await;
        let mut found = findings(&looked);
        found.sort();
        let mut expected = [
            "E2 import.number-inexact",
            "B3 import.date-in-text",
            "E4 network.identity-check",
            "H5 import.department-unknown",
            "I6 import.word",
            "G6 import.date",
            "A8 import.org-unknown",
            "B9 import.cell-missing",
        ];
        expected.sort_unstable();
        let formula = "C7 import.formula-fault".to_owned();
        assert_eq!(
            found
                .iter()
                .filter(|line| **line != formula)
                .collect::<Vec<_>>(),
            expected.iter().collect::<Vec<_>>()
        );
        let masked = looked.json["report"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|finding| finding["cell"] == "E4");
        assert_eq!(
            masked.unwrap()["value"],
            "110***********0021",
            "no identifier is kept in a report"
        );
    });
}

#[test]
fn headings_that_are_missing_or_there_twice() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let bytes = file(vec![sheet(
            "人员名册",
            &[
                &["所属机构", "姓名", "人员类别", "职称", "名 次"],
                &["H0", "林知远", "医师", "医师", "1"],
            ],
        )]);
        let looked = upload(&admin, "一.xlsx", &bytes).await;
        assert_eq!(findings(&looked), ["A1 import.column-missing"]);
        let error = &looked.json["report"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|finding| finding["severity"] == "error")
            .unwrap()["message_zh"];
        assert_eq!(error, "缺少必需的列“工号”");
        let twice = file(vec![sheet(
            "人员",
            &[
                &["机构编码", "机构名称", "工号", "职工号", "姓名", "类别"],
                &["H0", "县人民医院", "1", "1", "林知远", "医师"],
            ],
        )]);
        let looked = upload(&admin, "二.xlsx", &twice).await;
        assert_eq!(findings(&looked), ["D1 import.column-twice"]);
        assert_eq!(sheet_counts(&looked), [("people".to_owned(), 1, 0, 0)]);
    });
}

#[test]
fn places_name_the_cell_at_fault() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let bytes = file(vec![
            sheet(
                "科室",
                &[
                    &["所属机构", "科室编码", "科室名称", "诊疗科目"],
                    &["H0", "XN", "心内科", "03.04"],
                ],
            ),
            sheet(
                "床位",
                &[
                    &["所属机构", "病区", "床号", "科室", "性别限制", "床位费"],
                    &["H0", "一病区", "1", "", "", ""],
                    &["H0", "二病区", "1", "XN", "随便", ""],
                    &["H0", "二病区", "2", "XN", "女", "三十元"],
                    &["H0", "二病区", "3", "XN", "女", "30"],
                ],
            ),
            sheet(
                "排班",
                &[
                    &["所属机构", "科室", "排班编号", "医生", "出诊日", "出诊时间"],
                    &["H0", "心内科", "S1", "不存在", "周一", "上午"],
                    &["H0", "心内科", "S2", "", "周八", "上午"],
                    &["H0", "心内科", "S3", "", "周一", "全天"],
                    &["H0", "心内科", "S4", "", "周一", "12:00-08:00"],
                    &["H0", "心内科", "S5", "", "周一", "上午"],
                ],
            ),
            sheet(
                "设备",
                &[
                    &["所属机构", "设备类型", "设备编号", "设备名称", "检查项目"],
                    &["H0", "CT", "1", "64排CT", "头颅CT"],
                    &["H0", "CT", "2", "16排CT", "CT-HEAD|头颅CT|15|200"],
                ],
            ),
        ]);
        let looked = upload(&admin, "资源.xlsx", &bytes).await;
        let mut found = findings(&looked);
        found.sort();
        let mut expected = vec![
            "D2 import.department-needed",
            "E3 import.word",
            "F4 import.money",
            "D2 import.person-unknown",
            "E3 import.weekdays",
            "F4 import.one-period",
            "F5 import.hours",
            "E2 import.exams",
        ];
        expected.sort_unstable();
        assert_eq!(found, expected);
        let counts = sheet_counts(&looked);
        for kind in ["beds", "schedules", "equipment"] {
            assert!(
                counts.contains(&(kind.to_owned(), 1, 0, 0)),
                "{kind}: {counts:?}"
            );
        }
    });
}
