//! Headings of the sheets of members, departments and people.

use super::{DEPARTMENT, Layout, ORG, PHONE, optional, required};
use crate::report::SheetKind;

/// Member institutions.
pub(super) const ORGANIZATIONS: Layout = Layout {
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
};

/// Departments.
pub(super) const DEPARTMENTS: Layout = Layout {
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
};

/// People.
pub(super) const PEOPLE: Layout = Layout {
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
};
