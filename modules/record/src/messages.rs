//! Chinese sentences for this module's refusals.

/// Code and sentence; `{name}` is filled from the error's data.
pub(crate) const MESSAGES: &[(&str, &str)] = &[
    ("patient", "没有这位居民，或您无权查看"),
    ("identifier", "没有这个在用的证件号码"),
    ("allergy", "没有这条过敏记录"),
    ("problem", "没有这条问题记录"),
    ("consent", "没有这份知情同意，或您无权查看"),
    ("legal-hold", "没有这次档案保全，或不是本机构设置的"),
    (
        "record.legal-hold",
        "该居民的档案处于保全状态，解除前不得删除任何内容",
    ),
    ("record.hold-released", "这次档案保全已解除"),
    ("break-glass", "没有这次紧急调阅，或您无权查看"),
    ("match-review", "没有这对待核对的居民，或不在您的管理范围内"),
    ("patient-merge", "没有这次合并，或不在您的管理范围内"),
    ("record.merge-itself", "不能将居民与本人合并"),
    (
        "record.patient-replaced",
        "这份档案已并入另一份档案，请打开合并后的档案",
    ),
    (
        "record.merge-two-resident-ids",
        "两份档案都有在用的身份证号，请先停用错误的号码再合并",
    ),
    ("record.merge-undone", "这次合并已经撤销"),
    (
        "record.merge-not-latest",
        "这位居民之后还有其他合并，请从最后一次开始依次撤销",
    ),
    ("record.match-decided", "这对居民已经合并，如有误请撤销合并"),
    ("record.keep-neither", "保留的档案须为两者之一"),
    (
        "record.newborn-order",
        "胎次须在 1 与出生人数之间，最多 8 人",
    ),
    ("record.newborn-date", "新生儿出生日期须在最近 28 天以内"),
    ("record.newborn-registered", "这名新生儿已经登记"),
    (
        "record.no-basis",
        "您所在机构没有调阅这位居民档案的依据：可在居民持证就诊时登记、发起转诊或会诊、登记知情同意，紧急情况下可说明理由紧急调阅",
    ),
    (
        "record.log-not-yours",
        "调阅日志只供居民本人、所属机构以及收到紧急调阅提醒的机构的隐私专员查看",
    ),
    (
        "record.name-missing",
        "请填写姓名；急诊身份不明者请选择“身份不明”",
    ),
    (
        "record.sex-missing",
        "请填写性别，或填写能推出性别的身份证号",
    ),
    (
        "record.birth-date-missing",
        "请填写出生日期，或填写能推出出生日期的身份证号",
    ),
    (
        "record.birth-date-contradicts",
        "出生日期与身份证号不一致，身份证号为 {said}，请更正其中一项",
    ),
    (
        "record.sex-contradicts",
        "性别与身份证号不一致，请更正其中一项",
    ),
    ("record.birth-date-future", "出生日期不能晚于今天"),
    (
        "record.birth-date-too-early",
        "按此出生日期年龄超过 {years} 岁，请核对",
    ),
    ("record.date-future", "日期不能晚于今天"),
    (
        "record.identifier-shape",
        "证件号码的长度或字符不正确，请核对",
    ),
    (
        "record.identifier-check",
        "身份证号校验位不符，末位应为 {expected}；如证件确实如此，请填写不少于 {characters_min} 个字的理由",
    ),
    (
        "record.identifier-twice",
        "同一号码重复，或出现两个身份证号",
    ),
    (
        "record.duplicate-identifier",
        "已有居民登记了该号码，请直接打开其档案",
    ),
    (
        "record.possible-duplicate",
        "可能已登记过同一人，请核对；确认不是同一人后再登记",
    ),
    ("record.phone-shape", "电话号码应为 5 至 15 位数字"),
    (
        "record.text-too-long",
        "内容过长，最多 {characters_max} 个字",
    ),
    ("record.text-missing", "此项不能为空"),
    ("record.too-many", "数量过多，最多 {count_max} 条"),
    (
        "record.allergies-listed",
        "档案中已有过敏记录，请先结束不再成立的条目",
    ),
    ("record.problem-listed", "问题列表中已有这一条"),
    ("record.query-empty", "请填写一个证件号码，或姓名加出生日期"),
    (
        "record.search-limit",
        "一小时内查找超过 {limit} 次，请稍后再试或联系安全管理员",
    ),
    ("record.proof-differs", "出示的证件号码与该居民档案不符"),
    ("record.own-already", "该居民已是本机构登记的居民"),
    ("record.unmask-nothing", "档案中没有这一项"),
    (
        "record.reason-too-short",
        "请用不少于 {characters_min} 个字说明理由",
    ),
    ("record.basis-exists", "您已有调阅依据，无需紧急调阅"),
    ("record.review-own", "本人的紧急调阅须由他人复核"),
    ("record.reviewed", "这次紧急调阅已复核"),
    (
        "record.consent-expiry",
        "知情同意的截止时间应在将来，且不超过 {days} 天",
    ),
    (
        "record.consent-grantee",
        "请选择知情同意针对的机构；只有拒绝可以针对所有机构，此时不选机构",
    ),
    ("record.consent-period", "资料的截止日期不能早于起始日期"),
    (
        "record.consent-sensitive",
        "敏感内容只能由以诊疗为目的的同意逐类开放，且须在规则集所列类别之内",
    ),
    (
        "record.consent-author",
        "拒绝调阅只能由居民本人或登记该拒绝的机构撤回",
    ),
    ("record.consent-withdrawn", "这份知情同意已撤回"),
    (
        "record.guardian-needed",
        "未满 {years} 周岁须由监护人同意，请填写监护人",
    ),
    (
        "record.evidence-shape",
        "签字文件的 SHA-256 应为 64 位十六进制数",
    ),
    ("record.account-linked", "该账号已关联这位居民"),
];
