//! Chinese sentences for this module's refusals.

/// Code and sentence; `{name}` is filled from the error's data.
pub(crate) const MESSAGES: &[(&str, &str)] = &[
    ("assignment", "没有这个岗位，或您无权查看"),
    ("token", "没有这个令牌，或您无权查看"),
    ("rule-set", "没有这个规则集或版本"),
    ("job", "没有这个后台任务"),
    (
        "admin.username-shape",
        "用户名应为 3 至 60 个字母、数字、点、连字符或 @",
    ),
    ("admin.username-taken", "该用户名已被使用，请更换"),
    ("admin.name-shape", "名称应为 1 至 60 个字"),
    ("admin.role-unknown", "权限矩阵中没有这个角色"),
    ("admin.dates", "日期不正确：截止日早于起始日，或早于今天"),
    ("admin.own-account", "本人的账号和岗位须由其他管理员更改"),
    (
        "admin.shared-account",
        "该账号还在您管理范围之外的机构任职，请由上级管理员处理",
    ),
    ("admin.assigned-already", "该账号在此处已有这个角色"),
    (
        "admin.duties-mixed",
        "系统管理、安全管理、审计管理须三权分立，同一人或同一角色不能兼任",
    ),
    (
        "admin.duties-held",
        "将有 {count} 个账号兼任须三权分立的职责：{names}；请先结束其中一个岗位",
    ),
    (
        "admin.locked-out",
        "将没有任何角色能管理账号和权限，请至少保留一个角色",
    ),
    ("admin.permission-unknown", "没有这项权限：{permission}"),
    (
        "admin.role-code",
        "角色代码应为不超过 40 个小写字母和连字符",
    ),
    ("admin.role-twice", "角色重复出现"),
    ("admin.state-already", "账号已处于该状态"),
    (
        "admin.last-security-admin",
        "这是最后一位在用的安全管理员，请先任命另一位",
    ),
    ("admin.system-account", "系统账号使用令牌登录，没有密码"),
    (
        "admin.token-for-person",
        "令牌只供系统使用，个人请用密码登录",
    ),
    (
        "admin.token-expiry",
        "令牌的截止时间应在将来，且不超过 {days} 天",
    ),
    (
        "admin.token-exists",
        "已有同名的在用令牌，请先吊销或更换名称",
    ),
    ("admin.security-rule", "该规则集由安全管理员维护"),
    ("admin.rule-source", "请用不超过 300 个字填写依据来源"),
    ("admin.rule-in-past", "规则从今天或以后生效，不能改变过去"),
    ("admin.audit-window", "起始时间应早于截止时间"),
    (
        "admin.export-too-large",
        "超过 {rows_max} 条，请缩小时间范围或增加筛选条件",
    ),
    ("admin.job-not-dead", "只有多次失败的任务可以手工重试"),
];
