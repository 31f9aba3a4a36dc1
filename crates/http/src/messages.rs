//! Chinese sentences for error codes. English is what the error itself says.

use std::collections::HashMap;

use kernel::Error;

use crate::Language;

/// Sentences for the codes of kernel, store and this crate.
pub(crate) const OWN: &[(&str, &str)] = &[
    (
        "access.insufficient-scope",
        "该应用未获得此项授权（insufficient_scope：{scope}）",
    ),
    (
        "access.app-token",
        "应用的访问令牌只能用于 FHIR 接口，不能用于其他接口",
    ),
    ("id.malformed", "编号格式不正确，应为 UUID"),
    (
        "time.malformed",
        "时间应带时区，例如 2026-11-22T14:05:00+08:00",
    ),
    ("date.malformed", "日期应为 YYYY-MM-DD，例如 2026-11-22"),
    ("money.overflow", "金额过大"),
    ("money.weights", "至少一个权重应大于零"),
    ("page.cursor", "翻页参数无效，请使用上一页返回的 next"),
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
    (
        "text.nul-character",
        "文字中含有不可用的空字符，请删除后重试",
    ),
    ("text.too-large", "文字过长"),
    ("backup.disk", "备份文件夹无法写入，请检查磁盘空间与权限"),
    ("backup.folder", "请指定一个尚不存在的文件夹"),
    ("restore.no-backup", "该文件夹中没有备份"),
    (
        "restore.format",
        "该备份由更新的版本生成，请使用相应版本恢复",
    ),
    ("restore.damaged", "备份文件已损坏，校验值不符"),
    (
        "restore.not-empty",
        "只能恢复到空数据库，请另选数据文件夹或数据库",
    ),
    (
        "restore.unknown-migration",
        "备份中有本程序不认识的数据库版本，请使用相应版本恢复",
    ),
    ("migrate.half-applied", "数据库升级曾中断，请恢复最近的备份"),
    (
        "migrate.newer",
        "数据库曾由更新的版本使用，请启动该版本或恢复备份",
    ),
    (
        "migrate.changed",
        "数据库升级脚本与已执行的不一致，请使用正式发布的程序",
    ),
    (
        "store.collation",
        "数据库排序规则应为 C，请按提示重新创建数据库",
    ),
    ("store.data-dir", "数据文件夹无法创建，请检查路径与权限"),
    (
        "store.url",
        "数据库地址应以 sqlite: 或 postgres:// 开头，参数须可识别",
    ),
    (
        "store.tls-missing",
        "数据库未启用加密连接，请在数据库端设置 ssl = on；网络可信时可在地址中写明 sslmode=disable",
    ),
    (
        "store.tls-refused",
        "数据库的证书未通过验证，请核对主机名和 sslrootcert",
    ),
    ("store.tls-root", "sslrootcert 指定的证书缺失或无法读取"),
    ("secret.key-damaged", "密钥文件已损坏，请放回正确的密钥文件"),
    ("store.duplicate", "已有相同的记录"),
    ("store.constraint", "与数据库保存的规则冲突，未作任何更改"),
    ("store.full", "磁盘已满，未作任何更改，请联系管理员清理空间"),
    ("store.contention", "同时修改的人太多，请重试"),
    ("store.overloaded", "系统繁忙，请稍后重试"),
    ("store.stopped", "系统正在停止，请稍后重试"),
    (
        "store.read-only",
        "数据库写入曾失败，目前只能查询，请联系管理员重启",
    ),
    ("store.unreachable", "暂时无法连接数据库，请稍后重试"),
    (
        "store.outcome-unknown",
        "提交时数据库断开，请用同一幂等键重试",
    ),
    (
        "store.stale-version",
        "打开之后已被他人修改，请重新载入后再操作",
    ),
    ("idempotency.key-reused", "该幂等键已用于另一个操作，请更换"),
    ("rule.missing", "今天没有生效的规则版本，请联系管理员"),
    ("rule.unreadable", "规则内容无法读取，请检查字段"),
    ("rule.newer-exists", "打开之后已有人新增了版本，请重新载入"),
    ("blob", "文件不存在，或您无权查看"),
    ("blob.damaged", "文件内容与校验值不符，请联系管理员"),
    (
        "server.internal",
        "系统内部出错，未作任何更改，请把追踪号告诉管理员",
    ),
    ("request.content-type", "请以 application/json 发送"),
    ("request.body", "内容过大或传输中断"),
    ("request.utf8", "内容不是有效的 UTF-8 文字"),
    ("request.json", "内容格式不正确，请检查标出的字段"),
    ("request.query", "查询参数不正确"),
    ("request.path", "地址中的参数不正确"),
    ("request.if-match", "请在 If-Match 中带上所见的版本号"),
    ("request.idempotency-key", "幂等键应为 1 至 128 个可见字符"),
    ("request.unknown", "没有这个地址"),
    ("request.method", "该地址不支持这种操作"),
    ("access.not-signed-in", "请先登录"),
    ("access.forbidden", "您的角色没有这项权限"),
    ("access.out-of-scope", "该机构不在您的权限范围内"),
    ("access.csrf", "页面已过期，请刷新后重试"),
    ("organization", "机构不存在，或您无权查看"),
    ("account", "账号不存在，或您无权查看"),
    ("session", "该登录已结束或不存在"),
    ("session.wrong", "用户名或密码不正确"),
    (
        "session.locked",
        "登录失败次数过多，账号暂时锁定，请稍后再试",
    ),
    ("session.code-needed", "请输入动态验证码"),
    ("session.code-wrong", "动态验证码不正确或已使用"),
    ("session.busy", "正在登录的人太多，请稍后重试"),
    ("session.no-assignment", "账号没有有效的岗位，请联系管理员"),
    ("session.assignment", "该岗位不属于您或已失效"),
    ("session.disabled", "账号已停用"),
    (
        "session.password-change-required",
        "请先修改密码，之后才能进行其他操作",
    ),
    ("password.current", "当前密码不正确"),
    ("password.weak", "密码不符合规则"),
    ("password.reused", "新密码不能与当前密码相同"),
    ("totp.none", "没有待确认的动态验证码设置"),
    (
        "totp.unreadable",
        "缺少加密密钥，无法核对动态验证码，请联系管理员移除后重新设置",
    ),
    ("demo.off", "演示登录只在演示模式下可用"),
];

/// All sentences, by code.
pub(crate) struct Messages(HashMap<&'static str, &'static str>);

impl Messages {
    pub(crate) fn new(
        modules: impl Iterator<Item = &'static [(&'static str, &'static str)]>,
    ) -> Self {
        Self(
            OWN.iter()
                .copied()
                .chain(modules.flatten().copied())
                .collect(),
        )
    }

    /// What to tell this caller.
    pub(crate) fn detail(&self, error: &Error, language: Language) -> String {
        let sentence = match language {
            Language::Zh => self.0.get(error.code()),
            Language::En => None,
        };
        sentence.map_or_else(
            || error.detail().to_owned(),
            |sentence| fill(sentence, error),
        )
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.iter().map(|(&code, &sentence)| (code, sentence))
    }
}

fn fill(sentence: &str, error: &Error) -> String {
    let Some(serde_json::Value::Object(data)) = error.data() else {
        return sentence.to_owned();
    };
    data.iter()
        .fold(sentence.to_owned(), |text, (name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("{{{name}}}"), &value)
        })
}
