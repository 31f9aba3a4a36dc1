//! Headings of the sheets of beds, devices and schedules.

use super::{DEPARTMENT, Layout, ORG, optional, required};
use crate::report::SheetKind;

/// Beds and their wards.
pub(super) const BEDS: Layout = Layout {
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
};

/// Devices.
pub(super) const EQUIPMENT: Layout = Layout {
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
};

/// Schedules of clinics.
pub(super) const SCHEDULES: Layout = Layout {
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
};
