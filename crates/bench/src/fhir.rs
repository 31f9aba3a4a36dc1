//! The FHIR server as others meet it: over HTTP, at a small size and at a large one.
//!
//! The same requests go to any other FHIR server whose address is given, in the same run.

mod client;
mod population;
mod questions;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bench::clock::{Stopwatch, per_second, percentile_micros};
use bench::server::{self, Server};
use bench::world::{World, register_patients_named, settle_store};
use serde_json::{Value, json};
use store::{Options, Store};

use client::Client;
use questions::Sample;

use crate::Engine;

/// Systems that send at the same time: transactions, and single resources.
const SENDERS: usize = 8;
const CLIENTS: usize = 64;
/// Single creates that are timed at each size.
const CREATES: usize = 6_400;
/// Patients whom the questions are about.
const SAMPLES: usize = 1_000;

/// What the operations cost the server's processor, where it runs on this machine.
pub struct Meter<'a> {
    server: Option<&'a Server>,
    engine: bool,
}

impl Meter<'_> {
    fn processor_time(&self) -> Option<Duration> {
        let own = self.server?.processor_time();
        let engine = if self.engine {
            server::engine_time()
        } else {
            Duration::ZERO
        };
        Some(own + engine)
    }

    /// Microseconds an operation since `before`; `null` of a server elsewhere.
    fn micros_since(&self, before: Option<Duration>, operations: usize) -> Value {
        let spent = self
            .processor_time()
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        json!(spent.map(|spent| per_operation_micros(spent, operations)))
    }
}

fn per_operation_micros(spent: Duration, operations: usize) -> u64 {
    u64::try_from(spent.as_micros()).unwrap_or(u64::MAX) / (operations as u64).max(1)
}

/// Patients of the largest size: one transaction is about one patient.
fn patients_for(sizes: &[usize]) -> usize {
    let largest = sizes.last().copied().unwrap_or(0);
    largest.div_ceil(population::ENTRIES)
}

/// Measures the shipped server on an engine.
pub fn measure(
    runtime: &tokio::runtime::Runtime,
    engine: &Engine,
    binary: &Path,
    sizes: &[usize],
) -> Value {
    let (url, folder) = crate::fresh(engine);
    let patients = patients_for(sizes);
    let store = Store::open(&Options::new(url.clone(), folder.path())).unwrap();
    let (world, patients) = runtime.block_on(async {
        let world = World::build(&store).await;
        let ids = register_patients_named(&store, world.lead, patients, population::name).await;
        settle_store(&store).await;
        (world, ids)
    });
    store.close();
    let server = Server::start(binary, &url, folder.path());
    let meter = Meter {
        server: Some(&server),
        engine: matches!(engine, Engine::Postgres(_)),
    };
    let base = format!("{}/fhir", server.address);
    let client = Client::new(&base, Some(world.office_token));
    let writer = Client::new(&base, Some(world.attending_token));
    let ids: Vec<String> = patients.iter().map(ToString::to_string).collect();
    let size_of = || crate::database_bytes(engine, folder.path());
    let mut loader = Loader::new(writer, ids);
    let before = size_of();
    let mut answers = Vec::new();
    for size in sizes {
        let mut answer = loader.measure(&client, *size, &meter);
        let bytes = size_of().saturating_sub(before);
        answer["disk_bytes_a_resource"] = json!(bytes / (loader.stored as u64).max(1));
        let (resident, anonymous) = server.memory();
        answer["rss_kib"] = json!(resident);
        answer["anonymous_kib"] = json!(anonymous);
        answers.push(answer);
    }
    Value::Array(answers)
}

/// Measures another server with the same requests; its patients are made as FHIR resources.
pub fn measure_other(base: &str, token: Option<String>, sizes: &[usize]) -> Value {
    let client = Client::new(base, token);
    let patients = patients_for(sizes);
    let made = |number: usize| {
        let name = population::name(number);
        let patient = json!({
            "resourceType": "Patient", "name": [{ "text": name, "family": name }],
            "gender": "female", "birthDate": "1960-01-01",
        });
        let answer = client.post("/Patient", &patient);
        answer.json()["id"].as_str().unwrap_or_default().to_owned()
    };
    let ids = (0..patients).map(made).collect();
    let meter = Meter {
        server: None,
        engine: false,
    };
    let mut loader = Loader::new(client.clone(), ids);
    let measure = |size: &usize| loader.measure(&client, *size, &meter);
    Value::Array(sizes.iter().map(measure).collect())
}

/// Fills the server and times it on the way.
struct Loader {
    writer: Client,
    patients: Arc<[String]>,
    /// Transactions sent, and resources stored.
    sent: usize,
    stored: usize,
    samples: Vec<Sample>,
}

impl Loader {
    fn new(writer: Client, patients: Vec<String>) -> Self {
        Self {
            writer,
            patients: patients.into(),
            sent: 0,
            stored: 0,
            samples: Vec::new(),
        }
    }

    /// Fills up to `size` and measures there.
    fn measure(&mut self, client: &Client, size: usize, meter: &Meter<'_>) -> Value {
        let transactions = self.transactions(size.div_ceil(population::ENTRIES), meter);
        let creates = self.creates(meter);
        let questions = questions::ask_all(client, &self.samples, meter);
        json!({
            "resources": self.stored,
            "transactions": transactions,
            "creates": creates,
            "questions": questions,
            "export": export(client),
        })
    }

    fn transactions(&mut self, until: usize, meter: &Meter<'_>) -> Value {
        let count = until.min(self.patients.len()).saturating_sub(self.sent);
        let first = self.sent;
        let every = (self.patients.len() / SAMPLES).max(1);
        let samples = Mutex::new(Vec::new());
        let before = meter.processor_time();
        let send = |number: usize| {
            let patient = first + number;
            let body = population::bundle(&self.patients[patient], patient);
            let watch = Stopwatch::start();
            let answer = self.writer.post("", &body);
            let took = watch.elapsed();
            require(&answer, &[200, 201]);
            if patient.is_multiple_of(every) {
                let location = answer.json()["entry"][1]["response"]["location"].clone();
                let location = location.as_str().unwrap_or_default();
                samples.lock().unwrap().push(Sample {
                    number: patient,
                    patient_id: self.patients[patient].clone(),
                    observation: without_version(location),
                });
            }
            took
        };
        let (durations, took) = at_once(SENDERS, count, send);
        let spent = meter.micros_since(before, count);
        let mut answer = summary(count, durations, took, &spent);
        answer["resources_per_second"] = json!(per_second(count * population::ENTRIES, took));
        answer["entries"] = json!(population::ENTRIES);
        self.sent += count;
        self.stored += count * population::ENTRIES;
        self.samples.extend(samples.into_inner().unwrap());
        answer
    }

    fn creates(&mut self, meter: &Meter<'_>) -> Value {
        let first = self.stored * 100;
        let before = meter.processor_time();
        let send = |number: usize| {
            let patient = &self.patients[number % self.sent];
            let body = population::observation(patient, first + number, None);
            let watch = Stopwatch::start();
            let answer = self.writer.post("/Observation", &body);
            require(&answer, &[201]);
            watch.elapsed()
        };
        let (durations, took) = at_once(CLIENTS, CREATES, send);
        self.stored += CREATES;
        let spent = meter.micros_since(before, CREATES);
        summary(CREATES, durations, took, &spent)
    }
}

fn require(answer: &client::Answer, wanted: &[u16]) {
    assert!(
        wanted.contains(&answer.status),
        "{}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.bytes)
    );
}

/// `Observation/1` of `http://host/fhir/Observation/1/_history/1`.
fn without_version(location: &str) -> String {
    let short = location.split("/_history").next().unwrap_or(location);
    let start = short.find("Observation/").unwrap_or(0);
    short[start..].to_owned()
}

/// Does `count` things on so many threads; answers how long each took and how long all took.
fn at_once(
    threads: usize,
    count: usize,
    act: impl Fn(usize) -> Duration + Sync,
) -> (Vec<Duration>, Duration) {
    let next = AtomicUsize::new(0);
    let watch = Stopwatch::start();
    let work = || {
        let mut durations = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return durations;
            }
            durations.push(act(number));
        }
    };
    let durations = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    (durations, watch.elapsed())
}

fn summary(
    count: usize,
    mut durations: Vec<Duration>,
    took: Duration,
    processor_micros: &Value,
) -> Value {
    json!({
        "count": count,
        "per_second": per_second(count, took),
        "p50_micros": percentile_micros(&mut durations, 500),
        "p99_micros": percentile_micros(&mut durations, 990),
        "processor_micros": processor_micros,
    })
}

/// Exports all observations: until the files are there, and their transfer.
fn export(client: &Client) -> Value {
    let watch = Stopwatch::start();
    let begun = client.get_later("/$export?_type=Observation");
    let Some(location) = begun.location.filter(|_| begun.status == 202) else {
        return json!({ "status": begun.status });
    };
    let list = loop {
        let answer = client.get(&location);
        if answer.status != 202 {
            break answer.json();
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let prepared = watch.elapsed();
    let files = list["output"].as_array().cloned().unwrap_or_default();
    let sizes = files.iter().map(|file| {
        let answer = client.get(file["url"].as_str().unwrap_or_default());
        answer.bytes.len()
    });
    let bytes: usize = sizes.sum();
    let kib = bytes / 1_024;
    json!({
        "mib": kib / 1_024,
        "prepared_millis": u64::try_from(prepared.as_millis()).unwrap_or(u64::MAX),
        "kib_per_second": per_second(kib, watch.elapsed()),
    })
}
