//! The headings people write, in Chinese and English, and what they mean.

use crate::report::SheetKind;

/// What a column is in a kind of sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its name in code.
    pub(crate) key: &'static str,
    /// Rows without it can't be taken in.
    pub(crate) required: bool,
    /// The heading in the template, then others that mean the same.
    pub(crate) headings: &'static [&'static str],
}

const fn required(key: &'static str, headings: &'static [&'static str]) -> Column {
    Column {
        key,
        required: true,
        headings,
    }
}

const fn optional(key: &'static str, headings: &'static [&'static str]) -> Column {
    Column {
        key,
        required: false,
        headings,
    }
}

/// What a sheet of a kind may be called and has for columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) kind: SheetKind,
    /// The sheet's name in the template, then others.
    pub(crate) names: &'static [&'static str],
    pub(crate) columns: &'static [Column],
}

/// Headings that say nothing a roster needs, and are no surprise.
pub(crate) const IGNORED: &[&str] = &[
    "序号",
    "编号序",
    "no",
    "no.",
    "#",
    "备注",
    "说明",
    "remark",
    "remarks",
    "note",
    "notes",
];

const ORG: &[&str] = &[
    "机构编码",
    "所属机构编码",
    "所属机构",
    "所在机构",
    "机构",
    "机构名称",
    "单位",
    "所在单位",
    "单位名称",
    "单位编码",
    "编制单位",
    "工作单位",
    "医疗机构",
    "医疗机构名称",
    "organization",
    "organisation",
    "organization code",
    "org",
    "org code",
    "institution",
    "hospital",
];
const DEPARTMENT: &[&str] = &[
    "科室",
    "科室编码",
    "所在科室",
    "所属科室",
    "科室名称",
    "部门",
    "department",
    "department code",
    "dept",
];
const PHONE: &[&str] = &[
    "电话",
    "联系电话",
    "手机",
    "手机号",
    "手机号码",
    "电话号码",
    "联系方式",
    "phone",
    "telephone",
    "mobile",
    "tel",
];

/// Every kind of sheet, in the order in which they are taken in.
pub(crate) const LAYOUTS: &[Layout] = &[
    Layout {
        kind: SheetKind::Organizations,
        names: &[
            "机构",
            "机构名册",
            "成员单位",
            "医疗机构",
            "organizations",
            "organisations",
            "institutions",
            "members",
        ],
        columns: &[
            required(
                "code",
                &[
                    "机构编码",
                    "机构代码",
                    "单位编码",
                    "单位代码",
                    "编码",
                    "代码",
                    "code",
                    "organization code",
                    "org code",
                ],
            ),
            required(
                "name",
                &[
                    "机构名称",
                    "单位名称",
                    "医疗机构名称",
                    "成员单位",
                    "名称",
                    "全称",
                    "name",
                    "organization",
                    "organization name",
                    "org name",
                ],
            ),
            optional("short_name", &["简称", "机构简称", "short name"]),
            optional(
                "name_en",
                &["英文名称", "英文名", "english name", "name en"],
            ),
            required(
                "kind",
                &[
                    "机构类型",
                    "机构类别",
                    "单位类型",
                    "类型",
                    "类别",
                    "kind",
                    "type",
                    "organization type",
                ],
            ),
            optional("level", &["层级", "所属层级", "行政层级", "级别", "level"]),
            optional(
                "parent",
                &[
                    "上级机构",
                    "上级机构编码",
                    "上级单位",
                    "上级机构名称",
                    "隶属机构",
                    "隶属单位",
                    "主管单位",
                    "parent",
                    "parent code",
                    "belongs to",
                ],
            ),
            optional(
                "ownership",
                &[
                    "举办主体",
                    "所有制",
                    "所有制形式",
                    "办医主体",
                    "经济类型",
                    "ownership",
                ],
            ),
            optional("positioning", &["功能定位", "positioning", "function"]),
            optional(
                "funding",
                &[
                    "经费渠道",
                    "经费来源",
                    "财政补助方式",
                    "财政渠道",
                    "funding",
                ],
            ),
            optional("input_mode", &["投入方式", "政府投入方式", "input mode"]),
            optional(
                "credit_code",
                &[
                    "统一社会信用代码",
                    "社会信用代码",
                    "信用代码",
                    "credit code",
                    "uscc",
                ],
            ),
            optional(
                "institution_code",
                &[
                    "卫生机构登记号",
                    "机构登记号",
                    "登记号",
                    "医疗机构登记号",
                    "卫生机构代码",
                    "institution code",
                    "registration number",
                ],
            ),
            optional(
                "identity_reason",
                &["校验说明", "代码说明", "identity reason"],
            ),
            optional(
                "legal_person",
                &["独立法人", "是否独立法人", "是否法人", "legal person"],
            ),
            optional("grade", &["等级", "医院等级", "机构等级", "grade"]),
            optional("address", &["地址", "详细地址", "机构地址", "address"]),
            optional("phone", PHONE),
            optional("latitude", &["纬度", "latitude", "lat"]),
            optional("longitude", &["经度", "longitude", "lng", "lon"]),
            optional(
                "opened_on",
                &[
                    "成立日期",
                    "开业日期",
                    "成立时间",
                    "opened on",
                    "opening date",
                ],
            ),
        ],
    },
    Layout {
        kind: SheetKind::Departments,
        names: &["科室", "科室名册", "科室设置", "departments"],
        columns: &[
            required("org", ORG),
            required(
                "code",
                &[
                    "科室编码",
                    "科室代码",
                    "科室编号",
                    "编码",
                    "代码",
                    "code",
                    "department code",
                    "dept code",
                ],
            ),
            required(
                "name",
                &[
                    "科室名称",
                    "科室",
                    "名称",
                    "部门名称",
                    "name",
                    "department",
                    "department name",
                ],
            ),
            optional(
                "name_en",
                &["英文名称", "英文名", "english name", "name en"],
            ),
            optional(
                "kind",
                &["科室类型", "科室类别", "类型", "类别", "kind", "type"],
            ),
            optional(
                "specialty",
                &[
                    "诊疗科目",
                    "诊疗科目代码",
                    "专业代码",
                    "专科代码",
                    "specialty",
                    "specialty code",
                ],
            ),
            optional("phone", PHONE),
            optional(
                "location",
                &["位置", "地点", "楼层", "所在楼层", "location", "floor"],
            ),
        ],
    },
    Layout {
        kind: SheetKind::People,
        names: &[
            "人员",
            "人员名册",
            "花名册",
            "人员花名册",
            "职工",
            "医务人员",
            "people",
            "staff",
            "practitioners",
            "roster",
        ],
        columns: &[
            required("org", ORG),
            required(
                "code",
                &[
                    "工号",
                    "职工号",
                    "人员编号",
                    "人员编码",
                    "员工编号",
                    "staff number",
                    "staff no",
                    "employee id",
                    "code",
                ],
            ),
            required("name", &["姓名", "人员姓名", "name", "full name"]),
            optional("sex", &["性别", "sex", "gender"]),
            required(
                "profession",
                &[
                    "人员类别",
                    "岗位类别",
                    "职业类别",
                    "执业类别",
                    "类别",
                    "专业类别",
                    "profession",
                    "category",
                ],
            ),
            optional(
                "title",
                &["职称", "专业技术职称", "技术职称", "职称名称", "title"],
            ),
            optional(
                "title_rank",
                &["职称级别", "职称等级", "title rank", "rank"],
            ),
            optional(
                "specialty",
                &["专业", "从事专业", "执业范围", "诊疗科目", "specialty"],
            ),
            optional(
                "staff_status",
                &[
                    "人员身份",
                    "身份",
                    "编制类型",
                    "编制性质",
                    "用工形式",
                    "用工性质",
                    "staff status",
                    "employment",
                ],
            ),
            optional("pay_grade", &["薪级", "岗位等级", "工资级别", "pay grade"]),
            optional(
                "resident_id",
                &[
                    "身份证号",
                    "身份证号码",
                    "身份证",
                    "证件号码",
                    "居民身份证号",
                    "resident id",
                    "id number",
                ],
            ),
            optional(
                "identity_reason",
                &["校验说明", "证件说明", "identity reason"],
            ),
            optional("phone", PHONE),
            optional("department", DEPARTMENT),
            optional("role", &["职务", "岗位", "role", "position", "post"]),
            optional(
                "hired_on",
                &[
                    "入职日期",
                    "到岗日期",
                    "参加工作日期",
                    "参加工作时间",
                    "入职时间",
                    "hired on",
                    "start date",
                ],
            ),
            optional(
                "licence_number",
                &[
                    "执业证号",
                    "执业证书编号",
                    "执业证编号",
                    "执业证书编码",
                    "证书编号",
                    "licence number",
                    "license number",
                ],
            ),
            optional(
                "licence_issued_on",
                &["发证日期", "发证时间", "licence issued", "issued on"],
            ),
            optional(
                "licence_expires_on",
                &[
                    "有效期至",
                    "执业证有效期至",
                    "证书有效期",
                    "执业证有效期",
                    "到期日期",
                    "licence expires",
                    "expires on",
                ],
            ),
        ],
    },
    Layout {
        kind: SheetKind::Beds,
        names: &["床位", "床位名册", "床位表", "beds"],
        columns: &[
            required("org", ORG),
            required(
                "ward",
                &[
                    "病区",
                    "病区名称",
                    "病区编码",
                    "护理单元",
                    "ward",
                    "ward code",
                    "ward name",
                ],
            ),
            optional("department", DEPARTMENT),
            required(
                "code",
                &[
                    "床号",
                    "床位号",
                    "床位编号",
                    "床位编码",
                    "bed",
                    "bed number",
                    "bed no",
                    "code",
                ],
            ),
            optional(
                "kind",
                &["床位类型", "床型", "类型", "kind", "type", "bed type"],
            ),
            optional(
                "sex_rule",
                &["收治性别", "性别限制", "性别", "sex", "sex rule"],
            ),
            optional("isolation", &["隔离", "是否隔离", "隔离床", "isolation"]),
            optional("price", &["床位费", "价格", "日价", "床位费(元)", "price"]),
        ],
    },
    Layout {
        kind: SheetKind::Equipment,
        names: &["设备", "设备名册", "设备台账", "equipment", "devices"],
        columns: &[
            required("org", ORG),
            optional("department", DEPARTMENT),
            required(
                "kind",
                &[
                    "设备类型",
                    "设备类别",
                    "类型",
                    "类别",
                    "kind",
                    "type",
                    "modality",
                ],
            ),
            required(
                "code",
                &[
                    "设备编号",
                    "设备编码",
                    "资产编号",
                    "编号",
                    "编码",
                    "code",
                    "asset number",
                    "device code",
                ],
            ),
            required(
                "name",
                &["设备名称", "名称", "name", "device", "device name"],
            ),
            optional("model", &["型号", "规格型号", "model"]),
            optional(
                "weekdays",
                &["开放星期", "开放日", "星期", "weekdays", "days"],
            ),
            optional(
                "hours",
                &["开放时间", "开放时段", "服务时间", "hours", "opening hours"],
            ),
            optional("exams", &["检查项目", "可做项目", "exams", "examinations"]),
        ],
    },
    Layout {
        kind: SheetKind::Schedules,
        names: &[
            "排班",
            "排班表",
            "出诊",
            "出诊表",
            "号源",
            "schedules",
            "schedule",
            "clinics",
        ],
        columns: &[
            required("org", ORG),
            required("department", DEPARTMENT),
            required(
                "code",
                &[
                    "排班编号",
                    "排班编码",
                    "出诊编号",
                    "编号",
                    "编码",
                    "code",
                    "schedule code",
                ],
            ),
            optional(
                "name",
                &["门诊名称", "出诊名称", "号别", "名称", "name", "clinic"],
            ),
            optional(
                "practitioner",
                &[
                    "医师",
                    "医生",
                    "出诊医师",
                    "出诊医生",
                    "医师工号",
                    "医生姓名",
                    "工号",
                    "practitioner",
                    "doctor",
                ],
            ),
            optional("room", &["诊室", "房间", "room"]),
            required(
                "weekdays",
                &["出诊日", "星期", "出诊星期", "周次", "weekdays", "days"],
            ),
            required(
                "hours",
                &["出诊时间", "时间", "时段", "出诊时段", "hours", "time"],
            ),
            optional(
                "slot_minutes",
                &[
                    "每号分钟",
                    "每号时长",
                    "间隔分钟",
                    "号间隔(分钟)",
                    "slot minutes",
                    "minutes",
                ],
            ),
            optional(
                "referral_places",
                &["转诊预留", "转诊号源", "referral places"],
            ),
            optional(
                "green_places",
                &["绿色通道预留", "绿色通道", "green places"],
            ),
            optional(
                "price",
                &["挂号费", "诊察费", "价格", "挂号费(元)", "price", "fee"],
            ),
            optional(
                "valid_from",
                &["生效日期", "开始日期", "起始日期", "valid from", "from"],
            ),
            optional(
                "valid_to",
                &[
                    "截止日期",
                    "结束日期",
                    "失效日期",
                    "valid to",
                    "to",
                    "until",
                ],
            ),
        ],
    },
];

/// A heading as it is compared: no blanks, no stars, no remarks in brackets, lower case.
pub(crate) fn normalized(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in kernel::text::fold(heading).to_lowercase().chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            ' ' | '*' | ':' | '_' | '-' | '/' | '.' | '#' => {}
            _ if depth > 0 => {}
            _ => kept.push(c),
        }
    }
    kept
}

/// The column a heading means in a layout, if any.
pub(crate) fn column_of(layout: &Layout, heading: &str) -> Option<&'static Column> {
    let wanted = normalized(heading);
    if wanted.is_empty() {
        return None;
    }
    layout.columns.iter().find(|column| {
        column
            .headings
            .iter()
            .any(|known| normalized(known) == wanted)
    })
}

/// Is it a heading that no roster needs?
pub(crate) fn is_ignored(heading: &str) -> bool {
    let wanted = normalized(heading);
    wanted.is_empty() || IGNORED.iter().any(|known| normalized(known) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(kind: SheetKind) -> &'static Layout {
        LAYOUTS.iter().find(|layout| layout.kind == kind).unwrap()
    }

    #[test]
    fn headings_are_told_however_they_are_written() {
        let people = layout(SheetKind::People);
        let cases = [
            ("姓 名", Some("name")),
            ("＊姓名（必填）", Some("name")),
            ("Staff No.", Some("code")),
            ("身份证\n号码", Some("resident_id")),
            ("STAFF_STATUS", Some("staff_status")),
            ("血型", None),
            ("", None),
        ];
        for (heading, key) in cases {
            assert_eq!(
                column_of(people, heading).map(|column| column.key),
                key,
                "{heading}"
            );
        }
        assert!(is_ignored("序 号") && !is_ignored("血型"));
    }

    #[test]
    fn no_heading_means_two_columns_of_one_layout() {
        for layout in LAYOUTS {
            let mut seen = std::collections::BTreeMap::new();
            for column in layout.columns {
                for heading in column.headings {
                    let other = seen.insert(normalized(heading), column.key);
                    assert!(
                        other.is_none_or(|key| key == column.key),
                        "{:?} {heading}",
                        layout.kind
                    );
                }
            }
        }
    }
}
