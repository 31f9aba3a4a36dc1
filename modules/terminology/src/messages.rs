//! Chinese sentences for the refusals of this module.

/// By error code.
pub(crate) const MESSAGES: &[(&str, &str)] = &[
    ("terminology.system", "没有这个字典"),
    ("terminology.concept", "字典中没有这个编码"),
    ("terminology.unknown-code", "这个编码不在字典中，请重新选择"),
    ("terminology.retired-code", "这个编码已停用，请选择其他编码"),
    (
        "terminology.encoding",
        "文件既不是 UTF-8 也不是 GB18030 编码，请另存为 CSV UTF-8",
    ),
    (
        "terminology.columns",
        "第一行必须是列名，且必须有 code（编码）、zh（名称）两列，不得重复",
    ),
    ("terminology.json", "文件不是完整的 JSON"),
    (
        "terminology.fhir",
        "文件中没有可用的 FHIR 资源，或有多个而无法判断是哪一个",
    ),
    ("terminology.too-many-rows", "文件行数过多，请拆分后导入"),
    ("terminology.system-taken", "已有同名或同 URI 的字典"),
    (
        "terminology.system-field",
        "字典的名称、代码或 URI 不符合要求",
    ),
    (
        "terminology.version-field",
        "版本名称 1 到 60 个字，说明不超过 500 个字",
    ),
    ("terminology.version-state", "这个版本的状态不允许此操作"),
    (
        "terminology.version-invalid",
        "文件中有错误单元格，请改正后重新上传",
    ),
    (
        "terminology.version-outdated",
        "上传之后已有其他版本生效，请重新上传比对",
    ),
    (
        "terminology.nothing-new",
        "文件内容与现行版本相同，没有变化",
    ),
    ("code-system-version", "没有这个版本"),
    ("concept-map", "没有这个对照表"),
    ("terminology.map-taken", "已有同名的对照表"),
    (
        "terminology.map-field",
        "对照表的名称、代码或 URI 不符合要求",
    ),
    (
        "terminology.map-fixed",
        "对照表的代码、源、目标和所属机构不能修改，请新建对照表",
    ),
    ("terminology.map-entry", "对照内容不符合要求"),
    (
        "terminology.map-columns",
        "第一行必须是列名，且必须有“源编码”和“目标编码”两列",
    ),
];
