//! What a server says to a database that is empty, current, behind, newer, half done or changed.

use kernel::Kind;
use store::{Migration, SchemaState, Store};
use testkit::{TestEngine, TestStore};

use crate::support::{MIGRATIONS, Raw, at_once, on_each};

const SECOND: Migration = Migration {
    module: "thing",
    number: 2,
    name: "colour",
    sql: "ALTER TABLE thing ADD COLUMN colour TEXT;",
};
const BROKEN: Migration = Migration {
    module: "thing",
    number: 2,
    name: "broken",
    sql: "CREATE TABLE half (id TEXT PRIMARY KEY); CREATE TABLE thing (id TEXT PRIMARY KEY);",
};

fn code_of(store: &Store, migrations: &[Migration]) -> String {
    let error = store.schema_state(migrations).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.detail().len() > 40, "it says what to do: {error}");
    error.code().to_owned()
}

#[test]
fn an_empty_database_is_told_from_a_current_one_and_one_behind() {
    for engine in TestEngine::all() {
        let store = TestStore::open(&engine, &[]);
        let mut raw = Raw::open(&store);
        let with_second = [MIGRATIONS[0], SECOND];
        assert_eq!(
            store.store.schema_state(MIGRATIONS).unwrap(),
            SchemaState::Behind(vec!["thing/0001 things and places".to_owned()])
        );
        assert_eq!(
            store.store.migrate(MIGRATIONS).unwrap(),
            ["thing/0001 things and places"]
        );
        assert_eq!(
            store.store.schema_state(MIGRATIONS).unwrap(),
            SchemaState::Current
        );
        assert_eq!(
            store.store.migrate(MIGRATIONS).unwrap(),
            Vec::<String>::new()
        );
        let behind = store.store.schema_state(&with_second).unwrap();
        assert_eq!(
            behind,
            SchemaState::Behind(vec!["thing/0002 colour".to_owned()])
        );
        store.store.migrate(&with_second).unwrap();
        raw.run("UPDATE thing SET colour = 'red'");
        assert_eq!(code_of(&store.store, MIGRATIONS), "migrate.newer");
        assert_eq!(
            store.store.migrate(MIGRATIONS).unwrap_err().code(),
            "migrate.newer"
        );
        raw.run("DROP TABLE migration");
        assert_eq!(
            store.store.schema_state(MIGRATIONS).unwrap(),
            SchemaState::Empty
        );
    }
}

#[test]
fn a_half_applied_or_rewritten_migration_is_refused() {
    on_each(|store| {
        let mut raw = Raw::open(store);
        let rewritten = [Migration {
            sql: "CREATE TABLE other (id TEXT)",
            ..MIGRATIONS[0]
        }];
        assert_eq!(code_of(&store.store, &rewritten), "migrate.changed");
        raw.run("UPDATE migration SET state = 'started' WHERE module = 'thing'");
        assert_eq!(code_of(&store.store, MIGRATIONS), "migrate.half-applied");
        assert_eq!(
            store.store.migrate(MIGRATIONS).unwrap_err().code(),
            "migrate.half-applied"
        );
    });
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    on_each(|store| {
        let with_broken = [MIGRATIONS[0], BROKEN];
        assert!(store.store.migrate(&with_broken).is_err());
        assert_eq!(
            store.store.schema_state(MIGRATIONS).unwrap(),
            SchemaState::Current
        );
        // The first half of the broken one is free to be made.
        Raw::open(store).run("CREATE TABLE half (id TEXT PRIMARY KEY)");
    });
}

#[test]
fn two_servers_that_start_together_migrate_once() {
    for engine in TestEngine::all() {
        let store = TestStore::open(&engine, &[]);
        Raw::open(&store).run(
            "DROP TABLE event; DROP TABLE history; DROP TABLE audit_head; DROP TABLE idempotency;
             DROP TABLE cursor; DROP TABLE job; DROP TABLE rule_set; DROP TABLE blob; DROP TABLE migration",
        );
        let handles: Vec<Store> = (0..4).map(|_| store.open_again()).collect();
        let applied = at_once(4, |index| handles[index].migrate(MIGRATIONS).unwrap().len());
        assert_eq!(applied.into_iter().sum::<usize>(), 2);
        handles.iter().for_each(Store::close);
    }
}

#[test]
fn an_unknown_address_is_refused_with_the_words_to_fix_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let open = |url: &str| {
        Store::open(&store::Options::new(url, folder.path()))
            .err()
            .unwrap()
    };
    assert_eq!(open("mysql://x").code(), "store.url");
    assert!(open("lianti.db").detail().contains("sqlite:"));
    assert_eq!(
        open("postgres://nobody@127.0.0.1:1/none").code(),
        "store.unreachable"
    );
}
