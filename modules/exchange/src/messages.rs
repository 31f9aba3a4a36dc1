//! What findings and refusals say, in both languages.

/// Code, Chinese, English.
const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "import.sheet-unknown",
        "看不出这张表是什么，未导入；请使用模板的列名",
        "it is not clear what this sheet holds, so it was left out; use the headings of the template",
    ),
    (
        "import.nothing-known",
        "文件中没有可导入的表；请使用模板的列名",
        "no sheet of this file can be imported; use the headings of the template",
    ),
    (
        "import.column-unknown",
        "“{heading}”列不在花名册内，已忽略",
        "the column “{heading}” is no part of a roster and was left out",
    ),
    (
        "import.column-missing",
        "缺少必需的列“{heading}”",
        "the required column “{heading}” is missing",
    ),
    (
        "import.column-twice",
        "“{heading}”与“{other}”含义相同，只采用其中一列",
        "“{heading}” and “{other}” mean the same; only one of them is used",
    ),
    (
        "import.cell-missing",
        "“{heading}”不能为空",
        "“{heading}” can't be empty",
    ),
    (
        "import.number-inexact",
        "这个数字超过 15 位，电子表格已丢失末尾数字；请把单元格设为文本后重新填写",
        "this number has more than 15 digits, and the spreadsheet lost the last ones; format the cell as text and type it again",
    ),
    (
        "import.date-in-text",
        "此处应为文字，单元格却是日期；请把单元格设为文本后重新填写",
        "text belongs here, and the cell holds a date; format it as text and type it again",
    ),
    (
        "import.formula-fault",
        "公式出错，没有值",
        "the formula failed and left no value",
    ),
    (
        "import.date",
        "不是日期；请写成 2026-01-05 或 2026年1月5日",
        "this is no date; write 2026-01-05 or 2026/1/5",
    ),
    (
        "import.word",
        "没有这个选项；可填：{choices}",
        "this is none of the choices: {choices}",
    ),
    ("import.yes-no", "请填“是”或“否”", "write yes or no"),
    (
        "import.money",
        "请填以元为单位、最多两位小数的金额",
        "write an amount in yuan with at most two decimals",
    ),
    (
        "import.degrees",
        "请填十进制度数，例如 30.123456",
        "write degrees with decimals, such as 30.123456",
    ),
    ("import.whole-number", "请填整数", "write a whole number"),
    (
        "import.weekdays",
        "请填星期，例如“周一、周三”或“1-5”",
        "write weekdays, such as “Mon, Wed” or “1-5”",
    ),
    (
        "import.hours",
        "请填时段，例如“08:00-12:00、14:00-17:30”或“上午”",
        "write hours, such as “08:00-12:00, 14:00-17:30”",
    ),
    (
        "import.one-period",
        "一行排班只能有一个时段，请分成多行",
        "a line of a schedule has one period; write a line for each",
    ),
    (
        "import.exams",
        "请按“编码|名称|分钟|元”填写，多项以分号隔开",
        "write “code|name|minutes|yuan”, separated by semicolons",
    ),
    (
        "import.duplicate-row",
        "与第 {row} 行完全相同，已跳过",
        "the same as row {row}, left out",
    ),
    (
        "import.conflicting-row",
        "与第 {row} 行是同一项但内容不同，请保留正确的一行",
        "row {row} is about the same thing and says something else; keep the right one",
    ),
    (
        "import.header-repeated",
        "重复的表头，已跳过",
        "headings repeated, left out",
    ),
    (
        "import.footer",
        "表尾的合计或说明，已跳过",
        "a total or remark below the table, left out",
    ),
    (
        "import.org-unknown",
        "没有这个机构；请先在机构表中列出，或核对编码",
        "there is no such organization; list it in the organizations sheet or check the code",
    ),
    (
        "import.org-ambiguous",
        "有多个机构叫这个名称，请改填机构编码",
        "several organizations have this name; write the code",
    ),
    (
        "import.parent-circle",
        "上级机构互相指向，无法确定先后",
        "these organizations name each other as the one above",
    ),
    (
        "import.department-unknown",
        "该机构没有这个科室；请先在科室表中列出",
        "the organization has no such department; list it in the departments sheet",
    ),
    (
        "import.department-needed",
        "这是新病区，请填写所属科室",
        "this ward is new; say which department it belongs to",
    ),
    (
        "import.person-unknown",
        "该机构没有这个工号或姓名的人员",
        "nobody at the organization has this staff number or name",
    ),
    (
        "import.person-ambiguous",
        "该机构有多人同名，请改填工号",
        "several people there have this name; write the staff number",
    ),
    (
        "import.position-half",
        "经度和纬度须同时填写",
        "latitude and longitude belong together",
    ),
    (
        "import.mixed",
        "同一文件已有错误，此行未继续检查",
        "not looked at further because of an earlier error",
    ),
];

/// Sentences that other modules' refusals carry into a report, from crates that keep none of their own.
const SHARED: &[(&str, &str)] = &[
    (
        "identity.resident-id-shape",
        "居民身份证号应为 17 位数字加 1 位数字或 X",
    ),
    (
        "identity.resident-id-date",
        "居民身份证号第 7 至 14 位不是有效的出生日期",
    ),
    (
        "identity.credit-code-shape",
        "统一社会信用代码应为 18 位，不含 I、O、S、V、Z",
    ),
    (
        "identity.institution-code-shape",
        "卫生机构登记号应为 22 位字母或数字",
    ),
    ("access.out-of-scope", "该机构不在您的权限范围内"),
    ("organization", "机构不存在，或您无权查看"),
    ("store.duplicate", "已有相同的记录"),
];

/// Chinese sentences of the refusals; their English is in the error.
pub(crate) const REFUSALS: &[(&str, &str)] = &[
    ("import.file-empty", "文件是空的"),
    ("import.file-too-large", "文件不能超过 20 MiB，请按机构拆分"),
    (
        "import.file-type",
        "这不是 .xlsx 或 .csv 文件，请另存后重试",
    ),
    (
        "import.file-damaged",
        "文件无法读取，请用电子表格软件打开并另存",
    ),
    ("import.file-bomb", "文件解压后过大，未读取"),
    (
        "import.encoding",
        "第 {line} 行既不是 UTF-8 也不是 GB18030，请另存后重试",
    ),
    (
        "import.too-many-rows",
        "一个文件最多 200000 行，请按机构拆分",
    ),
    ("import.too-many-sheets", "一个文件最多 50 张表"),
    ("import.upload", "请以表单的 file 字段上传一个文件"),
    (
        "import.has-errors",
        "文件仍有错误，未导入任何内容；请按报告逐格改正",
    ),
    ("import.applied", "这次导入已完成，不能重复"),
    ("import", "导入记录不存在，或您无权查看"),
];

/// The sentences of a finding: Chinese, English.
pub(crate) fn sentences(code: &str) -> (&'static str, &'static str) {
    let found = SENTENCES.iter().find(|(known, _, _)| *known == code);
    found.map_or(("", ""), |(_, zh, en)| (*zh, *en))
}

/// The Chinese sentence of another module's refusal, and its own English one.
pub(crate) fn of_error(error: &kernel::Error) -> (String, String) {
    static KNOWN: std::sync::OnceLock<Vec<(&str, &str)>> = std::sync::OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let theirs = [network::module().messages, resources::module().messages];
        theirs
            .into_iter()
            .flatten()
            .copied()
            .chain(SHARED.iter().copied())
            .collect()
    });
    let zh = known
        .iter()
        .find(|(code, _)| *code == error.code())
        .map_or("", |(_, zh)| *zh);
    let facts = error.data().and_then(|data| data.as_object());
    let zh = facts
        .into_iter()
        .flatten()
        .fold(zh.to_owned(), |text, (name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("{{{name}}}"), &value)
        });
    (
        if zh.is_empty() {
            error.detail().to_owned()
        } else {
            zh
        },
        error.detail().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_there_twice() {
        let findings = SENTENCES.iter().map(|(code, _, _)| *code);
        let mut codes: Vec<_> = findings
            .chain(REFUSALS.iter().map(|(code, _)| *code))
            .collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
