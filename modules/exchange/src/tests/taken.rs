//! A whole consortium in one file, taken in and taken in again.

use serde_json::json;
use testkit::on_each_engine;

use super::*;

/// Children before parents, parents by name and by code, other column orders, a merged title, a date
/// line, a footer, repeated headings, full-width digits, trailing blanks, dates of every sort.
fn consortium() -> Vec<u8> {
    let mut orgs = sheet(
        "一、成员单位一览",
        &[
            &["云泽县医共体成员单位一览表"],
            &["填报日期：2026年11月"],
            &[
                "序号",
                "单位名称",
                "类型（必填）",
                "单位编码*",
                "上级单位",
                "所有制",
                "成立时间",
                "经度",
                "纬度",
                "血型",
            ],
            &[
                "1",
                "石桥村卫生室 ",
                "卫生室",
                "Ｖ０１",
                "青禾镇卫生院",
                "村集体",
                "",
                "110.5",
                "30.25",
                "A",
            ],
            &[
                "2",
                "青禾镇卫生院",
                "卫生院",
                "T01",
                "R01",
                "公立",
                "2001年5月1日",
                "",
                "",
                "",
            ],
            &[
                "序号",
                "单位名称",
                "类型（必填）",
                "单位编码*",
                "上级单位",
                "所有制",
                "成立时间",
                "经度",
                "纬度",
                "血型",
            ],
            &["3", "云泽县", "行政区划", "R01", "", "", "", "", "", ""],
            &[
                "4",
                "县人民医院",
                "牵头医院",
                "H0",
                "",
                "公立",
                "",
                "",
                "",
                "",
            ],
            &["合计", "4"],
        ],
    );
    orgs.merge_range(0, 0, 0, 8, "云泽县医共体成员单位一览表", &Format::new())
        .unwrap();
    orgs.write_number_with_format(3, 6, 38_000, &date_format())
        .unwrap();
    let mut departments = sheet(
        "科室设置",
        &[
            &["科室名称", "所属机构", "科室编码", "诊疗科目"],
            &["心血管内科", "县人民医院", "XN", "03.04"],
            &["放射科", "", "FS", "32"],
            &["全科门诊", "T01", "QK", "02"],
        ],
    );
    departments
        .merge_range(1, 1, 2, 1, "县人民医院", &Format::new())
        .unwrap();
    let mut people = sheet(
        "花名册",
        &[
            &["县医共体人员花名册", "", "", "", "", "", "", "", ""],
            &[
                "姓 名",
                "工号",
                "所在单位",
                "人员类别",
                "职称",
                "身份证号码",
                "科室",
                "编制类型",
                "参加工作时间",
                "执业证号",
                "有效期至",
            ],
            &[
                "林知远",
                "0001",
                "县人民医院",
                "医师",
                "副主任医师",
                "11010519491231002X",
                "心血管内科",
                "在编",
                "2005/7/1",
                "110000000000001",
                "长期",
            ],
            &[
                "周　禾",
                "０００２",
                "T01",
                "全科医生",
                "主治医师",
                "",
                "QK",
                "编内",
                "",
                "",
                "",
            ],
            &[
                "吴砚",
                "0003",
                "V01",
                "村医",
                "",
                "",
                "",
                "乡聘村用",
                "",
                "V-77",
                "",
            ],
            &[
                "吴砚",
                "0003",
                "V01",
                "村医",
                "",
                "",
                "",
                "乡聘村用",
                "",
                "V-77",
                "",
            ],
        ],
    );
    people.write_number(3, 8, 39_995).unwrap();
    people
        .write_number_with_format(4, 10, 46_500, &date_format())
        .unwrap();
    people
        .write_number_with_format(5, 10, 46_500, &date_format())
        .unwrap();
    let beds = sheet(
        "床位",
        &[
            &[
                "床号",
                "病区",
                "所属机构编码",
                "所在科室",
                "性别限制",
                "是否隔离",
                "床位费(元)",
            ],
            &["01", "心内科病区", "H0", "XN", "男", "否", "45.50"],
            &["02", "心内科病区", "H0", "XN", "女", "是", "45.5元"],
        ],
    );
    let equipment = sheet(
        "设备台账",
        &[
            &[
                "设备名称",
                "设备编号",
                "设备类型",
                "单位",
                "科室",
                "开放时间",
                "开放星期",
                "检查项目",
            ],
            &[
                "64排CT",
                "CT-01",
                "CT",
                "H0",
                "放射科",
                "上午、14:00-17:30",
                "周一至周五",
                "CT-HEAD|头颅CT平扫|15|230；CT-CHEST|胸部CT平扫|15|260.00",
            ],
        ],
    );
    let mut schedules = sheet(
        "排班表",
        &[
            &[
                "排班编号",
                "所属机构",
                "科室",
                "出诊医生",
                "出诊日",
                "出诊时间",
                "每号分钟",
                "转诊预留",
                "绿色通道预留",
                "挂号费",
                "生效日期",
            ],
            &[
                "S-1",
                "县人民医院",
                "心血管内科",
                "林知远",
                "一三五",
                "８：００-12:00",
                "10",
                "6",
                "2",
                "15",
                "",
            ],
            &[
                "S-2",
                "T01",
                "全科门诊",
                "0002",
                "每天",
                "全天",
                "",
                "",
                "",
                "",
                "",
            ],
        ],
    );
    schedules.write_string(2, 5, "08:00-11:30").unwrap();
    schedules
        .write_number_with_format(1, 10, 46_347, &date_format())
        .unwrap();
    file(vec![people, orgs, departments, beds, equipment, schedules])
}

#[test]
fn a_whole_consortium_is_taken_in_once() {
    on_each_engine(modules, |app| async move {
        let (admin, lead) = start(&app).await;
        let looked = upload(&admin, "云泽.xlsx", &consortium()).await;
        assert_eq!(findings(&looked), ["B6 import.duplicate-row"]);
        assert_eq!(looked.json["state"], "ready");
        let unknown = looked.json["report"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|finding| finding["code"] == "import.column-unknown");
        assert_eq!(unknown.unwrap()["cell"], "J3");
        let nothing = admin.get("/api/organizations?q=T01").await.expect(200);
        assert_eq!(nothing.json["items"], json!([]), "a look changes nothing");

        let done = apply(&admin, &looked).await.expect(200);
        assert_eq!(done.json["state"], "applied");
        let counts = sheet_counts(&done);
        let expected = [
            ("people", 3, 0, 0),
            ("organizations", 3, 0, 1),
            ("departments", 3, 0, 0),
            ("beds", 2, 0, 0),
            ("equipment", 1, 0, 0),
            ("schedules", 2, 0, 0),
        ];
        for (kind, created, changed, unchanged) in expected {
            assert!(
                counts.contains(&(kind.to_owned(), created, changed, unchanged)),
                "{kind}: {counts:?}"
            );
        }
        apply(&admin, &done)
            .await
            .expect(409)
            .expect_code("import.applied");

        let clinic =
            admin.get("/api/organizations?q=V01").await.expect(200).json["items"][0].clone();
        assert_eq!(clinic["name"], "石桥村卫生室");
        assert_eq!(clinic["opened_on"], "2004-01-14");
        assert_eq!(
            clinic["position"],
            json!({ "latitude_microdegrees": 30_250_000, "longitude_microdegrees": 110_500_000 })
        );
        let township =
            admin.get("/api/organizations?q=T01").await.expect(200).json["items"][0].clone();
        assert_eq!(clinic["parent_id"], township["id"]);
        assert_eq!(township["opened_on"], "2001-05-01");
        let doctor =
            admin.get("/api/practitioners?q=lzy").await.expect(200).json["items"][0].clone();
        assert_eq!(doctor["home_org_id"], json!(lead));
        assert_eq!(doctor["title_rank"], "deputy-senior");
        assert_eq!(doctor["sites"][0]["starts_on"], "2005-07-01");
        assert_eq!(doctor["licences"][0]["expires_on"], json!(null));
        let village = admin
            .get("/api/practitioners?q=0003")
            .await
            .expect(200)
            .json["items"][0]
            .clone();
        assert_eq!(village["licences"][0]["expires_on"], "2027-04-23");
        let gp = admin
            .get("/api/practitioners?q=0002")
            .await
            .expect(200)
            .json["items"][0]
            .clone();
        assert_eq!(gp["name"], "周 禾");
        assert_eq!(
            gp["sites"][0]["starts_on"], "2009-07-01",
            "a plain serial in a date column"
        );

        // The same file again says what is known already and makes nothing new.
        let again = upload(&admin, "云泽.xlsx", &consortium()).await;
        let counts = sheet_counts(&again);
        assert!(
            counts.contains(&("people".to_owned(), 0, 0, 3)),
            "{counts:?}"
        );
        assert!(
            counts.contains(&("organizations".to_owned(), 0, 0, 4)),
            "{counts:?}"
        );
        assert!(
            counts.contains(&("departments".to_owned(), 0, 0, 3)),
            "{counts:?}"
        );
        assert!(
            counts.iter().all(|(_, created, _, _)| *created == 0),
            "{counts:?}"
        );
        let list = admin.get("/api/imports").await.expect(200);
        assert_eq!(list.json["items"].as_array().unwrap().len(), 2);
        app.assert_audit_whole().await;
    });
}
