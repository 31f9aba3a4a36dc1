//! What people come with: invented, usual cases with what a doctor writes about them. Codes are those
//! of the terminology's starter catalogues.

use kernel::identity::Sex;
use referral::{Priority, Service};

use crate::population_health::ConditionKind;

/// A usual case.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// ICD-10 code and name.
    pub diagnosis: (&'static str, &'static str),
    /// Ages it falls on.
    pub ages_years: (u16, u16),
    /// Only people of this sex.
    pub sex: Option<Sex>,
    /// Only people with this condition.
    pub known: Option<ConditionKind>,
    /// Department of the lead hospital.
    pub lead: &'static str,
    /// Department of the branch that treats it too; none when it does not.
    pub branch: &'static str,
    /// A township can keep the patient.
    pub township: bool,
    /// What is asked for.
    pub service: Service,
    /// How urgent it usually is.
    pub priority: Priority,
    /// Reason code.
    pub reason: &'static str,
    /// Danger sign ticked, or none.
    pub danger_sign: &'static str,
    /// Pulse, systolic, diastolic, respiration, temperature in tenths, oxygen.
    pub vitals: [i64; 6],
    /// 病情描述.
    pub condition: &'static str,
    /// 治疗经过.
    pub treatment: &'static str,
    /// What the hospital found.
    pub findings: &'static str,
    /// What the hospital did.
    pub done: &'static str,
    /// 出院医嘱.
    pub advice: &'static str,
    /// Drugs to go on with: code, name, dose.
    pub drugs: &'static [(&'static str, &'static str, &'static str)],
    /// How often, as a weight.
    pub weight: u32,
}

pub(crate) const ASPIRIN: (&str, &str, &str) = ("B01AC06-EC", "阿司匹林肠溶片", "100 mg 每日1次");
pub(crate) const STATIN: (&str, &str, &str) = ("C10AA05-TAB", "阿托伐他汀钙片", "20 mg 每晚1次");
pub(crate) const AMLODIPINE: (&str, &str, &str) =
    ("C08CA01-TAB", "苯磺酸氨氯地平片", "5 mg 每日1次");
pub(crate) const CLOPIDOGREL: (&str, &str, &str) =
    ("B01AC04-TAB", "硫酸氢氯吡格雷片", "75 mg 每日1次");
pub(crate) const METOPROLOL: (&str, &str, &str) =
    ("C07AB02-SR", "琥珀酸美托洛尔缓释片", "47.5 mg 每日1次");
const FUROSEMIDE: (&str, &str, &str) = ("C03CA01-TAB", "呋塞米片", "20 mg 每日1次");
const RIVAROXABAN: (&str, &str, &str) = ("B01AF01-TAB", "利伐沙班片", "15 mg 每日1次");
const METFORMIN: (&str, &str, &str) = ("A10BA02-TAB", "盐酸二甲双胍片", "0.5 g 每日3次");
const INSULIN: (&str, &str, &str) = ("A10AC01-INJ", "精蛋白人胰岛素注射液", "12 单位 每晚1次");
const INHALER: (&str, &str, &str) = ("R03AK07-INH", "布地奈德福莫特罗粉吸入剂", "1 吸 每日2次");
pub(crate) const CEFUROXIME: (&str, &str, &str) = ("J01DC02-TAB", "头孢呋辛酯片", "0.25 g 每日2次");
pub(crate) const OMEPRAZOLE: (&str, &str, &str) =
    ("A02BC01-CAP", "奥美拉唑肠溶胶囊", "20 mg 每日1次");

/// What every scenario has unless it says otherwise.
pub(crate) const BASE: Scenario = Scenario {
    diagnosis: ("I10", "特发性(原发性)高血压"),
    ages_years: (40, 90),
    sex: None,
    known: None,
    lead: "cardiology",
    branch: "internal-medicine",
    township: false,
    service: Service::Inpatient,
    priority: Priority::Urgent,
    reason: "treatment-failed",
    danger_sign: "",
    vitals: [84, 138, 84, 19, 367, 96],
    condition: "",
    treatment: "",
    findings: "",
    done: "",
    advice: "按时服药，定期复诊；症状加重及时就诊。",
    drugs: &[],
    weight: 10,
};

/// Cases that come by appointment or with some hours to spare.
pub(crate) const USUAL: &[Scenario] = &[
    Scenario {
        diagnosis: ("I10", "特发性(原发性)高血压"),
        known: Some(ConditionKind::Hypertension),
        service: Service::Outpatient,
        reason: "uncontrolled-chronic",
        township: true,
        vitals: [82, 184, 104, 18, 365, 97],
        condition: "高血压多年，规律服药，近两周血压控制不佳，最高184/104 mmHg，伴头晕，无胸痛及肢体活动障碍。",
        treatment: "已加用钙通道阻滞剂并限盐，两周后复测仍不达标。",
        findings: "24小时动态血压：日间平均158/94 mmHg；肾功能、血钾正常；颈动脉内膜增厚。",
        done: "调整为氨氯地平联合血管紧张素受体拮抗剂，嘱家庭自测血压。",
        drugs: &[AMLODIPINE, ("C09CA03-CAP", "缬沙坦胶囊", "80 mg 每日1次")],
        weight: 26,
        ..BASE
    },
    Scenario {
        diagnosis: ("I20.0", "不稳定型心绞痛"),
        reason: "diagnosis-unclear",
        vitals: [88, 146, 88, 20, 366, 96],
        condition: "反复活动后胸闷3天，每次数分钟，休息可缓解，心电图示V4-V6导联ST段压低。",
        treatment: "阿司匹林、硝酸甘油后症状减轻，未行介入评估。",
        findings: "冠状动脉造影：前降支中段狭窄85%；肌钙蛋白未升高。",
        done: "前降支植入支架1枚，过程顺利，术后心电监护平稳。",
        drugs: &[ASPIRIN, CLOPIDOGREL, STATIN, METOPROLOL],
        weight: 14,
        ..BASE
    },
    Scenario {
        diagnosis: ("I50.9", "心力衰竭，未特指"),
        ages_years: (58, 92),
        vitals: [102, 132, 78, 24, 366, 93],
        condition: "活动后气促加重一周，夜间不能平卧，双下肢凹陷性水肿，双肺底湿啰音。",
        treatment: "口服利尿剂3天，尿量增加不明显。",
        findings: "超声心动图：左室射血分数38%；NT-proBNP 4 260 pg/mL。",
        done: "静脉利尿、扩血管，规范化抗心衰治疗，体重下降4 kg，可平卧。",
        drugs: &[
            FUROSEMIDE,
            METOPROLOL,
            ("C09AA02-TAB", "马来酸依那普利片", "5 mg 每日2次"),
        ],
        weight: 13,
        ..BASE
    },
    Scenario {
        diagnosis: ("I48.9", "心房颤动和心房扑动，未特指"),
        ages_years: (55, 90),
        service: Service::Outpatient,
        reason: "diagnosis-unclear",
        vitals: [118, 128, 80, 19, 365, 97],
        condition: "阵发心悸一月，心电图示心房颤动，心室率118次/分，血流动力学稳定。",
        treatment: "口服美托洛尔控制心室率。",
        findings: "动态心电图：持续性房颤；左房前后径46 mm，未见血栓。",
        done: "启动抗凝并控制心室率，评估射频消融指征。",
        drugs: &[RIVAROXABAN, METOPROLOL],
        weight: 8,
        ..BASE
    },
    Scenario {
        diagnosis: ("I63.9", "脑梗死，未特指"),
        ages_years: (50, 90),
        lead: "neurology",
        branch: "rehabilitation",
        reason: "critical",
        vitals: [80, 158, 90, 18, 366, 97],
        condition: "言语含糊、右侧肢体无力2天，症状无进展，意识清楚，已超过溶栓时间窗。",
        treatment: "抗血小板治疗，心电监护。",
        findings: "头颅磁共振：左侧基底节区急性梗死灶；头颈CTA未见大血管闭塞。",
        done: "抗血小板、他汀及早期床旁康复，右侧肌力由3级恢复至4级。",
        drugs: &[ASPIRIN, STATIN, AMLODIPINE],
        weight: 15,
        ..BASE
    },
    Scenario {
        diagnosis: ("G45.9", "短暂性大脑缺血性发作，未特指"),
        ages_years: (48, 88),
        lead: "neurology",
        service: Service::Outpatient,
        reason: "diagnosis-unclear",
        condition: "一过性左侧肢体麻木约20分钟，自行缓解，ABCD2评分4分。",
        treatment: "阿司匹林负荷后转诊。",
        findings: "颈动脉超声：右侧颈内动脉斑块，狭窄约50%；头颅磁共振弥散未见急性病灶。",
        done: "双联抗血小板21天，强化降脂。",
        drugs: &[ASPIRIN, CLOPIDOGREL, STATIN],
        weight: 8,
        ..BASE
    },
    Scenario {
        diagnosis: ("J44.1", "慢性阻塞性肺病伴有急性加重，未特指"),
        ages_years: (52, 90),
        known: Some(ConditionKind::ChronicObstructivePulmonaryDisease),
        lead: "respiratory",
        township: true,
        vitals: [98, 136, 80, 25, 376, 91],
        condition: "慢阻肺病史，受凉后咳痰喘加重5天，黄脓痰，双肺可闻及哮鸣音。",
        treatment: "雾化、口服抗菌药3天，喘息仍明显。",
        findings: "胸部CT：肺气肿伴右下肺炎症；血气：PaO₂ 58 mmHg，PaCO₂ 49 mmHg。",
        done: "抗感染、雾化、无创通气后好转，停氧血氧饱和度94%。",
        drugs: &[INHALER, CEFUROXIME],
        weight: 17,
        ..BASE
    },
    Scenario {
        diagnosis: ("J18.9", "肺炎，未特指"),
        ages_years: (30, 88),
        lead: "respiratory",
        township: true,
        vitals: [100, 122, 74, 23, 386, 94],
        condition: "发热、咳嗽4天，最高38.9 ℃，右下肺湿啰音。",
        treatment: "口服抗菌药48小时仍发热。",
        findings: "胸部CT：右下叶实变影；降钙素原0.9 ng/mL。",
        done: "静脉抗感染7天，体温正常，炎症明显吸收。",
        drugs: &[CEFUROXIME],
        weight: 13,
        ..BASE
    },
    Scenario {
        diagnosis: ("E11.9", "2型糖尿病不伴有并发症"),
        known: Some(ConditionKind::Diabetes),
        lead: "endocrinology",
        service: Service::Outpatient,
        township: true,
        reason: "uncontrolled-chronic",
        condition: "2型糖尿病，两种口服药足量3个月，空腹血糖仍11–13 mmol/L，糖化血红蛋白9.8%。",
        treatment: "二甲双胍、阿卡波糖联合，饮食指导。",
        findings: "糖化血红蛋白9.6%，C肽偏低，尿微量白蛋白轻度升高，眼底未见出血。",
        done: "起始基础胰岛素，教会注射与自测，空腹血糖降至7 mmol/L左右。",
        drugs: &[METFORMIN, INSULIN],
        weight: 18,
        ..BASE
    },
    Scenario {
        diagnosis: ("N18.4", "慢性肾脏病4期"),
        ages_years: (45, 85),
        lead: "nephrology",
        reason: "complication",
        vitals: [80, 152, 90, 18, 365, 97],
        condition: "慢性肾脏病，近一月乏力、下肢水肿，血肌酐由256升至371 μmol/L。",
        treatment: "控制血压、限蛋白饮食。",
        findings: "血肌酐365 μmol/L，血钾5.4 mmol/L，血红蛋白86 g/L；双肾缩小。",
        done: "纠正贫血与高钾，评估透析通路。",
        drugs: &[AMLODIPINE, FUROSEMIDE],
        weight: 8,
        ..BASE
    },
    Scenario {
        diagnosis: ("K80.1", "胆囊结石伴有其他胆囊炎"),
        ages_years: (30, 78),
        lead: "general-surgery",
        branch: "surgery",
        reason: "surgery",
        condition: "右上腹痛反复半年，进油腻食物后加重，超声示胆囊多发结石、壁毛糙。",
        treatment: "抗炎、解痉后疼痛缓解。",
        findings: "磁共振胰胆管成像：胆囊结石，胆总管不扩张。",
        done: "腹腔镜胆囊切除术，术后第2天进食，切口干燥。",
        drugs: &[CEFUROXIME],
        weight: 11,
        ..BASE
    },
    Scenario {
        diagnosis: ("K40.9", "单侧或未特指的腹股沟疝，不伴有梗阻或坏疽"),
        ages_years: (45, 85),
        sex: Some(Sex::Male),
        lead: "general-surgery",
        branch: "surgery",
        priority: Priority::Routine,
        reason: "surgery",
        condition: "右侧腹股沟可复性包块一年，近期增大，站立时明显，可还纳。",
        treatment: "未处理。",
        findings: "超声：右侧腹股沟斜疝，疝内容物为肠管，无嵌顿。",
        done: "无张力疝修补术，术后无发热，切口愈合良好。",
        weight: 7,
        ..BASE
    },
    Scenario {
        diagnosis: ("S72.0", "股骨颈骨折"),
        ages_years: (62, 92),
        lead: "orthopaedics",
        branch: "surgery",
        reason: "surgery",
        vitals: [90, 142, 82, 19, 368, 96],
        condition: "跌倒后左髋疼痛、不能站立6小时，左下肢短缩外旋，末梢血运好。",
        treatment: "制动、镇痛，X线示左股骨颈骨折。",
        findings: "髋关节CT：左股骨颈头下型骨折，移位。",
        done: "左人工股骨头置换，术后助行器下地。",
        drugs: &[RIVAROXABAN],
        weight: 9,
        ..BASE
    },
    Scenario {
        diagnosis: ("M17.9", "膝关节病，未特指"),
        ages_years: (52, 84),
        lead: "orthopaedics",
        branch: "rehabilitation",
        service: Service::Outpatient,
        priority: Priority::Routine,
        condition: "双膝疼痛3年，上下楼加重，近两月行走500米即痛。",
        treatment: "理疗、外用药三周，效果有限。",
        findings: "双膝X线：内侧间隙变窄，骨赘形成。",
        done: "关节腔注射与股四头肌训练，暂不手术。",
        weight: 9,
        ..BASE
    },
    Scenario {
        diagnosis: ("N20.1", "输尿管结石"),
        ages_years: (25, 70),
        lead: "urology",
        branch: "surgery",
        reason: "surgery",
        condition: "左腰部绞痛2天，超声示左输尿管上段结石约9 mm，轻度积水。",
        treatment: "解痉镇痛，疼痛反复。",
        findings: "泌尿系CT：左输尿管上段结石9 mm，左肾轻度积水。",
        done: "输尿管镜碎石，留置双J管，四周后取出。",
        weight: 8,
        ..BASE
    },
    Scenario {
        diagnosis: ("O24.4", "妊娠期发生的糖尿病"),
        ages_years: (21, 42),
        sex: Some(Sex::Female),
        lead: "obstetrics",
        branch: "obstetrics",
        service: Service::Outpatient,
        reason: "high-risk-pregnancy",
        condition: "孕27周，口服葡萄糖耐量试验空腹5.6、2小时9.4 mmol/L，孕期体重增长偏快。",
        treatment: "已做饮食和运动指导。",
        findings: "复查血糖谱：餐后2小时7.8–8.9 mmol/L；胎儿生长符合孕周。",
        done: "营养门诊随访，暂不用胰岛素，两周复查。",
        weight: 7,
        ..BASE
    },
    Scenario {
        diagnosis: ("J18.0", "支气管肺炎，未特指"),
        ages_years: (1, 12),
        lead: "paediatrics",
        branch: "paediatrics",
        township: true,
        vitals: [124, 98, 60, 28, 386, 94],
        condition: "患儿发热、咳嗽5天，双肺中细湿啰音，精神可，进食稍差。",
        treatment: "口服抗菌药3天，仍有发热。",
        findings: "胸片：双下肺斑片影；支原体抗体阳性。",
        done: "阿奇霉素及雾化治疗，体温正常3天。",
        drugs: &[("J01FA10-TAB", "阿奇霉素片", "按体重 每日1次 服3天停4天")],
        weight: 9,
        ..BASE
    },
    Scenario {
        diagnosis: ("H25.9", "老年性白内障，未特指"),
        ages_years: (58, 90),
        lead: "ophthalmology",
        branch: "",
        service: Service::Outpatient,
        priority: Priority::Routine,
        reason: "surgery",
        condition: "双眼视物模糊两年，右眼视力0.2，左眼0.3，晶状体混浊。",
        treatment: "未治疗。",
        findings: "眼底及眼轴检查完成，黄斑未见异常。",
        done: "预约右眼白内障超声乳化手术。",
        weight: 7,
        ..BASE
    },
    Scenario {
        diagnosis: ("C34.9", "支气管或肺恶性肿瘤，未特指"),
        ages_years: (50, 84),
        lead: "oncology",
        branch: "",
        reason: "diagnosis-unclear",
        condition: "咳嗽、痰中带血两周，胸部CT示右上肺2.8 cm占位伴毛刺。",
        treatment: "对症止咳。",
        findings: "穿刺病理：腺癌；全身检查未见远处转移。",
        done: "多学科讨论后完成首周期化疗，反应轻。",
        drugs: &[OMEPRAZOLE],
        weight: 6,
        ..BASE
    },
];
