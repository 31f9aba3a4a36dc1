//! What one small resource costs. `cargo test --release -p lianti-fhir --test fhir speed -- --nocapture`
//! prints real numbers; the limits here only catch a step that became ten times slower.

use std::time::{Duration, Instant};

use lianti_fhir::json::Stamp;
use lianti_fhir::{Resource, search, validate};

const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2339-0","display":"Glucose"}]},"subject":{"reference":"Patient/0190a0b0-0000-7000-8000-000000000001"},"effectiveDateTime":"2026-03-01T09:30:00+08:00","valueQuantity":{"value":5.60,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}"#;

const ROUNDS: usize = 500;
/// Unoptimised code on a busy machine stays far below this.
const STEP_MICROS_MAX: u128 = 5_000;

#[expect(clippy::disallowed_methods, reason = "a test's own stopwatch")]
fn median(step: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            step();
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

#[test]
fn a_small_observation_is_quick() {
    let resource = Resource::parse(OBSERVATION.as_bytes()).unwrap();
    assert!(validate::validate(&resource).is_empty());
    let stamp = Stamp {
        id: "a",
        version_id: "1",
        last_updated: "2026-03-01T01:30:00.000Z",
    };
    let steps: [(&str, &dyn Fn()); 5] = [
        ("parse", &|| {
            drop(Resource::parse(OBSERVATION.as_bytes()).unwrap());
        }),
        ("validate", &|| drop(validate::validate(&resource))),
        ("extract", &|| {
            drop(search::extract(&resource, "http://h/fhir"));
        }),
        ("stamp", &|| drop(resource.stamped(&stamp))),
        ("query", &|| {
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let pairs = [
                pair("patient", "1"),
                pair("code", "http://loinc.org|2339-0"),
                pair("_sort", "-date"),
            ];
            drop(search::parse_query(Some("Observation"), &pairs, false).unwrap());
        }),
    ];
    for (name, step) in steps {
        let time = median(step);
        println!("{name}: {time:?}");
        assert!(time.as_micros() < STEP_MICROS_MAX, "{name} takes {time:?}");
    }
}
