//! Chinese sentences for the refusals of this module.

/// By error code.
pub(crate) const MESSAGES: &[(&str, &str)] = &[
    ("research-extract", "没有这个数据提取"),
    ("research.rule", "规则中有超出范围的数值"),
    (
        "research.purpose-missing",
        "请写明数据用途，10 到 1000 个字",
    ),
    ("research.no-columns", "请至少选择一列"),
    ("research.column-twice", "这一列重复了"),
    ("research.column-shape", "FHIR 提取的患者资源没有这一列"),
    (
        "research.kind-shape",
        "表格按列提取，资源类型只用于 FHIR 提取",
    ),
    ("research.no-kinds", "请至少选择一种资源类型"),
    ("research.kind-unknown", "这种资源类型不能提取"),
    (
        "research.quasi-identifier",
        "准标识符必须是所选的列、不重复，并且可以逐级泛化",
    ),
    (
        "research.quasi-identifier-left-out",
        "规则规定此列一律作为准标识符：{column}",
    ),
    (
        "research.sensitive-column",
        "敏感列必须是所选的列，且不是准标识符",
    ),
    ("research.period-empty", "截止日期早于开始日期"),
    ("research.period-future", "截止日期在今天之后"),
    ("research.period-too-long", "时间范围最长 {days} 天"),
    ("research.k-too-low", "k 不得小于 {least}，不得大于 {most}"),
    ("research.suppression", "允许删除的比例最高千分之 {most}"),
    (
        "research.organization",
        "没有这个机构，或不在您的权限范围内",
    ),
    ("research.note-missing", "请写明原因，不超过 500 字"),
    ("research.state", "当前状态（{state}）不能进行此操作"),
    ("research.own-request", "申请人不能审批自己的申请"),
    (
        "research.approver-reach",
        "您的权限未覆盖此次提取涉及的全部机构",
    ),
    (
        "research.not-yours",
        "只有申请人可以下载，只有申请人或审批人可以撤回",
    ),
    (
        "research.format",
        "表格可下载为 csv 或 xlsx，FHIR 提取为 ndjson",
    ),
    (
        "research.xlsx-too-large",
        "电子表格最多 {most} 行，请下载 csv",
    ),
];
