//! Cases that can't wait, and examinations that are asked for alone.

use kernel::identity::Sex;
use referral::Priority;

use crate::scenarios::{
    AMLODIPINE, ASPIRIN, BASE, CEFUROXIME, CLOPIDOGREL, METOPROLOL, OMEPRAZOLE, STATIN, Scenario,
};

/// Cases that can't wait.
pub(crate) const EMERGENCIES: &[Scenario] = &[
    Scenario {
        diagnosis: ("I21.0", "前壁急性透壁性心肌梗死"),
        ages_years: (45, 86),
        priority: Priority::Emergency,
        reason: "critical",
        danger_sign: "chest-pain",
        vitals: [104, 108, 70, 23, 364, 95],
        condition: "突发胸骨后压榨样疼痛1小时，大汗，心电图V1-V4 ST段抬高。",
        treatment: "阿司匹林300 mg、替格瑞洛180 mg，建立静脉通路，心电已远传。",
        findings: "急诊造影：前降支近段闭塞；肌钙蛋白显著升高。",
        done: "绕行急诊直达导管室，前降支开通并植入支架，术后入监护。",
        drugs: &[ASPIRIN, CLOPIDOGREL, STATIN, METOPROLOL],
        weight: 10,
        ..BASE
    },
    Scenario {
        diagnosis: ("I63.5", "大脑动脉未特指的闭塞或狭窄引起的脑梗死"),
        ages_years: (48, 88),
        lead: "neurology",
        priority: Priority::Emergency,
        reason: "critical",
        danger_sign: "stroke-signs",
        vitals: [86, 172, 96, 19, 366, 96],
        condition: "左侧肢体无力、口角歪斜70分钟，NIHSS 11分，血糖7.2 mmol/L。",
        treatment: "开通静脉，禁食，未降压，已通知卒中团队。",
        findings: "头颅CT未见出血；CTA示右侧大脑中动脉M1段闭塞。",
        done: "静脉溶栓后机械取栓，血流恢复TICI 2b，左侧肌力恢复至4级。",
        drugs: &[ASPIRIN, STATIN],
        weight: 9,
        ..BASE
    },
    Scenario {
        diagnosis: ("K92.2", "胃肠出血，未特指"),
        ages_years: (35, 82),
        lead: "gastroenterology",
        priority: Priority::Emergency,
        reason: "critical",
        danger_sign: "bleeding",
        vitals: [116, 94, 58, 22, 365, 96],
        condition: "呕血2次约400 mL，黑便，面色苍白，出冷汗。",
        treatment: "补液、质子泵抑制剂静滴，禁食。",
        findings: "急诊胃镜：十二指肠球部溃疡伴活动性渗血；血红蛋白78 g/L。",
        done: "内镜下止血成功，输红细胞2单位，未再出血。",
        drugs: &[OMEPRAZOLE],
        weight: 7,
        ..BASE
    },
    Scenario {
        diagnosis: ("S06.5", "创伤性硬膜下出血"),
        ages_years: (20, 80),
        lead: "neurosurgery",
        priority: Priority::Emergency,
        reason: "critical",
        danger_sign: "severe-trauma",
        vitals: [92, 150, 88, 20, 366, 95],
        condition: "骑车摔伤头部2小时，一过性昏迷，现嗜睡，呕吐1次，双侧瞳孔等大。",
        treatment: "颈托固定，建立静脉通路，头部伤口包扎。",
        findings: "头颅CT：右侧额颞硬膜下血肿约15 mL，中线居中。",
        done: "监护下保守治疗，复查CT血肿未增大，意识转清。",
        weight: 6,
        ..BASE
    },
    Scenario {
        diagnosis: ("K35.8", "急性阑尾炎，其他和未特指"),
        ages_years: (14, 65),
        lead: "general-surgery",
        branch: "surgery",
        priority: Priority::Emergency,
        reason: "surgery",
        danger_sign: "acute-abdomen",
        vitals: [98, 124, 76, 20, 381, 97],
        condition: "转移性右下腹痛12小时，麦氏点压痛反跳痛，白细胞14.6×10⁹/L。",
        treatment: "禁食，头孢静滴一次。",
        findings: "超声：阑尾肿胀，周围少量渗出。",
        done: "腹腔镜阑尾切除术，术后恢复顺利。",
        drugs: &[CEFUROXIME],
        weight: 7,
        ..BASE
    },
    Scenario {
        diagnosis: ("O14.1", "重度先兆子痫"),
        ages_years: (21, 42),
        sex: Some(Sex::Female),
        lead: "obstetrics",
        priority: Priority::Emergency,
        reason: "high-risk-pregnancy",
        danger_sign: "pregnancy-danger",
        vitals: [96, 168, 112, 20, 367, 97],
        condition: "孕34周，头痛、眼花半天，血压168/112 mmHg，尿蛋白3+。",
        treatment: "硫酸镁负荷量静滴，拉贝洛尔口服。",
        findings: "血小板92×10⁹/L，转氨酶升高，胎心监护反应型。",
        done: "控制血压后剖宫产，母婴平稳。",
        drugs: &[AMLODIPINE],
        weight: 4,
        ..BASE
    },
];

/// Code of the catalogue, name, modality, diagnosis, why.
type ExamRow = (
    &'static str,
    &'static str,
    &'static str,
    (&'static str, &'static str),
    &'static str,
);

/// Examinations asked for.
pub(crate) const EXAMS: &[ExamRow] = &[
    (
        "CT-CHEST",
        "胸部CT平扫",
        "CT",
        ("J18.9", "肺炎，未特指"),
        "咳嗽两周，胸片可疑结节，需CT进一步明确。",
    ),
    (
        "CT-HEAD",
        "颅脑CT平扫",
        "CT",
        ("I63.9", "脑梗死，未特指"),
        "头晕伴行走不稳3天，排除颅内病变。",
    ),
    (
        "CT-ABD",
        "上腹部CT平扫",
        "CT",
        ("K80.2", "胆囊结石不伴有胆囊炎"),
        "超声示胆囊结石，上腹隐痛，需CT评估。",
    ),
    (
        "MR-HEAD",
        "颅脑磁共振平扫",
        "MR",
        ("G45.9", "短暂性大脑缺血性发作，未特指"),
        "反复头晕、一过性肢体麻木，本地无磁共振。",
    ),
    (
        "MR-LSPINE",
        "腰椎磁共振平扫",
        "MR",
        ("M51.2", "其他特指的椎间盘移位"),
        "腰痛伴左下肢放射痛一月，保守治疗无效。",
    ),
    (
        "US-ECHO",
        "超声心动图",
        "US",
        ("I50.9", "心力衰竭，未特指"),
        "心衰随访，需评估射血分数。",
    ),
    (
        "ES-EGD",
        "胃镜检查",
        "ES",
        ("K29.5", "慢性胃炎，未特指"),
        "上腹痛反复3个月，幽门螺杆菌阳性。",
    ),
    (
        "PF-SPIRO",
        "肺功能检查",
        "PF",
        ("J44.9", "慢性阻塞性肺病，未特指"),
        "长期吸烟、咳痰，需肺功能明确分级。",
    ),
    (
        "EC-HOLTER",
        "动态心电图",
        "ECG",
        ("I48.0", "阵发性心房颤动"),
        "阵发心悸，常规心电图未捕捉到。",
    ),
];
