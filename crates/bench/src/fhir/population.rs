//! A year of care for each patient, the same at every run: what the measured server stores.

use serde_json::{Value, json};

/// Entries of a patient's transaction.
pub const ENTRIES: usize = 41;

const SURNAMES: [&str; 24] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨",
    "朱", "秦", "许", "何", "吕", "张", "孔", "曹",
];
const GIVEN: [&str; 24] = [
    "安", "宁", "平", "和", "康", "健", "福", "寿", "兰", "梅", "竹", "菊", "明", "亮", "文", "武",
    "春", "夏", "秋", "冬", "山", "水", "云", "月",
];
/// LOINC code, name, unit, and values between.
const MEASURES: [(&str, &str, &str, u64, u64); 8] = [
    ("8480-6", "收缩压", "mm[Hg]", 95, 190),
    ("8462-4", "舒张压", "mm[Hg]", 55, 115),
    ("8867-4", "心率", "/min", 48, 130),
    ("8310-5", "体温", "Cel", 35, 41),
    ("29463-7", "体重", "kg", 38, 110),
    ("15074-8", "葡萄糖", "mmol/L", 3, 22),
    ("2160-0", "肌酐", "umol/L", 40, 400),
    ("718-7", "血红蛋白", "g/L", 60, 190),
];
const DIAGNOSES: [(&str, &str); 6] = [
    ("I10", "特发性高血压"),
    ("E11.9", "2型糖尿病不伴有并发症"),
    ("I25.1", "动脉硬化性心脏病"),
    ("J44.9", "慢性阻塞性肺病"),
    ("N18.9", "慢性肾脏病"),
    ("M17.9", "膝关节病"),
];

/// The name of a patient.
pub fn name(patient: usize) -> String {
    let given = GIVEN[patient / SURNAMES.len() % GIVEN.len()];
    let second = GIVEN[patient / (SURNAMES.len() * GIVEN.len()) % GIVEN.len()];
    [SURNAMES[patient % SURNAMES.len()], given, second].concat()
}

/// A mixed number, so that neighbours differ; the same at each run.
fn mixed(number: usize) -> u64 {
    let mut mixed = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn day(number: usize) -> String {
    let mixed = mixed(number);
    let (month, day) = (mixed % 12 + 1, mixed / 12 % 28 + 1);
    let (year, hour) = (2016 + mixed / 400 % 10, mixed / 5_000 % 24);
    format!("{year}-{month:02}-{day:02}T{hour:02}:30:00+08:00")
}

/// One measurement of about half a kilobyte.
pub fn observation(patient_id: &str, number: usize, encounter: Option<&str>) -> Value {
    let (code, display, unit, low, high) = MEASURES[number % MEASURES.len()];
    let mixed = mixed(number);
    let tenths = low * 10 + mixed % ((high - low) * 10);
    let value: f64 = format!("{}.{}", tenths / 10, tenths % 10)
        .parse()
        .unwrap_or_default();
    let mut observation = json!({
        "resourceType": "Observation",
        "identifier": [{ "system": "urn:bench:observation", "value": format!("O{number}") }],
        "status": "final",
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs",
        }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": code, "display": display }] },
        "subject": { "reference": format!("Patient/{patient_id}") },
        "effectiveDateTime": day(number),
        "valueQuantity": {
            "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit,
        },
    });
    if let Some(encounter) = encounter {
        observation["encounter"] = json!({ "reference": encounter });
    }
    observation
}

/// A transaction: an encounter with its diagnoses, measurements, prescriptions and report.
pub fn bundle(patient_id: &str, patient: usize) -> Value {
    let link = |number: usize| format!("urn:uuid:00000000-0000-4000-8000-{number:012x}");
    let (encounter, subject) = (
        link(0),
        json!({ "reference": format!("Patient/{patient_id}") }),
    );
    let visit = json!({ "reference": encounter });
    let mut resources = vec![json!({
        "resourceType": "Encounter",
        "identifier": [{ "system": "urn:bench:encounter", "value": format!("E{patient}") }],
        "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
        "subject": subject, "period": { "start": day(patient), "end": day(patient) },
    })];
    for number in 0..28 {
        let number = patient * 28 + number;
        resources.push(observation(patient_id, number, Some(&encounter)));
    }
    for number in 0..4 {
        let (code, display) = DIAGNOSES[(patient + number) % DIAGNOSES.len()];
        resources.push(json!({
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "subject": subject, "encounter": visit, "authoredOn": day(patient + number),
            "reasonCode": [{ "coding": [{
                "system": "http://hl7.org/fhir/sid/icd-10", "code": code, "display": display,
            }] }],
            "medicationCodeableConcept": { "text": "硝苯地平控释片 30mg×7片" },
            "dosageInstruction": [{ "text": "口服，每次30mg，每日一次", "timing": { "code": { "text": "qd" } } }],
        }));
    }
    for number in 0..4 {
        resources.push(json!({
            "resourceType": "Procedure", "status": "completed", "subject": subject, "encounter": visit,
            "code": { "text": "心电图检查" }, "performedDateTime": day(patient * 4 + number),
        }));
    }
    for number in 0..3 {
        resources.push(json!({
            "resourceType": "Immunization", "status": "completed", "patient": subject,
            "vaccineCode": { "text": "流感病毒裂解疫苗" }, "occurrenceDateTime": day(patient * 3 + number),
        }));
    }
    resources.push(json!({
        "resourceType": "DiagnosticReport", "status": "final", "subject": subject, "encounter": visit,
        "code": { "text": "生化全项" }, "effectiveDateTime": day(patient),
        "result": (1..9).map(|number| json!({ "reference": link(number) })).collect::<Vec<_>>(),
    }));
    let entries = resources.into_iter().enumerate().map(|(number, resource)| {
        let kind = resource["resourceType"].clone();
        json!({ "fullUrl": link(number), "resource": resource, "request": { "method": "POST", "url": kind } })
    });
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_has_as_many_entries_as_the_measurement_says() {
        let bundle = bundle("1", 7);
        assert_eq!(bundle["entry"].as_array().map(Vec::len), Some(ENTRIES));
        let bytes = observation("0197b4c2-0000-7000-8000-000000000000", 5, None).to_string();
        assert!((400..600).contains(&bytes.len()), "{}", bytes.len());
    }

    #[test]
    fn names_vary() {
        let names: std::collections::BTreeSet<_> = (0..5_000).map(name).collect();
        assert_eq!(names.len(), 5_000);
    }
}
