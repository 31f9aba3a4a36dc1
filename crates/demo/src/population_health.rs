//! Chronic conditions of invented residents: how common each is by age and sex, as whole numbers
//! in a thousand. Plausible for screens and load, not epidemiology.

use kernel::Date;
use kernel::identity::Sex;
use serde::Serialize;

use crate::random::Random;

/// A chronic condition of a resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// What.
    pub kind: ConditionKind,
    /// Its ICD-10 code.
    pub icd10: &'static str,
    /// Known since.
    pub since: Date,
}

/// Conditions that referrals, follow-ups and strata are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionKind {
    /// 高血压
    Hypertension,
    /// 2型糖尿病
    Diabetes,
    /// 冠心病
    CoronaryHeartDisease,
    /// 脑卒中后遗症
    Stroke,
    /// 慢阻肺
    ChronicObstructivePulmonaryDisease,
    /// 慢性肾脏病
    ChronicKidneyDisease,
    /// 房颤
    AtrialFibrillation,
    /// 哮喘
    Asthma,
    /// 恶性肿瘤个人史
    CancerHistory,
    /// 严重精神障碍
    SevereMentalDisorder,
    /// 癫痫
    Epilepsy,
    /// 膝骨关节炎
    KneeArthrosis,
    /// 骨质疏松
    Osteoporosis,
    /// 前列腺增生
    ProstateHyperplasia,
    /// 白内障
    Cataract,
    /// 慢性乙型肝炎
    ChronicHepatitisB,
    /// 痛风
    Gout,
}

struct Prevalence {
    kind: ConditionKind,
    icd10: &'static str,
    /// In a thousand men, by age band: under 15, 35, 45, 55, 65, 75, and older.
    male: [u32; 7],
    /// In a thousand women.
    female: [u32; 7],
}

const AGE_BANDS_BELOW_YEARS: [u32; 6] = [15, 35, 45, 55, 65, 75];

const PREVALENCES: &[Prevalence] = &[
    row(
        ConditionKind::Hypertension,
        "I10",
        [0, 30, 140, 280, 420, 540, 600],
        [0, 12, 90, 230, 410, 570, 640],
    ),
    row(
        ConditionKind::Diabetes,
        "E11.9",
        [0, 6, 50, 110, 160, 190, 190],
        [0, 5, 30, 85, 160, 210, 200],
    ),
    row(
        ConditionKind::CoronaryHeartDisease,
        "I25.1",
        [0, 0, 5, 22, 60, 110, 170],
        [0, 0, 3, 14, 50, 105, 170],
    ),
    row(
        ConditionKind::Stroke,
        "I69.3",
        [0, 0, 2, 12, 38, 75, 110],
        [0, 0, 1, 8, 26, 60, 95],
    ),
    row(
        ConditionKind::ChronicObstructivePulmonaryDisease,
        "J44.9",
        [0, 0, 12, 45, 105, 170, 220],
        [0, 0, 5, 16, 40, 75, 100],
    ),
    row(
        ConditionKind::ChronicKidneyDisease,
        "N18.9",
        [0, 1, 4, 10, 22, 40, 65],
        [0, 1, 4, 9, 20, 42, 70],
    ),
    row(
        ConditionKind::AtrialFibrillation,
        "I48.9",
        [0, 0, 1, 4, 12, 28, 50],
        [0, 0, 1, 3, 10, 24, 48],
    ),
    row(
        ConditionKind::Asthma,
        "J45.9",
        [20, 12, 12, 14, 18, 22, 24],
        [14, 12, 13, 15, 19, 22, 22],
    ),
    row(
        ConditionKind::CancerHistory,
        "Z85",
        [0, 1, 4, 9, 20, 32, 40],
        [0, 2, 7, 13, 20, 26, 30],
    ),
    row(
        ConditionKind::SevereMentalDisorder,
        "F20.9",
        [0, 4, 6, 6, 5, 4, 3],
        [0, 4, 6, 7, 6, 4, 3],
    ),
    row(
        ConditionKind::Epilepsy,
        "G40.9",
        [4, 5, 5, 5, 5, 5, 5],
        [3, 4, 4, 4, 4, 5, 5],
    ),
    row(
        ConditionKind::KneeArthrosis,
        "M17.9",
        [0, 1, 10, 40, 90, 140, 170],
        [0, 1, 20, 80, 180, 250, 280],
    ),
    row(
        ConditionKind::Osteoporosis,
        "M81",
        [0, 0, 2, 8, 25, 55, 90],
        [0, 0, 4, 25, 110, 190, 240],
    ),
    row(
        ConditionKind::ProstateHyperplasia,
        "N40",
        [0, 0, 5, 40, 130, 240, 320],
        [0; 7],
    ),
    row(
        ConditionKind::Cataract,
        "H25.9",
        [0, 0, 1, 8, 45, 140, 240],
        [0, 0, 1, 9, 55, 160, 260],
    ),
    row(
        ConditionKind::ChronicHepatitisB,
        "B18.1",
        [1, 22, 38, 40, 34, 24, 16],
        [1, 15, 26, 28, 25, 18, 12],
    ),
    row(
        ConditionKind::Gout,
        "M10.9",
        [0, 10, 24, 30, 32, 30, 26],
        [0, 0, 1, 4, 10, 14, 16],
    ),
];

const fn row(
    kind: ConditionKind,
    icd10: &'static str,
    male: [u32; 7],
    female: [u32; 7],
) -> Prevalence {
    Prevalence {
        kind,
        icd10,
        male,
        female,
    }
}

/// Draws the conditions of one person, the oldest first.
pub fn conditions_of(
    random: &mut Random,
    sex: Sex,
    age_years: u32,
    birth_date: Date,
    as_of: Date,
) -> Vec<Condition> {
    let band = AGE_BANDS_BELOW_YEARS
        .iter()
        .take_while(|below| age_years >= **below)
        .count();
    let mut found: Vec<Condition> = Vec::new();
    for prevalence in PREVALENCES {
        let base = if sex == Sex::Female {
            prevalence.female[band]
        } else {
            prevalence.male[band]
        };
        // Vascular disease clusters: hypertension is drawn first and raises what follows from it.
        let raised = found
            .iter()
            .any(|one| one.kind == ConditionKind::Hypertension)
            && matches!(
                prevalence.kind,
                ConditionKind::Diabetes
                    | ConditionKind::CoronaryHeartDisease
                    | ConditionKind::Stroke
                    | ConditionKind::ChronicKidneyDisease
            );
        let per_mille = if raised { base * 3 / 2 } else { base };
        if random.chance(per_mille) {
            let since = since(random, birth_date, as_of);
            found.push(Condition {
                kind: prevalence.kind,
                icd10: prevalence.icd10,
                since,
            });
        }
    }
    found.sort_by_key(|one| one.since);
    found
}

/// A day within the last fifteen years, after birth and before today.
fn since(random: &mut Random, birth_date: Date, as_of: Date) -> Date {
    const DAYS_MAX: i64 = 15 * 365;
    let lived = birth_date.days_until(as_of).max(1);
    let span = u32::try_from(lived.min(DAYS_MAX)).expect("between 1 and fifteen years of days");
    as_of.plus_days(-i64::from(random.below(span)))
}
