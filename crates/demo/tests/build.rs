//! A small demonstration, built as the server would build the large one.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;

use http::Module;
use kernel::Instant;
use lianti_demo as demo;
use lianti_demo::Played;
use referral::{Referral, State};
use store::{Request, Tx, params};
use testkit::{TestApp, TestEngine};

fn modules() -> Vec<Module> {
    vec![
        admin::module(),
        network::module(),
        terminology::module(),
        record::module(),
        resources::module(),
        referral::module(),
    ]
}

const SEED: u64 = 20_261_122;

async fn built(engine: TestEngine, seed: u64) -> (TestApp, Played) {
    let app = TestApp::new(engine, modules).await;
    let played = demo::small(&app.app, seed).await.unwrap().unwrap();
    (app, played)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Id {
    id: kernel::Id,
}

async fn cases(app: &TestApp) -> Vec<Referral> {
    const ALL: &str = "SELECT id FROM referral ORDER BY id";
    let read = |tx: &mut Tx<'_>| {
        let rows: Vec<Id> = tx.query(ALL, &[])?;
        rows.into_iter()
            .map(|row| tx.load::<Referral>(row.id).map(|found| found.data))
            .collect()
    };
    app.store()
        .read(&Request::system("test"), read)
        .await
        .unwrap()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.store()
        .read(&Request::system("test"), move |tx| tx.count(sql, &[]))
        .await
        .unwrap()
}

/// What can be told of a case without its ids.
fn story(case: &Referral) -> (String, String, Option<Instant>, Option<Instant>) {
    let what = format!("{} {}", case.kind.word(), case.state.word());
    (
        case.patient.name.clone(),
        what,
        case.submitted_at,
        case.answered_at,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_demonstration_is_whole_on_both_engines() {
    for engine in TestEngine::all() {
        let (app, played) = built(engine, SEED).await;
        let cases = cases(&app).await;
        let total: usize = played.cases.values().sum();
        assert!(total >= 40, "{played:?}");
        assert!(cases.len() >= total);
        assert!(played.stumbles * 20 <= total, "{played:?}");
        let states: BTreeSet<State> = cases.iter().map(|case| case.state).collect();
        for state in [
            State::Submitted,
            State::InReview,
            State::Escalated,
            State::Accepted,
            State::Arrived,
            State::Admitted,
            State::ResultsReturned,
            State::Asked,
            State::DownProposed,
        ] {
            assert!(states.contains(&state), "{state:?} is missing: {played:?}");
        }
        let (occupied, beds) = played.occupied;
        assert_eq!(beds, 500);
        assert!((300..=450).contains(&occupied), "{occupied} beds occupied");
        nothing_is_broken(&app).await;
        lists_are_filled(&app).await;
    }
}

async fn nothing_is_broken(app: &TestApp) {
    app.settle().await;
    app.assert_audit_whole().await;
    let findings = app
        .store()
        .read(&Request::system("test"), resources::ledger_check)
        .await
        .unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    const TWICE: &str = "SELECT COUNT(*) AS count FROM (SELECT place_id FROM hold
        WHERE state IN ('held', 'confirmed', 'consumed') AND place_kind = 'slot'
        GROUP BY place_id HAVING COUNT(*) > 1) AS twice";
    assert_eq!(count(app, TWICE).await, 0);
}

async fn lists_are_filled(app: &TestApp) {
    for sql in [
        "SELECT COUNT(*) AS count FROM account WHERE demo = 1",
        "SELECT COUNT(*) AS count FROM bond",
        "SELECT COUNT(*) AS count FROM alliance",
        "SELECT COUNT(*) AS count FROM catchment",
        "SELECT COUNT(*) AS count FROM capability_survey",
        "SELECT COUNT(*) AS count FROM technique",
        "SELECT COUNT(*) AS count FROM slot WHERE state = 'held'",
        "SELECT COUNT(*) AS count FROM hold WHERE state = 'confirmed' AND place_kind = 'equipment'",
        "SELECT COUNT(*) AS count FROM hold WHERE state = 'consumed'",
        "SELECT COUNT(*) AS count FROM break_glass",
        "SELECT COUNT(*) AS count FROM consent",
        "SELECT COUNT(*) AS count FROM referral_message",
        "SELECT COUNT(*) AS count FROM notice",
    ] {
        assert!(count(app, sql).await > 0, "nothing: {sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_work() {
    let (first, _) = built(TestEngine::Sqlite, SEED).await;
    let (second, _) = built(TestEngine::Sqlite, SEED).await;
    let (other, _) = built(TestEngine::Sqlite, 7).await;
    let stories = |cases: Vec<Referral>| cases.iter().map(story).collect::<Vec<_>>();
    let told = stories(cases(&first).await);
    assert_eq!(told, stories(cases(&second).await));
    assert_ne!(told, stories(cases(&other).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_call_builds_nothing_and_half_a_build_is_named() {
    let (app, _) = built(TestEngine::Sqlite, SEED).await;
    assert!(demo::is_built(&app.app).await.unwrap());
    assert!(demo::small(&app.app, SEED).await.unwrap().is_none());
    const FORGET: &str = "DELETE FROM event WHERE event = 'demo.finished' AND id <> $1";
    app.store()
        .write(&Request::system("test"), |tx| {
            tx.execute(FORGET, &params![kernel::Id::NIL])
        })
        .await
        .unwrap();
    let error = demo::small(&app.app, SEED).await.unwrap_err();
    assert_eq!(error.code(), "demo.half-made");
}

/// The whole demonstration, for measuring: `cargo test --release -p lianti-demo -- --ignored`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes about a minute in a release build"]
async fn the_whole_demonstration() {
    let app = TestApp::new(TestEngine::Sqlite, modules).await;
    let until = app.clock().now() + kernel::Span::days(91);
    let options = demo::Options::new(90, SEED, until);
    #[expect(
        clippy::disallowed_methods,
        reason = "it says how long the machine took"
    )]
    let started = std::time::Instant::now();
    let played = demo::ensure(&app.app, &options, &mut |line| {
        println!("{:5.1} s  {line}", started.elapsed().as_secs_f32());
    })
    .await
    .unwrap()
    .unwrap();
    println!("{played:?}");
    nothing_is_broken(&app).await;
}
