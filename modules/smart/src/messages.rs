//! Chinese sentences for the codes of this module.

pub(crate) const MESSAGES: &[(&str, &str)] = &[
    ("smart-app", "没有这个接入应用，或您无权查看"),
    ("smart.app-field", "请按提示填写该项"),
    (
        "smart.app-unknown",
        "没有登记过这个应用，请向应用的提供者核对 client_id",
    ),
    (
        "smart.redirect",
        "该应用要把您带到一个没有登记的地址，已停止。请联系管理员核对应用的回调地址",
    ),
    (
        "smart.app-not-yours",
        "该应用已停用，或不向您所在的机构开放",
    ),
    ("smart.request", "应用发来的请求无法读取，请从应用重新打开"),
    (
        "smart.session",
        "请本人登录后再授权，业务系统的令牌不能授权",
    ),
    ("smart.patient", "没有这位居民，或您没有查阅其档案的依据"),
    ("smart.patient-needed", "请选择为哪位居民打开该应用"),
    (
        "smart.launch-used",
        "这次打开已失效，请从居民档案页重新打开应用",
    ),
    (
        "smart.jwks",
        "请填写公钥的 JWK Set：每个密钥为 RSA 或 EC，并有 kid，不得包含私钥",
    ),
    (
        "smart.backend-duty",
        "后台服务以业务系统账号读取数据，须由有权发放接口令牌的安全管理员登记和修改",
    ),
    ("smart.no-secret", "该应用不使用密钥口令"),
    ("smart.rule", "{field} 应在 1 与 {most} 之间"),
    (
        "smart.rule-host",
        "主机请写成 host 或 host:port，不带协议与路径",
    ),
];
