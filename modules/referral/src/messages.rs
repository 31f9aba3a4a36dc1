//! Chinese sentences of the module's refusals.

/// By code.
pub(crate) const ALL: &[(&str, &str)] = &[
    ("referral", "转诊单不存在，或您无权查看"),
    ("follow-up", "随访不存在，或您无权查看"),
    ("formulary-entry", "药品目录条目不存在，或您无权查看"),
    (
        "referral.merge-live-case",
        "两份档案就同一问题各有一份进行中的转诊，请先结束或撤回其中一份，再合并",
    ),
    ("referral.ended", "该转诊已结束；如有新的需要，请另填转诊单"),
    (
        "referral.not-now",
        "当前状态不能进行此操作，请重新载入后查看可用操作",
    ),
    ("referral.not-for-this-kind", "该类转诊没有这一步"),
    ("referral.other-side", "这一步由对方机构完成"),
    (
        "referral.other-role",
        "您的岗位不能进行此操作，请由规则表中的岗位完成",
    ),
    ("referral.clock-only", "这一步只由系统时限触发"),
    (
        "referral.place-needed",
        "请选择要锁定的床位、号源或设备时段",
    ),
    (
        "referral.place-elsewhere",
        "该床位或号源属于其他机构，请先改派",
    ),
    ("referral.reason-needed", "请从目录中选择理由"),
    (
        "referral.not-stable",
        "病情稳定核查表未全部满足，暂不宜下转",
    ),
    (
        "referral.live-exists",
        "该患者的同一问题已有进行中的转诊，请打开该单，不要重复填写",
    ),
    (
        "referral.override-needed",
        "规则建议另一种处理；如仍按此提交，请填写理由",
    ),
    ("referral.same-side", "请选择其他机构，或本机构的其他科室"),
    ("referral.not-in-group", "该机构与申请机构不在同一医联体内"),
    ("referral.department", "该科室不属于所选机构"),
    ("referral.patient-deceased", "档案显示该患者已死亡"),
    ("referral.danger-sign", "规则中没有这个危险信号"),
    ("referral.missing", "此项必填"),
    ("referral.too-many", "数量超过上限"),
    ("referral.text-too-long", "文字过长"),
    (
        "referral.consent-needed",
        "请记录知情同意；只有绿色通道可在无法征得同意时提交",
    ),
    ("referral.time-in-future", "该时间尚未到来"),
    ("referral.time-in-past", "该时间已经过去"),
    ("referral.vital-implausible", "数值超出合理范围，请核对"),
    ("referral.satisfaction", "满意度为 1 至 5；未询问请留空"),
    ("referral.attachment", "该文件不属于本转诊单，请先上传"),
    ("referral.file-unreadable", "请以表单字段 file 上传一个文件"),
    ("referral.file-too-large", "文件不能超过 20 MiB"),
    (
        "referral.file-type",
        "只接受 PDF、JPEG、PNG、DICOM 文件，以内容判断类型",
    ),
    ("referral.follow-up-ended", "该随访已完成、已过期或已取消"),
    (
        "referral.follow-up-days",
        "随访日应为 1 至 366 之间递增的天数，最多 12 次",
    ),
    ("referral.form", "随访表单有必填项未填，或内容不符"),
    ("referral.filter", "筛选条件不正确"),
    ("referral.month", "月份应为 YYYY-MM，例如 2026-11"),
    ("referral.clock-rule", "时限规则有误，请检查标出的条目"),
    ("referral.catalogue-rule", "目录规则有误，请检查标出的条目"),
    (
        "referral.vital-rule",
        "体征范围有误：最小、通常、最大值应依次递增",
    ),
    ("referral.formulary-dates", "最后一天不能早于第一天"),
    ("referral.formulary-ended", "该条目已经结束，请重新载入"),
    ("referral.stability-rule", "核查表至少一项，编码不可重复"),
];
