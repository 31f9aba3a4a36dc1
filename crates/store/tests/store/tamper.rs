//! Thousands of random changes behind the program's back: every one must be found.
//!
//! `LIANTI_TAMPER` sets how many; 10,000 is the acceptance figure.

use store::Change;
use testkit::{TestEngine, TestStore};

use crate::support::{Dice, MIGRATIONS, Raw, Thing, insert, request, wait, wait_numbered};

const ENTRIES: usize = 24;
const SQLITE_DEFAULT: usize = 5_000;
const POSTGRES_DEFAULT: usize = 150;

const TEXTS: [&str; 9] = [
    "event",
    "kind",
    "actor_name",
    "role",
    "request_id",
    "address",
    "detail",
    "body_sha256",
    "hash",
];
const IDS: [&str; 3] = ["entity_id", "actor_id", "actor_org_id"];
const NULLABLE: [&str; 4] = ["org_id", "peer_org_id", "patient_id", "basis"];
const NUMBERS: [&str; 3] = ["seq", "at", "version"];

/// One change that an intruder with a database shell could make.
fn mutation(dice: &mut Dice) -> String {
    let seq = dice.below(ENTRIES) + 1;
    let other = (seq + dice.below(ENTRIES - 1)) % ENTRIES + 1;
    let nudge = dice.below(1_000) + 1;
    match dice.below(14) {
        0 | 1 => {
            let column = TEXTS[dice.below(TEXTS.len())];
            let flipped = flip(dice);
            format!(
                "UPDATE event SET {column} = {flipped} WHERE seq = {seq}",
                flipped = flipped.replace('?', column)
            )
        }
        2 => {
            let column = IDS[dice.below(IDS.len())];
            let new = ["upper(id) || 'x'", "replace(id, '-', '')", "''", "id"][dice.below(4)];
            format!("UPDATE event SET {column} = {new} WHERE seq = {seq}")
        }
        3 => {
            let column = NULLABLE[dice.below(NULLABLE.len())];
            let new = ["''", "id", "'{}'"][dice.below(3)];
            format!("UPDATE event SET {column} = {new} WHERE seq = {seq}")
        }
        4 => {
            let column = NUMBERS[dice.below(NUMBERS.len())];
            format!(
                "UPDATE event SET {column} = {column} + {} WHERE seq = {seq}",
                nudge + 1_000
            )
        }
        5 => format!("UPDATE event SET seq = -seq WHERE seq = {seq}"),
        6 => format!("DELETE FROM event WHERE seq = {seq}"),
        7 => format!("DELETE FROM event WHERE seq >= {seq}"),
        8 => exchange(seq, other),
        9 => format!(
            "UPDATE event SET seq = seq + 1000 WHERE seq >= {seq};
             UPDATE event SET seq = seq - 999 WHERE seq > 1000; {}",
            copy_to(other, seq)
        ),
        10 => copy_to(seq, ENTRIES + nudge),
        11 => format!(
            "UPDATE history SET body = body || ' ' WHERE event_id = {}",
            event_at(seq)
        ),
        12 => format!(
            "DELETE FROM history WHERE event_id IN (SELECT id FROM event WHERE seq >= {seq});
             DELETE FROM event WHERE seq >= {seq}"
        ),
        _ => {
            let column = ["hash", "signature", "public_key"][dice.below(3)];
            format!(
                "UPDATE audit_head SET {column} = {} ",
                flip(dice).replace('?', column)
            )
        }
    }
}

/// An expression over the old value `?` that never gives it back.
fn flip(dice: &mut Dice) -> &'static str {
    [
        "? || ' '",
        "'x' || ?",
        "'伪' || substr(?, 2)",
        "upper(?) || '!'",
    ][dice.below(4)]
}

fn event_at(seq: usize) -> String {
    format!("(SELECT id FROM event WHERE seq = {seq})")
}

fn exchange(one: usize, other: usize) -> String {
    format!(
        "UPDATE event SET seq = 100000 WHERE seq = {one}; UPDATE event SET seq = {one} WHERE seq = {other};
         UPDATE event SET seq = {other} WHERE seq = 100000"
    )
}

fn copy_to(from: usize, seq: usize) -> String {
    format!(
        "INSERT INTO event (id, seq, at, event, kind, entity_id, version, actor_id, actor_name, role,
           actor_org_id, request_id, address, detail, hash)
         SELECT id || '{seq}', {seq}, at, event, kind, entity_id, version, actor_id, actor_name, role,
           actor_org_id, request_id, address, detail, hash FROM event
           WHERE seq IN ({from}, {from} + 1) ORDER BY seq LIMIT 1"
    )
}

const KEEP: &str = "CREATE TABLE event_kept AS SELECT * FROM event;
    CREATE TABLE history_kept AS SELECT * FROM history;
    CREATE TABLE head_kept AS SELECT * FROM audit_head;";
const BRING_BACK: &str = "BEGIN; DELETE FROM event; INSERT INTO event SELECT * FROM event_kept;
    DELETE FROM history; INSERT INTO history SELECT * FROM history_kept;
    DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM head_kept; COMMIT;";

fn fill(store: &TestStore) {
    let first = store
        .store
        .write_now(&request(), |tx| insert(tx, "被改"))
        .unwrap();
    for number in 2..=ENTRIES {
        let change = store.store.write_now(&request(), move |tx| {
            if number % 3 != 0 {
                return insert(tx, &format!("第{number}件")).map(|_| ());
            }
            let mut thing = tx.load::<Thing>(first)?;
            thing.rank += 1;
            tx.update(
                &thing,
                Change::new("thing.ranked").detail(serde_json::json!({ "rank": thing.rank })),
            )?;
            Ok(())
        });
        change.unwrap();
    }
    wait_numbered(&store.store);
    wait(store.store.sign_head()).unwrap();
}

fn tamper(store: &TestStore, count: usize, seed: u64) {
    fill(store);
    let mut raw = Raw::open(store);
    raw.run(KEEP);
    let mut dice = Dice::new(seed);
    let mut missed = Vec::new();
    for number in 0..count {
        let sql = mutation(&mut dice);
        raw.run(&format!("BEGIN; {sql}; COMMIT"));
        if wait(store.store.verify_audit()).is_whole() {
            missed.push(sql);
        }
        raw.run(BRING_BACK);
        if number % 500 == 0 {
            assert!(
                wait(store.store.verify_audit()).is_whole(),
                "bringing back must heal"
            );
        }
    }
    assert!(
        missed.is_empty(),
        "{} of {count} not found, such as {:?}",
        missed.len(),
        missed.first()
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "how much to test is the caller's choice"
)]
fn wanted(default: usize) -> usize {
    std::env::var("LIANTI_TAMPER")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(default)
}

#[test]
fn every_one_of_thousands_of_random_mutations_is_found() {
    for engine in TestEngine::all() {
        let default = if matches!(engine, TestEngine::Sqlite) {
            SQLITE_DEFAULT
        } else {
            POSTGRES_DEFAULT
        };
        tamper(
            &TestStore::open(&engine, MIGRATIONS),
            wanted(default),
            20_261_122,
        );
    }
}
