//! Jobs: once each, by whichever server, also after a restart; repeating ones for ever.

use kernel::{Error, Result, Span};
use store::{Job, JobKind, JobState, Tx, params};

use crate::support::{Raw, assert_whole, at_once, insert, on_each, request, wait};

const ADD: &str = "INSERT INTO tally (name, count) VALUES ($1, 1)
    ON CONFLICT (name) DO UPDATE SET count = tally.count + 1";
const TALLY: &str = "SELECT COUNT(*) AS count FROM tally";
const MOST: &str = "SELECT MAX(count) AS count FROM tally";
const COUNT_OF: &str = "SELECT count FROM tally WHERE name = $1";

fn count_each(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    insert(tx, "made by a job")?;
    tx.execute(ADD, &params![job.key.as_str()]).map(|_| ())
}

const KINDS: &[JobKind] = &[
    JobKind {
        kind: "thing.count",
        every: None,
        run: count_each,
    },
    JobKind {
        kind: "thing.fail",
        every: None,
        run: |_, _| Err(Error::rule("test.refused", "no")),
    },
    JobKind {
        kind: "thing.panic",
        every: None,
        run: |_, _| panic!("a defect in a job"),
    },
];
const SWEEP: &[JobKind] = &[JobKind {
    kind: "thing.sweep",
    every: Some(Span::minutes(1)),
    run: count_each,
}];
const BROKEN_SWEEP: &[JobKind] = &[JobKind {
    kind: "thing.sweep",
    every: Some(Span::minutes(1)),
    run: |_, _| panic!("a defect"),
}];

fn schedule(tx: &mut Tx<'_>, kind: &'static str, key: &str, after: Span) -> Result<()> {
    let run_at = tx.now() + after;
    tx.schedule(kind, key, run_at, &serde_json::json!({ "key": key }))
}

#[test]
fn two_runners_do_each_job_exactly_once() {
    on_each(|store| {
        let second = store.open_again();
        store
            .store
            .write_now(&request(), |tx| {
                (0..60).try_for_each(|number| {
                    schedule(tx, "thing.count", &number.to_string(), Span::ZERO)
                })
            })
            .unwrap();
        at_once(4, |index| {
            let handle = if index % 2 == 0 {
                &store.store
            } else {
                &second
            };
            wait(handle.run_due_jobs(KINDS));
        });
        let (count, most) = store
            .store
            .read_now(&request(), |tx| {
                Ok((tx.count(TALLY, &[])?, tx.count(MOST, &[])?))
            })
            .unwrap();
        assert_eq!((count, most), (60, 1));
        second.close();
        assert_whole(&store.store);
    });
}

#[test]
fn a_job_waits_for_its_time_is_moved_taken_back_and_survives_a_restart() {
    on_each(|store| {
        store
            .store
            .write_now(&request(), |tx| {
                schedule(tx, "thing.count", "moved", Span::minutes(1))?;
                schedule(tx, "thing.count", "moved", Span::hours(1))?;
                schedule(tx, "thing.count", "taken back", Span::minutes(1))?;
                schedule(tx, "thing.count", "kept", Span::minutes(1))?;
                tx.cancel_job("thing.count", "taken back")?;
                tx.cancel_job("thing.count", "never there")
            })
            .unwrap();
        assert_eq!(wait(store.store.run_due_jobs(KINDS)), 0);
        let second = store.open_again();
        store.store.close();
        store.clock.advance(Span::minutes(2));
        assert_eq!(wait(second.run_due_jobs(KINDS)), 1);
        store.clock.advance(Span::hours(1));
        assert_eq!(wait(second.run_due_jobs(KINDS)), 1);
        let done = second
            .read_now(&request(), |tx| tx.jobs(JobState::Done, None, 10))
            .unwrap();
        assert_eq!(done.len(), 2);
        assert!(
            done.iter()
                .all(|job| job.finished_at.is_some() && job.body["key"] == job.key.as_str())
        );
        second.close();
    });
}

#[test]
fn a_job_that_fails_is_tried_again_and_set_aside_in_the_end() {
    on_each(|store| {
        for kind in ["thing.fail", "thing.panic", "thing.unknown"] {
            store
                .store
                .write_now(&request(), move |tx| schedule(tx, kind, "k", Span::ZERO))
                .unwrap();
        }
        for _ in 0..25 {
            wait(store.store.run_due_jobs(KINDS));
            store.clock.advance(Span::hours(2));
        }
        let dead = store
            .store
            .read_now(&request(), |tx| tx.jobs(JobState::Dead, None, 10))
            .unwrap();
        assert_eq!(dead.len(), 3);
        assert!(
            dead.iter()
                .all(|job| job.attempts == 20 && job.last_error.is_some()),
            "{dead:#?}"
        );
        let id = dead[0].id;
        assert!(
            store
                .store
                .write_now(&request(), move |tx| tx.retry_job(id))
                .unwrap()
        );
        assert!(
            !store
                .store
                .write_now(&request(), move |tx| tx.retry_job(id))
                .unwrap()
        );
    });
}

#[test]
fn a_repeating_job_runs_every_interval_once_and_is_never_given_up() {
    on_each(|store| {
        let count = |name: &'static str| {
            let count = store
                .store
                .read_now(&request(), move |tx| tx.count(COUNT_OF, &params![name]));
            count.unwrap_or(0)
        };
        wait(store.store.start_jobs(BROKEN_SWEEP));
        wait(store.store.start_jobs(BROKEN_SWEEP));
        for _ in 0..30 {
            wait(store.store.run_due_jobs(BROKEN_SWEEP));
            store.clock.advance(Span::hours(2));
        }
        wait(store.store.run_due_jobs(SWEEP));
        assert_eq!(count("every"), 1, "{}", store.store.engine_name());
        wait(store.store.run_due_jobs(SWEEP));
        assert_eq!(count("every"), 1);
        for expected in 2..6 {
            store.clock.advance(Span::minutes(1));
            wait(store.store.run_due_jobs(SWEEP));
            assert_eq!(count("every"), expected);
        }
    });
}

#[test]
fn housekeeping_drops_old_answers_and_ended_jobs() {
    const LEFT: &str = "SELECT (SELECT COUNT(*) FROM idempotency) + (SELECT COUNT(*) FROM job
        WHERE kind = 'thing.count') AS count";
    on_each(|store| {
        let key = store::IdempotencyKey {
            key: "k".to_owned(),
            request_sha256: String::new(),
        };
        let keyed = store::Request {
            idempotency: Some(key),
            ..request()
        };
        wait(
            store
                .store
                .command(&keyed, |tx| schedule(tx, "thing.count", "1", Span::ZERO)),
        );
        wait(store.store.start_jobs(&[]));
        wait(store.store.run_due_jobs(KINDS));
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(LEFT, &[]))
                .unwrap(),
            2
        );
        store.clock.advance(Span::days(31));
        wait(store.store.run_due_jobs(KINDS));
        assert_eq!(
            store
                .store
                .read_now(&request(), |tx| tx.count(LEFT, &[]))
                .unwrap(),
            0
        );
        Raw::open(store).run("DELETE FROM job");
    });
}
