//! Chinese sentences for the codes of this module.

pub(crate) const MESSAGES: &[(&str, &str)] = &[
    (
        "fhir.app-subscription",
        "应用不能建立订阅，请使用业务系统账号",
    ),
    ("fhir.invalid", "内容不符合 FHIR R4，请按列出的位置修改"),
    ("fhir.resource", "资源不存在，或您无权查看"),
    ("fhir.type", "FHIR R4 没有这种资源类型"),
    ("fhir.deleted", "该资源已删除"),
    ("fhir.moved", "同一资源正被多人同时修改，请重试"),
    ("fhir.format", "本接口只支持 JSON：application/fhir+json"),
    ("fhir.client-id", "本服务器自行分配编号，请用 POST 新建"),
    (
        "fhir.owned",
        "该资源由业务模块维护，请使用相应的接口：{api}",
    ),
    ("fhir.no-patient", "所引用的居民未登记，或您没有调阅依据"),
    (
        "fhir.patient-replaced",
        "所引用的居民已合并，请改用合并后的居民：{replaced_by}",
    ),
    (
        "fhir.read-only-basis",
        "您的依据只能调阅，不能写入：请先在本机构登记该居民，或通过转诊建立诊疗关系",
    ),
    (
        "fhir.patient-changed",
        "更新不能把资源改到另一位居民名下，请删除后重新新建",
    ),
    (
        "fhir.export-limit",
        "同时进行的批量导出已达上限（{limit}个），请等待其中一个结束",
    ),
    (
        "fhir.export-rule",
        "保留时间应为 1 至 720 小时，同时导出数 1 至 20，总量 1 至 1048576 MiB",
    ),
    (
        "fhir.subscription-endpoint",
        "订阅的推送地址须为 https，且主机在本联体允许的名单内",
    ),
    (
        "fhir.subscription-limit",
        "本机构的订阅已达上限（{limit}个）",
    ),
    (
        "fhir.subscription-rule",
        "主机写作 his.example 或 his.example:8443；重试次数 1 至 100，机构订阅数 1 至 10000",
    ),
    (
        "fhir.reference-missing",
        "所引用的资源不存在，或您无权查看：{parameter}",
    ),
    (
        "fhir.reference-rule",
        "请填写引用类检索参数，例如 Observation:encounter",
    ),
    (
        "fhir.profile-rule",
        "规范（Profile）不能生效，请按列出的位置修改",
    ),
    (
        "fhir.profile-unchecked",
        "该规范有本服务器不检查的要求；确认后请设置 accept_unchecked，仍可生效",
    ),
    ("fhir.guard-days", "保留天数应为 1 至 30"),
];
