//! A backup moves between the engines, is all or nothing, and proves itself.

use std::fs;
use std::path::{Path, PathBuf};

use kernel::Result;
use store::{
    BackupManifest, Change, Clock, Ids, LedgerCheck, Migration, Options, Store, Tx, Value, params,
    verify_backup,
};
use testkit::{TestEngine, TestStore};

use crate::support::{
    MIGRATIONS, Raw, Thing, assert_whole, at_once, insert, on_each, request, wait, wait_numbered,
};

const NODES: &str = "INSERT INTO node (id, parent_id) VALUES ($1, $2)";
const SECOND: Migration = Migration {
    module: "thing",
    number: 2,
    name: "colour",
    sql: "ALTER TABLE thing ADD COLUMN colour TEXT; CREATE TABLE hue (name TEXT PRIMARY KEY);",
};

/// Texts that a careless form would break.
const NAMES: [&str; 6] = [
    "平 安",
    "tab\tand\nline\r\n",
    "back\\slash \\N",
    "\"quoted\" 'it''s",
    "",
    "{\"a\": 1}",
];

/// What must come back: all rows of the tables that matter, as they are.
fn contents(store: &Store) -> Vec<Vec<Vec<Value>>> {
    const TABLES: [&str; 6] = [
        "SELECT id, version, name, rank, place FROM thing ORDER BY id",
        "SELECT id, parent_id FROM node ORDER BY id",
        "SELECT entity_id, version, body FROM history ORDER BY entity_id, version",
        "SELECT seq, id, at, event, actor_name, basis, detail, hash FROM event ORDER BY seq",
        "SELECT sha256, size_bytes FROM blob ORDER BY sha256",
        "SELECT seq, signature FROM audit_head ORDER BY seq",
    ];
    let read = |sql: &'static str| {
        store
            .read_now(&request(), move |tx| tx.query_rows(sql, &[]))
            .unwrap()
    };
    TABLES
        .iter()
        .map(|sql| read(sql).into_iter().map(|row| row.values).collect())
        .collect()
}

fn fill(store: &TestStore) {
    let blob = store
        .store
        .put_blob("附件".as_bytes(), "text/plain")
        .unwrap();
    store
        .store
        .write_now(&request(), move |tx| {
            for (number, name) in NAMES.iter().enumerate() {
                let place = (number % 2 == 0).then(|| format!("place {number}"));
                let thing = Thing {
                    place,
                    ..Thing::new(tx.new_id(), name)
                };
                let mut thing = tx.insert(&thing, Change::new("thing.made"))?;
                thing.rank = i64::MAX;
                tx.update(&thing, Change::new("thing.ranked"))?;
            }
            for number in 0..1_200 {
                insert(tx, &format!("第{number}件"))?;
            }
            // Children before their parents in key order.
            tx.execute(NODES, &params!["z", Value::Null])?;
            tx.execute(NODES, &params!["a", "z"])?;
            tx.keep_blob(&blob)
        })
        .unwrap();
    wait_numbered(&store.store);
    wait(store.store.sign_head()).unwrap();
}

fn backup(store: &TestStore, name: &str) -> (PathBuf, BackupManifest) {
    let folder = store.dir.path().join(name);
    let manifest = store.store.backup(&folder, false).unwrap();
    (folder, manifest)
}

/// A store without any table, which `restore` wants.
struct Target {
    test: TestStore,
    store: Store,
    _folder: tempfile::TempDir,
}

fn empty(engine: &TestEngine) -> Target {
    let test = TestStore::open(engine, &[]);
    let folder = tempfile::TempDir::new().unwrap();
    let url = match engine {
        TestEngine::Sqlite => format!("sqlite:{}", folder.path().join("new.db").display()),
        TestEngine::Postgres(_) => {
            drop_tables(&test);
            test.url.clone()
        }
    };
    let options = Options {
        ids: Ids::random(),
        clock: test.clock.clone(),
        ..Options::new(url, folder.path())
    };
    Target {
        store: Store::open(&options).unwrap(),
        test,
        _folder: folder,
    }
}

fn drop_tables(store: &TestStore) {
    Raw::open(store).run(
        "DROP TABLE event; DROP TABLE history; DROP TABLE audit_head; DROP TABLE idempotency;
         DROP TABLE cursor; DROP TABLE job; DROP TABLE rule_set; DROP TABLE blob; DROP TABLE migration",
    );
}

#[test]
fn a_backup_restores_into_either_engine_with_everything_as_it_was() {
    on_each(|source| {
        fill(source);
        let (folder, manifest) = backup(source, "backup");
        let events = 1_200 + 2 * i64::try_from(NAMES.len()).unwrap();
        assert_eq!(manifest.chain_seq, events);
        assert!(
            !folder.join("keys").exists(),
            "keys stay away unless asked for"
        );
        for engine in TestEngine::all() {
            let target = empty(&engine);
            assert_eq!(target.store.restore(&folder, MIGRATIONS).unwrap(), manifest);
            assert_eq!(
                contents(&target.store),
                contents(&source.store),
                "{engine:?}"
            );
            let blob = store::sha256_hex("附件".as_bytes());
            assert_eq!(target.store.get_blob(&blob).unwrap(), "附件".as_bytes());
            // The old key is not there, its word still counts; life goes on with a new one.
            assert_whole(&target.store);
            target
                .store
                .write_now(&request(), |tx| insert(tx, "new life"))
                .unwrap();
            wait_numbered(&target.store);
            wait(target.store.sign_head()).unwrap();
            assert_whole(&target.store);
            let again = target.store.restore(&folder, MIGRATIONS).unwrap_err();
            assert_eq!(again.code(), "restore.not-empty");
            target.store.close();
            drop(target.test);
        }
    });
}

#[test]
fn a_backup_taken_while_many_write_is_one_moment() {
    on_each(|source| {
        fill(source);
        let folder = source.dir.path().join("live");
        let manifests = at_once(5, |index| {
            if index == 0 {
                return Some(source.open_again().backup(&folder, true).unwrap());
            }
            for number in 0..150 {
                let name = format!("{index}/{number}");
                source
                    .store
                    .write_now(&request(), move |tx| insert(tx, &name))
                    .unwrap();
            }
            None
        });
        let manifest = manifests.into_iter().flatten().next().unwrap();
        let rows = |table: &str| {
            manifest
                .tables
                .iter()
                .find(|one| one.table == table)
                .unwrap()
                .rows
        };
        // Each event here made one version, whatever moment the snapshot caught.
        assert_eq!(rows("event"), rows("history"));
        assert!(folder.join("keys/audit.ed25519").exists());
        let report = verify_backup(&folder, MIGRATIONS, &[]).unwrap();
        assert!(report.good, "{:#?}", report.problems);
    });
}

#[test]
fn a_drill_says_what_was_checked_and_leaves_its_report() {
    on_each(|source| {
        fill(source);
        let (folder, manifest) = backup(source, "backup");
        let checks: &[LedgerCheck] = &[count_things, |_| Ok(Vec::new())];
        let report = verify_backup(&folder, MIGRATIONS, checks).unwrap();
        assert!(report.good, "{:#?}", report.problems);
        let rows: i64 = manifest.tables.iter().map(|table| table.rows).sum();
        assert_eq!((report.rows, report.blobs), (rows, 1));
        assert_eq!(report.newest_event_at, Some(source.clock.now()));
        assert_eq!(report.audit.unwrap().entries, manifest.chain_seq);
        let written = fs::read_to_string(folder.join("verification.json")).unwrap();
        assert!(written.contains("\"good\": true"));
        assert!(
            !source.dir.path().join("backup.trial").exists(),
            "the scratch place is gone"
        );
        let wrong: &[LedgerCheck] = &[|_| Ok(vec!["a hold without an owner".to_owned()])];
        let report = verify_backup(&folder, MIGRATIONS, wrong).unwrap();
        assert!(!report.good && report.problems == ["a hold without an owner"]);
    });
}

fn count_things(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    const COUNT: &str = "SELECT COUNT(*) AS count FROM thing";
    let expected = 1_200 + i64::try_from(NAMES.len()).unwrap();
    let count = tx.count(COUNT, &[])?;
    Ok((count != expected)
        .then(|| format!("{count} things"))
        .into_iter()
        .collect())
}

/// Refused, with nothing left behind in the target.
fn refused(folder: &Path, migrations: &[Migration]) -> String {
    let target = empty(&TestEngine::Sqlite);
    let error = target.store.restore(folder, migrations).unwrap_err();
    let state = target.store.schema_state(migrations).unwrap();
    assert_eq!(state, store::SchemaState::Empty, "all or nothing: {error}");
    target.store.close();
    error.code().to_owned()
}

#[test]
fn a_damaged_or_foreign_backup_is_refused_and_leaves_nothing() {
    let source = TestStore::open(&TestEngine::Sqlite, MIGRATIONS);
    fill(&source);
    let (folder, _) = backup(&source, "backup");
    assert_eq!(
        source.store.backup(&folder, false).unwrap_err().code(),
        "backup.folder"
    );
    assert_eq!(refused(&folder, &[]), "restore.unknown-migration");
    let other = [Migration {
        sql: "CREATE TABLE other (id TEXT PRIMARY KEY)",
        ..MIGRATIONS[0]
    }];
    assert_eq!(refused(&folder, &other), "restore.unknown-migration");
    assert_eq!(refused(source.dir.path(), MIGRATIONS), "restore.no-backup");
    let damage = |path: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let path = folder.join(path);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, change(whole.clone())).unwrap();
        let code = refused(&folder, MIGRATIONS);
        let report = verify_backup(&folder, MIGRATIONS, &[]);
        assert!(report.is_err() || !report.unwrap().good);
        fs::write(&path, whole).unwrap();
        code
    };
    let flip = |mut bytes: Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        bytes
    };
    assert_eq!(damage("tables/thing.jsonl.gz", &flip), "restore.damaged");
    assert_eq!(
        damage("tables/event.jsonl.gz", &|bytes| bytes[..100].to_vec()),
        "restore.damaged"
    );
    let text = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap()
                .replacen(from, to, 1)
                .into_bytes()
        }
    };
    assert_eq!(
        damage("manifest.json", &text("\"rows\": 1206", "\"rows\": 1205")),
        "restore.damaged"
    );
    assert_eq!(
        damage(
            "manifest.json",
            &text("\"chain_seq\": 1212", "\"chain_seq\": 1211")
        ),
        "restore.damaged"
    );
    assert_eq!(
        damage("manifest.json", &text("\"format\": 1", "\"format\": 2")),
        "restore.format"
    );
    assert_eq!(
        damage("manifest.json", &text("tables/thing", "../thing")),
        "restore.damaged"
    );
    assert_eq!(
        damage("manifest.json", &|_| b"{}".to_vec()),
        "restore.damaged"
    );
    let report = verify_backup(&folder, MIGRATIONS, &[]).unwrap();
    assert!(report.good, "{:#?}", report.problems);
}

#[test]
fn an_old_backup_fits_a_newer_program() {
    on_each(|source| {
        fill(source);
        let (folder, _) = backup(source, "old");
        let newer = [MIGRATIONS[0], SECOND];
        for engine in TestEngine::all() {
            let target = empty(&engine);
            target.store.restore(&folder, &newer).unwrap();
            assert_eq!(
                target.store.schema_state(&newer).unwrap(),
                store::SchemaState::Current
            );
            assert_whole(&target.store);
            target.store.close();
        }
    });
}

#[test]
fn a_missing_file_is_told_at_once_and_in_the_drill() {
    let source = TestStore::open(&TestEngine::Sqlite, MIGRATIONS);
    fill(&source);
    fs::remove_dir_all(source.dir.path().join("blobs")).unwrap();
    let (folder, manifest) = backup(&source, "backup");
    assert_eq!(
        manifest.missing_blobs,
        [store::sha256_hex("附件".as_bytes())]
    );
    let report = verify_backup(&folder, MIGRATIONS, &[]).unwrap();
    assert!(!report.good && report.problems[0].contains("missing"));
}

#[test]
fn what_was_sealed_opens_after_a_restore_with_the_keys_and_not_without() {
    on_each(|source| {
        fill(source);
        let keys = source.store.keyring().unwrap();
        let sealed = keys.seal("here", "secret").unwrap();
        for with_keys in [true, false] {
            let folder = source.dir.path().join(format!("backup-{with_keys}"));
            source.store.backup(&folder, with_keys).unwrap();
            let target = empty(&TestEngine::Sqlite);
            target.store.restore(&folder, MIGRATIONS).unwrap();
            let opened = target.store.keyring().unwrap().open("here", &sealed);
            assert_eq!(opened.as_deref(), with_keys.then_some("secret"));
            target.store.close();
            drop(target.test);
        }
    });
}

#[test]
fn an_export_has_every_row_as_an_object() {
    on_each(|source| {
        fill(source);
        let folder = source.dir.path().join("export");
        let tables = source.store.export(&folder).unwrap();
        assert!(tables.iter().all(|table| table.table != "idempotency"));
        let text = fs::read_to_string(folder.join("thing.jsonl")).unwrap();
        assert_eq!(text.lines().count(), 1_200 + NAMES.len());
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(
            (first["name"].as_str(), first["rank"].as_i64()),
            (Some(NAMES[0]), Some(i64::MAX))
        );
    });
}

#[test]
fn the_clock_of_a_drill_is_the_machines() {
    assert!(Clock::System.now().micros() > 1_700_000_000_000_000);
}
