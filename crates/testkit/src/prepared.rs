//! Databases prepared once: migrations and catalogues take longer than most tests, so the first test of a
//! binary fills a template, and every test begins with a copy.
//!
//! A template is known by the binary (its path and when it was built) and the modules in it, so that a
//! change makes a new one; the old one is deleted then. Tests are processes of their own: a lock file
//! lets one of them make the template while the others wait.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use http::Module;
use store::{Migration, sha256_hex};

use crate::engine::{TestEngine, TestStore, on_server};

/// Where the template of one binary, its modules and an engine lies.
struct Template {
    /// The same for all builds of the binary.
    family: String,
    /// This build.
    name: String,
}

impl Template {
    fn of(engine: &TestEngine, modules: &[Module]) -> Self {
        let binary = std::env::current_exe().unwrap();
        let built = fs::metadata(&binary).unwrap().modified().unwrap();
        let names: Vec<&str> = modules.iter().map(|module| module.name).collect();
        let folder = binary.parent().unwrap_or(Path::new(""));
        let stem = binary.file_stem().unwrap_or_default().to_string_lossy();
        let program = stem.split('-').next().unwrap_or_default();
        let engine = match engine {
            TestEngine::Sqlite => "sqlite".to_owned(),
            TestEngine::Postgres(url) => format!("{url} {}", cluster(url)),
        };
        let family = format!("{} {program} {names:?} {engine}", folder.display());
        let family = format!("lt_{}", &sha256_hex(family.as_bytes())[..16]);
        let build = sha256_hex(format!("{} {built:?}", binary.display()).as_bytes());
        let name = format!("{family}_{}", &build[..16]);
        Self { family, name }
    }

    fn folder(&self) -> PathBuf {
        base().join(&self.name)
    }

    fn is_made(&self, engine: &TestEngine) -> bool {
        let schema = match engine {
            TestEngine::Sqlite => true,
            TestEngine::Postgres(url) => schemas(url, &self.family).contains(&self.name),
        };
        schema && self.folder().is_dir()
    }

    /// Deletes what is left of other builds, and of this one if it was interrupted.
    fn clean(&self, engine: &TestEngine) {
        for entry in fs::read_dir(base()).unwrap().flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(&self.family) && entry.path().is_dir() {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
        if let TestEngine::Postgres(url) = engine {
            for schema in schemas(url, &self.family) {
                run(url, format!("DROP SCHEMA {schema} CASCADE"));
            }
        }
    }
}

fn base() -> PathBuf {
    std::env::temp_dir().join("lianti-test-templates")
}

/// A store with everything that [`http::App::prepare`] leaves in a database.
pub(crate) async fn open(
    engine: TestEngine,
    modules: fn() -> Vec<Module>,
    migrations: Vec<Migration>,
) -> TestStore {
    let kinds = modules();
    let template = Template::of(&engine, &kinds);
    fs::create_dir_all(base()).unwrap();
    let lock = File::create(base().join(format!("{}.lock", template.family))).unwrap();
    // Copies may be made side by side, as long as nobody replaces the template.
    lock.lock_shared().unwrap();
    if !template.is_made(&engine) {
        lock.unlock().unwrap();
        lock.lock().unwrap();
        // Somebody else may have made it while this one waited.
        if !template.is_made(&engine) {
            template.clean(&engine);
            make(&template, &engine, kinds, &migrations).await;
        }
        lock.unlock().unwrap();
        lock.lock_shared().unwrap();
    }
    let copy = tokio::task::spawn_blocking(move || {
        let folder = template.folder();
        match &engine {
            TestEngine::Sqlite => TestStore::open_filled(&engine, &migrations, &folder),
            TestEngine::Postgres(url) => {
                let store = TestStore::open_filled(&engine, &migrations, &folder);
                copy_rows(url, &template.name, store.schema());
                store
            }
        }
    });
    let store = copy.await.unwrap();
    lock.unlock().unwrap();
    store
}

async fn make(
    template: &Template,
    engine: &TestEngine,
    modules: Vec<Module>,
    migrations: &[Migration],
) {
    let (engine, migrations) = (engine.clone(), migrations.to_vec());
    let open = move || TestStore::open(&engine, &migrations);
    let mut test_store = tokio::task::spawn_blocking(open).await.unwrap();
    let config = crate::app::plain_config();
    let (app, ..) = http::build(modules, test_store.store.clone(), config).unwrap();
    app.prepare().await.unwrap();
    test_store.store.close();
    if let Some((url, schema)) = test_store.keep_schema() {
        run(
            &url,
            format!("ALTER SCHEMA {schema} RENAME TO {}", template.name),
        );
    }
    let unfinished = base().join(format!("{}.part", template.name));
    copy_folder(test_store.dir.path(), &unfinished);
    fs::rename(unfinished, template.folder()).unwrap();
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Fills the tables of one schema with the rows of another, whatever refers to what.
fn copy_rows(url: &str, from: &str, to: &str) {
    let script = format!(
        "DO $$
         DECLARE named RECORD;
         BEGIN
           SET LOCAL session_replication_role = replica;
           FOR named IN SELECT tablename FROM pg_tables WHERE schemaname = '{from}' LOOP
             EXECUTE format('DELETE FROM {to}.%I', named.tablename);
             EXECUTE format('INSERT INTO {to}.%I SELECT * FROM {from}.%I',
               named.tablename, named.tablename);
           END LOOP;
         END $$"
    );
    run(url, script);
}

fn run(url: &str, sql: String) {
    on_server(url.to_owned(), move |client| {
        client.batch_execute(&sql).unwrap();
    })
    .unwrap();
}

fn schemas(url: &str, family: &str) -> Vec<String> {
    const NAMED: &str =
        "SELECT CAST(nspname AS TEXT) FROM pg_namespace WHERE starts_with(nspname, $1)";
    let family = format!("{family}_");
    on_server(url.to_owned(), move |client| {
        let rows = client.query(NAMED, &[&family]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    })
    .unwrap()
}

/// What tells one cluster from another that listened at the same address before.
fn cluster(url: &str) -> String {
    const IDENTITY: &str = "SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()";
    on_server(url.to_owned(), |client| {
        client.query_one(IDENTITY, &[]).unwrap().get(0)
    })
    .unwrap()
}
