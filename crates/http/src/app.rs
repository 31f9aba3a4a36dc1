//! The application: modules become one router, one OpenAPI document and one list of background work.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use kernel::{Error, Id, Kind, Result};
use store::{Follower, JobKind, Migration, RuleSeed, Store, Tx};
use tokio::sync::{Semaphore, broadcast};
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;

use crate::messages::Messages;
use crate::module::{AppTokenFn, MoveFn, SearchFn, WorkFn};
use crate::signin::{self, RoleMatrix};
use crate::{Module, apps, authorize, home, problem};

/// Requests in flight beyond which the server says "later".
const IN_FLIGHT_MAX: usize = 512;
/// Bytes of a JSON body; uploads have their own, larger limit.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Password hashes computed at once: each takes 19 MiB and a core.
const HASHES_AT_ONCE: usize = 2;
/// Sign-ins that may wait for their hash.
const HASHES_WAITING_MAX: usize = 64;
/// Events kept for live screens that are slow to read.
const EVENT_BUFFER: usize = 1_024;

/// What the operator decides.
#[derive(Clone)]
pub struct Config {
    /// Demonstration mode: one-click sign-in.
    pub demo: bool,
    /// Name of the installation on the sign-in page.
    pub name: String,
    /// Set when the site is reached over TLS: cookies are then sent over TLS only.
    pub secure_cookies: bool,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Names an organization; the network module's answer, which this crate can't know.
    pub org_name: fn(&mut Tx<'_>, Id) -> Result<String>,
    /// What answers outside `/api`: the web interface.
    pub pages: Option<Router<App>>,
}

/// The application's shared state.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    config: Config,
    operations: HashMap<(Method, String), String>,
    messages: Messages,
    document: String,
    work: Vec<WorkFn>,
    search: Vec<SearchFn>,
    moves: Vec<(&'static str, MoveFn)>,
    app_tokens: Vec<AppTokenFn>,
    seeds: Vec<fn(&mut Tx<'_>) -> Result<()>>,
    permissions: Vec<crate::Permission>,
    role_defaults: RoleMatrix,
    jobs: &'static [JobKind],
    followers: &'static [Follower],
    migrations: Vec<Migration>,
    rule_seeds: Vec<RuleSeed>,
    in_flight: Semaphore,
    hashing: Semaphore,
    events: broadcast::Sender<Arc<store::Event>>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lianti",
        description = "The platform medical consortia run on. Refusals are RFC 9457 problem documents; `x-permission` names what each operation needs."
    ),
    components(schemas(problem::Problem))
)]
struct Base;

/// Makes the application of its modules. Every operation under `/api` needs a permission that some
/// module declares, or is `public` or `signed-in`; one without is a defect and nothing starts.
///
/// # Errors
/// Names the operation without a permission.
pub fn build(
    modules: Vec<Module>,
    store: Store,
    config: Config,
) -> Result<(App, Router, Document)> {
    let role_defaults = RoleMatrix::from_modules(&modules);
    let permissions: Vec<_> = modules
        .iter()
        .flat_map(|module| module.permissions)
        .copied()
        .collect();
    let messages = Messages::new(modules.iter().map(|module| module.messages));
    let jobs: Vec<JobKind> = signin::JOBS
        .iter()
        .chain(modules.iter().flat_map(|module| module.jobs))
        .copied()
        .collect();
    let followers: Vec<Follower> = modules
        .iter()
        .flat_map(|module| module.followers)
        .copied()
        .collect();
    let migrations: Vec<Migration> = signin::MIGRATIONS
        .iter()
        .chain(modules.iter().flat_map(|module| module.migrations))
        .copied()
        .collect();
    let rule_seeds: Vec<RuleSeed> = signin::RULE_SEEDS
        .iter()
        .chain(modules.iter().flat_map(|module| module.rule_seeds))
        .copied()
        .chain([signin::roles_seed()])
        .collect();
    let work = modules.iter().filter_map(|module| module.work).collect();
    let search = modules.iter().filter_map(|module| module.search).collect();
    let moves = modules
        .iter()
        .filter_map(|module| Some((module.name, module.moves?)))
        .collect();
    let app_tokens = modules
        .iter()
        .filter_map(|module| module.app_tokens)
        .collect();
    let seeds = modules.iter().filter_map(|module| module.seed).collect();
    let mut router = OpenApiRouter::with_openapi(Base::openapi())
        .merge(signin::routes())
        .merge(home::routes());
    for module in modules {
        router = router.merge(module.routes);
    }
    let (router, document) = router.split_for_parts();
    let operations = operations_of(&document, &permissions)?;
    let app = App(Arc::new(Inner {
        store,
        config,
        operations,
        messages,
        document: document.to_json().map_err(Error::internal)?,
        work,
        search,
        moves,
        app_tokens,
        seeds,
        permissions,
        role_defaults,
        jobs: jobs.leak(),
        followers: followers.leak(),
        migrations,
        rule_seeds,
        in_flight: Semaphore::new(IN_FLIGHT_MAX),
        hashing: Semaphore::new(HASHES_AT_ONCE + HASHES_WAITING_MAX),
        events: broadcast::channel(EVENT_BUFFER).0,
    }));
    let pages = app.config().pages.clone();
    let router = router
        .layer(from_fn_with_state(app.clone(), authorize::authorize))
        .merge(pages.unwrap_or_else(|| Router::new().fallback(authorize::no_such_address)))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), authorize::finish))
        .layer(from_fn(apps::other_origins))
        .layer(from_fn(authorize::secure_headers))
        .with_state(app.clone());
    Ok((app, router, document))
}

/// Reads from the document which permission each operation needs.
fn operations_of(
    document: &Document,
    permissions: &[crate::Permission],
) -> Result<HashMap<(Method, String), String>> {
    let json = serde_json::to_value(document).map_err(Error::internal)?;
    let mut operations = HashMap::new();
    let Some(paths) = json.get("paths").and_then(|paths| paths.as_object()) else {
        return Ok(operations);
    };
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            let permission = operation
                .get("x-permission")
                .and_then(|code| code.as_str())
                .unwrap_or("");
            let known = matches!(permission, "public" | "signed-in")
                || permissions
                    .iter()
                    .any(|declared| declared.code == permission);
            if !known {
                let reason =
                    format!("{method} {path} needs a declared x-permission, not {permission:?}");
                return Err(Error::internal(reason));
            }
            operations.insert((method, path.clone()), permission.to_owned());
        }
    }
    Ok(operations)
}

impl App {
    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What the operator decided.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The permission an operation needs.
    pub(crate) fn permission_of(&self, method: &Method, path: &str) -> Option<&str> {
        self.0
            .operations
            .get(&(method.clone(), path.to_owned()))
            .map(String::as_str)
    }

    pub(crate) fn document(&self) -> &str {
        &self.0.document
    }

    pub(crate) fn work(&self) -> &[WorkFn] {
        &self.0.work
    }

    pub(crate) fn searches(&self) -> &[SearchFn] {
        &self.0.search
    }

    /// How each module moves its references to a patient, by the module's name.
    pub fn moves(&self) -> &[(&'static str, MoveFn)] {
        &self.0.moves
    }

    pub(crate) fn app_tokens(&self) -> &[AppTokenFn] {
        &self.0.app_tokens
    }

    pub(crate) fn messages(&self) -> &Messages {
        &self.0.messages
    }

    pub(crate) fn in_flight(&self) -> &Semaphore {
        &self.0.in_flight
    }

    pub(crate) fn events(&self) -> &broadcast::Sender<Arc<store::Event>> {
        &self.0.events
    }

    /// All permissions, for the matrix screen.
    pub fn permissions(&self) -> &[crate::Permission] {
        &self.0.permissions
    }

    /// All background work.
    pub fn jobs(&self) -> &'static [JobKind] {
        self.0.jobs
    }

    /// All followers of events.
    pub fn followers(&self) -> &'static [Follower] {
        self.0.followers
    }

    /// All tables.
    pub fn migrations(&self) -> &[Migration] {
        &self.0.migrations
    }

    /// All rule sets a consortium may change.
    pub fn rule_seeds(&self) -> &[RuleSeed] {
        &self.0.rule_seeds
    }

    /// Error codes with their Chinese sentences, for `docs/errors.md` and its test.
    pub fn error_sentences(&self) -> Vec<(&'static str, &'static str)> {
        let mut codes: Vec<_> = self.0.messages.codes().collect();
        codes.sort_unstable();
        codes
    }

    /// Fills what a migrated database needs before the first request: rules, roles, catalogues,
    /// repeating jobs; and seals what an earlier release left in clear.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub async fn prepare(&self) -> Result<()> {
        let (app, keys) = (self.clone(), self.store().keyring()?);
        let unreadable = self
            .store()
            .write(&store::Request::system("start"), move |tx| {
                let plain = app
                    .rule_seeds()
                    .iter()
                    .filter(|seed| seed.code != signin::roles_seed().code);
                let plain: Vec<RuleSeed> = plain.copied().collect();
                tx.seed_rules(&plain)?;
                signin::seed_roles(tx, &app.0.role_defaults)?;
                app.0.seeds.iter().try_for_each(|seed| seed(tx))?;
                signin::seal_secrets(tx, &keys)?;
                signin::unreadable_totp(tx, &keys)
            })
            .await?;
        if unreadable > 0 {
            tracing::warn!(
                accounts = unreadable,
                "the keys of second factors are missing: these accounts can't sign in until the old \
                 keys/secret.key is here as keys/secret-old.key, or their factors are removed"
            );
        }
        self.store().start_jobs(self.jobs()).await
    }

    /// Runs what is due: jobs, then followers, until neither has anything left. Tests call it; the
    /// server calls its parts in a loop.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub async fn run_background(&self) -> Result<usize> {
        let mut total = 0;
        loop {
            let jobs = self.store().run_due_jobs(self.jobs()).await?;
            let followed = self.store().run_followers(self.followers()).await?;
            total += jobs + followed;
            if jobs + followed == 0 {
                return Ok(total);
            }
        }
    }

    /// Hashes a password off the async threads, a few at a time.
    ///
    /// # Errors
    /// `session.busy` when too many wait.
    pub async fn hash_password(&self, password: String) -> Result<String> {
        let salt = self.store().ids().random_bytes::<16>();
        self.hashing(move || signin::hash(&password, &salt)).await?
    }

    /// Compares a password off the async threads. Without a hash it takes as long and says no.
    ///
    /// # Errors
    /// `session.busy` when too many wait.
    pub(crate) async fn verify_password(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool> {
        const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let matches = self
            .hashing(move || signin::verify(&password, &hash))
            .await?;
        Ok(known && matches)
    }

    async fn hashing<T: Send + 'static>(
        &self,
        run: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        static AT_ONCE: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);
        let _waiting = self.0.hashing.try_acquire().map_err(|_| {
            Error::new(
                Kind::Unavailable,
                "session.busy",
                "too many people are signing in; try again shortly",
            )
        })?;
        let _turn = AT_ONCE.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(run)
            .await
            .map_err(Error::internal)
    }
}
