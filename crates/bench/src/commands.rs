//! Commands through the whole application: routing, authorization, rules, audit, event, commit.

use std::time::Duration;

use axum::Router;
use bench::clock::{Stopwatch, per_second, percentile_micros};
use bench::world::{World, add_slots, application, referral_body, register_patients};
use kernel::Id;
use serde_json::{Value, json};
use store::Store;
use testkit::Client;
use tokio::task::JoinSet;

/// People at work at the same time.
pub const CLIENTS: usize = 64;
const REFERRALS: usize = 3_000;
// One member may have 2,000 live holds.
const SLOTS: usize = 1_900;
/// Slots that all clients want at the same moment.
const CONTESTED: usize = 30;

/// Measures each kind of command on a prepared world.
pub async fn measure(store: &Store, world: &World) -> Value {
    let (_, router) = application(store);
    let patients = register_patients(store, world.clinics[0], REFERRALS).await;
    let slots = add_slots(store, world, 10, SLOTS + CONTESTED).await;
    let (contested, free) = slots.split_at(CONTESTED);
    let (drafts, submits) = referrals(world, &router, &patients).await;
    json!({
        "referral_draft": drafts,
        "referral_submit": submits,
        "hold_confirm": hold_confirm(world, &router, free).await,
        "one_slot": one_slot(world, &router, contested).await,
    })
}

/// Spreads `items` over the clients and answers how long each step took and how long all took.
async fn spread<T, F, Fut>(items: Vec<T>, step: F) -> (Vec<Fut::Output>, Duration)
where
    T: Send + Clone + 'static,
    F: Fn(T) -> Fut + Send + Clone + 'static,
    Fut: Future + Send,
    Fut::Output: Send + 'static,
{
    let mut shares: Vec<Vec<T>> = vec![Vec::new(); CLIENTS];
    for (at, item) in items.into_iter().enumerate() {
        shares[at % CLIENTS].push(item);
    }
    let watch = Stopwatch::start();
    let mut clients = JoinSet::new();
    for share in shares {
        let step = step.clone();
        clients.spawn(async move {
            let mut answers = Vec::new();
            for item in share {
                answers.push(step(item).await);
            }
            answers
        });
    }
    let answers = clients.join_all().await.into_iter().flatten().collect();
    (answers, watch.elapsed())
}

fn summary(commands: usize, mut durations: Vec<Duration>, took: Duration) -> Value {
    json!({
        "commands": commands,
        "commands_per_second": per_second(commands, took),
        "p50_micros": percentile_micros(&mut durations, 500),
        "p99_micros": percentile_micros(&mut durations, 990),
    })
}

fn keyed(client: &Client, key: &str, id: Id) -> Client {
    client.with("idempotency-key", format!("{key}-{id}"))
}

/// Drafts first, then their submission, each timed for itself.
async fn referrals(world: &World, router: &Router, patients: &[Id]) -> (Value, Value) {
    let doctor = world.village_doctor(router);
    let (mine, from) = (world.clone(), doctor.clone());
    let (drafts, draft_took) = spread(patients.to_vec(), move |patient| {
        let (client, body) = (
            keyed(&from, "draft", patient),
            referral_body(&mine, patient),
        );
        async move {
            let watch = Stopwatch::start();
            let reply = client.post("/api/referrals", body).await.expect(201);
            ((reply.id(), reply.version()), watch.elapsed())
        }
    })
    .await;
    let (drafted, durations): (Vec<(Id, i64)>, Vec<Duration>) = drafts.into_iter().unzip();
    let draft_summary = summary(drafted.len(), durations, draft_took);
    let (submits, took) = spread(drafted, move |(id, version)| {
        let client = keyed(&doctor, "submit", id).seeing(version);
        async move {
            let watch = Stopwatch::start();
            let path = format!("/api/referrals/{id}/submit");
            let body = json!({ "override_reason": "患者要求" });
            client.post(&path, body).await.expect(200);
            watch.elapsed()
        }
    })
    .await;
    (draft_summary, summary(submits.len(), submits, took))
}

/// A hold and its confirmation are two commands.
async fn hold_confirm(world: &World, router: &Router, slots: &[Id]) -> Value {
    let office = world.office(router);
    let (durations, took) = spread(slots.to_vec(), move |slot| {
        let client = office.clone();
        async move {
            let watch = Stopwatch::start();
            let body =
                json!({ "place": { "kind": "slot", "slot_id": slot }, "channel": "routine" });
            let hold = keyed(&client, "hold", slot)
                .post("/api/resources/holds", body)
                .await
                .expect(201);
            let until = &hold.json["start_at"];
            let path = format!("/api/resources/holds/{}/confirm", hold.id());
            let confirm = keyed(&client, "confirm", slot).seeing(hold.version());
            confirm
                .post(&path, json!({ "until": until }))
                .await
                .expect(200);
            watch.elapsed() / 2
        }
    })
    .await;
    summary(2 * durations.len(), durations, took)
}

/// All clients at one slot at once, again and again.
async fn one_slot(world: &World, router: &Router, slots: &[Id]) -> Value {
    let (mut durations, mut rounds_won_once, mut other) = (Vec::new(), 0, 0);
    for slot in slots {
        let office = world.office(router);
        let slot = *slot;
        let (answers, _) = spread((0..CLIENTS).collect(), move |number| {
            let client = office.with("idempotency-key", format!("{slot}-{number}"));
            async move {
                let watch = Stopwatch::start();
                let body =
                    json!({ "place": { "kind": "slot", "slot_id": slot }, "channel": "routine" });
                let reply = client.post("/api/resources/holds", body).await;
                (reply.status.as_u16(), watch.elapsed())
            }
        })
        .await;
        let winners = answers.iter().filter(|(status, _)| *status == 201).count();
        rounds_won_once += usize::from(winners == 1);
        other += answers
            .iter()
            .filter(|(status, _)| !matches!(status, 201 | 409))
            .count();
        durations.extend(answers.into_iter().map(|(_, duration)| duration));
    }
    json!({
        "clients": CLIENTS,
        "rounds": slots.len(),
        "rounds_with_one_winner": rounds_won_once,
        "answers_neither_201_nor_409": other,
        "p50_micros": percentile_micros(&mut durations, 500),
        "p99_micros": percentile_micros(&mut durations, 990),
    })
}
