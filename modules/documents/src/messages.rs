//! Chinese sentences of the refusals.

pub(crate) const MESSAGES: &[(&str, &str)] = &[
    ("document", "没有这份文书，或您无权查看"),
    ("cda.empty", "内容为空，没有文书"),
    ("cda.too-large", "一份文书最大 4 MiB"),
    (
        "cda.charset",
        "文书声明的编码与实际不符，或不是 UTF-8、GB18030",
    ),
    ("cda.character", "此处有 XML 不允许的字符"),
    ("cda.doctype", "不接受文档类型定义（DTD），请去掉 DOCTYPE"),
    ("cda.entity", "不接受自定义实体，请直接写出字符"),
    ("cda.syntax", "此处不是格式正确的 XML"),
    ("cda.truncated", "文书不完整：此处的元素没有结束"),
    (
        "cda.namespace",
        "命名空间声明有误，CDA 文书应使用 urn:hl7-org:v3",
    ),
    ("cda.too-deep", "元素嵌套过深"),
    ("cda.too-many", "元素或属性过多"),
    ("cda.duplicate-id", "此处的 ID 与另一元素重复"),
    (
        "cda.not-clinical-document",
        "不是 CDA 文书：根元素应为 ClinicalDocument",
    ),
    ("cda.no-patient", "文书没有写明患者（recordTarget）"),
    ("cda.missing", "缺少此处的必填内容"),
    ("cda.repeated", "此处的内容只能出现一次"),
    ("cda.value", "此处的值不符合要求"),
    (
        "cda.time",
        "不是日历和钟表上有的时间，格式为 YYYYMMDDHHMMSS+ZZZZ",
    ),
    (
        "documents.patient-unknown",
        "文书中的号码都不属于本机构登记或诊治的患者，请先登记患者",
    ),
    (
        "documents.patient-differs",
        "文书中的患者与号码对应的患者不是同一人，未存入档案",
    ),
    (
        "documents.number-taken",
        "同一文书编号已有内容不同的文书；新版本应使用新编号，并写明被替换的文书",
    ),
    ("documents.not-clinical", "这份文书不是以 CDA 格式送来的"),
    ("documents.format", "请以 application/xml 提交文书本身"),
    ("documents.stay", "没有本机构的这次住院或转诊"),
    (
        "documents.missing",
        "出院小结须有出院诊断、诊疗经过、出院医嘱和出院日期",
    ),
    (
        "documents.too-long",
        "内容过长：每段最多 20000 字，每行最多 500 字，最多 300 行",
    ),
    (
        "documents.period",
        "出院日期不能早于入院日期，也不能晚于今天",
    ),
    ("documents.replaced", "只能替换本机构为该患者出具的现行文书"),
    ("documents.tried", "仅为试提交，未存入"),
];
