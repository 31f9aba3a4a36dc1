//! Inbox, boards and searches at two sizes: the cost must not grow with the table.

use bench::clock::{Stopwatch, percentile_micros};
use bench::load;
use bench::world::{World, add_slots, application, referral_body, register_patients};
use serde_json::{Value, json};
use store::Store;
use testkit::Client;

/// Times each question is asked.
const TIMES: usize = 200;
/// Slots that are still to come, at either size.
const FUTURE_SLOTS: usize = 5_000;

const QUESTIONS: &[(&str, &str)] = &[
    ("inbox, first page", "/api/referrals?box=inbox&limit=50"),
    (
        "inbox, urgent and overdue",
        "/api/referrals?box=inbox&priority=urgent&overdue=true",
    ),
    (
        "all cases, newest first",
        "/api/referrals?box=inbox&view=all&limit=50",
    ),
    ("counts of the office", "/api/referrals/counts"),
    (
        "search by patient's name",
        "/api/referrals?box=inbox&view=all&q=zhao",
    ),
    ("search over everything", "/api/search?q=wang"),
    ("my work", "/api/work"),
    ("slot board of a week", "/api/resources/sessions?limit=50"),
    (
        "free slots in the group",
        "/api/resources/search?kind=slot&specialty=03.04",
    ),
    ("summary board", "/api/resources/summary"),
];

/// Loads each size in turn and asks every question.
pub async fn measure(store: &Store, world: &World, sizes: &[(usize, usize)]) -> Value {
    let (_, router) = application(store);
    let patient = register_patients(store, world.clinics[0], 1).await[0];
    let draft = world
        .village_doctor(&router)
        .post("/api/referrals", referral_body(world, patient))
        .await;
    let id = draft.expect(201).id();
    let model = model_of(store, id).await;
    add_slots(store, world, 1, FUTURE_SLOTS).await;
    let office = world.office(&router);
    let (mut answers, mut referrals, mut slots) = (Vec::new(), 0, 0);
    for &(referrals_wanted, slots_wanted) in sizes {
        let watch = Stopwatch::start();
        load::referrals(
            store,
            world,
            &model,
            referrals,
            referrals_wanted - referrals,
        )
        .await;
        load::past_slots(store, world, slots, slots_wanted - slots).await;
        (referrals, slots) = (referrals_wanted, slots_wanted);
        let load_seconds = watch.elapsed().as_secs();
        let mut reads = Vec::new();
        for (name, path) in QUESTIONS {
            reads.push(ask(&office, name, path).await);
        }
        answers.push(json!({
            "referrals": referrals, "slots": slots, "load_seconds": load_seconds, "reads": reads,
        }));
    }
    Value::Array(answers)
}

/// The stored body of a case, as a model for the loaded ones.
async fn model_of(store: &Store, id: kernel::Id) -> Value {
    let read = move |tx: &mut store::Tx<'_>| {
        let referral = tx.load::<referral::Referral>(id)?;
        serde_json::to_value(&referral.data).map_err(kernel::Error::internal)
    };
    store
        .read(&store::Request::system("bench"), read)
        .await
        .unwrap()
}

async fn ask(client: &Client, name: &str, path: &str) -> Value {
    let mut durations = Vec::new();
    let mut bytes = 0;
    for _ in 0..TIMES {
        let watch = Stopwatch::start();
        let reply = client.get(path).await.expect(200);
        durations.push(watch.elapsed());
        bytes = reply.bytes.len();
    }
    json!({
        "name": name,
        "path": path,
        "answer_bytes": bytes,
        "p50_micros": percentile_micros(&mut durations, 500),
        "p99_micros": percentile_micros(&mut durations, 990),
    })
}
