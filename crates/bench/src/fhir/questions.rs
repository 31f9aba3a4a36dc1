//! What clinicians' screens and other systems ask a FHIR server, timed one by one.

use std::time::Duration;

use bench::clock::{Stopwatch, percentile_micros};
use serde_json::{Value, json};

use super::client::{Client, encoded};
use super::{Meter, population};

/// Times each question is asked, each time about another patient.
const TIMES: usize = 300;

/// A stored patient, and one of the patient's observations.
#[derive(Clone)]
pub struct Sample {
    pub number: usize,
    pub patient_id: String,
    pub observation: String,
}

type Question = (&'static str, fn(&Sample) -> String);

const QUESTIONS: &[Question] = &[
    ("read", |sample| format!("/{}", sample.observation)),
    ("search by identifier", |sample| {
        let token = encoded(&format!("urn:bench:encounter|E{}", sample.number));
        format!("/Encounter?identifier={token}")
    }),
    ("patient and code", |sample| {
        let code = encoded("http://loinc.org|8480-6");
        format!("/Observation?patient={}&code={code}", sample.patient_id)
    }),
    ("patient and date, newest first", |sample| {
        format!(
            "/Observation?patient={}&date=ge2018-01-01&_sort=-date&_count=20",
            sample.patient_id
        )
    }),
    ("patient's name, first two characters", |sample| {
        let name = population::name(sample.number);
        let two: String = name.chars().take(2).collect();
        format!("/Patient?name={}&_count=20", encoded(&two))
    }),
    ("chained: by the visit's identifier", |sample| {
        let token = encoded(&format!("urn:bench:encounter|E{}", sample.number));
        format!("/Procedure?encounter.identifier={token}")
    }),
    ("with what it refers to", |sample| {
        format!(
            "/MedicationRequest?patient={}&_include=MedicationRequest:encounter\
             &_include=MedicationRequest:subject",
            sample.patient_id
        )
    }),
    ("$everything, first page", |sample| {
        format!("/Patient/{}/$everything?_count=50", sample.patient_id)
    }),
];

/// Asks every question about the samples in turn.
pub fn ask_all(client: &Client, samples: &[Sample], meter: &Meter<'_>) -> Value {
    let ask = |(name, path): &Question| ask(client, name, *path, samples, meter);
    Value::Array(QUESTIONS.iter().map(ask).collect())
}

fn ask(
    client: &Client,
    name: &str,
    path: fn(&Sample) -> String,
    samples: &[Sample],
    meter: &Meter<'_>,
) -> Value {
    let mut durations: Vec<Duration> = Vec::with_capacity(TIMES);
    let mut bytes = 0;
    let before = meter.processor_time();
    for number in 0..TIMES {
        let path = path(&samples[number * 7 % samples.len()]);
        let watch = Stopwatch::start();
        let answer = client.get(&path);
        durations.push(watch.elapsed());
        if answer.status != 200 {
            return json!({ "name": name, "path": path, "status": answer.status });
        }
        bytes = answer.bytes.len();
        let found = answer.json();
        let empty = found["resourceType"] == "Bundle" && found["entry"][0].is_null();
        if empty {
            return json!({ "name": name, "path": path, "status": "found nothing" });
        }
    }
    json!({
        "name": name,
        "answer_bytes": bytes,
        "p50_micros": percentile_micros(&mut durations, 500),
        "p99_micros": percentile_micros(&mut durations, 990),
        "processor_micros": meter.micros_since(before, TIMES),
    })
}
