//! A small demonstration, built as the server would build the large one.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;

use http::Module;
use kernel::Instant;
use lianti_demo as demo;
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
        fhir_server::module(),
    ]
}

const SEED: u64 = 20_261_122;

/// A day with the fewest people who fill the wards and still have work to do.
async fn one_day(seed: u64) -> TestApp {
    let app = TestApp::new(TestEngine::Sqlite, modules).await;
    let options = one_day_of(&app, seed);
    let played = demo::ensure(&app.app, &options, &mut |_| {}).await.unwrap();
    assert!(played.is_some());
    app
}

fn one_day_of(app: &TestApp, seed: u64) -> demo::Options {
    demo::Options {
        days: 1,
        seed,
        residents: 900,
        until: app.clock().now() + kernel::Span::days(2),
    }
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

#[test]
fn a_small_demonstration_is_whole_on_sqlite() {
    testkit::on_sqlite(modules, is_whole);
}

/// One day there, since PostgreSQL answers each of the many small commands over a socket; the whole of it
/// with `LIANTI_RELIABILITY=full`.
#[test]
fn a_day_is_sound_on_postgres() {
    testkit::on_postgres(modules, |app| async move {
        if testkit::is_full() {
            return is_whole(app).await;
        }
        let options = one_day_of(&app, SEED);
        let played = demo::ensure(&app.app, &options, &mut |_| {}).await;
        let cases = cases(&app).await;
        assert!(cases.len() >= 10, "too little happened: {played:?}");
        nothing_is_broken(&app).await;
    });
}

async fn is_whole(app: TestApp) {
    let played = demo::small(&app.app, SEED).await.unwrap().unwrap();
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
        State::ClosedElsewhere,
    ] {
        assert!(states.contains(&state), "{state:?} is missing: {played:?}");
    }
    let back = cases.iter().filter(|case| case.readmission.is_some());
    assert!(
        back.count() >= 2,
        "nobody came back to hospital: {played:?}"
    );
    let (occupied, beds) = played.occupied;
    assert_eq!(beds, 500);
    assert!((300..=450).contains(&occupied), "{occupied} beds occupied");
    nothing_is_broken(&app).await;
    lists_are_filled(&app).await;
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
    let (first, second, other) = (one_day(SEED).await, one_day(SEED).await, one_day(7).await);
    let stories = |cases: Vec<Referral>| cases.iter().map(story).collect::<Vec<_>>();
    let told = stories(cases(&first).await);
    assert!(told.len() >= 10, "too little happened to compare: {told:?}");
    assert_eq!(told, stories(cases(&second).await));
    assert_ne!(told, stories(cases(&other).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_call_builds_nothing_and_half_a_build_is_named() {
    let app = one_day(SEED).await;
    let options = one_day_of(&app, SEED);
    assert!(demo::is_built(&app.app).await.unwrap());
    let again = demo::ensure(&app.app, &options, &mut |_| {}).await;
    assert!(again.unwrap().is_none());
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

/// The whole demonstration, with `LIANTI_RELIABILITY=full`: it takes a minute in a release build, several
/// without.
#[tokio::test(flavor = "multi_thread")]
async fn the_whole_demonstration() {
    if !testkit::is_full() {
        return;
    }
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
