//! Chinese sentences for the error codes of this module; `{name}` is filled from the error's data.

pub(crate) const ALL: &[(&str, &str)] = &[
    ("bed", "床位不存在，或您无权查看"),
    ("ward", "病区不存在，或您无权查看"),
    ("slot", "号源不存在，或您无权查看"),
    ("clinic-session", "出诊单元不存在，或您无权查看"),
    ("schedule-template", "排班模板不存在，或您无权查看"),
    ("equipment", "设备不存在，或您无权查看"),
    ("maintenance", "检修计划不存在，或您无权查看"),
    ("hold", "锁定记录不存在，或您无权查看"),
    ("waiting", "候补记录不存在，或您无权查看"),
    (
        "resources.exists",
        "该编号已被使用；如要修改，请打开后带上所见的版本号",
    ),
    (
        "resources.taken",
        "刚刚已被{taken_by_org}占用，请从备选中另选",
    ),
    (
        "resources.reserved",
        "该资源为其他渠道或机构预留，请另选或等待释放",
    ),
    ("resources.past", "该时间已过，请选择以后的时间"),
    ("resources.until-past", "锁定截止时间应晚于现在"),
    ("resources.too-far", "设备最多可提前 {days_max} 天预约"),
    (
        "resources.too-many-holds",
        "本机构已锁定 {open_max} 个资源，请先释放一部分",
    ),
    ("resources.sex-rule", "该床位所在房间限另一性别，请另选床位"),
    (
        "resources.sex-unknown",
        "该床位限定性别，而患者性别未知，请选择不限性别的床位",
    ),
    (
        "resources.not-in-group",
        "两家机构不在同一医联体，资源只在医联体内统筹",
    ),
    (
        "resources.owned-elsewhere",
        "该资源属于一个病例，请在该病例中确认或释放",
    ),
    ("resources.hold-consumed", "患者已到，资源已使用，不能退回"),
    ("resources.hold-released", "该锁定已释放，请重新锁定"),
    ("resources.hold-expired", "该锁定已到期，请重新锁定"),
    ("resources.hold-not-due", "该锁定尚未到期"),
    ("resources.bed-occupied", "床上有患者"),
    ("resources.bed-cleaning", "床位正在清洁"),
    ("resources.bed-closed", "床位已停用，请先恢复使用"),
    ("resources.bed-state", "当前状态下不能这样操作"),
    ("resources.bed-held", "该床位已被锁定，请办理到床或另选床位"),
    ("resources.ward-closed", "病区已停用，请选择其他床位"),
    ("resources.ward-state", "病区已是该状态"),
    (
        "resources.ward-fixed",
        "病区的科室和专科不能更改，请新建病区后转移床位",
    ),
    ("resources.session-stopped", "该出诊单元已停诊，请另选"),
    ("resources.session-open", "该出诊单元正常出诊"),
    ("resources.session-over", "该出诊单元已结束，不能更改"),
    (
        "resources.session-empty",
        "出诊时段不足一个号，请推迟结束时间",
    ),
    (
        "resources.same-practitioner",
        "该医生就是原出诊医生，请另选",
    ),
    (
        "resources.practitioner",
        "该人员今天在本机构没有执业地点，请先登记或另选",
    ),
    ("resources.template-ended", "该排班模板已终止，请新建"),
    (
        "resources.weekdays",
        "星期应为 1（周一）至 7（周日），至少一个",
    ),
    ("resources.validity", "截止日期早于起始日期"),
    (
        "resources.quota-channel",
        "配额只能用于转诊或绿色通道；指定机构的配额属于转诊渠道",
    ),
    (
        "resources.quota-too-large",
        "配额合计 {kept} 个，超过每次出诊的 {slots} 个号",
    ),
    (
        "resources.department",
        "这不是该机构在用的科室，请从科室列表中选择",
    ),
    (
        "resources.specialty-missing",
        "科室没有登记专科，请填写专科",
    ),
    (
        "resources.equipment-closed",
        "设备在该时段不开放，请选择开放时间",
    ),
    ("resources.equipment-state", "设备已是该状态"),
    ("resources.out-of-service", "设备停用，请选择其他设备"),
    ("resources.maintenance", "设备在该时段检修"),
    (
        "resources.maintenance-overlap",
        "该时段已有检修，或有检查正在进行",
    ),
    ("resources.maintenance-cancelled", "该检修计划已取消"),
    ("resources.grid", "设备时间以 5 分钟为单位，例如 08:05"),
    (
        "resources.hours",
        "开放时间应写明星期 1 至 7，结束晚于开始，并以 5 分钟为单位",
    ),
    ("resources.exams", "检查项目过多或重复"),
    ("resources.time-of-day", "时刻应写作 08:00，最晚 24:00"),
    (
        "resources.out-of-range",
        "{field} 应在 {low} 至 {high} 之间",
    ),
    ("resources.empty", "{field} 不能为空"),
    (
        "resources.text",
        "{field} 最多 {length_max} 个字，且不含控制字符",
    ),
    (
        "resources.search-window",
        "查询的结束时间应晚于开始时间和现在，且跨度不能过长",
    ),
    ("resources.search-specialty", "请说明专科或科室"),
    ("resources.search-minutes", "请说明检查项目或所需分钟数"),
    ("resources.waiting-already", "该申请已在候补队列中"),
    ("resources.waiting-over", "该候补已结束"),
    ("resources.nothing-offered", "目前没有候补到的资源"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::ALL;

    /// Error codes, rule sets, permissions, jobs and notices share the prefix; these are no errors.
    const OTHERS: &[&str] = &[
        "resources.beds",
        "resources.equipment",
        "resources.expire-holds",
        "resources.expire-more",
        "resources.generate",
        "resources.generate-template",
        "resources.hold",
        "resources.hold-withdrawn",
        "resources.holds",
        "resources.manage",
        "resources.read",
        "resources.schedule",
        "resources.session-substituted",
        "resources.waitlist-offered",
    ];

    fn codes_in(folder: &Path, codes: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes_in(&path, codes);
            } else if !path.ends_with("messages.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let is_code =
                    |piece: &&str| piece.starts_with("resources.") && !piece.contains(' ');
                let quoted = text.split('"').filter(is_code);
                codes.extend(quoted.map(ToOwned::to_owned));
            }
        }
    }

    #[test]
    fn every_error_code_has_its_chinese_sentence() {
        let mut codes = BTreeSet::new();
        codes_in(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut codes,
        );
        let known: BTreeSet<&str> = ALL.iter().map(|(code, _)| *code).collect();
        let missing: Vec<&String> = codes
            .iter()
            .filter(|code| !known.contains(code.as_str()) && !OTHERS.contains(&code.as_str()))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        let unused: Vec<&&str> = known
            .iter()
            .filter(|code| code.starts_with("resources.") && !codes.contains(**code))
            .collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
