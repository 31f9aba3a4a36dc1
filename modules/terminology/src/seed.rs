//! The starter catalogues that come with the program. They fill what is missing at a start and
//! never touch what a consortium imported or changed.

use kernel::{Date, Result};
use store::{Change, Subject, Tx};

use crate::catalogue::{self, Catalogue};
use crate::model::{
    DRUG, EXAM, ICD10, LAB_ITEM, RECOGNITION_REFUSAL, REFERRAL_REASON, REFERRAL_REFUSAL,
    REFERRAL_WITHDRAWAL, SPECIALTY, TECHNIQUE,
};
use crate::{sql, versions};

/// A catalogue in the program.
pub(crate) struct Builtin {
    pub system: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub source: &'static str,
    pub edition: &'static str,
    /// Grows by one when the file gains concepts, so that the next start adds them.
    pub number: i64,
    pub csv: &'static str,
}

impl Builtin {
    /// What others call the system.
    pub(crate) fn url(&self) -> String {
        match self.system {
            ICD10 => "http://hl7.org/fhir/sid/icd-10".to_owned(),
            other => format!("urn:lianti:{other}"),
        }
    }

    fn read(&self, today: Date) -> Result<Catalogue> {
        catalogue::read(self.system, &self.url(), self.csv.as_bytes(), today)
    }
}

const OWN_SOURCE: &str = "Lianti starter catalogue";

pub(crate) const BUILTINS: [Builtin; 10] = [
    Builtin {
        system: ICD10,
        name_zh: "疾病分类（ICD-10）",
        name_en: "Diagnoses (ICD-10)",
        source: "WHO ICD-10, 2019, common codes at three and four characters",
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/icd10.csv"),
    },
    Builtin {
        system: SPECIALTY,
        name_zh: "诊疗科目",
        name_en: "Specialties",
        source: "医疗机构诊疗科目名录",
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/specialty.csv"),
    },
    Builtin {
        system: EXAM,
        name_zh: "检查项目",
        name_en: "Examinations",
        source: OWN_SOURCE,
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/exam.csv"),
    },
    Builtin {
        system: TECHNIQUE,
        name_zh: "服务与技术",
        name_en: "Services and techniques",
        source: OWN_SOURCE,
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/technique.csv"),
    },
    Builtin {
        system: DRUG,
        name_zh: "药品（通用名）",
        name_en: "Drugs (generic)",
        source: "ATC codes with form; Lianti starter catalogue",
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/drug.csv"),
    },
    Builtin {
        system: LAB_ITEM,
        name_zh: "检验项目（共享）",
        name_en: "Laboratory items (shared)",
        source: OWN_SOURCE,
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/lab-item.csv"),
    },
    Builtin {
        system: REFERRAL_REASON,
        name_zh: "转诊原因",
        name_en: "Reasons for referral",
        source: OWN_SOURCE,
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/referral-reason.csv"),
    },
    Builtin {
        system: REFERRAL_REFUSAL,
        name_zh: "拒绝接收原因",
        name_en: "Reasons for refusing a referral",
        source: OWN_SOURCE,
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/referral-refusal.csv"),
    },
    Builtin {
        system: REFERRAL_WITHDRAWAL,
        name_zh: "撤回转诊原因",
        name_en: "Reasons for withdrawing a referral",
        source: OWN_SOURCE,
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/referral-withdrawal.csv"),
    },
    Builtin {
        system: RECOGNITION_REFUSAL,
        name_zh: "检查检验结果不互认原因",
        name_en: "Reasons for not recognizing a result",
        source: "国卫医发〔2022〕6号; codes in live use",
        edition: "starter-1",
        number: 1,
        csv: include_str!("../data/recognition-refusal.csv"),
    },
];

/// Adds the concepts of every starter catalogue that is new to this database, as a version; what
/// was there before there were versions becomes the first.
///
/// # Errors
/// Whatever the database reports; `server.internal` when a file in the program is wrong, which a
/// test excludes.
pub fn seed(tx: &mut Tx<'_>) -> Result<()> {
    for builtin in &BUILTINS {
        let known = sql::system_row(tx, builtin.system)?;
        if let Some(row) = &known
            && row.active_number == 0
        {
            versions::first(tx, builtin.system)?;
        }
        if known.is_some_and(|row| row.seed_number >= builtin.number) {
            continue;
        }
        let id = sql::keep_system(tx, builtin)?;
        let today = tx.now().date();
        let catalogue = builtin.read(today)?;
        let present = sql::codes(tx, builtin.system)?;
        let missing: Vec<_> = catalogue
            .concepts
            .into_iter()
            .filter(|one| !present.contains(&one.code))
            .collect();
        let added = missing.len();
        if present.is_empty() {
            sql::insert_concepts(tx, &missing)?;
            versions::first(tx, builtin.system)?;
        } else if added > 0 {
            let incoming = versions::Incoming {
                edition: builtin.edition,
                note: "随程序新增的起步条目",
                ..versions::Incoming::default()
            };
            versions::bring(tx, builtin.system, missing, &incoming)?;
        }
        let detail = serde_json::json!({ "system": builtin.system, "added": added });
        tx.record(
            Change::new("terminology.seeded").detail(detail),
            Subject::new("code-system", id),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Date {
        Date::new(2026, 11, 1).unwrap()
    }

    #[test]
    fn every_file_in_the_program_reads_without_a_problem() {
        for builtin in &BUILTINS {
            let mut catalogue = builtin.read(day()).unwrap();
            catalogue::check_parents(&mut catalogue, builtin.system, |_| false);
            assert_eq!(catalogue.problems, [], "{}", builtin.system);
            assert!(catalogue.concepts.len() >= 10, "{}", builtin.system);
        }
    }

    #[test]
    fn icd_codes_have_their_shape_and_their_parent() {
        let catalogue = BUILTINS[0].read(day()).unwrap();
        assert!((900..2000).contains(&catalogue.concepts.len()));
        for concept in &catalogue.concepts {
            let bytes = concept.code.as_bytes();
            let shaped = matches!(bytes, [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9'])
                || matches!(
                    bytes,
                    [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9', b'.', b'0'..=b'9']
                );
            assert!(shaped, "{}", concept.code);
            assert_eq!(
                concept.parent.is_some(),
                concept.code.contains('.'),
                "{}",
                concept.code
            );
        }
    }

    #[test]
    fn keys_stay_few_enough_to_fill_at_a_start() {
        let mut concepts = 0;
        let mut keys = 0;
        for builtin in &BUILTINS {
            for concept in builtin.read(day()).unwrap().concepts {
                concepts += 1;
                keys += crate::keys::keys_of(&concept).len();
            }
        }
        println!("{keys} keys of {concepts} concepts");
        assert!(keys < 30 * concepts);
    }
}
