//! What people write to each other beside the sheets.

/// From the asking side.
pub(crate) const FROM_SENDER: &[&str] = &[
    "患者子女陪同，预计今天下午出发，请协助安排。",
    "既往检查单已拍照，到院后请参考，尽量避免重复检查。",
    "患者听力不好，请联系家属电话。",
    "请问到院后先到哪个窗口报到？",
    "今早血压较前平稳，已嘱患者带齐用药。",
    "村里距县城较远，如能当天完成检查请尽量安排在上午。",
];

/// From the side asked.
pub(crate) const FROM_RECEIVER: &[&str] = &[
    "请携带身份证、医保卡和既往病历，到一楼转诊窗口报到，凭取号码优先。",
    "床位已留，请于约定时间前到病区护士站。",
    "请嘱患者检查前禁食4小时。",
    "患者情况平稳，检查结果出来后第一时间回传。",
    "感谢及时转诊，后续请基层协助随访血压。",
    "已安排专人在急诊门口接应，请途中保持电话畅通。",
];

/// Answers to questions.
pub(crate) const ANSWERS: &[&str] = &[
    "目前用药方案合理，建议维持两周后复测，若仍不达标再联系调整。",
    "建议加做动态监测，暂不需转诊；出现胸痛、气促请立即走绿色通道。",
    "可先在基层完善肝肾功能、电解质，结果回来后在线回复我。",
    "结合描述，建议转上级门诊进一步检查，可直接预约本周号源。",
];

/// Questions.
pub(crate) const QUESTIONS: &[&str] = &[
    "目前方案是否需要调整？能否继续在基层管理？",
    "是否需要进一步检查或转诊？",
    "合并用药是否合适？下一步随访间隔多久为宜？",
];

/// Reasons for going another way than the rules suggest.
pub(crate) const OVERRIDES: &[&str] = &[
    "基层条件有限，患者及家属要求上级医院诊治。",
    "合并多种慢性病，需专科一并评估。",
    "本机构暂缺所需检查，建议上级完成。",
];

/// Refusals: code, and words where the code asks for them.
pub(crate) const REFUSALS: &[(&str, &str)] = &[
    ("no-bed", ""),
    ("no-slot", ""),
    (
        "local-care",
        "病情稳定，按现方案在基层继续治疗，两周后复测。",
    ),
    ("advice-enough", "已电话指导调整用药，暂不需转诊。"),
    ("incomplete", "请补充近期心电图和用药清单后重新提交。"),
    ("other-specialty", "建议改转相应专科评估。"),
];

/// Withdrawals.
pub(crate) const WITHDRAWALS: &[&str] = &[
    "patient-declined",
    "improved",
    "went-elsewhere",
    "transport",
    "cost",
];

/// Reasons for emergency access.
pub(crate) const EMERGENCY_ACCESS: &[&str] = &[
    "患者昏迷由路人送来急诊，无家属，需立即了解用药和过敏史。",
    "急诊抢救中，家属无法说明既往病史，需调阅慢病用药。",
    "夜间急诊突发意识障碍，需核对是否使用抗凝药物。",
];

/// What a follow-up finds.
pub(crate) const FOLLOW_UPS: &[&str] = &[
    "一般情况好，精神、食欲可，能按时服药。",
    "恢复平稳，可室内活动，睡眠可。",
    "无明显不适，家属照护到位。",
    "较出院时有好转，偶感乏力，嘱循序渐进活动。",
];

/// What the community works towards.
pub(crate) const GOALS: &[&str] = &[
    "三个月内血压、血糖达标，能独立完成日常活动。",
    "四周内恢复独立行走，能自理如厕、进食。",
    "规律用药，无再次住院，活动耐量逐步恢复。",
];
