//! Damage to the chain is found and named.

use kernel::Span;
use store::{Change, Finding, Store, Verification};
use testkit::TestStore;

use crate::support::{Raw, Thing, assert_whole, insert, on_each, request, wait, wait_numbered};

/// Ten things, one of them changed, and a signed head after six and at the end.
fn fill(store: &TestStore) {
    for number in 0..10 {
        store
            .store
            .write_now(&request(), move |tx| insert(tx, &format!("thing {number}")))
            .unwrap();
        if number == 5 {
            sign(&store.store);
        }
        store.clock.advance(Span::seconds(1));
    }
    store
        .store
        .write_now(&request(), |tx| {
            let mut thing = tx
                .find::<Thing>("SELECT version, body FROM thing ORDER BY id LIMIT 1", &[])?
                .remove(0);
            thing.rank = 7;
            tx.update(&thing, Change::new("thing.ranked"))
        })
        .unwrap();
    sign(&store.store);
    assert_whole(&store.store);
}

fn sign(store: &Store) {
    wait_numbered(store);
    assert!(wait(store.sign_head()).is_some());
    assert!(
        wait(store.sign_head()).is_none(),
        "what is signed is not signed again"
    );
}

fn verify(store: &TestStore) -> Verification {
    wait(store.store.verify_audit())
}

/// Does this damage to a fresh chain, and answers what is found.
fn damage(store: &TestStore, sql: &str) -> Vec<Finding> {
    fill(store);
    Raw::open(store).run(sql);
    let verification = verify(store);
    assert!(!verification.is_whole(), "{sql}");
    verification.findings
}

#[test]
fn a_whole_chain_says_how_much_was_checked() {
    on_each(|store| {
        fill(store);
        let verification = verify(store);
        // Each head is kept twice: in the database and with the witness.
        assert_eq!((verification.entries, verification.heads), (11, 4));
        assert_eq!(verification.head_hash.len(), 64);
    });
}

#[test]
fn an_edited_entry_is_named() {
    on_each(|store| {
        let found = damage(
            store,
            "UPDATE event SET actor_name = 'somebody else' WHERE seq = 4",
        );
        assert!(
            matches!(&found[..], [Finding::Edited { seq: 4, .. }]),
            "{found:?}"
        );
    });
}

#[test]
fn absent_and_empty_are_told_apart() {
    on_each(|store| {
        let found = damage(store, "UPDATE event SET basis = '' WHERE seq = 4");
        assert!(
            matches!(&found[..], [Finding::Edited { seq: 4, .. }]),
            "{found:?}"
        );
    });
}

#[test]
fn another_spelling_of_the_same_id_is_an_edit() {
    on_each(|store| {
        let found = damage(
            store,
            "UPDATE event SET actor_id = upper(id), actor_org_id = upper(id) WHERE seq = 3",
        );
        assert!(
            matches!(&found[..], [Finding::Edited { seq: 3, .. }]),
            "{found:?}"
        );
        Raw::open(store).run("UPDATE event SET entity_id = 'not an id' WHERE seq = 5");
        let found = verify(store).findings;
        assert!(
            found
                .iter()
                .any(|finding| matches!(finding, Finding::Edited { seq: 5, .. })),
            "{found:?}"
        );
    });
}

#[test]
fn removed_entries_are_counted() {
    on_each(|store| {
        let found = damage(store, "DELETE FROM event WHERE seq BETWEEN 3 AND 5");
        assert!(
            found.contains(&Finding::Removed { from: 3, to: 5 }),
            "{found:?}"
        );
        assert!(
            matches!(found[1], Finding::VersionWithoutEntry { version: 1, .. }),
            "{found:?}"
        );
    });
}

#[test]
fn exchanged_entries_are_found_at_both_places() {
    on_each(|store| {
        let found = damage(
            store,
            "UPDATE event SET seq = 100 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 8;
             UPDATE event SET seq = 8 WHERE seq = 100",
        );
        for expected in [3, 8] {
            let at = |finding: &Finding| matches!(finding, Finding::Edited { seq, .. } if *seq == expected);
            assert!(found.iter().any(at), "{found:?}");
        }
    });
}

#[test]
fn a_cut_tail_is_found_by_the_signed_head_even_when_the_versions_are_cut_too() {
    on_each(|store| {
        let found = damage(
            store,
            "DELETE FROM history WHERE event_id IN (SELECT id FROM event WHERE seq > 8);
             DELETE FROM event WHERE seq > 8; DELETE FROM audit_head WHERE seq > 8",
        );
        assert!(
            found.contains(&Finding::Truncated {
                last: 8,
                signed: 11
            }),
            "{found:?}"
        );
        assert!(
            found.contains(&Finding::HeadMissing { seq: 11 }),
            "{found:?}"
        );
    });
}

#[test]
fn a_chain_rewritten_from_a_point_differs_from_what_was_signed() {
    on_each(|store| {
        // As an attacker with the program could: drop the tail and let the program chain on.
        fill(store);
        let mut raw = Raw::open(store);
        raw.run(
            "DELETE FROM history WHERE event_id IN (SELECT id FROM event WHERE seq > 3);
             DELETE FROM event WHERE seq > 3",
        );
        for _ in 0..10 {
            store
                .store
                .write_now(&request(), |tx| insert(tx, "forged"))
                .unwrap();
        }
        wait_numbered(&store.store);
        let found = verify(store).findings;
        assert!(
            found.contains(&Finding::HeadDiffers { seq: 6 }),
            "{found:?}"
        );
        assert!(
            found.contains(&Finding::HeadDiffers { seq: 11 }),
            "{found:?}"
        );
    });
}

#[test]
fn a_version_that_was_changed_removed_or_slipped_in_is_found() {
    on_each(|store| {
        let found = damage(
            store,
            "UPDATE history SET body = replace(body, 'thing 3', 'thing 4')",
        );
        assert!(
            matches!(
                &found[..],
                [Finding::VersionDiffers {
                    seq: 4,
                    version: 1,
                    ..
                }]
            ),
            "{found:?}"
        );
        let mut raw = Raw::open(store);
        raw.run("DELETE FROM history WHERE version = 2");
        let found = verify(store).findings;
        assert!(
            found
                .iter()
                .any(|one| matches!(one, Finding::VersionDiffers { seq: 11, .. })),
            "{found:?}"
        );
        raw.run("INSERT INTO history VALUES ('thing', 'x', 1, 0, 'x', '{}')");
        let found = verify(store).findings;
        let slipped = Finding::VersionWithoutEntry {
            entity_id: "x".to_owned(),
            version: 1,
        };
        assert!(found.contains(&slipped), "{found:?}");
    });
}

#[test]
fn a_forged_or_removed_head_is_found() {
    on_each(|store| {
        let found = damage(store, "UPDATE audit_head SET hash = 'x' WHERE seq = 6");
        assert!(
            found.contains(&Finding::HeadDiffers { seq: 6 }),
            "{found:?}"
        );
        assert!(
            found.contains(&Finding::BadSignature { seq: 6 }),
            "{found:?}"
        );
        Raw::open(store).run("DELETE FROM audit_head WHERE seq = 6");
        assert_eq!(verify(store).findings, [Finding::HeadMissing { seq: 6 }]);
    });
}

#[test]
fn a_witness_line_broken_off_by_a_crash_is_no_alarm_but_an_edited_one_is() {
    on_each(|store| {
        fill(store);
        let path = store.dir.path().join("witness/audit-heads.jsonl");
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{{\"seq\": 12, \"ha")).unwrap();
        assert_whole(&store.store);
        store
            .store
            .write_now(&request(), |tx| insert(tx, "one more"))
            .unwrap();
        sign(&store.store);
        assert_whole(&store.store);
        std::fs::write(&path, whole.replacen("\"hash\":\"", "\"hash\":\"0", 1)).unwrap();
        assert!(!verify(store).is_whole());
    });
}

#[test]
fn an_entry_slipped_in_outside_the_numbers_is_found() {
    on_each(|store| {
        let copy = |seq: &str| {
            format!(
                "INSERT INTO event (id, seq, at, event, kind, entity_id, version, actor_id, actor_name, role,
                   actor_org_id, request_id, address, detail, hash)
                 SELECT id || 'x', {seq}, at, event, kind, entity_id, version, actor_id, actor_name, role,
                   actor_org_id, request_id, address, detail, {hash} FROM event WHERE seq = 2",
                hash = if seq == "NULL" { "NULL" } else { "hash" }
            )
        };
        let found = damage(store, &copy("0"));
        assert!(matches!(&found[..], [Finding::Stray { .. }]), "{found:?}");
        // PostgreSQL's numbering would take an unnumbered entry for a late one.
        if store.store.engine_name() == "sqlite" {
            Raw::open(store).run(&format!(
                "DELETE FROM event WHERE seq = 0; {}",
                copy("NULL")
            ));
            let found = verify(store).findings;
            assert!(matches!(&found[..], [Finding::Stray { .. }]), "{found:?}");
        }
    });
}
