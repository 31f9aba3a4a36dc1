//! What was measured: vital signs in the community, laboratory reports at the hospital, written
//! through the FHIR interface as the systems of the members would.

use std::sync::Arc;

use kernel::{Id, Instant, Result};
use serde_json::{Value, json};
use store::Tx;
use terminology::SAMPLE_LAB;

use crate::cast::Person;
use crate::panels::{self, Item, Panel};
use crate::play::Play;
use crate::play_case::Sheet;

/// Of a thousand patients who are seen and not admitted, so many have blood taken.
const MEASURED_PER_MILLE: u32 = 400;

const LOINC: &str = "http://loinc.org";
const DRUGS: &str = "urn:lianti:drug";
const UCUM: &str = "http://unitsofmeasure.org";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const SECTION: &str = "http://terminology.hl7.org/CodeSystem/v2-0074";

/// Who measured whom, when.
#[derive(Clone, Copy)]
struct Setting {
    patient_id: Id,
    org_id: Id,
    at: Instant,
}

impl Play {
    /// Blood is taken from everybody who lies, and from some who are only seen.
    pub(crate) async fn measure(
        &mut self,
        case: usize,
        doctor: &Arc<Person>,
        lies: bool,
    ) -> Result<()> {
        let Sheet::Usual(scenario) = self.cases[case].sheet else {
            return Ok(());
        };
        if !lies && !self.results.chance(MEASURED_PER_MILLE) {
            return Ok(());
        }
        let panel = panels::for_diagnosis(scenario.diagnosis.0);
        let values: Vec<u32> = panel
            .items
            .iter()
            .map(|item| self.results.between(item.found.0, item.found.1))
            .collect();
        let setting = self.setting(case, doctor);
        let write = move |tx: &mut Tx<'_>| report(tx, setting, panel, &values);
        self.write_results(doctor, write).await
    }

    /// The visit as the hospital's system tells of it, and the drugs the patient goes home with.
    pub(crate) async fn visit(
        &mut self,
        case: usize,
        doctor: &Arc<Person>,
        lay: bool,
    ) -> Result<()> {
        let Sheet::Usual(scenario) = self.cases[case].sheet else {
            return Ok(());
        };
        let setting = self.setting(case, doctor);
        let begun = self.cases[case].arrived_at.unwrap_or(setting.at);
        let (_, reason) = scenario.diagnosis;
        let drugs = if lay { scenario.drugs } else { &[] };
        let write = move |tx: &mut Tx<'_>| {
            keep(tx, &encounter(setting, begun, lay, reason))?;
            for (code, name, dose) in drugs {
                keep(tx, &prescription(setting, (code, name), dose))?;
            }
            Ok(())
        };
        self.write_results(doctor, write).await
    }

    /// Blood pressure and pulse at a follow-up.
    pub(crate) async fn vital_signs(&mut self, case: usize, who: &Arc<Person>) -> Result<()> {
        if !self.cases[case].sheet.diagnosis().0.starts_with('I') {
            return Ok(());
        }
        let systolic = self.results.between(116, 158);
        let diastolic = self.results.between(68, 96);
        let pulse = self.results.between(58, 96);
        let setting = self.setting(case, who);
        let write = move |tx: &mut Tx<'_>| {
            let pressure = blood_pressure(setting, systolic, diastolic);
            keep(tx, &pressure)?;
            let rate = vital_sign(setting, ("8867-4", "心率"), pulse, ("/min", "次/分"));
            keep(tx, &rate).map(|_| ())
        };
        self.write_results(who, write).await
    }

    fn setting(&self, case: usize, who: &Person) -> Setting {
        Setting {
            patient_id: self.world.residents[self.cases[case].patient].id,
            org_id: who.actor.org_id,
            at: self.world.now(),
        }
    }

    async fn write_results(
        &mut self,
        who: &Arc<Person>,
        write: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let written = self.world.as_person(who, "fhir.write", write).await;
        self.forgive(written).map(|_| ())
    }
}

fn keep(tx: &mut Tx<'_>, resource: &Value) -> Result<Id> {
    let id = tx.new_id();
    fhir_server::store_resource(tx, id, &resource.to_string())?;
    Ok(id)
}

fn report(tx: &mut Tx<'_>, setting: Setting, panel: Panel, values: &[u32]) -> Result<()> {
    let mut results = Vec::with_capacity(values.len());
    let mut remarkable = Vec::new();
    for (item, value) in panel.items.iter().zip(values) {
        let (code, word) = item.interpretation(*value);
        if code != "N" {
            remarkable.push(format!("{}{word}", item.name));
        }
        let id = keep(tx, &laboratory(setting, *item, *value))?;
        results.push(json!({ "reference": format!("Observation/{id}") }));
    }
    let conclusion = if remarkable.is_empty() {
        "各项目均在参考范围内。".to_owned()
    } else {
        format!("{}，请结合临床。", remarkable.join("，"))
    };
    let mut report = frame(setting, "DiagnosticReport");
    report["category"] =
        json!([{ "coding": [{ "system": SECTION, "code": "LAB" }], "text": "检验" }]);
    let own = json!({ "system": SAMPLE_LAB, "code": panel.code, "display": panel.name });
    report["code"] = json!({ "coding": [own], "text": panel.name });
    report["issued"] = json!(setting.at);
    report["result"] = Value::Array(results);
    report["conclusion"] = json!(conclusion);
    keep(tx, &report).map(|_| ())
}

fn encounter(setting: Setting, begun: Instant, lay: bool, reason: &str) -> Value {
    let (code, display) = if lay {
        ("IMP", "住院")
    } else {
        ("AMB", "门诊")
    };
    json!({
        "resourceType": "Encounter",
        "status": "finished",
        "class": { "system": ACT, "code": code, "display": display },
        "subject": { "reference": format!("Patient/{}", setting.patient_id) },
        "period": { "start": begun, "end": setting.at },
        "reasonCode": [{ "text": reason }],
        "serviceProvider": { "reference": format!("Organization/{}", setting.org_id) },
    })
}

fn prescription(setting: Setting, (code, name): (&str, &str), dose: &str) -> Value {
    json!({
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{ "system": DRUGS, "code": code, "display": name }], "text": name,
        },
        "subject": { "reference": format!("Patient/{}", setting.patient_id) },
        "authoredOn": setting.at,
        "requester": { "reference": format!("Organization/{}", setting.org_id) },
        "dosageInstruction": [{ "text": dose }],
    })
}

/// What every result has: whose it is, who measured it, when.
fn frame(setting: Setting, kind: &str) -> Value {
    json!({
        "resourceType": kind,
        "status": "final",
        "subject": { "reference": format!("Patient/{}", setting.patient_id) },
        "performer": [{ "reference": format!("Organization/{}", setting.org_id) }],
        "effectiveDateTime": setting.at,
    })
}

fn observation(setting: Setting, category: &str, (code, name): (&str, &str)) -> Value {
    let mut observation = frame(setting, "Observation");
    observation["category"] = json!([{ "coding": [{ "system": CATEGORY, "code": category }] }]);
    observation["code"] = json!({ "coding": [{ "system": LOINC, "code": code }], "text": name });
    observation
}

fn laboratory(setting: Setting, item: Item, units: u32) -> Value {
    let quantity = |units: u32| {
        let value = serde_json::from_str::<serde_json::Number>(&item.text(units)).ok();
        json!({ "value": value, "unit": item.unit, "system": UCUM, "code": item.unit })
    };
    let (code, word) = item.interpretation(units);
    let mut observation = observation(setting, "laboratory", (item.code, item.name));
    let own = json!({ "system": SAMPLE_LAB, "code": item.own_code(), "display": item.name });
    if let Some(codings) = observation["code"]["coding"].as_array_mut() {
        codings.push(own);
    }
    observation["valueQuantity"] = quantity(units);
    observation["interpretation"] =
        json!([{ "coding": [{ "system": INTERPRETATION, "code": code }], "text": word }]);
    let mut range = json!({ "high": quantity(item.normal.1) });
    if item.normal.0 > 0 {
        range["low"] = quantity(item.normal.0);
    }
    observation["referenceRange"] = json!([range]);
    observation
}

fn vital_sign(
    setting: Setting,
    what: (&str, &str),
    value: u32,
    (code, unit): (&str, &str),
) -> Value {
    let mut observation = observation(setting, "vital-signs", what);
    observation["valueQuantity"] =
        json!({ "value": value, "unit": unit, "system": UCUM, "code": code });
    observation
}

fn blood_pressure(setting: Setting, systolic: u32, diastolic: u32) -> Value {
    let part = |code: &str, name: &str, value: u32| {
        json!({
            "code": { "coding": [{ "system": LOINC, "code": code }], "text": name },
            "valueQuantity": { "value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]" },
        })
    };
    let mut observation = observation(setting, "vital-signs", ("85354-9", "血压"));
    observation["component"] = json!([
        part("8480-6", "收缩压", systolic),
        part("8462-4", "舒张压", diastolic),
    ]);
    observation
}
